/* How containers get a port of a bridge that seki makes. */
#ifndef SEKI_CORE_SETUP_JOINING_H
#define SEKI_CORE_SETUP_JOINING_H

#include "core/kernel/snapshot.h"
#include "core/lang/config.h"

/* Appends a line for each runtime that is installed here, for each bridge that
 * the config has made and that is not there yet. */
void joining_tell(const struct config *, const struct snapshot *, struct buf *);

#endif
