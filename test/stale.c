/* Which live connections the rules would not let through as they go, and why. */
#include "config.h"

#include <netinet/in.h> /* first: the kernel's headers give way to it */

#include <linux/if_addr.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "core/reach/stale.h"

#include "lib/prefix.h"
#include "lib/vps.h"

#define OUT "2001:db8:9::7"
#define PUBLIC "2001:db8::10"
#define VM00 ULA "3"
#define WEB1 ULA "4"
/* The same in IPv4. */
#define OUT4 "198.51.100.7"
#define PUBLIC4 "192.0.2.1"
#define VM4 "10.0.3.10"
#define WEB4 "10.0.3.11"
#define BOTH "option ipv4 on\n"
#define OUTSIDE "2001:db8:5::"

static const char base[] = "uplink eth0\n"
			   "bridge lxcbr0 ula " ULA "1/64 masquerade\n"
			   "container vm00 ula " VM00 "\n"
			   "container web1 ula " WEB1 "\n";
static const char mapped_base[] =
    "uplink eth0\n"
    "bridge lxcbr0 ula " ULA "1/64 translate " OUTSIDE "/64\n"
    "container vm00 ula " VM00 "\n";

/* A connection from a client to PORT on an address of the host, which was
 * handed to an address and port inside; and what is said of it. */
