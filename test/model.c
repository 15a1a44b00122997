/* What a config is refused for on a host, and what is left of it where one must
 * do without, as at a boot. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/util.h"

#include "lib/vps.h"

#define UPLINK "uplink eth0\n"
#define BRIDGE "bridge lxcbr0 ula " ULA "1/64\n"
#define WEB "container web1 ula " ULA "3\n"
#define ALL UPLINK BRIDGE WEB

enum { DEAF = 1 }; /* without IPv6 */

static const struct {
	const char *config;
	unsigned lacks;
	const char *error;  /* "": none */
	const char *warned; /* at a boot; NULL: refused as well */
} cases[] = {
	{ ALL "forward tcp 80 to web1\n", 0, "", "" },

	/* targets */
	{ ALL "forward tcp 80 to " ULA "7\n", 0, "", "" },
	{ ALL "forward tcp 80 to " ULA "1\n", 0,
	    ULA "1 is not behind a bridge of this host", "" },
	{ ALL "forward tcp 80 to 2001:db8::10\n", 0,
	    "2001:db8::10 is not behind a bridge of this host", "" },
	{ ALL "forward tcp 80 to 2001:db8:9::7\n", 0,
	    "2001:db8:9::7 is not behind a bridge of this host", "" },
	/* in the prefix that the kernel has, without one in the config */
	{ UPLINK "forward tcp 80 to " ULA "7\n", 0, "", "" },

	/* a host without IPv6 */
	{ ALL "forward tcp 80 to web1\n", DEAF,
	    "this host has no IPv6 to forward",
	    "this host has no IPv6 to forward" },
	{ BRIDGE, DEAF, "this host has no IPv6 to forward",
	    "this host has no IPv6 to forward" },
	{ UPLINK, DEAF, "", "" },
	{ "allow input tcp 22\n", DEAF, "", "" },
};

/* A line for each. */
static void
list_warnings(const struct model *m, struct buf *b)
{
	size_t i;

	for (i = 0; i < m->nwarnings; i++)
		buf_printf(b, "%s%s", i > 0 ? "\n" : "", m->warnings[i]);
}

static void
try_one(size_t i, const struct snapshot *s)
{
	struct config config = { 0 };
	struct err e = { 0 };
	struct buf b = { 0 };
	struct model m;
	int r;

	if (config_parse(&config, cases[i].config, NULL, &e) != 0)
		fail_msg("%s: %s", cases[i].config, e.text);
	r = model_build(&m, &config, s, &e);
	if (r != (cases[i].error[0] != '\0' ? -1 : 0) ||
	    strcmp(e.text, cases[i].error) != 0)
		fail_msg("%s: %s", cases[i].config, e.text);
	model_free(&m);
	r = model_build_lenient(&m, &config, s, &e);
	list_warnings(&m, &b);
	if (r != (cases[i].warned == NULL ? -1 : 0) ||
	    (r == 0 && strcmp(buf_text(&b), cases[i].warned) != 0))
		fail_msg("at a boot: %s: %s", cases[i].config, buf_text(&b));
	buf_free(&b);
	model_free(&m);
	config_free(&config);
}

static void
test_cases(void **state)
{
	struct snapshot s;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(cases); i++) {
		s = vps;
		s.has_ipv6 = (cases[i].lacks & DEAF) == 0;
		try_one(i, &s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
	};

	return cmocka_run_group_tests(tests, vps_set_up, NULL);
}
