/* Checks of this host and of its uplinks. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/base/file.h"
#include "core/base/intl.h"
#include "core/base/number.h"
#include "core/base/shell.h"
#include "core/kernel/net_flow.h"
#include "core/kernel/snmp6.h"
#include "core/lang/option.h"
#include "core/show/doctor_parts.h"
#include "core/state/unit.h"

/* ---- uplinks */

/* Whether containers need a way out in IPv6. */
static bool
is_about_ipv6(const struct config *c)
{
	const struct statement *st;
	size_t i;

	for (i = 0; i < c->n; i++) {
		st = c->v[i].st;
		if (st != NULL && st->kind == ST_BRIDGE &&
		    (st->v[BRIDGE_ULA].set || st->v[BRIDGE_PREFIX].set))
			return true;
	}
	return false;
}

static void
look_for_routes6(const struct examination *x)
{
	const struct config *c = &x->host->candidate;
	const struct snapshot *now = &x->host->snapshot;
	bool by_ipv4 =
	    config_option(c, OPTION_IPV4) == OPTION_ON && now->nroutes4 > 0;

	if (now->nroutes > 0 || (by_ipv4 && !is_about_ipv6(c)))
		return;
	doctor_add(x, DOCTOR_FAIL, NULL,
	    xstrdup(by_ipv4
			? _("no IPv6 default route: nothing of IPv6 gets in "
			    "or out")
			: _("no IPv6 default route: nothing gets in or out")));
}

/* Whether a stated uplink has an address of IPv4. */
static bool
has_ipv4(const struct config *c, const struct snapshot *now)
{
	const struct statement *st;
	const struct link *l;
	size_t i;

	for (i = 0; i < c->n; i++) {
		st = c->v[i].st;
		if (st == NULL || st->kind != ST_UPLINK)
			continue;
		l = snapshot_link(now, st->v[UPLINK_IFACE].text);
		if (l != NULL &&
		    snapshot_ipv4(now, NSID_SELF, l->index).family != AF_UNSPEC)
			return true;
	}
	return false;
}

static void
look_for_routes4(const struct examination *x)
{
	const struct config *c = &x->host->candidate;
	const struct snapshot *now = &x->host->snapshot;

	if (config_option(c, OPTION_IPV4) == OPTION_ON && now->nroutes4 == 0 &&
	    has_ipv4(c, now))
		doctor_add(x, DOCTOR_FAIL, NULL,
		    xstrdup(_("no IPv4 default route: nothing of IPv4 gets in "
			      "or out")));
}

static void
look_for_routes(const struct examination *x)
{
	look_for_routes6(x);
	look_for_routes4(x);
}

/* A plan sets what an uplink needs that is stated. */
static char *
cure_of_renewal(const struct host *h, const char *name)
{
	const struct statement *st;
	struct buf b = { 0 };
	size_t i;

	for (i = 0; i < h->saved.n; i++) {
		st = h->saved.v[i].st;
		if (st != NULL && st->kind == ST_UPLINK &&
		    strcmp(st->v[0].text, name) == 0)
			return xstrdup("seki apply");
	}
	shell_add(&b, "seki add uplink %s", name);
	return b.len > 0 ? buf_take(&b) : NULL;
}

static bool
is_deaf(const struct link *l)
{
	return l->conf[CONF_ACCEPT_RA] == 0 ||
	       (l->conf[CONF_ACCEPT_RA] == 1 && l->conf[CONF_FORWARDING] != 0);
}

/* Without a default route, this is why; with one, somebody wanted it so. */
static void
look_for_ignored(const struct examination *x)
{
	const struct snapshot *now = &x->host->snapshot;
	struct buf cure = { 0 };
	const struct link *l;
	unsigned long n;

	if (now->nroutes > 0)
		return;
	for (l = now->links; l < END_OF(now->links, now->nlinks); l++) {
		n = l->has_conf && is_deaf(l) && !link_is_inward(now, l)
			? snmp6_advertisements(l->name)
			: 0;
		if (n == 0)
			continue;
		doctor_add(x, DOCTOR_WARN, xstrdup(l->name),
		    xasprintf(_("router advertisements came in by it (%lu), "
				"and with accept_ra %d and forwarding %d the "
				"kernel takes none of them"),
			n, l->conf[CONF_ACCEPT_RA], l->conf[CONF_FORWARDING]));
		shell_add(
		    &cure, "sysctl net/ipv6/conf/%s/accept_ra=2", l->name);
		doctor_cure(x, cure.len > 0 ? buf_take(&cure) : NULL);
	}
}

