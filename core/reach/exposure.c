/* What the Internet can reach. All packets it may send are cut into cells
 * (address, protocol, range of ports, piece of the sources) so small that
 * every statement of both models matches a cell as a whole or not at all. One
 * packet of each is judged, and the cells that fare alike are put together
 * again. */
#include "config.h"

#include "core/reach/exposure.h"

#include <stdlib.h>
#include <string.h>

#include "core/plan/judge.h"
#include "core/plan/model_family.h"
#include "core/plan/model_translate.h"
#include "core/reach/outside.h"
#include "core/reach/reaches.h"
#include "core/reach/slice.h"
#include "core/reach/sources.h"

static const struct range portless = { 0, 0 };

/* An address of this host, perhaps by a public prefix of a bridge. */
struct own {
	struct prefix addr;
	bool mapped;
};

struct exposure {
	const struct model *sides[2]; /* before (or NULL) and after */
	struct slicer *slicers[2];    /* of both */
	struct own *on;
	size_t non;
	struct reaches lines;
};

/* Cells */

/* Where packets of a cell go to. */
struct destination {
	struct packet packet;
	bool mapped; /* by a public prefix of a bridge, to this host, or */
	const struct outside *in; /* to what is behind it; or NULL */
	size_t piece;
};

/* Where packets of a cell end. They are this host's, or a forward's, or some
 * of them the one and some the other: of one that takes the rest, this host
 * keeps what its policies say. */
enum way { WAY_HERE, WAY_FORWARD, WAY_COUNT };

struct course {
	const struct model *policies; /* as far as the cell is concerned; NULL:
					 this side is not known */
	struct packet ends[WAY_COUNT];
	bool open[WAY_COUNT];
};

/* By a forward, if it has one. */
static enum way
way_of(const struct course *c, const struct packet *packet)
{
	if (!c->open[WAY_HERE] || !c->open[WAY_FORWARD])
		return c->open[WAY_FORWARD] ? WAY_FORWARD : WAY_HERE;
	return judge_keeps(c->policies, packet) ? WAY_HERE : WAY_FORWARD;
}

/* Whether packets from there are let in, and *way by which they go. */
static bool
is_let_in(const struct course *c, const struct prefix *from, enum way *way)
{
	const struct model *m = c->policies;
	struct packet first = c->ends[WAY_HERE], packet;
	size_t i;

	*way = WAY_HERE;
	if (!c->open[WAY_HERE] && !c->open[WAY_FORWARD])
		return false;
	first.from = *from;
	for (i = 0; i < m->nuplinks; i++) {
		first.in = m->uplinks[i].link->name;
		*way = way_of(c, &first);
		packet = c->ends[*way];
		packet.from = *from;
		packet.in = first.in;
		if (judge(m, &packet, NULL) == VERDICT_ALLOW)
			return true;
	}
	return false;
}

static bool
same_end(const struct packet *a, const struct packet *b)
{
	return (a->forward == NULL) == (b->forward == NULL) &&
	       a->port == b->port && addr_equal(&a->to, &b->to);
}

/* Which pieces of the sources are in a group, by the way they go. */
struct pieces {
	bool *in[GROUP_COUNT][WAY_COUNT];
};

/* Assigns each piece of the sources to a group. */
static void
sort_out(
    const struct course sides[2], const struct sources *s, struct pieces *p)
{
	bool before, after, same;
	enum way from, to;
	size_t i;

	for (i = 0; i < s->n; i++) {
		after = is_let_in(&sides[1], &s->v[i], &to);
		from = to;
		before = sides[0].policies == NULL
			     ? after
			     : is_let_in(&sides[0], &s->v[i], &from);
		same = sides[0].policies == NULL ||
		       same_end(&sides[0].ends[from], &sides[1].ends[to]);
		p->in[GROUP_STILL][to][i] = before && after && same;
		p->in[GROUP_NEW][to][i] = after && !(before && same);
		p->in[GROUP_GONE][from][i] = before && !(after && same);
	}
}

static bool
has_any(const bool *in, size_t n)
{
	return memchr(in, true, n) != NULL;
}

static void
add_address(struct reach *to, const struct prefix *addr)
{
	buf_add(&to->on, to->non++ > 0 ? ", " : "");
	prefix_print(addr, &to->on);
}

