/* Reasons in a forward's container. */
#include "config.h"

#include "core/state/check_parts.h"

#include <linux/if_bridge.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/base/shell.h"
#include "core/reach/mtu.h"
#include "core/reach/sockets.h"

#define IPV6_MIN_MTU 1280 /* include/uapi/linux/ipv6.h */

static bool
container_gone(const struct check_subject *s, struct buf *what)
{
	return check_is_named(s) && s->container == NULL &&
	       check_name_container(s, what);
}

static bool
container_stopped(const struct check_subject *s, struct buf *what)
{
	return s->container != NULL &&
	       s->container->state == CONTAINER_STOPPED &&
	       check_name_container(s, what);
}

static bool
container_moved(const struct check_subject *s, struct buf *what)
{
	return s->container != NULL && s->bridge != NULL &&
	       s->container->bridge != s->bridge->index &&
	       check_name_container(s, what);
}

static bool
has_target(const struct check_subject *s, const struct address *a)
{
	return addr_equal(&a->prefix, &s->forward->target);
}

/* If two containers answer for one address, either may be in the neighbour
 * cache. */
static bool
target_elsewhere(const struct check_subject *s, struct buf *what)
{
	const struct address *a = check_seen(s)->addresses;
	const struct address *end = END_OF(a, check_seen(s)->naddresses);

	for (; check_is_named(s) && a < end; a++)
		if (has_target(s, a) &&
		    (s->container == NULL || a->nsid != s->container->nsid))
			return check_name_address(&s->forward->target, what);
	return false;
}

static bool
two_of_a_name(const struct check_subject *s, struct buf *what)
{
	return s->container != NULL &&
	       snapshot_is_ambiguous(check_seen(s), s->container->name,
		   s->bridge != NULL ? s->bridge->name : NULL) &&
	       check_name_container(s, what);
}

static bool
port_down(const struct check_subject *s, struct buf *what)
{
	return s->port != NULL && !s->port->up &&
	       check_name_link(s->port, what);
}

static bool
no_carrier(const struct check_subject *s, struct buf *what)
{
	return s->port != NULL && !s->port->running &&
	       check_name_link(s->port, what);
}

static bool
port_blocked(const struct check_subject *s, struct buf *what)
{
	return s->port != NULL && s->port->is_port &&
	       s->port->port_state != BR_STATE_FORWARDING &&
	       check_name_link(s->port, what);
}

/* TCP alone finds out what gets through. */
static bool
packets_lost(const struct check_subject *s, struct buf *what)
{
	const struct mtus m = { s->bridge, s->port, s->container };

	if (s->bridge == NULL || s->port == NULL || !check_is_open(s) ||
	    s->container->mtu == 0)
		return false;
	if (s->forward->st->v[FORWARD_PROTO].choice == PROTO_TCP
		? !mtus_lose_segments(&m)
		: !mtus_lose_to(&m) && !mtus_lose_from(&m))
		return false;
	buf_printf(what, "%u", mtus_fit(&m));
	return true;
}

/* Nothing of a stranger gets in, and of who was learnt while that lasts. */
static bool
port_locked(
    const struct check_subject *s, enum check_verdict as, struct buf *what)
{
	enum station station =
	    as == CHECK_BROKEN ? STATION_STRANGE : STATION_LEARNT;
	const struct nearby *n = &s->host->nearby;
	const struct locked_port *p = n->locked;

	if (s->port == NULL || !s->port->locked)
		return false;
	while (p < END_OF(n->locked, n->nlocked) && p->index != s->port->index)
		p++;
	return p < END_OF(n->locked, n->nlocked) && p->station == station &&
	       check_name_link(s->port, what);
}

static bool
is_mac(const struct container *c, const uint8_t mac[6])
{
	return memcmp(c->mac, mac, sizeof(c->mac)) == 0;
}

/* A bridge sends to the port where it saw the MAC last. */
static bool
mac_twice(const struct check_subject *s, struct buf *what)
{
	const struct container *c = s->container;
	const struct container *other = check_seen(s)->containers;
	const struct container *end = END_OF(other, check_seen(s)->ncontainers);

	if (c == NULL || !c->has_mac || c->port == 0)
		return false;
	if (s->bridge != NULL && s->bridge->has_mac &&
	    is_mac(c, s->bridge->mac))
		return check_name_container(s, what);
	for (; other < end; other++)
		if (other->port != 0 && other->port != c->port &&
		    other->bridge == c->bridge && other->has_mac &&
		    is_mac(c, other->mac))
			return check_name_container(s, what);
	return false;
}

static bool
no_ipv6_inside(const struct check_subject *s, struct buf *what)
{
	return check_is_open(s) && s->container->no_ipv6 &&
	       check_name_container(s, what);
}

