/* Checks of what is around this host: gateways, routes, neighbour entries and
 * filters of the kernel. */
#include "config.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/kernel/net_blame.h"
#include "core/reach/way.h"
#include "core/show/doctor_parts.h"

static char *
name_at(const struct examination *x, int index)
{
	const struct link *l = snapshot_link_at(&x->host->snapshot, index);

	return xstrdup(l != NULL ? l->name : "");
}

/* ---- gateways */

static bool
has_other(const struct nearby *n, const struct gateway *than)
{
	const struct gateway *g;

	for (g = n->gateways; g < END_OF(n->gateways, n->ngateways); g++)
		if (!g->silent && g->addr.family == than->addr.family)
			return true;
	return false;
}

static void
look_at_gateways(const struct examination *x)
{
	const struct nearby *n = &x->host->nearby;
	const struct gateway *g;
	char text[ADDR_TEXT_MAX];

	for (g = n->gateways; g < END_OF(n->gateways, n->ngateways); g++)
		if (g->silent)
			doctor_add(x,
			    has_other(n, g) ? DOCTOR_WARN : DOCTOR_FAIL,
			    name_at(x, g->index),
			    xasprintf(
				_("the gateway %s does not answer the search "
				  "for its MAC: it is down, or another one is "
				  "right"),
				addr_text(&g->addr, text)));
}

/* ---- routes and rules */

/* Of packets to this host itself, so for all of its ports. */
static void
look_at_filters(const struct examination *x)
{
	const struct nearby *n = &x->host->nearby;
	const struct nearby_way *w;
	struct buf cure = { 0 };
	char *name;

	for (w = n->uplinks; w < END_OF(n->uplinks, n->nuplinks); w++) {
		if (!w->way.filtered)
			continue;
		name = name_at(x, w->index);
		doctor_add(x, DOCTOR_FAIL, name,
		    xstrdup(_("the kernel drops what the Internet sends by "
			      "IPv4: answers would leave by another "
			      "interface, and rp_filter is 1")));
		way_cure_filter(name, &cure);
		doctor_cure(x, buf_take(&cure));
	}
}

struct loss {
	const char *why; /* marked by N_(); NULL: nothing is lost */
	const struct prefix *from, *to;
	const char *link; /* that it comes by */
};

/* What comes in is lost, or what goes out. */
static struct loss
loss_of(const struct examination *x, const struct nearby_way *w)
{
	const struct way *way = &w->way;
	const struct prefix *world = &addr_worlds[addr_family(&way->target)];
	const struct snapshot *now = &x->host->snapshot;
	const struct link *bridge = snapshot_link_at(now, w->index);
	const struct link *uplink =
	    snapshot_link_at(now, x->host->nearby.uplink);

	if (way->filtered || !way->in.known || bridge == NULL)
		return (struct loss){ 0 };
	if (way->in.refused || way->in.index != w->index)
		return (struct loss){
			N_("a route or a rule of this host keeps what is for "
			   "its containers from it, as for %s"),
			world, &way->target,
			uplink != NULL ? uplink->name : NULL
		};
	if (snapshot_routes(now, way->target.family).n > 0 && way->out.known &&
	    way->out.refused)
		return (struct loss){
			N_("a route or a rule of this host refuses what its "
			   "containers send, as from %s"),
			&way->target, world, bridge->name
		};
	return (struct loss){ 0 };
}

/* Without forwarding nothing of a family is routed. */
static bool
is_routed(const struct examination *x, const struct nearby_way *w)
{
	const struct snapshot *now = &x->host->snapshot;

	return (w->way.target.family == AF_INET ? now->forwarding4
						: now->forwarding) != 0;
}

