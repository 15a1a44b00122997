/* What the host has, as rows to show. */
#include "config.h"

#include "core/rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/util.h"

char
row_mark_char(enum row_mark mark)
{
	return " +-~"[mark];
}

const char *
forward_state_name(enum forward_state state)
{
	static const char *const names[] = { "active", "off", "broken",
		"pending" };

	return names[state];
}

const char *
container_state_name(const struct container *c)
{
	return c == NULL                  ? "absent"
	       : c->state == CONTAINER_UP ? "up"
					  : "stopped";
}

void
rows_addresses(const struct host *h, int nsid, int index,
    void (*fn)(void *arg, const struct address *), void *arg)
{
	const struct snapshot *s = &h->snapshot;
	size_t i;

	for (i = 0; i < s->naddresses; i++)
		if (s->addresses[i].nsid == nsid &&
		    s->addresses[i].index == index)
			fn(arg, &s->addresses[i]);
}

static bool
has_ula(const struct host *h, int nsid, int index, const struct value *ula)
{
	const struct snapshot *s = &h->snapshot;
	size_t i;

	for (i = 0; ula->set && i < s->naddresses; i++)
		if (s->addresses[i].nsid == nsid &&
		    s->addresses[i].index == index &&
		    addr_equal(&s->addresses[i].prefix, &ula->prefix))
			return true;
	return false;
}

/* Candidate and saved, laid over each other */

/* One statement of a kind, and how it stands. */
struct overlay {
	const struct statement *st;
	enum row_mark mark;
};

struct overlays {
	struct overlay *v;
	size_t n;
	enum statement_kind first, last; /* which kinds to take */
	const struct host *host;
};

static void
take_change(
    void *arg, const struct statement *before, const struct statement *after)
{
	struct overlays *o = arg;
	const struct statement *st = after != NULL ? after : before;
	enum row_mark mark = before == NULL  ? MARK_ADDED
			     : after == NULL ? MARK_REMOVED
					     : MARK_CHANGED;
	size_t i;

	if (st->kind < o->first || st->kind > o->last)
		return;
	for (i = 0; after != NULL && i < o->n; i++) {
		if (o->v[i].st == after) {
			o->v[i].mark = mark;
			return;
		}
	}
	o->v = xgrow(o->v, o->n, sizeof(*o->v));
	o->v[o->n++] = (struct overlay){ st, mark };
}

/* The candidate's statements of these kinds in order, then those that only
 * the saved config has. */
static void
overlay(struct overlays *o, const struct host *h, enum statement_kind first,
    enum statement_kind last)
{
	const struct statement *st;
	size_t i;

	*o = (struct overlays){ .first = first, .last = last, .host = h };
	for (i = 0; i < h->candidate.n; i++) {
		st = h->candidate.v[i].st;
		if (st == NULL || st->kind < first || st->kind > last)
			continue;
		o->v = xgrow(o->v, o->n, sizeof(*o->v));
		o->v[o->n++] = (struct overlay){ st, MARK_NONE };
	}
	if (h->dirty)
		config_diff(&h->saved, &h->candidate, take_change, o);
}

static const struct overlay *
overlay_named(const struct overlays *o, const char *name)
{
	size_t i;

	for (i = 0; i < o->n; i++)
		if (strcmp(o->v[i].st->v[0].text, name) == 0)
			return &o->v[i];
	return NULL;
}

/* Links */

struct uplink_row *
rows_uplinks(const struct host *h, size_t *n)
{
	const struct snapshot *s = &h->snapshot;
	struct uplink_row *v = NULL;
	const struct link *l;
	size_t i, k;

	*n = 0;
	for (i = 0; i < s->nroutes; i++) {
		for (k = 0; k < *n && v[k].link->index != s->routes[i].index;)
			k++;
		l = snapshot_link_at(s, s->routes[i].index);
		if (k < *n || l == NULL)
			continue;
		v = xgrow(v, *n, sizeof(*v));
		v[(*n)++] = (struct uplink_row){ .link = l,
			.route = &s->routes[i],
			.rx = meters_get2(h->meters, "rx", l->name),
			.tx = meters_get2(h->meters, "tx", l->name) };
	}
	return v;
}

