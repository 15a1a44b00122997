/* Commands about commits: before one, making one, and while one is pending. */
#include "config.h"

#include "core/command/command_parts.h"
#include "core/command/command_prospect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/base/util.h"
#include "core/commit/commit.h"
#include "core/commit/guard_talk.h"
#include "core/commit/revert.h"
#include "core/commit/takeover.h"
#include "core/lang/config_diff.h"
#include "core/lang/option.h"
#include "core/show/list_rehearsal.h"
#include "core/show/report.h"
#include "core/show/status.h"
#include "core/state/history.h"
#include "core/state/pending.h"
#include "core/state/unit.h"

/* The config of a file, or else the candidate. The caller owns what c holds,
 * even after an error. */
static int
config_meant(const struct host *h, const struct value *file, struct config *c,
    struct err *e)
{
	memset(c, 0, sizeof(*c));
	if (file->set)
		return config_read_like(c, file->text, false, &h->saved, e);
	if (h->candidate_error.code != ERR_NONE) {
		*e = h->candidate_error;
		return -1;
	}
	config_copy(c, &h->candidate);
	return 0;
}

enum { DIFF_FROM, DIFF_TO, DIFF_FILE, DIFF_JSON };

static const struct arg diff_args[] = {
	[DIFF_FROM] = { "from", &type_history_number, 0,
	    N_("the statements only, since that number of the history") },
	[DIFF_TO] = { "to", &type_history_number, 0,
	    N_("up to that number, and not to the candidate") },
	[DIFF_FILE] = { "--file", &type_file, ARG_KEYWORD,
	    N_("of a config in place of the candidate, which stays") },
	[DIFF_JSON] = { "--json", NULL, ARG_FLAG, N_("as JSON") },
};

static int
check_diff(const struct row *row UNUSED, const struct value *v, struct err *e,
    size_t *blame)
{
	*blame = v[DIFF_FILE].set ? DIFF_FILE : DIFF_JSON;
	if (v[DIFF_FROM].set && v[*blame].set)
		return err_set(e, ERR_USAGE,
		    "what the history has is compared without %s",
		    diff_args[*blame].name);
	return 0;
}

/* Compares two configs of the history, or one with the candidate. */
static int
diff_history(const struct host *h, const struct value *v, struct buf *out,
    struct buf *notes, struct err *e)
{
	struct config before = { 0 }, after = { 0 };
	int r = history_read(h, v[DIFF_FROM].number, &before, e);

	if (r == 0 && v[DIFF_TO].set)
		r = history_read(h, v[DIFF_TO].number, &after, e);
	else if (r == 0)
		r = config_meant(h, &v[DIFF_FILE], &after, e);
	if (r == 0)
		config_print_diff(&before, &after, out);
	if (r == 0 && out->len == 0)
		buf_add(notes, _("no differences\n"));
	config_free(&before);
	config_free(&after);
	return r;
}

static int
diff_json(struct host *h, const struct config *c, struct buf *out,
    struct buf *notes, struct err *e)
{
	struct buf warnings = { 0 };
	struct prospect p;
	int r = prospect_look(h, c, &p, &warnings, e);
	const struct report report = { .config = c,
		.exposure = buf_text(&p.exposure),
		.steps = buf_text(&p.steps),
		.notes = buf_text(&warnings),
		.rehearsal = &p.rehearsal,
		.refused = p.refused.code != ERR_NONE ? p.refused.text : NULL };

	if (r == 0)
		r = report_diff(h, &report, out, e);
	else
		buf_add(notes, buf_text(&warnings));
	buf_free(&warnings);
	prospect_free(&p);
	return r;
}

/* Statements, exposure and plan. Unsafe or unresolvable configs are shown all
 * the same: check and commit refuse them. */
static int
run_diff(struct host *h, const struct value *v, struct statement *st UNUSED,
    struct buf *out, struct buf *notes, struct err *e)
{
	struct config c = { 0 };
	int r;

	if (command_saved(h, e) != 0)
		return -1;
	if (v[DIFF_FROM].set)
		return diff_history(h, v, out, notes, e);
	r = config_meant(h, &v[DIFF_FILE], &c, e);
	if (r == 0 && v[DIFF_JSON].set) {
		r = diff_json(h, &c, out, notes, e);
	} else if (r == 0) {
		config_print_diff(&h->saved, &c, out);
		r = prospect_tell(h, &c, out, notes, e);
	}
	config_free(&c);
	return r;
}

