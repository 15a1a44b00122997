/* Which characters the terminal shows. The locale says so, and may be wrong:
 * over SSH or after sudo it is often "C" while the terminal speaks UTF-8, and
 * some terminals show characters of ambiguous width (UAX #11), as blocks are,
 * in two cells. So the terminal is asked once: a character is written, and the
 * place of the cursor behind it tells. */
#ifndef SEKI_TUI_GLYPHS_H
#define SEKI_TUI_GLYPHS_H

#include <stdbool.h>

#include "core/base/util.h"

struct glyphs {
	bool ascii;   /* nothing else is drawn, */
	bool wide;    /* or nothing of ambiguous width */
	bool foreign; /* the locale knows only ASCII */
	bool relayed; /* a multiplexer answers in the terminal's place */
	enum { ASKS_NOT, ASKS_SOON, ASKED } state;
	uint64_t at; /* when it was asked */
};

/* What the locale says, of a terminal of that type. The locale is C.UTF-8 then,
 * where it was only ASCII. With only_ascii nothing is asked. */
void glyphs_begin(struct glyphs *, const char *type, bool only_ascii);

/* Appends the question, if it is to be asked, for a terminal that was cleared
 * and has its cursor at the first place, where it is again then. now is in
 * milliseconds. */
void glyphs_ask(struct glyphs *, uint64_t now, struct buf *);

/* Whether an answer may still be under way. */
bool glyphs_waits(const struct glyphs *, uint64_t now);

/* The cursor was at that place, from 0. Returns whether other characters are to
 * be drawn from now on; *note is what to tell the admin, to be translated, or
 * NULL. */
bool glyphs_answer(struct glyphs *, int y, int x, const char **note);

#endif
