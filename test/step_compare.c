/* What a step says, and whether the kernel is as it was before it. */
#include "config.h"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/machine.h"
#include "lib/prefix.h"
#include "lib/steps.h"

static void
says(struct step s, const char *words)
{
	struct buf b = { 0 };

	step_kinds[s.kind].print(&s, &b);
	assert_string_equal(buf_text(&b), words);
	buf_free(&b);
}

static void
test_words(void **state)
{
	struct step s;

	(void)state;
	assert_null(step_kinds[STEP_KEEP].print);
	says(sysctl_step(STEP_SYSCTL, "eth0", ETH0, CONF_ACCEPT_RA, 1, 2),
	    "net/ipv6/conf/eth0/accept_ra 1 -> 2");
	says(sysctl_step(STEP_SYSCTL, "e\033[m", ETH0, CONF_AUTOCONF, 1, 0),
	    "net/ipv6/conf/e\\x1b[m/autoconf 1 -> 0");
	says(address_step(
		 STEP_ADDRESS_ADD, "vm00", 2, ULA "3/64", IFA_F_MANAGETEMPADDR),
	    "vm00: add address " ULA "3/64");
	says(address_step(STEP_ADDRESS_ADD, "vm\033[m", 2, ULA "3/64", 0),
	    "vm\\x1b[m: add address " ULA "3/64");
	says(address_step(STEP_ADDRESS_REMOVE, "vm00", 2, ULA "3/64", 0),
	    "vm00: remove address " ULA "3/64");
	says(address_step(STEP_ADDRESS_REMOVE, "vm00", 2, ULA "3/64",
		 IFA_F_MANAGETEMPADDR),
	    "vm00: remove address " ULA "3/64 (by router advertisement)");
	says(route_step(STEP_ROUTE_ADD, "vm00", 2, NULL, ULA "1"),
	    "vm00: add default route via " ULA "1");
	says(route_step(STEP_ROUTE_ADD, "lxcbr0", LXCBR0, ULA "/64", NULL),
	    "lxcbr0: add route to " ULA "/64");
	s = route_step(STEP_ROUTE_REMOVE, "vm00", 2, NULL, ULA "1");
	s.route.source = prefix(ULA "3");
	says(s,
	    "vm00: remove default route via " ULA "1, to send from " ULA "3");
	s = route_step(STEP_ROUTE_REMOVE, "lxcbr0", LXCBR0, NULL, "fe80::1");
	s.route.protocol = RTPROT_RA;
	says(s, "lxcbr0: remove default route via fe80::1 "
		"(by router advertisement)");
	s = route_step(STEP_ROUTE_REMOVE, "lxcbr0", LXCBR0, ULA "/64", NULL);
	says(s, "lxcbr0: remove route to " ULA "/64");
	says(sysctl_step(STEP_SYSCTL, "eth0", ETH0, CONF_PROXY_DELAY, 80, 0),
	    "net/ipv6/neigh/eth0/proxy_delay 80 -> 0");
	says(proxy_step(STEP_PROXY_ADD, "2001:db8::3"),
	    "eth0: answer for 2001:db8::3");
	says(proxy_step(STEP_PROXY_REMOVE, "2001:db8::3"),
	    "eth0: stop answering for 2001:db8::3");
	says(bridge_step(STEP_BRIDGE_MAKE, 9, 1), "br0: make the bridge");
	says(bridge_step(STEP_BRIDGE_UP, 9, 1), "br0: bring it up");
	says(bridge_step(STEP_BRIDGE_REMOVE, 9, 1), "br0: delete the bridge");
	says(rules_step(0, 1, "add table\nadd chain\n", NULL),
	    "table inet seki: make it, 2 commands in one transaction");
	says(rules_step(1, 1, "add chain\n", NULL),
	    "table inet seki: change it, 1 commands in one transaction");
	says(rules_step(1, 0, "delete table\n", NULL),
	    "table inet seki: delete it");
}

#define TABLE "counter a {\n packets 7 bytes 900\n}\nchain x {\n}\n"
#define COUNTED "counter a {\n packets 12 bytes 1234\n}\nchain x {\n}\n"
#define OTHER "counter a {\n packets 7 bytes 900\n}\nchain y {\n}\n"

/* What is not as before the step; NULL: all is. */
static void
compares(struct step s, const struct machine *now, const char *words)
{
	const struct table table = { .text = (char *)TABLE };
	struct err e = { 0 };
	int r = step_kinds[s.kind].compare(&s, &now->s, &table, &e);

	if (words == NULL && r != 0)
		fail_msg("%s", e.text);
	assert_int_equal(r, words != NULL ? -1 : 0);
	if (words != NULL)
		assert_string_equal(e.text, words);
}