static void
add_piece(struct reach *to, const struct destination *d)
{
	if (to->pieces == NULL)
		to->pieces = xcalloc(d->in->pieces.n, sizeof(bool));
	to->pieces[d->piece] = true;
}

/* Cells with the same result on several addresses are one. */
static void
add_cell(struct reaches *cells, enum group group, const struct destination *d,
    const struct packet *end, const struct sources *s, const bool *in)
{
	const struct packet *packet = &d->packet;
	struct reach cell = { .group = group,
		.proto = packet->proto,
		.behind = d->in != NULL ? end->out : NULL };
	struct buf from = { 0 };
	struct reach *same;

	if (end->forward != NULL) {
		cell.forward = end->forward->st;
		cell.shift = (uint16_t)(end->port - packet->port);
	}
	sources_print(s, in, &from);
	cell.from = buf_take(&from);
	same = reaches_cell(cells, &cell);
	if (d->in != NULL)
		add_piece(same, d);
	else
		add_address(same, &packet->to);
}

static void
add_source(void *arg, const struct prefix *p)
{
	sources_add(arg, p);
}

/* Whether the model, too, hands it to where the destination says. */
static bool
is_mapped(const struct model *m, const struct destination *d, struct packet *p)
{
	return (judge_map(m, p) || judge_route(m, p)) &&
	       (p->chain == CHAIN_FORWARD) == (d->in != NULL);
}

/* A forward that takes the rest keeps the ports, so the policies for one way
 * are those for the other. */
static void
find_course(
    struct slicer *slicer, const struct destination *d, struct course *c)
{
	const struct packet *packet = &d->packet;
	const struct model *forwards = slicer_forwards(slicer, packet->port);
	const struct model_forward *f = judge_claim(forwards, packet);

	c->ends[WAY_HERE] = c->ends[WAY_FORWARD] = *packet;
	c->open[WAY_FORWARD] = f != NULL;
	c->open[WAY_HERE] = d->mapped
				? is_mapped(forwards, d, &c->ends[WAY_HERE])
				: f == NULL || statement_takes_rest(f->st);
	if (f != NULL)
		judge_hand_over(forwards, f, &c->ends[WAY_FORWARD]);
	c->policies = slicer_policies(
	    slicer, c->ends[f != NULL ? WAY_FORWARD : WAY_HERE].port);
}

static void
add_sources(const struct course *c, struct sources *s)
{
	size_t way;

	for (way = 0; way < WAY_COUNT; way++)
		if (c->open[way])
			judge_sources(
			    c->policies, &c->ends[way], add_source, s);
}

/* Adds the pieces of one group that go one way, if there are any. */
static void
add_pieces(struct reaches *cells, const struct destination *d,
    const struct course sides[2], const struct sources *s,
    const struct pieces *p, enum group group, enum way way)
{
	const struct course *c = &sides[group == GROUP_GONE ? 0 : 1];
	bool *in = p->in[group][way];

	if (has_any(in, s->n))
		add_cell(cells, group, d, &c->ends[way], s, in);
	free(in);
}

static void
judge_cell(
    struct exposure *x, const struct destination *d, struct reaches *cells)
{
	struct course sides[2] = { 0 };
	struct sources s = { .family = d->packet.to.family };
	struct pieces p;
	size_t i, way;

	for (i = 0; i < 2; i++) {
		if (x->sides[i] == NULL)
			continue;
		find_course(x->slicers[i], d, &sides[i]);
		add_sources(&sides[i], &s);
	}
	sources_sort(&s);
	for (i = 0; i < GROUP_COUNT; i++)
		for (way = 0; way < WAY_COUNT; way++)
			p.in[i][way] = xcalloc(s.n, sizeof(bool));
	sort_out(sides, &s, &p);
	for (i = 0; i < GROUP_COUNT; i++)
		for (way = 0; way < WAY_COUNT; way++)
			add_pieces(cells, d, sides, &s, &p, (enum group)i,
			    (enum way)way);
	sources_free(&s);
}

static struct packet
first_of(enum packet_proto proto, const struct range *r)
{
	return (struct packet){ .chain = CHAIN_INPUT,
		.proto = proto,
		.port = r->lo,
		.doubt_passes = true };
}

