/* The programs that listening sockets belong to. */
#ifndef SEKI_CORE_KERNEL_HOLDER_H
#define SEKI_CORE_KERNEL_HOLDER_H

#include <stdbool.h>

#include "core/kernel/listener.h"

/* Fills in the programs of this host's listeners, as far as a /proc at that
 * path tells; those that have one keep it. Where several hold a socket it is
 * the one that /proc has first. Looks at every process until all are found. */
void holders_find(struct listeners *, const char *proc);

/* Fills in the program that a listener of the same socket has, if there is one
 * among those, and returns whether there is. */
bool holders_recall(struct listener *, const struct listeners *before);

/* As holders_find, but what is known of a socket since before is not looked
 * for. */
void holders_keep(
    struct listeners *, const struct listeners *before, const char *proc);

#endif
