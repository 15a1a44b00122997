/* Carrying a plan out, and taking it back. */
#ifndef SEKI_CORE_PLAN_PLAN_RUN_H
#define SEKI_CORE_PLAN_PLAN_RUN_H

#include "core/kernel/net.h"
#include "core/plan/journal.h"
#include "core/plan/step.h"

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

#endif
