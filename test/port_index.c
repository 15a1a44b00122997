/* Forwards by public port: all that claim one, that which begins last first. */
#include "config.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/util.h"
#include "core/lang/config.h"
#include "core/plan/port_index.h"

static const struct {
	uint8_t proto;
	uint16_t port;
	const char *found; /* indices of forwards */
} lookups[] = {
	{ IPPROTO_TCP, 80, "0 1 " },
	{ IPPROTO_TCP, 85, "1 " },
	{ IPPROTO_TCP, 200, "1 " },
	{ IPPROTO_TCP, 201, "" },
	{ IPPROTO_TCP, 9, "" },
	{ IPPROTO_UDP, 80, "" },
	{ IPPROTO_UDP, 443, "2 " },
	{ IPPROTO_TCP, 443, "2 " },
	{ IPPROTO_TCP, 65535, "3 " },
	{ IPPROTO_ICMPV6, 0, "" },
};
static const char claims[] = "forward tcp 80 to vm00 on 2001:db8::10\n"
			     "forward tcp 10-200 to vm00 on 2001:db8::11\n"
			     "forward tcp,udp 443 to vm00\n"
			     "forward tcp 1000-1001,65535 to vm00\n";
/* Those of the rest come behind all. */
static const char with_rest[] = "forward any to vm00 on 2001:db8::11\n"
				"forward any to vm00 on 2001:db8::10\n";

static void
look_up(const char *text, uint8_t proto, uint16_t port, struct buf *found)
{
	struct port_index x = { 0 };
	const struct port_claim *claim = NULL;
	struct config c = { 0 };
	struct err e;
	size_t i;

	assert_int_equal(config_parse(&c, text, NULL, &e), 0);
	for (i = 0; i < c.n; i++)
		port_index_add(&x, c.v[i].st, &c.v[i]);
	port_index_sort(&x);
	while ((claim = port_index_next(&x, proto, port, claim)) != NULL)
		buf_printf(
		    found, "%td ", (const struct line *)claim->owner - c.v);
	port_index_free(&x);
	config_free(&c);
}

static void
test_lookups(void **state)
{
	struct buf found = { 0 };
	size_t i;

	(void)state;
	assert_null(
	    port_index_next(&(struct port_index){ 0 }, IPPROTO_TCP, 80, NULL));
	for (i = 0; i < NITEMS(lookups); i++) {
		buf_reset(&found);
		look_up(claims, lookups[i].proto, lookups[i].port, &found);
		assert_string_equal(buf_text(&found), lookups[i].found);
	}
	buf_free(&found);
}

static void
test_rest(void **state)
{
	char *both = xasprintf("%s%s", with_rest, claims);
	struct buf found = { 0 };

	(void)state;
	look_up(both, IPPROTO_TCP, 80, &found);
	assert_true(has_prefix(buf_text(&found), "2 3 "));
	assert_int_equal(found.len, strlen("2 3 0 1 "));
	buf_reset(&found);
	look_up(both, IPPROTO_SCTP, 80, &found);
	assert_int_equal(found.len, strlen("0 1 "));
	buf_reset(&found);
	look_up(both, IPPROTO_ICMPV6, 80, &found);
	assert_int_equal(found.len, 0);
	buf_free(&found);
	free(both);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lookups),
		cmocka_unit_test(test_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
