/* Addresses and routes through the kernel door: what is read of them, here and
 * inside containers, and what is asked of the kernel. */
#include "config.h"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/kernel/net.h"

#include "lib/door.h"
#include "lib/guest.h"
#include "lib/prefix.h"

static void
test_addresses(void **state)
{
	struct net *net = *state;
	struct prefix in = prefix("fd00:1::/64"), a = prefix("fd00:1::3/64");
	struct prefix four = prefix("10.9.0.3/24");
	const struct address *found;
	struct container *c;
	struct snapshot s, after;
	struct err e;
	bool changed;
	pid_t pid = named_guest(net, "seki_a");

	read_all(net, &s);
	c = &s.containers[0];
	must(add_address(net, c, c->inner, &a, &changed, &e));
	assert_true(changed);
	must(add_address(net, c, c->inner, &a, &changed, &e));
	assert_false(changed);
	must(add_address(net, c, c->inner, &four, NULL, &e));
	read_all(net, &after);
	found = snapshot_address_in(&after, c->nsid, c->inner, &in);
	assert_non_null(found);
	assert_true(prefix_equal(&found->prefix, &a));
	assert_true((found->flags & IFA_F_NODAD) != 0);
	assert_int_equal(found->valid, UINT32_MAX);
	assert_int_equal(found->proto, NET_PROTO);
	assert_null(snapshot_address_in(&after, NSID_SELF, c->inner, &in));
	in = prefix("10.9.0.0/16");
	assert_non_null(snapshot_address_in(&after, c->nsid, c->inner, &in));
	snapshot_free(&after);
	must(remove_address(net, c, c->inner, &a, &changed, &e));
	assert_true(changed);
	must(remove_address(net, c, c->inner, &a, &changed, &e));
	assert_false(changed);
	snapshot_free(&s);
	end_named(net, pid, "seki_a");
}

/* A tunnel's other end is no address of this host. */
static void
test_peer(void **state)
{
	struct net *net = *state;
	struct prefix own = prefix("fd00:7::1"), peer = prefix("fd00:7::2");
	struct snapshot s;
	int br;

	run_shell("ip addr add fd00:7::1 peer fd00:7::2/128 dev br0 nodad");
	read_all(net, &s);
	br = snapshot_link(&s, "br0")->index;
	assert_non_null(snapshot_address_bare(&s, NSID_SELF, br, &own));
	assert_null(snapshot_address_bare(&s, NSID_SELF, br, &peer));
	snapshot_free(&s);
	run_shell("ip addr del fd00:7::1 peer fd00:7::2/128 dev br0");
}

/* Of a container with more addresses than anybody reads, those are looked up
 * that a config names. */
static void
test_many_addresses(void **state)
{
	struct net *net = *state;
	struct prefix last = prefix("fd00:8::ffff"), none = prefix("fd00:8::");
	struct prefix wanted[] = { last, none };
	const struct container *c;
	struct snapshot s;
	pid_t pid = named_guest(net, "seki_m");
	char *fill;

	guest_run(pid, "link set eth0 up");
	/* The kernel tells the newest first. */
	guest_run(pid, "addr add fd00:8::ffff/64 dev eth0 nodad");
	fill = xasprintf("for i in $(seq %d); do echo addr add fd00:8::$i/64 "
			 "dev eth0 nodad; done | "
			 "nsenter -t %d --net -- ip -batch -",
	    2 * ADDRESSES_MAX, (int)pid);
	run_shell(fill);
	free(fill);
	read_all(net, &s);
	c = &s.containers[0];
	assert_true(c->cut);
	assert_null(snapshot_address_bare(&s, c->nsid, c->inner, &last));
	snapshot_free(&s);
	net_want(net, wanted, NITEMS(wanted));
	read_all(net, &s);
	c = &s.containers[0];
	assert_non_null(snapshot_address_bare(&s, c->nsid, c->inner, &last));
	assert_null(snapshot_address_bare(&s, c->nsid, c->inner, &none));
	snapshot_free(&s);
	net_want(net, NULL, 0);
	end_named(net, pid, "seki_m");
}

