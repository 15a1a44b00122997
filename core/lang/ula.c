/* Resolves the word auto. */
#include "config.h"

#include "core/lang/ula.h"

#include <linux/if_addr.h>
#include <string.h>
#include <sys/random.h>

#include "core/base/intl.h"
#include "core/kernel/container.h"

/* A permanent ULA with a prefix that containers can share. */
static bool
is_own_prefix(const struct snapshot *s, const struct address *a)
{
	struct prefix net = prefix_network(&a->prefix);

	return addr_is_ula(&a->prefix) && address_is_static(a) &&
	       a->prefix.len < 128 && !addr_equal(&net, &a->prefix) &&
	       (a->flags & IFA_F_DADFAILED) == 0 &&
	       !snapshot_address_by_ra(s, a);
}

const struct address *
ula_of_bridge(const struct snapshot *s, int index)
{
	const struct address *a;

	for (a = s->addresses; a < END_OF(s->addresses, s->naddresses); a++)
		if (a->nsid == NSID_SELF && a->index == index &&
		    is_own_prefix(s, a))
			return a;
	return NULL;
}

const struct address *
ula_of_container(const struct snapshot *s, const struct container *c)
{
	const struct address *a = NULL;

	if (c->inner != 0 && c->bridge != 0)
		a = ula_of_bridge(s, c->bridge);
	return a != NULL ? snapshot_address_in(s, c->nsid, c->inner, &a->prefix)
			 : NULL;
}

/* fd, 40 random bits, 16 bits of subnet (0 here), 64 of host. */
static int
random_prefix(struct prefix *p, struct err *e)
{
	memset(p, 0, sizeof(*p));
	p->family = AF_INET6;
	p->len = 64;
	p->bytes[0] = 0xfd;
	p->bytes[15] = 1;
	if (getrandom(p->bytes + 1, 5, 0) != 5)
		return err_sys(e, ERR_FAIL, "no random numbers for a ULA");
	return 0;
}

/* What the bridge has, for containers to have addresses of. */
struct kind {
	size_t of_bridge, of_container; /* values */
	const char *lacks, *hint;	/* why there is none, marked by N_() */
};

static const struct kind kinds[] = {
	{ BRIDGE_ULA, CONTAINER_ULA,
	    N_("%s has no ULA to pick an address from"),
	    N_("give it one first: bridge %s ula auto") },
	{ BRIDGE_PREFIX, CONTAINER_ADDRESS,
	    N_("%s has no public prefix to pick an address from"),
	    N_("give it the one that is routed to this host: bridge %s prefix "
	       "PREFIX") },
};

