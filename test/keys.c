/* Bytes to keys: every key of every terminal, split at each byte with every
 * delay, pastes and garbage. The clock is a number here. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tui/keys.h"

/* Appends the names of all keys there are at that time. */
static void
drain(struct keys *k, uint64_t now, struct buf *b)
{
	int key;

	while ((key = keys_next(k, now)) != K_NONE) {
		if (key == K_UNKNOWN)
			buf_add(b, "?");
		else if (key == K_PASTE || key == K_PASTE_END)
			buf_add(b, key == K_PASTE ? "{" : "}");
		else if (KEY_IS_PLACE(key))
			buf_printf(
			    b, "place %d,%d", MOUSE_Y(key), MOUSE_X(key));
		else if (KEY_IS_MOUSE(key))
			buf_printf(b, "mouse %d %d,%d", MOUSE_WHAT(key),
			    MOUSE_Y(key), MOUSE_X(key));
		else
			key_print(b, key);
		buf_add(b, " ");
	}
}

/* Time passes as in the loop: whenever keys_wait says so. */
static void
pass(struct keys *k, uint64_t *now, unsigned ms, struct buf *b)
{
	const uint64_t end = *now + ms;
	int wait;

	drain(k, *now, b);
	while (
	    (wait = keys_wait(k, *now)) != -1 && *now + (uint64_t)wait < end) {
		*now += (uint64_t)wait;
		drain(k, *now, b);
	}
	*now = end;
}

/* The keys of bytes of which each comes ms after the one before. */
static const char *
keys_of(const char *bytes, size_t n, unsigned ms)
{
	static struct buf b;
	struct keys k = { 0 };
	uint64_t now = 1000000;
	size_t i;

	keys_learn(&k, "\033Ox", K_INSERT);
	keys_learn(&k, "\013", K_UP);
	buf_reset(&b);
	for (i = 0; i < n; i++) {
		assert_true(keys_room(&k) > 0);
		keys_feed(&k, bytes + i, 1, now);
		pass(&k, &now, ms, &b);
	}
	pass(&k, &now, 5000, &b);
	assert_int_equal(k.n, 0);
	if (b.len > 0)
		b.s[--b.len] = '\0';
	return buf_text(&b);
}

#define KEYS(bytes, ms) keys_of(bytes, sizeof(bytes) - 1, ms)

static const struct {
	const char *bytes;
	const char *keys;
} known[] = {
	{ "q", "q" },
	{ "\r", "Enter" },
	{ "\n", "Enter" },
	{ "\b", "Backspace" },
	{ "\177", "Backspace" },
	{ "\t", "Tab" },
	{ "\014", "^L" },
	{ "\013", "^K" },
	{ "\033", "Esc" },
	{ "\033[A", "Up" },
	{ "\033OA", "Up" },
	{ "\033[1~", "Home" },
	{ "\033[7~", "Home" },
	{ "\033OH", "Home" },
	{ "\033[4~", "End" },
	{ "\033[Z", "S-Tab" },
	{ "\033[3~", "Del" },
	{ "\033[P", "Del" },
	{ "\033[5~", "PgUp" },
	{ "\033OP", "F1" },
	{ "\033[11~", "F1" },
	{ "\033[[A", "F1" },
	{ "\033[21~", "F10" },
	{ "\033Ox", "Ins" },
	{ "\033OM", "Enter" },
	{ "\033b", "M-b" },
	{ "\033\303\251", "M-\303\251" },
	{ "\346\227\245", "\346\227\245" },
	{ "\033[<0;12;3M", "mouse 0 2,11" },
	{ "\033[<64;1;1M", "mouse 1 0,0" },
	{ "\033[<65;80;24M", "mouse 2 23,79" },
	{ "\033[2;2R", "place 1,1" },
	/* No key of ours, and never typed. */
	{ "\033[1;2R", "?" }, /* F3 with Shift */
	{ "\033[2;0R", "?" },
	{ "\033[2049;2R", "?" },
	{ "\033[2;2;2R", "?" },
	{ "\033[1;5A", "?" },
	{ "\033[?62;c", "?" },
	{ "\033[<0;12;3m", "?" },
	{ "\033[<2;12;3M", "?" },
	{ "\033[<0;0;3M", "?" },
	{ "\033[<0;99999;3M", "?" },
	{ "\033Oz", "?" },
	{ "\033]11;rgb:1e1e/1e1e/1e1e\007", "?" },
	{ "\033P1$r2 q\033\\", "?" },
	{ "\033P>|XTerm(390)\234", "?" },
	{ "\033_Gi=31;OK\033\\", "?" },
	{ "\033_Gi=31;OK\007", "?" },
	{ "\033^private\302\234", "?" },
	{ "\033Xany \342\234\234 text\033\\", "?" }, /* its bytes hold 9c */
	{ "\033]l\343\201\202\033\\", "?" },
	{ "\220>|XTerm(390)\234", "?" },
	{ "\230any\234", "?" },
	{ "\235"
	  "11;rgb:1e1e/1e1e/1e1e\007",
	    "?" },
	{ "\236private\033\\", "?" },
	{ "\237Gi=31;OK\234", "?" },
	{ "\302\237Gi=31;OK\302\234", "?" },
	{ "\233A", "Up" },
	{ "\302\2335~", "PgUp" },
	{ "\217P", "F1" },
	{ "\300", "?" },
	{ "\355\240\200", "?" },
};

