/* What is told of a forward that may not work, by its target, by our own rules,
 * by who listens, and in each family. */
#include "config.h"

#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/state/check.h"

#include "lib/machine.h"
#include "lib/place.h"

static void
to_nobody(struct place *p)
{
	p->config = CONFIG "forward tcp 80 to " ULA "7\n";
}

static void
to_an_address(struct place *p)
{
	p->config = "uplink eth0\nbridge lxcbr0 ula " ULA "1/64\n"
		    "forward tcp 80 to " ULA "3\n";
}

static void
to_elsewhere(struct place *p)
{
	p->config = "uplink eth0\nforward tcp 80 to 2001:db8:9::7\n";
}

static void
to_an_inward_route(struct place *p)
{
	to_elsewhere(p);
	machine_inward(&p->m, LXCBR0, RTPROT_BOOT, "2001:db8:9::/64");
}

static void
shut(struct place *p)
{
	p->config = CONFIG FORWARD "\ndeny forward tcp 80\n";
}

static void
shut_in_part(struct place *p)
{
	p->config = CONFIG FORWARD " from 2001:db8:9::/48,2001:db8:8::/48\n"
				   "deny forward from 2001:db8:9::/48\n";
}

static void
shut_for_all_it_is_for(struct place *p)
{
	p->config = CONFIG FORWARD " from 2001:db8:9::/48\n"
				   "deny forward from 2001:db8::/32\n";
}

static void
first_port_shut(struct place *p)
{
	p->config = CONFIG "forward tcp 80,90 to vm00\n"
			   "deny forward tcp 80\n";
	place_hear(p, IPPROTO_TCP, 90, "::");
}

#define REST CONFIG "forward any to vm00\n"

/* Whoever listens, and on what. */
static void
rest(struct place *p)
{
	p->config = REST;
	p->h.sockets.v[0].all.n = 0;
}

static void
rest_shut(struct place *p)
{
	p->config = REST "deny forward\n";
}

static void
rest_shut_but_tcp(struct place *p)
{
	p->config = REST "allow forward tcp 80\ndeny forward\n";
}

static void
rest_shut_but_others(struct place *p)
{
	p->config = REST "deny forward tcp\ndeny forward udp\n"
			 "default forward deny\n";
}

static void
rest_shut_for_some(struct place *p)
{
	p->config = REST "deny forward from 2001:db8::/32\n";
}

static void
deaf(struct place *p)
{
	p->h.sockets.v[0].all.n = 0;
}

static void
over_ipv4(struct place *p)
{
	deaf(p);
	place_hear(p, IPPROTO_TCP, 80, "0.0.0.0");
}

static void
at_another_address(struct place *p)
{
	deaf(p);
	place_hear(p, IPPROTO_TCP, 80, "::1");
}

static void
at_the_next_port(struct place *p)
{
	deaf(p);
	place_hear(p, IPPROTO_TCP, 81, "::");
}

static void
by_the_other_protocol(struct place *p)
{
	deaf(p);
	place_hear(p, IPPROTO_UDP, 80, "::");
}

static void
one_of_a_range(struct place *p)
{
	p->config = CONFIG "forward tcp 8000-8010 to vm00:80\n";
	deaf(p);
	place_hear(p, IPPROTO_TCP, 90, "::");
}

static void
behind_a_range(struct place *p)
{
	one_of_a_range(p);
	p->listeners[0].port = 91;
}

static void
cut_list(struct place *p)
{
	deaf(p);
	p->h.sockets.v[0].all.cut = true;
}

static void
unread_list(struct place *p)
{
	p->h.sockets.n = 0;
}

static void
udp_too(struct place *p)
{
	p->config = CONFIG "forward tcp,udp 80 to vm00\n";
}

static void
both_heard(struct place *p)
{
	udp_too(p);
	place_hear(p, IPPROTO_UDP, 80, "::");
}

static void
udp_alone(struct place *p)
{
	p->config = CONFIG "forward udp 80 to vm00\n";
	deaf(p);
	place_hear(p, IPPROTO_TCP, 80, "::");
}

#define LISTENS "nothing in its container listens on "

