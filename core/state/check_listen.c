/* Reasons in a container's listening sockets. */
#include "config.h"

#include "core/state/check_parts.h"

#include <netinet/in.h>

#include "core/base/intl.h"
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
		if (l != NULL && l->addr.family == AF_INET)
			buf_add(what, _(" (over IPv4 alone)"));
		else if (l != NULL)
			buf_add(what, _(" (at another address)"));
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

static const struct check rows[] = {
	{ "listener", LIGHT_LISTENS, CHECK_DEGRADED, nobody_listens,
	    N_("nothing in its container listens on %s"), true, NULL },
};
const struct check_group check_listen = { rows, NITEMS(rows) };
