/* A commit brings the kernel to a config.
 *
 * Under the lock, the config is resolved against the snapshot into a model and
 * the model is turned into a plan: steps, each with its undo. Warnings and
 * refusals come from the model (exposure, safety) before anything changes, and
 * the ruleset is tried in the kernel (dry run), unless it is all there is: then
 * the kernel refuses it as a whole anyway. Then what a revert needs goes
 * to the disk (core/state/pending.h), a guard is started, and the steps are
 * carried out by this process. If one fails, all are undone. When the last is
 * done and read back, the guard is told, and this process is no longer needed:
 * the guard saves what is confirmed, and reverts what is not.
 *
 * A direct commit (apply) has no guard: it brings the kernel to
 * the saved config, carries out each step for itself, and tells what is
 * missing. */
#include "config.h"

#include "core/commit/commit.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/base/intl.h"
#include "core/base/util.h"
#include "core/commit/applied.h"
#include "core/commit/dry_run.h"
#include "core/commit/guard_talk.h"
#include "core/commit/readback.h"
#include "core/commit/revert.h"
#include "core/commit/takeover.h"
#include "core/kernel/holder.h"
#include "core/kernel/net_sock.h"
#include "core/kernel/snapshot_digest.h"
#include "core/plan/fw.h"
#include "core/plan/journal.h"
#include "core/plan/model.h"
#include "core/plan/plan_file.h"
#include "core/plan/plan_run.h"
#include "core/plan/ruleset_build.h"
#include "core/reach/hook_tell.h"
#include "core/reach/kept.h"
#include "core/reach/safety.h"
#include "core/reach/services.h"
#include "core/reach/unmasked.h"
#include "core/reach/untouched.h"
#include "core/state/drift.h"
#include "core/state/forwarding.h"
#include "core/state/history.h"
#include "core/state/lingering.h"
#include "core/state/lock.h"
#include "core/state/moved.h"
#include "core/state/save.h"
#include "core/state/tested.h"
#include "core/state/unit.h"

/* All that one commit owns. */
struct commit {
	struct host *host;
	const struct config *config;
	struct config before; /* what was committed last */
	const struct commit_options *options;
	struct model model;
	struct journal journal;
	struct plan plan;
	struct wish want;    /* of the model */
	unsigned confirm;    /* the seconds of the options, if any are needed */
	uint32_t generation; /* of nftables, before anything was planned */
	struct err unread;   /* why the journal is not known; or ERR_NONE */
	bool prepared;	     /* model and plan are whole */
	bool partly;	     /* it is in force, but for what was told */
	bool nothing;	     /* the kernel has all of it, and it is saved */
	int lock;
};

static void
print_warnings(const struct model *m, struct buf *notes)
{
	size_t i;

	for (i = 0; i < m->nwarnings; i++)
		buf_printf(notes, _("warning: %s\n"), m->warnings[i]);
}

static void
print_lines(const char *fmt, struct buf *lines, struct buf *notes)
{
	char *rest = lines->s, *line;

	while ((line = next_line(&rest)) != NULL)
		buf_printf(notes, fmt, line);
}

static void
print_untouched(const struct commit *c, struct listeners *l, struct buf *notes)
{
	struct buf lines = { 0 };

	if (l != NULL)
		holders_find(l, "/proc");
	untouched_tell(&c->model, l, &lines);
	buf_add(&lines, _("\n  to close that, too: option ipv4 on"));
	buf_printf(notes, _("warning: %s\n"), buf_text(&lines));
	buf_free(&lines);
}

/* If listeners cannot be read there is nothing to report. */
static void
print_services(const struct commit *c, struct buf *notes)
{
	struct listeners l;
	struct err ignored;
	bool known = net_listeners(c->host->net, NULL, &l, &ignored) == 0;

	if (known) {
		services_warn(&c->model, &l, notes);
		kept_warn(&c->model, &l, notes);
	}
	if (untouched_is(&c->model))
		print_untouched(c, known ? &l : NULL, notes);
	listeners_free(&l);
}

static void
print_hooks(const struct commit *c, struct buf *notes)
{
	struct buf lines = { 0 };

	host_look_for_hooks(c->host);
	hooks_tell(&c->host->hooks, c->config, &lines);
	print_lines(_("warning: %s\n"), &lines, notes);
	buf_free(&lines);
}

/* Why there is something to do for a config that was committed before. */
static void
print_moved(const struct commit *c, struct buf *notes)
{
	struct buf lines = { 0 };

	moved_tell(c->host, &c->model, &lines);
	moved_tell_inside(c->host, &c->model, &lines);
	print_lines(_("note: %s\n"), &lines, notes);
	buf_free(&lines);
}

