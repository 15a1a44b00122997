/* Sockets of ours and inside containers, by sock_diag(7). */
#include "config.h"

#include "core/kernel/net_sock.h"

#include <netinet/in.h> /* first: the kernel's headers give way to it */
#include <netinet/tcp.h>

#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <string.h>

#include "core/kernel/net_parts.h"

/* Of the container, or ours if it is NULL; for net_leave. */
static struct nl_sock *
open_sockets(struct net *net, const struct container *c, struct err *e)
{
	struct nl_sock *sk;

	if (c != NULL)
		return net_enter(net, c, NETLINK_SOCK_DIAG, e);
	sk = net_socket(NETLINK_SOCK_DIAG);
	if (sk == NULL)
		net_fail(e, errno, "cannot look for sockets");
	return sk;
}

static void
on_socket(struct nlmsghdr *h, void *arg)
{
	struct inet_diag_msg *found = arg;

	if (nlmsg_datalen(h) >= (int)sizeof(*found))
		memcpy(found, nlmsg_data(h), sizeof(*found));
}

/* found is NULL if there is no answer but an acknowledgement. */
static int
ask(struct nl_sock *sk, int type, uint8_t family, uint8_t proto,
    const struct inet_diag_sockid *id, struct inet_diag_msg *found)
{
	struct inet_diag_req_v2 head = { .sdiag_family = family,
		.sdiag_protocol = proto,
		.idiag_states = UINT32_MAX,
		.id = *id };
	struct nl_msg *msg = net_message(type, 0, &head, sizeof(head));
	int code = net_ask(sk, msg, found != NULL ? on_socket : NULL, found);

	nlmsg_free(msg);
	return code;
}

/* If the connection has no socket any more, the kernel would find, and close,
 * the one listening on its port. IPv4 may have come to a socket of IPv6, which
 * then is named in its own family. */
static int
destroy(struct nl_sock *sk, uint8_t family, const struct inet_diag_sockid *id)
{
	struct inet_diag_msg found = { 0 };
	int code =
	    ask(sk, SOCK_DIAG_BY_FAMILY, family, IPPROTO_TCP, id, &found);

	if (code != 0)
		return code;
	if (found.idiag_state == TCP_LISTEN ||
	    found.id.idiag_dport != id->idiag_dport)
		return ENOENT;
	return ask(
	    sk, SOCK_DESTROY, found.idiag_family, IPPROTO_TCP, &found.id, NULL);
}

static struct inet_diag_sockid
id_of(const struct flow_way *way)
{
	struct inet_diag_sockid id = {
		.idiag_sport = htons(way->sport),
		.idiag_dport = htons(way->dport),
		.idiag_cookie = { INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE },
	};

	memcpy(id.idiag_src, way->src.bytes, sizeof(id.idiag_src));
	memcpy(id.idiag_dst, way->dst.bytes, sizeof(id.idiag_dst));
	return id;
}

int
net_socket_end(struct net *net, const struct container *c,
    const struct flow_way *way, bool *changed, struct err *e)
{
	const struct inet_diag_sockid id = id_of(way);
	struct nl_sock *sk = open_sockets(net, c, e);
	int code;

	*changed = false;
	if (sk == NULL)
		return -1;
	code = destroy(sk, way->src.family, &id);
	net_leave(net, sk);
	*changed = code == 0;
	if (code == 0 || code == ENOENT)
		return 0;
	return c == NULL
		   ? net_fail(e, code, "cannot close a socket of this host")
		   : net_fail(
			 e, code, "cannot close a socket of \"%s\"", c->name);
}

/* Of UDP the kernel takes the ends of a packet that comes to the socket
 * (udp_dump_one(), net/ipv4/udp_diag.c). */
bool
net_peer_has_socket(const struct flow_way *way)
{
	const struct inet_diag_sockid id = id_of(way);
	struct inet_diag_msg found = { 0 };
	struct nl_sock *sk = net_socket(NETLINK_SOCK_DIAG);
	int code;

	if (sk == NULL)
		return true;
	code = ask(
	    sk, SOCK_DIAG_BY_FAMILY, way->src.family, IPPROTO_UDP, &id, &found);
	nl_socket_free(sk);
	return code == 0 ? found.id.idiag_dport != 0 : code != ENOENT;
}

