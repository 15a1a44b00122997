/* What seki has logged. */
#ifndef SEKI_CORE_SHOW_LIST_LOG_H
#define SEKI_CORE_SHOW_LIST_LOG_H

#include "core/show/listing.h"

#define LIST_LOG_MOST 200 /* lines that are read where nobody says how many */

/* Its rows are the entries themselves: those of host->log, or those that its
 * slices read. */
extern const struct listing listing_log;

#endif
