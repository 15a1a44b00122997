/* The review of a commit before it is carried out. */
#ifndef SEKI_SCREENS_REVIEW_H
#define SEKI_SCREENS_REVIEW_H

#include "screens/app.h"

extern const struct view_ops screen_review;

/* Shows the changed statements and the steps in the kernel, where Enter commits
 * them; or the pending commit; or why there is nothing to review. */
void review_open(void *app);

#endif