static void
test_known(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(known); i++)
		assert_string_equal(
		    keys_of(known[i].bytes, strlen(known[i].bytes), 0),
		    known[i].keys);
	assert_string_equal(KEYS("\0", 0), "?");
	assert_string_equal(KEYS("\033[A\033[Bq\033", 0), "Up Down q Esc");
	assert_string_equal(KEYS("\033\033[A", 0), "Esc Up");
}

/* Quicker than Esc acts a split is not seen; slower it acts, and the rest is
 * still the key it was, and not letters. */
static void
test_split(void **state)
{
	char late[64];
	size_t i, n;

	(void)state;
	for (i = 0; i < NITEMS(known); i++) {
		n = strlen(known[i].bytes);
		assert_string_equal(
		    keys_of(known[i].bytes, n, 5), known[i].keys);
		assert_string_equal(
		    keys_of(known[i].bytes, n, 24), known[i].keys);
		if (known[i].bytes[0] != '\033' || n < 2 ||
		    strchr("[OPX]^_", known[i].bytes[1]) == NULL ||
		    strcmp(known[i].bytes, "\033Oz") == 0)
			continue;
		snprintf(late, sizeof(late), "Esc %s", known[i].keys);
		assert_string_equal(keys_of(known[i].bytes, n, 40), late);
		assert_string_equal(keys_of(known[i].bytes, n, 200), late);
	}
	assert_string_equal(KEYS("\346\227\245", 200), "\346\227\245");
}

/* Esc, and what else it comes to when it arrives so many ms later. */
static const char *
after_esc(const char *rest, unsigned ms, struct buf *b)
{
	struct keys k = { 0 };
	uint64_t now = 1000;

	buf_reset(b);
	keys_feed(&k, "\033", 1, now);
	pass(&k, &now, ms, b);
	keys_feed(&k, rest, strlen(rest), now);
	pass(&k, &now, 300, b);
	b->s[--b->len] = '\0';
	return buf_text(b);
}

/* The rest of a sequence comes in one piece; what comes alone was typed, and
 * is not waited with for as long. */
static void
test_typed_after_esc(void **state UNUSED)
{
	struct buf b = { 0 };

	assert_string_equal(after_esc("OA", 900, &b), "Esc Up");
	assert_string_equal(after_esc("[3~", 900, &b), "Esc Del");
	assert_string_equal(after_esc("O", 300, &b), "Esc O");
	assert_string_equal(after_esc("[", 900, &b), "Esc [");
	buf_free(&b);
}

static void
test_esc(void **state)
{
	struct keys k = { 0 };

	(void)state;
	keys_feed(&k, "\033", 1, 1000);
	assert_int_equal(keys_next(&k, 1000), K_NONE);
	assert_int_equal(keys_wait(&k, 1000), 25);
	assert_int_equal(keys_next(&k, 1024), K_NONE);
	assert_int_equal(keys_next(&k, 1025), K_ESC);
	assert_int_equal(keys_wait(&k, 1025), -1);
	/* What is typed then is typed. */
	assert_string_equal(KEYS("\033q", 40), "Esc q");
	assert_string_equal(KEYS("\033Oz", 200), "Esc O z");
	assert_string_equal(KEYS("\033Pq", 200), "Esc P q");
	assert_string_equal(KEYS("\033]q", 200), "Esc ] q");
	assert_string_equal(KEYS("\033P", 200), "Esc P");
	assert_string_equal(KEYS("\033_A\r", 200), "Esc ? Enter");
	/* Alt, and no string. */
	assert_string_equal(KEYS("\033X", 0), "M-X");
	assert_string_equal(KEYS("\033_A\003q", 0), "? ^C q");
	assert_string_equal(KEYS("\033[", 200), "Esc [");
	assert_string_equal(KEYS("\033[A", 1500), "Esc [ A");
	assert_string_equal(KEYS("\033OA", 1500), "Esc O A");
}

