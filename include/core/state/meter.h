/* Running counts turned into rates, with a minute of history. */
#ifndef SEKI_CORE_STATE_METER_H
#define SEKI_CORE_STATE_METER_H

#include <stddef.h>
#include <stdint.h>

#define METER_HISTORY 60

/* One count that only grows, named by its counter, "rx LINK" or "tx LINK". */
struct series {
	uint64_t bytes, packets; /* as read last */
	/* A second, for people: noise is smoothed, and what hardly moves stays
	 * as it is. A jump shows at once. */
	double rate, packet_rate;
	unsigned reading; /* the number of the newest, the same in all series */
	size_t n;	  /* of history */
	float history[METER_HISTORY]; /* bytes a second: a ring, by reading */
};

/* The rates; -1 before there were two readings, and for NULL. */
double series_rate(const struct series *);
double series_packet_rate(const struct series *);

/* Bytes a second of the reading of that number, unsmoothed; -1 when that is
 * not known, and for NULL. */
double series_at(const struct series *, long reading);

/* The mean of the history; 0 when there is none, and for NULL. */
double series_mean(const struct series *);

struct meters;

struct meters *meters_new(void);
void meters_free(struct meters *);

/* Begins a reading at that time (now_ms). Series not noted between two calls
 * of it are forgotten. */
void meters_begin(struct meters *, uint64_t time);
/* A count that went down was reset: it counts from zero. */
void meters_note(
    struct meters *, const char *name, uint64_t bytes, uint64_t packets);

/* For how many readings in a row no count has moved. */
unsigned meters_still(const struct meters *);

/* Goes up when a series comes, or one that was borrowed goes. */
unsigned meters_version(const struct meters *);

/* Borrowed until the next meters_begin; NULL when there is no such count. */
const struct series *meters_get(const struct meters *, const char *name);
/* Likewise, "FIRST SECOND" being the name. */
const struct series *meters_get2(
    const struct meters *, const char *first, const char *second);

#endif
