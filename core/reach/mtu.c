/* MTUs between a bridge and what is behind one of its ports
 * (__is_skb_forwardable, net/core/dev.c). */
#include "config.h"

#include "core/reach/mtu.h"

#include <stdio.h>

#include "core/base/shell.h"

unsigned
mtus_fit(const struct mtus *m)
{
	unsigned port = m->port->mtu, inner = m->container->mtu;

	return port < inner ? port : inner;
}

bool
mtus_lose_to(const struct mtus *m)
{
	return m->bridge->mtu > mtus_fit(m);
}

bool
mtus_lose_from(const struct mtus *m)
{
	return m->container->mtu > m->port->mtu;
}

/* The container asks for no more than it takes itself, and what clients ask for
 * is cut down to the bridge's (core/plan/ruleset_fixed.c). */
bool
mtus_lose_segments(const struct mtus *m)
{
	return m->port->mtu < m->container->mtu &&
	       m->port->mtu < m->bridge->mtu;
}

static void
set_mtu(struct buf *b, const char *link, unsigned mtu)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", mtu);
	shell_add(b, "ip link set %s mtu %s", link, text);
}

static const struct link *
any_uplink(const struct snapshot *now)
{
	const struct link *l = snapshot_uplink(now, AF_INET6);

	return l != NULL ? l : snapshot_uplink(now, AF_INET);
}

/* A bridge that lets more through than the uplink gets the smaller MTU, else
 * the container gets the bridge's. */
void
mtus_cure(const struct mtus *m, const struct snapshot *now, struct buf *b)
{
	const struct link *uplink = any_uplink(now);
	const struct container *c = m->container;
	unsigned to = m->bridge->mtu, fits = mtus_fit(m);
	struct buf inside = { 0 };

	if (fits < to && uplink != NULL && uplink->mtu <= fits) {
		set_mtu(b, m->bridge->name, fits);
		return;
	}
	if (m->port->mtu < to)
		set_mtu(b, m->port->name, to);
	if (c->mtu != to)
		set_mtu(&inside, c->inner_name, to);
	container_enter(c, buf_text(&inside), b);
	buf_free(&inside);
}
