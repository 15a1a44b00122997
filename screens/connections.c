/* Screen 6: live flows to containers. */
#include "config.h"

#include "screens/connections.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/base/number.h"
#include "core/kernel/net_flow.h"
#include "core/reach/stale.h"
#include "core/show/connection.h"
#include "core/show/list_client.h"
#include "core/show/listing.h"
#include "screens/cmdrun.h"
#include "screens/listview.h"
#include "screens/trail.h"
#include "tui/dialog.h"

struct connections {
	struct listview list;
	uint32_t asked;	      /* id of the flow in the question, */
	struct prefix client; /* or whose flows they are */
	struct prefix shown;  /* the client from whose row these were opened */
	bool by_client;
};

static const struct list_spec flows_spec, clients_spec;

static void
add_count(const char *format, const struct flow_count *c, struct buf *b)
{
	struct buf bytes = { 0 }, packets = { 0 };

	number_short(&bytes, c->bytes);
	number_short(&packets, c->packets);
	buf_printf(b, format, buf_text(&bytes), buf_text(&packets));
	buf_free(&bytes);
	buf_free(&packets);
}

static void
add_counts(bool counted, const struct flow_count *in,
    const struct flow_count *out, struct buf *b)
{
	if (counted) {
		add_count(_("in   %s bytes, packets: %s\n"), in, b);
		add_count(_("out  %s bytes, packets: %s\n"), out, b);
	} else if (!net_flows_counted()) {
		buf_add(b, _("note bytes are not counted; a counts those of "
			     "new connections\n"));
	}
}

static void
add_ends(const struct connection_row *r, struct buf *b)
{
	const struct flow *f = r->flow;
	struct buf from = { 0 }, to = { 0 };

	flow_end_print(f, &f->original.src, f->original.sport, &from);
	flow_end_print(f, &f->original.dst, f->original.dport, &to);
	buf_printf(b, _("from %s to %s\n"), buf_text(&from), buf_text(&to));
	buf_reset(&to);
	flow_end_print(f, &f->reply.src, f->reply.sport, &to);
	if (f->translated)
		buf_printf(b, _("forwarded to %s\n"), buf_text(&to));
	if (r->routed) {
		buf_reset(&to);
		connection_way(r, &to);
		buf_printf(b, _("decided by %s\n"), buf_text(&to));
	}
	buf_free(&from);
	buf_free(&to);
}

static void
detail(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct connection_row *r = row;

	add_ends(r, b);
	if (r->stale != NULL)
		buf_printf(
		    b, _("still open, although %s\n"), _(r->stale->sentence));
	add_counts(r->flow->counted, &r->flow->in, &r->flow->out, b);
}

static void
client_detail(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct client_row *r = row;
	struct buf forwards = { 0 };
	size_t i;

	for (i = 0; i < r->nforwards; i++) {
		buf_add(&forwards, i > 0 ? ", " : "");
		statement_key(r->forwards[i].st, &forwards);
	}
	buf_printf(b,
	    ngettext("%zu connection through: %s\n",
		"%zu connections through: %s\n", r->connections),
	    r->connections, i > 0 ? buf_text(&forwards) : "-");
	buf_free(&forwards);
	add_counts(r->counted, &r->in, &r->out, b);
}

/* Navigation */

/* The key of a default without a statement is none of a row. */
static void
show_way(void *self)
{
	struct listview *v = self;
	const struct connection_row *r = listview_selected(v);
	struct buf key = { 0 };

	if (r == NULL || (r->forward == NULL && !r->routed))
		return;
	connection_way(r, &key);
	trail_go(v->app, r->routed ? TAB_POLICIES : TAB_FORWARDS, "",
	    buf_text(&key));
	buf_free(&key);
}

/* Clients, or their connections. */
static void
fold(void *self)
{
	struct connections *c = self;

	c->by_client = !c->by_client;
	c->shown.family = AF_UNSPEC;
	listview_switch(&c->list, c->by_client ? &clients_spec : &flows_spec);
}

