/* Terminal manners over a real pty, on the host of the lab: what the console
 * writes, and what is left of the terminal when it ends. */
#include "config.h"

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
#include <sys/wait.h>
#include <termios.h>

#include <cmocka.h>

#include "lib/pty.h"

/* The console, its first screen painted. */
static void
start_console(struct session *s, const struct setup *how)
{
	session_start(s, how);
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

/* What a console with the mouse asks of an xterm, and takes back. The cursor
 * stays visible. */
static const struct mode {
	const char *on, *off;
	bool unused;
} modes[] = {
	{ "\033[?1049h", "\033[?1049l", false },
	{ "\033[?2004h", "\033[?2004l", false },
	{ "\033[?1000h", "\033[?1000l", false },
	{ "\033[?1006h", "\033[?1006l", false },
	{ "\033[?25l", "\033[?25h", true },
	{ "\033[?1h", "\033[?1l", false },
	{ "\033=", "\033>", false },
};

static void
assert_ended(const struct session *s)
{
	const struct mode *m;

	for (m = modes; m < END_OF(modes, NITEMS(modes)); m++)
		if (!ended(s, m->on, m->off)) {
			show(s);
			fail_msg("%s was not taken back", m->on + 1);
		}
}

/* Without this, what was never asked for would count as taken back. */
static void
assert_begun(const struct session *s)
{
	const struct mode *m;

	for (m = modes; m < END_OF(modes, NITEMS(modes)); m++)
		if ((find(s, 0, m->on) == NULL) != m->unused) {
			show(s);
			fail_msg("%s was%s asked for", m->on + 1,
			    m->unused ? "" : " not");
		}
}

/* No colour and no attribute is left: the last SGR has no parameter. */
static void
assert_plain_text(const struct session *s)
{
	const char *p, *last = NULL;
	size_t n;

	for (p = s->out.s;
	     (p = find(s, (size_t)(p - s->out.s), "\033[")) != NULL; p++) {
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

	assert_ended(s);
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
		start_console(&s, &(struct setup){ 0 });
		type(&s, "m");
		await(&s, "\033[?1006h");
		if (ways[i].typed != NULL)
			type(&s, ways[i].typed);
		else
			kill(s.pid, ways[i].signo);
		assert_int_equal(wait_end(&s), ways[i].status);
		assert_begun(&s);
		assert_restored(&s);
		session_free(&s);
	}
}

/* On each of these the terminal goes away in the middle of something. */
static const char *const middles[] = {
	"",
	":show st",
	"4n80",
	"4/x",
	"\033[",
	"\033[200~abc",
	"?",
	"c",
};

static void
test_vanished(void **state)
{
	struct session s;
	size_t i;
	int status;

	(void)state;
	for (i = 0; i < 2 * NITEMS(middles); i++) {
		start_console(&s, &(struct setup){ .nohup = i % 2 == 1 });
		type(&s, middles[i / 2]);
		while (take(&s, 100))
			continue;
		close(s.fd);
		s.fd = -1;
		status = wait_end(&s);
		assert_true(WIFEXITED(status));
		session_free(&s);
	}
}

static void
assert_hung_up(int status)
{
	assert_true(WIFEXITED(status) ||
		    (WIFSIGNALED(status) && WTERMSIG(status) == SIGHUP));
}

static void
test_shell_vanished(void **state)
{
	struct session s;
	int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		session_start(
		    &s, &(struct setup){ .arg = { "shell" }, .nohup = i == 1 });
		await(&s, "seki> ");
		type(&s, "show st");
		close(s.fd);
		s.fd = -1;
		assert_hung_up(wait_end(&s));
		session_free(&s);
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
	start_console(&s, &(struct setup){ .shell = true });
	type(&s, "\032");
	await(&s, "job ");
	p = s.out.s + s.seen - 1;
	assert_int_equal(sscanf(p, "job %d", &job), 1);
	await(&s, "stopped");
	close(s.fd);
	s.fd = -1;
	wait_end(&s);
	s.pid = job; /* ours now, by PR_SET_CHILD_SUBREAPER */
	assert_hung_up(wait_end(&s));
	session_free(&s);
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

/* A column that a list of 80 columns has no room for. */
#define WIDE_COLUMN "ADDRESS"

static void
test_stops(void **state)
{
	static const int signals[] = { 0, SIGTSTP, SIGSTOP };
	struct winsize size = { .ws_row = 30, .ws_col = 100 };
	struct session s;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(signals); i++) {
		start_console(&s, &(struct setup){ .shell = true });

		type(&s, "4m");
		await(&s, "\033[?1006h");
		stop(&s, signals[i]);
		assert_begun(&s);
		if (signals[i] != SIGSTOP) /* of which nobody is told */
			assert_restored(&s);
		ioctl(s.fd, TIOCSWINSZ, &size);
		type(&s, "fg\n");
		await(&s, "\033[?1049h");
		await(&s, "Dash");
		await(&s, WIDE_COLUMN);
		assert_false(ended(&s, "\033[?2004h", "\033[?2004l"));
		assert_false(ended(&s, "\033[?1006h", "\033[?1006l"));
		assert_false(ended(&s, "\033[?1h", "\033[?1l"));
		type(&s, "q");
		assert_int_equal(wait_end(&s), 0);
		assert_restored(&s);
		session_free(&s);
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
		start_console(&s, &(struct setup){ .env = { names[i] } });
		type(&s, "4");
		await(&s, "FORWARD");
		type(&s, "q");
		assert_int_equal(wait_end(&s), 0);
		assert_restored(&s);
		session_free(&s);
	}
}

/* Sequences of others would only be in the way there. */
static void
test_no_mouse(void **state)
{
	struct session s;

	(void)state;
	start_console(&s, &(struct setup){ .env = { "TERM=vt52" } });
	type(&s, "m");
	await(&s, "this terminal has no mouse");
	type(&s, "q");
	assert_int_equal(wait_end(&s), 0);
	assert_null(find(&s, 0, "\033[?1000h"));
	session_free(&s);
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
		{ "TERM=dumb", "cannot position its cursor" },
		{ "TERM=no-such-thing", "is unknown" },
	};
	struct session s;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(cases); i++) {
		session_start(&s, &(struct setup){ .env = { cases[i].env } });
		await(&s, cases[i].why);
		await(&s, "seki> ");
		type(&s, "show forwards\r");
		await(&s, "PROTO");
		type(&s, "quit\r");
		assert_int_equal(wait_end(&s), 0);
		assert_null(find(&s, 0, "\033[?1049h"));
		assert_restored(&s);
		session_free(&s);
	}
}

