/* What the nodes of the lab serve, and the visits its clients pay. */
#include "config.h"

#include "core/lab/lab_service.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/loop.h"
#include "core/base/util.h"

#define CONNS_MAX 64
#define IDLE_MS 600000
#define STREAM_MS 20 /* one slice of at most STREAM_BYTES each */
#define STREAM_BYTES 65536
#define SAY_MS 250

struct service {
	const char *node;
	int type;
	uint16_t port;
	const char *greeting; /* said unasked; NULL waits for a request */
};

static const struct service services[] = {
	{ "host", SOCK_STREAM, 22, "SSH-2.0-lab " },
	{ "web1", SOCK_STREAM, 80, NULL },
	{ "web1", SOCK_STREAM, 443, NULL },
	{ "dns1", SOCK_DGRAM, 53, NULL },
	{ "git1", SOCK_STREAM, 22, "SSH-2.0-lab " },
	{ "db1", SOCK_STREAM, 5432, NULL },
	{ "client1", SOCK_STREAM, 443, NULL },
	{ "client2", SOCK_DGRAM, 123, NULL },
};

struct visit {
	const char *node;
	const char *address;
	int type;
	uint16_t port;
	unsigned every_ms; /* on average */
	unsigned bytes;	   /* asked for, on average; 0 for a line */
};

/* Some of these find a port only after somebody has forwarded it, and 5432
 * stays closed unless somebody opens it: that is what a host sees. */
static const struct visit visits[] = {
	{ "client1", "2001:db8::10", SOCK_STREAM, 80, 400, 20000 },
	{ "client1", "2001:db8::10", SOCK_STREAM, 443, 900, 150000 },
	{ "client1", "2001:db8::10", SOCK_DGRAM, 53, 200, 0 },
	{ "client1", "2001:db8::10", SOCK_STREAM, 22, 10000, 0 },
	{ "client2", "2001:db8::10", SOCK_STREAM, 80, 1500, 400000 },
	{ "client2", "2001:db8::10", SOCK_DGRAM, 53, 700, 0 },
	{ "client2", "2001:db8::10", SOCK_STREAM, 2222, 3000, 0 },
	{ "client2", "2001:db8::10", SOCK_STREAM, 5432, 9000, 0 },
	{ "web1", "2001:db8:9::7", SOCK_STREAM, 443, 2500, 60000 },
	{ "dns1", "2001:db8:44::2", SOCK_DGRAM, 123, 4000, 0 },
};

struct server {
	struct lab_service *lab;
	const struct service *spec;
	int fd;
};

struct visitor {
	struct lab_service *lab;
	const struct visit *spec;
	int fd; /* -1 between two visits */
};

struct lab_service {
	const char *node;
	struct loop *loop;
	struct server servers[NITEMS(services)];
	size_t nservers;
	struct visitor visitors[NITEMS(visits)];
	size_t nvisitors;
	size_t nconns;
};

struct conn {
	struct server *server;
	int fd;
	struct sockaddr_in6 peer;
	unsigned long left; /* bytes still to be streamed */
};

static void conn_stream(void *arg);

static void
conn_close(void *arg)
{
	struct conn *c = arg;
	struct lab_service *lab = c->server->lab;

	loop_fd_remove(lab->loop, c->fd);
	loop_timer_remove(lab->loop, conn_close, c);
	loop_timer_remove(lab->loop, conn_stream, c);
	close(c->fd);
	free(c);
	lab->nconns--;
}

static void
conn_stream(void *arg)
{
	static const char zeros[STREAM_BYTES];
	struct conn *c = arg;
	struct loop *loop = c->server->lab->loop;
	size_t want = c->left < sizeof(zeros) ? c->left : sizeof(zeros);
	ssize_t n = send(c->fd, zeros, want, MSG_NOSIGNAL);

	if (n > 0) {
		c->left -= (unsigned long)n;
		loop_timer(loop, IDLE_MS, conn_close, c);
	}
	if (c->left == 0 || (n == -1 && errno != EAGAIN))
		conn_close(c);
	else
		loop_timer(loop, STREAM_MS, conn_stream, c);
}

