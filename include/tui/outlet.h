/* The output stream of curses: buffered, so that a redraw goes to the terminal
 * in one write, and shortened. Curses writes at every move of the cursor, and
 * over SSH each write may become a packet. */
#ifndef SEKI_TUI_OUTLET_H
#define SEKI_TUI_OUTLET_H

#include <stdbool.h>
#include <stdio.h>

struct buf;
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

/* Writes what is buffered; with brief, shortened (outlet_shorten). */
void outlet_flush(struct outlet *, bool brief);

/* Appends the n bytes for a terminal that speaks ECMA-48, with the same result
 * on the screen but fewer bytes: consecutive SGR sequences are merged, and
 * designations of ASCII, the only character set in use, are dropped. */
void outlet_shorten(struct buf *, const char *text, size_t n);

#endif
