/* Policies as rules. */
#include "config.h"

#include "core/lang/type_addr.h"
#include "core/plan/ruleset_parts.h"

const char *const ruleset_protos[] = {
	[PROTO_TCP] = RULESET_TCP,
	[PROTO_UDP] = RULESET_UDP,
	[PROTO_TCP_UDP] = RULESET_TCP_UDP,
	[PROTO_ANY] = NULL,
	[PROTO_ICMPV6] = RULESET_ICMPV6,
	[PROTO_ICMP] = RULESET_ICMP,
};

static void
print_uplinks(const struct model *m, struct buf *b)
{
	size_t i;

	buf_add(b, "{ ");
	for (i = 0; i < m->nuplinks; i++)
		buf_printf(
		    b, "%s\"%s\"", i > 0 ? ", " : "", m->uplinks[i].link->name);
	buf_add(b, " }");
}

void
ruleset_print_prefixes(const struct prefixes *ps, struct buf *b)
{
	size_t i, said = 0;

	buf_add(b, "{ ");
	for (i = 0; i < ps->n; i++) {
		if (prefixes_repeat(ps, i))
			continue;
		buf_add(b, said++ > 0 ? ", " : "");
		prefix_print(&ps->v[i], b);
	}
	buf_add(b, " }");
}

/* In nft syntax. A multicast group is no container. */
struct side {
	const char *link, *addr, *no_group;
};
static const struct side from_sides[FAMILY_COUNT] = {
	[FAMILY_IPV6] = { "iifname", "ip6 saddr", "" },
	[FAMILY_IPV4] = { "iifname", "ip saddr", "" },
};
static const struct side to_sides[FAMILY_COUNT] = {
	[FAMILY_IPV6] = { "oifname", "ip6 daddr", "ip6 daddr != ff00::/8 " },
	[FAMILY_IPV4] = { "oifname", "ip daddr", "ip daddr != 224.0.0.0/3 " },
};

/* One end of one rule. */
struct match {
	struct rule_list *to;
	const struct side *side;
	const struct who *who;
	const struct model_end *end;
	enum ruleset_set known;
	bool unknown; /* the container by what is not known on its bridge, not
			 by the address that it was given */
};

static void
match_all(const struct match *e UNUSED)
{
}

static void
match_any_of(const struct match *e, const struct prefixes *ps)
{
	buf_printf(&e->to->text, "%s ", e->side->addr);
	ruleset_print_prefixes(ps, &e->to->text);
	buf_add(&e->to->text, " ");
}

static void
match_prefixes(const struct match *e)
{
	match_any_of(e, &e->end->in);
}

static void
match_link(const struct match *e, const char *name)
{
	buf_printf(&e->to->text, "%s \"%s\" ", e->side->link, name);
}

static void
match_own_bridge(const struct match *e)
{
	const struct model_end *c = e->end;

	if (c->bridge != NULL && e->unknown == c->unknown)
		match_link(e, c->bridge);
}

static void
match_container(const struct match *e)
{
	const struct model_addrs *given = &e->end->given;
	const struct prefixes all = { (struct prefix *)given->v, given->n };

	if (e->unknown)
		buf_printf(&e->to->text, "%s%s . %s != @%s ", e->side->no_group,
		    e->side->link, e->side->addr, ruleset_sets[e->known].name);
	else
		match_any_of(e, &all);
}

static void
match_bridge(const struct match *e)
{
	match_link(e, e->who->name);
}

static void
match_uplink(const struct match *e)
{
	buf_printf(&e->to->text, "%s ", e->side->link);
	print_uplinks(e->to->m, &e->to->text);
	buf_add(&e->to->text, " ");
}

/* How each kind of end is matched. */
static const struct {
	void (*link)(const struct match *);
	void (*address)(const struct match *);
} kinds[] = {
	[WHO_ANY] = { match_all, match_all },
	[WHO_PREFIXES] = { match_all, match_prefixes },
	[WHO_CONTAINER] = { match_own_bridge, match_container },
	[WHO_BRIDGE] = { match_bridge, match_all },
	[WHO_UPLINK] = { match_uplink, match_all },
};

static void
match_who(const struct match *e)
{
	kinds[e->who->kind].link(e);
	kinds[e->who->kind].address(e);
}

static bool
has_addresses(const struct value *who)
{
	return who->set && (who->who.kind == WHO_PREFIXES ||
			       who->who.kind == WHO_CONTAINER);
}

/* Whether each family has a rule of its own. */
static bool
is_addressed(const struct model_policy *p)
{
	return has_addresses(&p->st->v[POLICY_FROM]) ||
	       has_addresses(&p->st->v[POLICY_TO]);
}

/* A header field says the family by itself. */
static void
match_family(struct rule_list *to, const struct model_policy *p, enum family f)
{
	static const char *const names[FAMILY_COUNT] = {
		[FAMILY_IPV6] = "ipv6", [FAMILY_IPV4] = "ipv4"
	};
	bool one = p->holds[FAMILY_IPV6] != p->holds[FAMILY_IPV4];

	if (to->m->ipv4 && one && !is_addressed(p))
		buf_printf(&to->text, "meta nfproto %s ", names[f]);
}

static struct match
from_of(struct rule_list *to, const struct model_policy *p, enum family f,
    bool unknown)
{
	return (struct match){ to, &from_sides[f], &p->st->v[POLICY_FROM].who,
		&p->from[f], ruleset_in(SET_KNOWN, f), unknown };
}

