/* The output stream of curses. Curses writes to one FILE, whose descriptor
 * leads to the terminal or, while the outlet gathers, to a memfd. */
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
outlet_take(struct outlet *o, struct buf *out)
{
	char some[4096];
	off_t at = 0;
	ssize_t n;

	while ((n = pread(o->memory, some, sizeof(some), at)) > 0) {
		buf_add_n(out, some, (size_t)n);
		at += n;
	}
	/* The stream's descriptor is a copy of this one, with its offset. */
	if (ftruncate(o->memory, 0) == 0)
		lseek(o->memory, 0, SEEK_SET);
}

void
outlet_gather(struct outlet *o, bool on)
{
	struct buf rest = { 0 };

	if (o->gathers == on)
		return;
	outlet_take(o, &rest);
	outlet_write(o->terminal, buf_text(&rest), rest.len);
	buf_free(&rest);
	dup3(on ? o->memory : o->terminal, fileno(o->file), O_CLOEXEC);
	o->gathers = on;
}
