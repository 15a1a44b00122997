/* Lines of the journal and of several syslogds, among them those of others who
 * would speak for seki; and the files that have them. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "core/base/util.h"
#include "core/state/logbook.h"

#include "lib/folder.h"

#define NOW 1796012400 /* 2026-11-30 04:20:00 UTC */

static int
set_up(void **state)
{
	setenv("TZ", "UTC", 1);
	tzset();
	return folder_set_up(state);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, folder_tear_down)

/* The journal */

static const char sample[] =
    "{\"__CURSOR\":\"s=ecc1;i=3;b=aaff\",\"PRIORITY\":\"4\",\"_BOOT_ID\":"
    "\"aaffb1d7519f45fc9b139f74d2724dae\",\"__MONOTONIC_TIMESTAMP\":"
    "\"2020720044\",\"MESSAGE\":\"commit #1 by root was confirmed\","
    "\"__REALTIME_TIMESTAMP\":\"1796012015964548\",\"SYSLOG_IDENTIFIER\":"
    "\"seki\",\"_UID\":\"0\"}";

static void
assert_journal(const char *line, int64_t when, int level, const char *text)
{
	struct log_entry e = { 0 };

	if (!log_lines_journal(line, &e))
		fail_msg("not taken: %s", line);
	assert_int_equal(e.when, when);
	assert_int_equal(e.level, level);
	assert_string_equal(e.text, text);
	free(e.text);
}

/* The sample with one of its parts replaced. */
static char *
with(const char *part, const char *other)
{
	const char *at = strstr(sample, part);

	assert_non_null(at);
	return xasprintf(
	    "%.*s%s%s", (int)(at - sample), sample, other, at + strlen(part));
}

static void
refuse_journal(const char *part, const char *other)
{
	struct log_entry e = { 0 };
	char *line = with(part, other);

	if (log_lines_journal(line, &e))
		fail_msg("taken: %s", line);
	free(line);
}

static void
message_becomes(const char *json, const char *text)
{
	char *line = with("\"commit #1 by root was confirmed\"", json);

	assert_journal(line, 1796012015, 4, text);
	free(line);
}

static void
test_journal(void **state)
{
	(void)state;
	assert_journal(
	    sample, 1796012015, 4, "commit #1 by root was confirmed");
	message_becomes(
	    "\"a \\u001b[31m\\nb\\u202e\"", "a \\x1b[31m\\x0ab\\xe2\\x80\\xae");
	message_becomes("[104,105,255,27,10]", "hi\\xff\\x1b\\x0a");
	message_becomes("\"a\\u0000b\"", "a\\x00b");
}

static void
test_journal_level(void **state)
{
	char *line = with("\"PRIORITY\":\"4\",", "");

	(void)state;
	assert_journal(line, 1796012015, -1, "commit #1 by root was confirmed");
	assert_null(log_lines_level(-1));
	assert_null(log_lines_level(8));
	assert_string_equal(log_lines_level(4), "warning");
	free(line);
}

static void
test_journal_of_others(void **state)
{
	struct log_entry e;

	(void)state;
	refuse_journal("\"_UID\":\"0\"", "\"_UID\":\"1000\"");
	refuse_journal("\"_UID\":\"0\"", "\"_UID\":\"\"");
	refuse_journal("\"_UID\":\"0\"", "\"_UID\":[\"0\",\"1000\"]");
	refuse_journal(",\"_UID\":\"0\"", "");
	refuse_journal("\"seki\"", "\"sekid\"");
	refuse_journal("\"seki\"", "null");
	refuse_journal("\"1796012015964548\"", "\"17960120159645 48\"");
	refuse_journal("\"1796012015964548\"", "\"-1\"");
	refuse_journal("\"commit #1 by root was confirmed\"", "null");
	refuse_journal("\"commit #1 by root was confirmed\"", "[\"a\",\"b\"]");
	refuse_journal("\"commit #1 by root was confirmed\"", "\"\"");
	refuse_journal("}", "");
	assert_false(log_lines_journal("", &e));
	assert_false(log_lines_journal("[]", &e));
	assert_false(log_lines_journal("-- No entries --", &e));
}

