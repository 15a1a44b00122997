/* Edits of the statements of a list: new, edit, delete, off. */
#ifndef SEKI_SCREENS_LISTEDIT_H
#define SEKI_SCREENS_LISTEDIT_H

#include "core/show/overlay.h"
#include "screens/listview.h"

/* For any row: new, edit, delete. */
extern const struct action listedit_actions[];
/* For a row that can be turned off. */
extern const struct action listedit_off[];

/* Their handlers; self is a listview. */
extern const struct act listedit_acts[];

/* Says what the candidate, or a pending commit, makes of a row with that mark
 * and of its statement, which may be NULL. */
void listedit_note(
    const struct host *, enum row_mark, const struct statement *, struct buf *);

/* Opens a form for the statement of the selected row. */
void listedit_form(void *list);

#endif
