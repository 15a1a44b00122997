/* The lock of commits: who gets it, who is told, and how it is let go. Naps are
 * counted instead of slept. */
#include "config.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/util.h"
#include "core/state/lock.h"

#include "lib/folder.h"

#define FOREVER 1000

static int naps;	      /* since the last look */
static int held = -1, let_go; /* a descriptor, and the nap that closes it */

int __wrap_nanosleep(const struct timespec *, struct timespec *);

int
__wrap_nanosleep(const struct timespec *t, struct timespec *left UNUSED)
{
	assert_int_equal(t->tv_sec, 0);
	if (++naps == let_go)
		close(held);
	return 0;
}

static int
take(const char *folder)
{
	struct err e;
	int fd = lock_run(folder, &e);

	if (fd == -1)
		fail_msg("%s", e.text);
	return fd;
}

static void
assert_busy(const char *folder, const char *who)
{
	struct err e;

	assert_int_equal(lock_run(folder, &e), -1);
	assert_int_equal(e.code, ERR_BUSY);
	assert_non_null(strstr(e.text, "another commit is in progress, by "));
	assert_non_null(strstr(e.text, who));
}

static void
test_busy(void **state)
{
	char *me = lock_who(), *text, *signature;
	int fd = take(*state);
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	signature = xasprintf("%s, process %d", me, (int)getpid());
	text = folder_read(*state, "lock");
	assert_non_null(strstr(text, signature));
	assert_busy(*state, signature);
	/* who asks does not sign */
	assert_busy(*state, signature);
	close(fd);
	close(take(*state));
	free(text);
	free(signature);
	free(me);
}

/* A name that nobody holds any more keeps nobody out, and is not told; a mode
 * that lets anybody lock the file does not stay. */
static void
test_stale_owner(void **state)
{
	struct stat st;
	char *text, *path;
	int fd;

	folder_write(*state, "lock",
	    "a name that is longer than any other, process 1\nand more\n");
	path = xasprintf("%s/lock", (char *)*state);
	assert_int_equal(chmod(path, 0644), 0);
	fd = take(*state);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	text = folder_read(*state, "lock");
	assert_null(strstr(text, "longer"));
	assert_null(strstr(text, "more"));
	assert_busy(*state, ", process ");
	close(fd);
	free(path);
	free(text);
}

/* Where there is no room for a name, as on a full disk, nobody gets it. */
static void
test_unsigned(void **state)
{
	struct rlimit before, full;
	struct err e;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	full = before;
	full.rlim_cur = 0;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &full), 0);
	assert_int_equal(lock_run(*state, &e), -1);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_non_null(strstr(e.text, "cannot write "));
	close(take(*state));
}

/* What somebody wrote there does not reach the terminal. */
static void
test_hostile_owner(void **state)
{
	int fd = take(*state);
	struct err e;

	assert_int_equal(ftruncate(fd, 0), 0);
	assert_busy(*state, "another seki");
	assert_int_equal(pwrite(fd, "\033[2J\nx", 6, 0), 6);
	assert_int_equal(lock_run(*state, &e), -1);
	assert_string_equal(
	    e.text, "another commit is in progress, by \\x1b[2J");
	close(fd);
}

/* Who ends, however, lets go. */
static void
test_exit(void **state)
{
	int fds[2], status;
	char c;
	pid_t child;

	assert_int_equal(pipe(fds), 0);
	child = fork();
	if (child == 0) {
		struct err e;

		if (lock_run(*state, &e) == -1 || write(fds[1], "x", 1) != 1)
			_exit(1);
		alarm(10);
		pause();
		_exit(1);
	}
	close(fds[1]);
	assert_int_equal(read(fds[0], &c, 1), 1);
	assert_busy(*state, ", process ");
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	close(fds[0]);
	close(take(*state));
}

/* Held for so many naps; a second is 200. */
static void
test_waiting(void **state)
{
	static const struct {
		int (*take)(const char *run_path, struct err *);
		int let_go;
		const char *error; /* NULL: taken */
	} cases[] = {
		{ lock_run, 1, "another commit is in progress" },
		{ lock_run_soon, 1, NULL },
		{ lock_run_soon, 200, NULL },
		{ lock_run_soon, FOREVER, "another commit is in progress" },
		{ lock_run_wait, 1, NULL },
		{ lock_run_wait, 200, NULL },
		{ lock_run_wait, FOREVER, "/lock and does not release it" },
	};
	struct err e;
	size_t i;
	int fd;

	for (i = 0; i < NITEMS(cases); i++) {
		held = take(*state);
		naps = 0;
		let_go = cases[i].let_go;
		fd = cases[i].take(*state, &e);
		assert_int_equal(fd == -1, cases[i].error != NULL);
		assert_true(naps <= 200);
		if (fd != -1) {
			assert_int_equal(naps, let_go);
			close(fd);
			continue;
		}
		assert_int_equal(e.code, ERR_BUSY);
		assert_non_null(strstr(e.text, cases[i].error));
		close(held);
	}
}

/* Neither a link that leads elsewhere nor a folder is a lock. */
static void
test_no_lock(void **state)
{
	char *path = xasprintf("%s/lock", (char *)*state);
	struct err e;

	assert_int_equal(symlink("elsewhere", path), 0);
	naps = 0;
	assert_int_equal(lock_run_soon(*state, &e), -1);
	assert_int_equal(naps, 0);
	assert_int_equal(e.code, ERR_FAIL);
	assert_non_null(strstr(e.text, "cannot open "));
	assert_null(folder_read(*state, "elsewhere"));
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(lock_run_wait(*state, &e), -1);
	assert_int_equal(e.code, ERR_FAIL);
	free(path);
}

static void
test_who(void **state)
{
	static const struct {
		const char *sudo, *ssh, *begin, *end;
	} cases[] = {
		{ NULL, NULL, "", "" },
		{ "anna", NULL, "anna (as ", ")" },
		{ NULL, "2001:db8::1 4711 2001:db8::2 22", "",
		    " from 2001:db8::1" },
		{ "anna", "::1 1 ::1 22", "anna (as ", ") from ::1" },
		{ "a\nb", "\033 1", "a\\x0ab (as ", ") from \\x1b" },
	};
	char *who;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(cases); i++) {
		unsetenv("SUDO_USER");
		unsetenv("SSH_CONNECTION");
		if (cases[i].sudo != NULL)
			setenv("SUDO_USER", cases[i].sudo, 1);
		if (cases[i].ssh != NULL)
			setenv("SSH_CONNECTION", cases[i].ssh, 1);
		who = lock_who();
		assert_true(has_prefix(who, cases[i].begin));
		assert_string_equal(
		    who + strlen(who) - strlen(cases[i].end), cases[i].end);
		free(who);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FOLDER_TEST(test_busy),
		FOLDER_TEST(test_stale_owner),
		FOLDER_TEST(test_unsigned),
		FOLDER_TEST(test_hostile_owner),
		FOLDER_TEST(test_exit),
		FOLDER_TEST(test_waiting),
		FOLDER_TEST(test_no_lock),
		cmocka_unit_test(test_who),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
