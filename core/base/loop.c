/* The one poll loop: descriptors, signals, timers. */
#include "config.h"

#include "core/base/loop.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "core/base/util.h"

#define NAP_MS 50

struct source {
	loop_fn *fn;
	void *arg;
};

struct descriptor {
	struct source to;
	unsigned poll; /* the last one before it was added */
};

struct timer {
	struct source to;
	uint64_t at;   /* now_ms */
	unsigned turn; /* that it was set in */
};

struct loop {
	struct pollfd *fds; /* the same order and count as descriptors */
	struct descriptor *descriptors;
	size_t nfds;
	struct timer *timers;
	size_t ntimers;
	unsigned turn; /* begins with its timers */
	unsigned poll;
	struct source signals[NSIG];
	sigset_t mask;
	int sigfd;
	struct source idle;
	bool stop;
	int status;
};

static void
on_signal(void *arg)
{
	struct loop *l = arg;
	struct signalfd_siginfo info;
	const struct source *s;

	while (read(l->sigfd, &info, sizeof(info)) == sizeof(info)) {
		s = &l->signals[info.ssi_signo];
		if (s->fn != NULL)
			s->fn(s->arg);
	}
}

struct loop *
loop_new(void)
{
	struct loop *l = xcalloc(1, sizeof(*l));

	sigemptyset(&l->mask);
	l->sigfd = -1;
	return l;
}

void
loop_free(struct loop *l)
{
	if (l == NULL)
		return;
	if (l->sigfd != -1)
		close(l->sigfd);
	sigprocmask(SIG_UNBLOCK, &l->mask, NULL);
	free(l->fds);
	free(l->descriptors);
	free(l->timers);
	free(l);
}

void
loop_fd(struct loop *l, int fd, loop_fn *fn, void *arg)
{
	l->fds = xgrow(l->fds, l->nfds, sizeof(*l->fds));
	l->descriptors =
	    xgrow(l->descriptors, l->nfds, sizeof(*l->descriptors));
	l->fds[l->nfds] = (struct pollfd){ .fd = fd, .events = POLLIN };
	l->descriptors[l->nfds++] = (struct descriptor){ { fn, arg }, l->poll };
}

void
loop_fd_remove(struct loop *l, int fd)
{
	size_t i;

	for (i = 0; i < l->nfds; i++) {
		if (l->fds[i].fd != fd)
			continue;
		l->nfds--;
		l->fds[i] = l->fds[l->nfds];
		l->descriptors[i] = l->descriptors[l->nfds];
		return;
	}
}

void
loop_timer_remove(struct loop *l, loop_fn *fn, void *arg)
{
	size_t i;

	for (i = 0; i < l->ntimers; i++) {
		if (l->timers[i].to.fn == fn && l->timers[i].to.arg == arg) {
			l->timers[i] = l->timers[--l->ntimers];
			return;
		}
	}
}

void
loop_timer(struct loop *l, unsigned ms, loop_fn *fn, void *arg)
{
	loop_timer_remove(l, fn, arg);
	l->timers = xgrow(l->timers, l->ntimers, sizeof(*l->timers));
	l->timers[l->ntimers++] =
	    (struct timer){ { fn, arg }, now_ms() + ms, l->turn };
}

int
loop_signal(struct loop *l, int signo, loop_fn *fn, void *arg)
{
	sigset_t mask = l->mask;
	int fd;

	sigaddset(&mask, signo);
	fd = signalfd(l->sigfd, &mask, SFD_NONBLOCK | SFD_CLOEXEC);
	if (fd == -1)
		return -1;
	if (l->sigfd == -1)
		loop_fd(l, fd, on_signal, l);
	l->sigfd = fd;
	l->mask = mask;
	l->signals[signo] = (struct source){ fn, arg };
	sigprocmask(SIG_BLOCK, &l->mask, NULL);
	return 0;
}

void
loop_child(void)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

void
loop_idle(struct loop *l, loop_fn *fn, void *arg)
{
	l->idle = (struct source){ fn, arg };
}

static int
wait_ms(const struct loop *l)
{
	uint64_t now = now_ms(), next = UINT64_MAX;
	size_t i;

	for (i = 0; i < l->ntimers; i++)
		if (l->timers[i].at < next)
			next = l->timers[i].at;
	if (next == UINT64_MAX)
		return -1;
	if (next <= now)
		return 0;
	return next - now < INT_MAX ? (int)(next - now) : INT_MAX;
}

/* A callback may add or remove timers, so the search restarts; a timer added
 * for "now" waits for the next turn, so that it terminates, and whoever works
 * bit by bit lets others in between. */
static void
run_timers(struct loop *l)
{
	uint64_t now = now_ms();
	struct source to;
	size_t i;

	l->turn++;
	for (i = 0; i < l->ntimers && !l->stop;) {
		if (l->timers[i].at > now || l->timers[i].turn == l->turn) {
			i++;
			continue;
		}
		to = l->timers[i].to;
		l->timers[i] = l->timers[--l->ntimers];
		to.fn(to.arg);
		i = 0;
	}
}

/* A callback may remove any descriptor, so each is looked up by number; and the
 * number may be that of another one by then, which is not known to be ready. */
static void
run_fds(struct loop *l)
{
	struct pollfd *ready;
	struct source to;
	size_t n = l->nfds, i, k;

	ready = xcalloc(n, sizeof(*ready));
	for (i = 0; i < n; i++)
		ready[i] = l->fds[i];
	for (i = 0; i < n && !l->stop; i++) {
		if (ready[i].revents == 0)
			continue;
		for (k = 0; k < l->nfds && l->fds[k].fd != ready[i].fd; k++)
			continue;
		if (k == l->nfds || l->descriptors[k].poll == l->poll)
			continue;
		to = l->descriptors[k].to;
		to.fn(to.arg);
	}
	free(ready);
}

/* The kernel is out of memory for a moment, and the work must be finished. */
static void
wait_for_memory(void)
{
	const struct timespec nap = { .tv_nsec = NAP_MS * 1000000L };

	nanosleep(&nap, NULL);
}

static void
run_idle(struct loop *l)
{
	if (!l->stop && l->idle.fn != NULL)
		l->idle.fn(l->idle.arg);
}

/* What a key changes is drawn before a timer that is due as well. */
int
loop_run(struct loop *l)
{
	int n;

	l->stop = false;
	while (!l->stop) {
		run_idle(l);
		if (l->stop)
			break;
		n = poll(l->fds, l->nfds, wait_ms(l));
		l->poll++;
		if (n == -1 && errno != EINTR)
			wait_for_memory();
		if (n > 0) {
			run_fds(l);
			run_idle(l);
		}
		if (!l->stop)
			run_timers(l);
	}
	return l->status;
}

void
loop_stop(struct loop *l, int status)
{
	l->stop = true;
	l->status = status;
}

bool
loop_wait_fd(int fd, unsigned ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	uint64_t end = now_ms() + ms, now;
	int n;

	do {
		now = now_ms();
		n = poll(&p, 1, now < end ? (int)(end - now) : 0);
	} while (n == -1 && errno == EINTR);
	return n == 1;
}

bool
loop_wait_fd_until(int fd, uint64_t until)
{
	uint64_t now = now_ms();

	return now < until && loop_wait_fd(fd, (unsigned)(until - now));
}
