/* Terminal manners over a real pty, on the host of the lab: what the console
 * writes, and what is left of the terminal when it ends. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <utmp.h>

#include <cmocka.h>

#include "core/util.h"

#define PATIENCE_MS 10000

struct session {
	int fd;	   /* of the terminal's own end; -1 once it went away */
	pid_t pid; /* of what runs in it */
	struct buf out;	 /* all that was written */
	size_t seen;	 /* up to where await has looked */
	struct termios before;
};

/* How a session is begun. Variables are "NAME=value", or "NAME" to have it
 * not set. */
struct setup {
	const char *env[4];
	const char *arg[3];
	const char *command; /* of sh, in place of $SEKI */
	bool nohup; /* SIGHUP is ignored */
	bool shell; /* as a job of a shell, which can stop and go on */
};

static const char *const usual[] = { "TERM=xterm-256color",
	"LC_ALL=C.UTF-8", "LANGUAGE", "NO_COLOR", "TMUX", "STY" };

static const char *program;

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

static void
start(struct session *s, const struct setup *how)
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

/* Takes what is written, for at most that long; false when nothing came. */
static bool
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

static void
show(const struct session *s)
{
	size_t from = s->out.len > 1000 ? s->out.len - 1000 : 0;
	struct buf b = { 0 };

	buf_escape(&b, s->out.s + from, s->out.len - from);
	fprintf(stderr, "# written last: %s\n", buf_text(&b));
	buf_free(&b);
}

/* Where the text stands from there on; NULL when it does not. */
static const char *
find(const struct session *s, size_t from, const char *text)
{
	return s->out.len > from ? memmem(s->out.s + from, s->out.len - from,
	    text, strlen(text)) : NULL;
}

/* Waits until one of two texts is written, behind what was awaited last. */
static void
await_any(struct session *s, const char *text, const char *other)
{
	const uint64_t end = now_ms() + PATIENCE_MS;
	const char *at;

	for (;;) {
		at = find(s, s->seen, text);
		if (at == NULL)
			at = find(s, s->seen, other);
		if (at != NULL)
			break;
		if (!take(s, 50) && now_ms() > end) {
			show(s);
			fail_msg("\"%s\" was not written", text);
		}
	}
	s->seen = (size_t)(at - s->out.s) + 1;
}

static void
await(struct session *s, const char *text)
{
	await_any(s, text, text);
}

static void
type_bytes(struct session *s, const char *bytes, size_t n)
{
	assert_int_equal(write(s->fd, bytes, n), n);
}

static void
type(struct session *s, const char *text)
{
	type_bytes(s, text, strlen(text));
}

static void
nap(unsigned ms)
{
	nanosleep(&(struct timespec) { .tv_sec = ms / 1000,
		      .tv_nsec = (long)(ms % 1000) * 1000000 }, NULL);
}

