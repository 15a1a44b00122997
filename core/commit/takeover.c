/* Taking over from a dead guard. */
#include "config.h"

#include "core/commit/takeover.h"

#include <stdlib.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/intl.h"
#include "core/base/process.h"
#include "core/base/util.h"
#include "core/commit/guard_talk.h"
#include "core/commit/revert.h"
#include "core/state/history.h"
#include "core/state/lock.h"

/* Failures are left to a guard, which retries and reports the outcome. If none
 * can be started, the next seki does this again. */
static int
take_back(struct host *h, struct pending *p, struct err *e)
{
	struct buf gone = { 0 };
	struct err ignored;
	int r;

	revert_begin(h, p, &ignored);
	r = revert_try(h, &gone, e);
	if (r == 0)
		revert_end(h, p,
		    N_("by another seki, since its guard was killed"), &gone,
		    NULL, NULL);
	else
		r = guard_start(h, &ignored);
	buf_free(&gone);
	return r == 0 ? 0 : -1;
}

/* The lock is held. */
static int
go_on(struct host *h, struct pending *p, struct err *e)
{
	enum pending_takeover what = pending_rules[p->phase].takeover;
	char *path = pending_path(h->run_path, "config");
	struct config committed = { 0 };
	struct err ignored;
	int r;

	if (what == TAKEOVER_WAIT && p->deadline > boot_ms())
		r = guard_start(h, e);
	else if (what == TAKEOVER_SAVE &&
		 config_read(&committed, path, false, &ignored) == 0 &&
		 revert_never(h, p, &committed, &ignored) == 0)
		r = 0;
	else
		r = take_back(h, p, e);
	config_free(&committed);
	free(path);
	return r == 0 ? 1 : -1;
}

/* Removes temporary files of killed processes. */
static void
sweep(const struct host *h)
{
	static const char *const folders[] = { "", "undo/", "redo/",
		"pending/" };
	char *path;
	size_t i;

	for (i = 0; i < NITEMS(folders); i++) {
		path = xasprintf("%s/%s", h->run_path, folders[i]);
		file_sweep(path);
		free(path);
	}
	file_sweep(h->config_path);
	history_sweep(h);
}

/* Whether a guard is at work. One that is stopped, or hung up without an
 * answer, is killed, so that it cannot wake up in the middle of another's
 * work. */
static bool
is_guarded(const char *run_path)
{
	pid_t pid;
	enum guard_state state = guard_look(run_path, &pid);

	if (state == GUARD_ANSWERS || state == GUARD_SILENT)
		return true;
	if (pid > 0)
		process_kill(pid);
	return false;
}

/* After a power cut there is no guard and nothing pending, but perhaps an
 * unfinished entry of the history. */
static int
settle(struct host *h, struct err *e)
{
	int r = host_reload(h, e);

	if (r == 0 && h->saved_error.code == ERR_NONE)
		r = history_settle(h, &h->saved, e);
	return r;
}

/* The lock of a seki that was killed may be held by its libnftables for a
 * moment, and nobody else may come to finish what it left. */
int
takeover(struct host *h, struct err *e)
{
	struct pending p, now;
	int lock, r;

	sweep(h);
	if (pending_read(&p, h->run_path, e) != 0)
		return -1;
	if (p.phase == PENDING_NONE ? history_is_settled(h)
				    : is_guarded(h->run_path))
		return 0;
	lock = lock_run_soon(h->run_path, e);
	if (lock == -1)
		return e->code == ERR_BUSY ? 0 : -1;
	r = pending_read(&now, h->run_path, e);
	/* While the lock was waited for, another commit may have begun. */
	if (r == 0 && now.phase == PENDING_NONE)
		r = settle(h, e);
	else if (r == 0 && p.phase != PENDING_NONE && now.guard == p.guard)
		r = go_on(h, &now, e);
	close(lock);
	return r;
}