struct translated {
	const char *config;
	uint8_t proto;
	const char *from, *on;
	uint16_t port;
	const char *to;
	uint16_t to_port;
	const char *word; /* NULL: nothing */
};
static const struct translated cases[] = {
	/* As its forward says. */
	{ "forward tcp 80 to vm00", IPPROTO_TCP, OUT, PUBLIC, 80, VM00, 80,
	    NULL },
	{ "forward tcp,udp 53 to vm00", IPPROTO_UDP, OUT, PUBLIC, 53, VM00, 53,
	    NULL },
	{ "forward tcp 80-89 to vm00:8080", IPPROTO_TCP, OUT, PUBLIC, 83, VM00,
	    8083, NULL },
	{ "forward tcp 80 to vm00\ndefault forward deny", IPPROTO_TCP, OUT,
	    PUBLIC, 80, VM00, 80, NULL },

	/* No forward leads there. */
	{ "", IPPROTO_TCP, OUT, PUBLIC, 80, VM00, 80, "gone" },
	{ "forward udp 80 to vm00", IPPROTO_TCP, OUT, PUBLIC, 80, VM00, 80,
	    "gone" },
	{ "forward tcp 80 to vm00 off", IPPROTO_TCP, OUT, PUBLIC, 80, VM00, 80,
	    "gone" },
	{ "forward tcp 80 to vm00 on 2001:db8::11", IPPROTO_TCP, OUT, PUBLIC,
	    80, VM00, 80, "gone" },
	{ "forward tcp 70-79,81 to vm00", IPPROTO_TCP, OUT, PUBLIC, 80, VM00,
	    80, "gone" },
	{ "", IPPROTO_TCP, OUT, PUBLIC, 80, ULA "77", 80, "gone" },

	/* Nobody knows that it was ours. */
	{ "", IPPROTO_TCP, OUT, PUBLIC, 80, "fd00:17::2", 80, NULL },
	{ "", IPPROTO_TCP, OUT, "2001:db8:77::1", 80, VM00, 80, NULL },

	/* Its forward leads elsewhere. */
	{ "forward tcp 80 to web1", IPPROTO_TCP, OUT, PUBLIC, 80, VM00, 80,
	    "moved" },
	{ "forward tcp 80 to vm00:8080", IPPROTO_TCP, OUT, PUBLIC, 80, VM00, 80,
	    "moved" },
	{ "forward tcp 80-89 to vm00:8080", IPPROTO_TCP, OUT, PUBLIC, 83, VM00,
	    8080, "moved" },
	{ "forward tcp 80-89 to web1 on 2001:db8::10\n"
	  "forward tcp 83 to vm00 on 2001:db8::11",
	    IPPROTO_TCP, OUT, "2001:db8::11", 83, WEB1, 83, "moved" },

	/* It would be refused. */
	{ "forward tcp 80 to vm00 from 2001:db8:44::/48\n"
	  "default forward deny",
	    IPPROTO_TCP, OUT, PUBLIC, 80, VM00, 80, "refused" },
	{ "forward tcp 80 to vm00 from 2001:db8:44::/48", IPPROTO_TCP, OUT,
	    PUBLIC, 80, VM00, 80, "refused" },
	{ "forward tcp 80 to vm00 from 2001:db8:9::/48", IPPROTO_TCP, OUT,
	    PUBLIC, 80, VM00, 80, NULL },
	{ "forward tcp 80 to vm00\ndeny forward from 2001:db8:9::/48",
	    IPPROTO_TCP, OUT, PUBLIC, 80, VM00, 80, "refused" },
	{ "forward tcp 80 to vm00:8080\nreject forward tcp 8080", IPPROTO_TCP,
	    OUT, PUBLIC, 80, VM00, 8080, "refused" },
	{ "forward tcp 80 to vm00:8080\nreject forward tcp 80", IPPROTO_TCP,
	    OUT, PUBLIC, 80, VM00, 8080, NULL },
	{ "forward tcp 80 to vm00\ndeny forward from uplink", IPPROTO_TCP, OUT,
	    PUBLIC, 80, VM00, 80, "refused" },
	{ "forward tcp 80 to vm00\ndeny forward from uplink", IPPROTO_TCP, WEB1,
	    PUBLIC, 80, VM00, 80, NULL },
	{ "forward tcp 80 to vm00\ndeny forward from bridge lxcbr0",
	    IPPROTO_TCP, WEB1, PUBLIC, 80, VM00, 80, "refused" },
	{ "forward tcp 80 to vm00\ndeny forward from container web1",
	    IPPROTO_TCP, WEB1, PUBLIC, 80, VM00, 80, "refused" },

	/* The rest. */
	{ "forward any to vm00", IPPROTO_TCP, OUT, PUBLIC, 80, VM00, 80, NULL },
	{ "forward any to vm00", IPPROTO_SCTP, OUT, PUBLIC, 80, VM00, 80,
	    NULL },
	{ "forward any to vm00", 253, OUT, PUBLIC, 0, VM00, 0, NULL },
	{ "forward any to web1", 253, OUT, PUBLIC, 0, VM00, 0, "moved" },
	{ "", 253, OUT, PUBLIC, 0, VM00, 0, "gone" },
	{ "forward any to vm00\nforward tcp 80 to web1", IPPROTO_TCP, OUT,
	    PUBLIC, 80, VM00, 80, "moved" },
	{ "forward any to vm00 on 2001:db8::11", IPPROTO_TCP, OUT, PUBLIC, 80,
	    VM00, 80, "gone" },
	{ "forward any to vm00\nallow input tcp 80", IPPROTO_TCP, OUT, PUBLIC,
	    80, VM00, 80, "gone" },
	{ "forward any to vm00\nallow input tcp 80 from 2001:db8:8::/48",
	    IPPROTO_TCP, OUT, PUBLIC, 80, VM00, 80, NULL },
	{ "forward any to vm00", IPPROTO_TCP, OUT, PUBLIC, 22, VM00, 22,
	    "gone" },
	{ "forward any to vm00 from 2001:db8:8::/48", 253, OUT, PUBLIC, 0, VM00,
	    0, "refused" },
	{ "forward any to vm00\ndeny forward", 253, OUT, PUBLIC, 0, VM00, 0,
	    "refused" },
	{ "forward any to vm00\ndeny forward udp", 253, OUT, PUBLIC, 0, VM00, 0,
	    NULL },

	/* It may get through. */
	{ "forward tcp 80 to vm00 from 2001:db8:44::/48\n"
	  "allow forward tcp 80 limit 1/minute\ndefault forward deny",
	    IPPROTO_TCP, OUT, PUBLIC, 80, VM00, 80, NULL },

	/* This host calls. */
	{ "forward tcp 80 to vm00\ndeny forward any", IPPROTO_TCP, PUBLIC,
	    PUBLIC, 80, VM00, 80, NULL },
	{ "forward tcp 80 to vm00\ndefault output deny", IPPROTO_TCP, PUBLIC,
	    PUBLIC, 80, VM00, 80, "refused" },

	/* Of IPv4. */
	{ BOTH "forward tcp 80 to " VM4, IPPROTO_TCP, OUT4, PUBLIC4, 80, VM4,
	    80, NULL },
	{ BOTH "forward tcp 80 to " VM4, IPPROTO_TCP, OUT, PUBLIC, 80, VM00, 80,
	    "gone" },
	{ BOTH, IPPROTO_TCP, OUT4, PUBLIC4, 80, VM4, 80, "gone" },
	{ BOTH "forward tcp 80 to vm00 only ipv6", IPPROTO_TCP, OUT4, PUBLIC4,
	    80, VM4, 80, "gone" },
	{ BOTH, IPPROTO_TCP, OUT4, PUBLIC4, 80, "172.17.0.2", 80, NULL },
	{ BOTH, IPPROTO_TCP, OUT4, "192.0.2.77", 80, VM4, 80, NULL },
	{ BOTH "forward tcp 80 to " WEB4, IPPROTO_TCP, OUT4, PUBLIC4, 80, VM4,
	    80, "moved" },
	{ BOTH "forward udp 53 to " VM4 ":5353", IPPROTO_UDP, OUT4, PUBLIC4, 53,
	    VM4, 53, "moved" },
	{ BOTH "forward tcp 80 to " VM4 " from 203.0.113.0/24", IPPROTO_TCP,
	    OUT4, PUBLIC4, 80, VM4, 80, "refused" },
	{ BOTH "forward tcp 80 to " VM4 "\ndeny forward from uplink",
	    IPPROTO_TCP, OUT4, PUBLIC4, 80, VM4, 80, "refused" },
	{ BOTH "forward tcp 80 to " VM4 "\ndeny forward from uplink",
	    IPPROTO_TCP, WEB4, PUBLIC4, 80, VM4, 80, NULL },
	{ BOTH "forward tcp 80 to " VM4 "\ndeny forward only ipv6", IPPROTO_TCP,
	    OUT4, PUBLIC4, 80, VM4, 80, NULL },

	/* Another table translates ping. */
	{ BOTH, IPPROTO_ICMP, OUT4, PUBLIC4, 0, VM4, 0, NULL },
};