const struct command command_diff = {
	.row = { .name = "diff",
	    .help = N_("what the candidate changes, here and in the "
		       "kernel"),
	    ARGS(diff_args),
	    .check = check_diff },
	.slow = true,
	.looks = true,
	.run = run_diff,
};

static int
run_check(struct host *h, const struct value *v UNUSED,
    struct statement *st UNUSED, struct buf *out, struct buf *notes,
    struct err *e)
{
	const struct commit_options options = { .check = true };
	struct buf steps = { 0 };
	int r = commit_candidate(h, &options, &steps, notes, e);

	buf_free(&steps);
	if (r == 0) {
		buf_add(out, "ok\n");
		prospect_safety(h, &h->candidate, false, notes);
	}
	return r;
}

const struct command command_check = {
	.row = { .name = "check",
	    .help = N_("check the candidate, with a dry run in the kernel; "
		       "change nothing") },
	.slow = true,
	.looks = true,
	.run = run_check,
};

/* A truncated file, or a template without values, would open this host. */
static int
check_empty(struct host *h, const struct config *c, const char *path,
    const struct commit_options *options, struct err *e)
{
	struct commit_options look = *options;
	struct buf steps = { 0 }, notes = { 0 };
	int r = 0;

	if (options->force || !config_is_empty(c))
		return 0;
	look.check = look.force = true;
	r = commit_config(h, c, &look, &steps, &notes, e);
	if (r == 0 && steps.len > 0) {
		r = err_set(e, ERR_UNSAFE,
		    "%s has no statement, so that all of seki would be taken "
		    "down",
		    path);
		err_hint(e, "was it truncated? If it is meant, add --force");
	}
	buf_free(&steps);
	buf_free(&notes);
	return r;
}

enum {
	COMMIT_CONFIRM,
	COMMIT_NOW,
	COMMIT_FORCE,
	COMMIT_FILE,
	COMMIT_JSON,
	COMMIT_END
};

static const struct arg commit_args[] = {
	[COMMIT_CONFIRM] = { "--confirm", &type_seconds, ARG_KEYWORD,
	    N_("revert by itself unless confirmed within that time") },
	[COMMIT_NOW] = { "--now", NULL, ARG_FLAG, N_("without a way back") },
	[COMMIT_FORCE] = { "--force", NULL, ARG_FLAG,
	    N_("also what is refused as unsafe") },
	[COMMIT_FILE] = { "--file", &type_file, ARG_KEYWORD,
	    N_("a config in place of the candidate, which stays") },
	[COMMIT_JSON] = { "--json", NULL, ARG_FLAG,
	    N_("as JSON: its number, and until when it waits") },
	[COMMIT_END] = { "--end", NULL, ARG_FLAG,
	    N_("end the TCP connections, too, that it would not let through "
	       "any more") },
};

static int
commit_meant(struct host *h, const struct value *v, struct buf *steps,
    struct buf *notes, struct err *e)
{
	struct commit_options options = { .force = v[COMMIT_FORCE].set,
		.end = v[COMMIT_END].set };
	const struct value *file = &v[COMMIT_FILE];
	struct config c = { 0 };
	int r = command_saved(h, e);

	if (v[COMMIT_CONFIRM].set)
		options.confirm = v[COMMIT_CONFIRM].number;
	else if (!v[COMMIT_NOW].set)
		options.confirm = commit_seconds(h);
	if (r == 0)
		r = config_meant(h, file, &c, e);
	if (r == 0 && file->set)
		r = check_empty(h, &c, file->text, &options, e);
	if (r == 0) {
		prospect_safety(h, &c, false, notes);
		r = commit_config(h, &c, &options, steps, notes, e);
	}
	config_free(&c);
	return r;
}

/* What is in force in part is told, too. */
static int
commit_json(struct host *h, const struct value *v, struct buf *out,
    struct buf *notes, struct err *e)
{
	struct buf steps = { 0 }, warnings = { 0 }, told = { 0 };
	unsigned before = history_newest(h);
	struct rehearsal rehearsal = { 0 };
	struct err ignored;
	struct report report;
	int r = commit_meant(h, v, &steps, &warnings, e);
	bool done = r == 0 || e->code == ERR_PARTLY;

