/* One host: what it reads, keeps and edits. */
#include "config.h"

#include "core/state/host.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/intl.h"
#include "core/base/util.h"
#include "core/kernel/net_flow.h"
#include "core/kernel/net_hooks.h"
#include "core/lang/alias.h"
#include "core/lang/config_diff.h"
#include "core/lang/ula.h"
#include "core/plan/model.h"
#include "core/state/drift.h"
#include "core/state/lock.h"
#include "core/state/probe.h"
#include "core/state/undo.h"
#include "core/state/wanted.h"

#define DEFAULT_CONFIG "/etc/seki/seki.conf"
#define FEED_MS 900
#define MEASURE_MS 1000	     /* what a rate is taken over, */
#define MEASURE_MAX_MS 10000 /* and at most */

/* Configs */

static char *
candidate_path(const struct host *h)
{
	return xasprintf("%s/candidate.conf", h->run_path);
}

static uint64_t
file_version(uint64_t so_far, const char *path)
{
	struct stat st;
	char text[128];

	if (stat(path, &st) == -1)
		return hash_text(so_far, "none");
	snprintf(text, sizeof(text), "%ju %ju %jd %ld", (uintmax_t)st.st_ino,
	    (uintmax_t)st.st_size, (intmax_t)st.st_mtim.tv_sec,
	    st.st_mtim.tv_nsec);
	return hash_text(so_far, text);
}

/* A file beside the candidate names its last editor. */
static char *
editor_path(const struct host *h)
{
	return xasprintf("%s/candidate.who", h->run_path);
}

static void
read_editor(struct host *h, const char *candidate)
{
	char *path = editor_path(h);
	char *who = read_file(path, sizeof(h->edited_by) * 2, NULL);
	struct stat st;

	h->edited = stat(candidate, &st) == 0 ? st.st_mtim.tv_sec : 0;
	snprintf(h->edited_by, sizeof(h->edited_by), "%.*s",
	    who != NULL ? (int)strcspn(who, "\n") : 0, who != NULL ? who : "");
	free(who);
	free(path);
}

static void
write_editor(const struct host *h)
{
	char *path = editor_path(h), *who = lock_who();
	struct err ignored;

	file_replace(path, who, strlen(who), 0644, &ignored);
	free(who);
	free(path);
}

static void
load(struct host *h, const char *path)
{
	struct config saved = { 0 }, candidate = { 0 };
	bool absent = access(path, F_OK) == -1;

	memset(&h->saved_error, 0, sizeof(h->saved_error));
	memset(&h->candidate_error, 0, sizeof(h->candidate_error));
	if (config_read(&saved, h->config_path, true, &h->saved_error) != 0) {
		config_free(&saved);
		config_copy(&saved, &h->saved);
	}
	if (absent ||
	    config_read(&candidate, path, true, &h->candidate_error) != 0) {
		config_free(&candidate);
		config_copy(&candidate, &saved);
	}
	config_free(&h->saved);
	config_free(&h->candidate);
	h->saved = saved;
	h->candidate = candidate;
	h->reads++;
	h->changes = config_changes(&saved, &candidate);
	h->dirty = !config_equal(&saved, &candidate);
	alias_prefer(&h->snapshot, &h->saved, &h->candidate);
	if (h->dirty)
		read_editor(h, path);
	else
		h->edited_by[0] = '\0';
}

int
host_reload(struct host *h, struct err *e)
{
	char *path = candidate_path(h);
	char *state = pending_path(h->run_path, "state");
	uint64_t files;
	int r = 0;

	files = file_version(file_version(HASH_START, h->config_path), path);
	files = file_version(files, state);
	if (files != h->files || h->files_failed) {
		r = pending_read(&h->pending, h->run_path, e);
		load(h, path);
		h->files = files;
		h->files_failed = r != 0;
	}
	free(path);
	free(state);
	return r;
}

void
host_reread(struct host *h)
{
	h->files_failed = true;
}

int
host_refuse(const struct host *h UNUSED, struct err *e)
{
	err_set(e, ERR_UNSAFE,
	    "not allowed: seki was started with "
	    "--read-only");
	return err_hint(e, "start it without --read-only to change anything");
}

