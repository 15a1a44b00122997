/* What a config is refused for on a host, and what is left of it where one must
 * do without, as at a boot. */
#include "config.h"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/util.h"

#include "lib/vps.h"
#include "lib/vps_copy.h"

#define BOTH "bridge lxcbr0 ula " ULA "1/64 prefix " ROUTE "/64\n"
#define PROXIED "bridge lxcbr0 prefix 2001:db8::/64 proxy\n"
#define CLOSED "default forward deny\n"
#define ON_LINK                                                                \
	"2001:db8::/64 is on the link of eth0, by its address 2001:db8::1"
#define WIDE "2001:db8::/48 is on the link of eth0, by its address 2001:db8::1"
#define TAKES                                                                  \
	"eth0 has 2001:db8:1:3::1, the address that the bridge takes of "      \
	"2001:db8:1:3::/64"

static void
with_a_gateway(struct vps_copy *h)
{
	h->route = vps.routes[0];
	assert_int_equal(prefix_parse(&h->route.gateway, "fe80::1"), 0);
	h->s.routes = &h->route;
	h->s.nroutes = 1;
	h->route4 = vps.routes4[0];
	assert_int_equal(prefix_parse(&h->route4.gateway, "192.0.2.254"), 0);
	h->s.routes4 = &h->route4;
	h->s.nroutes4 = 1;
}

static void
without_ipv6(struct vps_copy *h)
{
	h->s.has_ipv6 = false;
}

static void
with_a_way_in(struct vps_copy *h)
{
	with_a_bridge(h);
	h->route = (struct route){ .index = 9 };
	assert_int_equal(prefix_parse(&h->route.to, "2001:db8:5::/56"), 0);
	h->s.inward = &h->route;
	h->s.ninward = 1;
}

static void
without_a_way_out(struct vps_copy *h)
{
	h->s.nroutes = 0;
}

static void
with_a_near_gateway(struct vps_copy *h)
{
	with_a_gateway(h);
	assert_int_equal(prefix_parse(&h->route.gateway, "2001:db8::7"), 0);
}

static void
with_another_network(struct vps_copy *h)
{
	add_address(h, 2, "fd77::9/64", IFA_F_PERMANENT);
}

static void
with_ours(struct vps_copy *h)
{
	add_address(h, 3, "2001:db8:5::1/64", IFA_F_PERMANENT);
	h->addresses[h->s.naddresses - 1].proto = NET_PROTO;
	h->route = (struct route){ .index = 3, .protocol = RTPROT_KERNEL };
	assert_int_equal(prefix_parse(&h->route.to, "2001:db8:5::/64"), 0);
	h->s.inward = &h->route;
	h->s.ninward = 1;
}

static void
with_a_bare_one(struct vps_copy *h)
{
	add_address(h, 2, "2001:db8:5::7/128", IFA_F_PERMANENT);
}

static void
with_an_advertised_one(struct vps_copy *h)
{
	add_address(h, 2, "fd77::9/64", 0);
}

static void
with_all_deprecated(struct vps_copy *h)
{
	become(h, IFA_F_DEPRECATED, IFA_F_DEPRECATED);
}

static void
with_tentative_ones(struct vps_copy *h)
{
	become(h, IFA_F_TENTATIVE, IFA_F_TENTATIVE);
}

static void
with_duplicates(struct vps_copy *h)
{
	become(h, IFA_F_DADFAILED, IFA_F_DADFAILED | IFA_F_TENTATIVE);
}

static void
with_temporary_ones(struct vps_copy *h)
{
	become(h, IFA_F_TEMPORARY, IFA_F_TEMPORARY);
}

static void
without_any(struct vps_copy *h)
{
	struct address *a = h->addresses;

	for (; a < END_OF(h->addresses, h->s.naddresses); a++)
		if (a->nsid == NSID_SELF && a->index == 2)
			a->scope = RT_SCOPE_LINK;
}

static void
with_a_lease(struct vps_copy *h)
{
	add_address(h, 2, ROUTE "9/128", IFA_F_PERMANENT);
	add_address(h, 2, "2001:db8:1:3::1/128", IFA_F_PERMANENT);
}

static void
with_a_namesake(struct vps_copy *h)
{
	h->containers[2].name = h->containers[0].name;
}

