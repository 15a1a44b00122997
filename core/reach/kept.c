/* What stays with this host although a forward takes the rest of an address. */
#include "config.h"

#include "core/reach/kept.h"

#include <netinet/in.h>
#include <stdlib.h>

#include "core/base/intl.h"
#include "core/lang/type_addr.h"
#include "core/reach/hidden.h"

#define TOLD_MAX 20 /* policies: a screen of them */

/* One statement that takes the rest, in each family that it does so. */
struct rest {
	const struct model *m;
	const struct model_forward *v; /* side by side */
	size_t n;
	bool of[FAMILY_COUNT];
};

/* The next one at or after *at; *at is behind it then. False if there is
 * none. */
static bool
next_rest(const struct model *m, size_t *at, struct rest *r)
{
	const struct model_forward *f;

	*r = (struct rest){ .m = m };
	for (; *at < m->nforwards; (*at)++) {
		f = &m->forwards[*at];
		if (r->n > 0 && f->st != r->v->st)
			break;
		if (!statement_takes_rest(f->st))
			continue;
		if (r->n++ == 0)
			r->v = f;
		r->of[f->family] = true;
	}
	return r->n > 0;
}

/* The only one of the forward's families that is among those; FAMILY_COUNT if
 * all are. */
static enum family
only_of(const struct rest *r, const bool *among)
{
	enum family f = 0;

	while (f < FAMILY_COUNT && among[f] == r->of[f])
		f++;
	if (f == FAMILY_COUNT)
		return f;
	return among[FAMILY_IPV6] ? FAMILY_IPV6 : FAMILY_IPV4;
}

/* What stays */

static void
print_ports(const uint16_t *v, size_t n, struct buf *b)
{
	size_t i;

	for (i = 0; i < n; i++)
		buf_printf(b, "%s%u", i > 0 ? "," : "", v[i]);
}

static void
tell_icmp(const struct rest *r, struct buf *b)
{
	static const char *const lines[FAMILY_COUNT] = {
		[FAMILY_IPV6] = N_("  icmpv6, ping among it\n"),
		[FAMILY_IPV4] = N_("  icmp, ping among it\n"),
	};

	if (r->n > 1)
		buf_add(b, _("  icmpv6 and icmp, ping among them\n"));
	else
		buf_add(b, _(lines[r->v->family]));
}

static void
tell_ssh(const struct ssh_ports *ssh, struct buf *b)
{
	struct buf ports = { 0 };

	print_ports(ssh->v, ssh->n, &ports);
	if (ssh->n > 0)
		buf_printf(b,
		    ssh->assumed ? _("  tcp %s, for an sshd that may start\n")
				 : _("  tcp %s, where sshd listens\n"),
		    ports.s);
	buf_free(&ports);
}

/* Whether its words say for which family it is. */
static bool
says_family(const struct statement *st)
{
	return st->v[POLICY_ONLY].set ||
	       st->v[POLICY_FROM].who.kind == WHO_PREFIXES ||
	       st->v[POLICY_TO].who.kind == WHO_PREFIXES;
}

static void
tell_policy(const struct rest *r, const struct model_policy *p, struct buf *b)
{
	bool among[FAMILY_COUNT];
	enum family f, only;

	for (f = 0; f < FAMILY_COUNT; f++)
		among[f] = p->holds[f] && r->of[f];
	only = says_family(p->st) ? FAMILY_COUNT : only_of(r, among);
	buf_add(b, "  ");
	statement_print(p->st, b);
	if (only != FAMILY_COUNT)
		buf_printf(b, " (%s)", _(type_family.choices[only].help));
	buf_add(b, "\n");
}

static bool
keeps(const struct rest *r, const struct model_policy *p)
{
	enum family f = 0;

	while (f < FAMILY_COUNT && !(p->holds[f] && r->of[f]))
		f++;
	return f < FAMILY_COUNT && statement_keeps(p->st);
}

