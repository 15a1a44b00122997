/* What the kernel would do with a packet, what is said to neighbours, and what
 * is told when a change is refused. */
#include "config.h"

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <linux/rtnetlink.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/kernel/net.h"
#include "core/kernel/net_make.h"
#include "core/kernel/net_way.h"

#include "lib/guest.h"
#include "lib/prefix.h"

#define ANSWER_MS 5000 /* until what was sent is here, or is given up */

static int
open_net(void **state)
{
	struct err e;

	*state = net_open(&e);
	return *state != NULL ? 0 : -1;
}

static int
close_net(void **state)
{
	net_free(*state);
	return 0;
}

/* ---- ways */

static void
tell_passage(struct buf *b, const struct passage *p)
{
	char text[ADDR_TEXT_MAX];

	if (!p->known)
		buf_add(b, "unknown");
	if (p->refused)
		buf_add(b, "refused");
	if (p->index != 0)
		buf_printf(b, "by %d", p->index);
	if (p->gateway.family != AF_UNSPEC)
		buf_printf(b, " via %s", prefix_text(&p->gateway, text));
}

static void
tell_neighbour(struct buf *b, const struct neighbour *n)
{
	buf_add(b, n->fixed ? " fixed" : "");
	buf_add(b, n->silent ? " silent" : "");
	if (n->has_mac)
		buf_printf(b, " %02x-%02x", n->mac[0], n->mac[5]);
}

static void
check_way(struct net *net, const char *target, int iif, const char *expected)
{
	struct prefix to = prefix(target);
	struct buf b = { 0 };
	struct way w;

	net_way(net, &to, iif, &w);
	assert_true(addr_equal(&w.target, &to));
	buf_add(&b, "in ");
	buf_add(&b, w.filtered ? "filtered " : "");
	tell_passage(&b, &w.in);
	tell_neighbour(&b, &w.neighbour);
	buf_add(&b, ", out ");
	tell_passage(&b, &w.out);
	tell_neighbour(&b, &w.gateway);
	if (strcmp(buf_text(&b), expected) != 0)
		fail_msg("%s:\n  is      %s\n  and not %s", target,
		    buf_text(&b), expected);
	buf_free(&b);
}

/* 10 is a bridge with containers, 20 leads to the provider. */
static void
test_ways(void **state)
{
	static const struct {
		const char *target;
		int iif;
		const char *way;
	} rows[] = {
		{ "fd00:10::2", 20,
		    "in by 10 fixed 02-22, out by 20 via fe80::1 fixed 02-01" },
		{ "fd00:10::2", 0,
		    "in by 10 fixed 02-22, out by 20 via fe80::1 fixed 02-01" },
		{ "fd00:10::3", 20,
		    "in by 10 02-33, out by 20 via fe80::1 fixed 02-01" },
		{ "fd00:10::4", 20,
		    "in by 10, out by 20 via fe80::1 fixed 02-01" },
		{ "fd00:77::7", 20,
		    "in by 10 via fd00:10::2, out by 20 via fe80::1 fixed "
		    "02-01" },
		{ "fd00:88::8", 20, "in refused, out unknown" },
		{ "fd00:89::8", 20, "in refused, out unknown" },
		{ "fd00:90::8", 20, "in refused, out unknown" },
		/* A rule sends what comes from there to another uplink. */
		{ "fd00:10::5", 20, "in by 10, out by 30" },
		{ "fd00:10::6", 20, "in by 10, out refused" },
		/* The same in IPv4. */
		{ "10.0.3.2", 20,
		    "in by 10 fixed 02-22, out by 20 via 192.0.2.1 fixed "
		    "02-01" },
		{ "10.0.3.2", 0,
		    "in by 10 fixed 02-22, out by 20 via 192.0.2.1 fixed "
		    "02-01" },
		{ "10.0.3.4", 20,
		    "in by 10, out by 20 via 192.0.2.1 fixed 02-01" },
		{ "10.7.7.7", 20,
		    "in by 10 via 10.0.3.2, out by 20 via 192.0.2.1 fixed "
		    "02-01" },
		{ "10.8.8.8", 20, "in refused, out unknown" },
		{ "10.8.9.8", 20, "in refused, out unknown" },
		{ "10.9.0.8", 20, "in refused, out unknown" },
		{ "10.0.3.5", 20, "in by 10, out by 30 via fe80::1" },
		{ "10.0.3.6", 20, "in by 10, out refused" },
		/* What comes from the world would not go back by there. */
		{ "10.0.3.2", 30, "in filtered refused, out unknown" },
	};
	size_t i;

	for (i = 0; i < NITEMS(rows); i++)
		check_way(*state, rows[i].target, rows[i].iif, rows[i].way);
}

/* ---- neighbours */

