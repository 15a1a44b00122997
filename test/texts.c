/* Short texts around a table, without a terminal: numbers, charts, clipping and
 * wrapping, edited lines, completion; and the buffers they are made in; and
 * names in commands. */
#include "config.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>

#include <cmocka.h>

#include "core/base/addr.h"
#include "core/base/shell.h"
#include "tui/chart.h"
#include "tui/complete.h"
#include "tui/edit.h"
#include "tui/key.h"
#include "tui/lines.h"

/* Commands */

/* What a shell makes of the last word, which expr repeats. */
static char *
repeated(const char *command)
{
	char *all = xasprintf("LC_ALL=C %s", command);
	char *said = xcalloc(1, 256);
	FILE *f = popen(all, "r");

	free(all);
	assert_non_null(f);
	assert_non_null(fgets(said, 256, f));
	said[strcspn(said, "\n")] = '\0';
	pclose(f);
	return said;
}

/* A name is one word, whatever it would like to be, or nothing is told. */
static void
names_are_words(void **state)
{
	static const struct {
		const char *name;
		bool taken;
	} rows[] = {
		{ "eth0", true },
		{ "eth0.100", true },
		{ "eth0@if3", true },
		{ "vm 01", true },
		{ "a;echo b", true },
		{ "a&&echo b", true },
		{ "a|b>c<d", true },
		{ "*?[a-z]~{a,b}#", true },
		{ "~", true },
		{ "it's \"quoted\" \\", true },
		{ "\\\"; echo b; \"", true },
		{ "(a)", true },
		{ "caf\xc3\xa9", true },
		{ "$(echo b)", false },
		{ "$HOME", false },
		{ "`echo b`", false },
		{ "a!!", false },
		{ "-rf", false },
		{ "", false },
		{ "a\necho b", false },
		{ "a\tb", false },
		{ "a\x1b[2Jb", false },
		{ "a\x7f", false },
		{ "\xff", false },
		{ "a\xe2\x80\xae"
		  "b",
		    false },
	};
	struct buf b = { 0 };
	char *said;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(rows); i++) {
		buf_add(&b, "true");
		if (shell_add(&b, "expr %s%s : 'x\\(.*\\)'", "x",
			rows[i].name) != rows[i].taken)
			fail_msg("%s: %s", rows[i].name, buf_text(&b));
		if (rows[i].taken) {
			said = repeated(buf_text(&b));
			assert_string_equal(said, rows[i].name);
			free(said);
		} else {
			assert_string_equal(buf_text(&b), "true");
		}
		buf_reset(&b);
	}
	buf_free(&b);
}

