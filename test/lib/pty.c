/* A real terminal for tests: what runs in it, what it writes, how it ends. */
#include "config.h"

#include "pty.h"

#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <utmp.h>

#include <cmocka.h>

#define TIMEOUT_MS 60000

static const char *const usual[] = { "TERM=xterm-256color", "LC_ALL=C.UTF-8",
	"LANGUAGE", "NO_COLOR", "TMUX", "STY" };

/* Inside the terminal */

static void
set_env(const char *const env[], size_t n)
{
	size_t i, len;
	char *name;

	for (i = 0; i < n && env[i] != NULL; i++) {
		len = strcspn(env[i], "=");
		name = xstrndup(env[i], len);
		if (env[i][len] == '=')
			setenv(name, env[i] + len + 1, true);
		else
			unsetenv(name);
		free(name);
	}
}

static void
run(const struct setup *how)
{
	const char *program = getenv("SEKI");
	const char *argv[NITEMS(how->arg) + 2] = { program };
	size_t i;

	for (i = 0; i < NITEMS(how->arg); i++)
		argv[i + 1] = how->arg[i];
	if (how->command != NULL)
		execlp("sh", "sh", "-c", how->command, NULL);
	if (how->nohup)
		signal(SIGHUP, SIG_IGN);
	execv(program, (char *const *)argv);
	_exit(127);
}

static void
front(pid_t group)
{
	tcsetpgrp(STDIN_FILENO, group);
}

/* What a shell does with a job: says how it stopped or ended, and continues
 * it when a line is typed. */
static void
run_job(const struct setup *how)
{
	struct termios mine;
	char line[64];
	pid_t job;
	int status;

	signal(SIGTTOU, SIG_IGN);
	tcgetattr(STDIN_FILENO, &mine);
	job = fork();
	if (job == 0) {
		setpgid(0, 0);
		front(getpid());
		signal(SIGTTOU, SIG_DFL);
		run(how);
	}
	setpgid(job, job);
	while (waitpid(job, &status, WUNTRACED) == job && WIFSTOPPED(status)) {
		front(getpgrp());
		tcsetattr(STDIN_FILENO, TCSADRAIN, &mine);
		dprintf(STDOUT_FILENO, "job %d stopped\n", (int)job);
		if (read(STDIN_FILENO, line, sizeof(line)) <= 0)
			_exit(1);
		front(job);
		kill(-job, SIGCONT);
	}
	front(getpgrp());
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128);
}

/* A session */

void
session_start(struct session *s, const struct setup *how)
{
	struct winsize size = { .ws_row = 24, .ws_col = 80 };
	struct rlimit none = { 0 };
	int other;

	memset(s, 0, sizeof(*s));
	assert_int_equal(openpty(&s->fd, &other, NULL, NULL, &size), 0);
	tcgetattr(s->fd, &s->before);
	s->pid = fork();
	assert_int_not_equal(s->pid, -1);
	if (s->pid == 0) {
		close(s->fd);
		login_tty(other);
		setrlimit(RLIMIT_CORE, &none);
		set_env(usual, NITEMS(usual));
		set_env(how->env, NITEMS(how->env));
		(how->shell ? run_job : run)(how);
	}
	close(other);
}

bool
take(struct session *s, int ms)
{
	struct pollfd p = { .fd = s->fd, .events = POLLIN };
	char chunk[4096];
	ssize_t n;

	if (s->fd == -1 || poll(&p, 1, ms) != 1)
		return false;
	n = read(s->fd, chunk, sizeof(chunk));
	if (n <= 0)
		return false;
	buf_add_n(&s->out, chunk, (size_t)n);
	return true;
}

void
show(const struct session *s)
{
	size_t from = s->out.len > 1000 ? s->out.len - 1000 : 0;
	struct buf b = { 0 };

	buf_escape(&b, s->out.s + from, s->out.len - from);
	fprintf(stderr, "# written last: %s\n", buf_text(&b));
	buf_free(&b);
}

const char *
find(const struct session *s, size_t from, const char *text)
{
	return s->out.len > from ? memmem(s->out.s + from, s->out.len - from,
				       text, strlen(text))
				 : NULL;
}

void
await(struct session *s, const char *text)
{
	const uint64_t end = now_ms() + TIMEOUT_MS;
	const char *at;

	while ((at = find(s, s->seen, text)) == NULL) {
		if (!take(s, 50) && now_ms() > end) {
			show(s);
			fail_msg("\"%s\" was not written", text);
		}
	}
	s->seen = (size_t)(at - s->out.s) + 1;
}

void
type_bytes(struct session *s, const char *bytes, size_t n)
{
	assert_int_equal(write(s->fd, bytes, n), n);
}

void
type(struct session *s, const char *text)
{
	type_bytes(s, text, strlen(text));
}

void
nap(unsigned ms)
{
	nanosleep(&(struct timespec){ .tv_sec = ms / 1000,
		      .tv_nsec = (long)(ms % 1000) * 1000000 },
	    NULL);
}

int
wait_end(struct session *s)
{
	const uint64_t end = now_ms() + TIMEOUT_MS;
	int status;

	while (waitpid(s->pid, &status, WNOHANG) == 0) {
		if (now_ms() > end) {
			show(s);
			kill(s->pid, SIGKILL);
			waitpid(s->pid, &status, 0);
			fail_msg("it does not end");
		}
		if (!take(s, 10))
			nap(5);
	}
	while (take(s, 0))
		continue;
	return status;
}

void
session_free(struct session *s)
{
	if (s->fd != -1)
		close(s->fd);
	buf_free(&s->out);
}
