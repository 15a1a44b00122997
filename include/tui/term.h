/* The terminal: taken, given back on every way out, resized, suspended. A
 * process has one, so there is nothing to hand around. */
#ifndef SEKI_TUI_TERM_H
#define SEKI_TUI_TERM_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/err.h"
#include "tui/keys.h"

struct term_options {
	bool ascii;    /* only ASCII, whatever the locale can do */
	bool no_color; /* also where the terminal has colours */
	int h, w;      /* a fixed size, for tests; 0 asks the terminal */
};

/* Takes the terminal that standard input and output are: alternate screen,
 * keys one by one, no echo. setlocale was called before. -1 with a sentence
 * when TERM names one that can not hold a screen; nothing was changed then,
 * and a plain prompt still works. */
int term_start(const struct term_options *, struct err *);

/* Gives the terminal back as it was; harmless when it was not taken. It is
 * also called at exit, and a fatal signal does the same before it kills. */
void term_stop(void);

bool term_ascii(void);
bool term_color(void);
void term_size(int *h, int *w); /* rows and columns */

/* After SIGWINCH: the size is read anew. */
void term_resize(void);

/* Gives the terminal back, stops the process as ^Z does, and takes the
 * terminal again when it goes on. */
void term_suspend(void);
/* After SIGCONT: takes the terminal again, of which others made use. */
void term_continue(void);

/* True once the terminal has gone away: stop at once, nobody is there. */
bool term_gone(void);

/* The bytes that were typed and are waiting, at most max; 0 for none. */
size_t term_read(char *to, size_t max);
/* Learns the keys of this terminal. */
void term_keys(struct keys *);

/* Whether clicks and the wheel come as keys. The terminal selects no text
 * then, so off is how it starts. Whether it is on now: no where the terminal
 * does not speak of a mouse. */
bool term_mouse(bool on);

/* Where the next flush leaves the cursor. */
void term_cursor(int y, int x);

/* Writes what differs from what the terminal shows: once a turn. */
void term_flush(void);

/* Forgets what the terminal shows, so that the next flush writes it all. */
void term_repaint(void);

/* Offers the text to the clipboard of the admin's own terminal (OSC 52). Not
 * every terminal listens, so show the text as well. False when this one does
 * not understand such sequences. */
bool term_copy(const char *text);

#endif
