/* Bridges that are masqueraded no more. */
#include "config.h"

#include "core/reach/unmasked.h"

#include "core/base/intl.h"

/* Whether a policy, or the default, lets out what a bridge sends. */
static bool
lets_out(const struct model *m)
{
	const struct statement *st;
	enum who_kind to;
	size_t i;

	if (m->defaults[CHAIN_FORWARD] == VERDICT_ALLOW)
		return true;
	for (i = 0; i < m->npolicies; i++) {
		st = m->policies[i].st;
		to = st->v[POLICY_TO].set ? st->v[POLICY_TO].who.kind : WHO_ANY;
		if (st->kind == ST_ALLOW &&
		    st->v[POLICY_CHAIN].choice == CHAIN_FORWARD &&
		    (to == WHO_ANY || to == WHO_PREFIXES || to == WHO_UPLINK))
			return true;
	}
	return false;
}

/* What translate gives is a way out, too. */
static bool
is_unmasked(const struct config *before, const struct model_bridge *b)
{
	const struct statement *was = config_bridge(before, b->link->name);

	return was != NULL && was->v[BRIDGE_MASQUERADE].set &&
	       !b->st->v[BRIDGE_MASQUERADE].set && b->translate.n == 0;
}

void
unmasked_warn(
    const struct config *before, const struct model *m, struct buf *notes)
{
	size_t i;

	for (i = 0; i < m->nbridges && lets_out(m); i++)
		if (is_unmasked(before, &m->bridges[i]))
			buf_printf(notes,
			    _("warning: %s is no longer masqueraded: what its "
			      "containers send to the Internet from private "
			      "addresses gets no answer\n"),
			    m->bridges[i].link->name);
}
