/* A whole host without a kernel: what a program asks it for, its clock, its
 * guard and its background jobs are replaced. The program is linked with DOORS
 * of Makefile.am. */
#ifndef SEKI_TEST_DOORS_H
#define SEKI_TEST_DOORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/kernel/flow.h"
#include "core/kernel/listener.h"
#include "core/kernel/net_way.h"
#include "core/kernel/snapshot.h"
#include "core/kernel/ssh.h"
#include "core/state/host.h"
#include "core/state/logbook.h"
#include "core/state/unit.h"

/* Of a counter of our table, or "rx LINK" and "tx LINK": what it counts in a
 * second, by door_ms. */
struct door_rate {
	const char *name;
	unsigned bytes, packets;
};

/* What there is. Borrowed; zero is nothing. */
struct doors {
	struct snapshot snapshot;
	const struct door_rate *links; /* ended by NULL */
	const struct door_rate *counters;
	const struct flow *flows;
	size_t nflows;
	bool uncounted; /* conntrack does not count bytes */
	bool blind;	/* counters and insides are not told */
	bool unread;	/* the kernel cannot be read any more */
	bool waves;	/* traffic does not become even */
	bool strangers; /* have a chain that lets nothing be forwarded */
	const struct listener *listeners; /* of every container */
	size_t nlisteners;
	const struct way *ways;
	size_t nways;
	const char *drift; /* a line for each; or NULL */
	struct unit_state unit;
	struct ssh ssh;	   /* the only session, if it has a client */
	const char *guard; /* its answer to "status"; NULL: none at all */
	bool hangs;	   /* it does not say it yet */
	const struct log_entry *log; /* NULL: it keeps none */
	size_t nlog;
	const char *steps;   /* of a commit; "" for none */
	const char *refusal; /* of a commit; NULL: it is done */
};
extern struct doors doors;

/* Opens a host on what is there now, with its config and its state in the
 * current folder. To be closed by host_close. */
void doors_open(struct host *);

/* For how many milliseconds a rate was counted by now: unevenly in the first 70
 * seconds, or as long as it waves, so that a chart has a shape. */
uint64_t door_ms(void);

/* Puts a commit of that number into the current folder, which has that many
 * seconds left. */
void door_pend(unsigned number, unsigned seconds);

#endif
