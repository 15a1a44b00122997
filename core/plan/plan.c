/* The steps that lead from the kernel's state to a model, each with its undo.
 * Their order matters: the uplink keeps its default route only when accept_ra
 * is set before forwarding; addresses come before the routes through them; the
 * ruleset is last, for it is one transaction and needs no undo when it fails.
 */
#include "config.h"

#include "core/plan/plan.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/util.h"
#include "core/kernel/net.h"
#include "core/plan/plan_address.h"
#include "core/plan/plan_parts.h"
#include "core/plan/role.h"
#include "core/plan/ruleset_diff.h"

/* Sysctls */

static void
plan_sysctl(struct plan *p, enum step_number kind, const struct link *l,
    enum conf_number conf, int before, int after)
{
	struct step *s = plan_add(p, kind, l != NULL ? l->name : "all");

	s->at.index = l != NULL ? l->index : 0;
	s->conf = conf;
	s->before = before;
	s->after = after;
}

/* all/forwarding also sets the default of future interfaces, and every existing
 * one: settings that differed are restored after it. */
static void
plan_kept(
    struct plan *p, const struct role_conf *r, const struct snapshot *snapshot)
{
	const struct link *l;
	struct step *s;
	int all = snapshot->forwarding, next = snapshot->forwarding_next;

	if (next != all) {
		s = plan_add(p, STEP_KEEP, "default");
		s->conf = r->conf;
		s->before = s->after = next;
	}
	for (l = snapshot->links; l < END_OF(snapshot->links, snapshot->nlinks);
	     l++)
		if (l->has_conf && l->conf[r->conf] != all)
			plan_sysctl(p, STEP_KEEP, l, r->conf, l->conf[r->conf],
			    l->conf[r->conf]);
}

static void
plan_host(struct plan *p, const struct role_conf *r, const struct model *m,
    const struct snapshot *snapshot)
{
	int all = snapshot_conf_all(snapshot, r->conf);

	if (all == r->want ||
	    (r->applies != NULL && !r->applies(m, snapshot, NULL)))
		return;
	if (r->conf == CONF_FORWARDING)
		plan_kept(p, r, snapshot);
	plan_sysctl(p, STEP_SYSCTL, NULL, r->conf, all, r->want);
}

static void
plan_role(struct plan *p, const struct role_conf *r, const struct model *m,
    const struct snapshot *snapshot)
{
	const struct link *l;
	int value;

	for (l = snapshot->links; l < END_OF(snapshot->links, snapshot->nlinks);
	     l++) {
		value = l->conf[r->conf];
		if (!l->has_conf || value == r->want ||
		    (r->only && value != r->from) ||
		    role_of(m, snapshot, l) != r->role ||
		    (r->applies != NULL && !r->applies(m, snapshot, l)))
			continue;
		plan_sysctl(p, STEP_SYSCTL, l, r->conf, value, r->want);
	}
}

/* Whether packets of IPv4 are to pass this host. Those of containers do so
 * where their bridge masquerades. */
static bool
forwards_ipv4(const struct model *m)
{
	size_t i;

	for (i = 0; i < m->nforwards; i++)
		if (m->forwards[i].family == FAMILY_IPV4)
			return true;
	for (i = 0; i < m->nbridges; i++)
		if (m->bridges[i].masquerade &&
		    m->bridges[i].ipv4.family != AF_UNSPEC)
			return true;
	return false;
}

static void
plan_forwarding4(struct plan *p, int after, int redirects)
{
	struct step *s = plan_add(p, STEP_IPV4_FORWARDING, "all");

	s->before = !after;
	s->after = after;
	s->redirects = redirects;
}

/* What seki switched on goes off again where the config is no longer about
 * IPv4. */
static void
plan_ipv4(struct plan *p, const struct model *m,
    const struct snapshot *snapshot, const struct journal *j)
{
	if (snapshot->forwarding4 == 0 && forwards_ipv4(m))
		plan_forwarding4(p, 1, snapshot->redirects4);
	else if (snapshot->forwarding4 == 1 && !m->ipv4 && j->forwards4)
		plan_forwarding4(p, 0, j->redirects4);
}

