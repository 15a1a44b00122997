/* The steps that lead from the kernel's state to a model, each with its undo.
 * Their order matters: the uplink keeps its default route only when accept_ra
 * is set before forwarding; addresses come before the routes through them; the
 * ruleset is last, for it is one transaction and needs no undo when it fails.
 */
#include "config.h"

#include "core/plan.h"

#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "core/fw.h"
#include "core/util.h"

/* Planning: sysctls */

static int
plan_sysctl(struct plan *p, const char *path, int want, struct err *e)
{
	struct step *s;
	int value;

	if (net_sysctl_get(path, &value, e) != 0)
		return -1;
	if (value == want)
		return 0;
	s = plan_add(p, STEP_SYSCTL, path);
	s->before = value;
	s->after = want;
	return 0;
}

/* What came to a link by router advertisement, a default route or an address,
 * dies when forwarding goes on, unless accept_ra is 2
 * (Documentation/networking/ip-sysctl.rst). */
static bool
lives_by_ra(const struct snapshot *s, const struct link *l)
{
	const struct address *a;
	size_t i;

	for (i = 0; i < s->nroutes; i++)
		if (s->routes[i].index == l->index &&
		    (s->routes[i].protocol == RTPROT_RA ||
			s->routes[i].expires != 0))
			return true;
	for (i = 0; i < s->naddresses; i++) {
		a = &s->addresses[i];
		if (a->nsid == NSID_SELF && a->index == l->index &&
		    a->prefix.family == AF_INET6 && a->valid != UINT32_MAX)
			return true;
	}
	return false;
}

static int
plan_accept_ra(struct plan *p, const struct snapshot *snapshot, struct err *e)
{
	const struct link *l;
	char *path;
	int value, r = 0;

	for (l = snapshot->links;
	     l < snapshot->links + snapshot->nlinks && r == 0; l++) {
		if (!lives_by_ra(snapshot, l))
			continue;
		path = xasprintf("%s/accept_ra", l->name);
		r = net_sysctl_get(path, &value, e);
		if (r == 0 && value == 1)
			r = plan_sysctl(p, path, 2, e);
		free(path);
	}
	return r;
}

static void
plan_keep(struct plan *p, const char *name, int all)
{
	char *path = xasprintf("%s/forwarding", name);
	struct err ignored;
	struct step *s;
	int value;

	if (net_sysctl_get(path, &value, &ignored) == 0 && value != all) {
		s = plan_add(p, STEP_KEEP, path);
		s->before = s->after = value;
	}
	free(path);
}

static int
plan_forwarding(struct plan *p, const struct model *m,
    const struct snapshot *snapshot, struct err *e)
{
	int all;
	size_t i;

	if (m->nforwards == 0 && m->ncontainers == 0 && m->nbridges == 0)
		return 0;
	if (net_sysctl_get("all/forwarding", &all, e) != 0 ||
	    plan_accept_ra(p, snapshot, e) != 0)
		return -1;
	if (all == 1)
		return 0;
	plan_keep(p, "default", all);
	for (i = 0; i < snapshot->nlinks; i++)
		plan_keep(p, snapshot->links[i].name, all);
	return plan_sysctl(p, "all/forwarding", 1, e);
}

/* Planning: addresses and routes that are wanted */

static bool
has_address(
    const struct snapshot *s, int nsid, int index, const struct prefix *prefix)
{
	const struct address *a;

	for (a = s->addresses; a < s->addresses + s->naddresses; a++)
		if (a->nsid == nsid && a->index == index &&
		    prefix_equal(&a->prefix, prefix))
			return true;
	return false;
}

static void
plan_bridges(
    struct plan *p, const struct model *m, const struct snapshot *snapshot)
{
	const struct model_bridge *b;
	struct step *s;

	for (b = m->bridges; b < m->bridges + m->nbridges; b++) {
		if (b->ula.family == AF_UNSPEC || b->link->index == 0 ||
		    has_address(snapshot, NSID_SELF, b->link->index, &b->ula))
			continue;
		s = plan_add(p, STEP_ADDRESS_ADD, b->link->name);
		s->index = b->link->index;
		s->prefix = b->ula;
	}
}

static bool
is_running(const struct container *c)
{
	return c != NULL && c->state == CONTAINER_UP && c->inner != 0;
}

/* The container's address with the length of the bridge's prefix, so that its
 * neighbours and the gateway are on-link. */
static struct prefix
inner_address(const struct model_container *c)
{
	struct prefix prefix = c->ula;

	prefix.len = c->bridge->ula.len;
	return prefix;
}

/* A default route that somebody else gave the container, by hand or by router
 * advertisement, stays, and ours is not added beside it. One of ours by another
 * gateway is on its way out. */