/* With forwarding on, accept_ra 1 takes no advertisement any more
 * (ipv6_accept_ra() in include/net/ipv6.h): what came by one expires. */
static void
look_for_expiry(const struct examination *x)
{
	const struct snapshot *now = &x->host->snapshot;
	const struct route *r;
	const struct link *l;
	struct buf left = { 0 };

	for (r = now->routes; r < END_OF(now->routes, now->nroutes); r++) {
		l = snapshot_link_at(now, r->index);
		if (l == NULL || !route_by_ra(r) || r->expires == 0 ||
		    l->conf[CONF_ACCEPT_RA] != 1 ||
		    l->conf[CONF_FORWARDING] == 0)
			continue;
		number_seconds(&left, r->expires);
		doctor_add(x, DOCTOR_WARN, xstrdup(l->name),
		    xasprintf(_("its default route is lost in %s: with "
				"forwarding on, accept_ra 1 takes no router "
				"advertisement"),
			buf_text(&left)));
		doctor_cure(x, cure_of_renewal(x->host, l->name));
		buf_reset(&left);
	}
	buf_free(&left);
}

static void
look_for_renewal(const struct examination *x)
{
	look_for_expiry(x);
	look_for_ignored(x);
}

/* Of a public one. */
static void
look_for_duplicates(const struct examination *x)
{
	const struct snapshot *now = &x->host->snapshot;
	const struct address *a = now->addresses;
	struct buf addr = { 0 };
	const struct link *l;

	for (; a < END_OF(now->addresses, now->naddresses); a++) {
		l = snapshot_link_at(now, a->index);
		if (a->nsid != NSID_SELF || l == NULL ||
		    !address_is_on(a, l, AF_INET6) ||
		    address_state(a) != ADDRESS_DUPLICATE)
			continue;
		prefix_print(&a->prefix, &addr);
		doctor_add(x, DOCTOR_FAIL, xstrdup(l->name),
		    xasprintf(_("somebody else has its address %s, so that it "
				"cannot use it (duplicate address detection)"),
			buf_text(&addr)));
		buf_reset(&addr);
	}
	buf_free(&addr);
}

/* Which of this host's global addresses are in a state; NULL: none is. */
static const struct address *
global_in(const struct snapshot *now, enum address_state state)
{
	const struct address *a = now->addresses;

	for (; a < END_OF(now->addresses, now->naddresses); a++)
		if (a->nsid == NSID_SELF && a->prefix.family == AF_INET6 &&
		    addr_is_global(&a->prefix) && address_state(a) == state)
			return a;
	return NULL;
}

/* It may be on any link: a provider that routes a prefix here needs none on the
 * uplink. Temporary ones come and go beside a stable one. */
static void
look_for_addresses(const struct examination *x)
{
	static const struct {
		enum address_state state;
		enum doctor_verdict verdict;
		const char *why;
	} rows[] = {
		{ ADDRESS_TEMPORARY, DOCTOR_WARN,
		    N_("%s is temporary, and no other global IPv6 address is "
		       "there: who is told of it loses it") },
		{ ADDRESS_DEPRECATED, DOCTOR_WARN,
		    N_("%s is deprecated, and no other global IPv6 address is "
		       "there: nothing that begins should use it, and it goes "
		       "when its lifetime ends") },
		{ ADDRESS_TENTATIVE, DOCTOR_WARN,
		    N_("%s is tentative, and no other global IPv6 address is "
		       "there: it cannot be used before duplicate address "
		       "detection ends") },
	};
	const struct snapshot *now = &x->host->snapshot;
	const struct address *a = global_in(now, ADDRESS_STABLE);
	char text[ADDR_TEXT_MAX];
	size_t i;

	if (a != NULL || now->nroutes == 0)
		return;
	for (i = 0; i < NITEMS(rows) && a == NULL; i++)
		a = global_in(now, rows[i].state);
	if (a != NULL)
		doctor_add(x, rows[i - 1].verdict, NULL,
		    xasprintf(_(rows[i - 1].why), addr_text(&a->prefix, text)));
	else if (global_in(now, ADDRESS_DUPLICATE) == NULL)
		doctor_add(x, DOCTOR_FAIL, NULL,
		    xstrdup(_("this host has no global IPv6 address: nothing "
			      "of the Internet gets to it by IPv6")));
}