/* The same, where only the prefix was changed. */
static const struct translated mapped[] = {
	{ "", IPPROTO_TCP, OUT, OUTSIDE "5", 80, ULA "5", 80, NULL },
	{ "", 253, OUT, OUTSIDE "5", 0, ULA "5", 0, NULL },
	{ "", IPPROTO_TCP, OUT, OUTSIDE "5", 80, ULA "6", 80, "moved" },
	{ "", IPPROTO_TCP, OUT, "2001:db8:6::5", 80, ULA "5", 80, "gone" },
	{ "", IPPROTO_TCP, OUT, "2001:db8:6::6", 80, ULA "5", 80, NULL },
	{ "deny forward tcp to container vm00", IPPROTO_TCP, OUT, OUTSIDE "3",
	    80, VM00, 80, "refused" },
	{ "deny forward tcp to " OUTSIDE "3", IPPROTO_TCP, OUT, OUTSIDE "3", 80,
	    VM00, 80, NULL },
	{ "deny forward", IPPROTO_ICMPV6, OUT, OUTSIDE "5", 0, ULA "5", 0,
	    NULL },
	{ "", IPPROTO_ICMPV6, OUT, OUTSIDE "5", 0, ULA "6", 0, "moved" },
	{ "", IPPROTO_ICMPV6, OUT, "2001:db8:6::5", 0, ULA "5", 0, "gone" },
	{ "", IPPROTO_ICMPV6, OUT, PUBLIC, 0, ULA "5", 0, NULL },
	{ "deny forward", IPPROTO_TCP, PUBLIC, OUTSIDE "5", 80, ULA "5", 80,
	    NULL },
	{ "deny output to uplink", IPPROTO_TCP, PUBLIC, OUTSIDE "5", 80,
	    ULA "5", 80, "refused" },
	{ "deny output to bridge lxcbr0", IPPROTO_TCP, PUBLIC, OUTSIDE "5", 80,
	    ULA "5", 80, NULL },
	{ "deny forward\nallow forward to bridge lxcbr0", IPPROTO_TCP, WEB1,
	    OUTSIDE "3", 80, VM00, 80, "refused" },
	{ "deny input tcp 22", IPPROTO_TCP, OUT, OUTSIDE "1", 22, ULA "1", 22,
	    "refused" },
	{ "deny input tcp 22", IPPROTO_TCP, OUT, OUTSIDE, 22, ULA, 22,
	    "refused" },
	{ "forward tcp 80 to vm00", IPPROTO_TCP, OUT, PUBLIC, 80, VM00, 80,
	    NULL },
};

