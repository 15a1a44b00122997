/* Forms for statements, made from the rows of the language. */
#include "config.h"

#include "screens/cmdform.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/intl.h"
#include "core/lang/auto.h"
#include "core/lang/statement.h"
#include "core/lang/suggest.h"
#include "core/lang/type_addr.h"
#include "core/plan/model.h"
#include "core/reach/effect.h"
#include "core/state/candidate.h"
#include "core/state/wanted.h"
#include "screens/begin.h"
#include "screens/misfit.h"
#include "screens/trail.h"
#include "tui/form.h"

/* The bytes of the line that hold the words of a field, from 0. */
struct place {
	size_t start, end;
};

struct cmdform {
	struct app *app;
	struct statement *old; /* the statement being edited; NULL: none */
	enum chain chain;      /* a new policy comes behind that one there; */
	unsigned behind;       /* 0: behind all */
	const struct row *row;
	bool verdict; /* field 0 says allow, deny or reject */
	struct field *fields;
	size_t n;
	/* The statement that the values make, and its error: */
	struct buf line;
	struct place *places;
	struct err error;
	size_t blamed;	   /* the field of the error; n: none */
	struct buf effect; /* warnings of a commit, from effect_of */
	/* The same without the statement: */
	struct buf without;
	struct ssh sessions[SSH_SESSIONS_MAX];
	size_t nsessions;
};

static const struct arg *
arg_of(const struct cmdform *f, size_t field)
{
	return f->verdict && field == 0 ? NULL
					: &f->row->args[field - f->verdict];
}

static bool
is_positional(const struct arg *a)
{
	return (a->flags & (ARG_KEYWORD | ARG_FLAG)) == 0;
}

/* "any" leaves out an optional choice, unless the words of the next field would
 * be taken for it. */
static bool
is_left_out(const struct cmdform *f, const struct form *form, size_t field)
{
	const struct arg *a = arg_of(f, field);
	const char *value = form_value(form, field);

	if (value[0] == '\0')
		return true;
	if ((a->flags & ARG_REQUIRED) != 0 || a->type == NULL ||
	    a->type->choices == NULL || strcmp(value, "any") != 0)
		return false;
	return field + 1 == f->n || !is_positional(arg_of(f, field + 1)) ||
	       form_value(form, field + 1)[0] == '\0';
}

/* The statement as typed so far */

static void
add_value(const struct arg *a, const char *value, struct buf *b)
{
	if (!is_positional(a))
		buf_printf(b, "%s ", a->name);
	if (a->type == &type_text && value[0] != '"')
		words_print_quoted(b, value);
	else if (a->type != NULL)
		buf_add(b, value);
	else
		b->s[--b->len] = '\0';
}

static void
write_line(struct cmdform *f, const struct form *form)
{
	size_t i;

	buf_reset(&f->line);
	buf_add(&f->line, f->verdict ? form_value(form, 0) : f->row->name);
	for (i = f->verdict; i < f->n; i++) {
		f->places[i] = (struct place){ SIZE_MAX, 0 };
		if (is_left_out(f, form, i))
			continue;
		buf_add(&f->line, " ");
		f->places[i].start = f->line.len;
		add_value(arg_of(f, i), form_value(form, i), &f->line);
		f->places[i].end = f->line.len;
	}
}

/* Statements of which a second one of that name is an error, not a change. */
static bool
is_added(const struct statement *st)
{
	return st->kind == ST_FORWARD || statement_is_policy(st);
}

/* The policy of its chain that st comes behind. */
static unsigned
place_of(const struct cmdform *f, const struct statement *st)
{
	return st->v[POLICY_CHAIN].choice == f->chain ? f->behind : 0;
}

/* Puts st into c, a copy of the candidate. Takes st. */
static int
put(const struct cmdform *f, struct config *c, struct statement *st,
    struct err *e)
{
	size_t at;

	if (f->old == NULL && statement_is_policy(st))
		return config_add_behind(c, st, place_of(f, st), e);
	if (f->old == NULL)
		return is_added(st) ? config_add(c, st, e)
				    : config_set(c, st, e);
	at = config_find(c, f->old, e);
	if (at == SIZE_MAX) {
		statement_free(st);
		return -1;
	}
	config_put(c, at, st);
	return 0;
}

