/* The list of clients: rows are struct client_row. */
#ifndef SEKI_CORE_SHOW_LIST_CLIENT_H
#define SEKI_CORE_SHOW_LIST_CLIENT_H

#include "core/show/listing.h"

extern const struct listing listing_clients;

#endif