/* syslogd */

static void
test_syslog(void **state)
{
	/* 2026-11-30 04:13:35 UTC */
	static const int64_t when = 1796012015;
	static const struct {
		const char *line;
		int level;
	} lines[] = {
		{ "Nov 30 04:13:35 vps1 seki[17]: it is so", -1 },
		{ "Nov 30 04:13:35 vps1 seki: it is so", -1 },
		{ "Nov 30 04:13:35 vps1 daemon.warn seki[17]: it is so", 4 },
		{ "Nov 30 04:13:35 vps1 daemon.notice seki[17]: it is so", 5 },
		{ "Nov 30 04:13:35 daemon.err seki[17]: it is so", 3 },
		{ "Nov 30 04:13:35 seki[17]: it is so", -1 },
		{ "2026-11-30T04:13:35.963916+00:00 vps1 seki[17]: it is so",
		    -1 },
		{ "2026-11-30T05:43:35+01:30 vps1 seki[17]: it is so", -1 },
		{ "2026-11-29T23:13:35-05:00 vps1 seki[17]: it is so", -1 },
		{ "2026-11-30T04:13:35Z vps1 seki[17]: it is so", -1 },
	};
	struct log_entry e;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(lines); i++) {
		if (!log_lines_syslog(lines[i].line, NOW, &e))
			fail_msg("not taken: %s", lines[i].line);
		if (e.when != when || e.level != lines[i].level)
			fail_msg("%lld %d: %s", (long long)e.when, e.level,
			    lines[i].line);
		assert_string_equal(e.text, "it is so");
		free(e.text);
	}
}

static void
test_syslog_of_others(void **state)
{
	static const char *const lines[] = { "", "seki[17]: text",
		"Nov 30 04:13:35 vps1 sshd[17]: seki[17]: text",
		"Nov 30 04:13:35 vps1 sshd[17]: x seki[17]: text",
		"Nov 30 04:13:35 vps1 cron seki[17]: text",
		"Nov 30 04:13:35 vps1 daemon.err sshd: seki[1]: text",
		"Nov 30 04:13:35 vps1 sekid[17]: text",
		"Nov 30 04:13:35 vps1 seki[]: text",
		"Nov 30 04:13:35 vps1 seki[1x]: text",
		"Nov 30 04:13:35 vps1 seki[17] text",
		"Nov 30 04:13:35 vps1 seki[17]:", "Nov 30 04:13:35 vps1 seki",
		"Nov 30 04:13:35 vps1", "Nov 30 04:13:35 seki",
		"Nov 30 04:13:35", "Nov 30 04:13:35x seki: text",
		"Nov 40 04:13:35 seki: text",
		"2026-11-30T04:13:35 vps1 seki: text",
		"2026-11-30T04:13:35.5+0 vps1 seki: text",
		"2026-11-30 04:13:35Z vps1 seki: text",
		"Nov 30 04:13:35 vps1 last message repeated 2 times" };
	struct log_entry e;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(lines); i++)
		if (log_lines_syslog(lines[i], NOW, &e))
			fail_msg("taken: %s", lines[i]);
}

static int64_t
when_of(const char *line, int64_t now)
{
	struct log_entry e = { 0 };

	assert_true(log_lines_syslog(line, now, &e));
	free(e.text);
	return e.when;
}

/* What is of next year would be of this one. */
static void
test_years(void **state)
{
	(void)state;
	assert_int_equal(when_of("Dec  1 04:00:00 a seki: b", NOW), 1796097600);
	assert_int_equal(when_of("Dec  2 04:00:00 a seki: b", NOW), 1764648000);
	assert_int_equal(when_of("Jan  1 00:00:00 a seki: b", NOW), 1767225600);
}