static int
check_safety(const struct commit *c, struct err *e)
{
	const char *file = c->config->file;
	struct ssh ssh[SSH_SESSIONS_MAX];
	size_t n = c->options->force ? 0 : ssh_find(getpid(), ssh), i = 0;

	while (i < n &&
	       safety_check(&c->model, &c->host->snapshot, &ssh[i], e) == 0)
		i++;
	if (i == n)
		return 0;
	if (file != NULL && e->line != 0)
		snprintf(e->file, sizeof(e->file), "%s", file);
	return -1;
}

/* A boot restores what there was, whatever the kernel makes of it. */
static int
check_tested(const struct commit *c, struct err *e)
{
	return c->options->force || c->options->direct
		   ? 0
		   : tested_check(c->host->run_path, e);
}

/* A saved config was checked when it was committed: what this host lacks since
 * is left out, and the rest holds. */
static int
resolve(const struct commit *c, struct model *m, const struct snapshot *s,
    struct err *e)
{
	return c->options->direct
		   ? model_build_lenient(m, c->config, s, e)
		   : model_build_again(m, c->config, &c->before, s, e);
}

static void
print_forwarding(struct commit *c, struct buf *notes)
{
	struct buf line = { 0 };

	if (forwarding_stays(
		c->host, &c->model, &c->before, &c->journal, &line))
		buf_printf(notes, _("note: %s\n"), buf_text(&line));
	buf_free(&line);
}

/* A boot does not wait for the journal. */
static int
load_journal(struct commit *c, struct buf *notes, struct err *e)
{
	int r = journal_load(&c->journal, c->host->run_path, e);

	journal_prune(&c->journal, &c->host->snapshot);
	print_forwarding(c, notes);
	if (r == 0 || !c->options->direct)
		return r;
	c->unread = *e;
	err_front(&c->unread, "a note of which addresses are seki's");
	if (c->options->check)
		buf_printf(notes, _("warning: %s\n"), e->text);
	return 0;
}

/* An unreadable journal is not overwritten: it may say more. */
static int
store_journal(const struct commit *c, struct err *e)
{
	if (c->unread.code == ERR_NONE)
		return journal_store(&c->journal, c->host->run_path, e);
	*e = c->unread;
	return -1;
}

static int
prepare(struct commit *c, struct buf *notes, struct err *e)
{
	struct host *h = c->host;
	int r;

	if (host_refresh(h, e) != 0)
		return -1;
	history_committed(h, &c->before);
	r = resolve(c, &c->model, &h->snapshot, e);
	print_warnings(&c->model, notes);
	if (r == 0) {
		print_moved(c, notes);
		print_services(c, notes);
		print_hooks(c, notes);
		unmasked_warn(&c->before, &c->model, notes);
	}
	if (r != 0 || check_safety(c, e) != 0 || check_tested(c, e) != 0 ||
	    load_journal(c, notes, e) != 0 ||
	    net_generation(h->net, &c->generation, e) != 0 ||
	    drift_plan(h, &c->model, &c->journal, &c->want, &c->plan, e) != 0 ||
	    dry_run(&c->plan, h->net, c->options->check, e) != 0)
		return -1;
	/* A commit without changes in the kernel cannot cut anybody off. */
	c->confirm = c->plan.n > 0 ? c->options->confirm : 0;
	c->nothing = c->plan.n == 0 && !c->options->direct &&
		     config_equal(c->config, &h->saved);
	return 0;
}

static int
list_rules_left(const struct model *m, struct plan *left, struct err *e)
{
	struct ruleset have = { 0 }, want;
	int r = fw_read(&have, e);

	ruleset_build(&want, m);
	if (r == 0)
		plan_rules(left, &want, &have);
	ruleset_free(&want);
	ruleset_free(&have);
	return r;
}

static int
plan_left(const struct commit *c, const struct model *m,
    const struct snapshot *now, const struct wish *want, struct plan *left,
    struct err *e)
{
	plan_links(left, m, now, &c->journal);
	return readback_has_rules(c->host->net, &c->plan, want, c->generation)
		   ? 0
		   : list_rules_left(m, left, e);
}

/* The steps have changed what the config is resolved against. */
static int
resolve_left(const struct commit *c, const struct snapshot *now,
    struct plan *left, struct err *e)
{
	struct model m = { 0 };
	struct wish want;
	int r = resolve(c, &m, now, e);

	if (r == 0) {
		want = standing_wish(c->host, &m);
		r = plan_left(c, &m, now, &want, left, e);
	}
	model_free(&m);
	return r;
}

