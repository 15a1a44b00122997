/* The poll loop: what runs in which turn, and what a child begins with. */
#include "config.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/loop.h"
#include "core/base/util.h"

static uint64_t now; /* it stands still unless a test moves it */

uint64_t __wrap_now_ms(void);

uint64_t
__wrap_now_ms(void)
{
	return now;
}

/* What was done, a letter each; a turn ends with a dot. */
struct record {
	struct loop *loop;
	struct buf log;
	unsigned left; /* of what is done bit by bit */
	int pipe[2], second[2];
};

static void
on_turn(void *arg)
{
	struct record *r = arg;

	buf_add(&r->log, ".");
}

static void
on_work(void *arg)
{
	struct record *r = arg;

	buf_add(&r->log, "w");
	if (--r->left > 0)
		loop_timer(r->loop, 0, on_work, r);
	else
		loop_stop(r->loop, 7);
}

static void
on_input(void *arg)
{
	struct record *r = arg;
	char c;

	assert_int_equal(read(r->pipe[0], &c, 1), 1);
	buf_add(&r->log, "i");
}

static int
set_up(void **state)
{
	static struct record r;

	memset(&r, 0, sizeof(r));
	now = 1000;
	r.loop = loop_new();
	*state = &r;
	return pipe(r.pipe);
}

static int
tear_down(void **state)
{
	struct record *r = *state;

	loop_free(r->loop);
	buf_free(&r->log);
	close(r->pipe[0]);
	close(r->pipe[1]);
	return 0;
}

/* Work that goes on "now" goes on in the next turn, however fast it is: what
 * is typed comes between, and is drawn before it. */
static void
test_bit_by_bit(void **state)
{
	struct record *r = *state;

	r->left = 3;
	loop_idle(r->loop, on_turn, r);
	loop_fd(r->loop, r->pipe[0], on_input, r);
	loop_timer(r->loop, 0, on_work, r);
	assert_int_equal(write(r->pipe[1], "xy", 2), 2);
	assert_int_equal(loop_run(r->loop), 7);
	assert_string_equal(buf_text(&r->log), ".i.w.i.w.w");
}

static void
on_end(void *arg)
{
	struct record *r = arg;

	buf_add(&r->log, "e");
	loop_stop(r->loop, 0);
}

static void
on_late(void *arg)
{
	struct record *r = arg;

	buf_add(&r->log, "l");
}

static void
on_clock(void *arg)
{
	struct record *r = arg;

	buf_add(&r->log, "c");
	now += 60;
	loop_timer(r->loop, 0, on_end, r);
}

/* One that is set again, or taken away, does not run as it was set; and one is
 * due by the clock of the turn. */
static void
test_timers(void **state)
{
	struct record *r = *state;

	loop_idle(r->loop, on_turn, r);
	loop_timer(r->loop, 0, on_late, r);
	loop_timer(r->loop, 60, on_late, r);
	loop_timer(r->loop, 0, on_input, r);
	loop_timer_remove(r->loop, on_input, r);
	loop_timer(r->loop, 0, on_clock, r);
	assert_int_equal(loop_run(r->loop), 0);
	assert_string_equal(buf_text(&r->log), ".c.le");
}

static void
on_other(void *arg)
{
	struct record *r = arg;

	buf_add(&r->log, "o");
}

static void
on_switch(void *arg)
{
	struct record *r = arg;
	int other[2];

	on_input(r);
	loop_fd_remove(r->loop, r->second[0]);
	assert_int_equal(pipe(other), 0);
	assert_int_equal(dup2(other[0], r->second[0]), r->second[0]);
	close(other[0]);
	close(other[1]);
	loop_fd(r->loop, r->second[0], on_other, r);
	loop_timer(r->loop, 0, on_end, r);
}

/* Both are ready, and the first one's turn puts a third in place of the second,
 * with its number: what reads of that would wait. */
static void
test_same_number(void **state)
{
	struct record *r = *state;

	assert_int_equal(pipe(r->second), 0);
	loop_idle(r->loop, on_turn, r);
	loop_fd(r->loop, r->pipe[0], on_switch, r);
	loop_fd(r->loop, r->second[0], on_late, r);
	assert_int_equal(write(r->pipe[1], "x", 1), 1);
	assert_int_equal(write(r->second[1], "y", 1), 1);
	assert_int_equal(loop_run(r->loop), 0);
	assert_string_equal(buf_text(&r->log), ".i.e");
	close(r->second[0]);
	close(r->second[1]);
}

static void
on_signal(void *arg)
{
	struct record *r = arg;

	buf_add(&r->log, "s");
	loop_stop(r->loop, 0);
}

static bool
is_blocked(int signo)
{
	sigset_t set;

	return sigprocmask(SIG_BLOCK, NULL, &set) == 0 &&
	       sigismember(&set, signo) == 1;
}

/* What a program that is started by a child could not be told otherwise. */
static void
test_signals(void **state)
{
	struct record *r = *state;
	int status;
	pid_t pid;

	assert_int_equal(loop_signal(r->loop, SIGUSR1, on_signal, r), 0);
	assert_true(is_blocked(SIGUSR1));
	pid = fork();
	if (pid == 0) {
		loop_child();
		_exit(is_blocked(SIGUSR1));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(raise(SIGUSR1), 0);
	assert_int_equal(loop_run(r->loop), 0);
	assert_string_equal(buf_text(&r->log), "s");
	loop_free(r->loop);
	assert_false(is_blocked(SIGUSR1));
	r->loop = loop_new();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    test_bit_by_bit, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_timers, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    test_same_number, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    test_signals, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
