/* The sections of the manual that are printed from tables. */
#include "config.h"

#include "doc/tables.h"

#include <stdlib.h>
#include <string.h>

#include "cli/arguments.h"
#include "cli/modes.h"
#include "console/actions.h"
#include "console/tabs.h"
#include "core/base/intl.h"
#include "core/command/command.h"
#include "core/lang/statement.h"
#include "core/plan/fixed.h"
#include "core/plan/role.h"
#include "core/show/list_tried.h"
#include "core/show/listing.h"
#include "core/show/metrics.h"
#include "core/show/output.h"
#include "core/show/report.h"
#include "doc/roff.h"
#include "screens/app.h"
#include "tui/dialog.h"
#include "tui/form.h"
#include "tui/keymap.h"

/* Options and modes */

static char *
mode_usage(const struct mode *m)
{
	return xasprintf("seki [OPTION...]%s%s%s%s",
	    m->word[0] != '\0' ? " " : "", m->word, m->usage != NULL ? " " : "",
	    m->usage != NULL ? m->usage : "");
}

void
manual_synopsis(struct buf *b)
{
	const struct mode *m;
	char *usage;

	roff_usage(b, "seki [OPTION...] COMMAND");
	for (m = modes; m->word != NULL; m++) {
		if (m->help == NULL)
			continue;
		usage = mode_usage(m);
		roff_usage(b, usage);
		free(usage);
	}
}

void
manual_modes(struct buf *b)
{
	const struct mode *m;
	char *usage;

	for (m = modes; m->word != NULL; m++) {
		if (m->help == NULL)
			continue;
		usage = mode_usage(m);
		roff_usage_tag(b, usage);
		roff_text(b, _(m->help));
		free(usage);
	}
}

void
manual_options(struct buf *b)
{
	const struct option_row *o;
	char *usage;

	for (o = option_rows; o->name != NULL; o++) {
		usage = xasprintf("--%s%s%s", o->name,
		    o->metavar != NULL ? " " : "",
		    o->metavar != NULL ? o->metavar : "");
		roff_usage_tag(b, usage);
		roff_text(b, _(o->help));
		free(usage);
	}
}

/* Fixed rules, before all policies */

void
manual_fixed(struct buf *b)
{
	static const struct fixed_scope all = { true, true, true, true };
	const struct fixed *f;
	enum chain chain;
	struct buf tag = { 0 };

	for (f = fixed_rows; f < fixed_rows + fixed_count; f++) {
		buf_reset(&tag);
		for (chain = 0; chain < CHAIN_COUNT; chain++)
			if (fixed_in(f, chain, &all))
				buf_printf(&tag, "%s%s",
				    tag.len > 0 ? ", " : "",
				    type_chain.choices[chain].word);
		buf_printf(&tag, ": %s", _(f->text));
		roff_tag(b, tag.s);
		roff_text(b, _(f->why));
	}
	buf_free(&tag);
}

/* Sysctls by the role of an interface */

void
manual_sysctls(struct buf *b)
{
	static const char *const names[] = { [LINK_ALL] = "all",
		[LINK_UPLINK] = "UPLINK",
		[LINK_BRIDGE] = "BRIDGE",
		[LINK_OTHER] = "OTHER" };
	const struct role_conf *r;
	char *usage;

	for (r = role_confs; r < role_confs + role_nconfs; r++) {
		usage = xasprintf(
		    "%s.%s = %d", names[r->role], confs[r->conf].name, r->want);
		roff_tag(b, usage);
		roff_text(b, _(r->why));
		free(usage);
	}
}

/* Rows of a language */

static void
print_choices(const struct choice *c, struct buf *b)
{
	roff_indent(b);
	for (; c->word != NULL; c++) {
		if (c->help == NULL)
			continue;
		roff_usage_tag(b, c->word);
		roff_text(b, _(c->help));
	}
	roff_outdent(b);
}

