/* What may keep a forward from working. */
#include "config.h"

#include "core/check.h"

#include <linux/if_addr.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "core/drift.h"
#include "core/intl.h"
#include "core/judge.h"
#include "core/sockets.h"

#define NOT_READY (IFA_F_TENTATIVE | IFA_F_DADFAILED)

static bool
name_link(const struct link *l, struct buf *what)
{
	buf_escape(what, l->name, strlen(l->name));
	return true;
}

static bool
name_address(const struct prefix *p, struct buf *what)
{
	char text[ADDR_TEXT_MAX];

	buf_add(what, addr_text(p, text));
	return true;
}

static bool
name_container(const struct check_subject *s, struct buf *what)
{
	const char *name = s->forward->st->v[FORWARD_TO].target.name;

	if (name == NULL)
		return name_address(&s->forward->target, what);
	buf_escape(what, name, strlen(name));
	return true;
}

static const struct snapshot *
seen(const struct check_subject *s)
{
	return &s->host->snapshot;
}

/* This host */

static bool
no_forwarding(const struct check_subject *s, struct buf *what UNUSED)
{
	return seen(s)->has_ipv6 && seen(s)->forwarding == 0;
}

static bool
no_rules(const struct check_subject *s, struct buf *what UNUSED)
{
	char *name = model_meter_name(s->forward->id, METER_IN);
	bool none = counters_find(&s->host->counters, name) == NULL;

	free(name);
	return none;
}

static bool
no_route(const struct check_subject *s, struct buf *what UNUSED)
{
	return seen(s)->nroutes == 0;
}

static bool
uplink_down(const struct check_subject *s, struct buf *what)
{
	const struct link *l;
	size_t i;

	for (i = 0; i < s->model->nuplinks; i++) {
		l = s->model->uplinks[i].link;
		if (l->index == 0 || l->running)
			return false;
	}
	return s->model->nuplinks > 0 &&
	       name_link(s->model->uplinks[0].link, what);
}

static bool
uplink_gone(const struct check_subject *s, struct buf *what)
{
	size_t i;

	for (i = 0; i < s->model->nuplinks; i++)
		if (s->model->uplinks[i].link->index != 0)
			return false;
	return s->model->nuplinks > 0 &&
	       name_link(s->model->uplinks[0].link, what);
}

/* Of an interface of ours; NULL when none has it. */
static const struct address *
own_address(const struct check_subject *s, const struct prefix *p)
{
	const struct address *a = seen(s)->addresses;
	const struct address *end = END_OF(a, seen(s)->naddresses);

	for (; a < end; a++)
		if (a->nsid == NSID_SELF && addr_equal(&a->prefix, p))
			return a;
	return NULL;
}

static bool
public_gone(const struct check_subject *s, struct buf *what)
{
	size_t i;

	for (i = 0; i < s->forward->non; i++)
		if (own_address(s, &s->forward->on[i]) != NULL)
			return false;
	return s->forward->non > 0 &&
	       name_address(&s->forward->on[0], what);
}

static bool
public_not_ready(const struct check_subject *s, struct buf *what)
{
	const struct address *a;
	size_t i;

	for (i = 0; i < s->forward->non; i++) {
		a = own_address(s, &s->forward->on[i]);
		if (a != NULL && (a->flags & NOT_READY) == 0)
			return false;
	}
	return s->forward->non > 0 &&
	       name_address(&s->forward->on[0], what);
}

/* The bridge */

static bool
bridge_gone(const struct check_subject *s, struct buf *what)
{
	return s->bridge != NULL && s->bridge->index == 0 &&
	       name_link(s->bridge, what);
}

static bool
bridge_down(const struct check_subject *s, struct buf *what)
{
	return s->bridge != NULL && !s->bridge->up &&
	       name_link(s->bridge, what);
}

