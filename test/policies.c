/* Policies as rules: which are one rule, in what order they are judged, and
 * what comes before them. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/lang/config.h"

#include "lib/asked.h"
#include "lib/vps.h"

/* Whatever a policy takes, what it lets through of all of it is one rate. */
static void
test_a_limit_is_one(void **state)
{
	static const char *const limited[] = {
		"deny forward limit 5/second",
		"reject input limit 5/second",
		"reject input tcp,udp 23 from container vm00 limit 5/second",
		("deny forward from container vm00 to container web1 log "
		 "limit 5/second"),
	};
	const char *first;
	char *more, *text;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(limited); i++) {
		more = xasprintf("container web1 ula " ULA "4\n%s", limited[i]);
		text = asked_change(NULL, more);
		first = strstr(text, "limit rate 5/second");
		assert_non_null(first);
		assert_null(strstr(first + 1, "limit rate"));
		free(text);
		free(more);
	}
}

static size_t
count(const char *text, const char *of)
{
	size_t n = 0;

	for (; (text = strstr(text, of)) != NULL; text++)
		n++;
	return n;
}

#define ALIKE "allow forward tcp %u from bridge lxcbr0"
#define WEB1 "container web1 ula " ULA "4"

/* Policies in a row that differ in ports and addresses alone are one rule. */
static const struct {
	const char *line; /* with a number */
	unsigned lines;
	const char *last; /* a line behind them */
	size_t maps, elements;
	const char *text; /* is there */
} runs[] = {
	{ ALIKE, 8, "", 1, 8,
	    " forward iifname \"lxcbr0\" meta l4proto { 6, 17 } counter name "
	    "th dport . meta l4proto map { 1 . 6 : \"allow-" },
	{ ALIKE, 7, "", 0, 0, "th dport { 7 } counter name \"allow-" },
	{ ALIKE, 300, "", 2, 300, "map { 257 . 6 : \"allow-" },
	/* what meets one before it comes behind it */
	{ ALIKE, 8, "allow forward tcp 3-9 from bridge lxcbr0", 1, 8,
	    " goto pass\nadd rule inet seki forward iifname \"lxcbr0\" meta "
	    "l4proto 6 th dport { 3-9 } counter name" },
	{ ALIKE, 8, "allow forward tcp 9 from bridge lxcbr0", 1, 9, "9 . 6" },
	/* another shape */
	{ ALIKE, 8, "allow forward tcp 9 to bridge lxcbr0", 1, 8,
	    "oifname \"lxcbr0\" meta l4proto 6" },
	{ ALIKE, 8, "allow forward tcp from bridge lxcbr0", 1, 8,
	    "iifname \"lxcbr0\" meta l4proto 6 counter name" },
	{ ALIKE, 8, "allow input tcp 9 from bridge lxcbr0", 1, 8,
	    "input iifname \"lxcbr0\" meta l4proto 6 th" },
	/* other verdicts */
	{ ALIKE, 8, "deny forward tcp 9 from bridge lxcbr0", 1, 9,
	    " }\nadd rule inet seki forward iifname \"lxcbr0\" meta l4proto "
	    "{ 6, 17 } th dport . meta l4proto vmap { 1 . 6 : goto pass, " },
	{ ALIKE, 8, "deny forward tcp 9 from bridge lxcbr0", 1, 9,
	    "8 . 6 : goto pass, 9 . 6 : drop }\n" },
	{ ALIKE, 8, "reject forward tcp 9 from bridge lxcbr0", 1, 9,
	    "8 . 6 : goto pass, 9 . 6 : goto refuse }\n" },
	{ ALIKE, 8, "deny forward tcp 8 from bridge lxcbr0", 1, 8,
	    " } goto pass\nadd rule inet seki forward iifname \"lxcbr0\" meta "
	    "l4proto 6 th dport { 8 } counter name \"deny-" },
	/* rules of their own */
	{ ALIKE " limit 5/second", 9, "", 0, 0, "limit rate 5/second" },
	{ ALIKE " log", 9, "", 0, 0, "log prefix" },
	{ "deny forward tcp %u from container vm00", 7, "", 0, 0,
	    "jump deny-" },
	{ "deny forward tcp %u from container vm00 log", 9, "", 0, 0,
	    "jump deny-" },
	/* several ways to tell their packets */
	{ "deny forward tcp %u from container vm00", 9, "", 2, 18,
	    " forward meta l4proto { 6, 17 } counter name th dport . ip6 saddr "
	    ". meta l4proto map { 1 . " ULA "3 . 6 : \"deny-" },
	{ "deny forward tcp %u from container vm00", 9, "", 2, 18,
	    " drop\nadd rule inet seki forward iifname \"lxcbr0\" iifname . "
	    "ip6 saddr != @known meta l4proto { 6, 17 } counter name th dport "
	    ". meta l4proto map { 1 . 6 : \"deny-" },
	{ "deny forward tcp %u from container vm00", 8,
	    "deny forward tcp 9 from container web1\n" WEB1, 2, 18,
	    " 9 . " ULA "4 . 6 : \"deny-" },
	{ "deny forward tcp %u from container vm00", 8,
	    "deny forward tcp 8 from container web1\n" WEB1, 2, 17,
	    " 8 . " ULA "4 . 6 : \"deny-" },
	{ "deny forward tcp %u from container vm00", 8,
	    "deny forward tcp 7-8 from container web1\n" WEB1, 2, 16,
	    "jump deny-" },
	{ "deny forward tcp %u from container vm00", 8,
	    "deny forward tcp 9 from 2001:db8::/32", 2, 16,
	    "ip6 saddr { 2001:db8::/32 }" },
	{ "deny forward tcp %u from container vm00", 8,
	    "allow forward tcp 9 from container vm00", 2, 16,
	    "iifname \"lxcbr0\" ip6 saddr { " ULA "3 }" },
	/* of both families */
	{ "allow forward tcp %u from 2001:db8:%u::/48,10.%u.0.0/16", 8,
	    "option ipv4 on", 2, 16,
	    " counter name th dport . ip saddr . meta l4proto map { 1 . "
	    "10.1.0.0/16 . 6 : \"allow-" },
	{ "allow forward tcp %u from 2001:db8:%u::/48", 8,
	    "allow forward tcp 9 from 10.9.0.0/16\noption ipv4 on", 2, 9,
	    "ip saddr . meta l4proto map { 9 . 10.9.0.0/16 . 6 : \"allow-" },
	{ "allow forward tcp %u", 8, "option ipv4 on", 1, 8,
	    " forward meta l4proto { 6, 17 } counter name th dport" },
	{ "allow forward tcp %u", 8,
	    "allow forward tcp 9 only ipv4\noption ipv4 on", 1, 8,
	    " meta nfproto ipv4 meta l4proto 6 th dport { 9 }" },
	{ "allow forward tcp %u only ipv6", 8,
	    "allow forward tcp 9 only ipv4\noption ipv4 on", 2, 9,
	    " meta nfproto ipv4 meta l4proto { 6, 17 } counter name th dport" },
	{ "allow forward tcp %u", 8,
	    "allow forward tcp 9 from 10.9.0.0/16\noption ipv4 on", 1, 8,
	    " ip saddr { 10.9.0.0/16 } meta l4proto 6 th" },
	/* other keys */
	{ "deny input from 2001:db8:%u::/48", 8, "", 1, 8,
	    "input counter name ip6 saddr map { 2001:db8:1::/48 : \"deny-" },
	{ "reject forward to 2001:db8:%u::7,2001:db8:%u::/64", 8, "", 1, 8,
	    "counter name ip6 daddr map { 2001:db8:1::/64 : \"reject-" },
	{ "allow forward tcp,udp 80,%u from 2001:db8::/32 to uplink", 8, "", 0,
	    0, "oifname { \"eth0\" } meta l4proto { 6, 17 } th dport" },
	{ "allow forward tcp,udp 9%u-999 from 2001:db8:%u::/48 to uplink", 8,
	    "", 1, 16,
	    "oifname { \"eth0\" } meta l4proto { 6, 17 } counter name th "
	    "dport . ip6 saddr . meta l4proto map { 91-999 . 2001:db8:1::/48 "
	    ". 6 : \"allow-" },
	{ "allow forward tcp %u from container vm00 to 2001:db8::/32", 8, "", 1,
	    8,
	    "iifname \"lxcbr0\" meta l4proto { 6, 17 } counter name th dport "
	    ". ip6 saddr . ip6 daddr . meta l4proto map { 1 . " ULA "3 . "
	    "2001:db8::/32 . 6 : \"allow-" },
};

