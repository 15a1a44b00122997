/* The offers that set-up makes of what it found. */
#ifndef SEKI_CORE_SETUP_OFFERS_H
#define SEKI_CORE_SETUP_OFFERS_H

#include "core/setup/proposal.h"
#include "core/setup/survey.h"

/* What the candidate has already is not offered. Ticked is what most want:
 * private addresses, ports that are usually public, logins, and closed for the
 * rest. To be freed, also after an error. */
int offers_make(struct proposal *, const struct survey *, struct err *);

#endif
