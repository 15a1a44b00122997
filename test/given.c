/* What is said of what a provider gave. */
#include "config.h"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/util.h"
#include "core/show/given.h"

#include "lib/machine.h"

#define KERNEL_RA 2 /* IFAPROT_KERNEL_RA */

static struct address *
has(struct machine *m, const char *text, uint32_t valid)
{
	struct address *a = machine_address(m, NSID_SELF, ETH0, text);

	a->valid = valid;
	a->flags = valid == UINT32_MAX ? IFA_F_PERMANENT : 0;
	return a;
}

static void
has_nothing(struct machine *m UNUSED)
{
}

static void
has_static(struct machine *m)
{
	has(m, "2001:db8::10/64", UINT32_MAX);
	machine_default(m, ETH0, RTPROT_STATIC);
}

static void
has_one(struct machine *m)
{
	has(m, "2001:db8::10/128", UINT32_MAX);
}

static void
has_advertised(struct machine *m)
{
	has(m, "2001:db8::10/64", 900)->proto = KERNEL_RA;
	machine_default(m, ETH0, RTPROT_RA)->expires = 600;
}

static void
has_leased(struct machine *m)
{
	has(m, "2001:db8::10/128", 3600);
	machine_default(m, ETH0, RTPROT_RA)->expires = 600;
}

/* The first is not the public one. */
static void
has_several(struct machine *m)
{
	has(m, "2001:db8:1::10/64", 900)->flags = IFA_F_TEMPORARY;
	has(m, "2001:db8:2::10/64", 900)->flags = IFA_F_DEPRECATED;
	has_static(m);
}

static void
has_unusable(struct machine *m)
{
	has(m, "2001:db8:1::10/64", 900)->flags = IFA_F_DADFAILED;
	has(m, "2001:db8:2::10/64", 900)->flags = IFA_F_TENTATIVE;
}

static void
has_routed(struct machine *m)
{
	has_one(m);
	machine_address(m, NSID_SELF, LXCBR0, "2001:db8:5::1/56");
}

static void
has_ula(struct machine *m)
{
	has_static(m);
	machine_address(m, NSID_SELF, LXCBR0, ULA "1/64");
	machine_address(m, NSID_SELF, LXCBR0, "2001:db8:5::1/128");
}

static void
has_ula_first(struct machine *m)
{
	has(m, ULA "10/64", UINT32_MAX);
	has_static(m);
}

/* On a bridge, but of the uplink's own link. */
static void
has_a_part(struct machine *m)
{
	has_static(m);
	machine_address(m, NSID_SELF, LXCBR0, "2001:db8::ff:1/112");
}

static const struct {
	void (*give)(struct machine *);
	enum given_kind kind;
	const char *prefix; /* ""; none */
	const char *origin, *fit;
	uint32_t router; /* seconds; 0: no advertised one */
} cases[] = {
	{ has_nothing, GIVEN_NOTHING, "", "-", "no public address", 0 },
	{ has_static, GIVEN_LINK, "2001:db8::/64", "static",
	    "an on-link /64: ula and masquerade, or prefix proxy", 0 },
	{ has_one, GIVEN_ADDRESS, "", "static",
	    "one address: ula and masquerade", 0 },
	{ has_advertised, GIVEN_LINK, "2001:db8::/64", "advertised, 15m",
	    "an on-link /64: ula and masquerade, or prefix proxy", 600 },
	{ has_leased, GIVEN_ADDRESS, "", "DHCPv6, 1h",
	    "one address: ula and masquerade", 600 },
	{ has_several, GIVEN_LINK, "2001:db8::/64", "static",
	    "an on-link /64: ula and masquerade, or prefix proxy", 0 },
	{ has_unusable, GIVEN_NOTHING, "", "-", "no public address", 0 },
	{ has_routed, GIVEN_ROUTED, "2001:db8:5::/56", "static",
	    "a routed /56: prefix, or ula and translate", 0 },
	{ has_ula, GIVEN_LINK, "2001:db8::/64", "static",
	    "an on-link /64: ula and masquerade, or prefix proxy", 0 },
	{ has_ula_first, GIVEN_LINK, "2001:db8::/64", "static",
	    "an on-link /64: ula and masquerade, or prefix proxy", 0 },
	{ has_a_part, GIVEN_LINK, "2001:db8::/64", "static",
	    "an on-link /64: ula and masquerade, or prefix proxy", 0 },
};

static void
test_cases(void **state)
{
	struct buf origin = { 0 }, fit = { 0 }, prefix = { 0 };
	struct machine m;
	struct given g;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(cases); i++) {
		machine_boot(&m);
		cases[i].give(&m);
		g = given_find(&m.s, snapshot_link(&m.s, "eth0"));
		buf_reset(&origin);
		buf_reset(&fit);
		buf_reset(&prefix);
		given_print_origin(&g, &origin);
		given_print_fit(&g, &fit);
		if (g.prefix.family != AF_UNSPEC)
			prefix_print(&g.prefix, &prefix);
		if (g.kind != cases[i].kind ||
		    strcmp(buf_text(&origin), cases[i].origin) != 0 ||
		    strcmp(buf_text(&fit), cases[i].fit) != 0 ||
		    strcmp(buf_text(&prefix), cases[i].prefix) != 0 ||
		    (g.router != NULL ? g.router->expires : 0) !=
			cases[i].router)
			fail_msg("%zu: %d %s, %s, %s", i, (int)g.kind,
			    buf_text(&origin), buf_text(&fit),
			    buf_text(&prefix));
	}
	buf_free(&origin);
	buf_free(&fit);
	buf_free(&prefix);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
