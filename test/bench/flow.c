/* What a ruleset costs a packet, for several in turns. Each line of stdin is a
 * way from a client to a server, named network namespaces:
 *
 *	CLIENT SERVER ADDRESS PORT TARGET TARGET-PORT
 *
 * where a packet to the first address and port reaches the second. Every
 * round takes each way in turn and prints a line for it: its number from 0, the
 * median us of a TCP connect, and the median ns of a datagram of a UDP flow
 * from the client and back.
 *
 *	flow ROUNDS CONNECTIONS BATCHES <WAYS
 *
 * A single thread has both ends: on veth all that happens to a packet, up to
 * the socket that receives it, happens within the call that sends it.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH 32 /* datagrams; a queue of receivers must hold them */
#define PAYLOAD 64
#define MAX_WAYS 64
#define MAX_SAMPLES 4096
#define WAIT_S 3

struct way {
	char client[32], server[32], address[64], target[64];
	int port, target_port;
	int listener, udp_client, udp_server;
	struct sockaddr_in6 back; /* whom the server of UDP sends to */
};

struct samples {
	double v[MAX_SAMPLES];
	int n;
};

__attribute__((noreturn, format(printf, 1, 2))) static void
die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("flow: ", stderr);
	vfprintf(stderr, fmt, ap);
	fprintf(stderr, ": %s\n", strerror(errno));
	va_end(ap);
	exit(1);
}

static double
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
median(struct samples *s)
{
	qsort(s->v, (size_t)s->n, sizeof(*s->v), compare);
	return s->v[s->n / 2];
}

static void
enter(const char *name)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/run/netns/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1 || setns(fd, CLONE_NEWNET) == -1)
		die("%s", path);
	close(fd);
}

static struct sockaddr_in6
address_of(const char *text, int port)
{
	struct sockaddr_in6 a = { .sin6_family = AF_INET6,
		.sin6_port = htons((uint16_t)port) };

	if (inet_pton(AF_INET6, text, &a.sin6_addr) != 1) {
		errno = EINVAL;
		die("%s", text);
	}
	return a;
}

/* A socket stays in the namespace that it was made in. */
static int
socket_in(const char *name, int type)
{
	const struct timeval wait = { .tv_sec = WAIT_S };
	const int room = 1 << 20, yes = 1;
	int fd;

	enter(name);
	fd = socket(AF_INET6, type | SOCK_CLOEXEC, 0);
	if (fd == -1)
		die("no socket in %s", name);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	return fd;
}

static int
serve(const struct way *w, int type)
{
	struct sockaddr_in6 a = address_of(w->target, w->target_port);
	int fd = socket_in(w->server, type);

	if (bind(fd, (void *)&a, sizeof(a)) == -1 ||
	    (type == SOCK_STREAM && listen(fd, 16) == -1))
		die("%s cannot serve port %d", w->target, w->target_port);
	return fd;
}

/* Also makes the flow an established one: a datagram each way. */
static void
open_udp(struct way *w)
{
	struct sockaddr_in6 a = address_of(w->address, w->port);
	socklen_t len = sizeof(w->back);
	char byte = 0;

	w->udp_server = serve(w, SOCK_DGRAM);
	w->udp_client = socket_in(w->client, SOCK_DGRAM);
	if (connect(w->udp_client, (void *)&a, sizeof(a)) == -1 ||
	    send(w->udp_client, &byte, 1, 0) == -1 ||
	    recvfrom(w->udp_server, &byte, 1, 0, (void *)&w->back, &len) ==
		-1 ||
	    sendto(w->udp_server, &byte, 1, 0, (void *)&w->back, len) == -1 ||
	    recv(w->udp_client, &byte, 1, 0) == -1)
		die("no UDP from %s to %s port %d", w->client, w->address,
		    w->port);
}

