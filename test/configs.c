/* Configs: files and lines, edits that keep what they do not touch, and what
 * differs between two. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/util.h"
#include "core/lang/config.h"
#include "core/lang/config_diff.h"

static const char sakura[] =
    "# Sakura VPS, one address\n"
    "uplink eth0\n"
    "\n"
    "container vm00 on lxcbr0 ula fd5a:1c2e:90b1::3 # the web\n"
    "  # indented\n"
    "forward tcp 80 to vm00\n"
    "allow input tcp 22\n"
    "deny input\n"
    "# end\n";

static const char sakura_edited[] =
    "# Sakura VPS, one address\n"
    "uplink eth0\n"
    "\n"
    "container vm00 on lxcbr0 ula fd5a:1c2e:90b1::3 # the web\n"
    "# indented\n"
    "forward tcp 80 to vm00:81\n"
    "forward udp 53 to vm00\n"
    "deny input\n"
    "allow input tcp 22\n"
    "# end\n"
    "option confirm 60\n";

static struct statement *
made(const char *line)
{
	struct err e;
	struct statement *st = statement_from(line, &e);

	if (st == NULL)
		fail_msg("%s: %s", line, e.text);
	return st;
}

static void
test_edit_keeps_comments(void **state)
{
	struct config c = { 0 };
	struct buf b = { 0 };
	struct err e;

	(void)state;
	assert_int_equal(config_parse(&c, sakura, NULL, &e), 0);
	assert_int_equal(config_add(&c, made("forward udp 53 to vm00"), &e), 0);
	assert_int_equal(
	    config_set(&c, made("forward tcp 80 to vm00:81"), &e), 0);
	assert_int_equal(config_add(&c, made("option confirm 60"), &e), 0);
	assert_int_equal(config_move(&c, CHAIN_INPUT, 2, 1, &e), 0);
	assert_int_equal(config_move(&c, CHAIN_INPUT, 3, 1, &e), -1);
	assert_int_equal(config_move(&c, CHAIN_OUTPUT, 1, 1, &e), -1);
	assert_int_equal(
	    config_add(&c, made("forward tcp 80 to other"), &e), -1);
	assert_int_equal(e.code, ERR_UNSAFE);
	config_print(&c, &b);
	assert_string_equal(b.s, sakura_edited);
	buf_free(&b);
	config_free(&c);
}

/* What a text was read into is known by it until the first change. */
static void
test_text(void **state)
{
	static const char text[] = "uplink eth0\nallow input tcp 1\n"
				   "allow input tcp 2\n";
	struct config c = { 0 }, copy;
	unsigned i;
	struct err e;

	(void)state;
	for (i = 0; i < 6; i++) {
		assert_int_equal(config_parse(&c, text, NULL, &e), 0);
		assert_true(c.text == hash_text(HASH_START, text));
		config_copy(&copy, &c);
		assert_true(copy.text == 0);
		assert_ptr_equal(copy.v[0].st, c.v[0].st);
		config_free(&copy);
		if (i == 0)
			config_remove(&c, 0);
		if (i == 1)
			config_put(&c, 0, made("uplink eth1"));
		if (i == 2)
			config_add(&c, made("allow input tcp 3"), &e);
		if (i == 3)
			config_set(&c, made("uplink eth1"), &e);
		if (i == 4)
			config_move(&c, CHAIN_INPUT, 2, 1, &e);
		assert_true((c.text == 0) == (i < 5));
		config_free(&c);
	}
}

static char *
written(const char *text)
{
	char *path = xstrdup("/tmp/seki-test-XXXXXX");
	int fd = mkstemp(path);

	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	return path;
}

/* Only equal lines in the same place are shared with another config, and only
 * with what is as it was read. */
