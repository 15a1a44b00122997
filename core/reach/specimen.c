/* Packets such as a statement is about. */
#include "config.h"

#include "core/reach/specimen.h"

#include <netinet/in.h>
#include <string.h>

#include "core/lang/type_addr.h"
#include "core/plan/judge.h"
#include "core/plan/model_family.h"

#define ANY_PORT 9 /* discard (RFC 863): hardly anybody has it */

static const char *const strangers[FAMILY_COUNT] = {
	[FAMILY_IPV6] = "2001:db8:ffff::1",
	[FAMILY_IPV4] = "198.51.100.1",
};

static const struct {
	uint8_t number;
	enum packet_proto proto;
	enum proto word;
} protos[] = {
	{ IPPROTO_TCP, PACKET_TCP, PROTO_TCP },
	{ IPPROTO_UDP, PACKET_UDP, PROTO_UDP },
};

/* What one is made of. */
struct draft {
	const struct model *m;
	const struct statement *st;
	const struct value *ports, *from, *to; /* of it; to NULL: a forward */
	enum family family;
	enum proto word;
	enum packet_proto proto;
};

static bool
takes(unsigned choice, enum proto one)
{
	return choice == (unsigned)one || choice == PROTO_TCP_UDP;
}

/* Where it comes from */

/* The first address behind that of the network, which nobody has. */
static struct prefix
inside(const struct prefix *p)
{
	struct prefix one = prefix_addr(p);

	if (!prefix_is_bare(p))
		one.bytes[(prefix_full(p) + 7) / 8 - 1] |= 1;
	return one;
}

struct prefix
specimen_stranger(enum family f)
{
	struct prefix one;

	prefix_parse(&one, strangers[f]);
	return one;
}

static bool
pick_source(const struct draft *d, const struct prefixes *of, struct trial *t)
{
	const struct prefixes own =
	    of != NULL ? prefixes_of(of, d->family) : (struct prefixes){ 0 };

	if (of == NULL)
		t->from = specimen_stranger(d->family);
	else if (own.n > 0)
		t->from = inside(&own.v[0]);
	return of == NULL || own.n > 0;
}

static bool
find_source(const struct draft *d, struct trial *t)
{
	const struct who *who = &d->from->who;

	if (!d->from->set)
		return pick_source(d, NULL, t);
	if (d->to == NULL)
		return pick_source(d, &d->from->prefixes, t);
	if (who->kind == WHO_PREFIXES)
		return pick_source(d, &who->prefixes, t);
	return (who->kind == WHO_ANY || who->kind == WHO_UPLINK) &&
	       pick_source(d, NULL, t);
}

/* Where it goes */

static uint16_t
first_port(const struct draft *d)
{
	return d->ports->ports.n > 0 ? d->ports->ports.v[0].lo : ANY_PORT;
}

/* An address of this host. */
static bool
find_here(const struct draft *d, struct trial *t)
{
	const struct prefixes *own = &d->m->publics[d->family];

	if (own->n == 0)
		return false;
	t->to = own->v[0];
	t->dport = first_port(d);
	return true;
}

/* That which is stated, if it is. */
static bool
find_public(const struct draft *d, struct trial *t)
{
	const struct value *on = &d->st->v[FORWARD_ON];

	if (!on->set)
		return find_here(d, t);
	t->to = on->prefix;
	t->dport = first_port(d);
	return addr_family(&t->to) == d->family;
}

static bool
find_input(const struct draft *d, struct trial *t)
{
	const struct who *who = &d->to->who;

	if (!find_here(d, t))
		return false;
	if (d->to->set && who->kind == WHO_PREFIXES)
		return prefixes_hold(&who->prefixes, &t->to);
	return who_is_anybody(d->to);
}

static bool
is_for(const struct draft *d, const struct model_container *c,
    const char *bridge, const struct prefix *at)
{
	const struct who *who = &d->to->who;

	if (who_is_anybody(d->to))
		return true;
	if (who->kind == WHO_PREFIXES)
		return prefixes_hold(&who->prefixes, at);
	if (who->kind == WHO_BRIDGE)
		return bridge != NULL && strcmp(who->name, bridge) == 0;
	return who->kind == WHO_CONTAINER && c != NULL &&
	       strcmp(who->name, c->st->v[CONTAINER_NAME].text) == 0;
}

