/* Kinds of steps: their words, and how they compare with a snapshot. */
#include "config.h"

#include "core/plan/step.h"

#include <ctype.h>
#include <linux/if_addr.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/base/util.h"
#include "core/kernel/net.h"
#include "core/plan/ruleset_diff.h"

/* Sysctls */

static void
sysctl_print(const struct step *s, struct buf *b)
{
	buf_printf(b, "net/ipv6/%s/", confs[s->conf].folder);
	buf_escape(b, s->name, strlen(s->name));
	buf_printf(b, "/%s %d -> %d", confs[s->conf].name, s->before, s->after);
}

static int
compare_value(const struct step *s, const char *name, int now, struct err *e)
{
	struct buf b = { 0 };

	if (now == s->before)
		return 0;
	buf_escape(&b, name, strlen(name));
	err_set(e, ERR_FAIL, "net/ipv6/%s/%s/%s is %d and was %d",
	    confs[s->conf].folder, b.s, confs[s->conf].name, now, s->before);
	buf_free(&b);
	return -1;
}

/* An interface is found by its index, which survives a rename; index 0 is "all"
 * and "default". */
static int
sysctl_compare(const struct step *s, const struct snapshot *now,
    const struct table *table UNUSED, struct err *e)
{
	const struct link *l = snapshot_link_at(now, s->at.index);
	int value = strcmp(s->name, "all") == 0
			? snapshot_conf_all(now, s->conf)
			: now->forwarding_next;

	if (s->at.index == 0)
		return compare_value(s, s->name, value, e);
	if (l == NULL || !l->has_conf)
		return 0;
	return compare_value(s, l->name, l->conf[s->conf], e);
}

static void
forwarding4_print(const struct step *s, struct buf *b)
{
	buf_printf(b, "net/ipv4/ip_forward %d -> %d", s->before, s->after);
}

static int
forwarding4_compare(const struct step *s, const struct snapshot *now,
    const struct table *table UNUSED, struct err *e)
{
	if (now->forwarding4 == s->before)
		return 0;
	return err_set(e, ERR_FAIL, "net/ipv4/ip_forward is %d and was %d",
	    now->forwarding4, s->before);
}

/* Addresses and routes */

/* The step's namespace in the snapshot; false if the interface or its container
 * is gone, and everything on it. */
static bool
find_place(const struct step *s, const struct snapshot *now,
    const struct container **c)
{
	*c = NULL;
	if (s->container == NULL)
		return snapshot_link_at(now, s->at.index) != NULL;
	*c = snapshot_container_at(now, &s->at);
	return *c != NULL;
}

static int
fail_compare(const struct step *s, const char *fmt, const struct prefix *p,
    struct err *e)
{
	struct buf name = { 0 };
	char text[ADDR_TEXT_MAX];

	buf_escape(&name, s->name, strlen(s->name));
	err_set(e, ERR_FAIL, fmt, buf_text(&name), prefix_text(p, text));
	buf_free(&name);
	return -1;
}

/* What is removed to be added again was there as well. */
static bool
was_there(const struct step *s)
{
	return step_kinds[s->kind].removes || s->before != 0;
}

static int
address_compare(const struct step *s, const struct snapshot *now,
    const struct table *table UNUSED, struct err *e)
{
	const struct prefix *p = &s->address.prefix;
	const struct container *c;
	bool there;

	if (!find_place(s, now, &c))
		return 0;
	there = snapshot_address(now, c != NULL ? c->nsid : NSID_SELF,
		    s->at.index, p) != NULL;
	if (there == was_there(s))
		return 0;
	return fail_compare(s,
	    there ? N_("%s still has the address %s")
		  : N_("%s does not have the address %s again"),
	    p, e);
}

static const struct route *
best_like(const struct container *c, const struct route *r)
{
	return container_default(c, r->gateway.family);
}

static bool
is_best(const struct container *c, const struct route *r)
{
	const struct route *best = best_like(c, r);

	return best != NULL && route_equal(best, r);
}

