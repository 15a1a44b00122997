/* What the Internet can reach. All packets it may send are cut into cells
 * (address, protocol, range of ports, piece of the sources) so small that
 * every statement of both models matches a cell as a whole or not at all. One
 * packet of each is judged, and the cells that fare alike are put together
 * again. */
#include "config.h"

#include "core/reach/exposure.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/lang/type_addr.h"
#include "core/plan/judge.h"
#include "core/reach/slice.h"
#include "core/reach/sources.h"

#define PORT_LAST 65535

enum group { GROUP_NEW, GROUP_GONE, GROUP_STILL, GROUP_COUNT };

static const struct {
	const char *sign, *heading, *line;
} groups[] = {
	[GROUP_NEW] = { "+", N_("The Internet can newly reach:"),
	    N_("%s on %s, from %s (new)") },
	[GROUP_GONE] = { "-", N_("The Internet can no longer reach:"),
	    N_("%s on %s, from %s") },
	[GROUP_STILL] = { "=", N_("The Internet can still reach:"),
	    N_("%s on %s, from %s") },
};

static const char *const protos[] = {
	[PACKET_TCP] = "tcp",
	[PACKET_UDP] = "udp",
	[PACKET_OTHER] = "other",
};

/* One line: cells that differ only in their ports. */
struct reach {
	enum group group;
	enum packet_proto proto;
	const struct statement *forward; /* NULL: this host */
	unsigned shift; /* of the ports by the forward, modulo 65536 */
	char *from;
	struct buf on; /* its addresses, and how many they are */
	size_t non;
	struct range *v; /* ports, sorted and apart */
	size_t n;
	bool said; /* by another line */
};

struct reaches {
	struct reach *v;
	size_t n;
};

struct exposure {
	const struct model *sides[2]; /* before (or NULL) and after */
	struct slicer *slicers[2];    /* of both */
	const struct prefix **on;     /* addresses of this host */
	size_t non;
	struct reaches lines;
};

/* Lines */

static bool
is_alike(const struct reach *a, const struct reach *b)
{
	return a->group == b->group && a->proto == b->proto &&
	       a->forward == b->forward && a->shift == b->shift &&
	       strcmp(a->from, b->from) == 0;
}

static bool
is_alike_on(const struct reach *a, const struct reach *b)
{
	return is_alike(a, b) && strcmp(a->on.s, b->on.s) == 0;
}

static int
first_difference(const int *differences, size_t n)
{
	size_t i = 0;

	while (i + 1 < n && differences[i] == 0)
		i++;
	return differences[i];
}

static void
sort(struct reaches *r, int (*compare)(const void *, const void *))
{
	if (r->n > 1)
		qsort(r->v, r->n, sizeof(*r->v), compare);
}

/* The last similar line, or NULL. */
static struct reach *
find_reach(struct reaches *in, const struct reach *like,
    bool (*alike)(const struct reach *, const struct reach *))
{
	size_t i = in->n;

	while (i > 0)
		if (alike(&in->v[--i], like))
			return &in->v[i];
	return NULL;
}

static struct reach *
add_reach(struct reaches *to, const struct reach *r)
{
	to->v = xgrow(to->v, to->n, sizeof(*to->v));
	to->v[to->n] = *r;
	return &to->v[to->n++];
}

static void
reach_free(struct reach *r)
{
	free(r->from);
	buf_free(&r->on);
	free(r->v);
}

/* Ranges come in order, so an adjacent one extends the last. */
static void
add_range(struct reach *to, const struct range *r)
{
	if (to->n > 0 && to->v[to->n - 1].hi + 1 == r->lo) {
		to->v[to->n - 1].hi = r->hi;
		return;
	}
	to->v = xgrow(to->v, to->n, sizeof(*to->v));
	to->v[to->n++] = *r;
}

/* Adds the cells of one range, with all their addresses, as lines. */
static void
add_cells(struct exposure *x, struct reaches *cells, const struct range *r)
{
	size_t i;

	for (i = 0; i < cells->n; i++)
		add_range(add_reach(&x->lines, &cells->v[i]), r);
	free(cells->v);
}

