/* Which commit left a live flow behind: a line each in RUN/orphans, "ID COMMIT
 * through|beside". */
#ifndef SEKI_CORE_STATE_ORPHAN_NOTE_H
#define SEKI_CORE_STATE_ORPHAN_NOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"

struct orphan_note {
	uint32_t id;	 /* the flow's, of conntrack */
	unsigned number; /* of the commit in the history */
	bool beside;	 /* it leads to no container */
};
struct orphan_notes {
	struct orphan_note *v; /* by id */
	size_t n;
};

/* Reads them; none if there is no such file. Free the result. */
void orphan_notes_read(struct orphan_notes *, const char *run_path);
void orphan_notes_free(struct orphan_notes *);
/* Whether there are any, at less cost. */
bool orphan_notes_are_there(const char *run_path);
/* NULL if there is none of that id. */
const struct orphan_note *orphan_notes_find(
    const struct orphan_notes *, uint32_t id);
void orphan_notes_add(struct orphan_notes *, const struct orphan_note *);
/* Sorts them and writes them down in place of those that were. */
int orphan_notes_write(
    struct orphan_notes *, const char *run_path, struct err *);

#endif
