/* Routes: read, add and remove. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/kernel/net_parts.h"

struct reading {
	const struct snapshot *links;
	uint8_t family;
	struct routes *routes;
};

static const struct nla_policy policy[RTA_MAX + 1] = {
	[RTA_OIF] = { .type = NLA_U32 },
	[RTA_PRIORITY] = { .type = NLA_U32 },
	[RTA_TABLE] = { .type = NLA_U32 },
	[RTA_CACHEINFO] = { .minlen = sizeof(struct rta_cacheinfo) },
};

void
net_take_address(const void *bytes, int len, struct prefix *p)
{
	if (len != 4 && len != 16)
		return;
	p->family = len == 4 ? AF_INET : AF_INET6;
	p->len = (uint8_t)(8 * len);
	memcpy(p->bytes, bytes, (size_t)len);
}

static void
parse_address(struct nlattr *a, struct prefix *p)
{
	if (a != NULL)
		net_take_address(nla_data(a), nla_len(a), p);
}

static bool
leads_inward(const struct snapshot *links, int index)
{
	const struct link *l =
	    links != NULL ? snapshot_link_at(links, index) : NULL;

	return l != NULL && link_is_bridge(l);
}

/* Keeps every hop of a default route, of others only those to bridges, and what
 * leads nowhere. */
static void
add_route(struct reading *to, const struct route *from, int index,
    struct nlattr *gateway)
{
	struct routes *r = to->routes;
	struct route *route;

	if (from->to.len > 0 && !from->unreachable &&
	    !leads_inward(to->links, index))
		return;
	r->v = xgrow(r->v, r->n, sizeof(*r->v));
	route = &r->v[r->n++];
	*route = *from;
	route->index = index;
	parse_address(gateway, &route->gateway);
}

/* A multipath route counts as several routes. */
static void
add_hops(struct reading *to, const struct route *from, struct nlattr *hops)
{
	struct rtnexthop *hop = nla_data(hops);
	int left = nla_len(hops);

	/* RTNH_OK reads the length before checking that there is one. */
	while (left >= (int)sizeof(*hop) && RTNH_OK(hop, left)) {
		add_route(to, from, hop->rtnh_ifindex,
		    nla_find((struct nlattr *)RTNH_DATA(hop),
			hop->rtnh_len - (int)RTNH_LENGTH(0), RTA_GATEWAY));
		left -= (int)RTNH_ALIGN(hop->rtnh_len);
		hop = RTNH_NEXT(hop);
	}
}

/* An unreachable one is of interest if we made it. */
static bool
is_known_type(const struct rtmsg *head)
{
	return head->rtm_type == RTN_UNICAST ||
	       (head->rtm_type == RTN_UNREACHABLE && head->rtm_dst_len > 0 &&
		   head->rtm_protocol == NET_PROTO);
}

static bool
is_known(const struct rtmsg *head)
{
	return (head->rtm_family == AF_INET6 || head->rtm_family == AF_INET) &&
	       head->rtm_src_len == 0 && is_known_type(head) &&
	       head->rtm_table == RT_TABLE_MAIN &&
	       (head->rtm_flags & RTM_F_CLONED) == 0;
}

/* Routing daemons install routes by the thousand; those over bridges come from
 * us, or from the kernel, by addresses and advertisements. */
bool
net_route_matters(struct nlmsghdr *h)
{
	const struct rtmsg *head = nlmsg_data(h);

	return h->nlmsg_len >= NLMSG_LENGTH(sizeof(*head)) && is_known(head) &&
	       (head->rtm_dst_len == 0 || head->rtm_protocol == NET_PROTO ||
		   head->rtm_protocol == RTPROT_KERNEL ||
		   head->rtm_protocol == RTPROT_RA);
}

/* Link-local and multicast prefixes are on every link. */
static bool
parse_destination(
    const struct rtmsg *head, struct nlattr *dst, struct prefix *p)
{
	if (head->rtm_dst_len == 0)
		return true;
	parse_address(dst, p);
	if (p->family != head->rtm_family)
		return false;
	p->len = head->rtm_dst_len;
	return !addr_is_link_local(p) && !addr_is_multicast(p);
}

/* Remaining time in clock ticks of 1/100 s, 0 for a permanent route (USER_HZ,
 * include/asm-generic/param.h). */
static uint32_t
seconds_left(struct nlattr *cacheinfo)
{
	struct rta_cacheinfo info;

	memcpy(&info, nla_data(cacheinfo), sizeof(info));
	return info.rta_expires > 0 ? ((uint32_t)info.rta_expires + 99) / 100
				    : 0;
}