	if (done)
		rehearsal_try(h, &rehearsal, &told);
	report = (struct report){ .steps = buf_text(&steps),
		.notes = buf_text(&warnings),
		.rehearsal = &rehearsal };
	if (!done)
		buf_add(notes, buf_text(&warnings));
	else if (host_reload(h, r == 0 ? e : &ignored) != 0 ||
		 report_commit(
		     h, before, &report, out, r == 0 ? e : &ignored) != 0)
		r = -1;
	rehearsal_free(&rehearsal);
	buf_free(&told);
	buf_free(&steps);
	buf_free(&warnings);
	return r;
}

static int
run_commit(struct host *h, const struct value *v, struct statement *st UNUSED,
    struct buf *out, struct buf *notes, struct err *e)
{
	struct rehearsal rehearsal = { 0 };
	int r;

	if (v[COMMIT_JSON].set)
		return commit_json(h, v, out, notes, e);
	r = commit_meant(h, v, out, notes, e);
	prospect_nothing(out);
	if (r == 0 || e->code == ERR_PARTLY)
		rehearsal_try(h, &rehearsal, notes);
	rehearsal_free(&rehearsal);
	return r;
}

const struct command command_commit = {
	.row = { .name = "commit",
	    .help = N_("apply the candidate and save it"),
	    ARGS(commit_args) },
	.slow = true,
	.run = run_commit,
};

enum { APPLY_FILE, APPLY_CHECK, APPLY_FORCE };

static const struct arg apply_args[] = {
	[APPLY_FILE] = { "file", &type_file, 0,
	    N_("a config in place of the saved one, saved once it is "
	       "applied") },
	[APPLY_CHECK] = { "--check", NULL, ARG_FLAG | ARG_LOOKS,
	    N_("only show what would change") },
	[APPLY_FORCE] = { "--force", NULL, ARG_FLAG,
	    N_("also what is unsafe, and what has no statement") },
};

static int
run_apply(struct host *h, const struct value *v, struct statement *st UNUSED,
    struct buf *out, struct buf *notes, struct err *e)
{
	const struct commit_options options = { .check = v[APPLY_CHECK].set,
		.force = v[APPLY_FORCE].set,
		.direct = !v[APPLY_FILE].set };
	struct config config = { 0 };
	const char *path =
	    v[APPLY_FILE].set ? v[APPLY_FILE].text : h->config_path;
	int r =
	    config_read_like(&config, path, !v[APPLY_FILE].set, &h->saved, e);

	if (r == 0)
		r = check_empty(h, &config, path, &options, e);
	if (r == 0)
		r = commit_config(h, &config, &options, out, notes, e);
	prospect_nothing(out);
	config_free(&config);
	return r;
}

const struct command command_apply = {
	.row = { .name = "apply",
	    .help = N_("apply the saved config to the kernel, without a guard"),
	    ARGS(apply_args) },
	.slow = true,
	.run = run_apply,
};

/* A pending commit */

/* Whether the request has been carried out by now, although no answer came. */
static bool
is_done(const struct pending *before, const struct pending *now,
    enum outcome wanted, const char *run_path)
{
	if (now->phase != PENDING_NONE)
		return wanted == OUTCOME_UNKNOWN &&
		       now->deadline > before->deadline;
	return wanted != OUTCOME_UNKNOWN &&
	       revert_outcome(run_path, before) == wanted;
}

static int
fail_otherwise(const struct host *h, struct err *e)
{
	char *last = revert_last(h->run_path);

	if (last[0] != '\0')
		err_hint(e, "last: %s", last);
	free(last);
	return -1;
}

/* Asks the guard. If its answer is lost, this process takes over; then either
 * the request has been carried out, or the new guard is asked. wanted is the
 * outcome that ends the commit; OUTCOME_UNKNOWN if it goes on. */
static int
ask(struct host *h, const char *line, enum outcome wanted, const char *done,
    struct buf *out, struct err *e)
{
	struct pending before = h->pending, now;
	struct err ignored;
	int r;

