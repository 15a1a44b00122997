/* IPv6 default routes: read, add and remove. */
#include "config.h"

#include <errno.h>
#include <stdio.h>

#include "core/net_internal.h"

/* Below the 1024 that the kernel gives to routes of others, so that ours goes
 * first and never joins with one of theirs into a multipath route. */
#define METRIC 512

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

int
net_route_add(struct net *net, const struct container *c, int index,
    const struct prefix *gateway, bool *changed, struct err *e)
{
	int flags = NLM_F_CREATE | NLM_F_EXCL;
	char text[ADDR_TEXT_MAX], what[ADDR_TEXT_MAX + 48];

	snprintf(what, sizeof(what), "add the default route via %s to",
	    addr_text(gateway, text));
	return net_change(net, c, index,
	    route_message(RTM_NEWROUTE, flags, index, gateway), EEXIST, what,
	    changed, e);
}

int
net_route_remove(struct net *net, const struct container *c, int index,
    const struct prefix *gateway, bool *changed, struct err *e)
{
	char text[ADDR_TEXT_MAX], what[ADDR_TEXT_MAX + 48];

	snprintf(what, sizeof(what), "remove the default route via %s from",
	    addr_text(gateway, text));
	return net_change(net, c, index,
	    route_message(RTM_DELROUTE, 0, index, gateway), ESRCH, what,
	    changed, e);
}
