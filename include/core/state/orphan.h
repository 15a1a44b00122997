/* Orphans: live flows that go on although rules would not repeat it. Netfilter
 * translates and judges only the first packet of a connection. One evaluation
 * for all who tell of them: before a commit, in it, and afterwards. */
#ifndef SEKI_CORE_STATE_ORPHAN_H
#define SEKI_CORE_STATE_ORPHAN_H

#include "core/kernel/flow.h"
#include "core/lang/config.h"
#include "core/state/host.h"

struct stale_reason;

/* What a commit does about it. */
enum orphan_fate {
	FATE_STAYS, /* nothing: a TCP connection cannot begin anew halfway */
	FATE_ENDS,  /* it is ended: its next packet goes by the new rules */
	FATE_LOST,  /* likewise: no container has its public address now */
	FATE_COUNT
};

struct orphan {
	struct flow flow;
	const struct stale_reason *why;
	enum orphan_fate fate;
	bool fresh;  /* the rules of before would have let it through */
	bool beside; /* it leads to no container, by a forward or a public
			address */
};
struct orphans {
	struct orphan *v;
	size_t n;
};

/* All live flows that the rules of now would not let through as they go, in no
 * order, by one walk over conntrack. Those that other tables have translated
 * end by nobody's commit, nor do those of IPv4 where no config is about it.
 * Empty when nothing can be told. Takes a refreshed host; free the result. */
void orphans_find(const struct host *, const struct config *before,
    const struct config *now, struct orphans *);
void orphans_free(struct orphans *); /* empty then */

/* Those that going from what was committed to the candidate would bring about:
 * what is fresh, and what it would end; by public port and client. */
void orphans_expect(const struct host *, struct orphans *);

#endif