static int
wait_end(struct session *s)
{
	const uint64_t end = now_ms() + PATIENCE_MS;
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

static void
finish(struct session *s)
{
	if (s->fd != -1)
		close(s->fd);
	buf_free(&s->out);
}

/* The console, its first screen painted. */
static void
start_console(struct session *s, const struct setup *how)
{
	start(s, how);
	await(s, "Dash");
	await(s, "Help");
}

/* What was written last of two texts is the second; first that neither was. */
static bool
ended(const struct session *s, const char *on, const char *off)
{
	const char *p, *last = NULL;
	bool is_on = false;

	for (p = s->out.s; (p = find(s, (size_t)(p - s->out.s), on)) != NULL;
	     p++) {
		last = p;
		is_on = true;
	}
	p = last != NULL ? last : s->out.s;
	return !is_on || find(s, (size_t)(p - s->out.s), off) != NULL;
}

static void
assert_ended(const struct session *s, const char *on, const char *off)
{
	if (ended(s, on, off))
		return;
	show(s);
	fail_msg("%s was not taken back", on + 1);
}

/* No colour and no attribute is left: the last SGR has no parameter. */
static void
assert_plain_text(const struct session *s)
{
	const char *p, *last = NULL;
	size_t n;

	for (p = s->out.s; (p = find(s, (size_t)(p - s->out.s), "\033[")) !=
	     NULL; p++) {
		n = strspn(p + 2, "0123456789;");
		if (p[2 + n] == 'm')
			last = p;
	}
	if (last != NULL && last[2] != 'm' && strncmp(last + 2, "0m", 2) != 0) {
		show(s);
		fail_msg("the text keeps an attribute");
	}
}

static void
assert_restored(const struct session *s)
{
	struct termios now;

	assert_ended(s, "\033[?1049h", "\033[?1049l");
	assert_ended(s, "\033[?2004h", "\033[?2004l");
	assert_ended(s, "\033[?1000h", "\033[?1000l");
	assert_ended(s, "\033[?1006h", "\033[?1006l");
	assert_ended(s, "\033[?25l", "\033[?25h");
	assert_ended(s, "\033[?1h", "\033[?1l");
	assert_ended(s, "\033=", "\033>");
	assert_plain_text(s);
	assert_int_equal(tcgetattr(s->fd, &now), 0);
	assert_int_equal(now.c_iflag, s->before.c_iflag);
	assert_int_equal(now.c_oflag, s->before.c_oflag);
	assert_int_equal(now.c_cflag, s->before.c_cflag);
	assert_int_equal(now.c_lflag, s->before.c_lflag);
	assert_memory_equal(now.c_cc, s->before.c_cc, sizeof(now.c_cc));
}

/* Ways out */

static const struct {
	int signo;
	const char *typed;
	int status; /* as wait gives it */
} ways[] = {
	{ 0, "q", 0 },
	{ 0, "\003", 0 },
	{ 0, ":quit\r", 0 },
	{ SIGINT, NULL, 0 },
	{ SIGTERM, NULL, 1 << 8 },
	{ SIGHUP, NULL, 1 << 8 },
	{ SIGQUIT, NULL, 1 << 8 },
	{ SIGSEGV, NULL, SIGSEGV },
	{ SIGBUS, NULL, SIGBUS },
	{ SIGABRT, NULL, SIGABRT },
};

static void
test_ways_out(void **state)
{
	struct session s;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(ways); i++) {
		start_console(&s, &(struct setup) { 0 });
		type(&s, "m");
		await(&s, "\033[?1006h");
		if (ways[i].typed != NULL)
			type(&s, ways[i].typed);
		else
			kill(s.pid, ways[i].signo);
		assert_int_equal(wait_end(&s), ways[i].status);
		assert_restored(&s);
		finish(&s);
	}
}

/* On each of these the terminal goes away in the middle of something. */
static const char *const middles[] = {
	"", ":show st", "4n80", "4/x", "\033[", "\033[200~abc", "?", "c",
};

static void
test_vanished(void **state)
{
	struct session s;
	size_t i;
	int status;

	(void)state;
	for (i = 0; i < 2 * NITEMS(middles); i++) {
		start_console(&s, &(struct setup) { .nohup = i % 2 == 1 });
		type(&s, middles[i / 2]);
		while (take(&s, 100))
			continue;
		close(s.fd);
		s.fd = -1;
		status = wait_end(&s);
		assert_true(WIFEXITED(status));
		finish(&s);
	}
}

/* Nobody is left to continue it: it must not stay. */
static void
test_vanished_while_stopped(void **state)
{
	struct session s;
	const char *p;
	int job;

	(void)state;
	start_console(&s, &(struct setup) { .shell = true });
	type(&s, "\032");
	await(&s, "job ");
	p = s.out.s + s.seen - 1;
	assert_int_equal(sscanf(p, "job %d", &job), 1);
	await(&s, "stopped");
	close(s.fd);
	s.fd = -1;
	wait_end(&s);
	s.pid = job; /* ours now, by PR_SET_CHILD_SUBREAPER */
	wait_end(&s);
	finish(&s);
}

/* Stops */

