/* What is told of a forward that may not work: a healthy host, and what is
 * wrong with it in each case. What the kernel would say is made up. */
#include "config.h"

#include <linux/if_addr.h>
#include <linux/if_bridge.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/plan/model_counter.h"
#include "core/state/check.h"

#include "lib/machine.h"

#define PUBLIC "2001:db8::10"
#define OPEN "2001:db8:5::"
#define CONFIG                                                                 \
	"uplink eth0\n"                                                        \
	"bridge lxcbr0 ula " ULA "1/64\n"                                      \
	"container vm00 on lxcbr0 ula " ULA "3\n"
#define FORWARD "forward tcp 80 to vm00"

struct place {
	struct machine m;
	struct host h;
	struct way way;
	struct listener listeners[4];
	struct counter counters[FAMILY_COUNT];
	const char *config;
	const char *noted; /* what the rules are for; NULL: nobody knows */
};

static void
hear(struct place *p, uint8_t proto, uint16_t port, const char *at)
{
	struct listeners *all = &p->h.sockets.v[0].all;
	struct listener *l = &all->v[all->n++];

	*l = (struct listener){ .proto = proto, .port = port };
	assert_int_equal(prefix_parse(&l->addr, at), 0);
}

/* Everything is as it should be. */
static void
boot(struct place *p)
{
	static char netns[] = "/proc/4711/ns/net";
	struct container *c = &p->m.containers[0];
	size_t i;

	memset(p, 0, sizeof(*p));
	machine_boot(&p->m);
	machine_settle(&p->m);
	machine_address(&p->m, NSID_SELF, ETH0, PUBLIC "/64");
	machine_default(&p->m, ETH0, RTPROT_BOOT);
	for (i = 0; i < p->m.s.nlinks; i++)
		p->m.links[i].running = true;
	p->m.links[PORT - 1].is_port = true;
	p->m.links[PORT - 1].port_state = BR_STATE_FORWARDING;
	c->netns = netns;
	memcpy(c->mac, "\2\0\0\0\0\1", 6);
	c->has_mac = true;
	c->out = (struct passage){ .known = true, .index = 2 };
	assert_int_equal(prefix_parse(&c->out.gateway, ULA "1"), 0);
	p->h.ways.v = &p->way;
	p->h.ways.n = 1;
	assert_int_equal(prefix_parse(&p->way.target, ULA "3"), 0);
	p->way.in = (struct passage){ .known = true, .index = LXCBR0 };
	p->way.out = (struct passage){ .known = true, .index = ETH0 };
	assert_int_equal(prefix_parse(&p->way.out.gateway, "fe80::1"), 0);
	p->h.sockets.v = xcalloc(1, sizeof(*p->h.sockets.v));
	p->h.sockets.n = 1;
	p->h.sockets.v[0].inode = 4711;
	p->h.sockets.v[0].all.v = p->listeners;
	hear(p, IPPROTO_TCP, 80, "::");
	p->config = CONFIG FORWARD "\n";
}

/* What is wrong */

static void
nothing(struct place *p UNUSED)
{
}

static void
edited(struct place *p)
{
	p->h.rules_drift = true;
}

static void
no_forwarding(struct place *p)
{
	p->m.s.forwarding = 0;
}

static void
uplink_gone(struct place *p)
{
	p->m.links[ETH0 - 1].name[3] = '7';
	p->m.links[ETH0 - 1].index = 70;
}

static void
uplink_down(struct place *p)
{
	p->m.links[ETH0 - 1].running = false;
}

static void
uplink_is_port(struct place *p)
{
	p->m.links[ETH0 - 1].master = DOCKER0;
}

static void
second_uplink(struct place *p)
{
	machine_link(&p->m, ETH1, "eth1", "", 0);
	p->m.links[ETH1 - 1].running = true;
	p->config = "uplink eth1\n" CONFIG FORWARD "\n";
}

static void
one_uplink_down(struct place *p)
{
	second_uplink(p);
	uplink_down(p);
}

static void
one_uplink_a_port(struct place *p)
{
	second_uplink(p);
	uplink_is_port(p);
}

