/* Checks: all that seki looks at, and what it found. */
#ifndef SEKI_CORE_SHOW_LIST_CHECK_H
#define SEKI_CORE_SHOW_LIST_CHECK_H

#include "core/show/doctor.h"
#include "core/show/listing.h"

/* Its rows are a doctor's, the worst first, without what they are about. */
extern const struct listing listing_checks;
enum { CHECK_VERDICT, CHECK_SUBJECT, CHECK_WHY }; /* its columns */

/* Puts one row in the place of all of an area that are well; those of an area
 * whose bit is set in open stay below it. Takes rows that build made, and
 * returns others that free takes. */
void *checks_fold(void *rows, size_t *n, unsigned open);

/* Appends how many there are of each verdict. */
void checks_count(const struct doctor_row *, size_t n, struct buf *);

/* Reads what only they need; no error keeps them from being told. */
int checks_read(struct host *, struct err *);

/* A verdict as JSON has it. */
const char *check_word(enum doctor_verdict);

/* What they come to, for somebody who reads lines: one for each that is not
 * well, then one for each area where all others are. Returns how many fail. */
size_t checks_tell(const struct host *, struct buf *);

#endif
