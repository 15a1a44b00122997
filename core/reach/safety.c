/* Refuses commits that would cut off whoever commits. */
#include "config.h"

#include "core/reach/safety.h"

#include "core/base/intl.h"
#include "core/base/util.h"
#include "core/plan/judge.h"

/* The link that leads to an address: the one it is on, else that of the default
 * route; NULL if there is neither. */
static const char *
link_to(const struct snapshot *s, const struct prefix *addr)
{
	const struct address *a, *best = NULL;
	const struct link *l;

	for (a = s->addresses; a < END_OF(s->addresses, s->naddresses); a++)
		if (a->nsid == NSID_SELF && prefix_holds(&a->prefix, addr) &&
		    (best == NULL || a->prefix.len > best->prefix.len))
			best = a;
	l = best != NULL ? snapshot_link_at(s, best->index)
			 : snapshot_uplink(s, addr->family);
	return l != NULL ? l->name : NULL;
}

static int
refuse_forward(
    const struct ssh *ssh, const struct statement *forward, struct err *e)
{
	err_set(e, ERR_UNSAFE,
	    "new SSH connections to port %u, which you came in by, would be "
	    "redirected",
	    ssh->port);
	if (!statement_takes_rest(forward)) {
		err_hint(
		    e, "forward another port; --force commits it all the same");
		return statement_blame(forward, FORWARD_PORTS, e);
	}
	err_hint(e, "add: allow input tcp %u; --force commits it all the same",
	    ssh->port);
	return statement_blame(forward, FORWARD_PROTO, e);
}

/* All clients share a limit. */
static int
refuse_limit(const struct ssh *ssh, const struct statement *by, struct err *e)
{
	char client[ADDR_TEXT_MAX];

	err_set(e, ERR_UNSAFE,
	    "new SSH connections like yours may be dropped: all "
	    "clients share one rate limit");
	err_hint(e,
	    "put this before it: allow input tcp %u from %s; --force commits "
	    "it all the same",
	    ssh->port, addr_text(&ssh->client, client));
	return statement_blame(by, POLICY_LIMIT, e);
}

static int
refuse_drop(const struct ssh *ssh, const struct statement *by, struct err *e)
{
	char client[ADDR_TEXT_MAX];

	addr_text(&ssh->client, client);
	err_set(e, ERR_UNSAFE,
	    "new SSH connections from %s to port %u, such as yours, would be "
	    "refused",
	    client, ssh->port);
	if (by->kind == ST_DEFAULT)
		err_hint(e,
		    "add: allow input tcp %u from %s; --force commits it all "
		    "the same",
		    ssh->port, client);
	else
		err_hint(e,
		    "put this before it: allow input tcp %u from %s; --force "
		    "commits it all the same",
		    ssh->port, client);
	return statement_blame(by, SIZE_MAX, e);
}

static bool
has_limit(const struct statement *st)
{
	return statement_is_policy(st) && st->v[POLICY_LIMIT].set;
}

/* The way in, for anybody */

/* A connection attempt from the Internet, from each source that the model
 * distinguishes. */
struct attempt {
	const struct model *model;
	struct packet packet;
	bool passes;
};

static void
try_source(void *arg, const struct prefix *from)
{
	struct attempt *a = arg;
	struct packet p = a->packet;

	p.from = *from;
	a->passes |= !judge_translate(a->model, &p) &&
		     judge(a->model, &p, NULL) == VERDICT_ALLOW;
}

static struct packet
login(const struct model *m, const struct prefix *to, uint16_t port)
{
	return (struct packet){ .chain = CHAIN_INPUT,
		.proto = PACKET_TCP,
		.from = { .family = to->family },
		.to = *to,
		.port = port,
		.in = m->uplinks[0].link->name,
		.doubt_passes = true };
}

/* Whether anybody can reach that port of this host itself. */
static bool
lets_in(const struct model *m, const struct prefix *to, uint16_t port)
{
	struct attempt a = { .model = m, .packet = login(m, to, port) };

	try_source(&a, &a.packet.from);
	judge_sources(m, &a.packet, try_source, &a);
	return a.passes;
}