#define TAKEN "the port is taken by: "
#define DIFFERENT "no packet can match: its words are about different families"
#define AWAY(line, why) "left out for now: " line ": " why
#define NO_PUBLIC "eth0 has no public address"
#define NO_PUBLIC6 "eth0 has no public IPv6 address"
#define TENTATIVE                                                              \
	NO_PUBLIC " yet: duplicate address detection of 2001:db8::10 has not " \
		  "ended"
#define TEMPORARY ": 2001:db8::10 is temporary, of privacy extensions"

static const struct {
	void (*change)(struct vps_copy *);
	const char *config;
	const char *error; /* "": none */
	const char *notes; /* at a boot, or of what is taken; NULL: refused */
} cases[] = {
	{ as_it_is, ALL "forward tcp 80 to web1\n", "", "" },

	/* targets */
	{ as_it_is, ALL "forward tcp 80 to " ULA "7\n", "", "" },
	{ as_it_is, ALL "forward tcp 80 to " ULA "1\n",
	    ULA "1 is not behind a bridge of this host", "" },
	{ as_it_is, ALL "forward tcp 80 to 2001:db8::10\n",
	    "2001:db8::10 is not behind a bridge of this host", "" },
	{ as_it_is, ALL "forward tcp 80 to 2001:db8:9::7\n",
	    "2001:db8:9::7 is not behind a bridge of this host", "" },
	/* in the prefix that the kernel has, without one in the config */
	{ as_it_is, UPLINK "forward tcp 80 to " ULA "7\n", "", "" },

	/* public addresses */
	{ as_it_is, ALL "forward tcp 80 to web1 on 2001:db8::11\n", "", "" },
	{ as_it_is, ALL "forward tcp 80 to web1 on 2001:db8::99\n",
	    "2001:db8::99 is no address of an uplink",
	    AWAY("forward tcp 80 to web1 on 2001:db8::99",
		"2001:db8::99 is no address of an uplink") },

	{ with_one_deprecated, ALL "forward tcp 80 to web1\n", "", "" },
	{ with_one_deprecated, ALL "forward tcp 80 to web1 on 2001:db8::11\n",
	    "", "" },
	{ with_all_deprecated, ALL "forward tcp 80 to web1\n",
	    NO_PUBLIC ": 2001:db8::10 is deprecated",
	    AWAY("forward tcp 80 to web1",
		NO_PUBLIC ": 2001:db8::10 is deprecated") },
	{ with_tentative_ones, ALL "forward tcp 80 to web1\n", TENTATIVE,
	    AWAY("forward tcp 80 to web1", TENTATIVE) },
	{ with_tentative_ones, ALL "forward tcp 80 to web1 on 2001:db8::11\n",
	    "2001:db8::11 is no address of an uplink",
	    AWAY("forward tcp 80 to web1 on 2001:db8::11",
		"2001:db8::11 is no address of an uplink") },
	{ with_duplicates, ALL "forward tcp 80 to web1\n",
	    NO_PUBLIC ": another host has 2001:db8::10, too",
	    AWAY("forward tcp 80 to web1",
		NO_PUBLIC ": another host has 2001:db8::10, too") },
	{ with_temporary_ones, ALL "forward tcp 80 to web1\n",
	    NO_PUBLIC TEMPORARY,
	    AWAY("forward tcp 80 to web1", NO_PUBLIC TEMPORARY) },
	{ without_any, ALL "forward tcp 80 to web1\n", NO_PUBLIC6,
	    AWAY("forward tcp 80 to web1", NO_PUBLIC6) },
	{ without_any, ON ALL "forward tcp 80 to web1\n", NO_PUBLIC,
	    AWAY("forward tcp 80 to web1", NO_PUBLIC) },
	{ without_any, ON ALL "forward tcp 80 to web1 only ipv6\n", NO_PUBLIC6,
	    AWAY("forward tcp 80 to web1 only ipv6", NO_PUBLIC6) },

	/* ports */
	{ as_it_is,
	    ALL "forward tcp 80 to web1\nforward tcp 79-81 to web1:90\n",
	    TAKEN "forward tcp 80 to web1", NULL },
	{ as_it_is,
	    ALL "forward tcp 80 to web1\nforward tcp,udp 80 to web1:90\n",
	    TAKEN "forward tcp 80 to web1", NULL },
	{ as_it_is, ALL "forward tcp 80 to web1\nforward udp 80 to web1\n", "",
	    "" },
	{ as_it_is,
	    ALL "forward tcp 80 to web1 on 2001:db8::10\n"
		"forward tcp 80 to web1 on 2001:db8::11\n",
	    "", "" },
	{ as_it_is,
	    ALL "forward tcp 80 to web1 on 2001:db8::10\n"
		"forward udp 80 to web1\n"
		"forward tcp 80 to web1 on 2001:db8::11\n",
	    "", "" },
	{ as_it_is,
	    ALL "forward tcp 80 to web1 on 2001:db8::10\n"
		"forward tcp 80 to web1\n",
	    TAKEN "forward tcp 80 to web1 on 2001:db8::10", NULL },

	/* the rest */
	{ as_it_is, ALL "forward any to web1\nforward tcp 80 to web1\n", "",
	    "" },
	{ as_it_is,
	    ALL "forward tcp 80 to web1\nforward any to web1\n"
		"forward udp 80 to web1\n",
	    "", "" },
	{ as_it_is,
	    ALL "forward any to web1\nforward any to " ULA
		"7 on 2001:db8::11\n",
	    "the rest is taken by: forward any to web1", NULL },
	{ as_it_is,
	    ALL "forward any to web1 on 2001:db8::10\n"
		"forward any to " ULA "7 on 2001:db8::11\n",
	    "", "" },
	{ as_it_is,
	    FAMILIES "forward any to vm00 only ipv4\n"
		     "forward any to " ULA "7\n",
	    "", "" },
	{ as_it_is,
	    FAMILIES
	    "forward any to vm00\nforward any to 10.0.3.7 on 192.0.2.1\n",
	    "the rest is taken by: forward any to vm00", NULL },
	{ as_it_is, ALL "forward any to web1 on 2001:db8::99\n",
	    "2001:db8::99 is no address of an uplink",
	    AWAY("forward any to web1 on 2001:db8::99",
		"2001:db8::99 is no address of an uplink") },

	/* words of one family */
	{ as_it_is, "allow input icmp\n",
	    "this is about IPv4, which the config leaves alone", NULL },
	{ as_it_is, "option ipv4 on\nallow input icmp\n", "", "" },
	{ as_it_is, "option ipv4 on\nallow input icmp only ipv4\n", "", "" },
	{ as_it_is, "option ipv4 on\nallow input icmp only ipv6\n", DIFFERENT,
	    NULL },
	{ as_it_is, "allow input icmp only ipv6\n", DIFFERENT, NULL },
	{ as_it_is, "option ipv4 on\nallow input icmpv6 only ipv4\n", DIFFERENT,
	    NULL },
	{ as_it_is, "option ipv4 on\nallow input icmp from 2001:db8::/32\n",
	    DIFFERENT, NULL },

	/* a host without IPv6 */
	{ without_ipv6, ALL "forward tcp 80 to web1\n",
	    "this host has no IPv6 to forward",
	    "this host has no IPv6 to forward" },
	{ without_ipv6, BRIDGE, "this host has no IPv6 to forward",
	    "this host has no IPv6 to forward" },
	{ without_ipv6, UPLINK, "", "" },
	{ without_ipv6, "allow input tcp 22\n", "", "" },

	/* prefixes: what is wrong is wrong at a boot, too */
	{ with_a_bridge, BRIDGE "bridge br1 ula fd77::1/64\n", "", "" },
	{ with_a_bridge, BRIDGE "bridge br1 ula " ULA "2/64\n",
	    ULA "2/64 overlaps the prefix of lxcbr0", NULL },
	{ with_a_bridge, BRIDGE "bridge br1 ula fd5a:1c2e:90b1::2/48\n",
	    "fd5a:1c2e:90b1::2/48 overlaps the prefix of lxcbr0", NULL },
	{ with_another_network, "bridge lxcbr0 ula fd77::1/64\n",
	    "fd77::1/64 holds fd77::9 of eth0",
	    "fd77::1/64 holds fd77::9 of eth0" },
	{ with_another_network, BRIDGE, "", "" },
	{ with_an_advertised_one, "bridge lxcbr0 ula fd77::1/64\n", "",
	    "fd77::1/64 holds fd77::9 of eth0" },

	{ as_it_is, "bridge lxcbr0 ula " ULA "/64\n",
	    ULA "/64 has no host part", NULL },
	{ as_it_is, "bridge lxcbr0 masquerade\n",
	    "lxcbr0 has no ULA to masquerade", NULL },
	/* prefixes that are translated */
	{ as_it_is, MAPPED "2001:db8:5::/64\n", "", "" },
	{ as_it_is, MAPPED "2001:db8:5::/64,2001:db8:6::/64\n", "", "" },
	{ as_it_is, MAPPED "2001:db8:5::/56\n",
	    "2001:db8:5::/56 is not as long as the prefix of the ULA, a /64",
	    NULL },
	{ as_it_is, MAPPED "2001:db8::/64\n",
	    "2001:db8::/64 overlaps 2001:db8::10/64 of eth0",
	    "2001:db8::/64 overlaps 2001:db8::10/64 of eth0" },
	{ with_a_bare_one, MAPPED "2001:db8:5::/64\n",
	    "2001:db8:5::/64 overlaps 2001:db8:5::7 of eth0",
	    "2001:db8:5::/64 overlaps 2001:db8:5::7 of eth0" },
	{ as_it_is, MAPPED "2001:db8:5::/64,2001:db8:5::/64\n",
	    "2001:db8:5::/64 overlaps another public prefix of a bridge",
	    NULL },
	{ with_a_bridge,
	    MAPPED "2001:db8:5::/64\nbridge br1 ula fd77::1/64 translate "
		   "2001:db8:5::/64\n",
	    "2001:db8:5::/64 overlaps another public prefix of a bridge",
	    NULL },
	{ with_a_bridge,
	    MAPPED "2001:db8:5::/64\nbridge br1 ula fd77::1/64 translate "
		   "2001:db8:6::/64\n",
	    "", "" },
	{ with_a_bridge,
	    MAPPED "2001:db8:5::/64\nbridge br1 prefix 2001:db8:5::/64\n",
	    "2001:db8:5::/64 overlaps the prefix of lxcbr0", NULL },
	{ with_a_bridge,
	    "bridge br1 prefix 2001:db8:5::/64\n" MAPPED "2001:db8:5::/64\n",
	    "2001:db8:5::/64 overlaps another public prefix of a bridge",
	    NULL },
	{ as_it_is, MAPPED "2001:db8:5::/64 prefix 2001:db8:5::/64\n",
	    "2001:db8:5::/64 overlaps another public prefix of a bridge",
	    NULL },
	{ with_ours, MAPPED "2001:db8:5::/64\n", "", "" },
	{ with_a_way_in, MAPPED "2001:db8:5::/64\n",
	    "2001:db8:5::/64 overlaps 2001:db8:5::/56 of br1",
	    "2001:db8:5::/64 overlaps 2001:db8:5::/56 of br1" },
	{ as_it_is, MAPPED "2001:db8:5::/64 masquerade\n",
	    "what translate gives a public address is not masqueraded", "" },
	{ as_it_is, "option ipv4 on\n" MAPPED "2001:db8:5::/64 masquerade\n",
	    "", "" },
	{ without_a_way_out, MAPPED "2001:db8:5::/64\n",
	    "there is no uplink: this host has no IPv6 default route", "" },

	{ as_it_is, "bridge eth1 ula fd77::1/64\n", "eth1 is not a bridge",
	    "eth1 is not a bridge" },

	/* containers */
	{ as_it_is, BRIDGE "container web1 ula fd77::3\n",
	    "fd77::3 is outside the prefix of lxcbr0", NULL },
	{ as_it_is, BRIDGE "container web1 ula " ULA "1\n",
	    ULA "1 is taken by lxcbr0", NULL },
	{ as_it_is,
	    "bridge lxcbr0 ula " ULA "5/64\ncontainer web1 ula " ULA "1\n",
	    ULA "1 is taken by this host", "" },
	{ as_it_is, BRIDGE WEB "container vm00 ula " ULA "3\n",
	    ULA "3 is taken by web1", NULL },
	{ as_it_is, BRIDGE "container web1 ula " ULA "9\n", "",
	    "container vm00 has taken " ULA "9, the address of container "
	    "web1: they disturb each other until it is removed in vm00" },
	{ as_it_is,
	    BRIDGE "container web1 ula " ULA "9\ncontainer vm00 ula " ULA "3\n",
	    "", "" },
	{ with_a_namesake, BRIDGE "container vm00 ula " ULA "3\n", "",
	    "two running containers are called vm00: neither is given an "
	    "address before it is clear which is meant" },

	/* public prefixes and addresses */
	{ with_a_bridge, ROUTED "bridge br1 prefix 2001:db8:1:3::/64\n", "",
	    "" },
	{ with_a_bridge, ROUTED "bridge br1 prefix 2001:db8:1::/48\n",
	    "2001:db8:1::/48 overlaps the prefix of lxcbr0", NULL },
	{ as_it_is, "bridge lxcbr0 prefix 2001:db8::/64\n", ON_LINK "0/64",
	    ON_LINK "0/64\n" ON_LINK "1/64" },
	{ as_it_is, PROXIED, "", "" },
	{ as_it_is, CLOSED PROXIED "container web1 address 2001:db8::8\n", "",
	    "" },
	{ as_it_is, PROXIED "container web1 address 2001:db8::10\n",
	    "2001:db8::10 is taken by this host", "" },
	{ as_it_is, PROXIED "container web1 address " ROUTE "3\n",
	    ROUTE "3 is outside the prefix of lxcbr0", NULL },
	{ as_it_is, PROXIED "container web1 address 2001:db8::\n",
	    "2001:db8:: is taken by lxcbr0", NULL },
	{ with_a_near_gateway, PROXIED "container web1 address 2001:db8::7\n",
	    "2001:db8::7 is taken by the gateway of this host", "" },
	{ with_a_bridge, PROXIED "bridge br1 prefix 2001:db8::/72\n",
	    "2001:db8::/72 overlaps the prefix of lxcbr0", NULL },
	{ without_a_way_out, PROXIED,
	    "there is no uplink: this host has no IPv6 default route", "" },
	{ as_it_is, "bridge lxcbr0 prefix 2001:db8::/48\n", WIDE "0/64",
	    WIDE "0/64\n" WIDE "1/64" },
	{ with_a_lease, "bridge lxcbr0 prefix 2001:db8:1:2::/64\n", "", "" },
	{ with_a_lease, "bridge lxcbr0 prefix 2001:db8:1:3::/64\n", TAKES,
	    TAKES },
	{ as_it_is, CLOSED ROUTED "container web1 address " ROUTE "3\n", "",
	    "" },
	{ as_it_is, BRIDGE "container web1 address " ROUTE "3\n",
	    "lxcbr0 has no public prefix, so nothing on it can have an address "
	    "of one",
	    NULL },
	{ as_it_is, ROUTED "container web1 ula " ULA "3\n",
	    "lxcbr0 has no ULA, so nothing on it can have one", NULL },
	{ as_it_is, BOTH "container web1 ula " ULA "3 address 2001:db8:7::3\n",
	    "2001:db8:7::3 is outside the prefix of lxcbr0", NULL },
	{ as_it_is, ROUTED "container web1 address " ROUTE "1\n",
	    ROUTE "1 is taken by lxcbr0", NULL },
	{ as_it_is, ROUTED "container web1 address " ROUTE "\n",
	    ROUTE " is taken by lxcbr0", NULL },
	{ as_it_is,
	    ROUTED "container web1 address " ROUTE
		   "3\ncontainer vm00 address " ROUTE "3\n",
	    ROUTE "3 is taken by web1", NULL },
	{ with_a_lease, ROUTED "container web1 address " ROUTE "9\n",
	    ROUTE "9 is taken by this host", "" },
	{ as_it_is, ROUTED "container web1 address auto\n",
	    "address auto is only for seki add and seki set", NULL },
	{ as_it_is,
	    UPLINK CLOSED ROUTED "container web1 address " ROUTE
				 "3\nforward tcp 80 to web1\n",
	    "", "" },

	/* IPv4 is given as ULAs are */
	{ as_it_is, "bridge lxcbr0 ipv4 10.0.3.1/24\n",
	    "this is about IPv4, which the config leaves alone", NULL },
	{ as_it_is, BRIDGE "container web1 ipv4 10.0.3.3\n",
	    "this is about IPv4, which the config leaves alone", NULL },
	{ as_it_is, ON BRIDGE4 "container web1 ipv4 10.0.3.3\n", "", "" },
	{ as_it_is, ON BRIDGE "container web1 ipv4 10.0.3.3\n",
	    "lxcbr0 has no ipv4, so nothing on it can have one", NULL },
	{ as_it_is, ON BRIDGE4 "container web1 ula " ULA "3 ipv4 10.0.3.3\n",
	    "lxcbr0 has no ULA, so nothing on it can have one", NULL },
	{ as_it_is, ON "bridge lxcbr0 ipv4 10.0.3.0/24\n",
	    "10.0.3.0/24 has no host part", NULL },
	{ as_it_is, ON "bridge lxcbr0 ipv4 10.0.3.255/24\n",
	    "10.0.3.255/24 has no host part", NULL },
	{ as_it_is, ON "bridge lxcbr0 ipv4 192.0.2.9/28\n",
	    "192.0.2.9/28 holds 192.0.2.1 of eth0",
	    "192.0.2.9/28 holds 192.0.2.1 of eth0" },
	{ with_a_bridge, ON BRIDGE4 "bridge br1 ipv4 10.0.3.129/25\n",
	    "10.0.3.129/25 overlaps the prefix of lxcbr0", NULL },
	{ as_it_is, ON BRIDGE4 "container web1 ipv4 10.0.4.3\n",
	    "10.0.4.3 is outside the prefix of lxcbr0", NULL },
	{ as_it_is, ON BRIDGE4 "container web1 ipv4 10.0.3.1\n",
	    "10.0.3.1 is taken by lxcbr0", NULL },
	{ as_it_is, ON BRIDGE4 "container web1 ipv4 10.0.3.0\n",
	    "10.0.3.0 is taken by lxcbr0", NULL },
	{ as_it_is, ON BRIDGE4 "container web1 ipv4 10.0.3.255\n",
	    "10.0.3.255 is the broadcast address of 10.0.3.0/24, and nobody's "
	    "own",
	    NULL },
	{ as_it_is,
	    ON BRIDGE4 "container web1 ipv4 10.0.3.3\n"
		       "container vm00 ipv4 10.0.3.3\n",
	    "10.0.3.3 is taken by web1", NULL },
	/* never a second one */
	{ with_dhcp, ON BRIDGE4 "container web1 ipv4 10.0.3.77\n", "", "" },
	{ with_dhcp, ON BRIDGE4 "container web1 ipv4 10.0.3.5\n",
	    "web1 has 10.0.3.77 already, which is not seki's: it gets no "
	    "second one",
	    "web1 has 10.0.3.77 already, which is not seki's: it gets no "
	    "second one" },
	{ with_one_of_ours, ON BRIDGE4 "container web1 ipv4 10.0.3.5\n", "",
	    "" },
	{ with_dhcp, ON BRIDGE4 "container \"vm 01\" ipv4 10.0.3.77\n", "",
	    "container web1 has taken 10.0.3.77, the address of container "
	    "\"vm 01\": they disturb each other until it is removed in web1" },
	{ with_dhcp, ON "bridge lxcbr0 ipv4 10.0.4.1/24\n",
	    "lxcbr0 has 10.0.3.1/24 already, which is not seki's", "" },

	/* one thing twice */
	{ as_it_is, ALL "uplink eth0\n", "duplicate statement: uplink eth0",
	    NULL },

	/* uplinks */
	{ as_it_is, "uplink veth0\n",
	    "veth0 is a port of lxcbr0, which has its packets",
	    "veth0 is a port of lxcbr0, which has its packets" },
	{ as_it_is, "uplink eth7\n", "there is no interface eth7",
	    "eth7 is not there" },
	{ as_it_is, "uplink lxcbr0\n" BRIDGE,
	    "lxcbr0 is the bridge of containers, and no uplink: nothing else "
	    "is behind it",
	    "lxcbr0 is the bridge of containers, and no uplink: nothing else "
	    "is behind it" },
	{ with_a_gateway, "uplink eth0 gateway fe80::1\n", "", "" },
	{ with_a_gateway, "uplink eth0 gateway 192.0.2.254\n",
	    "this is about IPv4, which the config leaves alone", NULL },
	{ with_a_gateway, ON "uplink eth0 gateway 192.0.2.254,fe80::1\n", "",
	    "" },
	{ with_a_gateway, ON "uplink eth0 gateway 192.0.2.253,fe80::1\n",
	    "eth0 has no default route via 192.0.2.253",
	    "eth0 has no default route via 192.0.2.253" },
	{ as_it_is, "uplink eth0 address 192.0.2.1/24\n",
	    "this is about IPv4, which the config leaves alone", NULL },
	{ as_it_is, ON "uplink eth0 address 2001:db8::10/64,192.0.2.1/24\n", "",
	    "" },
	{ as_it_is, ON "uplink eth0 address 2001:db8::10/64,192.0.2.9/24\n",
	    "eth0 does not have the address 192.0.2.9/24",
	    "eth0 does not have the address 192.0.2.9/24" },
	{ with_a_gateway, "uplink eth0 gateway fe80::9\n",
	    "eth0 has no default route via fe80::9",
	    "eth0 has no default route via fe80::9" },
	{ with_a_gateway, "uplink eth1 gateway fe80::1\n",
	    "eth1 has no default route via fe80::1",
	    "eth1 has no default route via fe80::1" },
};

