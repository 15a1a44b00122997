/* The rows and columns of a listing, as a table takes them. */
#include "config.h"

#include "screens/listsource.h"

#include <limits.h>
#include <string.h>
#include <strings.h>

#include "core/base/intl.h"
#include "core/base/number.h"
#include "core/show/listing.h"
#include "core/show/overlay.h"

#define NARROWEST 10 /* least width of a column that is never dropped, */
#define CUT_FROM 18  /* and of one that may be cut */
#define SPARK_MIN 13 /* a minute, and the edge of the screen */
#define SPARK_RANK 4
#define SPARK_WIDE 37 /* or three, */
#define WIDE 120      /* from so many columns on */

static size_t
count(void *arg)
{
	const struct listview *v = arg;

	return v->n;
}

const void *
listsource_row(const struct listview *v, size_t row)
{
	return listing_row(v->listing, v->rows, row);
}

static bool
is_caption(const struct listview *v, size_t row)
{
	return v->spec->is_caption != NULL &&
	       v->spec->is_caption(listsource_row(v, row));
}

static void
key(void *arg, size_t row, struct buf *b)
{
	const struct listview *v = arg;

	v->listing->key(v->app->host, listsource_row(v, row), b);
}

static void
cell(void *arg, size_t row, size_t col, struct buf *b)
{
	const struct listview *v = arg;
	const struct listing_column *c = &v->listing->columns[col];

	if (!is_caption(v, row) || (c->flags & COLUMN_WIDE) != 0)
		listing_print(c, v->app->host, listsource_row(v, row), b);
}

static void
chart(void *arg, size_t row, int w, struct buf *b)
{
	const struct listview *v = arg;
	struct traffic t;

	if (row == NO_ROW && v->scale > 0) {
		traffic_spark_head(v->app->host, v->scale, w, b);
	} else if (row != NO_ROW) {
		t = v->spec->traffic(v, listsource_row(v, row));
		traffic_spark(v->app->host, &t, v->scale, w, b);
	}
}

static enum role
instead(void *arg, size_t row, struct buf *b)
{
	const struct listview *v = arg;

	return v->spec->instead(listsource_row(v, row), b);
}

/* A cell without what its caption says. */
static void
shown(void *arg, size_t row, size_t col, struct buf *b)
{
	const struct listview *v = arg;
	const char *name = v->listing->columns[col].name;

	if (!v->spec->cell(v->app->host, listsource_row(v, row), name, b))
		cell(arg, row, col, b);
}

static long
group(void *arg, size_t row)
{
	const struct listview *v = arg;

	return v->spec->group(listsource_row(v, row));
}

static int
tie(void *arg, size_t a, size_t b)
{
	const struct listview *v = arg;

	return v->spec->tie(listsource_row(v, a), listsource_row(v, b));
}

static size_t
above(void *arg, size_t row)
{
	const struct listview *v = arg;

	return v->spec->above(listsource_row(v, row));
}

static enum row_fold
fold(void *arg, size_t row)
{
	const struct listview *v = arg;

	return v->spec->fold(listsource_row(v, row));
}

static void
match(void *arg, size_t row, bool matches)
{
	const struct listview *v = arg;

	v->spec->match((char *)v->rows + row * v->listing->row_size, matches);
}

static void
caption(void *arg, size_t row, struct buf *b)
{
	const struct listview *v = arg;

	v->spec->caption(v->app->host, listsource_row(v, row), b);
}

static char
mark(void *arg, size_t row)
{
	const struct listview *v = arg;

	char c = v->listing->mark(v->app->host, listsource_row(v, row));

	return c == '*' && v->spec->instead != NULL ? ' ' : c;
}

static enum role
role(void *arg, size_t row)
{
	static const struct {
		char mark;
		enum role role;
	} roles[] = {
		{ '+', ROLE_ADDED },
		{ '-', ROLE_REMOVED },
		{ '~', ROLE_CHANGED },
		{ '!', ROLE_FAIL },
		{ '?', ROLE_WARN },
		{ '=', ROLE_DIM },
		{ ROW_OFF, ROLE_DIM },
	};
	const struct listview *v = arg;
	enum role said = ROLE_TEXT;
	char c = mark(arg, row);
	struct buf b = { 0 };
	size_t i;

	if (is_caption(v, row))
		return ROLE_CAPTION;
	if (v->spec->instead != NULL)
		said = instead(arg, row, &b);
	buf_free(&b);
	if (role_is_mark(said))
		return said;
	for (i = 0; i < NITEMS(roles); i++)
		if (roles[i].mark == c)
			return roles[i].role;
	return ROLE_TEXT;
}

/* A column is shown whole or dropped, except the wide one and those that
 * identify the row. */
static int
least_width(const struct listview *v, const struct listing_column *c)
{
	if ((c->flags & COLUMN_WIDE) != 0)
		return v->spec->wide;
	if ((c->flags & COLUMN_CUT) != 0)
		return CUT_FROM;
	return c->rank == 0 ? NARROWEST : INT_MAX;
}

static bool
is_hidden(const struct list_spec *spec, const char *name)
{
	size_t i;

	for (i = 0; spec->hidden != NULL && spec->hidden[i] != NULL; i++)
		if (strcmp(spec->hidden[i], name) == 0)
			return true;
	return false;
}