static void
optimistic(struct place *p)
{
	p->m.addresses[3].flags = IFA_F_TENTATIVE | IFA_F_OPTIMISTIC;
}

static void
no_public(struct place *p)
{
	p->m.s.naddresses--;
}

static void
stated_public(struct place *p)
{
	p->config =
	    "uplink eth0 address " PUBLIC "/64\nbridge lxcbr0 ula " ULA
	    "1/64\ncontainer vm00 on lxcbr0 ula " ULA "3\n" FORWARD "\n";
}

static void
tentative(struct place *p)
{
	stated_public(p);
	p->m.addresses[3].flags = IFA_F_TENTATIVE;
}

static void
first_tentative(struct place *p)
{
	p->m.addresses[3].flags = IFA_F_TENTATIVE;
}

static void
deprecated(struct place *p)
{
	p->m.addresses[3].flags = IFA_F_DEPRECATED;
}

/* One on another address, which is left out, too, does not tell of this. */
static void
named_gone(struct place *p)
{
	p->config = "uplink eth0\nbridge lxcbr0 ula " ULA
		    "1/64\ncontainer vm00 on lxcbr0 ula " ULA "3\n"
		    "forward tcp 81 to vm00 on 2001:db8::99\n" FORWARD
		    " on 2001:db8::98\n";
}

static void
rules_for_it(struct place *p)
{
	p->noted = PUBLIC;
}

static void
rules_for_another(struct place *p)
{
	p->noted = "2001:db8::77";
}

/* It has two, and the rules are for one. */
static void
rules_for_one(struct place *p)
{
	machine_address(&p->m, NSID_SELF, ETH0, "2001:db8::77/64");
	rules_for_another(p);
}

static void
public_gone(struct place *p)
{
	stated_public(p);
	no_public(p);
}

static void
no_default_route(struct place *p)
{
	p->m.s.nroutes = 0;
}

static void
bridge_gone(struct place *p)
{
	p->m.links[LXCBR0 - 1].name[3] = '7';
	p->m.links[LXCBR0 - 1].index = 70;
}

static void
bridge_down(struct place *p)
{
	p->m.links[LXCBR0 - 1].up = false;
}

static void
bridge_without_ula(struct place *p)
{
	p->m.addresses[1].index = DOCKER0;
}

static void
bridge_not_ready(struct place *p)
{
	p->m.addresses[1].flags |= IFA_F_DADFAILED;
}

static void
bridge_twice(struct place *p)
{
	machine_address(&p->m, 0, 2, ULA "1/64");
}

static void
way_in_elsewhere(struct place *p)
{
	p->way.in.index = ETH0;
}

static void
way_in_refused(struct place *p)
{
	p->way.in.refused = true;
}

static void
way_in_unknown(struct place *p)
{
	way_in_elsewhere(p);
	p->way.in.known = false;
}

static void
way_out_elsewhere(struct place *p)
{
	p->way.out.index = DOCKER0;
}

static void
way_out_refused(struct place *p)
{
	p->way.out.refused = true;
}

static void
gateway_silent(struct place *p)
{
	p->way.gateway.silent = true;
}

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
	    prefix_parse(&p->m.containers[0].out.gateway, OPEN "1"), 0);
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
	bridge_without_ula(p);
}

static void
bridge_public_not_ready(struct place *p)
{
	public(p);
	bridge_not_ready(p);
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
	p->m.containers[0].out.refused = true;
}

static void
other_route(struct place *p)
{
	p->m.containers[0].out.gateway.bytes[15] = 9;
}

static void
other_link_inside(struct place *p)
{
	p->m.containers[0].out.index = 7;
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
	p->way.neighbour.fixed = p->way.neighbour.has_mac = true;
	memcpy(p->way.neighbour.mac, mac, 6);
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
	p->way.neighbour.fixed = false;
}

static void
neighbour_silent(struct place *p)
{
	p->way.neighbour.silent = true;
}

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
	hear(p, IPPROTO_TCP, 90, "::");
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
	hear(p, IPPROTO_TCP, 80, "0.0.0.0");
}

static void
at_another_address(struct place *p)
{
	deaf(p);
	hear(p, IPPROTO_TCP, 80, "::1");
}

