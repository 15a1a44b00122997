/* New connections as conntrack tells of them. */
#include "config.h"

#include "core/flow.h"

#include <netinet/in.h> /* first: the kernel's headers give way to it */

#include <errno.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_conntrack_tcp.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "core/net_internal.h"

#define READ_MAX 256 /* datagrams of one turn */

struct flows {
	struct nl_sock *events;
};

static int
subscribe(struct flows *f)
{
	static const int groups[] = { NFNLGRP_CONNTRACK_NEW,
		NFNLGRP_CONNTRACK_UPDATE };
	size_t i;

	f->events = nl_socket_alloc();
	if (f->events == NULL || nl_connect(f->events, NETLINK_NETFILTER) < 0 ||
	    nl_socket_set_nonblocking(f->events) < 0)
		return -1;
	for (i = 0; i < NITEMS(groups); i++)
		if (setsockopt(nl_socket_get_fd(f->events), SOL_NETLINK,
			NETLINK_ADD_MEMBERSHIP, &groups[i],
			sizeof(groups[i])) == -1)
			return -1;
	return 0;
}

struct flows *
flows_open(struct err *e)
{
	struct flows *f = xcalloc(1, sizeof(*f));

	if (subscribe(f) == 0)
		return f;
	err_sys(e, ERR_FAIL, "cannot listen to new connections");
	flows_close(f);
	return NULL;
}

void
flows_close(struct flows *f)
{
	if (f != NULL && f->events != NULL)
		nl_socket_free(f->events);
	free(f);
}

int
flows_fd(const struct flows *f)
{
	return nl_socket_get_fd(f->events);
}

static void
read_addr(struct nlattr *a, uint8_t family, struct prefix *p)
{
	size_t len = family == AF_INET ? 4 : 16;

	if (a == NULL || (size_t)nla_len(a) != len)
		return;
	p->family = family;
	p->len = prefix_full(p);
	memcpy(p->bytes, nla_data(a), len);
}

static uint16_t
read_port(struct nlattr *a)
{
	return a != NULL && nla_len(a) == 2 ? ntohs(nla_get_u16(a)) : 0;
}

static void
read_tuple(struct nlattr *tuple, struct flow *f)
{
	struct nlattr *tb[CTA_TUPLE_MAX + 1], *ip[CTA_IP_MAX + 1];
	struct nlattr *proto[CTA_PROTO_MAX + 1];

	if (nla_parse_nested(tb, CTA_TUPLE_MAX, tuple, NULL) < 0 ||
	    tb[CTA_TUPLE_IP] == NULL || tb[CTA_TUPLE_PROTO] == NULL ||
	    nla_parse_nested(ip, CTA_IP_MAX, tb[CTA_TUPLE_IP], NULL) < 0 ||
	    nla_parse_nested(proto, CTA_PROTO_MAX, tb[CTA_TUPLE_PROTO], NULL) <
		0)
		return;
	read_addr(ip[CTA_IP_V4_SRC], AF_INET, &f->src);
	read_addr(ip[CTA_IP_V4_DST], AF_INET, &f->dst);
	read_addr(ip[CTA_IP_V6_SRC], AF_INET6, &f->src);
	read_addr(ip[CTA_IP_V6_DST], AF_INET6, &f->dst);
	if (proto[CTA_PROTO_NUM] != NULL)
		f->proto = nla_get_u8(proto[CTA_PROTO_NUM]);
	f->sport = read_port(proto[CTA_PROTO_SRC_PORT]);
	f->dport = read_port(proto[CTA_PROTO_DST_PORT]);
}

static bool
is_established(struct nlattr *info)
{
	struct nlattr *tb[CTA_PROTOINFO_MAX + 1];
	struct nlattr *tcp[CTA_PROTOINFO_TCP_MAX + 1];

	return info != NULL &&
	       nla_parse_nested(tb, CTA_PROTOINFO_MAX, info, NULL) == 0 &&
	       tb[CTA_PROTOINFO_TCP] != NULL &&
	       nla_parse_nested(tcp, CTA_PROTOINFO_TCP_MAX,
		   tb[CTA_PROTOINFO_TCP], NULL) == 0 &&
	       tcp[CTA_PROTOINFO_TCP_STATE] != NULL &&
	       nla_get_u8(tcp[CTA_PROTOINFO_TCP_STATE]) ==
		   TCP_CONNTRACK_ESTABLISHED;
}

static bool
read_flow(struct nlmsghdr *h, struct flow *f)
{
	struct nlattr *tb[CTA_MAX + 1];

	memset(f, 0, sizeof(*f));
	if (net_parse(h, sizeof(struct nfgenmsg), tb, CTA_MAX, NULL) != 0 ||
	    tb[CTA_TUPLE_ORIG] == NULL || tb[CTA_ID] == NULL)
		return false;
	f->id = ntohl(nla_get_u32(tb[CTA_ID]));
	f->fresh = (h->nlmsg_flags & NLM_F_CREATE) != 0;
	f->answered = is_established(tb[CTA_PROTOINFO]);
	if (tb[CTA_STATUS] != NULL)
		f->translated =
		    (ntohl(nla_get_u32(tb[CTA_STATUS])) & IPS_DST_NAT) != 0;
	read_tuple(tb[CTA_TUPLE_ORIG], f);
	return true;
}

/* Events that were lost for want of room are no harm: the next will come. */
void
flows_read(
    struct flows *f, void (*fn)(void *arg, const struct flow *), void *arg)
{
	union {
		struct nlmsghdr first;
		char bytes[32 * 1024];
	} buffer;
	struct nlmsghdr *h;
	struct flow flow;
	ssize_t got;
	int left, turns = 0;

	/* Others want their turn also when connections pour in. */
	while (turns++ < READ_MAX &&
	       ((got = recv(flows_fd(f), &buffer, sizeof(buffer), 0)) > 0 ||
		   (got == -1 && (errno == ENOBUFS || errno == EINTR)))) {
		left = got > 0 ? (int)got : 0;
		for (h = &buffer.first; nlmsg_ok(h, left);
		     h = nlmsg_next(h, &left))
			if (read_flow(h, &flow))
				fn(arg, &flow);
	}
}
