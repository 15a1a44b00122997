/* Offers to be ticked, and the config that they make. */
#include "config.h"

#include "core/setup/proposal.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/lang/auto.h"
#include "core/lang/ula.h"
#include "core/setup/door.h"

#define WIDTH_MAX 72 /* of statements, for the column of notes */

static const char *const titles[OFFER_GROUPS] = {
	[OFFER_NETWORK] = N_("Network"),
	[OFFER_CONTAINERS] = N_("Addresses of containers"),
	[OFFER_FORWARDS] = N_("Into containers"),
	[OFFER_INPUT] = N_("Into this host"),
	[OFFER_OUT] = N_("Out of containers"),
};

void
proposal_add(struct proposal *p, enum offer_group group, struct statement *st,
    bool on, const char *note)
{
	p->v = xgrow(p->v, p->n, sizeof(*p->v));
	p->v[p->n++] = (struct offer){
		.group = group, .st = st, .on = on, .note = xstrdup(note)
	};
}

static void
release(struct offer *o)
{
	statement_free(o->st);
	free(o->note);
}

void
proposal_free(struct proposal *p)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		release(&p->v[i]);
	free(p->v);
	memset(p, 0, sizeof(*p));
}

/* Of several about one object there can be one. */
void
proposal_tick(struct proposal *p, size_t i)
{
	size_t k;

	p->v[i].on = !p->v[i].on;
	for (k = 0; k < p->n && p->v[i].on; k++)
		if (k != i && statement_same(p->v[k].st, p->v[i].st))
			p->v[k].on = false;
}

/* What the admin says instead */

static enum offer_group
group_of(const struct statement *st)
{
	static const enum offer_group groups[ST_COUNT] = {
		[ST_UPLINK] = OFFER_NETWORK,
		[ST_BRIDGE] = OFFER_NETWORK,
		[ST_OPTION] = OFFER_NETWORK,
		[ST_CONTAINER] = OFFER_CONTAINERS,
		[ST_FORWARD] = OFFER_FORWARDS,
	};
	size_t chain =
	    st->kind == ST_DEFAULT ? (size_t)DEFAULT_CHAIN : POLICY_CHAIN;

	if (st->kind != ST_DEFAULT && !statement_is_policy(st))
		return groups[st->kind];
	return st->v[chain].choice == CHAIN_FORWARD ? OFFER_OUT : OFFER_INPUT;
}

static bool
has_proto_of(const struct statement *a, const struct statement *b, size_t i)
{
	return proto_overlaps(
	    (enum proto)a->v[i].choice, (enum proto)b->v[i].choice);
}

/* A wider allow would stay beside a narrower one. */
static bool
is_same_traffic(const struct statement *a, const struct statement *b)
{
	return a->kind == ST_ALLOW && b->kind == ST_ALLOW &&
	       a->v[POLICY_CHAIN].choice == b->v[POLICY_CHAIN].choice &&
	       !b->v[POLICY_FROM].set &&
	       ports_overlap(
		   &a->v[POLICY_PORTS].ports, &b->v[POLICY_PORTS].ports) &&
	       has_proto_of(a, b, POLICY_PROTO);
}

static bool
is_same_public(const struct statement *a, const struct statement *b)
{
	return a->kind == ST_FORWARD && b->kind == ST_FORWARD &&
	       ports_overlap(
		   &a->v[FORWARD_PORTS].ports, &b->v[FORWARD_PORTS].ports) &&
	       has_proto_of(a, b, FORWARD_PROTO);
}

/* The ports of the target. */
static struct range
inside_of(const struct statement *st)
{
	const struct ports *p = &st->v[FORWARD_PORTS].ports;
	struct range r = { 0, 0 };

	if (p->n > 0) {
		r.lo = p->v[0].lo;
		r.hi = p->v[p->n - 1].hi;
	}
	if (p->n == 1 && st->v[FORWARD_TO].target.port != 0) {
		r.hi = (uint16_t)(st->v[FORWARD_TO].target.port + r.hi - r.lo);
		r.lo = st->v[FORWARD_TO].target.port;
	}
	return r;
}

static bool
is_same_target(const struct statement *a, const struct statement *b)
{
	const char *x, *y;
	struct range p, q;

	if (a->kind != ST_FORWARD || b->kind != ST_FORWARD)
		return false;
	x = a->v[FORWARD_TO].target.name;
	y = b->v[FORWARD_TO].target.name;
	p = inside_of(a);
	q = inside_of(b);
	return x != NULL && y != NULL && strcmp(x, y) == 0 && p.lo == q.lo &&
	       p.hi == q.hi && has_proto_of(a, b, FORWARD_PROTO);
}

static bool
replaces(const struct statement *a, const struct offer *o)
{
	if (statement_same(a, o->st))
		return true;
	return !o->given &&
	       (is_same_traffic(a, o->st) || is_same_public(a, o->st) ||
		   is_same_target(a, o->st));
}

