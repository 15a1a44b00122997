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
#include "core/plan/plan_file.h"
#include "core/plan/ruleset_build.h"

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

/* Stand-ins for the kernel and the disk. */

static struct {
	const char *fails;
	struct buf log;
	bool nothing_left;
} world;

int __wrap_host_refresh(struct host *, struct err *);
int __wrap_plan_read(struct plan *, const char *path, const struct snapshot *,
    struct buf *gone, struct err *);
int __wrap_drift_find(struct host *, const struct config *, struct drift_seen *,
    struct buf *notes, struct plan *, struct err *);

static int
does(const char *what, struct err *e)
{
	buf_printf(&world.log, "%s ", what);
	return strcmp(world.fails, what) == 0
		   ? err_set(e, ERR_FAIL, "cannot %s", what)
		   : 0;
}

int
__wrap_host_refresh(struct host *h UNUSED, struct err *e)
{
	return does("look", e);
}

int
__wrap_plan_read(struct plan *p, const char *path,
    const struct snapshot *s UNUSED, struct buf *gone UNUSED, struct err *e)
{
	static const struct brief step = { STEP_ADDRESS_ADD, "vm00", true,
		false };

	assert_string_equal(path, "/nowhere/pending/undo");
	fill(p, &step, 1);
	return does("read", e);
}

int
__wrap_drift_find(struct host *h UNUSED, const struct config *c UNUSED,
    struct drift_seen *seen UNUSED, struct buf *notes UNUSED, struct plan *p,
    struct err *e)
{
	static const struct brief step = { STEP_ADDRESS_ADD, "vm00", true,
		false };

	fill(p, &step, world.nothing_left ? 0 : 1);
	return does("find", e);
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

/* What cannot be looked at is not said to be there. */
static void
test_check(void **state)
{
	static const struct {
		const char *fails, *log, *error;
	} looks[] = {
		{ "", "look read find ",
		    MISSING "vm00: add address " ULA "3/64" },
		{ "look", "look ", "cannot look" },
		{ "read", "look read ", "cannot read" },
		{ "find", "look read find ", "cannot find" },
	};
	struct drift_seen seen = { 0 };
	struct host h = { .run_path = (char[]){ "/nowhere" } };
	struct config c = { 0 };
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(looks); i++) {
		world.fails = looks[i].fails;
		assert_int_equal(readback_check(&h, &c, &seen, &e), -1);
		assert_string_equal(buf_text(&world.log), looks[i].log);
		assert_string_equal(e.text, looks[i].error);
		buf_free(&world.log);
	}
	world.nothing_left = true;
	world.fails = "";
	assert_int_equal(readback_check(&h, &c, &seen, &e), 0);
	buf_free(&world.log);
}

/* Whether the rules are known to be there without a listing. */

static struct {
	struct rules rules;
	size_t elements;
	uint32_t generation;
	const char *fails;
} table;

int __wrap_net_generation(struct net *, uint32_t *, struct err *);
int __wrap_net_rules(struct net *, const char *, struct rules *, struct err *);
int __wrap_net_element_count(
    struct net *, const char *, size_t *, struct err *);

int
__wrap_net_generation(
    struct net *net UNUSED, uint32_t *id, struct err *e UNUSED)
{
	*id = table.generation;
	return strcmp(table.fails, "generation") == 0 ? -1 : 0;
}

int
__wrap_net_rules(struct net *net UNUSED, const char *name UNUSED,
    struct rules *r, struct err *e UNUSED)
{
	*r = table.rules;
	return strcmp(table.fails, "rules") == 0 ? -1 : 0;
}

int
__wrap_net_element_count(struct net *net UNUSED, const char *name UNUSED,
    size_t *n, struct err *e UNUSED)
{
	*n = table.elements;
	return strcmp(table.fails, "elements") == 0 ? -1 : 0;
}

static const struct {
	const char *fails;
	bool known, done; /* the step's way back; and it was carried out */
	uint32_t generation;
	uint64_t marks; /* more than those that are wanted */
	size_t elements;
	uint32_t flags;
	bool present, has;
} tables[] = {
	{ "", true, true, 8, 0, 0, 0, true, true },
	{ "generation", true, true, 8, 0, 0, 0, true, false },
	{ "rules", true, true, 8, 0, 0, 0, true, false },
	{ "elements", true, true, 8, 0, 0, 0, true, false },
	/* planned from a listing, or not carried out */
	{ "", false, true, 8, 0, 0, 0, true, false },
	{ "", true, false, 7, 0, 0, 0, true, false },
	/* somebody else wrote, before or after */
	{ "", true, true, 9, 0, 0, 0, true, false },
	{ "", true, true, 7, 0, 0, 0, true, false },
	{ "", true, true, 8, 1, 0, 0, true, false },
	{ "", true, true, 8, 0, 1, 0, true, false },
	{ "", true, true, 8, 0, 0, 1, true, false },
	{ "", true, true, 8, 0, 0, 0, false, false },
};

static struct wish
wish(const struct model *m)
{
	struct ruleset r;
	struct wish w;

	ruleset_build(&r, m);
	w = wish_of(&r);
	ruleset_free(&r);
	return w;
}

static void
test_rules(void **state)
{
	struct snapshot nothing = { 0 };
	struct plan done = { 0 };
	struct config c = { 0 };
	struct model m;
	struct wish want;
	struct err e;
	size_t i;

	(void)state;
	assert_int_equal(config_parse(&c, "default input deny\n", NULL, &e), 0);
	assert_int_equal(model_build(&m, &c, &nothing, &e), 0);
	want = wish(&m);
	plan_add(&done, STEP_RULESET, "seki");
	for (i = 0; i < NITEMS(tables); i++) {
		done.v[0].back =
		    tables[i].known ? (char[]){ "delete table" } : NULL;
		done.v[0].done = tables[i].done;
		table.fails = tables[i].fails;
		table.generation = tables[i].generation;
		table.elements = tables[i].elements;
		table.rules = (struct rules){ tables[i].present,
			tables[i].flags, want.marks + tables[i].marks, 0 };
		if (readback_has_rules(NULL, &done, &want, 7) != tables[i].has)
			fail_msg("%zu", i);
	}
	done.v[0].back = NULL;
	plan_free(&done);
	model_free(&m);
	config_free(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_left),
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
