/* What the tables of the program promise each other: nothing without help, no
 * key with two meanings, a form for each statement, all of it in the manual. */
#include "config.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/arguments.h"
#include "cli/modes.h"
#include "console/actions.h"
#include "console/tabs.h"
#include "core/command/command.h"
#include "core/lang/statement.h"
#include "core/show/listing.h"
#include "core/show/output.h"
#include "doc/manual.h"
#include "doc/tables.h"
#include "screens/app.h"
#include "screens/cmdform.h"
#include "tui/form.h"
#include "tui/keymap.h"

/* All flaws are told, and not only the first. */
static unsigned flaws;

static void __attribute__((format(printf, 1, 2))) flaw(const char *fmt, ...)
{
	va_list ap;

	flaws++;
	va_start(ap, fmt);
	print_message("# ");
	vprint_message(fmt, ap);
	print_message("\n");
	va_end(ap);
}

static void
need_help(const char *what, const char *name, const char *help)
{
	if (help == NULL || help[0] == '\0')
		flaw("%s %s has no help", what, name);
}

static int
begin(void **state UNUSED)
{
	flaws = 0;
	return 0;
}

/* Rows of the language and of the command line */

static void
check_choices(const char *row, const struct type *t)
{
	const struct choice *c = t->choices;

	if (t->desc == NULL && c == NULL)
		flaw("the %s of %s is not explained", t->metavar, row);
	for (; c != NULL && c->word != NULL; c++)
		if (c->help != NULL)
			need_help(row, c->word, c->help);
}

static void
check_row(const struct row *row)
{
	const struct arg *a;

	need_help("row", row->name, row->help);
	for (a = row->args; a < END_OF(row->args, row->nargs); a++) {
		need_help(row->name, a->name, a->help);
		if (a->type != NULL)
			check_choices(row->name, a->type);
	}
}

static void
test_rows(void **state UNUSED)
{
	const struct row *row;
	size_t i;

	for (i = 0; commands[i] != NULL; i++)
		check_row(&commands[i]->row);
	for (row = statement_rows; row->name != NULL; row++)
		check_row(row);
	for (i = 0; option_rows[i].name != NULL; i++)
		need_help("option", option_rows[i].name, option_rows[i].help);
	for (i = 0; outputs[i].word != NULL; i++)
		need_help("show", outputs[i].word, outputs[i].help);
	assert_int_equal(flaws, 0);
}

/* The bounds and presets that the help of an option tells are those in force. */
static void
test_options(void **state UNUSED)
{
	const struct choice *words = option_args[OPTION_NAME].type->choices;
	const struct option_spec *o;
	char text[64];
	size_t i;

	for (i = 0; i < OPTION_COUNT; i++) {
		o = &option_specs[i];
		if (o->max == 0)
			continue;
		snprintf(text, sizeof(text), "%u-%u (else %u)", o->min, o->max,
		    o->preset);
		if (strstr(words[i].help, text) == NULL)
			flaw("help of %s lacks %s", words[i].word, text);
	}
	assert_int_equal(flaws, 0);
}

/* Each word that help explains must stand in the usage above it. */
static void
check_explained(const struct row *row)
{
	struct buf usage = { 0 }, help = { 0 };
	char *rest, *line, word[64];

	schema_usage(row, &usage);
	command_help(row->name, &help);
	rest = help.s;
	while ((line = strsep(&rest, "\n")) != NULL)
		if (sscanf(line, "        %63s", word) == 1 &&
		    has_prefix(line, "        ") &&
		    strstr(buf_text(&usage), word) == NULL)
			flaw("help explains %s, which is not in: %s", word,
			    buf_text(&usage));
	buf_free(&usage);
	buf_free(&help);
}

static void
test_help(void **state UNUSED)
{
	const struct row *row;
	size_t i;

	for (i = 0; commands[i] != NULL; i++)
		check_explained(&commands[i]->row);
	for (row = statement_rows; row->name != NULL; row++)
		check_explained(row);
	assert_int_equal(flaws, 0);
}

/* Lists */

