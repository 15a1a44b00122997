/* Drift: where the kernel no longer matches what was committed. */
#include "config.h"

#include "core/state/drift.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/intl.h"
#include "core/base/util.h"
#include "core/kernel/net.h"
#include "core/plan/fw.h"
#include "core/plan/journal.h"
#include "core/plan/ruleset_build.h"
#include "core/plan/ruleset_diff.h"
#include "core/state/carried.h"
#include "core/state/history.h"
#include "core/state/moved.h"
#include "core/state/rule_notes.h"
#include "core/state/standing.h"

#define TOLD_MAX 65536

const struct config *
drift_config(const struct host *h, struct config *store, struct err *e)
{
	const struct config *c = &h->saved;
	char *path;

	memset(store, 0, sizeof(*store));
	memset(e, 0, sizeof(*e));
	if (pending_rules[h->pending.phase].between)
		return NULL;
	if (h->pending.phase == PENDING_NONE && c->n == 0 &&
	    h->saved_error.code != ERR_NONE) {
		*e = h->saved_error;
		return NULL;
	}
	if (h->pending.phase == PENDING_NONE)
		return c;
	path = pending_path(h->run_path, "config");
	c = config_read_like(store, path, false, &h->saved, e) == 0 ? store
								    : NULL;
	free(path);
	return c;
}

/* The rules */

uint32_t
drift_generation(uint32_t before, const struct plan *p)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		before += p->v[i].kind == STEP_RULESET && p->v[i].done;
	return before;
}

/* The generation is read last, so that a write during the reading shows. */
int
drift_remember(
    struct host *h, uint64_t want, uint32_t generation, struct err *e)
{
	uint64_t identity = net_identity(h->net);
	struct rule_note note;
	struct rules now;
	uint32_t last;

	carried_taken(h);
	if (rule_notes_now(h->run_path, identity, generation, &note) &&
	    note.want == want)
		return 0;
	if (net_rules(h->net, NET_TABLE, &now, e) != 0 ||
	    net_elements(h->net, NET_TABLE, &note.elements, e) != 0 ||
	    net_generation(h->net, &last, e) != 0)
		return -1;
	if (!now.present || last != generation)
		return 0;
	note.want = want;
	note.marks = now.marks;
	note.shape = now.shape;
	note.identity = now.flags == 0 ? identity : 0;
	note.generation = generation;
	return rule_notes_add(h->run_path, &note, e);
}

/* What was noted holds until somebody writes. Elements take longer to read than
 * anything else. */
static int
read_rules(const struct host *h, struct drift_rules *now, struct err *e)
{
	struct rule_note note;
	uint32_t generation;

	memset(now, 0, sizeof(*now));
	if (net_generation(h->net, &generation, e) != 0)
		return -1;
	if (rule_notes_now(
		h->run_path, net_identity(h->net), generation, &note)) {
		*now = (struct drift_rules){ .rules = { .present = true,
						 .marks = note.marks,
						 .shape = note.shape },
			.has_elements = true,
			.elements = note.elements,
			.untouched = true,
			.want = note.want,
			.generation = generation };
		return 0;
	}
	now->generation = generation;
	if (net_rules(h->net, NET_TABLE, &now->rules, e) != 0)
		return -1;
	now->has_elements =
	    net_elements(h->net, NET_TABLE, &now->elements, e) == 0;
	return 0;
}

static void
print_warnings(const struct model *m, struct buf *lines)
{
	size_t i;

	for (i = 0; i < m->nwarnings; i++)
		buf_printf(lines, "%s\n", m->warnings[i]);
}

/* Full comparison */

/* Adds the ruleset step, without asking the kernel. have is marked as untrusted
 * if rules were certainly edited, or if others than the noted ones must change.
 * A dormant table (now->flags) is made anew rather than activated, without
 * looking at have. */
static void
plan_ruleset(const struct host *h, const struct ruleset *want,
    const struct rules *now, struct ruleset *have, struct plan *p)
{
	enum rule_memory memory = rule_notes_recall(h->run_path, now);

	if (now->flags != 0) {
		plan_anew(p, want);
		return;
	}
	plan_rules(p, want, have);
	if (memory != RULES_EDITED &&
	    (memory != RULES_OTHER || !plan_has_rules(p)))
		return;
	if (plan_has_rules(p))
		plan_drop(p);
	plan_rewrite(p, want, have);
}

