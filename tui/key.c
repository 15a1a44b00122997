/* Keys as numbers of our own. */
#include "config.h"

#include "tui/key.h"

#include <curses.h>
#include <string.h>

#include "tui/term.h"

static const struct {
	int code;
	int key;
} specials[] = {
	{ KEY_UP, K_UP },
	{ KEY_DOWN, K_DOWN },
	{ KEY_LEFT, K_LEFT },
	{ KEY_RIGHT, K_RIGHT },
	{ KEY_HOME, K_HOME },
	{ KEY_FIND, K_HOME },
	{ KEY_END, K_END },
	{ KEY_SELECT, K_END },
	{ KEY_PPAGE, K_PAGE_UP },
	{ KEY_NPAGE, K_PAGE_DOWN },
	{ KEY_IC, K_INSERT },
	{ KEY_DC, K_DELETE },
	{ KEY_BTAB, K_BACK_TAB },
	{ KEY_BACKSPACE, K_BACKSPACE },
	{ KEY_ENTER, K_ENTER },
	{ TERM_PASTE, K_PASTE },
	{ TERM_PASTE_END, K_PASTE_END },
};

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

static int
special_key(unsigned code)
{
	size_t i;

	if (code >= KEY_F0 && code <= KEY_F(63))
		return K_F((int)code - KEY_F0);
	for (i = 0; i < NITEMS(specials); i++)
		if ((unsigned)specials[i].code == code)
			return specials[i].key;
	return K_UNKNOWN;
}

/* The rest of a sequence that terminfo does not know (ECMA-48, 5.4), which
 * would be read as typed text. */
static int
skip_sequence(void)
{
	unsigned c;
	bool function;

	while (term_read(&c, &function))
		if (function || (c >= 0x40 && c <= 0x7e))
			break;
	return K_UNKNOWN;
}

static int
after_esc(void)
{
	unsigned c;
	bool function;

	if (!term_read(&c, &function))
		return K_ESC;
	if (function)
		return K_ALT(special_key(c));
	if (c == '[' || c == 'O')
		return skip_sequence();
	return K_ALT((int)c);
}

int
key_read(void)
{
	unsigned c;
	bool function;

	if (!term_read(&c, &function))
		return K_NONE;
	if (function)
		return special_key(c);
	if (c == K_ESC)
		return after_esc();
	if (c == K_CTRL('h'))
		return K_BACKSPACE;
	return c == '\n' ? K_ENTER : c == 0 ? K_UNKNOWN : (int)c;
}

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
