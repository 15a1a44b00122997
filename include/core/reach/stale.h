/* Stale connections: those that go on although the rules would not let them
 * through as they go. Netfilter translates and judges the first packet of a
 * connection alone, so a commit changes nothing for those that are there. */
#ifndef SEKI_CORE_REACH_STALE_H
#define SEKI_CORE_REACH_STALE_H

#include "core/kernel/flow.h"
#include "core/plan/model.h"
#include "core/plan/port_index.h"

struct stale_reason {
	const char *word;     /* of JSON; marked by N_() */
	const char *sentence; /* reads on from "goes on although "; likewise */
};

enum stale_kind {
	STALE_GONE,    /* no forward leads there */
	STALE_MOVED,   /* its forward leads elsewhere */
	STALE_REFUSED, /* a policy, a default or the forward's from */
	STALE_KINDS,
};
extern const struct stale_reason stale_reasons[STALE_KINDS];

/* The link behind which a prefix is. */
struct stale_way {
	struct prefix prefix;
	const char *link;
};

/* A model made ready to judge many connections; borrows from it and from the
 * snapshot it was built on. */
struct stale {
	const struct model *model;
	struct port_index ports; /* of forwards */
	struct stale_way *ways;
	size_t nways;
	struct prefixes own;	   /* addresses of this host */
	struct prefixes published; /* where others may translate to */
	const char *uplink; /* behind which all else is; NULL: not known */
};
void stale_begin(struct stale *, const struct model *, const struct snapshot *);
void stale_end(struct stale *);

/* Why the rules would not let this translated connection through as it goes;
 * NULL when they would, when they may (a limit), and when it is not known to
 * be one that a forward of seki has translated. */
const struct stale_reason *stale_judge(
    const struct stale *, const struct flow *);
/* The same of one that nothing has translated: it would be refused, or a
 * forward would take it. */
const struct stale_reason *stale_judge_direct(
    const struct stale *, const struct flow *);

/* Whether a forward claims the address and port that it came to, whatever has
 * become of it. */
bool stale_claims(const struct stale *, const struct flow *);
/* Whether a forward translates it just as it goes: then it surely is ours. */
bool stale_translates(const struct stale *, const struct flow *);

#endif
