/* The steps of a plan: one kind of change to the kernel, and its undo. */
#include "config.h"

#include "core/step.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/fw.h"
#include "core/intl.h"
#include "core/util.h"

/* Sysctls */

static int
sysctl_run(
    const struct step *s, struct net *net UNUSED, bool *changed, struct err *e)
{
	*changed = net_sysctl_set(s->name, s->after, e) == 0;
	return *changed ? 0 : -1;
}

/* An interface that went takes its sysctls along. */
static bool
has_gone(const struct step *s)
{
	char *path = xasprintf("/proc/sys/net/ipv6/conf/%s", s->name);
	bool gone = access(path, F_OK) == -1;

	free(path);
	return gone;
}

static int
sysctl_undo(const struct step *s, struct net *net UNUSED, struct err *e)
{
	return has_gone(s) ? 0 : net_sysctl_set(s->name, s->before, e);
}

static void
sysctl_print(const struct step *s, struct buf *b)
{
	buf_add(b, "net/ipv6/conf/");
	buf_escape(b, s->name, strlen(s->name));
	buf_printf(b, " %d -> %d", s->before, s->after);
}

/* all/forwarding writes every interface: those that differed are put back one
 * by one after it. */
static int
keep_run(const struct step *s UNUSED, struct net *net UNUSED, bool *changed,
    struct err *e UNUSED)
{
	*changed = true;
	return 0;
}

/* Addresses and routes */

static int
address_add(const struct step *s, struct net *net, bool *changed, struct err *e)
{
	return net_address_add(
	    net, s->container, s->index, &s->prefix, changed, e);
}

static int
address_remove(
    const struct step *s, struct net *net, bool *changed, struct err *e)
{
	return net_address_remove(
	    net, s->container, s->index, &s->prefix, changed, e);
}

static int
address_unadd(const struct step *s, struct net *net, struct err *e)
{
	return address_remove(s, net, NULL, e);
}

static int
address_readd(const struct step *s, struct net *net, struct err *e)
{
	return address_add(s, net, NULL, e);
}

static int
route_add(const struct step *s, struct net *net, bool *changed, struct err *e)
{
	return net_route_add(
	    net, s->container, s->index, &s->prefix, changed, e);
}

static int
route_remove(
    const struct step *s, struct net *net, bool *changed, struct err *e)
{
	return net_route_remove(
	    net, s->container, s->index, &s->prefix, changed, e);
}

static int
route_unadd(const struct step *s, struct net *net, struct err *e)
{
	return route_remove(s, net, NULL, e);
}

static int
route_readd(const struct step *s, struct net *net, struct err *e)
{
	return route_add(s, net, NULL, e);
}

static void
print_change(const struct step *s, const char *fmt, struct buf *b)
{
	char text[ADDR_TEXT_MAX];

	buf_escape(b, s->name, strlen(s->name));
	buf_add(b, ": ");
	buf_printf(b, _(fmt), prefix_text(&s->prefix, text));
}

static void
address_add_print(const struct step *s, struct buf *b)
{
	print_change(s, N_("add address %s"), b);
}

static void
address_remove_print(const struct step *s, struct buf *b)
{
	print_change(s, N_("remove address %s"), b);
}

static void
route_add_print(const struct step *s, struct buf *b)
{
	print_change(s, N_("add default route via %s"), b);
}

static void
route_remove_print(const struct step *s, struct buf *b)
{
	print_change(s, N_("remove default route via %s"), b);
}

/* The ruleset */

static int
ruleset_run(
    const struct step *s, struct net *net UNUSED, bool *changed, struct err *e)
{
	*changed = fw_run(s->text, e) == 0;
	return *changed ? 0 : -1;
}

static int
ruleset_undo(const struct step *s, struct net *net UNUSED, struct err *e)
{
	return fw_restore(s->undo, e);
}

static void
ruleset_print(const struct step *s, struct buf *b)
{
	size_t commands = 0;
	const char *c;

	for (c = s->text; *c != '\0'; c++)
		commands += *c == '\n';
	buf_add(b, "table inet " RULESET_TABLE ": ");
	if (has_prefix(s->text, "delete table"))
		buf_add(b, _("delete it"));
	else
		buf_printf(b,
		    s->undo[0] != '\0'
			? _("change it, %zu commands in one transaction")
			: _("make it, %zu commands in one transaction"),
		    commands);
}

/* Counts go on and are no difference. */
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

static int
ruleset_compare(const struct step *s, struct err *e)
{
	char *now = fw_save(e), *have, *want;
	int r = 0;

	if (now == NULL)
		return -1;
	have = without_counts(now);
	want = without_counts(s->undo);
	if (strcmp(have, want) != 0)
		r = err_set(e, ERR_FAIL, "table inet %s is not what it was",
		    RULESET_TABLE);
	free(have);
	free(want);
	free(now);
	return r;
}

static int
sysctl_compare(const struct step *s, struct err *e)
{
	struct buf b = { 0 };
	int value;

	if (has_gone(s))
		return 0;
	if (net_sysctl_get(s->name, &value, e) != 0)
		return -1;
	if (value == s->before)
		return 0;
	buf_escape(&b, s->name, strlen(s->name));
	err_set(e, ERR_FAIL, "net/ipv6/conf/%s is %d and was %d", b.s, value,
	    s->before);
	buf_free(&b);
	return -1;
}

const struct step_kind step_kinds[STEP_COUNT] = {
	[STEP_KEEP] = { .name = "keep",
	    .run = keep_run,
	    .undo = sysctl_undo,
	    .compare = sysctl_compare },
	[STEP_SYSCTL] = { .name = "sysctl",
	    .run = sysctl_run,
	    .undo = sysctl_undo,
	    .compare = sysctl_compare,
	    .print = sysctl_print },
	[STEP_ROUTE_REMOVE] = { .name = "route-remove",
	    .run = route_remove,
	    .undo = route_readd,
	    .print = route_remove_print,
	    .route = true,
	    .removes = true },
	[STEP_ADDRESS_REMOVE] = { .name = "address-remove",
	    .run = address_remove,
	    .undo = address_readd,
	    .print = address_remove_print,
	    .removes = true },
	[STEP_ADDRESS_ADD] = { .name = "address-add",
	    .run = address_add,
	    .undo = address_unadd,
	    .print = address_add_print,
	    .adds = true },
	[STEP_ROUTE_ADD] = { .name = "route-add",
	    .run = route_add,
	    .undo = route_unadd,
	    .print = route_add_print,
	    .route = true,
	    .adds = true },
	[STEP_RULESET] = { .name = "ruleset",
	    .run = ruleset_run,
	    .undo = ruleset_undo,
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

void
plan_free(struct plan *p)
{
	size_t i;

	for (i = 0; i < p->n; i++) {
		free(p->v[i].name);
		free(p->v[i].text);
		free(p->v[i].undo);
	}
	free(p->v);
	memset(p, 0, sizeof(*p));
}
