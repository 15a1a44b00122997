/* Which rules are trusted to be what seki wrote, so that they need not be
 * listed, and what is noted for that. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/plan/plan.h"
#include "core/plan/ruleset_build.h"

#include "lib/folder.h"
#include "lib/loaded.h"

/* What may have happened */

static void
another_loaded(struct place *p)
{
	note(p, kernel.now.rules.marks - 1, SHAPE, ELEMENTS);
}

/* As what is wanted is noted, with all its counters, which have counted. */
static void
noted_in_full(struct place *p)
{
	static struct counter counters[16];
	struct ruleset r;
	size_t i;

	noted(p);
	ruleset_build(&r, &p->wanted.model);
	assert_true(r.counters.n <= NITEMS(counters));
	for (i = 0; i < r.counters.n; i++) {
		free((char *)(uintptr_t)counters[i].name);
		counters[i] =
		    (struct counter){ .name = xstrdup(r.counters.v[i].key),
			    .packets = 70 + i,
			    .bytes = 9000 + i };
	}
	p->h.counters.v = counters;
	p->h.counters.n = r.counters.n;
	ruleset_free(&r);
}

static void
noted_and_forgotten(struct place *p)
{
	noted_in_full(p);
	kernel.forgotten = true;
}

static void
lacking_a_counter(struct place *p)
{
	noted_in_full(p);
	p->h.counters.n--;
}

static void
other_elements(struct place *p)
{
	noted_in_full(p);
	kernel.now.elements++;
}

static void
other_marks(struct place *p)
{
	noted_in_full(p);
	other_rules(p);
}

static void
edited_since(struct place *p)
{
	noted_in_full(p);
	kernel.now.rules.shape++;
}

/* Planning */

enum trust {
	NO_STEP,
	A_CHANGE,  /* of what differs */
	ALL_RULES, /* whatever their marks say */
	ANEW,
};

static const struct planned {
	const char *wanted;
	void (*meddle)(struct place *);
	enum trust trust;
	unsigned listed; /* the table is, so many times */
} plans[] = {
	{ RULES, nothing, NO_STEP, 1 },
	{ RULES, noted, NO_STEP, 1 },
	{ RULES, dated_rules, NO_STEP, 1 },
	{ RULES, edited, ALL_RULES, 1 },
	{ RULES, asleep, ANEW, 0 },
	{ RULES, dated_and_asleep, ANEW, 0 },
	{ MORE, nothing, A_CHANGE, 1 },
	{ MORE, noted, A_CHANGE, 1 },
	{ MORE, edited, ALL_RULES, 1 },
	{ MORE, asleep, ANEW, 0 },
	/* another text than that of the note was loaded */
	{ RULES, another_loaded, NO_STEP, 1 },
	{ MORE, another_loaded, ALL_RULES, 1 },
	/* nothing can be to do */
	{ RULES, noted_in_full, NO_STEP, 0 },
	{ RULES, lacking_a_counter, NO_STEP, 1 },
	{ RULES, other_elements, NO_STEP, 1 },
	{ RULES, other_marks, NO_STEP, 1 },
	{ RULES, edited_since, ALL_RULES, 1 },
	/* what the last commit wanted is there */
	{ MORE, noted_in_full, A_CHANGE, 0 },
	{ LESS, noted_in_full, A_CHANGE, 0 },
	{ RULES, no_table, ALL_RULES, 0 },
	{ CONFIG, no_table, ALL_RULES, 0 },
	{ IDLE, unsettled, NO_STEP, 0 },
	{ MORE, noted_and_forgotten, A_CHANGE, 1 },
	{ MORE, lacking_a_counter, A_CHANGE, 1 },
	{ MORE, other_elements, A_CHANGE, 1 },
	{ MORE, other_marks, ALL_RULES, 1 },
	{ MORE, edited_since, ALL_RULES, 1 },
};

static enum trust
trust_of(const struct plan *p)
{
	static const char anew[] =
	    "add table inet seki\ndelete table inet seki\n";

	if (p->n == 0)
		return NO_STEP;
	assert_int_equal(p->n, 1);
	if (has_prefix(p->v[0].text, anew))
		return ANEW;
	return has_prefix(p->v[0].text, "add table inet seki\n") ? ALL_RULES
								 : A_CHANGE;
}

/* What is known of a table leads back to it, with the counts of all counters,
 * or of those alone that the step deletes. */
