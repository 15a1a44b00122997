/* Offers of forwards, and of what this host lets in and through. */
#include "config.h"

#include "core/setup/offers_parts.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/reach/services.h"

#define SSH_PORT 22
#define SSH_ELSEWHERE 2222 /* where logins of containers begin */

/* Forwards */

static bool
is_ssh(const struct survey *v, const struct door *d)
{
	size_t i = 0;

	while (i < v->nssh && v->ssh[i] != d->port)
		i++;
	return i < v->nssh;
}

static bool
claims(const struct statement *st, enum proto proto, uint16_t port)
{
	struct range one = { port, port };
	struct ports ports = { &one, 1 };

	return st != NULL && st->kind == ST_FORWARD &&
	       proto_overlaps((enum proto)st->v[FORWARD_PROTO].choice, proto) &&
	       ports_overlap(&st->v[FORWARD_PORTS].ports, &ports);
}

/* The forward that has a port already; NULL if there is none. */
static const struct statement *
find_claim(const struct offering *o, enum proto proto, uint16_t port)
{
	size_t i;

	for (i = 0; i < o->base->n; i++)
		if (claims(o->base->v[i].st, proto, port))
			return o->base->v[i].st;
	for (i = 0; i < o->to->n; i++)
		if (o->to->v[i].on && claims(o->to->v[i].st, proto, port))
			return o->to->v[i].st;
	return NULL;
}

/* Whether the candidate leads there already. */
static bool
is_forwarded(const struct offering *o, const char *name, const struct door *d)
{
	const struct statement *st;
	const struct target *to;
	uint16_t inside;
	size_t i;

	for (i = 0; i < o->base->n; i++) {
		st = o->base->v[i].st;
		if (st == NULL || st->kind != ST_FORWARD)
			continue;
		to = &st->v[FORWARD_TO].target;
		inside = to->port;
		if (to->name != NULL && strcmp(to->name, name) == 0 &&
		    (inside == d->port ||
			(inside == 0 && claims(st, d->proto, d->port))))
			return true;
	}
	return false;
}

/* Logins into a container get a port of their own: that of this host stays. */
static uint16_t
public_port(const struct offering *o, const struct door *d)
{
	uint16_t port = d->port;

	if (d->port != SSH_PORT)
		return port;
	for (port = SSH_ELSEWHERE;
	     find_claim(o, d->proto, port) != NULL ||
	     doors_find(&o->survey->doors, d->proto, port) != NULL;)
		port++;
	return port;
}

static void
print_forward(const struct offering *o, const char *name, const struct door *d,
    uint16_t port, struct buf *b)
{
	buf_printf(b, "forward %s %u to ", proto_word(d->proto), port);
	words_print(b, name, ":");
	if (port != d->port)
		buf_printf(b, ":%u", d->port);
	if (o->ipv4 && d->hears[FAMILY_IPV6] != d->hears[FAMILY_IPV4])
		buf_add(b, d->hears[FAMILY_IPV6] ? " only ipv6" : " only ipv4");
}

/* Why it is not ticked; false if it may be. */
static bool
why_not(const struct offering *o, const struct door *d, uint16_t port,
    struct buf *b)
{
	const struct statement *claim = find_claim(o, d->proto, port);
	const struct door *own = doors_find(&o->survey->doors, d->proto, port);

	if (d->program[0] != '\0')
		buf_add(b, d->program);
	if (b->len > 0 && (own != NULL || claim != NULL))
		buf_add(b, "; ");
	if (claim != NULL)
		buf_printf(b, _("the port is taken by another forward"));
	else if (own != NULL)
		buf_printf(b, _("this host listens there itself: %s"),
		    own->program[0] != '\0' ? own->program : _("the kernel"));
	return claim != NULL || own != NULL || !door_is_public(d) ||
	       (!o->ipv4 && !d->hears[FAMILY_IPV6]);
}

static int
offer_forward(struct offering *o, const char *name, const struct door *d)
{
	uint16_t port = public_port(o, d);
	struct buf text = { 0 }, note = { 0 };
	bool on;
	int r;

	if (d->inside || is_forwarded(o, name, d))
		return 0;
	on = !why_not(o, d, port, &note);
	print_forward(o, name, d, port, &text);
	r = offers_add(o, OFFER_FORWARDS, on, buf_text(&note), buf_text(&text));
	buf_free(&text);
	buf_free(&note);
	return r;
}

/* Whether its container is offered, or has a statement. */
static bool
is_served(const struct offering *o, const char *name)
{
	size_t i;

	for (i = 0; i < o->to->n; i++)
		if (o->to->v[i].st->kind == ST_CONTAINER && o->to->v[i].on &&
		    strcmp(o->to->v[i].st->v[CONTAINER_NAME].text, name) == 0)
			return true;
	return config_container(o->base, name) != NULL;
}

static int
offer_forwards(struct offering *o)
{
	const struct inside *in = o->survey->inside;
	const struct inside *end = END_OF(in, o->survey->ninside);
	size_t i;
	int r = 0;

	for (; in < end && r == 0; in++)
		for (i = 0; is_served(o, in->container->name) && r == 0 &&
			    i < in->doors.n;
		     i++)
			r = offer_forward(
			    o, in->container->name, &in->doors.v[i]);
	return r;
}

/* Into this host */

