/* The `:` line: a command typed with history and completion, drawn in the
 * message line. */
#ifndef SEKI_TUI_PROMPT_H
#define SEKI_TUI_PROMPT_H

#include <stdbool.h>

#include "tui/complete.h"
#include "tui/draw.h"

/* Also used by the plain prompt (tui/plain.h). */
struct prompt_spec {
	const char *label;     /* in front: ":" or "seki> " */
	const char *history;   /* the history file; NULL for none */
	complete_fn *complete; /* NULL for none */
	/* Called with an entered line, not empty. At a plain prompt NULL is the
	 * end of input. */
	void (*line)(void *arg, const char *line);
	void *arg;
};

struct prompt;

/* spec is borrowed for as long as the prompt lives. One at a time. */
struct prompt *prompt_new(const struct prompt_spec *);
void prompt_free(struct prompt *);

/* Begins a line with text in it. */
void prompt_open(struct prompt *, const char *text);
bool prompt_is_open(const struct prompt *);

/* Tab completes, ? lists the candidates, either again shows more; Esc closes
 * (in vi mode, from command mode), Enter hands the line to spec->line; every
 * other key edits. */
void prompt_key(struct prompt *, int key);

/* Inserts a pasted character, even one whose key is bound. */
void prompt_paste(struct prompt *, int key);

/* Draws it, and the candidates at the foot of the body above it. */
void prompt_draw(
    const struct prompt *, const struct rect *line, const struct rect *body);

#endif