static bool
needs_route(const struct model_container *c)
{
	const struct route *r = &c->container->route;

	if (!c->container->has_default)
		return true;
	return r->protocol == NET_RTPROT &&
	       !addr_equal(&r->gateway, &c->bridge->ula);
}

static void
plan_containers(
    struct plan *p, const struct model *m, const struct snapshot *snapshot)
{
	const struct model_container *c;
	struct prefix address;
	struct step *s;

	for (c = m->containers; c < m->containers + m->ncontainers; c++) {
		if (!is_running(c->container))
			continue;
		address = inner_address(c);
		if (!has_address(snapshot, c->container->nsid,
			c->container->inner, &address)) {
			s = plan_add(p, STEP_ADDRESS_ADD, c->container->name);
			s->container = c->container;
			s->index = c->container->inner;
			s->prefix = address;
		}
		if (needs_route(c)) {
			s = plan_add(p, STEP_ROUTE_ADD, c->container->name);
			s->container = c->container;
			s->index = c->container->inner;
			s->prefix = prefix_addr(&c->bridge->ula);
		}
	}
}

/* Planning: what is ours and no longer wanted */

static bool
wanted(const struct model *m, const struct made *made)
{
	const struct model_bridge *b;
	const struct model_container *c;
	struct prefix prefix;

	for (b = m->bridges; b < m->bridges + m->nbridges; b++)
		if (!made->inside && !made->route &&
		    strcmp(b->link->name, made->name) == 0 &&
		    prefix_equal(&b->ula, &made->prefix))
			return true;
	for (c = m->containers; c < m->containers + m->ncontainers; c++) {
		prefix = made->route ? prefix_addr(&c->bridge->ula)
				     : inner_address(c);
		if (made->inside && prefix_equal(&prefix, &made->prefix) &&
		    strcmp(c->st->v[CONTAINER_NAME].text, made->name) == 0)
			return true;
	}
	return false;
}

static void
remove_inside(
    struct plan *p, const struct made *made, const struct snapshot *snapshot)
{
	const struct container *c;
	struct step *s;
	size_t i;

	for (i = 0; i < snapshot->ncontainers; i++) {
		c = &snapshot->containers[i];
		if (!is_running(c) || strcmp(c->name, made->name) != 0)
			continue;
		if (made->route
			? !c->has_default ||
			      !addr_equal(&c->route.gateway, &made->prefix)
			: !has_address(
			      snapshot, c->nsid, c->inner, &made->prefix))
			continue;
		s = plan_add(p,
		    made->route ? STEP_ROUTE_REMOVE : STEP_ADDRESS_REMOVE,
		    c->name);
		s->container = c;
		s->index = c->inner;
		s->prefix = made->prefix;
	}
}

static void
remove_host(
    struct plan *p, const struct made *made, const struct snapshot *snapshot)
{
	const struct link *l = snapshot_link(snapshot, made->name);
	struct step *s;

	if (l == NULL || made->route ||
	    !has_address(snapshot, NSID_SELF, l->index, &made->prefix))
		return;
	s = plan_add(p, STEP_ADDRESS_REMOVE, l->name);
	s->index = l->index;
	s->prefix = made->prefix;
}

/* Routes go before the addresses that they lead through. */
static void
plan_removals(struct plan *p, const struct model *m,
    const struct snapshot *snapshot, const struct journal *j)
{
	const struct made *made;
	int pass;

	for (pass = 0; pass < 2; pass++) {
		for (made = j->v; made < j->v + j->n; made++) {
			if (made->route == (pass == 1) || wanted(m, made))
				continue;
			if (made->inside)
				remove_inside(p, made, snapshot);
			else
				remove_host(p, made, snapshot);
		}
	}
}

/* What cannot be reached by changes (a set whose type somebody else changed)
 * can by making the table anew, but then its counters start again. */
static int
try_or_start_anew(struct step *s, const struct ruleset *want, struct err *e)
{
	static const struct ruleset nothing;
	struct buf whole = { 0 };
	struct err other;
	int r = fw_try(s->text, e);

	if (r == 0 || !want->present || s->undo[0] == '\0')
		return r;
	buf_add(&whole, "add table inet " RULESET_TABLE "\n"
			"delete table inet " RULESET_TABLE "\n");
	ruleset_transaction(want, &nothing, &whole);
	if (fw_try(whole.s, &other) == 0) {
		free(s->text);
		s->text = buf_take(&whole);
		r = 0;
	}
	buf_free(&whole);
	return r;
}