/* Refused for that reason, or taken with those notes. */
static void
check(size_t i, const struct model *m, int r, const struct err *e,
    const char *error, const char *notes)
{
	struct buf b = { 0 };

	list_notes(m, &b);
	if (r != (error[0] != '\0' ? -1 : 0) ||
	    (r != 0 && strcmp(e->text, error) != 0) ||
	    (r == 0 && strcmp(buf_text(&b), notes) != 0))
		fail_msg("%zu: %s: %s\n%s", i, cases[i].config,
		    r != 0 ? e->text : "", buf_text(&b));
	buf_free(&b);
}

/* What was committed while it was there holds up no other change. */
static void
test_again(void **state)
{
	static const char line[] = "forward tcp 80 to web1 on 2001:db8::99\n";
	static const struct {
		const char *committed;
		int r;
	} rows[] = {
		{ ALL, -1 },
		{ ALL "forward tcp 80 to web1 on 2001:db8::99\n", 0 },
		{ ALL "forward tcp 80 to web1 on 2001:db8::99 off\n", -1 },
	};
	struct config config = { 0 }, committed = { 0 };
	struct err e = { 0 };
	struct model m;
	char *text = xasprintf(ALL "%s", line);
	size_t i;

	(void)state;
	assert_int_equal(config_parse(&config, text, NULL, &e), 0);
	for (i = 0; i < NITEMS(rows); i++) {
		assert_int_equal(
		    config_parse(&committed, rows[i].committed, NULL, &e), 0);
		assert_int_equal(
		    model_build_again(&m, &config, &committed, &vps, &e),
		    rows[i].r);
		assert_string_equal(
		    e.text, rows[i].r == 0 ? ""
					   : "2001:db8::99 is no address of an "
					     "uplink");
		assert_int_equal(m.nwarnings, rows[i].r == 0 ? 1 : 0);
		model_free(&m);
		config_free(&committed);
	}
	config_free(&config);
	free(text);
}

