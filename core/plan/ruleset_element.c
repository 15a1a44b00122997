/* Elements of sets: forwards and known addresses. */
#include "config.h"

#include "core/lang/type_addr.h"
#include "core/plan/model_counter.h"
#include "core/plan/ruleset_parts.h"

#include <stdlib.h>

/* Ports of a range that are elements each: packets of an interval set wait 130
 * ns longer than those of a hash, and each port is four elements. */
#define SPREAD_MAX 8

/* Where elements go: the sets of one family. */
struct into {
	struct ruleset *r;
	enum family family;
};

/* One public address, protocol and port range of one forward. */
struct slot {
	struct into into;
	const struct model_forward *f;
	char *const *meters; /* names of its counters, by enum meter_kind */
	const char *on, *to; /* addresses */
	enum proto proto;    /* TCP or UDP */
	struct range ports;
	unsigned to_port; /* of the first; 0 keeps the ports */
	bool held;	  /* nothing begins there: only counted */
};

/* The ruleset has that set then, whether anything is in it or not. */
static enum ruleset_set
with_set(const struct into *to, enum ruleset_set kind)
{
	enum ruleset_set set = ruleset_in(kind, to->family);

	to->r->has_set[set] = true;
	return set;
}

static void
add(const struct into *to, enum ruleset_set kind, const char *key,
    const char *value)
{
	ruleset_add_element(&to->r->sets[with_set(to, kind)], key, value);
}

static bool
is_block(const struct slot *s)
{
	return s->ports.lo != s->ports.hi;
}

void
ruleset_print_field(struct buf *b, const char *field)
{
	buf_add(b, b->len > 0 ? " . " : "");
	buf_add(b, field);
}

static void
print_ports(struct buf *b, struct range ports)
{
	buf_add(b, b->len > 0 ? " . " : "");
	range_print(&ports, b);
}

/* The key in sets whose order is that of hash maps, or of ranges. proto: NULL
 * for those of one protocol. */
static char *
slot_key(const struct slot *s, const char *proto, bool ranged)
{
	struct buf b = { 0 };

	if (ranged)
		print_ports(&b, s->ports);
	ruleset_print_field(&b, s->on);
	if (proto != NULL)
		ruleset_print_field(&b, proto);
	if (!ranged)
		print_ports(&b, s->ports);
	return buf_take(&b);
}

/* Names the counter of each direction, which is the last field of the key (so
 * that they mostly come in order), or the first. */
static void
add_ways(const struct into *to, enum ruleset_set set, const char *key,
    bool last, char *const *meters)
{
	static const struct {
		const char *direction;
		enum meter_kind kind;
	} ways[] = { { "original", METER_IN }, { "reply", METER_OUT } };
	struct buf tally = { 0 };
	size_t i;

	for (i = 0; i < NITEMS(ways); i++) {
		buf_reset(&tally);
		ruleset_print_field(&tally, last ? key : ways[i].direction);
		ruleset_print_field(&tally, last ? ways[i].direction : key);
		add(to, set, tally.s, meters[ways[i].kind]);
	}
	buf_free(&tally);
}

/* Both protocols have their map as soon as one does: the first forward of the
 * other does not change rules. */
static void
add_tally(const struct slot *s)
{
	static const enum ruleset_set sets[2][2] = {
		{ SET_TALLY_TCP, SET_TALLY_UDP },
		{ SET_TALLY_TCP_BLOCK, SET_TALLY_UDP_BLOCK },
	};
	const enum ruleset_set *of = sets[is_block(s)];
	char *key = slot_key(s, NULL, is_block(s));

	with_set(&s->into, of[PROTO_TCP]);
	with_set(&s->into, of[PROTO_UDP]);
	add_ways(&s->into, of[s->proto], key, true, s->meters);
	free(key);
}

static void
add_with(const struct into *to, enum ruleset_set set, const char *key,
    const char *addr)
{
	struct buf longer = { 0 };

	ruleset_print_field(&longer, key);
	ruleset_print_field(&longer, addr);
	add(to, set, longer.s, NULL);
	buf_free(&longer);
}

static void
add_sources(const struct slot *s, const struct prefixes *all)
{
	const struct prefixes from = prefixes_of(all, s->into.family);
	char text[ADDR_TEXT_MAX], *key;
	size_t i;

	key = slot_key(s, ruleset_protos[s->proto], true);
	add_with(&s->into, SET_LIMITED, key, s->to);
	for (i = 0; i < from.n; i++)
		if (!prefixes_repeat(&from, i))
			add_with(&s->into, SET_NARROW, key,
			    prefix_text(&from.v[i], text));
	free(key);
}

/* What tells where its packets go. */
static void
add_target(const struct slot *s, const char *key)
{
	unsigned port = s->to_port != 0 ? s->to_port : s->ports.lo;
	struct buf value = { 0 };

	buf_add(&value, s->to);
	if (!is_block(s)) {
		buf_add(&value, " . ");
		buf_add_number(&value, port);
	}
	add(&s->into, is_block(s) ? SET_BLOCK : SET_SINGLE, key, value.s);
	buf_free(&value);
}

/* Each port as a forward of its own. */
static void
each_port(const struct slot *s, void (*add_port)(const struct slot *))
{
	struct slot one = *s;
	unsigned i, n = s->ports.hi - s->ports.lo + 1u;

	for (i = 0; i < n; i++) {
		one.ports.lo = one.ports.hi = (uint16_t)(s->ports.lo + i);
		one.to_port = s->to_port != 0 ? s->to_port + i : 0;
		add_port(&one);
	}
}

