/* What curses writes, shortened: fewer bytes, and the same on the screen. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/util.h"
#include "tui/painting.h"

#define ROWS 6
#define COLUMNS 20

static void
says_after(const char *before, const char *text, const char *wanted)
{
	struct painting p = { .width = COLUMNS };
	struct buf b = { 0 };

	painting_write(&p, &b, before, strlen(before));
	painting_end(&p, &b);
	buf_reset(&b);
	painting_write(&p, &b, text, strlen(text));
	painting_end(&p, &b);
	assert_string_equal(buf_text(&b), wanted);
	buf_free(&b);
	painting_free(&p);
}

static void
says(const char *text, const char *wanted)
{
	says_after("", text, wanted);
}

static void
text_and_moves_stay(void **state UNUSED)
{
	says("", "");
	says("plain \342\226\210\r\n\033[4;39H1",
	    "plain \342\226\210\r\n\033[4;39H1");
	says("\033[?1049h\033[2J\033]52;c;eA==\a",
	    "\033[?1049h\033[2J\033]52;c;eA==\a");
}

static void
attributes_are_said_once(void **state UNUSED)
{
	says("\033[32mup\033[39m\033(B\033[m down", "\033[32mup\033[m down");
	says("\033(B\033[0;1m\033[36mx", "\033[0;1;36mx");
	says("\033[1m\033[38;5;214m\033[48;5;2mx", "\033[1;38;5;214;48;5;2mx");
	says("\033[32m\033[m\033[33m", "\033[0;33m");
	says("a\033(Bb\033[0mc", "ab\033[mc");
}

static void
attributes_in_force_are_not_said_again(void **state UNUSED)
{
	says("\033[ma\033[mb\033[0;1mc\033[0;1md", "\033[mab\033[1mcd");
	says("\033[m\033[1mb\033[0;1;36mc\033[0;36md",
	    "\033[0;1mb\033[36mc\033[0;36md");
	says("\033[0;3m\033[0;3mb\033[0;31mc", "\033[0;3mb\033[0;31mc");
	says(
	    "\033[0;32ma\033[33mb\033[0;32mc", "\033[0;32ma\033[33mb\033[32mc");
	says("\033[0;1ma\033[0;1;32mb\033[0;1;36mc\033[0;36md",
	    "\033[0;1ma\033[32mb\033[36mc\033[0;36md");
	says("\033[0;32;41ma\033[39mb\033[0;41;32mc",
	    "\033[0;32;41ma\033[0;41mb\033[32mc");
	says_after("\033[m", "\033[mb", "b");
	says_after("\033[32m", "\033[mb", "\033[mb");
}

static void
a_shorter_way_is_taken(void **state UNUSED)
{
	says("\033[4;2Hab\033[4;12Hc", "\033[4;2Hab\033[8Cc");
	says("\033[4;2Hab\033[4;5Hc", "\033[4;2Hab\033[Cc");
	says("\033[4;2Hab\033[4;4Hc", "\033[4;2Habc");
	says("\033[4;2Hab\r\033[5dc", "\033[4;2Hab\r\nc");
	says("\033[14;2Hab\033[15;4Hc", "\033[14;2Hab\nc");
	says("\033[14;2Hab\033[15;8Hc", "\033[14;2Hab\n\033[4Cc");
	says("\033[14;20Ha\033[15;4Hc", "\033[14;20Ha\r\n\033[3Cc");
	says("\033[14;12Habc\033[16;12Hc", "\033[14;12Habc\n\n\b\b\bc");
	says("\033[14;12Habc\033[13;15Hc", "\033[14;12Habc\033[Ac");
	says("\033[4;16Ha\033[4;5Hb", "\033[4;16Ha\033[12Db");
	says("\033[4;2Hab\r\033[2dc", "\033[4;2Hab\033[2Hc");
	says("\033[4;2Hab\033[4;2Hc", "\033[4;2Hab\b\bc");
	says("\033[4;2H\342\226\210\033[4;12Hc",
	    "\033[4;2H\342\226\210\033[9Cc");
	says_after(
	    "\033[m\033[H\033[2J", "a\033[1;4Hb\033[2;2Hc", "a  b\r\n c");
}

static void
blanks_need_no_attributes(void **state UNUSED)
{
	says_after("\033[0;36m\033[H", "-\033[m \033[36m-", "- -");
	says_after("\033[0;36m\033[H", "-\033[m a", "- \033[ma");
	says_after("\033[0;7m\033[H", "-\033[m \033[36m-", "-\033[m \033[36m-");
	says_after("\033[m", "-\033[7m -", "-\033[7m -");
}

static void
strokes_go_in_the_order_that_is_shortest(void **state UNUSED)
{
	says_after("\033[m\033[H",
	    "\033[2;5H1\033[2;9H\033[32m#\033[m\033[3;5H2\033[3;9H\033[32m#",
	    "\n\033[4C1\n\b2\033[3C\033[32m#\033[A\b#\n");
	/* Erasing is between what comes before and what comes after. */
	says_after("\033[m\033[H",
	    "\033[2;5H1\033[2;9H\033[32m#\033[m\033[K\033[3;5H2",
	    "\n\033[4C1\033[3C\033[32m#\033[m\033[K\n\033[5D2");
	/* What erases the rest of a row, or repeats a character, stays behind
	 * its text. */
	says_after("\033[m\033[H",
	    "\033[2;5H1\033[2;9H\033[32m#\033[K\033[m\033[3;5H2"
	    "\033[3;9H\033[32m#\033[K",
	    "\n\033[4C1\n\b2\033[3C\033[32m#\033[K\033[A\b#\033[K\n");
	says_after("\033[m\033[H",
	    "\033[2;5H1\033[2;9H\033[32m#\033[2b\033[m\033[3;5H2"
	    "\033[3;9H\033[32m#\033[2b",
	    "\n\033[4C1\n\b2\033[3C\033[32m#\033[2b\033[A\b\b\b#\033[2b\n");
}

