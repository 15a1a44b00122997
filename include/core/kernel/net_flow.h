/* Flows of conntrack: read, deleted and heard of. */
#ifndef SEKI_CORE_KERNEL_NET_FLOW_H
#define SEKI_CORE_KERNEL_NET_FLOW_H

#include "core/base/err.h"
#include "core/kernel/flow.h"

struct net;

/* Which flows are read: of a family (AF_UNSPEC: of both) those whose
 * destination is translated, those to one of these prefixes, and those of these
 * ids. */
struct flow_scope {
	uint8_t family;
	struct prefix *beside;
	size_t nbeside;
	uint32_t *ids; /* in order */
	size_t nids;
};
void flow_scope_free(struct flow_scope *); /* empty then */

/* Dumps them, in no order; free the list. Needs root. */
int net_flows(
    struct net *, const struct flow_scope *, struct flow_list *, struct err *);

/* The same for flows that pass a test, translated or not. */
typedef bool flow_test(void *arg, const struct flow *);
int net_flows_chosen(struct net *, uint8_t family, flow_test *wanted, void *arg,
    struct flow_list *, struct err *);

/* The flows of net_flows in slices, between which there is time for something
 * else. begin: NULL on error; it takes what the scope holds. more reads a
 * hundred or so and returns 1 while there are others, then 0; -1 on error. take
 * hands over what was read. */
struct flow_reading;
struct flow_reading *flow_reading_begin(struct flow_scope, struct err *);
int flow_reading_more(struct flow_reading *, struct err *);
struct flow_list flow_reading_take(struct flow_reading *);
void flow_reading_end(struct flow_reading *);

/* How many flows there are, and how many there can be; false where conntrack is
 * not there. */
bool net_flows_room(unsigned *used, unsigned *max);

/* Whether conntrack counts bytes of new flows:
 * net.netfilter.nf_conntrack_acct. */
bool net_flows_counted(void);
/* Turns that on or off, and whether it notes when they began:
 * net.netfilter.nf_conntrack_timestamp; -1 with errno. */
int net_flows_count(bool on);

/* Deletes exactly this flow from conntrack; *changed (may be NULL) is false if
 * it had ended already. A TCP connection that goes on sending may be picked up
 * again, unless net_socket_end was called first. */
int net_flow_delete(
    struct net *, const struct flow *, bool *changed, struct err *);

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
