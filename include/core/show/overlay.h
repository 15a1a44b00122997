/* The candidate over the saved config, as lists show both. */
#ifndef SEKI_CORE_SHOW_OVERLAY_H
#define SEKI_CORE_SHOW_OVERLAY_H

#include "core/state/host.h"

/* A row compared with the saved config. */
enum row_mark {
	MARK_NONE,    /* the kernel's, or in both configs the same */
	MARK_ADDED,   /* '+' in the candidate only */
	MARK_REMOVED, /* '-' in the saved config only */
	MARK_CHANGED, /* '~' */
};

char row_mark_char(enum row_mark); /* ' ' + - ~ */
#define ROW_OFF 'o'		   /* of a statement that is off in both */

/* Statements of the candidate in order, then those that only the saved config
 * has, and how each stands. */
struct overlay {
	const struct statement *st;
	enum row_mark mark;
};
struct overlays {
	struct overlay *v; /* free it */
	size_t n;
	enum statement_kind first, last; /* which kinds to take */
};
void overlays_read(struct overlays *, const struct host *,
    enum statement_kind first, enum statement_kind last);
/* The one whose first value is that name; borrowed, or NULL. */
const struct overlay *overlays_named(const struct overlays *, const char *);

#endif
