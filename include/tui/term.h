/* The terminal: set up, restored on every way out, resized, suspended. There is
 * one per process, so no handle is passed around. */
#ifndef SEKI_TUI_TERM_H
#define SEKI_TUI_TERM_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/err.h"
#include "tui/keys.h"

struct term_options {
	bool ascii;    /* only ASCII, even in a UTF-8 locale */
	bool no_color; /* even on a terminal that has colours */
	int h, w;      /* a fixed size, for tests; 0 asks the terminal */
};

/* Sets up the terminal of standard input and output: alternate screen, raw
 * mode, no echo. setlocale must have been called. -1 when TERM names none that
 * can hold a screen; then nothing was changed, and a plain prompt still works.
 */
int term_start(const struct term_options *, struct err *);

/* Restores the terminal; harmless when it was not set up. Also runs at exit,
 * and on a fatal signal before it kills. */
void term_stop(void);

bool term_ascii(void);
/* Whether characters of ambiguous width are drawn, such as blocks. */
bool term_blocks(void);
bool term_color(void);
/* Whether a whole row costs next to nothing, as the terminal's answer to the
 * first screen has told; false until then. */
bool term_quick(void);
void term_size(int *h, int *w); /* rows and columns */

/* After SIGWINCH: the size is read anew. */
void term_resize(void);

/* Restores the terminal, stops the job as ^Z does, and sets the terminal up
 * again when it continues. */
void term_suspend(void);
/* After SIGCONT: sets the terminal up again, which others have used. */
void term_continue(void);

/* True once term_read found that the terminal has hung up: stop at once, nobody
 * is there. */
bool term_gone(void);

/* Reads pending input, at most max bytes, without waiting; 0 for none. Less
 * than max is all there is. */
size_t term_read(char *to, size_t max);
/* Adds the key sequences that terminfo has for this terminal. */
void term_keys(struct keys *);

/* Takes an answer to what the first flush asked the terminal: the place of the
 * cursor, from 0. Returns whether all is to be drawn again; *note is what to
 * tell the admin, to be translated, or NULL. */
bool term_answer(int y, int x, const char **note);

/* Turns mouse reporting on or off. It is off at first: while it is on, the
 * terminal does not select text. Returns whether it is on, which it never is on
 * a terminal without it. */
bool term_mouse(bool on);

/* Sets where the next flush leaves the cursor. */
void term_cursor(int y, int x);

/* Says where something was given to curses; w columns. */
void term_drew(int y, int x, int w);

/* Writes what changed on the screen; once per turn of the loop. */
void term_flush(void);

/* Makes the next flush redraw the whole screen. */
void term_repaint(void);

/* Rings the bell, once. */
void term_bell(void);

/* Offers the text to the clipboard of the admin's own terminal (OSC 52). Not
 * every terminal listens, so show the text as well. False when this one does
 * not understand such sequences. */
bool term_copy(const char *text);

#endif
