/* The word auto: chooses an address for a statement. */
#include "config.h"

#include "core/lang/auto.h"

#include <string.h>
#include <sys/random.h>

#include "core/base/intl.h"
#include "core/kernel/container.h"
#include "core/kernel/dhcp.h"
#include "core/lang/ula.h"

/* What one auto is to be replaced by. */
struct choice_of {
	const struct given *given;
	const struct statement *st;
	const struct config *config;
	const struct snapshot *snapshot;
	struct prefix *out;
	struct err *e;
	struct dhcp_ranges lent; /* to whoever asks for it */
};

static int random_prefix(const struct choice_of *);
static int refuse_prefix(const struct choice_of *);
static bool has_ula(const struct snapshot *, int index, struct prefix *);
static bool has_none(const struct snapshot *, int index, struct prefix *);
static bool has_ipv4(const struct snapshot *, int index, struct prefix *);

/* What is given by which words of a bridge and of its containers. */
static const struct given {
	size_t bridge, container;
	/* The address of one of our links with its prefix, which is kept. */
	bool (*has)(const struct snapshot *, int index, struct prefix *);
	/* Where it has none; NULL: a bridge has no auto of it. */
	int (*make)(const struct choice_of *);
	bool leased; /* a runtime gives its containers such addresses, too, and
			they are the first choice */
	const char *missing, *way_out;
} all_given[] = {
	{ BRIDGE_ULA, CONTAINER_ULA, has_ula, random_prefix, false,
	    N_("%s has no ULA to pick an address from"),
	    N_("give it one first: add bridge %s ula auto") },
	{ BRIDGE_PREFIX, CONTAINER_ADDRESS, has_none, NULL, false,
	    N_("%s has no public prefix to pick an address from"),
	    N_("give it the one that is routed to this host: add bridge %s "
	       "prefix PREFIX") },
	{ BRIDGE_IPV4, CONTAINER_IPV4, has_ipv4, refuse_prefix, true,
	    N_("%s has no ipv4 to pick an address from"),
	    N_("give it one first: add bridge %s ipv4 auto") },
};

/* Bridges */

static bool
has_ula(const struct snapshot *s, int index, struct prefix *out)
{
	const struct address *a = ula_of_bridge(s, index);

	if (a != NULL)
		*out = a->prefix;
	return a != NULL;
}

static bool
has_none(const struct snapshot *s UNUSED, int index UNUSED,
    struct prefix *out UNUSED)
{
	return false;
}

static bool
has_ipv4(const struct snapshot *s, int index, struct prefix *out)
{
	const struct address *a;

	for (a = s->addresses; a < END_OF(s->addresses, s->naddresses); a++) {
		if (a->nsid != NSID_SELF || a->index != index ||
		    a->prefix.family != AF_INET || prefix_is_bare(&a->prefix) ||
		    addr_is_link_local(&a->prefix) || !address_is_static(a))
			continue;
		*out = a->prefix;
		return true;
	}
	return false;
}

/* fd, 40 random bits, 16 bits of subnet (0 here), 64 of host. */
static int
random_prefix(const struct choice_of *c)
{
	struct prefix *p = c->out;

	memset(p, 0, sizeof(*p));
	p->family = AF_INET6;
	p->len = 64;
	p->bytes[0] = 0xfd;
	p->bytes[15] = 1;
	if (getrandom(p->bytes + 1, 5, 0) != 5)
		return err_sys(c->e, ERR_FAIL, "no random numbers for a ULA");
	return 0;
}

static bool
is_used(const struct prefix *p, const struct config *config,
    const struct snapshot *s)
{
	const struct statement *st;
	size_t i;

	for (i = 0; i < s->naddresses; i++)
		if (prefix_overlaps(p, &s->addresses[i].prefix))
			return true;
	for (i = 0; i < s->ninward4; i++)
		if (prefix_overlaps(p, &s->inward4[i].to))
			return true;
	for (i = 0; i < config->n; i++) {
		st = config->v[i].st;
		if (st != NULL && st->kind == ST_BRIDGE &&
		    st->v[BRIDGE_IPV4].set &&
		    prefix_overlaps(p, &st->v[BRIDGE_IPV4].prefix))
			return true;
	}
	return false;
}

bool
auto_example(
    struct prefix *out, const struct config *config, const struct snapshot *s)
{
	unsigned x;

	*out = (struct prefix){
		.family = AF_INET, .len = 24, .bytes = { 10, 0, 0, 1 }
	};
	for (x = 1; x < 255; x++) {
		out->bytes[1] = (uint8_t)x;
		if (!is_used(out, config, s))
			return true;
	}
	return false;
}

/* None is made up: of the few private ones another network may have any. */
static int
refuse_prefix(const struct choice_of *c)
{
	const char *name = c->st->v[BRIDGE_IFACE].text;
	char text[ADDR_TEXT_MAX];
	struct prefix free_one;

	err_set(c->e, ERR_UNSAFE, "%s has no IPv4 address to keep", name);
	if (auto_example(&free_one, c->config, c->snapshot))
		err_hint(c->e,
		    "give it one that is used nowhere else: "
		    "bridge %s ipv4 %s",
		    name, prefix_text(&free_one, text));
	return statement_blame(c->st, c->given->bridge, c->e);
}

