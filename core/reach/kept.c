/* What stays with this host although a forward takes the rest of an address. */
#include "config.h"

#include "core/reach/kept.h"

#include <netinet/in.h>
#include <stdlib.h>

#include "core/base/intl.h"
#include "core/lang/type_addr.h"
#include "core/plan/judge.h"

#define TOLD_MAX 20 /* policies: a screen of them */

/* What stays */

static void
print_ports(const uint16_t *v, size_t n, struct buf *b)
{
	size_t i;

	for (i = 0; i < n; i++)
		buf_printf(b, "%s%u", i > 0 ? "," : "", v[i]);
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

static void
tell_policies(const struct model *m, struct buf *b)
{
	const struct model_policy *p;
	unsigned n = 0;

	for (p = m->policies; p < END_OF(m->policies, m->npolicies); p++) {
		if (!p->holds[FAMILY_IPV6] || !statement_keeps(p->st) ||
		    n++ >= TOLD_MAX)
			continue;
		buf_add(b, "  ");
		statement_print(p->st, b);
		buf_add(b, "\n");
	}
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

static void
tell_others(
    const struct model *m, const struct model_forward *rest, struct buf *b)
{
	const struct model_forward *f;
	unsigned n = 0;

	for (f = m->forwards; f < END_OF(m->forwards, m->nforwards); f++)
		n += !statement_takes_rest(f->st) && share_address(f, rest);
	if (n > 0)
		buf_printf(b,
		    ngettext("  what %u other forward takes\n",
			"  what %u other forwards take\n", n),
		    n);
}

static void
print_addresses(const struct model_forward *f, struct buf *b)
{
	size_t i;

	for (i = 0; i < f->non; i++) {
		buf_add(b, i > 0 ? ", " : "");
		prefix_print(&f->on[i], b);
	}
}

static void
tell_one(const struct model *m, const struct model_forward *f, struct buf *b)
{
	struct buf on = { 0 }, to = { 0 };

	print_addresses(f, &on);
	type_print(&type_target, &f->st->v[FORWARD_TO], &to);
	buf_printf(b, _("All that comes to %s goes to %s, but for:\n"),
	    buf_text(&on), buf_text(&to));
	buf_add(b, _("  icmpv6, ping among it\n"));
	tell_ssh(&m->snapshot->ssh, b);
	tell_policies(m, b);
	tell_others(m, f, b);
	buf_free(&on);
	buf_free(&to);
}

void
kept_tell(const struct model *m, const struct statement *of, struct buf *b)
{
	const struct model_forward *f;

	for (f = m->forwards; f < END_OF(m->forwards, m->nforwards); f++)
		if (statement_takes_rest(f->st) &&
		    (of == NULL || statement_same(f->st, of)))
			tell_one(m, f, b);
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

/* Whether anybody on the Internet loses that port of this host. */
static bool
loses(const struct model *m, const struct model_forward *f,
    const struct prefix *on, enum packet_proto proto, uint16_t port)
{
	struct packet p = { .chain = CHAIN_INPUT,
		.proto = proto,
		.from = { .family = AF_INET6 },
		.to = *on,
		.port = port,
		.in = m->uplinks[0].link->name };

	return judge_claim(m, &p) == f && !judge_keeps(m, &p) &&
	       judge(m, &p, NULL) == VERDICT_ALLOW;
}

static bool
is_heard(const struct listener *l, const struct model_forward *f,
    const struct model *m, enum packet_proto proto)
{
	const struct listeners one = { (struct listener *)l, 1, false };
	int index = m->uplinks[0].link->index;
	size_t i;

	for (i = 0; i < f->non; i++)
		if (listeners_hear(&one, l->proto, &f->on[i], l->port, index) &&
		    loses(m, f, &f->on[i], proto, l->port))
			return true;
	return false;
}

static int
compare_ports(const void *a, const void *b)
{
	return *(const uint16_t *)a - *(const uint16_t *)b;
}

/* Sorted, each once; owned by the caller. */
static uint16_t *
lost_ports(const struct model *m, const struct model_forward *f,
    const struct listeners *all, size_t which, size_t *n)
{
	uint16_t *v = xcalloc(all->n > 0 ? all->n : 1, sizeof(*v));
	size_t i, found = 0;

	for (i = 0; i < all->n; i++)
		if (all->v[i].proto == protos[which].number &&
		    is_heard(&all->v[i], f, m, protos[which].packet))
			v[found++] = all->v[i].port;
	qsort(v, found, sizeof(*v), compare_ports);
	for (i = *n = 0; i < found; i++)
		if (*n == 0 || v[*n - 1] != v[i])
			v[(*n)++] = v[i];
	return v;
}

static void
warn_forward(const struct model *m, const struct model_forward *f,
    const struct listeners *all, struct buf *b)
{
	struct buf lost = { 0 }, keep = { 0 }, ports = { 0 }, to = { 0 };
	uint16_t *v;
	size_t i, n;

	for (i = 0; i < NITEMS(protos); i++) {
		v = lost_ports(m, f, all, i, &n);
		buf_reset(&ports);
		print_ports(v, n, &ports);
		free(v);
		if (n == 0)
			continue;
		buf_printf(&lost, "%s%s %s", lost.len > 0 ? ", " : "",
		    protos[i].word, ports.s);
		buf_printf(
		    &keep, "  allow input %s %s\n", protos[i].word, ports.s);
	}
	type_print(&type_target, &f->st->v[FORWARD_TO], &to);
	if (lost.len > 0)
		buf_printf(b,
		    _("warning: programs of this host would lose to %s what "
		      "they listen for: %s\n  to keep it:\n%s"),
		    buf_text(&to), lost.s, keep.s);
	buf_free(&lost);
	buf_free(&keep);
	buf_free(&ports);
	buf_free(&to);
}

void
kept_warn(const struct model *m, const struct listeners *all, struct buf *b)
{
	const struct model_forward *f;

	if (m->nuplinks == 0)
		return;
	for (f = m->forwards; f < END_OF(m->forwards, m->nforwards); f++)
		if (statement_takes_rest(f->st))
			warn_forward(m, f, all, b);
}
