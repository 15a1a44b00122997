/* Where curses writes, gathered and shortened. */
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
	int terminal; /* the caller's */
	int memory;   /* a file without a name */
	FILE *file;   /* leads to the one or the other */
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

/* Reads one "ESC [ PARAMETERS m" into what is said so far, where nothing that
 * stands before a reset is of any effect. Its length, 0 when there is none. */
static size_t
read_attributes(struct buf *said, const char *s, size_t left)
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
		buf_reset(said);
	if (said->len > 0)
		buf_add(said, ";");
	buf_add_n(said, n > 0 ? params : "0", n > 0 ? n : 1);
	return n + 3;
}

/* A terminal that is never told another character set has ASCII already. */
static size_t
skip_ascii(const char *s, size_t left)
{
	return left >= 3 && memcmp(s, "\033(B", 3) == 0 ? 3 : 0;
}

static void
say(struct buf *out, struct buf *said)
{
	if (said->len > 0)
		buf_printf(
		    out, "\033[%sm", strcmp(said->s, "0") == 0 ? "" : said->s);
	buf_reset(said);
}

void
outlet_shorten(struct buf *out, const char *text, size_t n)
{
	struct buf said = { 0 };
	const char *end = text + n, *escape;
	size_t len, left;

	for (; text < end; text += len) {
		left = (size_t)(end - text);
		len = read_attributes(&said, text, left);
		if (len == 0)
			len = skip_ascii(text, left);
		if (len > 0)
			continue;
		say(out, &said);
		escape = memchr(text + 1, '\033', left - 1);
		len = escape != NULL ? (size_t)(escape - text) : left;
		buf_add_n(out, text, len);
	}
	say(out, &said);
	buf_free(&said);
}

/* Some programs leave a terminal that does not wait, full as it may be. */
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
			return; /* it has gone, which is noticed elsewhere */
		}
	}
}

void
outlet_flush(struct outlet *o, bool brief)
{
	/* The file, while it leads here, shares the place of writing. */
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