/* Writes the candidate; text equal to the saved config, or NULL, removes it. */
static int
write_text(struct host *h, const char *text, struct err *e)
{
	struct buf saved = { 0 };
	char *path = candidate_path(h);
	int r;

	config_print(&h->saved, &saved);
	if (text == NULL || strcmp(buf_text(&saved), text) == 0)
		r = file_remove(path, e);
	else
		r = file_replace(path, text, strlen(text), 0644, e);
	if (r == 0 && text != NULL)
		write_editor(h);
	buf_free(&saved);
	free(path);
	return r == 0 ? host_reload(h, e) : -1;
}

/* An edit without effect is not pushed for undo. One with effect clears the
 * redo stack. */
static int
write_candidate(struct host *h, const struct config *c, struct err *e)
{
	struct buf before = { 0 }, after = { 0 };
	struct err ignored;
	bool changes = !config_equal(&h->candidate, c);
	int r = 0;

	config_print(&h->candidate, &before);
	config_print(c, &after);
	if (changes)
		r = undo_push(h->run_path, UNDO_EDITS, buf_text(&before), e);
	if (r == 0) {
		r = write_text(h, buf_text(&after), e);
		if (r != 0 && changes)
			undo_pop(h->run_path, UNDO_EDITS, &ignored);
	}
	if (r == 0 && changes)
		undo_clear(h->run_path, UNDO_TAKEN_BACK);
	buf_free(&before);
	buf_free(&after);
	return r;
}

/* Edits */

static int
check(const struct host *h, const struct config *c, struct err *e)
{
	struct model m;
	int r = model_build(&m, c, &h->snapshot, e);

	model_free(&m);
	return r;
}

struct edit {
	struct config config; /* a copy of the candidate */
	int lock;
};

static void
edit_end(struct edit *ed)
{
	config_free(&ed->config);
	if (ed->lock != -1)
		close(ed->lock);
}

/* Takes the edit lock, by lock_take or lock_wait. */
static int
lock_edits(const struct host *h, int (*take)(const char *, struct err *),
    struct err *e)
{
	char *path = xasprintf("%s/edit", h->run_path);
	int lock = h->read_only ? host_refuse(h, e) : take(path, e);

	free(path);
	return lock;
}

/* Edits are short, so another seki's edit is waited for, unless take does not
 * wait. An unreadable candidate cannot be edited, and an unreadable saved
 * config is no base for an edit. */
static int
edit_begin(struct edit *ed, struct host *h,
    int (*take)(const char *, struct err *), struct err *e)
{
	memset(ed, 0, sizeof(*ed));
	ed->lock = lock_edits(h, take, e);
	if (ed->lock == -1)
		return -1;
	if (host_reload(h, e) != 0) {
		edit_end(ed);
		return -1;
	}
	if (h->saved_error.code != ERR_NONE)
		*e = h->saved_error;
	else if (h->candidate_error.code != ERR_NONE)
		*e = h->candidate_error;
	else {
		config_copy(&ed->config, &h->candidate);
		return 0;
	}
	edit_end(ed);
	return -1;
}

int
host_check(const struct host *h, struct err *e)
{
	return check(h, &h->candidate, e);
}

/* Refuses at once what a commit would refuse of this statement. If another one
 * is at fault, the edit may be the first half of a valid change, such as
 * renumbering a bridge. Typed statements have no line yet. */
static int
edit_keep(struct edit *ed, struct host *h, struct err *e)
{
	if (check(h, &ed->config, e) != 0 && e->line == 0)
		return -1;
	return write_candidate(h, &ed->config, e);
}

static int
edit_statement(struct host *h, struct statement *st,
    int (*change)(struct config *, struct statement *, struct err *),
    struct err *e)
{
	struct edit ed;
	int r = -1;

	if (edit_begin(&ed, h, lock_wait, e) != 0) {
		statement_free(st);
		return -1;
	}
	st = ula_resolve(st, &ed.config, &h->snapshot, e);
	if (st != NULL && change(&ed.config, st, e) == 0)
		r = edit_keep(&ed, h, e);
	edit_end(&ed);
	return r;
}

