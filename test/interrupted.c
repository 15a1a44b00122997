/* Dumps that the kernel says were inconsistent: each is read again, and what
 * comes of it is what an undisturbed one tells. */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "core/base/util.h"
#include "core/kernel/net.h"
#include "core/kernel/net_flow.h"
#include "core/kernel/net_hooks.h"
#include "core/kernel/net_make.h"
#include "core/kernel/net_sock.h"
#include "core/kernel/net_tcp.h"

#include "lib/guest.h"

#define PORT 7000

/* What the kernel is made to say of its dumps. */
static struct {
	bool always;	 /* each was inconsistent, */
	bool first;	 /* or each that is not a repetition */
	unsigned broken; /* how many were said to be */
} kernel;

ssize_t __real_recv(int fd, void *buf, size_t len, int flags);
ssize_t __wrap_recv(int fd, void *buf, size_t len, int flags);

static void
break_off(struct nlmsghdr *h)
{
	if (h->nlmsg_type != NLMSG_DONE)
		return;
	if (kernel.always || (kernel.first && kernel.broken % 2 == 0))
		h->nlmsg_flags |= NLM_F_DUMP_INTR;
	kernel.broken++;
}

/* Every other end of a dump is that of the repetition. */
ssize_t
__wrap_recv(int fd, void *buf, size_t len, int flags)
{
	ssize_t n = __real_recv(fd, buf, len, flags);
	unsigned left = (unsigned)n;
	struct nlmsghdr *h;

	if (n <= 0 || (size_t)n > len || (!kernel.always && !kernel.first))
		return n;
	for (h = buf; NLMSG_OK(h, left); h = NLMSG_NEXT(h, left))
		break_off(h);
	return n;
}

/* ---- what is read, as text */

static int
tell_snapshot(struct net *net, struct buf *b, struct err *e)
{
	struct snapshot s;
	size_t i;

	if (net_read(net, &s, e) == -1)
		return -1;
	for (i = 0; i < s.nlinks; i++)
		buf_printf(b, "link %s\n", s.links[i].name);
	for (i = 0; i < s.naddresses; i++)
		buf_printf(b, "address %d %d\n", s.addresses[i].nsid,
		    s.addresses[i].index);
	for (i = 0; i < s.nroutes; i++)
		buf_printf(b, "route %s\n", s.routes[i].dev);
	for (i = 0; i < s.ninward; i++)
		buf_printf(b, "inward %s\n", s.inward[i].dev);
	for (i = 0; i < s.ncontainers; i++)
		buf_printf(b, "container %s %d\n", s.containers[i].inner_name,
		    s.containers[i].has_default);
	snapshot_free(&s);
	return 0;
}

static int
tell_traffic(struct net *net, struct buf *b, struct err *e)
{
	struct snapshot s;
	int r = net_read(net, &s, e);
	size_t i;

	if (r == -1)
		return -1;
	r = net_read_traffic(net, &s, e);
	for (i = 0; i < s.nlinks; i++)
		buf_printf(b, "%s\n", s.links[i].name);
	snapshot_free(&s);
	return r;
}

/* Once as they come, and once as they are known already. */
static int
tell_counters(struct net *net, struct buf *b, struct err *e)
{
	struct counters all = { 0 };
	unsigned before = 0;
	int times, r = 0;
	size_t i;

	for (times = 0; times < 2 && r == 0; times++) {
		r = net_counters(net, NET_TABLE, &all, e);
		buf_printf(b, "changed: %d\n", all.version != before);
		before = all.version;
		for (i = 0; i < all.n; i++)
			buf_printf(b, "%s %" PRIu64 "\n", all.v[i].name,
			    all.v[i].packets);
	}
	counters_free(&all);
	return r;
}

static int
tell_rules(struct net *net, struct buf *b, struct err *e)
{
	struct rules rules;
	uint64_t digest;

	if (net_rules(net, NET_TABLE, &rules, e) == -1 ||
	    net_elements(net, NET_TABLE, &digest, e) == -1)
		return -1;
	buf_printf(b, "%d %" PRIx64 " %" PRIx64 " %" PRIx64 "\n", rules.present,
	    rules.marks, rules.shape, digest);
	return 0;
}

static int
tell_hooks(struct net *net, struct buf *b, struct err *e)
{
	struct hooks hooks = { 0 };
	int r = net_hooks(net, NET_TABLE, &hooks, e);
	const struct tables *t = &hooks.tables;
	size_t i;

	buf_printf(b, "hooks %zu\n", hooks.n);
	for (i = 0; i < t->nchains; i++)
		buf_printf(b, "%s %zu\n", t->chains[i].name, t->chains[i].n);
	for (i = 0; i < t->nsets; i++)
		buf_printf(b, "%s %zu\n", t->sets[i].name, t->sets[i].n);
	hooks_free(&hooks);
	return r;
}

static int
tell_flows(struct net *net, struct buf *b, struct err *e)
{
	struct flow_list all = { 0 };
	int r = net_flows(
	    net, &(struct flow_scope){ .family = AF_UNSPEC }, &all, e);
	size_t i;

	for (i = 0; i < all.n; i++)
		buf_printf(b, "%u\n", all.v[i].reply.sport);
	flow_list_free(&all);
	return r;
}

