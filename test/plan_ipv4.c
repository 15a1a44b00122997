/* From a config to steps, in IPv4: forwarding, and what is given. */
#include "config.h"

#include <linux/rtnetlink.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/plan/plan.h"
#include "core/plan/plan_run.h"

#include "lib/machine.h"
#include "lib/planned.h"

#define ON                                                                     \
	"option ipv4 on\nuplink eth0\n"                                        \
	"bridge lxcbr0 ula " ULA "1/64 ipv4 10.0.3.1/24 masquerade\n"

/* Whether IPv4 forwarding is switched, by who did it before. */
static void
test_forwarding4(void **state)
{
	static const struct {
		const char *config;
		int now;
		bool ours;
		const char *step;
	} cases[] = {
		{ ON, 0, false, "0 -> 1" },
		{ ON, 1, true, NULL },
		{ ON, -1, false, NULL },
		{ UPLINK, 0, false, NULL },
		{ UPLINK, 1, false, NULL },
		{ UPLINK, 1, true, "1 -> 0" },
		{ UPLINK, -1, true, NULL },
	};
	struct config config;
	struct machine h;
	struct model m;
	struct plan p;
	struct buf b = { 0 };
	char *step;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(cases); i++) {
		machine_boot(&h);
		h.s.forwarding4 = cases[i].now;
		h.journal.forwards4 = cases[i].ours;
		planned_model(&h, cases[i].config, &config, &m);
		plan_links(&p, &m, &h.s, &h.journal);
		plan_print(&p, &b);
		step = xasprintf("net/ipv4/ip_forward %s\n",
		    cases[i].step != NULL ? cases[i].step : "");
		if ((strstr(buf_text(&b), step) != NULL) !=
		    (cases[i].step != NULL))
			fail_msg("%zu: %s", i, buf_text(&b));
		free(step);
		buf_reset(&b);
		plan_free(&p);
		model_free(&m);
		config_free(&config);
	}
	buf_free(&b);
}

/* Who did it is noted ahead, stays noted if it was done, and is what it was
 * once that is undone. */
static void
test_forwarding4_noted(void **state)
{
	struct journal j = { 0 };
	struct plan p = { 0 };
	struct step *s = plan_add(&p, STEP_IPV4_FORWARDING, "all");

	(void)state;
	s->after = s->redirects = 1;
	plan_note_ahead(&p, &j);
	assert_true(j.forwards4 && j.redirects4 == 1);
	plan_note(&p, &j);
	assert_false(j.forwards4);
	s->done = true;
	plan_note(&p, &j);
	assert_true(j.forwards4);
	plan_unnote(&p, &j);
	assert_false(j.forwards4);
	s->before = 1;
	s->after = 0;
	j.forwards4 = true;
	plan_note_ahead(&p, &j);
	assert_true(j.forwards4);
	plan_note(&p, &j);
	assert_false(j.forwards4);
	j.redirects4 = 0;
	plan_unnote(&p, &j);
	assert_true(j.forwards4 && j.redirects4 == 1);
	plan_free(&p);
	journal_free(&j);
}

#define CONFIG4                                                                \
	"option ipv4 on\nuplink eth0\n"                                        \
	"bridge lxcbr0 ula " ULA "1/64 ipv4 10.0.3.1/24\n"                     \
	"container vm00 on lxcbr0 ula " ULA "3 ipv4 10.0.3.3\n"

/* Settled, and in IPv4, too. */
static void
settle4(struct machine *h)
{
	struct container *c = &h->containers[0];
	struct address *bridge;

	machine_boot(h);
	machine_settle(h);
	bridge = machine_address(h, NSID_SELF, LXCBR0, "10.0.3.1/24");
	bridge->proto = NET_PROTO;
	machine_address(h, 0, 2, "10.0.3.3/24")->proto = NET_PROTO;
	c->has_default4 = true;
	prefix_parse(&c->route4.gateway, "10.0.3.1");
	c->route4.index = 2;
	c->route4.protocol = NET_PROTO;
	c->route4.metric = 512;
	h->inward[1] = (struct route){ .index = LXCBR0 };
	prefix_parse(&h->inward[1].to, "10.0.3.0/24");
	h->s.inward4 = &h->inward[1];
	h->s.ninward4 = 1;
}

/* IPv4 is given beside ULAs, one family without the other. */
static void
test_ipv4(void **state)
{
	struct machine h;

	(void)state;
	machine_boot(&h);
	machine_settle(&h);
	plans(&h, CONFIG4,
	    "  lxcbr0: add address 10.0.3.1/24\n"
	    "  vm00: add address 10.0.3.3/24\n"
	    "  vm00: add default route via 10.0.3.1\n");
	/* before its owner has set it up, nothing is given */
	h.links[LXCBR0 - 1].up = false;
	plans(&h, CONFIG4,
	    "  vm00: add address 10.0.3.3/24\n"
	    "  vm00: add default route via 10.0.3.1\n");
	settle4(&h);
	plans(&h, CONFIG4, "");
	h.s.ninward4 = 0;
	plans(&h, CONFIG4, "  lxcbr0: add route to 10.0.3.0/24\n");
	settle4(&h);
	h.containers[0].no_ipv6 = true;
	h.containers[0].has_default4 = false;
	plans(&h, CONFIG4, "  vm00: add default route via 10.0.3.1\n");
	h.containers[0].inner_down = true;
	plans(&h, CONFIG4, "");
}

/* Ours goes without the word, by which its routes would go as well. */
static void
test_ipv4_replaced(void **state)
{
	struct machine h;

	(void)state;
	settle4(&h);
	plans(&h, "option ipv4 on\n" UPLINK,
	    "  vm00: remove default route via 10.0.3.1\n"
	    "  vm00: remove address 10.0.3.3/24\n"
	    "  lxcbr0: remove address 10.0.3.1/24\n");
	plans(&h,
	    "option ipv4 on\nuplink eth0\n"
	    "bridge lxcbr0 ula " ULA "1/64 ipv4 10.0.3.1/24\n"
	    "container vm00 on lxcbr0 ula " ULA "3 ipv4 10.0.3.4\n",
	    "  vm00: remove default route via 10.0.3.1\n"
	    "  vm00: remove address 10.0.3.3/24\n"
	    "  vm00: add address 10.0.3.4/24\n"
	    "  vm00: add default route via 10.0.3.1\n");
}

/* Never a second one, nor a route beside that of somebody else. */
static void
test_ipv4_of_others(void **state)
{
	struct machine h;

	(void)state;
	settle4(&h);
	h.addresses[h.s.naddresses - 1].proto = 0;
	h.containers[0].route4.protocol = RTPROT_BOOT;
	plans(&h, CONFIG4, "");
	prefix_parse(&h.containers[0].route4.gateway, "10.0.3.254");
	plans(&h, CONFIG4, "");
	h.addresses[h.s.naddresses - 1].prefix.bytes[3] = 77;
	plans(&h, CONFIG4, "");
	h.containers[0].has_default4 = false;
	plans(&h, CONFIG4, "");
	prefix_parse(&h.addresses[h.s.naddresses - 1].prefix, "169.254.7.7/16");
	plans(&h, CONFIG4,
	    "  vm00: add address 10.0.3.3/24\n"
	    "  vm00: add default route via 10.0.3.1\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forwarding4),
		cmocka_unit_test(test_forwarding4_noted),
		cmocka_unit_test(test_ipv4),
		cmocka_unit_test(test_ipv4_replaced),
		cmocka_unit_test(test_ipv4_of_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
