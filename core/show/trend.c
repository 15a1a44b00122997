/* What passed of clients. */
#include "config.h"

#include "core/show/trend.h"

#include <stdlib.h>
#include <uthash.h>

#define MOST 1000 /* more than anybody looks at */

/* A client that is followed. */
struct trend {
	struct prefix addr;
	const struct client_row *row; /* while rates are taken */
	uint32_t place; /* of its two series, in and out, from 1; 0: none yet */
	UT_hash_handle hh;
};

struct trends {
	struct trend *all; /* by addr */
	struct meters *meters;
};

struct trends *
trends_new(const struct meters *beside)
{
	struct trends *t = xcalloc(1, sizeof(*t));

	t->meters = meters_new_beside(beside);
	return t;
}

static void
forget(struct trends *t, struct trend *one)
{
	HASH_DEL(t->all, one);
	free(one);
}

void
trends_free(struct trends *t)
{
	struct trend *one, *next;

	if (t == NULL)
		return;
	HASH_ITER(hh, t->all, one, next)
	{
		forget(t, one);
	}
	meters_free(t->meters);
	free(t);
}

static struct trend *
find(const struct trends *t, const struct prefix *addr)
{
	struct trend *one;

	HASH_FIND(hh, t->all, addr, sizeof(*addr), one);
	return one;
}

void
trends_follow(struct trends *t, const struct prefix *addr)
{
	struct trend *one;

	if (find(t, addr) != NULL || HASH_COUNT(t->all) == MOST)
		return;
	one = xcalloc(1, sizeof(*one));
	one->addr = *addr;
	HASH_ADD(hh, t->all, addr, sizeof(one->addr), one);
}

static void
find_rows(struct trends *t, const struct client_row *rows, size_t n)
{
	const struct client_row *r;
	struct trend *one;

	for (one = t->all; one != NULL; one = one->hh.next)
		one->row = NULL;
	for (r = rows; r < END_OF(rows, n); r++) {
		one = find(t, &r->addr);
		if (one != NULL && (r->in_rate >= 0 || r->out_rate >= 0))
			one->row = r;
	}
}

/* Only those with a row are left, side by side. */
static void
arrange(struct trends *t)
{
	uint32_t *was = xcalloc(2 * HASH_COUNT(t->all) + 1, sizeof(*was));
	struct trend *one, *next;
	uint32_t n = 0;

	HASH_ITER(hh, t->all, one, next)
	{
		if (one->row == NULL) {
			forget(t, one);
			continue;
		}
		if (one->place != 0) {
			was[n] = one->place;
			was[n + 1] = one->place + 1;
		}
		one->place = n + 1;
		n += 2;
	}
	meters_arrange(t->meters, was, n);
	free(was);
}

static double
known(float rate)
{
	return rate > 0 ? (double)rate : 0;
}

void
trends_note(
    struct trends *t, const struct client_row *rows, size_t n, uint64_t now)
{
	struct trend *one;

	meters_begin(t->meters, now, true);
	find_rows(t, rows, n);
	arrange(t);
	for (one = t->all; one != NULL; one = one->hh.next) {
		meters_note_rate_at(
		    t->meters, one->place - 1, known(one->row->in_rate));
		meters_note_rate_at(
		    t->meters, one->place, known(one->row->out_rate));
	}
}

const struct series *
trends_get(const struct trends *t, const struct prefix *addr, bool out)
{
	const struct trend *one = find(t, addr);

	return one != NULL && one->place != 0
		   ? meters_at(t->meters, one->place - 1 + out)
		   : NULL;
}
