/* Keys as numbers of our own. */
#ifndef SEKI_TUI_KEY_H
#define SEKI_TUI_KEY_H

#include <stdbool.h>
#include <stddef.h>

#include "core/util.h"

/* A key is the code point it types, or one of these above Unicode. */
enum {
	K_NONE = 0,
	K_TAB = 9,
	K_ENTER = 13,
	K_ESC = 27,
	K_SPACE = 32,
	K_BACKSPACE = 127,
	K_UP = 0x110000,
	K_DOWN,
	K_LEFT,
	K_RIGHT,
	K_HOME,
	K_END,
	K_PAGE_UP,
	K_PAGE_DOWN,
	K_INSERT,
	K_DELETE,
	K_BACK_TAB,
	K_PASTE,     /* what follows was pasted, */
	K_PASTE_END, /* up to here */
	K_UNKNOWN,   /* a sequence without a name here: passed over */
	K_F0 = 0x110100
};
#define K_F(n) (K_F0 + (n))
#define K_CTRL(c) ((c) & 0x1f)
#define K_ALT(key) ((key) | 0x1000000)

/* The next key that is waiting; K_NONE when there is none. Waits only for the
 * rest of a key that has begun to arrive, at most 25 ms. */
int key_read(void);

/* Whether the key types a character. */
bool key_is_text(int key);

/* The UTF-8 of a key that types a character; its length. */
size_t key_text(int key, char text[static 5]);

/* Its name as on a key bar: "F1", "Enter", "^L", "M-x", "q". */
void key_print(struct buf *, int key);

#endif
