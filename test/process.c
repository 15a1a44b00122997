/* Which processes are stopped, and which share our network. */
#include "config.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/process.h"

static int
start(void **state)
{
	static pid_t pid;

	pid = fork();
	if (pid == 0)
		for (;;)
			pause();
	*state = &pid;
	return pid > 0 ? 0 : -1;
}

static int
end(void **state)
{
	const pid_t *pid = *state;

	kill(*pid, SIGKILL);
	return waitpid(*pid, NULL, 0) == *pid ? 0 : -1;
}

static void
signal_and_wait(pid_t pid, int signo, int options)
{
	int status;

	assert_int_equal(kill(pid, signo), 0);
	assert_int_equal(waitpid(pid, &status, options), pid);
}

static void
test_stopped(void **state)
{
	const pid_t *pid = *state;

	assert_false(process_is_stopped(*pid));
	signal_and_wait(*pid, SIGSTOP, WUNTRACED);
	assert_true(process_is_stopped(*pid));
	signal_and_wait(*pid, SIGCONT, WCONTINUED);
	assert_false(process_is_stopped(*pid));
	assert_false(process_is_stopped(getpid()));
	assert_false(process_is_stopped(0));
	assert_false(process_is_stopped(-1));
}

static void
test_network(void **state)
{
	const pid_t *pid = *state;

	assert_true(process_shares_network(*pid));
	assert_true(process_shares_network(getpid()));
	assert_false(process_shares_network(-1));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_stopped, start, end),
		cmocka_unit_test_setup_teardown(test_network, start, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
