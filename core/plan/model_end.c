/* Resolves policies: for which families each is, and its ends in each. */
#include "config.h"

#include "core/base/intl.h"
#include "core/lang/type_addr.h"
#include "core/plan/model_counter.h"
#include "core/plan/model_family.h"
#include "core/plan/model_parts.h"

static bool
has_ipv4(const struct value *who)
{
	return who->set && who->who.kind == WHO_PREFIXES &&
	       prefixes_of(&who->who.prefixes, FAMILY_IPV4).n > 0;
}

/* Whether what the end names is there. */
static int
check_end(struct model_build *b, const struct statement *st, size_t value)
{
	const struct who *who = &st->v[value].who;

	if (!st->v[value].set)
		return 0;
	if (who->kind == WHO_UPLINK)
		return model_need_uplink(b, st, value);
	if (who->kind == WHO_BRIDGE)
		return model_find_bridge(b, st, value, who->name) != NULL ? 0
									  : -1;
	if (who->kind == WHO_CONTAINER &&
	    model_find_container(b->m, who->name) == NULL)
		return model_refuse_container(b, st, value, who->name);
	if (!b->m->ipv4 && has_ipv4(&st->v[value]))
		return model_refuse_ipv4(b, st, value);
	return 0;
}

/* A container may have no address of that family now, and still be denied those
 * that it takes. */
static bool
resolve_container(const struct model *m, const struct statement *st,
    size_t value, enum family family, struct model_end *end)
{
	const struct model_container *c =
	    model_find_container(m, st->v[value].who.name);

	end->given = model_container_addrs(c, family);
	end->unknown = st->kind != ST_ALLOW;
	if (value == POLICY_FROM || end->unknown)
		end->bridge = c->bridge->link->name;
	return end->unknown || end->given.n > 0;
}

/* Whether the end can be one of that family. */
static bool
resolve_end(const struct model *m, const struct statement *st, size_t value,
    enum family family, struct model_end *end)
{
	const struct who *who = &st->v[value].who;

	if (!st->v[value].set)
		return true;
	if (who->kind == WHO_CONTAINER)
		return resolve_container(m, st, value, family, end);
	if (who->kind != WHO_PREFIXES)
		return true;
	end->in = prefixes_of(&who->prefixes, family);
	return end->in.n > 0;
}

static bool
has_proto(enum family family, const struct value *proto)
{
	static const unsigned of_the_other[FAMILY_COUNT] = {
		[FAMILY_IPV6] = PROTO_ICMP, [FAMILY_IPV4] = PROTO_ICMPV6
	};

	return !proto->set || proto->choice != of_the_other[family];
}

static bool
is_for(const struct statement *st, enum family family)
{
	const struct value *only = &st->v[POLICY_ONLY];

	return (!only->set || only->choice == (unsigned)family) &&
	       has_proto(family, &st->v[POLICY_PROTO]);
}

static bool
resolve(const struct model *m, struct model_policy *p)
{
	bool any = false;
	enum family f;

	for (f = 0; f < FAMILY_COUNT; f++) {
		p->holds[f] =
		    model_is_about(m, f) && is_for(p->st, f) &&
		    resolve_end(m, p->st, POLICY_FROM, f, &p->from[f]) &&
		    resolve_end(m, p->st, POLICY_TO, f, &p->to[f]);
		any |= p->holds[f];
	}
	return any;
}

static int
refuse_none(struct model_build *b, const struct statement *st)
{
	bool only = st->v[POLICY_ONLY].set;

	if (!b->m->ipv4 && is_for(st, FAMILY_IPV4) && !is_for(st, FAMILY_IPV6))
		return model_refuse_ipv4(
		    b, st, only ? POLICY_ONLY : POLICY_PROTO);
	err_set(b->e, ERR_UNSAFE,
	    "no packet can match: its words are about different families");
	return model_blame(b, st, SIZE_MAX);
}

int
model_build_policy(struct model_build *b, const struct statement *st)
{
	struct model_policy p = { .st = st };

	if (statement_is_off(st)) {
		*GROW(b->m->idle, b->m->nidle) = model_policy_id(st);
		return 0;
	}
	if (check_end(b, st, POLICY_FROM) != 0 ||
	    check_end(b, st, POLICY_TO) != 0)
		return -1;
	if (!resolve(b->m, &p))
		return refuse_none(b, st);
	p.id = model_policy_id(st);
	*GROW(b->m->policies, b->m->npolicies) = p;
	return 0;
}
