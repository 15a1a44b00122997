/* TCP connections of this host itself, and routes to their peers. */
#include "config.h"

#include "core/kernel/net_tcp.h"

#include <netinet/in.h> /* first: the kernel's headers give way to it */
#include <netinet/tcp.h>

#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/kernel/net_parts.h"

void
tcp_list_free(struct tcp_list *l)
{
	free(l->v);
	memset(l, 0, sizeof(*l));
}

/* A dual-stack socket shows IPv4 peers as ::ffff:192.0.2.1. */
static struct prefix
read_end(uint8_t family, const __be32 words[static 4])
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	struct prefix p = { .family = AF_INET6, .len = 128 };

	memcpy(p.bytes, words, sizeof(p.bytes));
	if (family == AF_INET6 && memcmp(p.bytes, mapped, sizeof(mapped)) != 0)
		return p;
	if (family == AF_INET6)
		words += 3;
	p = (struct prefix){ .family = AF_INET, .len = 32 };
	memcpy(p.bytes, words, 4);
	return p;
}

static void
on_connection(struct nlmsghdr *h, void *arg)
{
	struct tcp_list *l = arg;
	struct inet_diag_msg found;

	if (nlmsg_datalen(h) < (int)sizeof(found))
		return;
	memcpy(&found, nlmsg_data(h), sizeof(found));
	l->v = xgrow(l->v, l->n, sizeof(*l->v));
	l->v[l->n++] = (struct tcp){
		.local = read_end(found.idiag_family, found.id.idiag_src),
		.remote = read_end(found.idiag_family, found.id.idiag_dst),
		.local_port = ntohs(found.id.idiag_sport),
		.remote_port = ntohs(found.id.idiag_dport),
		.index = (int)found.id.idiag_if,
		.inode = found.idiag_inode,
	};
}

static void
restart(void *arg)
{
	tcp_list_free(arg);
}

/* Lets the kernel select by port, since a host may have many connections. Jumps
 * are in bytes; one past the end means no match (inet_diag_bc_run,
 * net/ipv4/inet_diag.c). */
static void
put_ports(struct nl_msg *msg, uint16_t lo, uint16_t hi)
{
	enum { OP = sizeof(struct inet_diag_bc_op) };
	const struct inet_diag_bc_op code[] = {
		{ .code = INET_DIAG_BC_S_GE, .yes = 2 * OP, .no = 4 * OP + 4 },
		{ .no = lo },
		{ .code = INET_DIAG_BC_S_LE, .yes = 2 * OP, .no = 2 * OP + 4 },
		{ .no = hi },
	};

	nla_put(msg, INET_DIAG_REQ_BYTECODE, sizeof(code), code);
}

/* The older request is for both families, and the kernel walks its whole table
 * of connections for each request (tcp_diag_dump, net/ipv4/tcp_diag.c). */
static int
list(
    unsigned state, uint16_t lo, uint16_t hi, struct tcp_list *l, struct err *e)
{
	const struct inet_diag_req head = { .idiag_states = 1u << state };
	struct nl_sock *sk = net_socket(NETLINK_SOCK_DIAG);
	struct nl_msg *msg;
	int code = errno;

	memset(l, 0, sizeof(*l));
	if (sk != NULL) {
		msg = net_message(TCPDIAG_GETSOCK, 0, &head, sizeof(head));
		put_ports(msg, lo, hi);
		code = net_dump(sk, msg, on_connection, restart, l);
		nlmsg_free(msg);
		nl_socket_free(sk);
	}
	return code == 0 ? 0 : net_fail(e, code, "cannot list the connections");
}

int
net_tcp(uint16_t lo, uint16_t hi, struct tcp_list *l, struct err *e)
{
	return list(TCP_ESTABLISHED, lo, hi, l, e);
}

int
net_tcp_listening(struct tcp_list *l, struct err *e)
{
	return list(TCP_LISTEN, 0, UINT16_MAX, l, e);
}

/* Routes */

static void
on_way(struct nlmsghdr *h, void *arg)
{
	struct nlattr *tb[RTA_MAX + 1];
	int *index = arg;

	if (h->nlmsg_type == RTM_NEWROUTE &&
	    net_parse(h, sizeof(struct rtmsg), tb, RTA_MAX, NULL) == 0 &&
	    tb[RTA_OIF] != NULL)
		*index = nla_get_s32(tb[RTA_OIF]);
}

int
net_way_to(const struct prefix *addr, int index)
{
	struct rtmsg head = { .rtm_family = addr->family,
		.rtm_dst_len = prefix_full(addr) };
	struct nl_sock *sk = net_socket(NETLINK_ROUTE);
	struct nl_msg *msg;
	int found = 0;

	if (sk == NULL)
		return 0;
	msg = net_message(RTM_GETROUTE, 0, &head, sizeof(head));
	nla_put(msg, RTA_DST, prefix_full(addr) / 8, addr->bytes);
	if (index != 0)
		nla_put_u32(msg, RTA_OIF, (uint32_t)index);
	if (net_ask(sk, msg, on_way, &found) != 0)
		found = 0;
	nlmsg_free(msg);
	nl_socket_free(sk);
	return found;
}