static void
check_columns(const struct listing *l)
{
	const struct listing_column *c = l->columns, *other;

	for (; c < END_OF(l->columns, l->ncolumns); c++) {
		if (c->name == NULL || c->name[0] == '\0' || c->head == NULL)
			flaw("column %zu of %s has no name or head",
			    (size_t)(c - l->columns), l->name);
		need_help(l->name, c->name, c->help);
		for (other = l->columns; other < c; other++)
			if (strcmp(other->name, c->name) == 0)
				flaw("%s has two columns %s", l->name, c->name);
	}
}

static void
test_listings(void **state UNUSED)
{
	size_t i;

	for (i = 0; listings[i] != NULL; i++) {
		need_help("list", listings[i]->name, listings[i]->help);
		if (listings[i]->shape == NULL)
			flaw("the JSON of %s has no shape", listings[i]->name);
		check_columns(listings[i]);
	}
	assert_int_equal(flaws, 0);
}

/* Keys */

static void
print_keys(const struct action *a, char text[static 64])
{
	const struct action *const alone[] = { a, NULL };
	struct buf b = { 0 };

	if (!action_own_keys(alone, a, &b))
		buf_add(&b, "no key");
	snprintf(text, 64, "%s", buf_text(&b));
	buf_free(&b);
}

/* The first tab speaks for the others. */
static bool
speaks_for_itself(const struct action *a)
{
	return a->id <= ACT_TAB_1 || a->id > ACT_TAB_9;
}

static void
check_action(const char *view, const struct action *a)
{
	char keys[64];

	print_keys(a, keys);
	if (a->name == NULL || a->name[0] == '\0')
		flaw("%s: %s has no name", view, keys);
	if (a->key[0] == K_NONE)
		flaw("%s: %s has no key", view, a->name);
	if (speaks_for_itself(a))
		need_help(view, keys, a->help);
}

static bool
binds(const struct action *a, int key)
{
	size_t i;

	for (i = 0; i < NITEMS(a->key); i++)
		if (key != K_NONE && a->key[i] == key)
			return true;
	return false;
}

/* A key that means something else further on; a pair may mean nothing, where
 * its first key does something. In the line of tabs, a screen
 * that has such a key is wrong, but for F5, which refreshes where nothing
 * folds; what lies on top may take one of several keys from below. */
static void
check_key(const char *view, const struct action *const *tables,
    const struct action *of, int key, bool strict)
{
	const struct action *first = action_find(tables, key), *a;
	struct buf b = { 0 };

	key_print(&b, key);
	for (a = first; first != NULL && a->id != ACT_NONE; a++)
		if (a != first && binds(a, key))
			flaw("%s: %s is twice in a table", view, b.s);
	if (strict && key != K_F(5) && first != NULL && first->id != of->id)
		flaw(
		    "%s: %s means %s and %s", view, b.s, first->name, of->name);
	buf_free(&b);
}

/* What another table took every key of; of a pair, it took the first key. In a
 * text N searches backwards, as everywhere, and makes no statement. */
static void
check_hidden(const char *view, const struct action *const *tables,
    const struct action *a)
{
	const struct action *first = action_find(tables, a->key[0]);
	struct buf b = { 0 };

	if (!action_own_keys(tables, a, &b) && first != NULL &&
	    first->id != a->id && first->id != ACT_PREVIOUS)
		flaw("%s: no key is left for %s", view, a->name);
	buf_free(&b);
}

static void
check_tables(const char *view, const struct action *const *tables, bool strict)
{
	const struct action *const *table, *a;
	size_t k;

	for (table = tables; *table != NULL; table++) {
		for (a = *table; a->id != ACT_NONE; a++) {
			check_action(view, a);
			check_hidden(view, tables, a);
			for (k = 0; k < NITEMS(a->key); k++)
				check_key(view, tables, a, a->key[k], strict);
		}
	}
}

static bool
is_tab(const struct view_ops *view)
{
	size_t i;

	for (i = 0; i < TAB_COUNT; i++)
		if (console_tabs[i] == view)
			return true;
	return false;
}

static void
test_keys(void **state UNUSED)
{
	const struct action *tables[KEYMAP_MAX + 1];
	const struct action *const *mode;
	const struct view_ops *view;
	size_t i;

	for (i = 0; (view = manual_view(i)) != NULL; i++) {
		keymap_tables(view, NULL, NULL, console_actions, tables);
		check_tables(view->name, tables, is_tab(view));
		for (mode = view->modes; mode != NULL && *mode != NULL;
		     mode++) {
			keymap_tables(
			    view, NULL, *mode, console_actions, tables);
			check_tables(view->name, tables, true);
		}
		if (view->mode != NULL && view->modes == NULL)
			flaw("%s does not tell its modes", view->name);
	}
	keymap_tables(NULL, NULL, NULL, console_actions, tables);
	check_tables("the prompt", tables, true);
	assert_int_equal(flaws, 0);
}

