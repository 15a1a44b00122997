/* Live flows to containers: their owners, and ending them. */
#include "config.h"

#include "core/show/connection.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/base/log.h"
#include "core/base/runs.h"
#include "core/kernel/container.h"
#include "core/kernel/net_flow.h"
#include "core/plan/model_suggest.h"
#include "core/plan/port_index.h"
#include "core/reach/stale.h"
#include "core/show/list.h"
#include "core/state/check.h"
#include "core/state/ending.h"
#include "core/state/lock.h"
#include "core/state/orphan_note.h"
#include "core/state/wanted.h"

#define RUN 1000 /* flows whose rows are made at once: some milliseconds */

/* A container and an address inside. */
struct home {
	struct prefix addr;
	const char *name;
	const struct container *container; /* NULL: known by the config only */
};

/* Lookup tables for flows: sorted, for there may be thousands. */
struct places {
	struct port_index ports; /* of forwards, as statements */
	struct home *homes;	 /* by address */
	size_t nhomes;
	struct prefix *own; /* addresses of this host */
	size_t nown;
};

static void
add_home(struct places *p, const struct prefix *addr, const char *name,
    const struct container *c)
{
	p->homes = xgrow(p->homes, p->nhomes, sizeof(*p->homes));
	p->homes[p->nhomes++] = (struct home){ prefix_addr(addr), name, c };
}

static int
home_compare(const void *a, const void *b)
{
	const struct home *x = a, *y = b;

	return prefix_compare(&x->addr, &y->addr);
}

static void
sort_homes(struct places *p)
{
	if (p->nhomes > 0)
		qsort(p->homes, p->nhomes, sizeof(*p->homes), home_compare);
}

static const struct home *
find_home(const struct home *homes, size_t n, const struct prefix *addr)
{
	const struct home key = { .addr = prefix_addr(addr) };

	return n == 0 ? NULL
		      : bsearch(&key, homes, n, sizeof(*homes), home_compare);
}

/* Addresses that containers have. */
static void
add_homes(struct places *p, const struct snapshot *s)
{
	const struct container *c;
	size_t i;

	for (c = s->containers; c < END_OF(s->containers, s->ncontainers); c++)
		for (i = 0; i < s->naddresses && c->nsid != NSID_SELF; i++)
			if (s->addresses[i].nsid == c->nsid &&
			    s->addresses[i].index == c->inner &&
			    !addr_is_link_local(&s->addresses[i].prefix))
				add_home(
				    p, &s->addresses[i].prefix, c->name, c);
	sort_homes(p);
}

/* Addresses that a container should have; one that another has now is the
 * other's: the first of the homes are of those. */
static void
add_given(
    struct places *p, const struct host *h, const struct value *v, size_t taken)
{
	static const size_t given[] = { CONTAINER_ULA, CONTAINER_ADDRESS,
		CONTAINER_IPV4 };
	const char *name = v[CONTAINER_NAME].text;
	const struct prefix *addr;
	size_t i;

	for (i = 0; i < NITEMS(given); i++) {
		addr = &v[given[i]].prefix;
		if (v[given[i]].set && find_home(p->homes, taken, addr) == NULL)
			add_home(p, addr, name,
			    snapshot_container(&h->snapshot, name, NULL));
	}
}

static void
add_homes_to_be(struct places *p, const struct host *h)
{
	size_t taken = p->nhomes, i;
	struct overlays o;

	overlays_read(&o, h, ST_CONTAINER, ST_CONTAINER);
	for (i = 0; i < o.n; i++)
		add_given(p, h, o.v[i].st->v, taken);
	free(o.v);
	sort_homes(p);
}

static void
add_own(struct places *p, const struct snapshot *s)
{
	const struct address *a;

	for (a = s->addresses; a < END_OF(s->addresses, s->naddresses); a++) {
		if (a->nsid != NSID_SELF || addr_is_link_local(&a->prefix))
			continue;
		p->own = xgrow(p->own, p->nown, sizeof(*p->own));
		p->own[p->nown++] = a->prefix;
	}
}

static void
places_read(struct places *p, const struct host *h)
{
	struct overlays o;
	size_t i;

	memset(p, 0, sizeof(*p));
	overlays_read(&o, h, ST_FORWARD, ST_FORWARD);
	for (i = 0; i < o.n; i++)
		port_index_add(&p->ports, o.v[i].st, o.v[i].st);
	free(o.v);
	add_homes(p, &h->snapshot);
	add_homes_to_be(p, h);
	add_own(p, &h->snapshot);
	port_index_sort(&p->ports);
}

