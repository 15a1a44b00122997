/* Offers of uplinks, bridges and addresses of containers. */
#include "config.h"

#include "core/setup/offers_parts.h"

#include <stdio.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/lang/auto.h"
#include "core/lang/ula.h"
#include "core/show/given.h"

#define PUBLIC_LEN 64 /* of a prefix for containers */
#define PROXY " proxy"

static int
offer_uplink(struct offering *o, const struct link *l)
{
	struct buf text = { 0 };
	int r;

	buf_add(&text, "uplink ");
	words_print(&text, l->name, "");
	r = offers_add(o, OFFER_NETWORK, true, "", buf_text(&text));
	buf_free(&text);
	return r;
}

static int
offer_uplinks(struct offering *o)
{
	const struct link *six = survey_uplink(o->survey, FAMILY_IPV6);
	const struct link *four = survey_uplink(o->survey, FAMILY_IPV4);
	int r = six != NULL ? offer_uplink(o, six) : 0;

	if (r == 0 && four != NULL && four != six)
		r = offer_uplink(o, four);
	return r;
}

/* Bridges */

static size_t
count_containers(const struct snapshot *s, const struct link *l)
{
	const struct container *c = s->containers;
	size_t n = 0;

	for (; c < END_OF(s->containers, s->ncontainers); c++)
		n += c->bridge == l->index && container_is_identified(c);
	return n;
}

/* One that was leased to it counts as it is, if there is a way back, or if
 * whether there is one is not known. */
static bool
lives_by_ipv4(const struct snapshot *s, const struct container *c)
{
	return snapshot_ipv4(s, c->nsid, c->inner).family == AF_INET &&
	       (c->has_default4 || c->routes_cut[FAMILY_IPV4]);
}

/* One that is stopped may have it in its own config. */
static bool
wants_ipv4(const struct offering *o, const struct container *c)
{
	return o->ipv4 && c->inner != 0 &&
	       !lives_by_ipv4(&o->survey->host->snapshot, c);
}

static bool
any_wants_ipv4(const struct offering *o, const struct link *l)
{
	const struct snapshot *s = &o->survey->host->snapshot;
	const struct container *c = s->containers;

	for (; c < END_OF(s->containers, s->ncontainers); c++)
		if (c->bridge == l->index && container_is_identified(c) &&
		    wants_ipv4(o, c))
			return true;
	return false;
}

/* What the bridge has is stated where containers are to be given some of it. */
static void
add_ipv4(const struct offering *o, const struct link *l, struct buf *text)
{
	const struct snapshot *s = &o->survey->host->snapshot;
	struct prefix own = snapshot_ipv4(s, NSID_SELF, l->index);

	if (!any_wants_ipv4(o, l))
		return;
	if (own.family != AF_UNSPEC) {
		buf_add(text, " ipv4 auto");
	} else if (auto_example(&own, o->base, s)) {
		buf_add(text, " ipv4 ");
		prefix_print(&own, text);
	}
}

/* What the provider gave, as words of a bridge of containers; none where its
 * ULA alone is all there is. Returns a note about them, "" likewise. */
static const char *
public_words(const struct offering *o, const struct link *l, struct buf *words)
{
	const struct snapshot *s = &o->survey->host->snapshot;
	const struct link *uplink = survey_uplink(o->survey, FAMILY_IPV6);
	struct given g = { 0 };
	bool here;

	if (uplink != NULL)
		g = given_find(s, uplink);
	here = g.kind == GIVEN_ROUTED && l != NULL &&
	       snapshot_address_in(s, NSID_SELF, l->index, &g.prefix) != NULL;
	if (g.prefix.len != PUBLIC_LEN || (g.kind != GIVEN_LINK && !here))
		return "";
	buf_add(words, " prefix ");
	prefix_print(&g.prefix, words);
	if (here)
		return _("public addresses, routed here");
	buf_add(words, PROXY);
	return _("public addresses by proxy");
}

/* With the ULA that the offer before has. */
static int
offer_again(struct offering *o, const char *words, const char *note, bool on)
{
	struct offer *before = &o->to->v[o->to->n - 1];
	struct buf text = { 0 };
	int r;

	statement_print(before->st, &text);
	buf_add(&text, words);
	before->on = before->on && !on;
	r = offers_add(o, OFFER_NETWORK, on, note, buf_text(&text));
	buf_free(&text);
	return r;
}

/* As private addresses alone, or with those that the provider gave: what is
 * routed here is for containers, what is on the link only if one wants it so.
 * l is NULL where the bridge is yet to be made. */
static int
offer_choice(struct offering *o, const struct link *l, bool on,
    const char *note, const char *text)
{
	size_t before = o->to->n;
	struct buf words = { 0 };
	const char *more;
	int r = offers_add(o, OFFER_NETWORK, on, note, text);

	if (r == 0 && o->to->n > before) {
		more = public_words(o, l, &words);
		if (words.len > 0)
			r = offer_again(o, words.s, more,
			    on && strstr(words.s, PROXY) == NULL);
	}
	buf_free(&words);
	return r;
}

