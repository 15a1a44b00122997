/* How quick the line to the terminal is: it is asked for the place of its
 * cursor once, behind the first screen, and answers when it has got all of
 * that. */
#ifndef SEKI_TUI_SPEED_H
#define SEKI_TUI_SPEED_H

#include <stdbool.h>

#include "core/base/util.h"

struct speed {
	bool asked; /* the answer is not there yet */
	bool quick; /* it came at once */
	uint64_t at;
};

/* Appends the question behind what is written; now is in milliseconds. */
void speed_ask(struct speed *, uint64_t now, struct buf *);
/* Whether an answer may still be under way. */
bool speed_waits(const struct speed *, uint64_t now);
/* It is there. Returns whether the line has turned out to be quick. */
bool speed_answer(struct speed *, uint64_t now);

#endif
