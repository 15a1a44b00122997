/* Rates of running counters, with ten minutes of history. */
#ifndef SEKI_CORE_STATE_METER_H
#define SEKI_CORE_STATE_METER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define METER_COLUMN_MS 5000
#define METER_COLUMNS 120
#define METER_MINUTE (60000 / METER_COLUMN_MS) /* columns */

/* Of a counter that moved while it was watched, unlike most. */
struct moving {
	/* Per second, for display: smoothed, with small changes suppressed. A
	 * jump shows at once. -1: there was one reading. */
	float rate, packet_rate;
	float smooth, smooth_packets; /* before small changes are */
	float top;		      /* the highest rate */
	uint32_t top_at;	      /* column, of those that there are */
	float history[METER_COLUMNS]; /* bytes in each: a ring, by column */
};

/* One monotonic counter. There are three for each forward: 40 bytes. */
struct series {
	uint64_t bytes, packets; /* as read last */
	uint64_t time;		 /* when that was, now_ms */
	struct moving *moving;	 /* NULL: it did not move yet */
	uint32_t since; /* the first column that was read whole; 0: there was no
			   reading */
	bool twice;	/* there were two */
};

/* A column is what passed in five seconds. All series have the same, numbered
 * from 1, and they begin with the seconds 0, 5, 10... of the clock. */

/* The rates; -1 before two readings, and for NULL. */
double series_rate(const struct series *);
double series_packet_rate(const struct series *);

struct meters;

/* The highest rate of all in ten minutes, if it was not before that column;
 * else 0, and for NULL. */
double series_top(const struct series *, long since);

/* Bytes per second in a column, unsmoothed; -1 if unknown, as the newest is
 * while it goes on, and for NULL. */
double series_at(const struct meters *, const struct series *, long column);

/* The last column in which anything passed, as far as that is known; else 0,
 * and for NULL. */
long series_last(const struct meters *, const struct series *);

/* The mean of the last minute; 0 if it is unknown, and for NULL. */
double series_mean(const struct meters *, const struct series *);

struct meters *meters_new(void);
/* Whose columns are those of others that have begun. */
struct meters *meters_new_beside(const struct meters *);
void meters_free(struct meters *);

/* Tells what the clock shows at that time (now_ms), in ms. Columns are put to
 * it the first time; when it is set later, they keep their length and are
 * called after the nearest five seconds. */
void meters_clock(struct meters *, uint64_t time, uint64_t clock);
/* The column that goes on; 0 before a reading. */
long meters_column(const struct meters *);
/* What the clock showed, or will show, when a column begins: seconds since the
 * epoch. */
long meters_column_clock(const struct meters *, long column);

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
/* Of what has no count of its own: the bytes per second since the last reading,
 * which are its rate as they are. */
void meters_note_rate_at(struct meters *, size_t place, double rate);

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
