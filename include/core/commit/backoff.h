/* Backoff: how soon something may be tried again after it failed, or after it
 * succeeded again and again because somebody else keeps undoing it. */
#ifndef SEKI_CORE_COMMIT_BACKOFF_H
#define SEKI_CORE_COMMIT_BACKOFF_H

#include <stdbool.h>
#include <stdint.h>

struct backoff;

/* Owned by the caller. Entries not tried for two minutes are dropped. */
struct backoff *backoff_new(void);
void backoff_free(struct backoff *);

/* Milliseconds until it may be tried; 0 is now. now is from now_ms. */
unsigned backoff_wait(const struct backoff *, const char *what, uint64_t now);

/* The same for something that others may do themselves: not before it has been
 * wanted for that many milliseconds. */
unsigned backoff_hold(
    struct backoff *, const char *what, unsigned ms, uint64_t now);

enum backoff_word {
	BACKOFF_TELL,	/* worth a line */
	BACKOFF_FIGHT,	/* a fight has just been found: worth a line */
	BACKOFF_SILENT, /* the same as the last time */
};

/* Records a try. After a failure the next one is 1, 2, 4... 60 seconds away,
 * and likewise from the sixth success within 10 seconds on. */
enum backoff_word backoff_note(
    struct backoff *, const char *what, bool failed, uint64_t now);

#endif
