/* A config resolved against a snapshot. */
#include "config.h"

#include "core/model.h"

#include <inttypes.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct build {
	struct model *m;
	const struct config *config;
	const struct snapshot *snapshot;
	struct err *e;
	bool lenient; /* what is not there now is no error */
	bool away;    /* the error is of that kind */
};

#define GROW(array, count)                                                     \
	((array) = xgrow((array), (count), sizeof(*(array))),                  \
	    memset(&(array)[(count)], 0, sizeof(*(array))),                    \
	    &(array)[(count)++])

static void
warn(struct build *b, char *sentence)
{
	*GROW(b->m->warnings, b->m->nwarnings) = sentence;
}

static int
blame(struct build *b, const struct statement *st, size_t value)
{
	statement_blame(st, value, b->e);
	if (b->config->file != NULL && st->line != 0)
		snprintf(b->e->file, sizeof(b->e->file), "%s", b->config->file);
	return -1;
}

/* A name as the language writes it, owned by the caller. */
static char *
shown(const char *name)
{
	struct buf b = { 0 };

	words_print(&b, name, "");
	return buf_take(&b);
}

char *
model_forward_id(const struct statement *st)
{
	struct buf b = { 0 };
	size_t i;

	type_print(&type_proto, &st->v[FORWARD_PROTO], &b);
	if (st->v[FORWARD_PORTS].set) {
		buf_add(&b, "-");
		type_print(&type_ports, &st->v[FORWARD_PORTS], &b);
	}
	if (st->v[FORWARD_ON].set) {
		buf_add(&b, "-on-");
		type_print(&type_addr, &st->v[FORWARD_ON], &b);
	}
	for (i = 0; i < b.len; i++)
		if (b.s[i] == ',' || b.s[i] == ':')
			b.s[i] = '.';
	return buf_take(&b);
}

/* The key of a policy may hold names that nft must not see. */
char *
model_policy_id(const struct statement *st)
{
	struct buf key = { 0 };
	char *id;

	statement_key(st, &key);
	id = xasprintf("%s-%016" PRIx64, statement_row(st)->name,
	    hash_text(HASH_START, key.s));
	buf_free(&key);
	return id;
}

/* Links */

/* A link that is not there now, but may come. Index 0 is that of none. */
static const struct link *
stand_in(struct build *b, const char *name)
{
	struct link *l;
	size_t i;

	for (i = 0; i < b->m->nabsent; i++)
		if (strcmp(b->m->absent[i]->name, name) == 0)
			return b->m->absent[i];
	l = xcalloc(1, sizeof(*l));
	snprintf(l->name, sizeof(l->name), "%s", name);
	l->peer_nsid = NSID_SELF;
	*GROW(b->m->absent, b->m->nabsent) = l;
	return l;
}

static const struct link *
find_link(
    struct build *b, const struct statement *st, size_t value, const char *name)
{
	const struct link *l = snapshot_link(b->snapshot, name);
	struct buf known = { 0 };
	size_t i;

	if (l != NULL || b->lenient)
		return l != NULL ? l : stand_in(b, name);
	for (i = 0; i < b->snapshot->nlinks; i++) {
		buf_add(&known, known.len > 0 ? ", " : "");
		words_print(&known, b->snapshot->links[i].name, "");
	}
	err_set(b->e, ERR_UNSAFE, "there is no interface %s", name);
	err_hint(b->e, "known interfaces: %s", buf_text(&known));
	buf_free(&known);
	blame(b, st, value);
	return NULL;
}

static const struct link *
find_bridge(
    struct build *b, const struct statement *st, size_t value, const char *name)
{
	const struct link *l = find_link(b, st, value, name);

	if (l == NULL || l->index == 0 || link_is_bridge(l))
		return l;
	if (b->lenient)
		return stand_in(b, name);
	err_set(b->e, ERR_UNSAFE, "%s is not a bridge", name);
	err_hint(b->e, "seki show bridges lists them");
	blame(b, st, value);
	return NULL;
}

/* Uplinks and public addresses */

