/* Connections as conntrack knows them: the live ones, and events of new
 * ones. */
#ifndef SEKI_CORE_KERNEL_FLOW_H
#define SEKI_CORE_KERNEL_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/addr.h"
#include "core/base/err.h"
#include "core/base/util.h"

/* Source and destination of one direction. */
struct flow_way {
	struct prefix src, dst;
	uint16_t sport, dport;
};

struct flow_count {
	uint64_t packets, bytes;
};

struct flow {
	uint32_t id;	 /* of conntrack, unique among those that live */
	bool fresh;	 /* this is its first event */
	bool answered;	 /* tcp: the handshake is complete */
	bool assured;	 /* it has gone both ways for a while */
	bool translated; /* its destination was: it is not for this host */
	uint8_t proto;	 /* IPPROTO_* */
	struct flow_way original; /* as it came in, before translation */
	struct flow_way reply;	  /* as it is answered: src is the target */
	/* State in conntrack's words, "established"; for UDP "unanswered" or
	 * "answered", which are translated. */
	const char *state;
	bool over;	  /* it has ended, and conntrack remembers it a while */
	uint32_t timeout; /* seconds until conntrack forgets it */
	uint16_t zone;	  /* of conntrack */
	bool counted;	  /* in and out are known */
	struct flow_count in, out;
};

struct flow_list {
	struct flow *v;
	size_t n;
};
void flow_list_free(struct flow_list *); /* empty then */

const char *flow_proto(const struct flow *); /* "tcp", "udp" */
/* Appends one end of a flow: "[2001:db8:9::7]:51234". */
void flow_end_print(const struct prefix *, uint16_t port, struct buf *);

struct net;

/* Dumps the IPv6 flows whose destination is translated, in no order; free the
 * list. Needs root. */
int net_flows(struct net *, struct flow_list *, struct err *);

/* The same for flows that pass a test, out of all: kernels before 5.18 cannot
 * filter by status, and on a gateway most flows are others. */
typedef bool flow_test(void *arg, const struct flow *);
int net_flows_direct(struct net *, flow_test *wanted, void *arg,
    struct flow_list *, struct err *);

/* Whether conntrack counts bytes of new flows:
 * net.netfilter.nf_conntrack_acct. */
bool net_flows_counted(void);
/* Turns accounting on; false if that is impossible. */
bool net_flows_count(void);

/* Deletes exactly this flow from conntrack; *changed (may be NULL) is false if
 * it had ended already. A TCP connection that goes on sending may be picked up
 * again, unless net_socket_end was called first. */
int net_flow_delete(
    struct net *, const struct flow *, bool *changed, struct err *);

struct container;

/* Closes the socket inside the container that a TCP flow leads to
 * (SOCK_DESTROY); both ends get a reset. *changed is false if there is no such
 * socket, as behind a bridge inside the container. */
int net_socket_end(struct net *, const struct container *, const struct flow *,
    bool *changed, struct err *);

struct flows;

/* Subscribes to conntrack events of our network namespace; owned by the
 * caller. */
struct flows *flows_open(struct err *);
void flows_close(struct flows *);

int flows_fd(const struct flows *); /* readable when there are events */

/* Calls fn for each pending event. */
void flows_read(
    struct flows *, void (*fn)(void *arg, const struct flow *), void *arg);

#endif