static void
at_the_next_port(struct place *p)
{
	deaf(p);
	hear(p, IPPROTO_TCP, 81, "::");
}

static void
by_the_other_protocol(struct place *p)
{
	deaf(p);
	hear(p, IPPROTO_UDP, 80, "::");
}

static void
one_of_a_range(struct place *p)
{
	p->config = CONFIG "forward tcp 8000-8010 to vm00:80\n";
	deaf(p);
	hear(p, IPPROTO_TCP, 90, "::");
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
	hear(p, IPPROTO_UDP, 80, "::");
}

static void
udp_alone(struct place *p)
{
	p->config = CONFIG "forward udp 80 to vm00\n";
	deaf(p);
	hear(p, IPPROTO_TCP, 80, "::");
}

/* The worst is told, and of two as bad the first. */
static void
two_things(struct place *p)
{
	edited(p);
	port_down(p);
	no_carrier(p);
}

#define LISTENS "nothing in its container listens on "

static const struct {
	void (*meddle)(struct place *);
	enum check_verdict verdict;
	const char *why;
} cases[] = {
	{ nothing, CHECK_OK, "" },

	/* this host */
	{ edited, CHECK_DEGRADED,
	    "table inet seki is not as committed: seki apply" },
	{ no_forwarding, CHECK_BROKEN,
	    "IPv6 forwarding of this host is off: seki apply" },
	{ uplink_gone, CHECK_BROKEN, "eth0 is not there" },
	{ uplink_down, CHECK_BROKEN, "eth0 is down, or has no carrier" },
	{ uplink_is_port, CHECK_BROKEN,
	    "eth0 is a port of another interface, which takes its packets" },
	{ second_uplink, CHECK_OK, "" },
	{ one_uplink_down, CHECK_OK, "" },
	{ one_uplink_a_port, CHECK_OK, "" },
	{ no_public, CHECK_BROKEN, "eth0 has no public IPv6 address" },
	{ stated_public, CHECK_OK, "" },
	{ public_gone, CHECK_BROKEN, "no interface of this host has " PUBLIC },
	{ tentative, CHECK_BROKEN,
	    PUBLIC " cannot be used yet: duplicate address detection has not "
		   "ended, or found another one" },
	{ optimistic, CHECK_OK, "" },
	{ rules_for_it, CHECK_OK, "" },
	{ rules_for_one, CHECK_OK, "" },
	{ rules_for_another, CHECK_BROKEN,
	    "the rules are not for " PUBLIC " yet: seki apply" },
	{ first_tentative, CHECK_BROKEN,
	    "eth0 has no public address yet: duplicate address detection of " PUBLIC
	    " has not ended" },
	{ deprecated, CHECK_BROKEN,
	    "eth0 has no public address: " PUBLIC " is deprecated" },
	{ named_gone, CHECK_BROKEN, "2001:db8::98 is no address of an uplink" },
	{ no_default_route, CHECK_DEGRADED,
	    "this host has no IPv6 default route" },

	/* its bridge and routes */
	{ bridge_gone, CHECK_BROKEN, "lxcbr0 is not there" },
	{ bridge_down, CHECK_BROKEN, "lxcbr0 is down" },
	{ bridge_without_ula, CHECK_BROKEN,
	    "lxcbr0 does not have its ULA: seki apply" },
	{ bridge_not_ready, CHECK_DEGRADED,
	    "the ULA of lxcbr0 cannot be used: duplicate address detection" },
	{ bridge_twice, CHECK_DEGRADED,
	    "a container has " ULA "1 too, which is this host's" },
	{ way_in_elsewhere, CHECK_BROKEN,
	    "a route or a rule of this host keeps packets for " ULA
	    "3 from its bridge" },
	{ way_in_refused, CHECK_BROKEN,
	    "a route or a rule of this host keeps packets for " ULA
	    "3 from its bridge" },
	{ way_in_unknown, CHECK_OK, "" },
	{ way_out_elsewhere, CHECK_DEGRADED,
	    "a route or a rule of this host keeps answers of " ULA
	    "3 from its uplink" },
	{ way_out_refused, CHECK_DEGRADED,
	    "a route or a rule of this host keeps answers of " ULA
	    "3 from its uplink" },
	{ gateway_silent, CHECK_DEGRADED,
	    "the gateway fe80::1 of this host does not answer" },

	/* the container */
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
	{ closed, CHECK_OK, "" },
	{ neighbour_fixed, CHECK_OK, "" },
	{ neighbour_wrong, CHECK_BROKEN,
	    "this host has a fixed neighbour entry for " ULA
	    "3 with another MAC than its container's" },
	{ neighbour_learned, CHECK_OK, "" },
	{ neighbour_silent, CHECK_DEGRADED,
	    ULA "3 does not answer this host's search for its MAC" },

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

	{ two_things, CHECK_BROKEN, "its port veth0 is down" },
};

