/* Backoff: how soon something may be tried again after it failed, or after it
 * succeeded again and again because somebody else keeps undoing it. */
#ifndef SEKI_CORE_COMMIT_PATIENCE_H
#define SEKI_CORE_COMMIT_PATIENCE_H

#include <stdbool.h>
#include <stdint.h>

struct patience;

/* Owned by the caller. Entries not tried for two minutes are dropped. */
struct patience *patience_new(void);
void patience_free(struct patience *);

/* Milliseconds until it may be tried; 0 is now. now is from now_ms. */
unsigned patience_wait(const struct patience *, const char *what, uint64_t now);

/* The same for something that others may do themselves: not before it has been
 * wanted for that many milliseconds. */
unsigned patience_hold(
    struct patience *, const char *what, unsigned ms, uint64_t now);

enum patience_word {
	PATIENCE_TELL,	 /* worth a line */
	PATIENCE_FIGHT,	 /* a fight has just been found: worth a line */
	PATIENCE_SILENT, /* the same as the last time */
};

/* Records a try. After a failure the next one is 1, 2, 4... 60 seconds away,
 * and likewise from the sixth success within 10 seconds on. */
enum patience_word patience_note(
    struct patience *, const char *what, bool failed, uint64_t now);

#endif
