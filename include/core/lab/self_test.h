/* The self-test: proves with packets, in network namespaces of its own, that
 * rules do on this kernel what they say. */
#ifndef SEKI_CORE_LAB_SELF_TEST_H
#define SEKI_CORE_LAB_SELF_TEST_H

#include <stdbool.h>

#include "core/base/err.h"
#include "core/state/tested.h"

struct host;

enum self_test_stage {
	SELF_TEST_COMMITTED, /* rules are there, and packets come next */
	SELF_TEST_CHANGED,
	SELF_TEST_REVERTED,
};

struct self_test_options {
	bool has_fib;	      /* as of struct snapshot */
	unsigned patience_ms; /* with what should arrive; 0: as is usual */
	/* Called at the beginning of each stage, in the host with the rules;
	 * may be NULL. */
	int (*meddle)(void *arg, enum self_test_stage, struct err *);
	void *arg;
};

/* Runs it in a child, which takes a fifth of a second and leaves nothing behind
 * when it is killed, nor when this process is. Where the reason is in what
 * could not be set up, the verdict is TESTED_UNKNOWN: only packets can fail
 * it. */
void self_test_run(const struct self_test_options *, struct tested *);

/* The same, as on that host, where it is noted. -1 if it cannot be, with the
 * result all the same. */
int self_test_note(const struct host *, struct tested *, struct err *);

#endif
