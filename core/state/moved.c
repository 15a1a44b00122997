/* Addresses that the rules are for: a line each in RUN/addresses, "IFACE ADDR
 * stable|deprecated", or "CONTAINER ADDR inside". */
#include "config.h"

#include "core/state/moved.h"

#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/intl.h"
#include "core/lang/option.h"
#include "core/lang/words.h"
#include "core/plan/model_family.h"
#include "core/state/lingering.h"

#define FILE_NAME "addresses"
#define FILE_MAX 65536

enum { WORD_LINK, WORD_ADDRESS, WORD_STATE, WORD_COUNT };

static const char *const states[ADDRESS_STATES] = {
	[ADDRESS_STABLE] = "stable",
	[ADDRESS_DEPRECATED] = "deprecated",
};
#define INSIDE "inside"

/* Reading */

static void
add_inside(struct moved *m, const char *name, const struct prefix *addr)
{
	m->inside = xgrow(m->inside, m->ninside, sizeof(*m->inside));
	m->inside[m->ninside++] = (struct moved_inside){ xstrdup(name), *addr };
}

static void
parse_line(void *arg, const struct words *w)
{
	struct moved_address a = { 0 };
	struct moved *m = arg;

	if (w->n != WORD_COUNT ||
	    prefix_parse(&a.addr, w->v[WORD_ADDRESS].text) != 0)
		return;
	if (strcmp(w->v[WORD_STATE].text, INSIDE) == 0) {
		add_inside(m, w->v[WORD_LINK].text, &a.addr);
		return;
	}
	snprintf(a.link, sizeof(a.link), "%s", w->v[WORD_LINK].text);
	a.stable = strcmp(w->v[WORD_STATE].text, states[ADDRESS_STABLE]) == 0;
	m->v = xgrow(m->v, m->n, sizeof(*m->v));
	m->v[m->n++] = a;
}

static char *
full_path(const struct host *h)
{
	return xasprintf("%s/" FILE_NAME, h->run_path);
}

static char *
read_notes(const struct host *h)
{
	char *path = full_path(h);
	char *text = read_file(path, FILE_MAX, NULL);

	free(path);
	return text;
}

void
moved_read(struct moved *m, const struct host *h)
{
	char *text = read_notes(h);

	memset(m, 0, sizeof(*m));
	words_each(text, parse_line, m);
	free(text);
}

void
moved_free(struct moved *m)
{
	size_t i;

	for (i = 0; i < m->ninside; i++)
		free(m->inside[i].name);
	free(m->inside);
	free(m->v);
	memset(m, 0, sizeof(*m));
}

static const struct moved_address *
find(const struct moved *m, const struct prefix *addr)
{
	const struct moved_address *a = m->v;

	while (a < END_OF(m->v, m->n) && !addr_equal(&a->addr, addr))
		a++;
	return a < END_OF(m->v, m->n) ? a : NULL;
}

bool
moved_holds(const struct moved *m, const struct prefix *addr, bool named)
{
	const struct moved_address *a = find(m, addr);

	return m->n == 0 || (a != NULL && (a->stable || named));
}

/* As long as it has what was noted, that still leads to it. */
bool
moved_away(const struct moved *m, const struct snapshot *s,
    const struct model_container *c)
{
	const struct moved_inside *i = m->inside;
	bool noted = false;

	if (c->container == NULL || c->ipv4.family == AF_UNSPEC ||
	    c->st->v[CONTAINER_IPV4].set)
		return false;
	for (; i < END_OF(m->inside, m->ninside); i++) {
		if (!container_is_called(c->container, i->name))
			continue;
		if (snapshot_address_bare(s, c->container->nsid,
			c->container->inner, &i->addr) != NULL)
			return false;
		noted = true;
	}
	return noted;
}

/* Writing */

/* What a bridge of containers has is no public address. */
static bool
is_noted(const struct snapshot *s, const struct address *a)
{
	const struct link *l = snapshot_link_at(s, a->index);

	return a->nsid == NSID_SELF && a->scope == RT_SCOPE_UNIVERSE &&
	       states[address_state(a)] != NULL && l != NULL &&
	       !link_is_inward(s, l);
}

static void
print_now(const struct snapshot *s, struct buf *b)
{
	const struct address *a = s->addresses;
	char text[ADDR_TEXT_MAX];

	for (; a < END_OF(s->addresses, s->naddresses); a++) {
		if (!is_noted(s, a))
			continue;
		words_print(b, snapshot_link_at(s, a->index)->name, "");
		buf_printf(b, " %s %s\n", addr_text(&a->prefix, text),
		    states[address_state(a)]);
	}
}

/* Those that a model takes from there (core/plan/model_container.c). */
static void
print_inside(const struct snapshot *s, struct buf *b)
{
	const struct container *c = s->containers;
	char text[ADDR_TEXT_MAX];
	struct prefix own;

	for (; c < END_OF(s->containers, s->ncontainers); c++) {
		if (c->nsid == NSID_SELF)
			continue;
		own = snapshot_ipv4(s, c->nsid, c->inner);
		if (own.family == AF_UNSPEC)
			continue;
		words_print(b, c->name, "");
		buf_printf(b, " %s " INSIDE "\n", addr_text(&own, text));
	}
}

