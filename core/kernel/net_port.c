/* From bridge ports to containers. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/kernel/net_parts.h"

static bool
is_guest_port(const struct snapshot *s, const struct link *l)
{
	const struct link *master;

	if (!link_is_guest_port(l))
		return false;
	master = snapshot_link_at(s, l->master);
	return master != NULL && link_is_bridge(master);
}

static bool
leads_away(const struct link *l)
{
	return l->peer_index != 0 && l->peer_nsid != NSID_SELF;
}

static int
by_value(const void *a, const void *b)
{
	int x = *(const int *)a, y = *(const int *)b;

	return (x > y) - (x < y);
}

/* The namespaces behind the ports, each once. */
static void
identify_netns(struct net *net, const struct snapshot *s)
{
	int *nsids = xcalloc(s->nlinks, sizeof(*nsids));
	size_t i, n = 0, unique = 0;

	for (i = 0; i < s->nlinks; i++)
		if (is_guest_port(s, &s->links[i]) && leads_away(&s->links[i]))
			nsids[n++] = s->links[i].peer_nsid;
	qsort(nsids, n, sizeof(*nsids), by_value);
	for (i = 0; i < n; i++)
		if (unique == 0 || nsids[unique - 1] != nsids[i])
			nsids[unique++] = nsids[i];
	net_netns_identify(net, nsids, unique);
	free(nsids);
}

static void
add_name(struct container *c, const char *name, const char *runtime)
{
	c->names = xgrow(c->names, c->nnames, sizeof(*c->names));
	c->names[c->nnames++] =
	    (struct container_name){ xstrdup(name), runtime };
}

/* Its first name is the one shown. */
static struct container *
add_container(struct snapshot *s, const char *name, const char *runtime)
{
	struct container *c;

	s->containers =
	    xgrow(s->containers, s->ncontainers, sizeof(*s->containers));
	c = &s->containers[s->ncontainers++];
	memset(c, 0, sizeof(*c));
	add_name(c, name, runtime);
	c->name = c->names[0].name;
	c->runtime = runtime;
	c->nsid = NSID_SELF;
	return c;
}

static struct container *
add_resident(struct snapshot *s, const struct netns *ns)
{
	struct container *c;
	size_t i;

	c = add_container(s, ns->names[0].name, ns->names[0].runtime);
	for (i = 1; i < ns->nnames; i++)
		add_name(c, ns->names[i].name, ns->names[i].runtime);
	return c;
}

/* Copies what is visible of the interface at the other end. */
static void
set_inner(struct container *c, const struct link *inner)
{
	memcpy(c->inner_name, inner->name, sizeof(c->inner_name));
	memcpy(c->mac, inner->mac, sizeof(c->mac));
	c->has_mac = inner->has_mac;
	c->mtu = inner->mtu;
	c->no_ipv6 = link_has_no_ipv6(inner);
	c->inner_down = !inner->up;
}

static void
take_first(
    const struct container *c, const struct routes *r, struct route *route)
{
	*route = r->v[0];
	if (route->index == c->inner)
		memcpy(route->dev, c->inner_name, sizeof(route->dev));
}

static void
set_default(struct container *c, const struct routes *r)
{
	size_t i = 0;

	if (r->n == 0)
		return;
	c->has_default = true;
	take_first(c, r, &c->route);
	while (i < r->n && r->v[i].protocol == c->route.protocol)
		i++;
	c->has_other = i < r->n;
	if (c->has_other)
		c->other = r->v[i];
}

static void
set_default4(struct container *c, const struct routes *r)
{
	c->has_default4 = r->n > 0;
	if (c->has_default4)
		take_first(c, r, &c->route4);
}

static void
read_routes(struct net *net, struct container *c, struct nl_sock **sk,
    enum family f, struct routes *r)
{
	if (*sk != NULL)
		net_note_lack(
		    net, net_routes_inside(net, c, sk, family_numbers[f], r,
			     &c->routes_cut[f]));
	else
		c->routes_cut[f] = true;
}

/* Routes can only be read from inside, which may not be permitted. */
static void
read_default(struct net *net, struct container *c)
{
	struct routes r = { 0 }, r4 = { 0 };
	struct nl_sock *sk;
	struct err e;

	if (c->netns == NULL)
		return;
	sk = net_enter(net, c, NETLINK_ROUTE, &e);
	if (sk == NULL)
		return;
	read_routes(net, c, &sk, FAMILY_IPV6, &r);
	read_routes(net, c, &sk, FAMILY_IPV4, &r4);
	if (sk != NULL)
		net_passage_out(sk, FAMILY_IPV6, &c->out[FAMILY_IPV6]);
	if (sk != NULL && (r4.n > 0 || c->routes_cut[FAMILY_IPV4]))
		net_passage_out(sk, FAMILY_IPV4, &c->out[FAMILY_IPV4]);
	net_leave(net, sk);
	set_default(c, &r);
	set_default4(c, &r4);
	free(r.v);
	free(r4.v);
}

