/* Reverting a pending commit, or ending a saved one. */
#include "config.h"

#include "core/commit/revert.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/intl.h"
#include "core/base/log.h"
#include "core/base/util.h"
#include "core/plan/journal.h"
#include "core/plan/plan_file.h"
#include "core/plan/plan_run.h"
#include "core/state/candidate.h"
#include "core/state/drift.h"
#include "core/state/history.h"
#include "core/state/lingering.h"
#include "core/state/save.h"

#define LAST_MAX 4096

/* Where the disk is full the config that is taken back makes room: only what is
 * told of connections wants it. */
static int
store_journal(const struct host *h, const struct journal *j, struct err *e)
{
	char *path = pending_path(h->run_path, "config");
	struct err ignored;
	int r = journal_store(j, h->run_path, e);

	if (r != 0 && file_remove(path, &ignored) == 0)
		r = journal_store(j, h->run_path, e);
	free(path);
	return r;
}

/* What was removed is no longer ours, and what came back is. Others may have
 * noted something meanwhile, so the old journal is not just restored. What an
 * earlier try has removed is no part of the plan: seen, if there, tells. */
static int
undo_journal(const struct host *h, const struct plan *plan,
    const struct snapshot *seen, struct err *e)
{
	struct journal journal;
	int r = journal_load(&journal, h->run_path, e);

	if (r == 0) {
		if (seen != NULL)
			journal_prune(&journal, seen);
		plan_unnote(plan, &journal);
		r = store_journal(h, &journal, e);
	}
	journal_free(&journal);
	return r;
}

int
revert_begin(const struct host *h, struct pending *p, struct err *e)
{
	struct pending next = *p;

	next.phase = PENDING_REVERTING;
	if (p->phase == PENDING_REVERTING)
		return 0;
	if (pending_write(&next, h->run_path, e) != 0)
		return -1;
	*p = next;
	return 0;
}

/* A stale snapshot is better than no revert, and a step that cannot be undone
 * does not stop the others. */
int
revert_try(struct host *h, struct buf *gone, struct err *e)
{
	char *path = pending_path(h->run_path, "undo");
	struct plan plan = { 0 };
	uint32_t generation = 0;
	struct err ignored;
	bool fresh = host_refresh(h, &ignored) == 0;
	int r;

	buf_reset(gone);
	r = plan_read(&plan, path, &h->snapshot, gone, e);
	if (plan_undo(&plan, h->net, r == 0 ? e : &ignored) != 0)
		r = -1;
	if (undo_journal(h, &plan, fresh ? &h->snapshot : NULL,
		r == 0 ? e : &ignored) != 0)
		r = -1;
	net_generation(h->net, &generation, &ignored);
	if (r == 0)
		r = plan_read_back(&plan, h->net, e);
	/* Who did not touch the rules has not compared them either. */
	if (r == 0 && plan_has_rules(&plan))
		drift_remember(h, 0, generation, &ignored);
	plan_free(&plan);
	free(path);
	return r;
}

static const char *const outcomes[] = { [OUTCOME_UNKNOWN] = "unknown",
	[OUTCOME_SAVED] = "saved",
	[OUTCOME_REVERTED] = "reverted",
	[OUTCOME_BROKEN] = "broken" };

static char *
last_path(const char *run_path)
{
	return xasprintf("%s/last", run_path);
}

/* The second line, for programs: a word, the commit's number and time, and how
 * many were reverted since boot, which an older seki leaves out. */
struct last {
	char how[16];
	unsigned number, reverts;
	int64_t when;
};

static struct last
read_last(const char *run_path)
{
	char *path = last_path(run_path);
	char *text = read_file(path, LAST_MAX, NULL), *line;
	struct last l = { 0 };

	line = text != NULL ? strchr(text, '\n') : NULL;
	if (line != NULL && sscanf(line + 1, "%15s %u %" SCNd64 " %u", l.how,
				&l.number, &l.when, &l.reverts) < 3)
		l = (struct last){ 0 };
	free(text);
	free(path);
	return l;
}

/* Records the outcome in RUN/last: a line for people, and that one. */
static int
write_last(const struct host *h, const struct pending *p, enum outcome how,
    const char *text)
{
	char *path = last_path(h->run_path);
	char *lines = xasprintf("%s\n%s %u %" PRId64 " %u\n", text,
	    outcomes[how], p->number, p->when,
	    revert_count(h->run_path) + (how != OUTCOME_SAVED));
	struct err ignored;
	int r = file_replace(path, lines, strlen(lines), 0644, &ignored);

	free(lines);
	free(path);
	return r;
}

/* The word is there before the commit is gone; but where the disk is full, what
 * goes with the commit makes room for it. */
static void
end_commit(const struct host *h, const struct pending *p, enum outcome how,
    const char *text)
{
	bool left = write_last(h, p, how, text) == 0;
	struct err ignored;

	log_line(LOG_NOTICE, "%s", text);
	pending_end(h->run_path, &ignored);
	if (!left)
		write_last(h, p, how, text);
}

unsigned
revert_count(const char *run_path)
{
	return read_last(run_path).reverts;
}

char *
revert_last(const char *run_path)
{
	char *path = last_path(run_path);
	char *text = read_file(path, LAST_MAX, NULL);

	free(path);
	if (text == NULL)
		return xstrdup("");
	text[strcspn(text, "\n")] = '\0';
	return text;
}

