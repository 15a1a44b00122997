/* A pending commit on the disk. */
#include "config.h"

#include "core/state/pending.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/intl.h"
#include "core/base/util.h"
#include "core/lang/config.h"
#include "core/plan/plan_file.h"

#define STATE_MAX 4096

char *
pending_path(const char *run_path, const char *name)
{
	return xasprintf("%s/pending/%s", run_path, name);
}

/* Room that is given up where the disk is full, or who confirms a commit could
 * not: as much as a file takes of a tmpfs at least. */
#define SPARE_LEN 4096 /* bytes */

static int
keep_spare(const char *run_path, struct err *e)
{
	static const char room[SPARE_LEN];
	char *path = pending_path(run_path, "spare");
	int r = file_replace(path, room, sizeof(room), 0644, e);

	free(path);
	return r;
}

/* False if there was none. */
static bool
give_up_spare(const char *run_path)
{
	char *path = pending_path(run_path, "spare");
	bool there = unlink(path) == 0;

	free(path);
	return there;
}

const struct pending_rule pending_rules[PENDING_COUNT] = {
	[PENDING_NONE] = { .name = "none",
	    .json = "none",
	    .closed = N_("no commit is pending") },
	[PENDING_APPLYING] = { .name = "applying",
	    .json = "applying",
	    .status = N_("commit: #%u by %s is in progress\n"),
	    .title = N_("COMMIT #%u is in progress"),
	    .takeover = TAKEOVER_REVERT,
	    .closed = N_("the commit is still in progress"),
	    .between = true },
	[PENDING_WAITING] = { .name = "waiting",
	    .json = "pending",
	    .takeover = TAKEOVER_WAIT,
	    .open = true },
	[PENDING_SAVING] = { .name = "saving",
	    .json = "saving",
	    .status = N_("commit: #%u by %s is being saved\n"),
	    .title = N_("COMMIT #%u is being saved"),
	    .takeover = TAKEOVER_SAVE,
	    .closed = N_("the commit is being saved already") },
	[PENDING_REVERTING] = { .name = "reverting",
	    .json = "reverting",
	    .status = N_("commit: #%u by %s is being reverted\n"),
	    .title = N_("COMMIT #%u is being reverted"),
	    .takeover = TAKEOVER_REVERT,
	    .closed = N_("the commit is being reverted"),
	    .between = true },
};

static int
parse_state(struct pending *p, const char *text)
{
	char phase[16];
	int guard, n = 0, edited = 0;
	const char *more;
	size_t i;

	if (sscanf(text, "%15s %u %" SCNu64 " %" SCNd64 " %d%n", phase,
		&p->number, &p->deadline, &p->when, &guard, &n) != 5 ||
	    n == 0)
		return -1;
	n += text[n] == ' ';
	p->guard = guard;
	snprintf(p->who, sizeof(p->who), "%.*s", (int)strcspn(text + n, "\n"),
	    text + n);
	more = strchr(text + n, '\n');
	if (more != NULL)
		sscanf(more + 1, "%" SCNu64 " %d", &p->begin, &edited);
	p->edited = edited == 1;
	for (i = 1; i < PENDING_COUNT; i++)
		if (strcmp(pending_rules[i].name, phase) == 0)
			p->phase = (enum pending_phase)i;
	return p->phase != PENDING_NONE ? 0 : -1;
}

int
pending_read(struct pending *p, const char *run_path, struct err *e)
{
	char *path = pending_path(run_path, "state"), *text;
	int r = 0;

	memset(p, 0, sizeof(*p));
	text = read_file(path, STATE_MAX, NULL);
	if (text == NULL && errno != ENOENT && errno != ENOTDIR)
		r = err_sys(e, ERR_FAIL, "cannot read %s", path);
	else if (text != NULL && parse_state(p, text) != 0)
		r = err_set(e, ERR_FAIL, "cannot parse %s", path);
	free(text);
	free(path);
	return r;
}

int
pending_write(const struct pending *p, const char *run_path, struct err *e)
{
	char *path = pending_path(run_path, "state");
	char *text =
	    xasprintf("%s %u %" PRIu64 " %" PRId64 " %d %s\n%" PRIu64 " %d\n",
		pending_rules[p->phase].name, p->number, p->deadline, p->when,
		(int)p->guard, p->who, p->begin, p->edited);
	int r = file_replace(path, text, strlen(text), 0644, e);
	struct err ignored;

	if (r != 0 && give_up_spare(run_path)) {
		r = file_replace(path, text, strlen(text), 0644, e);
		keep_spare(run_path, &ignored);
	}
	free(text);
	free(path);
	return r;
}

int
pending_begin(const char *run_path, const struct config *config,
    const struct plan *plan, struct err *e)
{
	char *path = pending_path(run_path, "config");
	char *undo = pending_path(run_path, "undo");
	int r = config_write(config, path, e);

	if (r == 0)
		r = plan_write(plan, undo, e);
	if (r == 0)
		r = keep_spare(run_path, e);
	free(path);
	free(undo);
	return r;
}

/* Including temporary files of killed processes. */
static void
empty(const char *folder)
{
	DIR *d = opendir(folder);
	struct dirent *de;

	while (d != NULL && (de = readdir(d)) != NULL)
		if (de->d_name[0] != '.')
			unlinkat(dirfd(d), de->d_name, 0);
	if (d != NULL)
		closedir(d);
}

/* The state goes first: without it nothing is pending. */
int
pending_end(const char *run_path, struct err *e)
{
	char *state = pending_path(run_path, "state");
	char *folder = xasprintf("%s/pending", run_path);
	int r = file_remove(state, e);

	if (r == 0) {
		empty(folder);
		rmdir(folder);
	}
	free(folder);
	free(state);
	return r;
}
