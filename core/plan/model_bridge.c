/* Resolves bridges, and checks the addresses that they are given. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/kernel/net.h"
#include "core/lang/ula.h"
#include "core/plan/model_parts.h"

/* RFC 4193, section 3.2: the 40 bits after fd are random, so that two sites
 * can be joined one day. */
static void
warn_prefix(struct model_build *b, const struct prefix *ula, const char *name)
{
	static const uint8_t zero[5];
	char text[ADDR_TEXT_MAX];

	if (ula->len < 48 || memcmp(ula->bytes + 1, zero, sizeof(zero)) == 0)
		model_warn(
		    b, xasprintf(_("%s on %s is not a random /48: it will "
				   "collide with others on a merge or a VPN; "
				   "ula auto makes a random one"),
			   prefix_text(ula, text), name));
	if (ula->bytes[0] == 0xfc)
		model_warn(
		    b, xasprintf(_("%s on %s: fc00::/8 is not assigned; take "
				   "one that starts with fd"),
			   prefix_text(ula, text), name));
}

/* A ULA that the bridge has from lxc-net, Incus or an admin was not our choice.
 * A second one beside it means two: containers with addresses from the first
 * keep them. */
static void
warn_bridge_ula(
    struct model_build *b, const struct link *l, const struct prefix *ula)
{
	const struct address *has = ula_of_bridge(b->snapshot, l->index);
	char text[ADDR_TEXT_MAX], other[ADDR_TEXT_MAX];

	if (has != NULL && prefix_equal(&has->prefix, ula) &&
	    has->proto != NET_PROTO)
		return;
	warn_prefix(b, ula, l->name);
	if (has != NULL && has->proto != NET_PROTO &&
	    snapshot_tells_owners(b->snapshot))
		model_warn(b,
		    xasprintf(_("%s has %s already, which is not seki's, and "
				"gets %s beside it: its containers may have "
				"two addresses and answer from the wrong one; "
				"ula auto keeps the first"),
			l->name, prefix_text(&has->prefix, text),
			prefix_text(ula, other)));
}

/* The addresses of its own that a bridge is given, but the one of its public
 * prefix. */
static const struct kind {
	size_t value;
	const char *ends, *taken; /* hints, marked by N_() */
} kinds[] = {
	{ BRIDGE_ULA,
	    N_("the first address of a prefix means any router (RFC 4291, "
	       "2.6.1); end it with ::1"),
	    N_("traffic to there would go to the bridge; take another prefix, "
	       "or ula auto") },
	{ BRIDGE_IPV4,
	    N_("the first address of a prefix is the network, and the last one "
	       "everybody in it"),
	    N_("traffic to there would go to the bridge; take another "
	       "prefix") },
};

static int
check_host_part(
    struct model_build *b, const struct statement *st, const struct kind *k)
{
	const struct prefix *p = &st->v[k->value].prefix;
	struct prefix net = prefix_network(p);
	char text[ADDR_TEXT_MAX];

	if (!addr_equal(&net, p) && !prefix_broadcasts(p, p))
		return 0;
	err_set(b->e, ERR_UNSAFE, "%s has no host part", prefix_text(p, text));
	err_hint(b->e, "%s", _(k->ends));
	return model_blame(b, st, k->value);
}

static int
check_others(
    struct model_build *b, const struct statement *st, const struct kind *k)
{
	const struct prefix *p = &st->v[k->value].prefix;
	const struct value *other;
	char text[ADDR_TEXT_MAX];
	size_t i;

	for (i = 0; i < b->m->nbridges; i++) {
		other = &b->m->bridges[i].st->v[k->value];
		if (!other->set || !prefix_overlaps(&other->prefix, p))
			continue;
		err_set(b->e, ERR_UNSAFE, "%s overlaps the prefix of %s",
		    prefix_text(p, text), b->m->bridges[i].link->name);
		return model_blame(b, st, k->value);
	}
	return 0;
}

/* A prefix must not be routed to two places. A conflicting route that existed
 * at commit time is refused; one that came later, or expires, may be the work
 * of a container that plays router, and is only reported. */
static int
check_prefix_free(struct model_build *b, const struct statement *st,
    const struct kind *k, const struct link *bridge)
{
	const struct prefix *p = &st->v[k->value].prefix;
	const struct address *a;
	const struct link *l;
	struct prefix bare;
	char text[ADDR_TEXT_MAX], prefix[ADDR_TEXT_MAX];
	size_t i;

	for (i = 0; i < b->snapshot->naddresses; i++) {
		a = &b->snapshot->addresses[i];
		bare = prefix_addr(&a->prefix);
		if (a->nsid != NSID_SELF || a->index == bridge->index ||
		    !prefix_holds(p, &bare))
			continue;
		l = snapshot_link_at(b->snapshot, a->index);
		err_set(b->e, ERR_UNSAFE, "%s holds %s of %s",
		    prefix_text(p, prefix), addr_text(&a->prefix, text),
		    l != NULL ? l->name : "-");
		if (b->lenient || !address_is_static(a)) {
			model_tolerate(b);
			continue;
		}
		err_hint(b->e, "%s", _(k->taken));
		return model_blame(b, st, k->value);
	}
	return 0;
}