static pid_t
stop(struct session *s, int signo)
{
	pid_t job;

	assert_int_equal(ioctl(s->fd, TIOCGPGRP, &job), 0);
	if (signo == 0)
		type(s, "\032");
	else
		kill(job, signo);
	await(s, " stopped");
	return job;
}

static void
test_stops(void **state)
{
	static const int signals[] = { 0, SIGTSTP, SIGSTOP };
	struct winsize size = { .ws_row = 30, .ws_col = 100 };
	struct session s;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(signals); i++) {
		start_console(&s, &(struct setup) { .shell = true });

		type(&s, "4m");
		await(&s, "\033[?1006h");
		stop(&s, signals[i]);
		if (signals[i] != SIGSTOP) /* of which nobody is told */
			assert_restored(&s);
		ioctl(s.fd, TIOCSWINSZ, &size);
		type(&s, "fg\n");
		await(&s, "\033[?1049h");
		await(&s, "Dash");
		/* The key bar, on the last line of the new size. */
		await_any(&s, "\033[30;1H", "\033[30d");
		assert_false(ended(&s, "\033[?2004h", "\033[?2004l"));
		assert_false(ended(&s, "\033[?1006h", "\033[?1006l"));
		assert_false(ended(&s, "\033[?1h", "\033[?1l"));
		type(&s, "q");
		assert_int_equal(wait_end(&s), 0);
		assert_restored(&s);
		finish(&s);
	}
}

/* Terminals */

static void
test_terminals(void **state)
{
	static const char *const names[] = { "TERM=vt100", "TERM=vt220",
		"TERM=linux", "TERM=xterm", "TERM=xterm-256color",
		"TERM=screen", "TERM=screen-256color", "TERM=tmux",
		"TERM=tmux-256color", "TERM=rxvt" };
	struct session s;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(names); i++) {
		start_console(&s, &(struct setup) { .env = { names[i] } });
		type(&s, "4");
		await(&s, "PROTO");
		type(&s, "q");
		assert_int_equal(wait_end(&s), 0);
		assert_restored(&s);
		finish(&s);
	}
}

static void
test_no_screen(void **state)
{
	static const struct {
		const char *env;
		const char *why;
	} cases[] = {
		{ "TERM", "TERM is not set" },
		{ "TERM=", "TERM is not set" },
		{ "TERM=dumb", "can not place its cursor" },
		{ "TERM=no-such-thing", "is unknown" },
	};
	struct session s;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(cases); i++) {
		start(&s, &(struct setup) { .env = { cases[i].env } });
		await(&s, cases[i].why);
		await(&s, "seki> ");
		type(&s, "show forwards\r");
		await(&s, "PROTO");
		type(&s, "quit\r");
		assert_int_equal(wait_end(&s), 0);
		assert_null(find(&s, 0, "\033[?1049h"));
		assert_restored(&s);
		finish(&s);
	}
}

/* Bytes from 0x80 up, and colours. */
static bool
writes_beyond_ascii(const struct session *s)
{
	size_t i;

	for (i = 0; i < s->out.len; i++)
		if ((s->out.s[i] & 0x80) != 0)
			return true;
	return false;
}

/* Whether an SGR has a parameter between two numbers. */
static bool
writes_sgr(const struct session *s, long from, long to)
{
	const char *p = s->out.s;
	char *end;
	long n;

	while ((p = find(s, (size_t)(p - s->out.s), "\033[")) != NULL) {
		p += 2;
		if (p[strspn(p, "0123456789;")] != 'm')
			continue;
		do {
			n = strtol(p, &end, 10);
			if (end > p && n >= from && n <= to)
				return true;
			p = end + 1;
		} while (*end == ';');
	}
	return false;
}

/* All screens. */
static void
tour(struct session *s, const struct setup *how)
{
	start_console(s, how);
	type(s, "2");
	await(s, "BRIDGE");
	type(s, "3");
	await(s, "NAME");
	type(s, "4");
	await(s, "PROTO");
	type(s, "n");
	await(s, "Cancel");
	type(s, "\033");
	await(s, "PROTO");
	type(s, "q");
	assert_int_equal(wait_end(s), 0);
	assert_restored(s);
}

