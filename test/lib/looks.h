/* How cells of frames look, a letter each. */
#ifndef SEKI_TEST_LOOKS_H
#define SEKI_TEST_LOOKS_H

#include <curses.h>
#include <stddef.h>

struct look {
	attr_t attr;
	short pair; /* its colour, and 1 */
	char letter;
};

extern const struct look looks[];
extern const size_t look_count;

#endif
