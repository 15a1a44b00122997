/* Services of the lab's nodes, and the traffic of its clients. */
#ifndef SEKI_CORE_LAB_LAB_SERVICE_H
#define SEKI_CORE_LAB_LAB_SERVICE_H

#include <stdbool.h>

#include "core/base/err.h"

struct lab_service;

/* Opens the ports of the named node in the calling process's network namespace,
 * and prepares its traffic if there is to be any. Owned by the caller; NULL
 * with the error if a port cannot be opened. */
struct lab_service *lab_service_open(
    const char *node, bool traffic, struct err *);

/* Serves, and sends traffic, until the process is killed. */
void lab_service_run(struct lab_service *);

#endif
