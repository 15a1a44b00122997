/* What is told of a forward that may not work because of its container: of its
 * port, addresses and routes, and of the neighbours that it and its host
 * take each other for. */
#include "config.h"

#include <linux/if_addr.h>
#include <linux/if_bridge.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/state/check.h"

#include "lib/machine.h"
#include "lib/place.h"

#define OPEN "2001:db8:5::"

static void
container_gone(struct place *p)
{
	p->m.s.ncontainers = 0;
	p->m.s.naddresses = 4;
	p->m.addresses[2] = p->m.addresses[3];
	p->m.s.naddresses = 3;
}

static void
container_stopped(struct place *p)
{
	p->m.containers[0] = (struct container){
		.name = p->m.containers[0].name,
		.runtime = "lxc",
		.state = CONTAINER_STOPPED,
		.nsid = NSID_SELF,
		.bridge = LXCBR0,
	};
	p->m.addresses[2] = p->m.addresses[3];
	p->m.s.naddresses = 3;
}

static void
container_moved(struct place *p)
{
	p->m.containers[0].bridge = DOCKER0;
}

static void
port_down(struct place *p)
{
	p->m.links[PORT - 1].up = false;
}

static void
no_carrier(struct place *p)
{
	p->m.links[PORT - 1].running = false;
}

static void
port_blocked(struct place *p)
{
	p->m.links[PORT - 1].port_state = BR_STATE_BLOCKING;
}

static void
small(struct place *p, unsigned bridge, unsigned port, unsigned inner)
{
	p->m.links[LXCBR0 - 1].mtu = bridge;
	p->m.links[PORT - 1].mtu = port;
	p->m.containers[0].mtu = inner;
}

static void
for_udp(struct place *p, unsigned bridge, unsigned port, unsigned inner)
{
	small(p, bridge, port, inner);
	p->config = CONFIG "forward udp 53 to vm00\n";
	place_hear(p, IPPROTO_UDP, 53, "::");
}

static void
small_port(struct place *p)
{
	small(p, 1500, 1300, 1500);
}

static void
small_inside(struct place *p)
{
	small(p, 1500, 1500, 1300);
}

static void
small_port_and_bridge(struct place *p)
{
	small(p, 1300, 1300, 1500);
}

static void
udp_small_inside(struct place *p)
{
	for_udp(p, 1500, 1500, 1300);
}

static void
udp_large_inside(struct place *p)
{
	for_udp(p, 1500, 1500, 9000);
}

static void
udp_small_bridge(struct place *p)
{
	for_udp(p, 1300, 1500, 1500);
}

static void
udp_not_known(struct place *p)
{
	for_udp(p, 1500, 1500, 0);
}

static struct locked_port locked_ports[] = {
	{ DOCKER_PORT, STATION_STRANGE },
	{ PORT, STATION_STRANGE },
};

static void
lock_port(struct place *p, enum station as)
{
	p->m.links[PORT - 1].locked = true;
	locked_ports[1].station = as;
	p->h.nearby.locked = locked_ports;
	p->h.nearby.nlocked = NITEMS(locked_ports);
}

static void
port_locked(struct place *p)
{
	lock_port(p, STATION_STRANGE);
}

static void
port_forgets(struct place *p)
{
	lock_port(p, STATION_LEARNT);
}

static void
port_knows(struct place *p)
{
	lock_port(p, STATION_GIVEN);
}

static void
port_unlocked(struct place *p)
{
	port_locked(p);
	p->m.links[PORT - 1].locked = false;
}

static struct container *
neighbour(struct place *p)
{
	struct container *c = machine_container(&p->m, "vm01");

	c->nsid = 1;
	c->inode = 4712;
	c->bridge = LXCBR0;
	memcpy(c->mac, "\2\0\0\0\0\2", 6);
	c->has_mac = true;
	return c;
}

static void
another(struct place *p)
{
	neighbour(p);
}

static void
mac_twice(struct place *p)
{
	neighbour(p)->mac[5] = 1;
}

static void
mac_on_another_bridge(struct place *p)
{
	struct container *c = neighbour(p);

	c->mac[5] = 1;
	c->bridge = DOCKER0;
}

static void
mac_of_the_bridge(struct place *p)
{
	struct link *l = &p->m.links[LXCBR0 - 1];

	memcpy(l->mac, p->m.containers[0].mac, 6);
	l->has_mac = true;
}

static void
namesake(struct place *p)
{
	neighbour(p)->name = p->m.containers[0].name;
}

