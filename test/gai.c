/* Which family a program takes where a name has both, by gai.conf: as glibc
 * 2.36 was seen to choose. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/util.h"
#include "core/reach/gai.h"

#define ULA "fd5a:1c2e:90b1::3"
#define PUBLIC "2001:db8::3"
#define LABELS                                                                 \
	"label ::1/128 0\nlabel ::/0 1\nlabel 2002::/16 2\nlabel ::/96 3\n"    \
	"label ::ffff:0:0/96 4\n"

static bool
prefers_ipv4(const char *conf, const char *source6, const char *source4)
{
	struct prefix from6, from4;

	assert_int_equal(prefix_parse(&from6, source6), 0);
	assert_int_equal(prefix_parse(&from4, source4), 0);
	return gai_prefers_ipv4(conf, &from6, &from4);
}

static void
test_choice(void **state UNUSED)
{
	static const struct {
		const char *conf, *source6, *source4;
		bool ipv4;
	} rows[] = {
		{ "", ULA, "10.0.3.5", true },
		{ "", PUBLIC, "10.0.3.5", false },
		{ "", "2002:a00::1", "10.0.3.5", true },
		{ "# label ::/0 1\n", ULA, "10.0.3.5", true },
		{ LABELS, ULA, "10.0.3.5", false },
		{ "reload yes\n\n" LABELS, ULA, "10.0.3.5", false },
		{ "label\t::1/128\t0 # own\r\nlabel ::ffff:0:0/96 4", ULA,
		    "10.0.3.5", false },
		/* In all of one table IPv4 has the label of IPv6, too. */
		{ "label ::1/128 0\n", ULA, "10.0.3.5", false },
		{ LABELS "label fc00::/7 6\n", ULA, "10.0.3.5", true },
		{ LABELS "label ::\n", ULA, "10.0.3.5", false },
		/* Precedences come after labels. */
		{ "precedence fc00::/7 45\n", ULA, "10.0.3.5", true },
		{ "precedence ::ffff:0:0/96 100\n", PUBLIC, "10.0.3.5", true },
		{ "precedence ::ffff:0:0/96 100\n" LABELS, ULA, "10.0.3.5",
		    true },
		{ "precedence ::ffff:0:0/96 10\n" LABELS, ULA, "10.0.3.5",
		    false },
		/* Scopes come first. */
		{ "scopev4 ::ffff:10.0.0.0/104 5\n", ULA, "10.0.3.5", false },
		{ "scopev4 10.0.0.0/8 5\n", ULA, "10.0.3.5", false },
		{ "scopev4 10.0.0.0/8 # 5\n", ULA, "10.0.3.5", true },
		{ "scopev4 ::ffff:10.0.0.0/104 5\n", ULA, "192.168.3.5", true },
		{ "", ULA, "169.254.3.5", false },
	};
	size_t i;

	for (i = 0; i < NITEMS(rows); i++)
		if (prefers_ipv4(rows[i].conf, rows[i].source6,
			rows[i].source4) != rows[i].ipv4)
			fail_msg("row %zu: %s", i, rows[i].conf);
}

/* What is offered does what it says. */
static void
test_offer(void **state UNUSED)
{
	char conf[512];
	FILE *f = popen("printf " GAI_LABELS, "r");
	size_t n;

	assert_non_null(f);
	n = fread(conf, 1, sizeof(conf) - 1, f);
	conf[n] = '\0';
	assert_int_equal(pclose(f), 0);
	assert_string_equal(conf, LABELS);
	assert_true(gai_has_labels(conf));
	assert_false(gai_has_labels("precedence ::/0 40\n#label ::/0 1\n"));
}

/* A table that somebody filled up costs no more. */
static void
test_long(void **state UNUSED)
{
	struct buf b = { 0 };
	unsigned i;

	for (i = 0; i < 5000; i++)
		buf_printf(&b, "label fd00:%x::/32 7\n", i);
	assert_false(prefers_ipv4(buf_text(&b), ULA, "10.0.3.5"));
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_choice),
		cmocka_unit_test(test_offer),
		cmocka_unit_test(test_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