static void
assert_way_back(struct place *p, struct plan *plan, bool lasting)
{
	static const struct table_digest noted = { .shape = SHAPE,
		.elements = ELEMENTS };
	struct step *s = &plan->v[0];
	const char *counted, *deleted;

	drift_complete(&p->h, plan, lasting);
	if (trust_of(plan) != A_CHANGE) {
		assert_string_equal(s->back, "delete table inet seki\n");
		assert_string_equal(s->undo, "");
		assert_int_equal(s->was.shape, 0);
		return;
	}
	assert_non_null(strstr(s->back, "delete counter inet seki tcp-"));
	counted = strstr(s->undo, "counter inet seki tcp-80-in packets 7");
	deleted = strstr(s->text, "delete counter inet seki tcp-80-in\n");
	assert_int_equal(counted != NULL, lasting || deleted != NULL);
	assert_int_equal(s->was.shape, noted.shape);
	assert_int_equal(s->was.elements, noted.elements);
	assert_int_equal(s->was.marks, kernel.now.rules.marks);
}

static void
test_trust(void **state)
{
	const struct planned *c;
	struct wish wanted;
	struct plan plan;
	struct place p;
	struct err e;
	size_t i;
	bool known;

	for (i = 0; i < 2 * NITEMS(plans); i++) {
		c = &plans[i / 2];
		open_place(&p, state, RULES);
		c->meddle(&p);
		want(&p, c->wanted);
		assert_int_equal(drift_plan(&p.h, &p.wanted.model, &p.m.journal,
				     &wanted, &plan, &e),
		    0);
		assert_int_equal(wanted.digest, wish(&p).digest);
		if (trust_of(&plan) != c->trust)
			fail_msg("%zu: %d", i, (int)trust_of(&plan));
		/* libnftables is not asked about a table that sleeps */
		if (kernel.listed != c->listed)
			fail_msg("%zu: listed %d times", i, kernel.listed);
		known = plan.n > 0 && step_is_known(&plan.v[0]);
		assert_int_equal(known, kernel.listed == 0 && plan.n > 0 &&
					    trust_of(&plan) != ANEW);
		if (known)
			assert_way_back(&p, &plan, i % 2 > 0);
		plan_free(&plan);
		close_place(&p);
	}
}

/* An address comes in the place of another: what the rules were last right for
 * is enough to know what they are. */
static void
move_address(struct place *p, struct machine *was)
{
	*was = p->m;
	was->s = p->h.snapshot;
	was->s.links = was->links;
	was->s.addresses = was->addresses;
	was->s.routes = was->routes;
	was->s.inward = was->inward;
	was->s.containers = was->containers;
	p->m.addresses[p->h.snapshot.naddresses - 1].prefix.bytes[15] = 0x77;
	want(p, RULES);
}

static void
test_moved_address(void **state)
{
	struct machine was;
	struct wish wanted;
	struct plan plan;
	struct place p;
	struct err e;
	unsigned known;

	for (known = 0; known < 2; known++) {
		open_place(&p, state, RULES);
		noted_in_full(&p);
		move_address(&p, &was);
		if (known)
			p.h.former = was.s;
		assert_int_equal(drift_plan(&p.h, &p.wanted.model, &p.m.journal,
				     &wanted, &plan, &e),
		    0);
		assert_int_equal(trust_of(&plan), A_CHANGE);
		assert_non_null(
		    strstr(plan.v[0].text, "2001:db8::77 . 6 . 80"));
		assert_int_equal(kernel.listed, !known);
		assert_int_equal(step_is_known(&plan.v[0]), known);
		plan_free(&plan);
		close_place(&p);
	}
}

/* Nobody can tell what there is, and so nothing is planned. */
static void
test_unread(void **state)
{
	struct drift_seen seen = { 0 };
	struct wish wanted;
	struct plan plan;
	struct place p;
	struct err e;

	open_place(&p, state, RULES);
	kernel.no_rules = true;
	assert_int_equal(
	    drift_plan(&p.h, &p.wanted.model, &p.m.journal, &wanted, &plan, &e),
	    -1);
	assert_string_equal(e.text, "cannot read the rules");
	plan_free(&plan);
	assert_int_equal(
	    drift_find(&p.h, &p.wanted.config, &seen, NULL, &plan, &e), -1);
	assert_false(seen.right);
	plan_free(&plan);
	close_place(&p);
}

/* What cannot be carried out is told, and so is a journal that cannot be read,
 * which does not keep the rest from being planned. */