static void
test_compare_sysctls(void **state)
{
	struct machine m;

	(void)state;
	machine_boot(&m);
	m.s.forwarding = 1;
	m.links[LXCBR0 - 1].has_conf = false;
	strcpy(m.links[ETH0 - 1].name, "w\tan0");
	compares(sysctl_step(STEP_SYSCTL, "eth0", ETH0, CONF_ACCEPT_RA, 1, 2),
	    &m, NULL);
	compares(sysctl_step(STEP_SYSCTL, "eth0", ETH0, CONF_ACCEPT_RA, 0, 2),
	    &m, "net/ipv6/conf/w\\x09an0/accept_ra is 1 and was 0");
	compares(sysctl_step(STEP_KEEP, "eth0", ETH0, CONF_FORWARDING, 1, 1),
	    &m, "net/ipv6/conf/w\\x09an0/forwarding is 0 and was 1");
	compares(sysctl_step(STEP_SYSCTL, "all", 0, CONF_FORWARDING, 0, 1), &m,
	    "net/ipv6/conf/all/forwarding is 1 and was 0");
	compares(sysctl_step(STEP_KEEP, "default", 0, CONF_FORWARDING, 0, 0),
	    &m, NULL);
	m.s.proxy = 2;
	compares(sysctl_step(STEP_SYSCTL, "all", 0, CONF_PROXY, 0, 1), &m,
	    "net/ipv6/conf/all/proxy_ndp is 2 and was 0");
	m.links[ETH0 - 1].conf[CONF_PROXY_DELAY] = 7;
	compares(
	    sysctl_step(STEP_SYSCTL, "eth0", ETH0, CONF_PROXY_DELAY, 80, 0), &m,
	    "net/ipv6/neigh/w\\x09an0/proxy_delay is 7 and was 80");
	/* gone, itself or IPv6 on it */
	compares(sysctl_step(STEP_SYSCTL, "eth1", ETH1, CONF_ACCEPT_RA, 0, 2),
	    &m, NULL);
	compares(
	    sysctl_step(STEP_SYSCTL, "lxcbr0", LXCBR0, CONF_AUTOCONF, 0, 2), &m,
	    NULL);
}

/* By its index and its MAC, and while it has no ports. */
static void
test_compare_bridges(void **state)
{
	struct step make =
	    bridge_step(STEP_BRIDGE_MAKE, LXCBR0, 0x0200abcdef09);
	struct step gone = bridge_step(STEP_BRIDGE_REMOVE, LXCBR0, make.mac);
	struct step up = bridge_step(STEP_BRIDGE_UP, LXCBR0, make.mac);
	struct machine m;
	struct link *l;

	(void)state;
	machine_boot(&m);
	l = &m.links[LXCBR0 - 1];
	compares(make, &m, NULL);
	compares(gone, &m, "the bridge br0 is not there again");
	compares(up, &m, "br0 is still up");
	l->up = false;
	compares(up, &m, NULL);
	mac_bytes(make.mac, l->mac);
	l->has_mac = true;
	compares(make, &m, NULL);
	compares(gone, &m, NULL);
	m.links[PORT - 1].master = 0;
	compares(make, &m, "the bridge br0 is still there");
	strcpy(l->kind, "dummy");
	compares(make, &m, NULL);
	make.at.index = up.at.index = ETH1;
	compares(make, &m, NULL);
	compares(up, &m, NULL);
}

static void
test_compare_addresses(void **state)
{
	const enum step_number add = STEP_ADDRESS_ADD;
	const enum step_number remove = STEP_ADDRESS_REMOVE;
	const struct container then = { .inode = 4712, .port = PORT };
	const struct container *c;
	struct machine m;

	(void)state;
	machine_boot(&m);
	machine_settle(&m);
	c = &m.containers[0];
	compares(address_step(add, "lxcbr0", LXCBR0, ULA "1/64", 0), &m,
	    "lxcbr0 still has the address " ULA "1/64");
	compares(address_step(add, "lxcbr0", LXCBR0, ULA "1/60", 0), &m, NULL);
	compares(address_step(add, "lxcbr0", LXCBR0, ULA "3/64", 0), &m, NULL);
	compares(
	    address_step(remove, "lxcbr0", LXCBR0, ULA "1/64", 0), &m, NULL);
	compares(address_step(remove, "lxcbr0", LXCBR0, ULA "3/64", 0), &m,
	    "lxcbr0 does not have the address " ULA "3/64 again");
	compares(inside(address_step(add, "vm00", 2, ULA "3/64", 0), c), &m,
	    "vm00 still has the address " ULA "3/64");
	compares(inside(address_step(remove, "vm00", 2, ULA "1/64", 0), c), &m,
	    "vm00 does not have the address " ULA "1/64 again");
	/* gone, or another one of that name */
	compares(address_step(remove, "eth1", ETH1, ULA "1/64", 0), &m, NULL);
	compares(inside(address_step(remove, "vm00", 2, ULA "1/64", 0), &then),
	    &m, NULL);
}