/* Screens */

static void
test_screens(void **state UNUSED)
{
	const struct view_ops *view, *other;
	size_t i, k;

	for (i = 0; i < TAB_COUNT; i++) {
		view = console_tabs[i];
		need_help("screen", view->name, view->help);
		if (view->word == NULL) {
			flaw(": has no word for %s", view->name);
			continue;
		}
		for (k = 0; k < i; k++) {
			other = console_tabs[k];
			if (other->word != NULL &&
			    strcmp(other->word, view->word) == 0)
				flaw(": has one word for %s and %s", view->name,
				    other->name);
		}
	}
	for (i = 0; console_overlays[i] != NULL; i++)
		need_help("screen", console_overlays[i]->name,
		    console_overlays[i]->help);
	assert_int_equal(flaws, 0);
}

/* Forms */

static const struct row *form_row; /* whose form is opened */
static size_t form_fields;

static bool
has_field(const struct form_spec *spec, const struct arg *a)
{
	size_t i;

	for (i = 0; i < spec->nfields; i++)
		if (spec->fields[i].help != NULL &&
		    strstr(spec->fields[i].help, a->help) != NULL)
			return true;
	return false;
}

void __wrap_form_open(struct ui *, const struct form_spec *);

void
__wrap_form_open(struct ui *ui UNUSED, const struct form_spec *spec)
{
	const struct row *row = form_row;
	size_t i;

	form_fields = spec->nfields;
	for (i = 0; i < row->nargs; i++)
		if (!has_field(spec, &row->args[i]))
			flaw("the form of %s has no field for %s", row->name,
			    row->args[i].name);
	for (i = 0; i < spec->nfields; i++)
		need_help(
		    row->name, spec->fields[i].label, spec->fields[i].help);
	spec->close(spec->arg);
}

static void
test_forms(void **state UNUSED)
{
	struct host h = { 0 };
	struct app app = { .host = &h };

	for (form_row = statement_rows; form_row->name != NULL; form_row++) {
		form_fields = 0;
		cmdform_new(&app, form_row->name);
		if (form_fields < form_row->nargs)
			flaw("%s has no form", form_row->name);
	}
	assert_int_equal(flaws, 0);
}

/* The manual */

/* The text of a page as it is read, in one line. */
static char *
read_page(const char *name)
{
	struct buf page = { 0 }, text = { 0 };
	const char *s;

	assert_true(manual_print(name, &page));
	for (s = buf_text(&page); *s != '\0'; s++) {
		if (*s == '.' && (s == page.s || s[-1] == '\n'))
			s += strcspn(s, "\n") - 1;
		else if (s[0] == '\\' && s[1] == 'f')
			s += 2;
		else if (s[0] == '\\' && s[1] == '(') {
			buf_add(&text, s[2] == 't'   ? "~"
				       : s[2] == 'h' ? "^"
						     : "'");
			s += 3;
		} else if (s[0] == '\\' && s[1] == '&')
			s++;
		else if (s[0] == '\\')
			buf_add(&text, *++s == 'e' ? "\\" : "-");
		else
			buf_add_n(&text, *s == '\n' ? " " : s, 1);
	}
	buf_free(&page);
	return buf_take(&text);
}

static void __attribute__((format(printf, 3, 4)))
need_text(const char *page, const char *what, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (strstr(page, text) == NULL)
		flaw("the manual misses %s: %s", what, text);
}

static void
find_args(const char *page, const struct row *row)
{
	struct row alone = { .name = "", .nargs = 1 };
	struct buf b = { 0 };
	size_t i;

	for (i = 0; i < row->nargs; i++) {
		alone.args = &row->args[i];
		buf_reset(&b);
		schema_usage(&alone, &b);
		need_text(page, row->name, "%s %s", buf_text(&b) + 1,
		    row->args[i].help);
	}
	buf_free(&b);
}

