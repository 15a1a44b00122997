/* The terminal: set up, restored on every way out, resized, suspended. */
#include "config.h"

#include "tui/term.h"

#include <curses.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "core/base/util.h"
#include "tui/glyphs.h"
#include "tui/outlet.h"
#include "tui/painting.h"
#include "tui/speed.h"
#include "tui/theme.h"

/* Private modes (xterm, ctlseqs): bracketed paste; mouse buttons, reported with
 * coordinates of any size (SGR). */
#define PASTE_ON "\033[?2004h"
#define PASTE_OFF "\033[?2004l"
#define MOUSE_ON "\033[?1000h\033[?1006h"
#define MOUSE_OFF "\033[?1006l\033[?1000l"
#define ANSWER_MS 5000 /* how late an answer may be, and no key */
#define LEAVE_MS 200   /* how long one under way is waited for at the end */
#define BELOW "\033[999;1H\r\n" /* a line below everything on the screen */

static const int fatal[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGHUP,
	SIGINT, SIGQUIT, SIGTERM };

/* The terminfo names of keys. */
static const struct {
	const char *cap;
	int key;
} keys[] = {
	{ "kcuu1", K_UP },
	{ "kcud1", K_DOWN },
	{ "kcuf1", K_RIGHT },
	{ "kcub1", K_LEFT },
	{ "khome", K_HOME },
	{ "kend", K_END },
	{ "kpp", K_PAGE_UP },
	{ "knp", K_PAGE_DOWN },
	{ "kich1", K_INSERT },
	{ "kdch1", K_DELETE },
	{ "kcbt", K_BACK_TAB },
	{ "kent", K_ENTER },
	{ "kbs", K_BACKSPACE },
	{ "kf1", K_F(1) },
	{ "kf2", K_F(2) },
	{ "kf10", K_F(10) },
};

/* Global, since signal handlers and atexit pass no argument. */
static struct {
	bool on;
	bool color;
	bool other;    /* has an alternate screen */
	bool ansi;     /* speaks ECMA-48, so private modes do no harm */
	bool repaints; /* the screen is to be cleared first */
	bool fixed;
	bool gone; /* as term_read found */
	pid_t pid;
	bool mouse;
	struct glyphs glyphs;
	struct speed speed;
	int y, x; /* of the cursor */
	SCREEN *screen;
	struct outlet *outlet;
	struct painting *painting; /* NULL: curses writes */
	struct buf out;		   /* of the last redraw */
	struct termios tty;
	struct sigaction old[NITEMS(fatal)];
	void (*old_stop)(int);
	struct buf restore; /* restores the screen, ready to write */
	stack_t old_stack;
	char stack[16384]; /* for the handler, after a stack overflow */
} term;

static void
put(const char *s)
{
	fflush(stdout);
	outlet_write(STDOUT_FILENO, s, strlen(s));
}

/* NULL when the terminal lacks the capability. */
static const char *
cap(const char *name)
{
	const char *s = tigetstr(name);

	return s != NULL && s != (char *)-1 && s[0] != '\0' ? s : NULL;
}

/* Without the padding ($<5>) that terminfo may ask for. */
static void
add_cap(struct buf *b, const char *name)
{
	const char *s = cap(name);

	for (; s != NULL && *s != '\0'; s++) {
		if (has_prefix(s, "$<") && strchr(s, '>') != NULL)
			s = strchr(s, '>');
		else
			buf_add_n(b, s, 1);
	}
}

/* Modes that curses does not know. */
static void
set_modes(void)
{
	struct buf b = { 0 };

	add_cap(&b, "smkx");
	if (term.ansi)
		buf_add(&b, PASTE_ON);
	if (term.mouse)
		buf_add(&b, MOUSE_ON);
	put(buf_text(&b));
	buf_free(&b);
}

static void
add_clear(struct buf *b)
{
	if (term.ansi)
		buf_add(b, MOUSE_OFF PASTE_OFF);
	add_cap(b, "rmkx");
}

static void
clear_modes(void)
{
	struct buf b = { 0 };

	add_clear(&b);
	put(buf_text(&b));
	buf_free(&b);
}

static void
restore_build(void)
{
	struct buf *b = &term.restore;

	buf_reset(b);
	add_clear(b);
	if (!term.other && term.ansi)
		buf_add(b, BELOW);
	add_cap(b, "sgr0");
	add_cap(b, "cnorm");
	add_cap(b, "rmcup");
}

