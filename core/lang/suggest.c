/* Suggested values: those a type knows itself, else those that exist. */
#include "config.h"

#include "core/lang/suggest.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/intl.h"
#include "core/kernel/snapshot.h"
#include "core/kernel/ssh.h"
#include "core/lang/auto.h"
#include "core/lang/config.h"
#include "core/lang/option.h"
#include "core/lang/statement.h"
#include "core/lang/type_addr.h"
#include "core/lang/type_parts.h"
#include "core/lang/type_public.h"

static void
offer_addr(const struct suggest *s, const struct prefix *p, const char *help)
{
	char text[ADDR_TEXT_MAX];

	s->add(s->arg, prefix_text(p, text), help);
}

/* Interfaces */

static const struct route *
route_by(const struct snapshot *s, int index)
{
	size_t i;

	for (i = 0; i < s->nroutes; i++)
		if (s->routes[i].index == index)
			return &s->routes[i];
	return NULL;
}

static void
offer_links(const struct suggest *s, bool uplinks)
{
	const struct link *l;
	size_t i;
	bool leads;

	for (i = 0; i < s->snapshot->nlinks; i++) {
		l = &s->snapshot->links[i];
		leads = route_by(s->snapshot, l->index) != NULL;
		if (leads == uplinks && type_is_iface(l->name))
			s->add(s->arg, l->name,
			    leads ? _("has the default route") : l->kind);
	}
}

/* Interfaces with a route come first. */
static void
suggest_iface(const struct type *t UNUSED, struct suggest *s)
{
	if (s->snapshot == NULL)
		return;
	offer_links(s, true);
	offer_links(s, false);
}

static void
suggest_bridge(const struct type *t UNUSED, struct suggest *s)
{
	const struct link *l;
	size_t i;

	for (i = 0; s->snapshot != NULL && i < s->snapshot->nlinks; i++) {
		l = &s->snapshot->links[i];
		if (link_is_bridge(l) && type_is_iface(l->name))
			s->add(s->arg, l->name, _("bridge"));
	}
}

/* Containers */

/* The target of a forward needs a ULA. */
static void
offer_container(const struct type *t, const struct suggest *s, const char *name,
    const char *help)
{
	const struct statement *st = config_container(s->config, name);
	struct buf b = { 0 }, more = { 0 };

	words_print(&b, name, ":");
	if (t == &type_target && st != NULL && statement_inside(st) != NULL)
		prefix_print(statement_inside(st), &more);
	else if (t == &type_target && st != NULL && st->v[CONTAINER_IPV4].set)
		prefix_print(&st->v[CONTAINER_IPV4].prefix, &more);
	else if (t == &type_target)
		buf_add(&more, _("no ULA"));
	buf_printf(&more, "%s%s", more.len > 0 ? ", " : "", help);
	s->add(s->arg, buf_text(&b), buf_text(&more));
	buf_free(&b);
	buf_free(&more);
}

/* Other names of the same namespace. */
static void
offer_aliases(
    const struct type *t, const struct suggest *s, const struct container *c)
{
	struct buf shown = { 0 };
	char *help;
	size_t i;

	words_print(&shown, c->name, "");
	help = xasprintf(_("another name of %s"), shown.s);
	for (i = 0; i < c->nnames; i++)
		if (strcmp(c->names[i].name, c->name) != 0)
			offer_container(t, s, c->names[i].name, help);
	free(help);
	buf_free(&shown);
}

static void
offer_running(const struct type *t, const struct suggest *s)
{
	const struct snapshot *snapshot = s->snapshot;
	const struct container *c;

	for (c = snapshot->containers;
	     c < END_OF(snapshot->containers, snapshot->ncontainers); c++) {
		if (snapshot_container(snapshot, c->name, NULL) != c)
			continue;
		offer_container(t, s, c->name,
		    c->state == CONTAINER_UP ? c->runtime : _("stopped"));
		offer_aliases(t, s, c);
	}
}

/* Running containers, and those only the config knows. */
static void
suggest_container(const struct type *t, struct suggest *s)
{
	const struct snapshot *snapshot = s->snapshot;
	const struct statement *st;
	const char *name;
	size_t i;

	if (snapshot != NULL)
		offer_running(t, s);
	for (i = 0; s->config != NULL && i < s->config->n; i++) {
		st = s->config->v[i].st;
		if (st == NULL || st->kind != ST_CONTAINER)
			continue;
		name = st->v[CONTAINER_NAME].text;
		if (snapshot == NULL ||
		    snapshot_container(snapshot, name, NULL) == NULL)
			offer_container(t, s, name, _("in the config"));
	}
}

/* Addresses */

