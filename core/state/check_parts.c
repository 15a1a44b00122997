/* What the rows of checks share. */
#include "config.h"

#include "core/state/check_parts.h"

#include <string.h>

#include "core/base/shell.h"

bool
check_fails(
    const struct check *c, const struct check_subject *s, struct buf *what)
{
	return c->is_so != NULL ? c->is_so(s, c->verdict, what)
				: c->fails(s, what);
}

void
check_cure_apply(const struct check_subject *s UNUSED, struct buf *b)
{
	buf_add(b, "seki apply");
}

bool
check_name_link(const struct link *l, struct buf *what)
{
	buf_escape(what, l->name, strlen(l->name));
	return true;
}

bool
check_name_address(const struct prefix *p, struct buf *what)
{
	char text[ADDR_TEXT_MAX];

	buf_add(what, addr_text(p, text));
	return true;
}

bool
check_name_container(const struct check_subject *s, struct buf *what)
{
	const char *name = s->forward->st->v[FORWARD_TO].target.name;

	if (name == NULL)
		return check_name_address(&s->forward->target, what);
	buf_escape(what, name, strlen(name));
	return true;
}

void
check_cure_link(const struct link *l, struct buf *b)
{
	if (l != NULL && !l->up)
		shell_add(b, "ip link set %s up", l->name);
}

const struct snapshot *
check_seen(const struct check_subject *s)
{
	return &s->host->snapshot;
}

bool
check_is_named(const struct check_subject *s)
{
	return s->forward->container != NULL;
}

bool
check_has_proto(const struct model_forward *f, unsigned one)
{
	unsigned both = f->st->v[FORWARD_PROTO].choice;

	return both == one || both == PROTO_TCP_UDP;
}

unsigned
check_port_inside(const struct model_forward *f, unsigned port)
{
	unsigned to = f->st->v[FORWARD_TO].target.port;

	return to == 0 ? port
		       : to + port - f->st->v[FORWARD_PORTS].ports.v[0].lo;
}

bool
check_is_not_ready(const struct address *a)
{
	enum address_state state = address_state(a);

	return state == ADDRESS_DUPLICATE || state == ADDRESS_TENTATIVE;
}

bool
check_is_open(const struct check_subject *s)
{
	return s->container != NULL && s->container->port != 0 &&
	       s->container->nsid != NSID_SELF && s->container->netns != NULL;
}

const struct address *
check_target_inside(const struct check_subject *s)
{
	return snapshot_address_bare(check_seen(s), s->container->nsid,
	    s->container->inner, &s->forward->target);
}

const struct passage *
check_way_inside(const struct check_subject *s)
{
	return &s->container->out[s->forward->family];
}

const struct way *
check_way(const struct check_subject *s)
{
	return s->bridge != NULL ? ways_of(&s->host->ways, &s->forward->target)
				 : NULL;
}