/* Neither link-local nor on its way out nor one that privacy extensions will
 * replace tomorrow. */
static bool
is_public(const struct address *a, int index)
{
	return a->nsid == NSID_SELF && a->index == index &&
	       a->prefix.family == AF_INET6 && a->scope == RT_SCOPE_UNIVERSE &&
	       (a->flags &
		   (IFA_F_TEMPORARY | IFA_F_DEPRECATED | IFA_F_DADFAILED)) == 0;
}

static void
add_publics(struct build *b, int index)
{
	const struct address *a;
	size_t i;

	for (i = 0; i < b->snapshot->naddresses; i++) {
		a = &b->snapshot->addresses[i];
		if (is_public(a, index))
			*GROW(b->m->publics, b->m->npublics) =
			    prefix_addr(&a->prefix);
	}
}

static int
check_uplink_address(
    struct build *b, const struct statement *st, const struct link *l)
{
	const struct value *v = &st->v[UPLINK_ADDRESS];
	const struct address *a;
	char text[ADDR_TEXT_MAX];
	size_t i;

	if (!v->set) {
		add_publics(b, l->index);
		return 0;
	}
	for (i = 0; i < b->snapshot->naddresses; i++) {
		a = &b->snapshot->addresses[i];
		if (a->nsid == NSID_SELF && a->index == l->index &&
		    prefix_equal(&a->prefix, &v->prefix))
			break;
	}
	if (b->lenient || i < b->snapshot->naddresses) {
		*GROW(b->m->publics, b->m->npublics) = prefix_addr(&v->prefix);
		return 0;
	}
	err_set(b->e, ERR_UNSAFE, "%s does not have the address %s", l->name,
	    prefix_text(&v->prefix, text));
	err_hint(b->e, "seki does not set the address of an uplink: give it "
		       "where this host keeps its network settings");
	return blame(b, st, UPLINK_ADDRESS);
}

static int
check_uplink_gateway(
    struct build *b, const struct statement *st, const struct link *l)
{
	const struct value *v = &st->v[UPLINK_GATEWAY];
	const struct route *r;
	char text[ADDR_TEXT_MAX];
	size_t i;

	if (!v->set || b->lenient)
		return 0;
	for (i = 0; i < b->snapshot->nroutes; i++) {
		r = &b->snapshot->routes[i];
		if (r->index == l->index && addr_equal(&r->gateway, &v->prefix))
			return 0;
	}
	err_set(b->e, ERR_UNSAFE, "%s has no default route via %s", l->name,
	    addr_text(&v->prefix, text));
	err_hint(b->e, "seki does not set the default route of the host: give "
		       "it where this host keeps its network settings");
	return blame(b, st, UPLINK_GATEWAY);
}

static int
build_uplink(struct build *b, const struct statement *st)
{
	const struct link *l;

	l = find_link(b, st, UPLINK_IFACE, st->v[UPLINK_IFACE].text);
	if (l == NULL)
		return -1;
	*GROW(b->m->uplinks, b->m->nuplinks) = (struct model_uplink){ st, l };
	if (check_uplink_address(b, st, l) != 0)
		return -1;
	return check_uplink_gateway(b, st, l);
}

/* Without an uplink statement the default route tells. */
static void
find_uplink(struct build *b)
{
	const struct link *l = snapshot_uplink(b->snapshot);

	if (b->m->nuplinks > 0 || l == NULL)
		return;
	*GROW(b->m->uplinks, b->m->nuplinks) = (struct model_uplink){ NULL, l };
	add_publics(b, l->index);
}

static int
need_uplink(struct build *b, const struct statement *st, size_t value)
{
	if (b->m->nuplinks > 0)
		return 0;
	b->away = true;
	err_set(b->e, ERR_UNSAFE,
	    "there is no uplink: this host has no IPv6 default route");
	err_hint(b->e, "name it: uplink IFACE");
	return blame(b, st, value);
}

/* Bridges */

