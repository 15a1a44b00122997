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
	unsigned round; /* of the last note */
	struct series s;
	char name[];
};

struct meters {
	struct entry *by_name;
	struct series *placed;
	size_t nplaced;
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
	if (m == NULL)
		return;
	forget(m, true);
	meters_arrange(m, NULL, 0);
	free(m->placed);
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
calm(float *shown, float *smooth, double now, unsigned readings)
{
	if (readings > 1 || now < *smooth / 2 || now > *smooth * 3 / 2)
		*smooth = (float)now;
	else
		*smooth += ((float)now - *smooth) / 4;
	if (now == 0 || fabsf(*smooth - *shown) > *shown / 40)
		*shown = *smooth;
}

/* Readings that this one left out had the same rate, for all that is known.
 * Most counters of a busy host never move. */
static void
note_rate(struct series *s, unsigned reading, double rate)
{
	unsigned n = reading - s->reading, i;

	if (s->history == NULL && rate > 0)
		s->history = xcalloc(METER_HISTORY, sizeof(*s->history));
	n = n < METER_HISTORY ? n : METER_HISTORY;
	for (i = 0; s->history != NULL && (i < n || i == 0); i++)
		s->history[(reading - i) % METER_HISTORY] = (float)rate;
	n += s->n;
	s->n = (uint8_t)(n < METER_HISTORY ? n : METER_HISTORY);
}

static void
note(struct meters *m, struct series *s, uint64_t bytes, uint64_t packets)
{
	unsigned readings = m->readings - s->reading;
	double seconds = (double)(m->time - s->time) / 1000, rate;

	if (s->begun && m->time > s->time) {
		rate = rate_of(s->bytes, bytes, seconds);
		note_rate(s, m->readings, rate);
		calm(&s->rate, &s->smooth, rate, readings);
		calm(&s->packet_rate, &s->smooth_packets,
		    rate_of(s->packets, packets, seconds), readings);
	}
	if (s->packets != packets)
		m->still = 0;
	s->begun = true;
	s->reading = m->readings;
	s->bytes = bytes;
	s->packets = packets;
	s->time = m->time;
}

static struct entry *
add(struct meters *m, const char *name)
{
	struct entry *e = xcalloc(1, sizeof(*e) + strlen(name) + 1);

	memcpy(e->name, name, strlen(name) + 1);
	HASH_ADD_STR(m->by_name, name, e);
	m->version++;
	return e;
}

void
meters_note(
    struct meters *m, const char *name, uint64_t bytes, uint64_t packets)
{
	struct entry *e;

	HASH_FIND_STR(m->by_name, name, e);
	if (e == NULL)
		e = add(m, name);
	note(m, &e->s, bytes, packets);
	m->noted += e->round != m->round;
	e->round = m->round;
}

/* What stays is moved out before the rest is freed. */
void
meters_arrange(struct meters *m, const uint32_t *was, size_t n)
{
	struct series *old = m->placed;
	size_t i;

	m->placed = xcalloc(n, sizeof(*m->placed));
	for (i = 0; i < n; i++) {
		if (was == NULL || was[i] == 0 || was[i] > m->nplaced)
			continue;
		m->placed[i] = old[was[i] - 1];
		old[was[i] - 1].history = NULL;
	}
	for (i = 0; i < m->nplaced; i++)
		free(old[i].history);
	free(old);
	m->nplaced = n;
	m->version++;
}

void
meters_note_at(struct meters *m, size_t place, uint64_t bytes, uint64_t packets)
{
	if (place < m->nplaced)
		note(m, &m->placed[place], bytes, packets);
}

double
series_rate(const struct series *s)
{
	return s != NULL && s->n > 0 ? (double)s->rate : -1;
}

double
series_packet_rate(const struct series *s)
{
	return s != NULL && s->n > 0 ? (double)s->packet_rate : -1;
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
meters_at(const struct meters *m, size_t place)
{
	return place < m->nplaced ? &m->placed[place] : NULL;
}

const struct series *
meters_get2(const struct meters *m, const char *first, const char *second)
{
	char name[320];

	snprintf(name, sizeof(name), "%s %s", first, second);
	return meters_get(m, name);
}
