/* Navigation from one list to another, and back. */
#include "config.h"

#include "screens/trail.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/util.h"
#include "core/lang/statement.h"

struct trail {
	struct trail_step *steps; /* the last one last */
	size_t n;
	struct trail_wish wish; /* to apply on tab's next draw */
	enum tab tab;
};

static const enum tab tabs[ST_COUNT] = {
	[ST_UPLINK] = TAB_LINKS,
	[ST_BRIDGE] = TAB_LINKS,
	[ST_CONTAINER] = TAB_CONTAINERS,
	[ST_FORWARD] = TAB_FORWARDS,
	[ST_ALLOW] = TAB_POLICIES,
	[ST_DENY] = TAB_POLICIES,
	[ST_REJECT] = TAB_POLICIES,
	[ST_DEFAULT] = TAB_POLICIES,
};

enum tab
trail_tab(const struct statement *st)
{
	return tabs[st->kind];
}

struct trail *
trail_new(void)
{
	return xcalloc(1, sizeof(struct trail));
}

static void
forget_step(struct trail *t)
{
	struct trail_step *last = &t->steps[--t->n];

	free(last->filter);
	free(last->key);
	free(last->led);
}

void
trail_free(struct trail *t)
{
	while (t->n > 0)
		forget_step(t);
	free(t->steps);
	trail_wish_free(&t->wish);
	free(t);
}

void
trail_wish_free(struct trail_wish *w)
{
	free(w->filter);
	free(w->select);
	memset(w, 0, sizeof(*w));
}

static void
replace(char **text, const char *by)
{
	char *copy = by != NULL ? xstrdup(by) : NULL;

	free(*text);
	*text = copy;
}

static struct trail_step *
last_step(const struct app *app)
{
	const struct trail *t = app->trail;
	struct trail_step *last = t->n > 0 ? &t->steps[t->n - 1] : NULL;

	return last != NULL && (size_t)last->to == ui_shown(app->ui) ? last
								     : NULL;
}

const struct trail_step *
trail_last(const struct app *app)
{
	return last_step(app);
}

/* A step from another tab than the last one led to begins a new trail. */
static void
add_step(struct app *app, enum tab from, enum tab to, const char *led)
{
	struct trail *t = app->trail;

	if (last_step(app) == NULL)
		while (t->n > 0)
			forget_step(t);
	t->steps = xgrow(t->steps, t->n, sizeof(*t->steps));
	t->steps[t->n] = (struct trail_step){ .from = from, .to = to };
	replace(&t->steps[t->n++].led, led);
}

void
trail_go(struct app *app, enum tab tab, const char *filter, const char *select)
{
	enum tab from = (enum tab)ui_shown(app->ui);
	struct trail *t = app->trail;

	t->tab = tab;
	t->wish.step = tab != from;
	replace(&t->wish.filter, filter);
	replace(&t->wish.select, select);
	if (t->wish.step)
		add_step(app, from, tab, filter);
	ui_show(app->ui, tab);
}

void
trail_back(struct app *app)
{
	const struct trail_step *last = last_step(app);
	enum tab from;

	if (last == NULL)
		return;
	from = last->from;
	forget_step(app->trail);
	ui_show(app->ui, from);
}

void
trail_select(struct app *app, enum tab tab, const char *key)
{
	struct trail *t = app->trail;
	enum tab shown = (enum tab)ui_shown(app->ui);

	t->tab = shown == TAB_CHANGES ? shown : tab;
	t->wish.step = false;
	replace(&t->wish.filter, NULL);
	replace(&t->wish.select, key);
}

bool
trail_waits(const struct app *app, enum tab tab)
{
	const struct trail *t = app->trail;

	return t->tab == tab &&
	       (t->wish.filter != NULL || t->wish.select != NULL);
}

struct trail_wish
trail_take(struct app *app, enum tab tab)
{
	struct trail *t = app->trail;
	struct trail_wish w = { 0 };

	if (t->tab != tab)
		return w;
	w = t->wish;
	w.step = w.step && last_step(app) != NULL;
	memset(&t->wish, 0, sizeof(t->wish));
	return w;
}

void
trail_note(struct app *app, const char *filter, const char *key)
{
	struct trail_step *last = last_step(app);

	replace(&last->filter, filter);
	replace(&last->key, key);
}
