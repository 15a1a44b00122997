/* Packets that statements are tried with. */
#include "config.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/reach/specimen.h"

#include "lib/vps.h"

#define SIX "2001:db8:ffff::1 > [2001:db8::10]"
#define FOUR "198.51.100.1 > 192.0.2.1"

#define HOST                                                                   \
	"uplink eth0\nbridge lxcbr0 ula " ULA "1/64%s\n"                       \
	"container web1 ula " ULA "3%s\ncontainer vm00 ula " ULA "9%s\n%s%s\n"

/* The last statement of a config, and what it is tried with. */
struct tried_with {
	const char *config, *packets;
};

static const struct tried_with of_ipv6[] = {
	{ "forward tcp 80 to web1", "tcp " SIX ":80\n" },
	{ "forward udp 53-60 to web1:1053", "udp " SIX ":53\n" },
	{ "forward tcp 80 to web1 on 2001:db8::11",
	    "tcp 2001:db8:ffff::1 > [2001:db8::11]:80\n" },
	{ "forward tcp 80 to web1 from 2001:db8:9::7",
	    "tcp 2001:db8:9::7 > [2001:db8::10]:80\n" },
	{ "forward any to web1", "tcp " SIX ":9\n" },
	/* To this host. */
	{ "allow input tcp 22", "tcp " SIX ":22\n" },
	{ "allow input udp 53,123 from uplink", "udp " SIX ":53\n" },
	{ "deny input tcp 25 from 2001:db8:9::/48",
	    "not tcp 2001:db8:9::1 > [2001:db8::10]:25\n" },
	{ "reject input", "not tcp " SIX ":9\n" },
	{ "allow input tcp 22 only ipv6", "tcp " SIX ":22\n" },
	{ "allow input tcp 22 to 2001:db8::10", "tcp " SIX ":22\n" },
	/* Through it: by the forward that leads there. */
	{ "forward tcp 8443 to web1:443\nallow forward tcp 443",
	    "tcp " SIX ":8443\n" },
	{ "forward tcp 8000-8010 to web1:9000\nallow forward tcp 9005",
	    "tcp " SIX ":8005\n" },
	{ "forward tcp 80 to vm00\nforward tcp 81 to web1:80\n"
	  "deny forward tcp 80 to container web1",
	    "not tcp " SIX ":81\n" },
	{ "forward tcp 80 to web1\nallow forward to bridge lxcbr0",
	    "tcp " SIX ":80\n" },
	{ "forward tcp 80 to web1\nallow forward tcp to " ULA "/64",
	    "tcp " SIX ":80\n" },
	{ "forward tcp 80 to web1\nallow forward udp 80", "" },
	{ "forward tcp 80 to web1\nallow forward tcp 443", "" },
	/* Not from outside, or no packet that anybody may refuse. */
	{ "allow forward tcp 80 to uplink", "" },
	{ "allow input udp 53 from bridge lxcbr0", "" },
	{ "allow input tcp 22 from container web1", "" },
	{ "allow output tcp 25", "" },
	{ "allow input icmpv6", "" },
	{ "allow input tcp 22 to 2001:db8::99", "" },
	{ "default input deny", "" },
};

static const struct tried_with of_both[] = {
	{ "forward tcp,udp 53 to web1",
	    "tcp " SIX ":53\ntcp " FOUR ":53\nudp " SIX ":53\nudp " FOUR
	    ":53\n" },
	{ "forward tcp 80 to web1 only ipv4", "tcp " FOUR ":80\n" },
	{ "forward tcp 80 to web1 from 2001:db8:9::/48",
	    "tcp 2001:db8:9::1 > [2001:db8::10]:80\n" },
	{ "forward tcp 80 to web1 from 203.0.113.0/24",
	    "tcp 203.0.113.1 > 192.0.2.1:80\n" },
};

static void
print(const struct specimen *s, struct buf *b)
{
	char from[ADDR_TEXT_MAX];

	buf_printf(b, "%s%s %s > ", s->passes ? "" : "not ",
	    s->trial.proto == IPPROTO_TCP ? "tcp" : "udp",
	    addr_text(&s->trial.from, from));
	addr_port_print(&s->trial.to, s->trial.dport, b);
	buf_add(b, "\n");
	assert_int_equal(s->trial.sport, SPECIMEN_PORT);
}

static void
compare(const struct tried_with *one, bool both)
{
	struct specimen v[SPECIMENS_MAX];
	struct config c = { 0 };
	struct model m;
	struct buf b = { 0 };
	size_t n, i;
	char *text = xasprintf(HOST, both ? " ipv4 10.0.3.1/24" : "",
	    both ? " ipv4 10.0.3.3" : "", both ? " ipv4 10.0.3.9" : "",
	    both ? "option ipv4 on\n" : "", one->config);

	vps_model(&c, &m, text);
	n = specimens_of(&m, c.v[c.n - 1].st, v);
	for (i = 0; i < n; i++)
		print(&v[i], &b);
	if (strcmp(buf_text(&b), one->packets) != 0)
		fail_msg("%s:\n%s", one->config, buf_text(&b));
	buf_free(&b);
	model_free(&m);
	config_free(&c);
	free(text);
}

static void
test_packets(void **state UNUSED)
{
	size_t i;

	for (i = 0; i < NITEMS(of_ipv6); i++)
		compare(&of_ipv6[i], false);
	for (i = 0; i < NITEMS(of_both); i++)
		compare(&of_both[i], true);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_packets),
	};

	return cmocka_run_group_tests(tests, vps_set_up, NULL);
}
