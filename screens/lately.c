/* The last that was logged, for the dashboard. */
#include "config.h"

#include "screens/lately.h"

#include <string.h>

#define MOST 20 /* lines */

static loop_fn go_on;

static void
stop(struct lately *l)
{
	if (l->reading != NULL)
		loop_fd_remove(l->loop, log_reading_fd(l->reading));
	log_reading_end(l->reading);
	l->reading = NULL;
}

/* The same end is the same log. */
static bool
is_same(const struct logbook *a, const struct logbook *b)
{
	return a->n == b->n &&
	       (a->n == 0 || (a->v[0].when == b->v[0].when &&
				 strcmp(a->v[0].text, b->v[0].text) == 0));
}

static void
take(struct lately *l)
{
	struct logbook old = l->book, book = log_reading_take(l->reading);

	if (is_same(&old, &book)) {
		logbook_free(&book);
		return;
	}
	l->book = book;
	l->changed(l->arg);
	logbook_free(&old);
}

static void
go_on(void *arg)
{
	struct lately *l = arg;
	struct err ignored = { 0 };
	int fd = log_reading_fd(l->reading), r;

	loop_fd_remove(l->loop, fd);
	r = log_reading_more(l->reading, &ignored);
	fd = log_reading_fd(l->reading);
	if (r == 1 && fd != -1) {
		loop_fd(l->loop, fd, go_on, l);
	} else if (r == 1) {
		loop_timer(l->loop, 0, go_on, l);
	} else {
		if (r == 0)
			take(l);
		stop(l);
	}
}

static void
begin(void *arg)
{
	const struct log_scope scope = { .most = MOST };
	struct lately *l = arg;
	struct err ignored = { 0 };

	loop_timer_remove(l->loop, go_on, l);
	stop(l);
	l->reading = log_reading_begin(&scope, &ignored);
	if (l->reading != NULL)
		go_on(l);
}

void
lately_open(struct lately *l, struct loop *loop, loop_fn *changed, void *arg)
{
	*l = (struct lately){ .loop = loop, .changed = changed, .arg = arg };
}

void
lately_read(struct lately *l, unsigned ms)
{
	loop_timer(l->loop, ms, begin, l);
}

void
lately_close(struct lately *l)
{
	loop_timer_remove(l->loop, begin, l);
	loop_timer_remove(l->loop, go_on, l);
	stop(l);
	logbook_free(&l->book);
}
