/* Sorting in steps: what came since the last one is sorted by itself, as a run,
 * and runs are merged. No step is long, whatever there is. */
#ifndef SEKI_CORE_BASE_RUNS_H
#define SEKI_CORE_BASE_RUNS_H

#include <stdbool.h>
#include <stddef.h>

/* All zeros but the first three at first. */
struct runs {
	size_t size; /* of an element */
	int (*compare)(const void *, const void *, void *arg);
	void *arg;
	size_t *ends; /* of the runs, as numbers of elements */
	size_t n;
	char *spare; /* room for a merge */
};

/* Sorts the elements of v that come after the last run, up to the n-th, as
 * another one. */
void runs_add(struct runs *, void *v, size_t n);
/* Merges the last two runs of v, if it is time for that; all means that none
 * will follow. False when there was nothing to merge: then, and not before,
 * more may be added. Equal elements keep their order. */
bool runs_merge(struct runs *, void *v, bool all);
void runs_free(struct runs *); /* what it holds */

#endif