/* ---- host */

#define NEARLY 90 /* per cent */

static void
look_at_conntrack(const struct examination *x)
{
	unsigned used, max;

	if (!net_flows_room(&used, &max) || max == 0 ||
	    (uint64_t)used * 100 < (uint64_t)max * NEARLY)
		return;
	doctor_add(x, used >= max ? DOCTOR_FAIL : DOCTOR_WARN, NULL,
	    xasprintf(_("connection tracking has room for %u connections, and "
			"%u are there: new ones are dropped when it is "
			"full"),
		max, used));
	doctor_cure(
	    x, xasprintf("sysctl net.netfilter.nf_conntrack_max=%u", max * 2));
}

/* While the service runs, it puts the table back at once. */
static void
look_for_flush(const struct examination *x)
{
	if (unit_look()->warning == NULL || !unit_flushes())
		return;
	doctor_add(x, DOCTOR_WARN, NULL,
	    xasprintf(_("nftables.service loads %s, which flushes all "
			"rules, seki's too, and seki.service is not "
			"there to put them back"),
		UNIT_NFT_CONFIG));
	doctor_cure(x, xstrdup("systemctl enable --now seki"));
}

#define DAY (24 * 60 * 60) /* seconds that a clock may be off */

static void
take_newer(const char *path, const char *name, int64_t *when, const char **what)
{
	int64_t t = path != NULL ? file_time(path) : 0;

	if (t <= *when)
		return;
	*when = t;
	*what = name;
}

static void
print_day(int64_t when, char text[16])
{
	time_t t = (time_t)when;
	struct tm tm;

	if (localtime_r(&t, &tm) == NULL ||
	    strftime(text, 16, "%Y-%m-%d", &tm) == 0)
		strcpy(text, "?");
}

/* That nobody keeps it (STA_UNSYNC) does not say that it is wrong: hypervisors
 * keep it, too, and not all who do so tell the kernel. */
static void
look_at_clock(const struct examination *x)
{
	int64_t newest = 0, now = time(NULL);
	char then[16], today[16];
	const char *what = "";

	take_newer(
	    x->host->config_path, N_("the saved config"), &newest, &what);
	take_newer("/proc/self/exe", N_("the program itself"), &newest, &what);
	if (newest <= now + DAY)
		return;
	print_day(now, today);
	print_day(newest, then);
	doctor_add(x, DOCTOR_WARN, NULL,
	    xasprintf(_("the clock says %s, but %s is of %s: dates in the "
			"history and in logs are wrong, while no deadline of "
			"a commit goes by that clock"),
		today, _(what), then));
	if (unit_has_systemd())
		doctor_cure(x, xstrdup("timedatectl set-ntp true"));
}

static const struct doctor_check checks[] = {
	{ "default-route", DOCTOR_UPLINKS, look_for_routes,
	    N_("the default route") },
	{ "accept-ra", DOCTOR_UPLINKS, look_for_renewal,
	    N_("router advertisements") },
	{ "duplicate", DOCTOR_UPLINKS, look_for_duplicates,
	    N_("duplicate addresses") },
	{ "global", DOCTOR_UPLINKS, look_for_addresses,
	    N_("global addresses") },
	{ "conntrack", DOCTOR_HOST, look_at_conntrack,
	    N_("connection tracking") },
	{ "clock", DOCTOR_HOST, look_at_clock, N_("the clock") },
	{ "flush", DOCTOR_HOST, look_for_flush, N_("rules at boot") },
};
const struct doctor_checks doctor_host = { checks, NITEMS(checks) };