static void
check(const char *before, const struct translated *t)
{
	const struct flow f = {
		.proto = t->proto,
		.translated = true,
		.original = { prefix(t->from), prefix(t->on), 50000, t->port },
		.reply = { prefix(t->to), prefix(t->from), t->to_port, 50000 },
	};
	char *text = xasprintf("%s%s\n", before, t->config);
	const struct stale_reason *reason;
	struct config c = { 0 };
	struct stale s;
	struct model m;

	vps_model(&c, &m, text);
	stale_begin(&s, &m, &vps);
	reason = stale_judge(&s, &f);
	if (strcmp(reason != NULL ? reason->word : "",
		t->word != NULL ? t->word : "") != 0)
		fail_msg("%s to %s is %s: %s", t->on, t->to,
		    reason != NULL ? reason->word : "nothing", t->config);
	stale_end(&s);
	model_free(&m);
	config_free(&c);
	free(text);
}

static void
test_cases(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(cases); i++)
		check(base, &cases[i]);
	for (i = 0; i < NITEMS(mapped); i++)
		check(mapped_base, &mapped[i]);
}

/* Who was there when the router deprecated the address stays, and nobody
 * else. */
static void
test_deprecated(void **state)
{
	static const struct {
		const char *config, *word;
		bool direct;
	} rows[] = {
		{ "forward tcp 80 to vm00\n", NULL, false },
		{ "forward tcp 80 to web1\n", "moved", false },
		{ "forward tcp 80 to vm00\ndeny forward\n", "refused", false },
		{ "forward tcp 80 to vm00 on 2001:db8::11\n", "gone", false },
		{ "forward tcp 80 to vm00\n", NULL, true },
		{ "forward tcp 80 to vm00 on " PUBLIC "\n", "taken", true },
	};
	struct address addresses[16];
	struct snapshot now = vps;
	struct flow f = { .proto = IPPROTO_TCP,
		.original = { prefix(OUT), prefix(PUBLIC), 50000, 80 },
		.reply = { prefix(VM00), prefix(OUT), 80, 50000 } };
	const struct stale_reason *reason;
	struct config c = { 0 };
	struct stale s;
	struct model m;
	struct err e;
	char *text;
	size_t i;

	(void)state;
	assert_in_range(vps.naddresses, 2, NITEMS(addresses));
	memcpy(addresses, vps.addresses, vps.naddresses * sizeof(*addresses));
	addresses[0].flags |= IFA_F_DEPRECATED;
	now.addresses = addresses;
	for (i = 0; i < NITEMS(rows); i++) {
		text = xasprintf("%s%s", base, rows[i].config);
		assert_int_equal(config_parse(&c, text, NULL, &e), 0);
		assert_int_equal(model_build(&m, &c, &now, &e), 0);
		f.translated = !rows[i].direct;
		stale_begin(&s, &m, &now);
		reason = f.translated ? stale_judge(&s, &f)
				      : stale_judge_direct(&s, &f);
		if (strcmp(reason != NULL ? reason->word : "",
			rows[i].word != NULL ? rows[i].word : "") != 0)
			fail_msg("%zu: %s", i,
			    reason != NULL ? reason->word : "nothing");
		stale_end(&s);
		model_free(&m);
		config_free(&c);
		free(text);
	}
}

