/* What the candidate changes. */
#ifndef SEKI_CORE_SHOW_LIST_CHANGE_H
#define SEKI_CORE_SHOW_LIST_CHANGE_H

#include "core/show/listing.h"

extern const struct listing listing_changes;

#endif