static void
call(const char *address)
{
	struct prefix p = prefix(address);
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9) };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	assert_true(fd != -1);
	memcpy(&to.sin_addr, p.bytes, 4);
	sendto(fd, "", 1, 0, (struct sockaddr *)&to, sizeof(to));
	close(fd);
}

static bool
answers_not(struct net *net, const char *address)
{
	struct prefix p = prefix(address);
	struct neighbour n;

	net_neighbour(net, &p, 10, &n);
	return n.silent;
}

/* Whom packets make the kernel look for again and again does not seem well at
 * each new search. */
static void
test_silent(void **state)
{
	int tries;

	run_shell("cd /proc/sys/net/ipv4/neigh/b10; "
		  "echo 60000 >retrans_time_ms");
	call("10.0.3.8");
	assert_false(answers_not(*state, "10.0.3.8"));
	run_shell("ip neigh show nud incomplete | grep -q '^10.0.3.8 '");
	run_shell("cd /proc/sys/net/ipv4/neigh/b10; echo 10 >retrans_time_ms; "
		  "echo 5 >mcast_solicit");
	call("10.0.3.9");
	for (tries = 0; !answers_not(*state, "10.0.3.9"); tries++) {
		assert_in_range(tries, 0, ANSWER_MS / 10);
		poll(NULL, 0, 10);
	}
	run_shell("ip neigh show nud failed | grep -q '^10.0.3.9 '");
	run_shell("echo 60000 >/proc/sys/net/ipv4/neigh/b10/retrans_time_ms");
	call("10.0.3.9");
	assert_true(answers_not(*state, "10.0.3.9"));
	run_shell("ip neigh show nud incomplete | grep -q '^10.0.3.9 '");
}

/* ---- advertisements */

/* On all links if there is none of that name. */
static int
listen_on(const char *link)
{
	struct sockaddr_ll at = { .sll_family = AF_PACKET,
		.sll_protocol = htons(ETHERTYPE_IPV6),
		.sll_ifindex = (int)if_nametoindex(link) };
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	assert_true(fd != -1);
	assert_return_code(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	return fd;
}

/* Ethernet and IPv6 have 54 bytes before it. Links that come up send frames of
 * their own. */
static bool
is_advertisement(const uint8_t frame[86], ssize_t n)
{
	return n >= 86 && frame[20] == 58 && frame[54] == 136;
}

static void
receive_advertisement(int fd, uint8_t frame[86])
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	ssize_t n = 0;

	while (!is_advertisement(frame, n)) {
		assert_int_equal(poll(&p, 1, ANSWER_MS), 1);
		n = recv(fd, frame, 86, 0);
	}
	close(fd);
}

static bool
is_silent(int fd)
{
	uint8_t frame[86];
	bool silent = true;
	ssize_t n;

	while ((n = recv(fd, frame, sizeof(frame), MSG_DONTWAIT)) > 0)
		silent = silent && !is_advertisement(frame, n);
	close(fd);
	return silent;
}

/* RFC 4861, 4.4 and 7.2.6: to all nodes, with 255 hops, as a router, and
 * overriding; the option is the MAC. */
static void
test_announce(void **state)
{
	static const uint8_t start[] = { 0x33, 0x33, 0, 0, 0, 1, 2, 0, 0, 0, 0,
		0x20, 0x86, 0xdd, 0x60, 0, 0, 0, 0, 32, 58, 255 };
	static const uint8_t to[] = { 0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0, 0, 1, 136, 0 };
	static const uint8_t option[] = { 2, 1, 2, 0, 0, 0, 0, 0x20 };
	struct prefix p = prefix("2001:db8::20/64");
	struct address a = address_ours(20, &p);
	uint8_t frame[86] = { 0 };
	int fd = listen_on("far");

	net_announce(*state, NULL, &a);
	receive_advertisement(fd, frame);
	/* All but the flow label, which the kernel chooses. */
	frame[15] = frame[16] = frame[17] = 0;
	assert_memory_equal(frame, start, sizeof(start));
	assert_memory_equal(frame + 22, p.bytes, 16);
	assert_memory_equal(frame + 38, to, sizeof(to));
	assert_int_equal(frame[58], 0xa0);
	assert_memory_equal(frame + 62, p.bytes, 16);
	assert_memory_equal(frame + 78, option, sizeof(option));
}

/* Neither what is no address of IPv6, nor where there is no Ethernet. */
static void
test_unannounced(void **state)
{
	static const struct {
		const char *address;
		int index;
	} rows[] = {
		{ "192.0.2.20/24", 20 },
		{ "2001:db8::20/64", 99 },
		{ "2001:db8::20/64", 1 },
	};
	struct address a;
	struct prefix p;
	size_t i;
	int fd;

	for (i = 0; i < NITEMS(rows); i++) {
		p = prefix(rows[i].address);
		a = address_ours(rows[i].index, &p);
		fd = listen_on("");
		net_announce(*state, NULL, &a);
		assert_true(is_silent(fd));
	}
}