int
host_add(struct host *h, struct statement *st, struct err *e)
{
	return edit_statement(h, st, config_add, e);
}

int
host_set(struct host *h, struct statement *st, struct err *e)
{
	return edit_statement(h, st, config_set, e);
}

int
host_replace(struct host *h, const struct statement *old, struct statement *st,
    struct err *e)
{
	struct statement *copy = statement_copy(old);
	struct edit ed;
	size_t at;
	int r = -1;

	if (edit_begin(&ed, h, lock_wait, e) != 0)
		goto out;
	at = config_find(&ed.config, copy, e);
	if (at == SIZE_MAX)
		goto end;
	st = ula_resolve(st, &ed.config, &h->snapshot, e);
	if (st == NULL)
		goto end;
	statement_free(ed.config.v[at].st);
	ed.config.v[at].st = st;
	st = NULL;
	r = edit_keep(&ed, h, e);
end:
	edit_end(&ed);
out:
	statement_free(st);
	statement_free(copy);
	return r;
}

int
host_delete(struct host *h, const struct statement *borrowed, struct err *e)
{
	struct statement *key = statement_copy_key(borrowed);
	struct edit ed;
	size_t at;
	int r = -1;

	if (edit_begin(&ed, h, lock_wait, e) == 0) {
		at = config_find(&ed.config, key, e);
		if (at != SIZE_MAX) {
			config_remove(&ed.config, at);
			r = write_candidate(h, &ed.config, e);
		}
		edit_end(&ed);
	}
	statement_free(key);
	return r;
}

int
host_forget(struct host *h, const struct config *committed, struct err *e)
{
	struct edit ed;
	int r = 0;

	if (edit_begin(&ed, h, lock_take, e) != 0)
		return -1;
	if (config_equal(&ed.config, committed))
		r = write_text(h, NULL, e);
	edit_end(&ed);
	return r;
}

int
host_move(
    struct host *h, enum chain chain, unsigned n, unsigned to, struct err *e)
{
	struct edit ed;
	int r = -1;

	if (edit_begin(&ed, h, lock_wait, e) != 0)
		return -1;
	if (config_move(&ed.config, chain, n, to, e) == 0)
		r = write_candidate(h, &ed.config, e);
	edit_end(&ed);
	return r;
}

static int
replace(struct host *h, const struct config *c, struct err *e)
{
	if (c == NULL)
		return write_candidate(h, &h->saved, e);
	if (h->saved_error.code == ERR_NONE)
		return write_candidate(h, c, e);
	*e = h->saved_error;
	return -1;
}

/* Under the lock, whatever the candidate says now. */
static int
replace_candidate(struct host *h, const struct config *c, struct err *e)
{
	int lock = lock_edits(h, lock_wait, e), r = -1;

	if (lock == -1)
		return -1;
	if (host_reload(h, e) == 0)
		r = replace(h, c, e);
	close(lock);
	return r;
}

int
host_set_candidate(struct host *h, const struct config *c, struct err *e)
{
	return replace_candidate(h, c, e);
}

int
host_discard(struct host *h, struct err *e)
{
	return replace_candidate(h, NULL, e);
}

/* The first statement changed by an edit, and the number of changes. */
struct told {
	struct buf *b;
	unsigned n;
};

static void
tell(void *arg, const struct change *c)
{
	struct told *t = arg;

	if (t->n++ > 0)
		return;
	buf_printf(t->b, "%c ", change_mark(c));
	statement_print(change_statement(c), t->b);
	change_print_move(c, t->b);
}

static void
describe_edit(
    const struct config *before, const struct config *after, struct buf *what)
{
	struct told t = { .b = what };

	config_diff(before, after, tell, &t);
	if (t.n == 0)
		buf_add(what, _("a comment"));
	else if (t.n > 1)
		buf_printf(what,
		    ngettext(", and %u more", ", and %u more", t.n - 1),
		    t.n - 1);
}