static void
find_table(const char *page, const char *view, const struct action *a)
{
	char keys[64];

	for (; a->id != ACT_NONE; a++) {
		print_keys(a, keys);
		if (a->help != NULL)
			need_text(
			    page, view, "%s (%s) %s", keys, a->name, a->help);
	}
}

static void
find_keys(const char *page)
{
	const struct action *tables[KEYMAP_MAX + 1];
	const struct action *const *t;
	const struct view_ops *view;
	size_t i;

	for (i = 0; (view = manual_view(i)) != NULL; i++) {
		keymap_tables(view, NULL, NULL, console_actions, tables);
		for (t = tables; *t != NULL; t++)
			find_table(page, view->name, *t);
		for (t = view->modes; t != NULL && *t != NULL; t++)
			find_table(page, view->name, *t);
	}
	keymap_tables(NULL, NULL, NULL, NULL, tables);
	find_table(page, "the prompt", tables[0]);
}

static void
test_manual_commands(void **state UNUSED)
{
	char *page = read_page("seki.8");
	struct buf b = { 0 };
	size_t i;

	for (i = 0; commands[i] != NULL; i++) {
		buf_reset(&b);
		command_usage(commands[i], &b);
		need_text(page, "a command", "%s %s", buf_text(&b),
		    commands[i]->row.help);
		find_args(page, &commands[i]->row);
	}
	for (i = 0; outputs[i].word != NULL; i++) {
		need_text(page, "what is shown", "%s %s", outputs[i].word,
		    outputs[i].help);
		need_text(page, "JSON", "show %s --json", outputs[i].word);
	}
	buf_free(&b);
	free(page);
	assert_int_equal(flaws, 0);
}

static void
test_manual_columns(void **state UNUSED)
{
	const struct listing_column *c;
	char *page = read_page("seki.8");
	struct buf head = { 0 };
	size_t i, k;

	for (i = 0; listings[i] != NULL; i++) {
		for (k = 0; k < listings[i]->ncolumns; k++) {
			c = &listings[i]->columns[k];
			buf_reset(&head);
			listing_print_head(c, NULL, &head);
			need_text(page, listings[i]->name, "%s %s",
			    buf_text(&head), c->help);
		}
	}
	buf_free(&head);
	free(page);
	assert_int_equal(flaws, 0);
}

static void
test_manual_options(void **state UNUSED)
{
	char *page = read_page("seki.8");
	const struct option_row *o;
	const struct mode *m;

	for (o = option_rows; o->name != NULL; o++)
		need_text(page, "an option", "--%s%s%s %s", o->name,
		    o->metavar != NULL ? " " : "",
		    o->metavar != NULL ? o->metavar : "", o->help);
	for (m = modes; m->word != NULL; m++)
		if (m->help != NULL)
			need_text(page, "a mode", "%s%s%s %s", m->word,
			    m->usage != NULL ? " " : "",
			    m->usage != NULL ? m->usage : "", m->help);
	free(page);
	assert_int_equal(flaws, 0);
}

static void
test_manual_keys(void **state UNUSED)
{
	char *page = read_page("seki.8");

	find_keys(page);
	free(page);
	assert_int_equal(flaws, 0);
}

static void
test_manual_statements(void **state UNUSED)
{
	char *page = read_page("seki.conf.5");
	const struct row *row;
	struct buf b = { 0 };

	for (row = statement_rows; row->name != NULL; row++) {
		buf_reset(&b);
		schema_usage(row, &b);
		need_text(
		    page, "a statement", "%s %s", buf_text(&b), row->help);
		find_args(page, row);
	}
	buf_free(&b);
	free(page);
	assert_int_equal(flaws, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_rows, begin),
		cmocka_unit_test_setup(test_options, begin),
		cmocka_unit_test_setup(test_help, begin),
		cmocka_unit_test_setup(test_listings, begin),
		cmocka_unit_test_setup(test_keys, begin),
		cmocka_unit_test_setup(test_screens, begin),
		cmocka_unit_test_setup(test_forms, begin),
		cmocka_unit_test_setup(test_manual_commands, begin),
		cmocka_unit_test_setup(test_manual_columns, begin),
		cmocka_unit_test_setup(test_manual_options, begin),
		cmocka_unit_test_setup(test_manual_keys, begin),
		cmocka_unit_test_setup(test_manual_statements, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