struct bridge_row *
rows_bridges(const struct host *h, size_t *n)
{
	const struct snapshot *s = &h->snapshot;
	const struct overlay *with;
	struct bridge_row *v = NULL, *row;
	struct overlays o;
	size_t i, k;

	*n = 0;
	overlay(&o, h, ST_BRIDGE, ST_BRIDGE);
	for (i = 0; i < s->nlinks; i++) {
		if (!link_is_bridge(&s->links[i]))
			continue;
		v = xgrow(v, *n, sizeof(*v));
		row = &v[(*n)++];
		memset(row, 0, sizeof(*row));
		row->link = &s->links[i];
		with = overlay_named(&o, row->link->name);
		if (with != NULL) {
			row->st = with->st;
			row->mark = with->mark;
			row->ula_there = has_ula(h, NSID_SELF, row->link->index,
			    &with->st->v[BRIDGE_ULA]);
		}
		for (k = 0; k < s->nlinks; k++)
			row->ports += s->links[k].master == row->link->index;
		row->rx = meters_get2(h->meters, "rx", row->link->name);
		row->tx = meters_get2(h->meters, "tx", row->link->name);
	}
	free(o.v);
	return v;
}

/* Containers */

static unsigned
count_forwards(const struct host *h, const char *name)
{
	const struct statement *st;
	unsigned n = 0;
	size_t i;

	for (i = 0; i < h->candidate.n; i++) {
		st = h->candidate.v[i].st;
		n += st != NULL && st->kind == ST_FORWARD &&
		     st->v[FORWARD_TO].target.name != NULL &&
		     strcmp(st->v[FORWARD_TO].target.name, name) == 0;
	}
	return n;
}

static void
fill_container(
    struct container_row *row, const struct host *h, const struct overlay *with)
{
	const struct container *c = row->container;

	if (with != NULL) {
		row->st = with->st;
		row->mark = with->mark;
	}
	row->forwards = count_forwards(h, row->name);
	if (c == NULL)
		return;
	row->bridge = snapshot_link_at(&h->snapshot, c->bridge);
	row->port = snapshot_link_at(&h->snapshot, c->port);
	row->ula_there =
	    with != NULL && c->inner != 0 &&
	    has_ula(h, c->nsid, c->inner, &with->st->v[CONTAINER_ULA]);
	if (row->port == NULL)
		return;
	row->rx = meters_get2(h->meters, "tx", row->port->name);
	row->tx = meters_get2(h->meters, "rx", row->port->name);
}

struct container_row *
rows_containers(const struct host *h, size_t *n)
{
	const struct snapshot *s = &h->snapshot;
	struct container_row *v = NULL, *row;
	struct overlays o;
	size_t i;

	*n = 0;
	overlay(&o, h, ST_CONTAINER, ST_CONTAINER);
	for (i = 0; i < s->ncontainers; i++) {
		v = xgrow(v, *n, sizeof(*v));
		row = &v[(*n)++];
		*row = (struct container_row){ .name = s->containers[i].name,
			.container = &s->containers[i] };
		fill_container(row, h, overlay_named(&o, row->name));
	}
	for (i = 0; i < o.n; i++) {
		if (snapshot_container(
			s, o.v[i].st->v[CONTAINER_NAME].text, NULL) != NULL)
			continue;
		v = xgrow(v, *n, sizeof(*v));
		row = &v[(*n)++];
		*row = (struct container_row){
			.name = o.v[i].st->v[CONTAINER_NAME].text
		};
		fill_container(row, h, &o.v[i]);
	}
	free(o.v);
	return v;
}

/* Forwards */

