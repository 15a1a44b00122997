/* Why something works or not. */
#include "config.h"

#include "screens/why.h"

#include <string.h>

#include "core/base/intl.h"
#include "core/lang/statement.h"
#include "core/show/list_check.h"
#include "core/show/list_forward.h"
#include "core/show/list_light.h"
#include "tui/pager.h"

const struct action why_actions[] = {
	{ ACT_WHY, { 'x' }, "why", N_("Why"),
	    N_("why it works or not: all that was looked at") },
	{ 0 },
};

/* What there is to tell about. */
struct why {
	const struct host *host;
	const struct listing *list;
	const char *name; /* of the row, as its list has it */
	const char *keys; /* of its statements, a line each; "": none */
	bool named;	  /* and these are told with what is told of them */
	struct buf *to;
};

/* ---- forwards */

static void
tell_light(const struct lights *l, enum light light, struct buf *b)
{
	const struct light_note *note = lights_note_of(l, light);
	struct buf why = { 0 };

	lights_why(l, light, &why);
	buf_printf(b, "%-4s %-8s ", light_state_words[l->states[light]],
	    light_names[light]);
	buf_add(b, why.len > 0 ? why.s : light_help(light));
	buf_add(b, "\n");
	if (note != NULL && note->cure != NULL)
		buf_printf(b, _("cure  %s\n"), note->cure);
	buf_free(&why);
}

static void
tell_all(const struct why *w, const struct forward_row *r, const char *key)
{
	enum light light;
	enum family f;

	if (w->named)
		buf_printf(w->to, "\n%s", key);

	for (f = 0; f < FAMILY_COUNT; f++) {
		if (!forward_is_about(w->host, r, f) ||
		    !lights_are_known(&r->lights[f]))
			continue;
		buf_printf(w->to, "%s%s\n", w->to->len > 0 ? "\n" : "",
		    family_words[f]);
		for (light = 0; light < LIGHTS; light++)
			tell_light(&r->lights[f], light, w->to);
	}
}

/* What it comes to. */
static void
tell_briefly(const struct why *w, const struct forward_row *r, const char *key)
{
	static const char *const words[FORWARD_STATES] = {
		[FORWARD_ACTIVE] = "ok",
		[FORWARD_DEGRADED] = "WARN",
		[FORWARD_BROKEN] = "FAIL",
	};
	const char *word = words[r->state] != NULL ? words[r->state] : "-";

	buf_printf(w->to, "%-4s %s: ", word, key);
	if (!forward_red(r, w->to))
		buf_add(w->to, forward_state_word(r));
	buf_add(w->to, "\n");
}

/* Whether it leads to the container, or behind the bridge. */
static bool
leads_there(const struct why *w, const struct forward_row *r)
{
	const char *to = r->st->v[FORWARD_TO].target.name;
	const struct snapshot *now = &w->host->snapshot;
	const struct container *c;
	const struct link *l;

	if (to == NULL)
		return false;
	if (strcmp(w->list->name, "containers") == 0)
		return strcmp(to, w->name) == 0;
	c = snapshot_container(now, to, NULL);
	l = c != NULL ? snapshot_link_at(now, c->bridge) : NULL;
	return l != NULL && strcmp(l->name, w->name) == 0;
}

/* A policy may shut any of them, and all come by an uplink. */
static bool
is_red_at(const struct forward_row *r, enum light light)
{
	enum family f;

	for (f = 0; f < FAMILY_COUNT; f++)
		if (lights_note_of(&r->lights[f], light) != NULL)
			return true;
	return false;
}

static bool
concerns(const struct why *w, const struct forward_row *r)
{
	if (strcmp(w->list->name, "policies") == 0)
		return is_red_at(r, LIGHT_ACCEPT);
	return leads_there(w, r) ||
	       (strcmp(w->list->name, "links") == 0 &&
		   (is_red_at(r, LIGHT_ARRIVES) || is_red_at(r, LIGHT_BACK)));
}

static void
tell_forwards(const struct why *w)
{
	struct forward_row *v;
	struct buf key = { 0 };
	size_t n, i;

	v = rows_forwards(w->host, &n);
	for (i = 0; i < n; i++) {
		buf_reset(&key);
		statement_key(v[i].st, &key);
		if (has_line(w->keys, buf_text(&key)))
			tell_all(w, &v[i], buf_text(&key));
		else if (concerns(w, &v[i]))
			tell_briefly(w, &v[i], buf_text(&key));
	}
	buf_free(&key);
	rows_forwards_free(v, n);
}

/* ---- checks */

/* Which areas are about such a list, where a check names no subject. */
static const struct {
	const char *list;
	enum doctor_area area;
} areas[] = {
	{ "links", DOCTOR_UPLINKS },
	{ "policies", DOCTOR_OTHERS },
};

/* What is found of a forward itself is told by its lights. */
static bool
is_about(const struct why *w, const struct doctor_row *r)
{
	size_t i;

	if (r->area == DOCTOR_FORWARDS)
		return strcmp(r->check, "forward") != 0 &&
		       has_line(w->keys, r->subject);
	if (r->subject != NULL)
		return strcmp(r->subject, w->name) == 0;
	for (i = 0; i < NITEMS(areas); i++)
		if (strcmp(areas[i].list, w->list->name) == 0)
			return areas[i].area == r->area;
	return false;
}

static void
tell_check(const struct why *w, const struct doctor_row *r)
{
	struct buf verdict = { 0 };

	listing_checks.columns[CHECK_VERDICT].print(w->host, r, &verdict);
	buf_printf(w->to, "%-4s %s\n", buf_text(&verdict),
	    r->why != NULL ? r->why : _(r->what));
	if (r->cure != NULL)
		buf_printf(w->to, _("cure  %s\n"), r->cure);
	buf_free(&verdict);
}

static void
tell_checks(const struct why *w)
{
	struct doctor_row *v;
	size_t n, i;

	v = listing_checks.build(w->host, &n);
	for (i = 0; i < n; i++)
		if (is_about(w, &v[i]))
			tell_check(w, &v[i]);
	listing_checks.free(v, n);
}

void
why_open_of(struct app *app, const char *title, const char *text,
    const char *list, const char *keys)
{
	struct buf all = { 0 };
	struct why w = { .host = app->host,
		.list = listing_find(list),
		.name = title,
		.keys = keys,
		.named = true,
		.to = &all };

	buf_add(&all, text);
	if (keys[0] != '\0')
		tell_forwards(&w);
	ui_push(app->ui, &pager_view,
	    &(struct pager_arg){ title, buf_text(&all), .marks = true });
	buf_free(&all);
}

void
why_open(struct app *app, const struct listing *l, const void *row)
{
	const struct statement *st =
	    l->statement != NULL ? l->statement(row) : NULL;
	struct buf name = { 0 }, key = { 0 }, text = { 0 };
	struct why w = { .host = app->host, .list = l, .to = &text };

	listing_print(listing_main(l), app->host, row, &name);
	if (st != NULL)
		statement_key(st, &key);
	w.name = buf_text(&name);
	w.keys = buf_text(&key);
	tell_checks(&w);
	tell_forwards(&w);
	if (text.len == 0)
		buf_add(&text, _("Nothing that seki looks at is wrong with "
				 "it.\n"));
	ui_push(app->ui, &pager_view,
	    &(struct pager_arg){ key.len > 0 ? w.keys : w.name, buf_text(&text),
		.marks = true });
	buf_free(&name);
	buf_free(&key);
	buf_free(&text);
}
