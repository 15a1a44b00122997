/* The poll loop with a clock of its own. */
#include "config.h"

#include "fast_loop.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/loop.h"
#include "core/base/util.h"

#define TURNS_MAX 20000
#define PLACES_MAX 32

struct source {
	int number; /* a descriptor or a signal; -1 */
	loop_fn *fn;
	void *arg;
};

struct timer {
	struct source to;
	uint64_t at;
};

static struct loop {
	struct source fds[PLACES_MAX], signals[PLACES_MAX], idle;
	struct timer timers[PLACES_MAX];
	size_t nfds, nsignals, ntimers;
	uint64_t now;
	bool stop;
	int status;
	uint64_t (*due)(void);
	void (*go_on)(void), (*turned)(void);
} loop;

struct loop *__wrap_loop_new(void);
void __wrap_loop_free(struct loop *);
void __wrap_loop_fd(struct loop *, int fd, loop_fn *, void *arg);
void __wrap_loop_fd_remove(struct loop *, int fd);
void __wrap_loop_timer(struct loop *, unsigned ms, loop_fn *, void *arg);
void __wrap_loop_timer_remove(struct loop *, loop_fn *, void *arg);
int __wrap_loop_signal(struct loop *, int signo, loop_fn *, void *arg);
int __wrap_loop_run(struct loop *);
void __wrap_loop_idle(struct loop *, loop_fn *, void *arg);
void __wrap_loop_stop(struct loop *, int status);

struct loop *
__wrap_loop_new(void)
{
	return &loop;
}

void
__wrap_loop_free(struct loop *l)
{
	assert_ptr_equal(l, &loop);
}

void
__wrap_loop_fd(struct loop *l, int fd, loop_fn *fn, void *arg)
{
	assert_true(l->nfds < PLACES_MAX);
	l->fds[l->nfds++] = (struct source){ fd, fn, arg };
}

void
__wrap_loop_fd_remove(struct loop *l, int fd)
{
	size_t i = 0;

	while (i < l->nfds && l->fds[i].number != fd)
		i++;
	if (i < l->nfds)
		l->fds[i] = l->fds[--l->nfds];
}

void
__wrap_loop_timer_remove(struct loop *l, loop_fn *fn, void *arg)
{
	size_t i = 0;

	while (i < l->ntimers &&
	       (l->timers[i].to.fn != fn || l->timers[i].to.arg != arg))
		i++;
	if (i < l->ntimers)
		l->timers[i] = l->timers[--l->ntimers];
}

void
__wrap_loop_timer(struct loop *l, unsigned ms, loop_fn *fn, void *arg)
{
	__wrap_loop_timer_remove(l, fn, arg);
	assert_true(l->ntimers < PLACES_MAX);
	l->timers[l->ntimers++] =
	    (struct timer){ { -1, fn, arg }, l->now + ms };
}

/* Without a function, as a program ends, it is as good as never asked. */
int
__wrap_loop_signal(struct loop *l, int signo, loop_fn *fn, void *arg)
{
	if (fn == NULL)
		return 0;
	assert_true(l->nsignals < PLACES_MAX);
	l->signals[l->nsignals++] = (struct source){ signo, fn, arg };
	return 0;
}

void
__wrap_loop_idle(struct loop *l, loop_fn *fn, void *arg)
{
	l->idle = (struct source){ -1, fn, arg };
}

void
__wrap_loop_stop(struct loop *l, int status)
{
	l->stop = true;
	l->status = status;
}

/* Whether a descriptor was readable. */
static bool
serve_one(struct loop *l)
{
	struct source s;
	struct pollfd p;
	size_t i;

	for (i = 0; i < l->nfds; i++) {
		s = l->fds[i];
		p = (struct pollfd){ .fd = s.number, .events = POLLIN };
		if (poll(&p, 1, 0) != 1)
			continue;
		s.fn(s.arg);
		return true;
	}
	return false;
}

/* The one that is due first, or NULL. */
static const struct timer *
first_timer(const struct loop *l)
{
	const struct timer *t, *first = NULL;

	for (t = l->timers; t < END_OF(l->timers, l->ntimers); t++)
		if (first == NULL || t->at < first->at)
			first = t;
	return first;
}

static void
run_timer(struct loop *l, const struct timer *t)
{
	struct source to = t->to;

	l->now = t->at;
	__wrap_loop_timer_remove(l, to.fn, to.arg);
	to.fn(to.arg);
}

/* What is readable goes first, and the script before timers of that time. */
static void
turn(struct loop *l)
{
	const struct timer *t = first_timer(l);
	uint64_t due = l->due();

	if (serve_one(l))
		return;
	if (due != UINT64_MAX && (t == NULL || due <= t->at)) {
		l->now = due;
		l->go_on();
	} else if (t != NULL) {
		run_timer(l, t);
	}
}

int
__wrap_loop_run(struct loop *l)
{
	unsigned n;

	for (n = 0; !l->stop; n++) {
		if (n == TURNS_MAX)
			fail_msg("the loop does not end");
		turn(l);
		if (l->idle.fn != NULL)
			l->idle.fn(l->idle.arg);
		l->turned();
	}
	return l->status;
}

void
fast_loop_begin(
    uint64_t (*due)(void), void (*go_on)(void), void (*turned)(void))
{
	memset(&loop, 0, sizeof(loop));
	loop.due = due;
	loop.go_on = go_on;
	loop.turned = turned;
}

uint64_t
fast_loop_now(void)
{
	return loop.now;
}

void
fast_loop_signal(int signo)
{
	bool heard = false;
	size_t i;

	for (i = 0; i < loop.nsignals; i++) {
		if (loop.signals[i].number != signo)
			continue;
		loop.signals[i].fn(loop.signals[i].arg);
		heard = true;
	}
	assert_true(heard);
}