/* While the terminal may answer, ESC is rather the start of that, and still
 * acts as Esc when nothing follows. */
static void
test_answer(void **state)
{
	struct keys k = { 0 };

	(void)state;
	keys_expect(&k, 6000);
	keys_feed(&k, "\033", 1, 1000);
	assert_int_equal(keys_next(&k, 1240), K_NONE);
	assert_int_equal(keys_wait(&k, 1240), 10);
	assert_int_equal(keys_next(&k, 1250), K_ESC);
	keys_feed(&k, "q\033", 2, 3000);
	assert_int_equal(keys_next(&k, 3000), 'q');
	assert_int_equal(keys_next(&k, 3200), K_NONE);
	keys_feed(&k, "[2;80R", 6, 3200);
	assert_int_equal(keys_next(&k, 3200), K_PLACE(1, 79));
	/* There is only one. */
	keys_feed(&k, "\033", 1, 4000);
	assert_int_equal(keys_next(&k, 4025), K_ESC);
	keys_expect(&k, 6000);
	keys_feed(&k, "\033", 1, 6000);
	assert_int_equal(keys_next(&k, 6025), K_ESC);
}

static void
test_paste(void **state)
{
	(void)state;
	assert_string_equal(KEYS("\033[200~a\033[201~q", 0), "{ a } q");
	assert_string_equal(KEYS("\033[200~a\033[201~q", 24), "{ a } q");
	/* Esc of a slow line acts, and still the rest is no typing. */
	assert_string_equal(KEYS("\033[200~a\033[201~q", 200), "Esc { a } q");
	assert_string_equal(
	    KEYS("\033[200~a\033x\033]d\033[201~q", 24), "{ a M-x ? } q");
	/* Without its end Esc ends it, once nothing follows. */
	assert_string_equal(KEYS("\033[200~a\033", 0), "{ a } Esc");
}

/* Bytes of no meaning: nothing is read outside, and nothing stays behind. */
static void
test_garbage(void **state)
{
	static const char some[] = "\033\033\033[[O]P?;<0123~AMm\\\a\377\303q";
	char bytes[300];
	size_t i, n;
	int round;

	(void)state;
	srand(1);
	for (round = 0; round < 20000; round++) {
		n = (size_t)rand() % (round % 100 == 0 ? sizeof(bytes) : 20);
		for (i = 0; i < n; i++)
			bytes[i] =
			    rand() % 8 == 0
				? (char)rand()
				: some[(size_t)rand() % (sizeof(some) - 1)];
		keys_of(bytes, n, (unsigned)(rand() % 3) * 20);
	}
	memset(bytes, '1', sizeof(bytes));
	memcpy(bytes, "\033[", 2);
	bytes[299] = '~';
	assert_string_equal(keys_of(bytes, sizeof(bytes), 0), "?");
	memcpy(bytes, "\033]", 2);
	bytes[299] = '\a';
	assert_string_equal(keys_of(bytes, sizeof(bytes), 0), "?");
	for (i = 2; i < 299; i++)
		bytes[i] = "\342\234\234"[(i - 2) % 3];
	assert_string_equal(keys_of(bytes, sizeof(bytes), 0), "?");
}

static void
test_text(void **state UNUSED)
{
	static const int texts[] = { ' ', 'a', '~', 0xa0, 0xe9, 0x3042,
		0x10ffff };
	static const int others[] = { 0, 27, 31, K_BACKSPACE, 0x80, 0x9f, K_UP,
		K_DOWN };
	size_t i;

	for (i = 0; i < NITEMS(texts); i++)
		assert_true(key_is_text(texts[i]));
	for (i = 0; i < NITEMS(others); i++)
		assert_false(key_is_text(others[i]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_esc),
		cmocka_unit_test(test_typed_after_esc),
		cmocka_unit_test(test_answer),
		cmocka_unit_test(test_paste),
		cmocka_unit_test(test_garbage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