static int
pick_prefix(const struct choice_of *c)
{
	const struct statement *stated = config_same(c->config, c->st);
	const struct link *l =
	    snapshot_link(c->snapshot, c->st->v[BRIDGE_IFACE].text);

	if (stated != NULL && stated->v[c->given->bridge].set) {
		*c->out = stated->v[c->given->bridge].prefix;
		return 0;
	}
	if (l != NULL && c->given->has(c->snapshot, l->index, c->out))
		return 0;
	return c->given->make(c);
}

/* Containers */

static const struct statement *
find_bridge(const struct config *c, const struct given *given, const char *name)
{
	const struct statement *st, *only = NULL;
	size_t i;

	for (i = 0; i < c->n; i++) {
		st = c->v[i].st;
		if (st == NULL || st->kind != ST_BRIDGE ||
		    !st->v[given->bridge].set ||
		    (name != NULL &&
			strcmp(st->v[BRIDGE_IFACE].text, name) != 0))
			continue;
		if (only != NULL)
			return NULL;
		only = st;
	}
	return only;
}

static void
refuse_without(const struct choice_of *c, const char *name)
{
	const struct link *l =
	    name != NULL ? snapshot_link(c->snapshot, name) : NULL;
	struct prefix has;
	char text[ADDR_TEXT_MAX];

	if (l != NULL && c->given->has(c->snapshot, l->index, &has))
		err_set(c->e, ERR_UNSAFE,
		    "%s has %s, which no statement makes its prefix", name,
		    prefix_text(&has, text));
	else
		err_set(c->e, ERR_UNSAFE, c->given->missing,
		    name != NULL ? name : _("the bridge of this container"));
	err_hint(c->e, c->given->way_out, name != NULL ? name : "NAME");
	statement_blame(c->st, c->given->container, c->e);
}

/* The bridge in the statement, else the one the container is attached to, else
 * the only one with such an address. */
static const struct statement *
bridge_of(const struct choice_of *c)
{
	const struct container *in = snapshot_container(
	    c->snapshot, c->st->v[CONTAINER_NAME].text, NULL);
	const struct link *l = NULL;
	const struct statement *bridge;
	const char *name = NULL;

	if (in != NULL && in->bridge != 0)
		l = snapshot_link_at(c->snapshot, in->bridge);
	if (c->st->v[CONTAINER_ON].set)
		name = c->st->v[CONTAINER_ON].text;
	else if (l != NULL)
		name = l->name;
	bridge = find_bridge(c->config, c->given, name);
	if (bridge == NULL)
		refuse_without(c, name);
	return bridge;
}

/* The container statement that gives the address; NULL if there is none. */
static const struct statement *
container_with(const struct choice_of *c, const struct prefix *addr)
{
	const struct statement *st;
	size_t i;

	for (i = 0; i < c->config->n; i++) {
		st = c->config->v[i].st;
		if (st != NULL && st->kind == ST_CONTAINER &&
		    st->v[c->given->container].set &&
		    addr_equal(&st->v[c->given->container].prefix, addr))
			return st;
	}
	return NULL;
}

static bool
is_taken(const struct choice_of *c, const struct prefix *addr)
{
	const struct snapshot *s = c->snapshot;
	const struct statement *st;
	size_t i;

	if (container_with(c, addr) != NULL ||
	    dhcp_holding(&c->lent, addr) != NULL)
		return true;
	for (i = 0; i < c->config->n; i++) {
		st = c->config->v[i].st;
		if (st != NULL && st->kind == ST_BRIDGE &&
		    st->v[c->given->bridge].set &&
		    addr_equal(&st->v[c->given->bridge].prefix, addr))
			return true;
	}
	for (i = 0; i < s->naddresses; i++)
		if (addr_equal(&s->addresses[i].prefix, addr))
			return true;
	return false;
}

static bool
is_anothers(const struct choice_of *c, const struct prefix *addr)
{
	const struct statement *st = container_with(c, addr);

	return st != NULL && strcmp(st->v[CONTAINER_NAME].text,
				 c->st->v[CONTAINER_NAME].text) != 0;
}

/* A bridge without containers is recognised by its name. */
bool
auto_is_lent(const struct snapshot *s, const char *bridge)
{
	static const char *const names[] = { "docker", "br-", "podman", "cni" };
	const struct link *l = snapshot_link(s, bridge);
	const struct container *c;
	size_t i;

	for (i = 0; i < NITEMS(names); i++)
		if (has_prefix(bridge, names[i]))
			return true;
	for (c = s->containers; c < END_OF(s->containers, s->ncontainers); c++)
		if (l != NULL && c->bridge == l->index &&
		    container_runtime_lends(c->runtime))
			return true;
	return false;
}

