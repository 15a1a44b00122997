/* What the kernel would do with a packet: its route, and the neighbour it is
 * sent to. */
#include "config.h"

#include "core/kernel/net_way.h"

#include <errno.h>
#include <linux/neighbour.h>
#include <string.h>

#include "core/kernel/net_parts.h"

#define SILENT_TICKS (60 * 100) /* a minute, in USER_HZ */

/* Stands for the Internet: the first of all global unicast addresses belongs to
 * nobody, and every default route leads to it, even one to 2000::/3 (RFC 4291,
 * 2.4). */
static const struct prefix world = {
	.family = AF_INET6, .len = 128, .bytes = { 0x20 }
};

/* Routes */

static void
on_route(struct nlmsghdr *h, void *arg)
{
	static const struct nla_policy policy[RTA_MAX + 1] = {
		[RTA_OIF] = { .type = NLA_U32 },
	};
	struct passage *p = arg;
	struct nlattr *tb[RTA_MAX + 1];

	if (h->nlmsg_type != RTM_NEWROUTE ||
	    net_parse(h, sizeof(struct rtmsg), tb, RTA_MAX, policy) != 0 ||
	    tb[RTA_OIF] == NULL)
		return;
	p->index = nla_get_s32(tb[RTA_OIF]);
	if (tb[RTA_GATEWAY] == NULL || nla_len(tb[RTA_GATEWAY]) != 16)
		return;
	p->gateway.family = AF_INET6;
	p->gateway.len = 128;
	memcpy(p->gateway.bytes, nla_data(tb[RTA_GATEWAY]), 16);
}

/* Errors that are answers, of a lookup that leads nowhere: none, unreachable,
 * prohibit, blackhole, throw (fib6_prop, net/ipv6/route.c). */
static bool
is_verdict(int code)
{
	static const int codes[] = { ENETUNREACH, EHOSTUNREACH, EACCES, EINVAL,
		EAGAIN };
	size_t i;

	for (i = 0; i < NITEMS(codes); i++)
		if (codes[i] == code)
			return true;
	return false;
}

/* Asks the socket's namespace where it would send a packet to an address; from
 * NULL leaves the source to the kernel, iif 0 means locally generated. */
static void
find_passage(struct nl_sock *sk, const struct prefix *from,
    const struct prefix *to, int iif, struct passage *p)
{
	struct rtmsg head = { .rtm_family = AF_INET6, .rtm_dst_len = 128 };
	struct nl_msg *msg;
	int code;

	memset(p, 0, sizeof(*p));
	if (from != NULL)
		head.rtm_src_len = 128;
	msg = net_message(RTM_GETROUTE, 0, &head, sizeof(head));
	nla_put(msg, RTA_DST, 16, to->bytes);
	if (from != NULL)
		nla_put(msg, RTA_SRC, 16, from->bytes);
	if (iif != 0)
		nla_put_u32(msg, RTA_IIF, (uint32_t)iif);
	code = net_ask(sk, msg, on_route, p);
	nlmsg_free(msg);
	p->refused = is_verdict(code);
	p->known = p->refused || (code == 0 && p->index != 0);
}

void
net_passage_out(struct nl_sock *sk, struct passage *p)
{
	find_passage(sk, NULL, &world, 0, p);
}

/* Neighbours */

static void
on_neighbour(struct nlmsghdr *h, void *arg)
{
	static const struct nla_policy policy[NDA_MAX + 1] = {
		[NDA_CACHEINFO] = { .minlen = sizeof(struct nda_cacheinfo) },
	};
	const struct ndmsg *head = nlmsg_data(h);
	struct neighbour *n = arg;
	struct nlattr *tb[NDA_MAX + 1];
	struct nda_cacheinfo info = { 0 };

	if (h->nlmsg_type != RTM_NEWNEIGH ||
	    net_parse(h, sizeof(*head), tb, NDA_MAX, policy) != 0)
		return;
	if (tb[NDA_CACHEINFO] != NULL)
		memcpy(&info, nla_data(tb[NDA_CACHEINFO]), sizeof(info));
	n->fixed = (head->ndm_state & (NUD_PERMANENT | NUD_NOARP)) != 0;
	n->silent = (head->ndm_state & NUD_FAILED) != 0 &&
		    info.ndm_updated < SILENT_TICKS;
	n->has_mac = tb[NDA_LLADDR] != NULL && nla_len(tb[NDA_LLADDR]) == 6;
	if (n->has_mac)
		memcpy(n->mac, nla_data(tb[NDA_LLADDR]), 6);
}

/* A single entry can be requested since Linux 5.0; on errors nothing is
 * known. */
static void
read_neighbour(
    struct net *net, const struct prefix *addr, int index, struct neighbour *n)
{
	struct ndmsg head = { .ndm_family = AF_INET6, .ndm_ifindex = index };
	struct nl_msg *msg = net_message(RTM_GETNEIGH, 0, &head, sizeof(head));

	nla_put(msg, NDA_DST, 16, addr->bytes);
	net_ask(net->talk, msg, on_neighbour, n);
	nlmsg_free(msg);
}

void
net_way(struct net *net, const struct prefix *target, int iif, struct way *w)
{
	memset(w, 0, sizeof(*w));
	w->target = *target;
	find_passage(net->talk, &world, target, iif, &w->in);
	if (w->in.index == 0)
		return;
	read_neighbour(net, target, w->in.index, &w->neighbour);
	find_passage(net->talk, target, &world, w->in.index, &w->out);
	if (w->out.gateway.family == AF_INET6)
		read_neighbour(net, &w->out.gateway, w->out.index, &w->gateway);
}

int
net_way_refusal(struct net *net, int iif, const struct prefix *from,
    const struct prefix *to)
{
	const uint8_t bits = prefix_full(to);
	struct rtmsg head = { .rtm_family = to->family,
		.rtm_dst_len = bits,
		.rtm_src_len = bits };
	struct nl_msg *msg = net_message(RTM_GETROUTE, 0, &head, sizeof(head));
	struct passage ignored = { 0 };
	int code;

	nla_put(msg, RTA_DST, bits / 8, to->bytes);
	nla_put(msg, RTA_SRC, bits / 8, from->bytes);
	nla_put_u32(msg, RTA_IIF, (uint32_t)iif);
	code = net_ask(net->talk, msg, on_route, &ignored);
	nlmsg_free(msg);
	return code;
}
