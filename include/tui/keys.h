/* The key decoder: bytes from the terminal to key codes, however a slow line
 * splits them. It has no descriptor and no clock, so that every split and delay
 * can be tested. */
#ifndef SEKI_TUI_KEYS_H
#define SEKI_TUI_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tui/key.h"

#define KEYS_LEARNED 32

/* All zero is ready. */
struct keys {
	char in[64 + 1]; /* bytes of an incomplete key; one is kept free */
	size_t n;
	uint64_t at;	    /* when the last byte came, in ms */
	bool late;	    /* Esc was reported; its sequence may follow */
	bool pasting;	    /* in a bracketed paste */
	uint64_t answer_by; /* as keys_expect was told */
	struct {
		char bytes[8];
		int key;
	} learned[KEYS_LEARNED]; /* sequences from terminfo */
	size_t nlearned;
};

/* Adds a key sequence of this terminal to those that all terminals send. One
 * that does not begin with ESC is ignored: it would shadow a letter or a
 * control key. */
void keys_learn(struct keys *, const char *bytes, int key);

/* Until then the terminal may say where its cursor is (K_PLACE): what begins an
 * answer is not quickly taken for Esc. */
void keys_expect(struct keys *, uint64_t until);

/* How many bytes keys_feed takes now; never 0 after keys_next said K_NONE. */
size_t keys_room(const struct keys *);
/* Feeds bytes that came at that time in milliseconds. */
void keys_feed(struct keys *, const char *, size_t n, uint64_t now);

/* The next key; K_NONE when there is none, or it is incomplete. */
int keys_next(struct keys *, uint64_t now);

/* Milliseconds until the incomplete key times out; -1 when there is none. */
int keys_wait(const struct keys *, uint64_t now);

/* Drops an incomplete key, and leaves a paste. */
void keys_reset(struct keys *);

#endif