/* Builds the model of the candidate with the statement: -1 with the error when
 * a commit would refuse it. */
static int
judge(struct cmdform *f, struct err *e)
{
	const struct host *h = f->app->host;
	struct config c = { 0 };
	struct model m = { 0 };
	struct statement *st = statement_from(buf_text(&f->line), e);
	int r = -1;

	if (st == NULL)
		return -1;
	config_copy(&c, &h->candidate);
	st = auto_resolve(st, &c, &h->snapshot, e);
	if (st != NULL && put(f, &c, st, e) == 0) {
		wanted_learn(f->app->writable, &c);
		r = model_build(&m, &c, &h->snapshot, e);
	}
	if (r == 0)
		effect_of(
		    &m, &h->snapshot, f->sessions, f->nsessions, &f->effect);
	model_free(&m);
	config_free(&c);
	return r;
}

/* The field whose words hold the column of the error. */
static size_t
find_blamed(const struct cmdform *f)
{
	const struct err *e = &f->error;
	size_t i;

	if (e->col == 0 || strcmp(e->source, buf_text(&f->line)) != 0)
		return f->n;
	for (i = f->verdict; i < f->n; i++)
		if (e->col > f->places[i].start && e->col <= f->places[i].end)
			return i;
	return f->n;
}

static void
look_without(struct cmdform *f)
{
	const struct host *h = f->app->host;

	buf_reset(&f->without);
	f->nsessions = ssh_find(getpid(), f->sessions);
	effect_of_config(&h->candidate, &h->snapshot, f->sessions, f->nsessions,
	    &f->without);
}

static void
look(struct cmdform *f, const struct form *form)
{
	write_line(f, form);
	memset(&f->error, 0, sizeof(f->error));
	buf_reset(&f->effect);
	f->blamed = f->n;
	if (judge(f, &f->error) != 0)
		f->blamed = find_blamed(f);
}

/* Callbacks of the form */

static void
tell_error(const struct err *e, struct buf *b)
{
	buf_add(b, e->text);
	if (e->hint[0] != '\0')
		buf_printf(b, "\n%s", e->hint);
}

/* A forward has ports, unless it is of the rest. */
static bool
is_wanted(const struct cmdform *f, const struct form *form, size_t field)
{
	const struct arg *a = arg_of(f, field);

	return (a->flags & ARG_REQUIRED) != 0 ||
	       (a == &statement_rows[ST_FORWARD].args[FORWARD_PORTS] &&
		   strcmp(form_value(form, FORWARD_PROTO), "any") != 0);
}

static void
check(void *arg, const struct form *form, size_t field, struct buf *why)
{
	struct cmdform *f = arg;
	const struct arg *a = arg_of(f, field);
	const char *value = form_value(form, field);

	if (field == 0)
		look(f, form);
	if (a == NULL)
		return;
	if (value[0] == '\0' && is_wanted(f, form, field))
		buf_printf(why, _("required: %s"), _(a->type->desc));
	else if (value[0] != '\0' && a->type != NULL && a->type != &type_text)
		misfit_tell(f->app->host, a->type, value, why);
	if (why->len == 0 && f->blamed == field)
		tell_error(&f->error, why);
}

/* Offers "container NAME" for NAME. */
struct prefixed {
	const char *prefix;
	complete_add *add;
	void *ctx;
};

static void
add_prefixed(void *arg, const char *word, const char *help)
{
	const struct prefixed *p = arg;
	char *both = xasprintf("%s %s", p->prefix, word);

	p->add(p->ctx, both, help);
	free(both);
}

/* The type who suggests only its first words, as a line completes word by word.
 */
static void
pick_who(const struct host *h, complete_add *add, void *ctx)
{
	struct prefixed p = { "container", add, ctx };
	struct suggest s = { .snapshot = &h->snapshot,
		.config = &h->candidate,
		.add = add_prefixed,
		.arg = &p };

	add(ctx, "any", _("everybody"));
	add(ctx, "uplink", _("everything outside"));
	suggest_values(&type_name, &s);
	p.prefix = "bridge";
	suggest_values(&type_bridge, &s);
}

