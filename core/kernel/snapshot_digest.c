/* A snapshot in one number: each part of it as text, and that hashed. */
#include "config.h"

#include "core/kernel/snapshot_digest.h"

#include "core/base/util.h"

static void
add_prefix(struct buf *b, const struct prefix *p)
{
	if (p->family != AF_UNSPEC)
		prefix_print(p, b);
	buf_add(b, " ");
}

static void
add_mac(struct buf *b, bool has_mac, const uint8_t mac[6])
{
	if (has_mac)
		mac_print(mac, b);
	buf_add(b, " ");
}

static void
add_link(struct buf *b, const struct link *l)
{
	size_t i;

	buf_printf(b, "%d %s %s %d %d %u %d %d %d ", l->index, l->name, l->kind,
	    l->up, l->running, l->mtu, l->master, l->peer_index, l->peer_nsid);
	add_mac(b, l->has_mac, l->mac);
	for (i = 0; i < CONF_COUNT; i++)
		buf_printf(b, "%d ", l->has_conf ? l->conf[i] : -1);
	for (i = 0; i < sizeof(l->bridge_id); i++)
		buf_printf(b, "%d ", l->bridge_id[i]);
	buf_printf(
	    b, "%d %d %d %d\n", l->is_port, l->port_state, l->locked, l->stp);
}

static void
add_address(struct buf *b, const struct address *a)
{
	add_prefix(b, &a->prefix);
	buf_printf(b, "%d %d %d %u %d %d %d\n", a->nsid, a->index, a->scope,
	    (unsigned)a->flags, a->proto, a->valid == UINT32_MAX,
	    a->preferred == UINT32_MAX);
}

static void
add_route(struct buf *b, const struct route *r)
{
	add_prefix(b, &r->to);
	add_prefix(b, &r->gateway);
	add_prefix(b, &r->source);
	buf_printf(b, "%d %s %d %d %u %d\n", r->index, r->dev, r->protocol,
	    r->unreachable, (unsigned)r->metric, r->expires != 0);
}

static void
add_proxy(struct buf *b, const struct proxy *p)
{
	add_prefix(b, &p->addr);
	buf_printf(b, "%d %d\n", p->index, p->protocol);
}

static void
add_ways(struct buf *b, const struct container *c)
{
	const struct passage *p;

	if (c->has_default)
		add_route(b, &c->route);
	if (c->has_other)
		add_route(b, &c->other);
	if (c->has_default4)
		add_route(b, &c->route4);
	for (p = c->out; p < c->out + FAMILY_COUNT; p++) {
		if (p->known && !p->refused)
			add_prefix(b, &p->gateway);
		add_prefix(b, &p->source);
		buf_printf(b, "%d %d %d\n", p->known, p->refused, p->index);
	}
}

static void
add_container(struct buf *b, const struct container *c)
{
	size_t i;

	buf_printf(b, "%s %s %d %d %d %ju ", c->name, c->runtime, (int)c->state,
	    (int)c->pid, c->nsid, (uintmax_t)c->inode);
	buf_printf(
	    b, "%d %d %d %s ", c->bridge, c->port, c->inner, c->inner_name);
	add_mac(b, c->has_mac, c->mac);
	buf_printf(
	    b, "%u %d %d %d\n", c->mtu, c->no_ipv6, c->inner_down, c->cut);
	buf_printf(b, "%d %d\n", c->routes_cut[FAMILY_IPV4],
	    c->routes_cut[FAMILY_IPV6]);
	for (i = 0; i < c->nnames; i++)
		buf_printf(b, "%s %s\n", c->names[i].name, c->names[i].runtime);
	add_ways(b, c);
}

uint64_t
snapshot_digest(const struct snapshot *s)
{
	struct buf b = { 0 };
	uint64_t digest;
	size_t i;

	for (i = 0; i < s->nlinks; i++)
		add_link(&b, &s->links[i]);
	for (i = 0; i < s->naddresses; i++)
		add_address(&b, &s->addresses[i]);
	for (i = 0; i < s->nroutes; i++)
		add_route(&b, &s->routes[i]);
	for (i = 0; i < s->ninward + s->nunreachable; i++)
		add_route(&b, &s->inward[i]);
	for (i = 0; i < s->nroutes4 + s->ninward4; i++)
		add_route(&b, &s->routes4[i]);
	for (i = 0; i < s->nproxies; i++)
		add_proxy(&b, &s->proxies[i]);
	for (i = 0; i < s->ncontainers; i++)
		add_container(&b, &s->containers[i]);
	for (i = 0; i < s->ssh.n; i++)
		buf_printf(&b, "ssh %u ", s->ssh.v[i]);
	buf_printf(&b, "%d %d %d %d %d %d", s->has_ipv6, s->has_fib,
	    s->forwarding, s->forwarding_next, s->forwarding4, s->proxy);
	digest = hash_text(HASH_START, buf_text(&b));
	buf_free(&b);
	return digest;
}
