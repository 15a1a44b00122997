/* The traffic tool of the tests: serves, asks, pings, holds a download; and a
 * client of local sockets without manners.
 *
 *   peer serve tcp|udp PORT NAME          "ready", then answers for ever:
 *                                         "NAME SRCADDR SRCPORT"
 *   peer get ADDR PORT [BYTES]            tcp: the answer, or a byte count
 *   peer ask ADDR PORT                    udp: the answer
 *   peer trade ADDR PORT UP DOWN [COUNT]  udp: so many bytes there and back, so
 *                                         often; without COUNT "ready", and
 *                                         then every 20 ms
 *   peer ping ADDR [SIZE]                 one ICMPv6 echo, never fragmented
 *   peer hold ADDR PORT                   a slow download until TERM, then
 *                                         "BYTES open|closed|reset"
 *   peer crowd PATH COUNT                 so many connections to a socket,
 *                                         which say nothing
 *   peer pester PATH FIRST LINE           says the first and then the other
 *                                         for ever, and reads no answer
 *
 * Those to an ADDR and serve know --bind ADDR, those to an ADDR --timeout MS
 * (2000), and all of them but ping --from PORT, their own. The exit status says
 * what came of it: see enum outcome. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define LIFE_S 600 /* of a server that somebody forgot */
#define SLICE 4096 /* of a held download, every SLICE_MS */
#define SLICE_MS 20
#define DATAGRAM 1452 /* that no path cuts */

enum outcome {
	ANSWERED = 0,
	REFUSED = 1, /* a reset or an unreachable port, or prohibited */
	LOST = 2,    /* nothing came in time */
	RESET = 3,   /* it had been answered, or connected */
	TOO_BIG = 4, /* a ping of more than the path lets through */
	BROKEN = 5,  /* cut short, no route, or wrong use */
};

struct args {
	const char *words[5];
	int nwords;
	const char *bind, *from;
	int timeout_ms;
};

static uint64_t
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

static int
outcome_of(int error)
{
	static const struct {
		int error;
		enum outcome outcome;
	} rows[] = {
		{ ECONNREFUSED, REFUSED },
		{ EACCES, REFUSED }, /* ICMPv6 administratively prohibited */
		{ ETIMEDOUT, LOST },
		{ EAGAIN, LOST },
		{ EHOSTUNREACH,
		    LOST }, /* nobody answers the neighbour search */
		{ ECONNRESET, RESET },
		{ EPIPE, RESET },
		{ EMSGSIZE, TOO_BIG },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].error == error)
			return rows[i].outcome;
	return BROKEN;
}

static int
fail(const char *what)
{
	int error = errno;

	fprintf(stderr, "peer: %s: %s\n", what, strerror(error));
	return outcome_of(error);
}

/* Numbers only, so that nothing here ever waits for a name server. */
static bool
lookup(const char *addr, const char *port, int type,
    struct sockaddr_storage *to, socklen_t *len)
{
	struct addrinfo hints = { .ai_socktype = type,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV };
	struct addrinfo *found;
	int status = getaddrinfo(addr, port, &hints, &found);

	if (status != 0) {
		fprintf(stderr, "peer: %s: %s\n", addr, gai_strerror(status));
		return false;
	}
	memcpy(to, found->ai_addr, found->ai_addrlen);
	*len = found->ai_addrlen;
	freeaddrinfo(found);
	return true;
}

/* Whether the descriptor is ready before the time is up. */
static bool
ready(int fd, short events, uint64_t until)
{
	struct pollfd pfd = { .fd = fd, .events = events };
	uint64_t now = now_ms();

	if (poll(&pfd, 1, now < until ? (int)(until - now) : 0) == 1)
		return true;
	errno = ETIMEDOUT;
	return false;
}

