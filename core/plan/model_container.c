/* Resolves containers, and checks the addresses that they are given. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/base/shell.h"
#include "core/kernel/net.h"
#include "core/lang/alias.h"
#include "core/lang/ula.h"
#include "core/plan/model_family.h"
#include "core/plan/model_parts.h"
#include "core/plan/model_suggest.h"

static const struct model_bridge *
bridge_of(const struct model *m, const struct link *l)
{
	size_t i;

	for (i = 0; i < m->nbridges; i++)
		if (strcmp(m->bridges[i].link->name, l->name) == 0)
			return &m->bridges[i];
	return NULL;
}

/* The addresses that a container can be given, each of what its bridge has. */
static const struct kind {
	size_t value;
	const char *taken; /* hint, marked by N_() */
	const char *lacks; /* what the bridge does, and its hint */
	const char *give;
} kinds[] = {
	{ CONTAINER_ULA, N_("ula auto picks one that is free"),
	    N_("%s has no ULA, so nothing on it can have one"),
	    N_("give it one first: add bridge %s ula auto") },
	{ CONTAINER_ADDRESS, N_("address auto picks one that is free"),
	    N_("%s has no public prefix, so nothing on it can have an address "
	       "of one"),
	    N_("give it what is routed to this host: add bridge %s prefix "
	       "PREFIX") },
	{ CONTAINER_IPV4, N_("ipv4 auto picks one that is free"),
	    N_("%s has no ipv4, so nothing on it can have one"),
	    N_("give it one first: add bridge %s ipv4 auto") },
};

/* The bridge's own that it is given, or none. */
static const struct prefix *
of_bridge(const struct model_bridge *bridge, const struct kind *k)
{
	if (k->value == CONTAINER_IPV4)
		return &bridge->st->v[BRIDGE_IPV4].prefix;
	if (k->value == CONTAINER_ULA)
		return &bridge->ula;
	return bridge->proxied.family != AF_UNSPEC ? &bridge->proxied
						   : &bridge->public;
}

/* The first of its addresses; NULL if it is given none. */
static const struct kind *
kind_of(const struct statement *st)
{
	size_t i = 0;

	while (i < NITEMS(kinds) && !st->v[kinds[i].value].set)
		i++;
	return i < NITEMS(kinds) ? &kinds[i] : NULL;
}

static int
refuse_lack(struct model_build *b, const struct statement *st,
    const struct kind *k, const struct link *l)
{
	bool on = st->v[CONTAINER_ON].set;

	err_set(b->e, ERR_UNSAFE, k->lacks,
	    l != NULL ? l->name : _("the bridge of this container"));
	err_hint(b->e, k->give, l != NULL ? l->name : "NAME");
	return model_blame(b, st, on ? CONTAINER_ON : k->value);
}

/* The bridge in the statement, else the one whose prefix contains the address,
 * else the one the container is attached to. Where a container is now does not
 * change what was committed for it. */
static const struct model_bridge *
container_bridge(struct model_build *b, const struct statement *st,
    const struct container *c)
{
	const struct link *l = NULL;
	const struct model_bridge *bridge, *held;
	const struct kind *k = kind_of(st);

	held = model_bridge_holding(b->m, &st->v[k->value].prefix);
	if (st->v[CONTAINER_ON].set) {
		l = model_find_bridge(
		    b, st, CONTAINER_ON, st->v[CONTAINER_ON].text);
		if (l == NULL)
			return NULL;
	} else if (held == NULL && c != NULL && c->bridge != 0) {
		l = snapshot_link_at(b->snapshot, c->bridge);
	}
	bridge = l != NULL ? bridge_of(b->m, l) : held;
	if (bridge == NULL)
		refuse_lack(b, st, k, l);
	return bridge;
}

static int
refuse_taken(struct model_build *b, const struct statement *st,
    const struct kind *k, const char *by)
{
	char text[ADDR_TEXT_MAX];

	err_set(b->e, ERR_UNSAFE, "%s is taken by %s",
	    addr_text(&st->v[k->value].prefix, text), by);
	err_hint(b->e, "%s", _(k->taken));
	return model_blame(b, st, k->value);
}

/* Whether the container has it from an earlier config and is about to lose it.
 * If the kernel does not report owners, a statement with another address
 * decides. */
static bool
is_leaving(
    struct model_build *b, const struct container *c, const struct address *a)
{
	const struct statement *st = alias_statement(b->config, c, "");
	size_t i;