static const struct statement *
container_statement(const struct config *c, const char *name)
{
	const struct statement *st;
	size_t i;

	for (i = 0; i < c->n; i++) {
		st = c->v[i].st;
		if (st != NULL && st->kind == ST_CONTAINER &&
		    strcmp(st->v[CONTAINER_NAME].text, name) == 0)
			return st;
	}
	return NULL;
}

static int
broken(struct forward_row *row, const char *name, const char *why)
{
	struct buf b = { 0 };

	buf_escape(&b, name, strlen(name));
	snprintf(row->reason, sizeof(row->reason), "%s %s", buf_text(&b), why);
	buf_free(&b);
	row->state = FORWARD_BROKEN;
	return -1;
}

/* Why a committed forward cannot work now, as far as the snapshot tells. */
static int
judge_target(struct forward_row *row, const struct host *h)
{
	const char *name = row->st->v[FORWARD_TO].target.name;
	const struct statement *st;
	const struct container *c;

	if (name == NULL)
		return 0;
	st = container_statement(&h->candidate, name);
	c = snapshot_container(&h->snapshot, name, NULL);
	if (st == NULL || !st->v[CONTAINER_ULA].set)
		return broken(row, name, "has no ULA in the config");
	if (c == NULL)
		return broken(row, name, "is not there");
	if (c->state == CONTAINER_STOPPED)
		return broken(row, name, "is stopped");
	if (!has_ula(h, c->nsid, c->inner, &st->v[CONTAINER_ULA]))
		return broken(row, name, "does not have its ULA");
	return 0;
}

static void
judge(struct forward_row *row, const struct host *h)
{
	row->state = FORWARD_ACTIVE;
	if (row->mark != MARK_NONE) {
		row->state = FORWARD_PENDING;
		snprintf(row->reason, sizeof(row->reason), "%s",
		    row->mark == MARK_REMOVED
			? "removed in the candidate, not committed"
			: "in the candidate, not committed");
	} else if (statement_is_off(row->st)) {
		row->state = FORWARD_TURNED_OFF;
	} else if (judge_target(row, h) == 0 && row->in == NULL) {
		row->state = FORWARD_BROKEN;
		snprintf(row->reason, sizeof(row->reason),
		    "the kernel does not have it: seki apply");
	}
}

static void
fill_meter(const struct forward_row *row, const struct host *h,
    const char *suffix, const struct counter **counter,
    const struct series **series)
{
	char *name = xasprintf("%s-%s", row->id, suffix);

	*counter = counters_find(&h->counters, name);
	*series = meters_get2(h->meters, "counter", name);
	free(name);
}

static void
fill_forward(struct forward_row *row, const struct host *h)
{
	const struct target *to = &row->st->v[FORWARD_TO].target;
	const struct statement *st;

	row->id = model_forward_id(row->st);
	if (row->st->v[FORWARD_ON].set)
		row->on = row->st->v[FORWARD_ON].prefix;
	row->target = to->addr;
	st = to->name != NULL ? container_statement(&h->candidate, to->name)
			      : NULL;
	if (st != NULL && st->v[CONTAINER_ULA].set)
		row->target = st->v[CONTAINER_ULA].prefix;
	fill_meter(row, h, "in", &row->in, &row->in_rate);
	fill_meter(row, h, "out", &row->out, &row->out_rate);
	fill_meter(row, h, "new", &row->fresh, &row->fresh_rate);
	judge(row, h);
}

struct forward_row *
rows_forwards(const struct host *h, size_t *n)
{
	struct forward_row *v;
	struct overlays o;
	size_t i;

	overlay(&o, h, ST_FORWARD, ST_FORWARD);
	v = xcalloc(o.n, sizeof(*v));
	for (i = 0; i < o.n; i++) {
		v[i].st = o.v[i].st;
		v[i].mark = o.v[i].mark;
		fill_forward(&v[i], h);
	}
	*n = o.n;
	free(o.v);
	return v;
}

void
rows_forwards_free(struct forward_row *v, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		free(v[i].id);
	free(v);
}

/* Policies: for each chain the fixed lines, the policies, the default */

