/* The frames in test/golden/, read. */
#ifndef SEKI_TEST_GOLDEN_H
#define SEKI_TEST_GOLDEN_H

#include <stddef.h>

#define GOLDEN_ROWS 64

struct golden {
	const char *file, *name;
	const char *rows[GOLDEN_ROWS];
	const char *looks[GOLDEN_ROWS]; /* a letter for each character; "" */
	size_t h;
	int y, x; /* of the cursor */
};

/* The folder of the source, which top_srcdir names; owned by the caller. NULL,
 * after it was said, when that is not one: what is written for a source would
 * make a folder of its own. */
char *golden_top(void);

/* Calls fn for each frame of all files. */
void golden_read(
    const char *top, void (*fn)(void *arg, const struct golden *), void *arg);

#endif
