/* What is told for which difference, and which rules are trusted: the kernel's
 * door is replaced by one that says what a test wants it to. */
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

#include "core/plan/fw.h"
#include "core/plan/plan.h"
#include "core/plan/ruleset_build.h"
#include "core/state/drift.h"
#include "core/state/rule_notes.h"

#include "lib/folder.h"
#include "lib/machine.h"

#define CONFIG                                                                 \
	"uplink eth0\n"                                                        \
	"bridge lxcbr0 ula " ULA "1/64\n"                                      \
	"container vm00 on lxcbr0 ula " ULA "3\n"
#define RULES CONFIG "forward tcp 80 to vm00:80\n"
#define LESS CONFIG "forward tcp 79 to vm00:79\n"
#define MORE RULES "forward tcp 81 to vm00:81\n"

#define SHAPE 0x5ea9e
#define ELEMENTS 0xe1e

/* The kernel's door */

static struct {
	struct drift_rules now;
	const struct model *loaded; /* whose rules it has */
	const struct config *committed;
	bool forgotten; /* what was committed */
	uint32_t generation;
	uint64_t identity; /* of its namespace; 0: it has none */
	unsigned listed;   /* times */
	unsigned read;	   /* rules, elements and counters */
	bool no_rules;	   /* can be read */
	bool no_elements;  /* likewise */
	uid_t user;
} kernel;

int __wrap_net_rules(struct net *, const char *, struct rules *, struct err *);
int __wrap_net_elements(struct net *, const char *, uint64_t *, struct err *);
int __wrap_net_generation(struct net *, uint32_t *, struct err *);
uint64_t __wrap_net_identity(struct net *);
int __wrap_net_counters(
    struct net *, const char *, struct counters *, struct err *);
int __wrap_net_counters_at(struct net *, const char *, struct counters *,
    const size_t *, size_t, struct err *);
int __wrap_fw_read(struct ruleset *, struct err *);
int __wrap_history_committed(const struct host *, struct config *);
uid_t __wrap_geteuid(void);

uid_t
__wrap_geteuid(void)
{
	return kernel.user;
}

int
__wrap_net_rules(struct net *net UNUSED, const char *table UNUSED,
    struct rules *out, struct err *e)
{
	kernel.read++;
	if (kernel.no_rules)
		return err_set(e, ERR_FAIL, "cannot read the rules");
	*out = kernel.now.rules;
	return 0;
}

int
__wrap_net_elements(struct net *net UNUSED, const char *table UNUSED,
    uint64_t *digest, struct err *e)
{
	kernel.read++;
	if (kernel.no_elements)
		return err_set(e, ERR_FAIL, "cannot read the elements");
	*digest = kernel.now.elements;
	return 0;
}

int
__wrap_net_generation(
    struct net *net UNUSED, uint32_t *id, struct err *e UNUSED)
{
	*id = kernel.generation;
	return 0;
}

uint64_t
__wrap_net_identity(struct net *net UNUSED)
{
	return kernel.identity;
}

/* Those of what is loaded. */
int
__wrap_net_counters(struct net *net UNUSED, const char *table UNUSED,
    struct counters *c, struct err *e UNUSED)
{
	struct ruleset r;
	size_t i;

	kernel.read++;
	ruleset_build(&r, kernel.loaded);
	c->n = r.counters.n;
	c->v = xcalloc(c->n, sizeof(*c->v));
	for (i = 0; i < c->n; i++)
		c->v[i].name = xstrdup(r.counters.v[i].key);
	ruleset_free(&r);
	return 0;
}

int
__wrap_net_counters_at(struct net *net UNUSED, const char *table UNUSED,
    struct counters *c, const size_t *places, size_t n, struct err *e UNUSED)
{
	size_t i;

	for (i = 0; i < n; i++)
		c->v[places[i]].packets = 70 + i;
	return 0;
}

int
__wrap_fw_read(struct ruleset *have, struct err *e UNUSED)
{
	kernel.listed++;
	ruleset_build(have, kernel.loaded);
	have->built = false;
	return 0;
}

