/* Completion: the words that may stand at the cursor, with their help. */
#ifndef SEKI_TUI_COMPLETE_H
#define SEKI_TUI_COMPLETE_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/util.h"

/* Offers a candidate. One whose word is "" is only help: shown, never inserted.
 */
typedef void complete_add(void *ctx, const char *word, const char *help);

/* Offers the candidates for the word that ends at byte `at` of the line. Those
 * that do not begin with what is typed of it are ignored, so a completer need
 * not filter. */
typedef void complete_fn(
    void *arg, const char *line, size_t at, complete_add *, void *ctx);

struct candidate {
	char *word;
	char *help;
};

struct candidates {
	struct candidate *v; /* in the order offered, no duplicates */
	size_t n;
	uint32_t *table; /* hash table of their numbers from 1; 0: free */
	size_t places;	 /* slots of the table */
};

/* The byte at which the word that ends at `at` begins. */
size_t complete_start(const char *line, size_t at);

/* A complete_add that collects all; ctx is a struct candidates. */
void candidates_add(void *ctx, const char *word, const char *help);

/* Replaces *c by the candidates for the word that ends at `at`. */
void candidates_read(struct candidates *c, complete_fn *, void *arg,
    const char *line, size_t at);
void candidates_free(struct candidates *); /* what it holds, not itself */

/* The longest common prefix of the candidates, with a blank behind it when
 * there is only one. Owned by the caller; NULL when there is none, or only
 * help. */
char *candidates_common(const struct candidates *);

/* Appends "WORD   help", the words padded to w columns. */
void candidate_print(const struct candidate *, size_t w, struct buf *);
/* The width of the widest word. */
size_t candidates_width(const struct candidates *);

#endif