static void
plan_roles(struct plan *p, const struct model *m,
    const struct snapshot *snapshot, bool of_host)
{
	const struct role_conf *r;

	if (!model_forwards(m) || !snapshot->has_ipv6)
		return;
	for (r = role_confs; r < role_confs + role_nconfs; r++)
		if (of_host && r->role == LINK_ALL)
			plan_host(p, r, m, snapshot);
		else if (!of_host && r->role != LINK_ALL)
			plan_role(p, r, m, snapshot);
}

/* The ruleset */

static void
add_rules(struct plan *p, const struct ruleset *want, bool present, char *text)
{
	struct step *s = plan_add(p, STEP_RULESET, NET_TABLE);

	s->before = present;
	s->after = want->present;
	s->text = text;
}

static void
plan_change(struct plan *p, const struct ruleset *want,
    const struct ruleset *have, const char *first)
{
	struct buf text = { 0 };

	buf_add(&text, first);
	ruleset_transaction(want, have, &text);
	if (text.len > 0)
		add_rules(p, want, have->present, buf_take(&text));
	buf_free(&text);
}

void
plan_rules(
    struct plan *p, const struct ruleset *want, const struct ruleset *have)
{
	plan_change(p, want, have, "");
}

/* No chain has that many rules, so none is taken for correct. */
static void
distrust(struct ruleset *have)
{
	struct ruleset_chain *c;

	for (c = have->chains; c < END_OF(have->chains, have->nchains); c++)
		c->count = SIZE_MAX;
}

void
plan_rewrite(struct plan *p, const struct ruleset *want, struct ruleset *have)
{
	distrust(have);
	plan_change(p, want, have, RULESET_ADD);
}

void
plan_anew(struct plan *p, const struct ruleset *want)
{
	struct buf text = { 0 };

	ruleset_transaction_anew(want, &text);
	add_rules(p, want, true, buf_take(&text));
	p->v[p->n - 1].settled = true;
}

static struct ruleset *
take(struct ruleset *from)
{
	struct ruleset *r = xcalloc(1, sizeof(*r));

	*r = *from;
	memset(from, 0, sizeof(*from));
	return r;
}

void
plan_take_rules(struct plan *p, struct ruleset *want, struct ruleset *have)
{
	struct step *s = p->n > 0 ? &p->v[p->n - 1] : NULL;

	if (s == NULL || s->kind != STEP_RULESET)
		return;
	s->want = take(want);
	if (have != NULL)
		s->have = take(have);
}

void
plan_links(struct plan *p, const struct model *m,
    const struct snapshot *snapshot, const struct journal *j)
{
	memset(p, 0, sizeof(*p));
	plan_roles(p, m, snapshot, false);
	plan_unlearn(p, m, snapshot);
	plan_roles(p, m, snapshot, true);
	plan_ipv4(p, m, snapshot, j);
	plan_proxy_removals(p, m, snapshot);
	plan_unreachable(p, m, snapshot);
	plan_uplink_removals(p, m, snapshot);
	plan_removals(p, m, snapshot, j);
	plan_uplinks(p, m, snapshot);
	plan_bridge_removals(p, m, snapshot, j);
	plan_bridge_makes(p, m, snapshot);
	plan_bridges(p, m, snapshot);
	plan_proxy_ways(p, m, snapshot);
	plan_containers(p, m, snapshot);
	plan_proxy_entries(p, m, snapshot);
	plan_returns(p, m, snapshot, j);
}

bool
plan_has_rules(const struct plan *p)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		if (p->v[i].kind == STEP_RULESET)
			return true;
	return false;
}

void
plan_print(const struct plan *p, struct buf *b)
{
	const struct step *s;

	for (s = p->v; s < END_OF(p->v, p->n); s++) {
		if (step_kinds[s->kind].print == NULL)
			continue;
		buf_add(b, "  ");
		step_kinds[s->kind].print(s, b);
		buf_add(b, "\n");
	}
}