/* With its length, as addresses of links are written. */
static void
offer_addr_len(
    const struct suggest *s, const struct prefix *p, const char *help)
{
	struct buf b = { 0 };

	addr_len_print(p, &b);
	s->add(s->arg, buf_text(&b), help);
	buf_free(&b);
}

/* Whether statements of the config may be about that family. */
static bool
is_about(const struct suggest *s, enum family family)
{
	return family == FAMILY_IPV6 ||
	       (s->config != NULL &&
		   config_option(s->config, OPTION_IPV4) == OPTION_ON);
}

/* Public addresses of this host, of one interface unless index is 0. */
static void
offer_public(const struct suggest *s, int index, bool with_length)
{
	const struct address *a;
	const struct link *l;
	struct prefix bare;
	size_t i;

	for (i = 0; i < s->snapshot->naddresses; i++) {
		a = &s->snapshot->addresses[i];
		l = snapshot_link_at(s->snapshot, a->index);
		if (a->nsid != NSID_SELF || l == NULL ||
		    !is_about(s, addr_family(&a->prefix)) ||
		    !addr_is_global(&a->prefix) ||
		    (index != 0 && a->index != index))
			continue;
		bare = prefix_addr(&a->prefix);
		if (with_length)
			offer_addr_len(s, &a->prefix, l->name);
		else
			offer_addr(s, &bare, l->name);
	}
}

/* Index of the interface the statement begins with; 0 if unknown. */
static int
index_of_first(const struct suggest *s)
{
	const struct link *l = NULL;

	if (s->v != NULL && s->v[0].set)
		l = snapshot_link(s->snapshot, s->v[0].text);
	return l != NULL ? l->index : 0;
}

static void
suggest_addr(const struct type *t UNUSED, struct suggest *s)
{
	if (s->snapshot != NULL)
		offer_public(s, 0, false);
}

static void
suggest_addr_len(const struct type *t UNUSED, struct suggest *s)
{
	if (s->snapshot != NULL)
		offer_public(s, index_of_first(s), true);
}

static void
offer_gateways(const struct suggest *s, const struct routes *routes)
{
	const struct route *r;
	const struct link *l;
	int index = index_of_first(s);

	for (r = routes->v; r < END_OF(routes->v, routes->n); r++) {
		l = snapshot_link_at(s->snapshot, r->index);
		if (r->gateway.family != AF_UNSPEC && l != NULL &&
		    (index == 0 || r->index == index))
			offer_addr(s, &r->gateway, l->name);
	}
}

static void
suggest_gateway(const struct type *t UNUSED, struct suggest *s)
{
	struct routes routes;
	enum family f;

	for (f = 0; s->snapshot != NULL && f < FAMILY_COUNT; f++) {
		routes = snapshot_routes(s->snapshot, family_numbers[f]);
		if (is_about(s, f))
			offer_gateways(s, &routes);
	}
}

/* A ULA that the bridge has is kept. */
static void
suggest_bridge_ula(const struct type *t UNUSED, struct suggest *s)
{
	const struct address *a;
	size_t i;
	int index = s->snapshot != NULL ? index_of_first(s) : 0;

	s->add(s->arg, "auto",
	    _("what it has now, else a random prefix (RFC 4193)"));
	for (i = 0; index != 0 && i < s->snapshot->naddresses; i++) {
		a = &s->snapshot->addresses[i];
		if (a->nsid == NSID_SELF && a->index == index &&
		    addr_is_ula(&a->prefix))
			offer_addr_len(s, &a->prefix, _("what it has now"));
	}
}

/* The address that auto resolves to; NULL if unknown. */
static struct statement *
resolved(const struct suggest *s, const char *word)
{
	struct statement *st = NULL;
	struct buf line = { 0 };
	struct err ignored;

	if (s->v == NULL || !s->v[CONTAINER_NAME].set || s->config == NULL ||
	    s->snapshot == NULL)
		return NULL;
	buf_add(&line, "container ");
	words_print(&line, s->v[CONTAINER_NAME].text, "");
	if (s->v[CONTAINER_ON].set)
		buf_printf(&line, " on %s", s->v[CONTAINER_ON].text);
	buf_printf(&line, " %s auto", word);
	st = statement_from(buf_text(&line), &ignored);
	buf_free(&line);
	return st != NULL ? auto_resolve(st, s->config, s->snapshot, &ignored)
			  : NULL;
}

static void
offer_auto(struct suggest *s, size_t value, const char *help)
{
	struct statement *st =
	    resolved(s, statement_rows[ST_CONTAINER].args[value].name);

	s->add(s->arg, "auto", help);
	if (st != NULL)
		offer_addr(
		    s, &st->v[value].prefix, _("what auto comes to now"));
	statement_free(st);
}

