/* Elements of sets: forwards and known addresses. */
#include "config.h"

#include "core/lang/type_addr.h"
#include "core/plan/model_counter.h"
#include "core/plan/ruleset_parts.h"

#include <stdio.h>
#include <stdlib.h>

/* One public address, protocol and port range of one forward. */
struct slot {
	struct ruleset *r;
	const struct model_forward *f;
	const struct prefix *on;
	const char *proto;
	struct range ports;
	unsigned to_port; /* of the first; 0 keeps the ports */
};

static void
add(struct ruleset *r, enum ruleset_set set, const char *key, const char *value)
{
	r->has_set[set] = true;
	ruleset_add_element(&r->sets[set], key, value);
}

static bool
is_block(const struct slot *s)
{
	return s->ports.lo != s->ports.hi;
}

/* The key in sets whose order is that of hash maps, or of ranges. */
static char *
slot_key(const struct slot *s, bool ranged)
{
	char on[ADDR_TEXT_MAX], ports[16];

	addr_text(s->on, on);
	if (is_block(s))
		snprintf(
		    ports, sizeof(ports), "%u-%u", s->ports.lo, s->ports.hi);
	else
		snprintf(ports, sizeof(ports), "%u", s->ports.lo);
	return ranged ? xasprintf("%s . %s . %s", ports, on, s->proto)
		      : xasprintf("%s . %s . %s", on, s->proto, ports);
}

static void
add_tally(const struct slot *s, const char *key, bool block)
{
	static const struct {
		const char *direction;
		enum meter_kind kind;
	} ways[] = { { "original", METER_IN }, { "reply", METER_OUT } };
	char *tally, *counter;
	size_t i;

	for (i = 0; i < NITEMS(ways); i++) {
		tally = block ? xasprintf("%s . %s", key, ways[i].direction)
			      : xasprintf("%s . %s", ways[i].direction, key);
		counter = model_meter_name(s->f->id, ways[i].kind);
		add(s->r, block ? SET_TALLY_BLOCK : SET_TALLY, tally, counter);
		free(tally);
		free(counter);
	}
	counter = model_meter_name(s->f->id, METER_NEW);
	add(s->r, block ? SET_FRESH_BLOCK : SET_FRESH, key, counter);
	free(counter);
}

static void
add_with(
    struct ruleset *r, enum ruleset_set set, const char *key, const char *addr)
{
	char *longer = xasprintf("%s . %s", key, addr);

	add(r, set, longer, NULL);
	free(longer);
}

static void
add_sources(const struct slot *s, const struct prefixes *from)
{
	char text[ADDR_TEXT_MAX], *key = slot_key(s, true);
	size_t i;

	add_with(s->r, SET_LIMITED, key, addr_text(&s->f->target, text));
	for (i = 0; i < from->n; i++)
		if (!prefixes_repeat(from, i))
			add_with(s->r, SET_NARROW, key,
			    prefix_text(&from->v[i], text));
	free(key);
}

/* What tells where its packets go. */
static void
add_target(const struct slot *s)
{
	bool block = is_block(s);
	char to[ADDR_TEXT_MAX], *key = slot_key(s, block), *value;

	addr_text(&s->f->target, to);
	value = block ? xstrdup(to)
		      : xasprintf("%s . %u", to,
			    s->to_port != 0 ? s->to_port : s->ports.lo);
	add(s->r, block ? SET_BLOCK : SET_SINGLE, key, value);
	free(key);
	free(value);
}

/* What counts them, and says for whom they are, by their original ports. */
static void
add_terms(const struct slot *s)
{
	const struct value *from = &s->f->st->v[FORWARD_FROM];
	bool block = is_block(s);
	char *key = slot_key(s, block);

	add_tally(s, key, block);
	if (from->set)
		add_sources(s, &from->prefixes);
	else
		add(s->r, block ? SET_OPEN_BLOCK : SET_OPEN, key, NULL);
	free(key);
}

/* The kernel maps a range of target ports arbitrarily, not one to one
 * (nf_nat_l4proto_unique_tuple without NF_NAT_RANGE_PROTO_OFFSET, which
 * nftables cannot ask for), so a shifted block has a target for each port. */
static void
add_range(struct slot s, unsigned shift_to)
{
	struct range all = s.ports;
	unsigned port;

	add_terms(&s);
	if (shift_to == 0 || shift_to == all.lo) {
		add_target(&s);
		return;
	}
	for (port = all.lo; port <= all.hi; port++) {
		s.ports = (struct range){ (uint16_t)port, (uint16_t)port };
		s.to_port = shift_to + (port - all.lo);
		add_target(&s);
	}
}

void
ruleset_add_forward(struct ruleset *r, const struct model_forward *f)
{
	unsigned proto = f->st->v[FORWARD_PROTO].choice;
	const struct ports *ports = &f->st->v[FORWARD_PORTS].ports;
	struct slot s = { .r = r, .f = f };
	char *name;
	size_t i, k, p;

	for (i = 0; i < f->non; i++)
		for (k = 0; k < ports->n; k++)
			for (p = 0; p <= PROTO_UDP; p++) {
				if (proto != p && proto != PROTO_TCP_UDP)
					continue;
				s.on = &f->on[i];
				s.ports = ports->v[k];
				s.proto = ruleset_protos[p];
				add_range(s, f->st->v[FORWARD_TO].target.port);
			}
	for (i = 0; i < METER_KINDS; i++) {
		name = model_meter_name(f->id, (enum meter_kind)i);
		ruleset_add_element(&r->counters, name, NULL);
		free(name);
	}
}

/* Policies about unknown addresses need the known ones. */
void
ruleset_add_known(struct ruleset *r, const struct model *m)
{
	char text[ADDR_TEXT_MAX], *key;
	size_t i;

	for (i = 0; i < m->npolicies; i++)
		if (ruleset_has_chain(&m->policies[i]))
			break;
	if (i == m->npolicies)
		return;
	for (i = 0; i < m->nknown; i++) {
		key = xasprintf("\"%s\" . %s", m->known[i].bridge,
		    addr_text(&m->known[i].addr, text));
		add(r, SET_KNOWN, key, NULL);
		free(key);
	}
}
