/* Checks: all that seki looks at, and what it found. */
#ifndef SEKI_CORE_SHOW_LIST_CHECK_H
#define SEKI_CORE_SHOW_LIST_CHECK_H

#include "core/show/doctor.h"
#include "core/show/listing.h"

/* Its rows are a doctor's, the worst first, without what they are about. */
extern const struct listing listing_checks;

/* What they come to, for somebody who reads lines: one for each that is not
 * well, then one for each area where all others are. Returns how many fail. */
size_t checks_tell(const struct host *, struct buf *);

#endif