/* Only async-signal-safe calls. A forked child has the handler too, and must
 * not touch the screen of its parent. The previous handler ends the process as
 * soon as we return, or reports more first, as sanitizers do. */
static void
on_fatal(int signo)
{
	ssize_t unused UNUSED;
	size_t i;

	if (term.on && term.pid == getpid()) {
		term.on = false;
		signal(SIGTTOU, SIG_IGN); /* in the background too */
		unused = write(STDOUT_FILENO, term.restore.s, term.restore.len);
		tcsetattr(STDIN_FILENO, TCSANOW, &term.tty);
	}
	for (i = 0; i < NITEMS(fatal); i++)
		if (fatal[i] == signo)
			sigaction(signo, &term.old[i], NULL);
	raise(signo);
}

static void
save_signals(void)
{
	size_t i;

	for (i = 0; i < NITEMS(fatal); i++)
		sigaction(fatal[i], NULL, &term.old[i]);
}

/* Called after newterm, to replace its handlers, which exit with a status of
 * their own. A signal that was ignored, as by nohup, stays ignored. */
static void
catch_signals(void)
{
	struct sigaction die = { .sa_handler = on_fatal };
	stack_t stack = { .ss_sp = term.stack, .ss_size = sizeof(term.stack) };
	size_t i;

	sigaltstack(&stack, &term.old_stack);
	die.sa_flags = SA_ONSTACK;
	for (i = 0; i < NITEMS(fatal); i++)
		sigaction(fatal[i],
		    term.old[i].sa_handler == SIG_IGN ? &term.old[i] : &die,
		    NULL);
	signal(SIGWINCH, SIG_DFL);
}

static void
release_signals(void)
{
	size_t i;

	for (i = 0; i < NITEMS(fatal); i++)
		sigaction(fatal[i], &term.old[i], NULL);
	signal(SIGTSTP, term.old_stop);
	sigaltstack(&term.old_stack, NULL);
}

static int
check_term(struct err *e)
{
	const char *name = getenv("TERM");
	int found;

	if (name == NULL || name[0] == '\0') {
		err_set(e, ERR_FAIL,
		    "the console needs the terminal type, but TERM is not set");
	} else if (setupterm(NULL, STDOUT_FILENO, &found) == ERR) {
		err_set(e, ERR_FAIL,
		    "the terminal type \"%s\" (TERM) is unknown on this host",
		    name);
	} else if (cap("cup") == NULL || cap("clear") == NULL ||
		   tigetflag("hc") > 0) {
		del_curterm(cur_term);
		err_set(e, ERR_FAIL,
		    "the terminal type \"%s\" (TERM) cannot position its "
		    "cursor",
		    name);
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
	/* Without signals and ^S: one in a paste must do nothing. */
	raw();
	noecho();
	nonl();
	/* A redraw cut short by a key would stay incomplete when the key does
	 * nothing; all input is read before a redraw anyway. */
	typeahead(-1);
}

/* Whether the terminal understands what a painting is made of, and its cursor
 * stays in the last column until more is written. */
static bool
can_paint(void)
{
	static const struct {
		const char *cap, *start;
	} needed[] = {
		{ "cup", "\033[" },
		{ "clear", "\033[H" },
		{ "el", "\033[K" },
		{ "rev", "\033[7m" },
		{ "bold", "\033[1m" },
	};
	const char *color = cap("setaf");
	size_t i;

	for (i = 0; i < NITEMS(needed); i++)
		if (cap(needed[i].cap) == NULL ||
		    !has_prefix(cap(needed[i].cap), needed[i].start))
			return false;
	return tigetflag("xenl") > 0 &&
	       (!term.color ||
		   (color != NULL && has_prefix(tiparm(color, 1), "\033[31m")));
}

/* It takes the attributes for plain. */
static void
give_to_curses(void)
{
	buf_reset(&term.out);
	if (term.painting != NULL)
		painting_rest(term.painting, &term.out);
	put(buf_text(&term.out));
	outlet_gather(term.outlet, false);
}

/* Else the shell would get it, as if it had been typed. */
static void
await_answer(void)
{
	struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };
	char c = '\0';

	while ((glyphs_waits(&term.glyphs, now_ms()) ||
		   speed_waits(&term.speed, now_ms())) &&
	       poll(&p, 1, LEAVE_MS) == 1 && read(STDIN_FILENO, &c, 1) == 1)
		if (c == 'R' && term.glyphs.state == ASKED)
			term.glyphs.state = ASKS_NOT;
		else if (c == 'R')
			term.speed.asked = false;
}

