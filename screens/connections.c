/* Screen 6: who is connected to containers, and below each by what. */
#include "config.h"

#include "screens/connections.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/kernel/net_flow.h"
#include "core/show/list_flow.h"
#include "core/show/refusal.h"
#include "core/show/trend.h"
#include "screens/ending.h"
#include "screens/flow.h"
#include "screens/listsource.h"
#include "screens/listview.h"
#include "screens/trail.h"
#include "screens/why.h"

#define NOTE_MS 900 /* less than the seconds in which they are read */
#define FEW 16 /* connections that are unfolded where a step leads to them */

struct connections {
	struct listview list; /* first: list functions get this struct */
	enum flow_fold usual; /* of clients that are not among these: */
	struct {
		struct prefix client;
		enum flow_fold fold;
	} * folds;
	size_t nfolds;
	size_t sort; /* the column that what is unfolded was chosen by */
	bool down;
	char *words;  /* of the filter, as drawn */
	bool led;     /* a step leads here, which nothing is folded for */
	bool counted; /* the kernel counts bytes of new connections */
	struct ending ending;
	struct trends *trends;
	uint64_t noted; /* when they were, now_ms */
};

/* Folding */

static enum flow_fold
fold_of(const void *arg, const struct prefix *client)
{
	const struct connections *c = arg;
	size_t i;

	for (i = 0; i < c->nfolds; i++)
		if (addr_equal(&c->folds[i].client, client))
			return c->folds[i].fold;
	return c->usual;
}

static void
forget_folds(struct connections *c, enum flow_fold usual)
{
	free(c->folds);
	c->folds = NULL;
	c->nfolds = 0;
	c->usual = usual;
}

static void
set_fold(
    struct connections *c, const struct prefix *client, enum flow_fold fold)
{
	size_t i = 0;

	while (i < c->nfolds && !addr_equal(&c->folds[i].client, client))
		i++;
	if (i == c->nfolds) {
		c->folds = xgrow(c->folds, c->nfolds, sizeof(*c->folds));
		c->folds[c->nfolds++].client = *client;
	}
	c->folds[i].fold = fold;
}

static void
set_folds(const void *self, void *rows, size_t n)
{
	const struct listview *v = self;
	struct flow_order by = { .host = v->app->host };
	size_t col = table_sorted(v->table, &by.down);

	by.column = &v->listing->columns[col];
	flows_fold(rows, n, fold_of, self, &by);
}

static void
match(void *row, bool matches)
{
	flow_match(row, matches);
}

static size_t
above(const void *row)
{
	const struct flow_row *r = row;

	return r->line == FLOW_CLIENT ? NO_ROW
				      : (size_t)(flow_head(r) - r->tree->rows);
}

static enum row_fold
fold_of_row(const void *row)
{
	const struct flow_row *r = row;

	if (r->line == FLOW_REST)
		return r->shown ? ROW_REST : ROW_HIDDEN;
	return r->shown ? ROW_OPEN : r->behind ? ROW_BEHIND : ROW_FOLDED;
}

/* Troubles first, then what lives, and the rest behind all. */
static long
group(const void *row)
{
	const struct flow_row *r = row;

	if (r->line == FLOW_REST)
		return 3;
	if (r->line == FLOW_CLIENT)
		return !r->client->stale;
	if (r->connection->stale != NULL)
		return 0;
	return r->connection->flow->over ? 2 : 1;
}

/* Where its connections go away, the cursor goes to their client. */
static void
refold(struct connections *c, const struct prefix *client)
{
	char text[ADDR_TEXT_MAX];

	listview_refold(&c->list);
	table_keep(c->list.table);
	listview_selected(&c->list);
	if (fold_of(c, client) == FLOW_NONE)
		table_select(c->list.table, addr_text(client, text));
}

static void
fold(void *self)
{
	struct connections *c = self;
	const struct flow_row *r = listview_selected(&c->list);
	struct prefix client;

	if (r == NULL)
		return;
	if (table_words(c->list.table)[0] != '\0' && !flow_head(r)->found) {
		ui_message(c->list.app->ui, ROLE_TEXT,
		    "all that the filter finds is shown   (\\: without it)");
		return;
	}
	client = r->client->addr;
	set_fold(c, &client,
	    r->line == FLOW_REST	      ? FLOW_ALL
	    : flow_head(r)->fold == FLOW_NONE ? FLOW_FEW
					      : FLOW_NONE);
	refold(c, &client);
}

static bool
is_any_open(const struct connections *c)
{
	size_t i;

	for (i = 0; i < c->nfolds; i++)
		if (c->folds[i].fold != FLOW_NONE)
			return true;
	return c->usual != FLOW_NONE;
}

