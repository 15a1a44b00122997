/* The part of a model that can matter to packets of one port. Judging it comes
 * to the same as judging the model, which may have thousands of statements. */
#ifndef SEKI_CORE_REACH_SLICE_H
#define SEKI_CORE_REACH_SLICE_H

#include "core/plan/model.h"

struct slicer;

/* For a model that is borrowed until slicer_free. */
struct slicer *slicer_new(const struct model *);
void slicer_free(struct slicer *);

/* The model with only the forwards that may claim the port, or only the
 * policies that may match it: 0 for packets without one. Owned by the slicer,
 * until the next call of the same function. */
const struct model *slicer_forwards(struct slicer *, uint16_t port);
const struct model *slicer_policies(struct slicer *, uint16_t port);

#endif