/* The address of ours in whose prefix the target lies, on its bridge. */
static const struct address *
way_in(const struct check_subject *s)
{
	const struct address *a = seen(s)->addresses;
	const struct address *end = END_OF(a, seen(s)->naddresses);

	for (; a < end; a++)
		if (a->nsid == NSID_SELF && a->index == s->bridge->index &&
		    prefix_holds(&a->prefix, &s->forward->target))
			return a;
	return NULL;
}

static bool
bridge_without_ula(const struct check_subject *s, struct buf *what)
{
	return s->bridge != NULL && way_in(s) == NULL &&
	       name_link(s->bridge, what);
}

static bool
bridge_not_ready(const struct check_subject *s, struct buf *what)
{
	const struct address *a = s->bridge != NULL ? way_in(s) : NULL;

	return a != NULL && (a->flags & NOT_READY) != 0 &&
	       name_link(s->bridge, what);
}

static bool
leads_elsewhere(const struct check_subject *s, struct buf *what)
{
	size_t i;

	if (s->bridge != NULL || own_address(s, &s->forward->target) != NULL)
		return false;
	for (i = 0; i < seen(s)->ninward; i++)
		if (prefix_holds(&seen(s)->inward[i].to, &s->forward->target))
			return false;
	return name_address(&s->forward->target, what);
}

/* The container */

static bool
is_named(const struct check_subject *s)
{
	return s->forward->container != NULL;
}

static bool
container_gone(const struct check_subject *s, struct buf *what)
{
	return is_named(s) && s->container == NULL && name_container(s, what);
}

static bool
container_stopped(const struct check_subject *s, struct buf *what)
{
	return s->container != NULL &&
	       s->container->state == CONTAINER_STOPPED &&
	       name_container(s, what);
}

static bool
container_moved(const struct check_subject *s, struct buf *what)
{
	return s->container != NULL && s->bridge != NULL &&
	       s->container->bridge != s->bridge->index &&
	       name_container(s, what);
}

static bool
has_target(const struct check_subject *s, const struct address *a)
{
	return addr_equal(&a->prefix, &s->forward->target);
}

/* Where the target is in the container; NULL when it is not. */
static const struct address *
target_inside(const struct check_subject *s)
{
	return snapshot_address_bare(seen(s), s->container->nsid,
	    s->container->inner, &s->forward->target);
}

/* Of two that answer for one address the neighbour cache takes either. */
static bool
target_elsewhere(const struct check_subject *s, struct buf *what)
{
	const struct address *a = seen(s)->addresses;
	const struct address *end = END_OF(a, seen(s)->naddresses);

	for (; is_named(s) && a < end; a++)
		if (has_target(s, a) &&
		    (s->container == NULL || a->nsid != s->container->nsid))
			return name_address(&s->forward->target, what);
	return false;
}

static bool
two_of_a_name(const struct check_subject *s, struct buf *what)
{
	return s->container != NULL &&
	       snapshot_is_ambiguous(seen(s), s->container->name,
		   s->bridge != NULL ? s->bridge->name : NULL) &&
	       name_container(s, what);
}

static bool
port_down(const struct check_subject *s, struct buf *what)
{
	return s->port != NULL && !s->port->up && name_link(s->port, what);
}

static bool
no_carrier(const struct check_subject *s, struct buf *what)
{
	return s->port != NULL && !s->port->running && name_link(s->port, what);
}

/* Whether its insides can be seen. */
static bool
is_open(const struct check_subject *s)
{
	return s->container != NULL && s->container->port != 0 &&
	       s->container->nsid != NSID_SELF && s->container->netns != NULL;
}

static bool
no_ula_inside(const struct check_subject *s, struct buf *what)
{
	return is_open(s) && target_inside(s) == NULL &&
	       name_container(s, what);
}

static bool
ula_not_ready(const struct check_subject *s, struct buf *what)
{
	const struct address *a = is_open(s) ? target_inside(s) : NULL;

	return a != NULL && (a->flags & NOT_READY) != 0 &&
	       name_container(s, what);
}

static bool
no_route_inside(const struct check_subject *s, struct buf *what)
{
	return is_open(s) && !s->container->has_default &&
	       name_container(s, what);
}

