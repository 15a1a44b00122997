/* "ula auto": picks an address and writes it down. */
#include "config.h"

#include "core/ula.h"

#include <string.h>
#include <sys/random.h>

#include "core/intl.h"

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

static const struct statement *
find_bridge(const struct config *c, const char *name)
{
	const struct statement *st, *only = NULL;
	size_t i;

	for (i = 0; i < c->n; i++) {
		st = c->v[i].st;
		if (st == NULL || st->kind != ST_BRIDGE ||
		    !st->v[BRIDGE_ULA].set ||
		    (name != NULL &&
			strcmp(st->v[BRIDGE_IFACE].text, name) != 0))
			continue;
		if (only != NULL)
			return NULL;
		only = st;
	}
	return only;
}

/* The bridge it is said to be on, else the one it is a port of, else the only
 * one that has a ULA. */
static const struct statement *
bridge_of(const struct statement *st, const struct config *config,
    const struct snapshot *snapshot, struct err *e)
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
	bridge = find_bridge(config, name);
	if (bridge != NULL)
		return bridge;
	err_set(e, ERR_UNSAFE, "%s has no ULA to pick an address from",
	    name != NULL ? name : _("the bridge of this container"));
	err_hint(e, "give it one first: bridge %s ula auto",
	    name != NULL ? name : "NAME");
	statement_blame(st, CONTAINER_ULA, e);
	return NULL;
}

static bool
is_taken(const struct prefix *addr, const struct config *config,
    const struct snapshot *snapshot)
{
	const struct statement *st;
	size_t i;

	for (i = 0; i < config->n; i++) {
		st = config->v[i].st;
		if (st != NULL && st->kind == ST_CONTAINER &&
		    st->v[CONTAINER_ULA].set &&
		    addr_equal(&st->v[CONTAINER_ULA].prefix, addr))
			return true;
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

/* An address that this container has in the prefix already is the first
 * choice: then nothing changes in it. */
static bool
has_already(const struct statement *st, const struct prefix *prefix,
    const struct snapshot *snapshot, struct prefix *out)
{
	const struct container *c =
	    snapshot_container(snapshot, st->v[CONTAINER_NAME].text, NULL);
	const struct address *a;

	if (c == NULL || c->inner == 0)
		return false;
	a = snapshot_address_in(snapshot, c->nsid, c->inner, prefix);
	if (a == NULL)
		return false;
	*out = prefix_addr(&a->prefix);
	return true;
}

static int
next_free(const struct statement *st, const struct statement *bridge,
    const struct config *config, const struct snapshot *snapshot,
    struct prefix *out, struct err *e)
{
	const struct prefix *ula = &bridge->v[BRIDGE_ULA].prefix;
	struct prefix net = prefix_network(ula);
	unsigned n, bits = 128u - ula->len;
	unsigned max = bits < 16 ? (1u << bits) - 1 : 65535;

	if (has_already(st, ula, snapshot, out))
		return 0;
	*out = prefix_addr(&net);
	for (n = 2; n <= max; n++) {
		out->bytes[14] = net.bytes[14] | (uint8_t)(n >> 8);
		out->bytes[15] = net.bytes[15] | (uint8_t)n;
		if (!is_taken(out, config, snapshot))
			return 0;
	}
	err_set(e, ERR_UNSAFE, "no address is free on %s",
	    bridge->v[BRIDGE_IFACE].text);
	return statement_blame(st, CONTAINER_ULA, e);
}

static int
pick(struct statement *st, size_t i, const struct config *config,
    const struct snapshot *snapshot, struct err *e)
{
	const struct statement *bridge;
	struct prefix *out = &st->v[i].prefix;

	if (st->kind == ST_BRIDGE) {
		bridge = config_same(config, st);
		if (bridge == NULL || !bridge->v[BRIDGE_ULA].set)
			return random_prefix(out, e);
		*out = bridge->v[BRIDGE_ULA].prefix;
		return 0;
	}
	bridge = bridge_of(st, config, snapshot, e);
	if (bridge == NULL)
		return -1;
	return next_free(st, bridge, config, snapshot, out, e);
}

struct statement *
ula_resolve(struct statement *st, const struct config *config,
    const struct snapshot *snapshot, struct err *e)
{
	size_t i = st->kind == ST_BRIDGE ? BRIDGE_ULA : CONTAINER_ULA;
	struct statement *resolved = NULL;

	if ((st->kind != ST_BRIDGE && st->kind != ST_CONTAINER) ||
	    !st->v[i].set || st->v[i].prefix.family != AF_UNSPEC)
		return st;
	if (pick(st, i, config, snapshot, e) == 0)
		resolved = statement_copy(st);
	statement_free(st);
	return resolved;
}