/* A non-blocking socket connected to ADDR PORT; -1 with errno. */
static int
dial(const struct args *a, int type, uint64_t until)
{
	struct sockaddr_storage to, from;
	socklen_t len, from_len, error_len = sizeof(int);
	bool binds = a->bind != NULL || a->from != NULL;
	const char *own = a->bind;
	int fd, error = 0;

	if (!lookup(a->words[0], a->words[1], type, &to, &len))
		exit(BROKEN);
	if (own == NULL)
		own = to.ss_family == AF_INET ? "0.0.0.0" : "::";
	if (binds && !lookup(own, a->from != NULL ? a->from : "0", type, &from,
			 &from_len))
		exit(BROKEN);
	fd = socket(to.ss_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return -1;
	if (binds && bind(fd, (struct sockaddr *)&from, from_len) == -1)
		goto out;
	if (connect(fd, (struct sockaddr *)&to, len) == 0)
		return fd;
	if (errno != EINPROGRESS || !ready(fd, POLLOUT, until))
		goto out;
	getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &error_len);
	if (error == 0)
		return fd;
	errno = error;
out:
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

/* Until the end of the stream: what came, printed or only counted. */
static int
receive(int fd, bool print, uint64_t until, uint64_t *count)
{
	char chunk[65536];
	ssize_t n;

	for (*count = 0;; *count += (uint64_t)n) {
		if (!ready(fd, POLLIN, until))
			return -1;
		n = recv(fd, chunk, sizeof(chunk), 0);
		if (n <= 0)
			return (int)n;
		if (print)
			fwrite(chunk, 1, (size_t)n, stdout);
	}
}

static int
do_get(const struct args *a)
{
	uint64_t until = now_ms() + (uint64_t)a->timeout_ms, count;
	bool bytes = a->nwords > 2;
	char request[64] = "who\n";
	int fd = dial(a, SOCK_STREAM, until);

	if (fd == -1)
		return fail(a->words[0]);
	if (bytes)
		snprintf(request, sizeof(request), "get %s\n", a->words[2]);
	if (send(fd, request, strlen(request), MSG_NOSIGNAL) == -1 ||
	    receive(fd, !bytes, until, &count) == -1)
		return fail(a->words[0]);
	if (bytes)
		printf("%llu\n", (unsigned long long)count);
	close(fd);
	if (bytes)
		return count == strtoull(a->words[2], NULL, 10) ? ANSWERED
								: BROKEN;
	return count > 0 ? ANSWERED : BROKEN;
}

static int
do_ask(const struct args *a)
{
	uint64_t until = now_ms() + (uint64_t)a->timeout_ms;
	int fd = dial(a, SOCK_DGRAM, until);
	char answer[512];
	ssize_t n = -1;

	if (fd == -1)
		return fail(a->words[0]);
	if (send(fd, "who\n", 4, 0) == 4 && ready(fd, POLLIN, until))
		n = recv(fd, answer, sizeof(answer), 0);
	if (n == -1)
		return fail(a->words[0]);
	fwrite(answer, 1, (size_t)n, stdout);
	close(fd);
	return ANSWERED;
}

static bool
trade_once(int fd, size_t up, size_t down, int timeout_ms)
{
	uint64_t until = now_ms() + (uint64_t)timeout_ms;
	char datagram[DATAGRAM] = "";

	snprintf(datagram, sizeof(datagram), "give %zu\n", down);
	errno = EMSGSIZE;
	return up <= sizeof(datagram) &&
	       send(fd, datagram, up, 0) == (ssize_t)up &&
	       ready(fd, POLLIN, until) &&
	       recv(fd, datagram, sizeof(datagram), 0) == (ssize_t)down;
}

static int
do_trade(const struct args *a)
{
	struct timespec pause = { .tv_nsec = SLICE_MS * 1000000L };
	size_t up = strtoul(a->words[2], NULL, 10);
	size_t down = strtoul(a->words[3], NULL, 10);
	unsigned long left = a->nwords > 4 ? strtoul(a->words[4], NULL, 10) : 0;
	int fd = dial(a, SOCK_DGRAM, now_ms() + (uint64_t)a->timeout_ms);

	if (fd == -1)
		return fail(a->words[0]);
	if (a->nwords > 4) {
		for (; left > 0; left--)
			if (!trade_once(fd, up, down, a->timeout_ms))
				return fail(a->words[0]);
		return ANSWERED;
	}
	alarm(LIFE_S);
	puts("ready");
	fflush(stdout);
	for (;; nanosleep(&pause, NULL))
		if (!trade_once(fd, up, down, a->timeout_ms))
			return fail(a->words[0]);
}

static int
ping_socket(const struct args *a)
{
	int discover = IPV6_PMTUDISC_DO, on = 1, fd;
	struct icmp6_filter filter;
	struct sockaddr_storage to, from;
	socklen_t len, from_len;

	if (!lookup(a->words[0], NULL, SOCK_DGRAM, &to, &len) ||
	    (a->bind != NULL &&
		!lookup(a->bind, NULL, SOCK_DGRAM, &from, &from_len)))
		exit(BROKEN);
	fd = socket(
	    AF_INET6, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_ICMPV6);
	if (fd == -1)
		return -1;
	ICMP6_FILTER_SETBLOCKALL(&filter);
	ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &filter);
	setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof(filter));
	setsockopt(
	    fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, &discover, sizeof(discover));
	setsockopt(fd, IPPROTO_IPV6, IPV6_DONTFRAG, &on, sizeof(on));
	setsockopt(fd, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof(on));
	if ((a->bind != NULL &&
		bind(fd, (struct sockaddr *)&from, from_len) == -1) ||
	    connect(fd, (struct sockaddr *)&to, len) == -1)
		return -1;
	return fd;
}

