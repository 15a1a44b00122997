/* Random keys, resizes and rubbish into the console: it neither crashes nor
 * gets stuck. The seed and the number of keys come from the environment. */
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
#include <sys/wait.h>
#include <termios.h>

#include <cmocka.h>

#include "lib/pty.h"

#define SESSION_KEYS 500
#define LAST 600 /* bytes that are shown when something went wrong */

static struct {
	uint64_t random;
	unsigned long keys; /* still to be pressed */
	struct buf typed;   /* in this session, and what comes next */
	struct buf next;
	struct session session;
} fuzz;

/* xorshift64 (Marsaglia 2003): the same everywhere for the same seed. */
static unsigned
below(unsigned n)
{
	fuzz.random ^= fuzz.random << 13;
	fuzz.random ^= fuzz.random >> 7;
	fuzz.random ^= fuzz.random << 17;
	return (unsigned)(fuzz.random >> 33) % n;
}

#define ANY(list) (list)[below(NITEMS(list))]

static void
add_letter(struct buf *b)
{
	static const char letters[] = "1234567nedufkjhlgGKJsS<>/\\?:bprRmcvUy"
				      "xtCN+-[]a \t\r\r\r\r";

	buf_add_n(b, &letters[below(sizeof(letters) - 1)], 1);
}

static void
add_named(struct buf *b)
{
	static const char *const keys[] = { "\033[A", "\033[B", "\033[C",
		"\033[D", "\033OA", "\033OB", "\033[H", "\033[F", "\033[5~",
		"\033[6~", "\033[2~", "\033[3~", "\033[Z", "\033OP", "\033[12~",
		"\033[1;5C", "\033b", "\t", "\r", "\r", " ", "\177", "\001",
		"\002", "\004", "\005", "\006", "\013", "\014", "\025",
		"\027" };

	buf_add(b, ANY(keys));
}

static void
add_esc(struct buf *b)
{
	buf_add(b, "\033");
}

static void
add_text(struct buf *b)
{
	static const char *const texts[] = { "web1", "web1:80", "db1", "80",
		"8080,9090-9099", "65536", "fd5a:1c2e:90b1::3", "2001:db8::/32",
		"auto", "\"a note\"", "\346\227\245\346\234\254", "e\314\201",
		"lxcbr0", "eth0", "uplink", "anywhere", "tcp", "note",
		"words too long for a field, so that it has to scroll: a b" };

	buf_add(b, ANY(texts));
}

static void
add_command(struct buf *b)
{
	static const char *const lines[] = { "add forward tcp 9999 to web1:80",
		"add container db1 ula auto", "add allow input tcp 443",
		"delete forward tcp 80,443", "set forward udp 53 off",
		"show forwards", "show containers", "diff", "undo", "redo",
		"discard", "commit", "revert", "rollback 1", "history", "help",
		"explain tcp 80", "forwards", "dash", "add for", "show con" };
	static const char *const ends[] = { "\r", "\r", "\t\r", "?", "\t\t",
		"\033", "\022con\r", "\033[A\r" };

	buf_add(b, ":");
	buf_add(b, ANY(lines));
	buf_add(b, ANY(ends));
}

static void
add_mouse(struct buf *b)
{
	static const unsigned buttons[] = { 0, 0, 0, 1, 2, 64, 65, 35, 999 };

	buf_printf(b, "\033[<%u;%u;%u%c", ANY(buttons), below(90), below(30),
	    below(3) == 0 ? 'm' : 'M');
}

static void
add_rubbish(struct buf *b)
{
	static const char *const some[] = { "\033[", "\033[1;", "\033O",
		"\033]0;title\a", "\033P1$r", "\033[?1;2c", "\300\257",
		"\355\240\200", "\364\220\200\200", "\342\202", "\033[200~",
		"\033[201~", "\033[[", "\033[M !!", "\033\033\033", "\303" };
	size_t i, n = below(12);

	if (below(2) == 0)
		buf_add(b, ANY(some));
	for (i = 0; i < n; i++)
		buf_fill(b, (char)(0x80 + below(0x80)), 1);
}

static void
add_paste(struct buf *b)
{
	size_t i, n = below(60);

	buf_add(b, "\033[200~");
	for (i = 0; i < n; i++)
		buf_fill(b, (char)(1 + below(0x7e)), 1);
	add_text(b);
	if (below(10) != 0)
		buf_add(b, "\033[201~");
}

