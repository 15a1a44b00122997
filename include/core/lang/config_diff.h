/* Differences between configs, by the object each statement names. */
#ifndef SEKI_CORE_LANG_CONFIG_DIFF_H
#define SEKI_CORE_LANG_CONFIG_DIFF_H

#include "core/lang/config.h"

/* A statement that was added, removed, changed or moved; borrowed from the
 * configs. */
struct change {
	const struct statement *before; /* NULL: it was added */
	const struct statement *after;	/* NULL: it was removed */
	unsigned from, to; /* of a policy that moved past others of its chain,
			      its numbers there; else 0 */
	unsigned number, policies; /* of one that was added beside others, and
				      how many its chain has; else 0 */
	const struct statement *behind; /* the one before that; NULL: none */
};

/* '+' added, '-' removed, '~' otherwise. */
char change_mark(const struct change *);
/* The statement after, else the one before. */
const struct statement *change_statement(const struct change *);
/* Appends it as lines: "- " before the old one, "+ " before the new one, "~ "
 * before one that only moved. */
void change_print(const struct change *, struct buf *);
/* Appends " (input 3 -> 1)" for one that moved, else nothing. */
void change_print_move(const struct change *, struct buf *);

/* Calls fn with all changes: removals first, then the rest in the order of
 * after. Comments do not count, nor does what stands between the policies of a
 * chain. As few policies as possible are reported as moved. */
typedef void config_diff_fn(void *arg, const struct change *);
void config_diff(const struct config *before, const struct config *after,
    config_diff_fn *, void *arg);
/* The number of changes. */
unsigned config_changes(
    const struct config *before, const struct config *after);
/* Appends them as lines. */
void config_print_diff(
    const struct config *before, const struct config *after, struct buf *);

/* Refuses a statement that names the object of an earlier one. */
int config_check_twice(const struct config *, struct err *);

#endif
