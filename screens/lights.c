/* The lights of a forward, as its pane shows them. */
#include "config.h"

#include "screens/lights.h"

#include <string.h>
#include <time.h>

#include "core/base/intl.h"
#include "screens/cure.h"

#define LABEL 6 /* columns of the family */

/* NULL: that family does not matter, or nobody looked. */
static const struct lights *
lights_in(const struct host *h, const struct forward_row *r, enum family f)
{
	return forward_is_about(h, r, f) && lights_are_known(&r->lights[f])
		   ? &r->lights[f]
		   : NULL;
}

static bool
any_red(const struct host *h, const struct forward_row *r)
{
	const struct lights *l;
	enum family f;

	for (f = 0; f < FAMILY_COUNT; f++) {
		l = lights_in(h, r, f);
		if (l != NULL && lights_red(l) != NULL)
			return true;
	}
	return false;
}

/* ---- as a table */

static int
width_of(enum light light)
{
	return (int)strlen(light_names[light]);
}

static bool
has_room(int w)
{
	enum light light;

	for (light = 0; light < LIGHTS; light++)
		w -= width_of(light) + 1;
	return w >= LABEL - 1;
}

static void
draw_names(const struct rect *row)
{
	enum light light;
	int x = row->x + LABEL;

	for (light = 0; light < LIGHTS; light++) {
		draw_text(
		    row->y, x, width_of(light), ROLE_DIM, light_names[light]);
		x += width_of(light) + 1;
	}
}

/* Only the answer has a colour: the first that is red. */
static enum role
role_of(const struct lights *l, enum light light)
{
	const struct light_note *red = lights_red(l);

	if (red == NULL || red->light != light)
		return ROLE_TEXT;
	return l->states[light] == LIGHT_FAIL ? ROLE_FAIL : ROLE_WARN;
}

/* In the middle of its column, where names stand above. */
static void
draw_states(const struct rect *row, const struct lights *l, bool named)
{
	enum light light;
	int x = row->x + LABEL, w, cell, end = row->x + row->w;
	const char *word;

	for (light = 0; light < LIGHTS && x < end; light++) {
		word = light_state_words[l->states[light]];
		w = (int)strlen(word);
		cell = named ? width_of(light) : w;
		draw_text(row->y, x + (cell - w) / 2, end - x,
		    role_of(l, light), word);
		x += cell + 1;
	}
}

void
lights_draw(
    const struct host *h, const struct forward_row *r, struct rect *area)
{
	bool named = has_room(area->w);
	const struct lights *l;
	struct rect row;
	enum family f;

	if (!any_red(h, r))
		return;
	row = rect_top(area, named);
	if (row.h > 0)
		draw_names(&row);
	for (f = 0; f < FAMILY_COUNT; f++) {
		l = lights_in(h, r, f);
		row = rect_top(area, l != NULL);
		if (row.h == 0)
			continue;
		draw_text(row.y, row.x, LABEL - 1, ROLE_TEXT, family_words[f]);
		draw_states(&row, l, named);
	}
}

/* ---- in words */

/* Whether both say the same of it. */
static bool
agree(const struct lights *a, const struct lights *b, enum light light)
{
	struct buf one = { 0 }, other = { 0 };
	bool same;

	lights_why(a, light, &one);
	lights_why(b, light, &other);
	same = a->states[light] == b->states[light] &&
	       strcmp(buf_text(&one), buf_text(&other)) == 0;
	buf_free(&one);
	buf_free(&other);
	return same;
}

/* The keys take the cure of the answer. */
static void
tell_cure(const struct forward_row *r, const char *cure, struct buf *b)
{
	if (cure == forward_cure(r))
		cure_tell(cure, false, b);
	else
		buf_printf(b, _("cure  %s\n"), cure);
}

static void
tell_one(const struct forward_row *r, enum family f, enum light light,
    bool named, struct buf *b)
{
	const struct lights *l = &r->lights[f];
	const struct light_note *note = lights_note_of(l, light);

	buf_printf(b, "%-4s ", light_state_words[l->states[light]]);
	if (named)
		buf_printf(b, "%s ", family_words[f]);
	buf_printf(b, "%s: ", light_names[light]);
	lights_why(l, light, b);
	buf_add(b, "\n");
	if (note != NULL && note->cure != NULL)
		tell_cure(r, note->cure, b);
}

static bool
wants_word(const struct lights *l, enum light light)
{
	return l != NULL && l->states[light] != LIGHT_OK &&
	       l->states[light] != LIGHT_DARK;
}

/* Once for both, where they agree. */
static void
tell_light(const struct forward_row *r,
    const struct lights *const v[FAMILY_COUNT], enum light light, struct buf *b)
{
	bool both = v[0] != NULL && v[1] != NULL;
	bool same = both && agree(v[0], v[1], light);
	enum family f;

	for (f = 0; f < FAMILY_COUNT; f++)
		if (wants_word(v[f], light) && (f == 0 || !same))
			tell_one(r, f, light, both && !same, b);
}

/* The clock stands still, where a count of seconds would not. */
static void
tell_answer(const struct host *h, const struct forward_row *r, struct buf *b)
{
	long column = series_last(h->meters, r->out_rate);
	time_t t = (time_t)meters_column_clock(h->meters, column);
	char text[8] = "";
	struct tm tm;

	if (column == 0 || localtime_r(&t, &tm) == NULL ||
	    strftime(text, sizeof(text), "%H:%M", &tm) == 0)
		return;
	buf_printf(b, _("; the last answer was seen at %s"), text);
}

/* Green in all families. */
static unsigned
count_green(const struct lights *const v[FAMILY_COUNT])
{
	enum light light;
	unsigned n = 0;

	for (light = 0; light < LIGHTS; light++)
		n += (v[0] == NULL || v[0]->states[light] == LIGHT_OK) &&
		     (v[1] == NULL || v[1]->states[light] == LIGHT_OK);
	return n;
}

static void
tell_green(const struct host *h, const struct forward_row *r,
    const struct lights *const v[FAMILY_COUNT], struct buf *b)
{
	unsigned n = count_green(v);

	if (n == LIGHTS)
		buf_printf(b, _("ok   all %u lights"), n);
	else
		buf_printf(b, _("ok   %u of %u lights"), n, (unsigned)LIGHTS);
	buf_add(b, intl_comma());
	buf_add(
	    b, v[0] != NULL && v[1] != NULL
		   ? _("IPv6 and IPv4")
		   : family_words[v[0] != NULL ? FAMILY_IPV6 : FAMILY_IPV4]);
	tell_answer(h, r, b);
	buf_add(b, "\n");
}

bool
lights_tell(const struct host *h, const struct forward_row *r, struct buf *b)
{
	const struct lights *v[FAMILY_COUNT];
	enum light light;
	enum family f;

	for (f = 0; f < FAMILY_COUNT; f++)
		v[f] = lights_in(h, r, f);
	if (v[0] == NULL && v[1] == NULL)
		return false;
	if (!any_red(h, r))
		tell_green(h, r, v, b);
	for (light = 0; light < LIGHTS; light++)
		tell_light(r, v, light, b);
	return true;
}
