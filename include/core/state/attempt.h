/* A packet that is let into this host, to see what becomes of it. */
#ifndef SEKI_CORE_STATE_ATTEMPT_H
#define SEKI_CORE_STATE_ATTEMPT_H

#include "core/reach/tried.h"
#include "core/state/host.h"

struct attempt {
	struct trial trial;
	const struct link *link; /* by which it came */
	struct tried tried;
	bool others;	 /* it is not ours, and went its way */
	bool real;	 /* it was sent; else seki's rules alone were asked, */
	struct err lack; /* for this reason */
	int refusal;	 /* why the routes of this host do not take it, errno;
			    0: they do, or it did not come so far */
	struct config store; /* what the model is of */
	struct model own;
};

/* Sends the packet, or judges it where the kernel cannot. The link is that
 * whose address it goes to, else the first uplink. The snapshot and the hooks
 * of the host are borrowed until attempt_free, which is due in any case. */
int attempt_make(
    struct attempt *, struct host *, const struct trial *, struct err *);
/* One of many, under a model that is borrowed, too: real, and then that is in
 * force; else it is judged by the model and by the rules of others. Those are
 * as host_look_for_hooks read them last. */
int attempt_of(struct attempt *, struct host *, const struct model *,
    const struct trial *, bool real, struct err *);
/* Waits for a packet of others that is like the pattern, at most so long. No
 * address as its source, and 0 as a port, stand for any. */
int attempt_await(struct attempt *, struct host *, const struct trial *pattern,
    unsigned ms, struct err *);
void attempt_free(struct attempt *);

/* Fills in what a packet lacks, by the first of specimens_of the statement that
 * it may be, under the candidate. NULL: of its first forward, else of one to
 * this host whose port stays open. False if there is none. */
bool attempt_example(
    const struct host *, const struct statement *, struct trial *);

#endif