/* The stack that gets the candidate, and the message when this one is empty. */
static const struct {
	enum undo_stack to;
	const char *nothing;
} steps[] = {
	[UNDO_EDITS] = { UNDO_TAKEN_BACK, N_("nothing to undo") },
	[UNDO_TAKEN_BACK] = { UNDO_EDITS,
	    N_("nothing to redo since the last edit") },
};

/* The newest text on a stack that differs from the candidate: they are equal if
 * a seki was killed between the two; owned by the caller, or NULL. */
static char *
last_other(const struct host *h, enum undo_stack stack, const char *now)
{
	struct err ignored;
	char *text;

	while ((text = undo_top(h->run_path, stack)) != NULL &&
	       strcmp(text, now) == 0 &&
	       undo_pop(h->run_path, stack, &ignored) == 0)
		free(text);
	return text;
}

static int
take_text(
    struct host *h, enum undo_stack from, struct config *after, struct err *e)
{
	struct buf now = { 0 };
	char *text;
	int r;

	config_print(&h->candidate, &now);
	text = last_other(h, from, buf_text(&now));
	if (text == NULL)
		r = err_set(e, ERR_FAIL, "%s", _(steps[from].nothing));
	else
		r = config_parse(after, text, NULL, e);
	if (r == 0)
		r = undo_push(h->run_path, steps[from].to, buf_text(&now), e);
	if (r == 0)
		r = write_text(h, text, e);
	if (r == 0)
		r = undo_pop(h->run_path, from, e);
	free(text);
	buf_free(&now);
	return r;
}

/* Names the edit as it was made, for undo and redo alike. */
static int
take_step(struct host *h, enum undo_stack from, struct buf *what, struct err *e)
{
	struct config after = { 0 };
	struct edit ed;
	int r;

	if (edit_begin(&ed, h, lock_wait, e) != 0)
		return -1;
	r = take_text(h, from, &after, e);
	if (r == 0 && from == UNDO_EDITS)
		describe_edit(&after, &ed.config, what);
	else if (r == 0)
		describe_edit(&ed.config, &after, what);
	config_free(&after);
	edit_end(&ed);
	return r;
}

int
host_undo(struct host *h, struct buf *what, struct err *e)
{
	return take_step(h, UNDO_EDITS, what, e);
}

int
host_redo(struct host *h, struct buf *what, struct err *e)
{
	return take_step(h, UNDO_TAKEN_BACK, what, e);
}

/* The kernel */

static void
look_for_drift(struct host *h)
{
	struct buf lines = { 0 };

	h->drift = drift_look(h, &lines, &h->rules_drift);
	free(h->drift_text);
	h->drift_text = buf_take(&lines);
}

static void
note_link(struct host *h, const struct link *l)
{
	char name[IFNAMSIZ + 4];

	snprintf(name, sizeof(name), "rx %s", l->name);
	meters_note(h->meters, name, l->rx_bytes, l->rx_packets);
	snprintf(name, sizeof(name), "tx %s", l->name);
	meters_note(h->meters, name, l->tx_bytes, l->tx_packets);
}

static void
feed_meters(struct host *h)
{
	const struct counter *c;
	size_t i;

	h->span = h->fed > 0 ? now_ms() - h->fed : 0;
	h->fed = now_ms();
	meters_begin(h->meters, h->fed);
	for (i = 0; i < h->snapshot.nlinks; i++)
		note_link(h, &h->snapshot.links[i]);
	for (c = h->counters.v; c < END_OF(h->counters.v, h->counters.n); c++)
		meters_note(h->meters, c->name, c->bytes, c->packets);
}

/* Reading counters needs root; everything else is visible without. */
static void
read_counters(struct host *h)
{
	struct err ignored;

	h->blind = net_counters(h->net, NET_TABLE, &h->counters, &ignored) != 0;
}

/* Reads what the forwards that the kernel should have depend on. While a commit
 * is in progress those are unknown, and nothing is read. */
static void
look_behind_forwards(struct host *h, bool fresh)
{
	struct config store;
	struct err ignored;
	const struct config *c = drift_config(h, &store, &ignored);

	if (c != NULL && !h->blind &&
	    sockets_update(&h->sockets, h->net, &h->snapshot, c))
		h->reads++;
	if (c != NULL && ways_update(&h->ways, h->net, &h->snapshot, c, fresh))
		h->reads++;
	config_free(&store);
}

