/* One host: what it reads, keeps and edits. */
#include "config.h"

#include "core/state/host.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/intl.h"
#include "core/base/util.h"
#include "core/kernel/net_flow.h"
#include "core/kernel/net_hooks.h"
#include "core/kernel/net_legacy.h"
#include "core/kernel/snapshot_update.h"
#include "core/lang/alias.h"
#include "core/lang/config_diff.h"
#include "core/state/counting.h"
#include "core/state/drift.h"
#include "core/state/lock.h"
#include "core/state/probe.h"
#include "core/state/standing.h"
#include "core/state/wanted.h"

#define SLACK_MS 100 /* of a timer */
/* For each second between two readings: 100,000 of them, with all that a list
 * makes of them, take half a second. */
#define FLOWS_PER_SECOND 5000
#define MEASURE_MS 1000	     /* what a rate is taken over, */
#define MEASURE_MAX_MS 10000 /* and at most */

struct reading {
	uint64_t files;		   /* their versions, as host_files tells */
	bool files_failed;	   /* they are to be read again */
	unsigned reads;		   /* of anything but numbers */
	uint32_t hooks_generation; /* of nftables, when hooks were read */
	bool hooks_read;	   /* hooks are those of that generation */
	uint64_t fed;		   /* when the meters were, now_ms */
	uint64_t span;		   /* since the time before; 0: none */
	bool counted_all;	   /* since then */
	uint64_t flows;		   /* when they were read, now_ms; 0: expired */
	uint64_t flows_first;	   /* when the first began to be, the host's, */
	uint64_t flows_begun;	   /* and those that are read now; now_ms */
	uint64_t next_begun;
	struct flow_index by_id; /* the host's, once it was asked for */
	struct snapshot next;	 /* as far as it has been read */
	struct net_progress progress;
};

/* Configs */

