/* What the kernel has now: lookups in a snapshot. */
#include "config.h"

#include "core/snapshot.h"

#include <linux/if_addr.h>
#include <stdlib.h>
#include <string.h>

#include "core/util.h"

const char *const conf_names[CONF_COUNT] = {
	[CONF_FORWARDING] = "forwarding",
	[CONF_ACCEPT_RA] = "accept_ra",
	[CONF_AUTOCONF] = "autoconf",
};

/* Kinds of links that have a guest at their other end. */
static const char *const guest_kinds[] = { "veth", "tun" };

#define NOT_USABLE (IFA_F_DEPRECATED | IFA_F_TENTATIVE | IFA_F_DADFAILED)

void
snapshot_free(struct snapshot *s)
{
	size_t i;

	for (i = 0; i < s->ncontainers; i++) {
		free(s->containers[i].name);
		free(s->containers[i].netns);
	}
	free(s->containers);
	free(s->links);
	free(s->addresses);
	free(s->routes);
	memset(s, 0, sizeof(*s));
}

bool
link_is_bridge(const struct link *l)
{
	return strcmp(l->kind, "bridge") == 0;
}

bool
link_is_guest_port(const struct link *l)
{
	size_t i;

	for (i = 0; i < NITEMS(guest_kinds); i++)
		if (strcmp(l->kind, guest_kinds[i]) == 0)
			return l->master != 0;
	return false;
}

bool
link_is_inward(const struct snapshot *s, const struct link *bridge)
{
	const struct link *l;

	for (l = s->links; l < s->links + s->nlinks; l++)
		if (l->master == bridge->index && !link_is_guest_port(l))
			return false;
	return link_is_bridge(bridge);
}

const struct link *
snapshot_link(const struct snapshot *s, const char *name)
{
	size_t i;

	for (i = 0; i < s->nlinks; i++)
		if (strcmp(s->links[i].name, name) == 0)
			return &s->links[i];
	return NULL;
}

static int
by_index(const void *key, const void *item)
{
	int index = *(const int *)key;
	const struct link *l = item;

	return (index > l->index) - (index < l->index);
}

const struct link *
snapshot_link_at(const struct snapshot *s, int index)
{
	if (s->nlinks == 0)
		return NULL;
	return bsearch(
	    &index, s->links, s->nlinks, sizeof(*s->links), by_index);
}

const struct container *
snapshot_container(
    const struct snapshot *s, const char *name, const char *bridge)
{
	const struct container *c, *stopped = NULL;
	const struct link *l;
	size_t i;

	for (i = 0; i < s->ncontainers; i++) {
		c = &s->containers[i];
		if (strcmp(c->name, name) != 0)
			continue;
		l = snapshot_link_at(s, c->bridge);
		if (bridge != NULL &&
		    (l == NULL || strcmp(l->name, bridge) != 0))
			continue;
		if (c->state == CONTAINER_UP)
			return c;
		if (stopped == NULL)
			stopped = c;
	}
	return stopped;
}

/* An address that privacy extensions will take away is the second choice. */
const struct address *
snapshot_address_in(const struct snapshot *s, int nsid, int index,
    const struct prefix *in)
{
	const struct address *a, *temporary = NULL;
	size_t i;

	for (i = 0; i < s->naddresses; i++) {
		a = &s->addresses[i];
		if (a->nsid != nsid || a->index != index ||
		    (a->flags & NOT_USABLE) != 0 ||
		    !prefix_holds(in, &a->prefix))
			continue;
		if ((a->flags & IFA_F_TEMPORARY) == 0)
			return a;
		if (temporary == NULL)
			temporary = a;
	}
	return temporary;
}

const struct link *
snapshot_uplink(const struct snapshot *s)
{
	const struct link *l;
	size_t i;

	for (i = 0; i < s->nroutes; i++) {
		l = snapshot_link_at(s, s->routes[i].index);
		if (l != NULL && !link_is_inward(s, l))
			return l;
	}
	return NULL;
}
