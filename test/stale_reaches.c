/* Connections to public addresses of containers, which no forward translates,
 * and who decides about them. */
#include "config.h"

#include <netinet/in.h> /* first: the kernel's headers give way to it */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/lang/type.h"
#include "core/reach/stale.h"

#include "lib/prefix.h"
#include "lib/vps.h"

#define OUT "2001:db8:9::7"
#define PUBLIC "2001:db8::10"
#define OUTSIDE "2001:db8:5::"
#define VM00 ULA "3"
#define WEB1 ULA "4"

#define NET "2001:db8:1:2::"
#define ROUTED                                                                 \
	"uplink eth0\nbridge lxcbr0 ula " ULA "1/64 prefix " NET "/64\n"       \
	"container vm00 address " NET "3\n"
#define PROXIED                                                                \
	"uplink eth0\nbridge lxcbr0 prefix 2001:db8::/64 proxy\n"              \
	"container vm00 address 2001:db8::8000:3\n"
#define MAPPED                                                                 \
	"uplink eth0\nbridge lxcbr0 ula " ULA "1/64 translate " OUTSIDE        \
	"/64\ncontainer vm00 ula " VM00 "\n"

static const struct {
	const char *config;
	uint8_t proto;
	const char *from, *to;
	const char *inside; /* what that was translated to; NULL: it was not */
	const char *by;	    /* NULL: it is none of these */
	const char *word;   /* NULL: it goes as it may */
} reaches[] = {
	{ ROUTED, IPPROTO_TCP, OUT, NET "3", NULL, "forward", NULL },
	{ ROUTED "default forward deny\n", IPPROTO_TCP, OUT, NET "3", NULL,
	    "default forward deny", "refused" },
	{ ROUTED "allow forward tcp 80 to container vm00\n"
		 "default forward deny\n",
	    IPPROTO_TCP, OUT, NET "3", NULL,
	    "allow forward tcp 80 to container vm00", NULL },
	{ ROUTED "deny forward tcp 80\nallow forward\n", IPPROTO_TCP, OUT,
	    NET "3", NULL, "deny forward tcp 80", "refused" },
	{ ROUTED "allow forward from uplink to bridge lxcbr0\n", IPPROTO_UDP,
	    OUT, NET "99", NULL, "allow forward from uplink to bridge lxcbr0",
	    NULL },
	{ ROUTED "deny output tcp\n", IPPROTO_TCP, PUBLIC, NET "3", NULL,
	    "deny output tcp", "refused" },
	{ ROUTED, IPPROTO_TCP, OUT, NET "1", NULL, NULL, NULL },
	{ ROUTED, IPPROTO_TCP, WEB1, NET "3", NULL, NULL, NULL },
	{ ROUTED "default forward deny\n", IPPROTO_TCP, WEB1, NET "3", NULL,
	    NULL, NULL },
	{ ROUTED, IPPROTO_TCP, VM00, OUT, NULL, NULL, NULL },
	{ ROUTED, IPPROTO_ICMPV6, OUT, NET "3", NULL, NULL, NULL },
	{ PROXIED "deny forward\n", IPPROTO_TCP, OUT, "2001:db8::8000:3", NULL,
	    "deny forward", "refused" },
	/* what would leave again by the uplink */
	{ PROXIED, IPPROTO_TCP, OUT, "2001:db8::8000:4", NULL, NULL,
	    "refused" },
	{ PROXIED "allow forward to uplink\n", IPPROTO_TCP, OUT,
	    "2001:db8::8000:4", NULL, NULL, "refused" },
	{ PROXIED "allow forward from uplink to uplink\n", IPPROTO_TCP, OUT,
	    "2001:db8::8000:4", NULL, NULL, NULL },
	{ PROXIED, IPPROTO_TCP, OUT, PUBLIC, NULL, NULL, NULL },
	{ MAPPED "allow forward tcp\n", IPPROTO_TCP, OUT, OUTSIDE "3", VM00,
	    "allow forward tcp", NULL },
	{ MAPPED "default forward reject\n", IPPROTO_TCP, OUT, OUTSIDE "3",
	    VM00, "default forward reject", "refused" },
	{ MAPPED, IPPROTO_TCP, OUT, OUTSIDE "1", ULA "1", NULL, NULL },
	{ MAPPED "forward tcp 80 to vm00\n", IPPROTO_TCP, OUT, PUBLIC, VM00,
	    NULL, NULL },
};

