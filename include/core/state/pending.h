/* A pending commit on the disk: everything that confirming or reverting it
 * needs, so that any seki can finish what a dead guard began. It lives in /run
 * and is gone after a reboot, which then brings up the last confirmed config.
 *
 * RUN/pending/config	the config that was committed
 * RUN/pending/undo	the plan's steps, for plan_read
 * RUN/pending/state	the rest; written last. Everybody may read this one:
 *			that a commit is pending, whose and until when. The
 *			first line is as it always was; the second has the
 *			begin, and 1 for edited, else 0, which the guard of an
 *			older seki leaves out.
 */
#ifndef SEKI_CORE_STATE_PENDING_H
#define SEKI_CORE_STATE_PENDING_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/base/err.h"

struct config;
struct plan;

/* The life of a commit. A phase is on the disk before what it announces begins,
 * so whoever finds a dead guard knows how far it can have come:
 *
 *	none -> applying -> waiting -> saving -> none, saved
 *	            |          |          |  it cannot be saved
 *	            +----------+----------+-> reverting -> none, as before */
enum pending_phase {
	PENDING_NONE,	   /* no commit is pending */
	PENDING_APPLYING,  /* steps are being carried out */
	PENDING_WAITING,   /* applied, waits to be confirmed */
	PENDING_SAVING,	   /* confirmed, being saved */
	PENDING_REVERTING, /* steps are being undone */
	PENDING_COUNT,
};

/* What a seki that takes over from a dead guard does. */
enum pending_takeover {
	TAKEOVER_NONE,
	TAKEOVER_REVERT, /* whatever the deadline says */
	TAKEOVER_WAIT,	 /* a new guard, or a revert once the time is up */
	TAKEOVER_SAVE,	 /* or a revert, where it cannot be saved */
};

struct pending_rule {
	const char *name;   /* in RUN/pending/state */
	const char *json;   /* in `show status` */
	const char *status; /* a line of `show status`: number, who; or NULL */
	const char *title;  /* of the console: number; or NULL */
	enum pending_takeover takeover;
	bool open;	    /* to confirm, extend and revert */
	const char *closed; /* else why not */
	bool between;	    /* nobody can tell what the kernel should have */
};

extern const struct pending_rule pending_rules[PENDING_COUNT];

struct pending {
	enum pending_phase phase;
	unsigned number;   /* the commit's number in the history to be */
	bool edited;	   /* as history_reserve tells */
	uint64_t begin;	   /* CLOCK_BOOTTIME, milliseconds; 0: one of a seki
			       that did not note it */
	uint64_t deadline; /* the same clock; 0: nobody has to confirm it */
	int64_t when;	   /* seconds since the epoch */
	pid_t guard;	   /* the guard's process; 0 before it started */
	char who[128];	   /* as lock_who tells */
};

/* Reads RUN/pending/state; phase PENDING_NONE if there is none. */
int pending_read(struct pending *, const char *run_path, struct err *);
int pending_write(const struct pending *, const char *run_path, struct err *);

/* Writes config and undo of a commit that is about to start. */
int pending_begin(const char *run_path, const struct config *,
    const struct plan *, struct err *);
/* Removes it: the commit was confirmed or reverted. */
int pending_end(const char *run_path, struct err *);

/* The path of one of the files above, owned by the caller. */
char *pending_path(const char *run_path, const char *name);

#endif
