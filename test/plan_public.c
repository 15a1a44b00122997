/* From a config to steps, for public prefixes: routed ones, and those on the
 * link of an uplink. */
#include "config.h"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/machine.h"
#include "lib/planned.h"

#define ROUTED(more)                                                           \
	"uplink eth0\nbridge lxcbr0 " more "prefix 2001:db8:1::/64\n"
#define BOTH                                                                   \
	ROUTED("ula " ULA "1/64 ")                                             \
	"container vm00 ula " ULA "3 address 2001:db8:1::3\n"

/* Beside a ULA a public address changes no route; alone it has its own. */
static void
test_public(void **state)
{
	struct machine h;

	(void)state;
	machine_boot(&h);
	machine_settle(&h);
	machine_unreachable(&h, "2001:db8:1::/64");
	plans(&h, BOTH,
	    "  lxcbr0: add address 2001:db8:1::1/64\n"
	    "  vm00: add address 2001:db8:1::3/64\n");
	plans(&h, ROUTED("") "container vm00 address 2001:db8:1::3\n",
	    "  vm00: remove default route via " ULA "1\n"
	    "  vm00: remove address " ULA "3/64\n"
	    "  lxcbr0: remove address " ULA "1/64\n"
	    "  lxcbr0: add address 2001:db8:1::1/64\n"
	    "  vm00: add address 2001:db8:1::3/64\n"
	    "  vm00: add default route via 2001:db8:1::1\n");
	machine_address(&h, NSID_SELF, LXCBR0, "2001:db8:1::1/64")->proto =
	    NET_PROTO;
	machine_address(&h, 0, 2, "2001:db8:1::3/64")->proto = NET_PROTO;
	machine_inward(&h, LXCBR0, RTPROT_KERNEL, "2001:db8:1::/64");
	plans(&h, BOTH, "");
	/* a second ULA does not matter, a second public address does */
	machine_address(&h, 0, 2, ULA "7/64")->flags = 0;
	plans(&h, BOTH, "");
	machine_address(&h, 0, 2, "2001:db8:1::7/64")->flags = 0;
	plans(&h, BOTH,
	    "  vm00: remove default route via " ULA "1\n"
	    "  vm00: add default route via " ULA
	    "1, to send from 2001:db8:1::3\n");
	h.s.naddresses -= 2;
	plans(&h, UPLINK,
	    "  lo: remove unreachable route to 2001:db8:1::/64\n"
	    "  vm00: remove address 2001:db8:1::3/64\n"
	    "  lxcbr0: remove address 2001:db8:1::1/64\n");
}

/* Addresses that this host answers for, on the uplink that has the prefix. */
#define PROXY UPLINK0 "bridge lxcbr0 prefix 2001:db8::/64 proxy\n"
#define UPLINK0 "uplink eth1\nuplink eth0\n"
#define MINE "container vm00 address 2001:db8::8\n"
#define SWITCHED                                                               \
	DEAF "  net/ipv6/neigh/eth0/proxy_delay 80 -> 0\n" FORWARDING          \
	     "  net/ipv6/conf/all/proxy_ndp 0 -> 1\n"
#define WAY "  lxcbr0: add route to 2001:db8::8\n"
#define INSIDE                                                                 \
	"  vm00: add address 2001:db8::8\n"                                    \
	"  vm00: add default route via fe80::9\n"
#define ENTRY "  eth0: answer for 2001:db8::8\n"

static void
boot_on_link(struct machine *h)
{
	machine_boot(h);
	machine_link(h, ETH1, "eth1", "", 0);
	machine_default(h, ETH0, RTPROT_STATIC);
	machine_address(h, NSID_SELF, ETH0, "2001:db8::10/64");
	machine_address(h, NSID_SELF, LXCBR0, "fe80::9/64");
	h->links[ETH0 - 1].conf[CONF_PROXY_DELAY] = 80;
	h->links[ETH0 - 1].conf[CONF_ACCEPT_RA] = 2;
	h->links[ETH1 - 1].conf[CONF_ACCEPT_RA] = 2;
}

