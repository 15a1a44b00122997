/* One host as seki sees it: the kernel's snapshot, the saved config, the
 * candidate, and the meters. What every command and every screen works on. */
#ifndef SEKI_CORE_STATE_HOST_H
#define SEKI_CORE_STATE_HOST_H

#include <stdbool.h>

#include "core/kernel/flow.h"
#include "core/kernel/hook.h"
#include "core/kernel/net.h"
#include "core/kernel/snapshot.h"
#include "core/lang/config.h"
#include "core/reach/sockets.h"
#include "core/reach/way.h"
#include "core/state/meter.h"
#include "core/state/pending.h"

struct host {
	struct net *net;
	struct snapshot snapshot;
	struct config saved;	       /* what a reboot brings back */
	struct config candidate;       /* what edits work on */
	const struct config *applying; /* what a commit is about; or NULL */
	bool dirty;		       /* whether the candidate differs */
	char edited_by[128]; /* who edited it last, as lock_who tells */
	int64_t edited;	     /* and when, seconds since the epoch */
	/* Set when the candidate's file cannot be read: then candidate is the
	 * saved config, and only discard helps. */
	struct err candidate_error;
	/* Set when the saved config cannot be read: then saved is what it was
	 * before, and nothing is edited or committed. */
	struct err saved_error;
	struct pending pending;	   /* the commit that waits for its proof */
	unsigned drift;		   /* things that are not as committed */
	bool rules_drift;	   /* among them rules that somebody edited */
	char *drift_text;	   /* a line for each */
	struct counters counters;  /* of table inet seki, as read last */
	struct flow_list flows;	   /* as host_read_flows read them last */
	struct sockets sockets;	   /* of the targets of forwards */
	struct ways ways;	   /* to the targets of forwards */
	struct hooks hooks;	   /* chains of others that drop by default */
	uint32_t hooks_generation; /* of nftables, when they were read */
	struct meters *meters;
	uint64_t fed;	   /* when they were fed, now_ms */
	uint64_t span;	   /* and how long after the time before; 0:
				     never before */
	char *config_path; /* of the saved config */
	char *run_path;	   /* folder of the candidate, the lock, the journal */
	bool blind;	   /* without the right to read counters and insides */
	bool hooks_read;   /* hooks are those of that generation */
	bool bits;	   /* rates are shown in bits, else in bytes */
	bool read_only;	   /* edits and commits are refused */
	unsigned changes;  /* statements by which the candidate differs */
	uint64_t files;	   /* which versions of them were read */
	bool files_failed; /* not all of that version could be, or counts */
	unsigned reads;	   /* of anything but numbers */
};

/* The run_path of every host that is opened. */
#define HOST_RUN "/run/seki"
/* Of a lab alone, and in every lab. */
#define LAB_FOLDER HOST_RUN "/lab"
/* The saved config in there. */
#define LAB_CONFIG HOST_RUN "/seki.conf"
/* Whether this process is in one, also where sudo or su took its environment
 * away: then neither the config nor the lines typed are the machine's. */
bool host_is_lab(void);

/* Opens the kernel door and reads everything. config_path NULL: from the
 * environment's SEKI_CONFIG, else the lab's, else /etc/seki/seki.conf. A
 * config that does not parse is no error here: it is told by saved_error and
 * candidate_error. */
int host_open(struct host *, const char *config_path, struct err *);
void host_close(struct host *);

/* Reads the kernel anew; the pointers into the old snapshot are gone. */
int host_refresh(struct host *, struct err *);
/* Reads the configs anew when their files changed, by whomever. */
int host_reload(struct host *, struct err *);
/* Lets the next host_reload read them even when they did not change. */
void host_reread(struct host *);
/* Reads the traffic counts only, and feeds the meters. */
int host_sample(struct host *, struct err *);
/* While this stays the same, what was borrowed from the host is still there,
 * and only numbers in it have changed. */
unsigned host_version(const struct host *);
/* Sees to it that the meters have rates of just now, which takes a second when
 * nobody has fed them meanwhile. */
int host_measure(struct host *, struct err *);
/* Reads the translated flows of conntrack: they may be many, so nothing else
 * does. None are left after an error. */
int host_read_flows(struct host *, struct err *);

/* The error of a seki that was started --read-only. Always -1. */
int host_refuse(const struct host *, struct err *);

/* Makes that config the candidate; one that equals saved is no candidate.
 * What the config holds stays the caller's. */
int host_set_candidate(struct host *, const struct config *, struct err *);
int host_discard(struct host *, struct err *);
/* Takes back the last edit of the candidate, whichever seki made it, also one
 * that was committed since; redo does again what undo took back last, unless
 * there was an edit since. Both append what it was, in one line. */
int host_undo(struct host *, struct buf *what, struct err *);
int host_redo(struct host *, struct buf *what, struct err *);
/* Forgets the candidate if it still says what was committed: somebody may have
 * edited on meanwhile. */
int host_forget(struct host *, const struct config *committed, struct err *);
/* Whether a commit would take the candidate as it is; changes nothing. */
int host_check(const struct host *, struct err *);

/* Edits of the candidate; each loads, changes and writes it whole, and nobody
 * else edits meanwhile. add, set and replace resolve "ula auto", take the
 * statement, and refuse it when a commit would refuse it; that others do not
 * go with it is for host_check to tell. */
int host_add(struct host *, struct statement *, struct err *);
int host_set(struct host *, struct statement *, struct err *);
int host_delete(struct host *, const struct statement *key, struct err *);
int host_move(struct host *, enum chain, unsigned n, unsigned to, struct err *);
/* Replaces the statement of that key by another, which may have another key,
 * in its place. Takes the statement. */
int host_replace(struct host *, const struct statement *old,
    struct statement *st, struct err *);

#endif
