/* Rates of running counters, with a minute of history. */
#ifndef SEKI_CORE_STATE_METER_H
#define SEKI_CORE_STATE_METER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define METER_HISTORY 60

/* One monotonic counter, named by its counter, "rx LINK" or "tx LINK". */
struct series {
	uint64_t bytes, packets; /* as read last */
	/* Per second, for display: smoothed, with small changes suppressed. A
	 * jump shows at once. */
	double rate, packet_rate;
	unsigned reading; /* the number of the newest: the same in all series
			     that were read then */
	size_t n;	  /* of history */
	float *history;	  /* of METER_HISTORY, bytes a second: a ring, by
			     reading; NULL while all of them are 0 */
};

/* The rates; -1 before two readings, and for NULL. */
double series_rate(const struct series *);
double series_packet_rate(const struct series *);

/* Bytes per second at the reading of that number, unsmoothed; -1 if unknown,
 * and for NULL. */
double series_at(const struct series *, long reading);

/* The mean of the history; 0 if it is empty, and for NULL. */
double series_mean(const struct series *);

struct meters;

struct meters *meters_new(void);
void meters_free(struct meters *);

/* Begins a reading at that time (now_ms), of all series or of some. Series not
 * noted from one reading of all to the next are dropped; those that a reading
 * of some leaves out had their mean rate in it, once they are noted again. */
void meters_begin(struct meters *, uint64_t time, bool all);
/* Goes on with the last reading at a later time. */
void meters_resume(struct meters *, uint64_t time);
/* A counter that went down was reset: it counts from zero. */
void meters_note(
    struct meters *, const char *name, uint64_t bytes, uint64_t packets);

/* The number of consecutive readings without any change. */
unsigned meters_still(const struct meters *);

/* Incremented when a series is added, or one that was borrowed is dropped. */
unsigned meters_version(const struct meters *);

/* Borrowed until the next meters_begin; NULL if there is no such series. */
const struct series *meters_get(const struct meters *, const char *name);
/* The same for the name "FIRST SECOND". */
const struct series *meters_get2(
    const struct meters *, const char *first, const char *second);

#endif