/* Docker translates ports of its own. */
static void
test_published(void **state)
{
	static const struct {
		const char *runtime, *config, *word;
	} runtimes[] = {
		{ "lxc", "", "gone" },
		{ "docker", "", NULL },
		{ "podman", "", NULL },
		{ "incus", "", "gone" },
		/* The rest is what is left of it, but for its own. */
		{ "lxc", "forward any to web1\n", "moved" },
		{ "docker", "forward any to web1\n", NULL },
		{ "docker", "forward any to " ULA "9\n", NULL },
		{ "docker", "forward any to " ULA "9\ndeny forward\n",
		    "refused" },
	};
	const struct flow f = { .proto = IPPROTO_TCP,
		.translated = true,
		.original = { prefix(OUT), prefix(PUBLIC), 50000, 80 },
		.reply = { prefix(ULA "9"), prefix(OUT), 80, 50000 } };
	const struct stale_reason *reason;
	struct container vm00 = vps.containers[0];
	struct snapshot now = vps;
	struct config c = { 0 };
	struct stale s;
	struct model m;
	char *text;
	size_t i;

	(void)state;
	now.containers = &vm00;
	now.ncontainers = 1;
	for (i = 0; i < NITEMS(runtimes); i++) {
		text = xasprintf("%s%s", base, runtimes[i].config);
		vps_model(&c, &m, text);
		vm00.runtime = runtimes[i].runtime;
		stale_begin(&s, &m, &now);
		reason = stale_judge(&s, &f);
		stale_end(&s);
		assert_string_equal(reason != NULL ? reason->word : "",
		    runtimes[i].word != NULL ? runtimes[i].word : "");
		model_free(&m);
		config_free(&c);
		free(text);
	}
}