static int
check_ipv6(struct model_build *b, const struct statement *st, size_t value,
    const struct link *l)
{
	if (l->index == 0 || !link_has_no_ipv6(l))
		return 0;
	err_set(b->e, ERR_UNSAFE,
	    value == BRIDGE_ULA
		? N_("%s has no IPv6, so it cannot have a ULA")
		: N_("%s has no IPv6, so it cannot have a prefix"),
	    l->name);
	err_hint(b->e,
	    "switch it on (sysctl net.ipv6.conf.%s.disable_ipv6=0), and see "
	    "that its MTU is at least 1280",
	    l->name);
	return b->lenient ? model_tolerate(b) : model_blame(b, st, value);
}

/* Those who answer from the wrong one of two addresses are not heard, and an
 * IPv4 address is secondary to the first of its prefix, with which it goes. */
static int
check_ipv4(struct model_build *b, const struct statement *st, size_t value,
    const struct link *l)
{
	const struct address *other = NULL;
	char text[ADDR_TEXT_MAX], again[ADDR_TEXT_MAX];

	if (!b->m->ipv4)
		return model_refuse_ipv4(b, st, value);
	if (!b->lenient && l->index != 0)
		other = model_foreign_ipv4(
		    b->snapshot, NSID_SELF, l->index, &st->v[value].prefix);
	if (other == NULL)
		return 0;
	err_set(b->e, ERR_UNSAFE, "%s has %s already, which is not seki's",
	    l->name, prefix_text(&other->prefix, text));
	err_hint(b->e,
	    "keep that one: bridge %s ipv4 %s; or remove it first where this "
	    "host keeps its network settings",
	    l->name, prefix_text(&other->prefix, again));
	return model_blame(b, st, value);
}

static int
check_kind(struct model_build *b, const struct statement *st,
    const struct kind *k, const struct link *l)
{
	int (*family)(struct model_build *, const struct statement *,
	    size_t value, const struct link *) =
	    k->value == BRIDGE_IPV4 ? check_ipv4 : check_ipv6;

	if (!st->v[k->value].set)
		return 0;
	if (model_check_auto(b, st, k->value) != 0 ||
	    check_host_part(b, st, k) != 0 || check_others(b, st, k) != 0 ||
	    family(b, st, k->value, l) != 0)
		return -1;
	return check_prefix_free(b, st, k, l);
}

static int
check_given(struct model_build *b, const struct statement *st,
    const struct link *l, const struct link *proxy)
{
	size_t i;

	for (i = 0; i < NITEMS(kinds); i++)
		if (check_kind(b, st, &kinds[i], l) != 0)
			return -1;
	if (!st->v[BRIDGE_PREFIX].set)
		return 0;
	if (check_ipv6(b, st, BRIDGE_PREFIX, l) != 0)
		return -1;
	return model_check_prefix(b, st, l, proxy);
}

static struct prefix
ipv4_of(struct model_build *b, const struct statement *st, const struct link *l)
{
	static const struct prefix none;

	if (st->v[BRIDGE_IPV4].set)
		return st->v[BRIDGE_IPV4].prefix;
	return b->m->ipv4 ? snapshot_ipv4(b->snapshot, NSID_SELF, l->index)
			  : none;
}

/* Whether it masquerades is in made. */
static int
check_masquerade(struct model_build *b, const struct model_bridge *made)
{
	const struct statement *st = made->st;
	const char *name = st->v[BRIDGE_IFACE].text;

	if (st->v[BRIDGE_MASQUERADE].set && !st->v[BRIDGE_ULA].set &&
	    made->ipv4.family == AF_UNSPEC) {
		err_set(b->e, ERR_UNSAFE, "%s has no ULA to masquerade", name);
		err_hint(b->e, "give it one: set bridge %s ula auto masquerade",
		    name);
		return model_blame(b, st, BRIDGE_MASQUERADE);
	}
	if (model_check_translate(b, st) != 0)
		return -1;
	return made->masquerade ? model_need_uplink(b, st, BRIDGE_MASQUERADE)
				: 0;
}

static void
take_prefixes(struct model_bridge *made)
{
	const struct value *v = made->st->v;

	made->ula = v[BRIDGE_ULA].prefix;
	made->translate = v[BRIDGE_TRANSLATE].prefixes;
	if (v[BRIDGE_PROXY].set)
		made->proxied = v[BRIDGE_PREFIX].prefix;
	else if (v[BRIDGE_PREFIX].set)
		made->public = model_public_of(&v[BRIDGE_PREFIX].prefix);
}

int
model_build_bridge(struct model_build *b, const struct statement *st)
{
	struct model_bridge made = { .st = st };

	model_create_bridge(b, st);
	made.link =
	    model_find_bridge(b, st, BRIDGE_IFACE, st->v[BRIDGE_IFACE].text);
	if (made.link == NULL || model_find_proxy(b, st, &made.proxy) != 0 ||
	    check_given(b, st, made.link, made.proxy) != 0)
		return -1;
	made.ipv4 = ipv4_of(b, st, made.link);
	made.masquerade = st->v[BRIDGE_MASQUERADE].set &&
			  !(b->lenient && b->m->nuplinks == 0);
	if (check_masquerade(b, &made) != 0)
		return -1;
	take_prefixes(&made);
	if (st->v[BRIDGE_ULA].set)
		warn_bridge_ula(b, made.link, &made.ula);
	*GROW(b->m->bridges, b->m->nbridges) = made;
	return 0;
}
