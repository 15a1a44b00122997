/* Reasons in a bridge, and in this host's routes. */
#include "config.h"

#include "core/state/check_parts.h"

#include <netinet/in.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/base/shell.h"
#include "core/kernel/net_blame.h"

static bool
bridge_gone(const struct check_subject *s, struct buf *what)
{
	return s->bridge != NULL &&
	       snapshot_link_at(check_seen(s), s->bridge->index) == NULL &&
	       check_name_link(s->bridge, what);
}

/* Below an MTU of 1280 as well: nothing to switch on then. */
static bool
bridge_without_ipv6(const struct check_subject *s, struct buf *what)
{
	return s->bridge != NULL && link_has_no_ipv6(s->bridge) &&
	       check_name_link(s->bridge, what);
}

static bool
bridge_down(const struct check_subject *s, struct buf *what)
{
	return s->bridge != NULL && !s->bridge->up &&
	       check_name_link(s->bridge, what);
}

/* Our address on the target's bridge whose prefix contains the target. */
static const struct address *
way_in(const struct check_subject *s)
{
	const struct address *a = check_seen(s)->addresses;
	const struct address *end = END_OF(a, check_seen(s)->naddresses);

	for (; a < end; a++)
		if (a->nsid == NSID_SELF && a->index == s->bridge->index &&
		    prefix_holds(&a->prefix, &s->forward->target))
			return a;
	return NULL;
}

static bool
is_ula(const struct check_subject *s)
{
	return addr_is_ula(&s->forward->target);
}

static bool
bridge_without_ula(const struct check_subject *s, struct buf *what)
{
	return s->bridge != NULL && is_ula(s) && way_in(s) == NULL &&
	       check_name_link(s->bridge, what);
}

static const struct model_bridge *
bridge_of(const struct check_subject *s)
{
	const struct model_bridge *b = s->model->bridges;
	const struct model_bridge *end = END_OF(b, s->model->nbridges);

	while (b < end && b->link != s->bridge)
		b++;
	return b < end ? b : NULL;
}

/* By proxy there is a route for each container, and no such address. */
static bool
is_proxied(const struct check_subject *s)
{
	const struct model_bridge *b = bridge_of(s);

	return b != NULL && b->proxy != NULL;
}

/* Its address may have another mask than a route beside it. */
static bool
has_route_in(const struct check_subject *s)
{
	const struct snapshot *now = check_seen(s);
	struct routes inward = snapshot_inward(now, s->forward->target.family);
	const struct model_bridge *b = bridge_of(s);
	size_t i;

	if (b == NULL || snapshot_address_bare(now, NSID_SELF, s->bridge->index,
			     &b->ipv4) == NULL)
		return false;
	for (i = 0; i < inward.n; i++)
		if (inward.v[i].index == s->bridge->index &&
		    prefix_holds(&inward.v[i].to, &s->forward->target))
			return true;
	return false;
}

static bool
bridge_without_public(const struct check_subject *s, struct buf *what)
{
	return s->bridge != NULL && !is_ula(s) && !is_proxied(s) &&
	       way_in(s) == NULL && check_name_link(s->bridge, what);
}

static bool
bridge_without_ipv4(const struct check_subject *s, struct buf *what)
{
	return s->bridge != NULL && s->forward->family == FAMILY_IPV4 &&
	       way_in(s) == NULL && !has_route_in(s) &&
	       check_name_link(s->bridge, what);
}

static bool
bridge_not_ready(const struct check_subject *s, struct buf *what)
{
	const struct address *a = s->bridge != NULL ? way_in(s) : NULL;

	return a != NULL && check_is_not_ready(a) &&
	       check_name_link(s->bridge, what);
}

static bool
bridge_ula_not_ready(const struct check_subject *s, struct buf *what)
{
	return is_ula(s) && bridge_not_ready(s, what);
}