static int
check_auto(struct build *b, const struct statement *st, size_t value)
{
	if (st->v[value].prefix.family != AF_UNSPEC)
		return 0;
	err_set(b->e, ERR_UNSAFE, "ula auto is only for seki add and seki set");
	err_hint(b->e, "they pick an address and write it down, so that it "
		       "never moves by itself");
	return blame(b, st, value);
}

/* RFC 4193, section 3.2: the 40 bits after fd are random, so that two sites
 * can be joined one day. */
static void
warn_prefix(struct build *b, const struct prefix *ula, const char *name)
{
	static const uint8_t zero[5];
	char text[ADDR_TEXT_MAX];

	if (ula->len < 48 || memcmp(ula->bytes + 1, zero, sizeof(zero)) == 0)
		warn(b, xasprintf("%s on %s is not a random /48: it will "
				  "collide with others on a merge or a VPN; "
				  "ula auto makes a random one",
			    prefix_text(ula, text), name));
	if (ula->bytes[0] == 0xfc)
		warn(b, xasprintf("%s on %s: fc00::/8 is not assigned; take "
				  "one that starts with fd",
			    prefix_text(ula, text), name));
}

static int
check_bridge_ula(struct build *b, const struct statement *st)
{
	const struct prefix *ula = &st->v[BRIDGE_ULA].prefix;
	struct prefix net = prefix_network(ula);
	const struct model_bridge *other;
	char text[ADDR_TEXT_MAX];
	size_t i;

	if (check_auto(b, st, BRIDGE_ULA) != 0)
		return -1;
	if (addr_equal(&net, ula)) {
		err_set(b->e, ERR_UNSAFE, "%s has no host part",
		    prefix_text(ula, text));
		err_hint(b->e, "the first address of a prefix means any router "
			       "(RFC 4291, 2.6.1); end it with ::1");
		return blame(b, st, BRIDGE_ULA);
	}
	for (i = 0; i < b->m->nbridges; i++) {
		other = &b->m->bridges[i];
		if (other->ula.family == AF_UNSPEC ||
		    (!prefix_holds(&other->ula, ula) &&
			!prefix_holds(ula, &other->ula)))
			continue;
		err_set(b->e, ERR_UNSAFE, "%s overlaps the prefix of %s",
		    prefix_text(ula, text), other->link->name);
		return blame(b, st, BRIDGE_ULA);
	}
	return 0;
}

static int
build_bridge(struct build *b, const struct statement *st)
{
	const char *name = st->v[BRIDGE_IFACE].text;
	const struct link *l = find_bridge(b, st, BRIDGE_IFACE, name);
	struct model_bridge *bridge;
	bool has_ula = st->v[BRIDGE_ULA].set;
	bool masquerade = st->v[BRIDGE_MASQUERADE].set;

	if (l == NULL || (has_ula && check_bridge_ula(b, st) != 0))
		return -1;
	if (masquerade && !has_ula) {
		err_set(b->e, ERR_UNSAFE, "%s has no ULA to masquerade", name);
		err_hint(b->e, "give it one: set bridge %s ula auto masquerade",
		    name);
		return blame(b, st, BRIDGE_MASQUERADE);
	}
	if (b->lenient && b->m->nuplinks == 0)
		masquerade = false;
	if (masquerade && need_uplink(b, st, BRIDGE_MASQUERADE) != 0)
		return -1;
	bridge = GROW(b->m->bridges, b->m->nbridges);
	bridge->st = st;
	bridge->link = l;
	bridge->masquerade = masquerade;
	if (has_ula) {
		bridge->ula = st->v[BRIDGE_ULA].prefix;
		warn_prefix(b, &bridge->ula, name);
	}
	return 0;
}

/* Containers */

static const struct model_bridge *
bridge_of(const struct model *m, const struct link *l)
{
	size_t i;

	for (i = 0; i < m->nbridges; i++)
		if (strcmp(m->bridges[i].link->name, l->name) == 0)
			return &m->bridges[i];
	return NULL;
}

static const struct model_bridge *
bridge_holding(const struct model *m, const struct prefix *addr)
{
	size_t i;

	for (i = 0; i < m->nbridges; i++)
		if (m->bridges[i].ula.family != AF_UNSPEC &&
		    prefix_holds(&m->bridges[i].ula, addr))
			return &m->bridges[i];
	return NULL;
}