static void
fold_all(void *self)
{
	struct connections *c = self;
	const struct flow_row *r = listview_selected(&c->list);
	struct prefix client;

	forget_folds(c, is_any_open(c) ? FLOW_NONE : FLOW_FEW);
	if (r == NULL)
		return;
	client = r->client->addr;
	refold(c, &client);
}

static const struct flow_row *
row_at(const struct connections *c, size_t place)
{
	return listsource_row(&c->list, table_row(c->list.table, place));
}

/* Shows connections that a step leads to, where they are few. */
static void
unfold_few(struct connections *c)
{
	const struct flow_row *r;
	size_t n = 0, i;

	forget_folds(c, FLOW_NONE);
	for (i = 0; i < table_shown(c->list.table); i++) {
		r = row_at(c, i);
		if (r->line == FLOW_CLIENT)
			n += flow_sums(r)->connections + flow_sums(r)->ended;
	}
	for (i = 0; i < table_shown(c->list.table) && n <= FEW; i++)
		set_fold(c, &row_at(c, i)->client->addr, FLOW_FEW);
	listview_refold(&c->list);
}

/* Navigation */

/* The key of a default without a statement is none of a row. */
static void
show_way(void *self)
{
	struct listview *v = self;
	const struct flow_row *r = listview_selected(v);
	struct buf key = { 0 };
	bool forward;

	if (r == NULL)
		return;
	if (r->line != FLOW_CONNECTION) {
		fold(self);
		return;
	}
	forward = flow_way(r, &key);
	if (key.len == 0)
		ui_message(v->app->ui, ROLE_TEXT,
		    "no forward and no policy lets it in any more");
	else
		trail_go(v->app, forward ? TAB_FORWARDS : TAB_POLICIES, "",
		    buf_text(&key));
	buf_free(&key);
}

static void
back(void *self)
{
	struct connections *c = self;

	if (trail_last(c->list.app) != NULL) {
		forget_folds(c, FLOW_NONE);
		listview_refold(&c->list);
	}
	listview_back(c);
}

static const char *
container_of_row(const struct flow_row *r)
{
	const struct client_parts *p = &flow_sums(r)->containers;

	if (r->line == FLOW_CONNECTION)
		return r->connection->container;
	return p->n > 0 ? p->v[0].what : NULL;
}

static void
show_container(void *self)
{
	struct listview *v = self;
	const struct flow_row *r = listview_selected(v);
	struct buf key = { 0 };

	if (r == NULL || container_of_row(r) == NULL)
		return;
	buf_add(&key, "container ");
	words_print(&key, container_of_row(r), "");
	trail_go(v->app, TAB_CONTAINERS, "", buf_text(&key));
	buf_free(&key);
}

void
connections_show(struct app *app, const char *cell)
{
	char *filter = xasprintf("\"%s\"", cell);

	trail_go(app, TAB_CONNECTIONS, filter, NULL);
	free(filter);
}

static void
copy_client(void *self)
{
	struct listview *v = self;
	const struct flow_row *r = listview_selected(v);
	char text[ADDR_TEXT_MAX];

	if (r != NULL)
		app_copy(v->app, addr_text(&r->client->addr, text));
}

/* Why it is still open, and how what lets it in fares. */
static void
why(void *self)
{
	struct listview *v = self;
	const struct flow_row *r = listview_selected(v);
	struct buf title = { 0 }, keys = { 0 }, text = { 0 };
	bool forward;

	if (r == NULL)
		return;
	flow_title(v->app->host, r, &title);
	flow_detail(v->app->host, r, &text);
	flow_refusals(v->app->host, r, &text);
	forward = flow_ways(r, &keys);
	why_open_of(v->app, buf_text(&title), buf_text(&text),
	    forward ? "forwards" : "policies", buf_text(&keys));
	buf_free(&title);
	buf_free(&keys);
	buf_free(&text);
}

/* The kernel forgets it when it restarts. */
static void
toggle_accounting(void *self)
{
	struct connections *c = self;
	struct app *app = c->list.app;
	bool on = !net_flows_counted();

	if (app_refuses(app))
		return;
	if (net_flows_count(on) != 0)
		ui_message(app->ui, ROLE_FAIL,
		    "cannot set net.netfilter.nf_conntrack_acct: %s",
		    strerror(errno));
	else if (on)
		ui_message(app->ui, ROLE_OK,
		    "bytes of new connections are counted, nf_conntrack_acct "
		    "is 1   (a: stop)");
	else
		ui_message(app->ui, ROLE_OK,
		    "bytes of new connections are no longer counted "
		    "(net.netfilter.nf_conntrack_acct is 0)");
	ui_changed(app->ui);
}

static void
ask_end(void *self)
{
	struct connections *c = self;
	const struct flow_row *r = listview_selected(&c->list);

	if (r != NULL && !app_refuses(c->list.app))
		ending_ask(&c->ending, r);
}

