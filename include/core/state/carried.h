/* Counters that are carried over a reboot, in a file that the service writes
 * when it ends.
 *
 * Who sums them up takes a counter that falls for one that began at 0, and adds
 * all of it once more. So they go on exactly as they were told last, or begin
 * at 0: what is counted after the file was written, and told, makes the file
 * void, and after a power cut there is none. */
#ifndef SEKI_CORE_STATE_CARRIED_H
#define SEKI_CORE_STATE_CARRIED_H

#include "core/base/err.h"
#include "core/plan/ruleset.h"
#include "core/state/host.h"

/* Writes them, for what has the rules after this. */
int carried_save(const struct host *, struct err *);

/* Gives those of a table that is to be made what they were before it was lost
 * with its namespace; nothing if it was lost without. */
void carried_count(const struct host *, struct ruleset *);

/* The table was made: nobody else is to begin with them. */
void carried_taken(const struct host *);

/* They go on, and are told or will be written again. */
void carried_void(const struct host *);

#endif
