/* What auto comes to: the address that is there, or one that nobody has. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/lang/auto.h"
#include "core/lang/config.h"

#include "lib/asked.h"
#include "lib/vps.h"

#define ROUTED "bridge lxcbr0 prefix 2001:db8:1:2::/64\n"

/* What auto comes to, or how that begins, under a config. */
static const struct {
	const char *config, *statement, *is;
} autos[] = {
	{ asked_base, "container \"vm 01\" ula auto",
	    "container \"vm 01\" ula " ULA "2" },
	/* What is there already is the first choice, unless another's. */
	{ asked_base, "container vm00 ula auto",
	    "container vm00 ula " ULA "9" },
	{ "bridge lxcbr0 ula " ULA "1/64\ncontainer \"vm 01\" ula " ULA "9\n",
	    "container vm00 ula auto", "container vm00 ula " ULA "2" },
	{ "", "bridge lxcbr0 ula auto masquerade",
	    "bridge lxcbr0 ula " ULA "1/64 masquerade" },
	{ "bridge lxcbr0 ula fd5a:2::1/64\n", "bridge lxcbr0 ula auto",
	    "bridge lxcbr0 ula fd5a:2::1/64" },
	{ "", "bridge eth0 ula auto", "bridge eth0 ula fd" },
	{ ROUTED "container web1 address 2001:db8:1:2::2\n",
	    "container web2 on lxcbr0 address auto",
	    "container web2 on lxcbr0 address 2001:db8:1:2::3" },
	{ "bridge lxcbr0 ula fd5a:2::1/64 prefix 2001:db8:1:2::/64\n",
	    "container web2 on lxcbr0 address auto ula auto",
	    "container web2 on lxcbr0 ula fd5a:2::2 address "
	    "2001:db8:1:2::2" },
	{ "", "bridge lxcbr0 ipv4 auto", "bridge lxcbr0 ipv4 10.0.3.1/24" },
	{ "bridge lxcbr0 ipv4 10.0.4.1/24\n", "bridge lxcbr0 ipv4 auto",
	    "bridge lxcbr0 ipv4 10.0.4.1/24" },
	{ "bridge lxcbr0 ipv4 10.0.3.1/24\n", "container web1 ipv4 auto",
	    "container web1 ipv4 10.0.3.2" },
	{ "bridge lxcbr0 ipv4 10.0.3.1/24\ncontainer vm00 ipv4 10.0.3.2\n",
	    "container web1 ipv4 auto", "container web1 ipv4 10.0.3.3" },
	/* neither the network, nor what is everybody */
	{ "bridge lxcbr0 ipv4 10.0.3.2/29\n"
	  "container a ipv4 10.0.3.3\ncontainer b ipv4 10.0.3.4\n"
	  "container c ipv4 10.0.3.5\n",
	    "container web1 ipv4 auto", "container web1 ipv4 10.0.3.6" },
	{ "bridge lxcbr0 ula " ULA "1/64 ipv4 10.0.3.1/24\n",
	    "container vm00 ula auto ipv4 auto",
	    "container vm00 ula " ULA "9 ipv4 10.0.3.9" },
	/* The first ones belong to routers. */
	{ "bridge lxcbr0 prefix 2001:db8::/64 proxy\n",
	    "container web2 on lxcbr0 address auto",
	    "container web2 on lxcbr0 address 2001:db8::8000:0:0:2" },
};

static void
test_auto(void **state)
{
	struct config c = { 0 };
	struct statement *st;
	struct buf b = { 0 };
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(autos); i++) {
		assert_int_equal(
		    config_parse(&c, autos[i].config, NULL, &e), 0);
		st = auto_resolve(
		    statement_from(autos[i].statement, &e), &c, &vps, &e);
		assert_non_null(st);
		buf_reset(&b);
		statement_print(st, &b);
		assert_int_equal(
		    strncmp(b.s, autos[i].is, strlen(autos[i].is)), 0);
		statement_free(st);
		config_free(&c);
	}
	buf_free(&b);
}

/* What auto comes to behind that bridge; on lxcbr0, vm00 runs under the runtime
 * named, and has ULA 9 of it. */
static const struct {
	const char *runtime, *bridge, *statement, *is;
} lent[] = {
	{ "lxc", "lxcbr0", "container vm00 ula auto", ULA "9" },
	{ "docker", "lxcbr0", "container vm00 ula auto",
	    "fd5a:1c2e:90b1:0:8000::2" },
	{ "podman", "lxcbr0", "container vm00 ula auto",
	    "fd5a:1c2e:90b1:0:8000::2" },
	/* Its address would be lent to the next one. */
	{ "docker", "lxcbr0", "container web1 ula auto",
	    "fd5a:1c2e:90b1:0:8000::2" },
	{ "lxc", "br-0123456789ab", "container gone ula auto",
	    "fd5a:1c2e:90b1:0:8000::2" },
	{ "lxc", "lan0", "container gone ula auto", ULA "2" },
};

static const char *
pick_of(const struct snapshot *s, const struct config *c, const char *statement,
    const char *word, struct buf *b)
{
	struct statement *st;
	struct err e;

	st = auto_resolve(statement_from(statement, &e), c, s, &e);
	assert_non_null(st);
	buf_reset(b);
	statement_print(st, b);
	statement_free(st);
	return strstr(b->s, word) + strlen(word);
}

static const char *
pick(const struct snapshot *s, const struct config *c, const char *statement,
    struct buf *b)
{
	return pick_of(s, c, statement, " ula ", b);
}

