/* Evidence that the admin can still log in after a commit. */
#include "config.h"

#include "core/commit/proof.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/intl.h"
#include "core/lang/option.h"
#include "core/plan/model.h"
#include "core/reach/hook_tell.h"
#include "core/state/login.h"

#define TRIES_MAX 16 /* targets that are called */

/* A test connection to the target of a new forward. */
struct call {
	char *name; /* of the forward */
	int fd;	    /* -1 once it is known how it went */
	enum evidence_state state;
};

struct proof {
	struct loop *loop;
	struct host *host;
	struct logins *logins;
	struct route route; /* the default route as this began */
	int ping;	    /* to its gateway; -1 when there is none */
	bool pong;
	struct call calls[TRIES_MAX];
	size_t ncalls;
	const struct config *committed;
};

union destination {
	struct sockaddr_in6 in6;
	struct sockaddr_in in;
	struct sockaddr any;
};

/* Where the first port of a forward leads. */
static union destination
destination_of(const struct model_forward *f)
{
	union destination to = { .in6 = { .sin6_family = f->target.family } };
	const struct value *v = f->st->v;
	uint16_t port = v[FORWARD_TO].target.port;

	if (port == 0)
		port = v[FORWARD_PORTS].ports.v[0].lo;
	if (f->family == FAMILY_IPV6) {
		to.in6.sin6_port = htons(port);
		memcpy(&to.in6.sin6_addr, f->target.bytes, 16);
	} else {
		to.in.sin_port = htons(port);
		memcpy(&to.in.sin_addr, f->target.bytes, 4);
	}
	return to;
}

/* Starts a connection to a target, without waiting. */
static void
call(struct proof *p, const struct model_forward *f)
{
	const struct statement *st = f->st;
	struct call *c = &p->calls[p->ncalls];
	struct buf name = { 0 };
	union destination to;

	if (p->ncalls == TRIES_MAX ||
	    st->v[FORWARD_PROTO].choice == PROTO_UDP ||
	    statement_takes_rest(st))
		return;
	c->fd = socket(
	    f->target.family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (c->fd == -1)
		return;
	to = destination_of(f);
	if (connect(c->fd, &to.any, sizeof(to)) == -1 && errno != EINPROGRESS)
		c->state = EVIDENCE_AGAINST;
	statement_key(st, &name);
	c->name = buf_take(&name);
	p->ncalls++;
}

/* For forwards that the saved config lacks, or has otherwise. */
static void
call_new(struct proof *p, const struct config *committed)
{
	const struct statement *old;
	struct model m;
	struct err e;
	size_t i;

	if (model_build(&m, committed, &p->host->snapshot, &e) == 0) {
		for (i = 0; i < m.nforwards; i++) {
			old = config_same(&p->host->saved, m.forwards[i].st);
			if (old == NULL ||
			    !statement_equal(old, m.forwards[i].st))
				call(p, &m.forwards[i]);
		}
	}
	model_free(&m);
}

static void
on_pong(void *arg)
{
	struct proof *p = arg;
	char packet[256];

	p->pong |= recv(p->ping, packet, sizeof(packet), 0) > 0;
	loop_fd_remove(p->loop, p->ping);
}

/* Until it is connected, a raw socket hears whatever comes to this host. */
static void
forget_early(int fd)
{
	char packet[256];

	while (recv(fd, packet, sizeof(packet), 0) != -1)
		continue;
}

/* An echo request to the gateway; the kernel fills in the checksum. */
static void
ping_gateway(struct proof *p)
{
	struct icmp6_hdr echo = { .icmp6_type = ICMP6_ECHO_REQUEST };
	struct sockaddr_in6 to = { .sin6_family = AF_INET6,
		.sin6_scope_id = (uint32_t)p->route.index };
	struct icmp6_filter only;

	p->ping = socket(
	    AF_INET6, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_ICMPV6);
	if (p->ping == -1)
		return;
	ICMP6_FILTER_SETBLOCKALL(&only);
	ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &only);
	setsockopt(p->ping, IPPROTO_ICMPV6, ICMP6_FILTER, &only, sizeof(only));
	memcpy(&to.sin6_addr, p->route.gateway.bytes, sizeof(to.sin6_addr));
	if (connect(p->ping, (struct sockaddr *)&to, sizeof(to)) == -1)
		return;
	forget_early(p->ping);
	if (send(p->ping, &echo, sizeof(echo), 0) == sizeof(echo))
		loop_fd(p->loop, p->ping, on_pong, p);
}

struct proof *
proof_new(struct loop *loop, struct host *host, const struct config *committed,
    uint64_t since, const struct prefix *client)
{
	struct proof *p = xcalloc(1, sizeof(*p));

	p->loop = loop;
	p->host = host;
	p->logins = logins_new(loop, host, since, client);
	p->ping = -1;
	if (host->snapshot.nroutes > 0)
		p->route = host->snapshot.routes[0];
	if (p->route.gateway.family == AF_INET6)
		ping_gateway(p);
	call_new(p, committed);
	p->committed = committed;
	return p;
}

