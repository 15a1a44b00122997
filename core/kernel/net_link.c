/* Reads links and their traffic; ours, and single ones in other namespaces. */
#include "config.h"

#include <arpa/inet.h> /* musl's must come before the kernel's in6.h */
#include <linux/if_link.h>
#include <linux/ipv6.h>
#include <stdlib.h>
#include <string.h>

#include "core/kernel/net_parts.h"

static const struct nla_policy link_policy[IFLA_MAX + 1] = {
	[IFLA_IFNAME] = { .type = NLA_STRING, .maxlen = IFNAMSIZ },
	[IFLA_MTU] = { .type = NLA_U32 },
	[IFLA_MASTER] = { .type = NLA_U32 },
	[IFLA_LINK] = { .type = NLA_U32 },
	[IFLA_LINK_NETNSID] = { .type = NLA_U32 },
	[IFLA_CARRIER] = { .type = NLA_U8 },
	[IFLA_TARGET_NETNSID] = { .type = NLA_U32 },
	[IFLA_LINKINFO] = { .type = NLA_NESTED },
	[IFLA_AF_SPEC] = { .type = NLA_NESTED },
};

static const struct nla_policy info_policy[IFLA_INFO_MAX + 1] = {
	[IFLA_INFO_KIND] = { .type = NLA_STRING },
	[IFLA_INFO_DATA] = { .type = NLA_NESTED },
	[IFLA_INFO_SLAVE_KIND] = { .type = NLA_STRING },
	[IFLA_INFO_SLAVE_DATA] = { .type = NLA_NESTED },
};

static const struct nla_policy bridge_policy[IFLA_BR_MAX + 1] = {
	[IFLA_BR_STP_STATE] = { .type = NLA_U32 },
	[IFLA_BR_BRIDGE_ID] = { .minlen = sizeof(struct ifla_bridge_id) },
};

static void
parse_bridge(struct nlattr *data, struct link *l)
{
	struct nlattr *tb[IFLA_BR_MAX + 1];

	if (nla_parse_nested(tb, IFLA_BR_MAX, data, bridge_policy) < 0)
		return;
	if (tb[IFLA_BR_BRIDGE_ID] != NULL)
		nla_memcpy(
		    l->bridge_id, tb[IFLA_BR_BRIDGE_ID], sizeof(l->bridge_id));
	if (tb[IFLA_BR_STP_STATE] != NULL)
		l->stp = nla_get_u32(tb[IFLA_BR_STP_STATE]) != 0;
}

#define PORT_LOCKED 39 /* IFLA_BRPORT_LOCKED, which older headers lack */

static void
parse_port(struct nlattr *data, struct link *l)
{
	int len = nla_len(data);
	struct nlattr *state = nla_find(nla_data(data), len, IFLA_BRPORT_STATE);
	struct nlattr *lock = nla_find(nla_data(data), len, PORT_LOCKED);

	l->is_port = state != NULL && nla_len(state) == 1;
	if (l->is_port)
		l->port_state = nla_get_u8(state);
	l->locked = lock != NULL && nla_len(lock) == 1 && nla_get_u8(lock) != 0;
}

static bool
is_bridge(struct nlattr *kind)
{
	return kind != NULL && nla_strcmp(kind, "bridge") == 0;
}

static void
parse_info(struct nlattr *info, struct link *l)
{
	struct nlattr *tb[IFLA_INFO_MAX + 1];

	if (nla_parse_nested(tb, IFLA_INFO_MAX, info, info_policy) < 0)
		return;
	if (tb[IFLA_INFO_KIND] != NULL)
		nla_strlcpy(l->kind, tb[IFLA_INFO_KIND], sizeof(l->kind));
	if (tb[IFLA_INFO_DATA] != NULL && link_is_bridge(l))
		parse_bridge(tb[IFLA_INFO_DATA], l);
	if (is_bridge(tb[IFLA_INFO_SLAVE_KIND]) &&
	    tb[IFLA_INFO_SLAVE_DATA] != NULL)
		parse_port(tb[IFLA_INFO_SLAVE_DATA], l);
}

