/* Looking up listening sockets. */
#include "config.h"

#include "core/kernel/listener.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/util.h"

/* What asks for leases listens, but serves nobody (RFC 2131, 8415). */
#define DHCP_CLIENT 68
#define DHCPV6_CLIENT 546
#define MULTICAST_DNS 5353
/* From here on the kernel chooses (net.ipv4.ip_local_port_range). */
#define EPHEMERAL 32768
#define WIREGUARD 51820

/* The kernel's own sockets, as of WireGuard, belong to no program. */
bool
listener_serves(const struct listener *l)
{
	if (l->proto == IPPROTO_TCP)
		return true;
	if (l->port >= EPHEMERAL)
		return l->program[0] == '\0' || l->port == WIREGUARD;
	return l->port != DHCP_CLIENT && l->port != DHCPV6_CLIENT &&
	       l->port != MULTICAST_DNS;
}

static bool
is_wildcard(const struct prefix *p)
{
	static const uint8_t zero[sizeof(p->bytes)];

	return memcmp(p->bytes, zero, sizeof(zero)) == 0;
}

static bool
hears(const struct listener *l, const struct prefix *addr, int index)
{
	if (l->index != 0 && l->index != index)
		return false;
	if (l->addr.family != addr->family)
		return l->both && addr->family == AF_INET;
	return is_wildcard(&l->addr) || addr_equal(&l->addr, addr);
}

bool
listeners_hear(const struct listeners *all, uint8_t proto,
    const struct prefix *addr, uint16_t port, int index)
{
	const struct listener *l;

	for (l = all->v; l < END_OF(all->v, all->n); l++)
		if (l->proto == proto && l->port == port &&
		    hears(l, addr, index))
			return true;
	return false;
}

const struct listener *
listeners_find(const struct listeners *all, uint8_t proto, uint16_t port)
{
	size_t i;

	for (i = 0; i < all->n; i++)
		if (all->v[i].proto == proto && all->v[i].port == port)
			return &all->v[i];
	return NULL;
}

static bool
same(const struct listener *a, const struct listener *b)
{
	return a->proto == b->proto && a->port == b->port &&
	       a->index == b->index && a->both == b->both &&
	       addr_equal(&a->addr, &b->addr) &&
	       strcmp(a->program, b->program) == 0;
}

bool
listeners_equal(const struct listeners *a, const struct listeners *b)
{
	size_t i;

	if (a->n != b->n || a->cut != b->cut)
		return false;
	for (i = 0; i < a->n; i++)
		if (!same(&a->v[i], &b->v[i]))
			return false;
	return true;
}

void
listeners_free(struct listeners *all)
{
	free(all->v);
	memset(all, 0, sizeof(*all));
}
