/* A commit: lock, resolve, plan, ask the kernel, carry out, read back, save. */
#include "config.h"

#include "core/commit.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/journal.h"
#include "core/lock.h"
#include "core/model.h"
#include "core/util.h"

/* All that one commit owns. */
struct commit {
	struct host *host;
	const struct config *config;
	struct model model;
	struct journal before, journal;
	struct plan plan;
	char *journal_path;
	int lock;
};

static void
print_warnings(const struct model *m, struct buf *notes)
{
	size_t i;

	for (i = 0; i < m->nwarnings; i++)
		buf_printf(notes, "warning: %s\n", m->warnings[i]);
}

static int
prepare(struct commit *c, struct buf *notes, struct err *e)
{
	struct host *h = c->host;
	int r;

	if (host_refresh(h, e) != 0)
		return -1;
	r = model_build(&c->model, c->config, &h->snapshot, e);
	print_warnings(&c->model, notes);
	if (r != 0)
		return -1;
	if (journal_read(&c->before, c->journal_path, e) != 0 ||
	    journal_read(&c->journal, c->journal_path, e) != 0)
		return -1;
	return plan_build(&c->plan, &c->model, &h->snapshot, &c->journal, e);
}

/* The same plan made again must have nothing left to do. */
static int
read_back(struct commit *c, struct err *e)
{
	struct host *h = c->host;
	struct model model;
	struct plan left = { 0 };
	struct buf b = { 0 };
	struct snapshot now = { 0 };
	int r;

	memset(&model, 0, sizeof(model));
	r = net_read(h->net, &now, e);
	if (r == 0)
		r = model_build(&model, c->config, &now, e);
	if (r == 0)
		r = plan_build(&left, &model, &now, &c->journal, e);
	if (r == 0 && left.n > 0) {
		plan_print(&left, &b);
		r = err_set(e, ERR_FAIL,
		    "the kernel does not have what was "
		    "committed; missing:%s",
		    buf_text(&b));
	}
	buf_free(&b);
	plan_free(&left);
	model_free(&model);
	snapshot_free(&now);
	return r;
}

/* From the first step on everything that fails undoes all. */
static int
carry_out(struct commit *c, struct err *e)
{
	struct host *h = c->host;
	struct err ignored;

	if (plan_run(&c->plan, h->net, e) != 0)
		return -1;
	plan_note(&c->plan, &c->journal);
	if (read_back(c, e) == 0 &&
	    journal_write(&c->journal, c->journal_path, e) == 0 &&
	    config_write(c->config, h->config_path, e) == 0)
		return 0;
	plan_fail(&c->plan, h->net, e);
	journal_write(&c->before, c->journal_path, &ignored);
	return -1;
}

static void
release(struct commit *c)
{
	plan_free(&c->plan);
	journal_free(&c->before);
	journal_free(&c->journal);
	model_free(&c->model);
	free(c->journal_path);
	if (c->lock != -1)
		close(c->lock);
}

static int
take_lock(struct commit *c, struct err *e)
{
	char *path = xasprintf("%s/lock", c->host->run_path);

	c->lock = lock_take(path, e);
	free(path);
	return c->lock != -1 ? 0 : -1;
}

int
commit_config(struct host *h, const struct config *config,
    const struct commit_options *options, struct buf *report, struct buf *notes,
    struct err *e)
{
	struct commit c = { .host = h, .config = config, .lock = -1 };
	struct err ignored;
	int r = -1;

	if (h->read_only && !options->check)
		return host_refuse(h, e);
	c.journal_path = xasprintf("%s/made", h->run_path);
	if (!options->check && take_lock(&c, e) != 0)
		goto out;
	if (prepare(&c, notes, e) != 0)
		goto out;
	plan_print(&c.plan, report);
	if (c.plan.n == 0)
		buf_add(report, "  nothing to do\n");
	r = options->check ? 0 : carry_out(&c, e);
out:
	release(&c);
	if (r == 0 && !options->check)
		r = host_reload(h, e);
	if (!options->check)
		host_refresh(h, &ignored);
	return r;
}

int
commit_candidate(struct host *h, const struct commit_options *options,
    struct buf *report, struct buf *notes, struct err *e)
{
	struct config config;
	int r;

	if (h->candidate_error.code != ERR_NONE) {
		*e = h->candidate_error;
		return -1;
	}
	config_copy(&config, &h->candidate);
	r = commit_config(h, &config, options, report, notes, e);
	if (r == 0 && !options->check)
		r = host_discard(h, e);
	config_free(&config);
	return r;
}
