/* Screen 8: what ails this host, and on its second page who else decides about
 * its packets. */
#include "config.h"

#include "screens/doctor.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/lang/option.h"
#include "core/show/list_check.h"
#include "core/show/list_neighbour.h"
#include "screens/cure.h"
#include "screens/listcopy.h"
#include "screens/listview.h"
#include "screens/trail.h"

struct doctor_view {
	struct listview list; /* first: list functions get this struct */
	unsigned open;	      /* a bit for each area that is unfolded */
};

static const struct list_spec checks_spec, neighbours_spec;

/* Shows the other page. */
static void
turn(struct doctor_view *v, const struct list_spec *page)
{
	listview_switch(&v->list, page);
}

static void
to_checks(void *self)
{
	turn(self, &checks_spec);
}

static void
to_neighbours(void *self)
{
	turn(self, &neighbours_spec);
}

/* ---- checks */

static void
title(const struct host *h, const void *row, struct buf *b)
{
	listing_checks.columns[CHECK_SUBJECT].print(h, row, b);
}

static void
detail(const struct host *h, const void *row, struct buf *b)
{
	const struct doctor_row *r = row;

	listing_checks.columns[CHECK_VERDICT].print(h, row, b);
	buf_fill(b, ' ', b->len < 4 ? 5 - b->len : 1);
	buf_printf(b, "%s\n", r->why != NULL ? r->why : _(r->what));
	if (r->cure != NULL)
		cure_tell(r->cure, r->cured, b);
}

static enum role
instead(const void *row, struct buf *b UNUSED)
{
	static const enum role roles[DOCTOR_VERDICTS] = {
		[DOCTOR_OK] = ROLE_TEXT,
		[DOCTOR_UNKNOWN] = ROLE_TEXT,
		[DOCTOR_WARN] = ROLE_WARN,
		[DOCTOR_FAIL] = ROLE_FAIL,
	};
	const struct doctor_row *r = row;

	return roles[r->verdict];
}

static void *
arrange(const void *self, void *rows, size_t *n)
{
	const struct doctor_view *v = self;

	return checks_fold(rows, n, v->open);
}

static void
fold_area(struct doctor_view *v, const struct doctor_row *r)
{
	v->open ^= 1U << r->area;
	listview_rearrange(&v->list);
}

static void
fold(void *self)
{
	struct doctor_view *v = self;
	const struct doctor_row *r = listview_selected(&v->list);

	if (r != NULL && r->verdict == DOCTOR_OK)
		fold_area(v, r);
	else if (r != NULL)
		ui_message(
		    v->list.app->ui, ROLE_TEXT, "only what is well is folded");
}

/* The screen of what an area is about; TAB_DOCTOR: it has none. */
static const enum tab places[DOCTOR_AREAS] = {
	[DOCTOR_HOST] = TAB_DOCTOR,
	[DOCTOR_UPLINKS] = TAB_LINKS,
	[DOCTOR_BRIDGES] = TAB_LINKS,
	[DOCTOR_CONTAINERS] = TAB_CONTAINERS,
	[DOCTOR_FORWARDS] = TAB_FORWARDS,
	[DOCTOR_OTHERS] = TAB_DOCTOR,
	[DOCTOR_SEKI] = TAB_CHANGES,
};

static bool
has_cure(const struct doctor_row *r)
{
	return r->cure != NULL && cure_is_ours(r->cure);
}

/* Goes to what a check is about. */
static void
show(void *self)
{
	struct doctor_view *v = self;
	const struct doctor_row *r = listview_selected(&v->list);
	struct app *app = v->list.app;

	if (r == NULL)
		return;
	if (r->area == DOCTOR_OTHERS)
		turn(v, &neighbours_spec);
	else if (places[r->area] == TAB_DOCTOR)
		ui_message(app->ui, ROLE_TEXT,
		    r->cure != NULL && !has_cure(r)
			? N_("this is not seki's to change; y copies the "
			     "command")
			: N_("no other screen shows this"));
	else if (r->area == DOCTOR_FORWARDS)
		trail_go(app, TAB_FORWARDS, "", r->subject);
	else
		trail_go(app, places[r->area],
		    r->area == DOCTOR_CONTAINERS ? r->subject : "", r->subject);
}

static void
fold_all(void *self)
{
	struct doctor_view *v = self;

	v->open = v->open != 0 ? 0 : ~0U;
	listview_rearrange(&v->list);
}

