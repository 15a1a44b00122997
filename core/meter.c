/* Running counts turned into rates, with a minute of history. */
#include "config.h"

#include "core/meter.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "core/util.h"

struct entry {
	UT_hash_handle hh;
	struct series s;
	uint64_t time; /* of the last note */
	bool fresh;    /* noted since meters_begin */
	char name[];
};

struct meters {
	struct entry *by_name;
	uint64_t time;
};

struct meters *
meters_new(void)
{
	return xcalloc(1, sizeof(struct meters));
}

static void
forget(struct meters *m, bool all)
{
	struct entry *e, *next;

	HASH_ITER(hh, m->by_name, e, next)
	{
		if (!all && e->fresh) {
			e->fresh = false;
			continue;
		}
		HASH_DEL(m->by_name, e);
		free(e);
	}
}

void
meters_free(struct meters *m)
{
	if (m != NULL)
		forget(m, true);
	free(m);
}

void
meters_begin(struct meters *m, uint64_t time)
{
	forget(m, false);
	m->time = time;
}

static void
push(struct series *s, double rate)
{
	if (s->n == METER_HISTORY)
		memmove(s->history, s->history + 1,
		    (METER_HISTORY - 1) * sizeof(s->history[0]));
	else
		s->n++;
	s->history[s->n - 1] = (float)rate;
}

static double
rate_of(uint64_t before, uint64_t now, double seconds)
{
	return (double)(now >= before ? now - before : now) / seconds;
}

void
meters_note(
    struct meters *m, const char *name, uint64_t bytes, uint64_t packets)
{
	struct entry *e;
	double seconds;

	HASH_FIND_STR(m->by_name, name, e);
	if (e == NULL) {
		e = xcalloc(1, sizeof(*e) + strlen(name) + 1);
		memcpy(e->name, name, strlen(name) + 1);
		HASH_ADD_STR(m->by_name, name, e);
	} else if (m->time > e->time) {
		seconds = (double)(m->time - e->time) / 1000;
		e->s.rate = rate_of(e->s.bytes, bytes, seconds);
		e->s.packet_rate = rate_of(e->s.packets, packets, seconds);
		push(&e->s, e->s.rate);
	}
	e->s.bytes = bytes;
	e->s.packets = packets;
	e->time = m->time;
	e->fresh = true;
}

const struct series *
meters_get(const struct meters *m, const char *name)
{
	struct entry *e;

	HASH_FIND_STR(m->by_name, name, e);
	return e != NULL ? &e->s : NULL;
}

const struct series *
meters_get2(const struct meters *m, const char *first, const char *second)
{
	char name[320];

	snprintf(name, sizeof(name), "%s %s", first, second);
	return meters_get(m, name);
}
