/* Statements. */
#ifndef SEKI_CORE_SHOW_LIST_STATEMENT_H
#define SEKI_CORE_SHOW_LIST_STATEMENT_H

#include "core/show/listing.h"

extern const struct listing listing_statements;

#endif