/* What curses says later is of the attributes that it had, not of those that
 * the last stroke left behind. */
static void
unknown_attributes_come_after_those_before(void **state UNUSED)
{
	says_after("\033[m\033[H", "\033[32ma\033[2;1H\033[mb\033[38;5;9mc",
	    "\033[32ma\n\b\033[mb\033[38;5;9mc");
}

static void
an_unknown_place_is_not_relied_on(void **state UNUSED)
{
	says("ab\033[1;4Hc", "ab\033[1;4Hc");
	says("\033[3;19Habc\033[4Hc", "\033[3;19Habc\033[4Hc");
	says("\033[3;19Hab\b\bc", "\033[3;19Hab\b\bc");
	says("\033[3;9Ha\0337b\033[3;14Hc", "\033[3;9Ha\0337b\033[3;14Hc");
	says(
	    "\033[3;9Ha\033[?25l\033[3;14Hc", "\033[3;9Ha\033[?25l\033[3;14Hc");
	says_after("\033[H\033[2J\033[0;7mx", "\033[1;4Hb", "\033[2Cb");
	says_after(
	    "\033[m\033[H\033[2J\033[4Hx\033[2H", "\033[2;3Hb", "\033[2Cb");
}

static void
a_broken_sequence_stays(void **state UNUSED)
{
	says("\033", "\033");
	says("\033[", "\033[");
	says("\033[3", "\033[3");
	says("\033[3\033[m", "\033[3\033[m");
	says("\033(", "\033(");
}

/* A terminal */

struct screen {
	char text[ROWS][COLUMNS][4];
	int look[ROWS][COLUMNS]; /* of the pen, where something was written */
	int y, x;		 /* from 0 */
	char last[4];		 /* character that was written */
	int now; /* its look: colour, and reverse as 256, bold as 512 */
};

static void
screen_erase(struct screen *s, int y, int from)
{
	int x;

	for (x = from; x < COLUMNS; x++) {
		strcpy(s->text[y][x], " ");
		s->look[y][x] = 0;
	}
}

static void
screen_look(struct screen *s, int n)
{
	if (n == 0)
		s->now = 0;
	else if (n == 1 || n == 7)
		s->now |= n == 7 ? 256 : 512;
	else
		s->now = (s->now & ~255) | (n == 39 ? 0 : n);
}

/* A blank in a colour looks like one in none. */
static void
screen_put(struct screen *s, const char *text, size_t n)
{
	assert_in_range(s->y, 0, ROWS - 1);
	assert_in_range(s->x, 0, COLUMNS - 1);
	snprintf(s->last, 4, "%.*s", (int)n, text);
	strcpy(s->text[s->y][s->x], s->last);
	s->look[s->y][s->x] = text[0] == ' ' ? s->now & 256 : s->now;
	s->x++;
}

static void
screen_sequence(struct screen *s, const char *params, char final)
{
	int a = atoi(params), i;
	const char *more = strchr(params, ';');
	int b = more != NULL && *more == ';' ? atoi(more + 1) : 0;
	char last[4];

	if (final == 'm') {
		screen_look(s, a);
		for (; more != NULL; more = strchr(more + 1, ';'))
			screen_look(s, atoi(more + 1));
	}
	if (final == 'H' || final == 'd')
		s->y = a > 0 ? a - 1 : 0;
	if (final == 'H')
		s->x = b > 0 ? b - 1 : 0;
	if (final == 'G')
		s->x = a - 1;
	if (final == 'A')
		s->y -= a > 0 ? a : 1;
	if (final == 'B')
		s->y += a > 0 ? a : 1;
	if (final == 'C')
		s->x += a > 0 ? a : 1;
	if (final == 'D')
		s->x -= a > 0 ? a : 1;
	if (final == 'K')
		screen_erase(s, s->y, s->x);
	for (i = 0; i < ROWS && final == 'J'; i++)
		screen_erase(s, i, 0);
	strcpy(last, s->last);
	for (i = 0; i < a && final == 'b'; i++)
		screen_put(s, last, strlen(last));
}

