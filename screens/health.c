/* The health of a host, by its snapshot and configs. */
#include "config.h"

#include "screens/health.h"

#include <stdlib.h>

#include "core/base/intl.h"
#include "core/lang/statement.h"
#include "core/reach/hook_tell.h"
#include "core/reach/untouched.h"
#include "core/show/list_container.h"
#include "core/show/list_forward.h"
#include "core/show/listing.h"
#include "core/state/check.h"
#include "core/state/drift.h"
#include "core/state/unit.h"

#define NAMES_MAX 4

/* Takes the text. */
static struct trouble *
add(struct health *h, const char *mark, enum tab tab, char *text)
{
	h->v = xgrow(h->v, h->n, sizeof(*h->v));
	h->v[h->n] = (struct trouble){ .tab = tab,
		.text = xasprintf("%-4s %s", mark, text) };
	free(text);
	return &h->v[h->n++];
}

static char *
key_of(const struct listing *l, const struct host *host, const void *row)
{
	struct buf b = { 0 };

	l->key(host, row, &b);
	return buf_take(&b);
}

static char *
tell_forwards(
    enum forward_state state, const struct forward_row *first, size_t n)
{
	struct buf key = { 0 };
	char *text;

	statement_key(first->st, &key);
	if (n == 1)
		text =
		    xasprintf(state == FORWARD_BROKEN ? _("%s is broken: %s")
						      : _("%s is degraded: %s"),
			buf_text(&key), first->reason);
	else
		text = xasprintf(state == FORWARD_BROKEN
				     ? _("%zu forwards are broken, the first "
					 "is %s: %s")
				     : _("%zu forwards are degraded, the "
					 "first is %s: %s"),
		    n, buf_text(&key), first->reason);
	buf_free(&key);
	return text;
}

static void
add_forwards(struct health *h, const struct host *host,
    enum forward_state state, const struct forward_row *v, size_t n)
{
	const struct forward_row *first = NULL;
	size_t found = 0, i;

	for (i = 0; i < n; i++) {
		if (v[i].state != state)
			continue;
		first = first != NULL ? first : &v[i];
		found++;
	}
	if (first == NULL)
		return;
	add(h, state == FORWARD_BROKEN ? "FAIL" : "WARN", TAB_FORWARDS,
	    tell_forwards(state, first, found))
	    ->select = key_of(&listing_forwards, host, first);
}

static bool
has_no_ula(const struct host *host, const struct container_row *r)
{
	return r->container != NULL && container_wants_ula(host, r);
}

static char *
tell_no_ula(size_t n, const char *names)
{
	return xasprintf(
	    ngettext("%zu container without a ULA, where no forward can lead: "
		     "%s",
		"%zu containers without a ULA, where no forward can lead: %s",
		n),
	    n, names);
}

static bool
is_cut(const struct host *host UNUSED, const struct container_row *r)
{
	return r->container != NULL && r->container->cut;
}

static char *
tell_cut(size_t n, const char *names)
{
	return xasprintf(
	    ngettext("%zu container has more than %d addresses, of which seki "
		     "reads only some: %s",
		"%zu containers have more than %d addresses, of which seki "
		"reads only some: %s",
		n),
	    n, ADDRESSES_MAX, names);
}

/* A container has a row for each of its ports. */
static void
add_containers(struct health *h, const struct host *host,
    const struct container_row *v, size_t n,
    bool (*is)(const struct host *, const struct container_row *),
    char *(*tell)(size_t, const char *))
{
	const struct container_row *first = NULL;
	struct buf names = { 0 };
	size_t found = 0, i;

	for (i = 0; i < n; i++) {
		if (!is(host, &v[i]))
			continue;
		first = first != NULL ? first : &v[i];
		if (found++ < NAMES_MAX)
			buf_printf(&names, "%s%s", names.len > 0 ? ", " : "",
			    v[i].name);
	}
	if (found > NAMES_MAX)
		buf_add(&names, ", ...");
	if (first != NULL)
		add(h, "WARN", TAB_CONTAINERS, tell(found, buf_text(&names)))
		    ->select = key_of(&listing_containers, host, first);
	buf_free(&names);
}

/* Drift since the last commit, a line for each change. */
static void
add_drift(struct health *h, const struct host *host)
{
	struct buf b = { 0 };

	if (host->drift == 0)
		return;
	buf_printf(&b,
	    ngettext("drift: %u thing is not as committed (seki apply repairs "
		     "it)",
		"drift: %u things are not as committed (seki apply repairs "
		"them)",
		host->drift),
	    host->drift);
	buf_printf(&b, "\n%s", host->drift_text);
	add(h, "FAIL", TAB_DASHBOARD, buf_take(&b));
}