static const struct act acts[] = {
	{ ACT_FOLD, fold },
	{ ACT_FOLD_ALL, fold_all },
	{ ACT_ACCOUNTING, toggle_accounting },
	{ ACT_TERMINATE, ask_end },
	{ ACT_ENTER, show_way },
	{ ACT_CONTAINER, show_container },
	{ ACT_WHY, why },
	{ ACT_COPY, copy_client },
	{ ACT_BACK, back },
	{ 0 },
};

/* Of a client with all that it has, of which something passed: what a filter
 * finds of it has no chart. */
static struct traffic
traffic(const void *self, const void *row)
{
	const struct connections *c = self;
	const struct flow_row *r = row;
	const struct prefix *client = &r->client->addr;

	struct traffic t = { trends_get(c->trends, client, false),
		trends_get(c->trends, client, true) };

	if (r->line != FLOW_CLIENT || flow_is_part(r) ||
	    series_top(t.in, 0) + series_top(t.out, 0) <= 0)
		return (struct traffic){ 0 };
	return t;
}

/* What Enter and z do, by the row, and a where nothing is counted. */
#define ENTER(label)                                                           \
	{                                                                      \
		ACT_ENTER, { K_ENTER }, "enter", label,                        \
		    N_("go to the forward that lets it in, or to the policy "  \
		       "that decides about it; of a client, and of those "     \
		       "that are not shown, show or hide them")                \
	}
#define FOLD(label)                                                            \
	{                                                                      \
		ACT_FOLD, { 'z', K_F(5) }, "fold", label,                      \
		    N_("show or hide the connections of the client, the "      \
		       "first of many; of the rest, show them all")            \
	}
#define END                                                                    \
	{                                                                      \
		0                                                              \
	}

enum bar_word { WORD_UNFOLD, WORD_FOLD, WORD_FORWARD, WORD_POLICY, WORDS };

static const struct action row_actions[WORDS][3] = {
	[WORD_UNFOLD] = { ENTER(N_("Unfold")), FOLD(NULL), END },
	[WORD_FOLD] = { ENTER(N_("Fold")), FOLD(NULL), END },
	[WORD_FORWARD] = { ENTER(N_("Forward")), FOLD(N_("Fold")), END },
	[WORD_POLICY] = { ENTER(N_("Policy")), FOLD(N_("Fold")), END },
};

static const struct action own_actions[] = {
	{ ACT_TERMINATE, { 'd', K_DELETE, K_F(9) }, "end", N_("End"),
	    N_("end the connection, after a question; of a client, all that "
	       "it has, or all that the filter finds") },
	{ ACT_CONTAINER, { 'o' }, "container", N_("Container"),
	    N_("go to its container") },
	{ ACT_FOLD_ALL, { 'Z' }, "fold-all", NULL,
	    N_("show or hide the connections of all clients") },
	{ 0 },
};

static const struct action client_actions[] = {
	{ ACT_COPY, { 'y' }, "copy", N_("Copy"),
	    N_("copy the client's address to the clipboard of your "
	       "terminal") },
	{ 0 },
};

#define ACCOUNTING_HELP                                                        \
	N_("have the kernel count bytes of connections, or stop it")

static const struct action accounting_actions[2][2] = {
	[false] = { { ACT_ACCOUNTING, { 'a' }, "accounting", N_("Count"),
			ACCOUNTING_HELP },
	    END },
	[true] = { { ACT_ACCOUNTING, { 'a' }, "accounting", NULL,
		       ACCOUNTING_HELP },
	    END },
};

static const struct list_spec spec = {
	.listing = "flows",
	.sort = "out-rate",
	.wide = 26,
	.hidden = (const char *const[]){ "container", "state", NULL },
	.empty = N_("No live connections to containers.\n\n"
		    "Who reaches a container through a forward is shown here, "
		    "with what flows.\n\n"
		    "4    shows the forwards, and why one may not work"),
	.tab = TAB_CONNECTIONS,
	.acts = acts,
	.title = flow_title,
	.detail = flow_detail,
	.traffic = traffic,
	.lines_first = true,
	.group = group,
	.tie = flow_tie,
	.cell = flow_cell,
	.above = above,
	.fold = fold_of_row,
	.set_folds = set_folds,
	.match = match,
};

#define TABLES(word, counted)                                                  \
	{                                                                      \
		row_actions[word], accounting_actions[counted], own_actions,   \
		    why_actions, candidate_actions, table_actions,             \
		    table_sort_actions, client_actions, NULL                   \
	}
#define COUNTED(word)                                                          \
	{                                                                      \
		[false] = TABLES(word, false), [true] = TABLES(word, true)     \
	}

static const struct action *const tables[WORDS][2][9] = {
	[WORD_UNFOLD] = COUNTED(WORD_UNFOLD),
	[WORD_FOLD] = COUNTED(WORD_FOLD),
	[WORD_FORWARD] = COUNTED(WORD_FORWARD),
	[WORD_POLICY] = COUNTED(WORD_POLICY),
};

