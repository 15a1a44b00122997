/* What may stand at the end of a command line, for completion in shells. */
#ifndef SEKI_CLI_OFFER_H
#define SEKI_CLI_OFFER_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/mode.h"
#include "tui/complete.h"

/* The caller sets start and modes, and frees words. */
struct offer {
	const char *start; /* what is typed of the last word; never NULL */
	bool all;	   /* also words that do not begin like that */
	struct candidates words;
	bool files; /* also offer file names */
	const struct mode *modes;
};

/* Offers what may follow the n complete words v behind the program's name. None
 * has line ends or what a terminal would take for more than text. */
void offer_words(struct offer *, char **v, size_t n);

#endif
