/* Rows of a language: parsed, printed, completed and explained by one walk. */
#ifndef SEKI_CORE_LANG_SCHEMA_H
#define SEKI_CORE_LANG_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/err.h"
#include "core/lang/type.h"
#include "core/lang/words.h"

enum arg_flags {
	ARG_REQUIRED = 1, /* an error when it is missing */
	ARG_KEYWORD = 2,  /* follows its name; without this it is positional */
	ARG_FLAG = 4,	  /* its name alone, no value */
	ARG_KEY = 8,	  /* part of what names the object */
	ARG_LOOKS = 16,	  /* with it a command only answers */
};

struct arg {
	const char *name; /* the keyword; for a positional, what it is; marked
			     by N_() in statements, for forms */
	const struct type *type; /* NULL for a flag */
	unsigned flags;
	const char *help; /* like all help, marked by N_() */
};

#define ARGS_MAX 10

struct row {
	const char *name;
	const char *help;
	const struct arg *args;
	size_t nargs;
	/* What the types alone cannot judge, such as PORTS without PROTO; NULL
	 * when there is nothing. The error blames words[i], where value i was
	 * read. */
	int (*check)(const struct row *, const struct value *, struct err *,
	    size_t *blame);
	/* Whether an optional argument can follow the values so far; NULL when
	 * each of them can. Only offers ask: check has the reason. */
	bool (*suits)(const struct value *, size_t arg);
};

/* The only row that the word is the start of; an exact match wins. On an
 * error the hint names the candidates or the nearest word. rows end with a
 * NULL name; what says what they are, marked by N_(). */
const struct row *schema_find(
    const struct row *rows, struct words *, const char *what, struct err *);

/* Reads the rest of the words into v[row->nargs], all zero before. partial
 * accepts the start of a row: required values may be missing. What v holds
 * belongs to the caller also after an error. */
int schema_parse(const struct row *, struct words *, struct value *v,
    bool partial, struct err *);

void schema_free(const struct row *, struct value *);

/* Appends the row with its values; only those with ARG_KEY when key. */
void schema_print(
    const struct row *, const struct value *, bool key, struct buf *);

/* What stands for it in usage and messages: the keyword, or the metavar of a
 * positional. */
const char *schema_word(const struct arg *);

/* Appends "forward PROTO PORTS to TARGET [on ADDR] ...". */
void schema_usage(const struct row *, struct buf *);

/* Offers what may stand at the end of text (its last word is replaced), by
 * way of s->add; values only by s->values. Words that do not parse end it
 * early. */
void schema_complete(
    const struct row *rows, const char *text, struct suggest *s);

#endif