static void
test_looks(void **state)
{
	static const struct {
		struct setup how;
		bool ascii, color;
	} cases[] = {
		{ { .env = { "LC_ALL=C.UTF-8" } }, false, true },
		{ { .env = { "LC_ALL=C" } }, true, true },
		{ { .arg = { "--ascii" } }, true, true },
		{ { .env = { "NO_COLOR=1" } }, false, false },
		{ { .env = { "NO_COLOR=" } }, false, true },
		{ { .arg = { "--no-color" } }, false, false },
		{ { .env = { "TERM=xterm" } }, false, true },
		{ { .env = { "TERM=linux" } }, false, true },
		{ { .env = { "TERM=vt100" } }, false, false },
	};
	struct session s;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(cases); i++) {
		tour(&s, &cases[i].how);
		if (cases[i].ascii)
			assert_false(writes_beyond_ascii(&s));
		assert_int_equal(writes_sgr(&s, 31, 37), cases[i].color);
		/* The admin's own background and foreground stay, and there
		 * are eight colours, which every palette has. */
		assert_false(writes_sgr(&s, 40, 48));
		assert_false(writes_sgr(&s, 90, 107));
		assert_false(writes_sgr(&s, 38, 38));
		assert_false(writes_sgr(&s, 34, 34)); /* blue */
		finish(&s);
	}
}

/* In a pipe the words of the screens, or those of the commands that come. */
static void
test_no_terminal(void **state)
{
	static const struct {
		const char *command;
		bool tables;
	} cases[] = {
		{ "$SEKI | cat; echo end $?", true },
		{ "$SEKI </dev/null; echo end $?", true },
		{ "true | $SEKI; echo end $?", true },
		{ "echo show status | $SEKI; echo end $?", false },
		{ "echo show status | $SEKI | cat; echo end $?", false },
	};
	struct session s;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(cases); i++) {
		start(&s, &(struct setup) { .command = cases[i].command });
		await(&s, "candidate: clean");
		await(&s, "end 0");
		assert_int_equal(wait_end(&s), 0);
		assert_int_equal(
		    find(&s, 0, "CHAIN") != NULL, cases[i].tables);
		assert_null(find(&s, 0, "\033"));
		finish(&s);
	}
}

/* Keys */

/* Esc acts alone, and what a slow line brings later is no typing. */
static void
test_split(void **state)
{
	struct session s;

	(void)state;
	start_console(&s, &(struct setup) { 0 });
	type(&s, "4");
	await(&s, "PROTO");
	type(&s, "/udp");
	await(&s, "1 of 3");
	type(&s, "\033");
	await(&s, "2222"); /* without another key */
	type(&s, "[");
	nap(40);
	type(&s, "A/tcp");
	await(&s, "2 of 3"); /* and so "[A" is not in the filter */
	type(&s, "\033");
	await(&s, "udp");
	type(&s, "\033");
	nap(5);
	type(&s, "[");
	nap(200);
	type(&s, "B/git1");
	await(&s, "1 of 3");
	type(&s, "\r\033q"); /* at once: Esc, and then q */
	assert_int_equal(wait_end(&s), 0);
	finish(&s);
}

static void
test_paste(void **state)
{
	struct session s;

	(void)state;
	start_console(&s, &(struct setup) { 0 });
	type(&s, "\033[200~4ddq\r\003\033[201~");
	await(&s, "only where text is typed");
	type(&s, "4");
	await(&s, "PROTO");
	type(&s, "n");
	await(&s, "Cancel");
	type(&s, "\t");
	type(&s, "\033[200~8080\r\n\003\004\032\033\034q\t\033[201~");
	await(&s, "8080 q");
	/* Nothing was pressed, so the form is still open: Esc closes it. */
	type(&s, "\033");
	await(&s, "PROTO");
	/* Without its end it ends with Esc. */
	type(&s, "\033[200~q");
	await(&s, "only where text is typed");
	type(&s, "\033");
	nap(1100);
	type(&s, "/udp");
	await(&s, "1 of 3");
	type(&s, "\r");
	type(&s, "q");
	assert_int_equal(wait_end(&s), 0);
	finish(&s);
}