static void
pick(void *arg, const struct form *form UNUSED, size_t field, complete_add *add,
    void *ctx)
{
	const struct cmdform *f = arg;
	const struct arg *a = arg_of(f, field);
	const struct host *h = f->app->host;
	struct err ignored;
	struct statement *st = statement_key_from(buf_text(&f->line), &ignored);
	struct suggest s = { .snapshot = &h->snapshot,
		.config = &h->candidate,
		.add = add,
		.arg = ctx,
		.host = h,
		.v = st != NULL ? st->v : NULL };

	if (a->type == &type_who)
		pick_who(h, add, ctx);
	else
		suggest_values(a->type, &s);
	statement_free(st);
}

/* A new policy for all packets of a chain, or for a protocol without a look at
 * its ports, is hardly what Enter is pressed for. */
static bool
is_bare(void *arg, const struct form *form)
{
	const struct cmdform *f = arg;
	const size_t proto = POLICY_PROTO + 1, ports = POLICY_PORTS + 1;
	size_t i = proto + 1;

	if (!f->verdict || f->old != NULL)
		return false;
	while (i < f->n && is_left_out(f, form, i))
		i++;
	return i == f->n &&
	       (is_left_out(f, form, proto) || !form_touched(form, ports));
}

static bool
is_untouched(const struct cmdform *f, const struct form *form)
{
	size_t i;

	for (i = 0; i < f->n && !form_touched(form, i);)
		i++;
	return i == f->n;
}

static void
tell_effect(const struct cmdform *f, struct buf *b)
{
	size_t start = b->len;

	effect_news(
	    buf_text(&f->without), buf_text(&f->effect), "WARN %s\n", b);
	if (b->len == start)
		buf_printf(b, "ok   %s\n", _("no problem found"));
}

/* An incomplete statement is not reported, nor an error that its field shows.
 */
static void
preview(void *arg, const struct form *form, struct buf *b)
{
	const struct cmdform *f = arg;

	buf_printf(b, "%s\n", buf_text(&f->line));
	if (is_bare(arg, form) && is_untouched(f, form)) {
		buf_printf(b, "note %s\n",
		    _("about all packets of the chain, until something is "
		      "filled in"));
	} else if (f->error.code == ERR_NONE) {
		tell_effect(f, b);
	} else if (f->error.code != ERR_USAGE &&
		   (f->blamed == f->n || !form_touched(form, f->blamed))) {
		buf_add(b, "FAIL ");
		tell_error(&f->error, b);
		buf_add(b, "\n");
	}
}

/* Tells the statement as written: "auto" became an address. */
static void
tell(struct app *app, const char *key, bool changed)
{
	const struct statement *st;
	struct err ignored;
	struct statement *like = statement_key_from(key, &ignored);
	struct buf b = { 0 };

	st = like != NULL ? config_same(&app->host->candidate, like) : NULL;
	if (st != NULL) {
		statement_print(st, &b);
		ui_message(app->ui, ROLE_OK,
		    changed ? N_("in the candidate: %s")
			    : N_("nothing was changed: %s"),
		    buf_text(&b));
	}
	statement_free(like);
	buf_free(&b);
}

/* The next container has another name. */
static void
begin_next(struct cmdform *f)
{
	struct buf name = { 0 };

	if (f->row != &statement_rows[ST_CONTAINER] || f->old != NULL)
		return;
	begin_name(f->app->host, ST_CONTAINER, &name);
	free((char *)f->fields[CONTAINER_NAME].value);
	f->fields[CONTAINER_NAME].value = buf_take(&name);
}

static int
submit(void *arg, const struct form *form, struct err *e)
{
	struct cmdform *f = arg;
	struct host *h = f->app->writable;
	struct buf key = { 0 };
	struct statement *st;
	bool changed;
	enum tab tab;
	int r;

	look(f, form);
	st = statement_from(buf_text(&f->line), e);
	if (st == NULL)
		return -1;
	statement_key(st, &key);
	tab = trail_tab(st);
	changed = f->old == NULL || !statement_equal(f->old, st);
	if (f->old != NULL)
		r = candidate_replace(h, f->old, st, e);
	else if (statement_is_policy(st))
		r = candidate_add_behind(h, st, place_of(f, st), e);
	else if (is_added(st))
		r = candidate_add(h, st, e);
	else
		r = candidate_set(h, st, e);
	if (app_edited(f->app, r, NULL) != 0)
		goto out;
	trail_select(f->app, tab, buf_text(&key));
	tell(f->app, buf_text(&key), changed);
	look_without(f);
	begin_next(f);
out:
	buf_free(&key);
	return r;
}

