/* What rules a packet meets, as nftables traces it. */
#ifndef SEKI_CORE_KERNEL_NET_TRACE_H
#define SEKI_CORE_KERNEL_NET_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/kernel/snapshot.h"
#include "core/kernel/trial.h"

struct tracer;

/* Tables whose names begin so are there for a moment, and nobody's rules. */
#define TRACE_TABLE "seki-try"

enum trace_kind {
	TRACE_RULE,   /* a rule that matched */
	TRACE_RETURN, /* by a rule */
	TRACE_POLICY  /* the end of a base chain */
};

/* What a packet met. */
struct trace_step {
	enum trace_kind kind;
	uint8_t family; /* NFPROTO_*, of the table */
	char *table, *chain;
	uint64_t rule;		/* its handle; 0 for a policy */
	int verdict;		/* NF_* or NFT_*, as in the kernel's headers */
	bool first;		/* in its base chain, and only then: */
	int in, out;		/* links by their indexes; 0: none */
	struct prefix from, to; /* as they were there; none: unknown */
	uint16_t sport, dport;
};

struct trace {
	struct trace_step *v;
	size_t n;
	bool seen;     /* it came to the first hook */
	bool over;     /* it is certain that nothing follows */
	bool received; /* nothing kept it from a program of this host, */
	bool left;     /* or from leaving by the link: */
	int out;       /* this one */
	bool refused;  /* an answer said that it was refused */
};
void trace_free(struct trace *); /* empty then */

/* A table of our own, which traces that packet when it comes by the link, and
 * lets neither it nor answers to it leave this host: they are dropped behind
 * all other rules, before conntrack notes the connection. Another packet, last,
 * tells that all is over: it goes nowhere. The kernel removes the table with
 * the process. NULL with the error that says which piece the kernel lacks. */
struct tracer *tracer_open(const struct link *, const struct trial *,
    const struct trial *last, struct err *);

/* The same for the next packet of others that comes by the link and is like the
 * pattern: from nowhere and the port 0 are any. Of TCP it is the first of a
 * connection. It goes its way. */
struct tracer *tracer_wait(
    const struct link *, const struct trial *pattern, struct err *);
/* What it was like, once it was seen. */
void tracer_met(const struct tracer *, struct trial *);

/* Removes the table now: when the owner is closed at once, that waits for the
 * kernel to free it. */
void tracer_stop(struct tracer *);
void tracer_close(struct tracer *);

/* Collects what becomes of it, until last has come, for that time at most. */
int tracer_read(struct tracer *, unsigned ms, struct trace *, struct err *);

#endif
