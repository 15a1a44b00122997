/* Prefixes that are translated one to one: a bridge's ULA, and those that the
 * provider routes to this host. */
#include "config.h"

#include "core/plan/model_translate.h"

#include <linux/rtnetlink.h>
#include <string.h>

#include "core/kernel/net.h"
#include "core/plan/model_parts.h"

/* Resolving */

static int
check_length(struct model_build *b, const struct statement *st,
    const struct prefix *public)
{
	const struct prefix *ula = &st->v[BRIDGE_ULA].prefix;
	char text[ADDR_TEXT_MAX];

	if (public->len == ula->len)
		return 0;
	err_set(b->e, ERR_UNSAFE,
	    "%s is not as long as the prefix of the ULA, a /%u",
	    prefix_text(public, text), ula->len);
	err_hint(b->e, "each address becomes exactly one: both must have the "
		       "same length");
	return model_blame(b, st, BRIDGE_TRANSLATE);
}

static bool
overlaps_any(const struct prefixes *among, const struct prefix *p)
{
	size_t i;

	for (i = 0; i < among->n; i++)
		if (prefix_overlaps(&among->v[i], p))
			return true;
	return false;
}

bool
model_takes(const struct model_bridge *b, const struct prefix *public)
{
	return prefix_overlaps(&b->public, public) ||
	       prefix_overlaps(&b->proxied, public) ||
	       overlaps_any(&b->translate, public);
}

static int
check_others(struct model_build *b, const struct statement *st,
    const struct prefix *public, struct prefixes before)
{
	const struct model_bridge *other = b->m->bridges;
	char text[ADDR_TEXT_MAX];

	while (other < END_OF(b->m->bridges, b->m->nbridges) &&
	       !model_takes(other, public))
		other++;
	if (other == END_OF(b->m->bridges, b->m->nbridges) &&
	    !overlaps_any(&before, public) &&
	    !prefix_overlaps(&st->v[BRIDGE_PREFIX].prefix, public))
		return 0;
	err_set(b->e, ERR_UNSAFE,
	    "%s overlaps another public prefix of a bridge",
	    prefix_text(public, text));
	err_hint(b->e, "an address outside belongs to one address inside");
	return model_blame(b, st, BRIDGE_TRANSLATE);
}

/* As with a ULA, what came after the commit is only reported. */
static int
refuse_used(struct model_build *b, const struct statement *st,
    const struct prefix *public, const struct prefix *by, int index)
{
	const struct link *l = snapshot_link_at(b->snapshot, index);
	char text[ADDR_TEXT_MAX], other[ADDR_TEXT_MAX];

	err_set(b->e, ERR_UNSAFE, "%s overlaps %s of %s",
	    prefix_text(public, text), prefix_text(by, other),
	    l != NULL ? l->name : "-");
	if (b->lenient)
		return model_tolerate(b);
	if (prefix_is_bare(by))
		err_hint(b->e, "what comes to it would be translated, too; "
			       "take a prefix without an address of this host");
	else
		err_hint(b->e,
		    "translate takes a prefix that the provider routes to "
		    "this host: on a link nobody answers for its addresses");
	return model_blame(b, st, BRIDGE_TRANSLATE);
}

/* What seki gave is told by the config, and the kernel routes addresses. */
static int
check_unused(struct model_build *b, const struct statement *st,
    const struct prefix *public)
{
	const struct snapshot *s = b->snapshot;
	const struct address *a;
	const struct route *r;
	struct prefix net;

	for (a = s->addresses; a < END_OF(s->addresses, s->naddresses); a++) {
		net = prefix_network(&a->prefix);
		if (a->nsid == NSID_SELF && a->proto != NET_PROTO &&
		    prefix_overlaps(&net, public))
			return refuse_used(b, st, public, &a->prefix, a->index);
	}
	for (r = s->inward; r < END_OF(s->inward, s->ninward); r++)
		if (r->protocol != RTPROT_KERNEL &&
		    prefix_overlaps(&r->to, public))
			return refuse_used(b, st, public, &r->to, r->index);
	return 0;
}

/* Nothing that leaves is left to it, but IPv4. */
static int
check_masquerade(struct model_build *b, const struct statement *st)
{
	if (!st->v[BRIDGE_MASQUERADE].set || b->m->ipv4 || b->lenient)
		return 0;
	err_set(b->e, ERR_UNSAFE,
	    "what translate gives a public address is not masqueraded");
	err_hint(b->e, "leave masquerade out; with option ipv4 on it is for "
		       "IPv4");
	return model_blame(b, st, BRIDGE_MASQUERADE);
}

int
model_check_translate(struct model_build *b, const struct statement *st)
{
	const struct prefixes *ps = &st->v[BRIDGE_TRANSLATE].prefixes;
	size_t i;

	if (!st->v[BRIDGE_TRANSLATE].set)
		return 0;
	for (i = 0; i < ps->n; i++)
		if (check_length(b, st, &ps->v[i]) != 0 ||
		    check_others(
			b, st, &ps->v[i], (struct prefixes){ ps->v, i }) != 0 ||
		    check_unused(b, st, &ps->v[i]) != 0)
			return -1;
	if (check_masquerade(b, st) != 0)
		return -1;
	return b->lenient ? 0 : model_need_uplink(b, st, BRIDGE_TRANSLATE);
}

/* What it comes to */

bool
model_translates(const struct model *m)
{
	size_t i = 0;

	while (i < m->nbridges && m->bridges[i].translate.n == 0)
		i++;
	return i < m->nbridges;
}

const struct model_bridge *
model_translated(
    const struct model *m, const struct prefix *to, struct prefix *inside)
{
	const struct model_bridge *b;
	size_t i;

	for (b = m->bridges; b < END_OF(m->bridges, m->nbridges); b++)
		for (i = 0; i < b->translate.n; i++)
			if (prefix_holds(&b->translate.v[i], to)) {
				*inside = prefix_moved(to, &b->ula);
				return b;
			}
	return NULL;
}