/* With IPV6_RECVERR a Packet Too Big of the path is an error of the socket. */
static int
ping_once(int fd, size_t size, uint64_t until)
{
	unsigned char packet[sizeof(struct icmp6_hdr) + 65000] = { 0 };
	struct icmp6_hdr echo = { .icmp6_type = ICMP6_ECHO_REQUEST };
	struct icmp6_hdr reply;
	ssize_t n;

	echo.icmp6_id = htons((uint16_t)getpid());
	memcpy(packet, &echo, sizeof(echo));
	if (send(fd, packet, sizeof(echo) + size, 0) == -1)
		return -1;
	while (ready(fd, POLLIN, until)) {
		n = recv(fd, packet, sizeof(packet), 0);
		if (n == -1)
			return -1;
		memcpy(&reply, packet, sizeof(reply));
		if (reply.icmp6_id == echo.icmp6_id)
			return 0;
	}
	return -1;
}

static int
do_ping(const struct args *a)
{
	uint64_t until = now_ms() + (uint64_t)a->timeout_ms;
	size_t size = a->nwords > 1 ? strtoul(a->words[1], NULL, 10) : 56;
	socklen_t len = sizeof(int);
	int fd = ping_socket(a), mtu = 0, status;

	if (fd == -1)
		return fail("ping");
	if (size > 65000) {
		errno = EINVAL;
		return fail("ping");
	}
	if (ping_once(fd, size, until) == 0) {
		printf("answered\n");
		return ANSWERED;
	}
	status = fail(a->words[0]);
	if (status == TOO_BIG &&
	    getsockopt(fd, IPPROTO_IPV6, IPV6_MTU, &mtu, &len) == 0)
		printf("mtu %d\n", mtu);
	return status;
}

/* TERM is let in only while ppoll waits, which it ends. */
static void
on_term(int signo)
{
	(void)signo;
}

static int
do_hold(const struct args *a)
{
	struct sigaction action = { .sa_handler = on_term };
	uint64_t count = 0;
	const char *state = "open";
	char chunk[SLICE];
	sigset_t term, before;
	struct pollfd pfd = { .events = POLLIN };
	ssize_t n;

	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, &before);
	sigaction(SIGTERM, &action, NULL);
	pfd.fd = dial(a, SOCK_STREAM, now_ms() + (uint64_t)a->timeout_ms);
	if (pfd.fd == -1 || send(pfd.fd, "hold\n", 5, MSG_NOSIGNAL) == -1)
		return fail(a->words[0]);
	puts("ready");
	fflush(stdout);
	alarm(LIFE_S);
	while (ppoll(&pfd, 1, NULL, &before) != -1) {
		n = recv(pfd.fd, chunk, sizeof(chunk), 0);
		if (n > 0) {
			count += (uint64_t)n;
			continue;
		}
		state = n == 0 ? "closed" : "reset";
		pfd.fd = -1; /* and still wait for TERM, to tell */
	}
	printf("%llu %s\n", (unsigned long long)count, state);
	return pfd.fd != -1 ? ANSWERED : RESET;
}

static int
dial_path(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
	if (fd == -1 || connect(fd, (struct sockaddr *)&a, sizeof(a)) == -1)
		exit(fail(path));
	return fd;
}

static int
do_crowd(const struct args *a)
{
	int i;

	for (i = 0; i < atoi(a->words[1]); i++)
		dial_path(a->words[0]);
	puts("ready");
	fflush(stdout);
	alarm(LIFE_S);
	pause();
	return ANSWERED;
}

static int
do_pester(const struct args *a)
{
	char line[128];
	int fd = dial_path(a->words[0]);

	alarm(LIFE_S);
	snprintf(line, sizeof(line), "%s\n", a->words[1]);
	while (send(fd, line, strlen(line), MSG_NOSIGNAL) != -1)
		snprintf(line, sizeof(line), "%s\n", a->words[2]);
	return RESET;
}

static void
tell(int fd, const char *name, const struct sockaddr_storage *peer,
    socklen_t len)
{
	char addr[INET6_ADDRSTRLEN] = "?", port[8] = "?", line[512];
	int n;

	getnameinfo((const struct sockaddr *)peer, sizeof(*peer), addr,
	    sizeof(addr), port, sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV);
	n = snprintf(line, sizeof(line), "%s %s %s\n", name, addr, port);
	if (sendto(fd, line, (size_t)n, MSG_NOSIGNAL,
		len > 0 ? (const struct sockaddr *)peer : NULL, len) == -1)
		return; /* whoever asked has gone */
}

static void
serve_bytes(int fd, unsigned long long left)
{
	static const char zeros[65536];
	ssize_t n;

	for (; left > 0; left -= (unsigned long long)n) {
		n = send(fd, zeros, left < sizeof(zeros) ? left : sizeof(zeros),
		    MSG_NOSIGNAL);
		if (n == -1)
			return;
	}
}