/* Curses would ignore SIGTSTP during each refresh, and one that comes then is
 * lost; blocked, as the loop has it, it comes all the same. */
static int
open_screen(struct err *e)
{
	term.old_stop = signal(SIGTSTP, SIG_IGN);
	term.outlet = outlet_new(STDOUT_FILENO);
	if (term.outlet != NULL)
		term.screen = newterm(NULL, outlet_file(term.outlet), stdin);
	if (term.screen != NULL)
		return 0;
	outlet_free(term.outlet);
	signal(SIGTSTP, term.old_stop);
	return err_set(e, ERR_FAIL,
	    "the terminal of type \"%s\" could not be set up", getenv("TERM"));
}

int
term_start(const struct term_options *o, struct err *e)
{
	if (check_term(e) == -1)
		return -1;
	tcgetattr(STDIN_FILENO, &term.tty);
	glyphs_begin(&term.glyphs, getenv("TERM"), o->ascii);
	use_tioctl(TRUE);
	save_signals();
	if (open_screen(e) == -1)
		return -1;
	term.ansi = has_prefix(tigetstr("cup"), "\033[");
	term.other = cap("rmcup") != NULL;
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
	outlet_gather(term.outlet, true);
	set_modes();
	if (can_paint())
		term.painting = painting_new();
	term_repaint();
	return 0;
}

void
term_stop(void)
{
	if (!term.on || term.pid != getpid())
		return;
	term.on = false;
	give_to_curses();
	await_answer();
	clear_modes();
	endwin();
	if (!term.other)
		put("\r\n");
	delscreen(term.screen);
	term.screen = NULL;
	outlet_free(term.outlet);
	painting_free(term.painting);
	buf_free(&term.out);
	tcsetattr(STDIN_FILENO, TCSANOW, &term.tty);
	release_signals();
}

bool
term_ascii(void)
{
	return term.glyphs.ascii;
}

bool
term_quick(void)
{
	return term.speed.quick;
}

bool
term_blocks(void)
{
	return !term.glyphs.ascii && !term.glyphs.wide;
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
	void (*ignored)(int);
	sigset_t stop, go_on, old;

	if (!term.on)
		return;
	give_to_curses();
	await_answer();
	clear_modes();
	endwin();
	sigemptyset(&stop);
	sigaddset(&stop, SIGTSTP);
	ignored = signal(SIGTSTP, SIG_DFL);
	kill(0, SIGTSTP); /* all of the job, as the terminal would */
	sigprocmask(SIG_UNBLOCK, &stop, &old); /* stops here until SIGCONT */
	sigprocmask(SIG_SETMASK, &old, NULL);
	signal(SIGTSTP, ignored);
	sigemptyset(&go_on);
	sigaddset(&go_on, SIGCONT);
	sigtimedwait(&go_on, NULL, &(struct timespec){ 0 });
	term_continue();
}

/* As after endwin, the next flush enters the alternate screen and redraws all
 * of it. */
void
term_continue(void)
{
	if (!term.on)
		return;
	give_to_curses();
	if (!isendwin())
		endwin();
	reset_prog_mode();
	outlet_gather(term.outlet, true);
	set_modes();
	term_resize();
	term_repaint();
}

bool
term_gone(void)
{
	return term.gone;
}

size_t
term_read(char *to, size_t max)
{
	struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };
	ssize_t n;

	if (poll(&p, 1, 0) != 1)
		return 0;
	term.gone = (p.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
	if (term.gone || (p.revents & POLLIN) == 0)
		return 0;
	n = read(STDIN_FILENO, to, max);
	return n > 0 ? (size_t)n : 0;
}

void
term_keys(struct keys *k)
{
	size_t i;

	for (i = 0; i < NITEMS(keys); i++)
		keys_learn(k, cap(keys[i].cap), keys[i].key);
	if (term.glyphs.state == ASKS_SOON && term.painting != NULL)
		keys_expect(k, now_ms() + ANSWER_MS);
}