/* Counters are no part of the digests. */
static bool
has_counters(const struct host *h, size_t n)
{
	struct counters now = { 0 };
	struct err ignored;
	bool has;

	if (h->counted != COUNT_NONE)
		return h->counters.n == n;
	has =
	    net_counters(h->net, NET_TABLE, &now, &ignored) == 0 && now.n == n;
	counters_free(&now);
	return has;
}

/* Whether our table is that ruleset, by what was noted when the same was
 * wanted. Listing thousands of elements takes a second. */
static bool
is_as_noted(const struct host *h, const struct wish *want,
    const struct drift_rules *now, struct rule_note *note)
{
	return now->rules.present && now->rules.flags == 0 &&
	       now->has_elements &&
	       rule_notes_find(h->run_path, want->digest, note) &&
	       note->marks == now->rules.marks &&
	       note->shape == now->rules.shape &&
	       note->elements == now->elements &&
	       ((now->untouched && now->want == want->digest) ||
		   has_counters(h, want->counters));
}

static bool
recall_on(const struct host *h, const struct config *committed,
    const struct snapshot *seen, const struct drift_rules *now,
    struct ruleset *have, struct rule_note *note)
{
	struct model m = { 0 };
	struct err ignored;
	struct wish want;
	bool is = false;

	if (model_build_lenient(&m, committed, seen, &ignored) == 0) {
		ruleset_build(have, &m);
		want = wish_of(have);
		is = is_as_noted(h, &want, now, note);
	}
	if (!is)
		ruleset_free(have);
	model_free(&m);
	return is;
}

/* Our table, if it is what the last commit asks for on the host as it is, or as
 * it was when that was last so: an address may have come since. */
static bool
recall(const struct host *h, const struct drift_rules *now,
    struct ruleset *have, struct rule_note *note)
{
	struct config committed;
	bool is = history_committed(h, &committed) == 0 &&
		  (recall_on(h, &committed, &h->snapshot, now, have, note) ||
		      recall_on(h, &committed, &h->former, now, have, note));

	config_free(&committed);
	return is;
}

/* A table that is missing is as well known. */
static bool
plan_from_memory(const struct host *h, struct ruleset *want,
    const struct drift_rules *now, struct plan *p)
{
	struct ruleset have = { 0 };
	struct rule_note note = { 0 };
	struct step *s;

	if (now->rules.present && !recall(h, now, &have, &note))
		return false;
	if (!now->rules.present)
		carried_count(h, want);
	plan_rules(p, want, &have);
	if (plan_has_rules(p)) {
		s = &p->v[p->n - 1];
		s->generation = now->generation;
		s->was = (struct table_digest){ note.marks, note.shape,
			note.elements };
	}
	plan_take_rules(p, want, &have);
	ruleset_free(&have);
	return true;
}

/* The content of a dormant table is unknown, since libnftables must not be
 * asked: it builds the JSON of a table with flags from freed memory (1.0.6). */
static int
plan_from_listing(const struct host *h, struct ruleset *want,
    const struct rules *now, struct plan *p, struct err *e)
{
	struct ruleset have = { 0 };
	int r = now->flags == 0 ? fw_read(&have, e) : 0;

	if (r == 0)
		plan_ruleset(h, want, now, &have, p);
	plan_take_rules(p, want, NULL);
	ruleset_free(&have);
	return r;
}

int
drift_plan(struct host *h, const struct model *m, const struct journal *j,
    struct wish *want, struct plan *p, struct err *e)
{
	struct ruleset rules = { 0 };
	struct drift_rules now;
	struct rule_note note;
	int r = 0;

	memset(p, 0, sizeof(*p));
	if (read_rules(h, &now, e) != 0)
		return -1;
	plan_links(p, m, &h->snapshot, j);
	*want = standing_build(h, m, &rules);
	if (!is_as_noted(h, want, &now, &note)) {
		if (!rules.built)
			ruleset_build(&rules, m);
		if (!plan_from_memory(h, &rules, &now, p))
			r = plan_from_listing(h, &rules, &now.rules, p, e);
	}
	ruleset_free(&rules);
	return r;
}