/* What nothing has translated. */
static const struct {
	const char *config;
	uint8_t proto;
	const char *from, *to;
	uint16_t port;
	const char *word; /* NULL: nothing */
} directs[] = {
	/* To this host. */
	{ "", IPPROTO_TCP, OUT, PUBLIC, 80, NULL },
	{ "deny input tcp 80", IPPROTO_TCP, OUT, PUBLIC, 80, "refused" },
	{ "deny input tcp 80", IPPROTO_UDP, OUT, PUBLIC, 80, NULL },
	{ "deny input tcp 80 from uplink", IPPROTO_TCP, OUT, PUBLIC, 80,
	    "refused" },
	{ "deny input tcp 80 from bridge lxcbr0", IPPROTO_TCP, OUT, PUBLIC, 80,
	    NULL },
	{ "deny forward tcp 80", IPPROTO_TCP, OUT, PUBLIC, 80, NULL },
	{ "default input deny", IPPROTO_TCP, WEB1, ULA "1", 53, "refused" },
	{ "forward tcp 80 to vm00", IPPROTO_TCP, OUT, PUBLIC, 80, "taken" },
	{ "forward tcp 80 to vm00", IPPROTO_TCP, OUT, PUBLIC, 81, NULL },
	{ "forward any to vm00", IPPROTO_TCP, OUT, PUBLIC, 80, "taken" },
	{ "forward any to vm00", IPPROTO_TCP, OUT, PUBLIC, 22, NULL },
	{ "forward any to vm00\nallow input tcp 80", IPPROTO_TCP, OUT, PUBLIC,
	    80, NULL },

	/* From this host, and to itself. */
	{ "default input deny", IPPROTO_TCP, PUBLIC, OUT, 80, NULL },
	{ "default output deny", IPPROTO_TCP, PUBLIC, OUT, 80, "refused" },
	{ "default output deny\nallow output tcp to uplink", IPPROTO_TCP,
	    PUBLIC, OUT, 80, NULL },
	{ "default output deny\nallow output tcp to uplink", IPPROTO_TCP,
	    ULA "1", WEB1, 80, "refused" },
	{ "default output deny\ndefault input deny", IPPROTO_TCP, PUBLIC,
	    PUBLIC, 80, NULL },

	/* Through it. */
	{ "default forward deny", IPPROTO_TCP, WEB1, OUT, 80, "refused" },
	{ "default forward deny\nallow forward from bridge lxcbr0", IPPROTO_TCP,
	    WEB1, OUT, 80, NULL },
	{ "deny forward to uplink", IPPROTO_TCP, WEB1, OUT, 80, "refused" },
	{ "default forward deny", IPPROTO_TCP, WEB1, VM00, 80, NULL },

	/* Nobody can tell. */
	{ "default input deny", IPPROTO_TCP, "fe80::5", "fe80::1", 22, NULL },
	{ "default input deny", IPPROTO_UDP, OUT, "ff02::fb", 5353, NULL },
	{ "default forward deny", IPPROTO_UDP, OUT, "ff02::fb", 5353, NULL },
	{ "default forward deny", IPPROTO_TCP, OUT, "fe80::1", 22, NULL },
	{ "default forward deny", IPPROTO_TCP, "fe80::5", WEB1, 22, NULL },
	{ "default input deny", IPPROTO_ICMPV6, OUT, PUBLIC, 0, NULL },

	/* Of IPv4. */
	{ "default input deny", IPPROTO_TCP, OUT4, PUBLIC4, 80, NULL },
	{ BOTH "default input deny", IPPROTO_TCP, OUT4, PUBLIC4, 80,
	    "refused" },
	{ BOTH "deny input tcp 80 from uplink", IPPROTO_TCP, OUT4, PUBLIC4, 80,
	    "refused" },
	{ BOTH "deny input tcp 80 from uplink", IPPROTO_TCP, WEB4, "10.0.3.1",
	    80, NULL },
	{ BOTH "forward tcp 80 to " VM4, IPPROTO_TCP, OUT4, PUBLIC4, 80,
	    "taken" },
	{ BOTH "forward tcp 80 to " VM4, IPPROTO_TCP, OUT, PUBLIC, 80, NULL },
	{ BOTH "default output deny", IPPROTO_TCP, PUBLIC4, OUT4, 80,
	    "refused" },
	{ BOTH "default forward deny", IPPROTO_TCP, WEB4, OUT4, 80, "refused" },
	{ BOTH "default forward deny", IPPROTO_TCP, WEB4, VM4, 80, NULL },
	{ BOTH "default forward deny", IPPROTO_UDP, WEB4, "255.255.255.255", 67,
	    NULL },
	{ BOTH "default forward deny", IPPROTO_UDP, OUT4, "224.0.0.251", 5353,
	    NULL },
	{ BOTH "default input deny", IPPROTO_ICMP, OUT4, PUBLIC4, 0, NULL },
};

static void
test_directs(void **state)
{
	const struct stale_reason *reason;
	struct config c;
	struct stale s;
	struct model m;
	char *text;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(directs); i++) {
		const struct flow f = {
			.proto = directs[i].proto,
			.original = { prefix(directs[i].from),
			    prefix(directs[i].to), 50000, directs[i].port },
			.reply = { prefix(directs[i].to),
			    prefix(directs[i].from), directs[i].port, 50000 },
		};

		c = (struct config){ 0 };
		text = xasprintf("%s%s\n", base, directs[i].config);
		vps_model(&c, &m, text);
		stale_begin(&s, &m, &vps);
		reason = stale_judge_direct(&s, &f);
		if (strcmp(reason != NULL ? reason->word : "",
			directs[i].word != NULL ? directs[i].word : "") != 0)
			fail_msg("direct %zu is %s: %s", i,
			    reason != NULL ? reason->word : "nothing",
			    directs[i].config);
		stale_end(&s);
		model_free(&m);
		config_free(&c);
		free(text);
	}
}

