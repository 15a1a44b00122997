/* Many live flows at once, for tests that watch where each really goes.
 *
 *   flock serve NAME FIRST LAST [ADDR]    tcp and udp on these ports: "ready",
 *                                         then each line is answered with
 *                                         "NAME:PORT" and the line
 *   flock call ADDR FIRST LAST COUNT      so many flows to ports of there, half
 *                                         of them tcp; does what lines say:
 *       fill      opens what is not open, waits, and says how many are
 *       ask       asks on each that is open, and says "PROTO [SRC]:PORT PORT
 *                 WHO", where WHO is "-" for nobody and "closed" for a reset
 *       fresh     asks each port anew: "PROTO PORT WHO"
 *     and ends each answer with "." */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define FLOWS_MAX 512
#define LINE_MAX_ 128
#define WAIT_MS 400 /* for answers of all at once */
#define LIFE_S 900

struct flow {
	int fd; /* -1: none */
	bool tcp, waits, closed;
	unsigned port, sport;
	char who[LINE_MAX_];
};

static struct flow flows[FLOWS_MAX];
static struct sockaddr_in6 there;
static unsigned round_;

static long
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int
fail(const char *what)
{
	perror(what);
	exit(1);
}

/* The server */

static struct pollfd polled[FLOWS_MAX];
static enum { LISTENS, TAKES, TALKS } kinds[FLOWS_MAX];
static unsigned ports[FLOWS_MAX];
static nfds_t npolled;

static void
add(int fd, int kind, unsigned port)
{
	if (npolled == FLOWS_MAX) {
		close(fd);
		return;
	}
	polled[npolled] = (struct pollfd){ .fd = fd, .events = POLLIN };
	kinds[npolled] = kind;
	ports[npolled++] = port;
}

static void
bind_port(int type, unsigned port)
{
	struct sockaddr_in6 a = { .sin6_family = AF_INET6,
		.sin6_port = htons((uint16_t)port) };
	int fd = socket(AF_INET6, type, 0), on = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (fd == -1 || bind(fd, (struct sockaddr *)&a, sizeof(a)) != 0 ||
	    (type == SOCK_STREAM && listen(fd, 64) != 0))
		fail("bind");
	add(fd, type == SOCK_STREAM ? LISTENS : TAKES, port);
}

/* False when the connection has ended. */
static bool
answer(nfds_t i, const char *name)
{
	struct sockaddr_in6 from;
	socklen_t len = sizeof(from);
	char line[LINE_MAX_], said[2 * LINE_MAX_];
	ssize_t n = recvfrom(polled[i].fd, line, sizeof(line) - 1, 0,
	    (struct sockaddr *)&from, &len);
	int size;

	if (n <= 0)
		return kinds[i] == TAKES;
	line[n] = '\0';
	size = snprintf(said, sizeof(said), "%s:%u %s", name, ports[i], line);
	sendto(polled[i].fd, said, (size_t)size, MSG_NOSIGNAL,
	    kinds[i] == TAKES ? (struct sockaddr *)&from : NULL,
	    kinds[i] == TAKES ? len : 0);
	return true;
}

static void
serve(const char *name, unsigned first, unsigned last)
{
	nfds_t i;

	for (; first <= last; first++) {
		bind_port(SOCK_STREAM, first);
		bind_port(SOCK_DGRAM, first);
	}
	puts("ready");
	fflush(stdout);
	while (poll(polled, npolled, -1) > 0)
		for (i = npolled; i-- > 0;) {
			if (polled[i].revents == 0)
				continue;
			if (kinds[i] == LISTENS) {
				add(accept(polled[i].fd, NULL, NULL), TALKS,
				    ports[i]);
			} else if (!answer(i, name)) {
				close(polled[i].fd);
				polled[i] = polled[--npolled];
				kinds[i] = kinds[npolled];
				ports[i] = ports[npolled];
			}
		}
}

/* The client */

static void
shut(struct flow *f)
{
	if (f->fd != -1)
		close(f->fd);
	f->fd = -1;
}

static void
open_flow(struct flow *f, bool tcp, unsigned port)
{
	struct sockaddr_in6 to = there, own;
	socklen_t len = sizeof(own);

	*f = (struct flow){ .tcp = tcp, .port = port };
	f->fd = socket(
	    AF_INET6, (tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK, 0);
	to.sin6_port = htons((uint16_t)port);
	if (f->fd == -1 ||
	    (connect(f->fd, (struct sockaddr *)&to, sizeof(to)) != 0 &&
		errno != EINPROGRESS)) {
		shut(f);
		return;
	}
	getsockname(f->fd, (struct sockaddr *)&own, &len);
	f->sport = ntohs(own.sin6_port);
}

/* Only what answers this round counts. */
static void
hear(struct flow *f)
{
	char text[8192], end[32];
	char *at, *begin;
	ssize_t n = recv(f->fd, text, sizeof(text) - 1, 0);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		f->closed = f->tcp;
		f->waits = f->waits && !f->tcp;
		return;
	}
	text[n] = '\0';
	snprintf(end, sizeof(end), " %u\n", round_);
	at = strstr(text, end);
	if (at == NULL)
		return;
	*at = '\0';
	begin = strrchr(text, '\n');
	snprintf(
	    f->who, sizeof(f->who), "%.60s", begin != NULL ? begin + 1 : text);
	f->waits = false;
}

