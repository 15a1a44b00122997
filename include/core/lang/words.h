/* A line cut into words, each with its place, so that errors can point. */
#ifndef SEKI_CORE_LANG_WORDS_H
#define SEKI_CORE_LANG_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/err.h"
#include "core/base/util.h"

struct word {
	char *text;   /* quotes and escapes resolved */
	char *quoted; /* as long as text: 'q' where a byte stood in quotes;
			 NULL: nowhere */
	unsigned col; /* where it starts in the source, from 1 */
	unsigned len; /* bytes it takes there */
};

struct words {
	struct word *v;
	size_t n;
	size_t at;     /* the next one to read */
	char *source;  /* the whole line */
	char *comment; /* from the '#' on; NULL when there is none */
	unsigned line; /* of the file, 0 when there is none */
};

/* Cuts a line: blanks separate, "..." quotes, inside quotes \\ \" and \xHH are
 * escapes, # starts a comment. What w holds belongs to the caller also after
 * an error. */
int words_split(struct words *w, const char *line, struct err *);
/* The same for those before the last blank: what is behind it is still being
 * written. */
int words_split_given(struct words *w, const char *text, struct err *);

/* The same for each line of a text (NULL: none), which is cut up: calls fn with
 * the words of those that can be cut. */
void words_each(
    char *text, void (*fn)(void *arg, const struct words *), void *arg);

/* Words that a shell has cut already; none is looked into. */
void words_from_argv(struct words *w, int argc, char *const argv[]);

void words_free(struct words *);

/* The next word, or NULL at the end; _take moves on. Borrowed. */
const struct word *words_peek(const struct words *);
const struct word *words_take(struct words *);

/* Whether no byte of the word was quoted: only then it can be a keyword. */
bool word_is_plain(const struct word *);
/* Whether that byte of it was not quoted. */
bool word_is_plain_at(const struct word *, size_t);

/* Puts the place of that word (NULL: the end of the line) and the source line
 * into an error that is set. Always -1. */
int words_blame(const struct words *, const struct word *, struct err *);

/* Appends a word so that words_split reads it back: bare when it can be, else
 * quoted. also names characters that want quotes here. */
void words_print(struct buf *, const char *text, const char *also);
void words_print_quoted(struct buf *, const char *text);

#endif