	if (snapshot_tells_owners(b->snapshot))
		return a->proto == NET_PROTO;
	if (st == NULL || kind_of(st) == NULL)
		return false;
	for (i = 0; i < NITEMS(kinds); i++)
		if (addr_equal(&st->v[kinds[i].value].prefix, &a->prefix))
			return false;
	return true;
}

/* Whether another container has the address and keeps it. */
static bool
squats(struct model_build *b, const struct container *c, const char *name,
    const struct prefix *addr)
{
	const struct snapshot *s = b->snapshot;
	const struct address *a;

	if (c->port == 0 || c->nsid == NSID_SELF ||
	    container_is_called(c, name))
		return false;
	for (a = s->addresses; a < END_OF(s->addresses, s->naddresses); a++)
		if (a->nsid == c->nsid && addr_equal(&a->prefix, addr))
			return !is_leaving(b, c, a);
	return false;
}

/* What a container does inside is no reason to refuse a change, or to withhold
 * an address from another one: the config decides whose it is. */
static void
tell_squatters(
    struct model_build *b, const char *name, const struct prefix *addr)
{
	const struct snapshot *s = b->snapshot;
	const struct container *c;
	char *owner, *other, text[ADDR_TEXT_MAX];

	for (c = s->containers; c < END_OF(s->containers, s->ncontainers);
	     c++) {
		if (!squats(b, c, name, addr))
			continue;
		owner = model_shown(name);
		other = model_shown(c->name);
		model_note(b,
		    xasprintf(_("container %s has taken %s, the address of "
				"container %s: they disturb each other until "
				"it is removed in %s"),
			other, addr_text(addr, text), owner, other));
		free(owner);
		free(other);
	}
}

/* A permanent address of this host is not the work of a container. */
static bool
is_ours(const struct snapshot *s, const struct prefix *addr)
{
	const struct address *a;

	for (a = s->addresses; a < END_OF(s->addresses, s->naddresses); a++)
		if (a->nsid == NSID_SELF && address_is_static(a) &&
		    addr_equal(&a->prefix, addr))
			return true;
	return false;
}

/* The container may have it under another name. */
static int
refuse_twice(struct model_build *b, const struct statement *st,
    const struct kind *k, const struct model_container *other)
{
	char *name = model_shown(st->v[CONTAINER_NAME].text);
	char *owner = model_shown(other->st->v[CONTAINER_NAME].text);
	int r = -1;

	if (other->container != NULL &&
	    container_is_called(other->container, st->v[CONTAINER_NAME].text)) {
		err_set(b->e, ERR_UNSAFE,
		    "%s and %s are one network namespace, which gets this "
		    "address as %s already",
		    owner, name, owner);
		err_hint(b->e, "keep one of the two statements, and let "
			       "forwards lead to that name");
		model_blame(b, st, k->value);
	} else {
		r = refuse_taken(b, st, k, owner);
	}
	free(owner);
	free(name);
	return r;
}

static int
check_inside(struct model_build *b, const struct statement *st,
    const struct kind *k, const struct model_bridge *bridge)
{
	const struct prefix *addr = &st->v[k->value].prefix;
	const struct prefix *own = of_bridge(bridge, k);
	struct prefix net = prefix_network(own);
	char text[ADDR_TEXT_MAX], prefix[ADDR_TEXT_MAX];

	if (own->family == AF_UNSPEC)
		return refuse_lack(b, st, k, bridge->link);
	if (!prefix_holds(own, addr)) {
		err_set(b->e, ERR_UNSAFE, "%s is outside the prefix of %s",
		    addr_text(addr, text), bridge->link->name);
		err_hint(b->e, "the prefix is %s", prefix_text(&net, prefix));
		return model_blame(b, st, k->value);
	}
	if (prefix_broadcasts(own, addr)) {
		err_set(b->e, ERR_UNSAFE,
		    "%s is the broadcast address of %s, and nobody's own",
		    addr_text(addr, text), prefix_text(&net, prefix));
		err_hint(b->e, "%s", _(k->taken));
		return model_blame(b, st, k->value);
	}
	if (addr_equal(own, addr) || addr_equal(&net, addr))
		return refuse_taken(b, st, k, bridge->link->name);
	return 0;
}

static int
check_free(
    struct model_build *b, const struct statement *st, const struct kind *k)
{
	const struct prefix *addr = &st->v[k->value].prefix;
	const struct model_container *other;