static void
on_route(struct nlmsghdr *h, void *arg)
{
	const struct rtmsg *head = nlmsg_data(h);
	struct reading *r = arg;
	struct nlattr *tb[RTA_MAX + 1];
	struct route route = { 0 };

	if (h->nlmsg_type != RTM_NEWROUTE ||
	    net_parse(h, sizeof(*head), tb, RTA_MAX, policy) != 0 ||
	    head->rtm_family != r->family || !is_known(head) ||
	    !parse_destination(head, tb[RTA_DST], &route.to))
		return;
	route.protocol = head->rtm_protocol;
	route.unreachable = head->rtm_type == RTN_UNREACHABLE;
	parse_address(tb[RTA_PREFSRC], &route.source);
	if (tb[RTA_PRIORITY] != NULL)
		route.metric = nla_get_u32(tb[RTA_PRIORITY]);
	if (tb[RTA_CACHEINFO] != NULL)
		route.expires = seconds_left(tb[RTA_CACHEINFO]);
	if (tb[RTA_MULTIPATH] != NULL)
		add_hops(r, &route, tb[RTA_MULTIPATH]);
	else if (tb[RTA_OIF] != NULL)
		add_route(r, &route, nla_get_s32(tb[RTA_OIF]), tb[RTA_GATEWAY]);
}

static void
restart(void *arg)
{
	struct reading *r = arg;

	r->routes->n = 0;
}

static int
in_order(const void *a, const void *b)
{
	const struct route *x = a, *y = b;

	if (x->unreachable != y->unreachable)
		return x->unreachable ? 1 : -1;
	if (x->to.len != y->to.len)
		return x->to.len < y->to.len ? -1 : 1;
	if (x->metric != y->metric)
		return x->metric < y->metric ? -1 : 1;
	return (x->index > y->index) - (x->index < y->index);
}

static int
read_some(struct nl_sock **sk, struct reading *to, size_t most, bool *cut)
{
	struct rtmsg head = { .rtm_family = to->family };
	struct routes *r = to->routes;
	struct nl_msg *msg;
	int code;

	memset(r, 0, sizeof(*r));
	msg = net_message(RTM_GETROUTE, 0, &head, sizeof(head));
	nla_put_u32(msg, RTA_TABLE, RT_TABLE_MAIN);
	code = net_dump_some(sk, msg, on_route, restart, to, most, cut);
	/* IPv4 has no table before its first route (inet_dump_fib() in
	 * net/ipv4/fib_frontend.c). */
	if (code == ENOENT)
		code = 0;
	nlmsg_free(msg);
	if (r->n > 0)
		qsort(r->v, r->n, sizeof(*r->v), in_order);
	return code;
}

int
net_routes(struct nl_sock *sk, const struct snapshot *links, uint8_t family,
    struct routes *r)
{
	struct reading reading = { links, family, r };
	bool cut;

	return read_some(&sk, &reading, 0, &cut);
}

/* The entry itself, not a route made of it (since Linux 4.13). Where there is
 * a nearer one, or none, nothing is added. */
static void
ask_default(struct nl_sock *sk, uint8_t family, struct routes *r)
{
	const struct prefix *world =
	    &addr_worlds[family == AF_INET ? FAMILY_IPV4 : FAMILY_IPV6];
	struct rtmsg head = { .rtm_family = family,
		.rtm_dst_len = prefix_full(world),
		.rtm_flags = RTM_F_FIB_MATCH };
	struct reading reading = { NULL, family, r };
	struct nl_msg *msg = net_message(RTM_GETROUTE, 0, &head, sizeof(head));

	nla_put(msg, RTA_DST, prefix_full(world) / 8, world->bytes);
	net_ask(sk, msg, on_route, &reading);
	nlmsg_free(msg);
}

/* What is left of a dump goes with its socket. IPv6 tells the default routes
 * last (fib6_walk), so those that were read may be any. */
int
net_routes_inside(struct net *net, const struct container *c,
    struct nl_sock **sk, uint8_t family, struct routes *r, bool *cut)
{
	struct reading reading = { NULL, family, r };
	size_t most = *sk != net->talk ? ROUTES_MAX : 0;
	int code = read_some(sk, &reading, most, cut);
	struct err ignored;