static bool
no_ula_inside(const struct check_subject *s, struct buf *what)
{
	return addr_is_ula(&s->forward->target) && check_is_open(s) &&
	       check_target_inside(s) == NULL && check_name_container(s, what);
}

static bool
no_public_inside(const struct check_subject *s, struct buf *what)
{
	return check_is_open(s) && check_target_inside(s) == NULL &&
	       check_name_container(s, what);
}

static bool
no_ipv4_inside(const struct check_subject *s, struct buf *what)
{
	return s->forward->family == FAMILY_IPV4 && check_is_open(s) &&
	       check_target_inside(s) == NULL && check_name_container(s, what);
}

static bool
no_ipv4_route_inside(const struct check_subject *s, struct buf *what)
{
	return s->forward->family == FAMILY_IPV4 && check_is_open(s) &&
	       !s->container->has_default4 &&
	       !s->container->routes_cut[FAMILY_IPV4] &&
	       check_name_container(s, what);
}

static bool
not_ready_inside(const struct check_subject *s, struct buf *what)
{
	const struct address *a =
	    check_is_open(s) ? check_target_inside(s) : NULL;

	return a != NULL && check_is_not_ready(a) &&
	       check_name_container(s, what);
}

static bool
ula_not_ready(const struct check_subject *s, struct buf *what)
{
	return addr_is_ula(&s->forward->target) && not_ready_inside(s, what);
}

static bool
no_route_inside(const struct check_subject *s, struct buf *what)
{
	return check_is_open(s) && !s->container->has_default &&
	       !s->container->routes_cut[FAMILY_IPV6] &&
	       check_name_container(s, what);
}

static bool
refused_inside(const struct check_subject *s, struct buf *what)
{
	return check_is_open(s) && check_way_inside(s)->refused &&
	       check_name_container(s, what);
}

/* Whether the interface leads to a bridge of this host: the container may be
 * attached to several. */
static bool
is_port_inside(const struct check_subject *s, int index)
{
	const struct container *c = check_seen(s)->containers;
	const struct container *end = END_OF(c, check_seen(s)->ncontainers);

	for (; c < end; c++)
		if (c->nsid == s->container->nsid && c->inner == index)
			return true;
	return false;
}

static bool
other_route_inside(const struct check_subject *s, struct buf *what)
{
	const struct passage *p;

	if (!check_is_open(s) || !check_way_inside(s)->known)
		return false;
	p = check_way_inside(s);
	if (is_port_inside(s, p->index) &&
	    (p->gateway.family == AF_UNSPEC ||
		snapshot_own(check_seen(s), &p->gateway) != NULL))
		return false;
	return check_name_container(s, what);
}

/* That of its bridge, or of its own port. */
static bool
is_ours(const struct check_subject *s, const struct address *gateway,
    const struct neighbour *n)
{
	const struct link *l = snapshot_link_at(check_seen(s), gateway->index);

	return l == NULL || !l->has_mac ||
	       (n->has_mac &&
		   (memcmp(l->mac, n->mac, sizeof(n->mac)) == 0 ||
		       (s->port != NULL && s->port->has_mac &&
			   memcmp(s->port->mac, n->mac, sizeof(n->mac)) == 0)));
}

/* Whether it sends what is for us to somebody else, for good or as was last
 * answered. */
static bool
misled(const struct check_subject *s, enum check_verdict as, struct buf *what)
{
	bool fixed = as == CHECK_BROKEN;
	const struct passage *p;
	const struct neighbour *n;
	const struct address *own;

	if (!check_is_open(s))
		return false;
	p = check_way_inside(s);
	n = sockets_gateway(
	    &s->host->sockets, s->container->inode, s->forward->family);
	if (n == NULL || !p->known || n->fixed != fixed ||
	    (!n->has_mac && !fixed))
		return false;
	own = snapshot_own(check_seen(s), &p->gateway);
	return own != NULL && !is_ours(s, own, n) &&
	       check_name_address(&p->gateway, what);
}

static bool
neighbour_silent(const struct check_subject *s, struct buf *what)
{
	const struct way *w = check_way(s);

	return w != NULL && w->neighbour.silent &&
	       check_name_address(&s->forward->target, what);
}

/* On a NOARP bridge all entries are fixed. */
static bool
neighbour_wrong(const struct check_subject *s, struct buf *what)
{
	const struct way *w = check_way(s);

	return w != NULL && s->container != NULL && s->container->has_mac &&
	       w->neighbour.fixed &&
	       (!w->neighbour.has_mac ||
		   !is_mac(s->container, w->neighbour.mac)) &&
	       check_name_address(&s->forward->target, what);
}

