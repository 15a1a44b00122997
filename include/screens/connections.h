/* Screen 6: live flows through forwards. */
#ifndef SEKI_SCREENS_CONNECTIONS_H
#define SEKI_SCREENS_CONNECTIONS_H

#include "screens/app.h"

extern const struct view_ops screen_connections;

/* Brings the screen to the front, filtered to the connections with a cell of
 * exactly that text: a forward, less its first word, or a container. */
void connections_show(struct app *, const char *cell);

#endif
