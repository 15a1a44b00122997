/* The title line: the host, and the state of its candidate and commit. */
#ifndef SEKI_CONSOLE_TITLE_H
#define SEKI_CONSOLE_TITLE_H

#include "core/base/util.h"
#include "tui/theme.h"

/* Appends the two halves of the line. Returns the role of the right one. For
 * ui_spec. */
enum role title_print(void *console, struct buf *left, struct buf *right);

#endif
