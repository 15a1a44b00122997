/* What becomes of a new connection, and what of it the Internet is told. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/plan/judge.h"
#include "core/reach/exposure.h"
#include "core/reach/slice.h"

#include "lib/vps.h"

/* A config and its model. */
struct side {
	struct config config;
	struct model model;
};

#define WEB "container web1 ula " ULA "3\n"
#define CLOSED "default input deny\ndefault forward deny\n"

static void
side_build(struct side *s, const char *uplink, const char *more)
{
	char *text = xasprintf(
	    "%s\nbridge lxcbr0 ula " ULA "1/64\n" WEB "%s", uplink, more);

	memset(s, 0, sizeof(*s));
	vps_model(&s->config, &s->model, text);
	free(text);
}

static void
side_free(struct side *s)
{
	model_free(&s->model);
	config_free(&s->config);
}

static char *
difference(const char *uplink, const char *before, const char *after)
{
	struct side one, other;
	struct buf b = { 0 };

	if (before != NULL)
		side_build(&one, uplink, before);
	side_build(&other, uplink, after);
	exposure_diff(before != NULL ? &one.model : NULL, &other.model, &b);
	if (before != NULL)
		side_free(&one);
	side_free(&other);
	return buf_take(&b);
}

#define CAN "The Internet can reach:\n"
#define NOTHING "The Internet can reach nothing here.\n"

