/* The ULAs that bridges and containers have, whoever gave them. */
#include "config.h"

#include "core/lang/ula.h"

#include <linux/if_addr.h>

/* A permanent ULA with a prefix that containers can share. */
static bool
is_own_prefix(const struct snapshot *s, const struct address *a)
{
	struct prefix net = prefix_network(&a->prefix);

	return addr_is_ula(&a->prefix) && address_is_static(a) &&
	       a->prefix.len < 128 && !addr_equal(&net, &a->prefix) &&
	       (a->flags & IFA_F_DADFAILED) == 0 &&
	       !snapshot_address_by_ra(s, a);
}

const struct address *
ula_of_bridge(const struct snapshot *s, int index)
{
	const struct address *a;

	for (a = s->addresses; a < END_OF(s->addresses, s->naddresses); a++)
		if (a->nsid == NSID_SELF && a->index == index &&
		    is_own_prefix(s, a))
			return a;
	return NULL;
}

const struct address *
ula_of_container(const struct snapshot *s, const struct container *c)
{
	const struct address *a = NULL;

	if (c->inner != 0 && c->bridge != 0)
		a = ula_of_bridge(s, c->bridge);
	return a != NULL ? snapshot_address_in(s, c->nsid, c->inner, &a->prefix)
			 : NULL;
}