static void
form_close(void *arg)
{
	struct cmdform *f = arg;
	size_t i;

	for (i = 0; i < f->n; i++) {
		free((char *)f->fields[i].label);
		free((char *)f->fields[i].value);
		free((char *)f->fields[i].help);
		free((void *)f->fields[i].choices);
	}
	free(f->fields);
	free(f->places);
	statement_free(f->old);
	buf_free(&f->line);
	buf_free(&f->effect);
	buf_free(&f->without);
	free(f);
}

/* Rows to fields */

static const struct field_choice *
field_choices(const struct type *t)
{
	const struct choice *c;
	struct field_choice *all;
	size_t n = 0;

	for (c = t->choices; c->word != NULL; c++)
		n++;
	all = xcalloc(n + 1, sizeof(*all));
	for (c = t->choices, n = 0; c->word != NULL; c++)
		if (c->help != NULL)
			all[n++] = (struct field_choice){ c->word, _(c->help) };
	return all;
}

static bool
has_any(const struct type *t)
{
	const struct choice *c;

	for (c = t->choices; c->word != NULL; c++)
		if (strcmp(c->word, "any") == 0)
			return true;
	return false;
}

static enum field_kind
field_kind(const struct arg *a)
{
	if (a->type == NULL)
		return FIELD_TICK;
	if (a->type->choices != NULL &&
	    ((a->flags & ARG_REQUIRED) != 0 || has_any(a->type)))
		return FIELD_CHOICE;
	return suggest_knows(a->type) ? FIELD_PICK : FIELD_TEXT;
}

/* The initial value of a field: the statement's, or else the first choice. */
static char *
first_value(const struct arg *a, const struct value *v)
{
	struct buf b = { 0 };

	if (v->set && a->type == &type_text)
		buf_add(&b, v->text);
	else if (v->set && a->type != NULL)
		type_print(a->type, v, &b);
	else if (v->set)
		buf_add(&b, "yes");
	else if (field_kind(a) == FIELD_CHOICE)
		buf_add(&b, (a->flags & ARG_REQUIRED) == 0
				? "any"
				: a->type->choices[0].word);
	return buf_take(&b);
}

/* The help of a field: its purpose, and the values it accepts. */
static char *
field_help(const struct arg *a)
{
	if (a->type == NULL || a->type == &type_text ||
	    field_kind(a) == FIELD_CHOICE)
		return xstrdup(_(a->help));
	return xasprintf("%s: %s", _(a->help), _(a->type->desc));
}

/* The keyword of the argument, except where that is an abbreviation, or the
 * same for two arguments. */
static char *
field_label(const struct arg *a)
{
	static const struct {
		const char *word;
		const struct type *type; /* NULL: any */
		const char *label;
	} labels[] = {
		{ "ula", NULL, N_("ULA") },
		{ "ipv4", NULL, N_("IPv4") },
		{ "on", &type_addr, N_("On address") },
		{ "on", &type_bridge, N_("On bridge") },
	};
	char *label;
	size_t i;

	for (i = 0; i < NITEMS(labels); i++)
		if (strcmp(labels[i].word, a->name) == 0 &&
		    (labels[i].type == NULL || labels[i].type == a->type))
			return xstrdup(_(labels[i].label));
	label = xstrdup(_(a->name));
	label[0] = (char)toupper((unsigned char)label[0]);
	return label;
}

static struct field
make_field(const struct arg *a, const struct value *v)
{
	struct field field = { .kind = field_kind(a) };

	field.label = field_label(a);
	field.value = first_value(a, v);
	field.help = field_help(a);
	if (field.kind == FIELD_CHOICE)
		field.choices = field_choices(a->type);
	return field;
}

