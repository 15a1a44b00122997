/* Taking a pending commit back, or ending one that was saved. */
#include "config.h"

#include "core/revert.h"

#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "core/drift.h"
#include "core/file.h"
#include "core/history.h"
#include "core/intl.h"
#include "core/journal.h"
#include "core/plan.h"
#include "core/plan_file.h"
#include "core/save.h"
#include "core/util.h"

/* What we gave back is ours no longer, and what came back is. Others may have
 * noted something meanwhile, so this is no plain copy of the old journal. */
static int
undo_journal(const struct host *h, const struct plan *plan, struct err *e)
{
	struct journal journal;
	int r = journal_load(&journal, h->run_path, e);

	if (r == 0) {
		plan_unnote(plan, &journal);
		r = journal_store(&journal, h->run_path, e);
	}
	journal_free(&journal);
	return r;
}

/* An old snapshot is better than no revert, and what cannot be undone is no
 * reason to leave the rest. */
int
revert_try(struct host *h, struct err *e)
{
	char *path = pending_path(h->run_path, "undo");
	struct plan plan = { 0 };
	struct err ignored;
	int r;

	host_refresh(h, &ignored);
	r = plan_read(&plan, path, &h->snapshot, e);
	if (r == 0 && plan_undo(&plan, h->net, e) != 0)
		r = -1;
	if (undo_journal(h, &plan, r == 0 ? e : &ignored) != 0)
		r = -1;
	if (r == 0)
		r = plan_read_back(&plan, h->net, e);
	if (r == 0)
		drift_remember(h, 0, &ignored);
	plan_free(&plan);
	free(path);
	return r;
}

/* The last thing that happened, for who looks later. */
static void
leave_word(const struct host *h, const char *text)
{
	char *path = xasprintf("%s/last", h->run_path);
	char *line = xasprintf("%s\n", text);
	struct err ignored;

	file_replace(path, line, strlen(line), 0644, &ignored);
	syslog(LOG_NOTICE, "%s", text);
	free(line);
	free(path);
}

void
revert_end(struct host *h, const struct pending *p, const char *why,
    const struct err *failed)
{
	struct err ignored;
	char *word;

	if (failed == NULL)
		word = xasprintf(_("commit #%u by %s was reverted, %s: this "
				   "host is exactly as before"),
		    p->number, p->who, _(why));
	else
		word = xasprintf(_("commit #%u by %s was reverted, %s, but "
				   "not wholly: %s"),
		    p->number, p->who, _(why), failed->text);
	leave_word(h, word);
	pending_end(h->run_path, &ignored);
	free(word);
}

/* Somebody may have edited the saved config by hand meanwhile: then it is in
 * the history at least. */
static void
keep_edited(const struct host *h)
{
	struct err ignored;
	unsigned number;

	if (history_newest(h) > 0)
		history_add(
		    h, &h->saved, "somebody, by hand", 0, &number, &ignored);
}

/* The phase tells who finds a dead guard that nothing may be undone any more,
 * if the file has been replaced. */
int
revert_never(struct host *h, struct pending *p, const struct config *committed,
    struct err *e)
{
	struct err ignored;
	char *word;

	p->phase = PENDING_SAVING;
	if (pending_write(p, h->run_path, e) != 0 || host_reload(h, e) != 0)
		return -1;
	keep_edited(h);
	if (save_config(h, committed, p->who, p->when, &p->number, e) != 0)
		return -1;
	pending_end(h->run_path, &ignored);
	word =
	    xasprintf(_("commit #%u by %s was confirmed"), p->number, p->who);
	leave_word(h, word);
	free(word);
	host_forget(h, committed, &ignored);
	return 0;
}
