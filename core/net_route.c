/* IPv6 default routes: read, add and remove. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/intl.h"
#include "core/net_internal.h"

/* Below the 1024 that the kernel gives to routes of others, so that ours goes
 * first and never joins with one of theirs into a multipath route. */
#define METRIC 512

static const struct nla_policy policy[RTA_MAX + 1] = {
	[RTA_OIF] = { .type = NLA_U32 },
	[RTA_PRIORITY] = { .type = NLA_U32 },
	[RTA_TABLE] = { .type = NLA_U32 },
	[RTA_CACHEINFO] = { .minlen = sizeof(struct rta_cacheinfo) },
};

static void
add_route(struct routes *r, const struct route *from, int index,
    struct nlattr *gateway)
{
	struct route *route;

	r->v = xgrow(r->v, r->n, sizeof(*r->v));
	route = &r->v[r->n++];
	*route = *from;
	route->index = index;
	if (gateway != NULL && nla_len(gateway) == 16) {
		route->gateway.family = AF_INET6;
		route->gateway.len = 128;
		memcpy(route->gateway.bytes, nla_data(gateway), 16);
	}
}

/* One route of several hops is several routes to us. */
static void
add_hops(struct routes *r, const struct route *from, struct nlattr *hops)
{
	struct rtnexthop *hop = nla_data(hops);
	int left = nla_len(hops);

	while (RTNH_OK(hop, left)) {
		add_route(r, from, hop->rtnh_ifindex,
		    nla_find((struct nlattr *)RTNH_DATA(hop),
			hop->rtnh_len - (int)RTNH_LENGTH(0), RTA_GATEWAY));
		left -= (int)RTNH_ALIGN(hop->rtnh_len);
		hop = RTNH_NEXT(hop);
	}
}

bool
net_route_matters(struct nlmsghdr *h)
{
	const struct rtmsg *head = nlmsg_data(h);

	return h->nlmsg_len >= NLMSG_LENGTH(sizeof(*head)) &&
	    head->rtm_family == AF_INET6 && head->rtm_dst_len == 0 &&
	    head->rtm_src_len == 0 && head->rtm_type == RTN_UNICAST &&
	    head->rtm_table == RT_TABLE_MAIN &&
	    (head->rtm_flags & RTM_F_CLONED) == 0;
}

/* The kernel counts the time that is left in clock ticks of 1/100 s, and it
 * is 0 for a route that stays (USER_HZ, include/asm-generic/param.h). */
static uint32_t
seconds_left(struct nlattr *cacheinfo)
{
	struct rta_cacheinfo info;

	memcpy(&info, nla_data(cacheinfo), sizeof(info));
	return info.rta_expires > 0 ? ((uint32_t)info.rta_expires + 99) / 100 :
				      0;
}

static void
on_route(struct nlmsghdr *h, void *arg)
{
	const struct rtmsg *head = nlmsg_data(h);
	struct nlattr *tb[RTA_MAX + 1];
	struct route route = { 0 };

	if (h->nlmsg_type != RTM_NEWROUTE || !net_route_matters(h) ||
	    net_parse(h, sizeof(*head), tb, RTA_MAX, policy) != 0)
		return;
	route.protocol = head->rtm_protocol;
	if (tb[RTA_PRIORITY] != NULL)
		route.metric = nla_get_u32(tb[RTA_PRIORITY]);
	if (tb[RTA_CACHEINFO] != NULL)
		route.expires = seconds_left(tb[RTA_CACHEINFO]);
	if (tb[RTA_MULTIPATH] != NULL)
		add_hops(arg, &route, tb[RTA_MULTIPATH]);
	else if (tb[RTA_OIF] != NULL)
		add_route(arg, &route, nla_get_s32(tb[RTA_OIF]),
		    tb[RTA_GATEWAY]);
}

static void
restart(void *arg)
{
	struct routes *r = arg;

	r->n = 0;
}

static int
by_metric(const void *a, const void *b)
{
	const struct route *x = a, *y = b;

	if (x->metric != y->metric)
		return x->metric < y->metric ? -1 : 1;
	return (x->index > y->index) - (x->index < y->index);
}

int
net_routes(struct nl_sock *sk, struct routes *r)
{
	struct rtmsg head = {
		.rtm_family = AF_INET6,
		.rtm_type = RTN_UNICAST,
	};
	struct nl_msg *msg;
	int code;

	memset(r, 0, sizeof(*r));
	msg = net_message(RTM_GETROUTE, 0, &head, sizeof(head));
	nla_put_u32(msg, RTA_TABLE, RT_TABLE_MAIN);
	code = net_dump(sk, msg, on_route, restart, r);
	nlmsg_free(msg);
	if (r->n > 0)
		qsort(r->v, r->n, sizeof(*r->v), by_metric);
	return code;
}

static struct nl_msg *
route_message(int type, int flags, int index, const struct prefix *gateway)
{
	struct rtmsg head = {
		.rtm_family = AF_INET6,
		.rtm_table = RT_TABLE_MAIN,
		.rtm_protocol = NET_RTPROT,
		.rtm_scope = RT_SCOPE_UNIVERSE,
		.rtm_type = RTN_UNICAST,
	};
	struct nl_msg *msg;

	msg = net_message(type, flags, &head, sizeof(head));
	nla_put(msg, RTA_GATEWAY, 16, gateway->bytes);
	nla_put_u32(msg, RTA_OIF, (uint32_t)index);
	nla_put_u32(msg, RTA_PRIORITY, METRIC);
	return msg;
}

/* The kernel says "exists" of any route of that metric, by whatever gateway. */
static bool
is_there(struct net *net, const struct container *c, int index,
    const struct prefix *gateway)
{
	struct routes r = { 0 };
	struct nl_sock *sk;
	struct err e;
	bool found = false;
	size_t i;

	sk = net_enter(net, c, NETLINK_ROUTE, &e);
	if (sk == NULL)
		return false;
	net_routes(sk, &r);
	net_leave(net, sk);
	for (i = 0; i < r.n; i++)
		if (r.v[i].metric == METRIC && r.v[i].index == index &&
		    addr_equal(&r.v[i].gateway, gateway))
			found = true;
	free(r.v);
	return found;
}

int
net_route_add(struct net *net, const struct container *c, int index,
    const struct prefix *gateway, bool *changed, struct err *e)
{
	int flags = NLM_F_CREATE | NLM_F_EXCL;
	char text[ADDR_TEXT_MAX];

	if (is_there(net, c, index, gateway)) {
		if (changed != NULL)
			*changed = false;
		return 0;
	}
	return net_change(net, c, index,
	    route_message(RTM_NEWROUTE, flags, index, gateway), 0,
	    N_("cannot add the default route via %s to %s"),
	    addr_text(gateway, text), changed, e);
}

int
net_route_remove(struct net *net, const struct container *c, int index,
    const struct prefix *gateway, bool *changed, struct err *e)
{
	char text[ADDR_TEXT_MAX];

	return net_change(net, c, index,
	    route_message(RTM_DELROUTE, 0, index, gateway), ESRCH,
	    N_("cannot remove the default route via %s from %s"),
	    addr_text(gateway, text), changed, e);
}