static const struct {
	enum chain chain;
	const char *text;
} fixed_lines[] = {
	{ CHAIN_INPUT, "allow established and related" },
	{ CHAIN_INPUT, "allow loopback" },
	{ CHAIN_INPUT, "allow icmpv6 that IPv6 needs" },
	{ CHAIN_FORWARD, "allow established and related" },
	{ CHAIN_FORWARD, "allow icmpv6 errors and echo" },
	{ CHAIN_FORWARD, "allow what stays on one bridge" },
	{ CHAIN_OUTPUT, "allow established and related" },
	{ CHAIN_OUTPUT, "allow loopback" },
	{ CHAIN_OUTPUT, "allow icmpv6 that IPv6 needs" },
};

struct policies {
	struct policy_row *v;
	size_t n;
	const struct host *host;
	enum chain chain;
};

static struct policy_row *
add_policy_row(struct policies *to)
{
	struct policy_row *row;

	to->v = xgrow(to->v, to->n, sizeof(*to->v));
	row = &to->v[to->n++];
	memset(row, 0, sizeof(*row));
	row->chain = to->chain;
	return row;
}

static void
fill_hits(struct policy_row *row, const struct host *h, const char *counter)
{
	row->hits = counters_find(&h->counters, counter);
	row->rate = meters_get2(h->meters, "counter", counter);
}

static void
add_policy_rows(struct policies *to, const struct overlays *o)
{
	const struct statement *st;
	struct policy_row *row;
	unsigned number = 0;
	char *id;
	size_t i;

	for (i = 0; i < o->n; i++) {
		st = o->v[i].st;
		number += o->v[i].mark != MARK_REMOVED;
		if (st->v[POLICY_CHAIN].choice != (unsigned)to->chain)
			continue;
		row = add_policy_row(to);
		row->st = st;
		row->mark = o->v[i].mark;
		row->number = row->mark != MARK_REMOVED ? number : 0;
		id = model_policy_id(st);
		fill_hits(row, to->host, id);
		free(id);
	}
}

static void
add_default_row(struct policies *to, const struct overlays *o)
{
	struct policy_row *row = add_policy_row(to);
	char *id = xasprintf("default-%s", type_chain.choices[to->chain].word);
	size_t i;

	for (i = 0; i < o->n; i++) {
		if (o->v[i].st->v[DEFAULT_CHAIN].choice != (unsigned)to->chain)
			continue;
		row->st = o->v[i].st;
		row->mark = o->v[i].mark;
	}
	if (row->st == NULL)
		row->fixed = "default allow";
	fill_hits(row, to->host, id);
	free(id);
}

struct policy_row *
rows_policies(const struct host *h, size_t *n)
{
	struct policies to = { .host = h };
	struct overlays policies, defaults;
	size_t i;

	overlay(&policies, h, ST_ALLOW, ST_REJECT);
	overlay(&defaults, h, ST_DEFAULT, ST_DEFAULT);
	for (to.chain = 0; to.chain < CHAIN_COUNT; to.chain++) {
		for (i = 0; i < NITEMS(fixed_lines); i++)
			if (fixed_lines[i].chain == to.chain)
				add_policy_row(&to)->fixed =
				    fixed_lines[i].text;
		add_policy_rows(&to, &policies);
		add_default_row(&to, &defaults);
	}
	free(policies.v);
	free(defaults.v);
	*n = to.n;
	return to.v;
}

/* Changes */

struct changes {
	struct change_row *v;
	size_t n;
};

static void
add_change(
    void *arg, const struct statement *before, const struct statement *after)
{
	struct changes *c = arg;

	c->v = xgrow(c->v, c->n, sizeof(*c->v));
	c->v[c->n++] = (struct change_row){ before, after };
}

struct change_row *
rows_changes(const struct host *h, size_t *n)
{
	struct changes c = { NULL, 0 };

	config_diff(&h->saved, &h->candidate, add_change, &c);
	*n = c.n;
	return c.v;
}