static void
test_notes_of_find(void **state)
{
	char *made = xasprintf("%s/made", (char *)*state);
	struct buf notes = { 0 };
	struct plan plan;
	struct place p;
	struct err e;

	open_place(&p, state, RULES "bridge br7\n");
	other_sysctl(&p);
	remove(made);
	assert_int_equal(mkdir(made, 0700), 0);
	assert_int_equal(
	    drift_find(&p.h, &p.wanted.config, NULL, &notes, &plan, &e), 0);
	assert_int_equal(plan.n, 1);
	assert_true(
	    has_prefix(buf_text(&notes), "br7 is not there\ncannot read "));
	assert_int_equal(rmdir(made), 0);
	plan_free(&plan);
	buf_free(&notes);
	close_place(&p);
	free(made);
}

static void
finds(struct place *p, struct drift_seen *seen, unsigned listed, size_t steps)
{
	struct plan plan;
	struct err e;

	kernel.listed = 0;
	if (drift_find(&p->h, &p->wanted.config, seen, NULL, &plan, &e) != 0)
		fail_msg("%s", e.text);
	assert_int_equal(kernel.listed, listed);
	assert_int_equal(plan.n, steps);
	plan_free(&plan);
}

/* Listing takes long, so rules that were found right are not listed again
 * before they, or what is wanted, have changed. */
static void
test_seen(void **state)
{
	struct drift_seen seen = { 0 };
	struct place p;

	open_place(&p, state, RULES);
	finds(&p, &seen, 1, 0);
	finds(&p, &seen, 0, 0);
	finds(&p, NULL, 1, 0);
	kernel.generation++;
	finds(&p, &seen, 1, 0);
	other_sysctl(&p);
	finds(&p, &seen, 0, 1);
	want(&p, MORE);
	finds(&p, &seen, 1, 2);
	finds(&p, &seen, 1, 2);
	close_place(&p);
}

/* Notes */

static void
assert_notes(const char *folder, size_t n)
{
	char *text = folder_read(folder, "ruleset");

	assert_int_equal(strlen(text), n * 6 * 17);
	free(text);
}

static void
test_remember(void **state)
{
	struct rule_note noted;
	uint64_t want;
	struct place p;
	struct err e;

	open_place(&p, state, RULES);
	want = wish(&p).digest;
	kernel.generation = 7;
	/* somebody has written since */
	assert_int_equal(drift_remember(&p.h, want, 6, &e), 0);
	assert_int_equal(
	    rule_notes_recall(*state, &kernel.now.rules), RULES_UNKNOWN);
	kernel.now.rules.present = false;
	assert_int_equal(drift_remember(&p.h, want, 7, &e), 0);
	kernel.now.rules.present = true;
	assert_int_equal(
	    rule_notes_recall(*state, &kernel.now.rules), RULES_UNKNOWN);
	assert_int_equal(drift_remember(&p.h, want, 7, &e), 0);
	assert_int_equal(
	    rule_notes_recall(*state, &kernel.now.rules), RULES_AS_NOTED);
	assert_true(rule_notes_find(*state, want, &noted));
	assert_int_equal(noted.elements, ELEMENTS);
	assert_notes(*state, 1);
	close_place(&p);
}

/* Who has written nothing, nobody needs to look after. */

static void
nobody(void)
{
}

static void
somebody_wrote(void)
{
	kernel.generation++;
}

static void
a_boot(void)
{
	kernel.identity++;
}

static void
an_old_kernel(void)
{
	kernel.identity = 0;
}

static const struct {
	void (*happened)(void);
	const char *wanted;
	bool looked;
} sightless[] = {
	{ nobody, RULES, false },
	{ nobody, MORE, false },
	{ somebody_wrote, RULES, true },
	{ somebody_wrote, MORE, true },
	{ a_boot, RULES, true },
	{ a_boot, MORE, true },
	{ an_old_kernel, RULES, true },
};

static void
test_untouched(void **state)
{
	struct buf lines = { 0 };
	struct drift_seen never;
	struct plan plan;
	struct place p;
	struct err e;
	size_t i;
	bool rules, applies;

	for (i = 0; i < NITEMS(sightless); i++) {
		open_place(&p, state, RULES);
		kernel.identity = 77;
		kernel.generation = 7;
		p.h.counted = COUNT_NONE;
		assert_int_equal(
		    drift_remember(&p.h, wish(&p).digest, 7, &e), 0);
		sightless[i].happened();
		config_parse(&p.h.saved, RULES, NULL, &e);
		kernel.read = 0;
		assert_int_equal(drift_look(&p.h, &lines, &rules, &applies), 0);
		assert_int_equal(kernel.read > 0, sightless[i].looked);
		want(&p, sightless[i].wanted);
		memset(&never, 0, sizeof(never));
		kernel.read = 0;
		if (drift_find(
			&p.h, &p.wanted.config, &never, NULL, &plan, &e) != 0)
			fail_msg("%s", e.text);
		assert_int_equal(
		    plan.n, strcmp(sightless[i].wanted, MORE) == 0);
		assert_int_equal(kernel.listed, 0);
		/* of counters, what they have counted, for the way back */
		if ((kernel.read > plan.n) != sightless[i].looked)
			fail_msg("%zu: %u", i, kernel.read);
		plan_free(&plan);
		config_free(&p.h.saved);
		close_place(&p);
	}
	buf_free(&lines);
}