/* The bridge it is said to be on, else the one it is a port of, else the one
 * whose prefix holds the address. Where a container happens to be now does not
 * change what was committed for it. */
static const struct model_bridge *
container_bridge(
    struct build *b, const struct statement *st, const struct container *c)
{
	const struct link *l = NULL;
	const struct model_bridge *bridge;

	if (st->v[CONTAINER_ON].set) {
		l = find_bridge(b, st, CONTAINER_ON, st->v[CONTAINER_ON].text);
		if (l == NULL)
			return NULL;
	} else if (c != NULL && c->bridge != 0 && !b->lenient) {
		l = snapshot_link_at(b->snapshot, c->bridge);
	}
	bridge = l != NULL ? bridge_of(b->m, l)
			   : bridge_holding(b->m, &st->v[CONTAINER_ULA].prefix);
	if (bridge != NULL && bridge->ula.family != AF_UNSPEC)
		return bridge;
	err_set(b->e, ERR_UNSAFE, "%s has no ULA, so nothing on it can",
	    l != NULL ? l->name : "the bridge of this container");
	err_hint(b->e, "give it one first: bridge %s ula auto",
	    l != NULL ? l->name : "NAME");
	blame(b, st, st->v[CONTAINER_ON].set ? CONTAINER_ON : CONTAINER_ULA);
	return NULL;
}

static int
refuse_ula(struct build *b, const struct statement *st, const char *by)
{
	char text[ADDR_TEXT_MAX];

	err_set(b->e, ERR_UNSAFE, "%s is taken by %s",
	    addr_text(&st->v[CONTAINER_ULA].prefix, text), by);
	err_hint(b->e, "ula auto picks one that is free");
	return blame(b, st, CONTAINER_ULA);
}

/* Somebody else in the kernel who has the address: not this container, which
 * may have it from the last commit. */
static const char *
kernel_owner(struct build *b, const struct prefix *ula, const char *name)
{
	const struct snapshot *s = b->snapshot;
	const struct container *c;
	size_t i, k;

	for (i = 0; i < s->naddresses; i++) {
		if (s->addresses[i].nsid == NSID_SELF ||
		    !addr_equal(&s->addresses[i].prefix, ula))
			continue;
		for (k = 0; k < s->ncontainers; k++) {
			c = &s->containers[k];
			if (c->port != 0 && c->nsid == s->addresses[i].nsid &&
			    strcmp(c->name, name) != 0)
				return c->name;
		}
	}
	return NULL;
}

static int
check_container_ula(struct build *b, const struct statement *st,
    const struct model_bridge *bridge)
{
	const struct prefix *ula = &st->v[CONTAINER_ULA].prefix;
	struct prefix net = prefix_network(&bridge->ula);
	const struct model_container *other;
	const char *owner;
	char *name, text[ADDR_TEXT_MAX], prefix[ADDR_TEXT_MAX];
	size_t i;
	int r;

	if (!prefix_holds(&bridge->ula, ula)) {
		err_set(b->e, ERR_UNSAFE, "%s is outside the prefix of %s",
		    addr_text(ula, text), bridge->link->name);
		err_hint(b->e, "the prefix is %s", prefix_text(&net, prefix));
		return blame(b, st, CONTAINER_ULA);
	}
	if (addr_equal(&bridge->ula, ula) || addr_equal(&net, ula))
		return refuse_ula(b, st, bridge->link->name);
	for (i = 0; i < b->m->ncontainers; i++) {
		other = &b->m->containers[i];
		if (addr_equal(&other->ula, ula)) {
			name = shown(other->st->v[CONTAINER_NAME].text);
			r = refuse_ula(b, st, name);
			free(name);
			return r;
		}
	}
	owner = kernel_owner(b, ula, st->v[CONTAINER_NAME].text);
	if (owner == NULL || b->lenient)
		return 0;
	name = shown(owner);
	r = refuse_ula(b, st, name);
	free(name);
	return r;
}