/* Another owner of the bridge's address receives what containers send to it. */
static bool
bridge_ula_twice(const struct check_subject *s, struct buf *what)
{
	const struct address *own = s->bridge != NULL ? way_in(s) : NULL;
	const struct address *a = check_seen(s)->addresses;
	const struct address *end = END_OF(a, check_seen(s)->naddresses);

	for (; own != NULL && a < end; a++)
		if (a->nsid != NSID_SELF &&
		    addr_equal(&a->prefix, &own->prefix))
			return check_name_address(&own->prefix, what);
	return false;
}

/* Routes and neighbours, as the kernel answers */

/* A strict filter asks by which link an answer would leave. */
static bool
filtered(const struct check_subject *s, struct buf *what)
{
	const struct way *w = check_way(s);

	return w != NULL && w->filtered && s->model->nuplinks > 0 &&
	       check_name_link(s->model->uplinks[0].link, what);
}

/* Source ports of clients are unknown, but high. */
#define CLIENT_PORT 50000

/* Where the first packet goes, or the answer to it, if rules have more to look
 * at than addresses; false: as all others, or nobody can tell. */
static bool
find_own_way(const struct check_subject *s, bool answer, uint8_t proto,
    struct passage *p)
{
	const struct ports *ports = &s->forward->st->v[FORWARD_PORTS].ports;
	const struct prefix *world = &addr_worlds[s->forward->family];
	uint16_t port = proto != 0 ? ports->v[0].lo : 0;
	uint16_t inner =
	    proto != 0 ? (uint16_t)check_port_inside(s->forward, port) : 0;
	struct flight f = { .from = answer ? &s->forward->target : world,
		.to = answer ? world : &s->forward->target,
		.iif = answer ? s->bridge->index : s->host->nearby.uplink,
		.proto = proto,
		.sport = answer ? inner : CLIENT_PORT,
		.dport = answer ? CLIENT_PORT : inner };

	if (f.iif == 0 || !check_mark(s, answer, proto, port, &f.mark) ||
	    (f.mark == 0 && !s->host->nearby.sorted[s->forward->family]))
		return false;
	net_flight(s->host->net, &f, p);
	return p->known;
}

/* Whether some packet of its own is lost, by that. */
static bool
own_way_lost(const struct check_subject *s, bool answer,
    bool (*lost)(const struct check_subject *, const struct passage *))
{
	const struct model_forward *f = s->forward;
	struct passage p;

	if (statement_takes_rest(f->st))
		return find_own_way(s, answer, 0, &p) && lost(s, &p);
	return (check_has_proto(f, PROTO_TCP) &&
		   find_own_way(s, answer, IPPROTO_TCP, &p) && lost(s, &p)) ||
	       (check_has_proto(f, PROTO_UDP) &&
		   find_own_way(s, answer, IPPROTO_UDP, &p) && lost(s, &p));
}

static bool
is_lost_in(const struct check_subject *s, const struct passage *p)
{
	return p->refused || p->index != s->bridge->index;
}

static bool
way_in_lost(const struct check_subject *s, struct buf *what)
{
	const struct way *w = check_way(s);

	return w != NULL && w->in.known &&
	       (is_lost_in(s, &w->in) || own_way_lost(s, false, is_lost_in)) &&
	       check_name_address(&s->forward->target, what);
}

static bool
is_uplink(const struct model *m, int index)
{
	size_t i;

	for (i = 0; i < m->nuplinks; i++)
		if (m->uplinks[i].link->index == index)
			return true;
	return false;
}

static bool
is_lost_out(const struct check_subject *s, const struct passage *p)
{
	return p->refused || !is_uplink(s->model, p->index);
}

static bool
way_out_lost(const struct check_subject *s, struct buf *what)
{
	const struct way *w = check_way(s);

	return w != NULL && w->out.known && s->model->nuplinks > 0 &&
	       (is_lost_out(s, &w->out) ||
		   own_way_lost(s, true, is_lost_out)) &&
	       check_name_address(&s->forward->target, what);
}

static bool
gateway_silent(const struct check_subject *s, struct buf *what)
{
	const struct way *w = check_way(s);

	return w != NULL && w->gateway.silent &&
	       check_name_address(&w->out.gateway, what);
}

