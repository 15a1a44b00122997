/* Connections as conntrack knows them: those that live, and events of those
 * that come. */
#ifndef SEKI_CORE_KERNEL_FLOW_H
#define SEKI_CORE_KERNEL_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/addr.h"
#include "core/base/err.h"
#include "core/base/util.h"

/* From whom to whom the packets of one direction go. */
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
	/* As conntrack calls it, "established"; of udp "unanswered" or
	 * "answered", which can be translated. */
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
/* Appends "[2001:db8:9::7]:51234": one end of a flow. */
void flow_end_print(const struct prefix *, uint16_t port, struct buf *);

struct net;

/* The flows over IPv6 whose destination is translated, in no order; to be
 * freed. Takes root. */
int net_flows(struct net *, struct flow_list *, struct err *);

/* Those that are wanted among all others, which on a gateway are most: kernels
 * before 5.18 hand out those whose destination is translated as well. */
typedef bool flow_test(void *arg, const struct flow *);
int net_flows_direct(struct net *, flow_test *wanted, void *arg,
    struct flow_list *, struct err *);

/* Whether bytes of new flows are counted: net.netfilter.nf_conntrack_acct. */
bool net_flows_counted(void);
/* Turns that on; false when it cannot be had. */
bool net_flows_count(void);

/* Makes conntrack forget the flow, and only this one; *changed (may be NULL)
 * is false when it has ended already. A tcp that sends on may be taken up
 * anew, unless net_socket_end was there before. */
int net_flow_delete(
    struct net *, const struct flow *, bool *changed, struct err *);

struct container;

/* Closes the socket inside the container that a flow of tcp leads to, which
 * sends a reset through the flow: both ends hear of it. *changed is false when
 * there is none, as behind a bridge of its own. */
int net_socket_end(struct net *, const struct container *, const struct flow *,
    bool *changed, struct err *);

struct flows;

/* Listens to conntrack of our network namespace; owned by the caller. */
struct flows *flows_open(struct err *);
void flows_close(struct flows *);

int flows_fd(const struct flows *); /* readable when there are events */

/* Calls fn for each event that is waiting. */
void flows_read(
    struct flows *, void (*fn)(void *arg, const struct flow *), void *arg);

#endif