static void
add_own_target(const struct slot *s)
{
	char *key = slot_key(s, ruleset_protos[s->proto], false);

	add_target(s, key);
	free(key);
}

/* The kernel maps a range of target ports arbitrarily, not one to one
 * (nf_nat_l4proto_unique_tuple without NF_NAT_RANGE_PROTO_OFFSET, which
 * nftables cannot ask for), so a shifted block has a target for each port. */
static void
add_claim(const struct slot *s, const char *key)
{
	bool shifted = s->to_port != 0 && s->to_port != s->ports.lo;

	add(&s->into, is_block(s) ? SET_FRESH_BLOCK : SET_FRESH, key,
	    s->meters[METER_NEW]);
	if (is_block(s) && shifted)
		each_port(s, add_own_target);
	else
		add_target(s, key);
}

static void
add_slot(const struct slot *s)
{
	char *key = slot_key(s, ruleset_protos[s->proto], is_block(s));

	add_tally(s);
	if (s->held || s->f->st->v[FORWARD_FROM].set)
		add(&s->into, is_block(s) ? SET_EXCLUSIVE_BLOCK : SET_EXCLUSIVE,
		    key, NULL);
	if (!s->held)
		add_claim(s, key);
	free(key);
}

static void
add_range(const struct slot *s)
{
	const struct value *from = &s->f->st->v[FORWARD_FROM];

	if (from->set && !s->held)
		add_sources(s, &from->prefixes);
	if (s->ports.hi - s->ports.lo < SPREAD_MAX)
		each_port(s, add_slot);
	else
		add_slot(s);
}

/* The rest of one public address. */
static void
claim_rest(const struct slot *s, const char *pair)
{
	const struct value *from = &s->f->st->v[FORWARD_FROM];
	const struct into *into = &s->into;
	const struct prefixes only = prefixes_of(&from->prefixes, into->family);
	char text[ADDR_TEXT_MAX];
	size_t i;

	add(into, SET_REST, s->on, s->to);
	add(into, SET_FRESH_REST, pair, s->meters[METER_NEW]);
	add(into, from->set ? SET_LIMITED_REST : SET_OPEN_REST, pair, NULL);
	for (i = 0; i < only.n; i++)
		if (!prefixes_repeat(&only, i))
			add_with(into, SET_NARROW_REST, pair,
			    prefix_text(&only.v[i], text));
}

static void
add_rest(const struct slot *s)
{
	char *pair = xasprintf("%s . %s", s->on, s->to);

	add_ways(&s->into, SET_TALLY_REST, pair, false, s->meters);
	if (!s->held)
		claim_rest(s, pair);
	free(pair);
}

static void
add_ports(const struct slot *of)
{
	const struct value *v = of->f->st->v;
	const struct ports *ports = &v[FORWARD_PORTS].ports;
	unsigned proto = v[FORWARD_PROTO].choice, p;
	struct slot s = *of;
	size_t i;

	for (i = 0; i < ports->n; i++)
		for (p = 0; p <= PROTO_UDP; p++) {
			if (proto != p && proto != PROTO_TCP_UDP)
				continue;
			s.ports = ports->v[i];
			s.proto = (enum proto)p;
			s.to_port = v[FORWARD_TO].target.port;
			add_range(&s);
		}
}

void
ruleset_add_forward(struct ruleset *r, const struct model_forward *f)
{
	static const enum meter_kind by_name[METER_KINDS] = { METER_IN,
		METER_NEW, METER_OUT };
	char on[ADDR_TEXT_MAX], to[ADDR_TEXT_MAX], *meters[METER_KINDS];
	struct slot s = {
		.into = { r, f->family }, .f = f, .on = on, .meters = meters
	};
	size_t i;

	for (i = 0; i < METER_KINDS; i++)
		meters[i] =
		    model_meter_name(f->id, (enum meter_kind)i, f->family);
	s.to = addr_text(&f->target, to);
	for (i = 0; i < f->nheld; i++) {
		addr_text(&f->on[i], on);
		s.held = i >= f->non;
		if (statement_takes_rest(f->st))
			add_rest(&s);
		else
			add_ports(&s);
	}
	for (i = 0; i < METER_KINDS; i++) {
		ruleset_add_element(&r->counters, meters[by_name[i]], NULL);
		free(meters[by_name[i]]);
	}
}

static bool
asks_for_known(const struct model *m, enum family f)
{
	const struct model_policy *p;

	for (p = m->policies; p < END_OF(m->policies, m->npolicies); p++)
		if (p->holds[f] && (p->from[f].unknown || p->to[f].unknown))
			return true;
	return false;
}

/* Policies about unknown addresses need the known ones. */
void
ruleset_add_known(struct ruleset *r, const struct model *m)
{
	char text[ADDR_TEXT_MAX], *key;
	struct into to = { .r = r };
	enum family f;
	size_t i;

	for (f = 0; f < FAMILY_COUNT; f++)
		r->has_set[ruleset_in(SET_KNOWN, f)] = asks_for_known(m, f);
	for (i = 0; i < m->nknown; i++) {
		to.family = addr_family(&m->known[i].addr);
		if (!r->has_set[ruleset_in(SET_KNOWN, to.family)])
			continue;
		key = xasprintf("\"%s\" . %s", m->known[i].bridge,
		    addr_text(&m->known[i].addr, text));
		add(&to, SET_KNOWN, key, NULL);
		free(key);
	}
}
