/* From a ruleset to another: the step, its way back, and how all of it is
 * written anew. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/plan/plan.h"
#include "core/plan/ruleset_build.h"

#include "lib/machine.h"
#include "lib/planned.h"

/* It forwards nothing, so it wants no rules. */
#define IDLE "uplink eth0\n"
#define RULES UPLINK "forward tcp 80 to vm00:80\n"

static void
forget_a_mark(struct ruleset *have)
{
	free(have->chains[0].mark);
	have->chains[0].mark = xstrdup("00000000");
	have->built = false;
}

static void
lose_the_table(struct ruleset *have)
{
	ruleset_free(have);
}

/* As a listing tells it. */
static void
list(struct ruleset *have)
{
	have->built = false;
}

static void
leave(struct ruleset *have)
{
	(void)have;
}

struct change {
	const char *before, *after;
	void (*meddle)(struct ruleset *);
	const char *words; /* "": no step */
	/* beginnings; NULL: no such text */
	const char *first, *anew, *back;
};

#define ANEW                                                                   \
	"add table inet seki\ndelete table inet seki\nadd table inet seki\n"

/* From what a config has made there to what another wants. */
static const struct change changes[] = {
	{ RULES, RULES, leave, "", NULL, NULL, NULL },
	{ IDLE, IDLE, leave, "", NULL, NULL, NULL },
	{ RULES, RULES, lose_the_table, "make it",
	    "add table inet seki\nadd counter", NULL, NULL },
	{ IDLE, RULES, leave, "make it", "add table inet seki\nadd counter",
	    NULL, NULL },
	{ RULES, RULES, forget_a_mark, "change it", "add chain", ANEW, NULL },
	{ RULES, RULES "forward tcp 81 to vm00:81\n", list, "change it",
	    "add counter inet seki tcp-81", ANEW, NULL },
	{ RULES, RULES "forward tcp 81 to vm00:81\n", leave, "change it",
	    "add counter inet seki tcp-81", ANEW, "delete element inet seki " },
	{ RULES, IDLE, leave, "delete it", "delete table inet seki\n", NULL,
	    "add table inet seki\nadd counter" },
};

static void
assert_begins(const char *text, const char *with)
{
	if (with == NULL)
		assert_null(text);
	else if (text == NULL || !has_prefix(text, with))
		fail_msg("not \"%s\" but \"%.40s\"", with, text);
}

static void
check_rules(const struct plan *p, const struct change *c)
{
	const struct step *s = p->n > 0 ? &p->v[0] : NULL;
	struct buf b = { 0 };
	char *anew;

	plan_print(p, &b);
	assert_non_null(strstr(buf_text(&b), c->words));
	assert_int_equal(plan_has_rules(p), c->first != NULL);
	assert_begins(s != NULL ? s->text : NULL, c->first);
	anew = s != NULL ? step_anew(s) : NULL;
	assert_begins(anew, c->anew);
	free(anew);
	assert_begins(s != NULL ? s->back : NULL, c->back);
	assert_begins(s != NULL ? s->undo : NULL,
	    c->back != NULL ? "add table inet seki\nadd counter" : NULL);
	buf_free(&b);
}

static void
test_rules(void **state)
{
	const struct change *c;
	struct config before, after;
	struct model m;
	struct machine h;
	struct ruleset have, want;
	struct plan p;

	(void)state;
	machine_boot(&h);
	machine_settle(&h);
	machine_address(&h, NSID_SELF, ETH0, "2001:db8::10/64");
	for (c = changes; c < changes + NITEMS(changes); c++) {
		planned_model(&h, c->before, &before, &m);
		ruleset_build(&have, &m);
		model_free(&m);
		c->meddle(&have);
		planned_model(&h, c->after, &after, &m);
		p = (struct plan){ 0 };
		ruleset_build(&want, &m);
		plan_rules(&p, &want, &have);
		plan_take_rules(&p, &want, have.built ? &have : NULL);
		if (p.n > 0)
			step_complete(&p.v[0]);
		check_rules(&p, c);
		ruleset_free(&want);
		plan_free(&p);
		model_free(&m);
		ruleset_free(&have);
		config_free(&before);
		config_free(&after);
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

/* Rules that are right by their marks are written all the same, into the chains
 * that are there; elements and counters stay. */
static void
test_rewrite(void **state)
{
	struct config config;
	struct machine h;
	struct model m;
	struct ruleset have, want;
	struct plan p = { 0 };
	char *anew;

	(void)state;
	machine_boot(&h);
	machine_settle(&h);
	machine_address(&h, NSID_SELF, ETH0, "2001:db8::10/64");
	planned_model(&h, RULES, &config, &m);
	ruleset_build(&have, &m);
	ruleset_build(&want, &m);
	plan_rewrite(&p, &want, &have);
	assert_int_equal(p.n, 1);
	assert_true(has_prefix(p.v[0].text, "add table inet seki\nadd chain"));
	assert_int_equal(
	    count(p.v[0].text, "flush chain inet seki"), have.nchains);
	assert_null(strstr(p.v[0].text, "element"));
	assert_null(strstr(p.v[0].text, "counter inet"));
	plan_take_rules(&p, &want, NULL);
	anew = step_anew(&p.v[0]);
	assert_non_null(anew);
	free(anew);
	want = *p.v[0].want;
	memset(p.v[0].want, 0, sizeof(want));
	plan_free(&p);
	plan_anew(&p, &want);
	assert_true(has_prefix(
	    p.v[0].text, "add table inet seki\ndelete table inet seki\n"));
	assert_int_equal(count(p.v[0].text, "flush"), 0);
	assert_int_not_equal(count(p.v[0].text, "add element"), 0);
	plan_take_rules(&p, &want, NULL);
	assert_null(step_anew(&p.v[0]));
	plan_free(&p);
	ruleset_free(&want);
	ruleset_free(&have);
	model_free(&m);
	config_free(&config);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_rewrite),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