/* "web1 sees 2001:db8:9::7 port 40312" */
static void
add_seen(struct buf *b, const struct server *s, const struct sockaddr_in6 *peer)
{
	char text[INET6_ADDRSTRLEN] = "?";

	inet_ntop(AF_INET6, &peer->sin6_addr, text, sizeof(text));
	buf_printf(b, "%s sees %s port %u\n", s->lab->node, text,
	    ntohs(peer->sin6_port));
}

static void
send_buf(int fd, const struct buf *b)
{
	if (send(fd, buf_text(b), b->len, MSG_NOSIGNAL) == -1)
		return; /* the peer has gone, and its close is read next */
}

static void
conn_bytes(struct conn *c, unsigned long n)
{
	struct buf b = { 0 };

	buf_printf(&b, "HTTP/1.0 200 OK\r\nContent-Length: %lu\r\n\r\n", n);
	send_buf(c->fd, &b);
	buf_free(&b);
	c->left = n;
	conn_stream(c);
}

static void
conn_answer(struct conn *c, bool http)
{
	struct buf b = { 0 }, line = { 0 };

	add_seen(&line, c->server, &c->peer);
	if (http)
		buf_printf(&b,
		    "HTTP/1.0 200 OK\r\nContent-Length: %zu\r\n"
		    "Content-Type: text/plain\r\n\r\n",
		    line.len);
	buf_add(&b, buf_text(&line));
	send_buf(c->fd, &b);
	buf_free(&line);
	buf_free(&b);
	conn_close(c);
}

static void
on_request(void *arg)
{
	struct conn *c = arg;
	char text[1024];
	ssize_t n = recv(c->fd, text, sizeof(text) - 1, 0);

	if (n == -1 && errno == EAGAIN)
		return;
	if (n <= 0) {
		conn_close(c);
		return;
	}
	if (c->left > 0 || c->server->spec->greeting != NULL)
		return;
	text[n] = '\0';
	if (has_prefix(text, "GET /bytes/"))
		conn_bytes(c, strtoul(text + strlen("GET /bytes/"), NULL, 10));
	else
		conn_answer(c, has_prefix(text, "GET "));
}

static void
conn_greet(struct conn *c)
{
	struct buf b = { 0 };

	buf_add(&b, c->server->spec->greeting);
	add_seen(&b, c->server, &c->peer);
	send_buf(c->fd, &b);
	buf_free(&b);
}

static void
on_connection(void *arg)
{
	struct server *s = arg;
	struct sockaddr_in6 peer;
	socklen_t len = sizeof(peer);
	struct conn *c;
	int fd;

	fd = accept4(s->fd, (struct sockaddr *)&peer, &len,
	    SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd == -1)
		return;
	if (s->lab->nconns == CONNS_MAX) {
		close(fd);
		return;
	}
	s->lab->nconns++;
	c = xcalloc(1, sizeof(*c));
	*c = (struct conn){ .server = s, .fd = fd, .peer = peer };
	loop_fd(s->lab->loop, fd, on_request, c);
	loop_timer(s->lab->loop, IDLE_MS, conn_close, c);
	if (s->spec->greeting != NULL)
		conn_greet(c);
}

static void
on_datagram(void *arg)
{
	struct server *s = arg;
	struct sockaddr_in6 peer;
	socklen_t len = sizeof(peer);
	struct buf b = { 0 };
	char byte;

	if (recvfrom(s->fd, &byte, 1, 0, (struct sockaddr *)&peer, &len) == -1)
		return;
	add_seen(&b, s, &peer);
	sendto(s->fd, buf_text(&b), b.len, MSG_NOSIGNAL,
	    (struct sockaddr *)&peer, len);
	buf_free(&b);
}

