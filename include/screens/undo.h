/* The edits that this console made, to be taken back one by one. */
#ifndef SEKI_SCREENS_UNDO_H
#define SEKI_SCREENS_UNDO_H

#include <stddef.h>

#include "core/host.h"

/* One edit: the candidate's text before and after. */
struct undo_step {
	char *before, *after;
};

/* All zero is empty. */
struct undo {
	struct undo_step *v;
	size_t n;
};

/* The candidate's text, before an edit; owned by the caller. */
char *undo_mark(const struct host *);
/* After the edit: keeps the step when the candidate is another now. Takes the
 * mark. */
void undo_keep(struct undo *, char *mark, const struct host *);

/* Brings back the candidate before the last edit, and appends what that edit
 * was, in one line. An error when there is none, or when somebody else changed
 * the candidate since. */
int undo_last(struct undo *, struct host *, struct buf *what, struct err *);

/* Forgets all edits, as once they were committed; empty then. */
void undo_free(struct undo *);

#endif