/* The kernel remembers them for a minute or two. */
static void
toggle_ended(void *self)
{
	struct connections *c = self;
	struct host *h = c->list.app->writable;

	h->ended = !h->ended;
	host_expire_flows(h);
	ui_changed(c->list.app->ui);
	ui_message(c->list.app->ui, ROLE_TEXT,
	    h->ended ? N_("connections that have ended are shown, marked -")
		     : N_("only live connections are shown"));
}

/* Of a client that has only such they are shown. */
static void
show_client(void *self)
{
	struct connections *c = self;
	const struct client_row *r = listview_selected(&c->list);
	char text[ADDR_TEXT_MAX];
	struct prefix shown;

	if (r == NULL)
		return;
	addr_text(&r->addr, text);
	if (r->connections == 0 && !c->list.app->host->ended)
		toggle_ended(c);
	shown = r->addr;
	fold(c);
	c->shown = shown;
	trail_go(c->list.app, TAB_CONNECTIONS, text, NULL);
}

/* From those of a client to all clients, unless others were looked for. */
static void
back(void *self)
{
	struct connections *c = self;
	char text[ADDR_TEXT_MAX];

	if (c->shown.family != AF_UNSPEC &&
	    strcmp(table_words(c->list.table), addr_text(&c->shown, text)) == 0)
		fold(c);
	else
		listview_back(c);
}

static void
show_container(void *self)
{
	struct listview *v = self;
	const struct connection_row *r = listview_selected(v);
	struct buf key = { 0 };

	if (r == NULL || r->container == NULL)
		return;
	buf_add(&key, "container ");
	words_print(&key, r->container, "");
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
	const struct connection_row *r = listview_selected(v);
	char text[ADDR_TEXT_MAX];

	if (r == NULL)
		return;
	app_copy(v->app, addr_text(&r->flow->original.src, text));
}

static void
copy_address(void *self)
{
	struct listview *v = self;
	const struct client_row *r = listview_selected(v);
	char text[ADDR_TEXT_MAX];

	if (r != NULL)
		app_copy(v->app, addr_text(&r->addr, text));
}

/* Ending a connection */

static const struct connection_row *
find_asked(const struct connections *c)
{
	const struct connection_row *rows = c->list.rows;
	size_t i;

	for (i = 0; i < c->list.n; i++)
		if (rows[i].flow->id == c->asked)
			return &rows[i];
	return NULL;
}

static void
asked(void *arg)
{
	struct connections *c = arg;

	table_hold(c->list.table, false);
	ui_dirty(c->list.app->ui);
}

/* The cursor stays with what is asked about, which others may overtake. */
static void
ask(struct connections *c, const char *text, void (*yes)(void *))
{
	table_hold(c->list.table, true);
	dialog_ask(c->list.app->ui, &(struct dialog_ask){ .title = _("End"),
					.text = text,
					.yes = yes,
					.no = asked,
					.arg = c });
}

/* Looks the row up again: rows were reloaded while the question was open. */
static void
end_asked(void *arg)
{
	struct connections *c = arg;
	struct ui *ui = c->list.app->ui;
	const struct connection_row *r;
	struct buf none = { 0 }, notes = { 0 };
	struct err e = { 0 };

	asked(c);
	listview_selected(&c->list);
	r = find_asked(c);
	if (r == NULL)
		ui_message(ui, ROLE_TEXT, "the connection has already ended");
	else if (connections_end(c->list.app->writable, r, 1, &notes, &e) != 0)
		ui_error(ui, &e);
	else
		cmdrun_answer(c->list.app, _("End"), &none, &notes);
	host_expire_flows(c->list.app->writable);
	ui_changed(ui);
	buf_free(&none);
	buf_free(&notes);
}