static void
screen_write(struct screen *s, const char *text)
{
	char params[32];
	uint32_t cp;
	size_t n;

	for (; *text != '\0'; text += n) {
		n = 1;
		if (text[0] == '\r') {
			s->x = 0;
		} else if (text[0] == '\n') {
			s->y++;
		} else if (text[0] == '\b') {
			s->x--;
		} else if (text[0] == '\033') {
			n = strspn(text + 2, "0123456789;");
			snprintf(
			    params, sizeof(params), "%.*s", (int)n, text + 2);
			if (text[1] == '[')
				screen_sequence(s, params, text[2 + n]);
			n += 3;
		} else {
			n = utf8_decode(text, strlen(text), &cp);
			screen_put(s, text, n);
		}
	}
}

/* Paintings like those of curses */

static int
any(int n)
{
	return rand() % n;
}

static void
add_move(struct buf *b, const struct screen *s)
{
	switch (any(5)) {
	case 0:
		buf_printf(b, "\r\033[%dd", 1 + any(ROWS));
		break;
	case 1:
		buf_printf(b, "\033[%dG", 1 + any(COLUMNS));
		break;
	case 2:
		buf_printf(b, "\033[%dd", 1 + any(ROWS));
		if (s->x > 0 && s->x < COLUMNS)
			buf_add(b, "\b");
		break;
	default:
		buf_printf(b, "\033[%d;%dH", 1 + any(ROWS), 1 + any(COLUMNS));
	}
}

static void
add_look(struct buf *b)
{
	static const char *const looks[] = { "\033[m", "\033[32m", "\033[0;7m",
		"\033(B\033[m\033[36m", "\033[m\033[32m", "\033[0;36m",
		"\033[1m", "\033[0;1;36m", "\033[39m" };

	buf_add(b, looks[any(NITEMS(looks))]);
}

static void
add_words(struct buf *b, const struct screen *s)
{
	static const char *const words[] = { "a", "  ", "\342\226\210", "word",
		" two " };
	const char *word = words[any(NITEMS(words))];
	int room = COLUMNS - s->x - (int)text_width(word);

	if (room < 0)
		return;
	buf_add(b, word);
	if (room > 0 && any(4) == 0)
		buf_printf(b, "\033[%db", 1 + any(room));
}

static void
add_item(struct buf *b, const struct screen *s)
{
	int kind = any(20);

	if (kind == 0)
		buf_add(b, "\033[H\033[2J");
	else if (kind < 8)
		add_move(b, s);
	else if (kind < 12)
		add_look(b);
	else if (kind < 19)
		add_words(b, s);
	else if ((s->now & 256) == 0)
		buf_add(b, "\033[K");
}

/* After the last column, curses moves to a place. */
static void
paint(struct screen *s, struct buf *b)
{
	struct buf item = { 0 };
	int n;

	for (n = 1 + any(30); n > 0; n--) {
		buf_reset(&item);
		if (s->x >= COLUMNS)
			buf_printf(&item, "\033[%d;%dH", 1 + any(ROWS),
			    1 + any(COLUMNS - 1));
		else
			add_item(&item, s);
		screen_write(s, buf_text(&item));
		buf_add(b, buf_text(&item));
	}
	buf_free(&item);
}

/* The attributes of later text are known to the painting alone. */
static void
same_screens(const struct screen *a, const struct screen *b)
{
	assert_memory_equal(a->text, b->text, sizeof(a->text));
	assert_memory_equal(a->look, b->look, sizeof(a->look));
	assert_int_equal(a->y, b->y);
	assert_int_equal(a->x, b->x);
}

static void
screens_are_the_same(void **state UNUSED)
{
	struct painting p = { .width = COLUMNS };
	struct screen plain = { 0 }, brief = { 0 };
	struct buf text = { 0 }, out = { 0 };
	size_t said = 0, written = 0;
	int i;

	srand(1);
	screen_write(&plain, "\033[H\033[2J");
	brief = plain;
	for (i = 0; i < 20000; i++) {
		buf_reset(&text);
		buf_reset(&out);
		paint(&plain, &text);
		painting_write(&p, &out, buf_text(&text), text.len);
		if (any(2) == 0)
			painting_end(&p, &out);
		screen_write(&brief, buf_text(&out));
		same_screens(&plain, &brief);
		said += text.len;
		written += out.len;
		assert_true(written <= said + 2);
	}
	assert_true(written < said);
	buf_free(&text);
	buf_free(&out);
	painting_free(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_and_moves_stay),
		cmocka_unit_test(attributes_are_said_once),
		cmocka_unit_test(attributes_in_force_are_not_said_again),
		cmocka_unit_test(a_shorter_way_is_taken),
		cmocka_unit_test(blanks_need_no_attributes),
		cmocka_unit_test(strokes_go_in_the_order_that_is_shortest),
		cmocka_unit_test(unknown_attributes_come_after_those_before),
		cmocka_unit_test(an_unknown_place_is_not_relied_on),
		cmocka_unit_test(a_broken_sequence_stays),
		cmocka_unit_test(screens_are_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
