/* Requests to a guard: a word, some with a number. */
#ifndef SEKI_CORE_COMMIT_GUARD_REQUEST_H
#define SEKI_CORE_COMMIT_GUARD_REQUEST_H

#include <stdint.h>

#include "core/base/err.h"

enum guard_word {
	GUARD_HOLD,
	GUARD_APPLIED, /* may have a number */
	GUARD_KEEP,
	GUARD_CANCEL,
	GUARD_CONFIRM, /* these and GUARD_REVERT may have one, too */
	GUARD_UNPROVEN,
	GUARD_EXTEND, /* has a number */
	GUARD_REVERT,
	GUARD_STATUS,
	GUARD_ALIVE,
	GUARD_WORDS,
};

struct guard_request {
	enum guard_word word;
	uint64_t number; /* 0 where there is none */
};

/* Parses a line, which ends at its newline or with the string. ERR_USAGE if it
 * is no request; core/commit/guard_talk.h says what they mean. */
int guard_request_parse(struct guard_request *, const char *line, struct err *);

#endif
