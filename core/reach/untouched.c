/* What of IPv4 stays open although a config closes this host. */
#include "config.h"

#include "core/reach/untouched.h"

#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/lang/option.h"

#define ADDRESSES_TOLD 4
#define LISTENERS_TOLD 5

/* Whether it denies all input, as a default does. */
static bool
closes(const struct statement *st)
{
	const struct value *v = st->v;

	return (st->kind == ST_DENY || st->kind == ST_REJECT) &&
	       v[POLICY_CHAIN].choice == CHAIN_INPUT && !statement_is_off(st) &&
	       statement_is_about_all(st) && !v[POLICY_ONLY].set &&
	       !v[POLICY_LIMIT].set;
}

/* The statement that closes this host; NULL if there is none. */
static const struct statement *
closed_by(const struct model *m)
{
	size_t i;

	if (m->defaults[CHAIN_INPUT] != VERDICT_ALLOW)
		return m->stated[CHAIN_INPUT];
	for (i = 0; i < m->npolicies; i++)
		if (closes(m->policies[i].st))
			return m->policies[i].st;
	return NULL;
}

bool
untouched_may(const struct config *c)
{
	const struct statement *st;
	bool closed = false;
	size_t i;

	for (i = 0; i < c->n; i++) {
		st = c->v[i].st;
		if (st == NULL)
			continue;
		if (st->kind == ST_DEFAULT &&
		    st->v[DEFAULT_CHAIN].choice == CHAIN_INPUT &&
		    st->v[DEFAULT_VERDICT].choice != VERDICT_ALLOW)
			closed = true;
		if (statement_is_policy(st) && closes(st))
			closed = true;
	}
	return closed && config_option(c, OPTION_IPV4) == OPTION_OFF;
}

/* Addresses */

static bool
leads_out(const struct snapshot *s, int index)
{
	size_t i = 0;

	while (i < s->nroutes4 && s->routes4[i].index != index)
		i++;
	return i < s->nroutes4;
}

static bool
is_reached(const struct snapshot *s, const struct address *a)
{
	return a->nsid == NSID_SELF && a->prefix.family == AF_INET &&
	       a->scope == RT_SCOPE_UNIVERSE &&
	       (addr_is_global(&a->prefix) || leads_out(s, a->index));
}

/* The next one at or after a; NULL if there is none. */
static const struct address *
next_reached(const struct snapshot *s, const struct address *a)
{
	const struct address *end = END_OF(s->addresses, s->naddresses);

	while (a < end && !is_reached(s, a))
		a++;
	return a < end ? a : NULL;
}

bool
untouched_is(const struct model *m)
{
	return !m->ipv4 && closed_by(m) != NULL &&
	       next_reached(m->snapshot, m->snapshot->addresses) != NULL;
}

static void
print_addresses(const struct snapshot *s, struct buf *b)
{
	const struct address *a = next_reached(s, s->addresses);
	char text[ADDR_TEXT_MAX];
	size_t n = 0;

	for (; a != NULL; a = next_reached(s, a + 1)) {
		if (n++ == ADDRESSES_TOLD) {
			buf_add(b, ", ...");
			return;
		}
		buf_printf(
		    b, "%s%s", n > 1 ? ", " : "", addr_text(&a->prefix, text));
	}
}

/* Listeners */

static bool
is_open(const struct snapshot *s, const struct listener *l)
{
	const struct listeners one = { (struct listener *)l, 1, false };
	const struct address *a = next_reached(s, s->addresses);

	for (; a != NULL; a = next_reached(s, a + 1))
		if (listeners_hear(
			&one, l->proto, &a->prefix, l->port, a->index))
			return true;
	return false;
}

static int
compare_ports(const struct listener *a, const struct listener *b)
{
	if (a->proto != b->proto)
		return a->proto < b->proto ? -1 : 1;
	return (a->port > b->port) - (a->port < b->port);
}

static int
compare(const void *a, const void *b)
{
	const struct listener *const *x = a, *const *y = b;

	return compare_ports(*x, *y);
}

/* Those that can be reached, TCP first, each port once; owned by the
 * caller. */
static const struct listener **
find_open(const struct snapshot *s, const struct listeners *all, size_t *n)
{
	const struct listener **v = xcalloc(all->n + 1, sizeof(*v));
	size_t found = 0, i;

	for (i = 0; i < all->n; i++)
		if (is_open(s, &all->v[i]))
			v[found++] = &all->v[i];
	qsort(v, found, sizeof(*v), compare);
	for (i = *n = 0; i < found; i++)
		if (*n == 0 || compare_ports(v[*n - 1], v[i]) != 0)
			v[(*n)++] = v[i];
	return v;
}

static void
print_listener(const struct listener *l, struct buf *b)
{
	buf_printf(
	    b, "%s %u", l->proto == IPPROTO_TCP ? "tcp" : "udp", l->port);
	if (l->program[0] == '\0')
		return;
	buf_add(b, " (");
	buf_escape(b, l->program, strlen(l->program));
	buf_add(b, ")");
}

static void
tell_listeners(
    const struct snapshot *s, const struct listeners *all, struct buf *b)
{
	struct buf names = { 0 };
	size_t n, i, more;
	const struct listener **v = find_open(s, all, &n);

	for (i = 0; i < n && i < LISTENERS_TOLD; i++) {
		buf_add(&names, i > 0 ? ", " : "");
		print_listener(v[i], &names);
	}
	more = n - i;
	if (n == 0)
		buf_add(b, _("\n  nothing listens there now"));
	else if (more == 0)
		buf_printf(b, _("\n  what listens there: %s"), names.s);
	else
		buf_printf(b,
		    ngettext("\n  what listens there: %s and %zu more",
			"\n  what listens there: %s and %zu more", more),
		    names.s, more);
	buf_free(&names);
	free(v);
}

void
untouched_tell(
    const struct model *m, const struct listeners *all, struct buf *b)
{
	struct buf by = { 0 }, on = { 0 };

	if (!untouched_is(m))
		return;
	statement_print(closed_by(m), &by);
	print_addresses(m->snapshot, &on);
	buf_printf(b, _("IPv4 is not touched: %s closes nothing of %s"),
	    buf_text(&by), buf_text(&on));
	if (all != NULL)
		tell_listeners(m->snapshot, all, b);
	buf_free(&by);
	buf_free(&on);
}
