/* The service, so that what was committed stays. */
#include "config.h"

#include "core/command/command_parts.h"

#include "core/base/intl.h"
#include "core/state/unit.h"

int
command_enable_service(struct buf *out, struct err *e)
{
	const struct unit_state *state = unit_look();

	if (state->word == NULL)
		return err_set(e, ERR_FAIL,
		    "systemd does not run here: seki watch is the service, and "
		    "seki apply is for each boot");
	if (state->cure == NULL) {
		buf_add(out, _("seki.service is enabled, and runs\n"));
		return 0;
	}
	if (unit_mend(state, e) != 0)
		return -1;
	buf_printf(out, _("done: %s\n"), state->cure);
	return 0;
}

static int
run_enable(struct host *h, const struct value *v UNUSED,
    struct statement *st UNUSED, struct buf *out, struct buf *notes UNUSED,
    struct err *e)
{
	if (h->read_only)
		return host_refuse(h, e);
	return command_enable_service(out, e);
}

const struct command command_enable = {
	.row = { .name = "enable",
	    .help = N_("have the service run, now and after each boot") },
	.slow = true,
	.run = run_enable,
};
