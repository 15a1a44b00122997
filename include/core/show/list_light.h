/* The lights of forwards: what their packets need, in the order they meet
 * it. */
#ifndef SEKI_CORE_SHOW_LIST_LIGHT_H
#define SEKI_CORE_SHOW_LIST_LIGHT_H

#include "core/show/listing.h"
#include "core/state/light.h"

/* A row for each family of each forward that is committed. */
extern const struct listing listing_lights;

/* What a light is about, in words for people. */
const char *light_help(enum light);

#endif
