/* The history in its folder: what is prepared, and what somebody else left
 * there; and saving, which keeps a config in both places. */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/file.h"
#include "core/base/log.h"
#include "core/state/history.h"
#include "core/state/host.h"
#include "core/state/save.h"

#include "lib/folder.h"
#include "lib/past.h"

/* Entries of a folder that can still be read; -1: all. */
static int readable = -1;

struct dirent *__real_readdir(DIR *);
struct dirent *__wrap_readdir(DIR *);

struct dirent *
__wrap_readdir(DIR *d)
{
	if (readable != 0) {
		readable -= readable > 0;
		return __real_readdir(d);
	}
	errno = EIO;
	return NULL;
}

#define LARGE (CONFIG_MAX / 2) /* bytes of a config */

static void
assert_absent(const struct host *h, unsigned number, const char *hint)
{
	struct config c;
	struct err e;

	assert_int_equal(history_read(h, number, &c, &e), -1);
	assert_non_null(strstr(e.text, "the history has no number"));
	assert_string_equal(e.hint, hint);
	config_free(&c);
}

#define A "uplink eth0\n"
#define B "uplink eth1\nbridge br0\n"

static void
test_numbers(void **state)
{
	struct history all;
	struct host h;
	struct err e;

	past_open(&h, *state);
	assert_int_equal(history_newest(&h), 0);
	assert_absent(&h, 1, "it is empty: nothing was committed yet");
	past_commit(&h, A, 1);
	past_commit(&h, A, 1);
	past_commit(&h, B, 2);
	past_commit(&h, A, 3);
	past_assert(&h, 1, A);
	past_assert(&h, 2, B);
	assert_absent(&h, 4, "it has 1 to 3; seki show history");
	assert_int_equal(history_load(&h, &all, &e), 0);
	assert_int_equal(all.n, 3);
	assert_int_equal(all.v[0].number, 3);
	assert_int_equal(all.v[2].number, 1);
	assert_string_equal(all.v[1].who, "anna");
	assert_int_equal(all.v[1].when, 1700000000);
	assert_int_equal(all.v[1].added, 2);
	assert_int_equal(all.v[1].removed, 1);
	assert_int_equal(all.v[2].added, 1);
	history_free(&all);
	past_close(&h);
}

/* The next one comes after the newest, whatever is missing before it. */
static void
test_gaps(void **state)
{
	struct host h;

	past_open(&h, *state);
	folder_write(*state, "history/000003.conf", A);
	folder_write(*state, "history/000007.conf", B);
	assert_int_equal(history_newest(&h), 7);
	assert_absent(&h, 5,
	    "commit #5 was not confirmed, and its number is not used again; "
	    "seki show history");
	assert_absent(&h, 2, "it has 3 to 7; seki show history");
	past_commit(&h, A, 8);
	past_assert(&h, 3, A);
	past_close(&h);
}

static void
test_oldest_go(void **state)
{
	struct history all;
	struct host h;
	struct err e;
	unsigned i;

	past_open(&h, *state);
	for (i = 1; i <= HISTORY_KEPT + 3; i++)
		past_commit(&h, i % 2 == 1 ? A : B, i);
	assert_int_equal(history_load(&h, &all, &e), 0);
	assert_int_equal(all.n, HISTORY_KEPT);
	assert_int_equal(all.v[all.n - 1].number, 4);
	history_free(&all);
	past_close(&h);
}

/* A commit that was killed before the config was saved never was; one that was
 * killed after it is in the history all the same. */
static void
test_settle(void **state)
{
	struct host h;

	past_open(&h, *state);
	past_commit(&h, A, 1);
	assert_int_equal(past_prepare(&h, B), 2);
	assert_false(history_is_settled(&h));
	assert_int_equal(history_newest(&h), 1);
	past_settle(&h, A);
	assert_int_equal(history_newest(&h), 1);
	assert_int_equal(past_prepare(&h, B), 3);
	past_settle(&h, B);
	assert_int_equal(history_newest(&h), 3);
	past_close(&h);
}

/* Names that are not ours count for nothing, and no name does as a number. */
static void
test_others(void **state)
{
	static const char *const names[] = { "history/000009.conf.1.new",
		"history/9.conf", "history/0000009.conf",
		"history/000009.conf~", "history/README",
		"history/000000.conf" };
	struct host h;
	size_t i;

	past_open(&h, *state);
	for (i = 0; i < NITEMS(names); i++)
		folder_write(*state, names[i], A);
	assert_int_equal(history_newest(&h), 0);
	past_commit(&h, B, 1);
	assert_int_equal(folder_count(*state, "history"), NITEMS(names) + 2);
	past_close(&h);
}

