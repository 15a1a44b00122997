/* The terminal: taken, given back on every way out, resized, suspended. */
#include "config.h"

#include "tui/term.h"

#include <curses.h>
#include <errno.h>
#include <langinfo.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

#include "core/util.h"
#include "tui/theme.h"

#define PASTE_ON "\033[?2004h"
#define PASTE_OFF "\033[?2004l"
#define BELOW "\033[999;1H\r\n" /* a line below all that was painted */

/* 25 ms: keys of a slow line arrive split, and nobody waits longer for Esc. */
#define ESC_MS 25

static const int fatal[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGHUP,
	SIGINT, SIGQUIT, SIGTERM };

/* What terminals send whatever their terminfo says: TERM is often wrong, and
 * not all are told in time to use the application mode of the keypad. */
static const struct {
	const char *bytes;
	int code;
} sequences[] = {
	{ "\033[A", KEY_UP },
	{ "\033[B", KEY_DOWN },
	{ "\033[C", KEY_RIGHT },
	{ "\033[D", KEY_LEFT },
	{ "\033[H", KEY_HOME },
	{ "\033[F", KEY_END },
	{ "\033[Z", KEY_BTAB },
	{ "\033[1~", KEY_HOME },
	{ "\033[2~", KEY_IC },
	{ "\033[3~", KEY_DC },
	{ "\033[4~", KEY_END },
	{ "\033[5~", KEY_PPAGE },
	{ "\033[6~", KEY_NPAGE },
	{ "\033OA", KEY_UP },
	{ "\033OB", KEY_DOWN },
	{ "\033OC", KEY_RIGHT },
	{ "\033OD", KEY_LEFT },
	{ "\033OH", KEY_HOME },
	{ "\033OF", KEY_END },
	{ "\033OP", KEY_F(1) },
	{ "\033OQ", KEY_F(2) },
	{ "\033[200~", TERM_PASTE },
	{ "\033[201~", TERM_PASTE_END },
};

/* Signal handlers and atexit have no argument to find it by. */
static struct {
	bool on;
	bool ascii;
	bool color;
	bool other; /* paints on a screen of its own */
	bool ansi; /* speaks ECMA-48, so private modes do no harm */
	bool fixed;
	pid_t pid;
	int y, x; /* of the cursor */
	SCREEN *screen;
	WINDOW *input; /* a pad: reading from a window first writes it out */
	struct termios tty;
	struct sigaction old[NITEMS(fatal)];
	char restore[256]; /* what gives the screen back, ready to write */
	size_t nrestore;
} term;

static void
put(const char *s)
{
	size_t n = strlen(s);
	ssize_t done;

	fflush(stdout);
	while (n > 0) {
		done = write(STDOUT_FILENO, s, n);
		if (done == -1 && errno != EINTR)
			return;
		if (done > 0) {
			s += done;
			n -= (size_t)done;
		}
	}
}

static void
put_paste(const char *mode)
{
	if (term.ansi)
		put(mode);
}

static void
restore_add(const char *s)
{
	size_t n = strlen(s);

	if (term.nrestore + n > sizeof(term.restore))
		return;
	memcpy(term.restore + term.nrestore, s, n);
	term.nrestore += n;
}

/* Terminfo may pad with $<5>, which a bare write would show. */
static void
restore_build(void)
{
	static const char *const caps[] = { "sgr0", "rmkx", "cnorm", "rmcup" };
	const char *s;
	size_t i;

	term.nrestore = 0;
	if (term.ansi)
		restore_add(PASTE_OFF);
	if (!term.other && term.ansi)
		restore_add(BELOW);
	for (i = 0; i < NITEMS(caps); i++) {
		s = tigetstr(caps[i]);
		if (s != NULL && s != (char *)-1 && strstr(s, "$<") == NULL)
			restore_add(s);
	}
}

/* Only calls that are safe in a handler. A forked child has the handler too,
 * and must not touch the screen of its parent. */
static void
on_fatal(int signo)
{
	ssize_t unused UNUSED;

	if (term.on && term.pid == getpid()) {
		term.on = false;
		unused = write(STDOUT_FILENO, term.restore, term.nrestore);
		tcsetattr(STDIN_FILENO, TCSANOW, &term.tty);
	}
	raise(signo); /* SA_RESETHAND: it kills as soon as we return */
}

static void
save_signals(void)
{
	size_t i;

	for (i = 0; i < NITEMS(fatal); i++)
		sigaction(fatal[i], NULL, &term.old[i]);
}

/* After newterm, whose own handlers end the program with a status of their
 * own. What was ignored, as by nohup, stays so. */
static void
catch_signals(void)
{
	struct sigaction fall = { .sa_handler = SIG_DFL };
	struct sigaction die = { .sa_handler = on_fatal };
	size_t i;

	die.sa_flags = (int)SA_RESETHAND;
	for (i = 0; i < NITEMS(fatal); i++)
		sigaction(fatal[i],
		    term.old[i].sa_handler == SIG_IGN ? &term.old[i] : &die,
		    NULL);
	sigaction(SIGTSTP, &fall, NULL);
	sigaction(SIGWINCH, &fall, NULL);
}

static void
release_signals(void)
{
	size_t i;

	for (i = 0; i < NITEMS(fatal); i++)
		sigaction(fatal[i], &term.old[i], NULL);
}

static bool
has_cap(const char *name)
{
	const char *s = tigetstr(name);

	return s != NULL && s != (char *)-1 && s[0] != '\0';
}

