/* All that seki looks at on this host. */
#include "config.h"

#include "core/show/doctor.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/base/shell.h"
#include "core/reach/hidden.h"
#include "core/reach/hook_tell.h"
#include "core/reach/untouched.h"
#include "core/show/doctor_parts.h"
#include "core/state/check.h"
#include "core/state/drift.h"
#include "core/state/tested.h"
#include "core/state/unit.h"

const char *const doctor_areas[DOCTOR_AREAS] = {
	[DOCTOR_HOST] = N_("host"),
	[DOCTOR_UPLINKS] = N_("uplinks"),
	[DOCTOR_BRIDGES] = N_("bridges"),
	[DOCTOR_CONTAINERS] = N_("containers"),
	[DOCTOR_FORWARDS] = N_("forwards"),
	[DOCTOR_OTHERS] = N_("others"),
	[DOCTOR_SEKI] = N_("seki"),
};

/* ---- containers */

/* The new words of a statement come before what it has already. The bridge is
 * first: a container's address is one of its prefix. Where the candidate has
 * that already, it is the next step. */
static char *
cure_of_ula(const struct host *h, const struct container_row *r)
{
	struct buf b = { 0 };

	if (container_finds_ula(h, r))
		shell_add(&b, "seki set container %s ula auto", r->name);
	else
		shell_add(&b, "seki set bridge %s ula auto", r->bridge->name);
	return b.len > 0 ? buf_take(&b) : NULL;
}

/* Nobody knows which have one while no config can be read. */
static void
look_for_ulas(const struct examination *x)
{
	const struct container_row *r = x->lists->containers;
	const struct container_row *end = END_OF(r, x->lists->ncontainers);

	if (x->host->saved_error.code != ERR_NONE)
		return;
	for (; r < end; r++)
		if (r->container != NULL && container_wants_ula(x->host, r)) {
			doctor_add(x, DOCTOR_WARN, xstrdup(r->name),
			    xstrdup(_("it has no ULA, so no forward can lead "
				      "to it")));
			doctor_cure(x, cure_of_ula(x->edited, r));
		}
}

static void
look_for_cuts(const struct examination *x)
{
	const struct container_row *r = x->lists->containers;
	const struct container_row *end = END_OF(r, x->lists->ncontainers);

	for (; r < end; r++)
		if (r->container != NULL && r->container->cut)
			doctor_add(x, DOCTOR_WARN, xstrdup(r->name),
			    xasprintf(_("it has more than %d addresses, of "
					"which seki reads only some"),
				ADDRESSES_MAX));
}

static void
look_for_cut_routes(const struct examination *x)
{
	const struct container_row *r = x->lists->containers;
	const struct container_row *end = END_OF(r, x->lists->ncontainers);

	for (; r < end; r++)
		if (r->container != NULL && container_cuts_routes(r->container))
			doctor_add(x, DOCTOR_WARN, xstrdup(r->name),
			    xasprintf(_("it has more than %d routes, of which "
					"seki reads only the one to the "
					"Internet"),
				ROUTES_MAX));
}

/* ---- forwards */

/* Of the family that fails, else of the one that warns. */
static char *
cure_of_forward(const struct forward_row *r)
{
	const struct light_note *red, *found = NULL;
	enum family f;

	for (f = 0; f < FAMILY_COUNT; f++) {
		red = lights_red(&r->lights[f]);
		if (red != NULL && red->cure != NULL &&
		    (found == NULL ||
			r->lights[f].states[red->light] == LIGHT_FAIL))
			found = red;
	}
	return found != NULL ? xstrdup(found->cure) : NULL;
}