/* What the terminal is asked with the first screen: where the cursor is behind a
 * character, and once more behind all of it. */
#define ASKED "\033[6n"

/* Bytes from 0x80 up, and colours. */
static bool
writes_beyond_ascii(const struct session *s)
{
	const char *asked = find(s, 0, ASKED);
	size_t i = asked != NULL ? (size_t)(asked - s->out.s) : 0;

	for (; i < s->out.len; i++)
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
	await(s, "LINK");
	type(s, "3");
	await(s, "NAME");
	type(s, "4");
	await(s, "FORWARD");
	type(s, "n");
	await(s, "Cancel");
	type(s, "\033");
	await(s, "FORWARD");
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
		session_free(&s);
	}
}

/* Terminals that answer what they are asked, or do not. */

static const struct answer {
	struct setup how;
	const char *answer; /* NULL: there is none; */
	unsigned ms;	    /* it comes so late, in two pieces */
	const char *note;   /* NULL: none */
	bool ascii;	    /* what is typed beyond ASCII is a "?" */
} answers[] = {
	{ { .env = { "LC_ALL=C.UTF-8" } }, "\033[2;2R", 0, NULL, false },
	{ { .env = { "LC_ALL=C.UTF-8" } }, "\033[2;3R", 0,
	    "blocks are two cells wide", false },
	{ { .env = { "LC_ALL=C.UTF-8" } }, NULL, 0, NULL, false },
	{ { .env = { "LC_ALL=C" } }, "\033[2;2R", 0, "which is used", false },
	{ { .env = { "LC_ALL=C" } }, "\033[2;2R", 100, "which is used", false },
	{ { .env = { "LC_ALL=C" } }, "\033[2;2R", 2000, "which is used",
	    false },
	{ { .env = { "LC_ALL=C" } }, "\033[2;3R", 0, NULL, true },
	{ { .env = { "LC_ALL=C" } }, NULL, 0, NULL, true },
	{ { .env = { "LC_ALL=no_SUCH.UTF-8" } }, "\033[2;2R", 0,
	    "which is used", false },
	{ { .env = { "LC_ALL=C", "TERM=tmux-256color" } }, "\033[2;2R", 0,
	    "with LC_ALL=C.UTF-8", true },
	{ { .env = { "LC_ALL=C", "STY=1.pts" } }, "\033[2;2R", 0,
	    "with LC_ALL=C.UTF-8", true },
};

