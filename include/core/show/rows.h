/* What the host has, as rows to show: the same for tables, JSON and screens. */
#ifndef SEKI_CORE_SHOW_ROWS_H
#define SEKI_CORE_SHOW_ROWS_H

#include "core/kernel/flow.h"
#include "core/lang/config_diff.h"
#include "core/plan/model.h"
#include "core/state/host.h"

/* How a row stands against the saved config. */
enum row_mark {
	MARK_NONE,    /* the kernel's, or in both configs the same */
	MARK_ADDED,   /* '+' in the candidate only */
	MARK_REMOVED, /* '-' in the saved config only */
	MARK_CHANGED, /* '~' */
};

struct uplink_row {
	const struct link *link;
	const struct route *route; /* its best default route; NULL when none */
	const struct series *rx, *tx;
};

struct bridge_row {
	const struct link *link;
	const struct statement *st; /* NULL: no statement for it */
	enum row_mark mark;
	bool ula_there;			/* the kernel has its ULA */
	const struct address *unstated; /* a ULA that is no statement's */
	unsigned ports;
	const struct series *rx, *tx;
};

struct container_row {
	const char *name;
	const struct container *container; /* NULL: known by the config only */
	const struct link *bridge, *port;  /* NULL when there is none */
	const struct statement *st;	   /* NULL: no statement for it */
	enum row_mark mark;
	bool ula_there; /* the kernel has the ULA of the statement */
	bool elsewhere; /* its name has a statement, for another bridge */
	const struct address *unstated; /* a ULA that is no statement's */
	unsigned forwards;
	/* As the container sees it: what its port sends, it receives. */
	const struct series *rx, *tx;
};

enum forward_state {
	FORWARD_ACTIVE,
	FORWARD_TURNED_OFF,
	FORWARD_DEGRADED, /* it may fail, or fails for some */
	FORWARD_BROKEN,	  /* no packet gets through */
	FORWARD_PENDING,  /* in the candidate, not committed or not confirmed */
	FORWARD_UNKNOWN,  /* only root can look inside its container */
	FORWARD_STATES
};

struct forward_row {
	const struct statement *st;
	enum row_mark mark;
	enum forward_state state;
	bool committed;	      /* what is pending waits to be confirmed only */
	char reason[256];     /* why it is not active; or "" */
	char *id;	      /* as in model_forward_id */
	struct prefix on;     /* the public address; AF_UNSPEC: every one */
	struct prefix target; /* AF_UNSPEC when it is not known */
	const struct counter *in, *out, *fresh; /* NULL: not in the kernel */
	const struct series *in_rate, *out_rate, *fresh_rate;
};

struct policy_row {
	const struct statement *st; /* policy or default; NULL: a fixed line */
	const char *fixed;	    /* what no policy changes, or the default */
	const char *why; /* it is; marked by N_(); NULL: it is not fixed */
	bool is_default; /* the last of its chain */
	enum chain chain;
	unsigned number; /* in its chain of the candidate, 0: none */
	enum row_mark mark;
	const struct counter *hits;
	const struct series *rate;
};

struct stale_reason;

/* A live flow through a forward, or one that a forward has left behind. */
struct connection_row {
	const struct flow *flow;
	const struct statement *forward;  /* NULL: there is none any more */
	const struct stale_reason *stale; /* why what was committed would not
					     let it through; or NULL */
	const char *container;	      /* NULL: nobody known has the address */
	const struct container *home; /* the same; NULL: not there now */
};

/* Each builds an array, owned by the caller, that borrows from the host until
 * its next refresh, reload, sample or edit; *n gets its length. */
struct uplink_row *rows_uplinks(const struct host *, size_t *n);
struct bridge_row *rows_bridges(const struct host *, size_t *n);
struct container_row *rows_containers(const struct host *, size_t *n);
struct forward_row *rows_forwards(const struct host *, size_t *n);
struct policy_row *rows_policies(const struct host *, size_t *n);
/* Those of the list that live and go through a forward of either config, or
 * went through one that is gone, by public port and client; they borrow from
 * the list too. */
struct connection_row *rows_connections(
    const struct host *, const struct flow_list *, size_t *n);
void rows_forwards_free(struct forward_row *, size_t n);

char row_mark_char(enum row_mark); /* ' ' + - ~ */
/* The names are words of JSON, marked by N_(). */
const char *forward_state_name(enum forward_state);
/* The same for people, in their language: one that is not committed says
 * what a commit would do to it, for it may well carry traffic meanwhile. */
const char *forward_state_word(const struct forward_row *);
/* "up", "stopped"; "absent" for NULL. */
const char *container_state_name(const struct container *);

/* The addresses of an interface, one after the other in the callback. */
void rows_addresses(const struct host *, int nsid, int index,
    void (*fn)(void *arg, const struct address *), void *arg);

#endif
