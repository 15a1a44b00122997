/* Key codes. */
#ifndef SEKI_TUI_KEY_H
#define SEKI_TUI_KEY_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/util.h"

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
	K_PASTE,     /* a bracketed paste begins */
	K_PASTE_END, /* and ends */
	K_UNKNOWN,   /* an escape sequence to ignore */
	K_F0 = 0x110100
};
#define K_F(n) (K_F0 + (n))
#define K_CTRL(c) ((c)&0x1f)
#define K_ALT(key) ((key) | 0x1000000)

/* A mouse event, and its row and column from 0, below 2048. */
enum { MOUSE_CLICK, MOUSE_UP, MOUSE_DOWN };
#define K_MOUSE(what, y, x) (0x2000000 | (what) << 22 | (y) << 11 | (x))
#define KEY_IS_MOUSE(key) ((key) >= 0x2000000 && (key) < 0x4000000)
#define MOUSE_WHAT(key) ((key) >> 22 & 3)
#define MOUSE_Y(key) ((key) >> 11 & 0x7ff)
#define MOUSE_X(key) ((key)&0x7ff)

/* The terminal's answer where its cursor is: a place of the mouse, too. */
#define K_PLACE(y, x) (0x4000000 | (y) << 11 | (x))
#define KEY_IS_PLACE(key) ((key) >= 0x4000000 && (key) < 0x8000000)

/* Two letters right after each other, as in vi. */
#define K_PAIR(first, second) (0x8000000 | (first) << 8 | (second))
#define KEY_IS_PAIR(key) ((key) >= 0x8000000)
#define PAIR_FIRST(key) ((key) >> 8 & 0x7f)
#define PAIR_SECOND(key) ((key)&0x7f)

/* Whether the key types a character. */
bool key_is_text(int key);

/* The UTF-8 of a key that types a character; its length. */
size_t key_text(int key, char text[static 5]);

/* Appends the name of a key as on the key bar: "F1", "Enter", "^L", "M-x", "q",
 * "gt". */
void key_print(struct buf *, int key);

#endif