static bool
lets_in_any(const struct model *m, const uint16_t *ports, size_t n)
{
	const struct prefixes *on;
	size_t i, k;

	for (on = m->publics; on < m->publics + FAMILY_COUNT; on++)
		for (i = 0; i < on->n; i++)
			for (k = 0; k < n; k++)
				if (lets_in(m, &on->v[i], ports[k]))
					return true;
	return false;
}

static bool
has_publics(const struct model *m)
{
	return m->publics[FAMILY_IPV6].n + m->publics[FAMILY_IPV4].n > 0;
}

/* The forward that claims the port on every public address; NULL if one of them
 * still is this host's, or would be if a policy allowed it. */
static const struct statement *
find_taker(const struct model *m, uint16_t port)
{
	const struct model_forward *taker = NULL;
	const struct prefixes *on;
	struct packet p;
	size_t i;

	for (on = m->publics; on < m->publics + FAMILY_COUNT; on++)
		for (i = 0; i < on->n; i++) {
			p = login(m, &on->v[i], port);
			taker = judge_claim(m, &p);
			if (taker == NULL || statement_takes_rest(taker->st))
				return NULL;
		}
	return taker != NULL ? taker->st : NULL;
}

/* An allow helps only with a port that no forward claims. */
static void
tell_way_in(
    const struct model *m, const uint16_t *ports, size_t n, struct buf *b)
{
	struct buf taker = { 0 };
	size_t i;

	for (i = 0; i < n && find_taker(m, ports[i]) != NULL; i++)
		;
	if (i < n) {
		buf_printf(
		    b, _("  to let it in: allow input tcp %u\n"), ports[i]);
		return;
	}
	statement_print(find_taker(m, ports[0]), &taker);
	buf_printf(b, _("  port %u is redirected by: %s\n"), ports[0],
	    buf_text(&taker));
	buf_free(&taker);
}

bool
safety_has_way_in(const struct model *m, const uint16_t *ports, size_t n)
{
	return n == 0 || !has_publics(m) || lets_in_any(m, ports, n);
}

void
safety_warn(const struct model *before, const struct model *after,
    const uint16_t *ports, size_t n, struct buf *b)
{
	/* By whether both families are judged, and whether the saved config
	 * does. */
	static const char *const sentences[2][2] = {
		{ N_("warning: nothing lets in a new login on port %s from the "
		     "Internet over IPv6\n"),
		    N_("warning: nothing lets in a new login on port %s from "
		       "the Internet over IPv6, as the saved config does\n") },
		{ N_("warning: nothing lets in a new login on port %s from the "
		     "Internet\n"),
		    N_("warning: nothing lets in a new login on port %s from "
		       "the Internet, as the saved config does\n") },
	};
	struct buf list = { 0 };
	size_t i;

	if (safety_has_way_in(after, ports, n))
		return;
	for (i = 0; i < n; i++)
		buf_printf(&list, "%s%u", i > 0 ? _(" or ") : "", ports[i]);
	buf_printf(b,
	    _(sentences[after->ipv4]
		       [before != NULL && lets_in_any(before, ports, n)]),
	    buf_text(&list));
	tell_way_in(after, ports, n, b);
	buf_free(&list);
}

/* The session */

int
safety_check(const struct model *m, const struct snapshot *s,
    const struct ssh *ssh, struct err *e)
{
	struct packet p = { .chain = CHAIN_INPUT,
		.proto = PACKET_TCP,
		.from = ssh->client,
		.to = ssh->server,
		.port = ssh->port,
		.answered = true };
	const struct statement *worst, *best;

	if (ssh->client.family == AF_UNSPEC ||
	    (ssh->client.family == AF_INET && !m->ipv4) ||
	    snapshot_own(s, &ssh->server) == NULL ||
	    snapshot_own(s, &ssh->client) != NULL)
		return 0;
	p.in = ssh->link[0] != '\0' ? ssh->link : link_to(s, &ssh->client);
	if (judge_translate(m, &p))
		return refuse_forward(ssh, p.forward->st, e);
	if (judge(m, &p, &worst) == VERDICT_ALLOW)
		return 0;
	p.doubt_passes = true;
	if (judge(m, &p, &best) != VERDICT_ALLOW)
		return refuse_drop(ssh, worst, e);
	return refuse_limit(
	    ssh, best == NULL || has_limit(worst) ? worst : best, e);
}