static int
tell_sockets(struct net *net, struct buf *b, struct err *e)
{
	struct listeners all = { 0 };
	int r = net_listeners(net, NULL, &all, e);
	size_t i;

	for (i = 0; i < all.n; i++)
		buf_printf(b, "%u %u\n", all.v[i].proto, all.v[i].port);
	listeners_free(&all);
	return r;
}

static int
tell_connections(struct net *net UNUSED, struct buf *b, struct err *e)
{
	struct tcp_list all = { 0 };
	int r = net_tcp_listening(&all, e);
	size_t i;

	for (i = 0; i < all.n; i++)
		buf_printf(b, "%u %u\n", all.v[i].local_port, all.v[i].inode);
	tcp_list_free(&all);
	return r;
}

/* What a line of each tells is there to be read twice. */
static const struct reading {
	const char *name;
	int (*tell)(struct net *, struct buf *, struct err *);
	const char *line;
} readings[] = {
	{ "snapshot", tell_snapshot, "container eth0 1\n" },
	{ "traffic", tell_traffic, "br0\n" },
	{ "counters", tell_counters, "b 7\n" },
	{ "rules", tell_rules, "1 " },
	{ "hooks", tell_hooks, "ports 2\n" },
	{ "flows", tell_flows, "7001\n" },
	{ "sockets", tell_sockets, "6 7000\n" },
	{ "connections", tell_connections, "7000 " },
};

/* ---- tests */

static char *
told(const struct reading *r)
{
	struct buf b = { 0 };
	struct err e;
	struct net *net = net_open(&e);

	if (net == NULL || r->tell(net, &b, &e) == -1)
		fail_msg("%s: %s", r->name, e.text);
	net_free(net);
	return buf_take(&b);
}

static void
test_read_again(void **state UNUSED)
{
	char *before, *then;
	size_t i;

	for (i = 0; i < NITEMS(readings); i++) {
		before = told(&readings[i]);
		if (strstr(before, readings[i].line) == NULL)
			fail_msg("%s: %s", readings[i].name, before);
		kernel.first = true;
		kernel.broken = 0;
		then = told(&readings[i]);
		kernel.first = false;
		assert_true(kernel.broken > 1);
		assert_string_equal(then, before);
		free(then);
		free(before);
	}
}

/* One that never comes to rest is an error, not an endless loop. */
static void
test_never_at_rest(void **state UNUSED)
{
	struct counters all = { 0 };
	struct err e;
	struct net *net = net_open(&e);

	kernel.always = true;
	assert_int_equal(net_counters(net, NET_TABLE, &all, &e), -1);
	kernel.always = false;
	assert_non_null(strstr(e.text, strerror(EINTR)));
	counters_free(&all);
	net_free(net);
}

/* ---- a host with one of each */

static void
listen_on(uint16_t port)
{
	struct sockaddr_in6 to = { .sin6_family = AF_INET6,
		.sin6_addr = IN6ADDR_LOOPBACK_INIT,
		.sin6_port = htons(port) };
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_return_code(bind(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	assert_return_code(listen(fd, 1), 0);
}

static void
send_to(uint16_t port)
{
	struct sockaddr_in6 to = { .sin6_family = AF_INET6,
		.sin6_addr = IN6ADDR_LOOPBACK_INIT,
		.sin6_port = htons(port) };
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	sendto(fd, "x", 1, 0, (struct sockaddr *)&to, sizeof(to));
}

static void
add_rules(void)
{
	run_shell("nft -f - <<'END'\n"
		  "table inet " NET_TABLE " {\n"
		  "counter a { }\ncounter b { packets 7 bytes 8 }\n"
		  "set open { type inet_service; elements = { 1, 2 } }\n"
		  "map to { type inet_service : ipv6_addr;"
		  " elements = { 1 : ::1 } }\n"
		  "chain in { comment \"x\"; tcp dport @open accept; }\n}\n"
		  "table ip6 other {\n"
		  "set ports { type inet_service; elements = { 1, 2 } }\n"
		  "chain out { type nat hook output priority -100;\n"
		  "udp dport 7000 dnat to [::1]:7001; }\n"
		  "chain through { type filter hook forward priority 0;"
		  " policy drop;\ntcp dport @ports accept; }\n}\n"
		  "END\n");
}

static int
make_host(void **state)
{
	struct err e;
	struct net *net = net_open(&e);
	pid_t pid;

	if (net == NULL || net_make_bridge(net, "br0", &e) == -1 ||
	    net_link_set(net, "br0", true, NULL, &e) == -1)
		fail_msg("%s", e.text);
	pid = guest_start(false);
	if (net_make_veth(net, "v0", "eth0", pid, &e) == -1 ||
	    net_link_set(net, "v0", true, "br0", &e) == -1)
		fail_msg("%s", e.text);
	net_free(net);
	run_shell("ip link set lo up");
	run_shell("ip -6 addr add fd00::1/64 dev br0 nodad");
	guest_run(pid, "link set eth0 up");
	guest_run(pid, "addr add fd00::2/64 dev eth0 nodad");
	guest_run(pid, "route add default via fd00::1");
	add_rules();
	send_to(PORT);
	listen_on(PORT);
	*state = NULL;
	return 0;
}

int
main(int argc, char *argv[])
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read_again),
		cmocka_unit_test(test_never_at_rest),
	};
	int status;

	if (guest_main(argc, argv, &status))
		return status;
	if (guest_skips(true))
		return 0;
	return cmocka_run_group_tests(tests, make_host, NULL);
}
