/* What curses writes reaches the terminal in one piece. */
#include "config.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/util.h"
#include "tui/outlet.h"

/* On a datagram socket, each write is a datagram. */
static void
a_painting_is_one_write(void **state UNUSED)
{
	char got[64];
	struct outlet *o;
	int pair[2], fd;

	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair), 0);
	o = outlet_new(pair[0]);
	assert_non_null(o);
	fd = fileno(outlet_file(o));
	assert_int_equal(write(fd, "at once", 7), 7);
	assert_int_equal(recv(pair[1], got, sizeof(got), MSG_DONTWAIT), 7);
	outlet_gather(o, true);
	assert_int_equal(write(fd, "\033[m\033[1m", 7), 7);
	assert_int_equal(write(fd, "later", 5), 5);
	assert_int_equal(recv(pair[1], got, sizeof(got), MSG_DONTWAIT), -1);
	outlet_flush(o, 80);
	assert_int_equal(recv(pair[1], got, sizeof(got), MSG_DONTWAIT), 11);
	assert_memory_equal(got, "\033[0;1mlater", 11);
	outlet_flush(o, 80);
	assert_int_equal(recv(pair[1], got, sizeof(got), MSG_DONTWAIT), -1);
	assert_int_equal(write(fd, "short", 5), 5);
	outlet_gather(o, false);
	assert_int_equal(recv(pair[1], got, sizeof(got), MSG_DONTWAIT), 5);
	assert_int_equal(write(fd, "at once", 7), 7);
	assert_int_equal(recv(pair[1], got, sizeof(got), MSG_DONTWAIT), 7);
	outlet_free(o);
	close(pair[0]);
	close(pair[1]);
}

static void
received(int fd, const char *wanted)
{
	char got[64];
	ssize_t n = recv(fd, got, sizeof(got), MSG_DONTWAIT);

	assert_int_equal(n, strlen(wanted));
	assert_memory_equal(got, wanted, strlen(wanted));
}

static void
attributes_do_not_leak(void **state UNUSED)
{
	struct outlet *o;
	int pair[2], fd;

	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair), 0);
	o = outlet_new(pair[0]);
	assert_non_null(o);
	fd = fileno(outlet_file(o));
	outlet_gather(o, true);
	assert_int_equal(write(fd, "\033[0;1mx\033[m", 10), 10);
	outlet_flush(o, 80);
	received(pair[1], "\033[0;1mx");
	outlet_gather(o, false);
	received(pair[1], "\033[m");
	outlet_gather(o, true);
	assert_int_equal(write(fd, "\033[0;1mx\033[m", 10), 10);
	outlet_flush(o, 80);
	received(pair[1], "\033[0;1mx");
	outlet_forget(o);
	assert_int_equal(write(fd, "y", 1), 1);
	outlet_flush(o, 80);
	received(pair[1], "\033[my");
	outlet_free(o);
	close(pair[0]);
	close(pair[1]);
}

/* Longer than what is read back at once, and more often than its memory lasts.
 */
static void
much_comes_whole(void **state UNUSED)
{
	static char text[20000], got[sizeof(text)];
	struct outlet *o;
	int pair[2], i;

	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair), 0);
	o = outlet_new(pair[0]);
	assert_non_null(o);
	outlet_gather(o, true);
	for (i = 0; i < 10; i++) {
		memset(text, 'a' + i, sizeof(text));
		assert_int_equal(
		    write(fileno(outlet_file(o)), text, sizeof(text)),
		    sizeof(text));
		outlet_flush(o, 0);
		assert_int_equal(
		    recv(pair[1], got, sizeof(got), MSG_DONTWAIT), sizeof(got));
		assert_memory_equal(got, text, sizeof(text));
	}
	outlet_free(o);
	close(pair[0]);
	close(pair[1]);
}

/* In a child: whether so many bytes come before the end. */
static _Noreturn void
count_bytes(int fd, size_t wanted)
{
	char some[4096];
	size_t all = 0;
	ssize_t n;

	poll(NULL, 0, 100); /* meanwhile it is full */
	while ((n = read(fd, some, sizeof(some))) > 0)
		all += (size_t)n;
	_exit(all == wanted ? 0 : 1);
}

static void
a_full_terminal_is_waited_for(void **state UNUSED)
{
	static char text[300000];
	int fds[2], status;
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	assert_int_equal(fcntl(fds[1], F_SETFL, O_NONBLOCK), 0);
	pid = fork();
	if (pid == 0) {
		close(fds[1]);
		count_bytes(fds[0], sizeof(text));
	}
	close(fds[0]);
	outlet_write(fds[1], text, sizeof(text));
	close(fds[1]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_painting_is_one_write),
		cmocka_unit_test(attributes_do_not_leak),
		cmocka_unit_test(much_comes_whole),
		cmocka_unit_test(a_full_terminal_is_waited_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