/* Any transaction of anybody may have changed hooks. */
static void
look_for_hooks(struct host *h)
{
	struct err ignored;
	uint32_t now;

	if (h->blind || net_generation(h->net, &now, &ignored) != 0 ||
	    (now == h->hooks_generation && h->hooks_read))
		return;
	hooks_free(&h->hooks);
	h->hooks_read = net_hooks(h->net, NET_TABLE, &h->hooks, &ignored) == 0;
	h->hooks_generation = now;
	h->reads++;
}

/* Events come in bursts; meters are fed once a second. */
int
host_refresh(struct host *h, struct err *e)
{
	struct snapshot now = { 0 };

	wanted_tell(h);
	net_know_fib(h->net, probe_fib(h->run_path));
	if (net_read(h->net, &now, e) != 0) {
		snapshot_free(&now);
		return -1;
	}
	snapshot_free(&h->snapshot);
	h->snapshot = now;
	alias_prefer(&h->snapshot, &h->saved, &h->candidate);
	h->reads++;
	read_counters(h);
	look_for_drift(h);
	look_behind_forwards(h, true);
	look_for_hooks(h);
	if (now_ms() - h->fed >= FEED_MS)
		feed_meters(h);
	return 0;
}

unsigned
host_version(const struct host *h)
{
	return h->reads + h->counters.version + meters_version(h->meters);
}

int
host_sample(struct host *h, struct err *e)
{
	if (net_read_traffic(h->net, &h->snapshot, e) != 0)
		return -1;
	read_counters(h);
	look_behind_forwards(h, false);
	look_for_hooks(h);
	feed_meters(h);
	return 0;
}

/* Rates over the last second, or since the last request. Only callers that need
 * them wait. */
int
host_measure(struct host *h, struct err *e)
{
	uint64_t age = now_ms() - h->fed;

	if (age < MEASURE_MS && h->span > 0 && h->span <= MEASURE_MAX_MS)
		return 0;
	if (age > MEASURE_MAX_MS) {
		if (host_sample(h, e) != 0)
			return -1;
		age = 0;
	}
	if (age < MEASURE_MS)
		poll(NULL, 0, (int)(MEASURE_MS - age));
	return host_sample(h, e);
}

int
host_read_flows(struct host *h, struct err *e)
{
	flow_list_free(&h->flows);
	h->reads++;
	return net_flows(h->net, &h->flows, e);
}

/* The guard runs in another working directory. */
static char *
absolute(const char *path)
{
	char *folder = path[0] == '/' ? NULL : getcwd(NULL, 0);
	char *whole;

	if (folder == NULL)
		return xstrdup(path);
	whole = xasprintf("%s/%s", folder, path);
	free(folder);
	return whole;
}

bool
host_is_lab(void)
{
	return access(LAB_FOLDER, F_OK) == 0;
}

int
host_open(struct host *h, const char *config_path, struct err *e)
{
	memset(h, 0, sizeof(*h));
	if (config_path == NULL)
		config_path = secure_getenv("SEKI_CONFIG");
	if (config_path == NULL)
		config_path = host_is_lab() ? LAB_CONFIG : DEFAULT_CONFIG;
	h->config_path = absolute(config_path);
	h->run_path = xstrdup(HOST_RUN);
	h->meters = meters_new();
	h->bits = true;
	h->net = net_open(e);
	if (h->net == NULL || host_reload(h, e) != 0)
		return -1;
	return host_refresh(h, e);
}

void
host_close(struct host *h)
{
	net_free(h->net);
	snapshot_free(&h->snapshot);
	counters_free(&h->counters);
	sockets_free(&h->sockets);
	ways_free(&h->ways);
	hooks_free(&h->hooks);
	flow_list_free(&h->flows);
	config_free(&h->saved);
	config_free(&h->candidate);
	meters_free(h->meters);
	free(h->drift_text);
	free(h->config_path);
	free(h->run_path);
	memset(h, 0, sizeof(*h));
}
