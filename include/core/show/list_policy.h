/* Policies, defaults, and what no policy changes. */
#ifndef SEKI_CORE_SHOW_LIST_POLICY_H
#define SEKI_CORE_SHOW_LIST_POLICY_H

#include "core/show/listing.h"
#include "core/show/overlay.h"
#include "core/state/host.h"

enum policy_line {
	LINE_FIXED, /* what no policy changes; */
	LINE_POLICY,
	LINE_DEFAULT, /* the last of its chain, even without a statement */
	LINE_CHAIN,   /* the caption of one; */
	LINE_FOLDED   /* in place of its fixed lines: both of policies_fold */
};

struct policy_row {
	enum policy_line line;
	const struct statement *st; /* policy or default; NULL: none */
	const char *fixed;	    /* what no policy changes, or the default */
	const char *why;	    /* it is; marked by N_() */
	size_t folded;		    /* lines */
	enum chain chain;
	unsigned number; /* in its chain of the candidate, 0: none */
	enum row_mark mark;
	const struct counter *hits;
	const struct series *rate;
	const struct counter *more; /* of a folded row: those of another line */
	const struct series *more_rate;
};

/* Builds the rows, owned by the caller, that borrow from the host until its
 * next refresh, reload, sample or edit; *n gets their number. */
struct policy_row *rows_policies(const struct host *, size_t *n);

/* What its counters have, NUMBER_UNKNOWN where there is none; the rate of
 * packets, -1 if it is unknown. */
struct counter policies_hits(const struct host *, const struct policy_row *);
double policies_rate(const struct policy_row *);

/* Replaces them by rows with a caption for each chain, and a row for all its
 * fixed lines if fold is set. Takes and returns rows as of rows_policies. */
struct policy_row *policies_fold(struct policy_row *, size_t *n, bool fold);

extern const struct listing listing_policies;

#endif
