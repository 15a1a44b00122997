/* The command line, edited with readline's keys and history but without its
 * output. Where libedit replaces readline, our own editor does it. There is one
 * per process, as there is one readline. */
#ifndef SEKI_TUI_LINE_H
#define SEKI_TUI_LINE_H

#include <stdbool.h>
#include <stddef.h>

void line_start(const char *text);
void line_end(void);

/* Applies a key; true when the line was entered, and line_text holds it. */
bool line_key(int key);

const char *line_text(void); /* borrowed until the next key */
size_t line_at(void);	     /* the byte the cursor is on */
/* The prompt of readline's history search, to show in place of the caller's
 * label; NULL when there is no search. */
const char *line_label(void);
/* In vi mode Esc leaves insert mode, so it belongs to the line; in command mode
 * every key is a command. */
enum line_mode { LINE_PLAIN, LINE_INSERT, LINE_COMMAND };
enum line_mode line_mode(void);
/* Types text at the cursor. */
void line_insert(const char *text);

/* The history: read from a file (a missing one is empty), and each line added
 * to it at once, so that several consoles share it. path may be NULL. */
void line_history_read(const char *path);
void line_history_add(const char *path, const char *text);

#endif
