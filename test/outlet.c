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
	struct buf b = { 0 };
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
	assert_int_equal(write(fd, "a bit ", 6), 6);
	assert_int_equal(write(fd, "later", 5), 5);
	assert_int_equal(recv(pair[1], got, sizeof(got), MSG_DONTWAIT), -1);
	outlet_take(o, &b);
	assert_string_equal(buf_text(&b), "a bit later");
	buf_reset(&b);
	outlet_take(o, &b);
	assert_string_equal(buf_text(&b), "");
	assert_int_equal(write(fd, "short", 5), 5);
	outlet_gather(o, false);
	assert_int_equal(recv(pair[1], got, sizeof(got), MSG_DONTWAIT), 5);
	assert_int_equal(write(fd, "at once", 7), 7);
	assert_int_equal(recv(pair[1], got, sizeof(got), MSG_DONTWAIT), 7);
	outlet_free(o);
	buf_free(&b);
	close(pair[0]);
	close(pair[1]);
}

/* Longer than what is read at once. */
static void
much_comes_whole(void **state UNUSED)
{
	static char text[20000];
	struct outlet *o = outlet_new(STDOUT_FILENO);
	struct buf b = { 0 };
	int i;

	assert_non_null(o);
	outlet_gather(o, true);
	for (i = 0; i < 3; i++) {
		memset(text, 'a' + i, sizeof(text));
		assert_int_equal(
		    write(fileno(outlet_file(o)), text, sizeof(text)),
		    sizeof(text));
		buf_reset(&b);
		outlet_take(o, &b);
		assert_int_equal(b.len, sizeof(text));
		assert_memory_equal(b.s, text, sizeof(text));
	}
	outlet_free(o);
	buf_free(&b);
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
		cmocka_unit_test(much_comes_whole),
		cmocka_unit_test(a_full_terminal_is_waited_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