	for (other = b->m->containers;
	     other < END_OF(b->m->containers, b->m->ncontainers); other++)
		if (addr_equal(&other->st->v[k->value].prefix, addr))
			return refuse_twice(b, st, k, other);
	if (!b->lenient && is_ours(b->snapshot, addr))
		return refuse_taken(b, st, k, _("this host"));
	if (!b->lenient && model_is_gateway(b->snapshot, addr))
		return refuse_taken(b, st, k, _("the gateway of this host"));
	return 0;
}

static int
check_addrs(struct model_build *b, const struct statement *st,
    const struct model_bridge *bridge)
{
	const char *name = st->v[CONTAINER_NAME].text;
	const struct kind *k;

	for (k = kinds; k < kinds + NITEMS(kinds); k++) {
		if (!st->v[k->value].set)
			continue;
		if (check_inside(b, st, k, bridge) != 0 ||
		    check_free(b, st, k) != 0)
			return -1;
		tell_squatters(b, name, &st->v[k->value].prefix);
	}
	return 0;
}

/* The state inside is no reason to refuse what the config says of others. */
static void
tell_no_ipv6(struct model_build *b, const struct container *c)
{
	char *quoted = model_shown(c->name);

	model_note(b,
	    xasprintf(
		_("container %s has no IPv6 on %s, so it gets no address: in "
		  "there, net.ipv6.conf.%s.disable_ipv6 must be 0 and the MTU "
		  "at least 1280"),
		quoted, c->inner_name, c->inner_name));
	free(quoted);
}

/* No apply sets up what is inside: it may be down on purpose. */
static void
tell_down(struct model_build *b, const struct container *c)
{
	char *quoted = model_shown(c->name);
	struct buf command = { 0 }, up = { 0 };

	shell_add(&command, "ip link set %s up", c->inner_name);
	container_enter(c, buf_text(&command), &up);
	model_note(b,
	    up.len > 0
		? xasprintf(_("the interface %s inside container %s is down: "
			      "it gets its address when that is up: %s"),
		      c->inner_name, quoted, up.s)
		: xasprintf(_("the interface %s inside container %s is down: "
			      "it gets its address when that is up"),
		      c->inner_name, quoted));
	buf_free(&command);
	buf_free(&up);
	free(quoted);
}

static void
warn_cut(struct model_build *b, const struct container *c)
{
	char *quoted = model_shown(c->name);

	model_warn(
	    b, xasprintf(_("container %s has more than %d addresses on %s, of "
			   "which seki reads only some beside those that it "
			   "gives"),
		   quoted, ADDRESSES_MAX, c->inner_name));
	free(quoted);
}

static void
tell_elsewhere(struct model_build *b, const char *name, const char *bridge)
{
	char *quoted = model_shown(name);

	model_note(b,
	    xasprintf(_("container %s is not on %s: it gets its address when "
			"it is"),
		quoted, bridge));
	free(quoted);
}

static void
tell_absent(struct model_build *b, const char *name, const char *on)
{
	char *quoted = model_shown(name);

	model_warn(
	    b, on != NULL
		   ? xasprintf(_("container %s is not there now: it gets its "
				 "address when it has started on %s"),
			 quoted, on)
		   : xasprintf(_("container %s is not there now: it gets its "
				 "address when it has started"),
			 quoted));
	free(quoted);
}

static void
tell_ambiguous(struct model_build *b, const char *name)
{
	char *quoted = model_shown(name);

	model_note(b,
	    xasprintf(_("two running containers are called %s: neither is "
			"given an address before it is clear which is meant"),
		quoted));
	free(quoted);
}

/* Unconnected replies, as of UDP servers, may leave from either address. */
static void
warn_alias(struct model_build *b, const char *name, const struct container *c)
{
	const struct model_container *other;
	char *first, *second;

	for (other = b->m->containers;
	     other < END_OF(b->m->containers, b->m->ncontainers); other++) {
		if (other->container != c)
			continue;
		first = model_shown(other->st->v[CONTAINER_NAME].text);
		second = model_shown(name);
		model_warn(b,
		    xasprintf(_("containers %s and %s are one network "
				"namespace, which has both addresses and may "
				"answer from the wrong one: keep one of the "
				"two statements"),
			first, second));
		free(first);
		free(second);
	}
}

/* The container on that bridge (NULL: on any); NULL if it is missing or
 * ambiguous. */