/* Of a container with more routes than anybody reads the kernel tells the one
 * that leads to the Internet, though it dumps it last; and none that does not.
 */
static void
test_many_routes(void **state)
{
	struct net *net = *state;
	struct prefix via = prefix("fd00:8::1"), via4 = prefix("10.8.0.1");
	const struct container *c;
	struct snapshot s;
	pid_t pid = named_guest(net, "seki_m");
	char *fill;

	guest_run(pid, "link set eth0 up");
	guest_run(pid, "addr add fd00:8::2/64 dev eth0 nodad");
	guest_run(pid, "addr add 10.8.0.2/24 dev eth0");
	guest_run(pid, "route add default via fd00:8::1");
	guest_run(pid, "route add default via 10.8.0.1");
	fill = xasprintf("for i in $(seq %d); do echo route add "
			 "fd01::$(printf %%x $i)/128 dev eth0; echo route add "
			 "10.$((9 + i / 250)).$((i %% 250)).0/24 dev eth0; "
			 "done | nsenter -t %d --net -- ip -batch -",
	    ROUTES_MAX + 100, (int)pid);
	run_shell(fill);
	free(fill);
	read_all(net, &s);
	c = &s.containers[0];
	assert_true(c->routes_cut[FAMILY_IPV6] && c->routes_cut[FAMILY_IPV4]);
	assert_true(c->has_default && c->has_default4);
	assert_true(addr_equal(&c->route.gateway, &via));
	assert_true(addr_equal(&c->route4.gateway, &via4));
	snapshot_free(&s);
	guest_run(pid, "route add 2000::/3 dev eth0");
	guest_run(pid, "route del default via 10.8.0.1");
	read_all(net, &s);
	c = &s.containers[0];
	assert_false(c->has_default || c->has_default4);
	assert_true(c->out[FAMILY_IPV6].known);
	snapshot_free(&s);
	end_named(net, pid, "seki_m");
}

/* What holds for some packets alone is no default route of this host. */
static void
test_other_routes(void **state)
{
	static const char *const others[] = {
		"default via fe80::71 dev br0 table 7",
		"default from fd00:9::/64 via fe80::72 dev br0",
		"blackhole default metric 9",
	};
	struct prefix gateway = prefix("fe80::73");
	struct net *net = *state;
	struct snapshot s;
	char *command;
	size_t i;

	for (i = 0; i < NITEMS(others); i++) {
		command = xasprintf("ip -6 route add %s", others[i]);
		run_shell(command);
		free(command);
	}
	run_shell("ip -6 route add default via fe80::73 dev br0 metric 20");
	read_all(net, &s);
	assert_int_equal(s.nroutes, 1);
	assert_true(addr_equal(&s.routes[0].gateway, &gateway));
	snapshot_free(&s);
	for (i = 0; i < NITEMS(others); i++) {
		command = xasprintf("ip -6 route del %s", others[i]);
		run_shell(command);
		free(command);
	}
	run_shell("ip -6 route del default via fe80::73 dev br0 metric 20");
}

static void
test_routes(void **state)
{
	struct net *net = *state;
	struct prefix a = prefix("fd00:1::3/64"), via = prefix("fd00:1::1");
	struct prefix other = prefix("fd00:1::2");
	struct container *c;
	struct snapshot s, after;
	struct err e;
	bool changed;
	pid_t pid = named_guest(net, "seki_r");

	read_all(net, &s);
	c = &s.containers[0];
	guest_run(pid, "link set eth0 up");
	assert_int_equal(add_route(net, c, c->inner, &via, &changed, &e), -1);
	assert_non_null(strstr(e.text, "eth0 of container \"seki_r\""));
	assert_non_null(strstr(e.hint, "gateway"));
	must(add_address(net, c, c->inner, &a, &changed, &e));
	/* Somebody else's route must stay what it is, and come second. */
	guest_run(pid, "-6 route add default via fd00:1::2");
	must(add_route(net, c, c->inner, &via, &changed, &e));
	assert_true(changed);
	must(add_route(net, c, c->inner, &via, &changed, &e));
	assert_false(changed);
	assert_int_equal(add_route(net, c, c->inner, &other, &changed, &e), -1);
	read_all(net, &after);
	assert_true(after.containers[0].has_default);
	assert_int_equal(after.containers[0].route.protocol, NET_PROTO);
	assert_true(addr_equal(&after.containers[0].route.gateway, &via));
	assert_string_equal(after.containers[0].route.dev, "eth0");
	snapshot_free(&after);
	must(remove_route(net, c, c->inner, &via, &changed, &e));
	assert_true(changed);
	must(remove_route(net, c, c->inner, &via, &changed, &e));
	assert_false(changed);
	read_all(net, &after);
	assert_int_equal(after.containers[0].route.metric, 1024);
	snapshot_free(&after);
	snapshot_free(&s);
	end_named(net, pid, "seki_r");
}

