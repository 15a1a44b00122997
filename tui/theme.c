/* What the roles of text look like, with colours and without. */
#include "config.h"

#include "tui/theme.h"

#include <curses.h>
#include <string.h>

#include "core/base/util.h"

#define NONE (-1)

/* Only the eight colours that the admin chose for text, on their own
 * background. Never blue, which cannot be read on a dark screen, nor bright
 * black, which is the background of some schemes. Yellow is for what needs a
 * look, magenta for what is edited and not committed. Nothing is dim: in
 * Solarized, whose text has little contrast to spare, it cannot be read. */
static const struct look {
	attr_t mono;
	attr_t attr; /* with the colour */
	short color;
} looks[ROLE_COUNT] = {
	[ROLE_TEXT] = { A_NORMAL, A_NORMAL, NONE },
	[ROLE_TITLE] = { A_BOLD, A_BOLD, NONE },
	[ROLE_ALERT] = { A_REVERSE, A_BOLD | A_REVERSE, COLOR_YELLOW },
	[ROLE_PROVED] = { A_REVERSE, A_BOLD | A_REVERSE, COLOR_GREEN },
	[ROLE_TAB] = { A_NORMAL, A_NORMAL, NONE },
	[ROLE_TAB_ACTIVE] = { A_BOLD, A_BOLD, COLOR_CYAN },
	[ROLE_HEADER] = { A_NORMAL, A_NORMAL, NONE },
	[ROLE_RULE] = { A_NORMAL, A_NORMAL, COLOR_CYAN },
	[ROLE_SELECTED] = { A_REVERSE, A_REVERSE, NONE },
	[ROLE_OK] = { A_NORMAL, A_NORMAL, COLOR_GREEN },
	[ROLE_WARN] = { A_BOLD, A_NORMAL, COLOR_YELLOW },
	[ROLE_FAIL] = { A_BOLD, A_BOLD, COLOR_RED },
	[ROLE_ADDED] = { A_BOLD, A_NORMAL, COLOR_GREEN },
	[ROLE_REMOVED] = { A_NORMAL, A_NORMAL, COLOR_RED },
	[ROLE_CHANGED] = { A_BOLD, A_NORMAL, COLOR_MAGENTA },
	[ROLE_DIM] = { A_NORMAL, A_NORMAL, NONE },
	[ROLE_KEY] = { A_BOLD, A_BOLD, NONE },
	[ROLE_LABEL] = { A_NORMAL, A_NORMAL, NONE },
	[ROLE_FIELD] = { A_NORMAL, A_NORMAL, NONE },
	[ROLE_FOCUS] = { A_REVERSE, A_REVERSE, NONE },
	[ROLE_STATEMENT] = { A_BOLD, A_NORMAL, COLOR_CYAN },
	[ROLE_CAPTION] = { A_BOLD, A_BOLD, COLOR_CYAN },
	[ROLE_IN] = { A_NORMAL, A_NORMAL, COLOR_CYAN },
	[ROLE_OUT] = { A_NORMAL, A_NORMAL, COLOR_GREEN },
};

static const struct {
	const char *start;
	enum role role;
} starts[] = {
	{ "+ ", ROLE_ADDED },
	{ "- ", ROLE_REMOVED },
	{ "~ ", ROLE_CHANGED },
	{ "ok ", ROLE_OK },
	{ "WARN ", ROLE_WARN },
	{ "FAIL ", ROLE_FAIL },
};

enum role
role_of_line(const char *line)
{
	size_t i;

	line += strspn(line, " ");
	for (i = 0; i < NITEMS(starts); i++)
		if (has_prefix(line, starts[i].start))
			return starts[i].role;
	return ROLE_TEXT;
}

bool
role_is_mark(enum role r)
{
	return r >= ROLE_OK && r <= ROLE_CHANGED;
}

bool
theme_start(bool color)
{
	short c;

	if (!color || start_color() == ERR || use_default_colors() == ERR)
		return false;
	for (c = 0; c < 8; c++)
		init_pair((short)(c + 1), c, -1);
	return true;
}

int
theme_color(short pair)
{
	return pair - 1;
}

unsigned long
theme_attr(enum role r, bool color)
{
	const struct look *l = &looks[r];

	if (!color)
		return l->mono;
	return l->color == NONE ? l->attr : l->attr | COLOR_PAIR(l->color + 1);
}