/* Lines of our language that mean the same to a shell. */
static void
lines_are_shell_lines(void **state)
{
	static const struct {
		const char *line;
		bool taken;
	} rows[] = {
		{ "forward tcp 80,443 to web1:8080", true },
		{ "forward tcp 80 to web1 note \"a; b \\\" c\"", true },
		{ "forward tcp 80 to a;reboot", false },
		{ "forward tcp 80 to a$b", false },
		{ "forward tcp 80 to [fd00::1]:80", false },
		{ "forward tcp 80 to web1 note \"`reboot`\"", false },
		{ "forward tcp 80 to web1 note \"$a\"", false },
		{ "forward tcp 80 to web1 note \"a\\\"; b", false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(rows); i++)
		if (shell_takes(rows[i].line) != rows[i].taken)
			fail_msg("%s", rows[i].line);
}

/* Buffers */

/* Printing makes room for whatever is longer than what there is, at any fill. */
static void
buffers_make_room(void **state)
{
	char text[200];
	struct buf b = { 0 };
	size_t fill, n;

	(void)state;
	memset(text, 'x', sizeof(text));
	for (fill = 0; fill < 130; fill++)
		for (n = 0; n < sizeof(text); n++) {
			buf_fill(&b, '.', fill);
			buf_printf(&b, "%.*s", (int)n, text);
			assert_int_equal(b.len, fill + n);
			assert_int_equal(strlen(b.s), fill + n);
			assert_int_equal(strspn(b.s, "."), fill);
			assert_int_equal(strspn(b.s + fill, "x"), n);
			buf_free(&b);
		}
}

static void
numbers_are_added(void **state)
{
	struct buf b = { 0 };

	(void)state;
	buf_add_number(&b, 0);
	buf_add(&b, " ");
	buf_add_number(&b, 65535);
	buf_add(&b, " ");
	buf_add_number(&b, UINT64_MAX);
	assert_string_equal(b.s, "0 65535 18446744073709551615");
	buf_reset(&b);
	buf_add_hash(&b, 0x1ef0);
	buf_add_hash(&b, UINT64_MAX);
	assert_string_equal(b.s, "0000000000001ef0ffffffffffffffff");
	buf_free(&b);
}

/* Words */

/* Typos, an exchange of neighbours among them; long words are no typos of
 * anything. */
static void
typos_are_counted(void **state)
{
	static const struct {
		const char *one, *other;
		unsigned distance;
	} pairs[] = {
		{ "", "", 0 },
		{ "forward", "forward", 0 },
		{ "foward", "forward", 1 },
		{ "forwardd", "forward", 1 },
		{ "forwadr", "forward", 1 },
		{ "fowadr", "forward", 2 },
		{ "abc", "cab", 2 },
		{ "brigde", "bridge", 1 },
		{ "", "to", 2 },
		{ "uplink", "bridge", 6 },
		{ "abcdefghijkl", "mnopqrstuvwx", 9 },
		{ "abcdefghijklmnopqrstuvwxyz012345",
		    "abcdefghijklmnopqrstuvwxyz012345", 9 },
		{ "a", "abcdefghijklmnopqrstuvwxyz012345", 9 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(pairs); i++) {
		if (text_distance(pairs[i].one, pairs[i].other) !=
			pairs[i].distance ||
		    text_distance(pairs[i].other, pairs[i].one) !=
			pairs[i].distance)
			fail_msg("%s, %s: %u", pairs[i].one, pairs[i].other,
			    text_distance(pairs[i].one, pairs[i].other));
	}
}

/* The cells that a text takes once it is made safe for a terminal. */
static void
cells_are_counted(void **state)
{
	static const struct {
		const char *text;
		size_t width;
	} texts[] = {
		{ "", 0 }, { "abc", 3 }, { "\xc3\xa4", 1 },
		{ "e\xcc\x81", 1 },		   /* a combining accent */
		{ "\xe5\x8f\x97\xe4\xbf\xa1", 4 }, /* two wide ones */
		{ "a\tb", 6 }, { "\x1b[m", 6 }, { "\xff", 4 }, { "\xc3", 4 },
		{ "\xe2\x80\xae", 12 }, /* what turns a line around */
	};
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(texts); i++)
		if (text_width(texts[i].text) != texts[i].width)
			fail_msg("%zu: %zu", i, text_width(texts[i].text));
	assert_int_equal(text_width_n("abc", 2), 2);
	assert_int_equal(text_width_n("abc", 9), 3);
	assert_int_equal(text_width_n("\xc3\xa4", 1), 4);
}

/* Numbers and charts */

static const struct {
	uint64_t v;
	const char *small, *bits, *bytes;
} numbers[] = {
	{ 0, "0", "0 b/s", "0 B/s" },
	{ 214, "214", "1.7 kb/s", "214 B/s" },
	{ 999, "999", "8.0 kb/s", "999 B/s" },
	{ 1000, "1.0k", "8.0 kb/s", "1.0 kB/s" },
	{ 88000, "88.0k", "704 kb/s", "88.0 kB/s" },
	{ 99949, "99.9k", "800 kb/s", "99.9 kB/s" },
	{ 99950, "100k", "800 kb/s", "100 kB/s" },
	{ 999499, "999k", "8.0 Mb/s", "999 kB/s" },
	{ 999500, "1.0M", "8.0 Mb/s", "1.0 MB/s" },
	{ 1550000, "1.6M", "12.4 Mb/s", "1.6 MB/s" },
	{ 41200000000, "41.2G", "330 Gb/s", "41.2 GB/s" },
	{ NUMBER_UNKNOWN, "-", "-", "-" },
	{ NUMBER_UNKNOWN - 1, "18.4E", "148 Eb/s", "18.4 EB/s" },
};

/* Groups of zeros and short ones at any place, as the C library prints them. */
static void
addresses_are_short(void **state)
{
	static const uint8_t bytes[] = { 0, 0, 0, 0, 1, 0x10, 0xff };
	char text[ADDR_TEXT_MAX], libc[INET6_ADDRSTRLEN];
	struct prefix p = { .family = AF_INET6, .len = 128 };
	unsigned i, k, seed = 1;

	(void)state;
	for (i = 0; i < 20000; i++) {
		for (k = 0; k < sizeof(p.bytes); k++) {
			seed = seed * 1103515245 + 12345;
			p.bytes[k] = bytes[(seed >> 16) % sizeof(bytes)];
		}
		assert_non_null(
		    inet_ntop(AF_INET6, p.bytes, libc, sizeof(libc)));
		assert_string_equal(addr_text(&p, text), libc);
	}
}

/* As written down, and with a length if it is not that of one address. */
static void
prefixes_are_printed(void **state)
{
	static const char *const texts[] = { "::", "::1", "::/0",
		"1::", "::ffff:192.0.2.1", "::192.0.2.1", "2001:db8::/32",
		"2001:db8:0:1:1:1:1:1", "2001:db8:0:0:1::", "fe80::1:0:0:1",
		"192.0.2.1", "10.0.0.0/8" };
	char text[ADDR_TEXT_MAX];
	struct prefix p;
	struct buf b = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(texts); i++) {
		assert_return_code(prefix_parse(&p, texts[i]), 0);
		buf_reset(&b);
		prefix_print(&p, &b);
		assert_string_equal(b.s, prefix_text(&p, text));
		assert_string_equal(b.s, texts[i]);
	}
	buf_free(&b);
}