/* Planning again must find nothing left to do. */
static int
read_back(struct commit *c, struct err *e)
{
	const struct snapshot *before = &c->host->snapshot;
	struct snapshot now = { 0 };
	struct plan left = { 0 };
	int r;

	if (c->plan.n == 0)
		return 0;
	r = net_read(c->host->net, &now, e);
	if (r == 0 && snapshot_digest(&now) == snapshot_digest(before))
		r = plan_left(c, &c->model, before, &c->want, &left, e);
	else if (r == 0)
		r = resolve_left(c, &now, &left, e);
	if (r == 0)
		r = readback_judge(&c->plan, &left, e);
	plan_free(&left);
	snapshot_free(&now);
	return r;
}

static int
save_directly(const struct commit *c, struct err *e)
{
	char *who = lock_who();
	unsigned number = 0;
	int r;

	r = save_config(c->host, c->config, who, time(NULL), &number, e);
	free(who);
	return r;
}

/* Undone steps leave the journal. */
static void
forget_steps(struct commit *c)
{
	struct err ignored;

	if (!plan_is_undone(&c->plan))
		return;
	plan_unnote(&c->plan, &c->journal);
	journal_store(&c->journal, c->host->run_path, &ignored);
}

/* Runs the steps and keeps the journal. From the first one on, any failure
 * undoes all. */
static int
carry_out(struct commit *c, struct buf *notes, struct err *e)
{
	struct host *h = c->host;
	struct buf failed = { 0 };
	int r;

	plan_note_ahead(&c->plan, &c->journal);
	if (journal_store(&c->journal, h->run_path, e) != 0)
		return -1;
	r = plan_run(&c->plan, h->net, &failed, e);
	c->partly = failed.len > 0;
	print_lines(_("not done: %s\n"), &failed, notes);
	buf_free(&failed);
	if (r == 0) {
		plan_note(&c->plan, &c->journal);
		if (read_back(c, e) == 0 &&
		    journal_store(&c->journal, h->run_path, e) == 0)
			return 0;
		plan_fail(&c->plan, h->net, e);
	}
	forget_steps(c);
	return -1;
}

static void
note_failure(struct buf *failed, int r, const struct err *e)
{
	if (r != 0)
		buf_printf(failed, "%s\n", e->text);
}

/* Whether the rules in force are the planned ones. */
static bool
has_rules(const struct commit *c)
{
	const struct step *s;

	for (s = c->plan.v; s < END_OF(c->plan.v, c->plan.n); s++)
		if (s->kind == STEP_RULESET && !s->done)
			return false;
	return c->prepared;
}

/* Without undo: a boot must not be reverted for what is missing on this host,
 * or cannot be written. */
static void
carry_out_each(struct commit *c, struct buf *failed, struct err *first)
{
	struct err e;

	plan_note_ahead(&c->plan, &c->journal);
	store_journal(c, &e);
	if (plan_try(&c->plan, c->host->net, failed, first) == 0)
		note_failure(failed, read_back(c, &e), &e);
	plan_note(&c->plan, &c->journal);
	note_failure(failed, store_journal(c, &e), &e);
}

/* Fails only if nothing is in force. What the kernel refuses as a whole is not
 * saved: it was not tried before. */
static int
enforce(struct commit *c, struct buf *notes, struct err *e)
{
	struct buf failed = { 0 };

	carry_out_each(c, &failed, e);
	if (c->plan.n == 1 && !has_rules(c)) {
		buf_free(&failed);
		return err_front(e, "nothing of it could be done");
	}
	note_failure(&failed, save_directly(c, e), e);
	c->partly = failed.len > 0;
	if (has_rules(c) || !plan_is_undone(&c->plan))
		applied_log(c->host->config_path, &c->plan, &failed);
	print_lines(_("not done: %s\n"), &failed, notes);
	buf_free(&failed);
	if (has_rules(c) || !plan_is_undone(&c->plan))
		return 0;
	return err_set(e, ERR_FAIL, "nothing of it could be done");
}

/* But for addresses that are gone, an unchanged kernel changes nothing for
 * connections. */
static void
settle_connections(const struct commit *c, unsigned number, struct buf *notes)
{
	const struct lingering_wish wish = { number, c->options->end };
	struct lingering l;
	struct err ignored;

	if (!has_rules(c))
		return;
	moved_settle(c->host, c->config, notes, &ignored);
	if (c->plan.n == 0)
		return;
	l = lingering_settle(c->host, &c->before, c->config, &wish);
	lingering_tell(&l, notes);
	lingering_free(&l);
}

