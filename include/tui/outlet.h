/* The output stream of curses: buffered, so that a redraw goes to the terminal
 * in one write, and shortened. Curses writes at every move of the cursor, and
 * over SSH each write may become a packet. */
#ifndef SEKI_TUI_OUTLET_H
#define SEKI_TUI_OUTLET_H

#include <stdbool.h>
#include <stdio.h>

struct outlet;

/* Writes all of it, unless the terminal has gone. */
void outlet_write(int fd, const char *, size_t n);

/* A stream to the terminal fd, which stays the caller's. NULL with errno set
 * when there is no descriptor left. */
struct outlet *outlet_new(int fd);
void outlet_free(struct outlet *);

/* The stream for newterm; borrowed. */
FILE *outlet_file(const struct outlet *);

/* Turns buffering on or off. It is off at first, and has to be off while
 * terminal modes are set through the stream. */
void outlet_gather(struct outlet *, bool on);

/* Writes what is buffered: shortened (painting_write) for a terminal of that
 * many columns, or as it is when they are 0. */
void outlet_flush(struct outlet *, int width);
/* The next flush takes nothing for granted of the terminal. */
void outlet_forget(struct outlet *);

#endif