static void
test_like(void **state)
{
	static const char one[] = "# mine\nuplink eth0 # wan\n\n"
				  "allow input tcp 1\nallow input tcp 2\n";
	static const char other[] = "# mine\nuplink eth0 # wan\n\n"
				    "allow input tcp 7\nallow input tcp 1\n"
				    "allow input tcp 2\n";
	char *path = written(other);
	struct config was = { 0 }, now = { 0 };
	struct buf b = { 0 };
	struct err e;

	(void)state;
	assert_int_equal(config_parse(&was, one, NULL, &e), 0);
	assert_int_equal(config_read_like(&now, path, false, &was, &e), 0);
	config_print(&now, &b);
	assert_string_equal(b.s, other);
	assert_true(now.text == hash_text(HASH_START, other));
	assert_ptr_equal(now.v[1].st, was.v[1].st);
	assert_ptr_not_equal(now.v[4].st, was.v[3].st);
	assert_int_equal(now.v[3].st->line, 4);
	assert_int_equal(now.v[4].st->line, 5);
	config_free(&now);
	/* it says something else than where it comes from */
	config_put(&was, 3, made("allow input tcp 7"));
	assert_int_equal(config_read_like(&now, path, false, &was, &e), 0);
	assert_ptr_not_equal(now.v[3].st, was.v[3].st);
	config_free(&now);
	config_free(&was);
	buf_free(&b);
	unlink(path);
	free(path);
}

static void
test_byte_order_mark(void **state)
{
	struct config c = { 0 };
	struct buf b = { 0 };
	struct err e;

	(void)state;
	assert_int_equal(
	    config_parse(&c, "\xef\xbb\xbfuplink eth0\n", NULL, &e), 0);
	config_print(&c, &b);
	assert_string_equal(b.s, "uplink eth0\n");
	buf_free(&b);
	config_free(&c);
}

static struct statement *
key(const char *line)
{
	struct words w = { 0 };
	struct err e;
	struct statement *st;

	assert_int_equal(words_split(&w, line, &e), 0);
	st = statement_parse(&w, true, &e);
	words_free(&w);
	assert_non_null(st);
	return st;
}

/* Lines of other systems, and what is behind one that cannot be read. */
static void
test_lines(void **state)
{
	struct config c = { 0 };
	struct buf b = { 0 };
	struct err e;

	(void)state;
	assert_int_equal(
	    config_parse(&c, "uplink eth0\r\n# why\r\n\r\noption ipv4 on\r\r\n",
		NULL, &e),
	    0);
	config_print(&c, &b);
	assert_string_equal(b.s, "uplink eth0\n# why\n\noption ipv4 on\n");
	config_free(&c);
	memset(&c, 0, sizeof(c));
	assert_int_equal(
	    config_parse(&c, "uplnk eth0\nuplink eth1\n", NULL, &e), -1);
	assert_int_equal(e.line, 1);
	buf_free(&b);
	config_free(&c);
}

/* A file with a NUL byte would end there. */
static void
test_nul(void **state)
{
	static const char text[] = "uplink eth0\n\0default input deny\n";
	char path[] = "/tmp/seki-test-XXXXXX";
	struct config c = { 0 };
	struct err e;
	int fd = mkstemp(path);

	(void)state;
	assert_int_equal(write(fd, text, sizeof(text) - 1), sizeof(text) - 1);
	close(fd);
	assert_int_equal(config_read(&c, path, false, &e), -1);
	assert_non_null(strstr(e.text, " is not a text file"));
	unlink(path);
	config_free(&c);
}

static void
test_keys(void **state)
{
	static const struct {
		const char *key;
		int line; /* -1: none or several */
	} keys[] = {
		{ "forward tcp 80", 0 },
		{ "forward tcp 443", -1 },
		{ "forward tcp 443 on ::1", 1 },
		{ "forward udp", 3 },
		{ "forward tcp", -1 },
		{ "allow input tcp 22", 4 },
		{ "allow input", -1 },
		{ "deny input tcp 22", -1 },
	};
	struct config c = { 0 };
	struct statement *st;
	struct err e;
	size_t i, at;

	(void)state;
	assert_int_equal(config_parse(&c,
			     "forward tcp 80 to a\n"
			     "forward tcp 443 to a on ::1\n"
			     "forward tcp 443 to a on ::2\n"
			     "forward udp 53 to a\n"
			     "allow input tcp 22\n"
			     "allow input tcp 22 from ::1\n",
			     NULL, &e),
	    0);
	for (i = 0; i < NITEMS(keys); i++) {
		st = key(keys[i].key);
		at = config_find(&c, st, &e);
		if (at != (keys[i].line < 0 ? SIZE_MAX : (size_t)keys[i].line))
			fail_msg("%s: line %zd", keys[i].key, (ssize_t)at);
		statement_free(st);
	}
	config_free(&c);
}