static void
say(struct flow *f)
{
	char line[32];
	int n = snprintf(line, sizeof(line), "%u\n", round_);

	f->who[0] = '\0';
	f->closed = false;
	f->waits = true;
	if (send(f->fd, line, (size_t)n, MSG_NOSIGNAL) < 0 && f->tcp &&
	    errno != EAGAIN && errno != ENOTCONN) {
		f->closed = true;
		f->waits = false;
	}
}

/* Until all have answered, or the time is over. What a handshake keeps waiting
 * is said again. */
static void
collect(struct flow *v, size_t n)
{
	struct pollfd p[FLOWS_MAX];
	long end = now_ms() + WAIT_MS, left;
	size_t i, waiting;

	while ((left = end - now_ms()) > 0) {
		for (i = waiting = 0; i < n; i++) {
			p[i] = (struct pollfd){ .fd = v[i].waits ? v[i].fd : -1,
				.events = POLLIN };
			waiting += v[i].waits;
		}
		if (waiting == 0 || poll(p, n, (int)left) <= 0)
			return;
		for (i = 0; i < n; i++)
			if (p[i].revents != 0)
				hear(&v[i]);
	}
}

static void
ask_all(struct flow *v, size_t n)
{
	size_t i;

	round_++;
	for (i = 0; i < n; i++)
		if (v[i].fd != -1)
			say(&v[i]);
	collect(v, n);
}

static void
settle(struct flow *v, size_t n)
{
	struct pollfd p[FLOWS_MAX];
	long end = now_ms() + WAIT_MS, left;
	size_t i, waiting;

	while ((left = end - now_ms()) > 0) {
		for (i = waiting = 0; i < n; i++) {
			p[i] = (struct pollfd){
				.fd = v[i].tcp && v[i].waits ? v[i].fd : -1,
				.events = POLLOUT
			};
			waiting += p[i].fd != -1;
		}
		if (waiting == 0 || poll(p, n, (int)left) <= 0)
			return;
		for (i = 0; i < n; i++)
			if (p[i].revents != 0)
				v[i].waits = false;
	}
}

static const char *
who(const struct flow *f)
{
	return f->closed ? "closed" : f->who[0] != '\0' ? f->who : "-";
}

static void
fill(size_t n, unsigned first, unsigned last)
{
	size_t i, open = 0;

	for (i = 0; i < n; i++) {
		flows[i].waits = false;
		if (flows[i].fd != -1)
			continue;
		open_flow(&flows[i], i % 2 == 0,
		    first + (unsigned)rand() % (last - first + 1));
		flows[i].waits = flows[i].fd != -1;
	}
	settle(flows, n);
	ask_all(flows, n);
	for (i = 0; i < n; i++) {
		if (flows[i].fd != -1 && flows[i].who[0] == '\0')
			shut(&flows[i]);
		open += flows[i].fd != -1;
	}
	printf("%zu\n", open);
}

static void
ask(size_t n)
{
	struct sockaddr_in6 own;
	socklen_t len;
	char text[INET6_ADDRSTRLEN];
	size_t i;

	ask_all(flows, n);
	for (i = 0; i < n; i++) {
		if (flows[i].fd == -1)
			continue;
		len = sizeof(own);
		getsockname(flows[i].fd, (struct sockaddr *)&own, &len);
		inet_ntop(AF_INET6, &own.sin6_addr, text, sizeof(text));
		printf("%s [%s]:%u %u %s\n", flows[i].tcp ? "tcp" : "udp", text,
		    flows[i].sport, flows[i].port, who(&flows[i]));
		if (flows[i].who[0] == '\0')
			shut(&flows[i]);
	}
}

static void
fresh(unsigned first, unsigned last)
{
	struct flow v[FLOWS_MAX];
	size_t n = 0, i;

	for (; first <= last && n + 2 <= FLOWS_MAX; first++) {
		open_flow(&v[n++], true, first);
		open_flow(&v[n++], false, first);
	}
	for (i = 0; i < n; i++)
		v[i].waits = v[i].fd != -1;
	settle(v, n);
	ask_all(v, n);
	for (i = 0; i < n; i++) {
		printf("%s %u %s\n", v[i].tcp ? "tcp" : "udp", v[i].port,
		    v[i].who[0] != '\0' ? v[i].who : "-");
		shut(&v[i]);
	}
}

static void
call(unsigned first, unsigned last, size_t n)
{
	char line[LINE_MAX_];
	size_t i;

	for (i = 0; i < FLOWS_MAX; i++)
		flows[i].fd = -1;
	while (fgets(line, sizeof(line), stdin) != NULL) {
		if (strcmp(line, "fill\n") == 0)
			fill(n, first, last);
		else if (strcmp(line, "ask\n") == 0)
			ask(n);
		else if (strcmp(line, "fresh\n") == 0)
			fresh(first, last);
		puts(".");
		fflush(stdout);
	}
}

int
main(int argc, char **argv)
{
	unsigned first, last;
	const char *seed = getenv("SEKI_TEST_SEED");

	alarm(LIFE_S);
	if (argc < 5)
		return 2;
	first = (unsigned)atoi(argv[3]);
	last = (unsigned)atoi(argv[4]);
	if (strcmp(argv[1], "serve") == 0) {
		serve(argv[2], first, last);
		return 1;
	}
	srand(seed != NULL ? (unsigned)atoi(seed) : 1);
	there.sin6_family = AF_INET6;
	if (argc < 6 || inet_pton(AF_INET6, argv[2], &there.sin6_addr) != 1)
		return 2;
	call(first, last, (size_t)atoi(argv[5]));
	return 0;
}