static int
server_open(struct lab_service *lab, const struct service *spec, struct err *e)
{
	struct server *s = &lab->servers[lab->nservers];
	struct sockaddr_in6 any = { .sin6_family = AF_INET6,
		.sin6_port = htons(spec->port) };
	bool stream = spec->type == SOCK_STREAM;
	int on = 1;

	*s = (struct server){ .lab = lab, .spec = spec };
	s->fd = socket(AF_INET6, spec->type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (s->fd == -1)
		return err_sys(e, ERR_FAIL, "cannot make a socket");
	lab->nservers++;
	setsockopt(s->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(s->fd, (struct sockaddr *)&any, sizeof(any)) == -1 ||
	    (stream && listen(s->fd, 16) == -1))
		return err_sys(e, ERR_FAIL, "cannot open port %u of \"%s\"",
		    spec->port, spec->node);
	loop_fd(lab->loop, s->fd, stream ? on_connection : on_datagram, s);
	return 0;
}

/* Half to one and a half of the average, so that nothing beats in time. */
static unsigned
vary(unsigned average)
{
	return average / 2 + (unsigned)(random() % (average + 1));
}

static void visit_say(void *arg);

static void
visit_end(struct visitor *v)
{
	if (v->fd == -1)
		return;
	loop_timer_remove(v->lab->loop, visit_say, v);
	loop_fd_remove(v->lab->loop, v->fd);
	close(v->fd);
	v->fd = -1;
}

static void
visit_say(void *arg)
{
	struct visitor *v = arg;
	struct buf b = { 0 };
	ssize_t n;

	buf_add(&b, "GET /");
	if (v->spec->bytes > 0)
		buf_printf(&b, "bytes/%u", vary(v->spec->bytes));
	buf_add(&b, " HTTP/1.0\r\n\r\n");
	n = send(v->fd, buf_text(&b), b.len, MSG_NOSIGNAL);
	buf_free(&b);
	if (n == -1 && errno == EAGAIN) /* not connected yet */
		loop_timer(v->lab->loop, SAY_MS, visit_say, v);
	else if (n == -1)
		visit_end(v);
}

static void
on_answer(void *arg)
{
	char waste[16384];
	struct visitor *v = arg;
	ssize_t n = recv(v->fd, waste, sizeof(waste), 0);

	if (n == -1 && errno == EAGAIN)
		return;
	if (n <= 0 || v->spec->bytes == 0)
		visit_end(v);
}

/* A visit that is still waiting when the next is due was lost. */
static void
visit_begin(void *arg)
{
	struct visitor *v = arg;
	struct sockaddr_in6 to = { .sin6_family = AF_INET6,
		.sin6_port = htons(v->spec->port) };

	visit_end(v);
	loop_timer(v->lab->loop, vary(v->spec->every_ms), visit_begin, v);
	v->fd =
	    socket(AF_INET6, v->spec->type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (v->fd == -1)
		return;
	inet_pton(AF_INET6, v->spec->address, &to.sin6_addr);
	loop_fd(v->lab->loop, v->fd, on_answer, v);
	if (connect(v->fd, (struct sockaddr *)&to, sizeof(to)) == -1 &&
	    errno != EINPROGRESS)
		visit_end(v);
	else
		loop_timer(v->lab->loop, 1, visit_say, v);
}

static void
visitor_add(struct lab_service *lab, const struct visit *spec)
{
	struct visitor *v = &lab->visitors[lab->nvisitors++];

	*v = (struct visitor){ .lab = lab, .spec = spec, .fd = -1 };
	loop_timer(lab->loop, vary(spec->every_ms), visit_begin, v);
}

static void
lab_service_free(struct lab_service *lab)
{
	size_t i;

	for (i = 0; i < lab->nservers; i++)
		close(lab->servers[i].fd);
	for (i = 0; i < lab->nvisitors; i++)
		visit_end(&lab->visitors[i]);
	loop_free(lab->loop);
	free(lab);
}

struct lab_service *
lab_service_open(const char *node, bool traffic, struct err *e)
{
	struct lab_service *lab = xcalloc(1, sizeof(*lab));
	size_t i;

	lab->node = node;
	lab->loop = loop_new();
	for (i = 0; i < NITEMS(services); i++) {
		if (strcmp(services[i].node, node) == 0 &&
		    server_open(lab, &services[i], e) == -1) {
			lab_service_free(lab);
			return NULL;
		}
	}
	for (i = 0; traffic && i < NITEMS(visits); i++)
		if (strcmp(visits[i].node, node) == 0)
			visitor_add(lab, &visits[i]);
	return lab;
}

void
lab_service_run(struct lab_service *lab)
{
	loop_run(lab->loop);
}