void
proof_free(struct proof *p)
{
	size_t i;

	if (p == NULL)
		return;
	logins_free(p->logins);
	if (p->ping != -1) {
		loop_fd_remove(p->loop, p->ping);
		close(p->ping);
	}
	for (i = 0; i < p->ncalls; i++) {
		if (p->calls[i].fd != -1)
			close(p->calls[i].fd);
		free(p->calls[i].name);
	}
	free(p);
}

bool
proof_login(struct proof *p)
{
	return logins_proven(p->logins);
}

/* A reset is no success: the target is there, but nothing listens. */
static void
look_at_call(struct call *c)
{
	struct pollfd fd = { .fd = c->fd, .events = POLLOUT };
	int error = 0;
	socklen_t len = sizeof(error);

	if (c->fd == -1 || c->state != EVIDENCE_WAITING || poll(&fd, 1, 0) != 1)
		return;
	getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &len);
	c->state = error == 0 ? EVIDENCE_SEEN : EVIDENCE_AGAINST;
	close(c->fd);
	c->fd = -1;
}

static struct evidence *
add(struct evidence **v, size_t *n, enum evidence_state state)
{
	struct evidence *e;

	*v = xgrow(*v, *n, sizeof(**v));
	e = &(*v)[(*n)++];
	memset(e, 0, sizeof(*e));
	e->state = state;
	return e;
}

static void
tell_route(const struct proof *p, struct evidence **v, size_t *n)
{
	const struct snapshot *s = &p->host->snapshot;
	const struct prefix *gateway = &p->route.gateway;
	char text[ADDR_TEXT_MAX];
	struct evidence *e;
	bool same;

	if (gateway->family == AF_UNSPEC)
		return;
	same = s->nroutes > 0 && addr_equal(&s->routes[0].gateway, gateway);
	e = add(v, n, same ? EVIDENCE_SEEN : EVIDENCE_AGAINST);
	snprintf(e->text, sizeof(e->text),
	    same ? _("the default route via %s is there")
		 : _("the default route via %s is gone"),
	    addr_text(gateway, text));
	e = add(v, n, p->pong ? EVIDENCE_SEEN : EVIDENCE_WAITING);
	snprintf(e->text, sizeof(e->text), "%s",
	    p->pong ? _("the gateway answers")
		    : _("the gateway was pinged, no answer yet"));
}

static bool
drops_some(const struct hook *h)
{
	return h->drops[FAMILY_IPV6] || h->drops[FAMILY_IPV4];
}

static bool
drops_all(const struct proof *p, const struct hook *h)
{
	return h->all[FAMILY_IPV6] ||
	       (h->all[FAMILY_IPV4] &&
		   config_option(p->committed, OPTION_IPV4) == OPTION_ON);
}

/* Test connections from this host bypass the forward hooks of others. Whether
 * one of their rules accepts is not known. */
static void
tell_hooks(const struct proof *p, struct evidence **v, size_t *n)
{
	const struct hooks *hooks = &p->host->hooks;
	const struct hook *h;
	struct buf b = { 0 };
	struct evidence *e;

	for (h = hooks->v; h < END_OF(hooks->v, hooks->n); h++) {
		buf_reset(&b);
		if (!drops_some(h) || !hook_tell(hooks, h, p->committed, &b))
			continue;
		e = add(v, n,
		    drops_all(p, h) ? EVIDENCE_AGAINST : EVIDENCE_WAITING);
		snprintf(e->text, sizeof(e->text), "%s", b.s);
	}
	buf_free(&b);
}

struct evidence *
proof_read(struct proof *p, size_t *n)
{
	static const char *const went[] = {
		[EVIDENCE_WAITING] =
		    N_("the target of %s was called, no answer yet"),
		[EVIDENCE_SEEN] = N_("the target of %s answers"),
		[EVIDENCE_AGAINST] = N_("the target of %s does not answer"),
	};
	struct evidence *v = NULL, *e;
	size_t i;

	*n = 0;
	e = add(&v, n, proof_login(p) ? EVIDENCE_SEEN : EVIDENCE_WAITING);
	logins_tell(p->logins, e->text, sizeof(e->text));
	tell_route(p, &v, n);
	for (i = 0; i < p->ncalls; i++) {
		look_at_call(&p->calls[i]);
		e = add(&v, n, p->calls[i].state);
		snprintf(e->text, sizeof(e->text), _(went[p->calls[i].state]),
		    p->calls[i].name);
	}
	tell_hooks(p, &v, n);
	for (i = 0; i < *n; i++)
		utf8_trim(v[i].text);
	return v;
}