static enum bar_word
word_of(const struct flow_row *r)
{
	struct buf key = { 0 };
	bool forward;

	if (r == NULL || r->line == FLOW_REST)
		return WORD_UNFOLD;
	if (r->line == FLOW_CLIENT)
		return r->fold == FLOW_NONE ? WORD_UNFOLD : WORD_FOLD;
	forward = flow_way(r, &key) || key.len == 0;
	buf_free(&key);
	return forward ? WORD_FORWARD : WORD_POLICY;
}

static const struct action *const *
actions_now(const void *self)
{
	const struct connections *c = self;

	return tables[word_of(listview_drawn(&c->list))][c->counted];
}

/* The view */

static int
open_list(void *self, struct ui *ui, const void *arg, struct err *e)
{
	struct connections *c = self;

	c->counted = net_flows_counted();
	c->ending.list = &c->list;
	if (listview_open(self, ui, arg, e) != 0)
		return -1;
	c->trends = trends_new(c->list.app->host->meters);
	c->sort = table_sorted(c->list.table, &c->down);
	return 0;
}

static void
close_list(void *self)
{
	struct connections *c = self;

	forget_folds(c, FLOW_NONE);
	free(c->words);
	ending_free(&c->ending);
	trends_free(c->trends);
	listview_close(c);
}

static void
changed(void *self)
{
	struct connections *c = self;

	c->counted = net_flows_counted();
	listview_changed(self);
}

/* What a filter finds is what the details of a client are about. */
static void
follow_filter(struct connections *c)
{
	const char *words = table_words(c->list.table);

	if (c->words != NULL && strcmp(words, c->words) == 0)
		return;
	free(c->words);
	c->words = xstrdup(words);
	c->list.detailed = NULL;
}

/* Others are the first as soon as rows are sorted in another way. */
static void
follow_sort(struct connections *c)
{
	bool down;
	size_t sort = table_sorted(c->list.table, &down);

	if (sort == c->sort && down == c->down)
		return;
	c->sort = sort;
	c->down = down;
	listview_refold(&c->list);
	listview_selected(&c->list);
}

/* Whose rows are in view has a chart from then on. */
static void
follow_clients(struct connections *c)
{
	size_t at, n = table_view(c->list.table, &at), i;
	const struct flow_tree *t;
	uint64_t now = now_ms();

	for (i = 0; i < n; i++)
		trends_follow(c->trends, &row_at(c, at + i)->client->addr);
	if (c->list.n == 0 ||
	    now < c->noted + NOTE_MS * host_flows_every(c->list.app->host))
		return;
	c->noted = now;
	t = ((const struct flow_row *)c->list.rows)->tree;
	trends_note(c->trends, t->clients, t->nclients, now);
}

/* What a step leads to is unfolded once it has been read. */
static void
draw(void *self, const struct rect *r)
{
	struct connections *c = self;

	c->led |= trail_waits(c->list.app, TAB_CONNECTIONS);
	listview_selected(&c->list);
	follow_sort(c);
	follow_filter(c);
	if (c->led && c->list.slices == NULL) {
		c->led = false;
		unfold_few(c);
	}
	follow_clients(c);
	listview_draw(c, r);
}

static void
status(void *self, struct buf *b)
{
	struct connections *c = self;
	const struct flow_row *rows;
	size_t clients, n;

	listview_selected(&c->list);
	rows = c->list.rows;
	clients = c->list.n > 0 ? rows->tree->nclients : 0;
	n = c->list.n > 0 ? rows->tree->live : 0;
	buf_printf(
	    b, ngettext("%zu client, ", "%zu clients, ", clients), clients);
	buf_printf(b, ngettext("%zu connection", "%zu connections", n), n);
	if (c->counted)
		listview_tell_order(&c->list, b);
	else
		buf_add(b, _("   a counts bytes of new connections"));
}

const struct view_ops screen_connections = {
	.name = N_("Conns"),
	.word = "connections",
	.help =
	    N_("Clients with connections to containers, through forwards or "
	       "to public addresses of theirs, as conntrack knows them. IN and "
	       "OUT are the bytes so far and the rate now, a mean of about the "
	       "last 6 s, where bytes are counted. What ended in the last "
	       "minutes is in the sums as well, marked -, until the kernel "
	       "forgets it: they fall then. z shows the connections of a "
	       "client, with the time that each has left under CONNS; those "
	       "marked ! are shown by "
	       "themselves: they are still open although the rules in force "
	       "would not accept them now."),
	LISTVIEW_OWN(
	    struct connections, open_list, close_list, changed, draw, status),
	.actions = tables[WORD_FORWARD][true],
	.actions_now = actions_now,
	.arg = &spec,
};