/* Heads that others wrote, or nobody. */
static void
test_heads(void **state)
{
	static const struct {
		const char *head, *who;
		int64_t when;
	} cases[] = {
		{ "", "", 0 },
		{ "# confirmed: when=5 added=1 removed=2 changed=3 by=anna\n",
		    "anna", 5 },
		{ "# confirmed: when=5 added=1 removed=2 changed=3 by=\n", "",
		    5 },
		{ "# confirmed: when=5 added=1 by=anna\n", "", 5 },
		{ "# confirmed: when=5 added=1 removed=2 changed=3 by=a\033[m"
		  "\\x1b\n",
		    "a\\x1b[m\\x1b", 5 },
	};
	struct history all;
	struct host h;
	struct err e;
	char *text;
	size_t i;

	past_open(&h, *state);
	for (i = 0; i < NITEMS(cases); i++) {
		text = xasprintf("%s" A, cases[i].head);
		folder_write(*state, "history/000001.conf", text);
		assert_int_equal(history_load(&h, &all, &e), 0);
		assert_string_equal(all.v[0].who, cases[i].who);
		assert_int_equal(all.v[0].when, cases[i].when);
		history_free(&all);
		assert_int_equal(history_newest(&h), 1);
		free(text);
	}
	past_assert(&h, 1, A);
	past_close(&h);
}

/* A name of more than a line is cut, lest the rest be taken for the config. */
static void
test_long_name(void **state)
{
	struct config a = past_config(A);
	struct history all;
	unsigned number = 0;
	struct host h;
	struct err e;

	past_open(&h, *state);
	assert_int_equal(
	    history_prepare(&h, &a, "an\\x0a\nroot", 5, &number, &e), 0);
	past_settle(&h, A);
	assert_int_equal(history_load(&h, &all, &e), 0);
	assert_string_equal(all.v[0].who, "an\\x0a");
	history_free(&all);
	past_assert(&h, 1, A);
	config_free(&a);
	past_close(&h);
}

/* What cannot be parsed is no config, and not an empty one either. */
static void
test_unparsable(void **state)
{
	struct config c;
	struct host h;
	struct err e;

	past_open(&h, *state);
	folder_write(*state, "history/000001.conf", A "uplnk\n");
	assert_int_equal(history_read(&h, 1, &c, &e), -1);
	config_free(&c);
	past_close(&h);
}

/* Where not all of the numbers are known none may be given away. */
static void
test_half_read(void **state)
{
	struct config b = past_config(B);
	struct history all;
	unsigned number = 0;
	struct host h;
	struct err e;
	int i;

	past_open(&h, *state);
	past_commit(&h, A, 1);
	for (i = 0; i < 3; i++) {
		readable = i;
		assert_int_equal(
		    history_prepare(&h, &b, "anna", 1, &number, &e), -1);
		assert_non_null(strstr(e.text, "/history: Input/output error"));
		readable = i;
		assert_int_equal(history_load(&h, &all, &e), -1);
		history_free(&all);
	}
	readable = -1;
	assert_true(history_is_settled(&h));
	past_commit(&h, B, 2);
	config_free(&b);
	past_close(&h);
}

/* What cannot be read may be the saved one's: it waits for a better time. */
static void
test_unreadable_next(void **state)
{
	struct config a = past_config(A);
	struct rlimit all, none;
	unsigned number = 0;
	struct host h;
	struct err e;
	int r;

	past_open(&h, *state);
	assert_int_equal(history_prepare(&h, &a, "anna", 1, &number, &e), 0);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &all), 0);
	none = (struct rlimit){ 0, all.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	r = history_settle(&h, &a, &e);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &all), 0);
	assert_int_equal(r, -1);
	assert_non_null(strstr(e.text, "/next: Too many open files"));
	assert_false(history_is_settled(&h));
	past_settle(&h, A);
	past_assert(&h, 1, A);
	config_free(&a);
	past_close(&h);
}

/* A file in the place of the folder. */
static void
test_no_folder(void **state)
{
	struct config a = past_config(A);
	struct history all;
	unsigned number = 0;
	struct host h;
	struct err e;

	past_open(&h, *state);
	folder_write(*state, "history", "");
	assert_int_equal(history_load(&h, &all, &e), -1);
	assert_non_null(strstr(e.text, "/history: Not a directory"));
	history_free(&all);
	assert_int_equal(history_prepare(&h, &a, "anna", 1, &number, &e), -1);
	config_free(&a);
	past_close(&h);
}

