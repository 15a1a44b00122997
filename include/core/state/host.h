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
#include "core/reach/nearby.h"
#include "core/reach/sockets.h"
#include "core/reach/way.h"
#include "core/state/log_lines.h"
#include "core/state/meter.h"
#include "core/state/pending.h"
#include "core/state/tested.h"

/* How often counters of our table are read. */
enum counted {
	COUNT_ALL,  /* all, by each host_sample and host_refresh */
	COUNT_SEEN, /* only those in sight (core/state/counting.h), and all now
		       and then */
	COUNT_NONE  /* none, until somebody asks to be told of them */
};

struct host {
	struct net *net;
	struct snapshot snapshot;
	/* The last one that our table was known to be right for; empty: none.
	 * Only of those who look at the whole of it (drift_find). */
	struct snapshot former;
	bool settled;		       /* it is for snapshot */
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
	struct pending pending;	  /* the commit that waits for its proof */
	bool compared;		  /* whether the next four are known */
	unsigned drift;		  /* things that are not as committed */
	bool rules_drift;	  /* among them rules that somebody edited */
	bool drift_applies;	  /* an apply mends some of them */
	char *drift_text;	  /* a line for each */
	struct counters counters; /* of table inet seki, as read last */
	enum counted counted;	  /* and how often they are */
	struct counting *counting;
	struct standing *standing; /* the model of saved, while it lasts */
	struct flow_list flows;	   /* as host_read_flows read them last */
	bool behind;		   /* whether the next four are read */
	struct sockets sockets;	   /* of the targets of forwards */
	struct ways ways;	   /* to the targets of forwards */
	struct nearby nearby;	   /* what is around it */
	struct hooks hooks;	   /* chains of others that drop by default */
	struct logbook log;	   /* as somebody read it last */
	struct tested tested;	   /* by this process; TESTED_NEVER: by none */
	struct meters *meters;
	char *config_path; /* of the saved config */
	char *run_path;	   /* folder of the candidate, the lock, the journal */
	bool blind;	   /* without the right to read counters and insides */
	bool bits;	   /* rates are shown in bits, else in bytes */
	bool read_only;	   /* edits and commits are refused */
	bool brief;	   /* ends with one command: nobody looks afterwards */
	unsigned changes;  /* statements by which the candidate differs */
	struct reading *reading; /* what was read, and when */
};

/* The saved config of a host where nobody named another. */
#define HOST_CONFIG "/etc/seki/seki.conf"
/* The run_path of every opened host. */
#define HOST_RUN "/run/seki"
/* Files in it, the edits' and their reader's. */
#define CANDIDATE_FILE "candidate.conf"
#define EDITOR_FILE "candidate.who" /* names its last editor */
/* The path of a file in run_path, owned by the caller. */
char *host_path(const struct host *, const char *name);

/* Exists in every lab, and only there. */
#define LAB_FOLDER HOST_RUN "/lab"
/* The saved config of a lab. */
#define LAB_CONFIG HOST_RUN "/seki.conf"
/* Whether this process runs in a lab, even if sudo or su dropped its
 * environment: then neither the config nor the line history is the
 * machine's. */
bool host_is_lab(void);
/* Whether the lab ends with this process: it is what the lab was made for. */
bool host_ends_lab(void);

/* Opens the kernel interface, for one command, and reads everything but
 * counters, and what host_look_behind and host_compare do. config_path NULL:
 * SEKI_CONFIG from the environment, else that of the lab, else
 * /etc/seki/seki.conf. A config that does not parse is no error here, but in
 * saved_error and candidate_error. */
int host_open(struct host *, const char *config_path, struct err *);
/* The same for a program that goes on to wait for the kernel's events: with
 * what is behind forwards, and with those counters, of which somebody is told,
 * and then of drift as well. */
int host_open_watched(
    struct host *, const char *config_path, enum counted, struct err *);
void host_close(struct host *);

/* Reads the kernel again; pointers into the old snapshot become invalid. */
int host_refresh(struct host *, struct err *);
/* The same bit by bit: 1 as long as there is more to read, and the host is as
 * it was. It begins anew after host_refresh and host_sample. net_ready is not
 * to be called in between. */
void host_refresh_begin(struct host *);
int host_refresh_more(struct host *, struct err *);
/* Reads also what is behind forwards, from here on: sockets, ways and hooks.
 * For what judges forwards. */
void host_look_behind(struct host *);
/* Reads the hooks, now. */
void host_look_for_hooks(struct host *);
/* Also compares the kernel with what was committed, from here on. For what
 * tells of drift. */
void host_compare(struct host *);
/* Reads the configs again if their files changed, whoever changed them. */
int host_reload(struct host *, struct err *);
/* Makes the next host_reload read them even if they did not change. */
void host_reread(struct host *);
/* Which versions of the configs and of the pending commit were read: equal only
 * for the same files. */
uint64_t host_files(const struct host *);
/* Reads only the traffic counters, and feeds the meters. */
int host_sample(struct host *, struct err *);
/* While this stays the same, what was borrowed from the host is valid, and only
 * numbers in it have changed. */
unsigned host_version(const struct host *);
/* Reads all counters, whatever is in sight: before what tells them to
 * somebody. With COUNT_NONE, they are read from here on. */
void host_count(struct host *);
/* Makes sure that the meters have current rates, which takes a second if nobody
 * has fed them. */
int host_measure(struct host *, struct err *);
/* Reads the flows of conntrack that lead to containers, separately because they
 * may be many. Empty after an error. */
int host_read_flows(struct host *, struct err *);
/* The same for somebody who reads them in slices (flow_reading). */
void host_begin_flows(struct host *);
void host_take_flows(struct host *, struct flow_list);
/* Sets the means of one that is being read by what the host has of it. */
void host_rate_flow(const struct host *, struct flow *);
/* The seconds from one reading to the next for a list that stays in sight, and
 * whether they are over; always, after host_expire_flows. */
unsigned host_flows_every(const struct host *);
bool host_flows_due(const struct host *);
void host_expire_flows(struct host *);

/* The error of a seki that was started with --read-only. Always returns -1. */
int host_refuse(const struct host *, struct err *);

#endif
