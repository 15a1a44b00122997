/* Checks: what may keep a forward from working, as rows of tables
 * (core/check_*.c). Each looks at what was committed and at what the kernel
 * has, never at the candidate. */
#ifndef SEKI_CORE_STATE_CHECK_H
#define SEKI_CORE_STATE_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/util.h"
#include "core/plan/model.h"
#include "core/state/host.h"
#include "core/state/light.h"
#include "core/state/moved.h"

struct obstacle;

enum check_verdict {
	CHECK_OK,
	CHECK_DEGRADED, /* it may fail, or fails for some */
	CHECK_BROKEN,	/* no packet gets through */
};

/* One forward and what it depends on; NULL for what is unknown. */
struct check_subject {
	const struct host *host;
	const struct model *model;
	const struct model_forward *forward;
	const struct container *container; /* that runs, or is stopped */
	const struct link *bridge, *port;
	const struct obstacle *obstacle; /* on its way, in tables of others, */
	const struct obstacle *inside;	 /* and in its container's own */
	const struct moved *noted;	 /* addresses that the rules are for */
	const struct hook *too_big;	 /* of the host, that drops errors of a
					    small MTU */
};

/* The committed config, resolved once for many forwards. */
struct checkup {
	const struct host *host;
	struct config store;
	const struct config *config; /* that it was; NULL where none is known */
	const struct model *model;   /* NULL likewise */
	struct model own;	     /* that it is, unless the host keeps one */
	bool known;
	struct err refusal; /* why not; code ERR_NONE: nobody can tell now */
	size_t at;	    /* in the model, of the next one in order */
	struct moved noted;
	const struct hook *too_big[FAMILY_COUNT]; /* first that drops them */
};
/* Both borrow from the host until its next refresh, reload or sample. */
void checkup_begin(struct checkup *, const struct host *);
void checkup_end(struct checkup *);

/* Whether the forward with that id is in force exactly as the statement
 * says. */
bool checkup_has(struct checkup *, const char *id, const struct statement *);

/* Whether the committed config has that statement, on or off; for a removed
 * one, whether it has none of its key. */
bool checkup_agrees(
    const struct checkup *, const struct statement *, bool removed);

struct finding {
	enum check_verdict verdict;
	struct buf why;	      /* a sentence; empty when it is OK */
	struct lights lights; /* of a family alone */
};

/* Of a forward: of all of it, and of each family that it is for. */
struct report {
	struct finding all, families[FAMILY_COUNT];
};

/* How many forwards the hook, one of the host's, keeps from working, wholly or
 * in part. Unless tell is NULL it is called with each of them, and the chain
 * where its packets end. */
typedef void checkup_stopped_fn(
    void *arg, const struct statement *, const struct rule_chain *);
unsigned checkup_stopped(const struct checkup *, const struct hook *,
    checkup_stopped_fn *tell, void *arg);

/* Judges the forward with that id (model_forward_id), into an empty report that
 * the caller owns. The reason is the first light that fails, else the first
 * that warns; one family that works makes a forward that is broken in the other
 * degraded. A committed config that cannot be resolved breaks all forwards
 * except those the kernel still has rules for: they may work as before. */
void checkup_forward(struct checkup *, const char *id, struct report *);
/* Whether somebody may take packets behind a forward of a model, which need not
 * be in force: its container runs, and something listens there, as far as the
 * host has read that. If not, appends why, a sentence. */
bool check_hears(const struct host *, const struct model *,
    const struct model_forward *, struct buf *why);
/* Frees what it holds and empties it. */
void report_reset(struct report *);

#endif
