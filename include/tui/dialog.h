/* Dialogs: a message, a question, a text, a list. */
#ifndef SEKI_TUI_DIALOG_H
#define SEKI_TUI_DIALOG_H

#include <stdbool.h>

#include "tui/complete.h"
#include "tui/ui.h"

/* All of them, ended by NULL. */
extern const struct view_ops *const dialog_views[];

/* All texts are copied, so they may go after the call. */

/* A box with a text, closed by Enter or Esc. */
void dialog_message(struct ui *, const char *title, const char *text);

/* A text of any length that scrolls; with marks, the lines of a diff or a
 * report are drawn in their roles (role_of_line). */
void dialog_text(struct ui *, const char *title, const char *text, bool marks);

/* A question. With a word it is answered by typing that word, and Enter alone
 * does nothing; without, by y or n. Esc is no. The box is closed when yes or
 * no is called; no may be NULL. */
struct dialog_ask {
	const char *title;
	const char *text;
	const char *word; /* NULL: y or n */
	void (*yes)(void *arg);
	void (*no)(void *arg);
	void *arg;
};
void dialog_ask(struct ui *, const struct dialog_ask *);

/* A list to choose from. Takes ownership of items. at is the word selected
 * first, or NULL. */
struct dialog_list {
	const char *title;
	struct candidates items;
	const char *at;
	void (*chosen)(void *arg, const char *word);
	void *arg;
};
void dialog_list(struct ui *, const struct dialog_list *);

#endif
