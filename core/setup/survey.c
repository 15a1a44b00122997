/* What set-up finds on a host. */
#include "config.h"

#include "core/setup/survey.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/kernel/holder.h"
#include "core/kernel/net_sock.h"
#include "core/kernel/ssh.h"
#include "core/lang/auto.h"
#include "core/setup/keeping.h"
#include "core/setup/manager.h"
#include "core/show/given.h"

/* Reading */

/* What only containers can reach is no door of this host. */
static bool
is_of_bridge(const struct snapshot *s, const struct listener *l)
{
	const struct address *a = NULL;
	const struct link *link;
	size_t i;

	for (i = 0; i < s->naddresses && a == NULL; i++)
		if (s->addresses[i].nsid == NSID_SELF &&
		    addr_equal(&s->addresses[i].prefix, &l->addr))
			a = &s->addresses[i];
	link = snapshot_link_at(s, a != NULL ? a->index : l->index);
	return link != NULL && link_is_inward(s, link);
}

static bool
is_read(const struct survey *v, const struct container *c)
{
	size_t i = 0;

	while (i < v->ninside && v->inside[i].container->inode != c->inode)
		i++;
	return i < v->ninside;
}

/* One with several ports is looked into once. */
static void
read_inside(struct survey *v, struct net *net, const struct container *c)
{
	struct inside in = { .container = c };
	struct err ignored;

	if (c->state != CONTAINER_UP || c->inode == 0 || c->bridge == 0 ||
	    !container_is_identified(c) || is_read(v, c) ||
	    net_listeners(net, c, &in.all, &ignored) != 0)
		return;
	v->inside = xgrow(v->inside, v->ninside, sizeof(*v->inside));
	v->inside[v->ninside++] = in;
}

static void
append(struct listeners *to, const struct listeners *from)
{
	if (from->n == 0)
		return;
	to->v = xresize(to->v, to->n + from->n, sizeof(*to->v));
	memcpy(&to->v[to->n], from->v, from->n * sizeof(*from->v));
	to->n += from->n;
}

/* In one walk over all processes. */
static void
name_programs(struct survey *v)
{
	struct listeners all = { 0 };
	size_t i;

	append(&all, &v->own);
	for (i = 0; i < v->ninside; i++)
		append(&all, &v->inside[i].all);
	holders_find(&all, "/proc");
	holders_keep(&v->own, &all, "/proc");
	for (i = 0; i < v->ninside; i++)
		holders_keep(&v->inside[i].all, &all, "/proc");
	listeners_free(&all);
}

static void
find_doors(struct survey *v)
{
	size_t i;

	v->open.v = xcalloc(v->own.n + 1, sizeof(*v->open.v));
	for (i = 0; i < v->own.n; i++)
		if (!is_of_bridge(&v->host->snapshot, &v->own.v[i]))
			v->open.v[v->open.n++] = v->own.v[i];
	doors_group(&v->doors, &v->open);
	for (i = 0; i < v->ninside; i++)
		doors_group(&v->inside[i].doors, &v->inside[i].all);
}

void
survey_read(struct survey *v, struct host *h)
{
	const struct container *c = h->snapshot.containers;
	struct err ignored;

	memset(v, 0, sizeof(*v));
	v->host = h;
	v->nssh = ssh_ports(v->ssh, NITEMS(v->ssh));
	net_listeners(h->net, NULL, &v->own, &ignored);
	for (; c < END_OF(h->snapshot.containers, h->snapshot.ncontainers); c++)
		read_inside(v, h->net, c);
	name_programs(v);
	find_doors(v);
}

void
survey_free(struct survey *v)
{
	size_t i;

	for (i = 0; i < v->ninside; i++) {
		doors_free(&v->inside[i].doors);
		listeners_free(&v->inside[i].all);
	}
	free(v->inside);
	doors_free(&v->doors);
	listeners_free(&v->open);
	listeners_free(&v->own);
	memset(v, 0, sizeof(*v));
}

const struct link *
survey_uplink(const struct survey *v, enum family f)
{
	return snapshot_uplink(&v->host->snapshot, family_numbers[f]);
}

bool
survey_takes(const struct survey *v, const struct link *l)
{
	const struct snapshot *s = &v->host->snapshot;

	return link_is_inward(s, l) && !auto_is_lent(s, l->name);
}

/* Telling */

#define NAME_WIDTH 10

static void
tell_name(const char *name, struct buf *b)
{
	struct buf safe = { 0 };

	buf_escape(&safe, name, strlen(name));
	buf_printf(b, "  %-*s ", NAME_WIDTH, buf_text(&safe));
	buf_free(&safe);
}

static unsigned
tell_addresses(const struct snapshot *s, int nsid, int index, struct buf *b)
{
	const struct address *a = s->addresses;
	unsigned n = 0;

	for (; a < END_OF(s->addresses, s->naddresses); a++) {
		if (a->nsid != nsid || a->index != index ||
		    addr_is_link_local(&a->prefix))
			continue;
		buf_add(b, n++ > 0 ? ", " : "");
		prefix_print(&a->prefix, b);
	}
	return n;
}