/* ---- refusals */

static void
refuses(int status, const struct err *e, const char *text, const char *hint)
{
	assert_int_equal(status, -1);
	assert_string_equal(e->text, text);
	assert_string_equal(e->hint, hint);
}

static void
test_refused_sysctls(void **state UNUSED)
{
	static const char none[] = "no such interface, or IPv6 is off in this "
				   "kernel";
	int value = 7;
	struct err e;

	refuses(net_sysctl_get("conf/no\x1bne/forwarding", &value, &e), &e,
	    "cannot read net/ipv6/conf/no\\x1bne/forwarding: No such file or "
	    "directory",
	    none);
	refuses(net_sysctl_set("conf/none/forwarding", 1, &e), &e,
	    "cannot set net/ipv6/conf/none/forwarding: No such file or "
	    "directory",
	    none);
	refuses(net_sysctl_get("/all/forwarding", &value, &e), &e,
	    "cannot read net/ipv6//all/forwarding: Invalid argument", "");
	refuses(net_sysctl_get("../all/forwarding", &value, &e), &e,
	    "cannot read net/ipv6/../all/forwarding: Invalid argument", "");
	refuses(net_sysctl_get("lo/../all/forwarding", &value, &e), &e,
	    "cannot read net/ipv6/lo/../all/forwarding: Invalid argument", "");
	assert_int_equal(value, 7);
	assert_int_equal(
	    net_sysctl_get("conf/default/hop_limit", &value, &e), 0);
	assert_int_equal(value, 64);
	assert_int_equal(net_sysctl_set("conf/default/hop_limit", 255, &e), 0);
	assert_int_equal(
	    net_sysctl_get("conf/default/hop_limit", &value, &e), 0);
	assert_int_equal(value, 255);
}

static void
test_refused_links(void **state)
{
	static const char gone[] = "the interface is gone; look again";
	static const char taken[] = "another one is in its place; remove that "
				    "first";
	struct err e;

	refuses(net_make_bridge(*state, "b10", &e), &e,
	    "cannot make the bridge b10: File exists", taken);
	refuses(net_make_veth(*state, "wan", "x", 0, &e), &e,
	    "cannot make the veth pair wan: File exists", taken);
	refuses(net_link_set(*state, "none", true, NULL, &e), &e,
	    "cannot set none: No such device", gone);
	refuses(net_link_set(*state, "wan", true, "none", &e), &e,
	    "cannot use the bridge none: No such device", gone);
	refuses(net_link_set(*state, "wan", true, "far", &e), &e,
	    "cannot set wan: Operation not supported",
	    "this kernel lacks what is needed for that");
}

static void
test_refused_changes(void **state)
{
	static const char gone[] = "the interface is gone; look again";
	struct prefix p = prefix("2001:db8::1/64"), via = prefix("fe80::9");
	struct prefix far = prefix("2001:db8:f::1");
	struct address a = address_ours(99, &p);
	struct route r = route_ours(99, &via), to = r;
	struct route unreachable = route_ours(20, &far);
	struct err e;

	to.to = prefix("2001:db8:7::/48");
	unreachable.protocol = RTPROT_STATIC;
	refuses(net_address_add(*state, NULL, &a, NULL, &e), &e,
	    "cannot add 2001:db8::1/64 to interface number 99: No such device",
	    gone);
	refuses(net_address_remove(*state, NULL, &a, NULL, &e), &e,
	    "cannot remove 2001:db8::1/64 from interface number 99: No such "
	    "device",
	    gone);
	refuses(net_route_add(*state, NULL, &r, NULL, &e), &e,
	    "cannot add the default route via fe80::9 to interface number 99: "
	    "No such device",
	    gone);
	refuses(net_route_add(*state, NULL, &to, NULL, &e), &e,
	    "cannot add the route to 2001:db8:7::/48 by interface number 99: "
	    "No such device",
	    gone);
	refuses(net_route_add(*state, NULL, &unreachable, NULL, &e), &e,
	    "cannot add the default route via 2001:db8:f::1 to wan: No route to "
	    "host",
	    "the gateway must lie in the prefix of an address of that "
	    "interface, or be link-local; add one first");
	/* but for that of an uplink, whose provider says what is on the link */
	unreachable = route_ours(20, &far);
	assert_int_equal(
	    net_route_add(*state, NULL, &unreachable, NULL, &e), 0);
	assert_int_equal(
	    net_route_remove(*state, NULL, &unreachable, NULL, &e), 0);
}

