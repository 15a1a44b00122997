/* Status of the host: candidate, pending commit and its evidence, last
 * commit. */
#ifndef SEKI_CORE_SHOW_STATUS_H
#define SEKI_CORE_SHOW_STATUS_H

#include <stdbool.h>

#include "core/base/util.h"
#include "core/commit/proof.h"
#include "core/state/host.h"

struct json_t; /* of jansson */

/* The state of the pending commit, from its guard. */
struct status {
	enum pending_phase phase;
	unsigned number;
	unsigned seconds; /* until it reverts by itself */
	const char *who;  /* of the host's pending commit */
	bool answered;	  /* the guard lives */
	bool proven;	  /* a new login was seen */
	struct evidence *v;
	size_t n;
};

/* Asks the guard if a commit is pending. */
void status_read(struct status *, const struct host *);
/* The same of what it answered; NULL: nothing. */
void status_take(struct status *, const struct host *, const char *answer);
void status_free(struct status *); /* what it holds, not itself */

/* Seconds until the pending commit reverts, without asking the guard. */
unsigned status_seconds(const struct host *);

/* How much of its whole time is left, from 1 down to 0; 1 where nobody noted
 * when it began. */
double status_part(const struct host *);

/* `show status` as lines of text, and as an array of one object. */
void status_text(const struct host *, struct buf *);
struct json_t *status_json(const struct host *);

#endif
