/* Configs compared, statement by statement, by the object that each names. */
#ifndef SEKI_CORE_LANG_CONFIG_DIFF_H
#define SEKI_CORE_LANG_CONFIG_DIFF_H

#include "core/lang/config.h"

/* One statement that is not, or not the same, in both configs; borrowed from
 * them. */
struct change {
	const struct statement *before; /* NULL: it was added */
	const struct statement *after;	/* NULL: it was removed */
	unsigned from, to; /* of a policy that moved past others of its chain,
			      its numbers there; else 0 */
};

/* '+' added, '-' removed, '~' else. */
char change_mark(const struct change *);
/* What is, or else what was. */
const struct statement *change_statement(const struct change *);
/* Appends it as lines: "- " before what was, "+ " before what is, "~ " before
 * what only moved. */
void change_print(const struct change *, struct buf *);
/* Appends " (input 3 -> 1)" for one that moved, else nothing. */
void change_print_move(const struct change *, struct buf *);

/* Calls fn with all changes: what was removed, then the rest in the order of
 * after. Comments do not count, and neither does what stands between the
 * policies of a chain. As few policies as can be are said to have moved. */
typedef void config_diff_fn(void *arg, const struct change *);
void config_diff(const struct config *before, const struct config *after,
    config_diff_fn *, void *arg);
/* How many changes there are. */
unsigned config_changes(
    const struct config *before, const struct config *after);
/* Appends them as lines. */
void config_print_diff(
    const struct config *before, const struct config *after, struct buf *);

/* The first statement that names the object of an earlier one, which goes
 * into *first; NULL when there is none. Borrowed. */
const struct statement *config_twice(
    const struct config *, const struct statement **first);

#endif
