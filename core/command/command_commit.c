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
#include "core/show/status.h"
#include "core/state/history.h"
#include "core/state/pending.h"
#include "core/state/unit.h"

enum { DIFF_FROM, DIFF_TO };

static const struct arg diff_args[] = {
	[DIFF_FROM] = { "from", &type_history_number, 0,
	    N_("the statements only, since that number of the history") },
	[DIFF_TO] = { "to", &type_history_number, 0,
	    N_("up to that number, and not to the candidate") },
};

/* Compares two configs of the history, or one with the candidate. */
static int
diff_history(const struct host *h, const struct value *v, struct buf *out,
    struct buf *notes, struct err *e)
{
	struct config before = { 0 }, after = { 0 };
	int r = history_read(h, v[DIFF_FROM].number, &before, e);

	if (r == 0 && v[DIFF_TO].set) {
		r = history_read(h, v[DIFF_TO].number, &after, e);
	} else if (r == 0 && h->candidate_error.code != ERR_NONE) {
		*e = h->candidate_error;
		r = -1;
	} else if (r == 0) {
		config_copy(&after, &h->candidate);
	}
	if (r == 0)
		config_print_diff(&before, &after, out);
	if (r == 0 && out->len == 0)
		buf_add(notes, _("no differences\n"));
	config_free(&before);
	config_free(&after);
	return r;
}

/* Statements, exposure and plan. Unsafe or unresolvable candidates are shown
 * all the same: check and commit refuse them. */
static int
run_diff(struct host *h, const struct value *v, struct statement *st UNUSED,
    struct buf *out, struct buf *notes, struct err *e)
{
	if (command_saved(h, e) != 0)
		return -1;
	if (v[DIFF_FROM].set)
		return diff_history(h, v, out, notes, e);
	if (h->candidate_error.code != ERR_NONE) {
		*e = h->candidate_error;
		return -1;
	}
	config_print_diff(&h->saved, &h->candidate, out);
	return prospect_tell(h, &h->candidate, out, notes, e);
}

const struct command command_diff = {
	.row = { .name = "diff",
	    .help = N_("what the candidate changes, here and in the "
		       "kernel"),
	    ARGS(diff_args) },
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

enum { COMMIT_CONFIRM, COMMIT_NOW, COMMIT_FORCE };

static const struct arg commit_args[] = {
	[COMMIT_CONFIRM] = { "--confirm", &type_seconds, ARG_KEYWORD,
	    N_("revert by itself unless confirmed within that time") },
	[COMMIT_NOW] = { "--now", NULL, ARG_FLAG, N_("without a way back") },
	[COMMIT_FORCE] = { "--force", NULL, ARG_FLAG,
	    N_("also what is refused as unsafe") },
};

static int
run_commit(struct host *h, const struct value *v, struct statement *st UNUSED,
    struct buf *out, struct buf *notes, struct err *e)
{
	struct commit_options options = { .force = v[COMMIT_FORCE].set };
	int r;

	if (v[COMMIT_CONFIRM].set)
		options.confirm = v[COMMIT_CONFIRM].number;
	else if (!v[COMMIT_NOW].set)
		options.confirm = commit_seconds(h);
	prospect_safety(h, &h->candidate, false, notes);
	r = commit_candidate(h, &options, out, notes, e);
	prospect_nothing(out);
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

static bool
is_empty(const struct config *c)
{
	size_t i = 0;

	while (i < c->n && c->v[i].st == NULL)
		i++;
	return i == c->n;
}

/* A truncated file, or a template without values, would open this host. */
static int
check_empty(struct host *h, const struct config *c, const char *path,
    const struct commit_options *options, struct err *e)
{
	struct commit_options look = *options;
	struct buf steps = { 0 }, notes = { 0 };
	int r = 0;

	if (options->force || !is_empty(c))
		return 0;
	look.check = look.force = true;
	r = commit_config(h, c, &look, &steps, &notes, e);
	if (r == 0 && steps.len > 0) {
		r = err_set(e, ERR_UNSAFE,
		    "%s has no statement, so that all of seki would be taken "
		    "down",
		    path);
		err_hint(e, "was it truncated? If it is meant: seki apply "
			    "--force");
	}
	buf_free(&steps);
	buf_free(&notes);
	return r;
}

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
