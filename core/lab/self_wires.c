/* The network namespaces and veth pairs that the self-test sends packets
 * through.
 *
 *   outside eth0 ---- eth0 host br0 ---- eth0 inside
 */
#include "config.h"

#include "core/lab/self_wires.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/addr.h"
#include "core/base/loop.h"
#include "core/base/util.h"
#include "core/kernel/net.h"
#include "core/kernel/net_make.h"
#include "core/lab/lab_link.h"

#define PORT "port0" /* of the bridge */
#define ROUTER "2001:db8::1"
#define ROUTER4 "192.0.2.1"
#define GATEWAY4 "10.94.0.1"

/* Namespaces */

static int
make_place(struct wires *w, enum wires_place place, struct err *e)
{
	if (unshare(CLONE_NEWNET) == -1)
		return err_sys(
		    e, ERR_FAIL, "cannot make a network namespace for it");
	w->ns[place] = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (w->ns[place] == -1)
		return err_sys(e, ERR_FAIL, "cannot open /proc/self/ns/net");
	return 0;
}

static int
enter(const struct wires *w, enum wires_place place, struct err *e)
{
	if (setns(w->ns[place], CLONE_NEWNET) == -1)
		return err_sys(
		    e, ERR_FAIL, "cannot enter a network namespace of it");
	return 0;
}

/* Links */

struct give {
	enum wires_place place;
	const char *link, *address;
};

static const struct give gives[] = {
	{ WIRES_HOST, WIRES_UPLINK, WIRES_PUBLIC "/64" },
	{ WIRES_HOST, WIRES_UPLINK, WIRES_PUBLIC4 "/24" },
	{ WIRES_HOST, WIRES_BRIDGE, WIRES_GATEWAY "/64" },
	{ WIRES_HOST, WIRES_BRIDGE, GATEWAY4 "/24" },
	{ WIRES_OUTSIDE, "eth0", ROUTER "/64" },
	{ WIRES_OUTSIDE, "eth0", ROUTER4 "/24" },
	{ WIRES_OUTSIDE, "eth0", WIRES_CLIENT "/128" },
	{ WIRES_OUTSIDE, "eth0", WIRES_OTHER "/128" },
	{ WIRES_OUTSIDE, "eth0", WIRES_CLIENT4 "/32" },
	{ WIRES_INSIDE, "eth0", WIRES_TARGET "/64" },
	{ WIRES_INSIDE, "eth0", WIRES_TARGET4 "/24" },
};

static const struct {
	const char *link, *gateway, *gateway4;
} ways[WIRES_PLACES] = {
	[WIRES_HOST] = { WIRES_UPLINK, ROUTER, ROUTER4 },
	[WIRES_OUTSIDE] = { "eth0", WIRES_PUBLIC, WIRES_PUBLIC4 },
	[WIRES_INSIDE] = { "eth0", WIRES_GATEWAY, GATEWAY4 },
};

static int
give_addresses(struct net *net, enum wires_place place, struct err *e)
{
	size_t i;

	for (i = 0; i < NITEMS(gives); i++)
		if (gives[i].place == place &&
		    lab_add_address(net, gives[i].link, gives[i].address, e) !=
			0)
			return -1;
	if (lab_add_default(net, ways[place].link, ways[place].gateway, e) != 0)
		return -1;
	return lab_add_default(net, ways[place].link, ways[place].gateway4, e);
}

static int
set_up_host(struct wires *w, struct err *e)
{
	struct net *net = w->net;

	if (net_make_bridge(net, WIRES_BRIDGE, e) != 0 ||
	    net_make_veth_at(
		net, WIRES_UPLINK, "eth0", w->ns[WIRES_OUTSIDE], e) != 0 ||
	    net_make_veth_at(net, PORT, "eth0", w->ns[WIRES_INSIDE], e) != 0 ||
	    lab_link_up(net, WIRES_UPLINK, NULL, e) != 0 ||
	    lab_link_up(net, WIRES_BRIDGE, NULL, e) != 0 ||
	    lab_link_up(net, PORT, WIRES_BRIDGE, e) != 0 ||
	    net_sysctl_set("conf/all/forwarding", 1, e) != 0 ||
	    net_ipv4_forwarding_set(1, 0, e) != 0)
		return -1;
	return give_addresses(net, WIRES_HOST, e);
}

/* One that is not the host. */
static int
set_up_end(const struct wires *w, enum wires_place place, struct err *e)
{
	struct net *net = NULL;
	int r = -1;

	if (enter(w, place, e) != 0)
		return -1;
	net = net_open(e);
	if (net != NULL && net_watch(net, e) == 0 &&
	    lab_link_up(net, "eth0", NULL, e) == 0 &&
	    give_addresses(net, place, e) == 0)
		r = lab_await_links(net, e);
	net_free(net);
	return r;
}

