/* A merge sort from the bottom up: a run is merged with the one before when
 * that is not much longer, so that no element is merged often. */
#include "config.h"

#include "core/base/runs.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/util.h"

static size_t
start_of(const struct runs *r, size_t run)
{
	return run > 0 ? r->ends[run - 1] : 0;
}

void
runs_add(struct runs *r, void *v, size_t n)
{
	size_t start = start_of(r, r->n);

	if (n == start)
		return;
	qsort_r((char *)v + start * r->size, n - start, r->size, r->compare,
	    r->arg);
	r->ends = xgrow(r->ends, r->n, sizeof(*r->ends));
	r->ends[r->n++] = n;
}

static void
merge(struct runs *r, char *v, size_t start, size_t middle, size_t end)
{
	char *a = v + start * r->size, *b = v + middle * r->size, *to;
	const char *a_end = b, *b_end = v + end * r->size;
	size_t len = (end - start) * r->size;

	r->spare = xresize(r->spare, len, 1);
	for (to = r->spare; to < r->spare + len; to += r->size) {
		if (b == b_end ||
		    (a < a_end && r->compare(a, b, r->arg) <= 0)) {
			memcpy(to, a, r->size);
			a += r->size;
		} else {
			memcpy(to, b, r->size);
			b += r->size;
		}
	}
	memcpy(v + start * r->size, r->spare, len);
}

bool
runs_merge(struct runs *r, void *v, bool all)
{
	size_t start, middle, end;

	if (r->n < 2)
		return false;
	start = start_of(r, r->n - 2);
	middle = start_of(r, r->n - 1);
	end = r->ends[r->n - 1];
	if (!all && middle - start >= 2 * (end - middle))
		return false;
	merge(r, v, start, middle, end);
	r->n--;
	r->ends[r->n - 1] = end;
	return true;
}

void
runs_free(struct runs *r)
{
	free(r->ends);
	free(r->spare);
}
