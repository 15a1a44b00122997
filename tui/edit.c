/* A line editor, for form fields, filters and dialogs. */
#include "config.h"

#include "tui/edit.h"

#include <string.h>

#include "tui/draw.h"
#include "tui/key.h"

void
edit_set(struct edit *e, const char *text)
{
	buf_reset(&e->text);
	buf_add(&e->text, text);
	e->at = e->text.len;
}

const char *
edit_text(const struct edit *e)
{
	return buf_text(&e->text);
}

void
edit_free(struct edit *e)
{
	buf_free(&e->text);
	e->at = 0;
}

static bool
continues(const struct edit *e, size_t i)
{
	return i < e->text.len && (e->text.s[i] & 0xc0) == 0x80;
}

static size_t
before(const struct edit *e, size_t i)
{
	if (i > 0)
		i--;
	while (i > 0 && continues(e, i))
		i--;
	return i;
}

static size_t
after(const struct edit *e, size_t i)
{
	if (i < e->text.len)
		i++;
	while (continues(e, i))
		i++;
	return i;
}

static size_t
word_before(const struct edit *e, size_t i)
{
	while (i > 0 && e->text.s[i - 1] == ' ')
		i--;
	while (i > 0 && e->text.s[i - 1] != ' ')
		i--;
	return i;
}

/* Deletes the bytes from..to and leaves the cursor there. */
static void
cut(struct edit *e, size_t from, size_t to)
{
	if (from >= to)
		return;
	memmove(e->text.s + from, e->text.s + to, e->text.len - to + 1);
	e->text.len -= to - from;
	e->at = from;
}

static void
insert(struct edit *e, int key)
{
	char s[5];
	size_t n = key_text(key, s);

	buf_add_n(&e->text, s, n);
	memmove(
	    e->text.s + e->at + n, e->text.s + e->at, e->text.len - n - e->at);
	memcpy(e->text.s + e->at, s, n);
	e->at += n;
}

static void
left(struct edit *e)
{
	e->at = before(e, e->at);
}

static void
right(struct edit *e)
{
	e->at = after(e, e->at);
}

static void
home(struct edit *e)
{
	e->at = 0;
}

static void
end(struct edit *e)
{
	e->at = e->text.len;
}

static void
rub_left(struct edit *e)
{
	cut(e, before(e, e->at), e->at);
}

static void
rub_right(struct edit *e)
{
	cut(e, e->at, after(e, e->at));
}

static void
rub_word(struct edit *e)
{
	cut(e, word_before(e, e->at), e->at);
}

static void
rub_to_start(struct edit *e)
{
	cut(e, 0, e->at);
}

static void
rub_to_end(struct edit *e)
{
	cut(e, e->at, e->text.len);
}

/* The character before the cursor and the one at it; at the end, the last two.
 */
static void
swap(struct edit *e)
{
	size_t second = e->at < e->text.len ? e->at : before(e, e->at);
	size_t first = before(e, second), n = second - first;
	char held[4];

	if (n == 0 || n > sizeof(held))
		return;
	e->at = after(e, second);
	memcpy(held, e->text.s + first, n);
	memmove(e->text.s + first, e->text.s + second, e->at - second);
	memcpy(e->text.s + e->at - n, held, n);
}

static const struct {
	int key;
	void (*fn)(struct edit *);
} moves[] = {
	{ K_LEFT, left },
	{ K_RIGHT, right },
	{ K_HOME, home },
	{ K_END, end },
	{ K_BACKSPACE, rub_left },
	{ K_DELETE, rub_right },
	{ K_CTRL('a'), home },
	{ K_CTRL('b'), left },
	{ K_CTRL('d'), rub_right },
	{ K_CTRL('e'), end },
	{ K_CTRL('f'), right },
	{ K_CTRL('k'), rub_to_end },
	{ K_CTRL('t'), swap },
	{ K_CTRL('u'), rub_to_start },
	{ K_CTRL('w'), rub_word },
};

bool
edit_key(struct edit *e, int key)
{
	size_t i;

	if (key_is_text(key)) {
		insert(e, key);
		return true;
	}
	for (i = 0; i < NITEMS(moves); i++) {
		if (moves[i].key == key) {
			moves[i].fn(e);
			return true;
		}
	}
	return false;
}

void
edit_draw(const struct edit *e, int y, int x, int w, enum role r, bool focus)
{
	const char *s = buf_text(&e->text);
	size_t first = text_first(s, e->at, w > 0 ? (size_t)w : 0);

	draw_pad(y, x, w, r, s + first);
	if (focus)
		draw_cursor(y, x + (int)text_width_n(s + first, e->at - first));
}