static void
ula_not_ready(struct place *p)
{
	p->m.addresses[2].flags |= IFA_F_DADFAILED;
}

/* In place of the ULAs. */
static void public(struct place *p)
{
	assert_int_equal(
	    prefix_parse(&p->m.addresses[1].prefix, OPEN "1/64"), 0);
	assert_int_equal(
	    prefix_parse(&p->m.addresses[2].prefix, OPEN "3/64"), 0);
	assert_int_equal(
	    prefix_parse(
		&p->m.containers[0].out[FAMILY_IPV6].gateway, OPEN "1"),
	    0);
	p->config = "uplink eth0\nbridge lxcbr0 prefix " OPEN "/64\n"
		    "container vm00 on lxcbr0 address " OPEN "3\n" FORWARD "\n";
}

static void
proxied(struct place *p)
{
	public(p);
	p->m.addresses[1].index = DOCKER0;
	p->config = "uplink eth0\nbridge lxcbr0 prefix " OPEN "/64 proxy\n"
		    "container vm00 on lxcbr0 address " OPEN "3\n" FORWARD "\n";
}

static void
bridge_without_public(struct place *p)
{
	public(p);
	p->m.addresses[1].index = DOCKER0;
}

static void
bridge_public_not_ready(struct place *p)
{
	public(p);
	p->m.addresses[1].flags |= IFA_F_DADFAILED;
}

static void
no_public_inside(struct place *p)
{
	public(p);
	p->m.addresses[2].index = 3;
}

static void
public_not_ready(struct place *p)
{
	public(p);
	ula_not_ready(p);
}

static void
no_ula_inside(struct place *p)
{
	p->m.addresses[2].prefix.bytes[15] = 4;
}

static void
ula_twice(struct place *p)
{
	neighbour(p);
	machine_address(&p->m, 1, 3, ULA "3/64");
}

static void
no_route_inside(struct place *p)
{
	p->m.containers[0].has_default = false;
}

static void
refused_inside(struct place *p)
{
	p->m.containers[0].out[FAMILY_IPV6].refused = true;
}

static void
other_route(struct place *p)
{
	p->m.containers[0].out[FAMILY_IPV6].gateway.bytes[15] = 9;
}

static void
other_link_inside(struct place *p)
{
	p->m.containers[0].out[FAMILY_IPV6].index = 7;
}

/* What its container takes for the bridge's MAC, and whether for good. */
static void
mislead(struct place *p, uint8_t last, bool fixed)
{
	struct neighbour *n = &p->h.sockets.v[0].gateways[FAMILY_IPV6];
	struct link *bridge = &p->m.links[LXCBR0 - 1];
	struct link *port = &p->m.links[PORT - 1];

	memcpy(bridge->mac, "\2\0\0\0\0\7", 6);
	memcpy(port->mac, "\2\0\0\0\0\x8", 6);
	memcpy(n->mac, "\2\0\0\0\0", 5);
	n->mac[5] = last;
	bridge->has_mac = port->has_mac = n->has_mac = true;
	n->fixed = fixed;
}

static void
misled_for_good(struct place *p)
{
	mislead(p, 9, true);
}

static void
misled_now(struct place *p)
{
	mislead(p, 9, false);
}

static void
knows_no_gateway(struct place *p)
{
	misled_now(p);
	p->h.sockets.v[0].gateways[FAMILY_IPV6].has_mac = false;
}

static void
knows_the_bridge(struct place *p)
{
	mislead(p, 7, true);
}

static void
knows_its_port(struct place *p)
{
	mislead(p, 8, true);
}

static void
closed(struct place *p)
{
	other_route(p);
	no_ula_inside(p);
	p->m.containers[0].netns = NULL;
}

static void
fixed(struct place *p, const char *mac)
{
	p->way->neighbour.fixed = p->way->neighbour.has_mac = true;
	memcpy(p->way->neighbour.mac, mac, 6);
}

static void
neighbour_fixed(struct place *p)
{
	fixed(p, "\2\0\0\0\0\1");
}

static void
neighbour_wrong(struct place *p)
{
	fixed(p, "\2\0\0\0\0\2");
}

static void
neighbour_learned(struct place *p)
{
	neighbour_wrong(p);
	p->way->neighbour.fixed = false;
}

static void
neighbour_silent(struct place *p)
{
	p->way->neighbour.silent = true;
}

/* The worst is told, and of two as bad the first. */
static void
two_things(struct place *p)
{
	p->h.rules_drift = true;
	port_down(p);
	no_carrier(p);
}

