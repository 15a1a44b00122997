/* Connections. */
#ifndef SEKI_CORE_SHOW_LIST_CONNECTION_H
#define SEKI_CORE_SHOW_LIST_CONNECTION_H

#include "core/show/listing.h"

extern const struct listing listing_connections;

#endif