/* Similar lines become neighbours, by their ports. */
static int
compare_likes(const void *a, const void *b)
{
	const struct reach *x = a, *y = b;
	const int differences[] = {
		(int)x->group - (int)y->group,
		(int)x->proto - (int)y->proto,
		(x->forward > y->forward) - (x->forward < y->forward),
		(int)x->shift - (int)y->shift,
		strcmp(x->from, y->from),
		strcmp(x->on.s, y->on.s),
		x->v[0].lo - y->v[0].lo,
	};

	return first_difference(differences, NITEMS(differences));
}

/* Cells are many, and each may be like any other. */
static void
merge_lines(struct exposure *x)
{
	struct reach *v = x->lines.v;
	size_t i, n = 0;

	sort(&x->lines, compare_likes);
	for (i = 0; i < x->lines.n; i++) {
		if (n > 0 && is_alike_on(&v[n - 1], &v[i])) {
			add_range(&v[n - 1], v[i].v);
			reach_free(&v[i]);
		} else {
			v[n++] = v[i];
		}
	}
	x->lines.n = n;
}

static bool
is_whole(const struct reach *l)
{
	return l->n == 1 && l->v[0].lo <= 1 && l->v[0].hi == PORT_LAST;
}

/* The same line for another protocol. */
static struct reach *
find_twin(struct exposure *x, const struct reach *of, enum packet_proto proto)
{
	struct reach like = *of, *twin;

	like.proto = proto;
	twin = find_reach(&x->lines, &like, is_alike_on);
	return twin != NULL && is_whole(twin) ? twin : NULL;
}

/* If all ports of every protocol are in, the line of the other protocols stands
 * for all. */
static void
join_protocols(struct exposure *x)
{
	struct reach *l, *tcp, *udp;

	for (l = x->lines.v; l < END_OF(x->lines.v, x->lines.n); l++) {
		if (l->proto != PACKET_OTHER)
			continue;
		tcp = find_twin(x, l, PACKET_TCP);
		udp = find_twin(x, l, PACKET_UDP);
		if (tcp == NULL || udp == NULL)
			continue;
		tcp->said = udp->said = true;
		add_range(l, tcp->v);
	}
}

/* Whether it is shorter to list the exceptions. */
static bool
is_most(const struct reach *r)
{
	return r->proto == PACKET_OTHER ||
	       (r->v[0].lo == 1 && r->v[r->n - 1].hi == PORT_LAST);
}

static int
compare_reaches(const void *a, const void *b)
{
	const struct reach *x = a, *y = b;
	const int differences[] = {
		(int)x->group - (int)y->group,
		is_most(x) - is_most(y),
		(int)x->proto - (int)y->proto,
		x->v[0].lo - y->v[0].lo,
		(x->forward == NULL) - (y->forward == NULL),
		strcmp(x->on.s, y->on.s),
		strcmp(x->from, y->from),
	};

	return first_difference(differences, NITEMS(differences));
}

/* In words */

static void
print_ports(const struct range *v, size_t n, struct buf *b)
{
	const struct value ports = { .ports = { (struct range *)v, n } };

	type_print(&type_ports, &ports, b);
}

/* The ports missing from the line, which includes the first and the last. */
static void
print_gaps(const struct reach *l, struct buf *b)
{
	struct range gap;
	size_t i;

	for (i = 0; i + 1 < l->n; i++) {
		gap.lo = (uint16_t)(l->v[i].hi + 1);
		gap.hi = (uint16_t)(l->v[i + 1].lo - 1);
		buf_add(b, i > 0 ? "," : "");
		print_ports(&gap, 1, b);
	}
}

static void
print_what(const struct reach *l, struct buf *b)
{
	struct buf gaps = { 0 };

	if (l->proto == PACKET_OTHER) {
		buf_add(b,
		    is_whole(l) ? _("everything") : _("every other protocol"));
	} else if (is_most(l) && l->n == 1) {
		buf_printf(b, _("every %s port"), protos[l->proto]);
	} else if (is_most(l)) {
		print_gaps(l, &gaps);
		buf_printf(b, _("every %s port but %s"), protos[l->proto],
		    buf_text(&gaps));
		buf_free(&gaps);
	} else {
		buf_printf(b, "%s ", protos[l->proto]);
		print_ports(l->v, l->n, b);
	}
}

