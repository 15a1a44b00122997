/* What packets met that were tried for a commit, as lines and as JSON. */
#ifndef SEKI_CORE_SHOW_LIST_REHEARSAL_H
#define SEKI_CORE_SHOW_LIST_REHEARSAL_H

#include "core/state/rehearsal.h"

struct json_t; /* of jansson */

/* Appends a line for each packet under a heading, with the command that mends
 * what is wrong; nothing where there is none. */
void rehearsal_tell(
    const struct host *, const struct rehearsal *, struct buf *);

/* Sends real packets under the pending commit (rehearsal_send). Appends how
 * many fared as they should, and a line for each that did not, and notes that
 * for rehearsal_told. */
void rehearsal_try(struct host *, struct rehearsal *, struct buf *);
/* Appends what was noted for the pending commit; nothing without. */
void rehearsal_told(const struct host *, struct buf *);

/* An array, owned by the caller. */
struct json_t *rehearsal_json(const struct host *, const struct rehearsal *);
/* Its shape, for people. */
#define REHEARSAL_SHAPE                                                        \
	"[{statement, protocol, from, to: {address, port},\n"                  \
	"  real: true|false, passes: true|false,\n"                            \
	"  state: ok|unknown|warn|fail, text, cure}]"

#endif
