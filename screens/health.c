/* The health of a host, by its snapshot and configs. */
#include "config.h"

#include "screens/health.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/show/list_check.h"
#include "core/state/drift.h"

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
key_of(const struct host *host, const struct doctor_row *r)
{
	struct buf b = { 0 };

	listing_checks.key(host, r, &b);
	return buf_take(&b);
}

/* ---- forwards and containers: one line for all that have the same trouble */

static char *
tell_forwards(const struct doctor_row *first, size_t n)
{
	bool broken = first->verdict == DOCTOR_FAIL;

	if (n == 1)
		return xasprintf(
		    broken ? _("%s is broken: %s") : _("%s is degraded: %s"),
		    first->subject, first->why);
	return xasprintf(broken ? _("%zu forwards are broken, the first is "
				    "%s: %s")
				: _("%zu forwards are degraded, the first is "
				    "%s: %s"),
	    n, first->subject, first->why);
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

static char *
tell_cut_routes(size_t n, const char *names)
{
	return xasprintf(
	    ngettext("%zu container has more than %d routes, of which seki "
		     "reads only the one to the Internet: %s",
		"%zu containers have more than %d routes, of which seki reads "
		"only the one to the Internet: %s",
		n),
	    n, ROUTES_MAX, names);
}

/* How what a check found is shown. */
static const struct manner {
	const char *check;
	enum tab tab;
	bool shares; /* a line for all of them */
	/* What that says; NULL: as of forwards. */
	char *(*tell)(size_t n, const char *names);
} manners[] = {
	{ "default-route", TAB_LINKS, false, NULL },
	{ "accept-ra", TAB_LINKS, false, NULL },
	{ "duplicate", TAB_LINKS, false, NULL },
	{ "candidate", TAB_CHANGES, false, NULL },
	{ "forward", TAB_FORWARDS, true, NULL },
	{ "hidden", TAB_FORWARDS, false, NULL },
	{ "ula", TAB_CONTAINERS, true, tell_no_ula },
	{ "addresses", TAB_CONTAINERS, true, tell_cut },
	{ "many-routes", TAB_CONTAINERS, true, tell_cut_routes },
	{ NULL, TAB_DOCTOR, false, NULL },
};

static const struct manner *
manner_of(const struct doctor_row *r)
{
	const struct manner *m = manners;

	while (m->check != NULL && strcmp(m->check, r->check) != 0)
		m++;
	return m;
}

static bool
is_same(const struct doctor_row *a, const struct doctor_row *b)
{
	return a->verdict == b->verdict && strcmp(a->check, b->check) == 0;
}

/* The names of all that have the same trouble, a container once for each of
 * its ports. */
static char *
tell_all(const struct doctor *d, const struct doctor_row *first,
    const struct manner *m)
{
	const struct doctor_row *r = first;
	struct buf names = { 0 };
	size_t n = 0;
	char *text;

	for (; r < END_OF(d->v, d->n); r++)
		if (is_same(r, first) && n++ < NAMES_MAX && m->tell != NULL)
			buf_printf(&names, "%s%s",
			    names.len > 0 ? intl_comma() : "", r->subject);
	if (n > NAMES_MAX)
		buf_add(&names, ", ...");
	text = m->tell != NULL ? m->tell(n, buf_text(&names))
			       : tell_forwards(first, n);
	buf_free(&names);
	return text;
}

static char *
tell_one(const struct doctor_row *r)
{
	return r->subject != NULL ? xasprintf("%s: %s", r->subject, r->why)
				  : xstrdup(r->why);
}

/* A sentence, which it takes, with how much of it the candidate cures. */
static char *
tell_cured(char *text, size_t cured, size_t n)
{
	char *all;

	if (cured == 0)
		return text;
	all = cured == n
		  ? xasprintf(_("%s (the candidate cures it)"), text)
		  : xasprintf(_("%s (the candidate cures %zu)"), text, cured);
	free(text);
	return all;
}

static void
add_row(struct health *h, const struct host *host, const struct doctor *d,
    const struct doctor_row *first)
{
	const struct manner *m = manner_of(first);
	const char *mark = first->verdict == DOCTOR_FAIL ? "FAIL" : "WARN";
	char *text = m->shares ? tell_all(d, first, m) : tell_one(first);
	const struct doctor_row *r = first;
	size_t n = 0, cured = 0;
	struct trouble *t;

	do {
		n += is_same(r, first);
		cured += is_same(r, first) && r->cured;
	} while (m->shares && ++r < END_OF(d->v, d->n));
	t = add(h, mark, m->tab, tell_cured(text, cured, n));
	t->check = key_of(host, first);
	t->cured = cured == n;
}

/* The rows of a check are together: the first of them tells of all where they
 * share a line. */
static void
add_rows(struct health *h, const struct host *host, const struct doctor *d,
    enum doctor_verdict verdict)
{
	const struct doctor_row *r = d->v, *last = NULL;

	for (; r < END_OF(d->v, d->n); r++) {
		if (r->verdict != verdict)
			continue;
		if (last == NULL || !is_same(last, r) || !manner_of(r)->shares)
			add_row(h, host, d, r);
		last = r;
	}
}

static void
count(struct health *h, const struct doctor *d)
{
	const struct doctor_row *r = d->v;

	for (; r < END_OF(d->v, d->n); r++) {
		h->fails += r->verdict == DOCTOR_FAIL;
		h->warns += r->verdict == DOCTOR_WARN;
	}
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
		return;
	if (host->changes > 0 && is_committed(host))
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

bool
trouble_is(const struct trouble *t)
{
	return has_prefix(t->text, "FAIL") || has_prefix(t->text, "WARN");
}

void
health_read(
    struct health *h, const struct host *host, const struct doctor_lists *lists)
{
	struct doctor d;

	doctor_examine(&d, host, lists);
	count(h, &d);
	add_rows(h, host, &d, DOCTOR_FAIL);
	add_rows(h, host, &d, DOCTOR_WARN);
	add_candidate(h, host);
	if (h->n == 0)
		add(h, "ok", TAB_DASHBOARD, xstrdup(_("no problem found")));
	doctor_free(&d);
}

void
health_free(struct health *h)
{
	size_t i;

	for (i = 0; i < h->n; i++) {
		free(h->v[i].text);
		free(h->v[i].check);
	}
	free(h->v);
	*h = (struct health){ 0 };
}
