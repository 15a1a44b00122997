/* The initial text of a form for a new statement: names that exist on the host
 * and are not in the candidate yet. */
#ifndef SEKI_SCREENS_BEGIN_H
#define SEKI_SCREENS_BEGIN_H

#include "core/state/host.h"

/* Appends the start of a statement of that kind, such as "forward tcp". */
void begin_statement(const struct host *, enum statement_kind, struct buf *);

/* Appends the name it begins with, as a word; nothing when there is none. */
void begin_name(const struct host *, enum statement_kind, struct buf *);

#endif
