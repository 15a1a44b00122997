/* What is told for which difference between a host and what was committed. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/folder.h"
#include "lib/loaded.h"

/* Differences */

static void
address(struct place *p)
{
	p->h.snapshot.naddresses = 2;
}

static void
by_the_journal(struct place *p)
{
	struct owned o = { .name = (char[]){ "lxcbr0" },
		.at = { .index = LXCBR0 } };
	struct journal j = { 0 };
	struct err e;

	p->m.addresses[3].index = LXCBR0;
	o.prefix = p->m.addresses[3].prefix;
	journal_add(&j, &o);
	assert_int_equal(journal_store(&j, p->h.run_path, &e), 0);
	journal_free(&j);
}

static void
dated_and_edited(struct place *p)
{
	dated_rules(p);
	kernel.now.rules.shape++;
}

static void
moved(struct place *p)
{
	dated_rules(p);
	folder_write(p->h.run_path, "addresses", "eth0 2001:db8::77 stable\n");
}

static void
moved_and_edited(struct place *p)
{
	moved(p);
	kernel.now.rules.shape++;
}

static void
unread_elements(struct place *p)
{
	elements(p);
	kernel.now.has_elements = false;
}

static void
elements_of_another(struct place *p)
{
	want(p, MORE);
	elements(p);
	want(p, RULES);
}

#define TABLE "table inet seki "

static const struct {
	const char *config;
	void (*meddle)(struct place *);
	const char *lines;
	bool meddled; /* with our rules */
} differences[] = {
	{ RULES, nothing, "", false },
	{ RULES, noted, "", false },
	{ RULES, other_sysctl, "net/ipv6/conf/lxcbr0/accept_ra 1 -> 0\n",
	    false },
	{ RULES, address, "vm00: add address " ULA "3/64\n", false },
	{ RULES, by_the_journal, "lxcbr0: remove address 2001:db8::10/64\n",
	    false },
	{ RULES, no_table, TABLE "is gone\n", true },
	/* without forwards, too, this host forwards, and its rules are wanted */
	{ CONFIG, no_table, TABLE "is gone\n", true },
	{ IDLE, unsettled, "", false },
	{ IDLE, nothing,
	    "vm00: remove default route via " ULA "1\n"
	    "vm00: remove address " ULA "3/64\n"
	    "lxcbr0: remove address " ULA "1/64\n" TABLE
	    "is there, and nothing asks for it\n",
	    true },
	{ RULES, other_rules, TABLE "has other rules\n", true },
	{ RULES, dated_rules, TABLE "has other rules\n", false },
	{ RULES, dated_and_asleep, TABLE "has other rules\n", true },
	{ RULES, dated_and_edited, TABLE "has other rules\n", true },
	{ RULES, moved,
	    "the rules are for 2001:db8::77, which is gone from eth0: seki "
	    "apply\nthe rules are not for 2001:db8::10 of eth0 yet: seki apply\n",
	    false },
	{ RULES, moved_and_edited, TABLE "has other rules\n", true },
	{ RULES, asleep, TABLE "is dormant\n", true },
	{ RULES, edited, TABLE "has rules that were edited\n", true },
	{ RULES, elements, TABLE "has elements that were edited\n", true },
	{ RULES, unread_elements, "", false },
	{ RULES, elements_of_another, "", false },
};

static void
test_differences(void **state)
{
	struct buf lines = { 0 };
	struct place p;
	size_t i;
	bool right;

	for (i = 0; i < NITEMS(differences); i++) {
		open_place(&p, state, differences[i].config);
		differences[i].meddle(&p);
		right =
		    drift_compare(&p.h, &p.wanted.model, &kernel.now, &lines);
		if (strcmp(buf_text(&lines), differences[i].lines) != 0 ||
		    right == differences[i].meddled)
			fail_msg("%zu: %s%d", i, buf_text(&lines), right);
		buf_reset(&lines);
		close_place(&p);
	}
	buf_free(&lines);
}

/* Links are told of, and warnings, also where the rules cannot be read. */
static void
test_unreadable_rules(void **state)
{
	struct buf lines = { 0 };
	struct place p;

	open_place(&p, state, RULES "bridge br7\n");
	other_sysctl(&p);
	other_rules(&p);
	assert_true(drift_compare(&p.h, &p.wanted.model, NULL, &lines));
	assert_string_equal(buf_text(&lines),
	    "net/ipv6/conf/lxcbr0/accept_ra 1 -> 0\n"
	    "br7 is not there\n");
	buf_free(&lines);
	close_place(&p);
}

/* What anybody is told */

static void
loses_its_rules(struct place *p)
{
	(void)p;
	kernel.no_rules = true;
}

static void
only_the_rules(struct place *p)
{
	other_sysctl(p);
	loses_its_rules(p);
}

static void
loses_its_elements(struct place *p)
{
	elements(p);
	kernel.no_elements = true;
}

static void
for_others(struct place *p)
{
	other_rules(p);
	kernel.user = 1000;
}

/* Nothing of it is a step. */
static void
down_inside(struct place *p)
{
	struct container *c = &p->m.containers[0];

	snprintf(c->inner_name, sizeof(c->inner_name), "eth0");
	c->inner_down = true;
}