static void
tell_saved(unsigned number, struct buf *notes)
{
	const struct unit_state *unit = unit_look();

	buf_printf(notes,
	    unit->word != NULL && unit->warning == NULL
		? _("commit #%u is saved: a reboot brings it back as it is\n")
		: _("commit #%u is saved\n"),
	    number);
	if (unit->warning != NULL)
		buf_printf(notes, _("warning: %s\n"), _(unit->warning));
}

static void
tell_pending(const struct commit *c, unsigned number, struct buf *notes)
{
	buf_printf(notes,
	    _("commit #%u is pending and reverts by itself in %u s\n"
	      "  log in a second time, to prove that you still can, then:  "
	      "seki confirm\n"),
	    number, c->confirm);
}

/* Writes what a revert needs to disk, then starts the guard. */
static int
start_guard(struct commit *c, struct pending *p, struct err *e)
{
	struct host *h = c->host;
	uint64_t now = boot_ms();
	char *who = lock_who();

	drift_complete(h, &c->plan, c->confirm > 0);
	*p = (struct pending){ .phase = PENDING_APPLYING,
		.begin = now,
		.deadline = c->confirm > 0 ? now + c->confirm * 1000 : 0,
		.when = time(NULL) };
	snprintf(p->who, sizeof(p->who), "%s", who);
	free(who);
	if (history_reserve(h, c->config, &p->number, &p->edited, e) != 0 ||
	    pending_begin(h->run_path, c->config, &c->plan, e) != 0 ||
	    pending_write(p, h->run_path, e) != 0 || guard_start(h, e) != 0)
		return -1;
	return guard_hold(h, e);
}

/* The guard's answer is lost: release the lock, which takeover needs; the state
 * on disk then says how it went. */
static int
lost_guard(struct commit *c, const struct pending *p, struct err *e)
{
	struct pending now;
	struct err ignored;

	close(c->lock);
	c->lock = -1;
	if (takeover(c->host, &ignored) == -1)
		return err_hint(
		    e, "taking it back failed as well: %s", ignored.text);
	if (pending_read(&now, c->host->run_path, e) != 0)
		return -1;
	if (now.phase == PENDING_NONE
		? revert_outcome(c->host->run_path, p) == OUTCOME_SAVED
		: now.phase == PENDING_WAITING && now.when == p->when)
		return 0;
	err_set(e, ERR_FAIL, "the guard was killed in the middle");
	return err_hint(e, "seki show status tells how it ended");
}

/* Between the first step and the last word to the guard, keyboard signals must
 * not stop this process. A console blocks some itself, so the former mask is
 * restored. */
static void
hold_still(sigset_t *before)
{
	static const int signals[] = { SIGTSTP, SIGTTIN, SIGTTOU };
	sigset_t set;
	size_t i;

	sigemptyset(&set);
	for (i = 0; i < NITEMS(signals); i++)
		sigaddset(&set, signals[i]);
	sigprocmask(SIG_BLOCK, &set, before);
}

/* The guard did not accept it, so it is undone. What cannot be undone here is
 * left to the guard: its connection closes without a word, and it goes on
 * trying. */
static int
give_up(struct commit *c, int hold, struct err *e)
{
	struct buf answer = { 0 };
	struct err ignored;

	if (plan_is_undone(&c->plan))
		guard_say(hold, "cancel", &answer, &ignored);
	else
		err_hint_more(e, "the guard goes on to revert the commit");
	buf_free(&answer);
	return -1;
}

/* The guard must know of steps that failed in containers. */
static int
note_failed(struct commit *c, struct err *e)
{
	const struct step *s;
	char *undo;
	int r = 0;

	for (s = c->plan.v; s < END_OF(c->plan.v, c->plan.n); s++)
		if (s->failed)
			break;
	if (s == END_OF(c->plan.v, c->plan.n))
		return 0;
	undo = pending_path(c->host->run_path, "undo");
	r = plan_write(&c->plan, undo, e);
	free(undo);
	return r;
}

static int
carry_out_held(struct commit *c, const struct pending *p, int hold,
    struct buf *notes, struct err *e)
{
	struct buf answer = { 0 }, word = { 0 };
	int r;

	if (carry_out(c, notes, e) != 0 || note_failed(c, e) != 0)
		return give_up(c, hold, e);
	if (c->confirm > 0)
		buf_printf(&word, "applied %" PRIu64, boot_ms());
	else
		buf_add(&word, "keep");
	r = guard_say(hold, buf_text(&word), &answer, e);
	buf_free(&answer);
	buf_free(&word);
	if (r == GUARD_LOST)
		return lost_guard(c, p, e);
	if (r == -1 && c->confirm > 0) {
		plan_fail(&c->plan, c->host->net, e);
		forget_steps(c);
		return give_up(c, hold, e);
	}
	return r;
}

