/* Lines of an exposure. */
#include "config.h"

#include "core/reach/reaches.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/lang/type_addr.h"

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

/* Lines */

static bool
is_alike(const struct reach *a, const struct reach *b)
{
	return a->group == b->group && a->proto == b->proto &&
	       a->forward == b->forward && a->behind == b->behind &&
	       a->shift == b->shift && strcmp(a->from, b->from) == 0;
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

struct reach *
reaches_cell(struct reaches *cells, struct reach *cell)
{
	struct reach *same = find_reach(cells, cell, is_alike);

	if (same == NULL)
		return add_reach(cells, cell);
	reach_free(cell);
	return same;
}

void
reaches_add(struct reaches *to, struct reaches *cells, const struct range *r)
{
	size_t i;

	for (i = 0; i < cells->n; i++)
		add_range(add_reach(to, &cells->v[i]), r);
	free(cells->v);
	*cells = (struct reaches){ 0 };
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
		(x->behind > y->behind) - (x->behind < y->behind),
		(int)x->shift - (int)y->shift,
		strcmp(x->from, y->from),
		strcmp(x->on.s, y->on.s),
		x->v[0].lo - y->v[0].lo,
	};

	return first_difference(differences, NITEMS(differences));
}

/* Cells are many, and each may be like any other. */
static void
merge_lines(struct reaches *r)
{
	struct reach *v = r->v;
	size_t i, n = 0;

	sort(r, compare_likes);
	for (i = 0; i < r->n; i++) {
		if (n > 0 && is_alike_on(&v[n - 1], &v[i])) {
			add_range(&v[n - 1], v[i].v);
			reach_free(&v[i]);
		} else {
			v[n++] = v[i];
		}
	}
	r->n = n;
}

static bool
is_whole(const struct reach *l)
{
	return l->n == 1 && l->v[0].lo <= 1 && l->v[0].hi == PORT_LAST;
}

/* The same line for another protocol. */
static struct reach *
find_twin(struct reaches *in, const struct reach *of, enum packet_proto proto)
{
	struct reach like = *of, *twin;

	like.proto = proto;
	twin = find_reach(in, &like, is_alike_on);
	return twin != NULL && is_whole(twin) ? twin : NULL;
}

/* If all ports of every protocol are in, the line of the other protocols stands
 * for all. */
static void
join_protocols(struct reaches *r)
{
	struct reach *l, *tcp, *udp;

	for (l = r->v; l < END_OF(r->v, r->n); l++) {
		if (l->proto != PACKET_OTHER)
			continue;
		tcp = find_twin(r, l, PACKET_TCP);
		udp = find_twin(r, l, PACKET_UDP);
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

static bool
is_here(const struct reach *r)
{
	return r->forward == NULL && r->behind == NULL;
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
		is_here(x) - is_here(y),
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
print_behind(const struct reach *l, struct buf *b)
{
	buf_add(b, " -> ");
	words_print(b, l->target != NULL ? l->target : l->behind, "");
}

static void
print_line(const struct reach *l, size_t addresses, struct buf *b)
{
	struct buf what = { 0 }, where = { 0 };

	print_what(l, &what);
	buf_add(&where,
	    is_here(l) && l->non == addresses ? _("this host") : l->on.s);
	if (l->forward != NULL)
		print_target(l, &where);
	else if (l->behind != NULL)
		print_behind(l, &where);
	buf_printf(b, "%s ", groups[l->group].sign);
	buf_printf(b, _(groups[l->group].line), buf_text(&what),
	    buf_text(&where), l->from);
	buf_add(b, "\n");
	buf_free(&what);
	buf_free(&where);
}

void
reaches_print(struct reaches *r, bool compared, size_t addresses, struct buf *b)
{
	enum group last = GROUP_COUNT;
	const struct reach *l;

	merge_lines(r);
	join_protocols(r);
	sort(r, compare_reaches);
	for (l = r->v; l < END_OF(r->v, r->n); l++) {
		if (l->said)
			continue;
		if (l->group != last)
			buf_printf(b, "%s\n",
			    compared ? _(groups[l->group].heading)
				     : _("The Internet can reach:"));
		last = l->group;
		print_line(l, addresses, b);
	}
	if (last == GROUP_COUNT)
		buf_add(b, _("The Internet can reach nothing here.\n"));
}

void
reaches_free(struct reaches *r)
{
	size_t i;

	for (i = 0; i < r->n; i++)
		reach_free(&r->v[i]);
	free(r->v);
	*r = (struct reaches){ 0 };
}