static void
ask_end(void *self)
{
	struct connections *c = self;
	struct app *app = c->list.app;
	const struct connection_row *r = listview_selected(&c->list);
	struct buf which = { 0 };
	char *text;

	if (r == NULL || app_refuses(app))
		return;
	c->asked = r->flow->id;
	connection_print(r, &which);
	text = xasprintf(_("End %s?"), buf_text(&which));
	ask(c, text, end_asked);
	free(text);
	buf_free(&which);
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
		    "the kernel counts bytes of new connections until it "
		    "restarts (net.netfilter.nf_conntrack_acct is 1)   (a: "
		    "stop)");
	else
		ui_message(app->ui, ROLE_OK,
		    "bytes of new connections are no longer counted "
		    "(net.netfilter.nf_conntrack_acct is 0)");
	ui_changed(app->ui);
}

/* Leaves only those of a client; returns how many. */
static size_t
keep_client(struct connection_row *rows, size_t n, const struct prefix *client)
{
	size_t kept = 0, i;

	for (i = 0; i < n; i++)
		if (addr_equal(&rows[i].flow->original.src, client))
			rows[kept++] = rows[i];
	return kept;
}

/* Those of this moment. */
static void
end_client(void *arg)
{
	struct connections *c = arg;
	struct app *app = c->list.app;
	struct connection_row *rows = NULL;
	struct buf none = { 0 }, notes = { 0 };
	struct err e = { 0 };
	size_t n = 0;
	int r = host_read_flows(app->writable, &e);

	asked(c);
	if (r == 0) {
		rows =
		    rows_connections(app->host, false, &app->host->flows, &n);
		n = keep_client(rows, n, &c->client);
	}
	if (r == 0 && n > 0)
		r = connections_end(app->writable, rows, n, &notes, &e);
	if (r != 0)
		ui_error(app->ui, &e);
	else if (n == 0)
		ui_message(app->ui, ROLE_TEXT, "they have already ended");
	else
		cmdrun_answer(app, _("End"), &none, &notes);
	free(rows);
	host_expire_flows(app->writable);
	ui_changed(app->ui);
	buf_free(&none);
	buf_free(&notes);
}

static void
ask_end_client(void *self)
{
	struct connections *c = self;
	struct app *app = c->list.app;
	const struct client_row *r = listview_selected(&c->list);
	char text[ADDR_TEXT_MAX], *question;

	if (r == NULL || app_refuses(app))
		return;
	c->client = r->addr;
	question =
	    xasprintf(ngettext("End %zu connection of %s?",
			  "End all %zu connections of %s?", r->connections),
		r->connections, addr_text(&r->addr, text));
	ask(c, question, end_client);
	free(question);
}

static const struct act acts[] = {
	{ ACT_FOLD, fold },
	{ ACT_ENDED, toggle_ended },
	{ ACT_ACCOUNTING, toggle_accounting },
	{ ACT_TERMINATE, ask_end },
	{ ACT_ENTER, show_way },
	{ ACT_CONTAINER, show_container },
	{ ACT_COPY, copy_client },
	{ ACT_BACK, back },
	{ 0 },
};

static const struct act client_acts[] = {
	{ ACT_FOLD, fold },
	{ ACT_ENDED, toggle_ended },
	{ ACT_ACCOUNTING, toggle_accounting },
	{ ACT_TERMINATE, ask_end_client },
	{ ACT_ENTER, show_client },
	{ ACT_COPY, copy_address },
	{ 0 },
};

static const struct action own_actions[] = {
	{ ACT_ENTER, { K_ENTER }, "enter", N_("Open"),
	    N_("go to its forward, or to the policy that decides about "
	       "it; from a client, to its connections") },
	{ 0 },
};

static const struct action flow_actions[] = {
	{ ACT_FOLD, { 'z' }, "fold", N_("Clients"),
	    N_("a row for each client, or for each connection") },
	{ ACT_TERMINATE, { 'd', K_DELETE, K_F(9) }, "end", N_("End"),
	    N_("end the connection, after a question; of a client, all that "
	       "it has") },
	{ ACT_CONTAINER, { 'o' }, "container", N_("Container"),
	    N_("go to its container") },
	{ 0 },
};

