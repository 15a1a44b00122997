/* Addresses: read, add and remove. */
#include "config.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <stdio.h>
#include <string.h>

#include "core/intl.h"
#include "core/net_internal.h"

static const struct nla_policy policy[IFA_MAX + 1] = {
	[IFA_FLAGS] = { .type = NLA_U32 },
	[IFA_CACHEINFO] = { .minlen = sizeof(struct ifa_cacheinfo) },
	[IFA_TARGET_NETNSID] = { .type = NLA_U32 },
};

struct reading {
	struct snapshot *s;
	size_t before; /* addresses there when the dump began */
	int nsid;
};

static bool
parse_address(struct nlmsghdr *h, struct address *a)
{
	const struct ifaddrmsg *head = nlmsg_data(h);
	struct nlattr *tb[IFA_MAX + 1], *addr;

	memset(a, 0, sizeof(*a));
	if (net_parse(h, sizeof(*head), tb, IFA_MAX, policy) != 0 ||
	    h->nlmsg_type != RTM_NEWADDR)
		return false;
	/* On a link between two the address is the other end's. */
	addr = tb[IFA_LOCAL] != NULL ? tb[IFA_LOCAL] : tb[IFA_ADDRESS];
	a->prefix.family = head->ifa_family;
	a->prefix.len = head->ifa_prefixlen;
	if (addr == NULL || nla_len(addr) != prefix_full(&a->prefix) / 8)
		return false;
	memcpy(a->prefix.bytes, nla_data(addr), (size_t)nla_len(addr));
	a->nsid = NSID_SELF;
	if (tb[IFA_TARGET_NETNSID] != NULL)
		a->nsid = nla_get_s32(tb[IFA_TARGET_NETNSID]);
	a->index = (int)head->ifa_index;
	a->scope = head->ifa_scope;
	a->flags = head->ifa_flags;
	if (tb[IFA_FLAGS] != NULL)
		a->flags = nla_get_u32(tb[IFA_FLAGS]);
	a->valid = UINT32_MAX;
	if (tb[IFA_CACHEINFO] != NULL)
		memcpy(&a->valid,
		    (char *)nla_data(tb[IFA_CACHEINFO]) +
			offsetof(struct ifa_cacheinfo, ifa_valid),
		    sizeof(a->valid));
	return true;
}

static void
on_address(struct nlmsghdr *h, void *arg)
{
	struct reading *r = arg;
	struct snapshot *s = r->s;
	struct address *a;

	s->addresses = xgrow(
	    s->addresses, s->naddresses, sizeof(*s->addresses));
	a = &s->addresses[s->naddresses];
	if (parse_address(h, a) && a->nsid == r->nsid)
		s->naddresses++;
}

static void
restart(void *arg)
{
	struct reading *r = arg;

	r->s->naddresses = r->before;
}

int
net_addresses(struct net *net, int nsid, int index, struct snapshot *s)
{
	struct ifaddrmsg head = { .ifa_index = (uint32_t)index };
	struct reading r = { s, s->naddresses, nsid };
	struct nl_msg *msg;
	int code;

	msg = net_message(RTM_GETADDR, 0, &head, sizeof(head));
	if (nsid != NSID_SELF)
		nla_put_s32(msg, IFA_TARGET_NETNSID, nsid);
	code = net_dump(net->talk, msg, on_address, restart, &r);
	nlmsg_free(msg);
	return code;
}

static struct nl_msg *
address_message(int type, int flags, int index, const struct prefix *p)
{
	struct ifaddrmsg head = {
		.ifa_family = p->family,
		.ifa_prefixlen = p->len,
		.ifa_index = (uint32_t)index,
	};
	int len = p->family == AF_INET ? 4 : 16;
	struct nl_msg *msg;

	msg = net_message(type, flags, &head, sizeof(head));
	nla_put(msg, IFA_LOCAL, len, p->bytes);
	nla_put(msg, IFA_ADDRESS, len, p->bytes);
	if (type == RTM_NEWADDR && p->family == AF_INET6)
		nla_put_u32(msg, IFA_FLAGS, IFA_F_NODAD);
	return msg;
}

int
net_address_add(struct net *net, const struct container *c, int index,
    const struct prefix *p, bool *changed, struct err *e)
{
	int flags = NLM_F_CREATE | NLM_F_EXCL;
	char text[ADDR_TEXT_MAX];

	return net_change(net, c, index,
	    address_message(RTM_NEWADDR, flags, index, p), EEXIST,
	    N_("cannot add %s to %s"), prefix_text(p, text), changed, e);
}

int
net_address_remove(struct net *net, const struct container *c, int index,
    const struct prefix *p, bool *changed, struct err *e)
{
	char text[ADDR_TEXT_MAX];

	return net_change(net, c, index,
	    address_message(RTM_DELADDR, 0, index, p), EADDRNOTAVAIL,
	    N_("cannot remove %s from %s"), prefix_text(p, text), changed, e);
}
