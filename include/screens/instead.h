/* What stands in place of rates, where there are none: the state, and why. */
#ifndef SEKI_SCREENS_INSTEAD_H
#define SEKI_SCREENS_INSTEAD_H

#include "core/show/list_container.h"
#include "core/show/list_forward.h"
#include "tui/theme.h"

/* Each appends it as draw_before takes it, or nothing where there are rates to
 * show, and returns the role of what it appended. */

/* A forward that works for some still has rates while anything comes back. */
enum role instead_forward(const struct forward_row *, struct buf *);
enum role instead_container(const struct container_row *, struct buf *);

/* Whether a container runs; whether one that does lacks an address of its
 * statement. */
bool instead_is_up(const struct container_row *);
bool instead_lacks(const struct container_row *);

#endif
