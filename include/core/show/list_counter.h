/* Counters. */
#ifndef SEKI_CORE_SHOW_LIST_COUNTER_H
#define SEKI_CORE_SHOW_LIST_COUNTER_H

#include "core/show/listing.h"

extern const struct listing listing_counters;

#endif
