/* The page seki.conf(5). */
#ifndef SEKI_DOC_SEKI_CONF_H
#define SEKI_DOC_SEKI_CONF_H

#include "doc/manual.h"

extern const struct part manual_seki_conf[];

#endif
