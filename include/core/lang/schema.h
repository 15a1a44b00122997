/* Rows of a language: one walk parses, prints, completes and explains them. */
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
	/* Checks beyond types, such as PORTS without PROTO; NULL for none. The
	 * error is placed at words[i], from which value i was read. */
	int (*check)(const struct row *, const struct value *, struct err *,
	    size_t *blame);
	/* Whether an optional argument can follow the values so far; NULL if
	 * all can. Only for suggestions: check has the reasons. */
	bool (*suits)(const struct value *, size_t arg);
};

/* The only row whose name starts with the word; an exact match wins. On an
 * error the hint lists the candidates or the nearest name. Rows end with a NULL
 * name; what says what they are, marked by N_(). */
const struct row *schema_find(
    const struct row *rows, struct words *, const char *what, struct err *);

/* Parses the remaining words into v[row->nargs], all zero before. partial
 * accepts the start of a row, without required values. The caller owns what v
 * holds, even after an error. */
int schema_parse(const struct row *, struct words *, struct value *v,
    bool partial, struct err *);

void schema_free(const struct row *, struct value *);

/* Appends the row with its values; with key only those with ARG_KEY. */
void schema_print(
    const struct row *, const struct value *, bool key, struct buf *);

/* Its word in usage and messages: the keyword, or the metavar of a positional
 * argument. */
const char *schema_word(const struct arg *);

/* Appends "forward PROTO PORTS to TARGET [on ADDR] ...". */
void schema_usage(const struct row *, struct buf *);

/* Offers completions for the end of text (its last word is replaced) by s->add,
 * values by s->values. Stops at words that do not parse. */
void schema_complete(
    const struct row *rows, const char *text, struct suggest *s);

#endif
