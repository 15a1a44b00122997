/* Answers of seki show: aligned tables, or JSON. */
#include "config.h"

#include "core/show/output.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/show/list.h"
#include "core/show/list_json.h"
#include "core/show/listing.h"
#include "core/show/status.h"

/* Tables */

/* Texts of all cells, row by row, headings first. */
struct grid {
	char **cells;
	size_t *widths;
	size_t rows, columns;
	bool live;   /* with the columns of rates */
	char *marks; /* in front of the rows, where they say what an edit did */
};

static bool
has_column(const struct grid *g, const struct listing_column *c)
{
	return (c->flags & COLUMN_SCREEN) == 0 &&
	       (g->live || (c->flags & COLUMN_LIVE) == 0);
}

static void
fill_row(struct grid *g, size_t at, const struct listing *l,
    const struct host *h, const void *row)
{
	struct buf b = { 0 };
	size_t i, k = 0, width;

	if (g->marks != NULL)
		g->marks[at] = row != NULL ? l->mark(h, row) : ' ';
	for (i = 0; i < l->ncolumns; i++) {
		if (!has_column(g, &l->columns[i]))
			continue;
		if (row == NULL)
			listing_print_head(&l->columns[i], h, &b);
		else
			listing_print(&l->columns[i], h, row, &b);
		width = text_width(buf_text(&b));
		if (width > g->widths[k])
			g->widths[k] = width;
		g->cells[at * g->columns + k++] = buf_take(&b);
	}
}

static void
print_row(
    const struct grid *g, size_t at, const struct listing *l, struct buf *b)
{
	size_t i, k = 0, width, end = b->len;
	const char *cell;

	if (g->marks != NULL)
		buf_printf(b, "%c ", g->marks[at]);
	for (i = 0; i < l->ncolumns; i++) {
		if (!has_column(g, &l->columns[i]))
			continue;
		cell = g->cells[at * g->columns + k];
		width = g->widths[k] - text_width(cell);
		buf_add(b, k > 0 ? "  " : "");
		if ((l->columns[i].flags & COLUMN_RIGHT) != 0)
			buf_fill(b, ' ', width);
		buf_add(b, cell);
		end = b->len;
		if ((l->columns[i].flags & COLUMN_RIGHT) == 0)
			buf_fill(b, ' ', width);
		k++;
	}
	b->len = end;
	buf_add(b, "\n");
}

static void
print_rows(const struct host *h, const struct listing *l, const void *rows,
    size_t n, bool live, struct buf *b)
{
	struct grid g = { .live = live };
	size_t i;

	for (i = 0; i < l->ncolumns; i++)
		g.columns += has_column(&g, &l->columns[i]);
	g.rows = n + 1;
	if (l->ordered && l->mark != NULL)
		g.marks = xcalloc(g.rows, 1);
	g.cells = xcalloc(g.rows * g.columns, sizeof(*g.cells));
	g.widths = xcalloc(g.columns, sizeof(*g.widths));
	for (i = 0; i < g.rows; i++)
		fill_row(
		    &g, i, l, h, i > 0 ? listing_row(l, rows, i - 1) : NULL);
	for (i = 0; i < g.rows; i++)
		print_row(&g, i, l, b);
	for (i = 0; i < g.rows * g.columns; i++)
		free(g.cells[i]);
	free(g.marks);
	free(g.cells);
	free(g.widths);
}

static void
text_listing(
    const struct host *h, const struct listing *l, bool live, struct buf *b)
{
	size_t n;
	void *rows = l->build(h, &n);

	print_rows(h, l, rows, n, live, b);
	l->free(rows, n);
}

void
output_rows(const struct host *h, const struct listing *l, const void *rows,
    size_t n, struct buf *b)
{
	print_rows(h, l, rows, n, false, b);
}

static void
text_config(const struct host *h, struct buf *b)
{
	config_print(&h->saved, b);
}

static void
text_candidate(const struct host *h, struct buf *b)
{
	config_print(&h->candidate, b);
}

/* JSON */