static void
test_auto_takes_none_that_is_lent(void **state)
{
	struct container containers[3];
	struct snapshot s = vps;
	struct config c = { 0 };
	struct buf text = { 0 }, b = { 0 };
	struct err e;
	size_t i;

	(void)state;
	memcpy(containers, vps.containers, sizeof(containers));
	s.containers = containers;
	assert_int_equal(s.ncontainers, NITEMS(containers));
	for (i = 0; i < NITEMS(lent); i++) {
		containers[0].runtime = lent[i].runtime;
		buf_reset(&text);
		buf_printf(
		    &text, "bridge %s ula " ULA "1/64\n", lent[i].bridge);
		assert_int_equal(config_parse(&c, text.s, NULL, &e), 0);
		assert_string_equal(
		    pick(&s, &c, lent[i].statement, &b), lent[i].is);
		config_free(&c);
	}
	buf_free(&text);
	buf_free(&b);
}

/* By a bridge, or by somebody of whom the config says nothing. */
static void
test_auto_takes_none_that_is_taken(void **state)
{
	struct snapshot s = vps;
	struct config c = { 0 };
	struct buf b = { 0 };
	struct err e;

	(void)state;
	s.addresses = xcalloc(s.naddresses + 1, sizeof(*s.addresses));
	memcpy(
	    s.addresses, vps.addresses, vps.naddresses * sizeof(*s.addresses));
	assert_int_equal(
	    prefix_parse(&s.addresses[s.naddresses++].prefix, ULA "3/64"), 0);
	assert_int_equal(
	    config_parse(&c, "bridge lan0 ula " ULA "2/64\n", NULL, &e), 0);
	assert_string_equal(
	    pick(&s, &c, "container gone ula auto", &b), ULA "4");
	config_free(&c);
	free(s.addresses);
	buf_free(&b);
}

/* What it has by DHCP is what it keeps, and nothing that another has. */
static void
test_auto_keeps_ipv4(void **state)
{
	struct config c = { 0 };
	struct buf b = { 0 };
	struct err e;

	(void)state;
	assert_int_equal(
	    config_parse(&c, "bridge lxcbr0 ipv4 10.0.3.7/24\n", NULL, &e), 0);
	assert_string_equal(
	    pick_of(&vps, &c, "container vm00 ipv4 auto", " ipv4 ", &b),
	    "10.0.3.9");
	assert_string_equal(
	    pick_of(&vps, &c, "container web1 ipv4 auto", " ipv4 ", &b),
	    "10.0.3.2");
	config_free(&c);
	assert_int_equal(config_parse(&c,
			     "bridge lxcbr0 ipv4 10.0.3.1/28\n"
			     "container a ipv4 10.0.3.2\n"
			     "container b ipv4 10.0.3.3\n"
			     "container c ipv4 10.0.3.4\n"
			     "container d ipv4 10.0.3.5\n"
			     "container e ipv4 10.0.3.6\n"
			     "container f ipv4 10.0.3.7\n"
			     "container g ipv4 10.0.3.8\n",
			     NULL, &e),
	    0);
	assert_string_equal(
	    pick_of(&vps, &c, "container web1 ipv4 auto", " ipv4 ", &b),
	    "10.0.3.10");
	config_free(&c);
	buf_free(&b);
}

/* A bridge gets none that is made up, but is told of one that is free. */
static void
test_auto_makes_no_ipv4(void **state)
{
	struct snapshot s = vps;
	struct address addresses[2] = { 0 };
	struct config c = { 0 };
	struct err e;

	(void)state;
	s.addresses = addresses;
	s.naddresses = NITEMS(addresses);
	addresses[0].nsid = addresses[1].nsid = NSID_SELF;
	addresses[0].index = addresses[1].index = 2;
	assert_int_equal(prefix_parse(&addresses[0].prefix, "10.1.9.4/16"), 0);
	assert_int_equal(prefix_parse(&addresses[1].prefix, "10.3.0.9/24"), 0);
	assert_int_equal(
	    config_parse(&c, "bridge eth1 ipv4 10.2.0.1/22\n", NULL, &e), 0);
	assert_null(auto_resolve(
	    statement_from("bridge lxcbr0 ipv4 auto", &e), &c, &s, &e));
	assert_string_equal(e.text, "lxcbr0 has no IPv4 address to keep");
	assert_non_null(strstr(e.hint, "bridge lxcbr0 ipv4 10.4.0.1/24"));
	assert_int_equal(e.col, 20);
	assert_null(auto_resolve(
	    statement_from("container web1 ipv4 auto", &e), &c, &vps, &e));
	assert_string_equal(e.text,
	    "lxcbr0 has 10.0.3.1/24, which no statement makes its prefix");
	assert_non_null(strstr(e.hint, "bridge lxcbr0 ipv4 auto"));
	config_free(&c);
}

static void
test_auto_without_a_prefix(void **state)
{
	struct config c = { 0 };
	struct err e;

	(void)state;
	assert_int_equal(config_parse(&c, asked_base, NULL, &e), 0);
	assert_null(auto_resolve(
	    statement_from("container x on eth0 ula auto", &e), &c, &vps, &e));
	assert_non_null(strstr(e.hint, "add bridge eth0 ula auto"));
	assert_null(
	    auto_resolve(statement_from("container x on eth0 address auto", &e),
		&c, &vps, &e));
	assert_non_null(strstr(e.hint, "bridge eth0 prefix PREFIX"));
	config_free(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_auto),
		cmocka_unit_test(test_auto_takes_none_that_is_lent),
		cmocka_unit_test(test_auto_takes_none_that_is_taken),
		cmocka_unit_test(test_auto_keeps_ipv4),
		cmocka_unit_test(test_auto_makes_no_ipv4),
		cmocka_unit_test(test_auto_without_a_prefix),
	};

	return cmocka_run_group_tests(tests, vps_set_up, NULL);
}