/* Of two prefixes that hold an address the longer leads to it. */
static void
test_ways(void **state)
{
	const struct flow f = { .proto = IPPROTO_TCP,
		.original = { prefix(WEB1), prefix("2001:db8::5"), 50000, 80 },
		.reply = { prefix("2001:db8::5"), prefix(WEB1), 80, 50000 } };
	static const char *const prefixes[] = { "2001:db8::1/32",
		"2001:db8::1/112" };
	struct address addresses[16];
	struct snapshot s = vps;
	struct config c = { 0 };
	struct stale stale;
	struct model m;
	char *text;
	size_t i;

	(void)state;
	assert_true(vps.naddresses < NITEMS(addresses));
	memcpy(addresses, vps.addresses, vps.naddresses * sizeof(*addresses));
	addresses[s.naddresses++] =
	    (struct address){ .nsid = NSID_SELF, .index = 3 };
	s.addresses = addresses;
	text = xasprintf("%sdeny forward to uplink\n", base);
	vps_model(&c, &m, text);
	for (i = 0; i < NITEMS(prefixes); i++) {
		assert_int_equal(
		    prefix_parse(
			&addresses[s.naddresses - 1].prefix, prefixes[i]),
		    0);
		stale_begin(&stale, &m, &s);
		assert_int_equal(
		    stale_judge_direct(&stale, &f) != NULL, i == 0);
		stale_end(&stale);
	}
	model_free(&m);
	config_free(&c);
	free(text);
}

/* Each family has its own uplink, and its own routes to what is behind. */
static void
test_families(void **state)
{
	static const struct {
		const char *from, *to, *word;
	} calls[] = {
		{ OUT, WEB1, "refused" },
		{ OUT4, WEB4, "" },
		{ "10.9.0.5", WEB4, "" },
		{ WEB4, "10.9.0.5", "" },
		{ "10.8.0.5", "10.9.0.5", "refused" },
		{ WEB4, "10.8.0.5", "refused" },
	};
	struct route default4 = { .index = 6, .dev = "eth1" };
	struct route inward4[] = { { .to = prefix("10.9.0.0"), .index = 3 },
		{ .to = prefix("10.8.0.0"), .index = 2 } };
	const struct stale_reason *reason;
	struct snapshot now = vps;
	struct config c = { 0 };
	struct stale s;
	struct model m;
	char *text;
	size_t i;

	(void)state;
	inward4[0].to.len = inward4[1].to.len = 16;
	now.routes4 = &default4;
	now.inward4 = inward4;
	now.ninward4 = NITEMS(inward4);
	text = xasprintf("%sdeny forward from uplink\ndeny forward to uplink\n"
			 "option ipv4 on\n",
	    base);
	vps_model(&c, &m, text);
	stale_begin(&s, &m, &now);
	for (i = 0; i < NITEMS(calls); i++) {
		const struct flow f = { .proto = IPPROTO_TCP,
			.original = { prefix(calls[i].from),
			    prefix(calls[i].to), 50000, 80 } };

		reason = stale_judge_direct(&s, &f);
		assert_string_equal(
		    reason != NULL ? reason->word : "", calls[i].word);
	}
	stale_end(&s);
	model_free(&m);
	config_free(&c);
	free(text);
}

/* A commit gives an address, and this host calls by it at once. */
static void
test_given(void **state)
{
	static const struct {
		const char *from, *to;
	} calls[] = {
		{ ULA "1", WEB1 },
		{ "2001:db8:1:2::1", "2001:db8:1:2::2" },
		{ ULA "1", "2001:db8:1:2::2" },
	};
	struct snapshot before = vps;
	struct config c = { 0 };
	struct stale s;
	struct model m;
	size_t i;

	(void)state;
	before.naddresses = 0;
	vps_model(&c, &m,
	    "uplink eth0\nbridge lxcbr0 ula " ULA
	    "1/64 prefix 2001:db8:1:2::/64\ncontainer web1 ula " WEB1
	    " address 2001:db8:1:2::2\ndefault forward deny\n"
	    "default output deny\nallow output to bridge lxcbr0\n");
	stale_begin(&s, &m, &before);
	for (i = 0; i < NITEMS(calls); i++) {
		const struct flow f = { .proto = IPPROTO_TCP,
			.original = { prefix(calls[i].from),
			    prefix(calls[i].to), 50000, 22 } };

		assert_null(stale_judge_direct(&s, &f));
	}
	stale_end(&s);
	model_free(&m);
	config_free(&c);
}

/* Under which address what a container begins goes out. The host has two of
 * IPv6, of which rules state the first. */
