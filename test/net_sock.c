/* Listening sockets, of ours and of a container, as the kernel tells them. */
#include "config.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/process.h"
#include "core/base/util.h"
#include "core/kernel/holder.h"
#include "core/kernel/listener.h"
#include "core/kernel/net.h"
#include "core/kernel/net_make.h"
#include "core/kernel/net_sock.h"
#include "core/kernel/net_tcp.h"
#include "core/reach/sockets.h"
#include "lib/guest.h"

#define HOLD 8 /* sockets that a test holds open */

static int held[HOLD];
static size_t nheld;

static int
close_held(void **state UNUSED)
{
	while (nheld > 0)
		close(held[--nheld]);
	return 0;
}

static void
hold_only(int type, const char *addr, uint16_t port, int only)
{
	struct sockaddr_in6 to = { .sin6_family = AF_INET6,
		.sin6_port = htons(port) };
	struct sockaddr_in to4 = { .sin_family = AF_INET,
		.sin_port = htons(port) };
	struct prefix p;
	int fd, r;

	assert_int_equal(prefix_parse(&p, addr), 0);
	fd = socket(p.family, type | SOCK_CLOEXEC, 0);
	assert_true(fd != -1 && nheld < HOLD);
	held[nheld++] = fd;
	memcpy(&to.sin6_addr, p.bytes, 16);
	memcpy(&to4.sin_addr, p.bytes, 4);
	if (p.family == AF_INET6)
		assert_int_equal(setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY,
				     &only, sizeof(only)),
		    0);
	r = p.family == AF_INET6
		? bind(fd, (struct sockaddr *)&to, sizeof(to))
		: bind(fd, (struct sockaddr *)&to4, sizeof(to4));
	assert_int_equal(r, 0);
	if (type == SOCK_STREAM)
		assert_int_equal(listen(fd, 1), 0);
}

static void
hold(int type, const char *addr, uint16_t port)
{
	hold_only(type, addr, port, 0);
}

static bool
hear(const struct listeners *all, uint8_t proto, const char *addr,
    uint16_t port, int index)
{
	struct prefix p;

	assert_int_equal(prefix_parse(&p, addr), 0);
	return listeners_hear(all, proto, &p, port, index);
}

static void
test_own(void **state UNUSED)
{
	struct listeners all;
	struct err e;
	struct net *net = net_open(&e);

	run_shell("ip link set lo up");
	hold(SOCK_STREAM, "::", 80);
	hold(SOCK_STREAM, "::1", 81);
	hold(SOCK_STREAM, "0.0.0.0", 82);
	hold(SOCK_DGRAM, "::", 53);
	assert_int_equal(net_listeners(net, NULL, &all, &e), 0);
	assert_int_equal(all.n, 4);
	assert_true(hear(&all, IPPROTO_TCP, "2001:db8::1", 80, 2));
	assert_false(hear(&all, IPPROTO_UDP, "2001:db8::1", 80, 2));
	assert_true(hear(&all, IPPROTO_UDP, "2001:db8::1", 53, 2));
	assert_true(hear(&all, IPPROTO_TCP, "::1", 81, 1));
	assert_false(hear(&all, IPPROTO_TCP, "2001:db8::1", 81, 2));
	assert_false(hear(&all, IPPROTO_TCP, "2001:db8::1", 82, 2));
	assert_true(hear(&all, IPPROTO_TCP, "192.0.2.1", 82, 2));
	assert_int_equal(
	    listeners_find(&all, IPPROTO_TCP, 82)->addr.family, AF_INET);
	assert_null(listeners_find(&all, IPPROTO_TCP, 83));
	listeners_free(&all);
	net_free(net);
}

/* Which sockets of IPv6 take IPv4, too. */
static void
test_both(void **state UNUSED)
{
	struct listeners all;
	struct err e;
	struct net *net = net_open(&e);

	hold(SOCK_STREAM, "::", 80);
	hold_only(SOCK_STREAM, "::", 81, 1);
	hold(SOCK_DGRAM, "::", 53);
	hold_only(SOCK_DGRAM, "::", 54, 1);
	hold(SOCK_STREAM, "::1", 82);
	hold(SOCK_STREAM, "0.0.0.0", 83);
	assert_int_equal(net_listeners(net, NULL, &all, &e), 0);
	assert_int_equal(all.n, 6);
	assert_true(hear(&all, IPPROTO_TCP, "192.0.2.1", 80, 2));
	assert_true(hear(&all, IPPROTO_TCP, "2001:db8::1", 80, 2));
	assert_false(hear(&all, IPPROTO_TCP, "192.0.2.1", 81, 2));
	assert_true(hear(&all, IPPROTO_UDP, "192.0.2.1", 53, 2));
	assert_false(hear(&all, IPPROTO_UDP, "192.0.2.1", 54, 2));
	assert_false(hear(&all, IPPROTO_TCP, "192.0.2.1", 82, 2));
	assert_false(hear(&all, IPPROTO_TCP, "2001:db8::1", 83, 2));
	listeners_free(&all);
	net_free(net);
}

