/* The sockets inside containers. */
#include "config.h"

#include "core/flow.h"

#include <netinet/in.h> /* first: the kernel's headers give way to it */
#include <netinet/tcp.h>

#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <string.h>

#include "core/net_internal.h"

static void
on_socket(struct nlmsghdr *h, void *arg)
{
	struct inet_diag_msg *found = arg;

	if (nlmsg_datalen(h) >= (int)sizeof(*found))
		memcpy(found, nlmsg_data(h), sizeof(*found));
}

static int
ask(struct nl_sock *sk, int type, const struct inet_diag_sockid *id,
    struct inet_diag_msg *found)
{
	struct inet_diag_req_v2 head = { .sdiag_family = AF_INET6,
		.sdiag_protocol = IPPROTO_TCP,
		.idiag_states = UINT32_MAX,
		.id = *id };
	struct nl_msg *msg = net_message(type, 0, &head, sizeof(head));
	int code = net_ask(sk, msg, on_socket, found);

	nlmsg_free(msg);
	return code;
}

/* Where the connection has no socket any more, the kernel answers with the one
 * that listens on its port, and would close that. */
static int
destroy(struct nl_sock *sk, const struct inet_diag_sockid *id)
{
	struct inet_diag_msg found = { 0 };
	int code = ask(sk, SOCK_DIAG_BY_FAMILY, id, &found);

	if (code != 0)
		return code;
	if (found.idiag_state == TCP_LISTEN ||
	    found.id.idiag_dport != id->idiag_dport)
		return ENOENT;
	return ask(sk, SOCK_DESTROY, &found.id, &found);
}

int
net_socket_end(struct net *net, const struct container *c, const struct flow *f,
    bool *changed, struct err *e)
{
	const struct flow_way *way = &f->reply;
	struct inet_diag_sockid id = {
		.idiag_sport = htons(way->sport),
		.idiag_dport = htons(way->dport),
		.idiag_cookie = { INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE },
	};
	struct nl_sock *sk = net_enter(net, c, NETLINK_SOCK_DIAG, e);
	int code;

	*changed = false;
	if (sk == NULL)
		return -1;
	memcpy(id.idiag_src, way->src.bytes, sizeof(id.idiag_src));
	memcpy(id.idiag_dst, way->dst.bytes, sizeof(id.idiag_dst));
	code = destroy(sk, &id);
	net_leave(net, sk);
	*changed = code == 0;
	return code == 0 || code == ENOENT
		   ? 0
		   : net_fail(
			 e, code, "cannot close a socket of \"%s\"", c->name);
}
