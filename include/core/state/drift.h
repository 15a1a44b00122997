/* Drift: differences between the kernel and what was committed, because
 * somebody changed it, or because something has come or gone. */
#ifndef SEKI_CORE_STATE_DRIFT_H
#define SEKI_CORE_STATE_DRIFT_H

#include "core/lang/config.h"
#include "core/plan/plan.h"
#include "core/state/host.h"
#include "core/state/standing.h"

/* The config that the kernel should have: the pending one, which is read into
 * *store, else the saved one. Borrowed from store or from the host; NULL with
 * code ERR_NONE while steps are being carried out, since nobody can tell then;
 * NULL with an error otherwise. The caller frees store. */
const struct config *drift_config(
    const struct host *, struct config *store, struct err *);

/* The rules as they were when last found right. All zero means never. */
struct drift_seen {
	bool right;
	uint32_t generation; /* of nftables */
	uint64_t want;	     /* a digest of what was wanted */
};

/* Finds the steps that would correct the kernel, none if it is right. What does
 * not exist now (an interface, a container) is left out. Rules are looked at
 * only if they or what is wanted changed since *seen (may be NULL), which it
 * updates. notes (or NULL) gets a line for each statement that cannot be fully
 * applied now. Takes a refreshed host, whose snapshot p borrows from; the
 * caller owns what p holds, even after an error, and the steps found until then
 * may be carried out; a ruleset step that may have to be undone only after
 * dry_run. */
int drift_find(struct host *, const struct config *, struct drift_seen *seen,
    struct buf *notes, struct plan *p, struct err *);

/* Plans with the ruleset that is there, and also finds rules that were
 * edited behind an untouched mark, where drift_remember was called for them.
 * What it noted when the same was wanted, or what the last commit wants, is
 * known, without a look if nobody has written any rules since; anything else is
 * listed by libnftables, which takes it 100 ms for 1000 forwards. *want is what
 * the model wants, unless it fails at once. */
int drift_plan(struct host *, const struct model *, const struct journal *,
    struct wish *want, struct plan *p, struct err *);

/* Adds the undo of the rules to what drift_plan planned, for those who may undo
 * it, where they were known; else dry_run does. It has the counts of those
 * counters that the plan deletes. If the plan lasts until it is confirmed,
 * others may delete the table meanwhile, so it has all of them, which takes the
 * kernel 30 ms for 5000 forwards. */
void drift_complete(const struct host *, struct plan *, bool lasting);

/* Notes in RUN/ruleset what the kernel made of our rules, and of the elements
 * for what was wanted (the digest of a wish; 0 when that is not known): to be
 * called when they are surely as seki wrote them, such as after drift_plan was
 * carried out. That they were so in the generation given; when somebody has
 * written since then nothing is noted, which is no error. */
int drift_remember(
    struct host *, uint64_t want, uint32_t generation, struct err *);

/* The generation after those steps are carried out, if nobody else writes: the
 * kernel counts transactions (nf_tables_commit). */
uint32_t drift_generation(uint32_t before, const struct plan *);

/* A cheap look, without libnftables: appends a line for each thing that is not
 * as it should be, and returns how many; *rules is whether somebody meddled
 * with our rules, and *applies whether an apply mends some of it. It sees all
 * that drift_find sees but elements of which nothing was noted yet. Silent
 * where it may not look, or while steps are carried out. */
unsigned drift_look(
    const struct host *, struct buf *lines, bool *rules, bool *applies);

/* The half of it that asks nobody: appends the lines for a model of the host's
 * snapshot, with now being what the kernel tells of our table (NULL: nothing).
 * False when somebody meddled with our rules. */
struct drift_rules {
	struct rules rules;
	bool has_elements;   /* they could be read: */
	uint64_t elements;   /* as of net_elements */
	bool untouched;	     /* all that was not read, but noted for */
	uint64_t want;	     /* that, and nobody has written since */
	uint32_t generation; /* of nftables, before they were read */
};
bool drift_compare(const struct host *, const struct model *,
    const struct drift_rules *now, struct buf *lines);

/* The words of the service about what it found and could not put right yet,
 * lines for people; "" when all is right. */
int drift_tell(const struct host *, const char *lines, struct err *);

#endif
