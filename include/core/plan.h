/* The steps from the kernel's state to a model, each with its undo. */
#ifndef SEKI_CORE_PLAN_H
#define SEKI_CORE_PLAN_H

#include "core/journal.h"
#include "core/model.h"
#include "core/net.h"

struct step_kind;

struct step {
	const struct step_kind *kind;
	const struct container *container; /* NULL: the host */
	int index;			   /* interface */
	struct prefix prefix;		   /* address, or gateway */
	char *name;	/* sysctl path; else interface or container */
	int before, after; /* of a sysctl */
	char *text;	/* of a ruleset: the transaction */
	char *undo;	/* of a ruleset: the saved table */
	bool done;	/* carried out, and it changed something */
};

struct plan {
	struct step *v;
	size_t n;
};

/* Plans. The journal says what was ours before. What p holds belongs to the
 * caller also after an error; it borrows from the model's snapshot. */
int plan_build(struct plan *p, const struct model *, const struct snapshot *,
    const struct journal *, struct err *);
void plan_free(struct plan *);

/* Carries the steps out in order. When one fails, those before it are undone,
 * newest first, and the error says so; the error also says when an undo
 * failed. */
int plan_run(struct plan *, struct net *, struct err *);
/* Undoes what was done, newest first. */
int plan_undo(struct plan *, struct net *, struct err *);
/* The same for an error that is set, which gets to say how it went. Always
 * -1. */
int plan_fail(struct plan *, struct net *, struct err *);

/* Notes in the journal what the steps added and removed. */
void plan_note(const struct plan *, struct journal *);

/* Appends a line for each step: "  net.ipv6.conf.all.forwarding 0 -> 1". */
void plan_print(const struct plan *, struct buf *);

#endif