static void
reached_by(const struct stale *s, const struct flow *f, struct buf *b)
{
	struct stale_ruling r;

	if (!stale_reaches(s, f, &r))
		buf_add(b, "nobody");
	else if (r.by != NULL)
		statement_print(r.by, b);
	else
		buf_add(b, type_chain.choices[r.chain].word);
}

static void
test_reaches(void **state)
{
	const struct stale_reason *reason;
	struct buf by = { 0 };
	struct config c;
	struct stale s;
	struct model m;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(reaches); i++) {
		const char *to = reaches[i].inside != NULL ? reaches[i].inside
							   : reaches[i].to;
		const struct flow f = {
			.proto = reaches[i].proto,
			.translated = reaches[i].inside != NULL,
			.original = { prefix(reaches[i].from),
			    prefix(reaches[i].to), 50000, 80 },
			.reply = { prefix(to), prefix(reaches[i].from), 80,
			    50000 },
		};

		c = (struct config){ 0 };
		vps_model(&c, &m, reaches[i].config);
		stale_begin(&s, &m, &vps);
		buf_reset(&by);
		reached_by(&s, &f, &by);
		reason = f.translated ? stale_judge(&s, &f)
				      : stale_judge_direct(&s, &f);
		if (reason != NULL && strcmp(reason->word, "refused") == 0)
			assert_true(
			    stale_refuses(&s, &f, &(struct stale_ruling){ 0 }));
		if (strcmp(buf_text(&by),
			reaches[i].by != NULL ? reaches[i].by : "nobody") !=
			0 ||
		    strcmp(reason != NULL ? reason->word : "",
			reaches[i].word != NULL ? reaches[i].word : "") != 0)
			fail_msg("%zu by %s is %s", i, buf_text(&by),
			    reason != NULL ? reason->word : "nothing");
		stale_end(&s);
		model_free(&m);
		config_free(&c);
	}
	buf_free(&by);
}

#define FORWARDED                                                              \
	"uplink eth0\nbridge lxcbr0 ula " ULA "1/64\n"                         \
	"container vm00 ula " VM00 "\n"

/* What a new connection from the client to port 80 would be refused by. */
static const struct {
	const char *config;
	const char *by; /* NULL: nothing */
} refusals[] = {
	{ FORWARDED "forward tcp 80 to vm00\n", NULL },
	{ FORWARDED "forward tcp 80 to vm00\ndefault forward deny\n", NULL },
	{ FORWARDED "forward tcp 80 to vm00 from 2001:db8:44::/48\n",
	    "forward tcp 80 to vm00 from 2001:db8:44::/48" },
	{ FORWARDED "forward tcp 80 to vm00\n"
		    "deny forward tcp 80 from " OUT " to container vm00\n",
	    "deny forward tcp 80 from " OUT " to container vm00" },
	{ FORWARDED "forward tcp 81 to vm00\n", NULL },
};

static void
test_refuses(void **state UNUSED)
{
	const struct flow f = {
		.proto = IPPROTO_TCP,
		.translated = true,
		.original = { prefix(OUT), prefix(PUBLIC), 50000, 80 },
		.reply = { prefix(VM00), prefix(OUT), 80, 50000 },
	};
	struct buf by = { 0 };
	struct stale_ruling r;
	struct config c;
	struct stale s;
	struct model m;
	size_t i;

	for (i = 0; i < NITEMS(refusals); i++) {
		c = (struct config){ 0 };
		vps_model(&c, &m, refusals[i].config);
		stale_begin(&s, &m, &vps);
		buf_reset(&by);
		if (!stale_refuses(&s, &f, &r))
			buf_add(&by, "nothing");
		else if (r.by != NULL)
			statement_print(r.by, &by);
		else
			buf_add(&by, type_chain.choices[r.chain].word);
		assert_string_equal(buf_text(&by),
		    refusals[i].by != NULL ? refusals[i].by : "nothing");
		stale_end(&s);
		model_free(&m);
		config_free(&c);
	}
	buf_free(&by);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reaches),
		cmocka_unit_test(test_refuses),
	};

	return cmocka_run_group_tests(tests, vps_set_up, NULL);
}
