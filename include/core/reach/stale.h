/* Stale connections: live ones that the current rules would not let through.
 * Netfilter translates and judges only the first packet of a connection, so a
 * commit does not affect existing ones. */
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
	STALE_TAKEN,   /* untranslated, and a forward would take it now */
	STALE_SOURCE,  /* a container's, which masquerading would give another
			  address, or none */
	STALE_KINDS,
};
extern const struct stale_reason stale_reasons[STALE_KINDS];

/* The link that a prefix is behind. */
struct stale_way {
	struct prefix prefix;
	const char *link;
};

/* A model prepared for judging many connections; borrows from it and from the
 * snapshot it was built on. */
struct stale {
	const struct model *model;
	struct port_index ports; /* of forwards */
	struct stale_way *ways;
	size_t nways;
	struct prefixes own;		   /* addresses of this host */
	struct prefixes published;	   /* where others may translate to */
	const char *uplinks[FAMILY_COUNT]; /* behind which all else is; NULL:
					      not known */
};
void stale_begin(struct stale *, const struct model *, const struct snapshot *);
void stale_end(struct stale *);

/* Why the rules would not let this translated connection through; NULL if they
 * would, if they may (a limit), or if it is not known to be one that a forward
 * of seki translated. */
const struct stale_reason *stale_judge(
    const struct stale *, const struct flow *);
/* The same for an untranslated connection: it would be refused, or a forward
 * would take it. */
const struct stale_reason *stale_judge_direct(
    const struct stale *, const struct flow *);

struct stale_ruling {
	enum chain chain;
	const struct statement *by; /* a policy or a default, of the model;
				       NULL: the default, without a statement */
};
/* Whether it is one to a public address of a container, which is routed there,
 * or whose prefix is translated; then who decides about it. */
bool stale_reaches(
    const struct stale *, const struct flow *, struct stale_ruling *);

/* Whether the rules would refuse a new connection like it, of no related one;
 * then who decides. */
bool stale_refuses(
    const struct stale *, const struct flow *, struct stale_ruling *);

/* Whether a forward translates it exactly as it is: then it is surely ours. */
bool stale_translates(const struct stale *, const struct flow *);

/* Whether an untranslated one is claimed by a forward of its port: by no other
 * that takes all of the rest. */
bool stale_takes(const struct stale *, const struct flow *);

/* Whether what a container began goes out under the address that masquerading
 * gives it, or its own where there is none; true for all else. */
bool stale_leaves(const struct stale *, const struct flow *);

#endif
