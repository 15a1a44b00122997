/* Rates of running counters, with ten minutes of history. */
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
	uint64_t begun;	 /* this reading, */
	uint64_t before; /* and the one before it */
	uint64_t phase;	 /* from when a column begins to 0 of time */
	int64_t clock;	 /* what it showed at the first column, in columns */
	unsigned round;	 /* readings of all */
	unsigned noted;	 /* entries of this round */
	unsigned still;	 /* readings since a count moved */
	unsigned version;
};

struct meters *
meters_new(void)
{
	return xcalloc(1, sizeof(struct meters));
}

struct meters *
meters_new_beside(const struct meters *other)
{
	struct meters *m = meters_new();

	m->phase = other->phase;
	m->clock = other->clock;
	return m;
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
		free(e->s.moving);
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

/* Columns */

static long
column_at(const struct meters *m, uint64_t time)
{
	return 1 + (long)((time + m->phase) / METER_COLUMN_MS);
}

long
meters_column(const struct meters *m)
{
	return m->time > 0 ? column_at(m, m->time) : 0;
}

void
meters_clock(struct meters *m, uint64_t time, uint64_t clock)
{
	if (m->time == 0)
		m->phase = (METER_COLUMN_MS + clock % METER_COLUMN_MS -
			       time % METER_COLUMN_MS) %
			   METER_COLUMN_MS;
	m->clock = ((int64_t)clock - (int64_t)(time + m->phase) +
		       METER_COLUMN_MS / 2) /
		   METER_COLUMN_MS;
}

long
meters_column_clock(const struct meters *m, long column)
{
	return (long)(m->clock + column - 1) * (METER_COLUMN_MS / 1000);
}

void
meters_begin(struct meters *m, uint64_t time, bool all)
{
	if (all)
		begin_round(m);
	if (time > m->begun)
		m->before = m->begun;
	m->time = m->begun = time;
	m->still++;
}

void
meters_resume(struct meters *m, uint64_t time)
{
	m->time = time;
}

/* Rates */

static double
rate_of(uint64_t before, uint64_t now, double seconds)
{
	return (double)(now >= before ? now - before : now) / seconds;
}

/* Digits that change every second carry no information, and cost bytes on a
 * slow line: noise within a half is averaged, and the displayed value stays
 * until it is off by more than a twentieth. What the last reading left out is a
 * mean already. */
static void
calm(float *shown, float *smooth, double now, bool mean)
{
	if (mean || now < *smooth / 2 || now > *smooth * 3 / 2)
		*smooth = (float)now;
	else
		*smooth += ((float)now - *smooth) / 4;
	if (now == 0 || *shown < 0 || fabsf(*smooth - *shown) > *shown / 20)
		*shown = *smooth;
}

/* The part of a column, in ms, that lies between two times. */
static double
share(const struct meters *m, long column, uint64_t from, uint64_t to)
{
	uint64_t begin = (uint64_t)(column - 1) * METER_COLUMN_MS,
		 end = begin + METER_COLUMN_MS;

	from += m->phase;
	to += m->phase;
	begin = begin > from ? begin : from;
	end = end < to ? end : to;
	return (double)(end - begin);
}

/* What passed since the last reading is shared among the columns since. Most
 * counters of a busy host never move. */
static void
note_bytes(const struct meters *m, const struct series *s, double rate)
{
	long first = column_at(m, s->time), last = column_at(m, m->time), c;
	float *history = s->moving->history;

	c = last - first < METER_COLUMNS ? first : last - METER_COLUMNS + 1;
	for (; c <= last; c++) {
		if (c > first)
			history[c % METER_COLUMNS] = 0;
		history[c % METER_COLUMNS] +=
		    (float)(rate * share(m, c, s->time, m->time) / 1000);
	}
}

static struct moving *
moving_new(const struct series *s)
{
	struct moving *v = xcalloc(1, sizeof(*v));

	v->rate = v->packet_rate = s->twice ? 0 : -1;
	return v;
}

static void
note_top(const struct meters *m, struct moving *v)
{
	uint32_t now = (uint32_t)column_at(m, m->time);

	if (v->rate < v->top && now < v->top_at + METER_COLUMNS)
		return;
	v->top = v->rate;
	v->top_at = now;
}

static void
note_rates(
    const struct meters *m, struct series *s, uint64_t bytes, uint64_t packets)
{
	double seconds = (double)(m->time - s->time) / 1000;
	double rate = rate_of(s->bytes, bytes, seconds);
	struct moving *v = s->moving;
	bool mean = v->rate < 0 || s->time < m->before;

	note_bytes(m, s, rate);
	calm(&v->rate, &v->smooth, rate, mean);
	note_top(m, v);
	calm(&v->packet_rate, &v->smooth_packets,
	    rate_of(s->packets, packets, seconds), mean);
}

/* A reading of it ends. */
static void
see(const struct meters *m, struct series *s)
{
	s->twice |= s->since > 0 && m->time > s->time;
	if (s->since == 0)
		s->since = (uint32_t)column_at(m, m->time) + 1;
	s->time = m->time;
}

static void
note(struct meters *m, struct series *s, uint64_t bytes, uint64_t packets)
{
	bool moves = s->bytes != bytes || s->packets != packets;

	if (s->since > 0 && m->time > s->time) {
		if (s->moving == NULL && moves)
			s->moving = moving_new(s);
		if (s->moving != NULL)
			note_rates(m, s, bytes, packets);
	}
	if (s->packets != packets)
		m->still = 0;
	s->bytes = bytes;
	s->packets = packets;
	see(m, s);
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
		old[was[i] - 1].moving = NULL;
	}
	for (i = 0; i < m->nplaced; i++)
		free(old[i].moving);
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

void
meters_note_rate_at(struct meters *m, size_t place, double rate)
{
	struct series *s = &m->placed[place];

	if (s->moving == NULL && rate > 0)
		s->moving = moving_new(s);
	if (s->moving != NULL) {
		if (s->since > 0)
			note_bytes(m, s, rate);
		s->moving->rate = (float)rate;
		note_top(m, s->moving);
	}
	see(m, s);
}

/* Of what never moved. */
static double
still_rate(const struct series *s)
{
	return s != NULL && s->twice ? 0 : -1;
}

double
series_rate(const struct series *s)
{
	return s != NULL && s->moving != NULL ? (double)s->moving->rate
					      : still_rate(s);
}

double
series_packet_rate(const struct series *s)
{
	return s != NULL && s->moving != NULL ? (double)s->moving->packet_rate
					      : still_rate(s);
}

double
series_top(const struct series *s, long since)
{
	return s != NULL && s->moving != NULL && s->moving->top_at >= since
		   ? (double)s->moving->top
		   : 0;
}

double
series_at(const struct meters *m, const struct series *s, long column)
{
	long newest = s != NULL ? column_at(m, s->time) : 0;

	if (s == NULL || s->since == 0 || column < (long)s->since ||
	    column >= newest || column <= newest - METER_COLUMNS)
		return -1;
	if (s->moving == NULL)
		return 0;
	return (double)s->moving->history[column % METER_COLUMNS] * 1000 /
	       METER_COLUMN_MS;
}

/* With what passed so far in the newest one. The first that was read may be a
 * part of its column. */
long
series_last(const struct meters *m, const struct series *s)
{
	long now = meters_column(m), c, first;

	if (s == NULL || s->moving == NULL)
		return 0;
	first = now - METER_COLUMNS + 1;
	first = first < (long)s->since - 1 ? (long)s->since - 1 : first;
	for (c = now; c >= first && c > 0; c--)
		if (s->moving->history[c % METER_COLUMNS] > 0)
			return c;
	return 0;
}

double
series_mean(const struct meters *m, const struct series *s)
{
	long c = s != NULL ? column_at(m, s->time) : 0, end = c - METER_MINUTE;
	double sum = 0;

	if (s == NULL || s->since == 0 || s->moving == NULL)
		return 0;
	for (; c > end && c >= (long)s->since - 1; c--)
		sum += (double)s->moving->history[c % METER_COLUMNS];
	return sum * 1000 / METER_COLUMN_MS / METER_MINUTE;
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
