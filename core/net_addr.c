/* Addresses: read, add and remove. */
#include "config.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <stdio.h>

#include "core/net_internal.h"

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
	char text[ADDR_TEXT_MAX], what[ADDR_TEXT_MAX + 16];

	snprintf(what, sizeof(what), "add %s to", prefix_text(p, text));
	return net_change(net, c, index,
	    address_message(RTM_NEWADDR, flags, index, p), EEXIST, what,
	    changed, e);
}

int
net_address_remove(struct net *net, const struct container *c, int index,
    const struct prefix *p, bool *changed, struct err *e)
{
	char text[ADDR_TEXT_MAX], what[ADDR_TEXT_MAX + 16];

	snprintf(what, sizeof(what), "remove %s from", prefix_text(p, text));
	return net_change(net, c, index,
	    address_message(RTM_DELADDR, 0, index, p), EADDRNOTAVAIL, what,
	    changed, e);
}
