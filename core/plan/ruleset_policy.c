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

static void
print_prefixes(const struct prefixes *ps, struct buf *b)
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
static const struct side from_side = { "iifname", "ip6 saddr", "" };
static const struct side to_side = { "oifname", "ip6 daddr",
	"ip6 daddr != ff00::/8 " };

/* One end of one rule. */
struct match {
	struct rule_list *to;
	const struct side *side;
	const struct who *who;
	const struct model_end *container; /* of a WHO that is one */
	bool unknown; /* the container by what is not known on its bridge, not
			 by the address that it was given */
};

static void
match_all(const struct match *e UNUSED)
{
}

static void
match_prefixes(const struct match *e)
{
	buf_printf(&e->to->text, "%s ", e->side->addr);
	print_prefixes(&e->who->prefixes, &e->to->text);
	buf_add(&e->to->text, " ");
}

static void
match_link(const struct match *e, const char *name)
{
	buf_printf(&e->to->text, "%s \"%s\" ", e->side->link, name);
}

static void
match_own_bridge(const struct match *e)
{
	const struct model_end *c = e->container;

	if (c->bridge != NULL && e->unknown == c->unknown)
		match_link(e, c->bridge);
}

static void
match_container(const struct match *e)
{
	const struct model_end *c = e->container;
	char addr[ADDR_TEXT_MAX];

	if (e->unknown)
		buf_printf(&e->to->text, "%s%s . %s != @%s ", e->side->no_group,
		    e->side->link, e->side->addr, ruleset_sets[SET_KNOWN].name);
	else
		buf_printf(&e->to->text, "%s { %s } ", e->side->addr,
		    addr_text(&c->addr, addr));
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

void
ruleset_match_links(struct rule_list *to, const struct model_policy *p)
{
	const struct value *v = p->st->v;
	struct match from = { to, &from_side, &v[POLICY_FROM].who, &p->from,
		p->from.unknown };
	struct match at = { to, &to_side, &v[POLICY_TO].who, &p->to,
		p->to.unknown };

	kinds[from.who->kind].link(&from);
	kinds[at.who->kind].link(&at);
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

/* The number of alternative matches for an end. */
static int
count_ways(const struct model_end *end)
{
	return end->unknown ? 2 : 1;
}

bool
ruleset_has_chain(const struct model_policy *p)
{
	return count_ways(&p->from) * count_ways(&p->to) > 1;
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
add_rule(struct rule_list *to, const struct model_policy *p, bool unknown_from,
    bool unknown_to)
{
	const struct value *v = p->st->v;

	match_who(&(struct match){
	    to, &from_side, &v[POLICY_FROM].who, &p->from, unknown_from });
	match_who(&(struct match){
	    to, &to_side, &v[POLICY_TO].who, &p->to, unknown_to });
	match_ports(to, v);
	if (ruleset_has_chain(p))
		buf_printf(&to->text, "jump %s\n", p->id);
	else
		ruleset_end_policy(p, &to->text);
}

void
ruleset_add_keep(struct rule_list *to, const struct model_policy *p)
{
	const struct value *v = p->st->v;

	match_who(&(struct match){
	    to, &from_side, &v[POLICY_FROM].who, &p->from, false });
	match_who(
	    &(struct match){ to, &to_side, &v[POLICY_TO].who, &p->to, false });
	match_ports(to, v);
	buf_add(&to->text, "return\n");
}

void
ruleset_add_policy(struct rule_list *to, const struct model_policy *p)
{
	int from, at;

	for (from = 0; from < count_ways(&p->from); from++)
		for (at = 0; at < count_ways(&p->to); at++)
			add_rule(to, p, from > 0, at > 0);
}
