/* Running and undoing the steps of a plan. */
#include "config.h"

#include "core/plan/step_run.h"

#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/util.h"
#include "core/kernel/net_bridge.h"
#include "core/plan/fw.h"
#include "core/plan/ruleset_diff.h"
#include "core/plan/ruleset_edit.h"

/* Sysctls. An interface is found by its index, which survives a rename; index 0
 * is "all". */

/* Owned by the caller; NULL if the interface is gone. */
static char *
sysctl_path(const struct step *s)
{
	char now[IF_NAMESIZE];
	const char *name = s->name;

	if (s->at.index != 0)
		name = if_indextoname((unsigned)s->at.index, now);
	return name != NULL ? xasprintf("%s/%s/%s", confs[s->conf].folder, name,
				  confs[s->conf].name)
			    : NULL;
}

static int
sysctl_set(const struct step *s, int value, struct err *e)
{
	char *path = sysctl_path(s);
	int r = path != NULL ? net_sysctl_set(path, value, e) : 0;

	free(path);
	return r;
}

static int
sysctl_run(
    const struct step *s, struct net *net UNUSED, bool *changed, struct err *e)
{
	*changed = sysctl_set(s, s->after, e) == 0;
	return *changed ? 0 : -1;
}

static int
sysctl_undo(const struct step *s, struct net *net UNUSED, bool *changed UNUSED,
    struct err *e)
{
	return sysctl_set(s, s->before, e);
}

/* A router accepts no redirects (RFC 1812, 5.2.7.2), as the kernel sees to. */
static int
forwarding4_set(const struct step *s, int on, struct err *e)
{
	return net_ipv4_forwarding_set(on, on ? 0 : s->redirects, e);
}

static int
forwarding4_run(
    const struct step *s, struct net *net UNUSED, bool *changed, struct err *e)
{
	*changed = forwarding4_set(s, s->after, e) == 0;
	return *changed ? 0 : -1;
}

static int
forwarding4_undo(const struct step *s, struct net *net UNUSED,
    bool *changed UNUSED, struct err *e)
{
	return forwarding4_set(s, s->before, e);
}

/* all/forwarding writes to every interface; those that differed are restored
 * one by one afterwards. */
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
	int r = net_address_add(net, s->container, &s->address, changed, e);

	if (r == 0)
		net_announce(net, s->container, &s->address);
	return r;
}

static int
address_remove(
    const struct step *s, struct net *net, bool *changed, struct err *e)
{
	return net_address_remove(net, s->container, &s->address, changed, e);
}

static int
route_add(const struct step *s, struct net *net, bool *changed, struct err *e)
{
	return net_route_add(net, s->container, &s->route, changed, e);
}

static int
route_remove(
    const struct step *s, struct net *net, bool *changed, struct err *e)
{
	return net_route_remove(net, s->container, &s->route, changed, e);
}

/* Proxy entries */

static struct proxy
proxy_of(const struct step *s)
{
	return (struct proxy){ .index = s->at.index,
		.addr = s->address.prefix,
		.protocol = s->address.proto };
}

/* Whoever has answered for it so far is in the routers' caches. */
static int
proxy_add(const struct step *s, struct net *net, bool *changed, struct err *e)
{
	const struct proxy proxy = proxy_of(s);
	int r = net_proxy_add(net, &proxy, changed, e);

	if (r == 0)
		net_announce_proxy(net, &proxy);
	return r;
}

static int
proxy_remove(
    const struct step *s, struct net *net, bool *changed, struct err *e)
{
	const struct proxy proxy = proxy_of(s);

	return net_proxy_remove(net, &proxy, changed, e);
}

/* Bridges */

static struct net_bridge
bridge_of(const struct step *s)
{
	return (struct net_bridge){
		.name = s->name, .index = s->at.index, .mac = s->mac
	};
}

static int
bridge_make(const struct step *s, struct net *net, bool *changed, struct err *e)
{
	const struct net_bridge b = bridge_of(s);

	return net_bridge_make(net, &b, changed, e);
}

static int
bridge_remove(
    const struct step *s, struct net *net, bool *changed, struct err *e)
{
	const struct net_bridge b = bridge_of(s);

	return net_bridge_remove(net, &b, changed, e);
}

static int
bridge_up(const struct step *s, struct net *net, bool *changed, struct err *e)
{
	const struct net_bridge b = bridge_of(s);

	return net_bridge_set(net, &b, true, changed, e);
}

static int
bridge_down(const struct step *s, struct net *net, bool *changed, struct err *e)
{
	const struct net_bridge b = bridge_of(s);

	return net_bridge_set(net, &b, false, changed, e);
}

/* The ruleset */

