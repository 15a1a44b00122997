/* A private veth pair whose frames enter this host as if by the uplink. */
#include "config.h"

#include "core/kernel/net_inject.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/if_packet.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/tc_act/tc_mirred.h>
#include <linux/veth.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/intl.h"
#include "core/base/util.h"
#include "core/kernel/net_parts.h"

#define INNER "seki-try"
#define OUTER "seki-try%d" /* the kernel numbers it */
#define PRIORITY 1

struct injector {
	struct nl_sock *route; /* in the private namespace, as is the next */
	int packet;
	int inner, outer; /* indexes of the pair, there and here */
	uint8_t mac[6];
};

/* Locally administered. Rules see it as the frame's destination: the link that
 * a frame comes by decides whether it is for this host. */
static const uint8_t outer_mac[6] = { 0x02, 0x5e, 0x0c, 0x17, 0x7e, 0x01 };

static int
open_inside(void *arg)
{
	struct injector *in = arg;

	in->route = net_socket(NETLINK_ROUTE);
	if (in->route == NULL)
		return -1;
	in->packet = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	return in->packet != -1 ? 0 : -1;
}

static int
ask(struct nl_sock *sk, struct nl_msg *msg)
{
	int code = net_ask(sk, msg, NULL, NULL);

	nlmsg_free(msg);
	return code;
}

static int
make_pair(struct net *net, struct injector *in)
{
	struct ifinfomsg head = { 0 };
	struct nl_msg *msg = net_message(
	    RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &head, sizeof(head));
	struct nlattr *info, *data, *peer;

	nla_put_string(msg, IFLA_IFNAME, INNER);
	info = nla_nest_start(msg, IFLA_LINKINFO);
	nla_put_string(msg, IFLA_INFO_KIND, "veth");
	data = nla_nest_start(msg, IFLA_INFO_DATA);
	peer = nla_nest_start(msg, VETH_INFO_PEER);
	nlmsg_append(msg, &head, sizeof(head), NLMSG_ALIGNTO);
	nla_put_string(msg, IFLA_IFNAME, OUTER);
	nla_put(msg, IFLA_ADDRESS, sizeof(in->mac), in->mac);
	nla_put_u32(msg, IFLA_NET_NS_FD, (uint32_t)net->home);
	nla_nest_end(msg, peer);
	nla_nest_end(msg, data);
	nla_nest_end(msg, info);
	return ask(in->route, msg);
}

static void
on_link(struct nlmsghdr *h, void *arg)
{
	const struct ifinfomsg *head = nlmsg_data(h);
	const struct nlattr *peer =
	    nlmsg_find_attr(h, sizeof(*head), IFLA_LINK);
	struct injector *in = arg;

	in->inner = head->ifi_index;
	in->outer = peer != NULL ? nla_get_s32(peer) : 0;
}

static int
find_pair(struct injector *in)
{
	struct ifinfomsg head = { 0 };
	struct nl_msg *msg = net_message(RTM_GETLINK, 0, &head, sizeof(head));
	int code;

	nla_put_string(msg, IFLA_IFNAME, INNER);
	code = net_ask(in->route, msg, on_link, in);
	nlmsg_free(msg);
	return code == 0 && in->outer == 0 ? ENODEV : code;
}

/* Without an address that the kernel would make and announce. */
static struct nl_msg *
be_silent(int index)
{
	struct ifinfomsg head = { .ifi_index = index };
	struct nl_msg *msg = net_message(RTM_SETLINK, 0, &head, sizeof(head));
	struct nlattr *families = nla_nest_start(msg, IFLA_AF_SPEC), *own;

	own = nla_nest_start(msg, AF_INET6);
	nla_put_u8(msg, IFLA_INET6_ADDR_GEN_MODE, IN6_ADDR_GEN_MODE_NONE);
	nla_nest_end(msg, own);
	nla_nest_end(msg, families);
	return msg;
}

static struct nl_msg *
be_up(int index)
{
	struct ifinfomsg head = { .ifi_index = index,
		.ifi_flags = IFF_UP | IFF_NOARP,
		.ifi_change = IFF_UP | IFF_NOARP };

	return net_message(RTM_SETLINK, 0, &head, sizeof(head));
}

/* A kernel without IPv6 has nothing to silence. */
static int
set_up(struct nl_sock *sk, int index)
{
	int code = ask(sk, be_silent(index));

	if (code != 0 && code != EAFNOSUPPORT)
		return code;
	return ask(sk, be_up(index));
}

/* The filter */

static struct nl_msg *
tc_message(int type, int index, uint32_t parent, uint32_t info)
{
	struct tcmsg head = { .tcm_family = AF_UNSPEC,
		.tcm_ifindex = index,
		.tcm_parent = parent,
		.tcm_info = info };

	if (type == RTM_NEWQDISC)
		head.tcm_handle = TC_H_MAKE(TC_H_CLSACT, 0);
	return net_message(
	    type, NLM_F_CREATE | NLM_F_EXCL, &head, sizeof(head));
}