/* The port of the range that leads to the one which the policy is about. */
static bool
find_through(const struct draft *d, const struct model_forward *f,
    const struct range *r, struct trial *t)
{
	struct packet p = { .chain = CHAIN_INPUT,
		.proto = d->proto,
		.to = f->on[0],
		.port = r->lo };
	unsigned port = r->lo;

	judge_hand_over(d->m, f, &p);
	if (p.chain != CHAIN_FORWARD || !is_for(d, f->container, p.out, &p.to))
		return false;
	if (d->ports->ports.n > 0)
		port = (unsigned)(r->lo + d->ports->ports.v[0].lo - p.port);
	t->to = f->on[0];
	t->dport = (uint16_t)port;
	return port >= r->lo && port <= r->hi;
}

static bool
find_forward(
    const struct draft *d, const struct model_forward *f, struct trial *t)
{
	const struct ports *p = &f->st->v[FORWARD_PORTS].ports;
	size_t i = 0;

	if (f->family != d->family || f->non == 0 ||
	    !takes(f->st->v[FORWARD_PROTO].choice, d->word))
		return false;
	while (i < p->n && !find_through(d, f, &p->v[i], t))
		i++;
	return i < p->n;
}

/* By a forward, or by the container's public address. */
static bool
find_behind(const struct draft *d, struct trial *t)
{
	const struct model_forward *f = d->m->forwards;
	const struct model_container *c = d->m->containers;

	while (f < END_OF(d->m->forwards, d->m->nforwards) &&
	       !find_forward(d, f, t))
		f++;
	if (f < END_OF(d->m->forwards, d->m->nforwards))
		return true;
	for (; c < END_OF(d->m->containers, d->m->ncontainers); c++) {
		if (c->public.family != family_numbers[d->family] ||
		    !is_for(d, c, c->bridge->link->name, &c->public))
			continue;
		t->to = c->public;
		t->dport = first_port(d);
		return true;
	}
	return false;
}

/* Drafts */

static bool
find_both(const struct draft *d, struct trial *t)
{
	if (d->st->kind == ST_FORWARD)
		return find_source(d, t) && find_public(d, t);
	if (d->st->v[POLICY_CHAIN].choice == CHAIN_INPUT)
		return find_source(d, t) && find_input(d, t);
	return d->st->v[POLICY_CHAIN].choice == CHAIN_FORWARD &&
	       find_source(d, t) && find_behind(d, t);
}

static bool
is_about(const struct draft *d)
{
	const struct value *only = &d->st->v[POLICY_ONLY];

	if (!model_is_about(d->m, d->family))
		return false;
	if (d->st->kind == ST_FORWARD)
		return statement_forwards(d->st, d->family);
	return !only->set || only->choice == (unsigned)d->family;
}

/* A statement about any protocol is tried with the first. */
static bool
has_proto(const struct draft *d, size_t i)
{
	const struct value *v =
	    &d->st->v[d->to != NULL ? (int)POLICY_PROTO : (int)FORWARD_PROTO];
	bool any = d->to != NULL && !v->set;

	return any || v->choice == PROTO_ANY ? i == 0
					     : takes(v->choice, d->word);
}

static bool
begin(struct draft *d, const struct model *m, const struct statement *st)
{
	bool forward = st->kind == ST_FORWARD;

	if (!forward && !statement_is_policy(st))
		return false;
	*d = (struct draft){ .m = m,
		.st = st,
		.ports =
		    &st->v[forward ? (int)FORWARD_PORTS : (int)POLICY_PORTS],
		.from = &st->v[forward ? (int)FORWARD_FROM : (int)POLICY_FROM],
		.to = forward ? NULL : &st->v[POLICY_TO] };
	return true;
}

static bool
complete(struct draft *d, size_t proto, struct specimen *to)
{
	*to = (struct specimen){ .passes = !statement_is_policy(d->st) ||
					   d->st->kind == ST_ALLOW };
	d->word = protos[proto].word;
	d->proto = protos[proto].proto;
	to->trial.proto = protos[proto].number;
	to->trial.sport = SPECIMEN_PORT;
	return is_about(d) && has_proto(d, proto) && find_both(d, &to->trial);
}

size_t
specimens_of(const struct model *m, const struct statement *st,
    struct specimen v[static SPECIMENS_MAX])
{
	struct draft d;
	size_t n = 0, i;
	int f;

	if (!begin(&d, m, st))
		return 0;
	for (i = 0; i < NITEMS(protos); i++)
		for (f = 0; f < FAMILY_COUNT; f++) {
			d.family = (enum family)f;
			n += complete(&d, i, &v[n]);
		}
	return n;
}