static void
print_change(void *arg, const struct change *c)
{
	struct buf *b = arg;

	buf_printf(b, "%c", change_mark(c));
	statement_print(change_statement(c), b);
	change_print_move(c, b);
	buf_add(b, "\n");
}

static void
test_diff(void **state)
{
	struct config a = { 0 }, c = { 0 };
	struct buf b = { 0 };
	struct err e;

	(void)state;
	assert_int_equal(config_parse(&a, sakura, NULL, &e), 0);
	assert_int_equal(config_parse(&c, sakura_edited, NULL, &e), 0);
	config_diff(&a, &a, print_change, &b);
	assert_int_equal(b.len, 0);
	config_diff(&a, &c, print_change, &b);
	assert_string_equal(b.s, "~forward tcp 80 to vm00:81\n"
				 "+forward udp 53 to vm00\n"
				 "~deny input (input 2 -> 1)\n"
				 "+option confirm 60\n");
	buf_free(&b);
	config_free(&a);
	config_free(&c);
}

#define A "allow input tcp 1\n"
#define B "deny input tcp 2\n"
#define C "reject input tcp 3\n"
#define D "allow input tcp 4\n"
#define X "allow forward tcp 1\n"
#define Y "allow forward tcp 2\n"

/* As few moves as can be, and in each chain by itself. */
static void
test_diff_of_moves(void **state)
{
	static const struct {
		const char *before, *after, *diff;
	} cases[] = {
		{ A B X Y, X A Y B, "" },
		{ A X B, B X A, "~ deny input tcp 2 (input 2 -> 1)\n" },
		{ A B C D, D A B C, "~ allow input tcp 4 (input 4 -> 1)\n" },
		{ A B C D, B C D A, "~ allow input tcp 1 (input 1 -> 4)\n" },
		{ A B C D, D B C A,
		    "~ allow input tcp 4 (input 4 -> 1)\n"
		    "~ allow input tcp 1 (input 1 -> 4)\n" },
		{ A X B Y, Y B X A,
		    "~ allow forward tcp 2 (forward 2 -> 1)\n"
		    "~ deny input tcp 2 (input 2 -> 1)\n" },
		{ A B C, "allow input tcp 3\n" B A,
		    "- reject input tcp 3\n"
		    "+ allow input tcp 3   (as policy 1 of 3 of input)\n"
		    "~ deny input tcp 2 (input 2 -> 2)\n" },
		{ A B, "deny input tcp 2 log\n" A,
		    "- deny input tcp 2\n"
		    "+ deny input tcp 2 log (input 2 -> 1)\n" },
		{ A B, A C B,
		    "+ reject input tcp 3   (as policy 2 of 3 of input, behind "
		    "allow input tcp 1)\n" },
		{ A B, D A B X, /* X alone in its chain */
		    "+ allow input tcp 4   (as policy 1 of 3 of input)\n"
		    "+ allow forward tcp 1\n" },
	};
	struct config before = { 0 }, after = { 0 };
	struct buf b = { 0 };
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(cases); i++) {
		config_parse(&before, cases[i].before, NULL, &e);
		config_parse(&after, cases[i].after, NULL, &e);
		buf_reset(&b);
		config_print_diff(&before, &after, &b);
		assert_string_equal(buf_text(&b), cases[i].diff);
		config_free(&before);
		config_free(&after);
	}
	buf_free(&b);
}

static void
test_file_error_place(void **state)
{
	struct config c = { 0 };
	struct buf b = { 0 };
	struct err e;

	(void)state;
	assert_int_equal(config_parse(&c,
			     "uplink eth0\n\n#\n\n\n\n"
			     "allow\tinput wobble 22\n",
			     "x.conf", &e),
	    -1);
	err_print(&e, &b);
	assert_string_equal(b.s,
	    "x.conf:7:13: unknown word wobble\n"
	    "  allow\\x09input wobble 22\n"
	    "                 ^~~~~~\n"
	    "  what may follow here: PROTO, PORTS, from, to, only, limit, log, note,"
	    " off\n");
	buf_free(&b);
	config_free(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_edit_keeps_comments),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_like),
		cmocka_unit_test(test_byte_order_mark),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_diff),
		cmocka_unit_test(test_diff_of_moves),
		cmocka_unit_test(test_file_error_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