static struct nl_msg *
queue_message(int index)
{
	struct nl_msg *msg = tc_message(RTM_NEWQDISC, index, TC_H_CLSACT, 0);

	nla_put_string(msg, TCA_KIND, "clsact");
	return msg;
}

static void
put_redirect(struct nl_msg *msg, int attr, int to)
{
	const struct tc_mirred mirred = { .action = TC_ACT_STOLEN,
		.eaction = TCA_INGRESS_REDIR,
		.ifindex = (uint32_t)to };
	struct nlattr *all = nla_nest_start(msg, attr), *one, *options;

	one = nla_nest_start(msg, 1);
	nla_put_string(msg, TCA_ACT_KIND, "mirred");
	options = nla_nest_start(msg, TCA_ACT_OPTIONS);
	nla_put(msg, TCA_MIRRED_PARMS, sizeof(mirred), &mirred);
	nla_nest_end(msg, options);
	nla_nest_end(msg, one);
	nla_nest_end(msg, all);
}

static void
put_matchall(struct nl_msg *msg, int to)
{
	put_redirect(msg, TCA_MATCHALL_ACT, to);
}

/* One key, all zero: no bit of any packet is looked at. */
static void
put_u32(struct nl_msg *msg, int to)
{
	const struct tc_u32_sel head = { .flags = TC_U32_TERMINAL, .nkeys = 1 };
	uint8_t any[sizeof(head) + sizeof(struct tc_u32_key)] = { 0 };

	memcpy(any, &head, sizeof(head));
	nla_put(msg, TCA_U32_SEL, sizeof(any), any);
	put_redirect(msg, TCA_U32_ACT, to);
}

static const struct classifier {
	const char *kind;
	void (*put)(struct nl_msg *, int to);
} classifiers[] = {
	{ "matchall", put_matchall },
	{ "u32", put_u32 },
};

static int
add_filter(struct net *net, int index, int to, const struct classifier *c)
{
	struct nl_msg *msg = tc_message(RTM_NEWTFILTER, index,
	    TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS),
	    TC_H_MAKE(PRIORITY << 16, htons(ETH_P_ALL)));
	struct nlattr *options;

	nla_put_string(msg, TCA_KIND, c->kind);
	options = nla_nest_start(msg, TCA_OPTIONS);
	c->put(msg, to);
	nla_nest_end(msg, options);
	return ask(net->talk, msg);
}

/* ENOENT is what the kernel says of a classifier that it lacks. */
static int
redirect(struct net *net, const struct injector *in, int to)
{
	size_t i;
	int code = ENOENT;

	for (i = 0; i < NITEMS(classifiers) && code == ENOENT; i++)
		code = add_filter(net, in->outer, to, &classifiers[i]);
	return code == ENOENT ? EOPNOTSUPP : code;
}

static int
fail(struct err *e, int code, const char *what)
{
	return net_fail(e, code == ENOENT ? EOPNOTSUPP : code, "%s", _(what));
}

static int
build(struct net *net, struct injector *in, int to, struct err *e)
{
	int code;

	if (net_in_private(net, open_inside, in) != 0)
		return net_fail(
		    e, errno, "cannot make a network namespace for the packet");
	code = make_pair(net, in);
	if (code == 0)
		code = find_pair(in);
	if (code != 0)
		return fail(e, code, N_("cannot make a veth pair for it"));
	code = set_up(net->talk, in->outer);
	if (code == 0)
		code = set_up(in->route, in->inner);
	if (code != 0)
		return fail(e, code, N_("cannot set the veth pair up"));
	code = ask(net->talk, queue_message(in->outer));
	if (code != 0)
		return fail(e, code, N_("cannot filter on it (tc, clsact)"));
	code = redirect(net, in, to);
	return code == 0 ? 0
			 : fail(e, code,
			       N_("cannot redirect to the uplink (tc, "
				  "matchall or u32, mirred)"));
}

struct injector *
injector_open(struct net *net, int index, struct err *e)
{
	struct injector *in = xcalloc(1, sizeof(*in));

	in->packet = -1;
	memcpy(in->mac, outer_mac, sizeof(in->mac));
	if (build(net, in, index, e) == 0)
		return in;
	injector_close(in);
	return NULL;
}

/* Deleting the pair here would wait for as long as all before it took. */
void
injector_close(struct injector *in)
{
	if (in == NULL)
		return;
	nl_socket_free(in->route);
	if (in->packet != -1)
		close(in->packet);
	free(in);
}

const uint8_t *
injector_mac(const struct injector *in)
{
	return in->mac;
}

int
injector_send(struct injector *in, const void *frame, size_t len, struct err *e)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET,
		.sll_ifindex = in->inner };

	memcpy(&to.sll_protocol, (const uint8_t *)frame + 2 * ETH_ALEN,
	    sizeof(to.sll_protocol));
	if (sendto(in->packet, frame, len, 0, (const struct sockaddr *)&to,
		sizeof(to)) == (ssize_t)len)
		return 0;
	return net_fail(e, errno, "cannot send the packet");
}
