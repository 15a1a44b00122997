/* The title line: the host, whether it is well, and the state of its candidate
 * and commit. */
#ifndef SEKI_CONSOLE_TITLE_H
#define SEKI_CONSOLE_TITLE_H

#include "tui/frame.h"

/* For ui_spec. */
void title_fill(void *console, int w, struct title *);
void title_mark_tabs(void *console, char *marks);

#endif