static void
test_compare_routes(void **state)
{
	const enum step_number add = STEP_ROUTE_ADD, remove = STEP_ROUTE_REMOVE;
	const struct container *c;
	struct machine m;
	struct step s;

	(void)state;
	machine_boot(&m);
	machine_settle(&m);
	c = &m.containers[0];
	machine_default(&m, ETH0, RTPROT_RA);
	s = route_step(remove, "eth0", ETH0, NULL, "fe80::1");
	compares(s, &m, "eth0 does not have the route via fe80::1 again");
	s.route.metric = 1024;
	compares(s, &m, NULL);
	s = route_step(add, "lxcbr0", LXCBR0, ULA "/64", NULL);
	compares(s, &m, NULL);
	s.route.metric = 256;
	compares(s, &m, "lxcbr0 still has the route via " ULA "/64");
	s = inside(route_step(add, "vm00", 2, NULL, ULA "1"), c);
	compares(s, &m, "vm00 still has the route via " ULA "1");
	s.kind = remove;
	compares(s, &m, NULL);
	s.route.gateway = prefix(ULA "9");
	compares(s, &m, "vm00 does not have the route via " ULA "9 again");
	/* only the best one is seen */
	s.route.metric = 1024;
	compares(s, &m, NULL);
	m.containers[0].inode++;
	s.at.netns--;
	s.route.metric = 512;
	compares(s, &m, NULL);
}

/* In IPv4, and of what was there before, though another step removed it. */
static void
test_compare_ipv4(void **state)
{
	const enum step_number add = STEP_ROUTE_ADD, remove = STEP_ROUTE_REMOVE;
	struct container *c;
	struct machine m;
	struct step s;

	(void)state;
	machine_boot(&m);
	machine_settle(&m);
	c = &m.containers[0];
	m.s.inward4 = &m.inward[1];
	m.s.ninward4 = 1;
	m.inward[1].index = LXCBR0;
	m.inward[1].to = prefix("10.0.3.0/24");
	s = route_step(add, "lxcbr0", LXCBR0, "10.0.3.0/24", NULL);
	s.route.metric = 0;
	compares(s, &m, "lxcbr0 still has the route via 10.0.3.0/24");
	s = inside(route_step(add, "vm00", 2, NULL, "10.0.3.1"), c);
	compares(s, &m, NULL);
	s.before = 1;
	compares(s, &m, "vm00 does not have the route via 10.0.3.1 again");
	c->has_default4 = true;
	c->route4 = s.route;
	compares(s, &m, NULL);
	s.before = 0;
	compares(s, &m, "vm00 still has the route via 10.0.3.1");
	s.kind = remove;
	compares(s, &m, NULL);
	machine_address(&m, 0, 2, "10.0.3.3/24");
	s = inside(
	    address_step(STEP_ADDRESS_ADD, "vm00", 2, "10.0.3.3/24", 0), c);
	compares(s, &m, "vm00 still has the address 10.0.3.3/24");
	s.before = 1;
	compares(s, &m, NULL);
}

static void
test_compare_proxies(void **state)
{
	const struct prefix addr = prefix("2001:db8::3");
	struct proxy there = proxy_ours(ETH0, &addr);
	struct machine m;
	struct step s;

	(void)state;
	machine_boot(&m);
	m.s.proxies = &there;
	m.s.nproxies = 1;
	compares(proxy_step(STEP_PROXY_ADD, "2001:db8::4"), &m, NULL);
	compares(proxy_step(STEP_PROXY_ADD, "2001:db8::3"), &m,
	    "eth0 still answers for 2001:db8::3");
	compares(proxy_step(STEP_PROXY_REMOVE, "2001:db8::3"), &m, NULL);
	s = proxy_step(STEP_PROXY_REMOVE, "2001:db8::4");
	compares(s, &m, "eth0 does not answer for 2001:db8::4 again");
	/* gone, with all of them */
	s.at.index = ETH1;
	compares(s, &m, NULL);
}

static void
test_compare_rules(void **state)
{
	struct machine m;

	(void)state;
	machine_boot(&m);
	compares(rules_step(1, 1, "", TABLE), &m, NULL);
	compares(rules_step(1, 1, "", COUNTED), &m, NULL);
	compares(rules_step(1, 1, "", OTHER), &m,
	    "table inet seki is not what it was");
	compares(
	    rules_step(0, 1, "", ""), &m, "table inet seki is not what it was");
}

/* Where there is a way back, digests tell. */
static void
test_compare_digests(void **state)
{
	static const struct table_digest others[] = { { 2, 2, 3 }, { 1, 3, 3 },
		{ 1, 2, 4 } };
	struct step s = rules_step(1, 1, "change", OTHER);
	struct table table = { NULL, { 1, 2, 3 } };
	struct err e;
	size_t i;

	(void)state;
	s.back = (char *)"back";
	s.was = table.digest;
	assert_int_equal(
	    step_kinds[STEP_RULESET].compare(&s, NULL, &table, &e), 0);
	for (i = 0; i < NITEMS(others); i++) {
		table.digest = others[i];
		assert_int_equal(
		    step_kinds[STEP_RULESET].compare(&s, NULL, &table, &e), -1);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_compare_sysctls),
		cmocka_unit_test(test_compare_bridges),
		cmocka_unit_test(test_compare_addresses),
		cmocka_unit_test(test_compare_routes),
		cmocka_unit_test(test_compare_ipv4),
		cmocka_unit_test(test_compare_proxies),
		cmocka_unit_test(test_compare_rules),
		cmocka_unit_test(test_compare_digests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
