/* All that seki looks at on this host, and what it found. */
#ifndef SEKI_CORE_SHOW_DOCTOR_H
#define SEKI_CORE_SHOW_DOCTOR_H

#include "core/show/list_container.h"
#include "core/show/list_forward.h"
#include "core/state/host.h"

enum doctor_verdict {
	DOCTOR_OK,
	DOCTOR_UNKNOWN, /* it cannot be told, and why */
	DOCTOR_WARN,
	DOCTOR_FAIL,
	DOCTOR_VERDICTS
};

enum doctor_area {
	DOCTOR_HOST,
	DOCTOR_UPLINKS,
	DOCTOR_BRIDGES,
	DOCTOR_CONTAINERS,
	DOCTOR_FORWARDS,
	DOCTOR_OTHERS, /* other programs that decide about packets */
	DOCTOR_SEKI,
	DOCTOR_AREAS
};
extern const char *const doctor_areas[DOCTOR_AREAS]; /* marked by N_() */

struct doctor_row {
	enum doctor_verdict verdict;
	enum doctor_area area;
	const char *check; /* a word that stays the same */
	const char *what;  /* the same for people, marked by N_() */
	char *subject;	   /* what that is called; NULL: this host */
	unsigned nth;	   /* of its check and of that, from 0 */
	char *why;	   /* sentences; NULL: all is well */
	char *cure;	   /* the command that mends it, as it is typed at a
			      shell; NULL: none is known */
	bool cured;	   /* the candidate has that, not committed */
	size_t stands_for; /* checks of its area that are well (checks_fold);
			      0: it is one check */
};

/* The lists of a host, borrowed from whoever built them. */
struct doctor_lists {
	const struct container_row *containers;
	size_t ncontainers;
	const struct forward_row *forwards;
	size_t nforwards;
};

struct doctor {
	struct doctor_row *v; /* in the order of looking, those of a check
				 together */
	size_t n;
};

/* Looks at all of it as it is: at what was committed, whatever the candidate
 * says, which only marks what it would cure. Rows borrow from the lists. A
 * check of the host has a row of its own where all is well, and so has each
 * forward. */
void doctor_examine(
    struct doctor *, const struct host *, const struct doctor_lists *);
void doctor_row_free(const struct doctor_row *); /* what it holds, as well */
void doctor_free(struct doctor *);		 /* what it holds, not itself */

#endif
