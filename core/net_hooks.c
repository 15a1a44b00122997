/* Base chains of others on the hooks input and forward: one dump of all chains,
 * and one of the rules of each that matters. */
#include "config.h"

#include "core/hook.h"

#include <netinet/in.h> /* first: the kernel's headers give way to it */

#include <endian.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nf_tables_compat.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "core/net_internal.h"

/* By what its chains or its table are called. */
static const struct {
	const char *start, *owner, *cures[HOOK_COUNT];
} owners[] = {
	{ "ufw6-", "ufw",
	    { [HOOK_INPUT] = "ufw allow PORT/tcp",
		[HOOK_FORWARD] = "ufw route allow proto tcp to any port "
				 "PORT" } },
	{ "DOCKER-USER", "Docker",
	    { [HOOK_FORWARD] =
		    "ip6tables -I DOCKER-USER -o BRIDGE -j ACCEPT" } },
	{ "DOCKER", "Docker", { NULL } },
	{ "LIBVIRT_", "libvirt", { NULL } },
	{ "firewalld", "firewalld",
	    { [HOOK_INPUT] = "firewall-cmd --add-port=PORT/tcp" } },
	{ "incus", "Incus", { NULL } },
	{ "lxd", "LXD", { NULL } },
};

static const uint32_t hook_numbers[] = {
	[HOOK_INPUT] = NF_INET_LOCAL_IN,
	[HOOK_FORWARD] = NF_INET_FORWARD,
};

/* What happens to every packet that comes so far. */
enum end {
	END_UNKNOWN,
	END_ACCEPT,
	END_DROP
};

/* One chain of a dump. */
struct seen {
	char table[64], name[64];
	uint8_t family;
	enum hook_place place; /* HOOK_COUNT: none of those */
	enum end end;	       /* of its policy, then of its rules */
	unsigned conditions;   /* rules before that */
};

struct chains {
	struct seen *v;
	size_t n;
};

void
hooks_free(struct hooks *h)
{
	free(h->v);
	memset(h, 0, sizeof(*h));
}

static uint32_t
number(const struct nlattr *a)
{
	return a != NULL && nla_len(a) == 4 ? be32toh(nla_get_u32(a)) : 0;
}

static struct nlattr *
inside(struct nlattr *nest, int type)
{
	return nest != NULL ? nla_find(nla_data(nest), nla_len(nest), type)
			    : NULL;
}

static enum hook_place
place_of(struct nlattr *hook)
{
	struct nlattr *num = inside(hook, NFTA_HOOK_HOOKNUM);
	size_t i;

	for (i = 0; num != NULL && i < HOOK_COUNT; i++)
		if (hook_numbers[i] == number(num))
			return (enum hook_place)i;
	return HOOK_COUNT;
}

static void
on_chain(struct nlmsghdr *h, void *arg)
{
	static const struct nla_policy none[NFTA_CHAIN_MAX + 1];
	const struct nfgenmsg *head = nlmsg_data(h);
	struct nlattr *tb[NFTA_CHAIN_MAX + 1];
	struct chains *all = arg;
	struct seen *c;

	if (net_parse(h, sizeof(*head), tb, NFTA_CHAIN_MAX, none) != 0 ||
	    tb[NFTA_CHAIN_TABLE] == NULL || tb[NFTA_CHAIN_NAME] == NULL ||
	    (head->nfgen_family != NFPROTO_INET &&
		head->nfgen_family != NFPROTO_IPV6))
		return;
	all->v = xgrow(all->v, all->n, sizeof(*all->v));
	c = &all->v[all->n++];
	memset(c, 0, sizeof(*c));
	c->family = head->nfgen_family;
	nla_strlcpy(c->table, tb[NFTA_CHAIN_TABLE], sizeof(c->table));
	nla_strlcpy(c->name, tb[NFTA_CHAIN_NAME], sizeof(c->name));
	c->place = place_of(tb[NFTA_CHAIN_HOOK]);
	c->end = tb[NFTA_CHAIN_POLICY] != NULL &&
			 number(tb[NFTA_CHAIN_POLICY]) == NF_DROP
		     ? END_DROP
		     : END_ACCEPT;
}

static void
restart(void *arg)
{
	((struct chains *)arg)->n = 0;
}

/* Rules */

static bool
is_reject(const struct nlattr *target)
{
	return target != NULL && nla_strcmp(target, "REJECT") == 0;
}

/* What one of the expressions of a rule does; a jump may do anything. */
static enum end
end_of_expression(struct nlattr *name, struct nlattr *data)
{
	struct nlattr *verdict;

	if (nla_strcmp(name, "reject") == 0)
		return END_DROP;
	if (nla_strcmp(name, "target") == 0) /* of ip6tables */
		return is_reject(inside(data, NFTA_TARGET_NAME)) ? END_DROP
								 : END_UNKNOWN;
	if (nla_strcmp(name, "immediate") != 0)
		return END_UNKNOWN;
	verdict = inside(inside(data, NFTA_IMMEDIATE_DATA), NFTA_DATA_VERDICT);
	verdict = inside(verdict, NFTA_VERDICT_CODE);
	if (verdict == NULL)
		return END_UNKNOWN;
	return number(verdict) == NF_DROP     ? END_DROP
	       : number(verdict) == NF_ACCEPT ? END_ACCEPT
					      : END_UNKNOWN;
}

/* Of a rule without a condition: anything but counting before its verdict is
 * one. */
