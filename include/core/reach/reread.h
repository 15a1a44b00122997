/* When to read again what the kernel sends no events about. */
#ifndef SEKI_CORE_REACH_REREAD_H
#define SEKI_CORE_REACH_REREAD_H

#include <stdbool.h>
#include <stdint.h>

struct reread {
	uint64_t at; /* when it was read, now_ms; 0: never */
	unsigned ms; /* for which it is believed */
};

/* Whether it is time: 3 s after it was found to have changed, later while it
 * stays the same, but after 12 s at most. */
bool reread_is_due(const struct reread *);
/* Notes that it was read just now, and whether it was the same as before. */
void reread_note(struct reread *, bool same);

#endif
