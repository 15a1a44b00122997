/* What the self-test (core/lab/self_test.h) found: a file in the host's
 * run_path, which counts only for the versions that it was made with. */
#ifndef SEKI_CORE_STATE_TESTED_H
#define SEKI_CORE_STATE_TESTED_H

#include "core/base/err.h"

struct host;

enum tested_verdict {
	TESTED_NEVER, /* not with this seki on this kernel */
	TESTED_OK,
	TESTED_FAIL,
	TESTED_UNKNOWN, /* it could not be tried */
};

struct tested {
	enum tested_verdict verdict;
	char why[1024]; /* a sentence, to be translated; "" when it is OK */
};

void tested_read(const char *run_path, struct tested *);
int tested_write(const char *run_path, const struct tested *, struct err *);

/* -1 where it failed: why no config should be committed. */
int tested_check(const char *run_path, struct err *);

#endif
