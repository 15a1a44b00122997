/* Connections as conntrack knows them: the live ones, and events of new
 * ones. */
#ifndef SEKI_CORE_KERNEL_FLOW_H
#define SEKI_CORE_KERNEL_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/addr.h"
#include "core/base/util.h"

/* Source and destination of one direction. */
struct flow_way {
	struct prefix src, dst;
	uint16_t sport, dport;
};

struct flow_count {
	uint64_t packets, bytes;
};

/* What passes in one direction: the mean of the last seconds, in which what was
 * FLOW_MEAN_MS ago counts for little more than a third; at first, of as many as
 * flows have been read for. It is 0 once nothing has passed for FLOW_QUIET_MS.
 * Means of flows may be added up. */
#define FLOW_MEAN_MS 6000
#define FLOW_QUIET_MS 15000
#define FLOW_LEAST_MS 500 /* less tells nothing: means stay as they were */
struct flow_mean {
	float rate;	/* bytes a second; -1: not known */
	uint16_t quiet; /* for so many ms nothing has passed */
};

struct flow {
	uint32_t id;	 /* of conntrack, unique among those that live */
	bool fresh;	 /* this is its first event */
	bool answered;	 /* tcp: the handshake is complete */
	bool assured;	 /* it has gone both ways for a while */
	bool replied;	 /* a packet has come back */
	bool related;	 /* it belongs to another one, as the data of FTP do */
	bool translated; /* its destination was: it is not for this host */
	uint8_t proto;	 /* IPPROTO_* */
	uint8_t type, code;	  /* of ICMP: those of its first packet, */
	uint16_t icmp_id;	  /* and what its packets are told apart by */
	struct flow_way original; /* as it came in, before translation */
	struct flow_way reply;	  /* as it is answered: src is the target */
	/* State in conntrack's words, "established"; for UDP "unanswered" or
	 * "answered", which are translated. */
	const char *state;
	bool over;	  /* it has ended, and conntrack remembers it a while */
	uint32_t timeout; /* seconds until conntrack forgets it */
	uint16_t zone;	  /* of conntrack */
	int64_t began;	  /* seconds since the epoch; 0: not known */
	bool counted;	  /* in and out are known */
	struct flow_count in, out;
	struct flow_mean in_mean, out_mean;
};

struct flow_list {
	struct flow *v;
	size_t n;
};
void flow_list_free(struct flow_list *); /* empty then */

/* Flows of a list by their id; borrows from the list. */
struct flow_index {
	const struct flow_list *list;
	uint32_t *slots;
	size_t mask;
};
void flow_index_build(struct flow_index *, const struct flow_list *);
void flow_index_free(struct flow_index *); /* what it holds */
/* Sets the means of a flow by what it had counted so many milliseconds ago and
 * its means then, or by all of it and 0 where it was not there yet; before that
 * flows had been read for so many ms. Not known where it was not counted, nor
 * of a new one with less than FLOW_LEAST_MS. */
void flow_rate(struct flow *, const struct flow_index *before, uint64_t ms,
    uint64_t read_for);
/* Such a mean of the flow for one who looks at it alone, in bytes a second; -1:
 * not known, or it has ended. */
float flow_rate_now(const struct flow *, const struct flow_mean *);

/* Its protocol: "tcp", "sctp", or the number of one without a name here; in
 * text if need be. */
#define FLOW_PROTO_MAX 8
const char *flow_proto(const struct flow *, char text[static FLOW_PROTO_MAX]);
bool flow_has_ports(const struct flow *);
bool flow_is_icmp(const struct flow *);
/* Whether no end tells its peers of it, so that it goes on for ever, and its
 * next packet is as good as a first: of UDP, ESP or ping, not of TCP. */
bool flow_is_endless(const struct flow *);
/* Appends one end of a flow: "[2001:db8:9::7]:51234", or the address alone. */
void flow_end_print(
    const struct flow *, const struct prefix *, uint16_t port, struct buf *);

#endif