static int
carry_out_guarded(struct commit *c, struct buf *notes, struct err *e)
{
	struct pending p;
	struct err ignored;
	sigset_t before;
	pid_t pid;
	int hold, r = -1;

	hold_still(&before);
	hold = start_guard(c, &p, e);
	if (hold != -1) {
		r = carry_out_held(c, &p, hold, notes, e);
		close(hold);
	} else if (guard_look(c->host->run_path, &pid) == GUARD_DEAD) {
		pending_end(c->host->run_path, &ignored);
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (r == 0)
		settle_connections(c, p.number, notes);
	if (r == 0 && c->confirm > 0)
		tell_pending(c, p.number, notes);
	else if (r == 0)
		tell_saved(p.number, notes);
	return r;
}

static void
release(struct commit *c)
{
	plan_free(&c->plan);
	journal_free(&c->journal);
	model_free(&c->model);
	config_free(&c->before);
	if (c->lock != -1)
		close(c->lock);
}

/* What a dead guard began is finished first. */
static int
recover(struct host *h, struct buf *notes, struct err *e)
{
	int recovered = takeover(h, e);

	if (recovered == 1)
		buf_add(notes, _("note: a commit whose guard had been killed "
				 "was finished\n"));
	return recovered == -1 ? -1 : 0;
}

int
commit_check_pending(struct host *h, struct err *e)
{
	if (host_reload(h, e) != 0)
		return -1;
	if (h->pending.phase == PENDING_NONE)
		return 0;
	err_set(e, ERR_BUSY, "commit #%u by %s is pending", h->pending.number,
	    h->pending.who);
	return err_hint(
	    e, "to confirm it: seki confirm; to revert it: seki revert");
}

static int
carry_on(struct commit *c, struct buf *report, struct buf *notes, struct err *e)
{
	int r;

	if (c->nothing) {
		buf_add(report, _("nothing to commit: the kernel has all that "
				  "is written\n"));
		return 0;
	}
	if (!c->options->direct)
		return carry_out_guarded(c, notes, e);
	r = enforce(c, notes, e);
	if (r != 0)
		applied_log_failure(c->host->config_path, e);
	settle_connections(c, 0, notes);
	return r;
}

static int
tell_partly(struct err *e)
{
	return err_set(
	    e, ERR_PARTLY, "not all of it could be done; the rest is in force");
}

int
commit_config(struct host *h, const struct config *config,
    const struct commit_options *options, struct buf *report, struct buf *notes,
    struct err *e)
{
	struct commit c = {
		.host = h, .config = config, .options = options, .lock = -1
	};
	struct err ignored;
	int r = -1;

	if (h->read_only && !options->check)
		return host_refuse(h, e);
	if (!options->check) {
		if (recover(h, notes, e) != 0)
			goto out;
		/* with the lock held none can begin any more */
		c.lock = lock_run_soon(h->run_path, e);
		if (c.lock == -1 || commit_check_pending(h, e) != 0)
			goto out;
	}
	h->applying = config;
	if (prepare(&c, notes, e) != 0)
		goto out;
	c.prepared = true;
	plan_print(&c.plan, report);
	r = options->check ? 0 : carry_on(&c, report, notes, e);
out:
	if (!options->check && (r == 0 || options->direct) && has_rules(&c))
		drift_remember(h, c.want.digest,
		    drift_generation(c.generation, &c.plan), &ignored);
	release(&c);
	h->applying = NULL;
	if (!options->check && !h->brief) {
		host_reload(h, &ignored);
		host_refresh(h, &ignored);
	}
	return r == 0 && c.partly ? tell_partly(e) : r;
}

int
commit_candidate(struct host *h, const struct commit_options *options,
    struct buf *report, struct buf *notes, struct err *e)
{
	struct config config;
	int r;

	if (h->candidate_error.code != ERR_NONE ||
	    h->saved_error.code != ERR_NONE) {
		*e = h->saved_error.code != ERR_NONE ? h->saved_error
						     : h->candidate_error;
		return -1;
	}
	config_copy(&config, &h->candidate);
	r = commit_config(h, &config, options, report, notes, e);
	config_free(&config);
	return r;
}

unsigned
commit_seconds(const struct host *h)
{
	return config_option(&h->candidate, OPTION_CONFIRM);
}
