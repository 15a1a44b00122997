/* Carrying out a plan, and undoing it. */
#ifndef SEKI_CORE_PLAN_PLAN_RUN_H
#define SEKI_CORE_PLAN_PLAN_RUN_H

#include "core/kernel/net.h"
#include "core/plan/journal.h"
#include "core/plan/step.h"

/* Carries out the steps in order. If one on the host fails, those before it are
 * undone, newest first; the error says so, and whether an undo failed. A failed
 * step inside a container is only a line of failed: a container may stop at any
 * moment. */
int plan_run(struct plan *, struct net *, struct buf *failed, struct err *);
/* Carries out each step independently: a failure stops no other step, and
 * nothing is undone. Each failure is a line of failed, and the first is the
 * error. */
int plan_try(struct plan *, struct net *, struct buf *failed, struct err *);
/* Undoes the steps that were done, newest first. */
int plan_undo(struct plan *, struct net *, struct err *);
/* Whether every step that was carried out has been undone; after plan_fail, by
 * what the kernel said then, too. */
bool plan_is_undone(const struct plan *);
/* plan_undo after an error, which is extended by how the undo went. Always
 * returns -1. */
int plan_fail(struct plan *, struct net *, struct err *);

/* Adds to the journal what the steps will add, to be stored before they are
 * carried out; and afterwards records what they did add and remove. */
void plan_note_ahead(const struct plan *, struct journal *);
void plan_note(const struct plan *, struct journal *);
/* Records in the journal that they were undone. */
void plan_unnote(const struct plan *, struct journal *);

/* After plan_undo: asks the kernel whether everything the steps changed is as
 * before. The error says what is not. */
int plan_read_back(const struct plan *, struct net *, struct err *);

#endif