static void
judge_range(struct exposure *x, enum packet_proto proto, const struct range *r)
{
	struct destination d = { .packet = first_of(proto, r) };
	struct reaches cells = { 0 };
	size_t i;

	for (i = 0; i < x->non; i++) {
		d.packet.to = x->on[i].addr;
		d.mapped = x->on[i].mapped;
		judge_cell(x, &d, &cells);
	}
	reaches_add(&x->lines, &cells, r);
}

/* The container that alone is behind the pieces, or NULL. */
static const char *
target_of(const struct model *m, const struct outside *o, const bool *in)
{
	const struct model_container *c = m->containers;
	struct prefix inside;
	size_t i = 0;

	while (!in[i])
		i++;
	if (!prefix_is_bare(&o->pieces.v[i]) ||
	    has_any(in + i + 1, o->pieces.n - i - 1))
		return NULL;
	if (model_translated(m, &o->pieces.v[i], &inside) == NULL)
		inside = o->pieces.v[i];
	while (c < END_OF(m->containers, m->ncontainers) &&
	       !addr_equal(&c->ula, &inside) &&
	       !addr_equal(&c->public, &inside))
		c++;
	return c < END_OF(m->containers, m->ncontainers)
		   ? c->st->v[CONTAINER_NAME].text
		   : NULL;
}

static void
judge_outside(struct exposure *x, enum packet_proto proto,
    const struct range *r, const struct outside *o)
{
	struct destination d = {
		.packet = first_of(proto, r), .mapped = true, .in = o
	};
	struct reaches cells = { 0 };
	struct reach *l;

	for (d.piece = 1; d.piece < o->pieces.n; d.piece++)
		if (outside_pick(o, d.piece, &d.packet.to))
			judge_cell(x, &d, &cells);
	for (l = cells.v; l < END_OF(cells.v, cells.n); l++) {
		sources_print(&o->pieces, l->pieces, &l->on);
		l->target =
		    target_of(x->sides[l->group != GROUP_GONE], o, l->pieces);
		free(l->pieces);
		l->pieces = NULL;
	}
	reaches_add(&x->lines, &cells, r);
}

/* Only policies about that range tell addresses apart. */
static void
judge_outsides(
    struct exposure *x, enum packet_proto proto, const struct range *r)
{
	const struct model *parts[2] = { NULL, NULL };
	struct outsides outsides;
	size_t i;

	for (i = 0; i < 2; i++)
		if (x->slicers[i] != NULL)
			parts[i] = slicer_policies(x->slicers[i], r->lo);
	outsides_read(&outsides, parts);
	for (i = 0; i < outsides.n; i++)
		judge_outside(x, proto, r, &outsides.v[i]);
	outsides_free(&outsides);
}

/* Marks ports where a range may have to be cut: cuts has an entry for each port
 * and one past the last. */
static void
cut(bool *cuts, const struct ports *ports)
{
	size_t i;

	for (i = 0; i < ports->n; i++)
		cuts[ports->v[i].lo] = cuts[ports->v[i].hi + 1] = true;
}

/* Policies see translated ports: edges are theirs. */
static void
cut_shifted(bool *cuts, const struct statement *st, const bool *edges)
{
	const struct range *r = st->v[FORWARD_PORTS].ports.v;
	unsigned to = st->v[FORWARD_TO].target.port, port;

	if (to == 0)
		return;
	for (port = r->lo; port <= r->hi; port++)
		cuts[port] |= edges[to + (port - r->lo)];
}

static void
cut_policies(bool *cuts, const struct model *m)
{
	size_t i;

	for (i = 0; i < m->npolicies; i++)
		cut(cuts, &m->policies[i].st->v[POLICY_PORTS].ports);
}

static void
cut_model(bool *cuts, const struct model *m)
{
	bool *edges = xcalloc(PORT_LAST + 2, sizeof(*edges));
	size_t i;

	cut_policies(edges, m);
	for (i = 0; i <= PORT_LAST; i++)
		cuts[i] |= edges[i];
	for (i = 0; i < m->nforwards; i++) {
		cut(cuts, &m->forwards[i].st->v[FORWARD_PORTS].ports);
		cut_shifted(cuts, m->forwards[i].st, edges);
	}
	if (m->nrest > 0)
		for (i = 0; i < m->snapshot->ssh.n; i++)
			cuts[m->snapshot->ssh.v[i]] =
			    cuts[m->snapshot->ssh.v[i] + 1] = true;
	free(edges);
}

