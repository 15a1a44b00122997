/* Resolves forwards: their targets, and who claims which port. */
#include "config.h"

#include "core/base/intl.h"
#include "core/lang/type_addr.h"
#include "core/plan/model_counter.h"
#include "core/plan/model_family.h"
#include "core/plan/model_parts.h"

#include <stdlib.h>
#include <string.h>

static const char *const no_public[FAMILY_COUNT] = {
	[FAMILY_IPV6] = N_("%s has no public IPv6 address"),
	[FAMILY_IPV4] = N_("%s has no public IPv4 address"),
};

static const char *const unfit[ADDRESS_STATES] = {
	[ADDRESS_TENTATIVE] = N_("%s has no public address yet: duplicate "
				 "address detection of %s has not ended"),
	[ADDRESS_DUPLICATE] = N_("%s has no public address: another host has "
				 "%s, too"),
	[ADDRESS_DEPRECATED] = N_("%s has no public address: %s is deprecated"),
	[ADDRESS_TEMPORARY] = N_("%s has no public address: %s is temporary, "
				 "of privacy extensions"),
};

/* Whether the families of the statement are as poor as each other. */
static bool
lacks_both(const struct model *m, const struct statement *st)
{
	enum family f;

	for (f = 0; f < FAMILY_COUNT; f++)
		if (!model_is_about(m, f) || !statement_forwards(st, f) ||
		    m->nstable[f] > 0)
			return false;
	return true;
}

/* One that it has, but is no public one, is the reason. */
static void
tell_no_public(
    struct model_build *b, const struct statement *st, enum family family)
{
	const struct link *l = b->m->uplinks[0].link;
	const struct snapshot *s = b->snapshot;
	const struct address *a = s->addresses;
	const struct address *end = END_OF(a, s->naddresses);
	char text[ADDR_TEXT_MAX];

	while (a < end && (!address_is_on(a, l, family_numbers[family]) ||
			      address_state(a) == ADDRESS_STABLE))
		a++;
	if (a == end && lacks_both(b->m, st))
		err_set(
		    b->e, ERR_UNSAFE, N_("%s has no public address"), l->name);
	else if (a == end)
		err_set(b->e, ERR_UNSAFE, no_public[family], l->name);
	else
		err_set(b->e, ERR_UNSAFE, unfit[address_state(a)], l->name,
		    addr_text(&a->prefix, text));
}

static int
forward_on(struct model_build *b, struct model_forward *f)
{
	const struct prefixes *all = &b->m->publics[f->family];
	const struct value *on = &f->st->v[FORWARD_ON];
	struct buf known = { 0 };
	char text[ADDR_TEXT_MAX];
	size_t i;

	f->on = all->v;
	f->non = (unsigned)b->m->nstable[f->family];
	f->nheld = (unsigned)all->n;
	for (i = 0; on->set && i < all->n; i++) {
		if (addr_equal(&all->v[i], &on->prefix)) {
			f->on = &all->v[i];
			f->non = f->nheld = 1;
			buf_free(&known);
			return 0;
		}
		buf_add(&known, i > 0 ? ", " : "");
		prefix_print(&all->v[i], &known);
	}
	b->away = on->set || f->non == 0;
	if (on->set) {
		err_set(b->e, ERR_UNSAFE, "%s is no address of an uplink",
		    addr_text(&on->prefix, text));
		err_hint(b->e, "there is: %s", buf_text(&known));
		buf_free(&known);
		return model_blame(b, f->st, FORWARD_ON);
	}
	if (f->non > 0)
		return 0;
	tell_no_public(b, f->st, f->family);
	return model_blame(b, f->st, SIZE_MAX);
}

/* Whether the address is behind a bridge: in a prefix of the config, or in one
 * that the bridge has in the kernel. The host's own are not. */
static bool
is_behind_bridge(struct model_build *b, const struct prefix *addr)
{
	const struct address *a;
	const struct link *l;
	bool behind = model_bridge_holding(b->m, addr) != NULL;
	size_t i;

	for (i = 0; i < b->snapshot->naddresses; i++) {
		a = &b->snapshot->addresses[i];
		if (a->nsid != NSID_SELF)
			continue;
		if (addr_equal(&a->prefix, addr))
			return false;
		l = snapshot_link_at(b->snapshot, a->index);
		if (l != NULL && link_is_bridge(l) &&
		    prefix_holds(&a->prefix, addr))
			behind = true;
	}
	return behind;
}

static int
forward_to_address(struct model_build *b, struct model_forward *f)
{
	char text[ADDR_TEXT_MAX];

	f->target = *f->st->v[FORWARD_TO].target.addr;
	if (b->lenient || is_behind_bridge(b, &f->target))
		return 0;
	err_set(b->e, ERR_UNSAFE, "%s is not behind a bridge of this host",
	    addr_text(&f->target, text));
	err_hint(b->e, "answers would not come back this way; a target is a "
		       "container, or an address in the prefix of a bridge");
	return model_blame(b, f->st, FORWARD_TO);
}

