/* Policies as rules. */
#include "config.h"

#include "core/ruleset_parts.h"

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
match_who(struct rules *to, const struct value *v, const struct prefix *addr,
    const char *iface, const char *field)
{
	const struct who *who = &v->who;
	size_t i, said = 0;

	if (!v->set || who->kind == WHO_ANY)
		return;
	if (who->kind == WHO_BRIDGE) {
		buf_printf(&to->text, "%s \"%s\" ", iface, who->name);
		return;
	}
	if (who->kind == WHO_UPLINK) {
		buf_printf(&to->text, "%s ", iface);
		print_uplinks(to->m, &to->text);
		buf_add(&to->text, " ");
		return;
	}
	buf_printf(&to->text, "ip6 %s { ", field);
	if (who->kind == WHO_CONTAINER)
		prefix_print(addr, &to->text);
	for (i = 0; i < who->prefixes.n; i++) {
		if (prefixes_repeat(&who->prefixes, i))
			continue;
		buf_add(&to->text, said++ > 0 ? ", " : "");
		prefix_print(&who->prefixes.v[i], &to->text);
	}
	buf_add(&to->text, " } ");
}

static void
match_ports(struct rules *to, const struct value *v)
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

static void
add_policy(struct rules *to, const struct model_policy *p)
{
	static const char *const ends[] = {
		[ST_ALLOW] = "goto pass",
		[ST_DENY] = "drop",
		[ST_REJECT] = "goto refuse",
	};
	const struct value *v = p->st->v;
	const struct rate *rate = &v[POLICY_LIMIT].rate;

	if (p->by != NULL)
		buf_printf(&to->text, "iifname \"%s\" ", p->by);
	match_who(to, &v[POLICY_FROM], &p->from, "iifname", "saddr");
	match_who(to, &v[POLICY_TO], &p->to, "oifname", "daddr");
	match_ports(to, v);
	if (v[POLICY_LIMIT].set)
		buf_printf(&to->text, "limit rate %u/%s ", rate->n,
		    rate->per_minute ? "minute" : "second");
	if (v[POLICY_LOG].set)
		buf_printf(&to->text, "log prefix \"seki %s %s: \" ",
		    statement_row(p->st)->name,
		    type_chain.choices[v[POLICY_CHAIN].choice].word);
	buf_printf(
	    &to->text, "counter name \"%s\" %s\n", p->id, ends[p->st->kind]);
}

void
ruleset_add_policies(struct rules *to, enum chain chain)
{
	const struct model_policy *p;

	for (p = to->m->policies; p < END_OF(to->m->policies, to->m->npolicies);
	     p++)
		if (p->st->v[POLICY_CHAIN].choice == (unsigned)chain)
			add_policy(to, p);
}