static int
note(const struct host *h, struct err *e)
{
	char *before = read_notes(h), *path = full_path(h);
	struct buf now = { 0 };
	int r = 0;

	print_now(&h->snapshot, &now);
	print_inside(&h->snapshot, &now);
	if (strcmp(before != NULL ? before : "", buf_text(&now)) != 0)
		r = file_replace(path, buf_text(&now), now.len, 0644, e);
	buf_free(&now);
	free(before);
	free(path);
	return r;
}

/* Telling */

static const struct model_uplink *
find_uplink(const struct model *m, const char *name)
{
	const struct model_uplink *u = m->uplinks;

	while (u < END_OF(m->uplinks, m->nuplinks) &&
	       strcmp(u->link->name, name) != 0)
		u++;
	return u < END_OF(m->uplinks, m->nuplinks) ? u : NULL;
}

/* Whether rules follow what the uplink has. */
static bool
is_followed(const struct model *m, const struct model_uplink *u,
    const struct prefix *addr)
{
	if (u == NULL || !model_is_about(m, addr_family(addr)))
		return false;
	return u->st == NULL || statement_stated(u->st, UPLINK_ADDRESS,
				    addr_family(addr)) == NULL;
}

static bool
tell_lost(const struct snapshot *s, const struct model *m,
    const struct moved_address *was, struct buf *b)
{
	const struct model_uplink *u = find_uplink(m, was->link);
	const struct address *now;
	char text[ADDR_TEXT_MAX];

	if (!was->stable || !is_followed(m, u, &was->addr))
		return false;
	now = snapshot_address_bare(s, NSID_SELF, u->link->index, &was->addr);
	if (now != NULL && address_state(now) == ADDRESS_STABLE)
		return false;
	buf_printf(b,
	    now == NULL ? _("the rules are for %s, which is gone from %s")
			: _("the rules are for %s, which is no public address "
			    "of %s any more"),
	    addr_text(&was->addr, text), was->link);
	buf_add(b, "\n");
	return true;
}

static bool
tell_new(const struct model *m, const struct moved *noted,
    const struct address *a, struct buf *b)
{
	const struct moved_address *was = find(noted, &a->prefix);
	const char *name = snapshot_link_at(m->snapshot, a->index)->name;
	char text[ADDR_TEXT_MAX];

	if ((was != NULL && was->stable) ||
	    !is_followed(m, find_uplink(m, name), &a->prefix))
		return false;
	buf_printf(b, _("the rules are not for %s of %s yet"),
	    addr_text(&a->prefix, text), name);
	buf_add(b, "\n");
	return true;
}

bool
moved_tell_inside(const struct host *h, const struct model *m, struct buf *b)
{
	const struct model_container *c = m->containers;
	char text[ADDR_TEXT_MAX];
	struct moved noted;
	bool told = false;

	moved_read(&noted, h);
	for (; c < END_OF(m->containers, m->ncontainers); c++) {
		if (!moved_away(&noted, &h->snapshot, c))
			continue;
		buf_printf(b, _("the rules are not for %s of %s yet"),
		    addr_text(&c->ipv4, text), c->container->name);
		buf_add(b, "\n");
		told = true;
	}
	moved_free(&noted);
	return told;
}

bool
moved_tell(const struct host *h, const struct model *m, struct buf *b)
{
	const struct snapshot *s = &h->snapshot;
	const struct address *a = s->addresses;
	struct moved noted;
	bool told = false;
	size_t i;

	moved_read(&noted, h);
	for (i = 0; i < noted.n; i++)
		told = tell_lost(s, m, &noted.v[i], b) || told;
	for (; noted.n > 0 && a < END_OF(s->addresses, s->naddresses); a++)
		if (is_noted(s, a) && address_state(a) == ADDRESS_STABLE)
			told = tell_new(m, &noted, a, b) || told;
	moved_free(&noted);
	return told;
}

/* Settling */

/* What is noted and no interface has, even where it is another one by now. */
static struct prefixes
find_gone(const struct host *h, bool ipv4)
{
	struct prefixes gone = { 0 };
	struct moved noted;
	size_t i;

	moved_read(&noted, h);
	for (i = 0; i < noted.n; i++) {
		if (snapshot_own(&h->snapshot, &noted.v[i].addr) != NULL ||
		    (noted.v[i].addr.family == AF_INET && !ipv4))
			continue;
		gone.v = xgrow(gone.v, gone.n, sizeof(*gone.v));
		gone.v[gone.n++] = noted.v[i].addr;
	}
	moved_free(&noted);
	return gone;
}

int
moved_settle(
    struct host *h, const struct config *c, struct buf *notes, struct err *e)
{
	bool ipv4 = config_option(c, OPTION_IPV4) == OPTION_ON;
	struct prefixes gone = find_gone(h, ipv4);
	unsigned ended = gone.n > 0 ? lingering_end(h, &gone) : 0;
	char text[ADDR_TEXT_MAX];

	if (ended > 0)
		buf_printf(notes,
		    ngettext("note: %u connection of %s, which is gone, was "
			     "ended\n",
			"note: %u connections of %s, which is gone, were "
			"ended\n",
			ended),
		    ended, addr_text(&gone.v[0], text));
	free(gone.v);
	return note(h, e);
}
