/* Forms for statements, made from the rows of the language. */
#ifndef SEKI_SCREENS_CMDFORM_H
#define SEKI_SCREENS_CMDFORM_H

#include "screens/app.h"

/* A form for a new statement, filled in with the start of one, such as
 * "forward tcp". */
void cmdform_new(struct app *, const char *start);

/* A form for a statement of the candidate. It is copied. */
void cmdform_edit(struct app *, const struct statement *);

#endif