/* Removes what it replaces; returns the place of the first, or the end. The
 * order of policies is the one in which the admin says them. */
static size_t
make_room(struct proposal *p, const struct statement *st)
{
	size_t place = p->n, i, n = 0;

	for (i = 0; i < p->n; i++) {
		if (!replaces(st, &p->v[i])) {
			p->v[n++] = p->v[i];
			continue;
		}
		if (place == p->n &&
		    (p->v[i].given || !statement_is_policy(st)))
			place = n;
		release(&p->v[i]);
	}
	p->n = n;
	return place < n ? place : n;
}

/* A bridge keeps its random prefix from here on. */
int
proposal_take(struct proposal *p, struct statement *st, const struct host *h,
    struct err *e)
{
	struct offer new;
	size_t place;

	if (st->kind == ST_BRIDGE)
		st = auto_resolve(st, &h->candidate, &h->snapshot, e);
	if (st == NULL)
		return -1;
	place = make_room(p, st);
	proposal_add(p, group_of(st), st, true, "");
	p->v[p->n - 1].given = true;
	new = p->v[p->n - 1];
	memmove(
	    &p->v[place + 1], &p->v[place], (p->n - 1 - place) * sizeof(*p->v));
	p->v[place] = new;
	return 0;
}

/* Chooses anew for one bridge; what it has by itself stays. */
static int
reroll(struct offer *o, const struct host *h, struct err *e)
{
	const struct link *l =
	    snapshot_link(&h->snapshot, o->st->v[BRIDGE_IFACE].text);
	struct statement *st;

	if (l != NULL && ula_of_bridge(&h->snapshot, l->index) != NULL)
		return 0;
	st = statement_copy(o->st);
	memset(&st->v[BRIDGE_ULA].prefix, 0, sizeof(st->v[BRIDGE_ULA].prefix));
	st = auto_resolve(st, &h->candidate, &h->snapshot, e);
	if (st == NULL)
		return -1;
	statement_free(o->st);
	o->st = st;
	return 0;
}

/* The first offer about the same object. */
static const struct offer *
first_like(const struct proposal *p, const struct offer *o)
{
	size_t i = 0;

	while (!statement_same(p->v[i].st, o->st))
		i++;
	return &p->v[i];
}

static void
take_ula(struct offer *o, const struct offer *from)
{
	struct statement *st = statement_copy(o->st);

	st->v[BRIDGE_ULA].prefix = from->st->v[BRIDGE_ULA].prefix;
	statement_free(o->st);
	o->st = st;
}

int
proposal_reroll(struct proposal *p, const struct host *h, struct err *e)
{
	const struct offer *first;
	struct offer *o;
	int r = 0;

	for (o = p->v; o < END_OF(p->v, p->n) && r == 0; o++) {
		if (o->st->kind != ST_BRIDGE || o->given)
			continue;
		first = first_like(p, o);
		if (first == o)
			r = reroll(o, h, e);
		else
			take_ula(o, first);
	}
	return r;
}

/* The config */

/* What the admin says comes before what is proposed. */
static int
rank(const struct offer *o)
{
	if (o->st->kind < ST_ALLOW)
		return (int)o->st->kind;
	if (statement_is_policy(o->st))
		return ST_ALLOW + !o->given;
	return ST_REJECT + (o->st->kind == ST_OPTION);
}

/* Whether what it is about is left out. */
static bool
is_moot(const struct offer *o, const struct config *c)
{
	const struct value *v = o->st->v;

	if (o->given)
		return false;
	if (o->st->kind == ST_CONTAINER)
		return v[CONTAINER_ON].set &&
		       config_bridge(c, v[CONTAINER_ON].text) == NULL;
	return o->st->kind == ST_FORWARD && v[FORWARD_TO].target.name != NULL &&
	       config_container(c, v[FORWARD_TO].target.name) == NULL;
}

/* Whether the config will be about IPv4, too. */
static bool
is_about_ipv4(const struct proposal *p, const struct config *base)
{
	bool is = config_option(base, OPTION_IPV4) == OPTION_ON;
	const struct statement *st;
	size_t i;

	for (i = 0; i < p->n; i++) {
		st = p->v[i].st;
		if (p->v[i].on && st->kind == ST_OPTION &&
		    st->v[OPTION_NAME].choice == OPTION_IPV4)
			is = statement_option(st) == OPTION_ON;
	}
	return is;
}

/* What a config that leaves IPv4 alone refuses. */
static const struct {
	enum statement_kind kind;
	size_t value;
} of_ipv4[] = {
	{ ST_BRIDGE, BRIDGE_IPV4 },
	{ ST_CONTAINER, CONTAINER_IPV4 },
	{ ST_FORWARD, FORWARD_ONLY },
};