static void
judge_ports(struct exposure *x, enum packet_proto proto, const bool *cuts,
    void (*each)(struct exposure *, enum packet_proto, const struct range *))
{
	struct range r;
	unsigned lo, hi;

	for (lo = 1; lo <= PORT_LAST; lo = hi + 1) {
		for (hi = lo; hi < PORT_LAST && !cuts[hi + 1];)
			hi++;
		r = (struct range){ (uint16_t)lo, (uint16_t)hi };
		each(x, proto, &r);
	}
}

static void
collect_one(struct exposure *x, const struct prefix *addr, bool mapped)
{
	size_t i;

	for (i = 0; i < x->non; i++)
		if (addr_equal(&x->on[i].addr, addr))
			return;
	x->on = xgrow(x->on, x->non, sizeof(*x->on));
	x->on[x->non++] = (struct own){ *addr, mapped };
}

static void
collect(struct exposure *x, const struct prefix *v, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		collect_one(x, &v[i], false);
}

/* What is not handed on of a prefix: the bridge's own, and any router's. */
static void
collect_mapped(struct exposure *x, const struct model_bridge *b)
{
	struct prefix own;
	size_t i;

	if (b->public.family != AF_UNSPEC) {
		own = prefix_network(&b->public);
		own = prefix_addr(&own);
		collect_one(x, &own, true);
		own = prefix_addr(&b->public);
		collect_one(x, &own, true);
	}
	for (i = 0; i < b->translate.n; i++) {
		own = prefix_addr(&b->translate.v[i]);
		collect_one(x, &own, true);
		own = prefix_addr(&b->ula);
		own = prefix_moved(&own, &b->translate.v[i]);
		collect_one(x, &own, true);
	}
}

/* Addresses of both models: one without an uplink statement is an address of
 * this host all the same, and open as policies say. */
static void
collect_addresses(struct exposure *x)
{
	const struct model *m;
	enum family f;
	size_t side, i;

	for (side = 0; side < 2; side++) {
		m = x->sides[side];
		if (m == NULL)
			continue;
		for (f = 0; f < FAMILY_COUNT; f++)
			collect(x, m->publics[f].v, m->publics[f].n);
		for (i = 0; i < m->nbridges; i++)
			collect_mapped(x, &m->bridges[i]);
		collect(x, m->addresses, m->naddresses);
	}
}

static void
exposure_free(struct exposure *x)
{
	size_t i;

	reaches_free(&x->lines);
	free(x->on);
	for (i = 0; i < 2; i++)
		slicer_free(x->slicers[i]);
}

/* No forward tells ports of a translated prefix apart. */
static bool
has_outside(const struct model *m)
{
	size_t i = 0;

	while (i < m->nbridges && m->bridges[i].proxied.family == AF_UNSPEC)
		i++;
	return i < m->nbridges || model_translates(m) || model_routes(m);
}

static void
judge_translated(struct exposure *x)
{
	bool *cuts = xcalloc(PORT_LAST + 2, sizeof(*cuts));
	bool any = false;
	size_t i;

	for (i = 0; i < 2; i++) {
		if (x->sides[i] == NULL)
			continue;
		cut_policies(cuts, x->sides[i]);
		any |= has_outside(x->sides[i]);
	}
	if (any) {
		judge_ports(x, PACKET_TCP, cuts, judge_outsides);
		judge_ports(x, PACKET_UDP, cuts, judge_outsides);
		judge_outsides(x, PACKET_OTHER, &portless);
	}
	free(cuts);
}

void
exposure_diff(
    const struct model *before, const struct model *after, struct buf *b)
{
	struct exposure x = { .sides = { before, after } };
	bool *cuts = xcalloc(PORT_LAST + 2, sizeof(*cuts));
	size_t i;

	for (i = 0; i < 2; i++) {
		if (x.sides[i] == NULL)
			continue;
		cut_model(cuts, x.sides[i]);
		x.slicers[i] = slicer_new(x.sides[i]);
	}
	collect_addresses(&x);
	judge_ports(&x, PACKET_TCP, cuts, judge_range);
	judge_ports(&x, PACKET_UDP, cuts, judge_range);
	judge_range(&x, PACKET_OTHER, &portless);
	judge_translated(&x);
	reaches_print(&x.lines, before != NULL, x.non, b);
	exposure_free(&x);
	free(cuts);
}