static void
enter(void *self)
{
	struct doctor_view *v = self;
	const struct doctor_row *r = listview_selected(&v->list);

	if (r == NULL)
		return;
	if (r->verdict == DOCTOR_OK)
		fold_area(v, r);
	else if (has_cure(r))
		cure_take(v->list.app, r->cure);
	else
		show(v);
}

static void
copy(void *self)
{
	struct doctor_view *v = self;
	const struct doctor_row *r = listview_selected(&v->list);
	struct buf b = { 0 };

	if (r == NULL)
		return;
	if (r->cure != NULL)
		buf_add(&b, r->cure);
	else
		listing_checks.columns[CHECK_WHY].print(
		    v->list.app->host, r, &b);
	app_copy(v->list.app, buf_text(&b));
	buf_free(&b);
}

static const struct act acts[] = {
	{ ACT_FOLD, fold },
	{ ACT_FOLD_ALL, fold_all },
	{ ACT_ENTER, enter },
	{ ACT_COPY, copy },
	{ ACT_OBJECT, show },
	{ ACT_NEXT, to_neighbours },
	{ 0 },
};

static const struct list_spec checks_spec = {
	.listing = "checks",
	.wide = 24,
	.empty = "",
	.tab = TAB_DOCTOR,
	.acts = acts,
	.title = title,
	.detail = detail,
	.instead = instead,
	.from = "why",
	.arrange = arrange,
};

/* ---- neighbours */

static void
neighbour_title(const struct host *h, const void *row, struct buf *b)
{
	neighbour_name(h, row, b);
}

static void
neighbour_detail(const struct host *h, const void *row, struct buf *b)
{
	neighbour_tell(h, row, b);
}

/* What stops forwards says so first. */
static bool
neighbour_cell(const struct host *h UNUSED, const void *row, const char *column,
    struct buf *b)
{
	const struct neighbour_row *r = row;

	if (strcmp(column, "effect") != 0 || r->forwards == 0)
		return false;
	buf_printf(b,
	    ngettext("DROPS %u forward", "DROPS %u forwards", r->forwards),
	    r->forwards);
	if (r->alone)
		buf_printf(b, " (%s)", _(type_family.choices[r->family].help));
	return true;
}

/* The filter first, as in every list. */
static void
leave_neighbours(void *self)
{
	struct doctor_view *v = self;

	if (table_words(v->list.table)[0] != '\0')
		listview_back(v);
	else
		to_checks(v);
}

static const struct act neighbour_acts[] = {
	{ ACT_PREVIOUS, to_checks },
	{ ACT_BACK, leave_neighbours },
	{ 0 },
};

static void
neighbour_summary(const void *rows, size_t n, struct buf *b)
{
	const struct neighbour_row *r = rows;
	size_t own = 0;

	for (; r < END_OF((const struct neighbour_row *)rows, n); r++)
		own += r->hook == NULL;
	buf_printf(b,
	    _(", %zu of seki (*), in the order that packets meet "
	      "them"),
	    own);
}

static const struct list_spec neighbours_spec = {
	.listing = "neighbours",
	.wide = 18,
	.empty = N_("No chain decides about packets here."),
	.tab = TAB_DOCTOR,
	.acts = neighbour_acts,
	.title = neighbour_title,
	.detail = neighbour_detail,
	.cell = neighbour_cell,
	.summary = neighbour_summary,
};

/* ---- both */

/* What Enter, o and z do differs by the row. */
#define ENTER(label)                                                           \
	{                                                                      \
		ACT_ENTER, { K_ENTER }, "enter", label,                        \
		    N_("put what mends it into the candidate; show what a "    \
		       "commit would mend, if the candidate has it; else go "  \
		       "to it; of what is well, see each check")               \
	}
#define OBJECT                                                                 \
	{                                                                      \
		ACT_OBJECT, { 'o' }, "object", N_("Open"),                     \
		    N_("go to what it is about")                               \
	}
#define FOLD(label)                                                            \
	{                                                                      \
		ACT_FOLD, { 'z', K_F(5) }, "fold", label,                      \
		    N_("a row for each check that is well, or one for "        \
		       "all of a kind")                                        \
	}
#define END                                                                    \
	{                                                                      \
		0                                                              \
	}

enum bar_word {
	WORD_CURE,
	WORD_CURED,
	WORD_UNFOLD,
	WORD_FOLD,
	WORD_OPEN,
	WORDS
};

