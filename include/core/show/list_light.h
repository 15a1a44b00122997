/* The lights of forwards: what their packets need, in the order they meet
 * it. */
#ifndef SEKI_CORE_SHOW_LIST_LIGHT_H
#define SEKI_CORE_SHOW_LIST_LIGHT_H

#include "core/show/listing.h"

/* A row for each family of each forward that is committed. */
extern const struct listing listing_lights;

#endif
