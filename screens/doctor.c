/* Screen 8: what ails this host. */
#include "config.h"

#include "screens/doctor.h"

#include "core/base/intl.h"
#include "core/show/list_check.h"
#include "screens/listcopy.h"
#include "screens/listview.h"

struct doctor_view {
	struct listview list; /* first: list functions get this struct */
	unsigned open;	      /* a bit for each area that is unfolded */
};

/* ---- checks */

static void
title(const struct host *h, const void *row, struct buf *b)
{
	listing_checks.columns[CHECK_SUBJECT].print(h, row, b);
}

/* What is well is named in a row that is too short for many. */
static void
detail(const struct host *h, const void *row, struct buf *b)
{
	const struct doctor_row *r = row;
	struct buf verdict = { 0 };

	listing_checks.columns[CHECK_VERDICT].print(h, row, &verdict);
	buf_printf(b, "%-4s ", buf_text(&verdict));
	if (r->why != NULL)
		buf_printf(b, "%s\n", r->why);
	else
		buf_printf(b, "%s\n", r->check);
	buf_free(&verdict);
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
fold(void *self)
{
	struct doctor_view *v = self;
	const struct doctor_row *r = listview_selected(&v->list);

	if (r == NULL)
		return;
	if (r->verdict != DOCTOR_OK) {
		ui_message(
		    v->list.app->ui, ROLE_TEXT, "only what is well is folded");
		return;
	}
	v->open ^= 1U << r->area;
	listview_rearrange(&v->list);
}

static void
fold_all(void *self)
{
	struct doctor_view *v = self;

	v->open = v->open != 0 ? 0 : ~0U;
	listview_rearrange(&v->list);
}

static void
status(void *self, struct buf *b)
{
	struct doctor_view *v = self;

	listview_selected(&v->list);
	checks_count(v->list.rows, v->list.n, b);
}

static const struct act acts[] = {
	{ ACT_FOLD, fold },
	{ ACT_FOLD_ALL, fold_all },
	{ ACT_ENTER, fold },
	{ 0 },
};

static const struct action own_actions[] = {
	{ ACT_ENTER, { K_ENTER }, "enter", NULL,
	    N_("unfold what is well, or fold it again") },
	{ ACT_FOLD, { 'z' }, "fold", N_("Unfold"),
	    N_("the same: a row for each check that is well, or one for all "
	       "of a kind") },
	{ ACT_FOLD_ALL, { 'Z' }, "fold-all", NULL,
	    N_("fold or unfold all kinds") },
	{ 0 },
};

static const struct list_spec spec = {
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

const struct view_ops screen_doctor = {
	.name = N_("Doctor"),
	.word = "doctor",
	.help = N_("All that seki looks at on this host: what does not work, "
		   "what needs a look, what cannot be told, and a row for each "
		   "kind of what is well.\n"
		   "Marks: ! FAIL or WARN, ? it cannot be told."),
	LISTVIEW_STATUS(struct doctor_view, listview_open, listview_changed,
	    listview_draw, status),
	.actions = (const struct action *const[]){ own_actions,
	    candidate_actions, copy_actions, table_actions, NULL },
	.arg = &spec,
};