/* The target with its ports; an unshifted list shows them before it. */
static void
print_target(const struct reach *l, struct buf *b)
{
	struct value to = l->forward->v[FORWARD_TO];
	bool ports =
	    !statement_takes_rest(l->forward) && (l->n == 1 || l->shift != 0);
	struct range moved;
	size_t i;

	to.target.port = ports ? (uint16_t)(l->v[0].lo + l->shift) : 0;
	buf_add(b, " -> ");
	type_print(&type_target, &to, b);
	for (i = 0; ports && i < l->n; i++) {
		moved.lo = (uint16_t)(l->v[i].lo + l->shift);
		moved.hi = (uint16_t)(l->v[i].hi + l->shift);
		if (i > 0)
			buf_printf(b, ",%u", moved.lo);
		if (moved.lo != moved.hi)
			buf_printf(b, "-%u", moved.hi);
	}
}

static void
print_line(const struct exposure *x, const struct reach *l, struct buf *b)
{
	struct buf what = { 0 }, where = { 0 };

	print_what(l, &what);
	buf_add(&where,
	    l->forward == NULL && l->non == x->non ? _("this host") : l->on.s);
	if (l->forward != NULL)
		print_target(l, &where);
	buf_printf(b, "%s ", groups[l->group].sign);
	buf_printf(b, _(groups[l->group].line), buf_text(&what),
	    buf_text(&where), l->from);
	buf_add(b, "\n");
	buf_free(&what);
	buf_free(&where);
}

static void
print_lines(const struct exposure *x, struct buf *b)
{
	enum group last = GROUP_COUNT;
	const struct reach *l;

	for (l = x->lines.v; l < END_OF(x->lines.v, x->lines.n); l++) {
		if (l->said)
			continue;
		if (l->group != last)
			buf_printf(b, "%s\n",
			    x->sides[0] != NULL ? _(groups[l->group].heading)
						: _("The Internet can reach:"));
		last = l->group;
		print_line(x, l, b);
	}
	if (last == GROUP_COUNT)
		buf_add(b, _("The Internet can reach nothing here.\n"));
}

/* Cells */

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

/* Cells with the same result on several addresses are one. */
static void
add_cell(struct reaches *cells, enum group group, const struct packet *packet,
    const struct packet *end, const struct sources *s, const bool *in)
{
	struct reach cell = { .group = group, .proto = packet->proto };
	struct buf from = { 0 };
	struct reach *same;

	if (end->forward != NULL) {
		cell.forward = end->forward->st;
		cell.shift = (uint16_t)(end->port - packet->port);
	}
	sources_print(s, in, &from);
	cell.from = buf_take(&from);
	same = find_reach(cells, &cell, is_alike);
	if (same == NULL)
		same = add_reach(cells, &cell);
	else
		reach_free(&cell);
	buf_add(&same->on, same->non++ > 0 ? ", " : "");
	prefix_print(&packet->to, &same->on);
}

static void
add_source(void *arg, const struct prefix *p)
{
	sources_add(arg, p);
}

/* A forward that takes the rest keeps the ports, so the policies for one way
 * are those for the other. */
static void
find_course(
    struct slicer *slicer, const struct packet *packet, struct course *c)
{
	const struct model *forwards = slicer_forwards(slicer, packet->port);
	const struct model_forward *f = judge_claim(forwards, packet);

	c->ends[WAY_HERE] = c->ends[WAY_FORWARD] = *packet;
	c->open[WAY_FORWARD] = f != NULL;
	c->open[WAY_HERE] = f == NULL || statement_takes_rest(f->st);
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
add_pieces(struct reaches *cells, const struct packet *packet,
    const struct course sides[2], const struct sources *s,
    const struct pieces *p, enum group group, enum way way)
{
	const struct course *c = &sides[group == GROUP_GONE ? 0 : 1];
	bool *in = p->in[group][way];

	if (has_any(in, s->n))
		add_cell(cells, group, packet, &c->ends[way], s, in);
	free(in);
}

static void
judge_cell(
    struct exposure *x, const struct packet *packet, struct reaches *cells)
{
	struct course sides[2] = { 0 };
	struct sources s = { .family = packet->to.family };
	struct pieces p;
	size_t i, way;

