/* Bridges that seki makes, and deletes again once nothing is about them. */
#include "config.h"

#include "core/plan/plan_parts.h"

#include <string.h>

#include "core/base/util.h"

static struct step *
add_step(struct plan *p, enum step_number kind, const struct link *l)
{
	struct step *s = plan_add(p, kind, l->name);

	s->at = link_id_of(NULL, l->index);
	s->mac = mac_number(l->mac);
	return s;
}

void
plan_bridge_makes(
    struct plan *p, const struct model *m, const struct snapshot *s)
{
	const struct model_bridge *b;

	for (b = m->bridges; b < END_OF(m->bridges, m->nbridges); b++) {
		if (b->link->index == 0 || !b->st->v[BRIDGE_CREATE].set)
			continue;
		if (snapshot_link_at(s, b->link->index) == NULL)
			add_step(p, STEP_BRIDGE_MAKE, b->link);
		else if (!b->link->up)
			add_step(p, STEP_BRIDGE_UP, b->link);
	}
}

static bool
is_wanted(const struct model *m, const struct link *l)
{
	const struct model_bridge *b = m->bridges;

	while (b < END_OF(m->bridges, m->nbridges) &&
	       strcmp(b->link->name, l->name) != 0)
		b++;
	return b < END_OF(m->bridges, m->nbridges);
}

/* It would take along what no revert brings back. */
static bool
has_other_address(
    const struct plan *p, const struct snapshot *s, const struct link *l)
{
	const struct address *a;

	for (a = s->addresses; a < END_OF(s->addresses, s->naddresses); a++)
		if (a->nsid == NSID_SELF && a->index == l->index &&
		    !addr_is_link_local(&a->prefix) &&
		    !plan_takes_address(p, NULL, a))
			return true;
	return false;
}

void
plan_bridge_removals(struct plan *p, const struct model *m,
    const struct snapshot *s, const struct journal *j)
{
	const struct made *made;
	const struct link *l;

	for (made = j->made; made < END_OF(j->made, j->nmade); made++) {
		l = snapshot_bridge_made(s, made->index, made->mac);
		if (l != NULL && !is_wanted(m, l) && !link_has_ports(s, l) &&
		    !has_other_address(p, s, l))
			add_step(p, STEP_BRIDGE_REMOVE, l);
	}
}