/* What one config lets in. */
static const struct {
	const char *config, *exposure;
} alone[] = {
	{ CLOSED, NOTHING },
	{ "", CAN "= everything on this host, from anywhere\n" },
	{ "default input reject\n", NOTHING },
	{ CLOSED "allow input tcp 22\n",
	    CAN "= tcp 22 on this host, from anywhere\n" },
	{ CLOSED "allow input tcp 22 off\n", NOTHING },
	{ CLOSED "allow input tcp 22 limit 5/minute\n",
	    CAN "= tcp 22 on this host, from anywhere\n" },
	{ CLOSED "deny input limit 5/second\nallow input udp 53\n",
	    CAN "= udp 53 on this host, from anywhere\n" },
	{ CLOSED "allow input tcp 22 from 2001:db8:9::/48\n",
	    CAN "= tcp 22 on this host, from 2001:db8:9::/48\n" },
	{ CLOSED "allow input tcp 22 from 2001:db8:9::/48,2001:db8:8::/48\n",
	    CAN "= tcp 22 on this host, from 2001:db8:8::/48, "
		"2001:db8:9::/48\n" },
	{ CLOSED "deny input from 2001:db8::/32\nallow input tcp 22\n",
	    CAN "= tcp 22 on this host, from anywhere but 2001:db8::/32\n" },
	{ CLOSED "allow input tcp 22 from 2001:db8:9::/48\n"
		 "deny input from 2001:db8::/32\nallow input tcp 22\n",
	    CAN "= tcp 22 on this host, from anywhere but 2001:db8::/32, "
		"and from 2001:db8:9::/48\n" },
	{ CLOSED "allow input tcp 22 from 2001:db8::/32\nallow input tcp 22\n",
	    CAN "= tcp 22 on this host, from anywhere\n" },
	{ CLOSED "deny input from 2001:db8:9::/48\n"
		 "allow input tcp 22 from 2001:db8::/32\n",
	    CAN "= tcp 22 on this host, from 2001:db8::/32 but "
		"2001:db8:9::/48\n" },
	/* The first that matches decides, however wide the second is. */
	{ CLOSED "deny input tcp 22\nallow input tcp 20-25\n",
	    CAN "= tcp 20-21,23-25 on this host, from anywhere\n" },
	{ CLOSED "allow input from 2001:db8:9::/48\n",
	    CAN "= everything on this host, from 2001:db8:9::/48\n" },
	{ "deny input udp 53\n",
	    CAN "= every tcp port on this host, from anywhere\n"
		"= every udp port but 53 on this host, from anywhere\n"
		"= every other protocol on this host, from anywhere\n" },
	{ "deny input tcp 25\n",
	    CAN "= every tcp port but 25 on this host, from anywhere\n"
		"= every udp port on this host, from anywhere\n"
		"= every other protocol on this host, from anywhere\n" },
	/* Nobody on the Internet is a container, a ULA or on a bridge. */
	{ CLOSED "allow input from container web1\n"
		 "allow input from bridge lxcbr0\nallow input from fd00::/8\n",
	    NOTHING },
	{ CLOSED "allow input tcp 22 from uplink\n",
	    CAN "= tcp 22 on this host, from anywhere\n" },
	/* Forwards let in by themselves. */
	{ CLOSED "forward tcp 8443 to web1:443\n",
	    CAN "= tcp 8443 on 2001:db8::10 -> web1:443, from anywhere\n" },
	{ CLOSED "forward tcp 443,80 to web1\n",
	    CAN "= tcp 80,443 on 2001:db8::10 -> web1, from anywhere\n" },
	{ CLOSED "forward tcp 80 to [" ULA "7]:81\n",
	    CAN "= tcp 80 on 2001:db8::10 -> [" ULA "7]:81, from anywhere\n" },
	{ CLOSED "forward tcp 80 to web1 off\n", NOTHING },
	{ CLOSED "forward tcp 80 to web1 from 2001:db8:9::/48\n",
	    CAN "= tcp 80 on 2001:db8::10 -> web1:80, from "
		"2001:db8:9::/48\n" },
	{ CLOSED "deny forward tcp 443 from 2001:db8:9:1::/64 to container "
		 "web1\nforward tcp 80 to web1:443 from 2001:db8:9::/48\n",
	    CAN "= tcp 80 on 2001:db8::10 -> web1:443, from "
		"2001:db8:9::/48 but 2001:db8:9:1::/64\n" },
	/* Policies see the port behind the translation. */
	{ CLOSED "deny forward tcp 80\nforward tcp 80 to web1:443\n",
	    CAN "= tcp 80 on 2001:db8::10 -> web1:443, from anywhere\n" },
	{ CLOSED "deny forward tcp 9005-9006\n"
		 "forward tcp 8000-8010 to web1:9000\n",
	    CAN "= tcp 8000-8004,8007-8010 on 2001:db8::10 -> "
		"web1:9000-9004,9007-9010, from anywhere\n" },
	{ CLOSED "deny forward tcp 9000,9002\n"
		 "forward tcp 8000-8003 to web1:9000\n",
	    CAN "= tcp 8001,8003 on 2001:db8::10 -> web1:9001,9003, "
		"from anywhere\n" },
	/* The uplink's other address, which no statement names. */
	{ CLOSED "allow input tcp 22 to 2001:db8::11\n",
	    CAN "= tcp 22 on 2001:db8::11, from anywhere\n" },
	{ CLOSED "deny forward to bridge lxcbr0\nforward tcp 80 to web1\n",
	    NOTHING },
	{ CLOSED "deny forward to 2001:db8::10\nforward tcp 80 to web1\n",
	    CAN "= tcp 80 on 2001:db8::10 -> web1:80, from anywhere\n" },
	/* A forward takes the port away from this host. */
	{ CLOSED "allow input tcp 80\nforward tcp 80 to web1 from ::5\n",
	    CAN "= tcp 80 on 2001:db8::10 -> web1:80, from ::5\n"
		"= tcp 80 on 2001:db8::11, from anywhere\n" },
	/* The rest, but for what stays. */
	{ CLOSED "forward any to web1\n",
	    CAN "= every tcp port but 22 on 2001:db8::10 -> web1, from "
		"anywhere\n"
		"= every udp port on 2001:db8::10 -> web1, from anywhere\n"
		"= every other protocol on 2001:db8::10 -> web1, from "
		"anywhere\n" },
	{ CLOSED "allow input tcp 22\nforward tcp 80 to web1:8080\n"
		 "forward any to web1 from 2001:db8:9::/48\n"
		 "allow input tcp\n",
	    CAN "= tcp 80 on 2001:db8::10 -> web1:8080, from anywhere\n"
		"= tcp 80 on 2001:db8::11, from anywhere\n"
		"= every tcp port but 80 on this host, from anywhere\n"
		"= every udp port on 2001:db8::10 -> web1, from "
		"2001:db8:9::/48\n"
		"= every other protocol on 2001:db8::10 -> web1, from "
		"2001:db8:9::/48\n" },
	{ CLOSED "allow input from 2001:db8:9::/48\nforward any to web1\n"
		 "deny forward udp\nallow input udp 53\n",
	    CAN "= udp 53 on this host, from anywhere\n"
		"= every tcp port but 22 on 2001:db8::10 -> web1, from "
		"anywhere but 2001:db8:9::/48\n"
		"= every tcp port on this host, from 2001:db8:9::/48\n"
		"= every udp port but 53 on this host, from 2001:db8:9::/48\n"
		"= every other protocol on 2001:db8::10 -> web1, from anywhere "
		"but 2001:db8:9::/48\n"
		"= every other protocol on this host, from 2001:db8:9::/48\n" },
	{ CLOSED "allow input tcp 25 limit 5/minute\nforward any to web1\n",
	    CAN "= tcp 25 on this host, from anywhere\n"
		"= every tcp port but 22,25 on 2001:db8::10 -> web1, from "
		"anywhere\n"
		"= every udp port on 2001:db8::10 -> web1, from anywhere\n"
		"= every other protocol on 2001:db8::10 -> web1, from "
		"anywhere\n" },
	{ CLOSED "allow input\nforward any to web1\n",
	    CAN "= everything on this host, from anywhere\n" },
	{ "default forward deny\nforward tcp 80 to web1\n",
	    CAN "= tcp 80 on 2001:db8::10 -> web1:80, from anywhere\n"
		"= tcp 80 on 2001:db8::11, from anywhere\n"
		"= every tcp port but 80 on this host, from anywhere\n"
		"= every udp port on this host, from anywhere\n"
		"= every other protocol on this host, from anywhere\n" },
};