/* Sockets of programs: of this one, of nobody who can be seen, and of one that
 * was known before. */
static void
test_programs(void **state UNUSED)
{
	char *own = process_program("/proc/self");
	struct listeners all, next;
	struct err e;
	struct net *net = net_open(&e);

	hold(SOCK_STREAM, "::", 80);
	hold(SOCK_DGRAM, "0.0.0.0", 53);
	assert_int_equal(net_listeners(net, NULL, &all, &e), 0);
	assert_int_equal(all.n, 2);
	holders_find(&all, "/nowhere");
	assert_string_equal(all.v[0].program, "");
	holders_find(&all, "/proc");
	assert_string_equal(all.v[0].program, own);
	assert_string_equal(all.v[1].program, own);
	snprintf(all.v[1].program, sizeof(all.v[1].program), "before");
	assert_int_equal(net_listeners(net, NULL, &next, &e), 0);
	holders_keep(&next, &all, "/nowhere");
	assert_string_equal(next.v[0].program, own);
	assert_string_equal(next.v[1].program, "before");
	assert_true(listeners_equal(&next, &all));
	listeners_free(&next);
	hold(SOCK_STREAM, "::", 81);
	assert_int_equal(net_listeners(net, NULL, &next, &e), 0);
	holders_keep(&next, &all, "/proc");
	assert_string_equal(
	    listeners_find(&next, IPPROTO_TCP, 81)->program, own);
	assert_string_equal(next.v[next.n - 1].program, "before");
	listeners_free(&next);
	listeners_free(&all);
	net_free(net);
	free(own);
}

/* What was looked for once is not looked for again, found or not. */
static void
test_names(void **state UNUSED)
{
	char *own = process_program("/proc/self");
	struct sockets s = { .named = xcalloc(1, sizeof(*s.named)) };
	struct listeners all;
	struct listener nobody = { .inode = UINT32_MAX }, unread = { 0 };
	struct err e;
	struct net *net = net_open(&e);

	hold(SOCK_STREAM, "::", 80);
	assert_int_equal(net_listeners(net, NULL, &all, &e), 0);
	sockets_name(&s, &nobody);
	assert_string_equal(nobody.program, "");
	sockets_name(&s, &all.v[0]);
	assert_string_equal(all.v[0].program, own);
	assert_int_equal(s.named->n, 2);
	snprintf(s.named->v[1].program, sizeof(nobody.program), "before");
	memset(all.v[0].program, 0, sizeof(all.v[0].program));
	sockets_name(&s, &all.v[0]);
	assert_string_equal(all.v[0].program, "before");
	sockets_name(&s, &nobody);
	assert_int_equal(s.named->n, 2);
	sockets_name(&(struct sockets){ 0 }, &unread);
	assert_string_equal(unread.program, "");
	listeners_free(&all);
	sockets_free(&s);
	net_free(net);
	free(own);
}

/* A socket stays in the namespace that it was made in. */
static void
hold_inside(pid_t pid, uint16_t port)
{
	char path[32];
	int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), inside;

	snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)pid);
	inside = open(path, O_RDONLY | O_CLOEXEC);
	assert_int_equal(setns(inside, CLONE_NEWNET), 0);
	hold(SOCK_STREAM, "::", port);
	assert_int_equal(setns(home, CLONE_NEWNET), 0);
	close(inside);
	close(home);
}