/* What a revert puts back is not ours, and may be for a time only. */
static void
test_put_back(void **state)
{
	struct prefix p = prefix("2001:db8:5::5/128"), via = prefix("fe80::5");
	struct address a = {
		.prefix = p, .index = 20, .valid = 1000, .preferred = 500
	};
	struct route r = route_ours(20, &via), *there = NULL;
	const struct address *found;
	struct snapshot s;
	struct err e;
	size_t i;

	r.source = p;
	assert_int_equal(net_address_add(*state, NULL, &a, NULL, &e), 0);
	assert_int_equal(net_route_add(*state, NULL, &r, NULL, &e), 0);
	assert_int_equal(net_read(*state, &s, &e), 0);
	found = snapshot_address_in(&s, NSID_SELF, 20, &p);
	assert_non_null(found);
	assert_in_range(found->valid, 900, 1000);
	assert_in_range(found->preferred, 400, 500);
	assert_int_equal(found->proto, 0);
	for (i = 0; i < s.nroutes; i++)
		if (addr_equal(&s.routes[i].gateway, &via))
			there = &s.routes[i];
	assert_non_null(there);
	assert_true(addr_equal(&there->source, &p));
	snapshot_free(&s);
	assert_int_equal(net_route_remove(*state, NULL, &r, NULL, &e), 0);
	assert_int_equal(net_address_remove(*state, NULL, &a, NULL, &e), 0);
}

/* ---- the host */

static int
make_host(void **state UNUSED)
{
	static const char *const commands[] = {
		"for i in all default; do "
		"echo 0 >/proc/sys/net/ipv6/conf/$i/accept_dad; done",
		"echo 1 >/proc/sys/net/ipv6/conf/default/addr_gen_mode",
		"ip link add b10 index 10 type veth peer name c10",
		"ip link add wan index 20 address 02:00:00:00:00:20 type veth "
		"peer name far",
		"ip link add tunnel index 30 type veth peer name end",
		"for i in lo b10 c10 wan far tunnel end; do "
		"ip link set $i up; done",
		"echo 1 >/proc/sys/net/ipv6/conf/all/forwarding",
		"ip addr add fd00:10::1/64 dev b10 nodad",
		"ip addr add 2001:db8::20/64 dev wan nodad",
		"ip -6 route add default via fe80::1 dev wan",
		"ip -6 route add fd00:77::/64 via fd00:10::2",
		"ip -6 route add unreachable fd00:88::/64",
		"ip -6 route add prohibit fd00:89::/64",
		"ip -6 route add blackhole fd00:90::/64",
		"ip -6 route add default dev tunnel table 7",
		"ip -6 rule add from fd00:10::5 table 7 priority 9",
		"ip -6 rule add from fd00:10::6 prohibit priority 10",
		"ip neigh add fe80::1 lladdr 02:00:00:00:00:01 dev wan "
		"nud permanent",
		"ip neigh add fd00:10::2 lladdr 02:00:00:00:00:22 dev b10 "
		"nud permanent",
		"ip neigh add fd00:10::3 lladdr 02:00:00:00:00:33 dev b10 "
		"nud reachable",
		"echo 1 >/proc/sys/net/ipv4/ip_forward",
		"echo 1 >/proc/sys/net/ipv4/conf/tunnel/rp_filter",
		"ip addr add 10.0.3.1/24 dev b10",
		"ip addr add 192.0.2.20/24 dev wan",
		"ip route add default via 192.0.2.1 dev wan",
		"ip route add 10.7.7.0/24 via 10.0.3.2",
		"ip route add unreachable 10.8.8.0/24",
		"ip route add prohibit 10.8.9.0/24",
		"ip route add blackhole 10.9.0.0/24",
		"ip -4 route add default via inet6 fe80::1 dev tunnel table 7",
		"ip rule add from 10.0.3.5 table 7 priority 9",
		"ip rule add from 10.0.3.6 prohibit priority 10",
		"ip neigh add 192.0.2.1 lladdr 02:00:00:00:00:01 dev wan "
		"nud permanent",
		"ip neigh add 10.0.3.2 lladdr 02:00:00:00:00:22 dev b10 "
		"nud permanent",
	};
	size_t i;

	for (i = 0; i < NITEMS(commands); i++)
		run_shell(commands[i]);
	return 0;
}

#define net_test(f) cmocka_unit_test_setup_teardown(f, open_net, close_net)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		net_test(test_ways),
		net_test(test_silent),
		net_test(test_announce),
		net_test(test_unannounced),
		cmocka_unit_test(test_refused_sysctls),
		net_test(test_refused_links),
		net_test(test_refused_changes),
		net_test(test_put_back),
	};

	if (guest_skips(false))
		return 0;
	return cmocka_run_group_tests(tests, make_host, NULL);
}
