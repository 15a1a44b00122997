/* What packets meet under a config: before it is committed by judging them, and
 * while the commit is pending by sending real ones. */
#ifndef SEKI_CORE_STATE_REHEARSAL_H
#define SEKI_CORE_STATE_REHEARSAL_H

#include "core/state/attempt.h"
#include "core/state/light.h"

/* Of a forward or a policy that is new. */
struct rehearsed {
	const struct statement *st; /* borrowed from the config */
	bool passes;		    /* so it says, else it is refused */
	enum light_state state;	    /* ok: it is so; warn: it passes, but */
	char *deaf;		    /* for this reason, a sentence, nobody
				       answers; NULL: not known */
	struct attempt attempt;
};

/* A few packets tell enough, and real ones take some time each. */
#define REHEARSED_MAX 64
#define REHEARSED_REAL_MAX 16

struct rehearsal {
	struct rehearsed *v;
	size_t n;
	size_t more; /* that were left out, since there are so many */
	bool real;   /* they were sent */
	struct config config;
	struct model model;
};

/* Both make an empty one where the config is unsound, or nothing that it has
 * beside the saved one is about packets from outside. The host is borrowed
 * until rehearsal_free, or its next refresh.
 *
 * Judges what packets would meet. */
void rehearsal_foresee(
    struct rehearsal *, struct host *, const struct config *);
/* Sends real ones under the pending commit, if there is one, after reading the
 * host again; where the kernel cannot, they are judged. */
void rehearsal_send(struct rehearsal *, struct host *);
void rehearsal_free(struct rehearsal *); /* empty then */

#endif
