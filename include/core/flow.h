/* New connections as conntrack tells of them, one event each. */
#ifndef SEKI_CORE_FLOW_H
#define SEKI_CORE_FLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "core/addr.h"
#include "core/err.h"

/* A connection by its original direction. */
struct flow {
	uint32_t id;  /* of conntrack, unique among those that live */
	bool fresh;   /* this is its first event */
	bool answered; /* tcp: the handshake is complete */
	bool translated; /* its destination was translated: not ours */
	uint8_t proto; /* IPPROTO_* */
	struct prefix src, dst;
	uint16_t sport, dport;
};

struct flows;

/* Listens to conntrack of our network namespace; owned by the caller. */
struct flows *flows_open(struct err *);
void flows_close(struct flows *);

int flows_fd(const struct flows *); /* readable when there are events */

/* Calls fn for each event that is waiting. */
void flows_read(struct flows *, void (*fn)(void *arg, const struct flow *),
    void *arg);

#endif