static void
tell_gateway(const struct survey *v, const struct link *l, struct buf *b)
{
	const struct routes r4 = snapshot_routes(&v->host->snapshot, AF_INET);
	const struct routes r6 = snapshot_routes(&v->host->snapshot, AF_INET6);
	const struct routes *all[] = { &r6, &r4 };
	const char *lead = _("; gateway ");
	size_t i, f;

	for (f = 0; f < NITEMS(all); f++)
		for (i = 0; i < all[f]->n; i++) {
			if (all[f]->v[i].index != l->index ||
			    all[f]->v[i].gateway.family == AF_UNSPEC)
				continue;
			buf_add(b, lead);
			prefix_print(&all[f]->v[i].gateway, b);
			lead = ", ";
			break;
		}
}

static void
tell_uplink(const struct survey *v, const struct link *l, struct buf *b)
{
	const struct given g = given_find(&v->host->snapshot, l);

	tell_name(l->name, b);
	if (tell_addresses(&v->host->snapshot, NSID_SELF, l->index, b) == 0)
		buf_add(b, _("no address"));
	tell_gateway(v, l, b);
	buf_printf(b, "\n  %*s ", NAME_WIDTH, "");
	if (g.address != NULL) {
		given_print_origin(&g, b);
		buf_add(b, "; ");
	}
	given_print_fit(&g, b);
	buf_add(b, "\n");
}

static void
tell_uplinks(const struct survey *v, struct buf *b)
{
	const struct link *six = survey_uplink(v, FAMILY_IPV6);
	const struct link *four = survey_uplink(v, FAMILY_IPV4);

	if (six != NULL)
		tell_uplink(v, six, b);
	if (four != NULL && four != six)
		tell_uplink(v, four, b);
	if (six == NULL && four == NULL)
		buf_add(b, _("  no default route: no interface leads to the "
			     "Internet\n"));
	keeping_offer(&v->host->snapshot, b);
}

static const struct inside *
inside_of(const struct survey *v, const struct container *c)
{
	size_t i = 0;

	while (i < v->ninside && v->inside[i].container != c)
		i++;
	return i < v->ninside ? &v->inside[i] : NULL;
}

static void
tell_doors(const struct doors *all, struct buf *b)
{
	size_t i;

	for (i = 0; i < all->n; i++) {
		buf_add(b, i == 0 ? _("listens: ") : ", ");
		door_print(&all->v[i], b);
		if (all->v[i].inside)
			buf_add(b, _(" inside only"));
	}
}

static void
tell_container(const struct survey *v, const struct container *c, struct buf *b)
{
	const struct inside *in = inside_of(v, c);

	buf_add(b, "  ");
	tell_name(c->name, b);
	buf_add(b, c->runtime);
	if (c->state != CONTAINER_UP) {
		buf_add(b, _(", stopped\n"));
		return;
	}
	buf_add(b, ", ");
	if (tell_addresses(&v->host->snapshot, c->nsid, c->inner, b) == 0)
		buf_add(b, _("no address"));
	if (in != NULL && in->doors.n > 0)
		buf_add(b, "; ");
	if (in != NULL)
		tell_doors(&in->doors, b);
	buf_add(b, "\n");
}

static void
tell_bridge(const struct survey *v, const struct link *l, struct buf *b)
{
	const struct snapshot *s = &v->host->snapshot;
	const struct container *c = s->containers;

	tell_name(l->name, b);
	buf_add(b, _("bridge, "));
	if (tell_addresses(s, NSID_SELF, l->index, b) == 0)
		buf_add(b, _("no address"));
	buf_add(b, "\n");
	for (; c < END_OF(s->containers, s->ncontainers); c++)
		if (c->bridge == l->index && container_is_identified(c))
			tell_container(v, c, b);
}

static void
tell_bridges(const struct survey *v, struct buf *b)
{
	const struct snapshot *s = &v->host->snapshot;
	const struct link *l;
	unsigned n = 0;

	for (l = s->links; l < END_OF(s->links, s->nlinks); l++)
		if (link_is_inward(s, l)) {
			tell_bridge(v, l, b);
			n++;
		}
	if (n == 0)
		buf_add(
		    b, _("  no bridge, so no containers yet that seki could "
			 "serve\n"));
}

void
survey_tell(const struct survey *v, struct buf *b)
{
	const struct manager *m;

	buf_add(b, _("Found\n"));
	tell_uplinks(v, b);
	tell_bridges(v, b);
	tell_name(_("this host"), b);
	buf_add(b, v->doors.n > 0 ? "" : _("nothing listens"));
	tell_doors(&v->doors, b);
	buf_add(b, "\n");
	for (m = managers; m->name != NULL; m++)
		if (manager_is_here(m)) {
			tell_name(m->name, b);
			buf_printf(b, "%s\n", _(m->says));
		}
}
