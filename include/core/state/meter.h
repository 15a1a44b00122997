/* Rates of running counters, with a minute of history. */
#ifndef SEKI_CORE_STATE_METER_H
#define SEKI_CORE_STATE_METER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define METER_HISTORY 60

/* One monotonic counter. There are three for each forward: 56 bytes. */
struct series {
	uint64_t bytes, packets; /* as read last */
	uint64_t time;		 /* when that was, now_ms */
	/* Per second, for display: smoothed, with small changes suppressed. A
	 * jump shows at once. */
	float rate, packet_rate;
	float smooth, smooth_packets; /* before small changes are */
	float *history;	  /* of METER_HISTORY, bytes a second: a ring, by
			   reading; NULL while all of them are 0 */
	unsigned reading; /* the number of the newest: the same in all series
			     that were read then */
	uint8_t n;	  /* of history */
	bool begun;	  /* there was a reading */
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

/* Begins a reading at that time (now_ms), of all series or of some. Those with
 * a name that are not noted from one reading of all to the next are dropped;
 * those that a reading of some leaves out had their mean rate in it, once they
 * are noted again. */
void meters_begin(struct meters *, uint64_t time, bool all);
/* Goes on with the last reading at a later time. */
void meters_resume(struct meters *, uint64_t time);
/* A counter that went down was reset: it counts from zero. Links are named "rx
 * LINK" and "tx LINK". */
void meters_note(
    struct meters *, const char *name, uint64_t bytes, uint64_t packets);

/* Series without a name, which would take more than they do: from here on there
 * are n, by their place. The one in place i had the place was[i] - 1 so far, or
 * is new where that is 0; was NULL: all are. All others are dropped. */
void meters_arrange(struct meters *, const uint32_t *was, size_t n);
void meters_note_at(
    struct meters *, size_t place, uint64_t bytes, uint64_t packets);

/* The number of consecutive readings without any change. */
unsigned meters_still(const struct meters *);

/* Incremented when a series is added, or one that was borrowed is dropped. */
unsigned meters_version(const struct meters *);

/* Borrowed until meters_version changes; NULL if there is no such series. */
const struct series *meters_get(const struct meters *, const char *name);
const struct series *meters_at(const struct meters *, size_t place);
/* The same for the name "FIRST SECOND". */
const struct series *meters_get2(
    const struct meters *, const char *first, const char *second);

#endif
