/* seki complete-words: completion for zsh and fish. */
#ifndef SEKI_CLI_COMPLETE_WORDS_H
#define SEKI_CLI_COMPLETE_WORDS_H

#include "cli/mode.h"

/* The words of a are complete-words [WORD...] LAST: those behind the program's
 * name, unquoted, and what is typed of the one at the cursor. Prints what may
 * stand there as rows of word, tab and help; which of them LAST is the start
 * of, is for the shell to find out. Returns 0, or 1 where a file name may stand
 * there, too. */
int complete_words(const struct arguments *a, const struct mode *);

#endif