#define LOST(bytes)                                                            \
	"packets of more than " bytes " bytes are lost between its bridge "    \
	"and its container, and no error tells who sends them"

static const struct place_case cases[] = {
	{ container_gone, CHECK_BROKEN, "vm00 is not there" },
	{ container_stopped, CHECK_BROKEN, "vm00 is stopped" },
	{ container_moved, CHECK_BROKEN,
	    "vm00 is on another bridge than was committed" },
	{ port_down, CHECK_BROKEN, "its port veth0 is down" },
	{ no_carrier, CHECK_BROKEN,
	    "its port veth0 has no carrier: the interface inside is down" },
	{ port_blocked, CHECK_BROKEN,
	    "its port veth0 does not forward: the spanning tree keeps it from "
	    "it" },
	{ small_port, CHECK_DEGRADED, LOST("1300") },
	{ small_inside, CHECK_OK, "" },
	{ small_port_and_bridge, CHECK_OK, "" },
	{ udp_small_inside, CHECK_DEGRADED, LOST("1300") },
	{ udp_large_inside, CHECK_DEGRADED, LOST("1500") },
	{ udp_small_bridge, CHECK_OK, "" },
	{ udp_not_known, CHECK_OK, "" },
	{ port_locked, CHECK_BROKEN,
	    "its port veth0 is locked, and its bridge does not know its MAC: "
	    "nothing that it sends gets in" },
	{ port_forgets, CHECK_DEGRADED,
	    "its port veth0 is locked, and its bridge knows its MAC only as "
	    "long as it sends something" },
	{ port_knows, CHECK_OK, "" },
	{ port_unlocked, CHECK_OK, "" },
	{ another, CHECK_OK, "" },
	{ mac_twice, CHECK_DEGRADED,
	    "the MAC of vm00 is also another's on its bridge" },
	{ mac_of_the_bridge, CHECK_DEGRADED,
	    "the MAC of vm00 is also another's on its bridge" },
	{ mac_on_another_bridge, CHECK_OK, "" },
	{ namesake, CHECK_DEGRADED, "two containers are called vm00" },
	{ public, CHECK_OK, "" },
	{ proxied, CHECK_OK, "" },
	{ bridge_without_public, CHECK_BROKEN,
	    "lxcbr0 does not have the address of its public prefix: seki "
	    "apply" },
	{ bridge_public_not_ready, CHECK_DEGRADED,
	    "the public address of lxcbr0 cannot be used: duplicate address "
	    "detection" },
	{ no_public_inside, CHECK_BROKEN,
	    "vm00 does not have its public address" },
	{ public_not_ready, CHECK_BROKEN,
	    "the public address of vm00 cannot be used: duplicate address "
	    "detection" },
	{ no_ula_inside, CHECK_BROKEN, "vm00 does not have its ULA" },
	{ ula_not_ready, CHECK_BROKEN,
	    "the ULA of vm00 cannot be used: duplicate address detection" },
	{ ula_twice, CHECK_DEGRADED, "somebody else has " ULA "3 too" },
	{ no_route_inside, CHECK_DEGRADED,
	    "vm00 has no IPv6 default route, so answers find no way out" },
	{ refused_inside, CHECK_DEGRADED,
	    "a route or a rule inside vm00 refuses its answers" },
	{ other_route, CHECK_DEGRADED,
	    "the default route of vm00 does not lead to this host" },
	{ other_link_inside, CHECK_DEGRADED,
	    "the default route of vm00 does not lead to this host" },
	{ misled_for_good, CHECK_BROKEN,
	    "its container has a fixed neighbour entry for " ULA
	    "1 of this host, with another MAC" },
	{ misled_now, CHECK_DEGRADED,
	    "its container takes another MAC than this host's for " ULA "1" },
	{ knows_no_gateway, CHECK_OK, "" },
	{ knows_the_bridge, CHECK_OK, "" },
	{ knows_its_port, CHECK_OK, "" },
	{ closed, CHECK_OK, "" },
	{ neighbour_fixed, CHECK_OK, "" },
	{ neighbour_wrong, CHECK_BROKEN,
	    "this host has a fixed neighbour entry for " ULA
	    "3 with another MAC than its container's" },
	{ neighbour_learned, CHECK_DEGRADED,
	    "another MAC than its container's answers for " ULA "3" },
	{ neighbour_silent, CHECK_DEGRADED,
	    ULA "3 does not answer this host's search for its MAC" },

	{ two_things, CHECK_BROKEN, "its port veth0 is down" },
};

static void
test_cases(void **state)
{
	(void)state;
	place_cases(cases, NITEMS(cases));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