/* As was answered, by somebody else or by a container that was there before. */
static bool
neighbour_other(const struct check_subject *s, struct buf *what)
{
	const struct way *w = check_way(s);

	return w != NULL && s->container != NULL && s->container->has_mac &&
	       !w->neighbour.fixed && w->neighbour.has_mac &&
	       !is_mac(s->container, w->neighbour.mac) &&
	       check_name_address(&s->forward->target, what);
}

static bool
leads_elsewhere(const struct check_subject *s, struct buf *what)
{
	struct routes inward =
	    snapshot_inward(check_seen(s), s->forward->target.family);
	size_t i;

	if (s->bridge != NULL ||
	    snapshot_own(check_seen(s), &s->forward->target) != NULL)
		return false;
	for (i = 0; i < inward.n; i++)
		if (prefix_holds(&inward.v[i].to, &s->forward->target))
			return false;
	return check_name_address(&s->forward->target, what);
}

static bool
nobody_known(const struct check_subject *s, struct buf *what)
{
	return !check_is_named(s) && s->bridge != NULL &&
	       s->container == NULL &&
	       snapshot_own(check_seen(s), &s->forward->target) == NULL &&
	       check_name_address(&s->forward->target, what);
}

/* Listeners */

/* ---- cures */

static void
port_up(const struct check_subject *s, struct buf *b)
{
	check_cure_link(s->port, b);
}

static void
fit(const struct check_subject *s, struct buf *b)
{
	const struct mtus m = { s->bridge, s->port, s->container };

	mtus_cure(&m, check_seen(s), b);
}

static void
unlock(const struct check_subject *s, struct buf *b)
{
	shell_add(b, "bridge link set dev %s locked off", s->port->name);
}

/* By the programs that keep containers which do not run. */
static void
start(const struct check_subject *s, struct buf *b)
{
	static const struct {
		const char *runtime, *command; /* with a %s for its name */
	} starts[] = {
		{ "lxc", "lxc-start %s" },
		{ "lxd", "lxc start %s" },
		{ "incus", "incus start %s" },
		{ "docker", "docker start %s" },
		{ "podman", "podman start %s" },
	};
	const struct container *c = s->container;
	size_t i;

	for (i = 0; i < NITEMS(starts); i++)
		if (strcmp(starts[i].runtime, c->runtime) == 0)
			shell_add(b, starts[i].command, c->name);
}

static void
switch_on(const struct check_subject *s, struct buf *b)
{
	struct buf command = { 0 };

	if (s->container->mtu > 0 && s->container->mtu < IPV6_MIN_MTU)
		return;
	shell_add(&command, "sysctl net/ipv6/conf/%s/disable_ipv6=0",
	    s->container->inner_name);
	if (container_enter(s->container, buf_text(&command), b))
		buf_add(b, " && seki apply");
	buf_free(&command);
}

/* IPv4 that nobody stated is not seki's to give. */
static void
give_ipv4(const struct check_subject *s, struct buf *b)
{
	const struct model_container *c = s->forward->container;

	if (c != NULL && c->st->v[CONTAINER_IPV4].set)
		check_cure_apply(s, b);
}

static void
forget_neighbour(const struct check_subject *s, struct buf *b)
{
	if (check_way(s)->neighbour.noarp)
		shell_add(b, "ip link set %s arp on", s->bridge->name);
	else
		way_cure_neighbour(&s->forward->target, s->bridge->name, b);
}

static void
forget_inside(const struct check_subject *s, struct buf *b)
{
	struct buf command = { 0 };

	way_cure_neighbour(
	    &check_way_inside(s)->gateway, s->container->inner_name, &command);
	container_enter(s->container, buf_text(&command), b);
	buf_free(&command);
}