/* What has no verdict here is not looked at. */
static void
look_at_forwards(const struct examination *x)
{
	static const struct {
		bool judged;
		enum doctor_verdict verdict;
	} states[FORWARD_STATES] = {
		[FORWARD_ACTIVE] = { true, DOCTOR_OK },
		[FORWARD_DEGRADED] = { true, DOCTOR_WARN },
		[FORWARD_BROKEN] = { true, DOCTOR_FAIL },
		[FORWARD_UNKNOWN] = { true, DOCTOR_UNKNOWN },
	};
	const struct forward_row *r = x->lists->forwards;
	const struct forward_row *end = END_OF(r, x->lists->nforwards);
	struct buf key = { 0 };

	for (; r < end; r++) {
		if (!states[r->state].judged)
			continue;
		statement_key(r->st, &key);
		doctor_add(x, states[r->state].verdict, buf_take(&key),
		    r->reason != NULL ? xstrdup(r->reason) : NULL);
		doctor_cure(x, cure_of_forward(r));
	}
}

static void
tell_hidden(
    const struct examination *x, const struct model *m, const struct hidden *h)
{
	struct buf key = { 0 }, why = { 0 }, cure = { 0 };

	statement_key(h->by->st, &key);
	hidden_tell(h, &why);
	doctor_add(x, DOCTOR_WARN, buf_take(&key), buf_take(&why));
	hidden_cure(m, h, &cure);
	doctor_cure(x, cure.len > 0 ? buf_take(&cure) : NULL);
}

/* Programs of this host. */
static void
look_for_hidden(const struct examination *x)
{
	const struct sockets *s = &x->host->sockets;
	struct hidden *v = NULL;
	struct checkup k;
	size_t n = 0, i;

	checkup_begin(&k, x->host);
	if (k.known && s->has_own)
		v = hidden_find(k.model, &s->own, &n);
	for (i = 0; i < n; i++)
		tell_hidden(x, k.model, &v[i]);
	free(v);
	checkup_end(&k);
}

/* ---- other programs */

/* What one does to what was committed. */
static void
look_at_chain(const struct examination *x, const struct hook *hook,
    const struct config *c)
{
	struct buf line = { 0 }, cure = { 0 };

	if (!hook_tell(&x->host->hooks, hook, c, &line))
		return;
	doctor_add(x, DOCTOR_WARN, NULL, buf_take(&line));
	hook_tell_cure(&x->host->hooks, hook, c, &cure);
	doctor_cure(x, cure.len > 0 ? buf_take(&cure) : NULL);
}

static void
look_at_chains(const struct examination *x)
{
	const struct hooks *all = &x->host->hooks;
	struct config store = { 0 };
	struct err ignored;
	const struct config *c = drift_config(x->host, &store, &ignored);
	const struct hook *h;

	for (h = all->v; c != NULL && h < END_OF(all->v, all->n); h++)
		look_at_chain(x, h, c);
	config_free(&store);
}

/* What a default that closes this host leaves open. */
static void
look_at_untouched(const struct examination *x)
{
	const struct sockets *s = &x->host->sockets;
	struct buf lines = { 0 };
	struct checkup k;

	checkup_begin(&k, x->host);
	if (k.known)
		untouched_tell(k.model, s->has_own ? &s->own : NULL, &lines);
	checkup_end(&k);
	if (lines.len > 0) {
		doctor_add(x, DOCTOR_WARN, NULL, buf_take(&lines));
		doctor_cure(x, xstrdup("seki set option ipv4 on"));
	}
	buf_free(&lines);
}

/* ---- seki itself */

static void
look_at_saved(const struct examination *x)
{
	const struct err *e = &x->host->saved_error;

	if (e->code != ERR_NONE)
		doctor_add(x, DOCTOR_FAIL, NULL,
		    xasprintf(
			_("the saved config cannot be read: %s"), e->text));
}

static void
look_at_candidate(const struct examination *x)
{
	const struct err *e = &x->host->candidate_error;

	if (e->code == ERR_NONE)
		return;
	doctor_add(x, DOCTOR_FAIL, NULL,
	    xasprintf(_("the candidate cannot be read: %s"), e->text));
	doctor_cure(x, xstrdup("seki discard"));
}