/* With the link its addresses of IPv6 went. */
static void
bridge_up(const struct check_subject *s, struct buf *b)
{
	check_cure_link(s->bridge, b);
	if (b->len > 0)
		buf_add(b, " && seki apply");
}

static void
switch_on(const struct check_subject *s, struct buf *b)
{
	if (s->bridge->has_conf &&
	    shell_add(
		b, "sysctl net/ipv6/conf/%s/disable_ipv6=0", s->bridge->name))
		buf_add(b, " && seki apply");
}

static void
loosen(const struct check_subject *s, struct buf *b)
{
	way_cure_filter(s->model->uplinks[0].link->name, b);
}

static void
free_way_in(const struct check_subject *s, struct buf *b)
{
	if (s->model->nuplinks > 0)
		net_blame(s->host->net, &addr_worlds[s->forward->family],
		    &s->forward->target, s->model->uplinks[0].link->name, b);
}

static void
free_way_out(const struct check_subject *s, struct buf *b)
{
	net_blame(s->host->net, &s->forward->target,
	    &addr_worlds[s->forward->family], s->bridge->name, b);
}

static const struct check rows[] = {
	{ "bridge", LIGHT_BRIDGE, CHECK_BROKEN, bridge_gone,
	    N_("%s is not there"), false, NULL, NULL },
	{ "bridge-down", LIGHT_BRIDGE, CHECK_BROKEN, bridge_down,
	    N_("%s is down"), false, bridge_up, NULL },
	{ "bridge-ipv6", LIGHT_BRIDGE, CHECK_BROKEN, bridge_without_ipv6,
	    N_("%s has no IPv6: it is switched off there, or the MTU is below "
	       "1280"),
	    true, switch_on, NULL },
	{ "bridge-ula", LIGHT_BRIDGE, CHECK_BROKEN, bridge_without_ula,
	    N_("%s does not have its ULA: seki apply"), true, check_cure_apply,
	    NULL },
	{ "bridge-address", LIGHT_BRIDGE, CHECK_BROKEN, bridge_without_public,
	    N_("%s does not have the address of its public prefix: seki "
	       "apply"),
	    true, check_cure_apply, NULL },
	{ "bridge-ipv4", LIGHT_BRIDGE, CHECK_BROKEN, bridge_without_ipv4,
	    N_("%s does not have its IPv4 address: seki apply"), false,
	    check_cure_apply, NULL },
	{ "bridge-dad", LIGHT_BRIDGE, CHECK_DEGRADED, bridge_ula_not_ready,
	    N_("the ULA of %s cannot be used: duplicate address detection"),
	    true, NULL, NULL },
	{ "bridge-address-dad", LIGHT_BRIDGE, CHECK_DEGRADED, bridge_not_ready,
	    N_("the public address of %s cannot be used: duplicate address "
	       "detection"),
	    true, NULL, NULL },
	{ "bridge-twice", LIGHT_BACK, CHECK_DEGRADED, bridge_ula_twice,
	    N_("a container has %s too, which is this host's"), false, NULL,
	    NULL },
	{ "reverse-path", LIGHT_ARRIVES, CHECK_BROKEN, filtered,
	    N_("what clients send comes in by %s, but answers would leave by "
	       "another interface, so the kernel drops it (rp_filter)"),
	    false, loosen, NULL },
	{ "way-in", LIGHT_BRIDGE, CHECK_BROKEN, way_in_lost,
	    N_("a route or a rule of this host keeps packets for %s from its "
	       "bridge"),
	    false, free_way_in, NULL },
	{ "way-out", LIGHT_BACK, CHECK_DEGRADED, way_out_lost,
	    N_("a route or a rule of this host keeps answers of %s from its "
	       "uplink"),
	    false, free_way_out, NULL },
	{ "gateway", LIGHT_BACK, CHECK_DEGRADED, gateway_silent,
	    N_("the gateway %s of this host does not answer"), false, NULL,
	    NULL },
};
const struct check_group check_bridge = { rows, NITEMS(rows) };
