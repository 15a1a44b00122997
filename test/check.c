/* What is told of a forward that may not work: a healthy host, and what is
 * wrong with it or with a bridge in each case. */
#include "config.h"

#include <linux/if_addr.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/state/check.h"

#include "lib/machine.h"
#include "lib/place.h"

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
	p->way->in.index = ETH0;
}

static void
way_in_refused(struct place *p)
{
	p->way->in.refused = true;
}

static void
way_in_unknown(struct place *p)
{
	way_in_elsewhere(p);
	p->way->in.known = false;
}

static void
way_out_elsewhere(struct place *p)
{
	p->way->out.index = DOCKER0;
}

static void
way_out_refused(struct place *p)
{
	p->way->out.refused = true;
}

/* Rules sort by ports, and lead what is of the forward there. */
static void
sort_ports(struct place *p, int index)
{
	p->h.nearby.sorted[FAMILY_IPV6] = true;
	p->h.nearby.uplink = ETH0;
	place_own_way = (struct passage){ .known = true, .index = index };
}

static void
own_way_in(struct place *p)
{
	sort_ports(p, LXCBR0);
}

static void
own_way_out(struct place *p)
{
	sort_ports(p, ETH0);
}

static void
own_way_refused(struct place *p)
{
	sort_ports(p, 0);
	place_own_way.refused = true;
}

static void
own_way_unknown(struct place *p)
{
	own_way_refused(p);
	place_own_way.known = false;
}

static void
own_way_not_sorted(struct place *p)
{
	own_way_refused(p);
	p->h.nearby.sorted[FAMILY_IPV6] = false;
}

static void
own_way_by_no_uplink(struct place *p)
{
	sort_ports(p, LXCBR0);
	p->h.nearby.uplink = 0;
}

static void
gateway_silent(struct place *p)
{
	p->way->gateway.silent = true;
}

static const struct place_case cases[] = {
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
	{ own_way_in, CHECK_DEGRADED,
	    "a route or a rule of this host keeps answers of " ULA
	    "3 from its uplink" },
	{ own_way_by_no_uplink, CHECK_DEGRADED,
	    "a route or a rule of this host keeps answers of " ULA
	    "3 from its uplink" },
	{ own_way_out, CHECK_BROKEN,
	    "a route or a rule of this host keeps packets for " ULA
	    "3 from its bridge" },
	{ own_way_refused, CHECK_BROKEN,
	    "a route or a rule of this host keeps packets for " ULA
	    "3 from its bridge" },
	{ own_way_unknown, CHECK_OK, "" },
	{ own_way_not_sorted, CHECK_OK, "" },
	{ gateway_silent, CHECK_DEGRADED,
	    "the gateway fe80::1 of this host does not answer" },
};

static void
test_cases(void **state)
{
	(void)state;
	place_cases(cases, NITEMS(cases));
}

static void
test_no_rules(void **state)
{
	(void)state;
	place_try(0, nothing, false, CHECK_BROKEN,
	    "the kernel does not have it: seki apply");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_no_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