static const struct {
	unsigned weight;
	void (*add)(struct buf *);
} kinds[] = {
	{ 50, add_letter },
	{ 25, add_named },
	{ 6, add_esc },
	{ 8, add_text },
	{ 4, add_command },
	{ 3, add_mouse },
	{ 2, add_rubbish },
	{ 2, add_paste },
};

static void
add_any(struct buf *b)
{
	unsigned all = 0, at;
	size_t i;

	for (i = 0; i < NITEMS(kinds); i++)
		all += kinds[i].weight;
	at = below(all);
	for (i = 0; at >= kinds[i].weight; i++)
		at -= kinds[i].weight;
	kinds[i].add(b);
}

static void
resize(void)
{
	struct winsize size = { .ws_row = 24, .ws_col = 80 };

	if (below(2) == 0) {
		size.ws_row = (unsigned short)(1 + below(60));
		size.ws_col = (unsigned short)(1 + below(200));
	}
	ioctl(fuzz.session.fd, TIOCSWINSZ, &size);
}

static void
show_typed(void)
{
	size_t from = fuzz.typed.len > LAST ? fuzz.typed.len - LAST : 0;
	struct buf b = { 0 };

	buf_escape(&b, buf_text(&fuzz.typed) + from, fuzz.typed.len - from);
	fprintf(stderr, "# typed last, %lu keys before the end: %s\n",
	    fuzz.keys, buf_text(&b));
	buf_free(&b);
}

static void
assert_well(int status)
{
	if (status == 0)
		return;
	show_typed();
	show(&fuzz.session);
	fail_msg("the console ended with status %d, signal %d",
	    WEXITSTATUS(status), WTERMSIG(status));
}

/* Takes what is painted, which is of no interest for longer than it is shown
 * on failure. */
static void
watch(unsigned ms)
{
	const uint64_t end = now_ms() + ms;
	uint64_t now;

	while ((now = now_ms()) < end && take(&fuzz.session, (int)(end - now)))
		if (fuzz.session.out.len > 100000)
			buf_reset(&fuzz.session.out);
}

/* True when the console has ended, as q and the like do. */
static bool
has_ended(void)
{
	int status;

	if (waitpid(fuzz.session.pid, &status, WNOHANG) == 0)
		return false;
	watch(10);
	assert_well(status);
	return true;
}

/* Whatever is open, Esc leads out of it, and then F10 leaves. */
static void
leave(void)
{
	int i;

	for (i = 0; i < 60; i++) {
		type(&fuzz.session, "\033");
		watch(i % 3 == 2 ? 1100 : 50); /* the end of a paste is late */
		type(&fuzz.session, "\033[21~");
		watch(50);
		type(&fuzz.session, "y");
		watch(50);
		nap(20); /* which a terminal that was given back ends early */
		if (has_ended())
			return;
	}
	show_typed();
	show(&fuzz.session);
	kill(fuzz.session.pid, SIGABRT); /* sanitizers tell where it was */
	wait_end(&fuzz.session);
	fail_msg("the console does not end");
}

static void
press(void)
{
	struct buf *b = &fuzz.next;
	unsigned n = 1 + below(8);

	buf_reset(b);
	for (; n > 0 && fuzz.keys > 0; n--, fuzz.keys--)
		add_any(b);
	buf_add_n(&fuzz.typed, b->s, b->len);
	type_bytes(&fuzz.session, buf_text(b), b->len);
	if (below(20) == 0)
		resize();
	watch(below(10) == 0 ? 30 : 1);
}

static void
test_fuzz(void **state)
{
	unsigned long end;
	bool ended;

	(void)state;
	while (fuzz.keys > 0) {
		session_start(&fuzz.session, &(struct setup){ 0 });
		await(&fuzz.session, "Dash");
		buf_reset(&fuzz.typed);
		end = fuzz.keys > SESSION_KEYS ? fuzz.keys - SESSION_KEYS : 0;
		for (ended = false; !ended && fuzz.keys > end;
		     ended = has_ended())
			press();
		if (!ended)
			leave();
		session_free(&fuzz.session);
	}
	buf_free(&fuzz.next);
	buf_free(&fuzz.typed);
}

static unsigned long
number_of(const char *variable)
{
	const char *s = getenv(variable);

	return s != NULL ? strtoul(s, NULL, 10) : 1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_fuzz) };

	fuzz.random = number_of("SEKI_TEST_SEED") * 0x9e3779b97f4a7c15u;
	fuzz.keys = number_of("SEKI_TEST_KEYS");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