/* With the inodes by which processes are found. */
static void
test_tcp_that_listens(void **state UNUSED)
{
	struct tcp_list all;
	struct stat st;
	struct err e;
	size_t i, k;

	hold(SOCK_STREAM, "::", 80);
	hold(SOCK_STREAM, "127.0.0.1", 8080);
	hold(SOCK_DGRAM, "::", 53);
	assert_int_equal(net_tcp_listening(&all, &e), 0);
	assert_int_equal(all.n, 2);
	for (i = 0; i < all.n; i++) {
		k = all.v[i].local_port == 80 ? 0 : 1;
		assert_int_equal(all.v[i].local_port, k == 0 ? 80 : 8080);
		assert_int_equal(fstat(held[k], &st), 0);
		assert_int_equal(all.v[i].inode, st.st_ino);
	}
	tcp_list_free(&all);
}

static void
test_inside(void **state UNUSED)
{
	struct listeners all;
	struct snapshot s;
	struct err e;
	struct net *net = net_open(&e);
	pid_t pid = guest_start(false);

	assert_int_equal(net_make_bridge(net, "br0", &e), 0);
	assert_int_equal(net_make_veth(net, "v0", "eth0", pid, &e), 0);
	assert_int_equal(net_link_set(net, "v0", true, "br0", &e), 0);
	hold(SOCK_STREAM, "::", 8080);
	hold_inside(pid, 8081);
	assert_int_equal(net_read(net, &s, &e), 0);
	assert_int_equal(s.ncontainers, 1);
	assert_int_equal(net_listeners(net, &s.containers[0], &all, &e), 0);
	assert_int_equal(all.n, 1);
	assert_int_equal(all.v[0].port, 8081);
	listeners_free(&all);
	snapshot_free(&s);
	guest_end(pid);
	net_free(net);
}

static void
call(const char *addr, uint16_t port)
{
	struct sockaddr_in6 to = { .sin6_family = AF_INET6,
		.sin6_port = htons(port) };
	struct sockaddr_in to4 = { .sin_family = AF_INET,
		.sin_port = htons(port) };
	struct prefix p;
	int r;

	assert_int_equal(prefix_parse(&p, addr), 0);
	memcpy(&to.sin6_addr, p.bytes, 16);
	memcpy(&to4.sin_addr, p.bytes, 4);
	r = connect(held[nheld - 1],
	    p.family == AF_INET6 ? (struct sockaddr *)&to
				 : (struct sockaddr *)&to4,
	    p.family == AF_INET6 ? sizeof(to) : sizeof(to4));
	assert_int_equal(r, 0);
}

/* Who receives what comes from a peer: a socket that it alone has, or not. */
static void
test_peers(void **state UNUSED)
{
	static const struct {
		const char *from;
		uint16_t sport;
		const char *to;
		uint16_t dport;
		bool has;
	} rows[] = {
		{ "::1", 99, "::1", 53, false },
		{ "::1", 99, "::1", 54, true },
		{ "::1", 98, "::1", 54, false },
		{ "::1", 99, "::1", 55, false },
		{ "127.0.0.1", 99, "127.0.0.1", 56, true },
		{ "127.0.0.1", 98, "127.0.0.1", 56, false },
		{ "127.0.0.1", 99, "127.0.0.1", 57, true },
		{ "127.0.0.1", 99, "127.0.0.1", 53, false },
	};
	struct flow_way way;
	size_t i;

	run_shell("ip link set lo up");
	hold(SOCK_DGRAM, "::", 53);
	hold(SOCK_DGRAM, "::", 54);
	call("::1", 99);
	hold(SOCK_DGRAM, "0.0.0.0", 56);
	call("127.0.0.1", 99);
	hold(SOCK_DGRAM, "::", 57);
	call("::ffff:127.0.0.1", 99);
	for (i = 0; i < NITEMS(rows); i++) {
		way.sport = rows[i].sport;
		way.dport = rows[i].dport;
		assert_int_equal(prefix_parse(&way.src, rows[i].from), 0);
		assert_int_equal(prefix_parse(&way.dst, rows[i].to), 0);
		if (net_peer_has_socket(&way) != rows[i].has)
			fail_msg("%zu", i);
	}
}

int
main(int argc, char *argv[])
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_own, close_held),
		cmocka_unit_test_teardown(test_both, close_held),
		cmocka_unit_test_teardown(test_programs, close_held),
		cmocka_unit_test_teardown(test_names, close_held),
		cmocka_unit_test_teardown(test_tcp_that_listens, close_held),
		cmocka_unit_test_teardown(test_inside, close_held),
		cmocka_unit_test_teardown(test_peers, close_held),
	};
	int status;

	if (guest_main(argc, argv, &status))
		return status;
	if (guest_skips(false))
		return 0;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