/* Over a slow line ESC may come alone; it would close the filter. */
static void
give(struct session *s, const struct answer *a)
{
	if (a->answer == NULL)
		return;
	nap(a->ms);
	type_bytes(s, a->answer, 1);
	if (a->ms > 0)
		nap(60);
	type(s, a->answer + 1);
	if (a->note != NULL)
		await(s, a->note);
}

static void
test_answers(void **state)
{
	const struct answer *a;
	struct session s;

	(void)state;
	for (a = answers; a < END_OF(answers, NITEMS(answers)); a++) {
		start_console(&s, &a->how);
		s.seen = 0;
		await(&s, ASKED);
		type(&s, "4/u");
		await(&s, "1 of 3");
		give(&s, a);
		type(&s, "\303\266");
		await(&s, "0 of 3");
		assert_int_equal(find(&s, 0, "\303\266") == NULL, a->ascii);
		type(&s, "\r\033q");
		assert_int_equal(wait_end(&s), 0);
		assert_restored(&s);
		session_free(&s);
	}
}

/* Where there may be nobody to answer, or nothing to be known by it. */
static void
test_not_asked(void **state)
{
	static const struct setup cases[] = {
		{ .arg = { "--ascii" } },
		{ .env = { "LC_ALL=C" }, .arg = { "--ascii" } },
		{ .env = { "TERM=vt100" } },
		{ .env = { "TERM=vt220", "LC_ALL=C" } },
		{ .env = { "TERM=linux" } },
	};
	struct session s;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(cases); i++) {
		tour(&s, &cases[i]);
		assert_null(find(&s, 0, ASKED));
		session_free(&s);
	}
}

/* Both come when the console has ended, and are not left for the shell. */
static void
test_answer_at_end(void **state)
{
	struct session s;

	(void)state;
	session_start(
	    &s, &(struct setup){
		    .command = "$SEKI; read -r line; echo left \"$line\"." });
	await(&s, ASKED);
	await(&s, "Help");
	type(&s, "q");
	nap(20);
	type(&s, "\033[2;2R\033[3;1R");
	await(&s, "\033[?1049l");
	type(&s, "\n");
	await(&s, "left .");
	wait_end(&s);
	session_free(&s);
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
		session_start(
		    &s, &(struct setup){ .command = cases[i].command });
		await(&s, "candidate: clean");
		await(&s, "end 0");
		assert_int_equal(wait_end(&s), 0);
		assert_int_equal(find(&s, 0, "CHAIN") != NULL, cases[i].tables);
		assert_null(find(&s, 0, "\033"));
		session_free(&s);
	}
}

/* Keys */

/* Esc acts alone, and what a slow line brings later is no typing. */
static void
test_split(void **state)
{
	struct session s;

	(void)state;
	start_console(&s, &(struct setup){ 0 });
	type(&s, "4");
	await(&s, "FORWARD");
	type(&s, "/udp");
	await(&s, "1 of 3");
	type(&s, "\033");
	await(&s, "2222"); /* without another key */
	type(&s, "[");
	nap(40);
	type(&s, "A/tcp");
	await(&s, "2 of 3"); /* and so "[A" is not in the filter */
	type(&s, "\033");
	await(&s, "dns1");
	type(&s, "\033");
	nap(5);
	type(&s, "[");
	nap(200);
	type(&s, "B/git1");
	await(&s, "1 of 3");
	type(&s, "\r\033q"); /* at once: Esc, and then q */
	assert_int_equal(wait_end(&s), 0);
	session_free(&s);
}

/* What is filled in wants a second Esc. */
static void
leave_form(struct session *s)
{
	type(s, "\033");
	await(s, "Esc again closes");
	type(s, "\033");
	await(s, "FORWARD");
}