char *
host_path(const struct host *h, const char *name)
{
	return xasprintf("%s/%s", h->run_path, name);
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

static void
read_editor(struct host *h, const char *candidate)
{
	char *path = host_path(h, EDITOR_FILE);
	char *who = read_file(path, sizeof(h->edited_by) * 2, NULL);
	struct stat st;

	h->edited = stat(candidate, &st) == 0 ? st.st_mtim.tv_sec : 0;
	snprintf(h->edited_by, sizeof(h->edited_by), "%.*s",
	    who != NULL ? (int)strcspn(who, "\n") : 0, who != NULL ? who : "");
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
	if (config_read_like(&saved, h->config_path, true, &h->saved,
		&h->saved_error) != 0) {
		config_free(&saved);
		config_copy(&saved, &h->saved);
	}
	if (absent || config_read_like(&candidate, path, true, &saved,
			  &h->candidate_error) != 0) {
		config_free(&candidate);
		config_copy(&candidate, &saved);
	}
	standing_drop(h);
	config_free(&h->saved);
	config_free(&h->candidate);
	h->saved = saved;
	h->candidate = candidate;
	h->reading->reads++;
	h->dirty = !config_equal(&saved, &candidate);
	h->changes = h->dirty ? config_changes(&saved, &candidate) : 0;
	alias_prefer(&h->snapshot, &h->saved, &h->candidate);
	if (h->dirty)
		read_editor(h, path);
	else
		h->edited_by[0] = '\0';
}

int
host_reload(struct host *h, struct err *e)
{
	char *path = host_path(h, CANDIDATE_FILE);
	char *state = pending_path(h->run_path, "state");
	uint64_t files;
	int r = 0;

	files = file_version(file_version(HASH_START, h->config_path), path);
	files = file_version(files, state);
	if (files != h->reading->files || h->reading->files_failed) {
		r = pending_read(&h->pending, h->run_path, e);
		load(h, path);
		h->reading->files = files;
		h->reading->files_failed = r != 0;
	}
	free(path);
	free(state);
	return r;
}

uint64_t
host_files(const struct host *h)
{
	return h->reading->files;
}

void
host_reread(struct host *h)
{
	h->reading->files_failed = true;
}

int
host_refuse(const struct host *h UNUSED, struct err *e)
{
	err_set(e, ERR_UNSAFE,
	    "not allowed: seki was started with "
	    "--read-only");
	return err_hint(e, "start it without --read-only to change anything");
}

/* The kernel */

static void
look_for_drift(struct host *h)
{
	struct buf lines = { 0 };

	if (!h->compared)
		return;
	h->drift = drift_look(h, &lines, &h->rules_drift, &h->drift_applies);
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
	struct reading *r = h->reading;
	uint64_t now = now_ms();
	size_t i;

	r->span = r->fed > 0 ? now - r->fed : 0;
	r->fed = now;
	meters_clock(h->meters, now, 1000 * (uint64_t)time(NULL));
	meters_begin(h->meters, now, r->counted_all);
	for (i = 0; i < h->snapshot.nlinks; i++)
		note_link(h, &h->snapshot.links[i]);
	counting_note(h, r->counted_all);
	r->counted_all = false;
}

static bool
look_for_ways(struct host *h, const struct config *c)
{
	const struct model *m;
	struct model own;
	struct err ignored;
	bool changed;
	int r;

	m = standing_resolve(h, c, &own, &r, &ignored);
	changed = ways_update(&h->ways, h->net, r == 0 ? m : NULL);
	model_free(&own);
	return changed;
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
		h->reading->reads++;
	if (c != NULL && (fresh || ways_are_due(&h->ways)) &&
	    look_for_ways(h, c))
		h->reading->reads++;
	if (c != NULL &&
	    nearby_update(&h->nearby, h->net, &h->snapshot, c, fresh))
		h->reading->reads++;
	config_free(&store);
}

/* Any transaction of anybody may have changed hooks; of iptables-legacy nobody
 * tells. */
static void
look_for_hooks(struct host *h)
{
	struct err ignored;
	uint32_t now;

	if (h->blind || !counting_generation(h, &now) ||
	    (now == h->reading->hooks_generation && h->reading->hooks_read &&
		!net_has_legacy(h->net)))
		return;
	hooks_free(&h->hooks);
	h->reading->hooks_read =
	    net_hooks(h->net, NET_TABLE, &h->hooks, &ignored) == 0;
	h->reading->hooks_generation = now;
	h->reading->reads++;
}

static void
look_behind(struct host *h, bool fresh)
{
	if (!h->behind)
		return;
	look_behind_forwards(h, fresh);
	look_for_hooks(h);
}

void
host_look_behind(struct host *h)
{
	if (h->behind)
		return;
	h->behind = true;
	look_behind(h, true);
}

void
host_look_for_hooks(struct host *h)
{
	if (!h->behind)
		look_for_hooks(h);
}

void
host_compare(struct host *h)
{
	if (h->compared)
		return;
	h->compared = true;
	look_for_drift(h);
	h->reading->reads++;
}

static void
forget_next(struct reading *r)
{
	snapshot_free(&r->next);
	memset(&r->progress, 0, sizeof(r->progress));
}

static void
put_aside(struct host *h)
{
	struct snapshot *old = h->settled ? &h->former : &h->snapshot;

	snapshot_free(old);
	if (h->settled)
		h->former = h->snapshot;
	h->settled = false;
}

/* What happens between two samples makes no rate: over a moment it would be an
 * odd one. */
static void
take_next(struct host *h)
{
	struct snapshot *next = &h->reading->next;

	alias_prefer(next, &h->saved, &h->candidate);
	if (!snapshot_update(&h->snapshot, next)) {
		standing_drop(h);
		put_aside(h);
		h->snapshot = *next;
		memset(next, 0, sizeof(*next));
	}
	h->reading->reads++;
	h->reading->counted_all |= counting_read(h);
	look_for_drift(h);
	look_behind(h, true);
	if (h->counted != COUNT_NONE && h->reading->fed == 0)
		feed_meters(h);
}

void
host_refresh_begin(struct host *h)
{
	forget_next(h->reading);
}

int
host_refresh_more(struct host *h, struct err *e)
{
	struct reading *r = h->reading;
	int more;

	if (r->progress.parts == 0) {
		wanted_tell(h);
		net_know_fib(h->net, probe_fib(h->run_path));
	}
	more = net_read_more(h->net, &r->next, &r->progress, e);
	if (more == 1)
		return 1;
	if (more == 0)
		take_next(h);
	forget_next(r);
	return more;
}

int
host_refresh(struct host *h, struct err *e)
{
	int r;

	host_refresh_begin(h);
	do
		r = host_refresh_more(h, e);
	while (r == 1);
	return r;
}

unsigned
host_version(const struct host *h)
{
	return h->reading->reads + h->counters.version +
	       meters_version(h->meters);
}

int
host_sample(struct host *h, struct err *e)
{
	forget_next(h->reading); /* counts in it are older */
	if (net_read_traffic(h->net, &h->snapshot, e) != 0)
		return -1;
	h->reading->counted_all |= counting_read(h);
	look_behind(h, false);
	feed_meters(h);
	return 0;
}

void
host_count(struct host *h)
{
	if (h->counted == COUNT_ALL)
		return;
	if (h->counted == COUNT_NONE)
		h->counted = COUNT_ALL;
	counting_expire(h);
	counting_read(h);
}

/* Rates over the last second, or since the last request. Only callers that need
 * them wait. */
int
host_measure(struct host *h, struct err *e)
{
	uint64_t age = now_ms() - h->reading->fed;

	if (h->counted == COUNT_NONE)
		h->counted = COUNT_ALL;
	if (age < MEASURE_MS && h->reading->span > 0 &&
	    h->reading->span <= MEASURE_MAX_MS)
		return 0;
	if (age > MEASURE_MAX_MS) {
		counting_expire(h);
		if (host_sample(h, e) != 0)
			return -1;
		age = 0;
	}
	if (age < MEASURE_MS)
		poll(NULL, 0, (int)(MEASURE_MS - age));
	counting_expire(h);
	return host_sample(h, e);
}

int
host_read_flows(struct host *h, struct err *e)
{
	struct flow_scope scope = wanted_flows(h);
	struct flow_list flows = { 0 };
	size_t i;
	int r;

	host_begin_flows(h);
	r = net_flows(h->net, &scope, &flows, e);
	flow_scope_free(&scope);
	for (i = 0; i < flows.n; i++)
		host_rate_flow(h, &flows.v[i]);
	host_take_flows(h, flows);
	return r;
}

void
host_begin_flows(struct host *h)
{
	h->reading->flows = h->reading->next_begun = now_ms();
}

void
host_take_flows(struct host *h, struct flow_list flows)
{
	h->reading->flows_begun = h->reading->next_begun;
	if (h->reading->flows_first == 0)
		h->reading->flows_first = h->reading->flows_begun;
	h->reading->reads++;
	flow_index_free(&h->reading->by_id);
	flow_list_free(&h->flows);
	h->flows = flows;
}

void
host_rate_flow(const struct host *h, struct flow *f)
{
	struct reading *r = h->reading;

	if (r->by_id.slots == NULL)
		flow_index_build(&r->by_id, &h->flows);
	flow_rate(f, &r->by_id,
	    r->flows_begun > 0 ? r->next_begun - r->flows_begun : 0,
	    r->flows_begun - r->flows_first);
}

unsigned
host_flows_every(const struct host *h)
{
	size_t n = h->flows.n / FLOWS_PER_SECOND;

	return n > 1 ? (unsigned)n : 1;
}

bool
host_flows_due(const struct host *h)
{
	unsigned every = host_flows_every(h);

	return every == 1 || h->reading->flows == 0 ||
	       now_ms() - h->reading->flows + SLACK_MS >= 1000 * every;
}

void
host_expire_flows(struct host *h)
{
	h->reading->flows = 0;
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

/* The first process of a lab's own PID namespace starts nothing else. */
bool
host_ends_lab(void)
{
	return host_is_lab() && getppid() == 1;
}

static int
begin(struct host *h, const char *config_path, enum counted counted,
    struct err *e)
{
	memset(h, 0, sizeof(*h));
	h->counted = counted;
	h->compared = counted != COUNT_NONE;
	if (config_path == NULL)
		config_path = secure_getenv("SEKI_CONFIG");
	if (config_path == NULL)
		config_path = host_is_lab() ? LAB_CONFIG : HOST_CONFIG;
	h->config_path = absolute(config_path);
	h->run_path = xstrdup(HOST_RUN);
	h->reading = xcalloc(1, sizeof(*h->reading));
	h->meters = meters_new();
	h->counting = counting_new();
	h->standing = standing_new();
	h->bits = true;
	h->net = net_open(e);
	return h->net != NULL ? 0 : -1;
}

static int
read_all(struct host *h, struct err *e)
{
	return host_reload(h, e) == 0 ? host_refresh(h, e) : -1;
}

int
host_open(struct host *h, const char *config_path, struct err *e)
{
	if (begin(h, config_path, COUNT_NONE, e) != 0)
		return -1;
	h->brief = true;
	return read_all(h, e);
}

int
host_open_watched(struct host *h, const char *config_path, enum counted counted,
    struct err *e)
{
	memory_spare();
	if (begin(h, config_path, counted, e) != 0 || net_watch(h->net, e) != 0)
		return -1;
	h->behind = true;
	return read_all(h, e);
}

void
host_close(struct host *h)
{
	net_free(h->net);
	standing_free(h->standing);
	snapshot_free(&h->snapshot);
	snapshot_free(&h->former);
	counters_free(&h->counters);
	counting_free(h->counting);
	sockets_free(&h->sockets);
	ways_free(&h->ways);
	nearby_free(&h->nearby);
	hooks_free(&h->hooks);
	flow_list_free(&h->flows);
	logbook_free(&h->log);
	config_free(&h->saved);
	config_free(&h->candidate);
	meters_free(h->meters);
	free(h->drift_text);
	free(h->config_path);
	free(h->run_path);
	if (h->reading != NULL) {
		forget_next(h->reading);
		flow_index_free(&h->reading->by_id);
	}
	free(h->reading);
	memset(h, 0, sizeof(*h));
}