static const struct action client_actions[] = {
	{ ACT_FOLD, { 'z' }, "fold", N_("Conns"),
	    N_("a row for each connection, or for each client") },
	{ ACT_TERMINATE, { 'd', K_DELETE, K_F(9) }, "end", N_("End all"),
	    N_("end all connections of the client, after a question") },
	{ 0 },
};

static const struct action both_actions[] = {
	{ ACT_ENDED, { 'Z' }, "ended", NULL,
	    N_("show those that have ended, too, while the kernel remembers "
	       "them") },
	{ ACT_ACCOUNTING, { 'a' }, "accounting", NULL,
	    N_("have the kernel count bytes of connections, or stop it") },
	{ ACT_COPY, { 'y' }, "copy", N_("Copy"),
	    N_("copy the client's address to the clipboard of your "
	       "terminal") },
	{ 0 },
};

#define EMPTY                                                                  \
	N_("No live connections to containers.\n\n"                            \
	   "Who reaches a container through a forward is shown here, with "    \
	   "what flows.\n\n"                                                   \
	   "4    shows the forwards, and why one may not work")

/* Short ones come and go between two looks. */
static const char *
empty_now(const struct host *h)
{
	size_t n;

	free(rows_connections(h, true, &h->flows, &n));
	return n == 0 ? NULL
		      : N_("No connection to a container is live at this "
			   "moment, but short ones have ended in the last "
			   "minutes.\n\n"
			   "z    sums them up by client\n"
			   "Z    shows these, too, marked -");
}

static const char *
elsewhere(const struct host *h)
{
	return h->ended ? NULL
			: N_("Z    shows those that have ended, too, marked -");
}

static const struct list_spec flows_spec = {
	.listing = "connections",
	.empty_now = empty_now,
	.elsewhere = elsewhere,
	.sort = "out-rate",
	.wide = 30,
	.empty = EMPTY,
	.tab = TAB_CONNECTIONS,
	.acts = acts,
	.detail = detail,
};

static const struct list_spec clients_spec = {
	.listing = "clients",
	.sort = "out-rate",
	.wide = 26,
	.empty = EMPTY,
	.tab = TAB_CONNECTIONS,
	.acts = client_acts,
	.detail = client_detail,
};

/* Who comes from another screen wants to see connections. */
static void
draw(void *self, const struct rect *r)
{
	struct connections *c = self;

	if (c->by_client && trail_waits(c->list.app, TAB_CONNECTIONS))
		fold(c);
	listview_draw(c, r);
}

#define TABLES(special)                                                        \
	{                                                                      \
		own_actions, special, candidate_actions, both_actions,         \
		    table_sort_actions, table_actions, NULL                    \
	}

static const struct action *const flow_tables[] = TABLES(flow_actions);
static const struct action *const client_tables[] = TABLES(client_actions);

static const struct action *const *
actions_now(const void *self)
{
	const struct connections *c = self;

	return c->by_client ? client_tables : flow_tables;
}

const struct view_ops screen_connections = {
	.name = N_("Conns"),
	.word = "connections",
	.help =
	    N_("Live connections to containers, through forwards or to "
	       "public addresses of theirs, as conntrack knows them. IN and "
	       "OUT are the bytes so far and the rate now, a mean of about the "
	       "last 6 s, where bytes are counted; TIMEOUT is how long "
	       "conntrack keeps the connection without a packet. z sums them "
	       "up by client, together with those that ended a moment ago; Z "
	       "shows these, too, marked -. ! marks "
	       "a connection that is still open although the rules "
	       "in force would not accept it now."),
	LISTVIEW_DRAWN(
	    struct connections, listview_open, listview_changed, draw),
	.actions = flow_tables,
	.actions_now = actions_now,
	.arg = &flows_spec,
};
