/* The nodes of the lab: containers behind the bridge, hosts beyond the
 * uplink. */
#ifndef SEKI_CORE_LAB_LAB_NODE_H
#define SEKI_CORE_LAB_LAB_NODE_H

#include <stdbool.h>
#include <sys/types.h>

#include "core/base/err.h"

/* Like fork, with the child in new namespaces (CLONE_NEW*). */
pid_t lab_fork(int namespaces);

/* Turns the calling process's network namespace into the lab's host: bridge,
 * uplink, and a child for every node, each serving in a network namespace of
 * its own, named in NET_NAMES. For process 1 of a PID namespace, with which the
 * children end, even after an error. */
int lab_nodes_start(bool traffic, struct err *);

#endif
