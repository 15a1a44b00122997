/* What an admin is told of a config that is taken. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/util.h"
#include "core/plan/model_policy.h"

#include "lib/vps.h"
#include "lib/vps_copy.h"

static void
without_fib(struct vps_copy *h)
{
	h->s.has_fib = false;
}

#define OPEN UPLINK ROUTED "container web1 address " ROUTE "3\n"
#define EVERYBODY                                                              \
	"everybody reaches whatever listens in a container with a public "     \
	"address, such as web1: default forward deny closes them, and allow "  \
	"forward tcp PORTS to container web1 opens what is meant"
#define NEVER(line, earlier)                                                   \
	"never reached: " line ", since an earlier policy decides: " earlier
#define NEEDLESS(line, later)                                                  \
	"no effect: " line ", since a later policy decides the same: " later
#define KEEPS(rest, line)                                                      \
	"no effect: " rest ", since this keeps everything for this host: " line
#define FORGERS                                                                 \
	"containers can send under the addresses of others: this kernel looks " \
	"up no routes for rules (Linux 6.10 does, and 6.6.33 and 6.1.93 on)"
#define COLLIDES                                                               \
	" on lxcbr0 is not a random /48: it will collide with others on a "    \
	"merge or a VPN; ula auto makes a random one"

/* What an admin is told of what is taken, though not at a boot. */
static const struct {
	void (*change)(struct vps_copy *);
	const char *config, *notes;
} told[] = {
	/* policies that are never reached */
	{ as_it_is, "allow input tcp 22\ndeny input tcp 22\n",
	    NEVER("deny input tcp 22", "allow input tcp 22") },
	{ as_it_is, "deny output tcp 22\nallow input tcp 22\n", "" },
	{ as_it_is, "deny input tcp 22 limit 5/second\nallow input tcp 22\n",
	    "" },
	{ as_it_is,
	    "allow input tcp 22 from 2001:db8:9::/48\n"
	    "deny input tcp 22 from 2001:db8::/32\n",
	    "" },
	/* and those behind which another comes to the same */
	{ as_it_is,
	    "allow input tcp 22 from 2001:db8:9::/48\n"
	    "allow input tcp 22\n",
	    NEEDLESS("allow input tcp 22 from 2001:db8:9::/48",
		"allow input tcp 22") },
	{ as_it_is,
	    "allow input tcp 22 from 2001:db8:9::/48\n"
	    "deny input tcp 25\n"
	    "allow input tcp\n",
	    NEEDLESS(
		"allow input tcp 22 from 2001:db8:9::/48", "allow input tcp") },
	{ as_it_is,
	    "allow input tcp 22 from 2001:db8:9::/48\n"
	    "deny input tcp 22 from 2001:db8::/32\n"
	    "allow input tcp 22\n",
	    "" },
	{ as_it_is,
	    "allow input tcp 22 from 2001:db8:9::/48 log\n"
	    "allow input tcp 22\n",
	    "" },
	{ as_it_is,
	    "allow input tcp 22 from 2001:db8:9::/48\n"
	    "allow input tcp 22 limit 5/second\n",
	    "" },
	{ as_it_is,
	    "deny input tcp 22 from 2001:db8:9::/48\n"
	    "reject input tcp 22\n",
	    "" },
	{ as_it_is,
	    "allow input tcp 22 from 2001:db8::/32\n"
	    "deny input tcp 22 from 2001:db8:9::/48\n",
	    NEVER("deny input tcp 22 from 2001:db8:9::/48",
		"allow input tcp 22 from 2001:db8::/32") },
	/* but not one that alone opens a way from uplink to uplink */
	{ as_it_is,
	    "allow forward tcp to uplink\n"
	    "allow forward tcp 80 from uplink to uplink\n",
	    "" },
	{ as_it_is,
	    "deny forward tcp to uplink\n"
	    "allow forward tcp 80 from uplink to uplink\n",
	    NEVER("allow forward tcp 80 from uplink to uplink",
		"deny forward tcp to uplink") },
	{ as_it_is,
	    "allow forward tcp from uplink to uplink\n"
	    "allow forward tcp 80 from uplink to uplink\n",
	    NEVER("allow forward tcp 80 from uplink to uplink",
		"allow forward tcp from uplink to uplink") },
	/* policies against what is let through before them */
	{ as_it_is, "deny input icmpv6\n",
	    "hardly any effect: deny input icmpv6, since the ICMPv6 that a "
	    "host needs (RFC 4890), ping among it, is let through before all "
	    "policies" },
	{ as_it_is, "option ipv4 on\ndeny input icmp\ndeny input icmpv6 off\n",
	    "hardly any effect: deny input icmp, since the ICMP that a host "
	    "needs (RFC 1812), ping among it, is let through before all "
	    "policies" },
	{ as_it_is, "option ipv4 on\nallow input icmp\nallow input icmpv6\n",
	    "" },
	/* what keeps all from a forward of the rest */
	{ as_it_is, ALL "forward any to web1\nallow input\n",
	    KEEPS("forward any", "allow input") },
	{ as_it_is,
	    ALL
	    "forward any to web1\nallow input any from any limit 5/second\n",
	    KEEPS("forward any", "allow input any from any limit 5/second") },
	{ as_it_is, ALL "forward any to web1 off\nallow input\n", "" },
	{ as_it_is, FAMILIES "forward any to vm00\nallow input\n",
	    KEEPS("forward any", "allow input") },
	{ as_it_is, FAMILIES "forward any to vm00\nallow input only ipv6\n",
	    "" },
	{ as_it_is,
	    FAMILIES "forward any to vm00 only ipv4\nallow input only ipv4\n",
	    KEEPS("forward any only ipv4", "allow input only ipv4") },
	{ as_it_is,
	    ALL "forward any to web1\nallow input tcp\nallow forward\n"
		"allow input from 2001:db8::/32\ndeny input\n",
	    "" },
	/* a kernel that cannot tell who forges */
	{ without_fib, UPLINK, "" },
	{ without_fib, "allow input tcp 22\n", "" },
	{ without_fib, BRIDGE, FORGERS },
	/* public addresses that nothing keeps from anybody */
	{ as_it_is, OPEN, EVERYBODY },
	{ as_it_is, OPEN "allow forward tcp 80\ndeny forward tcp\n",
	    EVERYBODY },
	{ as_it_is, OPEN "deny forward from bridge lxcbr0\n", EVERYBODY },
	{ as_it_is, OPEN "deny forward to 2001:db8:9::/48\n", EVERYBODY },
	{ as_it_is, OPEN "deny forward limit 1/second\n", EVERYBODY },
	{ as_it_is, OPEN "deny input\n", EVERYBODY },
	{ as_it_is, OPEN "deny forward from uplink\n", "" },
	{ as_it_is, OPEN "deny forward from any to any\n", "" },
	{ as_it_is, OPEN "reject forward any\n", "" },
	{ as_it_is, OPEN "default forward reject\n", "" },
	/* prefixes that somebody else may have as well */
	{ as_it_is, "bridge lxcbr0 ula fd00::1/64\n", "fd00::1/64" COLLIDES },
	{ as_it_is, "bridge lxcbr0 ula fd77::1/40\n", "fd77::1/40" COLLIDES },
	{ as_it_is, "bridge lxcbr0 ula fd77::1/48\n", "" },
	{ as_it_is, "bridge lxcbr0 ula fc77::1/64\n",
	    "fc77::1/64 on lxcbr0: fc00::/8 is not assigned; take one that "
	    "starts with fd" },
};