static void
places_free(struct places *p)
{
	port_index_free(&p->ports);
	free(p->homes);
	free(p->own);
}

static bool
is_own(const struct places *p, const struct prefix *addr)
{
	size_t i;

	for (i = 0; i < p->nown; i++)
		if (addr_equal(&p->own[i], addr))
			return true;
	return false;
}

static bool
takes(const struct statement *st, const struct places *p,
    const struct flow_way *way)
{
	const struct value *on = &st->v[FORWARD_ON];

	if (!statement_forwards(st, addr_family(&way->dst)))
		return false;
	return on->set ? addr_equal(&on->prefix, &way->dst)
		       : is_own(p, &way->dst);
}

/* Of several claims, one in use precedes one that is off, whose flows may live
 * on; one of the port that of the rest; and one for that address one for
 * all. */
static unsigned
rank(const struct statement *st)
{
	return 4u * !statement_is_off(st) + 2u * !statement_takes_rest(st) +
	       st->v[FORWARD_ON].set;
}

static bool
leads_home(
    const struct statement *st, const struct flow *f, const struct container *c)
{
	const struct target *to = &st->v[FORWARD_TO].target;

	return to->name != NULL ? container_is_called(c, to->name)
				: addr_equal(to->addr, &f->reply.src);
}

/* Whether it goes to a port that the runtime of its container publishes
 * itself, to which one that takes the rest has no claim. */
static bool
is_published(
    const struct statement *st, const struct places *p, const struct flow *f)
{
	const struct home *home;

	if (!statement_takes_rest(st))
		return false;
	home = find_home(p->homes, p->nhomes, &f->reply.src);
	return home != NULL && home->container != NULL &&
	       container_runtime_lends(home->container->runtime) &&
	       !leads_home(st, f, home->container);
}

static const struct statement *
find_forward(const struct places *p, const struct flow *f)
{
	const struct port_claim *c = NULL;
	const struct statement *best = NULL, *st;

	while ((c = port_index_next(
		    &p->ports, f->proto, f->original.dport, c)) != NULL) {
		st = c->owner;
		if (takes(st, p, &f->original) && !is_published(st, p, f) &&
		    (best == NULL || rank(st) > rank(best)))
			best = st;
	}
	return best;
}

static int
row_compare(const void *a, const void *b, void *arg UNUSED)
{
	const struct flow *x = ((const struct connection_row *)a)->flow;
	const struct flow *y = ((const struct connection_row *)b)->flow;
	int d = x->original.dport - y->original.dport;

	if (d == 0)
		d = x->proto - y->proto;
	if (d == 0)
		d = prefix_compare(&x->original.src, &y->original.src);
	return d != 0 ? d : x->original.sport - y->original.sport;
}

/* What was committed, to judge flows by. */
struct judging {
	const struct host *host;
	bool ended; /* rows of those that have, too */
	struct checkup committed;
	struct stale stale;
	struct orphan_notes notes;
	const struct statement *asked, *lasts; /* the last of its statements,
						  and one that outlives it */
};

static void
judging_begin(struct judging *j, const struct host *h)
{
	memset(j, 0, sizeof(*j));
	j->host = h;
	orphan_notes_read(&j->notes, h->run_path);
	checkup_begin(&j->committed, h);
	if (j->committed.known)
		stale_begin(&j->stale, j->committed.model, &h->snapshot);
}

static void
judging_end(struct judging *j)
{
	stale_end(&j->stale);
	checkup_end(&j->committed);
	orphan_notes_free(&j->notes);
}

static const struct statement *
find_equal(const struct config *c, const struct statement *st)
{
	size_t i = 0;

	while (i < c->n &&
	       (c->v[i].st == NULL || !statement_equal(c->v[i].st, st)))
		i++;
	return i < c->n ? c->v[i].st : NULL;
}

/* A config that is pending is read for this only; the candidate is like it,
 * unless somebody edits already. */
static const struct statement *
lasting(struct judging *j, const struct statement *st)
{
	if (st == NULL || j->committed.config == &j->host->saved)
		return st;
	if (j->asked != st)
		j->lasts = find_equal(&j->host->candidate, st);
	j->asked = st;
	return j->lasts;
}

static void
judge_row(struct connection_row *row, struct judging *j)
{
	const struct flow *f = row->flow;
	const struct orphan_note *note;
	struct stale_ruling ruling;

	if (j->stale.model == NULL)
		return;
	row->routed =
	    row->forward == NULL && stale_reaches(&j->stale, f, &ruling);
	if (row->routed) {
		row->chain = ruling.chain;
		row->policy = lasting(j, ruling.by);
	}
	if (f->over)
		return;
	note = orphan_notes_find(&j->notes, f->id);
	if (f->translated)
		row->stale = stale_judge(&j->stale, f);
	else if (row->routed || note != NULL)
		row->stale = stale_judge_direct(&j->stale, f);
	if (row->stale != NULL && note != NULL)
		row->orphan_of = note->number;
}

