/* The name by which a container is shown: its namespace has as many names as
 * there are containers in it. */
#ifndef SEKI_CORE_LANG_ALIAS_H
#define SEKI_CORE_LANG_ALIAS_H

#include "core/kernel/snapshot.h"
#include "core/lang/config.h"

/* Shows each container by the first of its names with a statement in the saved
 * config, else in the candidate, else by its first name. */
void alias_prefer(struct snapshot *, const struct config *saved,
    const struct config *candidate);

/* The container's statement under one of its names other than this; borrowed
 * from the config, NULL if there is none. */
const struct statement *alias_statement(
    const struct config *, const struct container *, const char *but);

#endif
