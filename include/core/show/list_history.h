/* Confirmed configs. */
#ifndef SEKI_CORE_SHOW_LIST_HISTORY_H
#define SEKI_CORE_SHOW_LIST_HISTORY_H

#include "core/show/listing.h"

extern const struct listing listing_history;

#endif