static void
suggest_container_ula(const struct type *t UNUSED, struct suggest *s)
{
	offer_auto(
	    s, CONTAINER_ULA, _("what it has for good, else a free address"));
}

static void
suggest_container_address(const struct type *t UNUSED, struct suggest *s)
{
	offer_auto(s, CONTAINER_ADDRESS,
	    _("what it has for good, else a free address"));
}

static void
suggest_container_ipv4(const struct type *t UNUSED, struct suggest *s)
{
	offer_auto(
	    s, CONTAINER_IPV4, _("what it has now, else a free address"));
}

/* Where it has none, one that nothing else has is an example. */
static void
suggest_bridge_ipv4(const struct type *t UNUSED, struct suggest *s)
{
	int index = s->snapshot != NULL ? index_of_first(s) : 0;
	struct prefix p = { 0 };

	s->add(s->arg, "auto", _("what it has now"));
	if (index != 0)
		p = snapshot_ipv4(s->snapshot, NSID_SELF, index);
	if (p.family != AF_UNSPEC)
		offer_addr_len(s, &p, _("what it has now"));
	else if (s->snapshot != NULL && s->config != NULL &&
		 auto_example(&p, s->config, s->snapshot))
		offer_addr_len(s, &p, _("used nowhere on this host"));
}

/* Prefixes that the bridge has now, whoever gave them to it. */
static void
suggest_bridge_prefix(const struct type *t UNUSED, struct suggest *s)
{
	const struct address *a;
	struct prefix net;
	size_t i;
	int index = s->snapshot != NULL ? index_of_first(s) : 0;

	for (i = 0; index != 0 && i < s->snapshot->naddresses; i++) {
		a = &s->snapshot->addresses[i];
		net = prefix_network(&a->prefix);
		if (a->nsid == NSID_SELF && a->index == index &&
		    net.family == AF_INET6 && addr_is_global(&net) &&
		    !prefix_is_bare(&net))
			offer_addr(s, &net, _("what it has now"));
	}
}

/* Likely sources: the admin's address, and those in other statements. */
static void
suggest_prefixes(const struct type *t UNUSED, struct suggest *s)
{
	const struct statement *st;
	struct buf b = { 0 };
	struct ssh ssh[SSH_SESSIONS_MAX];
	size_t i, n = ssh_find(getpid(), ssh);

	for (i = 0; i < n; i++)
		if (is_about(s, addr_family(&ssh[i].client)))
			offer_addr(s, &ssh[i].client,
			    _("where your session comes from"));
	for (i = 0; s->config != NULL && i < s->config->n; i++) {
		st = s->config->v[i].st;
		buf_reset(&b);
		if (st != NULL && st->kind == ST_FORWARD &&
		    st->v[FORWARD_FROM].set)
			type_print(&type_prefixes, &st->v[FORWARD_FROM], &b);
		else if (st != NULL && statement_is_policy(st) &&
			 st->v[POLICY_FROM].set &&
			 st->v[POLICY_FROM].who.kind == WHO_PREFIXES)
			type_print(&type_who, &st->v[POLICY_FROM], &b);
		if (b.len > 0)
			s->add(s->arg, buf_text(&b), _("in another statement"));
	}
	buf_free(&b);
}

static const struct {
	const struct type *type;
	void (*offer)(const struct type *, struct suggest *);
} existing[] = {
	{ &type_iface, suggest_iface },
	{ &type_bridge, suggest_bridge },
	{ &type_name, suggest_container },
	{ &type_target, suggest_container },
	{ &type_addr, suggest_addr },
	{ &type_addr_len, suggest_addr_len },
	{ &type_gateway, suggest_gateway },
	{ &type_bridge_ula, suggest_bridge_ula },
	{ &type_container_ula, suggest_container_ula },
	{ &type_bridge_ipv4, suggest_bridge_ipv4 },
	{ &type_container_ipv4, suggest_container_ipv4 },
	{ &type_bridge_prefix, suggest_bridge_prefix },
	{ &type_container_address, suggest_container_address },
	{ &type_prefixes, suggest_prefixes },
};

bool
suggest_knows(const struct type *t)
{
	size_t i = 0;

	while (i < NITEMS(existing) && existing[i].type != t)
		i++;
	return t->suggest != NULL || i < NITEMS(existing);
}

void
suggest_values(const struct type *t, struct suggest *s)
{
	size_t i;

	if (t->suggest != NULL)
		t->suggest(t, s);
	for (i = 0; i < NITEMS(existing); i++)
		if (existing[i].type == t)
			existing[i].offer(t, s);
}
