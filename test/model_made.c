/* What a model holds: which addresses, who is known, and whether there are
 * rules at all. */
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

static void
with_two_of_ipv4(struct vps_copy *h)
{
	add_address(h, 2, "192.0.2.7/24", IFA_F_PERMANENT);
}

/* A stated address is the only one of its family, and that which is masqueraded
 * by; the other family has all. */
static void
test_stated(void **state)
{
	static const struct {
		const char *uplink;
		size_t six, four;
		const char *source, *source4;
	} rows[] = {
		{ "uplink eth0\n", 2, 2, "2001:db8::10", "-" },
		{ "uplink eth0 address 192.0.2.7/24\n", 2, 1, "2001:db8::10",
		    "192.0.2.7" },
		{ "uplink eth0 address 2001:db8::11/64\n", 1, 2, "2001:db8::11",
		    "-" },
		{ "uplink eth0 address 2001:db8::11/64,192.0.2.1/24\n", 1, 1,
		    "2001:db8::11", "192.0.2.1" },
	};
	struct config config = { 0 };
	char text[ADDR_TEXT_MAX];
	struct vps_copy h;
	struct model m;
	char *lines;
	struct err e;
	size_t i;

	(void)state;
	vps_copy(&h);
	with_two_of_ipv4(&h);
	for (i = 0; i < NITEMS(rows); i++) {
		lines = xasprintf("%s%s", ON, rows[i].uplink);
		assert_int_equal(config_parse(&config, lines, NULL, &e), 0);
		assert_int_equal(model_build(&m, &config, &h.s, &e), 0);
		assert_int_equal(m.publics[FAMILY_IPV6].n, rows[i].six);
		assert_int_equal(m.publics[FAMILY_IPV4].n, rows[i].four);
		assert_string_equal(
		    addr_text(&m.uplinks[0].source, text), rows[i].source);
		assert_string_equal(
		    addr_text(&m.uplinks[0].source4, text), rows[i].source4);
		model_free(&m);
		config_free(&config);
		free(lines);
	}
}

/* The address of a container in IPv4: the one that it is given, and that which
 * it has where it is given none, or has another. */
static void
test_ipv4(void **state)
{
	static const struct {
		void (*change)(struct vps_copy *);
		const char *web1, *is;
	} rows[] = {
		{ as_it_is, "container web1 ipv4 10.0.3.3\n", "10.0.3.3" },
		{ as_it_is, "container web1\n", "-" },
		{ with_dhcp, "container web1\n", "10.0.3.77" },
		{ with_dhcp, "container web1 ipv4 10.0.3.5\n", "10.0.3.77" },
		{ with_one_of_ours, "container web1 ipv4 10.0.3.5\n",
		    "10.0.3.5" },
		/* it is another's now */
		{ with_dhcp, "container web1\ncontainer vm00 ipv4 10.0.3.77\n",
		    "-" },
	};
	struct config config = { 0 };
	char text[ADDR_TEXT_MAX];
	struct vps_copy h;
	struct model m;
	char *line;
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(rows); i++) {
		vps_copy(&h);
		rows[i].change(&h);
		line = xasprintf("%s%s%s", ON, BRIDGE4, rows[i].web1);
		assert_int_equal(config_parse(&config, line, NULL, &e), 0);
		assert_int_equal(model_build_lenient(&m, &config, &h.s, &e), 0);
		assert_string_equal(
		    addr_text(&m.containers[0].ipv4, text), rows[i].is);
		model_free(&m);
		config_free(&config);
		free(line);
	}
}

/* Of which addresses forwards are on: not those that come and go. */
static void
test_publics(void **state)
{
	static const struct {
		unsigned flags;
		uint8_t scope;
		size_t n, stable;
	} addresses[] = {
		{ IFA_F_PERMANENT, RT_SCOPE_UNIVERSE, 2, 2 },
		{ 0, RT_SCOPE_UNIVERSE, 2, 2 },
		{ IFA_F_MANAGETEMPADDR, RT_SCOPE_UNIVERSE, 2, 2 },
		{ IFA_F_OPTIMISTIC | IFA_F_TENTATIVE, RT_SCOPE_UNIVERSE, 2, 2 },
		{ IFA_F_DEPRECATED, RT_SCOPE_UNIVERSE, 2, 1 },
		{ IFA_F_DEPRECATED | IFA_F_PERMANENT, RT_SCOPE_UNIVERSE, 2, 1 },
		{ IFA_F_TENTATIVE, RT_SCOPE_UNIVERSE, 1, 1 },
		{ IFA_F_TENTATIVE | IFA_F_DEPRECATED, RT_SCOPE_UNIVERSE, 1, 1 },
		{ IFA_F_TEMPORARY, RT_SCOPE_UNIVERSE, 1, 1 },
		{ IFA_F_TEMPORARY | IFA_F_DEPRECATED, RT_SCOPE_UNIVERSE, 1, 1 },
		{ IFA_F_DADFAILED, RT_SCOPE_UNIVERSE, 1, 1 },
		{ IFA_F_DADFAILED | IFA_F_OPTIMISTIC, RT_SCOPE_UNIVERSE, 1, 1 },
		{ IFA_F_PERMANENT, RT_SCOPE_LINK, 1, 1 },
	};
	struct config config = { 0 };
	struct vps_copy h;
	struct model m;
	struct err e;
	size_t i;

	(void)state;
	assert_int_equal(config_parse(&config, UPLINK, NULL, &e), 0);
	for (i = 0; i < NITEMS(addresses); i++) {
		vps_copy(&h);
		h.addresses[1].flags = addresses[i].flags;
		h.addresses[1].scope = addresses[i].scope;
		assert_int_equal(model_build(&m, &config, &h.s, &e), 0);
		if (m.publics[FAMILY_IPV6].n != addresses[i].n ||
		    m.nstable[FAMILY_IPV6] != addresses[i].stable)
			fail_msg("%zu: %zu, %zu", i, m.publics[FAMILY_IPV6].n,
			    m.nstable[FAMILY_IPV6]);
		model_free(&m);
	}
	config_free(&config);
}