/* A small change, if nobody has written since it was planned. -1: it has to be
 * made by libnftables, which tells what is wrong with it. */
static int
change(const struct step *s, struct net *net, struct err *e)
{
	struct net_edit v[NET_EDITS_MAX];
	size_t n = s->have != NULL ? ruleset_edits(s->want, s->have, v) : 0;
	bool lost = false;

	if (n > 0 &&
	    net_edit(net, NET_TABLE, v, n, s->generation, &lost, e) == 0)
		return 0;
	return lost ? FW_LOST : -1;
}

bool
step_is_taken(const struct step *s, struct net *net)
{
	struct net_edit v[NET_EDITS_MAX];
	size_t n = s->have != NULL ? ruleset_edits(s->want, s->have, v) : 0;

	return n > 0 && net_would_edit(net, NET_TABLE, v, n, s->generation);
}

/* A change may be refused where the whole is not. What the first was refused
 * for says more. */
static int
load(const struct step *s, struct err *e)
{
	int r = fw_run(s->text, e);
	char *anew = r == -1 ? step_anew(s) : NULL;
	struct err why;

	if (anew != NULL) {
		r = fw_run(anew, &why);
		if (r == FW_LOST)
			*e = why;
	}
	free(anew);
	return r;
}

static int
ruleset_run(const struct step *s, struct net *net, bool *changed, struct err *e)
{
	int r = change(s, net, e);

	if (r == -1)
		r = load(s, e);
	*changed = r == 0 || r == FW_LOST;
	return r == 0 ? 0 : -1;
}

int
step_read_digest(struct net *net, struct table_digest *d, struct err *e)
{
	struct rules now;

	memset(d, 0, sizeof(*d));
	if (net_rules(net, NET_TABLE, &now, e) != 0)
		return -1;
	if (now.flags != 0)
		return err_set(
		    e, ERR_FAIL, "table inet %s is dormant", NET_TABLE);
	if (!now.present)
		return 0;
	d->marks = now.marks;
	d->shape = now.shape;
	return net_elements(net, NET_TABLE, &d->elements, e);
}

static bool
is_undone(const struct step *s, struct net *net)
{
	struct table_digest now;
	struct err ignored;

	return step_read_digest(net, &now, &ignored) == 0 &&
	       table_digest_equal(&now, &s->was);
}

/* What has gone on counting goes on with that. */
static int
restore(const struct step *s, struct net *net, struct err *e)
{
	struct counters now = { 0 };
	struct buf text = { 0 };
	struct err ignored;
	int r;

	net_counters(net, NET_TABLE, &now, &ignored);
	ruleset_recount(s->undo, &now, &text);
	r = fw_restore(buf_text(&text), e);
	counters_free(&now);
	buf_free(&text);
	return r == 0 ? 0 : -1;
}

/* The way back is one from the table that the step left: somebody may have
 * changed it since. */
static int
ruleset_undo(
    const struct step *s, struct net *net, bool *changed UNUSED, struct err *e)
{
	struct err ignored;

	if (s->back != NULL &&
	    (is_undone(s, net) ||
		(fw_run(s->back, &ignored) == 0 && is_undone(s, net))))
		return 0;
	return restore(s, net, e);
}

typedef int step_fn(
    const struct step *, struct net *, bool *changed, struct err *);

static const struct {
	step_fn *run, *undo;
} kinds[STEP_COUNT] = {
	[STEP_KEEP] = { keep_run, sysctl_undo },
	[STEP_SYSCTL] = { sysctl_run, sysctl_undo },
	[STEP_IPV4_FORWARDING] = { forwarding4_run, forwarding4_undo },
	[STEP_ROUTE_REMOVE] = { route_remove, route_add },
	[STEP_ADDRESS_REMOVE] = { address_remove, address_add },
	[STEP_ADDRESS_ADD] = { address_add, address_remove },
	[STEP_ROUTE_ADD] = { route_add, route_remove },
	[STEP_PROXY_REMOVE] = { proxy_remove, proxy_add },
	[STEP_PROXY_ADD] = { proxy_add, proxy_remove },
	[STEP_BRIDGE_MAKE] = { bridge_make, bridge_remove },
	[STEP_BRIDGE_UP] = { bridge_up, bridge_down },
	[STEP_BRIDGE_REMOVE] = { bridge_remove, bridge_make },
	[STEP_RULESET] = { ruleset_run, ruleset_undo },
};

int
step_run(struct step *s, struct net *net, struct err *e)
{
	return kinds[s->kind].run(s, net, &s->done, e);
}

int
step_undo(const struct step *s, struct net *net, struct err *e)
{
	return kinds[s->kind].undo(s, net, NULL, e);
}
