/* Forms for statements, made from the rows of the language. */
#ifndef SEKI_SCREENS_CMDFORM_H
#define SEKI_SCREENS_CMDFORM_H

#include "screens/app.h"

/* A form for a new statement, filled in with the start of one, such as
 * "forward tcp"; or the form for the object that it names, when that is
 * there. */
void cmdform_new(struct app *, const char *start);

/* A form for a new policy, which comes behind policy n of that chain unless it
 * is of another one; n 0: behind all. */
void cmdform_new_policy(struct app *, enum chain, unsigned n);

/* A form for a new statement of that kind, filled in with what the host has. */
void cmdform_begin(struct app *, enum statement_kind);

/* A form to edit a statement of the candidate, which is copied. */
void cmdform_edit(struct app *, const struct statement *);

#endif