/* Of IPv4 the bit of temporary ones says something else. */
static void
test_secondary(void **state)
{
	struct config config = { 0 };
	struct vps_copy h;
	struct model m;
	struct err e;

	(void)state;
	vps_copy(&h);
	h.addresses[2].flags = IFA_F_PERMANENT | IFA_F_SECONDARY;
	assert_int_equal(
	    config_parse(&config, "option ipv4 on\n" UPLINK, NULL, &e), 0);
	assert_int_equal(model_build(&m, &config, &h.s, &e), 0);
	assert_int_equal(m.nstable[FAMILY_IPV4], 1);
	model_free(&m);
	config_free(&config);
}

/* New connections begin on stable addresses and on one that is named. */
static void
test_answers(void **state)
{
	static const struct {
		const char *forward, *on;
		size_t n, held;
	} rows[] = {
		{ "", "2001:db8::10", 1, 2 },
		{ " on 2001:db8::10", "2001:db8::10", 1, 1 },
		{ " on 2001:db8::11", "2001:db8::11", 1, 1 },
	};
	struct config config = { 0 };
	char *text, on[ADDR_TEXT_MAX];
	struct err e;
	struct vps_copy h;
	struct model m;
	size_t i;

	(void)state;
	vps_copy(&h);
	with_one_deprecated(&h);
	for (i = 0; i < NITEMS(rows); i++) {
		text = xasprintf(
		    ALL "forward tcp 80 to web1%s\n", rows[i].forward);
		assert_int_equal(config_parse(&config, text, NULL, &e), 0);
		assert_int_equal(model_build(&m, &config, &h.s, &e), 0);
		assert_int_equal(m.forwards[0].non, rows[i].n);
		assert_int_equal(m.forwards[0].nheld, rows[i].held);
		assert_string_equal(
		    addr_text(m.forwards[0].on, on), rows[i].on);
		model_free(&m);
		config_free(&config);
		free(text);
	}
}

/* What the kernel gets rules for. */
static void
test_wants_rules(void **state)
{
	static const struct {
		const char *config;
		bool wants;
	} configs[] = {
		{ "", false },
		{ UPLINK, false },
		/* this host forwards for them, and must for nobody else */
		{ UPLINK BRIDGE, true },
		{ ALL, true },
		{ "bridge br7 create\n", true },
		{ ALL "forward tcp 80 to web1\n", true },
		/* its counters */
		{ ALL "forward tcp 80 to web1 off\n", true },
		{ "allow input tcp 22\n", true },
		{ "allow input tcp 22 off\n", true },
		{ "default input allow\n", true },
		{ UPLINK "bridge lxcbr0 ula " ULA "1/64 masquerade\n", true },
		{ MAPPED "2001:db8:5::/64\n", true },
	};
	struct config config = { 0 };
	struct model m;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(configs); i++) {
		vps_model(&config, &m, configs[i].config);
		if (model_wants_rules(&m) != configs[i].wants)
			fail_msg("%s", configs[i].config);
		model_free(&m);
		config_free(&config);
	}
}

static void
list_known(const struct model *m, struct buf *b)
{
	char text[ADDR_TEXT_MAX];
	size_t i;

	for (i = 0; i < m->nknown; i++)
		buf_printf(b, "%s %s\n", m->known[i].bridge,
		    addr_text(&m->known[i].addr, text));
}

/* An address is known where it can be: on the bridge whose prefix holds it, or
 * on any. */
static void
test_known(void **state)
{
	static const struct {
		const char *more, *known;
	} rows[] = {
		{ "", "" },
		{ WEB, "lxcbr0 " ULA "3\n" },
		{ "forward tcp 80 to " ULA "7\n", "lxcbr0 " ULA "7\n" },
		{ WEB "forward tcp 80 to web1\n"
		      "forward tcp 81 to " ULA "3\n",
		    "lxcbr0 " ULA "3\n" },
		{ "forward tcp 80 to fd77::7\n", "br1 fd77::7\n" },
	};
	struct config config = { 0 };
	struct buf b = { 0 };
	struct err e;
	struct vps_copy h;
	struct model m;
	char *text;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(rows); i++) {
		vps_copy(&h);
		with_a_bridge(&h);
		text = xasprintf(UPLINK BRIDGE "bridge br1 ula fd77::1/64\n%s",
		    rows[i].more);
		assert_int_equal(config_parse(&config, text, NULL, &e), 0);
		if (model_build(&m, &config, &h.s, &e) != 0)
			fail_msg("%s: %s", rows[i].more, e.text);
		list_known(&m, &b);
		if (strcmp(buf_text(&b), rows[i].known) != 0)
			fail_msg("%s: %s", rows[i].more, buf_text(&b));
		buf_reset(&b);
		model_free(&m);
		config_free(&config);
		free(text);
	}
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ipv4),
		cmocka_unit_test(test_stated),
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_publics),
		cmocka_unit_test(test_secondary),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_wants_rules),
	};

	return cmocka_run_group_tests(tests, vps_set_up, NULL);
}