static struct match
to_of(struct rule_list *to, const struct model_policy *p, enum family f,
    bool unknown)
{
	return (struct match){ to, &to_sides[f], &p->st->v[POLICY_TO].who,
		&p->to[f], ruleset_in(SET_KNOWN, f), unknown };
}

static void
match_start(const struct match *e)
{
	kinds[e->who->kind].link(e);
	if (e->unknown)
		kinds[e->who->kind].address(e);
}

void
ruleset_match_way(struct rule_list *to, const struct model_policy *p,
    const struct ruleset_way *way)
{
	struct match from = from_of(to, p, way->family, way->unknown[0]);
	struct match at = to_of(to, p, way->family, way->unknown[1]);

	match_family(to, p, way->family);
	match_start(&from);
	match_start(&at);
}

static void
match_ports(struct rule_list *to, const struct value *v)
{
	const struct value *p = &v[POLICY_PROTO];
	const char *proto = p->set ? ruleset_protos[p->choice] : NULL;

	if (proto != NULL)
		buf_printf(&to->text, "meta l4proto %s ", proto);
	if (v[POLICY_PORTS].set) {
		buf_add(&to->text, "th dport { ");
		type_print(&type_ports, &v[POLICY_PORTS], &to->text);
		buf_add(&to->text, " } ");
	}
}

/* Whether the end is matched in that way. A container may have no address that
 * was given to it. */
static bool
has_way(const struct model_end *end, bool unknown)
{
	return unknown ? end->unknown : !end->unknown || end->given.n > 0;
}

size_t
ruleset_each_way(const struct model_policy *p, ruleset_way_fn *add, void *arg)
{
	struct ruleset_way way = { .both = !is_addressed(p) &&
					   p->holds[FAMILY_IPV6] &&
					   p->holds[FAMILY_IPV4] };
	size_t n = 0;
	unsigned i;

	for (; way.family < FAMILY_COUNT; way.family++) {
		for (i = 0; p->holds[way.family] && i < 4; i++) {
			way.unknown[0] = i >> 1;
			way.unknown[1] = i & 1;
			if (!has_way(&p->from[way.family], way.unknown[0]) ||
			    !has_way(&p->to[way.family], way.unknown[1]))
				continue;
			add(arg, p, &way);
			n++;
		}
		if (way.both)
			break;
	}
	return n;
}

static void
ignore(void *arg UNUSED, const struct model_policy *p UNUSED,
    const struct ruleset_way *way UNUSED)
{
}

/* Whether it takes several rules to tell its packets. They lead to a chain,
 * called like its counter, so that limit, log and counter are one. */
static bool
has_chain(const struct model_policy *p)
{
	return ruleset_each_way(p, ignore, NULL) > 1;
}

const char *
ruleset_verdict(const struct model_policy *p)
{
	static const char *const ends[] = {
		[ST_ALLOW] = "goto pass",
		[ST_DENY] = "drop",
		[ST_REJECT] = "goto refuse",
	};

	return ends[p->st->kind];
}

void
ruleset_end_policy(const struct model_policy *p, struct buf *b)
{
	const struct value *v = p->st->v;
	const struct rate *rate = &v[POLICY_LIMIT].rate;

	if (v[POLICY_LIMIT].set)
		buf_printf(b, "limit rate %u/%s ", rate->n,
		    rate->per_minute ? "minute" : "second");
	if (v[POLICY_LOG].set)
		buf_printf(b, "log prefix \"seki %s %s: \" ",
		    statement_row(p->st)->name,
		    type_chain.choices[v[POLICY_CHAIN].choice].word);
	buf_printf(b, "counter name \"%s\" %s\n", p->id, ruleset_verdict(p));
}

static void
add_rule(void *arg, const struct model_policy *p, const struct ruleset_way *way)
{
	struct rule_list *to = arg;
	struct match from = from_of(to, p, way->family, way->unknown[0]);
	struct match at = to_of(to, p, way->family, way->unknown[1]);

	match_family(to, p, way->family);
	match_who(&from);
	match_who(&at);
	match_ports(to, p->st->v);
	if (has_chain(p))
		buf_printf(&to->text, "jump %s\n", p->id);
	else
		ruleset_end_policy(p, &to->text);
}

void
ruleset_add_keep(
    struct rule_list *to, const struct model_policy *p, enum family family)
{
	struct match from = from_of(to, p, family, false);
	struct match at = to_of(to, p, family, false);

	match_who(&from);
	match_who(&at);
	match_ports(to, p->st->v);
	buf_add(&to->text, "return\n");
}

static void
add_relay(void *arg, const struct model_policy *p, const struct ruleset_way *w)
{
	match_family(arg, p, w->family);
	ruleset_add_keep(arg, p, w->family);
}

void
ruleset_add_relays(struct rule_list *to)
{
	const struct model *m = to->m;
	const struct model_policy *p = m->policies;

	for (; p < END_OF(m->policies, m->npolicies); p++)
		if (statement_relays(p->st))
			ruleset_each_way(p, add_relay, to);
}

bool
ruleset_has_relays(const struct model *m)
{
	size_t i = 0;

	while (i < m->npolicies && !statement_relays(m->policies[i].st))
		i++;
	return i < m->npolicies;
}

void
ruleset_add_policy(struct rule_list *to, const struct model_policy *p)
{
	if (ruleset_each_way(p, add_rule, to) < 2)
		return;
	to->jumps = xgrow(to->jumps, to->njumps, sizeof(*to->jumps));
	to->jumps[to->njumps++] = p;
}