/* Whether a container could have an address of IPv4: its bridge has one. */
static bool
has_ipv4(const struct statement *st, const struct config *c)
{
	const struct statement *bridge =
	    st->kind == ST_CONTAINER && st->v[CONTAINER_ON].set
		? config_bridge(c, st->v[CONTAINER_ON].text)
		: NULL;

	return bridge == NULL || bridge->v[BRIDGE_IPV4].set;
}

/* Whether a container could have a public address of its bridge. */
static bool
has_prefix_for(const struct statement *st, const struct config *c)
{
	const struct statement *bridge =
	    st->kind == ST_CONTAINER && st->v[CONTAINER_ON].set
		? config_bridge(c, st->v[CONTAINER_ON].text)
		: NULL;

	return bridge == NULL || bridge->v[BRIDGE_PREFIX].set;
}

/* As it was offered for both families, or for IPv6 alone; NULL: not at all. */
static struct statement *
copy_for(const struct offer *o, const struct config *c, bool ipv4)
{
	struct statement *st = statement_copy(o->st);
	size_t i;

	if (!o->given && !has_prefix_for(st, c))
		st->v[CONTAINER_ADDRESS].set = false;
	if (o->given || (ipv4 && has_ipv4(st, c)))
		return st;
	if (st->kind == ST_FORWARD && !statement_forwards(st, FAMILY_IPV6)) {
		statement_free(st);
		return NULL;
	}
	for (i = 0; i < NITEMS(of_ipv4); i++)
		if (of_ipv4[i].kind == st->kind)
			st->v[of_ipv4[i].value].set = false;
	return st;
}

static int
build_one(const struct offer *o, const struct host *h, bool ipv4,
    struct config *c, struct err *e)
{
	struct statement *st = NULL;

	if (o->on && !is_moot(o, c))
		st = copy_for(o, c, ipv4);
	if (st == NULL)
		return 0;
	st = auto_resolve(st, c, &h->snapshot, e);
	return st != NULL ? config_set(c, st, e) : -1;
}

int
proposal_build(const struct proposal *p, const struct host *h,
    const struct config *base, struct config *c, struct err *e)
{
	bool ipv4 = is_about_ipv4(p, base);
	int r = 0, at;
	size_t i;

	config_copy(c, base);
	for (at = ST_UPLINK; at <= ST_DEFAULT; at++)
		for (i = 0; i < p->n && r == 0; i++)
			if (rank(&p->v[i]) == at)
				r = build_one(&p->v[i], h, ipv4, c, e);
	return r;
}

/* Telling */

const char *
offer_title(enum offer_group group)
{
	return _(titles[group]);
}

void
offer_print(const struct offer *o, const struct config *c, struct buf *b)
{
	const struct statement *built = o->on ? config_same(c, o->st) : NULL;
	struct statement *st = NULL;

	if (built == NULL)
		st = copy_for(o, c, config_option(c, OPTION_IPV4) == OPTION_ON);
	if (built == NULL)
		built = st != NULL ? st : o->st;
	statement_print(built, b);
	statement_free(st);
}

char
offer_mark(const struct offer *o, const struct config *c)
{
	if (!o->on)
		return ' ';
	return config_same(c, o->st) != NULL ? 'x' : '-';
}

static void
tell_offer(size_t number, const struct offer *o, const struct config *c,
    size_t width, struct buf *b)
{
	struct buf text = { 0 };
	size_t own;

	offer_print(o, c, &text);
	buf_printf(
	    b, " %2zu [%c] %s", number, offer_mark(o, c), buf_text(&text));
	own = text_width(buf_text(&text));
	if (o->note[0] != '\0') {
		buf_fill(b, ' ', (own < width ? width - own : 0) + 2);
		buf_escape(b, o->note, strlen(o->note));
	}
	buf_add(b, "\n");
	buf_free(&text);
}

/* Of those that fit a terminal beside their notes. */
static size_t
width_of(const struct proposal *p, enum offer_group group,
    const struct config *c, size_t *n)
{
	struct buf text = { 0 };
	size_t i, own, width = 0;

	for (i = *n = 0; i < p->n; i++) {
		if (p->v[i].group != group)
			continue;
		buf_reset(&text);
		offer_print(&p->v[i], c, &text);
		own = text_width(buf_text(&text));
		if (own > width && own <= WIDTH_MAX)
			width = own;
		(*n)++;
	}
	buf_free(&text);
	return width;
}

void
proposal_tell(const struct proposal *p, enum offer_group group,
    const struct config *c, struct buf *b)
{
	size_t i, n, width = width_of(p, group, c, &n);

	if (n > 0)
		buf_printf(b, "\n%s\n", offer_title(group));
	for (i = 0; i < p->n; i++)
		if (p->v[i].group == group)
			tell_offer(i + 1, &p->v[i], c, width, b);
}