static void
test_alone(void **state)
{
	char *text;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(alone); i++) {
		text = difference("uplink eth0 address 2001:db8::10/64", NULL,
		    alone[i].config);
		assert_string_equal(text, alone[i].exposure);
		free(text);
	}
}

#define NEW "The Internet can newly reach:\n"

static const struct {
	const char *before, *after, *exposure;
} pairs[] = {
	{ CLOSED, CLOSED, NOTHING },
	{ CLOSED "allow input tcp 22\n",
	    CLOSED "allow input tcp 22\nforward tcp 8443 to web1:443\n",
	    NEW "+ tcp 8443 on 2001:db8::10 -> web1:443, from anywhere (new)\n"
		"The Internet can still reach:\n"
		"= tcp 22 on this host, from anywhere\n" },
	{ CLOSED "allow input tcp 22\n",
	    CLOSED "allow input tcp 22 from 2001:db8:9::/48\n",
	    "The Internet can no longer reach:\n"
	    "- tcp 22 on this host, from anywhere but 2001:db8:9::/48\n"
	    "The Internet can still reach:\n"
	    "= tcp 22 on this host, from 2001:db8:9::/48\n" },
	{ CLOSED "allow input tcp 22 from 2001:db8:9::/48\n",
	    CLOSED "allow input tcp 20-30 from 2001:db8::/32\n",
	    NEW "+ tcp 20-21,23-30 on this host, from 2001:db8::/32 (new)\n"
		"+ tcp 22 on this host, from 2001:db8::/32 but "
		"2001:db8:9::/48 (new)\n"
		"The Internet can still reach:\n"
		"= tcp 22 on this host, from 2001:db8:9::/48\n" },
	{ CLOSED "forward any to web1\n",
	    CLOSED "forward any to web1\nallow input tcp 25\n",
	    NEW "+ tcp 25 on this host, from anywhere (new)\n"
		"The Internet can no longer reach:\n"
		"- tcp 25 on 2001:db8::10 -> web1, from anywhere\n"
		"The Internet can still reach:\n"
		"= every tcp port but 22,25 on 2001:db8::10 -> web1, from "
		"anywhere\n"
		"= every udp port on 2001:db8::10 -> web1, from anywhere\n"
		"= every other protocol on 2001:db8::10 -> web1, from "
		"anywhere\n" },
	/* Another target is another reach. */
	{ CLOSED "forward tcp 80 to web1\n",
	    CLOSED "forward tcp 80 to web1:81\n",
	    NEW "+ tcp 80 on 2001:db8::10 -> web1:81, from anywhere (new)\n"
		"The Internet can no longer reach:\n"
		"- tcp 80 on 2001:db8::10 -> web1:80, from anywhere\n" },
	{ CLOSED "forward tcp 80 to web1\n",
	    CLOSED "forward tcp 80 to web1:80 note \"x\"\n",
	    "The Internet can still reach:\n"
	    "= tcp 80 on 2001:db8::10 -> web1:80, from anywhere\n" },
	{ "", CLOSED "allow input tcp 22\n",
	    "The Internet can no longer reach:\n"
	    "- every tcp port but 22 on this host, from anywhere\n"
	    "- every udp port on this host, from anywhere\n"
	    "- every other protocol on this host, from anywhere\n"
	    "The Internet can still reach:\n"
	    "= tcp 22 on this host, from anywhere\n" },
};

