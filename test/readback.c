/* Whether what is left to do after a commit is its failure. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/util.h"
#include "core/commit/readback.h"
#include "core/plan/plan.h"

#define ULA "fd5a:1c2e:90b1::"

/* A step of the host, or of a container, which is told by its name. */
struct brief {
	enum step_number kind;
	const char *name; /* NULL: no step */
	bool inside, failed;
};

static void
fill(struct plan *p, const struct brief *v, size_t n)
{
	static const struct container somewhere;
	struct step *s;
	size_t i;

	memset(p, 0, sizeof(*p));
	for (i = 0; i < n && v[i].name != NULL; i++) {
		s = plan_add(p, v[i].kind, v[i].name);
		s->container = v[i].inside ? &somewhere : NULL;
		s->failed = v[i].failed;
		prefix_parse(&s->address.prefix, ULA "3/64");
		s->before = 1;
	}
}

#define MISSING "the kernel does not have what was committed; missing: "

static const struct {
	struct brief done[2], left[2];
	const char *error; /* NULL: it has all that could be done */
} cases[] = {
	{ .done = { { STEP_ADDRESS_ADD, "lxcbr0", false, false } } },
	/* the host's own is always missed */
	{ .left = { { STEP_ADDRESS_ADD, "lxcbr0", false, false } },
	    .error = MISSING "lxcbr0: add address " ULA "3/64" },
	{ .left = { { STEP_ADDRESS_ADD, "lxcbr0", false, false },
	      { STEP_ADDRESS_REMOVE, "eth0", false, false } },
	    .error = MISSING "lxcbr0: add address " ULA
			     "3/64, eth0: remove address " ULA "3/64" },
	/* what says nothing of its own is missed all the same */
	{ .left = { { STEP_KEEP, "eth0", false, false } }, .error = MISSING },
	/* a container that came later, or where it was tried in vain */
	{ .left = { { STEP_ADDRESS_ADD, "vm00", true, false } } },
	{ .done = { { STEP_ADDRESS_ADD, "vm00", true, true } },
	    .left = { { STEP_ADDRESS_ADD, "vm00", true, false } } },
	{ .done = { { STEP_ADDRESS_ADD, "vm00", true, false },
	      { STEP_ROUTE_ADD, "vm00", true, true } },
	    .left = { { STEP_ADDRESS_ADD, "vm00", true, false } } },
	/* and one that was served */
	{ .done = { { STEP_ADDRESS_ADD, "vm00", true, false } },
	    .left = { { STEP_ADDRESS_ADD, "vm00", true, false } },
	    .error = MISSING "vm00: add address " ULA "3/64" },
	{ .done = { { STEP_ADDRESS_ADD, "vm01", true, false } },
	    .left = { { STEP_ADDRESS_ADD, "vm00", true, false } } },
	/* an interface of that name is no container */
	{ .done = { { STEP_ADDRESS_ADD, "vm00", false, false } },
	    .left = { { STEP_ADDRESS_ADD, "vm00", true, false } } },
};

static void
test_left(void **state)
{
	struct plan done, left;
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(cases); i++) {
		fill(&done, cases[i].done, NITEMS(cases[i].done));
		fill(&left, cases[i].left, NITEMS(cases[i].left));
		memset(&e, 0, sizeof(e));
		if (readback_judge(&done, &left, &e) !=
		    (cases[i].error != NULL ? -1 : 0))
			fail_msg("%zu: %s", i, e.text);
		if (cases[i].error != NULL)
			assert_string_equal(e.text, cases[i].error);
		plan_free(&done);
		plan_free(&left);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
