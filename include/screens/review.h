/* What a commit would do, looked at before it is done. */
#ifndef SEKI_SCREENS_REVIEW_H
#define SEKI_SCREENS_REVIEW_H

#include "screens/app.h"

extern const struct view_ops screen_review;

/* Shows the changed statements and the steps in the kernel, where Enter
 * commits them; or the commit that is pending; or says why there is nothing to
 * see. */
void review_open(void *app);

#endif