static const struct place_case forwards[] = {
	/* targets by address */
	{ to_an_address, CHECK_OK, "" },
	{ to_nobody, CHECK_DEGRADED, "no container is known to have " ULA "7" },
	{ to_elsewhere, CHECK_DEGRADED,
	    "2001:db8:9::7 is behind no bridge of this host" },
	{ to_an_inward_route, CHECK_OK, "" },

	/* our own rules */
	{ shut, CHECK_BROKEN,
	    "a policy of the forward chain shuts it for everybody" },
	{ shut_in_part, CHECK_OK, "" },
	{ shut_for_all_it_is_for, CHECK_BROKEN,
	    "a policy of the forward chain shuts it for everybody" },
	{ first_port_shut, CHECK_OK, "" },

	{ rest, CHECK_OK, "" },
	{ rest_shut, CHECK_BROKEN,
	    "a policy of the forward chain shuts it for everybody" },
	{ rest_shut_but_tcp, CHECK_OK, "" },
	{ rest_shut_but_others, CHECK_OK, "" },
	{ rest_shut_for_some, CHECK_OK, "" },

	/* who listens */
	{ deaf, CHECK_DEGRADED, LISTENS "tcp 80" },
	{ over_ipv4, CHECK_DEGRADED, LISTENS "tcp 80 (over IPv4 alone)" },
	{ at_another_address, CHECK_DEGRADED,
	    LISTENS "tcp 80 (at another address)" },
	{ at_the_next_port, CHECK_DEGRADED, LISTENS "tcp 80" },
	{ by_the_other_protocol, CHECK_DEGRADED, LISTENS "tcp 80" },
	{ one_of_a_range, CHECK_OK, "" },
	{ behind_a_range, CHECK_DEGRADED, LISTENS "tcp 80" },
	{ cut_list, CHECK_OK, "" },
	{ unread_list, CHECK_OK, "" },
	{ udp_too, CHECK_DEGRADED, LISTENS "udp 80" },
	{ both_heard, CHECK_OK, "" },
	{ udp_alone, CHECK_DEGRADED, LISTENS "udp 80" },
};

static void
test_forwards(void **state)
{
	(void)state;
	place_cases(forwards, NITEMS(forwards));
}

static void
way_of_ipv4(struct place *p)
{
	struct container *c = &p->m.containers[0];

	c->route4 = c->route;
	c->has_default4 = true;
	c->out[FAMILY_IPV4] = (struct passage){ .known = true, .index = 2 };
	*p->way4 = *p->way;
	assert_int_equal(prefix_parse(&p->way4->target, "10.0.3.3"), 0);
	assert_int_equal(
	    prefix_parse(&c->out[FAMILY_IPV4].gateway, "10.0.3.1"), 0);
	assert_int_equal(prefix_parse(&p->way4->out.gateway, "192.0.2.1"), 0);
}

/* A forward in both families, and what is wrong with it in each. */
static void
both(struct place *p)
{
	machine_address(&p->m, NSID_SELF, ETH0, "192.0.2.10/24");
	machine_address(&p->m, NSID_SELF, LXCBR0, "10.0.3.1/24");
	machine_address(&p->m, 0, 2, "10.0.3.3/24");
	p->m.s.forwarding4 = 1;
	p->m.s.routes4 = p->m.s.routes;
	p->m.s.nroutes4 = p->m.s.nroutes;
	way_of_ipv4(p);
	p->config =
	    "uplink eth0\nbridge lxcbr0 ula " ULA "1/64 ipv4 10.0.3.1/24\n"
	    "container vm00 on lxcbr0 ula " ULA "3 ipv4 10.0.3.3\n" FORWARD
	    "\noption ipv4 on\n";
}

static void
one_gone(struct place *p)
{
	both(p);
	p->m.s.naddresses--;
}

static void
deaf_to_one(struct place *p)
{
	both(p);
	p->listeners[0].both = false;
}

static void
the_other_gone(struct place *p)
{
	both(p);
	p->m.s.forwarding = 0;
}

static void
both_gone(struct place *p)
{
	both(p);
	p->m.links[LXCBR0 - 1].up = false;
}

static void
lacking_public(struct place *p)
{
	both(p);
	p->m.addresses[p->m.s.naddresses - 3] =
	    p->m.addresses[p->m.s.naddresses - 2];
}

static void
named_other(struct place *p)
{
	both(p);
	p->config = CONFIG FORWARD " on 192.0.2.99\noption ipv4 on\n";
}

static void
test_families(void **state)
{
	static const struct {
		void (*meddle)(struct place *);
		enum check_verdict all, v[FAMILY_COUNT];
		const char *said, *why[FAMILY_COUNT];
	} rows[] = {
		{ both, CHECK_OK, { CHECK_OK, CHECK_OK }, "", { "", "" } },
		{ one_gone, CHECK_DEGRADED, { CHECK_OK, CHECK_BROKEN },
		    "IPv4: vm00 does not have its IPv4 address",
		    { "", "vm00 does not have its IPv4 address" } },
		{ deaf_to_one, CHECK_DEGRADED, { CHECK_OK, CHECK_DEGRADED },
		    "IPv4: " LISTENS "tcp 80 (over IPv6 alone)",
		    { "", LISTENS "tcp 80 (over IPv6 alone)" } },
		{ the_other_gone, CHECK_DEGRADED, { CHECK_BROKEN, CHECK_OK },
		    "IPv6: IPv6 forwarding of this host is off: seki apply",
		    { "IPv6 forwarding of this host is off: seki apply", "" } },
		{ both_gone, CHECK_BROKEN, { CHECK_BROKEN, CHECK_BROKEN },
		    "lxcbr0 is down", { "lxcbr0 is down", "lxcbr0 is down" } },
		{ lacking_public, CHECK_OK, { CHECK_OK, CHECK_BROKEN }, "",
		    { "", "eth0 has no public IPv4 address" } },
		{ named_other, CHECK_BROKEN, { CHECK_BROKEN, CHECK_BROKEN },
		    "192.0.2.99 is no address of an uplink",
		    { "192.0.2.99 is no address of an uplink",
			"192.0.2.99 is no address of an uplink" } },
	};
	enum family f;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(rows); i++) {
		struct report r = { 0 };

		place_examine(rows[i].meddle, true, &r);
		place_expect(i, &r.all, rows[i].all, rows[i].said);
		for (f = 0; f < FAMILY_COUNT; f++)
			place_expect(
			    i, &r.families[f], rows[i].v[f], rows[i].why[f]);
		report_reset(&r);
	}
}

