/* Which characters the terminal shows. */
#include "config.h"

#include "tui/glyphs.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"

/* The question is asked in the second row: a report of the first one looks like
 * F3 with Shift (xterm). What follows takes the character back. */
#define ROW 1
#define ASK "\033[6n\r\033[K\033[H"
#define WAITS_MS 2000

/* A block, as in charts. Its bytes hold C1 controls where UTF-8 is not
 * understood; those of the other, as ambiguous, are two letters in every
 * charset of 8 bits, and one wide one in those of East Asia. */
#define BLOCK "\n▁" ASK
#define LETTER "\n·" ASK

/* Terminals by the start of their type. A Linux console has no eighths in its
 * fonts. Behind a line of a real VT100, or what passes for one, there may be
 * nobody to answer. */
static const struct kind {
	const char *start;
	bool poor, asked, relays;
} kinds[] = {
	{ "linux", true, false, false },
	{ "vt1", false, false, false },
	{ "vt2", false, false, false },
	{ "screen", false, true, true },
	{ "tmux", false, true, true },
	{ "", false, true, false },
};

static const struct kind *
find_kind(const char *type)
{
	const struct kind *k = kinds;

	while (!has_prefix(type, k->start))
		k++;
	return k;
}

/* The names that systems have for ASCII (glibc; BSD; POSIX). */
static bool
is_ascii(const char *codeset)
{
	static const char *const names[] = { "ANSI_X3.4-1968", "US-ASCII",
		"646" };
	size_t i = 0;

	while (i < NITEMS(names) && strcmp(names[i], codeset) != 0)
		i++;
	return i < NITEMS(names);
}

void
glyphs_begin(struct glyphs *g, const char *type, bool only_ascii)
{
	const struct kind *k = find_kind(type);
	const char *codeset = nl_langinfo(CODESET);
	bool utf8 = strcmp(codeset, "UTF-8") == 0;

	*g = (struct glyphs){ .ascii = only_ascii || !utf8, .wide = k->poor };
	if (only_ascii || !k->asked)
		return;
	g->foreign =
	    is_ascii(codeset) && setlocale(LC_CTYPE, "C.UTF-8") != NULL;
	g->relayed =
	    k->relays || getenv("TMUX") != NULL || getenv("STY") != NULL;
	g->state = utf8 || g->foreign ? ASKS_SOON : ASKS_NOT;
}

void
glyphs_ask(struct glyphs *g, uint64_t now, struct buf *out)
{
	if (g->state != ASKS_SOON)
		return;
	g->state = ASKED;
	g->at = now;
	buf_add(out, g->foreign ? LETTER : BLOCK);
}

bool
glyphs_waits(const struct glyphs *g, uint64_t now)
{
	return g->state == ASKED && now - g->at < WAITS_MS;
}

/* A multiplexer shows "_" for each of them if it was itself begun in a locale
 * that does not know them. */
static bool
take_utf8(struct glyphs *g, const char **note)
{
	if (g->relayed) {
		*note = N_("the locale has only ASCII: with LC_ALL=C.UTF-8 "
			   "charts are drawn in blocks");
		return false;
	}
	g->ascii = false;
	*note = N_("the locale has only ASCII, but this terminal has UTF-8, "
		   "which is used");
	return true;
}

bool
glyphs_answer(struct glyphs *g, int y, int x, const char **note)
{
	bool narrow = x == 1;

	*note = NULL;
	if (g->state != ASKED || y != ROW)
		return false;
	g->state = ASKS_NOT;
	if (g->foreign)
		return narrow && take_utf8(g, note);
	if (narrow)
		return false;
	g->wide = true;
	*note = N_("blocks are two cells wide in this terminal: charts are "
		   "drawn in ASCII");
	return true;
}