static const struct container *
find_container(
    struct model_build *b, const struct statement *st, const char *bridge)
{
	const char *on =
	    st->v[CONTAINER_ON].set ? st->v[CONTAINER_ON].text : NULL;
	const char *name = st->v[CONTAINER_NAME].text;
	const struct snapshot *s = b->snapshot;
	const struct container *c = snapshot_container(s, name, bridge);
	const struct container *anywhere = snapshot_container(s, name, NULL);

	if (snapshot_is_ambiguous(s, name, bridge)) {
		tell_ambiguous(b, name);
		return NULL;
	}
	if (c == NULL && anywhere != NULL && anywhere->bridge != 0)
		tell_elsewhere(b, name, bridge);
	else if (snapshot_container(s, name, on) == NULL)
		tell_absent(b, name, on);
	return c;
}

static void
tell_state(struct model_build *b, const struct statement *st,
    const struct container *c)
{
	warn_alias(b, st->v[CONTAINER_NAME].text, c);
	if (c->no_ipv6 && kind_of(st)->value != CONTAINER_IPV4)
		tell_no_ipv6(b, c);
	else if (c->inner_down)
		tell_down(b, c);
	if (c->cut)
		warn_cut(b, c);
}

/* Whether the config gives the address to one of another name. */
static bool
is_given(struct model_build *b, const struct prefix *addr)
{
	const struct statement *st;
	size_t i;

	for (i = 0; i < b->config->n; i++) {
		st = b->config->v[i].st;
		if (st != NULL && st->kind == ST_CONTAINER &&
		    st->v[CONTAINER_IPV4].set &&
		    addr_equal(&st->v[CONTAINER_IPV4].prefix, addr))
			return true;
	}
	return false;
}

/* Only what lies in the bridge's prefix is reached by it. */
static struct prefix
ipv4_inside(struct model_build *b, const struct container *c,
    const struct prefix *bridge)
{
	static const struct prefix none;
	struct prefix has = none, net;

	if (c != NULL && c->inner != 0)
		has = snapshot_ipv4(b->snapshot, c->nsid, c->inner);
	if (has.family == AF_UNSPEC || bridge->family == AF_UNSPEC)
		return none;
	net = prefix_network(bridge);
	has = prefix_addr(&has);
	return prefix_holds(&net, &has) && !is_given(b, &has) ? has : none;
}

/* Beside an address by DHCP, or of its own settings, it is not given another:
 * it might answer from the wrong one. */
static int
refuse_second(struct model_build *b, const struct statement *st,
    const struct address *has)
{
	char *quoted = model_shown(st->v[CONTAINER_NAME].text);
	char text[ADDR_TEXT_MAX];

	err_set(b->e, ERR_UNSAFE,
	    "%s has %s already, which is not seki's: it gets no second one",
	    quoted, addr_text(&has->prefix, text));
	err_hint(b->e,
	    "leave ipv4 out, and forwards follow the address that it has; or "
	    "take its own settings, or its DHCP client, out of it first");
	free(quoted);
	return b->lenient ? model_tolerate(b)
			  : model_blame(b, st, CONTAINER_IPV4);
}

/* Its address in IPv4: the given one, unless it has another; without the word
 * that which it has. */
static int
find_ipv4(struct model_build *b, struct model_container *mc)
{
	const struct prefix *given = &mc->st->v[CONTAINER_IPV4].prefix;
	const struct container *c = mc->container;
	const struct address *other = NULL;

	if (given->family != AF_UNSPEC && c != NULL && c->inner != 0)
		other =
		    model_foreign_ipv4(b->snapshot, c->nsid, c->inner, given);
	if (other != NULL && refuse_second(b, mc->st, other) != 0)
		return -1;
	if (given->family == AF_UNSPEC || other != NULL)
		mc->ipv4 = ipv4_inside(b, c, &mc->bridge->ipv4);
	else
		mc->ipv4 = *given;
	return 0;
}

static int
add_container(struct model_build *b, const struct statement *st,
    const struct container *c, const struct model_bridge *bridge)
{
	struct model_container *mc = GROW(b->m->containers, b->m->ncontainers);

	*mc = (struct model_container){ .st = st,
		.container = c,
		.bridge = bridge,
		.ula = st->v[CONTAINER_ULA].prefix,
		.public = st->v[CONTAINER_ADDRESS].prefix };
	return b->m->ipv4 ? find_ipv4(b, mc) : 0;
}