/* The pool to choose from. In a /64 Docker leases only the first 2^63 addresses
 * (moby, addrset.AddAny), or one derived from the MAC; Podman counts up from
 * the first (getFreeIPFromBucket). Neither reaches the upper half, unless
 * configured to (--ip-range). Of a prefix that is on an uplink's link the first
 * ones are those of routers and of other hosts there. */
static struct prefix
pool_of(const struct choice_of *c, const struct statement *bridge)
{
	struct prefix pool =
	    prefix_network(&bridge->v[c->given->bridge].prefix);
	bool others =
	    auto_is_lent(c->snapshot, bridge->v[BRIDGE_IFACE].text) ||
	    (c->given->bridge == BRIDGE_PREFIX && bridge->v[BRIDGE_PROXY].set);

	if (prefix_full(&pool) - pool.len > 2 && others) {
		pool.bytes[pool.len / 8] |= (uint8_t)(0x80 >> pool.len % 8);
		pool.len++;
	}
	return pool;
}

/* Prefers an address that the container has in the prefix: nothing changes in
 * it, and it has no second address to reply from by mistake. A leased ULA does
 * not qualify. */
static bool
has_already(const struct choice_of *c, const struct statement *bridge,
    const struct prefix *pool)
{
	const struct container *in = snapshot_container(c->snapshot,
	    c->st->v[CONTAINER_NAME].text, bridge->v[BRIDGE_IFACE].text);
	const struct address *a = NULL;

	if (in != NULL && in->inner != 0)
		a = snapshot_address_in(c->snapshot, in->nsid, in->inner,
		    !c->given->leased && container_runtime_lends(in->runtime)
			? pool
			: &bridge->v[c->given->bridge].prefix);
	if (a == NULL || is_anothers(c, &a->prefix))
		return false;
	*c->out = prefix_addr(&a->prefix);
	return true;
}

/* The last address of a prefix is everybody's in IPv4. */
static bool
next_free(const struct choice_of *c, const struct prefix *pool)
{
	unsigned full = prefix_full(pool), bits = full - pool->len, n;
	unsigned max = bits < 16 ? (1u << bits) - 1 : 65535;
	uint8_t *last = &c->out->bytes[full / 8 - 1];

	if (pool->family == AF_INET)
		max--;
	*c->out = prefix_addr(pool);
	for (n = 2; n <= max; n++) {
		last[-1] = pool->bytes[full / 8 - 2] | (uint8_t)(n >> 8);
		last[0] = pool->bytes[full / 8 - 1] | (uint8_t)n;
		if (!is_taken(c, c->out))
			return true;
	}
	return false;
}

static int
refuse_any(const struct choice_of *c, const struct statement *bridge)
{
	err_set(c->e, ERR_UNSAFE, "no address is free on %s",
	    bridge->v[BRIDGE_IFACE].text);
	if (c->lent.n > 0)
		err_hint(c->e,
		    "a DHCP server of this host may lease the others: leave "
		    "some out of its range (lxc-net: LXC_DHCP_RANGE in "
		    "/etc/default/lxc-net), or leave ipv4 out: then the "
		    "container is meant by what it is leased");
	return statement_blame(c->st, c->given->container, c->e);
}

static int
pick_addr(struct choice_of *c)
{
	const struct statement *bridge = bridge_of(c);
	struct prefix pool;
	int r = 0;

	if (bridge == NULL)
		return -1;
	pool = pool_of(c, bridge);
	if (has_already(c, bridge, &pool))
		return 0;
	if (c->given->leased)
		dhcp_read(&c->lent);
	if (!next_free(c, &pool))
		r = refuse_any(c, bridge);
	dhcp_free(&c->lent);
	return r;
}

/* Resolves each auto in place; returns how many there were, or -1. */
static int
resolve(struct statement *st, const struct config *config,
    const struct snapshot *snapshot, struct err *e)
{
	struct choice_of c = {
		.st = st, .config = config, .snapshot = snapshot, .e = e
	};
	bool bridge = st->kind == ST_BRIDGE;
	struct value *v;
	size_t i;
	int n = 0;

	for (i = 0; i < NITEMS(all_given); i++) {
		c.given = &all_given[i];
		v = &st->v[bridge ? c.given->bridge : c.given->container];
		if (!v->set || v->prefix.family != AF_UNSPEC)
			continue;
		c.out = &v->prefix;
		if ((bridge ? pick_prefix(&c) : pick_addr(&c)) != 0)
			return -1;
		n++;
	}
	return n;
}

struct statement *
auto_resolve(struct statement *st, const struct config *config,
    const struct snapshot *snapshot, struct err *e)
{
	struct statement *resolved = NULL;
	int n = 0;

	if (st->kind == ST_BRIDGE || st->kind == ST_CONTAINER)
		n = resolve(st, config, snapshot, e);
	if (n == 0)
		return st;
	if (n > 0)
		resolved = statement_copy(st);
	statement_free(st);
	return resolved;
}