static void
serve_hold(int fd)
{
	static const char zeros[SLICE];
	struct timespec pause = { .tv_nsec = SLICE_MS * 1000000L };

	while (send(fd, zeros, sizeof(zeros), MSG_NOSIGNAL) != -1)
		nanosleep(&pause, NULL);
}

/* One process for each connection, gone with it or with the server. */
static void
serve_stream(int fd, const char *name, const struct sockaddr_storage *peer)
{
	struct timeval timeout = { .tv_sec = 5 };
	char request[64] = "";

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	alarm(LIFE_S);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	if (recv(fd, request, sizeof(request) - 1, 0) <= 0)
		_exit(0);
	if (strncmp(request, "get ", 4) == 0)
		serve_bytes(fd, strtoull(request + 4, NULL, 10));
	else if (strncmp(request, "hold", 4) == 0)
		serve_hold(fd);
	else
		tell(fd, name, peer, 0);
	_exit(0);
}

static void
accept_one(int server, const char *name)
{
	struct sockaddr_storage peer;
	socklen_t len = sizeof(peer);
	int fd = accept4(server, (struct sockaddr *)&peer, &len, SOCK_CLOEXEC);

	if (fd == -1)
		return;
	if (fork() == 0)
		serve_stream(fd, name, &peer);
	close(fd);
}

static void
answer_one(int server, const char *name)
{
	struct sockaddr_storage peer;
	socklen_t len = sizeof(peer);
	char request[64] = "";
	static const char zeros[DATAGRAM];
	size_t down;

	if (recvfrom(server, request, sizeof(request) - 1, 0,
		(struct sockaddr *)&peer, &len) == -1)
		return;
	if (sscanf(request, "give %zu", &down) == 1 && down <= sizeof(zeros))
		(void)!sendto(server, zeros, down, 0,
		    (const struct sockaddr *)&peer, len);
	else
		tell(server, name, &peer, len);
}

static int
do_serve(const struct args *a)
{
	bool stream = strcmp(a->words[0], "tcp") == 0;
	int on = 1, fd, type = stream ? SOCK_STREAM : SOCK_DGRAM;
	struct sockaddr_storage at;
	socklen_t len;

	if (!lookup(
		a->bind != NULL ? a->bind : "::", a->words[1], type, &at, &len))
		return BROKEN;
	fd = socket(at.ss_family, type, 0);
	if (fd == -1)
		return fail("socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&at, len) == -1 ||
	    (stream && listen(fd, 128) == -1))
		return fail(a->words[1]);
	signal(SIGCHLD, SIG_IGN);
	alarm(LIFE_S);
	puts("ready");
	fflush(stdout);
	for (;;) {
		if (stream)
			accept_one(fd, a->words[2]);
		else
			answer_one(fd, a->words[2]);
	}
}

static const struct {
	const char *name;
	int least;
	int (*run)(const struct args *);
} commands[] = {
	{ "serve", 3, do_serve },
	{ "get", 2, do_get },
	{ "ask", 2, do_ask },
	{ "trade", 4, do_trade },
	{ "ping", 1, do_ping },
	{ "hold", 2, do_hold },
	{ "crowd", 2, do_crowd },
	{ "pester", 3, do_pester },
};

static bool
parse_args(struct args *a, char *argv[])
{
	for (; *argv != NULL; argv++) {
		if (strcmp(*argv, "--bind") == 0 && argv[1] != NULL)
			a->bind = *++argv;
		else if (strcmp(*argv, "--from") == 0 && argv[1] != NULL)
			a->from = *++argv;
		else if (strcmp(*argv, "--timeout") == 0 && argv[1] != NULL)
			a->timeout_ms = atoi(*++argv);
		else if (a->nwords < 5)
			a->words[a->nwords++] = *argv;
		else
			return false;
	}
	return true;
}

int
main(int argc, char *argv[])
{
	struct args a = { .timeout_ms = 2000 };
	size_t i;

	for (i = 0; argc > 1 && i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcmp(argv[1], commands[i].name) == 0 &&
		    parse_args(&a, argv + 2) && a.nwords >= commands[i].least)
			return commands[i].run(&a);
	fputs("usage: peer serve tcp|udp PORT NAME | get ADDR PORT [BYTES] |\n"
	      "       ask ADDR PORT | ping ADDR [SIZE] | hold ADDR PORT |\n"
	      "       trade ADDR PORT UP DOWN [COUNT] |\n"
	      "       crowd PATH COUNT | pester PATH FIRST LINE\n"
	      "       [--bind ADDR] [--from PORT] [--timeout MS]\n",
	    stderr);
	return BROKEN;
}
