/* Base chains of others: one dump of all chains, then one of rules and one of
 * sets for each table. */
#include "config.h"

#include "core/kernel/net_hooks.h"

#include <netinet/in.h> /* first: the kernel's headers give way to it */

#include <endian.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter_bridge.h>
#include <stdlib.h>
#include <string.h>

#include "core/kernel/net_legacy.h"
#include "core/kernel/net_parts.h"
#include "core/kernel/net_trace.h"

#define NETDEV_EGRESS 1 /* NF_NETDEV_EGRESS, which older headers lack */

static const struct {
	uint8_t family;
	uint32_t number;
	enum hook_place place;
} places[] = {
	{ NFPROTO_INET, NF_INET_INGRESS, HOOK_INGRESS },
	{ NFPROTO_INET, NF_INET_PRE_ROUTING, HOOK_PREROUTING },
	{ NFPROTO_INET, NF_INET_LOCAL_IN, HOOK_INPUT },
	{ NFPROTO_INET, NF_INET_FORWARD, HOOK_FORWARD },
	{ NFPROTO_INET, NF_INET_LOCAL_OUT, HOOK_OUTPUT },
	{ NFPROTO_INET, NF_INET_POST_ROUTING, HOOK_POSTROUTING },
	{ NFPROTO_IPV6, NF_INET_PRE_ROUTING, HOOK_PREROUTING },
	{ NFPROTO_IPV6, NF_INET_LOCAL_IN, HOOK_INPUT },
	{ NFPROTO_IPV6, NF_INET_FORWARD, HOOK_FORWARD },
	{ NFPROTO_IPV6, NF_INET_LOCAL_OUT, HOOK_OUTPUT },
	{ NFPROTO_IPV6, NF_INET_POST_ROUTING, HOOK_POSTROUTING },
	{ NFPROTO_IPV4, NF_INET_PRE_ROUTING, HOOK_PREROUTING },
	{ NFPROTO_IPV4, NF_INET_LOCAL_IN, HOOK_INPUT },
	{ NFPROTO_IPV4, NF_INET_FORWARD, HOOK_FORWARD },
	{ NFPROTO_IPV4, NF_INET_LOCAL_OUT, HOOK_OUTPUT },
	{ NFPROTO_IPV4, NF_INET_POST_ROUTING, HOOK_POSTROUTING },
	{ NFPROTO_BRIDGE, NF_BR_PRE_ROUTING, HOOK_BRIDGE_PREROUTING },
	{ NFPROTO_BRIDGE, NF_BR_LOCAL_IN, HOOK_BRIDGE_INPUT },
	{ NFPROTO_BRIDGE, NF_BR_LOCAL_OUT, HOOK_BRIDGE_OUTPUT },
	{ NFPROTO_BRIDGE, NF_BR_POST_ROUTING, HOOK_BRIDGE_POSTROUTING },
	{ NFPROTO_NETDEV, NF_NETDEV_INGRESS, HOOK_INGRESS },
	{ NFPROTO_NETDEV, NETDEV_EGRESS, HOOK_EGRESS },
};

static enum hook_place
place_of(uint8_t family, struct nlattr *hook)
{
	struct nlattr *num = net_inside(hook, NFTA_HOOK_HOOKNUM);
	size_t i;

	for (i = 0; num != NULL && i < NITEMS(places); i++)
		if (places[i].family == family &&
		    places[i].number == net_number(num))
			return places[i].place;
	return HOOK_COUNT;
}

static void
add_link(struct hook *h, const struct nlattr *name)
{
	h->links = xgrow(h->links, h->nlinks, sizeof(*h->links));
	nla_strlcpy(h->links[h->nlinks++], name, sizeof(*h->links));
}

static void
read_links(struct hook *h, struct nlattr *hook)
{
	struct nlattr *one = net_inside(hook, NFTA_HOOK_DEV), *a;
	struct nlattr *several = net_inside(hook, NFTA_HOOK_DEVS);
	int left;

	if (several == NULL && one != NULL)
		add_link(h, one);
	if (several == NULL)
		return;
	nla_for_each_nested (a, several, left) {
		if (nla_type(a) == NFTA_DEVICE_NAME)
			add_link(h, a);
	}
}

static int
priority_of(struct nlattr *hook)
{
	return (int32_t)net_number(net_inside(hook, NFTA_HOOK_PRIORITY));
}

static bool
is_nat(struct nlattr **tb)
{
	return tb[NFTA_CHAIN_TYPE] != NULL &&
	       nla_strcmp(tb[NFTA_CHAIN_TYPE], "nat") == 0;
}

