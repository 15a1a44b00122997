/* What may stand at a place of a line: words with their help. */
#ifndef SEKI_TUI_COMPLETE_H
#define SEKI_TUI_COMPLETE_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/util.h"

/* Offers a word. A word of "" is only help: shown, never put in. */
typedef void complete_add(void *ctx, const char *word, const char *help);

/* Offers what may stand at byte `at` of the line in place of the word that is
 * there so far. Words that do not begin like it are passed over, so all that
 * fit the place may be offered. */
typedef void complete_fn(
    void *arg, const char *line, size_t at, complete_add *, void *ctx);

struct candidate {
	char *word;
	char *help;
};

struct candidates {
	struct candidate *v; /* in the order offered, none twice */
	size_t n;
	uint32_t *table; /* their numbers, from 1, by their hash; 0 is none */
	size_t places;	 /* of the table */
};

/* The byte at which the word that ends at `at` begins. */
size_t complete_start(const char *line, size_t at);

/* A complete_add that takes all; ctx is a struct candidates. */
void candidates_add(void *ctx, const char *word, const char *help);

/* Replaces *c by what fits the place. */
void candidates_read(struct candidates *c, complete_fn *, void *arg,
    const char *line, size_t at);
void candidates_free(struct candidates *); /* what it holds, not itself */

/* What the word comes to: as much as all candidates share, so it begins as it
 * was typed, and a blank behind when there is but one. Owned by the caller;
 * NULL when nothing can be said. */
char *candidates_common(const struct candidates *);

/* Appends "WORD   help", the words padded to w columns. */
void candidate_print(const struct candidate *, size_t w, struct buf *);
/* The width of the widest word. */
size_t candidates_width(const struct candidates *);

#endif