/* Both families have one of the same metric, and each is left alone by changes
 * of the other. */
static void
test_routes4(void **state)
{
	struct net *net = *state;
	struct prefix a = prefix("10.0.3.3/24"), via = prefix("10.0.3.1");
	const struct container *c;
	struct snapshot s, after;
	struct err e;
	bool changed;
	pid_t pid = named_guest(net, "seki_r");

	guest_run(pid, "link set eth0 up");
	read_all(net, &s);
	c = &s.containers[0];
	assert_null(container_default(c, AF_INET));
	assert_int_equal(add_route(net, c, c->inner, &via, &changed, &e), -1);
	must(add_address(net, c, c->inner, &a, &changed, &e));
	guest_run(pid, "addr add fd00:1::3/64 dev eth0 nodad");
	guest_run(pid, "-6 route add default via fd00:1::1 metric 512");
	must(add_route(net, c, c->inner, &via, &changed, &e));
	assert_true(changed);
	must(add_route(net, c, c->inner, &via, &changed, &e));
	assert_false(changed);
	read_all(net, &after);
	c = &after.containers[0];
	assert_int_equal(container_default(c, AF_INET)->protocol, NET_PROTO);
	assert_true(addr_equal(&container_default(c, AF_INET)->gateway, &via));
	assert_string_equal(container_default(c, AF_INET)->dev, "eth0");
	must(remove_route(net, c, c->inner, &via, &changed, &e));
	assert_true(changed);
	snapshot_free(&s);
	read_all(net, &s);
	assert_null(container_default(&s.containers[0], AF_INET));
	assert_non_null(container_default(&s.containers[0], AF_INET6));
	snapshot_free(&after);
	snapshot_free(&s);
	end_named(net, pid, "seki_r");
}

/* The route of a prefix, as it is with its address, removed and put back. */
static void
test_connected4(void **state)
{
	struct prefix a = prefix("10.0.4.1/24");
	struct route route = { .to = prefix_network(&a),
		.protocol = RTPROT_KERNEL };
	struct snapshot s;
	struct err e;

	route.source = prefix_addr(&a);
	read_all(*state, &s);
	route.index = snapshot_link(&s, "br0")->index;
	snapshot_free(&s);
	must(add_address(*state, NULL, route.index, &a, NULL, &e));
	must(net_route_remove(*state, NULL, &route, NULL, &e));
	read_all(*state, &s);
	assert_int_equal(s.ninward4, 0);
	snapshot_free(&s);
	must(net_route_add(*state, NULL, &route, NULL, &e));
	read_all(*state, &s);
	assert_int_equal(s.ninward4, 1);
	assert_true(route_equal(&s.inward4[0], &route));
	assert_int_equal(s.inward4[0].protocol, RTPROT_KERNEL);
	snapshot_free(&s);
	must(remove_address(*state, NULL, route.index, &a, NULL, &e));
}

