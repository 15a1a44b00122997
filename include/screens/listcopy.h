/* Copies what a row of a list is about. */
#ifndef SEKI_SCREENS_LISTCOPY_H
#define SEKI_SCREENS_LISTCOPY_H

#include "core/show/listing.h"
#include "screens/app.h"

/* For every row. */
extern const struct action copy_actions[];

/* Copies a cell of the row, of the column of that name; where that is NULL or
 * the cell empty, its statement, or else what identifies it. */
void listcopy(
    struct app *, const struct listing *, const void *row, const char *column);

#endif
