/* Answers of the kernel, of a later one or of none: every dump is read or
 * refused. Byte 0 chooses what is asked for; then come datagrams, each with
 * its length before it (two bytes, little endian). The linker puts the
 * functions below in the place of those that ask a kernel. */
#include "config.h"

#include <errno.h>
#include <sanitizer/asan_interface.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "core/kernel/flow.h"
#include "core/kernel/hook.h"
#include "core/kernel/listener.h"
#include "core/kernel/net_flow.h"
#include "core/kernel/net_hooks.h"
#include "core/kernel/net_parts.h"
#include "core/kernel/net_sock.h"
#include "core/kernel/net_tcp.h"
#include "core/plan/ruleset.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);
/* The libraries are to call them, too. */
#pragma GCC visibility push(default)
int __wrap_nl_connect(struct nl_sock *, int);
int __wrap_nl_sendto(struct nl_sock *, void *, size_t);
int __wrap_setsockopt(int, int, int, const void *, socklen_t);
ssize_t __wrap_recv(int, void *, size_t, int);
#pragma GCC visibility pop

static struct input {
	const uint8_t *at;
	size_t left;
	uint32_t seq; /* of the last request */
	char *behind; /* the last datagram, where nothing may be read */
	size_t nbehind;
} input;

int
__wrap_nl_connect(struct nl_sock *sk, int protocol)
{
	(void)sk;
	(void)protocol;
	return 0;
}

int
__wrap_nl_sendto(struct nl_sock *sk, void *request, size_t n)
{
	(void)sk;
	input.seq = ((struct nlmsghdr *)request)->nlmsg_seq;
	return (int)n;
}

int
__wrap_setsockopt(int fd, int level, int name, const void *value, socklen_t n)
{
	(void)fd;
	(void)level;
	(void)name;
	(void)value;
	(void)n;
	return 0;
}

/* Every message is an answer to the last request. Whether one of them is the
 * last answer. */
static bool
answer(char *datagram, size_t n)
{
	struct nlmsghdr *h = (struct nlmsghdr *)(void *)datagram;
	int left = (int)n;
	bool last = false;

	for (; nlmsg_ok(h, left); h = nlmsg_next(h, &left)) {
		h->nlmsg_seq = input.seq;
		last |=
		    h->nlmsg_type == NLMSG_ERROR || h->nlmsg_type == NLMSG_DONE;
	}
	return last;
}

/* The rest of a buffer, until the next datagram is asked for: behind the last
 * one nobody asks, and the memory becomes somebody else's. */
static void
guard_rest(char *at, size_t n)
{
	__asan_poison_memory_region(at, n);
	input.behind = at;
	input.nbehind = n;
}

/* At the end of the input the kernel is silent. */
ssize_t
__wrap_recv(int fd, void *to, size_t room, int flags)
{
	size_t n;

	(void)fd;
	(void)flags;
	__asan_unpoison_memory_region(input.behind, input.nbehind);
	if (input.left < 2) {
		errno = EAGAIN;
		return -1;
	}
	n = input.at[0] | (size_t)input.at[1] << 8;
	n = n < input.left - 2 ? n : input.left - 2;
	n = n < room ? n : room;
	memcpy(to, input.at + 2, n);
	input.at += 2 + n;
	input.left -= 2 + n;
	if (!answer(to, n))
		guard_rest((char *)to + n, room - n);
	return (ssize_t)n;
}

static void
read_links(struct net *net)
{
	struct snapshot s = { 0 };
	struct routes r = { 0 };

	net_links(net, &s);
	net_addresses(net, &s);
	net_routes(net->talk, &s, AF_INET6, &r);
	free(r.v);
	snapshot_free(&s);
}

static void
read_addresses(struct net *net)
{
	struct snapshot s = { 0 };

	net_addresses(net, &s);
	snapshot_free(&s);
}

static void
read_routes(struct net *net)
{
	struct link bridge = { .index = 3, .kind = "bridge" };
	struct snapshot s = { .links = &bridge, .nlinks = 1 };
	struct routes r = { 0 };

	net_routes(net->talk, &s, AF_INET, &r);
	free(r.v);
}

static void
read_rules(struct net *net)
{
	struct rules rules;
	struct err e;

	net_rules(net, NET_TABLE, &rules, &e);
}

static void
read_elements(struct net *net)
{
	uint64_t digest;
	struct err e;

	net_elements(net, NET_TABLE, &digest, &e);
}

static void
read_hooks(struct net *net)
{
	struct hooks hooks;
	struct err e;

	net_hooks(net, NET_TABLE, &hooks, &e);
	hooks_free(&hooks);
}

static void
read_counters(struct net *net)
{
	struct counters c = { 0 };
	struct err e;

	net_counters(net, NET_TABLE, &c, &e);
	net_counters(net, NET_TABLE, &c, &e);
	counters_free(&c);
}

static void
read_flows(struct net *net)
{
	struct flow_list l;
	struct err e;

	net_flows(net, &(struct flow_scope){ .family = AF_UNSPEC }, &l, &e);
	flow_list_free(&l);
}

static void
read_listeners(struct net *net)
{
	struct listeners l = { 0 };
	struct err e;

	if (net_listeners(net, NULL, &l, &e) == 0)
		listeners_free(&l);
}

static void
read_connections(struct net *net)
{
	struct tcp_list l = { 0 };
	struct err e;

	(void)net;
	net_tcp(0, 65535, &l, &e);
	tcp_list_free(&l);
}

static void
read_events(struct net *net)
{
	net->rule_events = net->talk;
	net_rules_drain(net);
}

static void (*const readers[])(struct net *) = { read_links, read_addresses,
	read_routes, read_rules, read_elements, read_hooks, read_counters,
	read_flows, read_listeners, read_connections, read_events };

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct net net = { .home = -1 };

	if (n == 0)
		return 0;
	input = (struct input){ .at = data + 1, .left = n - 1 };
	net.talk = net.netfilter = nl_socket_alloc();
	readers[data[0] % NITEMS(readers)](&net);
	nl_socket_free(net.talk);
	return 0;
}