static void
test_pairs(void **state)
{
	char *text;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(pairs); i++) {
		text = difference("uplink eth0 address 2001:db8::10/64",
		    pairs[i].before, pairs[i].after);
		assert_string_equal(text, pairs[i].exposure);
		free(text);
	}
}

static void
test_two_addresses(void **state)
{
	char *text = difference("uplink eth0", NULL,
	    CLOSED "allow input tcp 22\n"
		   "allow input tcp 23 to 2001:db8::11\n"
		   "forward tcp 80 to web1\n"
		   "forward udp 53 to web1 on 2001:db8::11\n");

	(void)state;
	assert_string_equal(text,
	    CAN "= tcp 22 on this host, from anywhere\n"
		"= tcp 23 on 2001:db8::11, from anywhere\n"
		"= tcp 80 on 2001:db8::10, 2001:db8::11 -> web1:80, "
		"from anywhere\n"
		"= udp 53 on 2001:db8::11 -> web1:53, from anywhere\n");
	free(text);
}

/* What one uplink lets in is let in, though the others do not. */
static void
test_two_uplinks(void **state)
{
	struct side side = { 0 };
	struct buf b = { 0 };

	(void)state;
	vps_model(&side.config, &side.model,
	    "uplink eth0\nuplink lxcbr0\n" CLOSED
	    "allow input tcp 22 from bridge lxcbr0\n");
	exposure_diff(NULL, &side.model, &b);
	assert_string_equal(
	    buf_text(&b), CAN "= tcp 22 on this host, from anywhere\n");
	buf_free(&b);
	side_free(&side);
}

/* An address that is gone was reached before. */
static void
test_address_gone(void **state)
{
	struct address addresses[16];
	struct snapshot s = vps;
	struct side before, after = { 0 };
	struct buf b = { 0 };
	struct err e;

	(void)state;
	assert_true(vps.naddresses < NITEMS(addresses));
	memcpy(addresses, vps.addresses, vps.naddresses * sizeof(*addresses));
	addresses[1] = addresses[0];
	s.addresses = addresses;
	side_build(&before, "uplink eth0",
	    CLOSED "allow input tcp 22 to 2001:db8::11\n");
	assert_int_equal(config_parse(&after.config, CLOSED, NULL, &e), 0);
	assert_int_equal(model_build(&after.model, &after.config, &s, &e), 0);
	exposure_diff(&before.model, &after.model, &b);
	assert_string_equal(buf_text(&b),
	    "The Internet can no longer reach:\n"
	    "- tcp 22 on 2001:db8::11, from anywhere\n");
	buf_free(&b);
	side_free(&before);
	side_free(&after);
}

/* By prefixes that are translated. */

#define MAPPED(prefixes)                                                       \
	"bridge lxcbr0 ula " ULA "1/64 translate " prefixes "\n"
#define HERE MAPPED("2001:db8:5::/64")
#define TO_WEB CLOSED "allow forward tcp 80 to container web1\n"