static uint64_t
inode_of(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? st.st_ino : 0;
}

/* Finds the interface that has the addresses: the other end of the port or, as
 * in OpenWrt, the bridge that it is a port of in there. The kernel nests
 * masters 8 deep at most (MAX_NEST_DEV). */
static void
look_at_inner(struct net *net, struct container *c)
{
	struct link inner, master;

	if (!net_link_inside(net, c->nsid, c->inner, &inner))
		return;
	while (inner.master != 0 &&
	       net_link_inside(net, c->nsid, inner.master, &master) &&
	       link_takes_packets(&master))
		inner = master;
	c->inner = inner.index;
	set_inner(c, &inner);
}

static void
look_inside(struct net *net, struct snapshot *s, struct container *c)
{
	look_at_inner(net, c);
	net_note_lack(net, net_addresses_inside(net, c, s));
	read_default(net, c);
}

static void
add_port(struct net *net, struct snapshot *s, const struct link *l)
{
	const struct netns *ns = NULL;
	const struct link *inner;
	struct container *c;

	if (leads_away(l))
		ns = net_netns_of(net, l->peer_nsid);
	if (ns != NULL && ns->nnames > 0)
		c = add_resident(s, ns);
	else
		c = add_container(s, l->name, RUNTIME_UNKNOWN);
	c->bridge = l->master;
	c->port = l->index;
	c->inner = l->peer_index;
	if (ns != NULL) {
		c->nsid = ns->nsid;
		c->pid = ns->pid;
		if (ns->path != NULL) {
			c->netns = xstrdup(ns->path);
			c->inode = inode_of(c->netns);
		}
		look_inside(net, s, c);
		return;
	}
	inner = snapshot_link_at(s, c->inner);
	if (inner != NULL)
		set_inner(c, inner);
}

static bool
is_running(const struct snapshot *s, const char *name)
{
	const struct container *c = s->containers;
	size_t i;

	for (; c < END_OF(s->containers, s->ncontainers); c++)
		for (i = 0; i < c->nnames; i++)
			if (strcmp(c->names[i].runtime, "lxc") == 0 &&
			    strcmp(c->names[i].name, name) == 0)
				return true;
	return false;
}

/* A running container without a port is about to get one, has just lost it, or
 * wants none. The definition of one that is known to run tells nothing more. */
static bool
add_definitions(struct net *net, struct snapshot *s)
{
	struct definition *d = net->definitions.v;
	const struct definition *end = END_OF(d, net->definitions.n);
	const struct link *bridge;
	struct container *c;
	bool certain = true;

	for (; d < end; d++) {
		if (is_running(s, d->name) || !definition_read(net->lxc, d))
			continue;
		c = add_container(s, d->name, "lxc");
		bridge = snapshot_link(s, d->bridge);
		if (bridge != NULL && link_is_bridge(bridge))
			c->bridge = bridge->index;
		c->state = CONTAINER_STOPPED;
		if (lxc_runs(net->lxc, d->name)) {
			c->state = CONTAINER_UP;
			certain = false;
		}
	}
	return certain;
}

static int
by_bridge_and_name(const void *a, const void *b)
{
	const struct container *x = a, *y = b;
	int d;

	if (x->bridge != y->bridge)
		return x->bridge < y->bridge ? -1 : 1;
	d = strcmp(x->name, y->name);
	return d != 0 ? d : (x->port > y->port) - (x->port < y->port);
}

int
net_guests(struct net *net, struct snapshot *s)
{
	identify_netns(net, s);
	return net->lacks;
}

bool
net_guest(struct net *net, struct snapshot *s, size_t *link)
{
	while (*link < s->nlinks && !is_guest_port(s, &s->links[*link]))
		++*link;
	if (*link == s->nlinks)
		return false;
	add_port(net, s, &s->links[(*link)++]);
	return true;
}

/* A container that is skipped for lack of a descriptor would look stopped. */
int
net_containers(struct net *net, struct snapshot *s)
{
	bool certain;
	size_t i;

	net_read_definitions(net);
	net_watch_homes(net);
	certain = add_definitions(net, s) && !net->joined;
	for (i = 0; i < net->nnetns; i++)
		certain = certain && net->netns[i].settled;
	if (!certain)
		net_look_later(net);
	if (s->ncontainers > 0)
		qsort(s->containers, s->ncontainers, sizeof(*s->containers),
		    by_bridge_and_name);
	return net->lacks;
}