static bool
has_default(const struct offering *o, enum chain chain)
{
	const struct statement *st;
	size_t i;

	for (i = 0; i < o->base->n; i++) {
		st = o->base->v[i].st;
		if (st != NULL && st->kind == ST_DEFAULT &&
		    st->v[DEFAULT_CHAIN].choice == (unsigned)chain)
			return true;
	}
	return false;
}

/* Whoever closed the rest has thought of what stays open. */
static int
offer_policy(struct offering *o, enum chain chain, bool on, const char *note,
    const char *text)
{
	return offers_add(o, chain == CHAIN_INPUT ? OFFER_INPUT : OFFER_OUT,
	    on && !has_default(o, chain), note, text);
}

static int
offer_login(struct offering *o, uint16_t port, const char *program)
{
	char *text = xasprintf("allow input tcp %u", port);
	int r = offer_policy(o, CHAIN_INPUT, true, program, text);

	free(text);
	return r;
}

/* Even where no sshd is seen: one that is started on demand is not. */
static int
offer_logins(struct offering *o)
{
	const struct survey *v = o->survey;
	size_t i;
	int r = 0;

	for (i = 0; i < v->nssh && r == 0; i++)
		r = offer_login(o, v->ssh[i], _("logins"));
	return i > 0 ? r : offer_login(o, SSH_PORT, _("logins"));
}

/* A socket that no program holds is the kernel's, as of WireGuard. */
static bool
is_wanted(const struct door *d)
{
	return door_is_public(d) || d->program[0] == '\0';
}

static int
offer_door(struct offering *o, const struct door *d)
{
	char *text;
	int r;

	if (d->inside || (d->proto != PROTO_UDP && is_ssh(o->survey, d)))
		return 0;
	text = xasprintf("allow input %s %u", proto_word(d->proto), d->port);
	r = offer_policy(o, CHAIN_INPUT, is_wanted(d),
	    d->program[0] != '\0' ? d->program : _("the kernel"), text);
	free(text);
	return r;
}

/* Appends the ports of that word that the host serves on the bridge. */
static void
add_served(const struct offering *o, const struct link *bridge,
    const char *word, struct buf *ports)
{
	const struct service *x;

	for (x = services; x->word != NULL; x++) {
		if (strcmp(x->word, word) != 0 ||
		    (!service_is_served(x, &o->survey->host->snapshot, bridge,
			 &o->survey->own, FAMILY_IPV6) &&
			!service_is_served(x, &o->survey->host->snapshot,
			    bridge, &o->survey->own, FAMILY_IPV4)))
			continue;
		buf_printf(ports, "%s%u", ports->len > 0 ? "," : "", x->port);
	}
}

static int
offer_served(struct offering *o, const struct link *bridge, const char *word)
{
	struct buf ports = { 0 }, text = { 0 };
	int r = 0;

	add_served(o, bridge, word, &ports);
	if (ports.len > 0) {
		buf_printf(&text, "allow input %s %s from bridge ", word,
		    buf_text(&ports));
		words_print(&text, bridge->name, "");
		r = offer_policy(o, CHAIN_INPUT, true,
		    _("what this host serves containers"), buf_text(&text));
	}
	buf_free(&ports);
	buf_free(&text);
	return r;
}

static int
offer_all_served(struct offering *o)
{
	static const char *const words[] = { "udp", "tcp" };
	const struct snapshot *s = &o->survey->host->snapshot;
	const struct link *l = s->links;
	size_t i;
	int r = 0;

	for (; l < END_OF(s->links, s->nlinks); l++)
		for (i = 0; i < NITEMS(words) && r == 0; i++)
			if (link_is_inward(s, l))
				r = offer_served(o, l, words[i]);
	return r;
}

static int
offer_input(struct offering *o)
{
	const struct doors *all = &o->survey->doors;
	int r = offer_logins(o);
	size_t i;

	if (r == 0)
		r = offer_all_served(o);
	for (i = 0; i < all->n && r == 0; i++)
		r = offer_door(o, &all->v[i]);
	if (r != 0)
		return r;
	return offers_add(
	    o, OFFER_INPUT, true, _("the rest"), "default input deny");
}

/* Out of containers */

static int
offer_out(struct offering *o)
{
	static const struct {
		bool on;
		const char *note, *text;
	} all[] = {
		{ true, N_("the web"), "allow forward tcp 80,443 to uplink" },
		{ true, N_("names and time"),
		    "allow forward udp 53,123 to uplink" },
		{ false, N_("mail"), "allow forward tcp 25,465,587 to uplink" },
		{ false, N_("everything"), "allow forward any to uplink" },
	};
	size_t i;
	int r = 0;

	for (i = 0; i < NITEMS(all) && r == 0; i++)
		r = offer_policy(
		    o, CHAIN_FORWARD, all[i].on, _(all[i].note), all[i].text);
	if (r != 0)
		return r;
	return offers_add(
	    o, OFFER_OUT, true, _("the rest"), "default forward deny");
}

/* Without a bridge nothing goes through this host. */
static bool
has_bridge(const struct survey *v)
{
	const struct snapshot *s = &v->host->snapshot;
	const struct link *l = s->links;

	while (l < END_OF(s->links, s->nlinks) && !survey_takes(v, l))
		l++;
	return l < END_OF(s->links, s->nlinks);
}

int
offers_doors(struct offering *o)
{
	int r = offer_forwards(o);

	if (r == 0)
		r = offer_input(o);
	if (r == 0 && has_bridge(o->survey))
		r = offer_out(o);
	return r;
}
