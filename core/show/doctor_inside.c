/* Checks of containers as they are inside, and of the bridges before them. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/base/shell.h"
#include "core/kernel/container.h"
#include "core/kernel/sysfs.h"
#include "core/reach/mtu.h"
#include "core/show/doctor_parts.h"

/* ---- MACs of bridges */

static bool
is_stated_bridge(const struct host *h, const struct link *l)
{
	return link_is_bridge(l) && config_bridge(&h->saved, l->name) != NULL;
}

/* The port whose MAC it has. */
static const struct link *
port_like(const struct snapshot *now, const struct link *bridge)
{
	const struct link *l = now->links;

	for (; l < END_OF(now->links, now->nlinks); l++)
		if (l->master == bridge->index && l->has_mac &&
		    bridge->has_mac &&
		    memcmp(l->mac, bridge->mac, sizeof(l->mac)) == 0)
			return l;
	return NULL;
}

/* The one that it has is as good as any, and known. */
static char *
cure_of_mac(const struct link *bridge)
{
	struct buf b = { 0 }, mac = { 0 };

	mac_print(bridge->mac, &mac);
	shell_add(
	    &b, "ip link set %s address %s", bridge->name, buf_text(&mac));
	buf_free(&mac);
	return b.len > 0 ? buf_take(&b) : NULL;
}

static void
look_at_mac(const struct examination *x, const struct link *bridge,
    const struct link *port)
{
	enum mac_owner owner = sysfs_mac_owner(bridge);
	struct buf name = { 0 };

	buf_escape(&name, port->name, strlen(port->name));
	if (owner == MAC_OF_KERNEL) {
		doctor_add(x, DOCTOR_WARN, xstrdup(bridge->name),
		    xasprintf(_("its MAC is that of its port %s and changes "
				"with its ports: containers then do not find "
				"this host until they search for it again"),
			buf_text(&name)));
		doctor_cure(x, cure_of_mac(bridge));
	} else if (owner == MAC_UNKNOWN)
		doctor_add(x, DOCTOR_UNKNOWN, xstrdup(bridge->name),
		    xasprintf(_("it has the MAC of its port %s, and whether "
				"that changes with its ports cannot be told: "
				"/sys shows other links"),
			buf_text(&name)));
	buf_free(&name);
}

/* Without ports there is nobody who could know it. */
static void
look_at_macs(const struct examination *x)
{
	const struct snapshot *now = &x->host->snapshot;
	const struct link *l = now->links, *port;

	for (; l < END_OF(now->links, now->nlinks); l++) {
		port = is_stated_bridge(x->host, l) ? port_like(now, l) : NULL;
		if (port != NULL)
			look_at_mac(x, l, port);
	}
}

/* ---- MTUs */

static void
tell_mtus(const struct examination *x, const struct container_row *r,
    const struct mtus *m)
{
	struct buf cure = { 0 };

	doctor_add(x, DOCTOR_WARN, xstrdup(r->name),
	    xasprintf(
		mtus_lose_to(m)
		    ? _("packets of more than %u bytes to it are lost, and no "
			"error tells who sends them: the MTU is %u on its "
			"bridge, %u on its port and %u inside")
		    : _("packets of more than %u bytes from it are lost, and "
			"no error tells it: the MTU is %u on its bridge, %u on "
			"its port and %u inside"),
		mtus_fit(m), m->bridge->mtu, m->port->mtu, m->container->mtu));
	mtus_cure(m, &x->host->snapshot, &cure);
	doctor_cure(x, cure.len > 0 ? buf_take(&cure) : NULL);
}

static void
look_at_mtus(const struct examination *x)
{
	const struct container_row *r = x->lists->containers;
	const struct container_row *end = END_OF(r, x->lists->ncontainers);
	bool can = doctor_can_look(x);
	struct mtus m;

	for (; can && r < end; r++) {
		if (!doctor_looks_into(r) || r->container->mtu == 0)
			continue;
		m = (struct mtus){ r->bridge, r->port, r->container };
		if (mtus_lose_to(&m) || mtus_lose_from(&m))
			tell_mtus(x, r, &m);
	}
}

/* ---- addresses that it has besides ours */

static bool
is_given(const struct container_row *r, const struct prefix *addr)
{
	static const unsigned values[] = { CONTAINER_ULA, CONTAINER_ADDRESS };
	const struct value *v = r->st->v;
	size_t i;

	for (i = 0; i < NITEMS(values); i++)
		if (v[values[i]].set && addr_equal(&v[values[i]].prefix, addr))
			return true;
	return false;
}

