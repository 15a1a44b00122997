/* Rates of running counters, with a minute of history. */
#include "config.h"

#include "core/state/meter.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "core/base/util.h"

struct entry {
	UT_hash_handle hh;
	double smooth, smooth_packets;
	uint64_t time;	/* of the last note */
	unsigned round; /* and its round */
	struct series s;
	char name[];
};

struct meters {
	struct entry *by_name;
	uint64_t time;
	unsigned readings;
	unsigned round; /* readings of all */
	unsigned noted; /* entries of this round */
	unsigned still; /* readings since a count moved */
	unsigned version;
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
		if (!all && e->round == m->round)
			continue;
		HASH_DEL(m->by_name, e);
		free(e->s.history);
		free(e);
		m->version++;
	}
}

void
meters_free(struct meters *m)
{
	if (m != NULL)
		forget(m, true);
	free(m);
}

static void
begin_round(struct meters *m)
{
	if (m->noted < HASH_COUNT(m->by_name))
		forget(m, false);
	m->round++;
	m->noted = 0;
}

void
meters_begin(struct meters *m, uint64_t time, bool all)
{
	if (all)
		begin_round(m);
	m->readings += time > m->time;
	m->time = time;
	m->still++;
}

void
meters_resume(struct meters *m, uint64_t time)
{
	m->time = time;
}

static double
rate_of(uint64_t before, uint64_t now, double seconds)
{
	return (double)(now >= before ? now - before : now) / seconds;
}

/* Digits that change every second carry no information, and cost bytes on a
 * slow line: noise within a half is averaged, and the displayed value stays
 * until it is off by more than a fortieth. What was not read for some readings
 * is a mean already. */
static void
calm(double *shown, double *smooth, double now, unsigned readings)
{
	if (readings > 1 || now < *smooth / 2 || now > *smooth * 3 / 2)
		*smooth = now;
	else
		*smooth += (now - *smooth) / 4;
	if (now == 0 || fabs(*smooth - *shown) > *shown / 40)
		*shown = *smooth;
}

/* Readings that this one left out had the same rate, for all that is known.
 * Most counters of a busy host never move. */
static void
note_rate(struct entry *e, unsigned reading, double rate)
{
	unsigned n = reading - e->s.reading, i;

	if (e->s.history == NULL && rate > 0)
		e->s.history = xcalloc(METER_HISTORY, sizeof(*e->s.history));
	n = n < METER_HISTORY ? n : METER_HISTORY;
	for (i = 0; e->s.history != NULL && (i < n || i == 0); i++)
		e->s.history[(reading - i) % METER_HISTORY] = (float)rate;
	e->s.n = e->s.n + n < METER_HISTORY ? e->s.n + n : METER_HISTORY;
}

void
meters_note(
    struct meters *m, const char *name, uint64_t bytes, uint64_t packets)
{
	struct entry *e;
	double seconds, rate;
	unsigned readings;

	HASH_FIND_STR(m->by_name, name, e);
	if (e == NULL) {
		e = xcalloc(1, sizeof(*e) + strlen(name) + 1);
		memcpy(e->name, name, strlen(name) + 1);
		HASH_ADD_STR(m->by_name, name, e);
		m->version++;
	} else if (m->time > e->time) {
		seconds = (double)(m->time - e->time) / 1000;
		readings = m->readings - e->s.reading;
		rate = rate_of(e->s.bytes, bytes, seconds);
		note_rate(e, m->readings, rate);
		calm(&e->s.rate, &e->smooth, rate, readings);
		calm(&e->s.packet_rate, &e->smooth_packets,
		    rate_of(e->s.packets, packets, seconds), readings);
	}
	e->s.reading = m->readings;
	if (e->s.packets != packets)
		m->still = 0;
	e->s.bytes = bytes;
	e->s.packets = packets;
	e->time = m->time;
	m->noted += e->round != m->round;
	e->round = m->round;
}

double
series_rate(const struct series *s)
{
	return s != NULL && s->n > 0 ? s->rate : -1;
}

double
series_packet_rate(const struct series *s)
{
	return s != NULL && s->n > 0 ? s->packet_rate : -1;
}

double
series_at(const struct series *s, long reading)
{
	long back = s != NULL ? (long)s->reading - reading : -1;

	if (back < 0 || back >= (long)s->n)
		return -1;
	return s->history != NULL ? (double)s->history[reading % METER_HISTORY]
				  : 0;
}

double
series_mean(const struct series *s)
{
	double sum = 0;
	size_t i;

	if (s == NULL || s->n == 0 || s->history == NULL)
		return 0;
	for (i = 0; i < METER_HISTORY; i++) /* 0 where it was not written */
		sum += (double)s->history[i];
	return sum / (double)s->n;
}

unsigned
meters_version(const struct meters *m)
{
	return m->version;
}

unsigned
meters_still(const struct meters *m)
{
	return m->still;
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
