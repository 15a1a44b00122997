/* The output stream of curses. Curses writes to one FILE, whose descriptor
 * leads to the terminal or, while the outlet gathers, to a memfd. outlet_flush
 * reads the memfd back and writes it to the terminal in one piece, so that a
 * redraw does not go over SSH in a packet for each write of curses. */
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
#include "tui/pen.h"

struct outlet {
	int terminal; /* owned by the caller */
	int memory;   /* the memfd */
	FILE *file;   /* its descriptor is a copy of either */
	bool gathers;
	struct pen pen;
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
	pen_free(&o->pen);
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
	outlet_flush(o, 0);
	outlet_forget(o);
	dup3(on ? o->memory : o->terminal, fileno(o->file), O_CLOEXEC);
	o->gathers = on;
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
outlet_flush(struct outlet *o, int width)
{
	/* The stream's descriptor is a copy of this one, with its offset. */
	off_t size = lseek(o->memory, 0, SEEK_CUR);
	char *text = xcalloc((size_t)size, 1);
	struct buf out = { 0 };
	ssize_t n = pread(o->memory, text, (size_t)size, 0);

	lseek(o->memory, 0, SEEK_SET);
	o->pen.width = width;
	if (n > 0 && width > 0) {
		pen_write(&o->pen, &out, text, (size_t)n);
		outlet_write(o->terminal, out.s, out.len);
	} else if (n > 0) {
		outlet_write(o->terminal, text, (size_t)n);
	}
	buf_free(&out);
	free(text);
}

void
outlet_forget(struct outlet *o)
{
	pen_forget(&o->pen);
}