static void
numbers_are_short(void **state)
{
	struct buf b = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(numbers); i++) {
		buf_reset(&b);
		number_short(&b, numbers[i].v);
		assert_string_equal(buf_text(&b), numbers[i].small);
		buf_reset(&b);
		number_rate(&b, numbers[i].v, true);
		assert_string_equal(buf_text(&b), numbers[i].bits);
		buf_reset(&b);
		number_rate(&b, numbers[i].v, false);
		assert_string_equal(buf_text(&b), numbers[i].bytes);
	}
	buf_free(&b);
}

static const struct {
	double v;
	const char *text;
} decimals[] = {
	{ -1, "-" },
	{ 0, "0" },
	{ 0.01, "0.1" },
	{ 0.4, "0.4" },
	{ 3.1, "3.1" },
	{ 812, "812" },
	{ 4100, "4.1k" },
};

static const struct {
	const char *text;
	double v; /* -1: no number */
} parsed[] = {
	{ "0", 0 },
	{ "-", -1 },
	{ "", -1 },
	{ "broken", -1 },
	{ "214", 214 },
	{ "9.8M", 9.8e6 },
	{ "12.4 Mb/s", 12.4e6 },
	{ "88.0k", 88e3 },
	{ "40 b/s", 40 },
	{ "1.1G", 1.1e9 },
	{ "55s", 55 },
	{ "5m", 300 },
	{ "2h", 7200 },
	{ "5d", 432000 },
};

static void
numbers_are_read_back(void **state)
{
	struct buf b = { 0 };
	double v;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(decimals); i++) {
		buf_reset(&b);
		number_decimal(&b, decimals[i].v);
		assert_string_equal(buf_text(&b), decimals[i].text);
	}
	for (i = 0; i < NITEMS(parsed); i++) {
		assert_int_equal(
		    number_parse(parsed[i].text, &v), parsed[i].v >= 0);
		if (parsed[i].v >= 0)
			assert_true(v > parsed[i].v * 0.999 - 0.001 &&
				    v < parsed[i].v * 1.001 + 0.001);
	}
	buf_free(&b);
}

static void
numbers_fit_a_column(void **state)
{
	static const struct {
		double v;
		const char *cell, *mark;
	} cells[] = {
		{ 0, "0 ", "0" },
		{ 9, "9 ", "9" },
		{ 899.6, "900 ", "900" },
		{ 2500, "2.5k", "2.5k" },
		{ 9949, "9.9k", "9.95k" },
		{ 9950, "10k", "9.95k" },
		{ 310000, "310k", "310k" },
		{ 5000000, "5.0M", "5M" },
		{ 41200000000, "41G", "41.2G" },
	};
	struct buf b = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(cells); i++) {
		buf_reset(&b);
		number_cell(&b, cells[i].v);
		assert_string_equal(buf_text(&b), cells[i].cell);
		buf_reset(&b);
		number_mark(&b, (uint64_t)(cells[i].v + 0.5), false);
		assert_string_equal(buf_text(&b), cells[i].mark);
	}
	buf_reset(&b);
	number_cell(&b, -1);
	number_mark(&b, 1250, true);
	assert_string_equal(buf_text(&b), "- 10k");
	buf_free(&b);
}

