/* Programs of this host that forwards hide. */
#include "config.h"

#include "core/reach/hidden.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/base/shell.h"
#include "core/lang/type_addr.h"

static bool
leads_here(const struct model *m, const struct model_forward *f,
    const struct packet *packet)
{
	struct packet p = *packet;

	judge_hand_over(m, f, &p);
	return p.chain == CHAIN_INPUT;
}

static struct packet
from_world(const struct model *m, const struct prefix *on,
    enum packet_proto proto, uint16_t port)
{
	return (struct packet){ .chain = CHAIN_INPUT,
		.proto = proto,
		.from = { .family = on->family },
		.to = *on,
		.port = port,
		.in = m->uplinks[0].link->name };
}

/* The forward that takes it from this host. */
static const struct model_forward *
taken_by(const struct model *m, const struct packet *p)
{
	const struct model_forward *f = judge_claim(m, p);

	if (f == NULL || leads_here(m, f, p) ||
	    (statement_takes_rest(f->st) && judge_keeps(m, p)))
		return NULL;
	return f;
}

const struct model_forward *
hidden_by(const struct model *m, const struct prefix *on,
    enum packet_proto proto, uint16_t port)
{
	const struct packet p = from_world(m, on, proto, port);

	return judge(m, &p, NULL) == VERDICT_ALLOW ? taken_by(m, &p) : NULL;
}

bool
hidden_may(const struct config *c)
{
	const struct statement *st;
	size_t i;

	for (i = 0; i < c->n; i++) {
		st = c->v[i].st;
		if (st != NULL && st->kind == ST_FORWARD &&
		    !statement_is_off(st))
			return true;
	}
	return false;
}

static enum packet_proto
packet_of(const struct listener *l)
{
	return l->proto == IPPROTO_TCP ? PACKET_TCP : PACKET_UDP;
}

/* Whether all programs of that port are hidden in a family, of which at least
 * one hears something that rules would let in. */
static bool
is_hidden(const struct model *m, const struct listeners *all, enum family f,
    struct hidden *h)
{
	const struct listener *l = h->l;
	const struct prefix *on = m->publics[f].v;
	const struct model_forward *by;
	const struct statement *allows;
	bool found = false;
	struct packet p;

	for (; on < END_OF(m->publics[f].v, m->nstable[f]); on++) {
		p = from_world(m, on, packet_of(l), l->port);
		if (!listeners_hear(all, l->proto, on, l->port,
			m->uplinks[0].link->index) ||
		    judge(m, &p, &allows) != VERDICT_ALLOW)
			continue;
		by = taken_by(m, &p);
		h->left |= by == NULL;
		if (by == NULL)
			return false;
		h->by = by;
		h->allows = allows;
		found = true;
	}
	return found;
}

static int
compare(const void *a, const void *b)
{
	const struct listener *x = ((const struct hidden *)a)->l;
	const struct listener *y = ((const struct hidden *)b)->l;

	return x->proto != y->proto ? (int)x->proto - (int)y->proto
				    : (int)x->port - (int)y->port;
}

/* Several sockets may have one port. */
static size_t
merge(struct hidden *v, size_t n)
{
	size_t i, kept = 0;

	for (i = 0; i < n; i++)
		if (kept == 0 || compare(&v[kept - 1], &v[i]) != 0)
			v[kept++] = v[i];
	return kept;
}

struct hidden *
hidden_find(const struct model *m, const struct listeners *all, size_t *n)
{
	struct hidden *v = xcalloc(all->n + 1, sizeof(*v)), *h;
	const struct listener *l;
	enum family f;

	*n = 0;
	for (l = all->v; m->nuplinks > 0 && l < END_OF(all->v, all->n); l++) {
		if (!listener_serves(l))
			continue;
		h = &v[*n];
		*h = (struct hidden){ .l = l };
		for (f = 0; f < FAMILY_COUNT; f++)
			h->of[f] = is_hidden(m, all, f, h);
		*n += h->of[FAMILY_IPV6] || h->of[FAMILY_IPV4];
	}
	if (*n > 1)
		qsort(v, *n, sizeof(*v), compare);
	*n = merge(v, *n);
	return v;
}

/* The family that it is hidden in, if that is not all of it; else
 * FAMILY_COUNT. */
static enum family
only_of(const struct hidden *h)
{
	if (!h->left)
		return FAMILY_COUNT;
	return h->of[FAMILY_IPV6] ? FAMILY_IPV6 : FAMILY_IPV4;
}

static void
print_program(const struct listener *l, struct buf *b)
{
	if (l->program[0] != '\0')
		buf_escape(b, l->program, strlen(l->program));
	else
		buf_add(b, _("a socket without a program"));
}

static const char *
word_of(const struct listener *l)
{
	return l->proto == IPPROTO_TCP ? "tcp" : "udp";
}

static void
print_port(const struct hidden *h, struct buf *b)
{
	enum family only = only_of(h);

	buf_printf(b, "%s %u", word_of(h->l), h->l->port);
	if (only != FAMILY_COUNT)
		buf_printf(b, " (%s)", _(type_family.choices[only].help));
}

void
hidden_tell(const struct hidden *h, struct buf *b)
{
	const struct statement *st = h->by->st;
	struct buf program = { 0 }, port = { 0 }, to = { 0 };

	print_program(h->l, &program);
	print_port(h, &port);
	type_print(&type_target, &st->v[FORWARD_TO], &to);
	buf_printf(b,
	    statement_takes_rest(st)
		? _("%s of this host listens on %s, which goes to %s with the "
		    "rest: a policy that allows it in keeps it here")
		: _("%s of this host listens on %s, which goes to %s for all "
		    "of the Internet: to have both, forward another port to "
		    "it; else let no rule allow this one in"),
	    buf_text(&program), buf_text(&port), buf_text(&to));
	buf_free(&program);
	buf_free(&port);
	buf_free(&to);
}

/* Whether it allows nothing else in. */
static bool
is_for_port(const struct statement *st, uint16_t port)
{
	const struct ports *p = &st->v[POLICY_PORTS].ports;

	return p->n == 1 && p->v[0].lo == port && p->v[0].hi == port &&
	       st->v[POLICY_PROTO].choice != PROTO_TCP_UDP;
}

/* What allows it before a policy of the end would deny it is to go. */
static void
cure_policy(const struct hidden *h, struct buf *b)
{
	struct buf policy = { 0 };

	if (is_for_port(h->allows, h->l->port)) {
		statement_key(h->allows, &policy);
		if (shell_takes(buf_text(&policy)))
			buf_printf(b, "seki delete %s", policy.s);
	}
	buf_free(&policy);
}

void
hidden_cure(const struct model *m, const struct hidden *h, struct buf *b)
{
	enum family only = m->ipv4 ? only_of(h) : FAMILY_COUNT;
	bool rest = statement_takes_rest(h->by->st);

	if (!rest && h->allows != NULL && statement_is_policy(h->allows)) {
		cure_policy(h, b);
		return;
	}
	buf_printf(b, "seki add %s input %s %u%s", rest ? "allow" : "deny",
	    word_of(h->l), h->l->port, rest ? "" : " from uplink");
	if (only != FAMILY_COUNT)
		buf_printf(b, " only %s", type_family.choices[only].word);
}
