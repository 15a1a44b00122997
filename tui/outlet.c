/* The output stream of curses. Curses writes to one FILE, whose descriptor
 * leads to the terminal or, while the outlet gathers, to a memfd. outlet_flush
 * reads the memfd back and writes it to the terminal in one piece, so that a
 * redraw does not go over SSH in a packet for each write of curses.
 *
 * A flush can also shorten the text (outlet_shorten): SGR sequences, which are
 * "ESC [ PARAMETERS m", are pending until other output follows, and then
 * written as one; a reset among them drops those before it. */
#include "config.h"

#include "tui/outlet.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/base/util.h"

struct outlet {
	int terminal; /* owned by the caller */
	int memory;   /* the memfd */
	FILE *file;   /* its descriptor is a copy of either */
	bool gathers;
};

struct outlet *
outlet_new(int fd)
{
	struct outlet *o = xcalloc(1, sizeof(*o));
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);

	o->terminal = fd;
	o->memory = memfd_create("screen", MFD_CLOEXEC);
	o->file = copy != -1 ? fdopen(copy, "w") : NULL;
	if (o->memory != -1 && o->file != NULL)
		return o;
	outlet_free(o);
	return NULL;
}

void
outlet_free(struct outlet *o)
{
	if (o == NULL)
		return;
	if (o->file != NULL)
		fclose(o->file);
	if (o->memory != -1)
		close(o->memory);
	free(o);
}

FILE *
outlet_file(const struct outlet *o)
{
	return o->file;
}

void
outlet_gather(struct outlet *o, bool on)
{
	if (o->gathers == on)
		return;
	outlet_flush(o, false);
	dup3(on ? o->memory : o->terminal, fileno(o->file), O_CLOEXEC);
	o->gathers = on;
}

/* Adds the SGR sequence at s to those pending; a reset replaces them. Returns
 * its length, 0 when there is none. */
static size_t
read_attributes(struct buf *pending, const char *s, size_t left)
{
	const char *params = s + 2;
	size_t n = 0;

	if (left < 3 || s[0] != '\033' || s[1] != '[')
		return 0;
	while (n + 3 < left && memchr("0123456789;", params[n], 11) != NULL)
		n++;
	if (params[n] != 'm')
		return 0;
	if (n == 0 || params[0] == '0')
		buf_reset(pending);
	if (pending->len > 0)
		buf_add(pending, ";");
	buf_add_n(pending, n > 0 ? params : "0", n > 0 ? n : 1);
	return n + 3;
}

/* "ESC ( B" designates ASCII, which a terminal has already when it is never
 * told another character set. */
static size_t
skip_ascii(const char *s, size_t left)
{
	return left >= 3 && memcmp(s, "\033(B", 3) == 0 ? 3 : 0;
}

static void
put_pending(struct buf *out, struct buf *pending)
{
	if (pending->len > 0)
		buf_printf(out, "\033[%sm",
		    strcmp(pending->s, "0") == 0 ? "" : pending->s);
	buf_reset(pending);
}

void
outlet_shorten(struct buf *out, const char *text, size_t n)
{
	struct buf pending = { 0 };
	const char *end = text + n, *escape;
	size_t len, left;

	for (; text < end; text += len) {
		left = (size_t)(end - text);
		len = read_attributes(&pending, text, left);
		if (len == 0)
			len = skip_ascii(text, left);
		if (len > 0)
			continue;
		put_pending(out, &pending);
		escape = memchr(text + 1, '\033', left - 1);
		len = escape != NULL ? (size_t)(escape - text) : left;
		buf_add_n(out, text, len);
	}
	put_pending(out, &pending);
	buf_free(&pending);
}

/* Some programs leave the terminal non-blocking, so a full one is waited for.
 */
void
outlet_write(int fd, const char *s, size_t n)
{
	struct pollfd full = { .fd = fd, .events = POLLOUT };
	ssize_t done;

	while (n > 0) {
		done = write(fd, s, n);
		if (done > 0) {
			s += done;
			n -= (size_t)done;
		} else if (done == -1 && errno == EAGAIN) {
			poll(&full, 1, -1);
		} else if (done == -1 && errno != EINTR) {
			return; /* hung up, which is noticed elsewhere */
		}
	}
}

void
outlet_flush(struct outlet *o, bool brief)
{
	/* The stream's descriptor is a copy of this one, with its offset. */
	off_t size = lseek(o->memory, 0, SEEK_CUR);
	char *text = xcalloc((size_t)size, 1);
	struct buf out = { 0 };
	ssize_t n = pread(o->memory, text, (size_t)size, 0);

	lseek(o->memory, 0, SEEK_SET);
	if (n > 0 && brief) {
		outlet_shorten(&out, text, (size_t)n);
		outlet_write(o->terminal, out.s, out.len);
	} else if (n > 0) {
		outlet_write(o->terminal, text, (size_t)n);
	}
	buf_free(&out);
	free(text);
}
