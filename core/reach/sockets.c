/* Cache of the listening sockets of containers, and of their rules. */
#include "config.h"

#include "core/reach/sockets.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/util.h"
#include "core/kernel/holder.h"
#include "core/kernel/net_hooks.h"
#include "core/kernel/net_sock.h"
#include "core/reach/hidden.h"
#include "core/reach/untouched.h"

static struct sockets_inside *
find(const struct sockets *s, uint64_t inode)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (s->v[i].inode == inode)
			return &s->v[i];
	return NULL;
}

const struct listeners *
sockets_of(const struct sockets *s, uint64_t inode)
{
	const struct sockets_inside *i = find(s, inode);

	return i != NULL ? &i->all : NULL;
}

const struct hooks *
sockets_rules(const struct sockets *s, uint64_t inode)
{
	const struct sockets_inside *i = find(s, inode);

	return i != NULL ? &i->rules : NULL;
}

const struct neighbour *
sockets_gateway(const struct sockets *s, uint64_t inode, enum family family)
{
	const struct sockets_inside *i = find(s, inode);

	return i != NULL ? &i->gateways[family] : NULL;
}

void
sockets_name(const struct sockets *s, struct listener *l)
{
	struct listeners *named = s->named;

	if (named != NULL && holders_recall(l, named))
		return;
	holders_find(&(struct listeners){ l, 1, false }, "/proc");
	if (named != NULL) {
		named->v = xgrow(named->v, named->n, sizeof(*l));
		named->v[named->n++] = *l;
	}
}

static void
forget_names(struct sockets *s)
{
	if (s->named != NULL)
		listeners_free(s->named);
	free(s->named);
	s->named = NULL;
}

void
sockets_free(struct sockets *s)
{
	size_t i;

	for (i = 0; i < s->n; i++) {
		listeners_free(&s->v[i].all);
		hooks_free(&s->v[i].rules);
	}
	free(s->v);
	listeners_free(&s->own);
	forget_names(s);
	memset(s, 0, sizeof(*s));
}

static bool
has_address(const struct snapshot *s, const struct container *c,
    const struct prefix *addr)
{
	return snapshot_address_bare(s, c->nsid, c->inner, addr) != NULL;
}

static bool
is_target(const struct snapshot *s, const struct config *config,
    const struct container *c)
{
	const struct statement *st;
	const struct target *to;
	size_t i;

	for (i = 0; c->inode != 0 && i < config->n; i++) {
		st = config->v[i].st;
		if (st == NULL || st->kind != ST_FORWARD)
			continue;
		to = &st->v[FORWARD_TO].target;
		if (to->name != NULL ? container_is_called(c, to->name)
				     : has_address(s, c, to->addr))
			return true;
	}
	return false;
}

/* Takes what it holds. */
static void
keep(struct sockets *s, const struct sockets_inside *one)
{
	s->v = xgrow(s->v, s->n, sizeof(*s->v));
	s->v[s->n++] = *one;
}

/* Reads the rules, or takes them over; false if they are other ones. */
static bool
take_rules(struct sockets_inside *now, struct sockets_inside *before,
    struct net *net, const struct container *c)
{
	struct err ignored;
	int r;

	if (before != NULL)
		now->generation = before->generation;
	r = net_hooks_inside(net, c, &now->generation, &now->rules, &ignored);
	if (r != 1 || before == NULL)
		return r != 0;
	now->rules = before->rules;
	memset(&before->rules, 0, sizeof(before->rules));
	return true;
}

static void
read_gateways(
    struct sockets_inside *now, struct net *net, const struct container *c)
{
	enum family f;

	for (f = 0; f < FAMILY_COUNT; f++)
		net_neighbour_inside(net, c, f, &now->gateways[f]);
}

/* Reads what is inside c, or moves it over from old; false if they differ. */
static bool
take(struct sockets *s, struct sockets *old, struct net *net,
    const struct container *c, bool fresh)
{
	struct sockets_inside *before = find(old, c->inode);
	struct sockets_inside now = { .inode = c->inode };
	struct err ignored;
	bool same;

	if (find(s, c->inode) != NULL)
		return true;
	if (before != NULL && !fresh) {
		keep(s, before);
		*before = (struct sockets_inside){ 0 };
		return true;
	}
	if (net_listeners(net, c, &now.all, &ignored) != 0)
		return before == NULL;
	same = take_rules(&now, before, net, c);
	read_gateways(&now, net, c);
	keep(s, &now);
	return before != NULL && same &&
	       memcmp(before->gateways, now.gateways, sizeof(now.gateways)) ==
		   0 &&
	       listeners_equal(&before->all, &now.all);
}

/* The same for those of this host. */
static bool
take_own(struct sockets *s, struct sockets *old, struct net *net, bool fresh)
{
	struct err ignored;

	if (old->has_own && !fresh) {
		s->has_own = true;
		s->own = old->own;
		memset(&old->own, 0, sizeof(old->own));
		return true;
	}
	if (net_listeners(net, NULL, &s->own, &ignored) != 0)
		return !old->has_own;
	s->has_own = true;
	holders_keep(&s->own, &old->own, "/proc");
	return old->has_own && listeners_equal(&old->own, &s->own);
}

bool
sockets_update(struct sockets *s, struct net *net,
    const struct snapshot *snapshot, const struct config *config)
{
	struct sockets old = *s;
	bool fresh = reread_is_due(&old.again);
	bool same = true;
	size_t i;

	memset(s, 0, sizeof(*s));
	s->again = old.again;
	for (i = 0; i < snapshot->ncontainers; i++)
		if (is_target(snapshot, config, &snapshot->containers[i]))
			same = take(s, &old, net, &snapshot->containers[i],
				   fresh) &&
			       same;
	if (untouched_may(config) || hidden_may(config))
		same = take_own(s, &old, net, fresh) && same;
	same = same && s->n == old.n && s->has_own == old.has_own;
	if (same) {
		s->named = old.named;
		old.named = NULL;
	}
	if (s->named == NULL)
		s->named = xcalloc(1, sizeof(*s->named));
	sockets_free(&old);
	if (fresh)
		reread_note(&s->again, same);
	return !same;
}