/* It may get one later. */
static int
refuse_without(struct model_build *b, const struct model_forward *f)
{
	char *quoted = model_shown(f->st->v[FORWARD_TO].target.name);

	b->away = true;
	err_set(b->e, ERR_UNSAFE, "%s has no IPv4 address on %s now", quoted,
	    f->container->bridge->link->name);
	free(quoted);
	return model_blame(b, f->st, FORWARD_TO);
}

static int
forward_target(struct model_build *b, struct model_forward *f)
{
	const struct target *to = &f->st->v[FORWARD_TO].target;

	if (to->name == NULL)
		return forward_to_address(b, f);
	f->container = model_find_container(b->m, to->name);
	b->away = b->m->ipv4 && config_container(b->config, to->name) != NULL;
	if (f->container != NULL)
		f->target = *model_container_addr(f->container, f->family);
	if (f->container == NULL ||
	    (f->family == FAMILY_IPV6 && f->target.family == AF_UNSPEC))
		return model_refuse_container(b, f->st, FORWARD_TO, to->name);
	b->away = false;
	return f->target.family != AF_UNSPEC ? 0 : refuse_without(b, f);
}

/* One that takes the rest takes nothing from others. */
static unsigned
proto_mask(const struct statement *st)
{
	static const unsigned masks[] = { [PROTO_TCP] = 1,
		[PROTO_UDP] = 2,
		[PROTO_TCP_UDP] = 3,
		[PROTO_ANY] = 0 };

	return masks[st->v[FORWARD_PROTO].choice];
}

static bool
share_address(const struct statement *a, const struct statement *b)
{
	const struct value *x = &a->v[FORWARD_ON], *y = &b->v[FORWARD_ON];

	return !x->set || !y->set || addr_equal(&x->prefix, &y->prefix);
}

static bool
forwards_clash(const struct statement *a, const struct statement *b)
{
	if ((proto_mask(a) & proto_mask(b)) == 0 ||
	    !ports_overlap(
		&a->v[FORWARD_PORTS].ports, &b->v[FORWARD_PORTS].ports))
		return false;
	return share_address(a, b);
}

/* Protocols that negotiate further connections inside the first one. Since 6.0
 * the kernel assigns no helper by itself, for good reason: whoever writes into
 * such a connection could open ports. */
static const struct {
	unsigned protos; /* as proto_mask */
	uint16_t port;
	const char *sentence; /* translate */
} companions[] = {
	{ 1, 21,
	    N_("%s: FTP opens another connection for each file, to a port "
	       "that no forward names: give the server a range of passive "
	       "ports and this public address, and forward that range") },
	{ 2, 69,
	    N_("%s: TFTP answers from another port than the one that is "
	       "forwarded, which clients behind a firewall never see: "
	       "serve the files over HTTP if you can") },
	{ 3, 5060,
	    N_("%s: SIP names other ports for sound: give the server "
	       "its range of RTP ports and this public address, and "
	       "forward that range, too") },
};

static void
warn_companions(struct model_build *b, const struct statement *st)
{
	struct ports port = { .n = 1 };
	struct buf key = { 0 };
	struct range r;
	size_t i;

	statement_key(st, &key);
	for (i = 0; i < NITEMS(companions); i++) {
		r.lo = r.hi = companions[i].port;
		port.v = &r;
		if ((proto_mask(st) & companions[i].protos) != 0 &&
		    ports_overlap(&st->v[FORWARD_PORTS].ports, &port))
			model_warn(b, xasprintf(_(companions[i].sentence),
					  buf_text(&key)));
	}
	buf_free(&key);
}

static uint8_t *
takers_of(struct model_build *b, unsigned port)
{
	uint8_t **page = &b->taken[port / 256];

	if (*page == NULL)
		*page = xcalloc(256, 1);
	return &(*page)[port % 256];
}

/* Whether an earlier forward has one of the ports, on whatever address. Marks
 * them, in any case. */
static bool
take_ports(struct model_build *b, const struct model_forward *f)
{
	const struct ports *ports = &f->st->v[FORWARD_PORTS].ports;
	unsigned mask = proto_mask(f->st) << (2 * f->family), port;
	uint8_t *takers;
	bool taken = false;
	size_t i;

	for (i = 0; i < ports->n; i++)
		for (port = ports->v[i].lo; port <= ports->v[i].hi; port++) {
			takers = takers_of(b, port);
			taken |= (*takers & mask) != 0;
			*takers |= (uint8_t)mask;
		}
	return taken;
}

/* Compares with each other forward only when a port is not free, as forwards
 * may be thousands. */