static int
offer_bridge(struct offering *o, const struct link *l, bool on)
{
	const struct snapshot *s = &o->survey->host->snapshot;
	struct buf text = { 0 };
	int r;

	buf_add(&text, "bridge ");
	words_print(&text, l->name, "");
	buf_add(&text, " ula auto masquerade");
	add_ipv4(o, l, &text);
	r = offer_choice(o, l, on,
	    ula_of_bridge(s, l->index) != NULL ? _("its own prefix")
					       : _("a random prefix"),
	    buf_text(&text));
	buf_free(&text);
	return r;
}

/* The first name of a bridge that nothing has. */
static void
free_name(const struct snapshot *s, char name[IFNAMSIZ])
{
	unsigned i = 0;

	do
		snprintf(name, IFNAMSIZ, "br%u", i++);
	while (snapshot_link(s, name) != NULL);
}

static bool
leads_out(const struct survey *v)
{
	return survey_uplink(v, FAMILY_IPV6) != NULL ||
	       survey_uplink(v, FAMILY_IPV4) != NULL;
}

/* Containers to come may have addresses of both families. */
static int
offer_new_bridge(struct offering *o)
{
	const struct snapshot *s = &o->survey->host->snapshot;
	struct buf text = { 0 };
	char name[IFNAMSIZ];
	struct prefix ipv4;
	int r;

	free_name(s, name);
	buf_printf(&text, "bridge %s ula auto create", name);
	if (leads_out(o->survey))
		buf_add(&text, " masquerade");
	if (o->ipv4 && auto_example(&ipv4, o->base, s)) {
		buf_add(&text, " ipv4 ");
		prefix_print(&ipv4, &text);
	}
	r = offer_choice(o, NULL, true, _("seki makes it"), buf_text(&text));
	buf_free(&text);
	return r;
}

static bool
states_bridge(const struct config *c)
{
	size_t i = 0;

	while (
	    i < c->n && (c->v[i].st == NULL || c->v[i].st->kind != ST_BRIDGE))
		i++;
	return i < c->n;
}

/* The only bridge is meant for containers, even before there are any. */
static int
offer_bridges(struct offering *o)
{
	const struct snapshot *s = &o->survey->host->snapshot;
	const struct link *l = s->links;
	size_t n = 0;
	int r = 0;

	for (; l < END_OF(s->links, s->nlinks); l++)
		n += survey_takes(o->survey, l);
	for (l = s->links; l < END_OF(s->links, s->nlinks) && r == 0; l++)
		if (survey_takes(o->survey, l))
			r = offer_bridge(
			    o, l, n == 1 || count_containers(s, l) > 0);
	if (n == 0 && !states_bridge(o->base))
		r = offer_new_bridge(o);
	return r;
}

/* Containers */

/* Whether one of the choices for its bridge has a public prefix. */
static bool
may_be_public(const struct offering *o, const struct link *l)
{
	const struct offer *x = o->to->v;

	for (; x < END_OF(o->to->v, o->to->n); x++)
		if (x->st->kind == ST_BRIDGE && x->st->v[BRIDGE_PREFIX].set &&
		    strcmp(x->st->v[BRIDGE_IFACE].text, l->name) == 0)
			return true;
	return false;
}

static int
offer_container(
    struct offering *o, const struct container *c, const struct link *l)
{
	bool up = c->state == CONTAINER_UP;
	struct buf text = { 0 };
	int r;

	buf_add(&text, "container ");
	words_print(&text, c->name, "");
	buf_add(&text, " on ");
	words_print(&text, l->name, "");
	buf_add(&text, " ula auto");
	if (may_be_public(o, l))
		buf_add(&text, " address auto");
	if (wants_ipv4(o, c))
		buf_add(&text, " ipv4 auto");
	r = offers_add(o, OFFER_CONTAINERS, up, up ? c->runtime : _("stopped"),
	    buf_text(&text));
	buf_free(&text);
	return r;
}

/* One that is a port of several is given an address on the first. */
static bool
is_offered(const struct offering *o, const struct container *c)
{
	const struct offer *x = o->to->v;

	for (; x < END_OF(o->to->v, o->to->n); x++)
		if (x->st->kind == ST_CONTAINER &&
		    strcmp(x->st->v[CONTAINER_NAME].text, c->name) == 0)
			return true;
	return false;
}

static int
offer_containers(struct offering *o)
{
	const struct snapshot *s = &o->survey->host->snapshot;
	const struct container *c = s->containers;
	const struct link *l;
	int r = 0;

	for (; c < END_OF(s->containers, s->ncontainers) && r == 0; c++) {
		l = snapshot_link_at(s, c->bridge);
		if (l != NULL && survey_takes(o->survey, l) &&
		    container_is_identified(c) && !is_offered(o, c))
			r = offer_container(o, c, l);
	}
	return r;
}

int
offers_links(struct offering *o)
{
	int r = 0;

	if (survey_uplink(o->survey, FAMILY_IPV4) != NULL)
		r = offers_add(o, OFFER_NETWORK, o->ipv4, _("both families"),
		    "option ipv4 on");
	if (r == 0)
		r = offer_uplinks(o);
	if (r == 0)
		r = offer_bridges(o);
	return r == 0 ? offer_containers(o) : -1;
}