static json_t *
json_config(const struct config *c)
{
	json_t *all = json_array();
	size_t i;

	for (i = 0; i < c->n; i++)
		if (c->v[i].st != NULL)
			json_array_append_new(
			    all, list_json_statement(c->v[i].st));
	return all;
}

static json_t *
all_config(const struct host *h)
{
	return json_config(&h->saved);
}

static json_t *
all_candidate(const struct host *h)
{
	return json_config(&h->candidate);
}

/* Outputs that are no listing. */
static const struct {
	const char *name;
	void (*text)(const struct host *, struct buf *);
	json_t *(*json)(const struct host *);
	const char *shape;
} others[] = {
	{ "status", status_text, status_json,
	    "{candidate: clean|changed|broken, changes, edited_by,\n"
	    " commit: none|applying|pending|saving|reverting, number, who,\n"
	    " seconds, proven,\n"
	    " evidence: [{state: waiting|seen|against, text}],\n"
	    " last, drift: [...],\n"
	    " service: running|stopped|disabled|off|null}" },
	{ "config", text_config, all_config, "STATEMENT" },
	{ "candidate", text_candidate, all_candidate, "STATEMENT" },
};

const struct choice outputs[] = {
	{ "status", N_("the candidate and the last commit") },
	{ "uplinks", N_("interfaces with a default route") },
	{ "bridges", N_("bridges, their ports and addresses") },
	{ "links", N_("uplinks and bridges") },
	{ "containers", N_("what lives behind the ports of bridges") },
	{ "forwards", N_("public ports that lead to containers") },
	{ "lights",
	    N_("what the packets of each forward need, and what of it fails") },
	{ "policies", N_("what is let through, in the order it is judged") },
	{ "counters", N_("the kernel's counters of table inet seki") },
	{ "connections", N_("live flows to containers") },
	{ "clients", N_("who has live flows to containers") },
	{ "orphans",
	    N_("live connections that committing the candidate orphans") },
	{ "neighbours", N_("who else decides about packets here") },
	{ "checks",
	    N_("what keeps this host from working, and what mends it") },
	{ "changes", N_("the candidate against the saved config") },
	{ "history", N_("the confirmed configs, the newest first") },
	{ "log", N_("what seki has logged, the newest first") },
	{ "config", N_("the saved config") },
	{ "candidate", N_("the config being edited") },
	{ NULL, NULL },
};

static size_t
find_other(const char *name)
{
	size_t i = 0;

	while (strcmp(others[i].name, name) != 0)
		i++;
	return i;
}

bool
output_has_rates(const char *name)
{
	const struct listing *l = listing_find(name);
	size_t i;

	for (i = 0; l != NULL && i < l->ncolumns; i++)
		if ((l->columns[i].flags & COLUMN_LIVE) != 0)
			return true;
	return false;
}

void
output_text(const struct host *h, const char *name, bool live, struct buf *b)
{
	const struct listing *l = listing_find(name);

	if (l != NULL)
		text_listing(h, l, live, b);
	else
		others[find_other(name)].text(h, b);
}

const char *
output_shape(const char *name)
{
	const struct listing *l = listing_find(name);

	return l != NULL ? l->shape : others[find_other(name)].shape;
}

/* Row by row, for there may be very many. */
static int
add_listing(struct buf *b, const struct host *h, const struct listing *l)
{
	size_t n, i;
	void *rows = l->build(h, &n);
	int r = 0;

	buf_add(b, "[");
	for (i = 0; i < n && r == 0; i++) {
		buf_add(b, i > 0 ? "," : "");
		r = list_json_dump(b, l->json(h, listing_row(l, rows, i)));
	}
	buf_add(b, "]");
	l->free(rows, n);
	return r;
}

int
output_json(
    const struct host *h, const char *name, struct buf *b, struct err *e)
{
	const struct listing *l = listing_find(name);
	int r;

	buf_printf(b, "{\"schema\":1,\"%s\":", name);
	r = l != NULL ? add_listing(b, h, l)
		      : list_json_dump(b, others[find_other(name)].json(h));
	buf_add(b, "}\n");
	return r == 0
		   ? 0
		   : err_set(e, ERR_FAIL, "cannot write the %s as JSON", name);
}