static const struct {
	const char *before, *after, *exposure;
} mapped[] = {
	{ NULL, HERE CLOSED, NOTHING },
	{ NULL, HERE TO_WEB,
	    CAN "= tcp 80 on 2001:db8:5::3 -> web1, from anywhere\n" },
	{ NULL,
	    HERE CLOSED "allow forward tcp 80 from 2001:db8:9::/48 to bridge "
			"lxcbr0\n",
	    CAN "= tcp 80 on 2001:db8:5::/64 -> lxcbr0, from "
		"2001:db8:9::/48\n" },
	{ NULL, HERE CLOSED "allow forward tcp 80 to " ULA "/72\n",
	    CAN "= tcp 80 on 2001:db8:5::/72 -> lxcbr0, from anywhere\n" },
	{ NULL,
	    HERE CLOSED "deny forward tcp 80 to " ULA "3\n"
			"allow forward tcp 80\n",
	    CAN "= tcp 80 on 2001:db8:5::/64 but 2001:db8:5::3 -> lxcbr0, "
		"from anywhere\n" },
	{ NULL,
	    HERE CLOSED "deny forward tcp 80 to fd5a:1c2e:90b1:0:ffff:ffff:"
			"ffff:ffff\nallow forward tcp 80\n",
	    CAN "= tcp 80 on 2001:db8:5::/64 but "
		"2001:db8:5:0:ffff:ffff:ffff:ffff -> lxcbr0, from anywhere\n" },
	/* A deny is for what is unknown, too. */
	{ NULL,
	    HERE CLOSED "deny forward to container web1\n"
			"allow forward tcp 80\n",
	    CAN "= tcp 80 on 2001:db8:5::4 -> web2, from anywhere\n" },
	/* The bridge is this host. */
	{ NULL, HERE CLOSED "allow input tcp 22\n",
	    CAN "= tcp 22 on this host, from anywhere\n" },
	{ NULL, HERE CLOSED "allow input tcp 22 to " ULA "1\n",
	    CAN "= tcp 22 on 2001:db8:5::1, from anywhere\n" },
	{ NULL, HERE "default input deny\n",
	    CAN "= everything on 2001:db8:5::/64 -> lxcbr0, from anywhere\n" },
	{ NULL, HERE CLOSED "allow forward to container web1\n",
	    CAN "= everything on 2001:db8:5::3 -> web1, from anywhere\n" },
	/* Changes. */
	{ MAPPED("2001:db8:6::/64") TO_WEB, HERE TO_WEB,
	    NEW "+ tcp 80 on 2001:db8:5::3 -> web1, from anywhere (new)\n"
		"The Internet can no longer reach:\n"
		"- tcp 80 on 2001:db8:6::3 -> web1, from anywhere\n" },
	{ HERE TO_WEB, MAPPED("2001:db8:6::/64,2001:db8:5::/64") TO_WEB,
	    NEW "+ tcp 80 on 2001:db8:6::3 -> web1, from anywhere (new)\n"
		"The Internet can still reach:\n"
		"= tcp 80 on 2001:db8:5::3 -> web1, from anywhere\n" },
	{ "bridge lxcbr0 ula " ULA "1/64\n" CLOSED "allow input tcp 22\n",
	    HERE CLOSED "allow input tcp 22\n",
	    NEW "+ tcp 22 on 2001:db8:5::, 2001:db8:5::1, from anywhere "
		"(new)\n"
		"The Internet can still reach:\n"
		"= tcp 22 on 2001:db8::10, 2001:db8::11, from anywhere\n" },
	{ HERE CLOSED "allow forward tcp 80\n",
	    "bridge lxcbr0 ula " ULA "1/60 translate 2001:db8:5::/60\n" CLOSED
	    "allow forward tcp 80\n",
	    NEW "+ tcp 80 on 2001:db8:5::/60 but 2001:db8:5::/64 -> lxcbr0, "
		"from anywhere (new)\n"
		"The Internet can still reach:\n"
		"= tcp 80 on 2001:db8:5::/64 -> lxcbr0, from anywhere\n" },
};

static void
mapped_build(struct side *s, const char *more)
{
	char *text = xasprintf("uplink eth0 address 2001:db8::10/64\n%s" WEB
			       "container web2 ula " ULA "4\n",
	    more);

	*s = (struct side){ 0 };
	vps_model(&s->config, &s->model, text);
	free(text);
}

static void
test_mapped(void **state)
{
	struct side before, after;
	struct buf b = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(mapped); i++) {
		before = (struct side){ 0 };
		if (mapped[i].before != NULL)
			mapped_build(&before, mapped[i].before);
		mapped_build(&after, mapped[i].after);
		buf_reset(&b);
		exposure_diff(mapped[i].before != NULL ? &before.model : NULL,
		    &after.model, &b);
		assert_string_equal(buf_text(&b), mapped[i].exposure);
		side_free(&before);
		side_free(&after);
	}
	buf_free(&b);
}

/* The statement that decides, for certain and at best. */
static const struct {
	const char *config;
	bool doubt_passes;
	enum verdict verdict;
	const char *by; /* NULL: nobody stated it */
} verdicts[] = {
	{ "", false, VERDICT_ALLOW, NULL },
	{ CLOSED, false, VERDICT_DENY, "default input deny" },
	{ CLOSED "allow input tcp 22\n", false, VERDICT_ALLOW,
	    "allow input tcp 22" },
	{ CLOSED "allow input tcp 22 limit 5/minute\n", false, VERDICT_DENY,
	    "default input deny" },
	{ CLOSED "allow input tcp 22 limit 5/minute\n", true, VERDICT_ALLOW,
	    "allow input tcp 22 limit 5/minute" },
	{ "deny input limit 5/minute\n", false, VERDICT_DENY,
	    "deny input limit 5/minute" },
	{ "deny input limit 5/minute\n", true, VERDICT_ALLOW, NULL },
	{ "reject input tcp 22 from 2001:db8:9::/48\n", false, VERDICT_REJECT,
	    "reject input tcp 22 from 2001:db8:9::/48" },
	{ "reject input tcp 22 from 2001:db8:8::/48\n", false, VERDICT_ALLOW,
	    NULL },
	{ "deny input from bridge lxcbr0\n", false, VERDICT_DENY,
	    "deny input from bridge lxcbr0" },
	{ "deny input from bridge lxcbr0\n", true, VERDICT_ALLOW, NULL },
};