static enum end
end_of_rule(struct nlattr *expressions)
{
	struct nlattr *a, *name;
	enum end end = END_UNKNOWN;
	int left;

	nla_for_each_nested(a, expressions, left)
	{
		name = inside(a, NFTA_EXPR_NAME);
		if (name == NULL)
			return END_UNKNOWN;
		if (nla_strcmp(name, "counter") == 0 ||
		    nla_strcmp(name, "log") == 0)
			continue;
		end = end_of_expression(name, inside(a, NFTA_EXPR_DATA));
		if (end == END_UNKNOWN)
			break;
	}
	return end;
}

struct rules_of {
	struct seen *chain;
	enum end end;
	unsigned conditions;
};

static void
on_rule(struct nlmsghdr *h, void *arg)
{
	struct rules_of *r = arg;
	struct nlattr *tb[NFTA_RULE_MAX + 1];

	if (r->end != END_UNKNOWN ||
	    net_parse(h, sizeof(struct nfgenmsg), tb, NFTA_RULE_MAX, NULL) ||
	    tb[NFTA_RULE_CHAIN] == NULL ||
	    nla_strcmp(tb[NFTA_RULE_CHAIN], r->chain->name) != 0)
		return;
	if (tb[NFTA_RULE_EXPRESSIONS] != NULL)
		r->end = end_of_rule(tb[NFTA_RULE_EXPRESSIONS]);
	r->conditions += r->end == END_UNKNOWN;
}

static void
restart_rules(void *arg)
{
	struct rules_of *r = arg;

	r->end = END_UNKNOWN;
	r->conditions = 0;
}

static struct nl_msg *
request(int type, uint8_t family)
{
	struct nfgenmsg head = { .nfgen_family = family,
		.version = NFNETLINK_V0 };

	return net_message(
	    NFNL_SUBSYS_NFTABLES << 8 | type, 0, &head, sizeof(head));
}

/* A chain that is gone by now has no rules. */
static int
read_rules(struct net *net, struct seen *c)
{
	struct rules_of r = { .chain = c };
	struct nl_msg *msg = request(NFT_MSG_GETRULE, c->family);
	int code;

	nla_put_string(msg, NFTA_RULE_TABLE, c->table);
	nla_put_string(msg, NFTA_RULE_CHAIN, c->name);
	code = net_dump(net->netfilter, msg, on_rule, restart_rules, &r);
	nlmsg_free(msg);
	if (r.end != END_UNKNOWN)
		c->end = r.end;
	c->conditions = r.conditions;
	return code == ENOENT ? 0 : code;
}

static bool
belongs(const struct chains *all, const struct seen *to, const char *start)
{
	const struct seen *c;

	if (has_prefix(to->table, start))
		return true;
	for (c = all->v; c < END_OF(all->v, all->n); c++)
		if (c->family == to->family &&
		    strcmp(c->table, to->table) == 0 &&
		    has_prefix(c->name, start))
			return true;
	return false;
}

static void
add(struct hooks *out, const struct chains *all, const struct seen *c)
{
	struct hook *h;
	size_t i;

	out->v = xgrow(out->v, out->n, sizeof(*out->v));
	h = &out->v[out->n++];
	memset(h, 0, sizeof(*h));
	memcpy(h->table, c->table, sizeof(h->table));
	memcpy(h->chain, c->name, sizeof(h->chain));
	h->family = c->family == NFPROTO_INET ? "inet" : "ip6";
	h->place = c->place;
	h->all = c->conditions == 0;
	for (i = 0; i < NITEMS(owners) && h->owner == NULL; i++) {
		if (!belongs(all, c, owners[i].start))
			continue;
		h->owner = owners[i].owner;
		h->cure = owners[i].cures[c->place];
	}
}

static void
on_table(struct nlmsghdr *h, void *arg)
{
	const struct nlattr *flags =
	    nlmsg_find_attr(h, sizeof(struct nfgenmsg), NFTA_TABLE_FLAGS);

	*(uint32_t *)arg = number(flags);
}

/* Whether its table is asleep, so that no packet meets it. */
static bool
is_dormant(struct net *net, const struct seen *c)
{
	struct nl_msg *msg = request(NFT_MSG_GETTABLE, c->family);
	uint32_t flags = 0;

	nla_put_string(msg, NFTA_TABLE_NAME, c->table);
	net_ask(net->netfilter, msg, on_table, &flags);
	nlmsg_free(msg);
	return (flags & NFT_TABLE_F_DORMANT) != 0;
}

static bool
is_met(const struct seen *c, const char *ours)
{
	return c->place != HOOK_COUNT && (c->family != NFPROTO_INET ||
					     strcmp(c->table, ours) != 0);
}

int
net_hooks(struct net *net, const char *ours, struct hooks *out, struct err *e)
{
	struct chains all = { 0 };
	struct nl_msg *msg;
	struct seen *c;
	int code;

	memset(out, 0, sizeof(*out));
	if (net_netfilter(net) == NULL)
		return net_fail(e, errno, "cannot talk to nftables");
	msg = request(NFT_MSG_GETCHAIN, NFPROTO_UNSPEC);
	code = net_dump(net->netfilter, msg, on_chain, restart, &all);
	nlmsg_free(msg);
	for (c = all.v; code == 0 && c < END_OF(all.v, all.n); c++) {
		if (!is_met(c, ours))
			continue;
		code = read_rules(net, c);
		if (c->end == END_DROP && !is_dormant(net, c))
			add(out, &all, c);
	}
	free(all.v);
	if (code != 0)
		return net_fail(e, code, "cannot read the chains of others");
	return 0;
}
