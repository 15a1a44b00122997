/* Where curses writes: gathered, so that a painting goes to the terminal in
 * one piece, and shorter. Curses writes at every move of the cursor, and over
 * SSH each write may become a packet. */
#ifndef SEKI_TUI_OUTLET_H
#define SEKI_TUI_OUTLET_H

#include <stdbool.h>
#include <stdio.h>

struct buf;
struct outlet;

/* Writes all of it, unless the terminal has gone. */
void outlet_write(int fd, const char *, size_t n);

/* To the terminal fd, which stays the caller's. NULL with errno set when there
 * is no descriptor left. */
struct outlet *outlet_new(int fd);
void outlet_free(struct outlet *);

/* Borrowed: what newterm is to be given. */
FILE *outlet_file(const struct outlet *);

/* Whether what is written is kept until it is flushed. Off is how it starts,
 * and how it has to be while the modes of the terminal are set through the
 * file. */
void outlet_gather(struct outlet *, bool on);

/* Hands on what was gathered; when brief, as outlet_shorten says it. */
void outlet_flush(struct outlet *, bool brief);

/* Appends n bytes for a terminal that speaks ECMA-48: the same to the eye, but
 * attributes that follow each other become one, and ASCII, the only character
 * set in use, is not designated again and again. */
void outlet_shorten(struct buf *, const char *text, size_t n);

#endif