static const struct address *
inside(const struct examination *x, const struct container_row *r,
    const struct prefix *addr)
{
	return snapshot_address_bare(
	    &x->host->snapshot, r->container->nsid, r->container->inner, addr);
}

/* What it sends from, as its kernel chooses (RFC 6724, 5), unless that was
 * given; NULL. */
static const struct address *
other_source(const struct examination *x, const struct container_row *r)
{
	const struct passage *out = &r->container->out[FAMILY_IPV6];

	if (!out->known || out->refused || out->source.family != AF_INET6 ||
	    is_given(r, &out->source))
		return NULL;
	return inside(x, r, &out->source);
}

/* One that any program of it may send from. */
static const struct address *
other_of_prefix(const struct examination *x, const struct container_row *r,
    const struct address *own)
{
	const struct snapshot *now = &x->host->snapshot;
	const struct address *a = now->addresses;

	for (; a < END_OF(now->addresses, now->naddresses); a++)
		if (a->nsid == r->container->nsid &&
		    a->index == r->container->inner &&
		    prefix_holds(&own->prefix, &a->prefix) &&
		    address_state(a) == ADDRESS_STABLE &&
		    !is_given(r, &a->prefix))
			return a;
	return NULL;
}

/* What makes its kernel give itself such addresses; "": nothing. */
static const char *
maker_of(const struct examination *x, const struct address *a)
{
	if (address_state(a) == ADDRESS_TEMPORARY)
		return "use_tempaddr";
	return snapshot_address_by_ra(&x->host->snapshot, a) ? "autoconf" : "";
}

/* Else it is there again with the next advertisement. But its own is not to be
 * lost with it. */
static char *
cure_of_other(const struct examination *x, const struct container *c,
    const struct address *a, const struct address *own)
{
	const char *maker = maker_of(x, a);
	struct buf stop = { 0 }, del = { 0 }, b = { 0 };
	char text[ADDR_TEXT_MAX];

	if (*maker != '\0' && strcmp(maker, maker_of(x, own)) == 0)
		return NULL;
	if (*maker != '\0')
		shell_add(&stop, "sysctl -w net/ipv6/conf/%s/%s=0",
		    c->inner_name, maker);
	shell_add(&del, "ip addr del %s dev %s", prefix_text(&a->prefix, text),
	    c->inner_name);
	container_enter(c, buf_text(&stop), &b);
	container_enter(c, buf_text(&del), &b);
	buf_free(&stop);
	buf_free(&del);
	return b.len > 0 ? buf_take(&b) : NULL;
}

static void
tell_other(const struct examination *x, const struct container_row *r,
    const struct address *a, const struct address *own, const char *words)
{
	char other[ADDR_TEXT_MAX], given[ADDR_TEXT_MAX];

	doctor_add(x, DOCTOR_WARN, xstrdup(r->name),
	    xasprintf(_(words), addr_text(&a->prefix, other),
		addr_text(&own->prefix, given)));
	doctor_cure(x, cure_of_other(x, r->container, a, own));
}

/* Runtimes with networks of their own give theirs, which are to stay. */
static void
look_for_others_of(const struct examination *x, const struct container_row *r)
{
	const struct address *own = inside(x, r, statement_inside(r->st));
	const struct address *a = own != NULL ? other_source(x, r) : NULL;

	if (a != NULL)
		tell_other(x, r, a, own,
		    N_("it sends from %s in place of %s: what policies allow "
		       "it does not hold for that"));
	else if (own != NULL &&
		 !container_runtime_lends(r->container->runtime) &&
		 (a = other_of_prefix(x, r, own)) != NULL)
		tell_other(x, r, a, own,
		    N_("it has %s besides %s: what policies allow it does not "
		       "hold for what it sends from there"));
}

static void
look_for_others(const struct examination *x)
{
	const struct container_row *r = x->lists->containers;
	const struct container_row *end = END_OF(r, x->lists->ncontainers);
	bool can = doctor_can_look(x);

	for (; can && r < end; r++)
		if (doctor_looks_into(r) && r->st != NULL &&
		    statement_inside(r->st) != NULL)
			look_for_others_of(x, r);
}

static const struct doctor_check checks[] = {
	{ "mac", DOCTOR_BRIDGES, look_at_macs, N_("MACs") },
	{ "mtu", DOCTOR_CONTAINERS, look_at_mtus, N_("MTUs") },
	{ "source", DOCTOR_CONTAINERS, look_for_others,
	    N_("what they send from") },
};
const struct doctor_checks doctor_inside = { checks, NITEMS(checks) };