static void
test_verdicts(void **state)
{
	struct packet p = {
		.chain = CHAIN_INPUT, .proto = PACKET_TCP, .port = 22
	};
	const struct statement *by;
	struct buf b = { 0 };
	struct side side;
	size_t i;

	(void)state;
	assert_int_equal(prefix_parse(&p.from, "2001:db8:9::7"), 0);
	assert_int_equal(prefix_parse(&p.to, "2001:db8::10"), 0);
	for (i = 0; i < NITEMS(verdicts); i++) {
		side_build(&side, "uplink eth0", verdicts[i].config);
		p.doubt_passes = verdicts[i].doubt_passes;
		assert_int_equal(
		    judge(&side.model, &p, &by), verdicts[i].verdict);
		buf_reset(&b);
		if (by != NULL)
			statement_print(by, &b);
		assert_string_equal(
		    buf_text(&b), verdicts[i].by != NULL ? verdicts[i].by : "");
		side_free(&side);
	}
	buf_free(&b);
}

/* Who is a container in a policy: by chain, source, destination and links. */
#define OTHER "container web2 ula " ULA "4\n"

static const struct {
	const char *config;
	enum chain chain;
	const char *from, *to, *in, *out;
	enum verdict verdict;
} ends[] = {
#define IN_FROM(config, from, in, verdict)                                     \
	{                                                                      \
		config, CHAIN_INPUT, from, "2001:db8::10", in, NULL, verdict   \
	}
	IN_FROM(
	    "deny input from container web1", ULA "3", "lxcbr0", VERDICT_DENY),
	IN_FROM(
	    "deny input from container web1", ULA "99", "lxcbr0", VERDICT_DENY),
	IN_FROM("deny input from container web1", "fe80::99", "lxcbr0",
	    VERDICT_DENY),
	IN_FROM(
	    "deny input from container web1", ULA "3", "eth0", VERDICT_DENY),
	IN_FROM(
	    "deny input from container web1", ULA "99", "eth0", VERDICT_ALLOW),
	IN_FROM("deny input from container web1", ULA "99", "lxcbr1",
	    VERDICT_ALLOW),
	/* On a link that is not known it may be meant. */
	IN_FROM("deny input from container web1", ULA "99", NULL, VERDICT_DENY),
	IN_FROM(OTHER "deny input from container web1", ULA "4", "lxcbr0",
	    VERDICT_ALLOW),
	IN_FROM(OTHER "reject input from container web1", ULA "5", "lxcbr0",
	    VERDICT_REJECT),
	IN_FROM("forward tcp 80 to " ULA "5\ndeny input from container web1",
	    ULA "5", "lxcbr0", VERDICT_ALLOW),
	/* All of a prefix: what names a part of it does not match. */
	IN_FROM("deny input from container web1", ULA "/64", "lxcbr0",
	    VERDICT_DENY),
	IN_FROM(OTHER "deny input from container web1", ULA "/64", "lxcbr0",
	    VERDICT_ALLOW),
	IN_FROM("default input deny\nallow input from container web1", ULA "3",
	    "lxcbr0", VERDICT_ALLOW),
	IN_FROM("default input deny\nallow input from container web1", ULA "3",
	    "eth0", VERDICT_DENY),
	IN_FROM("default input deny\nallow input from container web1", ULA "99",
	    "lxcbr0", VERDICT_DENY),
#define OUT_TO(config, chain, to, out, verdict)                                \
	{                                                                      \
		config, chain, "2001:db8:9::7", to, NULL, out, verdict         \
	}
	OUT_TO("deny forward to container web1", CHAIN_FORWARD, ULA "3",
	    "lxcbr0", VERDICT_DENY),
	OUT_TO("deny forward to container web1", CHAIN_FORWARD, ULA "99",
	    "lxcbr0", VERDICT_DENY),
	OUT_TO(OTHER "deny forward to container web1", CHAIN_FORWARD, ULA "4",
	    "lxcbr0", VERDICT_ALLOW),
	OUT_TO("deny forward to container web1", CHAIN_FORWARD, ULA "99",
	    "eth0", VERDICT_ALLOW),
	OUT_TO("deny output to container web1", CHAIN_OUTPUT, ULA "3", "lxcbr0",
	    VERDICT_DENY),
	OUT_TO("deny output to container web1", CHAIN_OUTPUT, "fe80::99",
	    "lxcbr0", VERDICT_DENY),
	OUT_TO("deny output to container web1", CHAIN_OUTPUT, "ff02::fb",
	    "lxcbr0", VERDICT_ALLOW),
	OUT_TO("default forward deny\nallow forward to container web1",
	    CHAIN_FORWARD, ULA "99", "lxcbr0", VERDICT_DENY),
	/* Any uplink is the uplink, and nothing else is. */
	IN_FROM("uplink eth1\ndeny input from uplink", "2001:db8:9::7", "eth0",
	    VERDICT_DENY),
	IN_FROM("uplink eth1\ndeny input from uplink", "2001:db8:9::7", "eth1",
	    VERDICT_DENY),
	IN_FROM(
	    "deny input from uplink", "2001:db8:9::7", "eth1", VERDICT_ALLOW),
	IN_FROM("uplink eth1\ndeny input from uplink", ULA "3", "lxcbr0",
	    VERDICT_ALLOW),
};

