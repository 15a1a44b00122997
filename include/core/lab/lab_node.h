/* The nodes of the lab: what is behind the bridge and beyond the uplink. */
#ifndef SEKI_CORE_LAB_LAB_NODE_H
#define SEKI_CORE_LAB_LAB_NODE_H

#include <stdbool.h>
#include <sys/types.h>

#include "core/base/err.h"

/* Forks like fork, the child in new namespaces (CLONE_NEW*). */
pid_t lab_fork(int namespaces);

/* Makes the calling process's network namespace the host of the lab: bridge,
 * uplink, and a child for every node, each serving in a network namespace of
 * its own that has its name in NET_NAMES. Meant for process 1 of a pid
 * namespace, whose end is the children's end too, also after an error. */
int lab_nodes_start(bool traffic, struct err *);

#endif