/* Listeners */

#define LISTENERS_MAX 4096 /* a container may open any number */

/* A UDP socket without a peer is in TCP_CLOSE (udp_diag_dump()). */
static const struct {
	uint8_t family, proto, state;
} kinds[] = {
	{ AF_INET6, IPPROTO_TCP, TCP_LISTEN },
	{ AF_INET6, IPPROTO_UDP, TCP_CLOSE },
	{ AF_INET, IPPROTO_TCP, TCP_LISTEN },
	{ AF_INET, IPPROTO_UDP, TCP_CLOSE },
};

struct listen_dump {
	struct listeners *out;
	size_t start; /* where this dump began */
	uint8_t proto;
};

/* An IPv6 socket bound to ::ffff:192.0.2.1 receives IPv4 only. */
static void
set_address(struct prefix *p, const struct inet_diag_msg *d)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	const uint8_t *bytes = (const uint8_t *)d->id.idiag_src;

	p->family = d->idiag_family;
	if (p->family == AF_INET6 &&
	    memcmp(bytes, mapped, sizeof(mapped)) == 0) {
		p->family = AF_INET;
		bytes += sizeof(mapped);
	}
	p->len = p->family == AF_INET ? 32 : 128;
	memcpy(p->bytes, bytes, p->len / 8);
}

static bool
takes_both(struct nlmsghdr *h, const struct listener *l)
{
	static const uint8_t zero[sizeof(l->addr.bytes)];
	const struct nlattr *only;

	if (l->addr.family != AF_INET6 ||
	    memcmp(l->addr.bytes, zero, sizeof(zero)) != 0)
		return false;
	only = nlmsg_find_attr(
	    h, sizeof(struct inet_diag_msg), INET_DIAG_SKV6ONLY);
	return only == NULL || nla_get_u8(only) == 0;
}

static void
on_listener(struct nlmsghdr *h, void *arg)
{
	struct listen_dump *dump = arg;
	struct listeners *out = dump->out;
	struct inet_diag_msg d;
	struct listener *l;

	if (nlmsg_datalen(h) < (int)sizeof(d))
		return;
	memcpy(&d, nlmsg_data(h), sizeof(d));
	if (d.id.idiag_sport == 0)
		return;
	if (out->n == LISTENERS_MAX) {
		out->cut = true;
		return;
	}
	out->v = xgrow(out->v, out->n, sizeof(*out->v));
	l = &out->v[out->n++];
	*l = (struct listener){ .proto = dump->proto,
		.port = ntohs(d.id.idiag_sport),
		.index = (int)d.id.idiag_if,
		.inode = d.idiag_inode };
	set_address(&l->addr, &d);
	l->both = takes_both(h, l);
}

static void
restart_listeners(void *arg)
{
	struct listen_dump *dump = arg;

	dump->out->n = dump->start;
}

static int
dump_listeners(struct nl_sock *sk, size_t kind, struct listeners *out)
{
	struct inet_diag_req_v2 head = { .sdiag_family = kinds[kind].family,
		.sdiag_protocol = kinds[kind].proto,
		.idiag_states = 1u << kinds[kind].state };
	struct listen_dump dump = { out, out->n, kinds[kind].proto };
	struct nl_msg *msg;
	int code;

	msg = net_message(SOCK_DIAG_BY_FAMILY, 0, &head, sizeof(head));
	code = net_dump(sk, msg, on_listener, restart_listeners, &dump);
	nlmsg_free(msg);
	return code;
}

int
net_listeners(struct net *net, const struct container *c, struct listeners *out,
    struct err *e)
{
	struct nl_sock *sk = open_sockets(net, c, e);
	int code = 0;
	size_t i;

	memset(out, 0, sizeof(*out));
	if (sk == NULL)
		return -1;
	for (i = 0; i < NITEMS(kinds) && code == 0; i++)
		code = dump_listeners(sk, i, out);
	net_leave(net, sk);
	if (code == 0)
		return 0;
	listeners_free(out);
	return net_fail(e, code, "cannot look for listening sockets");
}
