/* The source address of masqueraded connections. With several on the uplink the
 * kernel would choose one for each destination (RFC 6724), perhaps one that
 * privacy extensions drop tomorrow; the Internet should see the stated one, or
 * the one that lasts. */
#include "config.h"

#include "core/plan/model_parts.h"

#include <string.h>

static bool
is_on(const struct address *a, const struct link *l, enum family family)
{
	return address_is_on(a, l, family_numbers[family]) &&
	       address_state(a) != ADDRESS_DUPLICATE;
}

static bool
can_be_source(const struct address *a)
{
	return address_state(a) == ADDRESS_STABLE && addr_is_global(&a->prefix);
}

static bool
is_stated(const struct address *a, const struct model_uplink *u)
{
	enum family family = addr_family(&a->prefix);
	const struct prefix *stated =
	    u->st != NULL ? statement_stated(u->st, UPLINK_ADDRESS, family)
			  : NULL;

	return stated != NULL && addr_equal(&a->prefix, stated);
}

/* Stated before others, permanent before temporary, then numeric order, which
 * does not change when another one comes. */
static bool
is_better(const struct address *a, const struct address *than,
    const struct model_uplink *u)
{
	bool forever = address_is_static(a);

	if (than == NULL || is_stated(a, u) != is_stated(than, u))
		return than == NULL || is_stated(a, u);
	if (forever != address_is_static(than))
		return forever;
	return memcmp(a->prefix.bytes, than->prefix.bytes,
		   sizeof(a->prefix.bytes)) < 0;
}

static void
find_source(struct model_build *b, struct model_uplink *u)
{
	const struct address *a, *best = NULL;
	size_t i, n = 0;

	for (i = 0; i < b->snapshot->naddresses; i++) {
		a = &b->snapshot->addresses[i];
		if (!is_on(a, u->link, FAMILY_IPV6))
			continue;
		n++;
		if ((is_stated(a, u) || can_be_source(a)) &&
		    is_better(a, best, u))
			best = a;
	}
	if (u->gives[FAMILY_IPV6].family != AF_UNSPEC)
		u->source = prefix_addr(&u->gives[FAMILY_IPV6]);
	else if (best != NULL && (n > 1 || is_stated(best, u)))
		u->source = prefix_addr(&best->prefix);
}

/* In IPv4 the kernel takes the one that the route prefers, for good. */
static void
find_source4(struct model_build *b, struct model_uplink *u)
{
	const struct address *a = b->snapshot->addresses;
	const struct address *end = END_OF(a, b->snapshot->naddresses);

	for (; b->m->ipv4 && a < end; a++)
		if (is_on(a, u->link, FAMILY_IPV4) && is_stated(a, u))
			u->source4 = prefix_addr(&a->prefix);
	if (u->gives[FAMILY_IPV4].family != AF_UNSPEC)
		u->source4 = prefix_addr(&u->gives[FAMILY_IPV4]);
}

void
model_find_sources(struct model_build *b)
{
	size_t i;

	for (i = 0; i < b->m->nuplinks; i++) {
		find_source(b, &b->m->uplinks[i]);
		find_source4(b, &b->m->uplinks[i]);
	}
}
