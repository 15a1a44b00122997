/* From a fresh host to a config: what is found, what is proposed, and a commit
 * of it. */
#include "config.h"

#include "core/command/command_parts.h"
#include "core/command/command_prospect.h"

#include "core/base/intl.h"
#include "core/lang/config_diff.h"
#include "core/setup/joining.h"
#include "core/setup/keeping.h"
#include "core/setup/offers.h"
#include "core/state/unit.h"

enum { SETUP_YES, SETUP_ANSWERS, SETUP_DRY_RUN, SETUP_ENABLE };

static const struct arg setup_args[] = {
	[SETUP_YES] = { "--yes", NULL, ARG_FLAG,
	    N_("commit it, under a guard") },
	[SETUP_ANSWERS] = { "--answers", &type_file, ARG_KEYWORD,
	    N_("statements in place of what is proposed, and beside it") },
	[SETUP_DRY_RUN] = { "--dry-run", NULL, ARG_FLAG | ARG_LOOKS,
	    N_("only show what it would be") },
	[SETUP_ENABLE] = { "--enable", NULL, ARG_FLAG,
	    N_("with --yes: enable the service, too") },
};

static int
take_answers(
    struct proposal *p, const struct host *h, const char *path, struct err *e)
{
	struct config answers = { 0 };
	int r = config_read(&answers, path, false, e);
	size_t i;

	if (r == 0)
		r = config_check_twice(&answers, e);
	for (i = 0; i < answers.n && r == 0; i++)
		if (answers.v[i].st != NULL)
			r = proposal_take(
			    p, statement_share(answers.v[i].st), h, e);
	config_free(&answers);
	return r;
}

static void
tell_proposal(const struct proposal *p, const struct config *c, struct buf *out)
{
	enum offer_group g;

	for (g = 0; g < OFFER_GROUPS; g++)
		proposal_tell(p, g, c, out);
	buf_add(out, "\n");
}

static int
propose(struct host *h, const struct value *v, struct proposal *p,
    struct config *c, struct buf *out, struct err *e)
{
	struct survey s;
	int r;

	survey_read(&s, h);
	survey_tell(&s, out);
	r = offers_make(p, &s, e);
	survey_free(&s);
	if (r == 0 && v[SETUP_ANSWERS].set)
		r = take_answers(p, h, v[SETUP_ANSWERS].text, e);
	if (r == 0)
		r = proposal_build(p, h, &h->candidate, c, e);
	if (r != 0)
		return -1;
	tell_proposal(p, c, out);
	joining_tell(c, &h->snapshot, out);
	keeping_tell(c, out);
	return 0;
}

/* What a reboot brings back is what will be confirmed. */
static int
serve(bool enable, struct buf *out, struct buf *notes, struct err *e)
{
	const struct unit_state *unit = unit_look();

	if (enable)
		return command_enable_service(out, e);
	if (unit->cure != NULL)
		buf_printf(notes,
		    _("once it is confirmed:  seki enable  (%s)\n"),
		    unit->cure);
	return 0;
}

/* A list of what differs, in a line. */
static void
list_edits(const struct host *h, struct buf *b)
{
	struct buf lines = { 0 };
	char *rest, *line;

	config_print_diff(&h->saved, &h->candidate, &lines);
	rest = lines.s;
	while ((line = next_line(&rest)) != NULL)
		buf_printf(b, "%s%s", b->len > 0 ? "; " : "", line);
	if (b->len == 0)
		buf_add(b, _("comments"));
	buf_free(&lines);
}

/* Who runs it sees what is proposed, and not what somebody left in the
 * candidate; and a candidate that went without it would take it back. While a
 * commit is pending its statements are there, and it is that which refuses. */
static int
check_edits(const struct host *h, struct err *e)
{
	struct buf edits = { 0 };

	if (h->candidate_error.code != ERR_NONE) {
		*e = h->candidate_error;
		return -1;
	}
	if (!h->dirty || h->pending.phase != PENDING_NONE)
		return 0;
	list_edits(h, &edits);
	err_set(e, ERR_UNSAFE,
	    "the candidate has edits by %s, which set-up would commit, too: %s",
	    h->edited_by[0] != '\0' ? h->edited_by : _("somebody"), edits.s);
	err_hint(e, "seki commit commits them, seki discard forgets them; then "
		    "set up again");
	buf_free(&edits);
	return -1;
}

/* Whoever only looks is told by the exit status what a commit would say. */
static int
tell_nothing(
    struct host *h, const struct config *c, struct buf *notes, struct err *e)
{
	buf_add(notes, _("nothing is changed: seki setup --yes commits it, "
			 "seki setup on a terminal asks\n"));
	return prospect_check(h, c, e);
}

static int
run_setup(struct host *h, const struct value *v, struct statement *st UNUSED,
    struct buf *out, struct buf *notes, struct err *e)
{
	bool yes = v[SETUP_YES].set && !v[SETUP_DRY_RUN].set;
	struct proposal p = { 0 };
	struct config c = { 0 };
	int r = command_saved(h, e);

	if (r == 0 && yes && h->read_only)
		r = host_refuse(h, e);
	if (r == 0)
		r = check_edits(h, e);
	if (r == 0)
		r = propose(h, v, &p, &c, out, e);
	if (r == 0)
		r = prospect_tell(h, &c, out, notes, e);
	/* what is reverted is not in the way of the next try */
	if (r == 0 && yes)
		r = prospect_commit(h, &c, false, notes, e);
	else if (r == 0)
		r = tell_nothing(h, &c, notes, e);
	if (r == 0 && yes)
		r = serve(v[SETUP_ENABLE].set, out, notes, e);
	proposal_free(&p);
	config_free(&c);
	return r;
}

const struct command command_setup = {
	.row = { .name = "setup",
	    .help = N_("from a fresh host to a config: propose one, and commit "
		       "it"),
	    ARGS(setup_args) },
	.slow = true,
	.partial = true,
	.run = run_setup,
};
