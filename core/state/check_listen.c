/* Reasons in a container's listening sockets. */
#include "config.h"

#include "core/state/check_parts.h"

#include <netinet/in.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/base/shell.h"
#include "core/reach/sockets.h"

struct ear {
	const struct listeners *all;
	const struct check_subject *s;
	uint8_t proto;
};

/* One listener in a range is enough: ranges are for ports that come and go. */
static bool
hears(const struct ear *e, const struct range *r)
{
	const struct model_forward *f = e->s->forward;
	const struct listener *l = e->all->v, *end = END_OF(l, e->all->n);
	unsigned lo = check_port_inside(f, r->lo), hi = lo + r->hi - r->lo;

	for (; l < end; l++)
		if (l->proto == e->proto && l->port >= lo && l->port <= hi &&
		    listeners_hear(e->all, e->proto, &f->target, l->port,
			e->s->container->inner))
			return true;
	return false;
}

/* Who listens on that port, though not where the forward leads. */
static void
tell_where(const struct sockets *s, const struct listener *l, uint8_t family,
    struct buf *what)
{
	static const struct {
		const char *known, *unknown;
	} words[] = {
		{ N_(" (%s at another address)"), N_(" (at another address)") },
		{ N_(" (%s over IPv4 alone)"), N_(" (over IPv4 alone)") },
		{ N_(" (%s over IPv6 alone)"), N_(" (over IPv6 alone)") },
	};
	struct listener one = *l;
	struct buf program = { 0 };
	size_t i = 0;

	if (l->addr.family != family)
		i = l->addr.family == AF_INET ? 1 : 2;
	sockets_name(s, &one);
	buf_escape(&program, one.program, strlen(one.program));
	if (program.len > 0)
		buf_printf(what, _(words[i].known), program.s);
	else
		buf_add(what, _(words[i].unknown));
	buf_free(&program);
}

static bool
is_deaf(const struct ear *e, const char *word, struct buf *what)
{
	const struct model_forward *f = e->s->forward;
	const struct ports *p = &f->st->v[FORWARD_PORTS].ports;
	const struct listener *l;
	unsigned port;
	size_t i;

	for (i = 0; i < p->n; i++) {
		if (hears(e, &p->v[i]))
			continue;
		port = check_port_inside(f, p->v[i].lo);
		l = listeners_find(e->all, e->proto, (uint16_t)port);
		buf_printf(what, "%s %u", word, port);
		if (l != NULL)
			tell_where(
			    &e->s->host->sockets, l, f->target.family, what);
		return true;
	}
	return false;
}

static bool
nobody_listens(const struct check_subject *s, struct buf *what)
{
	struct ear e = { .s = s };

	if (!check_is_open(s))
		return false;
	e.all = sockets_of(&s->host->sockets, s->container->inode);
	if (e.all == NULL || e.all->cut)
		return false;
	e.proto = IPPROTO_TCP;
	if (check_has_proto(s->forward, PROTO_TCP) && is_deaf(&e, "tcp", what))
		return true;
	e.proto = IPPROTO_UDP;
	return check_has_proto(s->forward, PROTO_UDP) &&
	       is_deaf(&e, "udp", what);
}

/* The only port of that protocol on which something else takes packets to the
 * target; 0: there is none, or several. One below IPPORT_RESERVED is of a
 * service of its own, as of logins, which nobody is to open in place of one
 * that has stopped; unless it is the public port. */
static unsigned
only_port(const struct check_subject *s, uint8_t proto, unsigned outside)
{
	const struct listeners *all =
	    sockets_of(&s->host->sockets, s->container->inode);
	const struct listener *l;
	unsigned port = 0;

	for (l = all->v; l < END_OF(all->v, all->n); l++) {
		if (l->proto != proto || l->port == port ||
		    (l->port < IPPORT_RESERVED && l->port != outside) ||
		    !listeners_hear(all, proto, &s->forward->target, l->port,
			s->container->inner))
			continue;
		if (port != 0)
			return 0;
		port = l->port;
	}
	return port;
}

/* Where a forward of one port can only have meant another. */
static void
lead_there(const struct check_subject *s, struct buf *b)
{
	const struct value *v = s->forward->st->v;
	const struct ports *p = &v[FORWARD_PORTS].ports;
	bool tcp = v[FORWARD_PROTO].choice == PROTO_TCP;
	struct statement *st;
	struct buf line = { 0 };
	unsigned port;

	if (p->n != 1 || p->v[0].lo != p->v[0].hi ||
	    v[FORWARD_PROTO].choice == PROTO_TCP_UDP || !check_is_named(s))
		return;
	port = only_port(s, tcp ? IPPROTO_TCP : IPPROTO_UDP, p->v[0].lo);
	if (port == 0)
		return;
	st = statement_copy(s->forward->st);
	st->v[FORWARD_TO].target.port = port != p->v[0].lo ? (uint16_t)port : 0;
	statement_print(st, &line);
	if (shell_takes(buf_text(&line)))
		buf_printf(b, "seki set %s", line.s);
	buf_free(&line);
	statement_free(st);
}

static const struct check rows[] = {
	{ "listener", LIGHT_LISTENS, CHECK_DEGRADED, nobody_listens,
	    N_("nothing in its container listens on %s"), false, lead_there,
	    NULL },
};
const struct check_group check_listen = { rows, NITEMS(rows) };