static void
add_hook(struct hooks *all, uint8_t family, struct nlattr **tb)
{
	struct nlattr *hook = tb[NFTA_CHAIN_HOOK];
	enum hook_place place = place_of(family, hook);
	struct hook *h;

	if (place == HOOK_COUNT)
		return;
	all->v = xgrow(all->v, all->n, sizeof(*all->v));
	h = &all->v[all->n++];
	*h = (struct hook){ .chain = all->tables.nchains - 1,
		.place = place,
		.priority = priority_of(hook),
		.nat = is_nat(tb) };
	read_links(h, hook);
}

static void
add_own(struct hooks *all, struct nlattr **tb)
{
	struct nlattr *hook = tb[NFTA_CHAIN_HOOK];
	enum hook_place place = place_of(NFPROTO_INET, hook);

	if (place == HOOK_COUNT)
		return;
	all->own = xgrow(all->own, all->nown, sizeof(*all->own));
	all->own[all->nown++] =
	    (struct own_hook){ .name = xstrdup(nla_data(tb[NFTA_CHAIN_NAME])),
		    .place = place,
		    .priority = priority_of(hook),
		    .nat = is_nat(tb) };
}

static bool
matters(uint8_t family)
{
	size_t i;

	for (i = 0; i < NITEMS(places); i++)
		if (places[i].family == family)
			return true;
	return false;
}

struct reading {
	const char *ours;
	struct hooks *hooks;
};

static void
on_chain(struct nlmsghdr *h, void *arg)
{
	static const struct nla_policy policy[NFTA_CHAIN_MAX + 1] = {
		[NFTA_CHAIN_TABLE] = { .type = NLA_STRING },
		[NFTA_CHAIN_NAME] = { .type = NLA_STRING },
	};
	const struct nfgenmsg *head = nlmsg_data(h);
	struct nlattr *tb[NFTA_CHAIN_MAX + 1];
	struct reading *r = arg;
	struct tables *t = &r->hooks->tables;
	struct rule_chain *c;

	if (net_parse(h, sizeof(*head), tb, NFTA_CHAIN_MAX, policy) != 0 ||
	    tb[NFTA_CHAIN_TABLE] == NULL || tb[NFTA_CHAIN_NAME] == NULL ||
	    !matters(head->nfgen_family) ||
	    has_prefix(nla_data(tb[NFTA_CHAIN_TABLE]), TRACE_TABLE))
		return;
	if (head->nfgen_family == NFPROTO_INET &&
	    nla_strcmp(tb[NFTA_CHAIN_TABLE], r->ours) == 0) {
		add_own(r->hooks, tb);
		return;
	}
	t->chains = xgrow(t->chains, t->nchains, sizeof(*t->chains));
	c = &t->chains[t->nchains++];
	chain_begin(
	    c, nla_data(tb[NFTA_CHAIN_TABLE]), nla_data(tb[NFTA_CHAIN_NAME]));
	c->family = head->nfgen_family;
	c->drops = tb[NFTA_CHAIN_POLICY] != NULL &&
		   net_number(tb[NFTA_CHAIN_POLICY]) == NF_DROP;
	add_hook(r->hooks, head->nfgen_family, tb);
}

static void
restart_chains(void *arg)
{
	hooks_free(((struct reading *)arg)->hooks);
}

/* Rules */

struct rules_of {
	struct tables *tables;
	const struct rule_chain *first; /* any of its table */
	size_t last;			/* that a rule was added to */
};

/* Rules are dumped chain by chain. */
static struct rule_chain *
find_chain(struct rules_of *r, const struct nlattr *name)
{
	struct tables *t = r->tables;
	size_t i, at;

	for (i = 0; i < t->nchains; i++) {
		at = (r->last + i) % t->nchains;
		if (nla_strcmp(name, t->chains[at].name) != 0 ||
		    !chain_is_beside(&t->chains[at], r->first))
			continue;
		r->last = at;
		return &t->chains[at];
	}
	return NULL;
}

static void
on_rule(struct nlmsghdr *h, void *arg)
{
	struct rules_of *r = arg;
	struct nlattr *tb[NFTA_RULE_MAX + 1];
	struct rule_chain *c;

	if (net_parse(h, sizeof(struct nfgenmsg), tb, NFTA_RULE_MAX, NULL) ||
	    tb[NFTA_RULE_CHAIN] == NULL || tb[NFTA_RULE_EXPRESSIONS] == NULL)
		return;
	c = find_chain(r, tb[NFTA_RULE_CHAIN]);
	if (c != NULL)
		net_bytecode(r->tables, c, tb[NFTA_RULE_EXPRESSIONS]);
}

