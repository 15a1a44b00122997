/* What the nodes of the lab serve, and the visits its clients pay. */
#ifndef SEKI_CORE_LAB_LAB_SERVICE_H
#define SEKI_CORE_LAB_LAB_SERVICE_H

#include <stdbool.h>

#include "core/base/err.h"

struct lab_service;

/* Opens the ports of the node of that name in the calling process's network
 * namespace, and gets its visits ready when there is to be traffic. Owned by
 * the caller; NULL with err set when a port cannot be had. */
struct lab_service *lab_service_open(
    const char *node, bool traffic, struct err *);

/* Serves and visits until the process is killed. */
void lab_service_run(struct lab_service *);

#endif
