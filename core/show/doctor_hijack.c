/* The check of translations of others. */
#include "config.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/lang/option.h"
#include "core/reach/hijack.h"
#include "core/show/doctor_parts.h"
#include "core/state/drift.h"

/* The rule may be in a chain that the hook's leads to. */
static char *
where(const struct hooks *all, const struct hook *h, const struct hijack *found)
{
	struct buf name = { 0 };

	if (found->at != &all->tables.chains[h->chain]) {
		buf_escape(&name, found->at->name, strlen(found->at->name));
		buf_add(&name, intl_comma());
	}
	hook_name(all, h, &name);
	return buf_take(&name);
}

static void
tell(const struct examination *x, const struct hook *h,
    const struct hijack *found, const char *bridge)
{
	const struct hooks *all = &x->host->hooks;
	char *name = where(all, h, found);
	struct buf cure = { 0 };

	doctor_add(x, DOCTOR_FAIL, xstrdup(bridge),
	    xasprintf(_("what its containers send to %s %u of any host on the "
			"Internet is sent elsewhere by rule %u of %s: it asks "
			"for no destination"),
		found->proto == IPPROTO_TCP ? "tcp" : "udp", found->port,
		found->rule, name));
	hijack_cure(all, h, found, bridge, &cure);
	doctor_cure(x, cure.len > 0 ? buf_take(&cure) : NULL);
	free(name);
}

/* Each chain once, by the first that it catches. */
static void
look_behind(const struct examination *x, const char *bridge, bool ipv4)
{
	const struct hooks *all = &x->host->hooks;
	const struct hook *h;
	struct hijack found;

	for (h = all->v; h < END_OF(all->v, all->n); h++)
		if (hijack_find(all, h, FAMILY_IPV6, bridge, &found) ||
		    (ipv4 && hijack_find(all, h, FAMILY_IPV4, bridge, &found)))
			tell(x, h, &found, bridge);
}

static void
look_for_hijacks(const struct examination *x)
{
	struct config store = { 0 };
	struct err ignored;
	const struct config *c = drift_config(x->host, &store, &ignored);
	const struct statement *st;
	size_t i;

	for (i = 0; c != NULL && i < c->n; i++) {
		st = c->v[i].st;
		if (st != NULL && st->kind == ST_BRIDGE)
			look_behind(x, st->v[BRIDGE_IFACE].text,
			    config_option(c, OPTION_IPV4) == OPTION_ON);
	}
	config_free(&store);
}

static const struct doctor_check checks[] = {
	{ "hijack", DOCTOR_OTHERS, look_for_hijacks,
	    N_("translations of other programs") },
};
const struct doctor_checks doctor_hijack = { checks, NITEMS(checks) };