/* One that is given none is known by the address that it has. */
static int
build_without(struct model_build *b, const struct statement *st)
{
	const char *on =
	    st->v[CONTAINER_ON].set ? st->v[CONTAINER_ON].text : NULL;
	const struct container *c = find_container(b, st, on);
	const struct model_bridge *bridge = NULL;
	const struct link *l =
	    c != NULL ? snapshot_link_at(b->snapshot, c->bridge) : NULL;

	if (b->m->ipv4 && l != NULL && c->inner != 0)
		bridge = bridge_of(b->m, l);
	return bridge != NULL ? add_container(b, st, c, bridge) : 0;
}

/* What can be told by the statement alone. */
static int
check_words(struct model_build *b, const struct statement *st)
{
	size_t i;

	if (st->v[CONTAINER_IPV4].set && !b->m->ipv4)
		return model_refuse_ipv4(b, st, CONTAINER_IPV4);
	for (i = 0; i < NITEMS(kinds); i++)
		if (model_check_auto(b, st, kinds[i].value) != 0)
			return -1;
	return 0;
}

int
model_build_container(struct model_build *b, const struct statement *st)
{
	const char *name = st->v[CONTAINER_NAME].text;
	const char *on =
	    st->v[CONTAINER_ON].set ? st->v[CONTAINER_ON].text : NULL;
	const struct model_bridge *bridge;
	const struct container *c;

	if (kind_of(st) == NULL)
		return build_without(b, st);
	if (check_words(b, st) != 0)
		return -1;
	bridge =
	    container_bridge(b, st, snapshot_container(b->snapshot, name, on));
	if (bridge == NULL || check_addrs(b, st, bridge) != 0)
		return -1;
	c = find_container(b, st, bridge->link->name);
	if (c != NULL)
		tell_state(b, st, c);
	return add_container(b, st, c, bridge);
}

/* Unknown containers */

static void
refuse_unknown(struct model_build *b, const char *name, const char *quoted)
{
	struct buf known = { 0 };

	model_suggest_container(b->config, b->snapshot, name, &known);
	err_set(b->e, ERR_UNSAFE, "unknown container %s", quoted);
	err_hint(b->e, "%s", known.s);
	buf_free(&known);
}

/* The container of an existing statement has just gone. */
static void
refuse_bare(
    struct model_build *b, const struct statement *st, const char *quoted)
{
	struct buf key = { 0 };

	statement_key(st, &key);
	if (st->kind == ST_FORWARD)
		err_set(b->e, ERR_UNSAFE,
		    "%s leads to %s, which has no container statement", key.s,
		    quoted);
	else
		err_set(b->e, ERR_UNSAFE,
		    "%s names %s, which has no container statement", key.s,
		    quoted);
	err_hint(b->e,
	    "delete the %s first, or give it one: add container %s ula auto",
	    statement_row(st)->name, quoted);
	buf_free(&key);
}

static void
refuse_alias(
    struct model_build *b, const char *quoted, const struct statement *stated)
{
	char *other = model_shown(stated->v[CONTAINER_NAME].text);

	err_set(b->e, ERR_UNSAFE,
	    "%s and %s are one network namespace, which has its statement "
	    "as %s",
	    quoted, other, other);
	err_hint(b->e, "write %s here, too", other);
	free(other);
}

int
model_refuse_container(struct model_build *b, const struct statement *st,
    size_t value, const char *name)
{
	bool stated = config_container(b->config, name) != NULL;
	const struct container *c = snapshot_container(b->snapshot, name, NULL);
	const struct address *a =
	    c != NULL ? ula_of_container(b->snapshot, c) : NULL;
	const struct statement *alias =
	    c != NULL ? alias_statement(b->config, c, name) : NULL;
	char *quoted = model_shown(name), text[ADDR_TEXT_MAX];

	if (!stated && c == NULL) {
		refuse_unknown(b, name, quoted);
	} else if (alias != NULL && alias->v[CONTAINER_ULA].set) {
		refuse_alias(b, quoted, alias);
	} else if (!stated && st->line != 0) {
		refuse_bare(b, st, quoted);
	} else if (a != NULL) {
		err_set(b->e, ERR_UNSAFE, "%s has %s, which no statement gives",
		    quoted, addr_text(&a->prefix, text));
		err_hint(b->e,
		    "%s may change; one that does not: "
		    "add container %s ula auto",
		    text, quoted);
	} else {
		err_set(b->e, ERR_UNSAFE, "%s has no ULA", quoted);
		err_hint(b->e,
		    "a link-local address cannot be a target; give "
		    "it a ULA: add container %s ula auto",
		    quoted);
	}
	free(quoted);
	return model_blame(b, st, value);
}
