/* Programs of this host that forwards hide: nobody on the Internet gets to
 * them any more. */
#ifndef SEKI_CORE_REACH_HIDDEN_H
#define SEKI_CORE_REACH_HIDDEN_H

#include "core/base/util.h"
#include "core/kernel/listener.h"
#include "core/plan/judge.h"
#include "core/plan/model.h"

/* The forward that takes what the Internet sends to that address and port of
 * this host, and the rules would let in without it; NULL: none does. */
const struct model_forward *hidden_by(const struct model *,
    const struct prefix *on, enum packet_proto, uint16_t port);

/* A port of this host that is hidden at each public address of a family that
 * programs hear it on. */
struct hidden {
	const struct listener *l;	/* one of them */
	const struct model_forward *by; /* that hides it at one of these */
	const struct statement *allows; /* likewise; or NULL */
	bool of[FAMILY_COUNT];
	bool left; /* somebody gets to them by the other family */
};

/* Whether a config may have such. */
bool hidden_may(const struct config *);
/* Finds them among listeners whose programs are known, by port; owned by the
 * caller, and borrows from the model and the listeners. */
struct hidden *hidden_find(
    const struct model *, const struct listeners *, size_t *n);

/* Appends a sentence for people, and what to do. */
void hidden_tell(const struct hidden *, struct buf *);
/* Appends the command that ends it; nothing where more than one is needed. */
void hidden_cure(const struct model *, const struct hidden *, struct buf *);

#endif
