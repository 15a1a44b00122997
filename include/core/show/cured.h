/* Whether a cure that doctor tells of is already in the candidate. */
#ifndef SEKI_CORE_SHOW_CURED_H
#define SEKI_CORE_SHOW_CURED_H

#include "core/lang/config.h"

/* Whether a config has the statement that a command would put into it, "seki
 * set container web1 ula auto"; false for any other command. */
bool cured_by(const struct config *, const char *command);

#endif
