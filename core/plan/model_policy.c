/* Warnings about policies without effect. */
#include "config.h"

#include "core/plan/model_policy.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/lang/type_addr.h"
#include "core/plan/buckets.h"
#include "core/plan/model_parts.h"

/* Comparisons at most, of either kind: some tens of milliseconds. */
#define PAIRS_MAX 4000000

struct effort {
	size_t pairs;
	size_t between; /* with the policies between two */
};

/* One end of a policy, for comparison. */
struct side {
	const struct value *who;
	const struct model_end *end; /* in one family */
};

static bool
all_hold(const struct prefixes *in, const struct prefixes *inner)
{
	size_t i;

	for (i = 0; i < inner->n; i++)
		if (!prefixes_hold(in, &inner->v[i]))
			return false;
	return true;
}

static bool
covers_prefixes(const struct side *a, const struct side *b)
{
	const struct model_addrs *addrs = &b->end->given;
	const struct prefixes given = { (struct prefix *)addrs->v, addrs->n };

	if (b->who->who.kind == WHO_CONTAINER)
		return !b->end->unknown && all_hold(&a->end->in, &given);
	if (b->who->who.kind != WHO_PREFIXES)
		return false;
	return all_hold(&a->end->in, &b->end->in);
}

/* A deny holds for the ULA on any link. */
static bool
covers_container(const char *bridge, const struct model_end *end)
{
	return !end->unknown && end->bridge != NULL &&
	       strcmp(end->bridge, bridge) == 0;
}

/* Whether a matches everything that b matches; false also if the words alone
 * cannot tell. */
static bool
covers_side(const struct side *a, const struct side *b)
{
	const struct who *x = &a->who->who, *y = &b->who->who;

	if (who_is_anybody(a->who))
		return true;
	if (who_is_anybody(b->who))
		return false;
	if (x->kind == WHO_PREFIXES)
		return covers_prefixes(a, b);
	if (y->kind == WHO_CONTAINER && x->kind == WHO_BRIDGE)
		return covers_container(x->name, b->end);
	if (x->kind != y->kind)
		return false;
	if (x->kind == WHO_CONTAINER && b->end->unknown && !a->end->unknown)
		return false;
	return x->kind == WHO_UPLINK || strcmp(x->name, y->name) == 0;
}

static bool
covers_proto(const struct value *a, const struct value *b)
{
	if (!a->set || a->choice == PROTO_ANY)
		return true;
	if (!b->set)
		return false;
	return a->choice == b->choice ||
	       (a->choice == PROTO_TCP_UDP &&
		   (b->choice == PROTO_TCP || b->choice == PROTO_UDP));
}

static bool
covers_ports(const struct value *a, const struct value *b)
{
	size_t i, k;

	if (!a->set)
		return true;
	for (i = 0; b->set && i < b->ports.n; i++) {
		for (k = 0; k < a->ports.n; k++)
			if (a->ports.v[k].lo <= b->ports.v[i].lo &&
			    b->ports.v[i].hi <= a->ports.v[k].hi)
				break;
		if (k == a->ports.n)
			return false;
	}
	return b->set;
}

static bool
covers_ends(
    const struct model_policy *a, const struct model_policy *b, enum family f)
{
	const struct value *x = a->st->v, *y = b->st->v;
	const struct side from[] = { { &x[POLICY_FROM], &a->from[f] },
		{ &y[POLICY_FROM], &b->from[f] } };
	const struct side to[] = { { &x[POLICY_TO], &a->to[f] },
		{ &y[POLICY_TO], &b->to[f] } };

	return a->holds[f] && covers_side(&from[0], &from[1]) &&
	       covers_side(&to[0], &to[1]);
}

/* What came by an uplink leaves by none, unless an allow says so. */
static bool
is_too_vague(const struct statement *st, const struct statement *relays)
{
	return statement_relays(relays) && st->kind == ST_ALLOW &&
	       !statement_relays(st);
}

static bool
covers(const struct model_policy *a, const struct model_policy *b)
{
	const struct value *x = a->st->v, *y = b->st->v;
	enum family f = 0;

	while (f < FAMILY_COUNT && (!b->holds[f] || covers_ends(a, b, f)))
		f++;
	return f == FAMILY_COUNT && !is_too_vague(a->st, b->st) &&
	       x[POLICY_CHAIN].choice == y[POLICY_CHAIN].choice &&
	       !x[POLICY_LIMIT].set &&
	       covers_proto(&x[POLICY_PROTO], &y[POLICY_PROTO]) &&
	       covers_ports(&x[POLICY_PORTS], &y[POLICY_PORTS]);
}