static void
restart_rules(void *arg)
{
	struct rules_of *r = arg;
	size_t i;

	for (i = 0; i < r->tables->nchains; i++)
		if (chain_is_beside(&r->tables->chains[i], r->first))
			chain_empty(&r->tables->chains[i]);
}

/* A table that is gone by now has no rules. */
static int
read_rules(
    struct net *net, struct tables *tables, const struct rule_chain *first)
{
	struct rules_of r = { .tables = tables, .first = first };
	struct nl_msg *msg;
	int code = net_rule_sets(net, tables, first);

	if (code != 0)
		return code;
	msg = net_nft_request(NFT_MSG_GETRULE, first->family);
	nla_put_string(msg, NFTA_RULE_TABLE, first->table);
	code = net_nft_dump(net, msg, on_rule, restart_rules, &r);
	nlmsg_free(msg);
	return code == ENOENT ? 0 : code;
}

static void
on_table(struct nlmsghdr *h, void *arg)
{
	const struct nlattr *flags =
	    nlmsg_find_attr(h, sizeof(struct nfgenmsg), NFTA_TABLE_FLAGS);

	*(uint32_t *)arg = net_number(flags);
}

/* Whether its table is dormant, so that no packet traverses it. */
static bool
is_dormant(struct net *net, const struct rule_chain *c)
{
	struct nl_msg *msg = net_nft_request(NFT_MSG_GETTABLE, c->family);
	uint32_t flags = 0;

	nla_put_string(msg, NFTA_TABLE_NAME, c->table);
	net_ask(net->netfilter, msg, on_table, &flags);
	nlmsg_free(msg);
	return (flags & NFT_TABLE_F_DORMANT) != 0;
}

/* Reads each hook's table once; dormant ones are left out. */
static int
read_tables(struct net *net, struct hooks *out)
{
	const struct rule_chain *c, *before = NULL;
	bool dormant = false;
	size_t i, n = 0;
	int code = 0;

	for (i = 0; i < out->n; i++) {
		c = &out->tables.chains[out->v[i].chain];
		if (before == NULL || !chain_is_beside(c, before)) {
			dormant = is_dormant(net, c);
			if (!dormant && code == 0)
				code = read_rules(net, &out->tables, c);
		}
		before = c;
		if (dormant)
			free(out->v[i].links);
		else
			out->v[n++] = out->v[i];
	}
	out->n = n;
	return code;
}

#define INSIDE_MAX 512 /* answers of a dump, and */
#define HOOKS_INSIDE_MAX 16

static int
read_chains(struct net *net, const char *ours, struct hooks *out)
{
	struct reading r = { .ours = ours, .hooks = out };
	struct nl_msg *msg = net_nft_request(NFT_MSG_GETCHAIN, NFPROTO_UNSPEC);
	int code = net_nft_dump(net, msg, on_chain, restart_chains, &r);

	nlmsg_free(msg);
	if (code == 0 && net->bound > 0 && out->n > HOOKS_INSIDE_MAX)
		code = EFBIG;
	return code;
}

int
net_hooks(struct net *net, const char *ours, struct hooks *out, struct err *e)
{
	int code;

	memset(out, 0, sizeof(*out));
	if (net_nft_need(net, e) != 0)
		return -1;
	code = read_chains(net, ours, out);
	if (code == 0)
		code = read_tables(net, out);
	if (code == 0)
		code = net_legacy(out);
	if (code != 0) {
		hooks_free(out);
		return net_fail(e, code, "cannot read the chains of others");
	}
	hooks_judge(out);
	return 0;
}

/* Most containers have no rules. */
static bool
read_tables_inside(struct net *net, struct net *inside,
    const struct container *c, struct hooks *out)
{
	struct err ignored;

	if (out->n == 0)
		return true;
	inside->peek_netfilter = net_enter(net, c, NETLINK_NETFILTER, &ignored);
	return inside->peek_netfilter != NULL && read_tables(inside, out) == 0;
}

int
net_hooks_inside(struct net *net, const struct container *c,
    uint32_t *generation, struct hooks *out, struct err *e)
{
	struct net inside = { .bound = INSIDE_MAX };
	uint32_t now;
	int r = -1;

	memset(out, 0, sizeof(*out));
	inside.netfilter = net_enter(net, c, NETLINK_NETFILTER, e);
	if (inside.netfilter == NULL || net_generation(&inside, &now, e) != 0)
		goto out;
	r = now == *generation ? 1 : 0;
	if (r == 1)
		goto out;
	*generation = now;
	if (read_chains(&inside, "", out) == 0 &&
	    read_tables_inside(net, &inside, c, out))
		hooks_judge(out);
	else
		hooks_free(out);
out:
	nl_socket_free(inside.netfilter);
	nl_socket_free(inside.peek_netfilter);
	return r;
}
