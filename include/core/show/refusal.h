/* What the rules in force refuse of what was let in once. */
#ifndef SEKI_CORE_SHOW_REFUSAL_H
#define SEKI_CORE_SHOW_REFUSAL_H

#include "core/show/list_flow.h"

/* Appends a line for each statement, or default, that would refuse a new
 * connection like that of the row, or like any of its client's, those that have
 * ended among them, with the first that it would; nothing where all would be
 * let in, or while no rules are in force. */
void flow_refusals(const struct host *, const struct flow_row *, struct buf *);

#endif
