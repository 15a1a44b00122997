/* How cells of frames look. */
#include "config.h"

#include "looks.h"

#include "core/base/util.h"

const struct look looks[] = {
	{ A_NORMAL, 0, ' ' },
	{ A_BOLD, 0, 'b' },
	{ A_DIM, 0, 'd' },
	{ A_REVERSE, 0, 'i' },
	{ A_NORMAL, COLOR_RED + 1, 'r' },
	{ A_NORMAL, COLOR_GREEN + 1, 'g' },
	{ A_NORMAL, COLOR_YELLOW + 1, 'y' },
	{ A_NORMAL, COLOR_CYAN + 1, 'c' },
	{ A_NORMAL, COLOR_MAGENTA + 1, 'm' },
	{ A_BOLD, COLOR_RED + 1, 'R' },
	{ A_BOLD, COLOR_CYAN + 1, 'C' },
	{ A_BOLD | A_REVERSE, COLOR_YELLOW + 1, 'Y' },
	{ A_BOLD | A_REVERSE, COLOR_GREEN + 1, 'G' },
};

const size_t look_count = NITEMS(looks);