/* Without waiting for it to be closed by both: thousands are to come. */
static void
drop(int fd)
{
	const struct linger at_once = { .l_onoff = 1 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	close(fd);
}

static double
connect_us(const struct way *w)
{
	struct sockaddr_in6 a = address_of(w->address, w->port);
	int fd = socket_in(w->client, SOCK_STREAM), peer;
	double begun = now_ns(), took;

	if (connect(fd, (void *)&a, sizeof(a)) == -1)
		die("no TCP from %s to %s port %d", w->client, w->address,
		    w->port);
	took = (now_ns() - begun) / 1e3;
	peer = accept4(w->listener, NULL, NULL, SOCK_CLOEXEC);
	if (peer == -1)
		die("%s accepts nothing", w->server);
	drop(fd);
	drop(peer);
	return took;
}

static void
drain(int fd, int n)
{
	char byte;

	while (n-- > 0)
		if (recv(fd, &byte, 1, 0) == -1)
			die("datagrams are lost");
}

/* to: NULL, if it is connected. */
static double
batch_ns(int from, struct sockaddr_in6 *to, int receiver)
{
	static char payload[PAYLOAD];
	struct iovec iov = { .iov_base = payload, .iov_len = sizeof(payload) };
	struct mmsghdr m[BATCH] = { 0 };
	double begun, took;

	for (int i = 0; i < BATCH; i++)
		m[i].msg_hdr = (struct msghdr){ .msg_iov = &iov,
			.msg_iovlen = 1,
			.msg_name = to,
			.msg_namelen = to != NULL ? sizeof(*to) : 0 };
	begun = now_ns();
	if (sendmmsg(from, m, BATCH, 0) != BATCH)
		die("datagrams are not sent");
	took = (now_ns() - begun) / BATCH;
	drain(receiver, BATCH);
	return took;
}

static void
round_of(struct way *w, int connections, int batches)
{
	static struct samples taken[3];

	taken[0].n = taken[1].n = taken[2].n = 0;
	for (int i = 0; i < connections; i++)
		taken[0].v[taken[0].n++] = connect_us(w);
	for (int i = 0; i < batches; i++) {
		taken[1].v[taken[1].n++] =
		    batch_ns(w->udp_client, NULL, w->udp_server);
		taken[2].v[taken[2].n++] =
		    batch_ns(w->udp_server, &w->back, w->udp_client);
	}
	printf(" %.3f %.1f %.1f\n", median(&taken[0]), median(&taken[1]),
	    median(&taken[2]));
}

static int
read_ways(struct way *v)
{
	int n = 0;

	while (n < MAX_WAYS && scanf("%31s %31s %63s %d %63s %d", v[n].client,
				   v[n].server, v[n].address, &v[n].port,
				   v[n].target, &v[n].target_port) == 6)
		n++;
	return n;
}

static int
count_of(const char *text)
{
	int n = atoi(text);

	if (n < 1 || n > MAX_SAMPLES) {
		errno = EINVAL;
		die("%s", text);
	}
	return n;
}

/* Softirqs must not find another processor to run on. */
static void
pin(void)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET((unsigned)sched_getcpu(), &one);
	sched_setaffinity(0, sizeof(one), &one);
}

int
main(int argc, char **argv)
{
	static struct way ways[MAX_WAYS];
	int n = read_ways(ways), rounds;

	if (argc != 4 || n == 0) {
		errno = EINVAL;
		die("ROUNDS CONNECTIONS BATCHES <WAYS");
	}
	pin();
	for (int i = 0; i < n; i++) {
		ways[i].listener = serve(&ways[i], SOCK_STREAM);
		open_udp(&ways[i]);
	}
	rounds = count_of(argv[1]);
	for (int round = 0; round < rounds; round++)
		for (int i = 0; i < n; i++) {
			int at = round % 2 == 0 ? i : n - 1 - i;

			printf("%d", at);
			round_of(
			    &ways[at], count_of(argv[2]), count_of(argv[3]));
		}
	return 0;
}