static bool
fill_row(struct connection_row *row, const struct flow *f,
    const struct places *p, struct judging *j)
{
	const struct home *home;

	if (f->over && !j->ended)
		return false;
	memset(row, 0, sizeof(*row));
	row->flow = f;
	row->forward = f->translated ? find_forward(p, f) : NULL;
	judge_row(row, j);
	if (row->forward == NULL && row->stale == NULL && !row->routed)
		return false;
	home = find_home(p->homes, p->nhomes, &f->reply.src);
	row->container = home != NULL ? home->name : NULL;
	row->home = home != NULL ? home->container : NULL;
	return true;
}

/* Appends rows of n flows; returns how many. */
static size_t
add_rows(struct connection_row *v, const struct host *h, bool ended,
    const struct flow *f, size_t n)
{
	struct judging judging;
	struct places p;
	size_t rows = 0, i;

	places_read(&p, h);
	judging_begin(&judging, h);
	judging.ended = ended;
	for (i = 0; i < n; i++)
		rows += fill_row(&v[rows], &f[i], &p, &judging);
	judging_end(&judging);
	places_free(&p);
	return rows;
}

struct connection_row *
rows_connections(
    const struct host *h, bool ended, const struct flow_list *flows, size_t *n)
{
	struct connection_row *v =
	    xcalloc(flows->n > 0 ? flows->n : 1, sizeof(*v));

	*n = add_rows(v, h, ended, flows->v, flows->n);
	qsort_r(v, *n, sizeof(*v), row_compare, NULL);
	return v;
}

/* In slices */

struct connection_reading {
	struct host *host;
	struct flow_reading *kernel; /* NULL when all flows are read */
	struct flow_list flows;
	bool ended;
	size_t done; /* flows that have their row, if they belong to one */
	struct connection_row *rows;
	size_t n;
	struct runs runs;
};

struct connection_reading *
connection_reading_begin(struct host *h, bool ended, struct err *e)
{
	struct connection_reading *r = xcalloc(1, sizeof(*r));

	r->host = h;
	r->ended = ended;
	r->runs =
	    (struct runs){ .size = sizeof(*r->rows), .compare = row_compare };
	r->kernel = flow_reading_begin(wanted_flows(h), e);
	if (r->kernel != NULL) {
		host_begin_flows(h);
		return r;
	}
	connection_reading_end(r);
	return NULL;
}

static int
read_more(struct connection_reading *r, struct err *e)
{
	int code = flow_reading_more(r->kernel, e);

	if (code != 0)
		return code;
	r->flows = flow_reading_take(r->kernel);
	flow_reading_end(r->kernel);
	r->kernel = NULL;
	r->rows = xcalloc(r->flows.n + 1, sizeof(*r->rows));
	return 1;
}

int
connection_reading_more(struct connection_reading *r, struct err *e)
{
	size_t n, i;

	if (r->kernel != NULL)
		return read_more(r, e);
	if (runs_merge(&r->runs, r->rows, r->done == r->flows.n))
		return 1;
	n = r->flows.n - r->done < RUN ? r->flows.n - r->done : RUN;
	if (n == 0)
		return 0;
	for (i = 0; i < n; i++)
		host_rate_flow(r->host, &r->flows.v[r->done + i]);
	r->n += add_rows(
	    r->rows + r->n, r->host, r->ended, r->flows.v + r->done, n);
	r->done += n;
	runs_add(&r->runs, r->rows, r->n);
	return 1;
}

const struct connection_row *
connection_reading_rows(const struct connection_reading *r, size_t *n)
{
	*n = r->n;
	return r->rows;
}

struct connection_row *
connection_reading_take(struct connection_reading *r, size_t *n)
{
	struct connection_row *rows = r->rows;

	*n = r->n;
	r->rows = NULL;
	host_take_flows(r->host, r->flows);
	memset(&r->flows, 0, sizeof(r->flows));
	return rows;
}

void
connection_reading_end(struct connection_reading *r)
{
	if (r == NULL)
		return;
	flow_reading_end(r->kernel);
	flow_list_free(&r->flows);
	free(r->rows);
	runs_free(&r->runs);
	free(r);
}

/* Selections */

