/* Doors: listening sockets, one for each port of a program. */
#include "config.h"

#include "core/setup/door.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	uint16_t port;
	enum proto proto;
} publics[] = {
	{ 22, PROTO_TCP },
	{ 25, PROTO_TCP },
	{ 53, PROTO_TCP_UDP },
	{ 80, PROTO_TCP },
	{ 143, PROTO_TCP },
	{ 443, PROTO_TCP_UDP },
	{ 465, PROTO_TCP },
	{ 587, PROTO_TCP },
	{ 853, PROTO_TCP },
	{ 993, PROTO_TCP },
	{ 995, PROTO_TCP },
	{ 1194, PROTO_UDP },
	{ 51820, PROTO_UDP },
};

bool
proto_overlaps(enum proto a, enum proto b)
{
	return a == b || a >= PROTO_TCP_UDP || b >= PROTO_TCP_UDP;
}

const char *
proto_word(enum proto p)
{
	return type_proto.choices[p].word;
}

static bool
is_loopback(const struct prefix *p)
{
	static const struct prefix own[] = {
		{ AF_INET, 8, { 127 } },
		{ AF_INET6, 128, { [15] = 1 } },
		{ AF_INET6, 104, { [10] = 0xff, [11] = 0xff, [12] = 127 } },
	};
	size_t i;

	for (i = 0; i < NITEMS(own); i++)
		if (prefix_holds(&own[i], p))
			return true;
	return false;
}

static bool
is_public(uint16_t port, enum proto proto)
{
	size_t i;

	for (i = 0; i < NITEMS(publics); i++)
		if (publics[i].port == port &&
		    proto_overlaps(publics[i].proto, proto))
			return true;
	return false;
}

static struct door
door_of(const struct listener *l)
{
	struct door d = { .proto =
			      l->proto == IPPROTO_TCP ? PROTO_TCP : PROTO_UDP,
		.port = l->port,
		.inside = is_loopback(&l->addr),
		.program = l->program };

	d.hears[addr_family(&l->addr)] = true;
	d.hears[FAMILY_IPV4] |= l->both;
	return d;
}

static bool
is_same_program(const struct door *a, const struct door *b)
{
	return strcmp(a->program, b->program) == 0;
}

/* Into one of the same port; what is heard from elsewhere hides what only the
 * loopback hears. */
static bool
merge(struct door *to, const struct door *d)
{
	if (to->port != d->port || to->proto != d->proto)
		return false;
	if (to->inside && !d->inside)
		*to = *d;
	else if (to->inside == d->inside) {
		to->hears[FAMILY_IPV6] |= d->hears[FAMILY_IPV6];
		to->hears[FAMILY_IPV4] |= d->hears[FAMILY_IPV4];
	}
	return true;
}

static void
add(struct doors *all, const struct door *d)
{
	size_t i = 0;

	while (i < all->n && !merge(&all->v[i], d))
		i++;
	if (i < all->n)
		return;
	all->v = xgrow(all->v, all->n, sizeof(*all->v));
	all->v[all->n++] = *d;
}

static int
compare(const void *a, const void *b)
{
	const struct door *x = a, *y = b;

	return x->port != y->port ? x->port - y->port
				  : (int)x->proto - (int)y->proto;
}

static bool
is_pair(const struct door *a, const struct door *b)
{
	return a->port == b->port && a->inside == b->inside &&
	       memcmp(a->hears, b->hears, sizeof(a->hears)) == 0 &&
	       is_same_program(a, b);
}

/* Makes one of TCP and UDP that belong together. */
static void
pair(struct doors *all)
{
	size_t i, n = 0;

	for (i = 0; i < all->n; i++)
		if (n > 0 && is_pair(&all->v[n - 1], &all->v[i]))
			all->v[n - 1].proto = PROTO_TCP_UDP;
		else
			all->v[n++] = all->v[i];
	all->n = n;
}

void
doors_group(struct doors *all, const struct listeners *from)
{
	struct door d;
	size_t i;

	memset(all, 0, sizeof(*all));
	for (i = 0; i < from->n; i++) {
		if (!listener_serves(&from->v[i]))
			continue;
		d = door_of(&from->v[i]);
		add(all, &d);
	}
	if (all->n > 0)
		qsort(all->v, all->n, sizeof(*all->v), compare);
	pair(all);
}

void
doors_free(struct doors *all)
{
	free(all->v);
	memset(all, 0, sizeof(*all));
}

const struct door *
doors_find(const struct doors *all, enum proto proto, uint16_t port)
{
	const struct door *d;

	for (d = all->v; d < END_OF(all->v, all->n); d++)
		if (d->port == port && !d->inside &&
		    proto_overlaps(d->proto, proto))
			return d;
	return NULL;
}

void
door_print(const struct door *d, struct buf *b)
{
	buf_printf(b, "%s %u", proto_word(d->proto), d->port);
	if (d->program[0] == '\0')
		return;
	buf_add(b, " (");
	buf_escape(b, d->program, strlen(d->program));
	buf_add(b, ")");
}

bool
door_is_public(const struct door *d)
{
	return is_public(d->port, d->proto);
}
