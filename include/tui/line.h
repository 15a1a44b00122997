/* The command line being edited, by readline's keys and history, and without
 * its output. Where libedit stands in for readline our own editor does it. A
 * process has one, as it has one readline. */
#ifndef SEKI_TUI_LINE_H
#define SEKI_TUI_LINE_H

#include <stdbool.h>
#include <stddef.h>

void line_start(const char *text);
void line_end(void);

/* Edits; true when the line is done, and line_text holds it. */
bool line_key(int key);

const char *line_text(void); /* borrowed until the next key */
size_t line_at(void);	     /* the byte the cursor is on */
/* What stands in front of the line instead of the caller's label, while
 * readline searches its history; else NULL. */
const char *line_label(void);
/* With vi's keys Esc leaves off inserting, and is the line's as long as that
 * is so; after it every key is a command. */
enum line_mode { LINE_PLAIN, LINE_INSERT, LINE_COMMAND };
enum line_mode line_mode(void);
/* Types text at the cursor. */
void line_insert(const char *text);

/* The history: read from a file (a missing one is empty), and each line added
 * to it at once, so that several consoles share it. path may be NULL. */
void line_history_read(const char *path);
void line_history_add(const char *path, const char *text);

#endif