static void
distrust(struct ruleset *have)
{
	struct ruleset_chain *c;

	for (c = have->chains; c < have->chains + have->nchains; c++)
		c->count = SIZE_MAX;
}

static int
plan_ruleset(struct plan *p, const struct model *m, bool trust, struct err *e)
{
	struct ruleset want, have;
	struct buf text = { 0 };
	struct step *s;
	int r = -1;

	ruleset_build(&want, m);
	if (fw_read(&have, e) != 0)
		goto out;
	if (!trust) {
		buf_add(&text, "add table inet " RULESET_TABLE "\n");
		distrust(&have);
	}
	ruleset_transaction(&want, &have, &text);
	r = 0;
	if (text.len == 0)
		goto out;
	s = plan_add(p, STEP_RULESET, RULESET_TABLE);
	s->text = buf_take(&text);
	s->undo = fw_save(e);
	r = s->undo != NULL ? try_or_start_anew(s, &want, e) : -1;
out:
	ruleset_free(&want);
	ruleset_free(&have);
	buf_free(&text);
	return r;
}

int
plan_rewrite(struct plan *p, const struct model *m, struct err *e)
{
	return plan_ruleset(p, m, false, e);
}

int
plan_links(struct plan *p, const struct model *m,
    const struct snapshot *snapshot, const struct journal *j, struct err *e)
{
	memset(p, 0, sizeof(*p));
	if (plan_forwarding(p, m, snapshot, e) != 0)
		return -1;
	plan_removals(p, m, snapshot, j);
	plan_bridges(p, m, snapshot);
	plan_containers(p, m, snapshot);
	return 0;
}

int
plan_build(struct plan *p, const struct model *m,
    const struct snapshot *snapshot, const struct journal *j, struct err *e)
{
	if (plan_links(p, m, snapshot, j, e) != 0)
		return -1;
	return plan_ruleset(p, m, true, e);
}

int
plan_undo(struct plan *p, struct net *net, struct err *e)
{
	struct err first = { 0 };
	struct step *s;
	size_t i;

	for (i = p->n; i > 0; i--) {
		s = &p->v[i - 1];
		if (!s->done)
			continue;
		s->done = step_kinds[s->kind].undo(s, net, e) != 0;
		if (s->done && first.code == ERR_NONE)
			first = *e;
	}
	if (first.code == ERR_NONE)
		return 0;
	*e = first;
	return -1;
}

bool
plan_is_undone(const struct plan *p)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		if (p->v[i].done)
			return false;
	return true;
}

int
plan_compare(const struct plan *p, struct err *e)
{
	const struct step_kind *kind;
	size_t i;

	for (i = 0; i < p->n; i++) {
		kind = &step_kinds[p->v[i].kind];
		if (kind->compare != NULL && kind->compare(&p->v[i], e) != 0)
			return -1;
	}
	return 0;
}

int
plan_fail(struct plan *p, struct net *net, struct err *e)
{
	struct err undo;

	if (plan_undo(p, net, &undo) == 0)
		return err_hint_more(
		    e, "what was done before it was undone: nothing changed");
	return err_hint_more(
	    e, "and undoing what was done before it failed: %s", undo.text);
}

int
plan_run(struct plan *p, struct net *net, struct err *e)
{
	struct step *s;

	for (s = p->v; s < p->v + p->n; s++)
		if (step_kinds[s->kind].run(s, net, &s->done, e) != 0)
			return plan_fail(p, net, e);
	return 0;
}

static struct made
made_by(const struct step *s)
{
	return (struct made){ .route = step_kinds[s->kind].route,
		.inside = s->container != NULL,
		.name = s->name,
		.prefix = s->prefix };
}

void
plan_note(const struct plan *p, struct journal *j)
{
	const struct step *s;
	struct made made;

	for (s = p->v; s < p->v + p->n; s++) {
		made = made_by(s);
		if (step_kinds[s->kind].adds && s->done)
			journal_add(j, &made);
		if (step_kinds[s->kind].removes)
			journal_remove(j, &made);
	}
}

void
plan_unnote(const struct plan *p, struct journal *j)
{
	const struct step *s;
	struct made made;

	for (s = p->v; s < p->v + p->n; s++) {
		made = made_by(s);
		if (step_kinds[s->kind].adds)
			journal_remove(j, &made);
		if (step_kinds[s->kind].removes)
			journal_add(j, &made);
	}
}

void
plan_print(const struct plan *p, struct buf *b)
{
	const struct step *s;

	for (s = p->v; s < p->v + p->n; s++) {
		if (step_kinds[s->kind].print == NULL)
			continue;
		buf_add(b, "  ");
		step_kinds[s->kind].print(s, b);
		buf_add(b, "\n");
	}
}