static void
look_at_routes(const struct examination *x)
{
	const struct nearby *n = &x->host->nearby;
	const struct nearby_way *w;
	char text[ADDR_TEXT_MAX];
	struct buf cure = { 0 };
	struct loss loss;

	for (w = n->bridges; w < END_OF(n->bridges, n->nbridges); w++) {
		loss = loss_of(x, w);
		if (loss.why == NULL || !is_routed(x, w))
			continue;
		doctor_add(x, DOCTOR_FAIL, name_at(x, w->index),
		    xasprintf(_(loss.why), addr_text(&w->way.target, text)));
		net_blame(x->host->net, loss.from, loss.to, loss.link, &cure);
		doctor_cure(x, cure.len > 0 ? buf_take(&cure) : NULL);
	}
}

/* ---- neighbour entries */

static bool
is_wrong(const struct fixed_neighbour *f, const struct container *c)
{
	return c->bridge == f->index && c->has_mac &&
	       (!f->has_mac || memcmp(f->mac, c->mac, sizeof(c->mac)) != 0);
}

static void
tell_fixed(const struct examination *x, const struct fixed_neighbour *f,
    const struct container *c)
{
	const struct link *l = snapshot_link_at(&x->host->snapshot, f->index);
	char text[ADDR_TEXT_MAX];
	struct buf cure = { 0 };

	doctor_add(x, DOCTOR_FAIL, xstrdup(c->name),
	    xasprintf(_("this host has a fixed neighbour entry for %s with "
			"another MAC than its container's"),
		addr_text(&f->addr, text)));
	if (l == NULL)
		return;
	way_cure_neighbour(&f->addr, l->name, &cure);
	doctor_cure(x, buf_take(&cure));
}

static void
look_at_fixed(const struct examination *x)
{
	const struct nearby *n = &x->host->nearby;
	const struct fixed_neighbour *f;
	const struct container *c;

	for (f = n->fixed; f < END_OF(n->fixed, n->nfixed); f++) {
		c = snapshot_container_with(&x->host->snapshot, &f->addr);
		if (c != NULL && is_wrong(f, c))
			tell_fixed(x, f, c);
	}
}

/* ---- bridges */

static const char *const calls[FAMILY_COUNT] = {
	[FAMILY_IPV6] = "net.bridge.bridge-nf-call-ip6tables=0",
	[FAMILY_IPV4] = "net.bridge.bridge-nf-call-iptables=0",
};

static bool
forwards(const struct config *c, enum family f)
{
	const struct statement *st;
	size_t i;

	if (f == FAMILY_IPV4 && config_option(c, OPTION_IPV4) != OPTION_ON)
		return false;
	for (i = 0; i < c->n; i++) {
		st = c->v[i].st;
		if (st != NULL && st->kind == ST_FORWARD &&
		    !statement_is_off(st) && statement_forwards(st, f))
			return true;
	}
	return false;
}

/* The kernel does not send a frame back by the port that it came by. */
static void
look_at_bridged(const struct examination *x)
{
	struct buf settings = { 0 };
	enum family f;

	for (f = 0; f < FAMILY_COUNT; f++)
		if (x->host->nearby.bridged[f] && forwards(&x->host->saved, f))
			buf_printf(&settings, " %s", calls[f]);
	if (settings.len > 0) {
		doctor_add(x, DOCTOR_WARN, NULL,
		    xstrdup(
			_("br_netfilter has frames that stay on a bridge pass "
			  "the rules for packets: a container does not reach "
			  "itself by its own forward")));
		doctor_cure(x, xasprintf("sysctl%s", settings.s));
	}
	buf_free(&settings);
}

static const struct doctor_check checks[] = {
	{ "gateway", DOCTOR_UPLINKS, look_at_gateways, N_("gateways") },
	{ "reverse-path", DOCTOR_UPLINKS, look_at_filters,
	    N_("the reverse path filter") },
	{ "routes", DOCTOR_HOST, look_at_routes, N_("routes of containers") },
	{ "fixed", DOCTOR_CONTAINERS, look_at_fixed,
	    N_("fixed neighbour entries") },
	{ "bridged", DOCTOR_HOST, look_at_bridged, N_("br_netfilter") },
};
const struct doctor_checks doctor_nearby = { checks, NITEMS(checks) };
