/* Reasons in this host. */
#include "config.h"

#include "core/plan/model_counter.h"
#include "core/state/check_parts.h"
#include "core/state/moved.h"

#include <stdlib.h>

#include "core/base/intl.h"

static bool
no_forwarding(const struct check_subject *s, struct buf *what UNUSED)
{
	return check_seen(s)->has_ipv6 && check_seen(s)->forwarding == 0;
}

static bool
no_ipv4_forwarding(const struct check_subject *s, struct buf *what UNUSED)
{
	return s->forward->family == FAMILY_IPV4 &&
	       check_seen(s)->forwarding4 == 0;
}

bool
check_has_rules(const struct host *h, const char *id, enum family family)
{
	char *name = model_meter_name(id, METER_IN, family);
	bool has = counters_find(&h->counters, name) != NULL;

	free(name);
	return has;
}

static bool
no_rules(const struct check_subject *s, struct buf *what UNUSED)
{
	return !check_has_rules(s->host, s->forward->id, s->forward->family);
}

/* An edited table may let through less, or more. */
static bool
rules_edited(const struct check_subject *s, struct buf *what UNUSED)
{
	return s->host->rules_drift;
}

static bool
no_route(const struct check_subject *s, struct buf *what UNUSED)
{
	return check_seen(s)->nroutes == 0;
}

static bool
no_ipv4_route(const struct check_subject *s, struct buf *what UNUSED)
{
	return s->forward->family == FAMILY_IPV4 &&
	       check_seen(s)->nroutes4 == 0;
}

static bool
uplink_down(const struct check_subject *s, struct buf *what)
{
	const struct link *l;
	size_t i;

	for (i = 0; i < s->model->nuplinks; i++) {
		l = s->model->uplinks[i].link;
		if (l->index == 0 || l->running)
			return false;
	}
	return s->model->nuplinks > 0 &&
	       check_name_link(s->model->uplinks[0].link, what);
}

static bool
uplink_gone(const struct check_subject *s, struct buf *what)
{
	size_t i;

	for (i = 0; i < s->model->nuplinks; i++)
		if (s->model->uplinks[i].link->index != 0)
			return false;
	return s->model->nuplinks > 0 &&
	       check_name_link(s->model->uplinks[0].link, what);
}

/* Packets that arrive on a port of a bridge or bond belong to its master. */
static bool
uplink_is_port(const struct check_subject *s, struct buf *what)
{
	const struct link *l, *master;
	size_t i;

	for (i = 0; i < s->model->nuplinks; i++) {
		l = s->model->uplinks[i].link;
		master = snapshot_link_at(check_seen(s), l->master);
		if (master == NULL || !link_takes_packets(master))
			return false;
	}
	return s->model->nuplinks > 0 &&
	       check_name_link(s->model->uplinks[0].link, what);
}

static bool
public_gone(const struct check_subject *s, struct buf *what)
{
	size_t i;

	for (i = 0; i < s->forward->non; i++)
		if (snapshot_own(check_seen(s), &s->forward->on[i]) != NULL)
			return false;
	return s->forward->non > 0 &&
	       check_name_address(&s->forward->on[0], what);
}

static bool
public_not_ready(const struct check_subject *s, struct buf *what)
{
	const struct address *a;
	size_t i;

	for (i = 0; i < s->forward->non; i++) {
		a = snapshot_own(check_seen(s), &s->forward->on[i]);
		if (a != NULL && !check_is_not_ready(a))
			return false;
	}
	return s->forward->non > 0 &&
	       check_name_address(&s->forward->on[0], what);
}

void
check_left_out(
    const struct check_subject *s, const char *reason, struct buf *why)
{
	struct buf what = { 0 };

	if (uplink_gone(s, &what))
		buf_printf(why, _("%s is not there"), buf_text(&what));
	else if (uplink_down(s, &what))
		buf_printf(
		    why, _("%s is down, or has no carrier"), buf_text(&what));
	else if (s->model->nuplinks == 0)
		buf_add(why, _("this host has no IPv6 default route"));
	else if (reason != NULL)
		buf_add(why, reason);
	else
		buf_add(why, _("its address or its container is not there"));
	buf_free(&what);
}

/* As long as nobody brings the rules up to date. */
static bool
public_moved(const struct check_subject *s, struct buf *what)
{
	bool named = s->forward->st->v[FORWARD_ON].set;
	size_t i;

	for (i = 0; i < s->forward->non; i++)
		if (moved_holds(s->noted, &s->forward->on[i], named))
			return false;
	return s->forward->non > 0 &&
	       check_name_address(&s->forward->on[0], what);
}

static bool
target_moved(const struct check_subject *s, struct buf *what)
{
	return s->forward->family == FAMILY_IPV4 && check_is_named(s) &&
	       moved_away(s->noted, check_seen(s), s->forward->container) &&
	       check_name_address(&s->forward->target, what);
}

static void
uplink_up(const struct check_subject *s, struct buf *b)
{
	check_cure_link(s->model->uplinks[0].link, b);
}

static const struct check rows[] = {
	{ "rules", LIGHT_MATCHES, CHECK_BROKEN, no_rules,
	    N_("the kernel does not have it: seki apply"), false,
	    check_cure_apply, NULL },
	{ "edited", LIGHT_MATCHES, CHECK_DEGRADED, rules_edited,
	    N_("table inet seki is not as committed: seki apply"), false,
	    check_cure_apply, NULL },
	{ "forwarding", LIGHT_ACCEPT, CHECK_BROKEN, no_forwarding,
	    N_("IPv6 forwarding of this host is off: seki apply"), true,
	    check_cure_apply, NULL },
	{ "forwarding-ipv4", LIGHT_ACCEPT, CHECK_BROKEN, no_ipv4_forwarding,
	    N_("IPv4 forwarding of this host is off: seki apply"), false,
	    check_cure_apply, NULL },
	{ "uplink", LIGHT_ARRIVES, CHECK_BROKEN, uplink_gone,
	    N_("%s is not there"), false, NULL, NULL },
	{ "uplink-down", LIGHT_ARRIVES, CHECK_BROKEN, uplink_down,
	    N_("%s is down, or has no carrier"), false, uplink_up, NULL },
	{ "uplink-port", LIGHT_ARRIVES, CHECK_BROKEN, uplink_is_port,
	    N_("%s is a port of another interface, which takes its packets"),
	    false, NULL, NULL },
	{ "public", LIGHT_ARRIVES, CHECK_BROKEN, public_gone,
	    N_("no interface of this host has %s"), false, NULL, NULL },
	{ "public-moved", LIGHT_MATCHES, CHECK_BROKEN, public_moved,
	    N_("the rules are not for %s yet: seki apply"), false,
	    check_cure_apply, NULL },
	{ "target-moved", LIGHT_MATCHES, CHECK_BROKEN, target_moved,
	    N_("the rules are not for %s yet: seki apply"), false,
	    check_cure_apply, NULL },
	{ "public-dad", LIGHT_ARRIVES, CHECK_BROKEN, public_not_ready,
	    N_("%s cannot be used yet: duplicate address detection has not "
	       "ended, or found another one"),
	    true, NULL, NULL },
	{ "route", LIGHT_BACK, CHECK_DEGRADED, no_route,
	    N_("this host has no IPv6 default route"), true, NULL, NULL },
	{ "route-ipv4", LIGHT_BACK, CHECK_DEGRADED, no_ipv4_route,
	    N_("this host has no IPv4 default route"), false, NULL, NULL },
};
const struct check_group check_host = { rows, NITEMS(rows) };