	if (!*cut)
		return code;
	r->n = 0;
	*sk = net_enter(net, c, NETLINK_ROUTE, &ignored);
	if (*sk != NULL)
		ask_default(*sk, family, r);
	return 0;
}

/* Its destination or its gateway tells. */
static uint8_t
family_of(const struct route *r)
{
	return r->to.family == AF_INET || r->gateway.family == AF_INET
		   ? AF_INET
		   : AF_INET6;
}

static void
put_address(struct nl_msg *msg, int attr, const struct prefix *p)
{
	if (p->family != AF_UNSPEC)
		nla_put(msg, attr, prefix_full(p) / 8, p->bytes);
}

/* Of an uplink: providers have gateways that no prefix of the host holds. */
static bool
is_ours_out(const struct container *c, const struct route *r)
{
	return c == NULL && r->protocol == NET_PROTO && r->to.len == 0 &&
	       r->gateway.family != AF_UNSPEC;
}

/* IPv4 looks for a route by its scope, too (fib_table_delete() in
 * net/ipv4/fib_trie.c); IPv6 does not have it. */
static struct nl_msg *
route_message(
    int type, int flags, const struct container *c, const struct route *r)
{
	bool on_link =
	    family_of(r) == AF_INET && r->gateway.family == AF_UNSPEC;
	struct rtmsg head = {
		.rtm_family = family_of(r),
		.rtm_dst_len = r->to.len,
		.rtm_table = RT_TABLE_MAIN,
		.rtm_protocol = r->protocol,
		.rtm_scope = on_link ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE,
		.rtm_type = r->unreachable ? RTN_UNREACHABLE : RTN_UNICAST,
		.rtm_flags = is_ours_out(c, r) ? RTNH_F_ONLINK : 0,
	};
	struct nl_msg *msg;

	msg = net_message(type, flags, &head, sizeof(head));
	if (r->to.len > 0)
		put_address(msg, RTA_DST, &r->to);
	put_address(msg, RTA_GATEWAY, &r->gateway);
	put_address(msg, RTA_PREFSRC, &r->source);
	nla_put_u32(msg, RTA_OIF, (uint32_t)r->index);
	nla_put_u32(msg, RTA_PRIORITY, r->metric);
	return msg;
}

/* The kernel's EEXIST is about the metric, whatever the gateway. */
static bool
is_there(struct net *net, const struct container *c, const struct route *r)
{
	struct routes found = { 0 };
	struct nl_sock *sk;
	struct err e;
	bool cut;
	size_t i;

	sk = net_enter(net, c, NETLINK_ROUTE, &e);
	if (sk == NULL)
		return false;
	net_routes_inside(net, c, &sk, family_of(r), &found, &cut);
	net_leave(net, sk);
	for (i = 0; i < found.n && !route_equal(&found.v[i], r);)
		i++;
	free(found.v);
	return i < found.n;
}

/* A default route is named by its gateway, another one by its destination. */
static const char *
route_text(const struct route *r, char text[ADDR_TEXT_MAX])
{
	return r->to.len > 0 ? prefix_text(&r->to, text)
			     : addr_text(&r->gateway, text);
}

int
net_route_add(struct net *net, const struct container *c, const struct route *r,
    bool *changed, struct err *e)
{
	char text[ADDR_TEXT_MAX];
	struct net_change change = {
		.container = c,
		.index = r->index,
		.already = r->to.len > 0 ? EEXIST : 0,
		.fmt = r->to.len > 0
			   ? N_("cannot add the route to %s by %s")
			   : N_("cannot add the default route via %s to %s"),
		.what = route_text(r, text),
	};

	if (r->to.len == 0 && is_there(net, c, r)) {
		if (changed != NULL)
			*changed = false;
		return 0;
	}
	change.msg =
	    route_message(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, c, r);
	if (r->expires != 0)
		nla_put_u32(change.msg, RTA_EXPIRES, r->expires);
	return net_change(net, &change, changed, e);
}

int
net_route_remove(struct net *net, const struct container *c,
    const struct route *r, bool *changed, struct err *e)
{
	char text[ADDR_TEXT_MAX];
	const struct net_change change = {
		.container = c,
		.index = r->index,
		.msg = route_message(RTM_DELROUTE, 0, c, r),
		.already = ESRCH,
		.fmt = r->to.len > 0
			   ? N_("cannot remove the route to %s by %s")
			   : N_("cannot remove the default route via %s from "
				"%s"),
		.what = route_text(r, text),
	};

	return net_change(net, &change, changed, e);
}
