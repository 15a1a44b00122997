/* What comes bit by bit is sorted as if it had come at once. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/runs.h"
#include "core/base/util.h"

#define MANY 5000

struct item {
	int key;
	int came; /* its number */
};

static int
by_key(const void *a, const void *b, void *arg)
{
	size_t *compared = arg;

	++*compared;
	return ((const struct item *)a)->key - ((const struct item *)b)->key;
}

static void
sort_in_runs(size_t n, size_t most)
{
	struct item *v = xcalloc(n + 1, sizeof(*v));
	size_t compared = 0, step, came = 0, i;
	struct runs r = { sizeof(*v), by_key, &compared, NULL, 0, NULL };

	while (came < n || runs_merge(&r, v, true)) {
		step = 1 + (size_t)rand() % most;
		for (; came < n && step > 0; came++, step--)
			v[came] = (struct item){ rand() % 100, (int)came };
		runs_add(&r, v, came);
		while (runs_merge(&r, v, false))
			continue;
	}
	for (i = 1; i < n; i++)
		assert_true(
		    v[i - 1].key < v[i].key ||
		    (v[i - 1].key == v[i].key && v[i - 1].came < v[i].came));
	assert_true(compared < 30 * (n + 1)); /* 2 n log n, about */
	runs_free(&r);
	free(v);
}

static void
all_are_in_order(void **state UNUSED)
{
	static const size_t sizes[] = { 0, 1, 2, 17, 1000, MANY };
	size_t i;

	srand(1);
	for (i = 0; i < NITEMS(sizes); i++) {
		sort_in_runs(sizes[i], 1);
		sort_in_runs(sizes[i], 50);
		sort_in_runs(sizes[i], MANY);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_are_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
