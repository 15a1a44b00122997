/* What is done to the statements of a list: new, edit, delete, off. */
#ifndef SEKI_SCREENS_LISTEDIT_H
#define SEKI_SCREENS_LISTEDIT_H

#include "screens/listview.h"

/* Of a row: new, edit, delete. */
extern const struct action listedit_actions[];
/* Of a row that can be off. */
extern const struct action listedit_off[];

/* What they do, to a listview. */
extern const struct act listedit_acts[];

/* A form for the statement of the row that is selected. */
void listedit_form(void *list);

#endif
