/* The plain prompt: lines from a terminal without full-screen drawing, or from
 * a pipe. */
#ifndef SEKI_TUI_PLAIN_H
#define SEKI_TUI_PLAIN_H

#include <stdbool.h>

#include "core/base/loop.h"
#include "tui/prompt.h"

struct plain;

/* Reads lines from standard input in the loop and hands them to spec->line;
 * NULL at the end of input, once. On a terminal with editing, history, Tab and
 * ?, elsewhere bare. spec is borrowed. One at a time, and not to be freed from
 * within line. */
struct plain *plain_new(struct loop *, const struct prompt_spec *);
void plain_free(struct plain *);

/* Stops reading and shows no prompt again; may be called from within line. */
void plain_stop(struct plain *);

/* Shows a label in place of the prompt for one line, which is handed over even
 * when it is empty, and kept out of the history. To be called from within line,
 * or before plain_say. */
void plain_prompt(struct plain *, const char *label);
/* Asks a question of y or n in that way. */
void plain_ask(struct plain *, const char *question);
bool plain_is_tty(const struct plain *);

/* Prints lines above the one being typed, which stays. With a pipe, whose
 * answers programs read, they go to standard error. */
void plain_say(struct plain *, const char *text);

/* After SIGINT: forgets the line being typed. */
void plain_interrupt(struct plain *);

#endif