/* What was committed last is what the kernel has loaded. */
int
__wrap_history_committed(const struct host *h UNUSED, struct config *c)
{
	config_copy(c, kernel.committed);
	return kernel.forgotten ? -1 : 0;
}

/* A host */

struct resolved {
	struct config config;
	struct model model;
};

struct place {
	struct machine m;
	struct host h;
	struct resolved loaded, wanted; /* in the kernel, and now */
};

static void
resolve(const struct place *p, const char *text, struct resolved *to)
{
	struct err e;

	model_free(&to->model);
	config_free(&to->config);
	if (config_parse(&to->config, text, NULL, &e) != 0 ||
	    model_build_lenient(&to->model, &to->config, &p->h.snapshot, &e) !=
		0)
		fail_msg("%s", e.text);
}

static void
want(struct place *p, const char *text)
{
	resolve(p, text, &p->wanted);
}

static uint64_t
marks(const struct model *m)
{
	struct ruleset r;
	uint64_t sum;

	ruleset_build(&r, m);
	sum = ruleset_marks(&r);
	ruleset_free(&r);
	return sum;
}

/* As that config wants it, and the kernel has it so. */
static void
open_place(struct place *p, void **state, const char *text)
{
	memset(p, 0, sizeof(*p));
	machine_boot(&p->m);
	machine_settle(&p->m);
	machine_address(&p->m, NSID_SELF, ETH0, "2001:db8::10/64");
	p->h.snapshot = p->m.s;
	p->h.run_path = *state;
	resolve(p, text, &p->loaded);
	want(p, text);
	memset(&kernel, 0, sizeof(kernel));
	kernel.loaded = &p->loaded.model;
	kernel.committed = &p->loaded.config;
	kernel.now = (struct drift_rules){ .rules = { .present = true,
					       .marks = marks(kernel.loaded),
					       .shape = SHAPE },
		.has_elements = true,
		.elements = ELEMENTS };
}

/* The folder starts anew as well. */
static void
close_place(struct place *p)
{
	model_free(&p->loaded.model);
	model_free(&p->wanted.model);
	config_free(&p->loaded.config);
	config_free(&p->wanted.config);
	folder_write(p->h.run_path, "ruleset", "");
	folder_write(p->h.run_path, "made", "");
}

static struct wish
wish(const struct place *p)
{
	struct ruleset r;
	struct wish w;

	ruleset_build(&r, &p->wanted.model);
	w = wish_of(&r);
	ruleset_free(&r);
	return w;
}

static void
note(const struct place *p, uint64_t with, uint64_t shape, uint64_t elements)
{
	const struct rule_note n = { .marks = with,
		.shape = shape,
		.want = wish(p).digest,
		.elements = elements };
	struct err e;

	if (rule_notes_add(p->h.run_path, &n, &e) != 0)
		fail_msg("%s", e.text);
}

/* Differences */

static void
nothing(struct place *p)
{
	(void)p;
}

static void
sysctl(struct place *p)
{
	p->m.links[LXCBR0 - 1].conf[CONF_ACCEPT_RA] = 1;
}

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
no_table(struct place *p)
{
	(void)p;
	memset(&kernel.now.rules, 0, sizeof(kernel.now.rules));
}

static void
other_rules(struct place *p)
{
	(void)p;
	kernel.now.rules.marks++;
}

/* Of what seki wrote for what was there then. */
static void
dated_rules(struct place *p)
{
	other_rules(p);
	note(p, kernel.now.rules.marks, SHAPE, ELEMENTS);
}

static void
dated_and_asleep(struct place *p)
{
	dated_rules(p);
	kernel.now.rules.flags = 1;
}

static void
dated_and_edited(struct place *p)
{
	dated_rules(p);
	kernel.now.rules.shape++;
}

static void
asleep(struct place *p)
{
	(void)p;
	kernel.now.rules.flags = 1;
}

static void
edited(struct place *p)
{
	note(p, kernel.now.rules.marks, SHAPE - 1, ELEMENTS);
}

static void
noted(struct place *p)
{
	note(p, kernel.now.rules.marks, SHAPE, ELEMENTS);
}

