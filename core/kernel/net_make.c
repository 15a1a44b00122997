/* Creates links, for the lab. */
#include "config.h"

#include "core/kernel/net_make.h"

#include <errno.h>
#include <linux/veth.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/kernel/net_parts.h"

static struct nl_msg *
link_message(int flags, const char *name)
{
	struct ifinfomsg head = { 0 };
	struct nl_msg *msg;

	msg = net_message(RTM_NEWLINK, flags, &head, sizeof(head));
	nla_put_string(msg, IFLA_IFNAME, name);
	return msg;
}

static int
finish(struct net *net, struct nl_msg *msg, const char *fmt, const char *name,
    struct err *e)
{
	int code = net_ask(net->talk, msg, NULL, NULL);

	nlmsg_free(msg);
	return code == 0 ? 0 : net_fail(e, code, fmt, name);
}

/* One that nobody sets changes with the ports. This is that of lxc-net. */
int
net_make_bridge(struct net *net, const char *name, struct err *e)
{
	static const uint8_t mac[] = { 0x00, 0x16, 0x3e, 0x00, 0x00, 0x00 };
	struct nl_msg *msg = link_message(NLM_F_CREATE | NLM_F_EXCL, name);
	struct nlattr *info = nla_nest_start(msg, IFLA_LINKINFO);

	nla_put_string(msg, IFLA_INFO_KIND, "bridge");
	nla_nest_end(msg, info);
	nla_put(msg, IFLA_ADDRESS, sizeof(mac), mac);
	return finish(net, msg, N_("cannot make the bridge %s"), name, e);
}

/* where is the attribute that tells the peer's namespace; 0: it is ours. */
static int
make_veth(struct net *net, const char *name, const char *peer, int where,
    uint32_t value, struct err *e)
{
	struct nl_msg *msg = link_message(NLM_F_CREATE | NLM_F_EXCL, name);
	struct nlattr *info, *data, *other;
	struct ifinfomsg head = { 0 };

	info = nla_nest_start(msg, IFLA_LINKINFO);
	nla_put_string(msg, IFLA_INFO_KIND, "veth");
	data = nla_nest_start(msg, IFLA_INFO_DATA);
	other = nla_nest_start(msg, VETH_INFO_PEER);
	nlmsg_append(msg, &head, sizeof(head), NLMSG_ALIGNTO);
	nla_put_string(msg, IFLA_IFNAME, peer);
	if (where != 0)
		nla_put_u32(msg, where, value);
	nla_nest_end(msg, other);
	nla_nest_end(msg, data);
	nla_nest_end(msg, info);
	return finish(net, msg, N_("cannot make the veth pair %s"), name, e);
}

int
net_make_veth(struct net *net, const char *name, const char *peer, pid_t pid,
    struct err *e)
{
	return make_veth(
	    net, name, peer, pid != 0 ? IFLA_NET_NS_PID : 0, (uint32_t)pid, e);
}

int
net_make_veth_at(
    struct net *net, const char *name, const char *peer, int fd, struct err *e)
{
	return make_veth(net, name, peer, IFLA_NET_NS_FD, (uint32_t)fd, e);
}

int
net_link_set(struct net *net, const char *name, bool up, const char *master,
    struct err *e)
{
	struct ifinfomsg head = { .ifi_change = IFF_UP };
	struct nl_msg *msg;
	unsigned index = 0;

	head.ifi_index = (int)if_nametoindex(name);
	head.ifi_flags = up ? IFF_UP : 0;
	if (head.ifi_index == 0)
		return net_fail(e, ENODEV, "cannot set %s", name);
	if (master != NULL && master[0] != '\0') {
		index = if_nametoindex(master);
		if (index == 0)
			return net_fail(
			    e, ENODEV, "cannot use the bridge %s", master);
	}
	msg = net_message(RTM_NEWLINK, 0, &head, sizeof(head));
	if (master != NULL)
		nla_put_u32(msg, IFLA_MASTER, index);
	return finish(net, msg, N_("cannot set %s"), name, e);
}