int
wires_make(struct wires *w, struct err *e)
{
	enum wires_place place;

	*w = (struct wires){ { -1, -1, -1 }, NULL };
	for (place = 0; place < WIRES_PLACES; place++)
		if (make_place(w, place, e) != 0)
			return -1;
	if (enter(w, WIRES_HOST, e) != 0)
		return -1;
	w->net = net_open(e);
	if (w->net == NULL || net_watch(w->net, e) != 0 ||
	    set_up_host(w, e) != 0 || set_up_end(w, WIRES_OUTSIDE, e) != 0 ||
	    set_up_end(w, WIRES_INSIDE, e) != 0 || enter(w, WIRES_HOST, e) != 0)
		return -1;
	return lab_await_links(w->net, e);
}

void
wires_free(struct wires *w)
{
	size_t i;

	net_free(w->net);
	for (i = 0; i < NITEMS(w->ns); i++)
		if (w->ns[i] != -1)
			close(w->ns[i]);
}

/* Calls */

union end {
	struct sockaddr any;
	struct sockaddr_in6 in6;
	struct sockaddr_in in;
};

static union end
end_of(const char *address, uint16_t port)
{
	union end end = { .in6 = { .sin6_family = AF_INET6 } };
	struct prefix p;

	if (prefix_parse(&p, address) == 0 && p.family == AF_INET) {
		end.in = (struct sockaddr_in){ .sin_family = AF_INET,
			.sin_port = htons(port) };
		memcpy(&end.in.sin_addr, p.bytes, sizeof(end.in.sin_addr));
	} else {
		end.in6.sin6_port = htons(port);
		memcpy(&end.in6.sin6_addr, p.bytes, sizeof(end.in6.sin6_addr));
	}
	return end;
}

/* A socket in that place, bound to that end. */
static int
open_socket(const struct wires *w, enum wires_place place, int type,
    const union end *end, struct err *e)
{
	static const int yes = 1;
	int fd = -1;

	if (enter(w, place, e) == 0) {
		fd = socket(
		    end->any.sa_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
		if (fd == -1 || bind(fd, &end->any, sizeof(*end)) != 0) {
			err_sys(e, ERR_FAIL, "cannot open a socket for it");
			if (fd != -1)
				close(fd);
			fd = -1;
		}
	}
	return fd;
}

/* One byte. Where it does not get is seen at the other end. */
static void
say(int fd)
{
	if (send(fd, "!", 1, MSG_NOSIGNAL) == -1)
		return;
}

int
wires_dial(const struct wires *w, const struct wires_call *c,
    struct wires_line *l, struct err *e)
{
	const union end source = end_of(c->source, 0);
	const union end target = end_of(c->target, c->port);
	const union end any = end_of(
	    source.any.sa_family == AF_INET ? "0.0.0.0" : "::", c->listens);

	*l = (struct wires_line){ c->type, -1, -1, -1 };
	l->listener = open_socket(w, c->to, c->type, &any, e);
	if (l->listener == -1)
		return -1;
	if (c->type == SOCK_STREAM && listen(l->listener, 1) != 0)
		return err_sys(e, ERR_FAIL, "cannot listen for it");
	l->caller = open_socket(w, c->from, c->type, &source, e);
	if (l->caller == -1 || enter(w, WIRES_HOST, e) != 0)
		return -1;
	/* What becomes of it is for wires_talk to see. */
	if (connect(l->caller, &target.any, sizeof(target)) == 0 &&
	    c->type == SOCK_DGRAM)
		say(l->caller);
	return 0;
}

static int
take_stream(int listener)
{
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	close(listener);
	return fd;
}

/* The first datagram is the call, and whoever sent it the other end. */
static int
take_datagram(int listener)
{
	union end peer;
	socklen_t size = sizeof(peer);
	char byte;

	if (recvfrom(listener, &byte, 1, 0, &peer.any, &size) == 1 &&
	    connect(listener, &peer.any, size) == 0)
		return listener;
	close(listener);
	return -1;
}

bool
wires_arrives(struct wires_line *l, unsigned ms)
{
	if (l->called == -1 && l->listener != -1 &&
	    loop_wait_fd(l->listener, ms)) {
		l->called = l->type == SOCK_STREAM ? take_stream(l->listener)
						   : take_datagram(l->listener);
		l->listener = -1;
	}
	return l->called != -1;
}

static bool
gets_through(int from, int to, unsigned ms)
{
	char byte;

	say(from);
	return loop_wait_fd(to, ms) && recv(to, &byte, 1, 0) == 1;
}

bool
wires_talk(struct wires_line *l, unsigned ms)
{
	return wires_arrives(l, ms) && gets_through(l->caller, l->called, ms) &&
	       gets_through(l->called, l->caller, ms);
}

void
wires_hang_up(struct wires_line *l)
{
	const int fds[] = { l->listener, l->caller, l->called };
	size_t i;

	for (i = 0; i < NITEMS(fds); i++)
		if (fds[i] != -1)
			close(fds[i]);
	*l = (struct wires_line){ l->type, -1, -1, -1 };
}