/* Since the last commit, a line for each change. */
static void
look_for_drift(const struct examination *x)
{
	struct buf b = { 0 };
	unsigned n = x->host->drift;

	if (n == 0)
		return;
	buf_printf(&b,
	    ngettext("drift: %u thing is not as committed",
		"drift: %u things are not as committed", n),
	    n);
	buf_printf(&b, "\n%s", x->host->drift_text);
	doctor_add(x, DOCTOR_FAIL, NULL, buf_take(&b));
	doctor_cure(x, x->host->drift_applies ? xstrdup("seki apply") : NULL);
}

static void
look_at_service(const struct examination *x)
{
	const struct unit_state *unit = unit_look();

	if (unit->warning == NULL)
		return;
	doctor_add(x, DOCTOR_WARN, NULL, xstrdup(_(unit->warning)));
	doctor_cure(x, xstrdup(unit->cure));
}

static void
look_at_order(const struct examination *x)
{
	if (!unit_is_early())
		return;
	doctor_add(x, DOCTOR_WARN, NULL,
	    xstrdup(_("seki.service is not as it came: it runs seki apply "
		      "once, and not after network-online.target, so what "
		      "needs an address that comes later is not in force "
		      "after a reboot")));
	doctor_cure(x, xstrdup("systemctl revert seki"));
}

/* Where nobody has tried it there is nothing to tell. */
static void
look_at_self_test(const struct examination *x)
{
	static const enum doctor_verdict verdicts[] = {
		[TESTED_OK] = DOCTOR_OK,
		[TESTED_FAIL] = DOCTOR_FAIL,
		[TESTED_UNKNOWN] = DOCTOR_UNKNOWN,
	};
	struct tested t = x->host->tested;
	char *why = NULL;

	if (t.verdict == TESTED_NEVER)
		tested_read(x->host->run_path, &t);
	if (t.verdict == TESTED_NEVER)
		return;
	if (t.verdict == TESTED_FAIL)
		why = xasprintf(_("the self-test failed: on this kernel rules "
				  "do not do what they say, and nothing is "
				  "committed without --force: %s"),
		    _(t.why));
	else if (t.verdict == TESTED_UNKNOWN)
		why = xasprintf(
		    _("the self-test cannot be run here: %s"), _(t.why));
	doctor_add(x, verdicts[t.verdict], NULL, why);
}

/* A cause before its consequences. */
static const struct doctor_check own_checks[] = {
	{ "saved", DOCTOR_SEKI, look_at_saved, N_("the saved config") },
	{ "candidate", DOCTOR_SEKI, look_at_candidate, N_("the candidate") },
	{ "drift", DOCTOR_SEKI, look_for_drift, N_("drift") },
	{ "chains", DOCTOR_OTHERS, look_at_chains,
	    N_("chains of other programs") },
	{ "forward", DOCTOR_FORWARDS, look_at_forwards, N_("a forward") },
	{ "hidden", DOCTOR_FORWARDS, look_for_hidden,
	    N_("programs of this host") },
	{ "ipv4", DOCTOR_OTHERS, look_at_untouched,
	    N_("what IPv4 leaves open") },
	{ "service", DOCTOR_SEKI, look_at_service, N_("the service") },
	{ "order", DOCTOR_SEKI, look_at_order, N_("its place at boot") },
	{ "ula", DOCTOR_CONTAINERS, look_for_ulas, N_("ULAs") },
	{ "addresses", DOCTOR_CONTAINERS, look_for_cuts,
	    N_("how many addresses") },
	{ "many-routes", DOCTOR_CONTAINERS, look_for_cut_routes,
	    N_("how many routes") },
};

/* They say themselves when all is well. */
static const struct doctor_check silent_checks[] = {
	{ "self-test", DOCTOR_SEKI, look_at_self_test, N_("the self-test") },
};