static void
test_paste(void **state)
{
	struct session s;

	(void)state;
	start_console(&s, &(struct setup){ 0 });
	type(&s, "\033[200~4ddq\r\003\033[201~");
	await(&s, "only where text is typed");
	type(&s, "4");
	await(&s, "FORWARD");
	type(&s, "n");
	await(&s, "Cancel");
	type(&s, "\t");
	type(&s, "\033[200~8080\r\n\003\004\032\033\034q\t\033[201~");
	await(&s, "8080 q");
	/* Nothing was pressed, so the form is still open. */
	leave_form(&s);
	/* A blank opens no list, and "?" lists nothing. */
	type(&s, "n\t\t\033[200~web1 x\033[201~");
	await(&s, "web1 x");
	leave_form(&s);
	type(&s, ":");
	await(&s, "Do it");
	type(&s, "\033[200~show ?x\t\033[201~");
	await(&s, "show ?x");
	/* A search of readline's for a whole string is left by Esc too. */
	type(&s, "\033p");
	nap(50);
	type(&s, "zz");
	await(&s, "zz");
	type(&s, "\033");
	await(&s, "show ?x");
	type(&s, "\033");
	await(&s, "New");
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
	session_free(&s);
}

/* The mouse and the clipboard: a click, seen by what y copies then. */

static void
click_row(struct session *s, int y, int x)
{
	char bytes[64];

	snprintf(
	    bytes, sizeof(bytes), "\033[<0;%d;%dM\033[<0;%d;%dm", x, y, x, y);
	type(s, bytes);
}

/* In base64, fd5a:1c2e:90b1::4. */
#define DNS1 "ZmQ1YToxYzJlOjkwYjE6OjQ="

static void
test_mouse(void **state)
{
	struct session s;

	(void)state;
	start_console(&s, &(struct setup){ 0 });
	type(&s, "\033[<0;20;2M"); /* off, so this is nothing */
	type(&s, "3");
	await(&s, "NAME");
	assert_null(find(&s, 0, "\033[?1000h"));
	type(&s, "m");
	await(&s, "\033[?1000h\033[?1006h");
	click_row(&s, 6, 10); /* dns1, below its bridge and db1 */
	type(&s, "y");
	await(&s, "\033]52;c;" DNS1 "\a");
	type(&s, "\033[<64;10;5M"); /* the wheel, to the top */
	type(&s, "y");
	await(&s, "\033]52;c;ZGIx\a"); /* db1, which has nothing else */
	click_row(&s, 6, 10);
	click_row(&s, 6, 10); /* once more opens it: its connections */
	await(&s, "CLIENT");
	click_row(&s, 2, 3);
	await(&s, "Refused");
	click_row(&s, 2, 23); /* the tab of containers */
	await(&s, "NAME");
	click_row(&s, 3, 5); /* its head: sorts the other way */
	await(&s, "down");
	click_row(&s, 24, 14); /* "n New", in the key bar */
	await(&s, "Cancel");
	type(&s, "\033");
	await(&s, "RUNTIME");
	type(&s, "m");
	await(&s, "\033[?1006l\033[?1000l");
	type(&s, "q");
	assert_int_equal(wait_end(&s), 0);
	assert_restored(&s);
	session_free(&s);
}

static void
test_copy(void **state)
{
	static const struct {
		const char *env;
		const char *sent;
	} cases[] = {
		{ "TMUX=/tmp/tmux,1,0",
		    "\033]52;c;" DNS1 "\a"
		    "\033Ptmux;\033\033]52;c;" DNS1 "\a\033\\" },
		{ "STY=1.pts", "\033]52;c;" DNS1 "\a"
			       "\033P\033]52;c;" DNS1 "\a\033\\" },
		{ "TERM=linux", "\033]52;c;" DNS1 "\a" },
	};
	struct session s;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(cases); i++) {
		start_console(&s, &(struct setup){ .env = { cases[i].env } });
		type(&s, "3");
		await(&s, "NAME");
		type(&s, "jy");
		await(&s, cases[i].sent);
		await(&s, "pied: "); /* in place of "containers: " */
		type(&s, "q");
		assert_int_equal(wait_end(&s), 0);
		session_free(&s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ways_out),
		cmocka_unit_test(test_vanished),
		cmocka_unit_test(test_shell_vanished),
		cmocka_unit_test(test_vanished_while_stopped),
		cmocka_unit_test(test_stops),
		cmocka_unit_test(test_terminals),
		cmocka_unit_test(test_no_mouse),
		cmocka_unit_test(test_no_screen),
		cmocka_unit_test(test_looks),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_not_asked),
		cmocka_unit_test(test_answer_at_end),
		cmocka_unit_test(test_no_terminal),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_paste),
		cmocka_unit_test(test_mouse),
		cmocka_unit_test(test_copy),
	};

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
