/* Views: numbered tabs, and views pushed on top of them. */
#include "config.h"

#include "tui/view.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"

void
views_init(struct views *vs, struct ui *ui, const struct view_ops *const *tabs)
{
	memset(vs, 0, sizeof(*vs));
	vs->ui = ui;
	for (; tabs[vs->ntabs] != NULL; vs->ntabs++) {
		vs->tabs = xgrow(vs->tabs, vs->ntabs, sizeof(*vs->tabs));
		vs->tabs[vs->ntabs] = (struct view){ .ops = tabs[vs->ntabs] };
	}
}

static int
view_open(struct views *vs, struct view *v, const void *arg, struct err *e)
{
	v->self = xcalloc(1, v->ops->size);
	if (arg == NULL)
		arg = v->ops->arg;
	if (v->ops->open == NULL || v->ops->open(v->self, vs->ui, arg, e) == 0)
		return 0;
	free(v->self);
	v->self = NULL;
	return -1;
}

static void
view_close(struct view *v)
{
	if (v->self != NULL && v->ops->close != NULL)
		v->ops->close(v->self);
	free(v->self);
	v->self = NULL;
}

void
views_free(struct views *vs)
{
	while (vs->nover > 0)
		view_close(&vs->over[--vs->nover]);
	while (vs->ntabs > 0)
		view_close(&vs->tabs[--vs->ntabs]);
	free(vs->over);
	free(vs->tabs);
	memset(vs, 0, sizeof(*vs));
}

int
views_show(struct views *vs, size_t tab, struct err *e)
{
	struct view *v = &vs->tabs[tab];
	size_t i;

	if (v->self == NULL && view_open(vs, v, NULL, e) == -1)
		return -1;
	for (i = 0; i < vs->nover; i++)
		vs->over[i].closing = true;
	vs->tab = tab;
	return 0;
}

int
views_push(struct views *vs, const struct view_ops *ops, const void *arg,
    struct err *e)
{
	struct view v = { .ops = ops };

	if (view_open(vs, &v, arg, e) == -1)
		return -1;
	vs->over = xgrow(vs->over, vs->nover, sizeof(*vs->over));
	vs->over[vs->nover++] = v;
	return 0;
}

bool
views_raise(struct views *vs, const struct view_ops *ops)
{
	size_t at = 0, i;

	while (
	    at < vs->nover && (vs->over[at].ops != ops || vs->over[at].closing))
		at++;
	for (i = at + 1; i < vs->nover; i++)
		vs->over[i].closing = true;
	return at < vs->nover;
}

void
views_close(struct views *vs, const void *self)
{
	size_t i;

	for (i = 0; i < vs->nover; i++)
		if (vs->over[i].self == self)
			vs->over[i].closing = true;
}

bool
views_reap(struct views *vs)
{
	size_t i, kept = 0;
	bool any;

	for (i = 0; i < vs->nover; i++) {
		if (vs->over[i].closing)
			view_close(&vs->over[i]);
		else
			vs->over[kept++] = vs->over[i];
	}
	any = kept < vs->nover;
	vs->nover = kept;
	return any;
}

struct view *
views_top(const struct views *vs)
{
	size_t i = vs->nover;

	while (i > 0 && vs->over[i - 1].closing)
		i--;
	return i > 0 ? &vs->over[i - 1] : &vs->tabs[vs->tab];
}

const struct action *
view_mode(const struct view *v)
{
	return v->ops->mode != NULL ? v->ops->mode(v->self) : NULL;
}

const char *
view_unbound(const struct view *v)
{
	return v->self != NULL && v->ops->unbound != NULL
		   ? v->ops->unbound(v->self)
		   : NULL;
}

const char *
view_banner(const struct view *v)
{
	const char *word = v->ops->banner;

	if (word == NULL && view_mode(v) != NULL && !v->ops->modal)
		word = N_("FILTER");
	if (v->ops->typing != NULL && view_mode(v) != NULL)
		word = v->ops->typing;
	return word != NULL ? _(word) : NULL;
}

void
views_changed(struct views *vs)
{
	struct view *v;
	size_t i;

	for (i = 0; i < vs->ntabs + vs->nover; i++) {
		v = i < vs->ntabs ? &vs->tabs[i] : &vs->over[i - vs->ntabs];
		if (v->self != NULL && v->ops->changed != NULL)
			v->ops->changed(v->self);
	}
}

static void
view_draw(struct view *v, const struct rect *r)
{
	v->ops->draw(v->self, r);
	v->drawn = true;
}

void
views_draw(struct views *vs, const struct rect *r)
{
	size_t first = vs->nover, i;

	while (first > 0 && vs->over[first - 1].ops->modal)
		first--;
	if (first == 0)
		view_draw(&vs->tabs[vs->tab], r);
	else
		first--;
	for (i = first; i < vs->nover; i++)
		view_draw(&vs->over[i], r);
}