static void
test_answers(void **state)
{
	const struct prefix addr = { .family = AF_INET6,
		.len = 128,
		.bytes = { 0x20, 0x01, 0x0d, 0xb8, [15] = 8 } };
	struct proxy entry;
	struct machine h;

	(void)state;
	boot_on_link(&h);
	plans(&h, PROXY, SWITCHED);
	/* the route first: what a container announces would be forged */
	plans(&h, PROXY MINE, SWITCHED WAY INSIDE ENTRY);
	h.links[LXCBR0 - 1].up = false;
	plans(&h, PROXY MINE, SWITCHED INSIDE ENTRY);
	h.links[LXCBR0 - 1].up = true;
	/* somebody else's do, and stay */
	entry = (struct proxy){ ETH0, addr, RTPROT_STATIC };
	h.s.proxies = &entry;
	h.s.nproxies = 1;
	plans(&h, PROXY MINE, SWITCHED WAY INSIDE);
	plans(&h, PROXY, SWITCHED);
	/* ours go, also on another link, and so do ways */
	entry.protocol = NET_PROTO;
	machine_inward(&h, LXCBR0, NET_PROTO, "2001:db8::8/128");
	h.inward[0].metric = 512;
	plans(&h, PROXY MINE, SWITCHED INSIDE);
	plans(&h, PROXY,
	    SWITCHED "  eth0: stop answering for 2001:db8::8\n"
		     "  lxcbr0: remove route to 2001:db8::8\n");
	entry.index = ETH1;
	plans(&h, PROXY MINE,
	    SWITCHED "  eth1: stop answering for 2001:db8::8\n" INSIDE ENTRY);
}

/* Without a link-local address of the bridge there is no gateway; with a ULA of
 * the container that of the bridge is. */
static void
test_gateway_of_answers(void **state)
{
	struct machine h;

	(void)state;
	boot_on_link(&h);
	h.addresses[h.s.naddresses - 1].flags = IFA_F_DADFAILED;
	plans(&h, PROXY MINE,
	    SWITCHED WAY "  vm00: add address 2001:db8::8\n" ENTRY);
	plans(&h,
	    UPLINK0 "bridge lxcbr0 ula " ULA "1/64 prefix 2001:db8::/64 proxy\n"
		    "container vm00 ula " ULA "3 address 2001:db8::8\n",
	    SWITCHED "  lxcbr0: add address " ULA "1/64\n" WAY
		     "  vm00: add address " ULA "3/64\n"
		     "  vm00: add address 2001:db8::8\n"
		     "  vm00: add default route via " ULA "1\n" ENTRY);
}

/* What is for a prefix that is routed here, and for nobody behind its bridge,
 * goes nowhere, also while that is down or not there yet; on a link it does not
 * come here. */
static void
test_unreachable(void **state)
{
	struct machine h;

	(void)state;
	machine_boot(&h);
	machine_settle(&h);
#define ABSENT UPLINK "bridge br9 prefix 2001:db8:1::/64\n"
	plans(&h, ABSENT, "  lo: add unreachable route to 2001:db8:1::/64\n");
	machine_unreachable(&h, "2001:db8:1::/64");
	plans(&h, ABSENT, "");
	machine_unreachable(&h, "2001:db8:2::/64");
	plans(
	    &h, ABSENT, "  lo: remove unreachable route to 2001:db8:2::/64\n");
	h.s.nunreachable = 1;
	plans(
	    &h, UPLINK, "  lo: remove unreachable route to 2001:db8:1::/64\n");
	machine_link(&h, ETH1, "br9", "bridge", 0);
	plans(&h, ABSENT, "  br9: add address 2001:db8:1::1/64\n");
	h.s.nunreachable = 0;
	h.s.has_ipv6 = false;
	h.links[ETH1 - 1].has_conf = false;
	plans(&h, ABSENT, "");
}

/* Settings are given back once nothing needs them, but not those that somebody
 * has changed since. */
static void
test_put_back(void **state)
{
	const struct former all = { 0, CONF_PROXY, 0 };
	const struct former delay = { ETH0, CONF_PROXY_DELAY, 80 };
	const struct former gone = { 4711, CONF_PROXY_DELAY, 80 };
	struct machine h;

	(void)state;
	boot_on_link(&h);
	h.links[ETH0 - 1].conf[CONF_PROXY_DELAY] = 0;
	h.s.proxy = 1;
	journal_add_former(&h.journal, &all);
	journal_add_former(&h.journal, &delay);
	journal_add_former(&h.journal, &gone);
	plans(&h, UPLINK0,
	    "  net/ipv6/conf/all/proxy_ndp 1 -> 0\n"
	    "  net/ipv6/neigh/eth0/proxy_delay 0 -> 80\n");
	h.s.proxy = 2;
	plans(&h, UPLINK0, "  net/ipv6/neigh/eth0/proxy_delay 0 -> 80\n");
	h.links[ETH0 - 1].conf[CONF_PROXY_DELAY] = 7;
	plans(&h, UPLINK0, "");
	h.links[ETH0 - 1].conf[CONF_PROXY_DELAY] = 0;
	h.s.proxy = 1;
	plans(&h, PROXY, DEAF FORWARDING);
	journal_free(&h.journal);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_public),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_unreachable),
		cmocka_unit_test(test_gateway_of_answers),
		cmocka_unit_test(test_put_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