static const struct check rows[] = {
	{ "container", LIGHT_RUNS, CHECK_BROKEN, container_gone,
	    N_("%s is not there"), false, NULL, NULL },
	{ "stopped", LIGHT_RUNS, CHECK_BROKEN, container_stopped,
	    N_("%s is stopped"), false, start, NULL },
	{ "moved", LIGHT_BRIDGE, CHECK_BROKEN, container_moved,
	    N_("%s is on another bridge than was committed"), false, NULL,
	    NULL },
	{ "namesake", LIGHT_RUNS, CHECK_DEGRADED, two_of_a_name,
	    N_("two containers are called %s"), false, NULL, NULL },
	{ "port", LIGHT_BRIDGE, CHECK_BROKEN, port_down,
	    N_("its port %s is down"), false, port_up, NULL },
	{ "carrier", LIGHT_BRIDGE, CHECK_BROKEN, no_carrier,
	    N_("its port %s has no carrier: the interface inside is down"),
	    false, NULL, NULL },
	{ "blocked", LIGHT_BRIDGE, CHECK_BROKEN, port_blocked,
	    N_("its port %s does not forward: the spanning tree keeps it from "
	       "it"),
	    false, NULL, NULL },
	{ "locked", LIGHT_BRIDGE, CHECK_BROKEN, NULL,
	    N_("its port %s is locked, and its bridge does not know its MAC: "
	       "nothing that it sends gets in"),
	    false, unlock, port_locked },
	{ "locked-soon", LIGHT_BRIDGE, CHECK_DEGRADED, NULL,
	    N_("its port %s is locked, and its bridge knows its MAC only as "
	       "long as it sends something"),
	    false, unlock, port_locked },
	{ "mtu", LIGHT_BRIDGE, CHECK_DEGRADED, packets_lost,
	    N_("packets of more than %s bytes are lost between its bridge and "
	       "its container, and no error tells who sends them"),
	    false, fit, NULL },
	{ "mac-twice", LIGHT_NEAR, CHECK_DEGRADED, mac_twice,
	    N_("the MAC of %s is also another's on its bridge"), false, NULL,
	    NULL },
	{ "ipv6-inside", LIGHT_ADDR, CHECK_BROKEN, no_ipv6_inside,
	    N_("%s has no IPv6 inside: it is switched off there, or the MTU is "
	       "below 1280"),
	    true, switch_on, NULL },
	{ "ula", LIGHT_ADDR, CHECK_BROKEN, no_ula_inside,
	    N_("%s does not have its ULA"), true, check_cure_apply, NULL },
	{ "address", LIGHT_ADDR, CHECK_BROKEN, no_public_inside,
	    N_("%s does not have its public address"), true, check_cure_apply,
	    NULL },
	{ "ipv4", LIGHT_ADDR, CHECK_BROKEN, no_ipv4_inside,
	    N_("%s does not have its IPv4 address"), false, give_ipv4, NULL },
	{ "ula-dad", LIGHT_ADDR, CHECK_BROKEN, ula_not_ready,
	    N_("the ULA of %s cannot be used: duplicate address detection"),
	    true, NULL, NULL },
	{ "address-dad", LIGHT_ADDR, CHECK_BROKEN, not_ready_inside,
	    N_("the public address of %s cannot be used: duplicate address "
	       "detection"),
	    true, NULL, NULL },
	{ "ula-twice", LIGHT_NEAR, CHECK_DEGRADED, target_elsewhere,
	    N_("somebody else has %s too"), false, NULL, NULL },
	{ "route-inside", LIGHT_BACK, CHECK_DEGRADED, no_route_inside,
	    N_("%s has no IPv6 default route, so answers find no way out"),
	    true, check_cure_apply, NULL },
	{ "route-inside-ipv4", LIGHT_BACK, CHECK_DEGRADED, no_ipv4_route_inside,
	    N_("%s has no IPv4 default route, so answers find no way out"),
	    false, NULL, NULL },
	{ "refused-inside", LIGHT_BACK, CHECK_DEGRADED, refused_inside,
	    N_("a route or a rule inside %s refuses its answers"), false, NULL,
	    NULL },
	{ "other-route", LIGHT_BACK, CHECK_DEGRADED, other_route_inside,
	    N_("the default route of %s does not lead to this host"), false,
	    NULL, NULL },
	{ "neighbour-inside", LIGHT_BACK, CHECK_BROKEN, NULL,
	    N_("its container has a fixed neighbour entry for %s of this host, "
	       "with another MAC"),
	    false, forget_inside, misled },
	{ "other-mac-inside", LIGHT_BACK, CHECK_DEGRADED, NULL,
	    N_("its container takes another MAC than this host's for %s"),
	    false, forget_inside, misled },
	{ "neighbour", LIGHT_NEAR, CHECK_BROKEN, neighbour_wrong,
	    N_("this host has a fixed neighbour entry for %s with another "
	       "MAC than its container's"),
	    false, forget_neighbour, NULL },
	{ "other-mac", LIGHT_NEAR, CHECK_DEGRADED, neighbour_other,
	    N_("another MAC than its container's answers for %s"), false,
	    forget_neighbour, NULL },
	{ "silent", LIGHT_NEAR, CHECK_DEGRADED, neighbour_silent,
	    N_("%s does not answer this host's search for its MAC"), false,
	    NULL, NULL },
	{ "elsewhere", LIGHT_BRIDGE, CHECK_DEGRADED, leads_elsewhere,
	    N_("%s is behind no bridge of this host"), false, NULL, NULL },
	{ "nobody", LIGHT_RUNS, CHECK_DEGRADED, nobody_known,
	    N_("no container is known to have %s"), false, NULL, NULL },
};
const struct check_group check_container = { rows, NITEMS(rows) };
