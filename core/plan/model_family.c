/* What a model has in one family. */
#include "config.h"

#include "core/plan/model_family.h"

bool
model_is_about(const struct model *m, enum family family)
{
	return family == FAMILY_IPV6 || m->ipv4;
}

const struct prefix *
model_bridge_addr(const struct model_bridge *b, enum family family)
{
	return family == FAMILY_IPV6 ? &b->ula : &b->ipv4;
}

const struct prefix *
model_container_addr(const struct model_container *c, enum family family)
{
	return family == FAMILY_IPV6 ? &c->ula : &c->ipv4;
}