static const struct action row_actions[WORDS][4] = {
	[WORD_CURE] = { ENTER(N_("Cure")), OBJECT, FOLD(NULL), END },
	[WORD_CURED] = { ENTER(N_("Review")), OBJECT, FOLD(NULL), END },
	[WORD_UNFOLD] = { ENTER(N_("Unfold")), FOLD(N_("Unfold")), OBJECT,
	    END },
	[WORD_FOLD] = { ENTER(N_("Fold")), FOLD(N_("Fold")), OBJECT, END },
	[WORD_OPEN] = { ENTER(N_("Open")), OBJECT, FOLD(NULL), END },
};

static const struct action check_actions[] = {
	{ ACT_COPY, { 'y' }, "copy", N_("Copy"),
	    N_("copy the command that mends it to the clipboard of your "
	       "terminal") },
	{ ACT_FOLD_ALL, { 'Z' }, "fold-all", NULL,
	    N_("fold or unfold all kinds") },
	{ ACT_NEXT, { ']', K_TAB }, "neighbours", N_("Neighbours"),
	    N_("the second page: who else decides about packets here") },
	{ 0 },
};

static const struct action neighbour_actions[] = {
	{ ACT_PREVIOUS, { '[', K_BACK_TAB }, "checks", N_("Checks"),
	    N_("the first page: what ails this host") },
	{ 0 },
};

#define CHECK_TABLES(word)                                                     \
	{                                                                      \
		row_actions[word], check_actions, candidate_actions,           \
		    table_actions, NULL                                        \
	}

static const struct action *const check_tables[WORDS][5] = {
	[WORD_CURE] = CHECK_TABLES(WORD_CURE),
	[WORD_CURED] = CHECK_TABLES(WORD_CURED),
	[WORD_UNFOLD] = CHECK_TABLES(WORD_UNFOLD),
	[WORD_FOLD] = CHECK_TABLES(WORD_FOLD),
	[WORD_OPEN] = CHECK_TABLES(WORD_OPEN),
};
static const struct action *const neighbour_tables[] = { neighbour_actions,
	copy_actions, table_actions, candidate_actions, NULL };

static bool
is_checks(const struct doctor_view *v)
{
	return v->list.spec == &checks_spec;
}

static enum bar_word
word_of(const struct doctor_view *v)
{
	const struct doctor_row *r = listview_drawn(&v->list);

	if (r == NULL || has_cure(r))
		return r != NULL && r->cured ? WORD_CURED : WORD_CURE;
	if (r->verdict == DOCTOR_OK)
		return (v->open & 1U << r->area) != 0 ? WORD_FOLD : WORD_UNFOLD;
	return WORD_OPEN;
}

static const struct action *const *
actions_now(const void *self)
{
	return is_checks(self) ? check_tables[word_of(self)] : neighbour_tables;
}

/* Who comes from another screen wants to see a check. */
static void
draw(void *self, const struct rect *r)
{
	struct doctor_view *v = self;

	if (!is_checks(v) && trail_waits(v->list.app, TAB_DOCTOR))
		turn(v, &checks_spec);
	listview_draw(v, r);
}

static void
status(void *self, struct buf *b)
{
	struct doctor_view *v = self;

	if (!is_checks(v)) {
		listview_status(v, b);
		return;
	}
	listview_selected(&v->list);
	checks_count(v->list.rows, v->list.n, b);
}

const struct view_ops screen_doctor = {
	.name = N_("Doctor"),
	.word = "doctor",
	.help = N_("All that seki looks at on this host: what does not work, "
		   "what needs a look, what cannot be told, and a row for each "
		   "kind of what is well. The second page has the chains of "
		   "all programs in the order that packets meet them, and what "
		   "each does to what is allowed or forwarded here.\n"
		   "Marks: ! FAIL or WARN, or a chain that drops what is "
		   "forwarded; ~ the candidate cures it; ? it cannot be told; "
		   "* a chain of seki."),
	LISTVIEW_STATUS(
	    struct doctor_view, listview_open, listview_changed, draw, status),
	.actions = (const struct action *const[]){ row_actions[WORD_CURE],
	    check_actions, neighbour_actions, candidate_actions, copy_actions,
	    table_actions, NULL },
	.actions_now = actions_now,
	.arg = &checks_spec,
};