bool
term_answer(int y, int x, const char **note)
{
	if (term.glyphs.state == ASKED)
		return glyphs_answer(&term.glyphs, y, x, note);
	*note = NULL;
	return speed_answer(&term.speed, now_ms());
}

bool
term_mouse(bool on)
{
	if (!term.on || !term.ansi)
		return false;
	term.mouse = on;
	put(on ? MOUSE_ON : MOUSE_OFF);
	return on;
}

void
term_cursor(int y, int x)
{
	term.y = y;
	term.x = x;
}

void
term_drew(int y, int x, int w)
{
	if (term.painting != NULL)
		painting_drew(term.painting, y, x, w);
}

/* A screen that is painted is never given to curses: all that it does then is
 * to enter the alternate screen and to clear it with plain attributes, of which
 * it says too much. */
static void
clear_by_curses(void)
{
	static const char *const unsaid[] = { "\033[39;49m", "\033(B",
		"\033[m" };
	struct buf all = { 0 };
	const char *s;
	size_t i;

	doupdate();
	outlet_take(term.outlet, &all);
	buf_add(&term.out, "\033[m");
	for (s = buf_text(&all); *s != '\0';) {
		for (i = 0; i < NITEMS(unsaid); i++)
			if (has_prefix(s, unsaid[i]))
				break;
		if (i < NITEMS(unsaid))
			s += strlen(unsaid[i]);
		else
			buf_add_n(&term.out, s++, 1);
	}
	buf_free(&all);
}

/* A multiplexer answers for itself, whatever is behind it. */
static void
paint(void)
{
	bool asks = term.glyphs.state == ASKS_SOON && !term.glyphs.relayed;

	if (term.repaints) {
		clear_by_curses();
		glyphs_ask(&term.glyphs, now_ms(), &term.out);
		painting_cleared(term.painting);
	}
	painting_draw(term.painting, term.y, term.x, &term.out);
	if (asks && term.glyphs.state == ASKED)
		speed_ask(&term.speed, now_ms(), &term.out);
}

static void
draw_by_curses(void)
{
	wnoutrefresh(stdscr);
	doupdate();
	outlet_take(term.outlet, &term.out);
}

void
term_flush(void)
{
	buf_reset(&term.out);
	if (term.painting != NULL)
		paint();
	move(term.y, term.x);
	if (term.painting == NULL)
		draw_by_curses();
	term.repaints = false;
	outlet_write(STDOUT_FILENO, buf_text(&term.out), term.out.len);
}

void
term_repaint(void)
{
	if (!term.on)
		return;
	term.repaints = true;
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
			buf_fill(out,
			    k > have ? '=' : digits[v >> (18 - 6 * k) & 63], 1);
	}
}

/* Inside a terminal multiplexer an escape sequence is for the multiplexer,
 * unless it is wrapped to pass through: screen cuts what it passes on at some
 * 250 bytes, so there it goes in pieces. */
static const struct {
	const char *variable; /* set by that multiplexer */
	const char *front, *back;
	size_t piece;
} wraps[] = {
	{ "TMUX", "\033Ptmux;\033", "\033\\", SIZE_MAX },
	{ "STY", "\033P", "\033\\", 200 },
};

static void
wrap(struct buf *b, size_t how, const char *s)
{
	size_t left = strlen(s), n;

	for (; left > 0; s += n, left -= n) {
		n = left < wraps[how].piece ? left : wraps[how].piece;
		buf_add(b, wraps[how].front);
		buf_add_n(b, s, n);
		buf_add(b, wraps[how].back);
	}
}

/* tmux takes the plain form when set-clipboard is on, and the wrapped one
 * when allow-passthrough is, so it is given both. */
void
term_bell(void)
{
	if (term.on)
		put("\a");
}

bool
term_copy(const char *text)
{
	struct buf plain = { 0 }, b = { 0 };
	size_t i;

	if (!term.on || !term.ansi)
		return false;
	buf_add(&plain, "\033]52;c;");
	base64(&plain, text, strlen(text));
	buf_add(&plain, "\a");
	buf_add(&b, buf_text(&plain));
	for (i = 0; i < NITEMS(wraps); i++)
		if (getenv(wraps[i].variable) != NULL)
			wrap(&b, i, buf_text(&plain));
	put(buf_text(&b));
	buf_free(&b);
	buf_free(&plain);
	return true;
}