static bool
has_route(const struct snapshot *now, const struct container *c,
    const struct route *r)
{
	uint8_t family = r->to.len > 0 ? r->to.family : r->gateway.family;
	struct routes all = r->to.len > 0 ? snapshot_inward(now, family)
					  : snapshot_routes(now, family);
	size_t i;

	if (c != NULL)
		return is_best(c, r);
	if (r->unreachable)
		all = (struct routes){ now->unreachable, now->nunreachable };
	for (i = 0; i < all.n; i++)
		if (route_equal(&all.v[i], r))
			return true;
	return false;
}

/* Of a container only the best default route is in a snapshot. */
static bool
is_hidden(const struct container *c, const struct route *r)
{
	const struct route *best = c != NULL ? best_like(c, r) : NULL;

	return best != NULL && best->metric < r->metric;
}

static int
route_compare(const struct step *s, const struct snapshot *now,
    const struct table *table UNUSED, struct err *e)
{
	const struct route *r = &s->route;
	const struct container *c;
	bool there;

	if (!find_place(s, now, &c) || is_hidden(c, r))
		return 0;
	there = has_route(now, c, r);
	if (there == was_there(s))
		return 0;
	return fail_compare(s,
	    there ? N_("%s still has the route via %s")
		  : N_("%s does not have the route via %s again"),
	    r->to.len > 0 ? &r->to : &r->gateway, e);
}

static void
print_change(const struct step *s, const char *fmt, const struct prefix *p,
    bool by_ra, struct buf *b)
{
	char text[ADDR_TEXT_MAX];

	buf_escape(b, s->name, strlen(s->name));
	buf_add(b, ": ");
	buf_printf(b, _(fmt), prefix_text(p, text));
	if (by_ra)
		buf_add(b, _(" (by router advertisement)"));
}

static void
address_add_print(const struct step *s, struct buf *b)
{
	print_change(s, N_("add address %s"), &s->address.prefix, false, b);
}

static void
address_remove_print(const struct step *s, struct buf *b)
{
	print_change(s, N_("remove address %s"), &s->address.prefix,
	    (s->address.flags & IFA_F_MANAGETEMPADDR) != 0, b);
}

static void
print_default(const struct step *s, const char *fmt, struct buf *b)
{
	const struct route *r = &s->route;
	char text[ADDR_TEXT_MAX];

	print_change(s, fmt, &r->gateway,
	    step_kinds[s->kind].removes && route_by_ra(r), b);
	if (r->source.family != AF_UNSPEC)
		buf_printf(
		    b, _(", to send from %s"), addr_text(&r->source, text));
}

static void
route_add_print(const struct step *s, struct buf *b)
{
	const struct route *r = &s->route;

	if (r->unreachable)
		print_change(
		    s, N_("add unreachable route to %s"), &r->to, false, b);
	else if (r->to.len > 0)
		print_change(s, N_("add route to %s"), &r->to, false, b);
	else
		print_default(s, N_("add default route via %s"), b);
}

static void
route_remove_print(const struct step *s, struct buf *b)
{
	const struct route *r = &s->route;

	if (r->unreachable)
		print_change(
		    s, N_("remove unreachable route to %s"), &r->to, false, b);
	else if (r->to.len > 0)
		print_change(
		    s, N_("remove route to %s"), &r->to, route_by_ra(r), b);
	else
		print_default(s, N_("remove default route via %s"), b);
}

static void
proxy_add_print(const struct step *s, struct buf *b)
{
	print_change(s, N_("answer for %s"), &s->address.prefix, false, b);
}

static void
proxy_remove_print(const struct step *s, struct buf *b)
{
	print_change(
	    s, N_("stop answering for %s"), &s->address.prefix, false, b);
}

static int
proxy_compare(const struct step *s, const struct snapshot *now,
    const struct table *table UNUSED, struct err *e)
{
	const struct prefix *addr = &s->address.prefix;
	bool there = snapshot_proxy(now, s->at.index, addr) != NULL;

	if (snapshot_link_at(now, s->at.index) == NULL ||
	    there == step_kinds[s->kind].removes)
		return 0;
	return fail_compare(s,
	    there ? N_("%s still answers for %s")
		  : N_("%s does not answer for %s again"),
	    addr, e);
}

