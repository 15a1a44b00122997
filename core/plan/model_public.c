/* Public prefixes of bridges: what is routed to this host, and on to them. They
 * are checked, and it is told when everybody reaches all that is there. */
#include "config.h"

#include "core/base/intl.h"
#include "core/kernel/net.h"
#include "core/lang/type_addr.h"
#include "core/plan/model_parts.h"

#include <stdlib.h>

struct prefix
model_public_of(const struct prefix *net)
{
	struct prefix host = *net;

	host.bytes[sizeof(host.bytes) - 1] |= 1;
	return host;
}

static int
check_other_bridges(struct model_build *b, const struct statement *st)
{
	const struct prefix *net = &st->v[BRIDGE_PREFIX].prefix;
	char text[ADDR_TEXT_MAX];
	size_t i;

	for (i = 0; i < b->m->nbridges; i++) {
		if (!model_takes(&b->m->bridges[i], net))
			continue;
		err_set(b->e, ERR_UNSAFE, "%s overlaps the prefix of %s",
		    prefix_text(net, text), b->m->bridges[i].link->name);
		err_hint(b->e, "each bridge wants a part of its own, such as "
			       "one /64 of a /56");
		return model_blame(b, st, BRIDGE_PREFIX);
	}
	return 0;
}

/* What this host has on another link. A bare address is only itself, and the
 * kernel keeps it when the rest of the prefix goes to the bridge. */
static bool
clashes(const struct prefix *net, const struct prefix *has)
{
	struct prefix own = model_public_of(net);

	return prefix_is_bare(has) ? addr_equal(has, &own)
				   : prefix_overlaps(net, has);
}

static void
refuse(struct model_build *b, const struct prefix *net,
    const struct prefix *has, const char *name)
{
	char text[ADDR_TEXT_MAX], mine[ADDR_TEXT_MAX];

	if (prefix_is_bare(has)) {
		err_set(b->e, ERR_UNSAFE,
		    "%s has %s, the address that the bridge takes of %s", name,
		    addr_text(has, mine), prefix_text(net, text));
		err_hint(b->e, "give that interface another one of it, with "
			       "the length 128, where this host keeps its "
			       "network settings");
		return;
	}
	err_set(b->e, ERR_UNSAFE, "%s is on the link of %s, by its address %s",
	    prefix_text(net, text), name, prefix_text(has, mine));
	err_hint(b->e, "the router looks for each address there, and nobody "
		       "answers for containers: add proxy to have this host do "
		       "so; if the prefix is routed to this host, give that "
		       "interface its address with the length 128");
}

/* While there is no uplink, any link may be it. */
static bool
is_answered(const struct statement *st, const struct link *proxy,
    const struct address *a)
{
	return st->v[BRIDGE_PROXY].set &&
	       (proxy == NULL || proxy->index == a->index);
}

/* As with ULAs, one that came later, or expires, is only reported. */
static int
check_links(struct model_build *b, const struct statement *st,
    const struct link *bridge, const struct link *proxy)
{
	const struct prefix *net = &st->v[BRIDGE_PREFIX].prefix;
	const struct snapshot *s = b->snapshot;
	const struct address *a;
	const struct link *l;

	for (a = s->addresses; a < END_OF(s->addresses, s->naddresses); a++) {
		if (a->nsid != NSID_SELF || a->index == bridge->index ||
		    is_answered(st, proxy, a) || !clashes(net, &a->prefix))
			continue;
		l = snapshot_link_at(s, a->index);
		refuse(b, net, &a->prefix, l != NULL ? l->name : "-");
		if (!b->lenient)
			return model_blame(b, st, BRIDGE_PREFIX);
		model_tolerate(b);
	}
	return 0;
}

int
model_check_prefix(struct model_build *b, const struct statement *st,
    const struct link *bridge, const struct link *proxy)
{
	if (check_other_bridges(b, st) != 0)
		return -1;
	return check_links(b, st, bridge, proxy);
}

/* Whether it lets nothing else through from the Internet. */
static bool
closes(const struct model_policy *p)
{
	const struct value *v = p->st->v, *from = &v[POLICY_FROM];

	return v[POLICY_CHAIN].choice == CHAIN_FORWARD &&
	       p->st->kind != ST_ALLOW && p->holds[FAMILY_IPV6] &&
	       !v[POLICY_LIMIT].set && who_is_anybody(&v[POLICY_TO]) &&
	       (!v[POLICY_PROTO].set || v[POLICY_PROTO].choice == PROTO_ANY) &&
	       (who_is_anybody(from) || from->who.kind == WHO_UPLINK);
}

static bool
is_closed(const struct model *m)
{
	size_t i = 0;

	while (i < m->npolicies && !closes(&m->policies[i]))
		i++;
	return m->defaults[CHAIN_FORWARD] != VERDICT_ALLOW || i < m->npolicies;
}

void
model_warn_public(struct model_build *b)
{
	const struct model_container *c = b->m->containers;
	char *name;

	while (c < END_OF(b->m->containers, b->m->ncontainers) &&
	       c->public.family == AF_UNSPEC)
		c++;
	if (c == END_OF(b->m->containers, b->m->ncontainers) || is_closed(b->m))
		return;
	name = model_shown(c->st->v[CONTAINER_NAME].text);
	model_warn(
	    b, xasprintf(_("everybody reaches whatever listens in a container "
			   "with a public address, such as %s: default forward "
			   "deny closes them, and allow forward tcp PORTS to "
			   "container %s opens what is meant"),
		   name, name));
	free(name);
}