static void
print_arg(const struct arg *a, struct buf *b)
{
	const char *desc = a->type != NULL ? a->type->desc : NULL;
	struct row alone = { .name = "", .args = a, .nargs = 1 };
	struct buf usage = { 0 }, text = { 0 };

	schema_usage(&alone, &usage);
	roff_usage_tag(b, buf_text(&usage) + 1);
	buf_add(&text, _(a->help));
	if (desc != NULL && strcmp(desc, a->help) != 0)
		buf_printf(&text, " (%s)", _(desc));
	roff_text(b, buf_text(&text));
	if (a->type != NULL && a->type->choices != NULL)
		print_choices(a->type->choices, b);
	buf_free(&usage);
	buf_free(&text);
}

static void
print_args(const struct row *row, struct buf *b)
{
	size_t i;

	if (row->nargs > 0)
		roff_indent(b);
	for (i = 0; i < row->nargs; i++)
		print_arg(&row->args[i], b);
	if (row->nargs > 0)
		roff_outdent(b);
}

void
manual_commands(struct buf *b)
{
	struct buf usage = { 0 };
	size_t i;

	for (i = 0; commands[i] != NULL; i++) {
		buf_reset(&usage);
		command_usage(commands[i], &usage);
		roff_usage_tag(b, buf_text(&usage));
		roff_text(b, _(commands[i]->row.help));
		print_args(&commands[i]->row, b);
	}
	buf_free(&usage);
}

/* The verdicts share their words, which are explained once. */
void
manual_statements(struct buf *b)
{
	const struct row *row;
	struct buf usage = { 0 };

	for (row = statement_rows; row->name != NULL; row++) {
		buf_reset(&usage);
		schema_usage(row, &usage);
		roff_usage_tag(b, buf_text(&usage));
		roff_text(b, _(row->help));
		if (row == statement_rows || row->args != row[-1].args)
			print_args(row, b);
	}
	buf_free(&usage);
}

void
manual_columns(struct buf *b)
{
	const struct listing_column *c;
	const struct listing *l;
	struct buf head = { 0 };
	size_t i;

	for (i = 0; (l = listings[i]) != NULL; i++) {
		roff_tag(b, l->name);
		roff_text(b, _(l->help));
		roff_indent(b);
		for (c = l->columns; c < END_OF(l->columns, l->ncolumns); c++) {
			buf_reset(&head);
			listing_print_head(c, NULL, &head);
			roff_tag(b, buf_text(&head));
			roff_text(b, _(c->help));
		}
		roff_outdent(b);
	}
	buf_free(&head);
}

void
manual_json(struct buf *b)
{
	const struct choice *c;
	char *usage;

	for (c = outputs; c->word != NULL; c++) {
		usage = xasprintf("show %s --json", c->word);
		roff_usage_tag(b, usage);
		roff_text(b, _(c->help));
		roff_code(b, output_shape(c->word));
		free(usage);
	}
	roff_usage_tag(b, "diff --json");
	roff_code(b, report_diff_shape);
	roff_usage_tag(b, "commit --json");
	roff_code(b, report_commit_shape);
	roff_usage_tag(b, "try --json");
	roff_code(b, listing_tried.shape);
}

void
manual_metrics(struct buf *b)
{
	struct metric_row m;
	struct buf tag = { 0 };
	size_t i;

	for (i = 0; i < metrics_count(); i++) {
		m = metrics_row(i);
		buf_reset(&tag);
		buf_add(&tag, m.name);
		if (m.labels[0] != '\0')
			buf_printf(&tag, "{%s}", m.labels);
		roff_tag(b, buf_text(&tag));
		roff_text(b, _(m.help));
	}
	buf_free(&tag);
}

/* Screens and their keys */

static const struct view_ops *const *const views[] = { console_tabs,
	console_overlays, dialog_views,
	(const struct view_ops *const[]){ &form_view, NULL } };

const struct view_ops *
manual_view(size_t n)
{
	const struct view_ops *const *v;
	size_t i;

	for (i = 0; i < NITEMS(views); i++)
		for (v = views[i]; *v != NULL; v++)
			if (n-- == 0)
				return *v;
	return NULL;
}