static bool
other_route_inside(const struct check_subject *s, struct buf *what)
{
	const struct route *r;

	if (!is_open(s) || !s->container->has_default)
		return false;
	r = &s->container->route;
	if (r->index == s->container->inner &&
	    (r->gateway.family == AF_UNSPEC || own_address(s, &r->gateway)))
		return false;
	return name_container(s, what);
}

static bool
nobody_known(const struct check_subject *s, struct buf *what)
{
	return !is_named(s) && s->bridge != NULL && s->container == NULL &&
	       own_address(s, &s->forward->target) == NULL &&
	       name_address(&s->forward->target, what);
}

/* Policies of ours */

struct asking {
	const struct check_subject *s;
	struct packet packet;
	bool open;
};

static void
ask_from(void *arg, const struct prefix *from)
{
	struct asking *a = arg;
	struct packet p = a->packet;

	p.from = *from;
	a->open = a->open || judge(a->s->model, &p, NULL) == VERDICT_ALLOW;
}

static bool
asks(const struct check_subject *s, enum packet_proto proto,
    const struct range *r)
{
	static const struct prefix anybody = { .family = AF_INET6 };
	struct asking a = { .s = s,
		.packet = { .chain = CHAIN_INPUT, .proto = proto,
		    .from = anybody, .to = s->forward->on[0], .port = r->lo,
		    .doubt_passes = true } };

	if (s->model->nuplinks > 0)
		a.packet.in = s->model->uplinks[0].link->name;
	if (!judge_translate(s->model, &a.packet))
		return true;
	ask_from(&a, &anybody);
	judge_sources(s->model, &a.packet, ask_from, &a);
	return a.open;
}

static bool
has_proto(const struct model_forward *f, unsigned one)
{
	unsigned both = f->st->v[FORWARD_PROTO].choice;

	return both == one || both == PROTO_TCP_UDP;
}

/* Port by port of the ends of ranges, which is where policies differ. */
static bool
shut(const struct check_subject *s, struct buf *what UNUSED)
{
	const struct ports *p = &s->forward->st->v[FORWARD_PORTS].ports;
	size_t i;

	for (i = 0; s->forward->non > 0 && i < p->n; i++)
		if ((has_proto(s->forward, PROTO_TCP) &&
			asks(s, PACKET_TCP, &p->v[i])) ||
		    (has_proto(s->forward, PROTO_UDP) &&
			asks(s, PACKET_UDP, &p->v[i])))
			return false;
	return s->forward->non > 0 && p->n > 0;
}

/* Tables of others */

static const struct hook *
find_hook(const struct check_subject *s, bool all)
{
	const struct hooks *hooks = &s->host->hooks;
	const struct hook *h;

	for (h = hooks->v; h < END_OF(hooks->v, hooks->n); h++)
		if (h->place == HOOK_FORWARD && h->all == all)
			return h;
	return NULL;
}

static bool
dropped_by_other(const struct check_subject *s, struct buf *what)
{
	const struct hook *h = find_hook(s, true);

	if (h != NULL)
		hook_name(h, what);
	return h != NULL;
}

/* Whether one of its rules accepts a forward is not read. */
static bool
may_be_dropped(const struct check_subject *s, struct buf *what)
{
	const struct hook *h = find_hook(s, false);

	if (h == NULL)
		return false;
	hook_name(h, what);
	buf_add(what, _(" drops what it has no rule for"));
	if (h->cure != NULL)
		buf_printf(what, ": %s", h->cure);
	return true;
}

/* Listeners */

struct ear {
	const struct listeners *all;
	const struct check_subject *s;
	uint8_t proto;
};

static unsigned
port_inside(const struct model_forward *f, unsigned port)
{
	unsigned to = f->st->v[FORWARD_TO].target.port;

	return to == 0 ? port
		       : to + port - f->st->v[FORWARD_PORTS].ports.v[0].lo;
}