/* The name of the forward of a config. */
static void
note_address(struct moved *noted, const char *text)
{
	noted->v = xcalloc(1, sizeof(*noted->v));
	noted->n = 1;
	noted->v[0].stable = true;
	assert_int_equal(prefix_parse(&noted->v[0].addr, text), 0);
}

/* The last of them. */
static char *
forward_id(const struct config *c)
{
	size_t i = c->n;

	while (i > 0 &&
	       (c->v[i - 1].st == NULL || c->v[i - 1].st->kind != ST_FORWARD))
		i--;
	assert_int_not_equal(i, 0);
	return model_forward_id(c->v[i - 1].st);
}

/* has: whether the kernel has rules for it. */
static void
examine(void (*meddle)(struct place *), bool has, struct report *r)
{
	struct checkup k;
	struct place p;
	struct err e;
	enum family f;
	char *id;

	boot(&p);
	meddle(&p);
	p.h.snapshot = p.m.s;
	assert_int_equal(config_parse(&p.h.saved, p.config, NULL, &e), 0);
	id = forward_id(&p.h.saved);
	p.h.counters.v = p.counters;
	for (f = 0; has && f < FAMILY_COUNT; f++)
		p.counters[p.h.counters.n++].name =
		    model_meter_name(id, METER_IN, f);
	checkup_begin(&k, &p.h);
	if (p.noted != NULL)
		note_address(&k.noted, p.noted);
	checkup_forward(&k, id, r);
	checkup_end(&k);
	while (p.h.counters.n > 0)
		free((char *)p.counters[--p.h.counters.n].name);
	free(id);
	config_free(&p.h.saved);
	free(p.h.sockets.v);
}

static void
expect(size_t i, const struct finding *f, enum check_verdict verdict,
    const char *why)
{
	if (f->verdict != verdict || strcmp(buf_text(&f->why), why) != 0)
		fail_msg("%zu: %d, %s", i, (int)f->verdict, buf_text(&f->why));
}

static void
try_one(size_t i, void (*meddle)(struct place *), bool has,
    enum check_verdict verdict, const char *why)
{
	struct report r = { 0 };

	examine(meddle, has, &r);
	expect(i, &r.all, verdict, why);
	report_reset(&r);
}

static void
test_cases(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(cases); i++)
		try_one(
		    i, cases[i].meddle, true, cases[i].verdict, cases[i].why);
}

static void
test_no_rules(void **state)
{
	(void)state;
	try_one(0, nothing, false, CHECK_BROKEN,
	    "the kernel does not have it: seki apply");
}

/* A forward in both families, and what is wrong with it in each. */
static void
both(struct place *p)
{
	machine_address(&p->m, NSID_SELF, ETH0, "192.0.2.10/24");
	machine_address(&p->m, NSID_SELF, LXCBR0, "10.0.3.1/24");
	machine_address(&p->m, 0, 2, "10.0.3.3/24");
	p->m.containers[0].route4 = p->m.containers[0].route;
	p->m.containers[0].has_default4 = true;
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

		examine(rows[i].meddle, true, &r);
		expect(i, &r.all, rows[i].all, rows[i].said);
		for (f = 0; f < FAMILY_COUNT; f++)
			expect(i, &r.families[f], rows[i].v[f], rows[i].why[f]);
		report_reset(&r);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_families),
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_no_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
