/* The title line: which host it is, and how its commit stands. */
#ifndef SEKI_CONSOLE_TITLE_H
#define SEKI_CONSOLE_TITLE_H

#include "core/base/util.h"
#include "tui/theme.h"

/* Appends the two halves of the line; the role of the right. For ui_spec. */
enum role title_print(void *console, struct buf *left, struct buf *right);

#endif