static void
assert_committed(const struct host *h, const char *wanted)
{
	struct config c;
	struct buf b = { 0 };

	/* whatever was there */
	memset(&c, 0xff, sizeof(c));
	assert_int_equal(history_committed(h, &c), 0);
	config_print(&c, &b);
	assert_string_equal(buf_text(&b), wanted);
	buf_free(&b);
	config_free(&c);
}

/* What is pending goes before the newest, and that before what was edited by
 * hand. */
static void
test_committed(void **state)
{
	struct config none = { 0 };
	struct host h;

	past_open(&h, *state);
	h.saved = past_config("uplink eth2\n");
	assert_committed(&h, "uplink eth2\n");
	past_commit(&h, A, 1);
	assert_committed(&h, A);
	/* the saved one is taken where it has the same text, and only there */
	config_free(&h.saved);
	h.saved = past_config(A);
	assert_committed(&h, A);
	config_remove(&h.saved, 0);
	assert_committed(&h, A);
	config_free(&h.saved);
	h.saved = past_config(B);
	assert_committed(&h, A);
	h.pending.phase = PENDING_WAITING;
	assert_int_equal(history_committed(&h, &none), -1);
	folder_write(*state, "pending/config", B);
	assert_committed(&h, B);
	config_free(&none);
	past_close(&h);
}

static int
save(const struct host *h, const char *text, unsigned *number, struct err *e)
{
	struct config c = past_config(text);
	int r;

	*number = 0;
	r = save_config(h, &c, "anna", 1700000000, number, e);

	config_free(&c);
	return r;
}

static void
assert_saved(const char *folder, const char *wanted)
{
	char *text = folder_read(folder, "seki.conf");

	assert_string_equal(text, wanted);
	free(text);
}

static void
test_save(void **state)
{
	unsigned number;
	struct host h;
	struct err e;

	past_open(&h, *state);
	assert_int_equal(save(&h, A, &number, &e), 0);
	assert_int_equal(number, 1);
	assert_int_equal(history_newest(&h), 1);
	assert_true(history_is_settled(&h));
	assert_saved(*state, A);
	past_close(&h);
}

/* Another one is in its place. */
static bool
is_rewritten(const char *folder, ino_t *was)
{
	char *path = xasprintf("%s/seki.conf", folder);
	struct stat st;
	bool is;

	assert_return_code(stat(path, &st), errno);
	is = st.st_ino != *was;
	*was = st.st_ino;
	free(path);
	return is;
}

/* What is there, and in the history, is not written again. */
static void
test_save_again(void **state)
{
	unsigned number;
	struct host h;
	struct err e;
	ino_t file = 0;

	past_open(&h, *state);
	assert_int_equal(save(&h, A, &number, &e), 0);
	assert_true(is_rewritten(*state, &file));
	h.saved = past_config(A);
	assert_int_equal(past_prepare(&h, B), 2);
	assert_int_equal(save(&h, A, &number, &e), 0);
	assert_int_equal(number, 1);
	assert_true(history_is_settled(&h));
	assert_false(is_rewritten(*state, &file));
	past_commit(&h, B, 3);
	assert_int_equal(save(&h, B, &number, &e), 0);
	assert_int_equal(number, 3);
	assert_true(is_rewritten(*state, &file));
	assert_saved(*state, B);
	assert_int_equal(save(&h, A, &number, &e), 0);
	assert_int_equal(number, 4);
	assert_saved(*state, A);
	assert_return_code(unlink(h.config_path), errno);
	assert_int_equal(save(&h, A, &number, &e), 0);
	assert_int_equal(number, 4);
	assert_saved(*state, A);
	past_close(&h);
}

/* A config that has no number would be lost with the next one. */
static void
test_save_unkept(void **state)
{
	unsigned number;
	struct host h;
	struct err e;

	past_open(&h, *state);
	assert_int_equal(save(&h, A, &number, &e), 0);
	readable = 0;
	assert_int_equal(save(&h, B, &number, &e), -1);
	readable = -1;
	assert_non_null(strstr(e.text, "/history: "));
	assert_saved(*state, A);
	past_close(&h);
}