static void
test_ends(void **state)
{
	struct side side;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(ends); i++) {
		struct packet p = { .chain = ends[i].chain,
			.proto = PACKET_TCP,
			.port = 22,
			.in = ends[i].in,
			.out = ends[i].out };

		assert_int_equal(prefix_parse(&p.from, ends[i].from), 0);
		assert_int_equal(prefix_parse(&p.to, ends[i].to), 0);
		side_build(&side, "uplink eth0", ends[i].config);
		if (judge(&side.model, &p, NULL) != ends[i].verdict)
			fail_msg("from %s by %s: %s", ends[i].from,
			    ends[i].in != NULL ? ends[i].in : "?",
			    ends[i].config);
		side_free(&side);
	}
}

/* Behind a bridge is what the kernel routes there, apart from what is this
 * host's own. */
static void
test_behind(void **state)
{
	static const struct {
		const char *from;
		bool answered;
		enum verdict verdict;
	} froms[] = {
		{ "2001:db8::77", false, VERDICT_ALLOW },
		{ "2001:db8::11", false, VERDICT_DENY },
		{ "2001:db8::11", true, VERDICT_ALLOW },
		{ "2001:db9::77", false, VERDICT_DENY },
		{ ULA "3", false, VERDICT_ALLOW },
		{ ULA "1", false, VERDICT_DENY },
	};
	struct route inward = { .index = 3, .dev = "lxcbr0" };
	struct snapshot s = vps;
	struct side side = { 0 };
	struct err e;
	size_t i;

	(void)state;
	assert_int_equal(prefix_parse(&inward.to, "2001:db8::/32"), 0);
	s.inward = &inward;
	s.ninward = 1;
	assert_int_equal(
	    config_parse(&side.config,
		"uplink eth0\nbridge lxcbr0 ula " ULA "1/64\n" WEB, NULL, &e),
	    0);
	assert_int_equal(model_build(&side.model, &side.config, &s, &e), 0);
	for (i = 0; i < NITEMS(froms); i++) {
		struct packet p = { .chain = CHAIN_INPUT,
			.proto = PACKET_TCP,
			.port = 22,
			.in = "lxcbr0",
			.answered = froms[i].answered };

		assert_int_equal(prefix_parse(&p.from, froms[i].from), 0);
		assert_int_equal(prefix_parse(&p.to, "2001:db8::10"), 0);
		if (judge(&side.model, &p, NULL) != froms[i].verdict)
			fail_msg("from %s", froms[i].from);
	}
	side_free(&side);
}

/* What was translated: where it goes, and whose word it is what becomes of it. A
 * forward's own terms only speak where the default would let in. */
#define TERMS "forward tcp 80 to web1 from 2001:db8:8::/48"
#define INSIDE "forward tcp 80 to [" ULA "5]:81"

