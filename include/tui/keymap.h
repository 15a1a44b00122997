/* Which tables of actions are in force: what keys do, and what help and manual
 * tell. */
#ifndef SEKI_TUI_KEYMAP_H
#define SEKI_TUI_KEYMAP_H

#include "tui/view.h"

#define KEYMAP_MAX 12

/* In force always, and before all others. The terminal makes no signals of
 * ^C and ^Z, so that one in a paste does nothing. */
extern const struct action keymap_always[];

/* The tables in force, nearest first and NULL-ended: over a view, or with a
 * mode while text is typed in it, or without a view in the `:` line. app is
 * what the app has on every screen. */
void keymap_tables(const struct view_ops *, const struct action *mode,
    const struct action *app, const struct action *tables[KEYMAP_MAX + 1]);

#endif
