/* Clients: who has connections through forwards, and how much passes in
 * them. */
#ifndef SEKI_CORE_SHOW_LIST_CLIENT_H
#define SEKI_CORE_SHOW_LIST_CLIENT_H

#include "core/kernel/flow.h"
#include "core/show/listing.h"

struct client_forward {
	const struct statement *st;
	uint64_t bytes; /* in and out, of this client */
};

/* The sums of one client, with what the kernel remembers of connections that
 * have ended; those are not among the number. */
struct client_row {
	struct prefix addr;
	size_t connections;
	/* Of its connections, each once, the busiest first; owned. */
	struct client_forward *forwards;
	size_t nforwards;
	bool stale;   /* one of them is, as of connection.h */
	bool counted; /* all of them are */
	struct flow_count in, out;
	float in_rate, out_rate; /* bytes a second; -1: not known */
};

extern const struct listing listing_clients;

#endif
