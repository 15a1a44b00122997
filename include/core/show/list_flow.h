/* Connections below the clients that began them: what the console lists, where
 * rows are struct flow_row. */
#ifndef SEKI_CORE_SHOW_LIST_FLOW_H
#define SEKI_CORE_SHOW_LIST_FLOW_H

#include "core/show/client.h"
#include "core/show/listing.h"

enum flow_line {
	FLOW_CLIENT,	 /* a client, with its sums */
	FLOW_CONNECTION, /* one of its connections */
	FLOW_REST	 /* stands for those of them that are not shown */
};

/* Which connections of a client are shown; those that were left behind by a
 * commit always are. */
enum flow_fold {
	FLOW_NONE,
	FLOW_FEW, /* the first, as they are sorted */
	FLOW_ALL
};

/* What the rows of a list have in common. */
struct flow_tree {
	struct flow_row *rows; /* the clients first, as in clients; */
	struct client_row *clients;
	size_t nclients;
	struct client_row *found; /* as flow_match found them; or NULL */
	struct connection_row *connections; /* then these */
	size_t nconnections, live;
	double in_rate, out_rate; /* bytes a second of all of them, */
	bool counted;		  /* where they all are */
};

struct flow_row {
	struct flow_tree *tree;
	const struct client_row *client;
	/* Of a client, the first that policies decide about, a live one if
	 * there is any; NULL: none. */
	const struct connection_row *connection;
	enum flow_line line;
	/* As of the last flows_fold: */
	enum flow_fold fold; /* of a client */
	bool shown;	     /* of others: as one of these; */
	bool behind;	     /* or FLOW_REST is, which counts it */
	bool busy;	     /* something passes in those that are behind */
	unsigned rest;	     /* how many that are */
	bool found;	     /* as of the last flow_match */
};

/* The row of a row's client. */
struct flow_row *flow_head(const struct flow_row *);

/* To be told of a client first, which has nothing found then, and while rows
 * are filtered of each of its connections whether that is found. */
void flow_match(struct flow_row *, bool found);
/* The sums of a row's client: of those of its connections that are found, and
 * of all where none is. Borrowed. And whether they are not of all. */
const struct client_row *flow_sums(const struct flow_row *);
bool flow_is_part(const struct flow_row *);

/* How connections are sorted, those that have ended among them. */
struct flow_order {
	const struct host *host;
	const struct listing_column *column; /* of listing_flows */
	bool down;
};

/* Has all rows of such a list folded as a client's address says. */
void flows_fold(struct flow_row *, size_t n,
    enum flow_fold (*fold)(const void *arg, const struct prefix *),
    const void *arg, const struct flow_order *);

/* Of two rows that are equal so that which carried more precedes: less than
 * 0 if that is the first. */
int flow_tie(const void *a, const void *b);

extern const struct listing listing_flows;

#endif