/* A later note is of what is there now. What was wanted before may have the
 * same rules and elements, and other counters. */
static void
test_untouched_otherwise(void **state)
{
	struct drift_seen never = { 0 };
	struct place p;
	struct err e;

	open_place(&p, state, RULES);
	kernel.identity = 77;
	kernel.generation = 7;
	p.h.counted = COUNT_NONE;
	assert_int_equal(drift_remember(&p.h, wish(&p).digest, 7, &e), 0);
	kernel.generation = 8;
	assert_int_equal(drift_remember(&p.h, 4711, 8, &e), 0);
	kernel.read = 0;
	finds(&p, &never, 0, 0);
	assert_int_equal(kernel.read, 1); /* the counters */
	/* one that sleeps is not noted as it is */
	kernel.now.rules.flags = 1;
	kernel.generation = 9;
	assert_int_equal(drift_remember(&p.h, wish(&p).digest, 9, &e), 0);
	finds(&p, NULL, 0, 1);
	close_place(&p);
}

static void
test_notes(void **state)
{
	struct rule_note n = { .want = 1 };
	struct rules now = { .present = true };
	struct rule_note then;
	struct err e;
	char *text;

	/* the oldest of eight goes */
	for (n.marks = 1; n.marks <= 9; n.marks++) {
		n.shape = n.marks + 100;
		n.want = n.marks + 200;
		n.elements = n.marks + 300;
		assert_int_equal(rule_notes_add(*state, &n, &e), 0);
	}
	assert_notes(*state, 8);
	for (now.marks = 1; now.marks <= 10; now.marks++) {
		now.shape = now.marks + 100;
		assert_int_equal(rule_notes_recall(*state, &now),
		    now.marks == 1 || now.marks == 10 ? RULES_OTHER
						      : RULES_AS_NOTED);
	}
	now.marks = 5;
	assert_int_equal(rule_notes_recall(*state, &now), RULES_EDITED);
	now.present = false;
	assert_int_equal(rule_notes_recall(*state, &now), RULES_UNKNOWN);
	assert_true(rule_notes_find(*state, 205, &then));
	assert_int_equal(then.elements, 305);
	assert_false(rule_notes_find(*state, 201, &then));
	/* the same again is one, with what is so now */
	n = (struct rule_note){ 5, 105, 205, 999, 0, 0 };
	assert_int_equal(rule_notes_add(*state, &n, &e), 0);
	assert_true(rule_notes_find(*state, 205, &then));
	assert_int_equal(then.elements, 999);
	text = folder_read(*state, "ruleset");
	assert_notes(*state, 8);
	assert_null(strstr(text, "0000000000000131")); /* 305 */
	free(text);
	/* of an older seki, which does not tell when */
	folder_write(*state, "ruleset", "5 69 cd 131\n");
	assert_true(rule_notes_find(*state, 205, &then));
	assert_int_equal(then.elements, 305);
	assert_false(rule_notes_now(*state, 0, 0, &then));
	/* of somebody else */
	folder_write(*state, "ruleset", "[Unit]\nx\n5 69\n");
	now.present = true;
	assert_int_equal(rule_notes_recall(*state, &now), RULES_UNKNOWN);
}

static void
test_generation(void **state)
{
	struct plan p = { 0 };
	struct step *s;

	(void)state;
	assert_int_equal(drift_generation(7, &p), 7);
	plan_add(&p, STEP_ADDRESS_ADD, "x")->done = true;
	s = plan_add(&p, STEP_RULESET, "seki");
	assert_int_equal(drift_generation(7, &p), 7);
	s->done = true;
	assert_int_equal(drift_generation(7, &p), 8);
	assert_int_equal(drift_generation(UINT32_MAX, &p), 0);
	plan_free(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FOLDER_TEST(test_trust),
		FOLDER_TEST(test_moved_address),
		FOLDER_TEST(test_unread),
		FOLDER_TEST(test_notes_of_find),
		FOLDER_TEST(test_seen),
		FOLDER_TEST(test_remember),
		FOLDER_TEST(test_untouched),
		FOLDER_TEST(test_untouched_otherwise),
		FOLDER_TEST(test_notes),
		cmocka_unit_test(test_generation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
