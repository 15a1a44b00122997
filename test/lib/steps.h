/* Steps, as a plan has them. They borrow what they are given. */
#ifndef SEKI_TEST_STEPS_H
#define SEKI_TEST_STEPS_H

#include "core/plan/step.h"

struct step address_step(enum step_number, const char *name, int index,
    const char *text, uint32_t flags);

/* A gateway of NULL: on the link; to NULL: the default route. */
struct step route_step(enum step_number, const char *name, int index,
    const char *to, const char *gateway);

/* On eth0, and seki's. */
struct step proxy_step(enum step_number, const char *text);

/* Of a bridge br0. */
struct step bridge_step(enum step_number, int index, uint64_t mac);

struct step sysctl_step(enum step_number, const char *name, int index,
    enum conf_number, int before, int after);

/* Of our table: whether it was and is to be there. */
struct step rules_step(
    int before, int after, const char *text, const char *undo);

/* The same, on the link of that index in a container. */
struct step inside(struct step, const struct container *);

#endif