static void
test_syslog_is_escaped(void **state)
{
	struct log_entry e;

	(void)state;
	assert_true(log_lines_syslog(
	    "Nov 30 04:13:35 vps1 seki[17]: a \x1b[2J\xff\xc2\x9b b", NOW, &e));
	assert_string_equal(e.text, "a \\x1b[2J\\xff\\xc2\\x9b b");
	free(e.text);
}

/* Files */

static void
assert_texts(
    const char *folder, unsigned most, int64_t since, const char *wanted)
{
	const struct log_scope scope = { most, since };
	char *path = xasprintf("%s/log", folder);
	struct logbook book = { 0 };
	struct buf b = { 0 };
	size_t i;

	assert_int_equal(logbook_read_file(&book, path, &scope, NOW), 0);
	for (i = 0; i < book.n; i++)
		buf_printf(&b, "%s;", book.v[i].text);
	assert_string_equal(buf_text(&b), wanted);
	buf_free(&b);
	logbook_free(&book);
	free(path);
}

static void
test_files(void **state)
{
	const char *folder = *state;

	folder_write(folder, "log",
	    "Nov 30 04:00:02 a sshd: x\n"
	    "Nov 30 04:00:03 a seki: 3\n"
	    "\n"
	    "Nov 30 04:00:04 a seki: 4\n"
	    "Nov 30 04:00:05 a seki: cut");
	folder_write(folder, "log.1",
	    "Nov 30 04:00:01 a seki: 1\n"
	    "Nov 30 04:00:02 a seki: 2\n");
	assert_texts(folder, 100, 0, "cut;4;3;2;1;");
	assert_texts(folder, 4, 0, "cut;4;3;2;");
	assert_texts(folder, 2, 0, "cut;4;");
	assert_texts(folder, 100, NOW - 20 * 60 + 4, "cut;4;");
	assert_texts(folder, 100, NOW - 20 * 60 + 2, "cut;4;3;2;");
}

static void
test_no_file(void **state)
{
	const struct log_scope scope = { 10, 0 };
	char *path = xasprintf("%s/log", (const char *)*state);
	struct logbook book = { 0 };

	assert_int_equal(logbook_read_file(&book, path, &scope, NOW), -1);
	assert_int_equal(logbook_read_file(&book, *state, &scope, NOW), -1);
	assert_int_equal(book.n, 0);
	free(path);
}

/* Only its end is read, from the start of a line. */
static void
test_long_file(void **state)
{
	struct buf b = { 0 };

	buf_add(&b, "Nov 30 04:00:01 a seki: far away\n");
	while (b.len < 5 << 20)
		buf_add(&b, "Nov 30 04:00:02 a sshd: something else\n");
	buf_add(&b, "Nov 30 04:00:03 a seki: near\n");
	folder_write(*state, "log", buf_text(&b));
	assert_texts(*state, 100, 0, "near;");
	buf_free(&b);
}

/* As after a power cut. */
static void
test_zeros(void **state)
{
	static const char text[] = "Nov 30 04:00:01 a seki: before\n"
				   "Nov 30 04:00:02 a seki: torn\0\0\0"
				   "Nov 30 04:00:03 a seki: after\n";
	char *path = xasprintf("%s/log", (const char *)*state);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(
	    fwrite(text, 1, sizeof(text) - 1, f), sizeof(text) - 1);
	fclose(f);
	assert_texts(*state, 100, 0, "after;torn;before;");
	free(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_journal),
		TEST(test_journal_level),
		TEST(test_journal_of_others),
		TEST(test_syslog),
		TEST(test_syslog_of_others),
		TEST(test_years),
		TEST(test_syslog_is_escaped),
		TEST(test_files),
		TEST(test_no_file),
		TEST(test_long_file),
		TEST(test_zeros),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