	if (h->read_only)
		return host_refuse(h, e);
	r = guard_ask(h, line, out, e);
	if (r != GUARD_LOST || before.phase == PENDING_NONE)
		return r == 0 ? 0 : -1;
	takeover(h, &ignored);
	if (pending_read(&now, h->run_path, &ignored) != 0)
		return -1;
	if (is_done(&before, &now, wanted, h->run_path)) {
		buf_add(out, _(done));
		return 0;
	}
	if (now.phase == PENDING_WAITING && now.when == before.when)
		return guard_ask(h, line, out, e) == 0 ? 0 : -1;
	return fail_otherwise(h, e);
}

static void
commit_suggest(const struct type *t UNUSED, struct suggest *s)
{
	char number[16];

	if (s->host == NULL || s->host->pending.phase == PENDING_NONE)
		return;
	snprintf(number, sizeof(number), "%u", s->host->pending.number);
	s->add(s->arg, number, s->host->pending.who);
}

static const struct type type_commit_number = { .metavar = "N",
	.desc = N_("the number of the commit, as seki commit told it"),
	.parse = type_number_parse,
	.print = type_number_print,
	.suggest = commit_suggest };

/* What is said to the guard, of that commit alone where its number is set. */
static char *
request(const char *word, const struct value *number)
{
	return number->set ? xasprintf("%s %u", word, number->number)
			   : xstrdup(word);
}

enum { CONFIRM_NUMBER, CONFIRM_UNPROVEN };

static const struct arg confirm_args[] = {
	[CONFIRM_NUMBER] = { "number", &type_commit_number, 0,
	    N_("only if it is that commit") },
	[CONFIRM_UNPROVEN] = { "--unproven", NULL, ARG_FLAG,
	    N_("although no new login was seen") },
};

static int
run_confirm(struct host *h, const struct value *v, struct statement *st UNUSED,
    struct buf *out, struct buf *notes, struct err *e)
{
	const char *warning = unit_look()->warning;
	char *line = request(v[CONFIRM_UNPROVEN].set ? "unproven" : "confirm",
	    &v[CONFIRM_NUMBER]);
	int r =
	    ask(h, line, OUTCOME_SAVED, N_("confirmed and saved\n"), out, e);

	free(line);
	if (r != 0)
		return -1;
	if (warning != NULL)
		buf_printf(notes, _("warning: %s\n"), _(warning));
	return 0;
}

const struct command command_confirm = {
	.row = { .name = "confirm",
	    .help = N_("confirm the pending commit"),
	    ARGS(confirm_args) },
	.slow = true,
	.run = run_confirm,
};

enum { EXTEND_SECONDS };

static const struct arg extend_args[] = {
	[EXTEND_SECONDS] = { "seconds", &type_seconds, ARG_REQUIRED,
	    N_("how many more") },
};

static int
run_extend(struct host *h, const struct value *v, struct statement *st UNUSED,
    struct buf *out, struct buf *notes UNUSED, struct err *e)
{
	char *line = xasprintf("extend %u", v[EXTEND_SECONDS].number);
	int r = ask(h, line, OUTCOME_UNKNOWN, "", out, e);

	free(line);
	if (r == 0)
		r = host_reload(h, e);
	if (r == 0)
		buf_printf(out, _("the commit reverts by itself in %u s\n"),
		    status_seconds(h));
	return r;
}

const struct command command_extend = {
	.row = { .name = "extend",
	    .help = N_("give the pending commit more time"),
	    ARGS(extend_args) },
	.slow = true,
	.run = run_extend,
};

enum { REVERT_NUMBER };

static const struct arg revert_args[] = {
	[REVERT_NUMBER] = { "number", &type_commit_number, 0,
	    N_("only if it is that commit") },
};

static int
run_revert(struct host *h, const struct value *v, struct statement *st UNUSED,
    struct buf *out, struct buf *notes UNUSED, struct err *e)
{
	char *line = request("revert", &v[REVERT_NUMBER]);
	int r = ask(h, line, OUTCOME_REVERTED,
	    N_("reverted: seki show status tells how\n"), out, e);

	free(line);
	return r;
}

const struct command command_revert = {
	.row = { .name = "revert",
	    .help = N_("revert the pending commit"),
	    ARGS(revert_args) },
	.slow = true,
	.run = run_revert,
};