/* Ours, among one of several hops and one that leads nowhere. */
static void
test_own_routes(void **state)
{
	struct net *net = *state;
	struct prefix a = prefix("2001:db8::10/64"), via = prefix("fe80::1");
	int index = (int)if_nametoindex("br0");
	struct snapshot s;
	struct err e;

	read_all(net, &s);
	assert_int_equal(s.nroutes, 0);
	assert_null(snapshot_uplink(&s, AF_INET6));
	snapshot_free(&s);
	must(add_address(net, NULL, index, &a, NULL, &e));
	must(add_route(net, NULL, index, &via, NULL, &e));
	run_shell("ip -6 route add unreachable default metric 9");
	run_shell(
	    "ip -6 route add default metric 2000 nexthop via fe80::2 dev br0 "
	    "nexthop via fe80::3 dev br0");
	read_all(net, &s);
	assert_int_equal(s.nroutes, 3);
	assert_true(addr_equal(&s.routes[0].gateway, &via));
	assert_string_equal(s.routes[0].dev, "br0");
	assert_int_equal(s.routes[2].metric, 2000);
	assert_null(
	    snapshot_uplink(&s, AF_INET6)); /* a bridge leads to containers */
	snapshot_free(&s);
	run_shell("ip link add wire type ifb && ip link set wire master br0");
	read_all(net, &s);
	assert_string_equal(snapshot_uplink(&s, AF_INET6)->name, "br0");
	snapshot_free(&s);
	run_shell("ip link del wire");
	run_shell("ip -6 route del unreachable default metric 9");
	run_shell("ip -6 route del default metric 2000");
	must(remove_route(net, NULL, index, &via, NULL, &e));
	must(remove_address(net, NULL, index, &a, NULL, &e));
}

/* What is behind a bridge is so by each of several hops that leads there. */
static void
test_inward_hops(void **state)
{
	struct net *net = *state;
	struct prefix to = prefix("2001:db8:7::/48");
	struct snapshot s;

	run_shell("ip -6 route add 2001:db8:7::/48 nexthop via fe80::2 dev br0 "
		  "nexthop via fe80::3 dev br0");
	read_all(net, &s);
	assert_int_equal(s.ninward, 2);
	assert_true(addr_equal(&s.inward[1].to, &to));
	assert_string_equal(s.inward[1].dev, "br0");
	snapshot_free(&s);
	run_shell("ip -6 route del 2001:db8:7::/48");
}

/* It is read with its device, told of when it goes, and loses against any other
 * route. */
static void
test_unreachable(void **state)
{
	struct net *net = *state;
	struct prefix to = prefix("2001:db8:7::/48");
	struct route route = route_unreachable(&to);
	struct snapshot s;
	struct err e;
	bool changed;

	must(net_route_add(net, NULL, &route, &changed, &e));
	assert_true(changed);
	must(net_route_add(net, NULL, &route, &changed, &e));
	assert_false(changed);
	run_shell("ip -6 route add 2001:db8:7::/48 dev br0 metric 2000000000");
	run_shell("ip -6 route get 2001:db8:7::1 | grep -q 'dev br0 '");
	run_shell("ip -6 route del 2001:db8:7::/48 dev br0");
	run_shell("! ip -6 route get 2001:db8:7::1 2>/dev/null");
	read_all(net, &s);
	assert_int_equal(s.nunreachable, 1);
	assert_true(route_equal(&s.unreachable[0], &route));
	assert_string_equal(s.unreachable[0].dev, "lo");
	snapshot_free(&s);
	let_settle(net);
	must(net_route_remove(net, NULL, &route, &changed, &e));
	assert_true(changed);
	assert_true(wait_for_change(net, DOOR_TIMEOUT_MS));
	must(net_route_remove(net, NULL, &route, &changed, &e));
	assert_false(changed);
	read_all(net, &s);
	assert_int_equal(s.nunreachable, 0);
	snapshot_free(&s);
}

int
main(int argc, char *argv[])
{
	const struct CMUnitTest tests[] = {
		door_test(test_addresses),
		door_test(test_peer),
		door_test(test_many_addresses),
		door_test(test_many_routes),
		door_test(test_routes),
		door_test(test_routes4),
		door_test(test_connected4),
		door_test(test_other_routes),
		door_test(test_own_routes),
		door_test(test_inward_hops),
		door_test(test_unreachable),
	};
	int status;

	if (guest_main(argc, argv, &status))
		return status;
	if (guest_skips(false))
		return 0;
	return cmocka_run_group_tests(tests, door_make_bridge, NULL);
}