/* Bridges */

static void
print_bridge(const struct step *s, const char *what, struct buf *b)
{
	buf_escape(b, s->name, strlen(s->name));
	buf_printf(b, ": %s", _(what));
}

static void
bridge_make_print(const struct step *s, struct buf *b)
{
	print_bridge(s, N_("make the bridge"), b);
}

static void
bridge_up_print(const struct step *s, struct buf *b)
{
	print_bridge(s, N_("bring it up"), b);
}

static void
bridge_remove_print(const struct step *s, struct buf *b)
{
	print_bridge(s, N_("delete the bridge"), b);
}

static int
fail_bridge(const struct step *s, const char *fmt, struct err *e)
{
	struct buf name = { 0 };

	buf_escape(&name, s->name, strlen(s->name));
	err_set(e, ERR_FAIL, fmt, buf_text(&name));
	buf_free(&name);
	return -1;
}

/* One that has got ports since stays. */
static int
bridge_make_compare(const struct step *s, const struct snapshot *now,
    const struct table *table UNUSED, struct err *e)
{
	const struct link *l = snapshot_bridge_made(now, s->at.index, s->mac);

	if (l == NULL || link_has_ports(now, l))
		return 0;
	return fail_bridge(s, N_("the bridge %s is still there"), e);
}

static int
bridge_remove_compare(const struct step *s, const struct snapshot *now,
    const struct table *table UNUSED, struct err *e)
{
	if (snapshot_bridge_made(now, s->at.index, s->mac) != NULL)
		return 0;
	return fail_bridge(s, N_("the bridge %s is not there again"), e);
}

static int
bridge_up_compare(const struct step *s, const struct snapshot *now,
    const struct table *table UNUSED, struct err *e)
{
	const struct link *l = snapshot_link_at(now, s->at.index);

	if (l == NULL || !l->up)
		return 0;
	return fail_bridge(s, N_("%s is still up"), e);
}

/* The ruleset */

static void
ruleset_print(const struct step *s, struct buf *b)
{
	buf_add(b, "table " RULESET_TABLE ": ");
	if (s->after == 0)
		buf_add(b, _("delete it"));
	else
		buf_printf(b,
		    s->before != 0
			? _("change it, %zu commands in one transaction")
			: _("make it, %zu commands in one transaction"),
		    count_lines(s->text));
}

/* Counter values change by themselves and are no difference. */
static char *
without_counts(const char *text)
{
	char *copy = xstrdup(text), *to = copy;
	const char *from = text;

	while (*from != '\0') {
		if (has_prefix(from, "packets ") ||
		    has_prefix(from, "bytes ")) {
			from += strcspn(from, " ") + 1;
			while (isdigit((unsigned char)*from))
				from++;
			continue;
		}
		*to++ = *from++;
	}
	*to = '\0';
	return copy;
}

static bool
is_text(const char *undo, const char *text)
{
	char *have = without_counts(text), *want = without_counts(undo);
	bool is = strcmp(have, want) == 0;

	free(have);
	free(want);
	return is;
}

static int
ruleset_compare(const struct step *s, const struct snapshot *now UNUSED,
    const struct table *table, struct err *e)
{
	bool is = step_is_known(s) ? table_digest_equal(&table->digest, &s->was)
				   : is_text(s->undo, table->text);

	if (is)
		return 0;
	return err_set(
	    e, ERR_FAIL, "table inet %s is not what it was", NET_TABLE);
}

char *
step_anew(const struct step *s)
{
	struct buf text = { 0 };

	if (s->want == NULL || s->settled || !s->before || !s->after)
		return NULL;
	ruleset_transaction_anew(s->want, &text);
	return buf_take(&text);
}

