/* A config: statements in order, with the comments and blank lines between. */
#ifndef SEKI_CORE_LANG_CONFIG_H
#define SEKI_CORE_LANG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/lang/option.h"
#include "core/lang/statement.h"

struct line {
	struct statement *st; /* NULL: blank, or a comment alone */
	char *comment;	      /* from the '#' on; NULL when there is none */
};

/* Size limit of a config in bytes; 5000 forwards take less than 1 MiB. */
#define CONFIG_MAX (16u << 20)

struct config {
	struct line *v;
	size_t n;
	char *file;    /* named by errors; NULL when it came from no file */
	uint64_t text; /* a digest (hash_text) of what it was parsed from; 0:
			  it was changed since, or made otherwise */
};

/* Parses text; file names it in errors and may be NULL. The caller owns what c
 * holds, even after an error. */
int config_parse(
    struct config *c, const char *text, const char *file, struct err *);

/* Reads a file. With absent_ok a missing one is an empty config. */
int config_read(
    struct config *c, const char *path, bool absent_ok, struct err *);
/* The same, quicker where most of its lines are those of another config, whose
 * statements it shares. */
int config_read_like(struct config *, const char *path, bool absent_ok,
    const struct config *like, struct err *);

/* Replaces the file at path by the config, atomically; or by the text of one.
 * What could not be read again is refused. */
int config_write(const struct config *, const char *path, struct err *);
int config_write_text(
    const char *text, size_t len, const char *path, struct err *);

void config_print(const struct config *, struct buf *);
/* Whether their files would be identical, comments included. */
bool config_equal(const struct config *, const struct config *);
bool config_is_empty(const struct config *); /* it has no statement */
void config_free(struct config *);	     /* what it holds, not itself */
void config_copy(struct config *to, const struct config *from);

/* Edits. They take the statement: it belongs to the config, and is freed if the
 * edit is refused. add appends it to its group and refuses an existing object;
 * set replaces that object, or adds it. */
int config_add(struct config *, struct statement *, struct err *);
int config_set(struct config *, struct statement *, struct err *);
/* Extends the hint of a refused second statement for a container that names its
 * bridge: how it can have an address on each of two. */
void config_hint_bridge(const struct statement *, struct err *);

/* The line of the one statement that the key names: the one with exactly its
 * values, else the only one that matches. SIZE_MAX with an error that lists the
 * candidates. */
size_t config_find(
    const struct config *, const struct statement *key, struct err *);
void config_remove(struct config *, size_t line);
/* Puts the statement, which belongs to the config then, in place of the line's
 * own. */
void config_put(struct config *, size_t line, struct statement *);

/* Moves policy n of a chain, counted from 1 in each, to the place of policy
 * to of that chain. */
int config_move(
    struct config *, enum chain, unsigned n, unsigned to, struct err *);

/* Adds a policy behind policy n of its chain; behind all of them with n 0, or
 * when there is no such. Takes the statement. */
int config_add_behind(
    struct config *, struct statement *, unsigned n, struct err *);

/* Policy n of a chain, from 1; borrowed, NULL if there is none. */
const struct statement *config_policy(
    const struct config *, enum chain, unsigned n);
/* The statement of the container of that name, borrowed; NULL if there is none,
 * or the config is NULL. */
const struct statement *config_container(
    const struct config *, const char *name);
/* That of a bridge, likewise. */
const struct statement *config_bridge(const struct config *, const char *name);
/* The value of an option, as from option_parse: the first statement's, else the
 * preset. */
unsigned config_option(const struct config *, enum option_name);
/* The statement that names the same object, borrowed, or NULL. */
const struct statement *config_same(
    const struct config *, const struct statement *);

#endif