static int
build_container(struct build *b, const struct statement *st)
{
	const char *on =
	    st->v[CONTAINER_ON].set ? st->v[CONTAINER_ON].text : NULL;
	const char *name = st->v[CONTAINER_NAME].text;
	const struct container *c = snapshot_container(b->snapshot, name, on);
	const struct model_bridge *bridge;
	struct model_container *mc;
	const struct prefix *ula = &st->v[CONTAINER_ULA].prefix;
	char *quoted;

	if (c == NULL) {
		quoted = shown(name);
		warn(b, xasprintf("container %s is not there now: it gets its "
				  "address when it has started%s%s",
			    quoted, on != NULL ? " on " : "",
			    on != NULL ? on : ""));
		free(quoted);
	}
	if (!st->v[CONTAINER_ULA].set)
		return 0;
	if (check_auto(b, st, CONTAINER_ULA) != 0)
		return -1;
	bridge = container_bridge(b, st, c);
	if (bridge == NULL || check_container_ula(b, st, bridge) != 0)
		return -1;
	if (b->lenient)
		c = kernel_owner(b, ula, name) != NULL
			? NULL
			: snapshot_container(
			      b->snapshot, name, bridge->link->name);
	mc = GROW(b->m->containers, b->m->ncontainers);
	mc->st = st;
	mc->container = c;
	mc->bridge = bridge;
	mc->ula = *ula;
	return 0;
}

static const struct model_container *
model_container(const struct model *m, const char *name)
{
	size_t i;

	for (i = 0; i < m->ncontainers; i++)
		if (strcmp(m->containers[i].st->v[CONTAINER_NAME].text, name) ==
		    0)
			return &m->containers[i];
	return NULL;
}

static int
refuse_container(
    struct build *b, const struct statement *st, size_t value, const char *name)
{
	struct buf known = { 0 };
	const struct container *c;
	char *quoted = shown(name);
	size_t i;

	if (snapshot_container(b->snapshot, name, NULL) != NULL) {
		err_set(b->e, ERR_UNSAFE, "%s has no ULA", quoted);
		err_hint(b->e,
		    "a link-local address cannot be a target; give "
		    "it a ULA: container %s ula auto",
		    quoted);
	} else {
		for (i = 0; i < b->snapshot->ncontainers; i++) {
			c = &b->snapshot->containers[i];
			buf_add(&known, known.len > 0 ? ", " : "");
			words_print(&known, c->name, "");
		}
		err_set(b->e, ERR_UNSAFE, "unknown container %s", quoted);
		err_hint(b->e, "known containers: %s",
		    known.len > 0 ? known.s : "none");
	}
	buf_free(&known);
	free(quoted);
	return blame(b, st, value);
}

/* Forwards */

static int
forward_on(struct build *b, struct model_forward *f)
{
	const struct value *on = &f->st->v[FORWARD_ON];
	struct buf known = { 0 };
	char text[ADDR_TEXT_MAX];
	size_t i;

	f->on = b->m->publics;
	f->non = b->m->npublics;
	for (i = 0; on->set && i < b->m->npublics; i++) {
		if (addr_equal(&b->m->publics[i], &on->prefix)) {
			f->on = &b->m->publics[i];
			f->non = 1;
			buf_free(&known);
			return 0;
		}
		buf_add(&known, i > 0 ? ", " : "");
		prefix_print(&b->m->publics[i], &known);
	}
	b->away = on->set || f->non == 0;
	if (on->set) {
		err_set(b->e, ERR_UNSAFE, "%s is no address of an uplink",
		    addr_text(&on->prefix, text));
		err_hint(b->e, "there is: %s", buf_text(&known));
		buf_free(&known);
		return blame(b, f->st, FORWARD_ON);
	}
	if (f->non > 0)
		return 0;
	err_set(b->e, ERR_UNSAFE, "%s has no public IPv6 address to forward",
	    b->m->uplinks[0].link->name);
	return blame(b, f->st, SIZE_MAX);
}