static int
forward_ports_free(struct model_build *b, const struct model_forward *f)
{
	struct buf other = { 0 };
	size_t i;

	if (!take_ports(b, f))
		return 0;
	for (i = 0; i < b->m->nforwards; i++) {
		if (b->m->forwards[i].family != f->family ||
		    !forwards_clash(b->m->forwards[i].st, f->st))
			continue;
		statement_print(b->m->forwards[i].st, &other);
		err_set(b->e, ERR_UNSAFE, "the port is taken by: %s", other.s);
		err_hint(b->e, "delete that one, or take another port");
		buf_free(&other);
		return model_blame(b, f->st, FORWARD_PORTS);
	}
	return 0;
}

static int
rest_is_free(struct model_build *b, const struct model_forward *f)
{
	const struct model_forward *other = b->m->forwards;
	struct buf text = { 0 };

	for (; other < END_OF(b->m->forwards, b->m->nforwards); other++) {
		if (other->family != f->family ||
		    !statement_takes_rest(other->st) ||
		    !share_address(other->st, f->st))
			continue;
		statement_print(other->st, &text);
		err_set(b->e, ERR_UNSAFE, "the rest is taken by: %s", text.s);
		err_hint(b->e,
		    "only one forward any can have an address; on ADDR says "
		    "which address one is for");
		buf_free(&text);
		return model_blame(b, f->st, FORWARD_PROTO);
	}
	b->m->nrest++;
	return 0;
}

static void
keep_meters(struct model *m, const struct statement *st, enum family family)
{
	char *id = model_forward_id(st);
	unsigned i;

	for (i = 0; i < METER_KINDS; i++)
		*GROW(m->idle, m->nidle) =
		    model_meter_name(id, (enum meter_kind)i, family);
	free(id);
}

/* The value that is about IPv4 alone; SIZE_MAX for none. */
static size_t
ipv4_value(const struct statement *st)
{
	const struct value *v = st->v;
	const struct target *to = &v[FORWARD_TO].target;

	if (v[FORWARD_ONLY].set && v[FORWARD_ONLY].choice == FAMILY_IPV4)
		return FORWARD_ONLY;
	if (v[FORWARD_ON].set && v[FORWARD_ON].prefix.family == AF_INET)
		return FORWARD_ON;
	if (to->name == NULL && to->addr->family == AF_INET)
		return FORWARD_TO;
	if (v[FORWARD_FROM].set &&
	    prefixes_of(&v[FORWARD_FROM].prefixes, FAMILY_IPV4).n > 0)
		return FORWARD_FROM;
	return SIZE_MAX;
}

static int
check_families(struct model_build *b, const struct statement *st)
{
	size_t ipv4 = ipv4_value(st);

	if (ipv4 != SIZE_MAX && !b->m->ipv4)
		return model_refuse_ipv4(b, st, ipv4);
	if (statement_forwards(st, FAMILY_IPV6) ||
	    statement_forwards(st, FAMILY_IPV4))
		return 0;
	err_set(b->e, ERR_UNSAFE,
	    "no packet can match: its words are about different families");
	return model_blame(b, st, SIZE_MAX);
}

static int
add_forward(struct model_build *b, const struct model_forward *f)
{
	struct model_forward *new;

	if (statement_takes_rest(f->st) ? rest_is_free(b, f) != 0
					: forward_ports_free(b, f) != 0)
		return -1;
	new = GROW(b->m->forwards, b->m->nforwards);
	*new = *f;
	new->id = model_forward_id(f->st);
	return 0;
}

/* In each family where it has an address and a target, and at least in one: the
 * reason is that of the first. What is away for now counts on when it is
 * back. */
static int
add_families(struct model_build *b, const struct statement *st)
{
	enum family family;
	struct err first; /* which has room for long texts */
	bool added = false, away = false, failed = false;

	for (family = 0; family < FAMILY_COUNT; family++) {
		struct model_forward f = { .st = st, .family = family };

		if (!model_is_about(b->m, family) ||
		    !statement_forwards(st, family))
			continue;
		b->away = false;
		if (forward_on(b, &f) == 0 && forward_target(b, &f) == 0) {
			if (add_forward(b, &f) != 0)
				return -1;
			added = true;
			continue;
		}
		if (b->away)
			keep_meters(b->m, st, family);
		if (!failed) {
			first = *b->e;
			away = b->away;
		}
		failed = true;
	}
	b->away = !added && away;
	if (failed)
		*b->e = first;
	if (added && failed)
		b->m->forwards[b->m->nforwards - 1].lacks = xstrdup(first.text);
	return added ? 0 : -1;
}

static void
keep_all_meters(struct model *m, const struct statement *st)
{
	enum family family;

	for (family = 0; family < FAMILY_COUNT; family++)
		if (model_is_about(m, family) && statement_forwards(st, family))
			keep_meters(m, st, family);
}

int
model_build_forward(struct model_build *b, const struct statement *st)
{
	if (statement_is_off(st)) {
		keep_all_meters(b->m, st);
		return 0;
	}
	if (model_need_uplink(b, st, SIZE_MAX) != 0 ||
	    check_families(b, st) != 0 || add_families(b, st) != 0)
		return -1;
	warn_companions(b, st);
	return 0;
}