static void
charts_scale(void **state)
{
	const uint64_t v[] = { 0, 1, 50, 99, 100, NUMBER_UNKNOWN };
	struct chart c = { .v = v, .n = 6, .h = 1, .ascii = true };
	struct buf b = { 0 };

	(void)state;
	chart_row(&b, &c, 0);
	assert_string_equal(buf_text(&b), " _-## ");
	buf_reset(&b);
	c.ascii = false;
	c.max = 200;
	chart_row(&b, &c, 0);
	assert_string_equal(buf_text(&b), " ▁▂▄▄ ");
	buf_reset(&b);
	c.h = 2;
	c.max = 100;
	chart_row(&b, &c, 0);
	assert_string_equal(buf_text(&b), "   ██ ");
	buf_reset(&b);
	chart_row(&b, &c, 1);
	assert_string_equal(buf_text(&b), " ▁███ ");
	buf_reset(&b);
	c.hangs = true;
	chart_row(&b, &c, 0);
	assert_string_equal(buf_text(&b), " ▔███ ");
	buf_reset(&b);
	chart_row(&b, &c, 1);
	assert_string_equal(buf_text(&b), "   ██ ");
	buf_reset(&b);
	c.h = 1;
	c.max = 300;
	chart_row(&b, &c, 0);
	c.ascii = true;
	c.max = 100;
	chart_row(&b, &c, 0);
	assert_string_equal(buf_text(&b), " ▔▔▔▔  '\"## ");
	buf_free(&b);
}

/* Text */

static const struct {
	const char *text;
	size_t w;
	bool ascii;
	const char *shown;
	size_t used;
} clips[] = {
	{ "plain", 10, false, "plain", 5 },
	{ "plain", 3, false, "pla", 3 },
	{ "日本", 3, false, "日", 2 },
	{ "日本é", 9, true, "?????", 5 },
	{ "a\033[1mb", 9, false, "a\\x1b[1mb", 9 },
	{ "a\033[1mb", 4, false, "a", 1 }, /* no half escape */
	{ "\xff\xc3", 9, true, "\\xff\\xc3", 8 },
	{ "x\\", 9, false, "x\\", 2 },
	{ "", 5, false, "", 0 },
	{ "x", 0, false, "", 0 },
};

static void
text_is_clipped_and_safe(void **state)
{
	struct buf b = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(clips); i++) {
		buf_reset(&b);
		assert_int_equal(
		    text_clip(&b, clips[i].text, clips[i].w, clips[i].ascii),
		    clips[i].used);
		assert_string_equal(buf_text(&b), clips[i].shown);
	}
	buf_free(&b);
}

/* Beside wide characters, but not before what ends or behind what begins. */
static void
text_breaks(void **state)
{
	static const struct {
		const char *text;
		size_t at;
		bool may;
	} cases[] = {
		{ "ab", 1, false },
		{ "a b", 1, true },
		{ "\u6f22a", 3, true },
		{ "a\u6f22", 1, true },
		{ "\u6f22\u5b57", 3, true },
		{ "\u00e9\u00e9", 2, false },
		{ "\uff08\u6f22", 3, false },
		{ "\u6f22\uff09", 3, false },
		{ "\u6f22\u3002", 3, false },
		{ "\u6f22 a", 3, true },
		{ "\u6f22", 0, false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(cases); i++)
		if (text_may_break(cases[i].text, cases[i].at) != cases[i].may)
			fail_msg("%s at %zu", cases[i].text, cases[i].at);
}

static void
text_is_wrapped(void **state)
{
	const char *text = "one two three\n\nfourfive 日本\n日本語、テスト";
	const char *const lines[] = { "one two", "three", "", "fourfiv",
		"e 日本", "日本", "語、テ", "スト", NULL };
	size_t n, skip, i;

	(void)state;
	for (i = 0; lines[i] != NULL; i++, text += skip) {
		n = text_wrap(text, 7, &skip);
		assert_int_equal(n, strlen(lines[i]));
		assert_memory_equal(text, lines[i], n);
	}
	assert_int_equal(*text, '\0');
}

/* What is continued under itself has fewer columns, so takes more rows. */
static void
lines_are_counted(void **state)
{
	(void)state;
	assert_int_equal(lines_count("", 10), 0);
	assert_int_equal(lines_count("one\n\ntwo\n", 10), 3);
	assert_int_equal(lines_count("one two three four\n", 10), 2);
	assert_int_equal(lines_count("k   one two three\n", 10), 3);
	assert_int_equal(lines_count("k     one two three\n", 10), 2);
}

static void
a_line_is_edited(void **state)
{
	static const int keys[] = { 'a', 0x65e5, 'c', K_LEFT, K_LEFT,
		K_BACKSPACE, 0xe9, K_END, ' ', 'x', 'y', K_CTRL('w'), K_HOME,
		K_DELETE, K_DELETE, 'z' };
	struct edit e = { 0 };
	size_t i;

	(void)state;
	edit_set(&e, "");
	for (i = 0; i < NITEMS(keys); i++)
		assert_true(edit_key(&e, keys[i]));
	assert_string_equal(buf_text(&e.text), "zc ");
	assert_int_equal(e.at, 1);
	assert_false(edit_key(&e, K_F(1)));
	assert_false(edit_key(&e, 0x9b)); /* a C1 control */
	edit_free(&e);
}

/* As readline swaps them. */
static void
letters_are_swapped(void **state)
{
	struct edit e = { 0 };

	(void)state;
	edit_set(&e, "a");
	edit_key(&e, K_CTRL('t'));
	edit_key(&e, 0x65e5);
	edit_key(&e, K_CTRL('t'));
	assert_string_equal(buf_text(&e.text), "\u65e5a");
	assert_int_equal(e.at, 4);
	edit_key(&e, 'b');
	edit_key(&e, K_LEFT);
	edit_key(&e, K_CTRL('t'));
	assert_string_equal(buf_text(&e.text), "\u65e5ba");
	assert_int_equal(e.at, 5);
	edit_key(&e, K_HOME);
	edit_key(&e, K_CTRL('t'));
	assert_string_equal(buf_text(&e.text), "\u65e5ba");
	edit_free(&e);
}

/* Completion */

static void
offer(void *arg, const char *line, size_t at, complete_add *add, void *ctx)
{
	(void)arg;
	(void)line;
	(void)at;
	add(ctx, "show", "what there is");
	add(ctx, "set", "change it");
	add(ctx, "show", "twice");
	add(ctx, "commit", NULL);
	add(ctx, "", "PORTS");
}

static const struct {
	const char *line;
	size_t n;
	const char *common; /* NULL: nothing to put in */
} completions[] = {
	{ "", 4, "" },
	{ "s", 3, "s" },
	{ "sh", 2, "show " },
	{ "add c", 2, "commit " },
	{ "note \"blue c", 1, NULL },
	{ "x", 1, NULL },
};

static void
completes_words(void **state)
{
	struct candidates c = { 0 };
	char *common;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(completions); i++) {
		candidates_read(&c, offer, NULL, completions[i].line,
		    strlen(completions[i].line));
		assert_int_equal(c.n, completions[i].n);
		common = candidates_common(&c);
		if (completions[i].common == NULL)
			assert_null(common);
		else
			assert_string_equal(common, completions[i].common);
		free(common);
	}
	candidates_free(&c);
}

