/* Screen 6: live flows through forwards. */
#ifndef SEKI_SCREENS_CONNECTIONS_H
#define SEKI_SCREENS_CONNECTIONS_H

#include "screens/app.h"

extern const struct view_ops screen_connections;

/* Puts it in front with only the connections that have a cell of that text: a
 * forward, less its first word, or a container. */
void connections_show(struct app *, const char *cell);

#endif