static bool
has_proto(const struct flow *f, unsigned proto)
{
	static const struct {
		uint8_t number;
		enum proto proto;
	} protos[] = { { IPPROTO_TCP, PROTO_TCP }, { IPPROTO_UDP, PROTO_UDP } };
	size_t i;

	for (i = 0; i < NITEMS(protos); i++)
		if (protos[i].number == f->proto)
			return proto == protos[i].proto ||
			       proto == PROTO_TCP_UDP;
	return false;
}

static bool
goes_by(const struct connection_row *row, const struct forward_key *key)
{
	const struct flow *f = row->flow;
	struct range port = { f->original.dport, f->original.dport };

	if (key->proto == PROTO_ANY)
		return row->forward != NULL &&
		       statement_takes_rest(row->forward);
	if (!has_proto(f, key->proto))
		return false;
	return key->ports.n == 0 ||
	       (!row->routed &&
		   ports_overlap(&key->ports, &(struct ports){ &port, 1 }));
}

static bool
leads_to(const struct connection_row *row, const char *name)
{
	if (row->home != NULL && container_is_called(row->home, name))
		return true;
	return row->container != NULL && strcmp(row->container, name) == 0;
}

static bool
is_asked(const struct connection_scope *scope, const struct connection_row *row)
{
	const struct flow_way *way = &row->flow->original;

	if (scope->forward != NULL && !goes_by(row, scope->forward))
		return false;
	if (scope->container != NULL && !leads_to(row, scope->container))
		return false;
	if (scope->orphans && row->orphan_of == 0)
		return false;
	return scope->client == NULL ||
	       (addr_equal(scope->client->addr, &way->src) &&
		   scope->client->port == way->sport);
}

static bool
is_asked_for(const struct statement *st, const struct forward_key *key)
{
	const struct value *v = st->v;

	if (key->proto == PROTO_ANY || statement_takes_rest(st))
		return key->proto == v[FORWARD_PROTO].choice;
	return (key->proto == PROTO_TCP_UDP ||
		   v[FORWARD_PROTO].choice == PROTO_TCP_UDP ||
		   v[FORWARD_PROTO].choice == key->proto) &&
	       ports_overlap(&key->ports, &v[FORWARD_PORTS].ports);
}

static bool
has_forward(const struct host *h, const struct forward_key *key)
{
	struct overlays o;
	bool found = false;
	size_t i;

	overlays_read(&o, h, ST_FORWARD, ST_FORWARD);
	for (i = 0; i < o.n && !found; i++)
		found = is_asked_for(o.v[i].st, key);
	free(o.v);
	return found;
}

static bool
has_container(const struct host *h, const char *name)
{
	struct overlays o;
	bool stated;

	overlays_read(&o, h, ST_CONTAINER, ST_CONTAINER);
	stated = overlays_named(&o, name) != NULL;
	free(o.v);
	return stated || snapshot_container(&h->snapshot, name, NULL) != NULL;
}

static int
refuse_unknown(const struct host *h, const char *name, struct err *e)
{
	struct buf shown = { 0 }, known = { 0 };

	buf_escape(&shown, name, strlen(name));
	model_suggest_container(&h->candidate, &h->snapshot, name, &known);
	err_set(e, ERR_USAGE, "unknown container %s", buf_text(&shown));
	err_hint(e, "%s", buf_text(&known));
	buf_free(&shown);
	buf_free(&known);
	return -1;
}

/* Removed forwards may have live connections, so those come first. */
static int
check_scope(
    const struct host *h, const struct connection_scope *scope, struct err *e)
{
	if (scope->container != NULL && !has_container(h, scope->container))
		return refuse_unknown(h, scope->container, e);
	if (scope->forward == NULL ||
	    (scope->forward->ports.n == 0 &&
		scope->forward->proto != PROTO_ANY) ||
	    has_forward(h, scope->forward))
		return 0;
	err_set(e, ERR_USAGE, "no forward has such a port");
	return err_hint(e, "seki show forwards lists them");
}

int
connections_narrow(
    struct host *h, const struct connection_scope *scope, struct err *e)
{
	struct flow_list kept = { 0 };
	struct connection_row *v;
	size_t n, i;

	v = rows_connections(h, false, &h->flows, &n);
	for (i = 0; i < n; i++) {
		if (!is_asked(scope, &v[i]))
			continue;
		kept.v = xgrow(kept.v, kept.n, sizeof(*kept.v));
		kept.v[kept.n++] = *v[i].flow;
	}
	free(v);
	flow_list_free(&h->flows);
	h->flows = kept;
	return kept.n > 0 ? 0 : check_scope(h, scope, e);
}

/* Keys */