void
step_complete(struct step *s)
{
	static const struct ruleset nothing;
	struct buf whole = { 0 }, back = { 0 };

	if (s->have == NULL || s->undo != NULL)
		return;
	ruleset_transaction(s->have, s->want, &back);
	ruleset_transaction(s->have, &nothing, &whole);
	s->back = buf_take(&back);
	s->undo = buf_take(&whole);
}

bool
step_is_bridge(const struct step *s)
{
	return s->kind == STEP_BRIDGE_MAKE || s->kind == STEP_BRIDGE_REMOVE;
}

bool
step_is_known(const struct step *s)
{
	return s->have != NULL || s->back != NULL;
}

bool
table_digest_equal(const struct table_digest *a, const struct table_digest *b)
{
	return a->marks == b->marks && a->shape == b->shape &&
	       a->elements == b->elements;
}

const struct step_kind step_kinds[STEP_COUNT] = {
	[STEP_KEEP] = { .name = "keep", .compare = sysctl_compare },
	[STEP_SYSCTL] = { .name = "sysctl",
	    .compare = sysctl_compare,
	    .print = sysctl_print },
	[STEP_IPV4_FORWARDING] = { .name = "ipv4-forwarding",
	    .compare = forwarding4_compare,
	    .print = forwarding4_print },
	[STEP_ROUTE_REMOVE] = { .name = "route-remove",
	    .compare = route_compare,
	    .print = route_remove_print,
	    .removes = true },
	[STEP_ADDRESS_REMOVE] = { .name = "address-remove",
	    .compare = address_compare,
	    .print = address_remove_print,
	    .removes = true },
	[STEP_ADDRESS_ADD] = { .name = "address-add",
	    .compare = address_compare,
	    .print = address_add_print,
	    .adds = true },
	[STEP_ROUTE_ADD] = { .name = "route-add",
	    .compare = route_compare,
	    .print = route_add_print,
	    .adds = true },
	[STEP_PROXY_REMOVE] = { .name = "proxy-remove",
	    .compare = proxy_compare,
	    .print = proxy_remove_print,
	    .removes = true },
	[STEP_PROXY_ADD] = { .name = "proxy-add",
	    .compare = proxy_compare,
	    .print = proxy_add_print,
	    .adds = true },
	[STEP_BRIDGE_MAKE] = { .name = "bridge-make",
	    .compare = bridge_make_compare,
	    .print = bridge_make_print,
	    .adds = true },
	[STEP_BRIDGE_UP] = { .name = "bridge-up",
	    .compare = bridge_up_compare,
	    .print = bridge_up_print },
	[STEP_BRIDGE_REMOVE] = { .name = "bridge-remove",
	    .compare = bridge_remove_compare,
	    .print = bridge_remove_print,
	    .removes = true },
	[STEP_RULESET] = { .name = "ruleset",
	    .compare = ruleset_compare,
	    .print = ruleset_print },
};

struct step *
plan_add(struct plan *p, enum step_number kind, const char *name)
{
	struct step *s;

	p->v = xgrow(p->v, p->n, sizeof(*p->v));
	s = &p->v[p->n++];
	memset(s, 0, sizeof(*s));
	s->kind = kind;
	s->name = xstrdup(name);
	return s;
}

static void
drop_rules(struct ruleset *r)
{
	if (r != NULL)
		ruleset_free(r);
	free(r);
}

static void
free_step(struct step *s)
{
	free(s->name);
	free(s->text);
	free(s->undo);
	free(s->back);
	drop_rules(s->want);
	drop_rules(s->have);
}

void
plan_remove(struct plan *p, size_t i)
{
	free_step(&p->v[i]);
	p->n--;
	memmove(&p->v[i], &p->v[i + 1], (p->n - i) * sizeof(*p->v));
}

void
plan_drop(struct plan *p)
{
	plan_remove(p, p->n - 1);
}

void
plan_free(struct plan *p)
{
	while (p->n > 0)
		plan_drop(p);
	free(p->v);
	memset(p, 0, sizeof(*p));
}