/* What could not be written never was: a folder is in its place. */
static void
test_save_unwritten(void **state)
{
	unsigned number;
	struct host h;
	struct err e;

	past_open(&h, *state);
	h.saved = past_config(A);
	past_commit(&h, A, 1);
	folder_write(*state, "seki.conf/in the way", "");
	assert_int_equal(save(&h, B, &number, &e), -1);
	assert_non_null(strstr(e.text, "seki.conf"));
	assert_true(history_is_settled(&h));
	assert_int_equal(history_newest(&h), 1);
	past_close(&h);
}

/* Before the first commit, and where it cannot be parsed, there is nothing to
 * keep. */
static void
test_save_edited(void **state)
{
	struct host h;
	struct err e;

	past_open(&h, *state);
	h.saved = past_config(B);
	assert_int_equal(save_edited(&h, 0, &e), 0);
	assert_int_equal(history_newest(&h), 0);
	past_commit(&h, A, 1);
	err_set(&h.saved_error, ERR_USAGE, "a typo");
	assert_int_equal(save_edited(&h, 0, &e), 0);
	assert_int_equal(history_newest(&h), 1);
	memset(&h.saved_error, 0, sizeof(h.saved_error));
	readable = 3; /* for history_newest: two dots, and the entry */
	assert_int_equal(save_edited(&h, 0, &e), -1);
	readable = -1;
	assert_int_equal(save_edited(&h, 2, &e), 0);
	assert_int_equal(history_newest(&h), 2);
	assert_true(history_is_settled(&h));
	past_assert(&h, 2, B);
	assert_int_equal(save_edited(&h, 0, &e), 0);
	assert_int_equal(history_newest(&h), 2);
	past_close(&h);
}

/* Forwards by the ten thousands, with comments, are rolled back to, too. */
static void
test_large(void **state)
{
	struct buf text = { 0 };
	struct host h;

	while (text.len < LARGE)
		buf_add(&text,
		    "# one of many lines that nobody will ever read, of a "
		    "config that a program wrote\n");
	buf_add(&text, A);
	past_open(&h, *state);
	past_commit(&h, text.s, 1);
	past_commit(&h, A, 2);
	past_assert(&h, 1, text.s);
	buf_free(&text);
	past_close(&h);
}

/* A config of that many bytes, owned by the caller. */
static char *
text_of(size_t len)
{
	char *text = xcalloc(1, len + 1);
	size_t i;

	memset(text, 'x', len);
	for (i = 0; i < len; i += 64)
		text[i] = '#';
	for (i = 63; i < len; i += 64)
		text[i] = '\n';
	text[len - 1] = '\n';
	return text;
}

/* One that can be read, but not with what the history says about it; and one
 * that could not be read at all. */
static void
test_too_large(void **state)
{
	char *near = text_of(CONFIG_MAX - 4), *over = text_of(CONFIG_MAX + 4);
	struct config c = past_config(near), large = past_config(over);
	struct host h;
	unsigned number = 0;
	struct err e;

	past_open(&h, *state);
	past_commit(&h, A, 1);
	assert_int_equal(config_write(&c, h.config_path, &e), 0);
	assert_int_equal(
	    save_config(&h, &c, "anna", 1700000000, &number, &e), -1);
	assert_non_null(strstr(e.text, "at most 16 MiB"));
	assert_int_equal(history_newest(&h), 1);
	assert_true(history_is_settled(&h));
	assert_int_equal(config_write(&large, h.config_path, &e), -1);
	config_free(&large);
	assert_int_equal(config_read(&large, h.config_path, false, &e), 0);
	assert_true(config_equal(&large, &c));
	config_free(&large);
	config_free(&c);
	free(near);
	free(over);
	past_close(&h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FOLDER_TEST(test_numbers),
		FOLDER_TEST(test_gaps),
		FOLDER_TEST(test_oldest_go),
		FOLDER_TEST(test_settle),
		FOLDER_TEST(test_others),
		FOLDER_TEST(test_heads),
		FOLDER_TEST(test_long_name),
		FOLDER_TEST(test_unparsable),
		FOLDER_TEST(test_half_read),
		FOLDER_TEST(test_unreadable_next),
		FOLDER_TEST(test_no_folder),
		FOLDER_TEST(test_committed),
		FOLDER_TEST(test_too_large),
		FOLDER_TEST(test_save),
		FOLDER_TEST(test_save_again),
		FOLDER_TEST(test_save_unkept),
		FOLDER_TEST(test_save_unwritten),
		FOLDER_TEST(test_save_edited),
		FOLDER_TEST(test_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