/* Effects of other programs' tables on what was committed, a row each. */
static void
add_hooks(struct health *h, const struct host *host)
{
	struct config store = { 0 };
	struct buf lines = { 0 };
	const struct config *c;
	struct err ignored;
	char *rest, *line;

	c = drift_config(host, &store, &ignored);
	if (c != NULL)
		hooks_tell(&host->hooks, c, &lines);
	config_free(&store);
	rest = lines.s;
	while ((line = next_line(&rest)) != NULL)
		add(h, "WARN", TAB_DASHBOARD, xstrdup(line));
	buf_free(&lines);
}

/* What a default that closes this host leaves open. */
static void
add_untouched(struct health *h, const struct host *host)
{
	const struct sockets *s = &host->sockets;
	struct buf lines = { 0 };
	struct checkup k;

	checkup_begin(&k, host);
	if (k.known)
		untouched_tell(k.model, s->has_own ? &s->own : NULL, &lines);
	checkup_end(&k);
	if (lines.len > 0)
		add(h, "WARN", TAB_DASHBOARD, buf_take(&lines));
	buf_free(&lines);
}

static void
add_unit(struct health *h)
{
	const char *warning = unit_look()->warning;

	if (warning != NULL)
		add(h, "WARN", TAB_DASHBOARD, xstrdup(_(warning)));
}

static void
add_saved(struct health *h, const struct host *host)
{
	if (host->saved_error.code != ERR_NONE)
		add(h, "FAIL", TAB_DASHBOARD,
		    xasprintf(_("the saved config cannot be read: %s"),
			host->saved_error.text));
}

/* Whether the candidate equals the pending config, byte by byte. */
static bool
is_committed(const struct host *host)
{
	struct config store = { 0 };
	const struct config *c;
	struct err ignored;
	bool is = false;

	if (pending_rules[host->pending.phase].open) {
		c = drift_config(host, &store, &ignored);
		is = c != NULL && config_equal(c, &host->candidate);
	}
	config_free(&store);
	return is;
}

static void
add_candidate(struct health *h, const struct host *host)
{
	if (host->candidate_error.code != ERR_NONE)
		add(h, "FAIL", TAB_CHANGES,
		    xasprintf(_("the candidate cannot be read: %s"),
			host->candidate_error.text));
	else if (host->changes > 0 && is_committed(host))
		add(h, "note", TAB_CHANGES,
		    xasprintf(ngettext("%u change waits to be confirmed: c "
				       "confirms it",
				  "%u changes wait to be confirmed: c confirms "
				  "them",
				  host->changes),
			host->changes));
	else if (host->changes > 0)
		add(h, "note", TAB_CHANGES,
		    xasprintf(ngettext("%u change is not committed: c shows "
				       "what a commit would do",
				  "%u changes are not committed: c shows what "
				  "a commit would do",
				  host->changes),
			host->changes));
}

/* Whether something of IPv6 is given on this host. */
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
add_routes(struct health *h, const struct host *host)
{
	bool by_ipv4 =
	    config_option(&host->candidate, OPTION_IPV4) == OPTION_ON &&
	    host->snapshot.nroutes4 > 0;

	if (host->snapshot.nroutes > 0 ||
	    (by_ipv4 && !is_about_ipv6(&host->candidate)))
		return;
	add(h, "FAIL", TAB_LINKS,
	    xstrdup(by_ipv4 ? _("no IPv6 default route: nothing of IPv6 gets "
				"in or out")
			    : _("no IPv6 default route: nothing gets in or "
				"out")));
}

bool
trouble_is(const struct trouble *t)
{
	return has_prefix(t->text, "FAIL") || has_prefix(t->text, "WARN");
}

void
health_read(struct health *h, const struct host *host,
    const struct container_row *containers, size_t ncontainers,
    const struct forward_row *forwards, size_t nforwards)
{
	add_routes(h, host);
	add_saved(h, host);
	add_drift(h, host);
	add_hooks(h, host);
	add_forwards(h, host, FORWARD_BROKEN, forwards, nforwards);
	add_forwards(h, host, FORWARD_DEGRADED, forwards, nforwards);
	add_untouched(h, host);
	add_unit(h);
	add_candidate(h, host);
	add_containers(
	    h, host, containers, ncontainers, has_no_ula, tell_no_ula);
	add_containers(h, host, containers, ncontainers, is_cut, tell_cut);
	if (h->n == 0)
		add(h, "ok", TAB_DASHBOARD, xstrdup(_("no problem found")));
}

void
health_free(struct health *h)
{
	size_t i;

	for (i = 0; i < h->n; i++) {
		free(h->v[i].text);
		free(h->v[i].select);
	}
	free(h->v);
	*h = (struct health){ 0 };
}
