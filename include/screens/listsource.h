/* The rows and columns of a list view, as its table takes them. */
#ifndef SEKI_SCREENS_LISTSOURCE_H
#define SEKI_SCREENS_LISTSOURCE_H

#include "screens/listview.h"

/* Fills the columns of the view, its heads and table_spec, from its spec and
 * listing. */
void listsource_open(struct listview *);
/* Writes the heads anew: they say what the rates are. */
void listsource_heads(struct listview *);

/* A row of those that the view has, borrowed from it. */
const void *listsource_row(const struct listview *, size_t row);
/* The column of that name or head, or else the first that begins so; ncolumns:
 * none. And a message which columns are in view. */
size_t listsource_column(const struct listview *, const char *word);
/* Adds the columns that a list can be sorted by, with their help. */
void listsource_offer_columns(const struct listview *, struct candidates *);
void listsource_tell_columns(const struct listview *, const char *word);
/* What is shown where there are no rows. */
const char *listsource_empty(const struct listview *);

/* Before rows are laid out makes their charts fit a screen of so many columns,
 * and after that sets their scale. */
void listsource_fit(struct listview *, int w);
void listsource_scale(struct listview *);

#endif