	for (i = 0; i < 2; i++) {
		if (x->sides[i] == NULL)
			continue;
		find_course(x->slicers[i], packet, &sides[i]);
		add_sources(&sides[i], &s);
	}
	sources_sort(&s);
	for (i = 0; i < GROUP_COUNT; i++)
		for (way = 0; way < WAY_COUNT; way++)
			p.in[i][way] = xcalloc(s.n, sizeof(bool));
	sort_out(sides, &s, &p);
	for (i = 0; i < GROUP_COUNT; i++)
		for (way = 0; way < WAY_COUNT; way++)
			add_pieces(cells, packet, sides, &s, &p, (enum group)i,
			    (enum way)way);
	sources_free(&s);
}

static void
judge_range(struct exposure *x, enum packet_proto proto, const struct range *r)
{
	struct packet packet = { .chain = CHAIN_INPUT,
		.proto = proto,
		.port = r->lo,
		.doubt_passes = true };
	struct reaches cells = { 0 };
	size_t i;

	for (i = 0; i < x->non; i++) {
		packet.to = *x->on[i];
		judge_cell(x, &packet, &cells);
	}
	add_cells(x, &cells, r);
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
cut_model(bool *cuts, const struct model *m)
{
	bool *edges = xcalloc(PORT_LAST + 2, sizeof(*edges));
	size_t i;

	for (i = 0; i < m->npolicies; i++)
		cut(edges, &m->policies[i].st->v[POLICY_PORTS].ports);
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
judge_ports(struct exposure *x, enum packet_proto proto, const bool *cuts)
{
	struct range r;
	unsigned lo, hi;

	for (lo = 1; lo <= PORT_LAST; lo = hi + 1) {
		for (hi = lo; hi < PORT_LAST && !cuts[hi + 1];)
			hi++;
		r = (struct range){ (uint16_t)lo, (uint16_t)hi };
		judge_range(x, proto, &r);
	}
}

static void
collect(struct exposure *x, const struct prefix *v, size_t n)
{
	size_t i, k;

	for (i = 0; i < n; i++) {
		for (k = 0; k < x->non && !addr_equal(x->on[k], &v[i]);)
			k++;
		if (k < x->non)
			continue;
		x->on = xgrow(x->on, x->non, sizeof(*x->on));
		x->on[x->non++] = &v[i];
	}
}

/* Addresses of both models: one without an uplink statement is an address of
 * this host all the same, and open as policies say. */
static void
collect_addresses(struct exposure *x)
{
	const struct model *m;
	enum family f;
	size_t side;

	for (side = 0; side < 2; side++) {
		m = x->sides[side];
		if (m == NULL)
			continue;
		for (f = 0; f < FAMILY_COUNT; f++)
			collect(x, m->publics[f].v, m->publics[f].n);
		collect(x, m->addresses, m->naddresses);
	}
}

static void
exposure_free(struct exposure *x)
{
	size_t i;

	for (i = 0; i < x->lines.n; i++)
		reach_free(&x->lines.v[i]);
	free(x->lines.v);
	free(x->on);
	for (i = 0; i < 2; i++)
		slicer_free(x->slicers[i]);
}

void
exposure_diff(
    const struct model *before, const struct model *after, struct buf *b)
{
	static const struct range portless = { 0, 0 };
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
	judge_ports(&x, PACKET_TCP, cuts);
	judge_ports(&x, PACKET_UDP, cuts);
	judge_range(&x, PACKET_OTHER, &portless);
	merge_lines(&x);
	join_protocols(&x);
	sort(&x.lines, compare_reaches);
	print_lines(&x, b);
	exposure_free(&x);
	free(cuts);
}