static const struct {
	const char *config;
	enum chain chain, where; /* before and after */
	enum verdict verdict;
	const char *by;
} translated[] = {
	{ "forward tcp 80 to web1", CHAIN_INPUT, CHAIN_FORWARD, VERDICT_ALLOW,
	    "forward tcp 80 to web1" },
	{ CLOSED "forward tcp 80 to web1", CHAIN_INPUT, CHAIN_FORWARD,
	    VERDICT_ALLOW, "forward tcp 80 to web1" },
	{ TERMS, CHAIN_INPUT, CHAIN_FORWARD, VERDICT_DENY, TERMS },
	{ CLOSED TERMS, CHAIN_INPUT, CHAIN_FORWARD, VERDICT_DENY,
	    "default forward deny" },
	{ "default forward reject\n" TERMS, CHAIN_INPUT, CHAIN_FORWARD,
	    VERDICT_REJECT, "default forward reject" },
	{ "default output deny\nforward tcp 80 to web1", CHAIN_OUTPUT,
	    CHAIN_OUTPUT, VERDICT_DENY, "default output deny" },
	{ TERMS, CHAIN_OUTPUT, CHAIN_OUTPUT, VERDICT_DENY, TERMS },
	/* an address that this host is only about to get */
	{ "default input deny\n" INSIDE, CHAIN_INPUT, CHAIN_INPUT,
	    VERDICT_ALLOW, INSIDE },
	{ "deny input tcp 81\n" INSIDE, CHAIN_INPUT, CHAIN_INPUT, VERDICT_DENY,
	    "deny input tcp 81" },
	{ "deny forward\n" INSIDE, CHAIN_INPUT, CHAIN_INPUT, VERDICT_ALLOW,
	    INSIDE },
};

static void
test_translated(void **state)
{
	static const char bridge[] =
	    "uplink eth0\nbridge lxcbr0 ula " ULA "5/64\n" WEB;
	const struct statement *by;
	struct buf b = { 0 };
	struct side side;
	char *text;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(translated); i++) {
		struct packet p = { .chain = translated[i].chain,
			.proto = PACKET_TCP,
			.port = 80 };

		assert_int_equal(prefix_parse(&p.from, "2001:db8:9::7"), 0);
		assert_int_equal(prefix_parse(&p.to, "2001:db8::10"), 0);
		text = xasprintf("%s%s", bridge, translated[i].config);
		memset(&side, 0, sizeof(side));
		vps_model(&side.config, &side.model, text);
		assert_true(judge_translate(&side.model, &p));
		assert_int_equal(p.chain, translated[i].where);
		if (judge(&side.model, &p, &by) != translated[i].verdict)
			fail_msg("%s", translated[i].config);
		buf_reset(&b);
		statement_print(by, &b);
		assert_string_equal(buf_text(&b), translated[i].by);
		side_free(&side);
		free(text);
	}
	buf_free(&b);
}

/* Every port fares in its slice as in the whole model. */
static void
test_slices(void **state)
{
	static const char config[] =
	    "forward tcp 80 to web1:8080\nforward tcp 1000-1300 to web1\n"
	    "forward udp 15-16 to web1:31\nforward tcp 20,65535 to web1\n"
	    "deny forward tcp 8080 from 2001:db8:9::/48\n"
	    "allow input tcp 2000-65535\ndeny input udp 15-16,48\n"
	    "allow forward udp 32\ndeny input from 2001:db8:8::/48\n"
	    "allow input tcp 31-47,2001\ndeny input tcp,udp 31-33\n"
	    "allow input tcp 1-3\ndefault input deny\n"
	    "default forward deny\n";
	const struct statement *by[2];
	enum verdict said[2];
	struct slicer *slicer;
	struct side side;
	unsigned i;

	(void)state;
	side_build(&side, "uplink eth0", config);
	slicer = slicer_new(&side.model);
	for (i = 0; i < 2 * 65536; i++) {
		struct packet p = { .chain = CHAIN_INPUT,
			.proto = i % 2 == 0 ? PACKET_TCP : PACKET_UDP,
			.port = (uint16_t)(i / 2),
			.in = "eth0" },
			      q;

		assert_int_equal(prefix_parse(&p.from, "2001:db8:9::7"), 0);
		assert_int_equal(prefix_parse(&p.to, "2001:db8::10"), 0);
		q = p;
		judge_translate(&side.model, &p);
		judge_translate(slicer_forwards(slicer, q.port), &q);
		said[0] = judge(&side.model, &p, &by[0]);
		said[1] = judge(slicer_policies(slicer, q.port), &q, &by[1]);
		if (p.port != q.port || said[0] != said[1] || by[0] != by[1])
			fail_msg("port %u", i / 2);
	}
	slicer_free(slicer);
	side_free(&side);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alone),
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_two_addresses),
		cmocka_unit_test(test_two_uplinks),
		cmocka_unit_test(test_address_gone),
		cmocka_unit_test(test_mapped),
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_behind),
		cmocka_unit_test(test_translated),
		cmocka_unit_test(test_slices),
	};

	return cmocka_run_group_tests(tests, vps_set_up, NULL);
}