/* What is wrong with its way in IPv4 alone. */
static void
forwarding_off(struct place *p)
{
	both(p);
	p->m.s.forwarding4 = 0;
}

static void
no_default(struct place *p)
{
	both(p);
	p->m.s.nroutes4 = 0;
}

static void
bridge_without(struct place *p)
{
	both(p);
	p->m.addresses[p->m.s.naddresses - 2].prefix.len = 32;
}

static void
twice(struct place *p)
{
	both(p);
	machine_address(&p->m, 7, 2, "10.0.3.3/24");
}

static void
bridge_twice(struct place *p)
{
	both(p);
	machine_address(&p->m, 7, 2, "10.0.3.1/24");
}

static void
kept_from_bridge(struct place *p)
{
	both(p);
	p->way4->in.refused = true;
}

static void
kept_from_uplink(struct place *p)
{
	both(p);
	p->way4->out.index = LXCBR0;
}

static void
refused_inside(struct place *p)
{
	both(p);
	p->m.containers[0].out[FAMILY_IPV4].refused = true;
}

static void
other_route_inside(struct place *p)
{
	both(p);
	p->m.containers[0].out[FAMILY_IPV4].gateway.bytes[3] = 9;
}

static void
fixed_neighbour(struct place *p)
{
	both(p);
	p->way4->neighbour.fixed = true;
}

static void
other_neighbour(struct place *p)
{
	both(p);
	p->way4->neighbour.has_mac = true;
}

static void
silent(struct place *p)
{
	both(p);
	p->way4->neighbour.silent = true;
}

static void
gateway_silent(struct place *p)
{
	both(p);
	p->way4->gateway.silent = true;
}

static void
test_ways(void **state)
{
	static const struct {
		void (*meddle)(struct place *);
		enum light light;
		enum check_verdict verdict;
		const char *why;
	} rows[] = {
		{ forwarding_off, LIGHT_ACCEPT, CHECK_BROKEN,
		    "IPv4 forwarding of this host is off: seki apply" },
		{ no_default, LIGHT_BACK, CHECK_DEGRADED,
		    "this host has no IPv4 default route" },
		{ bridge_without, LIGHT_BRIDGE, CHECK_BROKEN,
		    "lxcbr0 does not have its IPv4 address: seki apply" },
		{ twice, LIGHT_NEAR, CHECK_DEGRADED,
		    "somebody else has 10.0.3.3 too" },
		{ bridge_twice, LIGHT_BACK, CHECK_DEGRADED,
		    "a container has 10.0.3.1 too, which is this host's" },
		{ kept_from_bridge, LIGHT_BRIDGE, CHECK_BROKEN,
		    "a route or a rule of this host keeps packets for 10.0.3.3 "
		    "from its bridge" },
		{ kept_from_uplink, LIGHT_BACK, CHECK_DEGRADED,
		    "a route or a rule of this host keeps answers of 10.0.3.3 "
		    "from its uplink" },
		{ refused_inside, LIGHT_BACK, CHECK_DEGRADED,
		    "a route or a rule inside vm00 refuses its answers" },
		{ other_route_inside, LIGHT_BACK, CHECK_DEGRADED,
		    "the default route of vm00 does not lead to this host" },
		{ fixed_neighbour, LIGHT_NEAR, CHECK_BROKEN,
		    "this host has a fixed neighbour entry for 10.0.3.3 with "
		    "another MAC than its container's" },
		{ other_neighbour, LIGHT_NEAR, CHECK_DEGRADED,
		    "another MAC than its container's answers for 10.0.3.3" },
		{ silent, LIGHT_NEAR, CHECK_DEGRADED,
		    "10.0.3.3 does not answer this host's search for its MAC" },
		{ gateway_silent, LIGHT_BACK, CHECK_DEGRADED,
		    "the gateway 192.0.2.1 of this host does not answer" },
	};
	const struct light_note *red;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(rows); i++) {
		struct report r = { 0 };

		place_examine(rows[i].meddle, true, &r);
		place_expect(i, &r.families[FAMILY_IPV6], CHECK_OK, "");
		place_expect(
		    i, &r.families[FAMILY_IPV4], rows[i].verdict, rows[i].why);
		red = lights_red(&r.families[FAMILY_IPV4].lights);
		assert_non_null(red);
		assert_int_equal(red->light, rows[i].light);
		report_reset(&r);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_families),
		cmocka_unit_test(test_forwards),
		cmocka_unit_test(test_ways),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