static void
test_runs(void **state)
{
	struct buf more = { 0 };
	unsigned n;
	char *text;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(runs); i++) {
		buf_reset(&more);
		for (n = 1; n <= runs[i].lines; n++) {
			buf_printf(&more, runs[i].line, n, n, n);
			buf_add(&more, "\n");
		}
		buf_add(&more, runs[i].last);
		text = asked_change(NULL, more.s);
		if (count(text, " map { ") != runs[i].maps ||
		    count(text, " : \"allow-") + count(text, " : \"deny-") +
			    count(text, " : \"reject-") !=
			runs[i].elements ||
		    strstr(text, runs[i].text) == NULL)
			fail_msg("%zu: %s", i, text);
		free(text);
	}
	buf_free(&more);
}

/* An order that is judged: policies as written, forwards behind them. */
static void
test_order(void **state)
{
	char *text = asked_change(NULL, "allow forward tcp 1\n"
					"deny forward tcp 2\n"
					"forward tcp 80 to vm00\n");
	const char *one = strstr(text, "th dport { 1 }");
	const char *two = strstr(text, "th dport { 2 }");
	const char *own =
	    strstr(text, "forward ct status dnat jump terms-forward"
			 "\nadd rule inet seki forward counter "
			 "name \"default-forward\"");

	(void)state;
	assert_true(one != NULL && one < two && two < own);
	assert_has(text, "terms-forward meta l4proto 6 ct status dnat counter");
	free(text);
}

