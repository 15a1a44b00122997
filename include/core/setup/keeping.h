/* Where the address of an uplink, which seki keeps, is made permanent. */
#ifndef SEKI_CORE_SETUP_KEEPING_H
#define SEKI_CORE_SETUP_KEEPING_H

#include "core/kernel/snapshot.h"
#include "core/lang/config.h"

/* Appends a line about each uplink that the config has seki keep, by what
 * manages the network here. */
void keeping_tell(const struct config *, struct buf *);

/* Appends how an address is stated that nothing here has configured, where a
 * family has no way out; nothing where no link could have one. */
void keeping_offer(const struct snapshot *, struct buf *);

#endif
