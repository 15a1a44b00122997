/* A namespace has as many names as there are containers in it: by which one it
 * is shown. */
#ifndef SEKI_CORE_LANG_ALIAS_H
#define SEKI_CORE_LANG_ALIAS_H

#include "core/kernel/snapshot.h"
#include "core/lang/config.h"

/* Shows each container by the first of its names that has a statement in the
 * saved config, else in the candidate, else by the first of all. */
void alias_prefer(struct snapshot *, const struct config *saved,
    const struct config *candidate);

/* The statement of the container by one of its names but this; borrowed from
 * the config, NULL when there is none. */
const struct statement *alias_statement(
    const struct config *, const struct container *, const char *but);

#endif