void
connection_way(const struct connection_row *row, struct buf *b)
{
	if (row->forward != NULL)
		statement_key(row->forward, b);
	else if (row->routed && row->policy != NULL)
		statement_key(row->policy, b);
	else if (row->routed)
		buf_printf(
		    b, "default %s", type_chain.choices[row->chain].word);
}

void
connection_target(const struct connection_row *row, struct buf *b)
{
	const struct flow *f = row->flow;

	if (row->container == NULL) {
		flow_end_print(f, &f->reply.src, f->reply.sport, b);
		return;
	}
	buf_escape(b, row->container, strlen(row->container));
	if (flow_has_ports(f))
		buf_printf(b, ":%u", f->reply.sport);
}

void
connection_print(const struct connection_row *row, struct buf *b)
{
	const struct flow *f = row->flow;
	struct buf from = { 0 }, to = { 0 }, what = { 0 };
	char proto[FLOW_PROTO_MAX];

	buf_add(&what, flow_proto(f, proto));
	if (flow_has_ports(f))
		buf_printf(&what, " %u", f->original.dport);
	flow_end_print(f, &f->original.src, f->original.sport, &from);
	if (row->container != NULL)
		words_print(&to, row->container, "");
	else
		flow_end_print(f, &f->reply.src, f->reply.sport, &to);
	/* Protocol and public port, client, container. */
	buf_printf(b, _("%s from %s to %s"), buf_text(&what), buf_text(&from),
	    buf_text(&to));
	buf_free(&what);
	buf_free(&from);
	buf_free(&to);
}

/* Only for completion, so rows of others stay. */
void
connection_suggest(struct suggest *s)
{
	struct flow_list flows = { 0 };
	struct buf word = { 0 }, help = { 0 };
	struct connection_row *v;
	struct flow_scope scope;
	struct err ignored;
	size_t n, i;

	if (s->host == NULL)
		return;
	scope = wanted_flows(s->host);
	net_flows(s->host->net, &scope, &flows, &ignored);
	flow_scope_free(&scope);
	v = rows_connections(s->host, false, &flows, &n);
	for (i = 0; i < n; i++) {
		if (!flow_has_ports(v[i].flow) ||
		    (s->v != NULL && s->v[0].set &&
			!has_proto(v[i].flow, s->v[0].choice)))
			continue;
		buf_reset(&word);
		buf_reset(&help);
		flow_end_print(v[i].flow, &v[i].flow->original.src,
		    v[i].flow->original.sport, &word);
		connection_print(&v[i], &help);
		s->add(s->arg, buf_text(&word), buf_text(&help));
	}
	free(v);
	flow_list_free(&flows);
	buf_free(&word);
	buf_free(&help);
}

/* Ending */

static void
tell_end(const struct connection_row *row, const struct ending *ending,
    struct buf *notes)
{
	struct buf which = { 0 };

	connection_print(row, &which);
	if (ending->closed || ending->forgotten)
		buf_printf(notes, _("ended: %s\n"), buf_text(&which));
	else
		buf_printf(
		    notes, _("it had ended already: %s\n"), buf_text(&which));
	if (ending->forgotten && row->flow->proto == IPPROTO_TCP)
		buf_add(notes,
		    _("note: its socket was not found, so "
		      "neither end was told; if one sends on, the connection "
		      "comes back\n"));
	buf_free(&which);
}

static int
end_one(struct host *h, const struct connection_row *row, bool *ended,
    struct buf *notes, struct err *e)
{
	struct ending ending;

	if (ending_carry_out(h, row->flow, &ending, e) != 0)
		return -1;
	tell_end(row, &ending, notes);
	*ended = ending.closed || ending.forgotten;
	return 0;
}

static void
log_ends(size_t n, const struct buf *which)
{
	char *who = lock_who();

	log_line(LOG_NOTICE,
	    ngettext("%zu connection was ended by %s: %s",
		"%zu connections were ended by %s: %s", n),
	    n, who, buf_text(which));
	free(who);
}

int
connections_end(struct host *h, const struct connection_row *rows, size_t n,
    struct buf *notes, struct err *e)
{
	struct buf which = { 0 };
	size_t i, done = 0;
	bool ended;
	int r = 0;

	if (h->read_only)
		return host_refuse(h, e);
	for (i = 0; i < n && r == 0; i++) {
		ended = false;
		r = end_one(h, &rows[i], &ended, notes, e);
		if (!ended)
			continue;
		buf_add(&which, done++ > 0 ? ", " : "");
		connection_print(&rows[i], &which);
	}
	if (done > 0)
		log_ends(done, &which);
	buf_free(&which);
	return r;
}