static int
forward_target(struct build *b, struct model_forward *f)
{
	const struct target *to = &f->st->v[FORWARD_TO].target;

	if (to->name == NULL) {
		f->target = to->addr;
		return 0;
	}
	f->container = model_container(b->m, to->name);
	if (f->container == NULL)
		return refuse_container(b, f->st, FORWARD_TO, to->name);
	f->target = f->container->ula;
	return 0;
}

static unsigned
proto_mask(const struct statement *st)
{
	static const unsigned masks[] = {
		[PROTO_TCP] = 1, [PROTO_UDP] = 2, [PROTO_TCP_UDP] = 3
	};

	return masks[st->v[FORWARD_PROTO].choice];
}

static bool
forwards_clash(const struct statement *a, const struct statement *b)
{
	const struct value *x = &a->v[FORWARD_ON], *y = &b->v[FORWARD_ON];

	if ((proto_mask(a) & proto_mask(b)) == 0 ||
	    !ports_overlap(
		&a->v[FORWARD_PORTS].ports, &b->v[FORWARD_PORTS].ports))
		return false;
	return !x->set || !y->set || addr_equal(&x->prefix, &y->prefix);
}

static int
forward_ports_free(struct build *b, const struct model_forward *f)
{
	struct buf other = { 0 };
	size_t i;

	for (i = 0; i < b->m->nforwards; i++) {
		if (!forwards_clash(b->m->forwards[i].st, f->st))
			continue;
		statement_print(b->m->forwards[i].st, &other);
		err_set(b->e, ERR_UNSAFE, "the port is taken by: %s", other.s);
		err_hint(b->e, "delete that one, or take another port");
		buf_free(&other);
		return blame(b, f->st, FORWARD_PORTS);
	}
	return 0;
}

static int
build_forward(struct build *b, const struct statement *st)
{
	struct model_forward f = { .st = st };

	if (statement_is_off(st))
		return 0;
	if (st->v[FORWARD_PROTO].choice == PROTO_ANY) {
		err_set(b->e, ERR_UNSAFE,
		    "this version does not carry out forward any");
		err_hint(b->e, "forward ranges of ports: "
			       "forward tcp,udp 1024-65535 to TARGET");
		return blame(b, st, FORWARD_PROTO);
	}
	if (need_uplink(b, st, SIZE_MAX) != 0 || forward_on(b, &f) != 0 ||
	    forward_target(b, &f) != 0 || forward_ports_free(b, &f) != 0)
		return -1;
	f.id = model_forward_id(st);
	*GROW(b->m->forwards, b->m->nforwards) = f;
	return 0;
}

/* Policies, defaults, options */

static int
resolve_who(struct build *b, const struct statement *st, size_t value,
    struct prefix *addr)
{
	const struct who *who = &st->v[value].who;
	const struct model_container *c;

	if (!st->v[value].set)
		return 0;
	if (who->kind == WHO_UPLINK)
		return need_uplink(b, st, value);
	if (who->kind == WHO_BRIDGE)
		return find_bridge(b, st, value, who->name) != NULL ? 0 : -1;
	if (who->kind != WHO_CONTAINER)
		return 0;
	c = model_container(b->m, who->name);
	if (c == NULL)
		return refuse_container(b, st, value, who->name);
	*addr = c->ula;
	return 0;
}

static int
build_policy(struct build *b, const struct statement *st)
{
	struct model_policy p = { .st = st };

	if (statement_is_off(st))
		return 0;
	if (resolve_who(b, st, POLICY_FROM, &p.from) != 0 ||
	    resolve_who(b, st, POLICY_TO, &p.to) != 0)
		return -1;
	p.id = model_policy_id(st);
	*GROW(b->m->policies, b->m->npolicies) = p;
	return 0;
}

static int
build_default(struct build *b, const struct statement *st)
{
	unsigned chain = st->v[DEFAULT_CHAIN].choice;

	b->m->defaults[chain] = (enum verdict)st->v[DEFAULT_VERDICT].choice;
	b->m->has_default[chain] = true;
	b->m->stated[chain] = st;
	return 0;
}