/* IFLA_INET6_CONF is an array of numbers that grows with the kernel. */
static void
parse_conf(struct nlattr *families, struct link *l)
{
	static const int places[] = {
		[CONF_FORWARDING] = DEVCONF_FORWARDING,
		[CONF_ACCEPT_RA] = DEVCONF_ACCEPT_RA,
		[CONF_AUTOCONF] = DEVCONF_AUTOCONF,
		[CONF_DISABLE] = DEVCONF_DISABLE_IPV6,
	};
	struct nlattr *inet6, *conf = NULL;
	size_t i;

	inet6 = nla_find(nla_data(families), nla_len(families), AF_INET6);
	if (inet6 != NULL)
		conf =
		    nla_find(nla_data(inet6), nla_len(inet6), IFLA_INET6_CONF);
	if (conf == NULL || nla_len(conf) < (DEVCONF_DISABLE_IPV6 + 1) * 4)
		return;
	for (i = 0; i < NITEMS(places); i++)
		memcpy(&l->conf[i], (char *)nla_data(conf) + places[i] * 4, 4);
	l->has_conf = true;
}

/* For a veth IFLA_LINK is the peer, for others the lower device. Without a
 * namespace id the peer is here; -1 means it is not visible to us. */
static void
parse_peer(struct nlattr **tb, struct link *l)
{
	l->peer_nsid = NSID_SELF;
	if (strcmp(l->kind, "veth") != 0 || tb[IFLA_LINK] == NULL)
		return;
	if (tb[IFLA_LINK_NETNSID] != NULL) {
		l->peer_nsid = nla_get_s32(tb[IFLA_LINK_NETNSID]);
		if (l->peer_nsid < 0)
			return;
	}
	l->peer_index = nla_get_s32(tb[IFLA_LINK]);
}

/* The first members of struct rtnl_link_stats64, whose tail grows with the
 * kernel; the payload is not aligned. */
static void
parse_stats(struct nlattr *stats, struct link *l)
{
	uint64_t v[4];

	if (nla_len(stats) < (int)sizeof(v))
		return;
	memcpy(v, nla_data(stats), sizeof(v));
	l->rx_packets = v[0];
	l->tx_packets = v[1];
	l->rx_bytes = v[2];
	l->tx_bytes = v[3];
}

static int
parse_link(struct nlmsghdr *h, struct link *l)
{
	const struct ifinfomsg *head = nlmsg_data(h);
	struct nlattr *tb[IFLA_MAX + 1];

	memset(l, 0, sizeof(*l));
	if (net_parse(h, sizeof(*head), tb, IFLA_MAX, link_policy) != 0 ||
	    h->nlmsg_type != RTM_NEWLINK || tb[IFLA_IFNAME] == NULL)
		return -1;
	l->index = head->ifi_index;
	nla_strlcpy(l->name, tb[IFLA_IFNAME], sizeof(l->name));
	l->up = (head->ifi_flags & IFF_UP) != 0;
	/* IFF_RUNNING lags by up to a second. */
	l->running = l->up && tb[IFLA_CARRIER] != NULL &&
		     nla_get_u8(tb[IFLA_CARRIER]) != 0;
	if (tb[IFLA_ADDRESS] != NULL && nla_len(tb[IFLA_ADDRESS]) == 6) {
		memcpy(l->mac, nla_data(tb[IFLA_ADDRESS]), 6);
		l->has_mac = true;
	}
	if (tb[IFLA_MTU] != NULL)
		l->mtu = nla_get_u32(tb[IFLA_MTU]);
	if (tb[IFLA_MASTER] != NULL)
		l->master = nla_get_s32(tb[IFLA_MASTER]);
	if (tb[IFLA_LINKINFO] != NULL)
		parse_info(tb[IFLA_LINKINFO], l);
	if (tb[IFLA_AF_SPEC] != NULL)
		parse_conf(tb[IFLA_AF_SPEC], l);
	if (tb[IFLA_STATS64] != NULL)
		parse_stats(tb[IFLA_STATS64], l);
	parse_peer(tb, l);
	return 0;
}

