/* Policies, defaults, and what no policy changes. */
#ifndef SEKI_CORE_SHOW_LIST_POLICY_H
#define SEKI_CORE_SHOW_LIST_POLICY_H

#include "core/show/listing.h"
#include "core/show/overlay.h"
#include "core/state/host.h"

struct policy_row {
	const struct statement *st; /* policy or default; NULL: a fixed line */
	const char *fixed;	    /* what no policy changes, or the default */
	const char *why; /* it is; marked by N_(); NULL: it is not fixed */
	bool is_default; /* the last of its chain */
	enum chain chain;
	unsigned number; /* in its chain of the candidate, 0: none */
	enum row_mark mark;
	const struct counter *hits;
	const struct series *rate;
};

/* Builds the rows, owned by the caller, that borrow from the host until its
 * next refresh, reload, sample or edit; *n gets their number. */
struct policy_row *rows_policies(const struct host *, size_t *n);

extern const struct listing listing_policies;

#endif
