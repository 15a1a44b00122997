/* The plain prompt: the same commands on a terminal that is not painted, and
 * from a pipe. */
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

/* Reads no more, and shows no prompt again; also from within line. */
void plain_stop(struct plain *);

/* The next line answers this question of y or n, which stands in front of it:
 * it is handed over even when it is empty, and is no history. From within
 * line. */
void plain_ask(struct plain *, const char *question);
bool plain_is_tty(const struct plain *);

/* Prints lines above the one being typed, which stays. From a
 * pipe, where answers are read by programs, they go to standard error. */
void plain_say(struct plain *, const char *text);

/* After SIGINT: forgets the line being typed. */
void plain_interrupt(struct plain *);

#endif
