/* Addresses: read, add and remove. */
#include "config.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/kernel/net_parts.h"

/* Since 5.18, so the headers may be older. */
#define ATTR_PROTO 11 /* IFA_PROTO */
#define ATTR_MAX (ATTR_PROTO > IFA_MAX ? ATTR_PROTO : IFA_MAX)

/* The kernel takes no other flags from anybody
 * (net/ipv6/addrconf.c, inet6_rtm_newaddr). */
#define FLAGS_TAKEN (IFA_F_MANAGETEMPADDR | IFA_F_NOPREFIXROUTE)

static const struct nla_policy policy[ATTR_MAX + 1] = {
	[IFA_FLAGS] = { .type = NLA_U32 },
	[IFA_CACHEINFO] = { .minlen = sizeof(struct ifa_cacheinfo) },
	[IFA_TARGET_NETNSID] = { .type = NLA_U32 },
	[ATTR_PROTO] = { .type = NLA_U8 },
};

struct reading {
	struct snapshot *s;
	size_t before; /* addresses there when the dump began */
	int nsid;      /* whose are read */
	int here;      /* that of the socket, which answers do not tell */
};

static void
parse_lifetime(struct nlattr *cacheinfo, struct address *a)
{
	struct ifa_cacheinfo info = { .ifa_valid = UINT32_MAX,
		.ifa_prefered = UINT32_MAX };

	if (cacheinfo != NULL)
		memcpy(&info, nla_data(cacheinfo), sizeof(info));
	a->valid = info.ifa_valid;
	a->preferred = info.ifa_prefered;
}

static bool
parse_address(struct nlmsghdr *h, int here, struct address *a)
{
	const struct ifaddrmsg *head = nlmsg_data(h);
	struct nlattr *tb[ATTR_MAX + 1], *addr;

	memset(a, 0, sizeof(*a));
	if (net_parse(h, sizeof(*head), tb, ATTR_MAX, policy) != 0 ||
	    h->nlmsg_type != RTM_NEWADDR)
		return false;
	/* On a point-to-point link IFA_ADDRESS is the peer. */
	addr = tb[IFA_LOCAL] != NULL ? tb[IFA_LOCAL] : tb[IFA_ADDRESS];
	a->prefix.family = head->ifa_family;
	a->prefix.len = head->ifa_prefixlen;
	if (addr == NULL || nla_len(addr) != prefix_full(&a->prefix) / 8)
		return false;
	memcpy(a->prefix.bytes, nla_data(addr), (size_t)nla_len(addr));
	a->nsid = here;
	if (tb[IFA_TARGET_NETNSID] != NULL)
		a->nsid = nla_get_s32(tb[IFA_TARGET_NETNSID]);
	a->index = (int)head->ifa_index;
	a->scope = head->ifa_scope;
	a->flags = head->ifa_flags;
	if (tb[IFA_FLAGS] != NULL)
		a->flags = nla_get_u32(tb[IFA_FLAGS]);
	if (tb[ATTR_PROTO] != NULL)
		a->proto = nla_get_u8(tb[ATTR_PROTO]);
	parse_lifetime(tb[IFA_CACHEINFO], a);
	return true;
}

static void
on_address(struct nlmsghdr *h, void *arg)
{
	struct reading *r = arg;
	struct snapshot *s = r->s;
	struct address *a;

	s->addresses =
	    xgrow(s->addresses, s->naddresses, sizeof(*s->addresses));
	a = &s->addresses[s->naddresses];
	if (parse_address(h, r->here, a) && a->nsid == r->nsid)
		s->naddresses++;
}

static void
restart(void *arg)
{
	struct reading *r = arg;

	r->s->naddresses = r->before;
}

int
net_addresses(struct net *net, struct snapshot *s)
{
	struct ifaddrmsg head = { 0 };
	struct reading r = { s, s->naddresses, NSID_SELF, NSID_SELF };
	struct nl_msg *msg;
	int code;

	msg = net_message(RTM_GETADDR, 0, &head, sizeof(head));
	code = net_dump(net->talk, msg, on_address, restart, &r);
	nlmsg_free(msg);
	return code;
}

void
net_want(struct net *net, const struct prefix *v, size_t n)
{
	free(net->wanted);
	net->wanted = xcalloc(n, sizeof(*v));
	net->nwanted = n;
	if (n > 0)
		memcpy(net->wanted, v, n * sizeof(*v));
}

void
net_addresses_close(struct net *net)
{
	nl_socket_free(net->peek);
	free(net->wanted);
}

