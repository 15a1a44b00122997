/* What the service shares: for core/commit/watch*.c, core/commit/mend.c and
 * test/mend.c only. */
#ifndef SEKI_CORE_COMMIT_WATCH_PARTS_H
#define SEKI_CORE_COMMIT_WATCH_PARTS_H

#include "core/base/loop.h"
#include "core/commit/backoff.h"
#include "core/state/drift.h"
#include "core/state/host.h"

struct job;

#define APART_MS 200 /* between two looks, on the average, */
#define AT_ONCE 4    /* but for so many */

struct watch {
	struct host *host;
	int place; /* locked by the only service of this host */
	struct loop *loop;
	loop_fn *look;	      /* what a look is */
	struct config config; /* what the host is kept to */
	uint64_t adopted;     /* host_files when it was the saved one; or 0 */
	struct backoff *backoff;
	uint64_t *settled; /* places that have been seen to */
	size_t nsettled;
	uint32_t changes; /* of our table, of which all was right */
	struct drift_seen seen;
	uint64_t next;	 /* look, by now_ms; 0 when none is due */
	uint64_t paced;	 /* when it would be if none had ever come early */
	struct buf told; /* lines: what it said last is so, and is a lack */
	struct buf containers; /* lines: those that it told of last */
	bool met;	       /* it has listed them once */
	bool deaf;	       /* to events until the next look, which is due */
	bool lacks;	       /* not all can be carried out as things are */
	bool expected;	  /* what is found now is no drift: start, or SIGHUP */
	bool announce;	  /* that all is right, once it is */
	bool reread;	  /* the saved config is to be taken as it is */
	bool noted;	  /* the journal has what is ours, and nothing else */
	bool tested;	  /* the self-test has been seen to */
	struct job *test; /* and runs; NULL: it does not */
	unsigned lost;	  /* events, as net_overruns told last */
	uint64_t held;	  /* digest of one that an editor has saved; or 0 */
};

/* Schedules a look in that many milliseconds, unless an earlier one is due. */
void watch_look_in(struct watch *, unsigned ms);

/* To be called while the rules are right: ends the connections of public
 * addresses that are gone, and logs it. */
void watch_follow(struct watch *);
/* Logs a trouble once, although every look meets it. */
void watch_trouble(struct watch *, int level, const char *text);
/* Logs which of these lines are new since the last call, and which of that
 * call's are resolved. */
void watch_notes(struct watch *, const struct buf *notes);
/* Logs which containers have come and gone since the last call; nothing the
 * first time. */
void watch_containers(struct watch *);

#endif
