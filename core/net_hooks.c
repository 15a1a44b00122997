/* Base chains of others on hook forward: one dump of all chains. */
#include "config.h"

#include "core/hook.h"

#include <netinet/in.h> /* first: the kernel's headers give way to it */

#include <endian.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "core/net_internal.h"

/* By what its chains or its table are called. */
static const struct {
	const char *start, *owner, *cure;
} owners[] = {
	{ "ufw6-", "ufw", "ufw route allow proto tcp to any port PORT" },
	{ "DOCKER-USER", "Docker",
	    "ip6tables -I DOCKER-USER -o BRIDGE -j ACCEPT" },
	{ "DOCKER", "Docker", NULL },
	{ "LIBVIRT_", "libvirt", NULL },
	{ "firewalld", "firewalld", NULL },
	{ "incus", "Incus", NULL },
	{ "lxd", "LXD", NULL },
};

/* One chain of a dump. */
struct seen {
	char table[64], name[64];
	uint8_t family;
	bool drops; /* a base chain on hook forward whose policy is drop */
	bool empty;
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

static bool
is_forward_hook(struct nlattr *hook)
{
	struct nlattr *num;

	if (hook == NULL)
		return false;
	num = nla_find(nla_data(hook), nla_len(hook), NFTA_HOOK_HOOKNUM);
	return num != NULL && number(num) == NF_INET_FORWARD;
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
	c->drops = is_forward_hook(tb[NFTA_CHAIN_HOOK]) &&
		   tb[NFTA_CHAIN_POLICY] != NULL &&
		   number(tb[NFTA_CHAIN_POLICY]) == NF_DROP;
	c->empty = number(tb[NFTA_CHAIN_USE]) == 0;
}

static void
restart(void *arg)
{
	((struct chains *)arg)->n = 0;
}

static bool
belongs(const struct chains *all, const struct seen *to, const char *start)
{
	const struct seen *c;

	if (has_prefix(to->table, start))
		return true;
	for (c = all->v; c < all->v + all->n; c++)
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
	h->empty = c->empty;
	for (i = 0; i < NITEMS(owners) && h->owner == NULL; i++) {
		if (!belongs(all, c, owners[i].start))
			continue;
		h->owner = owners[i].owner;
		h->cure = owners[i].cure;
	}
}

int
net_hooks(struct net *net, const char *ours, struct hooks *out, struct err *e)
{
	struct nfgenmsg head = { .nfgen_family = NFPROTO_UNSPEC,
		.version = NFNETLINK_V0 };
	struct chains all = { 0 };
	const struct seen *c;
	struct nl_msg *msg;
	int code;

	memset(out, 0, sizeof(*out));
	if (net_netfilter(net) == NULL)
		return net_fail(e, errno, "cannot talk to nftables");
	msg = net_message(NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETCHAIN, 0,
	    &head, sizeof(head));
	code = net_dump(net->netfilter, msg, on_chain, restart, &all);
	nlmsg_free(msg);
	for (c = all.v; code == 0 && c < all.v + all.n; c++)
		if (c->drops && (c->family != NFPROTO_INET ||
				    strcmp(c->table, ours) != 0))
			add(out, &all, c);
	free(all.v);
	if (code != 0)
		return net_fail(e, code, "cannot read the chains of others");
	return 0;
}