static int
check_term(struct err *e)
{
	const char *name = getenv("TERM");
	int found;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		err_set(e, ERR_FAIL, "the console needs a terminal, and "
		    "standard input or output is none");
	} else if (name == NULL || name[0] == '\0') {
		err_set(e, ERR_FAIL, "the console needs to know the terminal, "
		    "and TERM is not set");
	} else if (setupterm(NULL, STDOUT_FILENO, &found) == ERR) {
		err_set(e, ERR_FAIL, "the terminal \"%s\" of TERM is unknown "
		    "on this host", name);
	} else if (!has_cap("cup") || !has_cap("clear") ||
	    tigetflag("hc") > 0) {
		del_curterm(cur_term);
		err_set(e, ERR_FAIL, "the terminal \"%s\" of TERM can not "
		    "place its cursor", name);
	} else {
		del_curterm(cur_term); /* newterm makes its own */
		return 0;
	}
	return err_hint(e, "\"seki shell\" gives the same commands at a plain "
	    "prompt");
}

static void
configure(void)
{
	size_t i;

	cbreak();
	noecho();
	nonl();
	term.input = newpad(1, 1);
	keypad(term.input, TRUE);
	nodelay(term.input, TRUE);
	intrflush(term.input, FALSE);
	set_escdelay(ESC_MS);
	for (i = 0; i < NITEMS(sequences); i++)
		if (key_defined(sequences[i].bytes) == 0)
			define_key(sequences[i].bytes, sequences[i].code);
	/* A painting cut short by a key would stay so when the key does
	 * nothing; all input is drained before we paint anyway. */
	typeahead(-1);
}

int
term_start(const struct term_options *o, struct err *e)
{
	if (check_term(e) == -1)
		return -1;
	tcgetattr(STDIN_FILENO, &term.tty);
	use_tioctl(TRUE);
	save_signals();
	term.screen = newterm(NULL, stdout, stdin);
	if (term.screen == NULL)
		return err_set(e, ERR_FAIL, "the terminal \"%s\" could not be "
		    "set up", getenv("TERM"));
	term.ansi = has_prefix(tigetstr("cup"), "\033[");
	term.other = has_cap("rmcup");
	term.ascii = o->ascii || strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
	term.color = !o->no_color && has_colors();
	term.fixed = o->h > 0 && o->w > 0;
	term.pid = getpid();
	restore_build();
	configure();
	term.color = theme_start(term.color);
	if (term.fixed)
		resize_term(o->h, o->w);
	atexit(term_stop);
	term.on = true;
	catch_signals();
	put_paste(PASTE_ON);
	return 0;
}

void
term_stop(void)
{
	if (!term.on || term.pid != getpid())
		return;
	term.on = false;
	put_paste(PASTE_OFF);
	endwin();
	if (!term.other)
		put("\r\n");
	delscreen(term.screen);
	term.screen = NULL;
	tcsetattr(STDIN_FILENO, TCSANOW, &term.tty);
	release_signals();
}

bool
term_ascii(void)
{
	return term.ascii;
}

bool
term_color(void)
{
	return term.color;
}

void
term_size(int *h, int *w)
{
	*h = term.on ? LINES : 24;
	*w = term.on ? COLS : 80;
}

void
term_resize(void)
{
	struct winsize ws;

	if (!term.on || term.fixed ||
	    ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) == -1 || ws.ws_row == 0 ||
	    ws.ws_col == 0)
		return;
	resizeterm(ws.ws_row, ws.ws_col);
	/* Terminals differ in what they keep of the old screen. */
	term_repaint();
}

void
term_suspend(void)
{
	sigset_t stop, old;

	if (!term.on)
		return;
	put_paste(PASTE_OFF);
	endwin();
	sigemptyset(&stop);
	sigaddset(&stop, SIGTSTP);
	raise(SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &stop, &old); /* stops here until SIGCONT */
	sigprocmask(SIG_SETMASK, &old, NULL);
	reset_prog_mode();
	keypad(term.input, TRUE); /* else only at the first key, too late */
	put_paste(PASTE_ON);
	term_resize();
	term_repaint();
}

bool
term_gone(void)
{
	struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };

	return poll(&p, 1, 0) == 1 &&
	    (p.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
}

bool
term_read(unsigned *c, bool *function)
{
	wint_t wc = 0;
	int got = wget_wch(term.input, &wc);

	*c = wc;
	*function = got == KEY_CODE_YES;
	return got != ERR;
}

void
term_cursor(int y, int x)
{
	term.y = y;
	term.x = x;
}

void
term_flush(void)
{
	move(term.y, term.x);
	wnoutrefresh(stdscr);
	doupdate();
}

void
term_repaint(void)
{
	clearok(curscr, TRUE);
}

static void
base64(struct buf *out, const char *s, size_t n)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned char in[3];
	size_t i, k, have;
	uint32_t v;

	for (i = 0; i < n; i += 3) {
		have = n - i < 3 ? n - i : 3;
		memset(in, 0, sizeof(in));
		memcpy(in, s + i, have);
		v = (uint32_t)in[0] << 16 | (uint32_t)in[1] << 8 | in[2];
		for (k = 0; k < 4; k++)
			buf_fill(out, k > have ? '=' : digits[v >> (18 - 6 * k)
			    & 63], 1);
	}
}

void
term_copy(const char *text)
{
	struct buf code = { 0 }, b = { 0 };

	if (!term.on || !term.ansi)
		return;
	base64(&code, text, strlen(text));
	buf_printf(&b, "\033]52;c;%s\007", buf_text(&code));
	/* tmux takes the plain form when set-clipboard is on, and this one
	 * when allow-passthrough is. */
	if (getenv("TMUX") != NULL)
		buf_printf(&b, "\033Ptmux;\033\033]52;c;%s\007\033\\",
		    buf_text(&code));
	put(buf_text(&b));
	buf_free(&b);
	buf_free(&code);
}
