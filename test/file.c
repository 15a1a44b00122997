/* Replacing a file: what reaches the disk in which order, and what is left when
 * that fails. */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/file.h"
#include "core/base/util.h"

#include "lib/folder.h"

static struct buf calls;   /* words of those that were made */
static const char *failed; /* the one that fails; or NULL, */
static int with;	   /* and how */

int __real_fsync(int fd);
int __real_renameat2(int, const char *, int, const char *, unsigned);
int __real_rename(const char *, const char *);
ssize_t __real_write(int fd, const void *, size_t);
int __wrap_fsync(int fd);
int __wrap_renameat2(int, const char *, int, const char *, unsigned);
int __wrap_rename(const char *, const char *);
ssize_t __wrap_write(int fd, const void *, size_t);

/* Whether it fails. */
static bool
fails(const char *call)
{
	buf_printf(&calls, "%s%s", calls.len > 0 ? " " : "", call);
	if (failed == NULL || strcmp(failed, call) != 0)
		return false;
	errno = with;
	return true;
}

int
__wrap_fsync(int fd)
{
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	return fails(S_ISDIR(st.st_mode) ? "sync-folder" : "sync")
		   ? -1
		   : __real_fsync(fd);
}

int
__wrap_renameat2(
    int from, const char *old, int to, const char *new, unsigned flags)
{
	return fails("exchange") ? -1
				 : __real_renameat2(from, old, to, new, flags);
}

int
__wrap_rename(const char *old, const char *new)
{
	return fails("rename") ? -1 : __real_rename(old, new);
}

/* No more than two bytes at once. */
ssize_t
__wrap_write(int fd, const void *text, size_t n)
{
	if (failed != NULL && strcmp(failed, "write") == 0) {
		errno = with;
		return -1;
	}
	return __real_write(fd, text, n < 2 ? n : 2);
}

#define NEW "uplink eth1\n"
#define OLD "uplink eth0\n"

static const struct {
	const char *old; /* NULL: there is none */
	const char *failed;
	int with;
	const char *calls;
	bool done;
} cases[] = {
	{ OLD, NULL, 0, "sync exchange sync-folder", true },
	{ NULL, NULL, 0, "sync exchange rename sync-folder", true },
	/* file systems that cannot exchange, or sync a folder */
	{ OLD, "exchange", EINVAL, "sync exchange rename sync-folder", true },
	{ OLD, "exchange", ENOSYS, "sync exchange rename sync-folder", true },
	{ OLD, "sync-folder", EINVAL, "sync exchange sync-folder", true },
	/* full disks, and broken ones */
	{ OLD, "write", ENOSPC, "", false },
	{ OLD, "sync", EIO, "sync", false },
	{ NULL, "sync", EIO, "sync", false },
	{ OLD, "exchange", EIO, "sync exchange", false },
	{ OLD, "sync-folder", EIO, "sync exchange sync-folder exchange",
	    false },
	{ NULL, "rename", EROFS, "sync exchange rename", false },
	{ NULL, "sync-folder", EIO, "sync exchange rename sync-folder", false },
};

static void
test_replace(void **state)
{
	char *path = xasprintf("%s/a/seki.conf", (char *)*state), *text;
	const char *wanted;
	struct stat st;
	struct err e;
	size_t i;
	int r;

	folder_write(*state, "a/seki.conf", OLD);
	for (i = 0; i < NITEMS(cases); i++) {
		failed = NULL;
		unlink(path);
		if (cases[i].old != NULL) {
			folder_write(*state, "a/seki.conf", cases[i].old);
			chmod(path, 0600);
		}
		buf_reset(&calls);
		failed = cases[i].failed;
		with = cases[i].with;
		r = file_replace(path, NEW, strlen(NEW), 0640, &e);
		assert_int_equal(r, cases[i].done ? 0 : -1);
		if (strcmp(buf_text(&calls), cases[i].calls) != 0)
			fail_msg("%zu: %s", i, buf_text(&calls));
		wanted = cases[i].done ? NEW : cases[i].old;
		text = folder_read(*state, "a/seki.conf");
		assert_int_equal(text == NULL, wanted == NULL);
		if (text != NULL) {
			assert_string_equal(text, wanted);
			assert_int_equal(stat(path, &st), 0);
			assert_int_equal(st.st_mode & 07777,
			    cases[i].old != NULL ? 0600 : 0640);
		}
		assert_int_equal(
		    folder_count(*state, "a"), text != NULL ? 1 : 0);
		free(text);
	}
	failed = NULL;
	buf_free(&calls);
	free(path);
}

static void
test_rename(void **state)
{
	char *from = xasprintf("%s/next", (char *)*state);
	char *to = xasprintf("%s/000001.conf", (char *)*state), *text;
	struct err e;

	folder_write(*state, "next", OLD);
	buf_reset(&calls);
	assert_int_equal(file_rename(from, to, &e), 0);
	assert_string_equal(buf_text(&calls), "rename sync-folder");
	text = folder_read(*state, "000001.conf");
	assert_string_equal(text, OLD);
	assert_int_equal(folder_count(*state, "."), 1);
	failed = "sync-folder";
	with = EIO;
	assert_int_equal(file_rename(to, from, &e), -1);
	failed = NULL;
	buf_free(&calls);
	free(text);
	free(from);
	free(to);
}

static void
expect_beside(const char *path, const char *wanted)
{
	char *got = path_beside(path, "history");

	assert_string_equal(got, wanted);
	free(got);
}

static void
test_beside(void **state)
{
	(void)state;
	expect_beside("/etc/seki/seki.conf", "/etc/seki/history");
	expect_beside("./seki.conf", "./history");
	expect_beside("seki.conf", "history");
	expect_beside("/seki.conf", "/history");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FOLDER_TEST(test_replace),
		FOLDER_TEST(test_rename),
		cmocka_unit_test(test_beside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