static bool
has_table(const struct action *const *tables, const struct action *table)
{
	for (; tables != NULL && *tables != NULL; tables++)
		if (*tables == table)
			return true;
	return false;
}

/* The number of screens where the table is in force. */
static size_t
count_screens(const struct action *table)
{
	const struct view_ops *view;
	size_t n = 0, i;

	for (i = 0; (view = manual_view(i)) != NULL; i++)
		n += has_table(view->actions, table) ||
		     has_table(view->modes, table);
	return n;
}

static void
print_table(const struct action *a, struct buf *b)
{
	const struct action *const alone[] = { a, NULL };
	struct buf keys = { 0 };

	for (; a->id != ACT_NONE; a++) {
		buf_reset(&keys);
		if (a->help == NULL || !action_own_keys(alone, a, &keys))
			continue;
		roff_key_tag(b, buf_text(&keys), a->name);
		roff_text(b, _(a->help));
	}
	buf_free(&keys);
}

static void
print_own(const struct action *const *tables, struct buf *b)
{
	for (; tables != NULL && *tables != NULL; tables++)
		if (count_screens(*tables) == 1)
			print_table(*tables, b);
}

void
manual_screens(struct buf *b)
{
	const struct view_ops *view;
	size_t i;

	for (i = 0; (view = manual_view(i)) != NULL; i++) {
		roff_subsection(b, _(view->name));
		if (view->help != NULL)
			roff_text(b, _(view->help));
		print_own(view->actions, b);
		print_own(view->modes, b);
	}
}

/* Keys that several screens share. */

struct shared {
	const struct action *v[32];
	size_t n;
};

static void
print_where(const struct action *table, bool typing, struct buf *b)
{
	const struct view_ops *view;
	struct buf names = { 0 };
	char *text;
	size_t i;

	for (i = 0; (view = manual_view(i)) != NULL; i++)
		if (has_table(view->actions, table) ||
		    has_table(view->modes, table))
			buf_printf(&names, "%s%s", names.len > 0 ? _(", ") : "",
			    _(view->name));
	text = typing ? xasprintf(_("While text is typed, on the screens %s:"),
			    buf_text(&names))
		      : xasprintf(_("On the screens %s:"), buf_text(&names));
	roff_paragraph(b, text);
	print_table(table, b);
	buf_free(&names);
	free(text);
}

static void
print_shared(const struct action *const *tables, bool typing,
    struct shared *done, struct buf *b)
{
	for (; tables != NULL && *tables != NULL; tables++) {
		if (count_screens(*tables) < 2 || has_table(done->v, *tables) ||
		    done->n + 1 >= NITEMS(done->v))
			continue;
		done->v[done->n++] = *tables;
		print_where(*tables, typing, b);
	}
}

/* The keys of the toolkit: those of tables but not of except. */
static void
print_others(const struct action *const *tables,
    const struct action *const *except, const char *intro, struct buf *b)
{
	roff_paragraph(b, intro);
	for (; *tables != NULL; tables++)
		if (!has_table(except, *tables))
			print_table(*tables, b);
}

void
manual_keys(struct buf *b)
{
	const struct action *tables[KEYMAP_MAX + 1];
	const struct view_ops *view;
	struct shared done = { 0 };
	size_t i;

	for (i = 0; (view = manual_view(i)) != NULL; i++) {
		print_shared(view->actions, false, &done, b);
		print_shared(view->modes, true, &done, b);
	}
	keymap_tables(console_tabs[0], NULL, NULL, console_actions, tables);
	print_others(
	    tables, console_tabs[0]->actions, _("On every screen:"), b);
	keymap_tables(&form_view, NULL, form_view.modes[0], NULL, tables);
	print_others(tables, form_view.modes, _("While text is typed:"), b);
	keymap_tables(NULL, NULL, NULL, NULL, tables);
	print_others(tables, NULL, _("In the `:` line:"), b);
}