static void
run_checks(struct examination *x, const struct doctor_check *checks, size_t n,
    bool silent)
{
	size_t found;

	for (x->now = checks; x->now < END_OF(checks, n); x->now++) {
		found = x->to->n;
		x->now->look(x);
		if (x->to->n == found && !silent &&
		    x->now->area != DOCTOR_FORWARDS)
			doctor_add(x, DOCTOR_OK, NULL, NULL);
	}
}

static int
compare_subjects(const struct doctor_row *a, const struct doctor_row *b)
{
	int r = strcmp(a->check, b->check);

	return r != 0 ? r
		      : strcmp(a->subject != NULL ? a->subject : "",
			    b->subject != NULL ? b->subject : "");
}

/* Alike ones side by side, in the order in which they were found. */
static int
compare_rows(const void *pa, const void *pb)
{
	const struct doctor_row *a = *(struct doctor_row *const *)pa;
	const struct doctor_row *b = *(struct doctor_row *const *)pb;
	int r = compare_subjects(a, b);

	return r != 0 ? r : (a > b) - (a < b);
}

static void
number_alike(struct doctor *d)
{
	struct doctor_row **all = xcalloc(d->n, sizeof(struct doctor_row *));
	size_t i;

	for (i = 0; i < d->n; i++)
		all[i] = &d->v[i];
	qsort(all, d->n, sizeof(*all), compare_rows);
	for (i = 1; i < d->n; i++)
		if (compare_subjects(all[i - 1], all[i]) == 0)
			all[i]->nth = all[i - 1]->nth + 1;
	free(all);
}

static void
examine(struct examination *x)
{
	run_checks(x, doctor_host.v, doctor_host.n, false);
	run_checks(x, doctor_inside.v, doctor_inside.n, false);
	run_checks(x, doctor_choice.v, doctor_choice.n, false);
	run_checks(x, doctor_nearby.v, doctor_nearby.n, false);
	run_checks(x, doctor_hijack.v, doctor_hijack.n, false);
	run_checks(x, own_checks, NITEMS(own_checks), false);
	run_checks(x, doctor_errors.v, doctor_errors.n, false);
	run_checks(x, doctor_flows.v, doctor_flows.n, false);
	run_checks(x, silent_checks, NITEMS(silent_checks), true);
	number_alike(x->to);
}

/* By lists of its own, that end with it. */
static void
examine_as(
    struct doctor *d, const struct host *h, const struct config *committed)
{
	struct host as_it_is = *h;
	struct doctor_lists lists;
	struct examination x = { &as_it_is, h, &lists, d, NULL };
	struct forward_row *forwards;
	struct container_row *containers;

	as_it_is.candidate = *committed;
	lists.forwards = forwards = rows_forwards(&as_it_is, &lists.nforwards);
	lists.containers = containers =
	    rows_containers(&as_it_is, &lists.ncontainers);
	examine(&x);
	rows_forwards_free(forwards, lists.nforwards);
	free(containers);
}

static bool
is_candidate(const struct host *h, const struct config *committed)
{
	return committed == &h->saved ? !h->dirty
				      : config_equal(committed, &h->candidate);
}

/* In the middle of a commit nobody knows what was. */
void
doctor_examine(
    struct doctor *d, const struct host *h, const struct doctor_lists *lists)
{
	struct examination x = { h, h, lists, d, NULL };
	struct config store;
	struct err ignored;
	const struct config *committed = drift_config(h, &store, &ignored);

	*d = (struct doctor){ 0 };
	if (committed != NULL && !is_candidate(h, committed))
		examine_as(d, h, committed);
	else
		examine(&x);
	config_free(&store);
}

void
doctor_row_free(const struct doctor_row *r)
{
	free(r->subject);
	free(r->why);
	free(r->cure);
}

void
doctor_free(struct doctor *d)
{
	size_t i;

	for (i = 0; i < d->n; i++)
		doctor_row_free(&d->v[i]);
	free(d->v);
	*d = (struct doctor){ 0 };
}
