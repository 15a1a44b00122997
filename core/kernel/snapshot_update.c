/* A snapshot brought up to date by a later one of the same objects.
 *
 * Each pair of objects is compared as a whole, after what may differ was taken
 * over from the later one: a member that is added to a struct counts unless it
 * is named here. */
#include "config.h"

#include "core/kernel/snapshot_update.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/util.h"

static void
take_link(struct link *l, const struct link *now)
{
	l->up = now->up;
	l->running = now->running;
	l->mtu = now->mtu;
	l->has_conf = now->has_conf;
	memcpy(l->conf, now->conf, sizeof(l->conf));
	l->rx_bytes = now->rx_bytes;
	l->tx_bytes = now->tx_bytes;
	l->rx_packets = now->rx_packets;
	l->tx_packets = now->tx_packets;
	l->port_state = now->port_state;
	l->locked = now->locked;
}

/* Seconds left: how many does not matter, but whether it is for ever (end), or
 * over. */
static void
take_seconds(uint32_t *left, uint32_t now, uint32_t end)
{
	if ((*left == end) == (now == end) && (*left == 0) == (now == 0))
		*left = now;
}

static void
take_address(struct address *a, const struct address *now)
{
	take_seconds(&a->valid, now->valid, UINT32_MAX);
	take_seconds(&a->preferred, now->preferred, UINT32_MAX);
}

static void
take_route(struct route *r, const struct route *now)
{
	take_seconds(&r->expires, now->expires, 0);
}

static void
take_container(struct container *c, const struct container *now)
{
	take_route(&c->route, &now->route);
	take_route(&c->other, &now->other);
}

static bool
is_same_link(const struct link *a, const struct link *b)
{
	struct link x;

	memcpy(&x, a, sizeof(x));
	take_link(&x, b);
	return memcmp(&x, b, sizeof(x)) == 0;
}

static bool
is_same_address(const struct address *a, const struct address *b)
{
	struct address x;

	memcpy(&x, a, sizeof(x));
	take_address(&x, b);
	return memcmp(&x, b, sizeof(x)) == 0;
}

static bool
is_same_route(const struct route *a, const struct route *b)
{
	struct route x;

	memcpy(&x, a, sizeof(x));
	take_route(&x, b);
	return memcmp(&x, b, sizeof(x)) == 0;
}

static bool
is_same_text(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool
has_same_names(const struct container *a, const struct container *b)
{
	size_t i;

	if (a->nnames != b->nnames || !is_same_text(a->name, b->name) ||
	    !is_same_text(a->runtime, b->runtime) ||
	    !is_same_text(a->netns, b->netns))
		return false;
	for (i = 0; i < a->nnames; i++)
		if (!is_same_text(a->names[i].name, b->names[i].name) ||
		    !is_same_text(a->names[i].runtime, b->names[i].runtime))
			return false;
	return true;
}

static bool
is_same_container(const struct container *a, const struct container *b)
{
	struct container x;

	if (!has_same_names(a, b))
		return false;
	memcpy(&x, a, sizeof(x));
	take_container(&x, b);
	x.name = b->name;
	x.runtime = b->runtime;
	x.names = b->names;
	x.netns = b->netns;
	return memcmp(&x, b, sizeof(x)) == 0;
}

static bool
has_same_routes(const struct route *a, const struct route *b, size_t n)
{
	size_t i = 0;

	while (i < n && is_same_route(&a[i], &b[i]))
		i++;
	return i == n;
}

static void
take_routes(struct route *r, const struct route *now, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		take_route(&r[i], &now[i]);
}

static size_t
all_routes(const struct snapshot *s)
{
	return s->nroutes + s->ninward + s->nunreachable;
}

static bool
is_same(const struct snapshot *a, const struct snapshot *b)
{
	size_t i;

	if (a->nlinks != b->nlinks || a->naddresses != b->naddresses ||
	    a->nroutes != b->nroutes || a->ninward != b->ninward ||
	    a->nunreachable != b->nunreachable || a->nroutes4 != b->nroutes4 ||
	    a->ninward4 != b->ninward4 || a->ncontainers != b->ncontainers ||
	    a->nproxies != b->nproxies || a->has_ipv6 != b->has_ipv6 ||
	    a->has_fib != b->has_fib ||
	    memcmp(&a->ssh, &b->ssh, sizeof(a->ssh)) != 0)
		return false;
	for (i = 0; i < a->nlinks; i++)
		if (!is_same_link(&a->links[i], &b->links[i]))
			return false;
	for (i = 0; i < a->naddresses; i++)
		if (!is_same_address(&a->addresses[i], &b->addresses[i]))
			return false;
	if (a->nproxies > 0 && memcmp(a->proxies, b->proxies,
				   a->nproxies * sizeof(*a->proxies)) != 0)
		return false;
	if (!has_same_routes(a->routes, b->routes, all_routes(a)) ||
	    !has_same_routes(a->routes4, b->routes4, a->nroutes4 + a->ninward4))
		return false;
	for (i = 0; i < a->ncontainers; i++)
		if (!is_same_container(&a->containers[i], &b->containers[i]))
			return false;
	return true;
}

bool
snapshot_update(struct snapshot *s, struct snapshot *now)
{
	size_t i;

	if (!is_same(s, now))
		return false;
	for (i = 0; i < s->nlinks; i++)
		take_link(&s->links[i], &now->links[i]);
	for (i = 0; i < s->naddresses; i++)
		take_address(&s->addresses[i], &now->addresses[i]);
	take_routes(s->routes, now->routes, all_routes(s));
	take_routes(s->routes4, now->routes4, s->nroutes4 + s->ninward4);
	for (i = 0; i < s->ncontainers; i++)
		take_container(&s->containers[i], &now->containers[i]);
	s->forwarding = now->forwarding;
	s->forwarding_next = now->forwarding_next;
	s->forwarding4 = now->forwarding4;
	s->proxy = now->proxy;
	s->redirects4 = now->redirects4;
	s->time = now->time;
	snapshot_free(now);
	return true;
}