/* Where rows end with charts, these take the room that is left. */
static void
add_sparks(struct listview *v)
{
	struct column *c = &v->columns[v->table_spec.ncolumns++];

	*c = (struct column){ .name = "",
		.head = "",
		.rank = SPARK_RANK,
		.min = SPARK_MIN,
		.flex = true,
		.chart = true };
}

static void
fill_columns(struct listview *v)
{
	const struct listing *l = v->listing;
	const struct listing_column *from = l->columns;
	size_t i;

	for (i = 0; i < l->ncolumns && i < COLUMNS_MAX; i++) {
		v->columns[i] = (struct column){
			.name = from[i].name,
			.rank = (int)from[i].rank,
			.min = least_width(v, &from[i]),
			.flex = !v->spec->sparks &&
				(from[i].flags & COLUMN_WIDE) != 0,
			.right = (from[i].flags & COLUMN_RIGHT) != 0,
			.number =
			    (from[i].flags & COLUMN_NUMBER) == COLUMN_NUMBER,
			.sort = !l->ordered,
			.hidden = is_hidden(v->spec, from[i].name),
			.ends = (from[i].flags & COLUMN_ENDS) != 0,
		};
	}
}

void
listsource_heads(struct listview *v)
{
	size_t i;

	v->bits = v->app->host->bits;
	for (i = 0; i < v->listing->ncolumns && i < COLUMNS_MAX; i++) {
		buf_reset(&v->heads[i]);
		listing_print_head(
		    &v->listing->columns[i], v->app->host, &v->heads[i]);
		v->columns[i].head = buf_text(&v->heads[i]);
	}
}

void
listsource_tell_columns(const struct listview *v, const char *word)
{
	struct buf b = { 0 };
	size_t i;

	for (i = 0; i < v->listing->ncolumns; i++)
		if (table_column_width(v->table, i) > 0)
			buf_printf(&b, "%s%s", b.len > 0 ? ", " : "",
			    v->columns[i].name);
	ui_message(v->app->ui, ROLE_WARN, "no column %s here: it can be %s",
	    word, buf_text(&b));
	buf_free(&b);
}

void
listsource_offer_columns(const struct listview *v, struct candidates *words)
{
	const struct listing_column *c = v->listing->columns;
	size_t i;

	for (i = 0; i < v->listing->ncolumns && !v->table_spec.fixed; i++)
		if (!v->columns[i].hidden)
			candidates_add(words, v->columns[i].name, _(c[i].help));
}

size_t
listsource_column(const struct listview *v, const char *word)
{
	size_t n = v->listing->ncolumns, len = strlen(word), found = n, i;
	const struct column *c = v->columns;

	for (i = 0; i < n; i++) {
		if (strcasecmp(c[i].name, word) == 0 ||
		    strcasecmp(_(c[i].head), word) == 0)
			return i;
		if (found == n && !c[i].hidden &&
		    (strncasecmp(c[i].name, word, len) == 0 ||
			strncasecmp(_(c[i].head), word, len) == 0))
			found = i;
	}
	return found;
}

const char *
listsource_empty(const struct listview *v)
{
	if (v->app->host->read_only && v->spec->none != NULL)
		return v->spec->none;
	return v->spec->empty;
}

void
listsource_fit(struct listview *v, int w)
{
	if (v->spec->sparks)
		v->columns[v->table_spec.ncolumns - 1].min =
		    w >= WIDE ? SPARK_WIDE : SPARK_MIN;
}

/* One scale for all rows in view, so that they can be compared. */
void
listsource_scale(struct listview *v)
{
	size_t i, at, n = table_view(v->table, &at), last;
	uint64_t max = 0, peak;
	struct traffic t;
	int w;

	if (!v->spec->sparks)
		return;
	last = v->table_spec.ncolumns - 1;
	w = table_column_width(v->table, last);
	for (i = 0; i < n; i++) {
		t = v->spec->traffic(
		    v, listsource_row(v, table_row(v->table, at + i)));
		peak = traffic_peak(v->app->host, &t, w);
		max = peak > max ? peak : max;
	}
	v->scale = max > 0 ? number_scale(NULL, max, v->app->host->bits) : 0;
}

void
listsource_open(struct listview *v)
{
	const struct list_spec *spec = v->spec;

	v->table_spec = (struct table_spec){
		.columns = v->columns,
		.ncolumns = v->listing->ncolumns,
		.group = spec->group != NULL ? group : NULL,
		.tie = spec->tie != NULL ? tie : NULL,
		.caption = spec->caption != NULL ? caption : NULL,
		.above = spec->above != NULL ? above : NULL,
		.fold = spec->fold != NULL ? fold : NULL,
		.match = spec->match != NULL ? match : NULL,
		.shown = spec->cell != NULL ? shown : NULL,
		.chart = spec->sparks ? chart : NULL,
		.instead = spec->instead != NULL ? instead : NULL,
		.instead_from = listing_column(v->listing, spec->from),
		.count = count,
		.key = key,
		.cell = cell,
		.mark = v->listing->mark != NULL ? mark : NULL,
		.role = v->listing->mark != NULL ? role : NULL,
		.fixed = v->listing->ordered,
		.sort = listing_column(v->listing, spec->sort),
		.empty = listsource_empty(v),
	};
	fill_columns(v);
	if (spec->sparks)
		add_sparks(v);
	listsource_heads(v);
}