/* Policies may be thousands. */
static void
test_forwards_leave_policies(void **state)
{
	static const char before[] = "allow input tcp 22\ndeny forward udp\n";
	static const char *const more[] = { "forward tcp 80 to vm00\n",
		"forward tcp 80-90 to vm00 from ::/1\n",
		"forward any to vm00\n" };
	char *after, *text;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(more); i++) {
		after = xasprintf("%s%s", before, more[i]);
		text = asked_change(before, after);
		assert_has(text, "add rule inet seki terms-forward ");
		assert_has_not(text, "counter name \"allow");
		assert_has_not(text, "counter name \"deny");
		free(text);
		free(after);
	}
}

static bool
is_denial(const char *line)
{
	const char *counter = strstr(line, "counter name \"deny");

	return counter != NULL && counter < strchr(line, '\n');
}

/* Nobody can break neighbour discovery or path MTU: the fixed lines come
 * first. */
static void
test_fixed_lines_come_first(void **state)
{
	static const char *const chains[] = { "input", "forward", "output" };
	char *text = asked_change(NULL, "deny input\ndeny forward icmpv6\n"
					"deny output any to any\n");
	char fixed[64], denied[64];
	const char *first, *then;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(chains); i++) {
		snprintf(fixed, sizeof(fixed),
		    "add rule inet seki %s icmpv6 type { 1, 2, 3, 4",
		    chains[i]);
		snprintf(denied, sizeof(denied), "add rule inet seki %s ",
		    chains[i]);
		first = strstr(text, fixed);
		assert_non_null(first);
		for (then = text;
		     (then = strstr(then, denied)) != NULL && !is_denial(then);)
			then++;
		assert_true(then != NULL && first < then);
	}
	free(text);
}

/* One more container is one more element, however many are denied. */
static void
test_known(void **state)
{
	static const char denied[] =
	    "deny input from container vm00\n"
	    "reject forward tcp 1 from container vm00\n";
	char *more = xasprintf("container web1 ula " ULA "4\n%s", denied);
	char *text = asked_change(denied, more);

	(void)state;
	assert_string_equal(
	    text, "add element inet seki known { \"lxcbr0\" . " ULA "4 }\n");
	free(text);
	text = asked_change(denied, "allow input from container vm00\n");
	assert_has(text, "delete set inet seki known\n");
	assert_has(text, "delete chain inet seki deny-");
	free(text);
	text = asked_change(NULL, "allow input from container vm00\n"
				  "allow output to container vm00\n");
	assert_has_not(text, "known");
	free(text);
	free(more);
}

static void
test_verdicts(void **state)
{
	static const struct {
		const char *statement, *counter, *end;
	} verdicts[] = {
		{ "allow input tcp 22", "counter name \"allow", " goto pass" },
		{ "deny input tcp 22", "counter name \"deny", " drop" },
		{ "reject input tcp 22", "counter name \"reject",
		    " goto refuse" },
	};
	char *text, *line;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(verdicts); i++) {
		text = asked_change(NULL, verdicts[i].statement);
		line = strstr(text, verdicts[i].counter);
		assert_non_null(line);
		line[strcspn(line, "\n")] = '\0';
		assert_string_equal(strrchr(line, '"') + 1, verdicts[i].end);
		free(text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_limit_is_one),
		cmocka_unit_test(test_runs),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_forwards_leave_policies),
		cmocka_unit_test(test_fixed_lines_come_first),
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_verdicts),
	};

	return cmocka_run_group_tests(tests, vps_set_up, NULL);
}