static const struct statement *
find_bridge(const struct config *c, const struct kind *k, const char *name)
{
	const struct statement *st, *only = NULL;
	size_t i;

	for (i = 0; i < c->n; i++) {
		st = c->v[i].st;
		if (st == NULL || st->kind != ST_BRIDGE ||
		    !st->v[k->of_bridge].set ||
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
refuse_bridge(const struct statement *st, const struct kind *k,
    const struct snapshot *snapshot, const char *name, struct err *e)
{
	const struct link *l =
	    name != NULL ? snapshot_link(snapshot, name) : NULL;
	const struct address *a = NULL;
	char text[ADDR_TEXT_MAX];

	if (l != NULL && k->of_bridge == BRIDGE_ULA)
		a = ula_of_bridge(snapshot, l->index);
	if (a != NULL)
		err_set(e, ERR_UNSAFE,
		    "%s has %s, which no statement makes its prefix", l->name,
		    prefix_text(&a->prefix, text));
	else
		err_set(e, ERR_UNSAFE, k->lacks,
		    name != NULL ? name : _("the bridge of this container"));
	err_hint(e, k->hint, name != NULL ? name : "NAME");
	statement_blame(st, k->of_container, e);
}

/* The bridge in the statement, else the one the container is attached to, else
 * the only one with a prefix of that kind. */
static const struct statement *
bridge_of(const struct statement *st, const struct kind *k,
    const struct config *config, const struct snapshot *snapshot, struct err *e)
{
	const struct container *c =
	    snapshot_container(snapshot, st->v[CONTAINER_NAME].text, NULL);
	const struct link *l = NULL;
	const struct statement *bridge;
	const char *name = NULL;

	if (c != NULL && c->bridge != 0)
		l = snapshot_link_at(snapshot, c->bridge);
	if (st->v[CONTAINER_ON].set)
		name = st->v[CONTAINER_ON].text;
	else if (l != NULL)
		name = l->name;
	bridge = find_bridge(config, k, name);
	if (bridge == NULL)
		refuse_bridge(st, k, snapshot, name, e);
	return bridge;
}

/* The container statement that gives the address; NULL if there is none. */
static const struct statement *
container_with(const struct prefix *addr, const struct kind *k,
    const struct config *config)
{
	const struct statement *st;
	size_t i;

	for (i = 0; i < config->n; i++) {
		st = config->v[i].st;
		if (st != NULL && st->kind == ST_CONTAINER &&
		    st->v[k->of_container].set &&
		    addr_equal(&st->v[k->of_container].prefix, addr))
			return st;
	}
	return NULL;
}

static bool
is_taken(const struct prefix *addr, const struct kind *k,
    const struct config *config, const struct snapshot *snapshot)
{
	const struct statement *st;
	size_t i;

	if (container_with(addr, k, config) != NULL)
		return true;
	for (i = 0; i < config->n; i++) {
		st = config->v[i].st;
		if (st != NULL && st->kind == ST_BRIDGE &&
		    st->v[BRIDGE_ULA].set &&
		    addr_equal(&st->v[BRIDGE_ULA].prefix, addr))
			return true;
	}
	for (i = 0; i < snapshot->naddresses; i++)
		if (addr_equal(&snapshot->addresses[i].prefix, addr))
			return true;
	return false;
}

static bool
is_anothers(const struct prefix *addr, const struct statement *of,
    const struct kind *k, const struct config *config)
{
	const struct statement *st = container_with(addr, k, config);

	return st != NULL && strcmp(st->v[CONTAINER_NAME].text,
				 of->v[CONTAINER_NAME].text) != 0;
}

/* Whether a runtime leases addresses on that bridge. A bridge without
 * containers is recognised by its name. */
static bool
is_lent(const struct snapshot *s, const char *bridge)
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
 * configured to (--ip-range). */
static struct prefix
pool_of(const struct statement *bridge, const struct kind *k,
    const struct snapshot *snapshot)
{
	struct prefix pool = prefix_network(&bridge->v[k->of_bridge].prefix);

	if (pool.len < 126 && is_lent(snapshot, bridge->v[BRIDGE_IFACE].text)) {
		pool.bytes[pool.len / 8] |= (uint8_t)(0x80 >> pool.len % 8);
		pool.len++;
	}
	return pool;
}

/* Prefers an address that the container has in the prefix: nothing changes in
 * it, and it has no second address to reply from by mistake. Leased addresses
 * do not qualify. */
static bool
has_already(const struct statement *st, const struct statement *bridge,
    const struct kind *k, const struct prefix *pool,
    const struct config *config, const struct snapshot *snapshot,
    struct prefix *out)
{
	const struct container *c = snapshot_container(
	    snapshot, st->v[CONTAINER_NAME].text, bridge->v[BRIDGE_IFACE].text);
	const struct address *a = NULL;

	if (c != NULL && c->inner != 0)
		a = snapshot_address_in(snapshot, c->nsid, c->inner,
		    container_runtime_lends(c->runtime)
			? pool
			: &bridge->v[k->of_bridge].prefix);
	if (a == NULL || is_anothers(&a->prefix, st, k, config))
		return false;
	*out = prefix_addr(&a->prefix);
	return true;
}

static int
next_free(const struct statement *st, const struct statement *bridge,
    const struct kind *k, const struct config *config,
    const struct snapshot *snapshot, struct prefix *out, struct err *e)
{
	struct prefix pool = pool_of(bridge, k, snapshot);
	unsigned n, bits = 128u - pool.len;
	unsigned max = bits < 16 ? (1u << bits) - 1 : 65535;

	if (has_already(st, bridge, k, &pool, config, snapshot, out))
		return 0;
	*out = prefix_addr(&pool);
	for (n = 2; n <= max; n++) {
		out->bytes[14] = pool.bytes[14] | (uint8_t)(n >> 8);
		out->bytes[15] = pool.bytes[15] | (uint8_t)n;
		if (!is_taken(out, k, config, snapshot))
			return 0;
	}
	err_set(e, ERR_UNSAFE, "no address is free on %s",
	    bridge->v[BRIDGE_IFACE].text);
	return statement_blame(st, k->of_container, e);
}

static int
pick_prefix(const struct statement *st, const struct config *config,
    const struct snapshot *snapshot, struct prefix *out, struct err *e)
{
	const struct statement *stated = config_same(config, st);
	const struct link *l =
	    snapshot_link(snapshot, st->v[BRIDGE_IFACE].text);
	const struct address *a =
	    l != NULL ? ula_of_bridge(snapshot, l->index) : NULL;

	if (stated != NULL && stated->v[BRIDGE_ULA].set)
		*out = stated->v[BRIDGE_ULA].prefix;
	else if (a != NULL)
		*out = a->prefix;
	else
		return random_prefix(out, e);
	return 0;
}

static bool
is_auto(const struct value *v)
{
	return v->set && v->prefix.family == AF_UNSPEC;
}

/* Picks what the container is to have of that kind. */
static int
pick_address(struct statement *st, const struct kind *k,
    const struct config *config, const struct snapshot *snapshot, struct err *e)
{
	struct value *v = &st->v[k->of_container];
	const struct statement *bridge;

	if (!is_auto(v))
		return 0;
	bridge = bridge_of(st, k, config, snapshot, e);
	if (bridge == NULL)
		return -1;
	return next_free(st, bridge, k, config, snapshot, &v->prefix, e);
}

static int
pick(struct statement *st, const struct config *config,
    const struct snapshot *snapshot, struct err *e)
{
	size_t i;

	if (st->kind == ST_BRIDGE)
		return pick_prefix(
		    st, config, snapshot, &st->v[BRIDGE_ULA].prefix, e);
	for (i = 0; i < NITEMS(kinds); i++)
		if (pick_address(st, &kinds[i], config, snapshot, e) != 0)
			return -1;
	return 0;
}

static bool
says_auto(const struct statement *st)
{
	if (st->kind == ST_BRIDGE)
		return is_auto(&st->v[BRIDGE_ULA]);
	return st->kind == ST_CONTAINER &&
	       (is_auto(&st->v[CONTAINER_ULA]) ||
		   is_auto(&st->v[CONTAINER_ADDRESS]));
}

struct statement *
ula_resolve(struct statement *st, const struct config *config,
    const struct snapshot *snapshot, struct err *e)
{
	struct statement *resolved = NULL;

	if (!says_auto(st))
		return st;
	if (pick(st, config, snapshot, e) == 0)
		resolved = statement_copy(st);
	statement_free(st);
	return resolved;
}