static void
warn_of_two(struct model_build *b, const char *sentence,
    const struct model_policy *p, const struct model_policy *other)
{
	struct buf text = { 0 }, by = { 0 };

	statement_print(p->st, &text);
	statement_print(other->st, &by);
	model_warn(b, xasprintf(_(sentence), buf_text(&text), buf_text(&by)));
	buf_free(&text);
	buf_free(&by);
}

/* Whether it may decide otherwise about something that p is about. */
static bool
may_differ(const struct model_policy *p, const struct model_policy *other)
{
	const struct value *x = p->st->v, *y = other->st->v;

	return p->st->kind != other->st->kind &&
	       x[POLICY_CHAIN].choice == y[POLICY_CHAIN].choice &&
	       (!x[POLICY_PORTS].set || !y[POLICY_PORTS].set ||
		   ports_overlap(
		       &x[POLICY_PORTS].ports, &y[POLICY_PORTS].ports));
}

/* Whether all that p decides about comes to the same by a later one. What it
 * logs is an effect. */
static bool
is_needless(const struct model_policy *p, const struct model_policy *later,
    struct effort *so_far)
{
	const struct model_policy *between = p + 1;

	if (p->st->kind != later->st->kind || p->st->v[POLICY_LOG].set ||
	    !covers(later, p) || covers(p, later))
		return false;
	while (between < later && so_far->between++ < PAIRS_MAX &&
	       !may_differ(p, between))
		between++;
	return between == later;
}

static const char never_reached[] =
    N_("never reached: %s, since an earlier policy decides: %s");
static const char no_effect[] =
    N_("no effect: %s, since a later policy decides the same: %s");

/* The policy of which that can be said, and what; false: it cannot. */
static bool
warn_pair(struct model_build *b, const struct model_policy *p,
    const struct model_policy *other, struct effort *so_far)
{
	bool never = other < p && covers(other, p);
	bool needless = other > p && is_needless(p, other, so_far);

	if (never || needless)
		warn_of_two(b, never ? never_reached : no_effect, p, other);
	return never || needless;
}

static bool
takes_all(const struct model *m, const struct model_policy *p)
{
	return statement_is_about_all(p->st) && !p->st->v[POLICY_LIMIT].set &&
	       p->holds[FAMILY_IPV6] && p->holds[FAMILY_IPV4] == m->ipv4;
}

/* Warns of a default that would decide otherwise. */
static void
warn_default(struct model_build *b, const struct model_policy *p)
{
	enum chain chain = (enum chain)p->st->v[POLICY_CHAIN].choice;
	struct buf text = { 0 };

	if (!b->m->has_default[chain] || !takes_all(b->m, p) ||
	    b->m->defaults[chain] == statement_verdict(p->st))
		return;
	statement_print(p->st, &text);
	model_warn(
	    b, xasprintf(_("never reached: default %s %s, since this decides "
			   "about all that comes so far: %s"),
		   type_chain.choices[chain].word,
		   type_verdict.choices[b->m->defaults[chain]].word,
		   buf_text(&text)));
	buf_free(&text);
}

/* The statement of a forward that takes the rest, of which the policy leaves
 * nothing in any family; NULL if it is none. */
static const struct statement *
emptied(const struct model *m, size_t i, const struct model_policy *p)
{
	const struct model_forward *f = &m->forwards[i];
	size_t k;

	if (!statement_takes_rest(f->st) || (i > 0 && f[-1].st == f->st))
		return NULL;
	for (k = i; k < m->nforwards && m->forwards[k].st == f->st; k++)
		if (!p->holds[m->forwards[k].family])
			return NULL;
	return f->st;
}

/* An allow without a protocol keeps all that a forward could take. */
static void
warn_kept(struct model_build *b, const struct model_policy *p)
{
	struct buf rest = { 0 }, text = { 0 };
	const struct statement *st;
	size_t i;

	if (b->m->nrest == 0 || !statement_keeps(p->st) ||
	    !statement_is_about_all(p->st))
		return;
	for (i = 0; i < b->m->nforwards; i++) {
		st = emptied(b->m, i, p);
		if (st == NULL)
			continue;
		buf_reset(&rest);
		buf_reset(&text);
		statement_key(st, &rest);
		statement_print(p->st, &text);
		model_warn(
		    b, xasprintf(_("no effect: %s, since this keeps everything "
				   "for this host: %s"),
			   buf_text(&rest), buf_text(&text)));
	}
	buf_free(&rest);
	buf_free(&text);
}

