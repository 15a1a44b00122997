/* The bytes of a terminal become keys, however a slow line splits them. Knows
 * no descriptor and no clock, so every split and delay can be tested. */
#ifndef SEKI_TUI_KEYS_H
#define SEKI_TUI_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tui/key.h"

#define KEYS_LEARNED 32

/* All zero is ready. */
struct keys {
	char in[64 + 1]; /* what is not yet a key; one is kept free */
	size_t n;
	uint64_t at;  /* when the last of it came */
	bool late;    /* an Esc was taken for the key; its rest may follow */
	bool pasting; /* up to the mark that ends a paste */
	struct {
		char bytes[8];
		int key;
	} learned[KEYS_LEARNED]; /* what terminfo says of this terminal */
	size_t nlearned;
};

/* A key of this terminal besides those that all terminals send. One that does
 * not begin with ESC is ignored: it would take a letter or a control key. */
void keys_learn(struct keys *, const char *bytes, int key);

/* How many bytes keys_feed takes now; never 0 after keys_next said K_NONE. */
size_t keys_room(const struct keys *);
/* Bytes that came at a time in milliseconds. */
void keys_feed(struct keys *, const char *, size_t n, uint64_t now);

/* The next key; K_NONE when there is none, or its end has not come yet. */
int keys_next(struct keys *, uint64_t now);

/* Milliseconds until keys_next knows more even if nothing comes; -1 when it
 * will not. */
int keys_wait(const struct keys *, uint64_t now);

/* Forgets half a key and the paste that goes on. */
void keys_reset(struct keys *);

#endif