static struct field
verdict_field(const struct statement *st)
{
	return (struct field){
		.label = xstrdup(_("Verdict")),
		.kind = FIELD_CHOICE,
		.choices = field_choices(&type_verdict),
		.value = xstrdup(statement_row(st)->name),
		.help = xstrdup(_("what happens to packets that match")),
	};
}

static const char *
title_of(const struct cmdform *f)
{
	static const char *const titles[ST_COUNT][2] = {
		[ST_UPLINK] = { N_("Uplink"), N_("Uplink") },
		[ST_BRIDGE] = { N_("Bridge"), N_("Edit bridge") },
		[ST_CONTAINER] = { N_("Container"), N_("Edit container") },
		[ST_FORWARD] = { N_("New forward"), N_("Edit forward") },
		[ST_ALLOW] = { N_("New policy"), N_("Edit policy") },
		[ST_DENY] = { N_("New policy"), N_("Edit policy") },
		[ST_REJECT] = { N_("New policy"), N_("Edit policy") },
		[ST_DEFAULT] = { N_("Default"), N_("Edit default") },
		[ST_OPTION] = { N_("Option"), N_("Edit option") },
	};

	return titles[f->row - statement_rows][f->old != NULL];
}

/* Kinds of which an admin adds one after the other. */
static const bool has_many[ST_COUNT] = {
	[ST_CONTAINER] = true,
	[ST_FORWARD] = true,
	[ST_ALLOW] = true,
	[ST_DENY] = true,
	[ST_REJECT] = true,
};

static void
open_form(
    struct app *app, const struct statement *st, bool edit, unsigned behind)
{
	struct cmdform *f = xcalloc(1, sizeof(*f));
	size_t i;

	f->app = app;
	f->old = edit ? statement_copy(st) : NULL;
	f->row = statement_row(st);
	f->behind = behind;
	if (statement_is_policy(st))
		f->chain = (enum chain)st->v[POLICY_CHAIN].choice;
	f->verdict = statement_is_policy(st);
	f->n = f->row->nargs + f->verdict;
	f->blamed = f->n;
	f->fields = xcalloc(f->n, sizeof(*f->fields));
	f->places = xcalloc(f->n, sizeof(*f->places));
	look_without(f);
	if (f->verdict)
		f->fields[0] = verdict_field(st);
	for (i = 0; i < f->row->nargs; i++)
		f->fields[i + f->verdict] =
		    make_field(&f->row->args[i], &st->v[i]);
	form_open(app->ui,
	    &(struct form_spec){ .title = _(title_of(f)),
		.help = _("It goes to the candidate only: nothing changes in "
			  "the kernel before a commit (c)."),
		.fields = f->fields,
		.nfields = f->n,
		.check = check,
		.pick = pick,
		.is_bare = is_bare,
		.preview = preview,
		.submit = submit,
		.close = form_close,
		.more = !edit && has_many[st->kind],
		.arg = f });
}

/* Kinds that are set, and not added, have one statement of each name. */
static bool
is_new(const struct host *h, const struct statement *st,
    const struct statement **there)
{
	*there = is_added(st) ? NULL : config_same(&h->candidate, st);
	return *there == NULL;
}

void
cmdform_new(struct app *app, const char *start)
{
	const struct statement *there;
	struct statement *st;
	struct err e = { 0 };

	if (app_refuses(app))
		return;
	st = statement_key_from(start, &e);
	if (st == NULL)
		ui_error(app->ui, &e);
	else if (is_new(app->host, st, &there))
		open_form(app, st, false, 0);
	else
		open_form(app, there, true, 0);
	statement_free(st);
}

void
cmdform_new_policy(struct app *app, enum chain chain, unsigned n)
{
	char *start = xasprintf("allow %s", type_chain.choices[chain].word);
	struct err ignored;
	struct statement *st = statement_key_from(start, &ignored);

	if (st != NULL && !app_refuses(app))
		open_form(app, st, false, n);
	statement_free(st);
	free(start);
}

void
cmdform_begin(struct app *app, enum statement_kind kind)
{
	struct buf b = { 0 };

	begin_statement(app->host, kind, &b);
	cmdform_new(app, buf_text(&b));
	buf_free(&b);
}

void
cmdform_edit(struct app *app, const struct statement *st)
{
	if (!app_refuses(app))
		open_form(app, st, true, 0);
}
