/* Clients: who has connections to containers, and how much passes in them. */
#ifndef SEKI_CORE_SHOW_CLIENT_H
#define SEKI_CORE_SHOW_CLIENT_H

#include "core/show/connection.h"

/* What a client's connections go through, or lead to. */
struct client_part {
	const void *what;
	uint64_t bytes; /* in and out, of this client */
};

struct client_parts {
	struct client_part *v; /* the busiest first, each once */
	size_t n;
};

/* The sums of one client, with what the kernel remembers of connections that
 * have ended. */
struct client_row {
	struct prefix addr;
	size_t connections, ended;	/* live ones, and those */
	struct client_parts forwards;	/* const struct statement */
	struct client_parts containers; /* const char, their names */
	bool stale;			/* one of them is, as of connection.h */
	bool counted;			/* all of them are */
	int64_t
	    began; /* seconds since the epoch, of the first that lives; 0: none
			  or not known */
	struct flow_count in, out;
	float in_rate, out_rate; /* bytes a second; -1: not known */
};

/* Makes the row of a client without any connections, of one that was zeroed or
 * had some, and adds one to it. What client_rows_free frees is the row's. */
void client_row_reset(struct client_row *, const struct prefix *addr);
void client_row_add(struct client_row *, const struct connection_row *);

/* Sums connections up one by one. add returns the place of its client among
 * those that take returns, to be freed by client_rows_free: they borrow what
 * the connections do. */
struct clients *clients_new(void);
size_t clients_add(struct clients *, const struct connection_row *);
struct client_row *clients_take(struct clients *, size_t *n);
void clients_free(struct clients *);
void client_rows_free(void *rows, size_t n);

#endif