static void
count_lost(
    const struct host *h, struct ruleset *have, const struct ruleset *want)
{
	struct counters lost = { 0 };
	struct err ignored;
	size_t *places, i;

	ruleset_lost(have, want, &lost);
	places = xcalloc(lost.n, sizeof(*places));
	for (i = 0; i < lost.n; i++)
		places[i] = i;
	if (lost.n > 0 && net_counters_at(h->net, NET_TABLE, &lost, places,
			      lost.n, &ignored) == 0)
		ruleset_count(have, &lost);
	free(places);
	counters_free(&lost);
}

/* A console has only those in sight read anew, and others none. */
static void
count_all(const struct host *h, struct ruleset *have)
{
	struct counters now = { 0 };
	struct err ignored;

	if (h->counted != COUNT_ALL &&
	    net_counters(h->net, NET_TABLE, &now, &ignored) == 0)
		ruleset_count(have, &now);
	else
		ruleset_count(have, &h->counters);
	counters_free(&now);
}

void
drift_complete(const struct host *h, struct plan *p, bool lasting)
{
	struct step *s = p->n > 0 ? &p->v[p->n - 1] : NULL;

	if (s == NULL || s->have == NULL)
		return;
	if (lasting)
		count_all(h, s->have);
	else
		count_lost(h, s->have, s->want);
	step_complete(s);
}

/* The generation is read first: a change in between is found by the next
 * look. */
static int
plan_unless_seen(struct host *h, const struct model *m, const struct journal *j,
    struct drift_seen *seen, struct plan *p, struct err *e)
{
	struct wish want = standing_wish(h, m);
	struct drift_seen now = { .want = want.digest };

	if (net_generation(h->net, &now.generation, e) != 0)
		return -1;
	if (seen->right && seen->generation == now.generation &&
	    seen->want == now.want) {
		h->settled = true;
		plan_links(p, m, &h->snapshot, j);
		return 0;
	}
	*seen = now;
	if (drift_plan(h, m, j, &want, p, e) != 0)
		return -1;
	seen->right = !plan_has_rules(p);
	h->settled = h->settled || seen->right;
	return 0;
}

int
drift_find(struct host *h, const struct config *c, struct drift_seen *seen,
    struct buf *notes, struct plan *p, struct err *e)
{
	struct drift_seen never = { 0 };
	struct err broken;
	struct model own;
	const struct model *m;
	struct journal j;
	int r;

	memset(p, 0, sizeof(*p));
	m = standing_resolve(h, c, &own, &r, e);
	if (notes != NULL)
		print_warnings(m, notes);
	if (journal_load(&j, h->run_path, &broken) != 0 && notes != NULL)
		buf_printf(notes, "%s\n", broken.text);
	if (r == 0)
		r = plan_unless_seen(
		    h, m, &j, seen != NULL ? seen : &never, p, e);
	journal_free(&j);
	model_free(&own);
	return r;
}

/* Cheap comparison */

/* Whether sets have other elements than when the same was wanted before. */
static bool
has_other_elements(
    const struct host *h, uint64_t want, const struct drift_rules *now)
{
	struct rule_note note;

	return now->has_elements && rule_notes_find(h->run_path, want, &note) &&
	       note.elements != now->elements;
}

static const char *
find_difference(const struct host *h, const struct wish *want,
    const struct drift_rules *now)
{
	const struct rules *r = &now->rules;

	if (want->present && !r->present)
		return N_("table inet %s is gone");
	if (r->present && !want->present)
		return N_("table inet %s is there, and nothing asks for it");
	if (r->present && r->marks != want->marks)
		return N_("table inet %s has other rules");
	if (r->flags != 0)
		return N_("table inet %s is dormant");
	if (rule_notes_recall(h->run_path, r) == RULES_EDITED)
		return N_("table inet %s has rules that were edited");
	if (want->present && has_other_elements(h, want->digest, now))
		return N_("table inet %s has elements that were edited");
	return NULL;
}