static void
test_leaves(void **state)
{
	static const char plain[] = "uplink eth0\n"
				    "bridge lxcbr0 ula " ULA "1/64\n" BOTH;
	static const char masked[] =
	    "uplink eth0\nbridge lxcbr0 ula " ULA "1/64 masquerade\n" BOTH;
	static const char stated[] =
	    "uplink eth0 address 2001:db8::11/64\nbridge lxcbr0 ula " ULA
	    "1/64 masquerade\n" BOTH;
	static const struct {
		const char *config, *from, *to, *as;
		bool leaves;
	} rows[] = {
		{ plain, VM00, OUT, VM00, true },
		{ plain, VM00, OUT, PUBLIC, false },
		{ plain, VM4, OUT4, PUBLIC4, false },
		{ masked, VM00, OUT, PUBLIC, true },
		{ masked, VM00, OUT, VM00, false },
		{ masked, VM00, OUT, "2001:db8::11", false },
		{ masked, VM4, OUT4, PUBLIC4, true },
		{ masked, VM4, OUT4, VM4, false },
		{ stated, VM00, OUT, "2001:db8::11", true },
		{ stated, VM00, OUT, PUBLIC, false },
		{ mapped_base, VM00, OUT, OUTSIDE "3", true },
		{ mapped_base, VM00, OUT, VM00, false },
		/* to no uplink, and from no container's own address */
		{ masked, VM00, WEB1, VM00, true },
		{ masked, "2001:db8:1:2::3", OUT, "2001:db8:1:2::3", true },
		{ masked, PUBLIC, OUT, PUBLIC, true },
		{ masked, ULA "1", OUT, ULA "1", true },
	};
	struct config c;
	struct stale s;
	struct model m;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(rows); i++) {
		const struct flow f = {
			.proto = IPPROTO_UDP,
			.original = { prefix(rows[i].from), prefix(rows[i].to),
			    53, 53 },
			.reply = { prefix(rows[i].to), prefix(rows[i].as), 53,
			    53 },
		};

		c = (struct config){ 0 };
		vps_model(&c, &m, rows[i].config);
		stale_begin(&s, &m, &vps);
		if (stale_leaves(&s, &f) != rows[i].leaves)
			fail_msg("%zu: as %s", i, rows[i].as);
		stale_end(&s);
		model_free(&m);
		config_free(&c);
	}
}

/* Many connections through many forwards. */

static void
test_many(void **state)
{
	enum { FORWARDS = 5000, FLOWS = 100000, MS_MAX = 10000 };
	struct flow f = { .proto = IPPROTO_TCP,
		.translated = true,
		.original = { prefix(OUT), prefix(PUBLIC), 50000, 0 },
		.reply = { prefix(VM00), prefix(OUT), 0, 50000 } };
	const struct stale_reason *reason;
	struct buf text = { 0 };
	struct config c = { 0 };
	struct stale s;
	struct model m;
	unsigned i, stale = 0;
	uint64_t began;

	(void)state;
	buf_add(&text, base);
	for (i = 1; i <= FORWARDS; i++)
		buf_printf(&text, "forward tcp %u to vm00\n", i * 2);
	vps_model(&c, &m, buf_text(&text));
	began = now_ms();
	stale_begin(&s, &m, &vps);
	for (i = 0; i < FLOWS; i++) {
		f.original.dport = (uint16_t)(1 + i % (FORWARDS * 2));
		f.reply.sport = f.original.dport;
		reason = stale_judge(&s, &f);
		stale += reason == &stale_reasons[STALE_GONE];
	}
	stale_end(&s);
	assert_int_equal(stale, FLOWS / 2);
	assert_in_range(now_ms() - began, 0, MS_MAX);
	buf_free(&text);
	model_free(&m);
	config_free(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_published),
		cmocka_unit_test(test_deprecated),
		cmocka_unit_test(test_directs),
		cmocka_unit_test(test_ways),
		cmocka_unit_test(test_families),
		cmocka_unit_test(test_given),
		cmocka_unit_test(test_leaves),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, vps_set_up, NULL);
}
