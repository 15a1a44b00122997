/* What is asked of the kernel before a plan is carried out: libnftables is
 * replaced by one that takes what a test wants it to. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/util.h"
#include "core/commit/dry_run.h"
#include "core/plan/fw.h"
#include "core/plan/plan.h"

static const char *saved; /* NULL: cannot be listed */
static const char *taken; /* the one text that the kernel would take */

char *__wrap_fw_save(struct err *);
int __wrap_fw_try(const char *, struct err *);

char *
__wrap_fw_save(struct err *e)
{
	if (saved != NULL)
		return xstrdup(saved);
	err_set(e, ERR_FAIL, "no list");
	return NULL;
}

int
__wrap_fw_try(const char *commands, struct err *e)
{
	if (strcmp(commands, taken) == 0)
		return 0;
	return err_set(e, ERR_FAIL, "%s is refused", commands);
}

/* A table with nothing in it. */
#define ANEW RULESET_CLEAR RULESET_ADD

static const struct {
	bool with_others, check;
	bool known;		   /* what there was */
	bool anew;		   /* it may be made */
	const char *saved, *taken; /* see above */
	const char *error;	   /* NULL: it may be carried out, */
	const char *text;	   /* so; NULL: there is no step left */
} cases[] = {
	{ true, false, false, false, "table\n", "change", NULL, "change" },
	{ true, false, false, true, "table\n", "change", NULL, "change" },
	{ true, false, false, true, "", "change", NULL, "change" },
	{ true, false, false, true, "table\n", ANEW, NULL, ANEW },
	{ true, false, false, true, "table\n", "", "change is refused",
	    "change" },
	{ true, false, false, false, "", ANEW, "change is refused", "change" },
	{ true, false, false, true, NULL, "change", "no list", NULL },
	/* it is all that is done, and tells by itself */
	{ false, false, false, true, "table\n", "", NULL, "change" },
	{ false, true, false, true, "table\n", ANEW, NULL, ANEW },
	{ false, true, false, true, "table\n", "", "change is refused",
	    "change" },
	{ false, false, false, true, NULL, "change", "no list", NULL },
	/* it has an undo, and nobody is asked for one */
	{ true, false, true, true, NULL, "change", NULL, "change" },
	{ true, false, true, true, NULL, ANEW, NULL, ANEW },
	{ false, false, true, true, NULL, "", NULL, "change" },
};

/* Of rulesets that are empty. */
static void
know(struct plan *p, bool anew, bool known)
{
	struct step *s = &p->v[p->n - 1];
	struct ruleset want = { .present = true }, have = { .present = true };

	s->before = s->after = true;
	if (known || anew)
		plan_take_rules(p, &want, known ? &have : NULL);
}

static bool
has_anew(const struct step *s)
{
	char *anew = step_anew(s);
	bool has = anew != NULL;

	free(anew);
	return has;
}

static void
test_rules(void **state)
{
	struct plan p;
	struct step *s;
	struct err e;
	size_t i, others;
	bool untried;

	(void)state;
	for (i = 0; i < NITEMS(cases); i++) {
		memset(&p, 0, sizeof(p));
		if (cases[i].with_others)
			plan_add(&p, STEP_ADDRESS_ADD, "lxcbr0");
		s = plan_add(&p, STEP_RULESET, "seki");
		s->text = xstrdup("change");
		know(&p, cases[i].anew, cases[i].known);
		saved = cases[i].saved;
		taken = cases[i].taken;
		assert_int_equal(dry_run(&p, NULL, cases[i].check, &e),
		    cases[i].error != NULL ? -1 : 0);
		if (cases[i].error != NULL)
			assert_string_equal(e.text, cases[i].error);
		others = cases[i].with_others;
		untried = !cases[i].with_others && !cases[i].check;
		assert_int_equal(p.n, others + (cases[i].text != NULL));
		if (cases[i].text != NULL) {
			assert_string_equal(p.v[others].text, cases[i].text);
			if (cases[i].known)
				assert_null(p.v[others].undo);
			else
				assert_string_equal(p.v[others].undo, saved);
		}
		if (cases[i].error == NULL)
			assert_int_equal(has_anew(&p.v[others]), untried);
		plan_free(&p);
	}
}

/* Nobody is asked about what changes no rules. */
static void
test_no_rules(void **state)
{
	struct plan p = { 0 };
	struct err e;

	(void)state;
	saved = NULL;
	assert_int_equal(dry_run(&p, NULL, true, &e), 0);
	plan_add(&p, STEP_ADDRESS_ADD, "lxcbr0");
	assert_int_equal(dry_run(&p, NULL, true, &e), 0);
	assert_int_equal(p.n, 1);
	plan_free(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_no_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
