/* Live flows to containers: narrowed down, named, and ended. */
#ifndef SEKI_CORE_SHOW_CONNECTION_H
#define SEKI_CORE_SHOW_CONNECTION_H

#include "core/kernel/flow.h"
#include "core/state/host.h"

struct stale_reason;

/* A live flow through a forward, or one to a public address of a container, or
 * one that a commit has left behind. */
struct connection_row {
	const struct flow *flow;
	const struct statement *forward;  /* NULL: there is none any more, */
	bool routed;			  /* or it is to a public address: */
	enum chain chain;		  /* whose policies decide about it */
	const struct statement *policy;	  /* which does; NULL: the default */
	const struct stale_reason *stale; /* why what was committed would not
					     let it through; or NULL */
	unsigned orphan_of; /* the number of the commit since which that is so;
			       0: not known */
	const char *container;	      /* NULL: nobody known has the address */
	const struct container *home; /* the same; NULL: not there now */
};

/* Those of the list that live (with ended, or are still remembered) and go
 * through a forward of either config, or went through one that is gone, or
 * reach a public address of what was committed, by public port and client.
 * Owned by the caller; they borrow from the list, and from the host until its
 * next refresh, reload, sample or edit. *n gets their number. */
struct connection_row *rows_connections(
    const struct host *, bool ended, const struct flow_list *, size_t *n);

/* Reads the connections and makes their rows in slices of some milliseconds.
 * begin: NULL on error; ended as above. more: 1 while there is more to do, 0
 * when all is done, -1 on error. Then, rows lends the rows, as rows_connections
 * makes them; take hands them over, and their flows to the host. To be ended
 * when the host changes meanwhile (host_version). */
struct connection_reading;
struct connection_reading *connection_reading_begin(
    struct host *, bool ended, struct err *);
int connection_reading_more(struct connection_reading *, struct err *);
const struct connection_row *connection_reading_rows(
    const struct connection_reading *, size_t *n);
struct connection_row *connection_reading_take(
    struct connection_reading *, size_t *n);
void connection_reading_end(struct connection_reading *);

/* Which connections are asked for; all zero: all of them. */
struct connection_scope {
	const struct forward_key *forward; /* by public port; NULL: any */
	const char *container;		   /* NULL: any */
	const struct target *client;	   /* by addr and port; NULL: any */
	bool orphans;			   /* only what a commit left behind */
};

/* Leaves only those in the host's flows. An error of code ERR_USAGE when there
 * are none since nothing by that name or port is there. */
int connections_narrow(
    struct host *, const struct connection_scope *, struct err *);

/* Ends connections, and logs who did: a tcp by closing the container's socket
 * where it can be found, so that both ends hear of it; else conntrack forgets
 * the flow. Notes what came of it. */
int connections_end(struct host *, const struct connection_row *, size_t n,
    struct buf *notes, struct err *);

/* Offers the clients of live connections, less those of another protocol than
 * the value before says. */
void connection_suggest(struct suggest *);

/* Appends the statement that lets it in, or refuses it now: "forward tcp 80",
 * "allow forward tcp 80", "default forward"; nothing if there is none. */
void connection_way(const struct connection_row *, struct buf *);

/* Appends where it leads: "web1:443", or an address where nobody is known to
 * have it. */
void connection_target(const struct connection_row *, struct buf *);

/* Appends which one it is, for a sentence. */
void connection_print(const struct connection_row *, struct buf *);

#endif