/* The mouse and the clipboard: a click, seen by what y copies then. */

static void
click_row(struct session *s, int y, int x)
{
	char bytes[64];

	snprintf(bytes, sizeof(bytes), "\033[<0;%d;%dM\033[<0;%d;%dm", x, y, x,
	    y);
	type(s, bytes);
}

/* In base64, fd5a:1c2e:90b1::4. */
#define DNS1 "ZmQ1YToxYzJlOjkwYjE6OjQ="

static void
test_mouse(void **state)
{
	struct session s;

	(void)state;
	start_console(&s, &(struct setup) { 0 });
	type(&s, "\033[<0;20;2M"); /* off, so this is nothing */
	type(&s, "3");
	await(&s, "NAME");
	assert_null(find(&s, 0, "\033[?1000h"));
	type(&s, "m");
	await(&s, "\033[?1000h\033[?1006h");
	click_row(&s, 5, 10); /* dns1 */
	type(&s, "y");
	await(&s, "\033]52;c;" DNS1 "\a");
	type(&s, "\033[<64;10;5M"); /* the wheel, to the top */
	type(&s, "y");
	await(&s, "\033]52;c;ZGIx\a"); /* db1, which has nothing else */
	click_row(&s, 5, 10);
	click_row(&s, 5, 10); /* once more opens it: its forwards */
	await(&s, "PROTO");
	await(&s, "1 of 3");
	click_row(&s, 2, 3);
	await(&s, "Health");
	click_row(&s, 2, 23); /* the tab of containers */
	await(&s, "NAME");
	click_row(&s, 3, 5); /* its head: sorts the other way */
	await(&s, "down");
	click_row(&s, 24, 1); /* "n New", in the key bar */
	await(&s, "Cancel");
	type(&s, "\033");
	await(&s, "RUNTIME");
	type(&s, "m");
	await(&s, "\033[?1006l\033[?1000l");
	type(&s, "q");
	assert_int_equal(wait_end(&s), 0);
	assert_restored(&s);
	finish(&s);
}

static void
test_copy(void **state)
{
	static const struct {
		const char *env;
		const char *sent;
	} cases[] = {
		{ "TMUX=/tmp/tmux,1,0", "\033]52;c;" DNS1 "\a"
		    "\033Ptmux;\033\033]52;c;" DNS1 "\a\033\\" },
		{ "STY=1.pts", "\033]52;c;" DNS1 "\a"
		    "\033P\033]52;c;" DNS1 "\a\033\\" },
		{ "TERM=linux", "\033]52;c;" DNS1 "\a" },
	};
	struct session s;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(cases); i++) {
		start_console(&s, &(struct setup) { .env = { cases[i].env } });
		type(&s, "3");
		await(&s, "NAME");
		type(&s, "jy");
		await(&s, cases[i].sent);
		await(&s, "copied");
		type(&s, "q");
		assert_int_equal(wait_end(&s), 0);
		finish(&s);
	}
}

int
main(int argc, char *argv[])
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ways_out),
		cmocka_unit_test(test_vanished),
		cmocka_unit_test(test_vanished_while_stopped),
		cmocka_unit_test(test_stops),
		cmocka_unit_test(test_terminals),
		cmocka_unit_test(test_no_screen),
		cmocka_unit_test(test_looks),
		cmocka_unit_test(test_no_terminal),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_paste),
		cmocka_unit_test(test_mouse),
		cmocka_unit_test(test_copy),
	};

	if (argc != 2 || getenv("SEKI_LAB") == NULL) {
		fputs("usage: manners SEKI, in a lab\n", stderr);
		return 2;
	}
	program = argv[1];
	setenv("SEKI", program, true);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