static void
tell_policies(const struct rest *r, struct buf *b)
{
	const struct model *m = r->m;
	const struct model_policy *p;
	unsigned n = 0;

	for (p = m->policies; p < END_OF(m->policies, m->npolicies); p++)
		if (keeps(r, p) && n++ < TOLD_MAX)
			tell_policy(r, p, b);
	if (n > TOLD_MAX)
		buf_printf(b,
		    ngettext("  and what %u more policy allows in\n",
			"  and what %u more policies allow in\n", n - TOLD_MAX),
		    n - TOLD_MAX);
}

static bool
share_address(const struct model_forward *a, const struct model_forward *b)
{
	size_t i, k;

	for (i = 0; i < a->non; i++)
		for (k = 0; k < b->non; k++)
			if (addr_equal(&a->on[i], &b->on[k]))
				return true;
	return false;
}

static bool
is_beside(const struct rest *r, const struct model_forward *f)
{
	size_t i;

	for (i = 0; i < r->n; i++)
		if (!statement_takes_rest(f->st) && share_address(f, &r->v[i]))
			return true;
	return false;
}

/* Each statement once. */
static void
tell_others(const struct rest *r, struct buf *b)
{
	const struct model *m = r->m;
	const struct statement *counted = NULL;
	const struct model_forward *f;
	unsigned n = 0;

	for (f = m->forwards; f < END_OF(m->forwards, m->nforwards); f++)
		if (f->st != counted && is_beside(r, f)) {
			counted = f->st;
			n++;
		}
	if (n > 0)
		buf_printf(b,
		    ngettext("  what %u other forward takes\n",
			"  what %u other forwards take\n", n),
		    n);
}

static void
print_addresses(const struct rest *r, struct buf *b)
{
	const struct model_forward *f;
	size_t i;

	for (f = r->v; f < END_OF(r->v, r->n); f++)
		for (i = 0; i < f->non; i++) {
			buf_add(b, b->len > 0 ? ", " : "");
			prefix_print(&f->on[i], b);
		}
}

static void
tell_one(const struct rest *r, struct buf *b)
{
	struct buf on = { 0 }, to = { 0 };

	print_addresses(r, &on);
	type_print(&type_target, &r->v->st->v[FORWARD_TO], &to);
	buf_printf(b, _("All that comes to %s goes to %s, but for:\n"),
	    buf_text(&on), buf_text(&to));
	tell_icmp(r, b);
	if (r->of[FAMILY_IPV4])
		buf_add(b, _("  udp 68 from port 67, DHCP's answers\n"));
	tell_ssh(&r->m->snapshot->ssh, b);
	tell_policies(r, b);
	tell_others(r, b);
	buf_free(&on);
	buf_free(&to);
}

void
kept_tell(const struct model *m, const struct statement *of, struct buf *b)
{
	struct rest r;
	size_t at = 0;

	while (next_rest(m, &at, &r))
		if (of == NULL || statement_same(r.v->st, of))
			tell_one(&r, b);
}

/* What does not */

static const struct {
	uint8_t number;
	enum packet_proto packet;
	const char *word;
} protos[] = {
	{ IPPROTO_TCP, PACKET_TCP, "tcp" },
	{ IPPROTO_UDP, PACKET_UDP, "udp" },
};

/* A port of this host that the forward takes from somebody on the Internet. */
struct loss {
	size_t proto; /* of protos */
	uint16_t port;
	bool of[FAMILY_COUNT];
};

struct losses {
	struct loss *v; /* by protocol and port */
	size_t n;
};

static bool
is_heard(const struct listener *l, const struct model_forward *f,
    const struct model *m, enum packet_proto proto)
{
	const struct listeners one = { (struct listener *)l, 1, false };
	int index = m->uplinks[0].link->index;
	size_t i;

	for (i = 0; i < f->non; i++)
		if (listeners_hear(&one, l->proto, &f->on[i], l->port, index) &&
		    hidden_by(m, &f->on[i], proto, l->port) == f)
			return true;
	return false;
}