static int
read_some(struct net *net, int index, struct reading *r, bool *cut)
{
	struct ifaddrmsg head = { .ifa_index = (uint32_t)index };
	struct nl_msg *msg;
	int code;

	if (net->peek == NULL)
		net->peek = net_socket(NETLINK_ROUTE);
	if (net->peek == NULL)
		return errno;
	msg = net_message(RTM_GETADDR, 0, &head, sizeof(head));
	nla_put_s32(msg, IFA_TARGET_NETNSID, r->nsid);
	code = net_dump_some(
	    &net->peek, msg, on_address, restart, r, ADDRESSES_MAX, cut);
	nlmsg_free(msg);
	return *cut ? 0 : code;
}

/* Looks up one IPv6 address, which is a hash lookup in the kernel. It must be
 * asked from inside: an answer to another namespace would be sent into that one
 * (6.18, net/ipv6/addrconf.c, inet6_rtm_getaddr). */
static int
look_up(struct nl_sock *inside, int index, const struct prefix *addr,
    struct reading *r)
{
	struct ifaddrmsg head = { .ifa_family = AF_INET6,
		.ifa_index = (uint32_t)index };
	struct nl_msg *msg;
	int code;

	msg = net_message(RTM_GETADDR, 0, &head, sizeof(head));
	nla_put(msg, IFA_ADDRESS, 16, addr->bytes);
	code = net_ask(inside, msg, on_address, r);
	nlmsg_free(msg);
	return code;
}

static void
look_for_wanted(struct net *net, const struct container *c, struct reading *r)
{
	const struct prefix *p;
	struct nl_sock *sk;
	struct err ignored;

	sk = net_enter(net, c, NETLINK_ROUTE, &ignored);
	if (sk == NULL)
		return;
	for (p = net->wanted; p < END_OF(net->wanted, net->nwanted); p++)
		if (p->family == AF_INET6 &&
		    snapshot_address_bare(r->s, c->nsid, c->inner, p) == NULL)
			net_note_lack(net, look_up(sk, c->inner, p, r));
	net_leave(net, sk);
}

int
net_addresses_inside(struct net *net, struct container *c, struct snapshot *s)
{
	struct reading r = { s, s->naddresses, c->nsid, NSID_SELF };
	int code;

	c->cut = false;
	code = read_some(net, c->inner, &r, &c->cut);
	r.here = c->nsid;
	if (c->cut)
		look_for_wanted(net, c, &r);
	return code;
}

static struct nl_msg *
address_message(int type, int flags, const struct address *a)
{
	struct ifaddrmsg head = {
		.ifa_family = a->prefix.family,
		.ifa_prefixlen = a->prefix.len,
		.ifa_index = (uint32_t)a->index,
	};
	int len = prefix_full(&a->prefix) / 8;
	struct nl_msg *msg;

	msg = net_message(type, flags, &head, sizeof(head));
	nla_put(msg, IFA_LOCAL, len, a->prefix.bytes);
	nla_put(msg, IFA_ADDRESS, len, a->prefix.bytes);
	return msg;
}

static void
put_properties(struct nl_msg *msg, const struct address *a)
{
	struct ifa_cacheinfo info = { .ifa_valid = a->valid,
		.ifa_prefered = a->preferred };

	if (a->prefix.family == AF_INET6)
		nla_put_u32(
		    msg, IFA_FLAGS, IFA_F_NODAD | (a->flags & FLAGS_TAKEN));
	if (a->valid != UINT32_MAX)
		nla_put(msg, IFA_CACHEINFO, sizeof(info), &info);
	if (a->proto != 0)
		nla_put_u8(msg, ATTR_PROTO, a->proto);
}

int
net_address_add(struct net *net, const struct container *c,
    const struct address *a, bool *changed, struct err *e)
{
	char text[ADDR_TEXT_MAX];
	const struct net_change change = {
		.container = c,
		.index = a->index,
		.msg =
		    address_message(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, a),
		.already = EEXIST,
		.fmt = N_("cannot add %s to %s"),
		.what = prefix_text(&a->prefix, text),
	};

	put_properties(change.msg, a);
	return net_change(net, &change, changed, e);
}

int
net_address_remove(struct net *net, const struct container *c,
    const struct address *a, bool *changed, struct err *e)
{
	char text[ADDR_TEXT_MAX];
	const struct net_change change = {
		.container = c,
		.index = a->index,
		.msg = address_message(RTM_DELADDR, 0, a),
		.already = EADDRNOTAVAIL,
		.fmt = N_("cannot remove %s from %s"),
		.what = prefix_text(&a->prefix, text),
	};

	return net_change(net, &change, changed, e);
}