/* One of a range is enough: such are kept for what comes and goes. */
static bool
hears(const struct ear *e, const struct range *r)
{
	const struct model_forward *f = e->s->forward;
	const struct listener *l = e->all->v, *end = END_OF(l, e->all->n);
	unsigned lo = port_inside(f, r->lo), hi = lo + r->hi - r->lo;

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
		port = port_inside(f, p->v[i].lo);
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

	if (!is_open(s))
		return false;
	e.all = sockets_of(&s->host->sockets, s->container->inode);
	if (e.all == NULL || e.all->cut)
		return false;
	e.proto = IPPROTO_TCP;
	if (has_proto(s->forward, PROTO_TCP) && is_deaf(&e, "tcp", what))
		return true;
	e.proto = IPPROTO_UDP;
	return has_proto(s->forward, PROTO_UDP) && is_deaf(&e, "udp", what);
}

const struct check checks[] = {
	{ "rules", CHECK_BROKEN, no_rules,
	    N_("the kernel does not have it: seki apply") },
	{ "forwarding", CHECK_BROKEN, no_forwarding,
	    N_("IPv6 forwarding of this host is off: seki apply") },
	{ "uplink", CHECK_BROKEN, uplink_gone, N_("%s is not there") },
	{ "uplink-down", CHECK_BROKEN, uplink_down,
	    N_("%s is down, or has no carrier") },
	{ "public", CHECK_BROKEN, public_gone,
	    N_("no interface of this host has %s") },
	{ "public-dad", CHECK_BROKEN, public_not_ready,
	    N_("%s cannot be used yet: duplicate address detection has not "
	       "ended, or found another one") },
	{ "route", CHECK_DEGRADED, no_route,
	    N_("this host has no IPv6 default route") },
	{ "bridge", CHECK_BROKEN, bridge_gone, N_("%s is not there") },
	{ "bridge-down", CHECK_BROKEN, bridge_down, N_("%s is down") },
	{ "bridge-ula", CHECK_BROKEN, bridge_without_ula,
	    N_("%s does not have its ULA: seki apply") },
	{ "bridge-dad", CHECK_BROKEN, bridge_not_ready,
	    N_("the ULA of %s cannot be used: duplicate address detection") },
	{ "container", CHECK_BROKEN, container_gone, N_("%s is not there") },
	{ "stopped", CHECK_BROKEN, container_stopped, N_("%s is stopped") },
	{ "moved", CHECK_BROKEN, container_moved,
	    N_("%s is on another bridge than was committed") },
	{ "namesake", CHECK_DEGRADED, two_of_a_name,
	    N_("two containers are called %s") },
	{ "port", CHECK_BROKEN, port_down, N_("its port %s is down") },
	{ "carrier", CHECK_BROKEN, no_carrier,
	    N_("its port %s has no carrier: the interface inside is down") },
	{ "ula", CHECK_BROKEN, no_ula_inside, N_("%s does not have its ULA") },
	{ "ula-dad", CHECK_BROKEN, ula_not_ready,
	    N_("the ULA of %s cannot be used: duplicate address detection") },
	{ "ula-twice", CHECK_DEGRADED, target_elsewhere,
	    N_("somebody else has %s too") },
	{ "route-inside", CHECK_DEGRADED, no_route_inside,
	    N_("%s has no IPv6 default route, so answers find no way out") },
	{ "other-route", CHECK_DEGRADED, other_route_inside,
	    N_("the default route of %s does not lead to this host") },
	{ "elsewhere", CHECK_DEGRADED, leads_elsewhere,
	    N_("%s is behind no bridge of this host") },
	{ "nobody", CHECK_DEGRADED, nobody_known,
	    N_("no container is known to have %s") },
	{ "policy", CHECK_BROKEN, shut,
	    N_("a policy of the forward chain shuts it for everybody") },
	{ "other-table", CHECK_BROKEN, dropped_by_other,
	    N_("%s drops all that is forwarded") },
	{ "other-rules", CHECK_DEGRADED, may_be_dropped, "%s" },
	{ "listener", CHECK_DEGRADED, nobody_listens,
	    N_("nothing in its container listens on %s") },
};
const size_t check_count = NITEMS(checks);

