/* The output stream of curses: buffered, so that a redraw goes to the terminal
 * in one write. Curses writes at every move of the cursor, and over SSH each
 * write may become a packet. */
#ifndef SEKI_TUI_OUTLET_H
#define SEKI_TUI_OUTLET_H

#include <stdbool.h>
#include <stdio.h>

#include "core/base/util.h"

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

/* Appends what is buffered, and empties the buffer. */
void outlet_take(struct outlet *, struct buf *);

#endif