static void
on_link(struct nlmsghdr *h, void *arg)
{
	struct snapshot *s = arg;

	s->links = xgrow(s->links, s->nlinks, sizeof(*s->links));
	if (parse_link(h, &s->links[s->nlinks]) == 0)
		s->nlinks++;
}

static void
restart_links(void *arg)
{
	struct snapshot *s = arg;

	s->nlinks = 0;
}

static int
by_index(const void *a, const void *b)
{
	const struct link *x = a, *y = b;

	return (x->index > y->index) - (x->index < y->index);
}

int
net_links(struct net *net, struct snapshot *s)
{
	struct ifinfomsg head = { .ifi_family = AF_UNSPEC };
	struct nl_msg *msg;
	int code;

	msg = net_message(RTM_GETLINK, 0, &head, sizeof(head));
	code = net_dump(net->talk, msg, on_link, restart_links, s);
	nlmsg_free(msg);
	if (s->nlinks > 0)
		qsort(s->links, s->nlinks, sizeof(*s->links), by_index);
	return code;
}

struct inside {
	int nsid;
	bool found;
	struct link *link;
};

/* The kernel repeats the namespace id in its answer. */
static void
on_inside(struct nlmsghdr *h, void *arg)
{
	struct inside *in = arg;
	struct nlattr *target;

	target =
	    nlmsg_find_attr(h, sizeof(struct ifinfomsg), IFLA_TARGET_NETNSID);
	if (target != NULL && nla_get_s32(target) == in->nsid)
		in->found = parse_link(h, in->link) == 0;
}

bool
net_link_inside(struct net *net, int nsid, int index, struct link *l)
{
	struct ifinfomsg head = { .ifi_index = index };
	struct inside in = { .nsid = nsid, .link = l };
	struct nl_msg *msg;

	msg = net_message(RTM_GETLINK, 0, &head, sizeof(head));
	nla_put_s32(msg, IFLA_TARGET_NETNSID, nsid);
	nla_put_u32(msg, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	net_note_lack(net, net_ask(net->talk, msg, on_inside, &in));
	nlmsg_free(msg);
	return in.found;
}

static void
on_traffic(struct nlmsghdr *h, void *arg)
{
	struct snapshot *s = arg;
	const struct if_stats_msg *head = nlmsg_data(h);
	struct nlattr *stats;
	struct link *l;

	if (h->nlmsg_type != RTM_NEWSTATS ||
	    h->nlmsg_len < NLMSG_LENGTH(sizeof(*head)))
		return;
	l = (struct link *)snapshot_link_at(s, (int)head->ifindex);
	stats = nlmsg_find_attr(h, sizeof(*head), IFLA_STATS_LINK_64);
	if (l != NULL && stats != NULL)
		parse_stats(stats, l);
}

/* Nothing to discard: the next dump overwrites what this one wrote. */
static void
restart_traffic(void *arg UNUSED)
{
}

int
net_read_traffic(struct net *net, struct snapshot *s, struct err *e)
{
	struct if_stats_msg head = { .family = AF_UNSPEC,
		.filter_mask = IFLA_STATS_FILTER_BIT(IFLA_STATS_LINK_64) };
	struct nl_msg *msg;
	int code;

	msg = net_message(RTM_GETSTATS, 0, &head, sizeof(head));
	code = net_dump(net->talk, msg, on_traffic, restart_traffic, s);
	nlmsg_free(msg);
	return code == 0
		   ? 0
		   : net_fail(e, code, "cannot read the traffic of links");
}
