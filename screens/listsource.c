/* The rows and columns of a listing, as a table takes them. */
#include "config.h"

#include "screens/listsource.h"

#include <limits.h>
#include <string.h>

#include "core/show/listing.h"

#define NARROWEST 10 /* least width of a column that is never dropped */

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

static char
mark(void *arg, size_t row)
{
	const struct listview *v = arg;

	return v->listing->mark(v->app->host, listsource_row(v, row));
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
	};
	const struct listview *v = arg;
	char c = mark(arg, row);
	size_t i;

	if (is_caption(v, row))
		return ROLE_CAPTION;
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
	return c->rank == 0 ? NARROWEST : INT_MAX;
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
			.flex = (from[i].flags & COLUMN_WIDE) != 0,
			.right = (from[i].flags & COLUMN_RIGHT) != 0,
			.number =
			    (from[i].flags & COLUMN_NUMBER) == COLUMN_NUMBER,
			.sort = !l->ordered,
			.hidden = v->spec->hidden != NULL &&
				  strcmp(from[i].name, v->spec->hidden) == 0,
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

const char *
listsource_empty(const struct listview *v)
{
	if (v->app->host->read_only && v->spec->none != NULL)
		return v->spec->none;
	return v->spec->empty;
}

void
listsource_open(struct listview *v)
{
	const struct list_spec *spec = v->spec;

	fill_columns(v);
	listsource_heads(v);
	v->table_spec = (struct table_spec){
		.columns = v->columns,
		.ncolumns = v->listing->ncolumns,
		.count = count,
		.key = key,
		.cell = cell,
		.mark = v->listing->mark != NULL ? mark : NULL,
		.role = v->listing->mark != NULL ? role : NULL,
		.fixed = v->listing->ordered,
		.sort = listing_column(v->listing, spec->sort),
		.empty = listsource_empty(v),
	};
}