static bool
tell_moved(const struct host *h, const struct model *m,
    bool (*tell)(const struct host *, const struct model *, struct buf *),
    struct buf *lines)
{
	struct buf moved = { 0 };
	bool told = tell(h, m, &moved);
	char *rest = moved.s, *line;

	while ((line = next_line(&rest)) != NULL) {
		buf_printf(lines, _("%s: seki apply"), line);
		buf_add(lines, "\n");
	}
	buf_free(&moved);
	return told;
}

/* Whether our rules are unedited. Rules that seki wrote for an earlier state of
 * the host may be out of date, but are not edited. */
static bool
compare_rules(const struct host *h, const struct model *m,
    const struct drift_rules *now, struct buf *lines)
{
	struct wish want = standing_wish(h, m);
	const char *what;
	bool dated, inside;

	what = find_difference(h, &want, now);
	inside = tell_moved(h, m, moved_tell_inside, lines);
	dated = now->rules.flags == 0 && now->rules.marks != want.marks &&
		rule_notes_recall(h->run_path, &now->rules) == RULES_AS_NOTED;
	if (what != NULL &&
	    !(dated && (tell_moved(h, m, moved_tell, lines) || inside))) {
		buf_printf(lines, _(what), NET_TABLE);
		buf_add(lines, "\n");
	}
	return what == NULL || dated;
}

static void
compare_links(const struct host *h, const struct model *m, struct buf *lines)
{
	struct plan p = { 0 };
	const struct step *s;
	struct journal j;
	struct err ignored;

	journal_load(&j, h->run_path, &ignored);
	plan_links(&p, m, &h->snapshot, &j);
	for (s = p.v; s < END_OF(p.v, p.n); s++) {
		if (step_kinds[s->kind].print == NULL)
			continue;
		step_kinds[s->kind].print(s, lines);
		buf_add(lines, "\n");
	}
	plan_free(&p);
	journal_free(&j);
}

bool
drift_compare(const struct host *h, const struct model *m,
    const struct drift_rules *now, struct buf *lines)
{
	bool right;

	compare_links(h, m, lines);
	right = now == NULL || compare_rules(h, m, now, lines);
	print_warnings(m, lines);
	return right;
}

static char *
told_path(const struct host *h)
{
	return xasprintf("%s/drift", h->run_path);
}

static void
add_told(const struct host *h, struct buf *lines)
{
	char *path = told_path(h), *text = read_file(path, TOLD_MAX, NULL);

	buf_add(lines, text != NULL ? text : "");
	free(text);
	free(path);
}

/* What a model warns of is not for seki to mend, or an apply would have. */
static void
look(const struct host *h, const struct config *c, struct buf *lines,
    bool *rules, bool *applies)
{
	struct drift_rules now;
	struct model own;
	const struct model *m;
	struct err e, ignored;
	int r;

	m = standing_resolve(h, c, &own, &r, &e);
	if (r == 0)
		*rules = !drift_compare(h, m,
		    read_rules(h, &now, &ignored) == 0 ? &now : NULL, lines);
	else
		buf_printf(lines, "%s\n", e.text);
	*applies = r != 0 || m->nwarnings == 0 ||
		   count_lines(buf_text(lines)) > m->nwarnings;
	model_free(&own);
	if (lines->len == 0)
		add_told(h, lines);
}

/* Only root can read containers and tables. */
unsigned
drift_look(const struct host *h, struct buf *lines, bool *rules, bool *applies)
{
	struct config store;
	const struct config *c;
	struct err ignored;
	struct buf b = { 0 };
	unsigned n;

	*rules = *applies = false;
	if (geteuid() != 0)
		return 0;
	c = drift_config(h, &store, &ignored);
	if (c != NULL)
		look(h, c, &b, rules, applies);
	config_free(&store);
	buf_add(lines, buf_text(&b));
	n = (unsigned)count_lines(buf_text(&b));
	buf_free(&b);
	return n;
}

int
drift_tell(const struct host *h, const char *lines, struct err *e)
{
	char *path = told_path(h);
	int r = lines[0] == '\0'
		    ? file_remove(path, e)
		    : file_replace(path, lines, strlen(lines), 0644, e);

	free(path);
	return r;
}
