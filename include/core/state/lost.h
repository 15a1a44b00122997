/* Losses: how often the kernel had more to tell than the service could hear.
 * Nothing stays wrong by that, for it then reads all anew. */
#ifndef SEKI_CORE_STATE_LOST_H
#define SEKI_CORE_STATE_LOST_H

#include "core/base/err.h"

/* Since the host booted. */
unsigned lost_count(const char *run_path);
int lost_add(const char *run_path, unsigned more, struct err *);

#endif