/* As many as there are connections on a busy host. */
static void
keeps_candidates_once(void **state)
{
	struct candidates c = { 0 };
	char word[16];
	size_t i;

	(void)state;
	for (i = 0; i < 9000; i++) {
		snprintf(word, sizeof(word), "%zu", i % 3000);
		candidates_add(&c, word, NULL);
		candidates_add(&c, "", word);
	}
	assert_int_equal(c.n, 6000);
	for (i = 0; i < 6000; i++)
		assert_int_equal(
		    atoi(i % 2 == 0 ? c.v[i].word : c.v[i].help), i / 2);
	candidates_free(&c);
}

/* What is left of a line before the cursor, which has a cell of its own. A line
 * may be long: readline repeats a key a million times. */
static void
line_ends_at_the_cursor(void **state)
{
	enum { LONG = 1 << 20 };
	char *text = xcalloc(LONG + 1, 1);

	(void)state;
	assert_int_equal(text_first("abcdef", 6, 7), 0);
	assert_int_equal(text_first("abcdef", 6, 4), 3);
	assert_int_equal(text_first("abcdef", 2, 4), 0);
	assert_int_equal(text_first("日本語", 9, 5), 3);
	assert_int_equal(text_first("日本語", 9, 4), 6);
	assert_int_equal(text_first("ab", 2, 0), 2);
	memset(text, 'x', LONG);
	assert_int_equal(text_first(text, LONG, 80), LONG - 79);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_words),
		cmocka_unit_test(lines_are_shell_lines),
		cmocka_unit_test(buffers_make_room),
		cmocka_unit_test(numbers_are_added),
		cmocka_unit_test(addresses_are_short),
		cmocka_unit_test(prefixes_are_printed),
		cmocka_unit_test(typos_are_counted),
		cmocka_unit_test(cells_are_counted),
		cmocka_unit_test(numbers_are_short),
		cmocka_unit_test(numbers_are_read_back),
		cmocka_unit_test(numbers_fit_a_column),
		cmocka_unit_test(charts_scale),
		cmocka_unit_test(text_is_clipped_and_safe),
		cmocka_unit_test(text_breaks),
		cmocka_unit_test(text_is_wrapped),
		cmocka_unit_test(lines_are_counted),
		cmocka_unit_test(line_ends_at_the_cursor),
		cmocka_unit_test(a_line_is_edited),
		cmocka_unit_test(letters_are_swapped),
		cmocka_unit_test(completes_words),
		cmocka_unit_test(keeps_candidates_once),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