static void
down_and_sysctl(struct place *p)
{
	down_inside(p);
	other_sysctl(p);
}

static void
between(struct place *p)
{
	other_rules(p);
	p->h.pending.phase = PENDING_APPLYING;
}

#define DOWN                                                                   \
	"the interface eth0 inside container vm00 is down: it gets its "       \
	"address when that is up\n"

static void
test_look(void **state)
{
	static const struct {
		void (*meddle)(struct place *);
		const char *told; /* by the service */
		const char *lines;
		bool rules;
	} looks[] = {
		{ nothing, "", "", false },
		{ other_sysctl, "", "net/ipv6/conf/lxcbr0/accept_ra 1 -> 0\n",
		    false },
		{ other_rules, "", TABLE "has other rules\n", true },
		{ elements, "", TABLE "has elements that were edited\n", true },
		{ down_inside, "", DOWN, false },
		{ down_and_sysctl, "",
		    "net/ipv6/conf/lxcbr0/accept_ra 1 -> 0\n" DOWN, false },
		{ loses_its_elements, "", "", false },
		{ loses_its_rules, "", "", false },
		{ only_the_rules, "", "net/ipv6/conf/lxcbr0/accept_ra 1 -> 0\n",
		    false },
		/* what it could not correct, while it is not seen anew */
		{ nothing, "one\ntwo\n", "one\ntwo\n", false },
		{ other_sysctl, "one\n",
		    "net/ipv6/conf/lxcbr0/accept_ra 1 -> 0\n", false },
		{ for_others, "one\n", "", false },
		{ between, "", "", false },
		/* corrected since */
		{ nothing, "", "", false },
	};
	struct buf lines = { 0 };
	struct place p;
	struct err e;
	unsigned n;
	size_t i;
	bool rules, applies;

	for (i = 0; i < NITEMS(looks); i++) {
		open_place(&p, state, RULES);
		assert_int_equal(config_parse(&p.h.saved, RULES, NULL, &e), 0);
		looks[i].meddle(&p);
		assert_int_equal(drift_tell(&p.h, looks[i].told, &e), 0);
		n = drift_look(&p.h, &lines, &rules, &applies);
		if (strcmp(buf_text(&lines), looks[i].lines) != 0 ||
		    rules != looks[i].rules)
			fail_msg("%zu: %d %s", i, rules, buf_text(&lines));
		assert_int_equal(n, count_lines(looks[i].lines));
		if (n > 0)
			assert_int_equal(
			    applies, strcmp(looks[i].lines, DOWN) != 0);
		buf_reset(&lines);
		config_free(&p.h.saved);
		close_place(&p);
	}
	buf_free(&lines);
}

/* Which config holds, by phase: what waits to be confirmed, or what is saved;
 * none while steps are carried out. */
static void
test_config(void **state)
{
	static const struct {
		enum pending_phase phase;
		const char *config; /* NULL: none */
	} cases[] = {
		{ PENDING_NONE, "uplink eth0\n" },
		{ PENDING_APPLYING, NULL },
		{ PENDING_WAITING, "uplink eth1\n" },
		{ PENDING_SAVING, "uplink eth1\n" },
		{ PENDING_REVERTING, NULL },
	};
	struct host h = { .run_path = *state };
	const struct config *c;
	struct config store;
	struct buf b = { 0 };
	struct err e;
	size_t i;

	assert_int_equal(config_parse(&h.saved, "uplink eth0\n", NULL, &e), 0);
	folder_write(*state, "pending/config", "uplink eth1\n");
	for (i = 0; i < NITEMS(cases); i++) {
		h.pending.phase = cases[i].phase;
		c = drift_config(&h, &store, &e);
		assert_int_equal(e.code, ERR_NONE);
		assert_int_equal(c == NULL, cases[i].config == NULL);
		if (c != NULL) {
			config_print(c, &b);
			assert_string_equal(buf_text(&b), cases[i].config);
			buf_reset(&b);
		}
		config_free(&store);
	}
	/* one that was edited in vain since is the one that is kept */
	h.pending.phase = PENDING_NONE;
	err_set(&h.saved_error, ERR_USAGE, "cannot parse it");
	assert_ptr_equal(drift_config(&h, &store, &e), &h.saved);
	h.pending.phase = PENDING_WAITING;
	folder_write(*state, "pending/config", "uplnk\n");
	assert_null(drift_config(&h, &store, &e));
	assert_int_not_equal(e.code, ERR_NONE);
	config_free(&store);
	config_free(&h.saved);
	/* none could ever be read: nobody knows what should be */
	memset(&h.saved, 0, sizeof(h.saved));
	h.pending.phase = PENDING_NONE;
	assert_null(drift_config(&h, &store, &e));
	assert_string_equal(e.text, "cannot parse it");
	h.saved_error.code = ERR_NONE;
	assert_ptr_equal(drift_config(&h, &store, &e), &h.saved);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FOLDER_TEST(test_differences),
		FOLDER_TEST(test_unreadable_rules),
		FOLDER_TEST(test_look),
		FOLDER_TEST(test_config),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
