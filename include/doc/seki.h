/* The page seki(8). */
#ifndef SEKI_DOC_SEKI_H
#define SEKI_DOC_SEKI_H

#include "doc/manual.h"

extern const struct part manual_seki[];

#endif