enum outcome
revert_outcome(const char *run_path, const struct pending *p)
{
	struct last l = read_last(run_path);
	size_t i;

	for (i = 0; l.when == p->when && i < NITEMS(outcomes); i++)
		if (strcmp(outcomes[i], l.how) == 0)
			return (enum outcome)i;
	return OUTCOME_UNKNOWN;
}

char *
revert_news(const char *run_path, const struct pending *p)
{
	if (revert_outcome(run_path, p) != OUTCOME_UNKNOWN ||
	    read_last(run_path).number > p->number)
		return revert_last(run_path);
	return xasprintf(
	    _("commit #%u by %s is no longer pending"), p->number, p->who);
}

/* Connections that the reverted rules let in go on, too. */
static struct lingering
settle_connections(struct host *h)
{
	char *path = pending_path(h->run_path, "config");
	struct config taken_back = { 0 };
	const struct lingering_wish wish = { 0 };
	struct lingering l = { 0 };
	struct err ignored;

	if (host_refresh(h, &ignored) == 0 &&
	    config_read(&taken_back, path, false, &ignored) == 0)
		l = lingering_settle(h, &taken_back, &h->saved, &wish);
	config_free(&taken_back);
	free(path);
	return l;
}

/* Lines as a list within a sentence. */
static char *
listed(const struct buf *lines)
{
	char *copy = xstrdup(buf_text(lines)), *rest = copy, *line;
	struct buf list = { 0 };

	while ((line = next_line(&rest)) != NULL)
		buf_printf(&list, "%s%s", list.len > 0 ? ", " : "", line);
	free(copy);
	return buf_take(&list);
}

static void
tell_undone(const struct buf *gone, struct buf *to)
{
	char *list = listed(gone);

	if (list[0] == '\0')
		buf_add(to, _("reverted: this host is exactly as before\n"));
	else
		buf_printf(to,
		    _("reverted: this host is as before, but for what is gone, "
		      "was restarted or is in use since: %s\n"),
		    list);
	free(list);
}

static char *
undone_word(const struct pending *p, const char *why, const struct buf *gone)
{
	char *list = listed(gone), *word;

	if (list[0] == '\0')
		word = xasprintf(_("commit #%u by %s was reverted, %s: this "
				   "host is exactly as before"),
		    p->number, p->who, _(why));
	else
		word =
		    xasprintf(_("commit #%u by %s was reverted, %s: this "
				"host is as before, but for what is gone, was "
				"restarted or is in use since: %s"),
			p->number, p->who, _(why), list);
	free(list);
	return word;
}

static char *
reverted_word(const struct pending *p, const char *why, const struct buf *gone,
    const struct err *failed, unsigned left)
{
	char *word, *more;

	if (failed != NULL)
		return xasprintf(_("commit #%u by %s was reverted, %s, but "
				   "not wholly: %s"),
		    p->number, p->who, _(why), failed->text);
	word = undone_word(p, why, gone);
	if (left == 0)
		return word;
	more = xasprintf(_("%s, but connections go on that its rules would not "
			   "let through: %u"),
	    word, left);
	free(word);
	return more;
}

void
revert_end(struct host *h, const struct pending *p, const char *why,
    const struct buf *gone, const struct err *failed, struct buf *notes)
{
	struct lingering l = { 0 };
	char *word;

	if (failed == NULL)
		l = settle_connections(h);
	word = reverted_word(p, why, gone, failed, l.left + l.direct);
	end_commit(
	    h, p, failed == NULL ? OUTCOME_REVERTED : OUTCOME_BROKEN, word);
	if (notes != NULL && failed == NULL) {
		tell_undone(gone, notes);
		lingering_tell(&l, notes);
	}
	lingering_free(&l);
	free(word);
}

/* If the saved config was edited by hand, it is at least kept in the history,
 * and not before: the newest there is what the kernel has to have. If a guard
 * died after the file was replaced, only the history is left to do, and nothing
 * may fail any more. */
static int
save_pending(const struct host *h, struct pending *p, bool again,
    const struct config *committed, struct err *e)
{
	bool same = config_equal(&h->saved, committed);
	struct err ignored;

	history_settle(h, &h->saved, &ignored);
	if (again && same) {
		p->number = history_newest(h);
		return 0;
	}
	if (!same)
		save_edited(h, p->edited ? p->number - 1 : 0, &ignored);
	return save_config(h, committed, p->who, p->when, &p->number, e);
}

int
revert_never(struct host *h, struct pending *p, const struct config *committed,
    struct err *e)
{
	bool again = p->phase == PENDING_SAVING;
	struct pending next = *p;
	struct err ignored;
	char *word;

	next.phase = PENDING_SAVING;
	if (!again && pending_write(&next, h->run_path, e) != 0)
		return -1;
	*p = next;
	if (host_reload(h, e) != 0 ||
	    save_pending(h, p, again, committed, e) != 0)
		return -1;
	word =
	    xasprintf(p->deadline > 0 ? _("commit #%u by %s was confirmed")
				      : _("commit #%u by %s was saved at once, "
					  "without a guard"),
		p->number, p->who);
	end_commit(h, p, OUTCOME_SAVED, word);
	free(word);
	candidate_forget(h, committed, &ignored);
	return 0;
}
