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

static const struct {
	bool with_others, check;
	const char *anew, *saved, *taken; /* see above */
	const char *error;		  /* NULL: it may be carried out, */
	const char *text;		  /* so; NULL: there is no step left */
} cases[] = {
	{ true, false, NULL, "table\n", "change", NULL, "change" },
	{ true, false, "anew", "table\n", "change", NULL, "change" },
	{ true, false, "anew", "", "change", NULL, "change" },
	{ true, false, "anew", "table\n", "anew", NULL, "anew" },
	{ true, false, "anew", "table\n", "", "change is refused", "change" },
	{ true, false, NULL, "", "anew", "change is refused", "change" },
	{ true, false, "anew", NULL, "change", "no list", NULL },
	/* it is all that is done, and tells by itself */
	{ false, false, "anew", "table\n", "", NULL, "change" },
	{ false, true, "anew", "table\n", "anew", NULL, "anew" },
	{ false, true, "anew", "table\n", "", "change is refused", "change" },
	{ false, false, "anew", NULL, "change", "no list", NULL },
};

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
		s->anew = cases[i].anew != NULL ? xstrdup(cases[i].anew) : NULL;
		saved = cases[i].saved;
		taken = cases[i].taken;
		assert_int_equal(dry_run(&p, cases[i].check, &e),
		    cases[i].error != NULL ? -1 : 0);
		if (cases[i].error != NULL)
			assert_string_equal(e.text, cases[i].error);
		others = cases[i].with_others;
		untried = !cases[i].with_others && !cases[i].check;
		assert_int_equal(p.n, others + (cases[i].text != NULL));
		if (cases[i].text != NULL) {
			assert_string_equal(p.v[others].text, cases[i].text);
			assert_string_equal(p.v[others].undo, saved);
		}
		if (cases[i].error == NULL)
			assert_int_equal(p.v[others].anew != NULL, untried);
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
	assert_int_equal(dry_run(&p, true, &e), 0);
	plan_add(&p, STEP_ADDRESS_ADD, "lxcbr0");
	assert_int_equal(dry_run(&p, true, &e), 0);
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