/* Subjects */

/* Named containers that are not where they were committed to be are looked for
 * by name, literal targets by address. */
static const struct container *
find_container(const struct check_subject *s)
{
	const struct snapshot *now = seen(s);
	const struct container *c = now->containers;
	const struct container *end = END_OF(c, now->ncontainers);

	if (is_named(s) && s->forward->container->container != NULL)
		return s->forward->container->container;
	if (is_named(s))
		return snapshot_container(
		    now, s->forward->st->v[FORWARD_TO].target.name, NULL);
	for (; c < end; c++)
		if (c->port != 0 && c->nsid != NSID_SELF &&
		    target_inside(&(struct check_subject){
			.host = s->host, .forward = s->forward,
			.container = c }) != NULL)
			return c;
	return NULL;
}

static const struct link *
find_bridge(const struct check_subject *s)
{
	const struct model *m = s->model;
	size_t i;

	if (is_named(s))
		return s->forward->container->bridge->link;
	for (i = 0; i < m->nbridges; i++)
		if (m->bridges[i].ula.family != AF_UNSPEC &&
		    prefix_holds(&m->bridges[i].ula, &s->forward->target))
			return m->bridges[i].link;
	return NULL;
}

void
checkup_begin(struct checkup *k, const struct host *h)
{
	const struct config *c;
	struct err ignored;

	memset(k, 0, sizeof(*k));
	k->host = h;
	c = drift_config(h, &k->store, &ignored);
	k->known = c != NULL && model_build_lenient(&k->model, c, &h->snapshot,
				    &ignored) == 0;
}

void
checkup_end(struct checkup *k)
{
	model_free(&k->model);
	config_free(&k->store);
}

/* Lists ask in the order of the config, which is that of the model. */
static const struct model_forward *
find_forward(struct checkup *k, const char *id)
{
	size_t n = k->model.nforwards, i, at;

	for (i = 0; i < n; i++) {
		at = (k->at + i) % n;
		if (strcmp(k->model.forwards[at].id, id) == 0) {
			k->at = at + 1;
			return &k->model.forwards[at];
		}
	}
	return NULL;
}

/* The model leaves out what has no public address or no container. */
static enum check_verdict
left_out(const struct check_subject *s, struct buf *why)
{
	struct buf what = { 0 };

	if (uplink_gone(s, &what))
		buf_printf(why, _("%s is not there"), buf_text(&what));
	else if (uplink_down(s, &what))
		buf_printf(why, _("%s is down, or has no carrier"),
		    buf_text(&what));
	else if (s->model->nuplinks == 0)
		buf_add(why, _("this host has no IPv6 default route"));
	else if (s->model->npublics == 0)
		buf_printf(why, _("%s has no public IPv6 address"),
		    s->model->uplinks[0].link->name);
	else
		buf_add(why, _("its address or its container is not there"));
	buf_free(&what);
	return CHECK_BROKEN;
}

enum check_verdict
checkup_forward(struct checkup *k, const char *id, struct buf *why)
{
	struct check_subject s = { .host = k->host, .model = &k->model };
	struct buf what = { 0 };
	const struct check *c = checks;

	if (!k->known)
		return CHECK_OK;
	s.forward = find_forward(k, id);
	if (s.forward == NULL)
		return left_out(&s, why);
	s.bridge = find_bridge(&s);
	s.container = find_container(&s);
	if (s.container != NULL)
		s.port = snapshot_link_at(seen(&s), s.container->port);
	while (c < checks + check_count && !c->fails(&s, &what))
		c++;
	if (c < checks + check_count)
		buf_printf(why, _(c->sentence), buf_text(&what));
	buf_free(&what);
	return c < checks + check_count ? c->verdict : CHECK_OK;
}