static void
test_told(void **state)
{
	struct config config = { 0 };
	struct buf b = { 0 };
	struct vps_copy h;
	struct model m;
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(told); i++) {
		vps_copy(&h);
		told[i].change(&h);
		assert_int_equal(
		    config_parse(&config, told[i].config, NULL, &e), 0);
		assert_int_equal(model_build(&m, &config, &h.s, &e), 0);
		buf_reset(&b);
		list_notes(&m, &b);
		assert_string_equal(buf_text(&b), told[i].notes);
		model_free(&m);
		config_free(&config);
	}
	buf_free(&b);
}

/* What is told of one policy, wherever that is shown. */
static void
test_told_of(void **state UNUSED)
{
	struct config config = { 0 };
	struct buf b = { 0 };
	struct vps_copy h;
	struct model m;
	struct err e;

	vps_copy(&h);
	assert_int_equal(config_parse(&config,
			     "allow input tcp 80\nallow input tcp 22\n"
			     "deny input tcp 22\ndeny input icmpv6\n",
			     NULL, &e),
	    0);
	assert_int_equal(model_build_lenient(&m, &config, &h.s, &e), 0);
	model_warn_of(&m, config.v[0].st, &b);
	model_warn_of(&m, config.v[1].st, &b);
	assert_string_equal(buf_text(&b), "");
	model_warn_of(&m, config.v[2].st, &b);
	assert_string_equal(buf_text(&b),
	    NEVER("deny input tcp 22", "allow input tcp 22") "\n");
	buf_reset(&b);
	model_warn_of(&m, config.v[3].st, &b);
	assert_true(has_prefix(buf_text(&b), "hardly any effect: deny input "));
	buf_free(&b);
	model_free(&m);
	config_free(&config);
}

/* Before a wide one of the end each of them would be compared with all that
 * follow it: a form asks at every key. */
static void
test_of_very_many(void **state UNUSED)
{
	enum { MANY = 6000 };
	struct config config = { 0 };
	struct buf text = { 0 };
	struct vps_copy h;
	struct model m;
	struct err e;
	size_t i;

	vps_copy(&h);
	for (i = 0; i < MANY; i++)
		buf_printf(&text,
		    "allow input tcp %zu from 2001:db8:%zx::/48\n", i + 1, i);
	buf_add(&text, "allow input tcp\n");
	assert_int_equal(config_parse(&config, text.s, NULL, &e), 0);
	assert_int_equal(model_build(&m, &config, &h.s, &e), 0);
	assert_in_range(m.nwarnings, 1, MANY / 2);
	model_free(&m);
	config_free(&config);
	buf_free(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_told),
		cmocka_unit_test(test_told_of),
		cmocka_unit_test(test_of_very_many),
	};

	return cmocka_run_group_tests(tests, vps_set_up, NULL);
}
