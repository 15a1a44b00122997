/* What keeps this host from working. */
#include "config.h"

#include "core/command/command_parts.h"

#include "core/base/intl.h"
#include "core/lab/self_test.h"
#include "core/show/list_check.h"
#include "core/show/output.h"

enum { DOCTOR_SELF_TEST, DOCTOR_JSON };

static const struct arg doctor_args[] = {
	[DOCTOR_SELF_TEST] = { "--self-test", NULL, ARG_FLAG,
	    N_("first try with packets, in namespaces of its own, whether "
	       "rules do what they say") },
	[DOCTOR_JSON] = { "--json", NULL, ARG_FLAG, N_("as JSON") },
};

/* It is of use even where it cannot be noted. */
static void
test_itself(struct host *h, struct buf *notes)
{
	struct err e;

	if (self_test_note(h, &h->tested, &e) != 0)
		buf_printf(notes,
		    _("note: what the self-test found is not kept: %s\n"),
		    e.text);
}

static int
run_doctor(struct host *h, const struct value *v, struct statement *st UNUSED,
    struct buf *out, struct buf *notes, struct err *e)
{
	struct buf lines = { 0 };
	size_t fails;
	int r = 0;

	if (v[DOCTOR_SELF_TEST].set)
		test_itself(h, notes);
	host_compare(h);
	host_count(h);
	host_look_behind(h);
	if (checks_read(h, e) != 0)
		return -1;
	fails = checks_tell(h, &lines);
	if (v[DOCTOR_JSON].set)
		r = output_json(h, "checks", out, e);
	else
		buf_add(out, buf_text(&lines));
	buf_free(&lines);
	return r != 0 || fails == 0
		   ? r
		   : err_set(e, ERR_FAIL, "checks that fail: %zu", fails);
}

const struct command command_doctor = {
	.row = { .name = "doctor",
	    .help = N_("what keeps this host from working, and what mends it"),
	    ARGS(doctor_args) },
	.slow = true,
	.looks = true,
	.partial = true,
	.run = run_doctor,
};