static void
add_loss(const struct rest *r, const struct listener *l, size_t proto,
    struct losses *all)
{
	struct loss found = { .proto = proto, .port = l->port };
	const struct model_forward *f;
	bool any = false;

	for (f = r->v; f < END_OF(r->v, r->n); f++) {
		found.of[f->family] =
		    is_heard(l, f, r->m, protos[proto].packet);
		any |= found.of[f->family];
	}
	if (any)
		all->v[all->n++] = found;
}

static int
compare_losses(const void *a, const void *b)
{
	const struct loss *x = a, *y = b;

	return x->proto != y->proto ? (int)x->proto - (int)y->proto
				    : x->port - y->port;
}

/* Several sockets may have one port. */
static void
merge(struct losses *all)
{
	struct loss *v = all->v;
	size_t i, n = 0, f;

	for (i = 0; i < all->n; i++) {
		if (n == 0 || compare_losses(&v[n - 1], &v[i]) != 0)
			v[n++] = v[i];
		for (f = 0; f < FAMILY_COUNT; f++)
			v[n - 1].of[f] |= v[i].of[f];
	}
	all->n = n;
}

/* Owned by the caller. */
static struct losses
find_losses(const struct rest *r, const struct listeners *all)
{
	struct losses found = { xcalloc(all->n + 1, sizeof(*found.v)), 0 };
	const struct listener *l;
	size_t i;

	for (l = all->v; l < END_OF(all->v, all->n); l++)
		for (i = 0; i < NITEMS(protos); i++)
			if (protos[i].number == l->proto)
				add_loss(r, l, i, &found);
	qsort(found.v, found.n, sizeof(*found.v), compare_losses);
	merge(&found);
	return found;
}

/* Appends those of one protocol that are lost in just these families, as a
 * statement has them; nothing if there are none. */
static void
print_losses(const struct rest *r, const struct losses *all, size_t proto,
    enum family only, struct buf *b)
{
	const struct loss *l;
	size_t n = 0;

	for (l = all->v; l < END_OF(all->v, all->n); l++)
		if (l->proto == proto && only_of(r, l->of) == only)
			buf_printf(b, n++ > 0 ? ",%u" : " %u", l->port);
	if (n > 0 && only != FAMILY_COUNT)
		buf_printf(b, " only %s", type_family.choices[only].word);
}

static void
print_each(const struct rest *r, const struct losses *all, struct buf *lost,
    struct buf *keep)
{
	struct buf ports = { 0 };
	size_t i, k;

	for (i = 0; i < NITEMS(protos); i++)
		for (k = 0; k <= FAMILY_COUNT; k++) {
			buf_reset(&ports);
			print_losses(r, all, i, (enum family)k, &ports);
			if (ports.len == 0)
				continue;
			buf_printf(lost, "%s%s%s", lost->len > 0 ? ", " : "",
			    protos[i].word, ports.s);
			buf_printf(keep, "  allow input %s%s\n", protos[i].word,
			    ports.s);
		}
	buf_free(&ports);
}

static void
warn_forward(const struct rest *r, const struct listeners *all, struct buf *b)
{
	struct losses found = find_losses(r, all);
	struct buf lost = { 0 }, keep = { 0 }, to = { 0 };

	print_each(r, &found, &lost, &keep);
	type_print(&type_target, &r->v->st->v[FORWARD_TO], &to);
	if (lost.len > 0)
		buf_printf(b,
		    _("warning: programs of this host would lose to %s what "
		      "they listen for: %s\n  to keep it:\n%s"),
		    buf_text(&to), lost.s, keep.s);
	buf_free(&lost);
	buf_free(&keep);
	buf_free(&to);
	free(found.v);
}

void
kept_warn(const struct model *m, const struct listeners *all, struct buf *b)
{
	struct rest r;
	size_t at = 0;

	while (m->nuplinks > 0 && next_rest(m, &at, &r))
		warn_forward(&r, all, b);
}