/* Where to look for another. */
static void
test_hint(void **state)
{
	struct config config = { 0 };
	struct err e = { 0 };
	struct vps_copy h;
	struct model m;

	(void)state;
	vps_copy(&h);
	assert_int_equal(
	    config_parse(&config, "uplink lxcbr0\n" BRIDGE, NULL, &e), 0);
	assert_int_equal(model_build(&m, &config, &h.s, &e), -1);
	assert_string_equal(e.hint, "seki show uplinks lists what leads out");
	model_free(&m);
	config_free(&config);
}

static void
try_one(size_t i)
{
	const char *notes = cases[i].notes;
	struct config config = { 0 };
	struct err e = { 0 };
	struct vps_copy h;
	struct model m;
	int r;

	vps_copy(&h);
	cases[i].change(&h);
	if (config_parse(&config, cases[i].config, NULL, &e) != 0)
		fail_msg("%s: %s", cases[i].config, e.text);
	r = model_build(&m, &config, &h.s, &e);
	check(i, &m, r, &e, cases[i].error, notes);
	model_free(&m);
	r = model_build_lenient(&m, &config, &h.s, &e);
	check(i, &m, r, &e, notes != NULL ? "" : cases[i].error, notes);
	model_free(&m);
	config_free(&config);
}

static void
test_cases(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(cases); i++)
		try_one(i);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_hint),
		cmocka_unit_test(test_again),
	};

	return cmocka_run_group_tests(tests, vps_set_up, NULL);
}
