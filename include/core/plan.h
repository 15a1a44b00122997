/* The steps from the kernel's state to a model, each with its undo. */
#ifndef SEKI_CORE_PLAN_H
#define SEKI_CORE_PLAN_H

#include "core/journal.h"
#include "core/model.h"
#include "core/net.h"
#include "core/step.h"

/* Plans. The journal says what was ours before. What p holds belongs to the
 * caller also after an error; it borrows from the model's snapshot. */
int plan_build(struct plan *p, const struct model *, const struct snapshot *,
    const struct journal *, struct err *);
/* The same without the ruleset: nothing is asked of the kernel, so it may be
 * done at every look. */
void plan_links(struct plan *p, const struct model *, const struct snapshot *,
    const struct journal *);
/* Adds the step that writes all rules of our table anew, as if each had been
 * edited. Counters and elements that are right stay. */
int plan_rewrite(struct plan *, const struct model *, struct err *);

/* Adds the step of a transaction, whose text it takes. NULL, and no step, where
 * what is there now cannot be kept to go back to. */
struct step *plan_add_rules(struct plan *, char *text, struct err *);

/* Whether one of its steps changes the ruleset. */
bool plan_has_rules(const struct plan *);

/* Carries the steps out in order. When one on the host fails, those before it
 * are undone, newest first, and the error says so; the error also says when an
 * undo failed. One inside a container that fails is a line of failed: a
 * container may stop at any moment. */
int plan_run(struct plan *, struct net *, struct buf *failed, struct err *);
/* Carries each step out on its own: what fails keeps no other from being done,
 * and nothing is undone. Returns how many failed, each a line of failed. */
size_t plan_try(struct plan *, struct net *, struct buf *failed);
/* Undoes what was done, newest first. */
int plan_undo(struct plan *, struct net *, struct err *);
/* Whether no step is left that was carried out and not undone; after plan_fail
 * also by what the kernel said then. */
bool plan_is_undone(const struct plan *);
/* plan_undo for an error that is set, which gets to say how it went. Always
 * -1. */
int plan_fail(struct plan *, struct net *, struct err *);

/* Notes in the journal what the steps will add, to be stored before they are
 * carried out; and then what they did add and remove. */
void plan_note_ahead(const struct plan *, struct journal *);
void plan_note(const struct plan *, struct journal *);
/* Notes that they were undone. */
void plan_unnote(const struct plan *, struct journal *);

/* After plan_undo: asks the kernel whether all that the steps changed is as it
 * was before. The error says what is not. */
int plan_read_back(const struct plan *, struct net *, struct err *);

/* Appends a line for each step: "  net.ipv6.conf.all.forwarding 0 -> 1". */
void plan_print(const struct plan *, struct buf *);

#endif
