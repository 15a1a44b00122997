/* One host: the kernel's snapshot, the saved config, the candidate, and the
 * meters. All commands and screens work on it. */
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
	/* Set if the candidate's file cannot be read: then candidate is the
	 * saved config, and only discard helps. */
	struct err candidate_error;
	/* Set if the saved config cannot be read: then saved is the last one
	 * that could be, and nothing is edited or committed. */
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

/* The run_path of every opened host. */
#define HOST_RUN "/run/seki"
/* Exists in every lab, and only there. */
#define LAB_FOLDER HOST_RUN "/lab"
/* The saved config of a lab. */
#define LAB_CONFIG HOST_RUN "/seki.conf"
/* Whether this process runs in a lab, even if sudo or su dropped its
 * environment: then neither the config nor the line history is the
 * machine's. */
bool host_is_lab(void);

/* Opens the kernel interface and reads everything. config_path NULL:
 * SEKI_CONFIG from the environment, else the lab's, else /etc/seki/seki.conf. A
 * config that does not parse is no error here, but in saved_error and
 * candidate_error. */
int host_open(struct host *, const char *config_path, struct err *);
void host_close(struct host *);

/* Reads the kernel again; pointers into the old snapshot become invalid. */
int host_refresh(struct host *, struct err *);
/* Reads the configs again if their files changed, whoever changed them. */
int host_reload(struct host *, struct err *);
/* Makes the next host_reload read them even if they did not change. */
void host_reread(struct host *);
/* Reads only the traffic counters, and feeds the meters. */
int host_sample(struct host *, struct err *);
/* While this stays the same, what was borrowed from the host is valid, and only
 * numbers in it have changed. */
unsigned host_version(const struct host *);
/* Makes sure that the meters have current rates, which takes a second if nobody
 * has fed them. */
int host_measure(struct host *, struct err *);
/* Reads the translated flows of conntrack, separately because they may be many.
 * Empty after an error. */
int host_read_flows(struct host *, struct err *);

/* The error of a seki that was started with --read-only. Always returns -1. */
int host_refuse(const struct host *, struct err *);

/* Makes that config the candidate; one equal to saved clears it. The caller
 * keeps what the config holds. */
int host_set_candidate(struct host *, const struct config *, struct err *);
int host_discard(struct host *, struct err *);
/* Undoes the last edit of the candidate, by whichever seki, even if it has been
 * committed since; redo restores what was undone last, unless there was an edit
 * since. Both append what it was, in one line. */
int host_undo(struct host *, struct buf *what, struct err *);
int host_redo(struct host *, struct buf *what, struct err *);
/* Discards the candidate if it still equals what was committed: somebody may
 * have edited it meanwhile. */
int host_forget(struct host *, const struct config *committed, struct err *);
/* Whether a commit would accept the candidate; changes nothing. */
int host_check(const struct host *, struct err *);

/* Edits of the candidate; each loads, changes and writes it as a whole, under a
 * lock. add, set and replace resolve "ula auto", take the statement, and refuse
 * it if a commit would; whether other statements conflict with it is for
 * host_check to say. */
int host_add(struct host *, struct statement *, struct err *);
int host_set(struct host *, struct statement *, struct err *);
int host_delete(struct host *, const struct statement *key, struct err *);
int host_move(struct host *, enum chain, unsigned n, unsigned to, struct err *);
/* Replaces the statement with that key, in place, by one that may have another
 * key. Takes the statement. */
int host_replace(struct host *, const struct statement *old,
    struct statement *st, struct err *);

#endif
