/* Key codes. */
#include "config.h"

#include "tui/key.h"

static const struct {
	int key;
	const char *name;
} names[] = {
	{ K_TAB, "Tab" },
	{ K_ENTER, "Enter" },
	{ K_ESC, "Esc" },
	{ K_SPACE, "Space" },
	{ K_BACKSPACE, "Backspace" },
	{ K_UP, "Up" },
	{ K_DOWN, "Down" },
	{ K_LEFT, "Left" },
	{ K_RIGHT, "Right" },
	{ K_HOME, "Home" },
	{ K_END, "End" },
	{ K_PAGE_UP, "PgUp" },
	{ K_PAGE_DOWN, "PgDn" },
	{ K_INSERT, "Ins" },
	{ K_DELETE, "Del" },
	{ K_BACK_TAB, "S-Tab" },
};

bool
key_is_text(int key)
{
	return key >= K_SPACE && key != K_BACKSPACE && key < K_UP &&
	       !(key > K_BACKSPACE && key < 0xa0);
}

size_t
key_text(int key, char text[static 5])
{
	static const uint8_t lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	size_t n = key < 0x80 ? 1 : key < 0x800 ? 2 : key < 0x10000 ? 3 : 4;
	size_t i;

	for (i = n - 1; i > 0; i--, key >>= 6)
		text[i] = (char)(0x80 | (key & 0x3f));
	text[0] = (char)(lead[n] | key);
	text[n] = '\0';
	return n;
}

void
key_print(struct buf *b, int key)
{
	char text[5];
	size_t i;

	if (KEY_IS_PAIR(key)) {
		buf_printf(b, "%c%c", PAIR_FIRST(key), PAIR_SECOND(key));
		return;
	}
	if (key >= K_ALT(0)) {
		buf_add(b, "M-");
		key &= ~K_ALT(0);
	}
	for (i = 0; i < NITEMS(names); i++) {
		if (names[i].key == key) {
			buf_add(b, names[i].name);
			return;
		}
	}
	if (key >= K_F0)
		buf_printf(b, "F%d", key - K_F0);
	else if (key > 0 && key < K_SPACE)
		buf_printf(b, "^%c", key + '@');
	else
		buf_add_n(b, text, key_text(key, text));
}
