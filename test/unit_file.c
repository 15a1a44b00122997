/* What files of systemd units say, as systemd.syntax(7) has them. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/util.h"
#include "core/state/unit_file.h"

#define SERVICE "[Service]\n"
#define APPLY SERVICE "ExecStart=/usr/bin/seki apply\n"
#define ONLINE "network-online.target"

static void
test_order(void **state)
{
	static const struct {
		const char *text;
		bool applies, stays, late;
	} rows[] = {
		{ "", false, false, false },
		{ APPLY, true, false, false },
		{ SERVICE "ExecStart=/usr/bin/seki watch\n", false, true,
		    false },
		{ SERVICE "  ExecStart \t= /usr/bin/seki apply  ", true, false,
		    false },
		/* how it may be written */
		{ SERVICE "ExecStart=/usr/bin/seki  apply\n", true, false,
		    false },
		{ SERVICE "ExecStart=-/usr/bin/seki \\\n  apply\n", true, false,
		    false },
		{ SERVICE "ExecStart=/usr/bin/seki \\\n# why\n; not\n apply\n",
		    true, false, false },
		{ SERVICE "ExecStart=\"/usr/bin/seki\" 'apply'\n", true, false,
		    false },
		{ SERVICE "ExecStart=!seki --config=/a\\x20b apply\n", true,
		    false, false },
		{ SERVICE "ExecStart=/bin/sh -c 'sleep 9; seki apply'\n", true,
		    false, false },
		{ SERVICE "ExecStart=/usr/bin/seki apply\r\n", true, false,
		    false },
		{ SERVICE "ExecStart=/usr/bin/seki \\", false, true, false },
		/* and what is none of it */
		{ SERVICE "#ExecStart=/usr/bin/seki apply\n", false, false,
		    false },
		{ "ExecStart=/usr/bin/seki apply\n", false, false, false },
		{ "[Unit]\nExecStart=/usr/bin/seki apply\n", false, false,
		    false },
		{ SERVICE "Environment=A=\\\nExecStart=/usr/bin/seki apply\n",
		    false, false, false },
		{ SERVICE "ExecStartPre=/usr/bin/seki apply\n", false, false,
		    false },
		{ SERVICE "ExecStart=/usr/bin/xseki apply\n", false, true,
		    false },
		{ SERVICE "ExecStart=/usr/bin/seki applying\n", false, true,
		    false },
		/* an empty one takes all back, but nothing of After */
		{ APPLY "ExecStart=\n", false, false, false },
		{ APPLY "ExecStart=\nExecStart=/bin/true\n", false, true,
		    false },
		{ "[Unit]\nAfter=" ONLINE "\nAfter=\n" APPLY, true, false,
		    true },
		{ "[Unit]\nAfter=a.service \\\n  " ONLINE "\n", false, false,
		    true },
		{ "[Unit]\nAfter=\"" ONLINE "\"\n", false, false, true },
		{ "[Unit]\nAfter=x" ONLINE "\n", false, false, false },
		{ "[Unit]\nBefore=" ONLINE "\n", false, false, false },
		{ "[Install]\nAfter=" ONLINE "\n", false, false, false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(rows); i++) {
		struct unit_order o = { 0 };

		unit_order_read(&o, rows[i].text);
		if (o.applies != rows[i].applies || o.stays != rows[i].stays ||
		    o.late != rows[i].late)
			fail_msg("%s: %d %d %d", rows[i].text, o.applies,
			    o.stays, o.late);
	}
}

/* A file adds to those before it. */
static void
test_files(void **state)
{
	struct unit_order o = { 0 };

	(void)state;
	unit_order_read(&o, SERVICE "ExecStart=/usr/bin/seki watch\n");
	unit_order_read(&o, APPLY);
	assert_true(o.applies && o.stays);
	unit_order_read(&o, SERVICE "ExecStart=\nExecStart=seki apply\n");
	assert_true(o.applies && !o.stays && !o.late);
	unit_order_read(&o, "[Unit]\nAfter=network.target\n");
	assert_true(o.applies && !o.stays && o.late);
}

static void
test_words(void **state)
{
	static const struct {
		const char *value, *words; /* with a line for each */
	} rows[] = {
		{ "", "" },
		{ " \t ", "" },
		{ "a  b\tc", "a\nb\nc\n" },
		{ "\"a b\" 'c \"d'", "a b\nc \"d\n" },
		{ "a\"b c\"d", "ab cd\n" },
		{ "a\\ b \\\"c\\\\", "a b\n\"c\\\n" },
		{ "a\\tb\\sc", "a\tb c\n" },
		{ "\"a b", "a b\n" },
		{ "a\\", "a\\\n" },
		{ "'' b", "\nb\n" },
	};
	struct buf b = { 0 };
	char *copy, *rest, *word;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(rows); i++) {
		rest = copy = xstrdup(rows[i].value);
		while ((word = unit_file_word(&rest)) != NULL)
			buf_printf(&b, "%s\n", word);
		assert_string_equal(buf_text(&b), rows[i].words);
		buf_reset(&b);
		free(copy);
	}
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