static void
elements(struct place *p)
{
	note(p, kernel.now.rules.marks, SHAPE, ELEMENTS - 1);
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
		free(counters[i].name);
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

#define TABLE "table inet seki "

static const struct {
	const char *config;
	void (*meddle)(struct place *);
	const char *lines;
	bool meddled; /* with our rules */
} differences[] = {
	{ RULES, nothing, "", false },
	{ RULES, noted, "", false },
	{ RULES, sysctl, "net/ipv6/conf/lxcbr0/accept_ra 1 -> 0\n", false },
	{ RULES, address, "vm00: add address " ULA "3/64\n", false },
	{ RULES, by_the_journal, "lxcbr0: remove address 2001:db8::10/64\n",
	    false },
	{ RULES, no_table, TABLE "is gone\n", true },
	{ CONFIG, no_table, "", false },
	{ CONFIG, nothing, TABLE "is there, and nothing asks for it\n", true },
	{ RULES, other_rules, TABLE "has other rules\n", true },
	{ RULES, dated_rules, TABLE "has other rules\n", false },
	{ RULES, dated_and_asleep, TABLE "has other rules\n", true },
	{ RULES, dated_and_edited, TABLE "has other rules\n", true },
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
	sysctl(&p);
	other_rules(&p);
	assert_true(drift_compare(&p.h, &p.wanted.model, NULL, &lines));
	assert_string_equal(buf_text(&lines),
	    "net/ipv6/conf/lxcbr0/accept_ra 1 -> 0\n"
	    "br7 is not there\n");
	buf_free(&lines);
	close_place(&p);
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
	{ CONFIG, no_table, NO_STEP, 0 },
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
	sysctl(&p);
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
	sysctl(&p);
	finds(&p, &seen, 0, 1);
	want(&p, MORE);
	finds(&p, &seen, 1, 2);
	finds(&p, &seen, 1, 2);
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
	sysctl(p);
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

static void
between(struct place *p)
{
	other_rules(p);
	p->h.pending.phase = PENDING_APPLYING;
}

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
		{ sysctl, "", "net/ipv6/conf/lxcbr0/accept_ra 1 -> 0\n",
		    false },
		{ other_rules, "", TABLE "has other rules\n", true },
		{ elements, "", TABLE "has elements that were edited\n", true },
		{ loses_its_elements, "", "", false },
		{ loses_its_rules, "", "", false },
		{ only_the_rules, "", "net/ipv6/conf/lxcbr0/accept_ra 1 -> 0\n",
		    false },
		/* what it could not correct, while it is not seen anew */
		{ nothing, "one\ntwo\n", "one\ntwo\n", false },
		{ sysctl, "one\n", "net/ipv6/conf/lxcbr0/accept_ra 1 -> 0\n",
		    false },
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
	bool rules;

	for (i = 0; i < NITEMS(looks); i++) {
		open_place(&p, state, RULES);
		assert_int_equal(config_parse(&p.h.saved, RULES, NULL, &e), 0);
		looks[i].meddle(&p);
		assert_int_equal(drift_tell(&p.h, looks[i].told, &e), 0);
		n = drift_look(&p.h, &lines, &rules);
		if (strcmp(buf_text(&lines), looks[i].lines) != 0 ||
		    rules != looks[i].rules)
			fail_msg("%zu: %d %s", i, rules, buf_text(&lines));
		assert_int_equal(n, count_lines(looks[i].lines));
		buf_reset(&lines);
		config_free(&p.h.saved);
		close_place(&p);
	}
	buf_free(&lines);
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
	bool rules;

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
		assert_int_equal(drift_look(&p.h, &lines, &rules), 0);
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
		FOLDER_TEST(test_trust),
		FOLDER_TEST(test_unread),
		FOLDER_TEST(test_notes_of_find),
		FOLDER_TEST(test_seen),
		FOLDER_TEST(test_look),
		FOLDER_TEST(test_remember),
		FOLDER_TEST(test_untouched),
		FOLDER_TEST(test_untouched_otherwise),
		FOLDER_TEST(test_notes),
		cmocka_unit_test(test_generation),
		FOLDER_TEST(test_config),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
