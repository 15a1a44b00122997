/* The counters of our table, as often as somebody looks at them.
 *
 * The kernel takes 20 ms to dump 15,000 counters, and 0.2 ms to look 60 up. So
 * a console reads each second only those in sight. All of them, by which lists
 * are ranked, are read less often the more there are, and hardly ever while no
 * interface has moved a packet. Which there are changes with transactions of
 * nftables only. */
#include "config.h"

#include "core/state/counting.h"

#include <stdlib.h>

#include "core/base/util.h"
#include "core/plan/model_counter.h"

#define PER_SECOND 500 /* counters, for each second between readings of all */
#define EVERY_MAX 60   /* seconds */
#define STILL_MS 60000 /* without traffic */
#define SLACK_MS 100   /* of a timer */
#define PAUSED_MS 1500 /* since the last reading: nobody reads any more */

struct counting {
	uint64_t last, all;  /* readings, and those of all: now_ms; 0: never */
	uint64_t moved;	     /* packets of all links, before that of all */
	uint32_t generation; /* of nftables, before the last */
	bool known;
	unsigned round;
	unsigned version; /* of the counters, when they were seen */
	size_t *seen;	  /* their places */
	size_t nseen;
};

struct counting *
counting_new(void)
{
	return xcalloc(1, sizeof(struct counting));
}

void
counting_free(struct counting *c)
{
	if (c != NULL)
		free(c->seen);
	free(c);
}

static uint64_t
packets(const struct snapshot *s)
{
	const struct link *l;
	uint64_t n = 0;

	for (l = s->links; l < END_OF(s->links, s->nlinks); l++)
		n += l->rx_packets + l->tx_packets;
	return n;
}

unsigned
counting_every(const struct host *h)
{
	size_t n = h->counters.n / PER_SECOND;

	return n < 1 ? 1 : n < EVERY_MAX ? (unsigned)n : EVERY_MAX;
}

/* The set of counters is what it was in the same generation. */
static bool
is_due(const struct host *h, uint32_t generation, uint64_t now)
{
	const struct counting *c = h->counting;
	uint64_t age = now - c->all + SLACK_MS;

	if (h->counted == COUNT_ALL || c->all == 0 || !c->known ||
	    c->generation != generation)
		return true;
	if (counting_every(h) == 1 || age >= STILL_MS)
		return true;
	return age >= 1000 * counting_every(h) &&
	       packets(&h->snapshot) != c->moved;
}

static int
read_seen(struct host *h)
{
	struct counting *c = h->counting;
	struct err ignored;

	if (c->version != h->counters.version)
		c->nseen = 0;
	return net_counters_at(
	    h->net, NET_TABLE, &h->counters, c->seen, c->nseen, &ignored);
}

static void
follow(struct host *h)
{
	struct counters *c = &h->counters;

	meters_arrange(h->meters, c->was, c->n);
	free(c->was);
	c->was = NULL;
}

/* Reading counters needs root; everything else is visible without. */
static void
read_all(struct host *h, uint64_t now)
{
	struct counting *c = h->counting;
	unsigned version = h->counters.version;
	struct err ignored;

	c->moved = packets(&h->snapshot);
	h->blind = net_counters(h->net, NET_TABLE, &h->counters, &ignored) != 0;
	if (version != h->counters.version)
		follow(h);
	c->all = h->blind ? 0 : now;
	c->round++;
}

bool
counting_read(struct host *h)
{
	struct counting *c = h->counting;
	uint64_t now = now_ms();
	struct err ignored;
	uint32_t generation = 0;
	bool known = net_generation(h->net, &generation, &ignored) == 0;
	bool none = h->counted == COUNT_NONE;
	bool all = !none &&
		   (!known || is_due(h, generation, now) || read_seen(h) != 0);

	if (all)
		read_all(h, now);
	if (none)
		h->blind = !known;
	c->known = known;
	c->generation = generation;
	c->last = now;
	return all;
}

void
counting_expire(struct host *h)
{
	h->counting->all = 0;
}

struct counter
counting_total(const struct host *h, const struct counter *c)
{
	const struct counter *ipv4 = model_meter_ipv4(&h->counters, c);
	struct counter total = *c;

	if (ipv4 != NULL) {
		total.bytes += ipv4->bytes;
		total.packets += ipv4->packets;
	}
	return total;
}

static void
note(struct host *h, size_t place)
{
	const struct counter c = counting_total(h, &h->counters.v[place]);

	meters_note_at(h->meters, place, c.bytes, c.packets);
}

void
counting_note(struct host *h, bool all)
{
	const struct counting *c = h->counting;
	size_t i;

	for (i = 0; all && i < h->counters.n; i++)
		note(h, i);
	for (i = 0; !all && i < c->nseen; i++)
		note(h, c->seen[i]);
}

const struct series *
counting_series(const struct host *h, const struct counter *c)
{
	return c != NULL ? meters_at(h->meters, (size_t)(c - h->counters.v))
			 : NULL;
}

bool
counting_generation(const struct host *h, uint32_t *generation)
{
	*generation = h->counting->generation;
	return h->counting->known;
}

/* An error shows at the next reading, as one of these that is gone. */
static void
catch_up(struct host *h, const size_t *places, size_t n)
{
	struct err ignored;
	size_t i;

	if (n == 0 || net_counters_at(h->net, NET_TABLE, &h->counters, places,
			  n, &ignored) != 0)
		return;
	meters_resume(h->meters, now_ms());
	for (i = 0; i < n; i++)
		note(h, places[i]);
}

/* A counter of IPv6 is read with that of IPv4 beside it. */
static void
see(struct host *h, const struct counter *seen)
{
	struct counting *c = h->counting;

	for (; seen != NULL; seen = model_meter_ipv4(&h->counters, seen))
		c->seen[c->nseen++] = (size_t)(seen - h->counters.v);
}

void
counting_see(struct host *h, const struct counter *const *v, size_t n)
{
	struct counting *c = h->counting;
	size_t *old, nold = 0, i;

	c->seen = xresize(c->seen, 2 * n + 1, sizeof(*c->seen));
	c->nseen = 0;
	c->version = h->counters.version;
	for (i = 0; i < n; i++)
		see(h, v[i]);
	old = xcalloc(c->nseen + 1, sizeof(*old));
	for (i = 0; i < c->nseen; i++)
		if (h->counters.v[c->seen[i]].read < c->last)
			old[nold++] = c->seen[i];
	if (now_ms() - c->last < PAUSED_MS)
		catch_up(h, old, nold);
	free(old);
}

unsigned
counting_round(const struct host *h)
{
	return h->counting->round;
}