static int
build_option(struct build *b, const struct statement *st)
{
	if (st->v[OPTION_NAME].choice != OPTION_IPV4 ||
	    strcmp(st->v[OPTION_VALUE].text, "off") == 0)
		return 0;
	err_set(b->e, ERR_UNSAFE,
	    "this version does not carry out policies for IPv4");
	err_hint(b->e, "IPv4 is left as it is; delete this line");
	return blame(b, st, OPTION_VALUE);
}

/* What a later kind refers to is built before it. */
static const struct {
	enum statement_kind first, last;
	int (*build)(struct build *, const struct statement *);
	void (*after)(struct build *);
} passes[] = {
	{ ST_UPLINK, ST_UPLINK, build_uplink, find_uplink },
	{ ST_BRIDGE, ST_BRIDGE, build_bridge, NULL },
	{ ST_CONTAINER, ST_CONTAINER, build_container, NULL },
	{ ST_FORWARD, ST_FORWARD, build_forward, NULL },
	{ ST_ALLOW, ST_REJECT, build_policy, NULL },
	{ ST_DEFAULT, ST_DEFAULT, build_default, NULL },
	{ ST_OPTION, ST_OPTION, build_option, NULL },
};

/* One object is one statement. */
static int
check_twice(struct build *b)
{
	const struct statement *first, *again;
	struct buf key = { 0 };

	again = config_twice(b->config, &first);
	if (again == NULL)
		return 0;
	statement_key(again, &key);
	err_set(b->e, ERR_UNSAFE, "%s stands here for the second time", key.s);
	err_hint(
	    b->e, "the first is on line %u; delete one of them", first->line);
	buf_free(&key);
	return blame(b, again, SIZE_MAX);
}

/* A statement whose object is away is left out where that is no error. */
static int
build_statement(struct build *b, const struct statement *st,
    int (*how)(struct build *, const struct statement *))
{
	if (how(b, st) == 0)
		return 0;
	if (!b->lenient || !b->away)
		return -1;
	warn(b, xstrdup(b->e->text));
	b->away = false;
	return 0;
}

static int
build(struct build *b)
{
	const struct config *config = b->config;
	const struct statement *st;
	size_t i, p;

	memset(b->m, 0, sizeof(*b->m));
	if (check_twice(b) != 0)
		return -1;
	for (p = 0; p < NITEMS(passes); p++) {
		for (i = 0; i < config->n; i++) {
			st = config->v[i].st;
			if (st != NULL && st->kind >= passes[p].first &&
			    st->kind <= passes[p].last &&
			    build_statement(b, st, passes[p].build) != 0)
				return -1;
		}
		if (passes[p].after != NULL)
			passes[p].after(b);
	}
	return 0;
}

int
model_build(struct model *m, const struct config *config,
    const struct snapshot *snapshot, struct err *e)
{
	struct build b = { m, config, snapshot, e, false, false };

	return build(&b);
}

int
model_build_lenient(struct model *m, const struct config *config,
    const struct snapshot *snapshot, struct err *e)
{
	struct build b = { m, config, snapshot, e, true, false };

	return build(&b);
}

void
model_free(struct model *m)
{
	size_t i;

	for (i = 0; i < m->nforwards; i++)
		free(m->forwards[i].id);
	for (i = 0; i < m->npolicies; i++)
		free(m->policies[i].id);
	for (i = 0; i < m->nwarnings; i++)
		free(m->warnings[i]);
	for (i = 0; i < m->nabsent; i++)
		free(m->absent[i]);
	free(m->absent);
	free(m->uplinks);
	free(m->publics);
	free(m->bridges);
	free(m->containers);
	free(m->forwards);
	free(m->policies);
	free(m->warnings);
	memset(m, 0, sizeof(*m));
}

bool
model_wants_rules(const struct model *m)
{
	size_t i;

	for (i = 0; i < m->nbridges; i++)
		if (m->bridges[i].masquerade)
			return true;
	return m->nforwards > 0 || m->npolicies > 0 ||
	       m->has_default[CHAIN_INPUT] || m->has_default[CHAIN_FORWARD] ||
	       m->has_default[CHAIN_OUTPUT];
}
