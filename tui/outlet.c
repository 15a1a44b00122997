/* The output stream of curses. Curses writes to one FILE, whose descriptor
 * leads to the terminal or, while the outlet gathers, to a memfd. outlet_flush
 * reads back what the memfd got since the last time and writes it to the
 * terminal in one piece, so that a redraw does not go over SSH in a packet for
 * each write of curses. */
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
#include "tui/painting.h"

#define KEPT 65536 /* bytes in the memfd that were read already */

struct outlet {
	int terminal; /* owned by the caller */
	int memory;   /* the memfd */
	off_t read;   /* so far, of what is in it */
	FILE *file;   /* its descriptor is a copy of either */
	bool gathers;
	struct painting painting;
	struct buf text, out; /* of the last flush */
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
	painting_free(&o->painting);
	buf_free(&o->text);
	buf_free(&o->out);
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
	painting_free(&o->painting);
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

static void
read_back(struct outlet *o)
{
	char some[4096];
	ssize_t n;

	buf_reset(&o->text);
	do {
		n = pread(o->memory, some, sizeof(some), o->read);
		if (n <= 0)
			break;
		buf_add_n(&o->text, some, (size_t)n);
		o->read += n;
	} while ((size_t)n == sizeof(some));
}

/* The stream's descriptor is a copy of this one, with its offset. */
static void
make_room(struct outlet *o)
{
	if (o->read < KEPT || ftruncate(o->memory, 0) == -1)
		return;
	lseek(o->memory, 0, SEEK_SET);
	o->read = 0;
}

/* As it is, with the attributes that it is written for. */
static void
add_plain(struct outlet *o)
{
	painting_end(&o->painting, &o->out);
	buf_add_n(&o->out, buf_text(&o->text), o->text.len);
}

void
outlet_flush(struct outlet *o, int width)
{
	read_back(o);
	make_room(o);
	buf_reset(&o->out);
	o->painting.width = width;
	if (width > 0)
		painting_write(
		    &o->painting, &o->out, buf_text(&o->text), o->text.len);
	else
		add_plain(o);
	outlet_write(o->terminal, buf_text(&o->out), o->out.len);
}

void
outlet_forget(struct outlet *o)
{
	painting_forget(&o->painting);
}