/* The bridge of an end; NULL if the words do not tell. */
static const char *
bridge_of(const struct model *m, const struct value *who)
{
	const struct model_container *c;

	if (!who->set)
		return NULL;
	if (who->who.kind == WHO_BRIDGE)
		return who->who.name;
	if (who->who.kind != WHO_CONTAINER)
		return NULL;
	c = model_find_container(m, who->who.name);
	return c != NULL && c->bridge != NULL ? c->bridge->link->name : NULL;
}

static void
warn_bridged(struct model_build *b, const struct model_policy *p)
{
	const char *from = bridge_of(b->m, &p->st->v[POLICY_FROM]);
	const char *to = bridge_of(b->m, &p->st->v[POLICY_TO]);
	struct buf text = { 0 };

	if (p->st->v[POLICY_CHAIN].choice != CHAIN_FORWARD || from == NULL ||
	    to == NULL || strcmp(from, to) != 0)
		return;
	statement_print(p->st, &text);
	model_warn(b,
	    xasprintf(_("no effect: %s, since what stays on the bridge %s does "
			"not pass this host"),
		buf_text(&text), from));
	buf_free(&text);
}

/* By enum proto; NULL: of others. */
static const char *const of_icmp[] = {
	[PROTO_ICMPV6] =
	    N_("hardly any effect: %s, since the ICMPv6 that a host needs "
	       "(RFC 4890), ping among it, is let through before all "
	       "policies"),
	[PROTO_ICMP] =
	    N_("hardly any effect: %s, since the ICMP that a host needs "
	       "(RFC 1812), ping among it, is let through before all "
	       "policies"),
};

static void
warn_icmp(struct model_build *b, const struct model_policy *p)
{
	const struct value *proto = &p->st->v[POLICY_PROTO];
	const char *sentence = proto->set && proto->choice < NITEMS(of_icmp)
				   ? of_icmp[proto->choice]
				   : NULL;
	struct buf text = { 0 };

	if (sentence == NULL || p->st->kind == ST_ALLOW)
		return;
	statement_print(p->st, &text);
	model_warn(b, xasprintf(_(sentence), buf_text(&text)));
	buf_free(&text);
}

/* Only a policy that is about its first port can cover one. */
static void
look_for_wider(struct model_build *b, const struct buckets *all,
    const struct model_policy *p, struct effort *so_far)
{
	const struct model_policy *v = b->m->policies;
	const struct value *ports = &p->st->v[POLICY_PORTS];
	uint16_t port = ports->set ? ports->ports.v[0].lo : 0;
	size_t at[2] = { 0 }, place;

	while (
	    buckets_next(all, port, at, &place) && so_far->pairs++ < PAIRS_MAX)
		if (warn_pair(b, p, &v[place], so_far))
			return;
}

static void
warn_alone(struct model_build *b, const struct model_policy *p)
{
	warn_bridged(b, p);
	warn_icmp(b, p);
	warn_kept(b, p);
	warn_default(b, p);
}

void
model_warn_policies(struct model_build *b)
{
	struct buckets *all = buckets_new();
	const struct model_policy *v = b->m->policies, *p;
	struct effort so_far = { 0 };
	size_t i;

	for (i = 0; i < b->m->npolicies; i++)
		buckets_add(all, &v[i].st->v[POLICY_PORTS], i);
	for (p = v; p < END_OF(v, b->m->npolicies); p++) {
		warn_alone(b, p);
		look_for_wider(b, all, p, &so_far);
	}
	buckets_free(all);
}

static const struct model_policy *
find_policy(const struct model *m, const struct statement *st)
{
	size_t i;

	for (i = 0; i < m->npolicies; i++)
		if (statement_equal(m->policies[i].st, st))
			return &m->policies[i];
	return NULL;
}

void
model_warn_of(
    const struct model *m, const struct statement *st, struct buf *lines)
{
	const struct model_policy *p = find_policy(m, st), *other;
	struct model told = *m;
	struct model_build b = { .m = &told };
	struct effort so_far = { 0 };
	size_t i;

	told.warnings = NULL;
	told.nwarnings = 0;
	if (p == NULL)
		return;
	for (other = m->policies; other < END_OF(m->policies, m->npolicies) &&
				  !warn_pair(&b, p, other, &so_far);)
		other++;
	warn_alone(&b, p);
	for (i = 0; i < told.nwarnings; i++) {
		buf_printf(lines, "%s\n", told.warnings[i]);
		free(told.warnings[i]);
	}
	free(told.warnings);
}
