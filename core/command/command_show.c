/* Commands that show something. */
#include "config.h"

#include "core/command/command_parts.h"

#include <string.h>

#include "core/base/intl.h"
#include "core/kernel/net_flow.h"
#include "core/show/connection.h"
#include "core/show/list_connection.h"
#include "core/show/listing.h"
#include "core/show/output.h"

enum { SHOW_WHAT, SHOW_RATES, SHOW_JSON, SHOW_FORWARD, SHOW_CONTAINER };

static const struct type type_what = { .metavar = "WHAT",
	.choices = outputs,
	.parse = type_choice_parse,
	.print = type_choice_print,
	.suggest = type_choice_suggest };

static const struct arg show_args[] = {
	[SHOW_WHAT] = { "what", &type_what, ARG_REQUIRED, N_("what to show") },
	[SHOW_RATES] = { "--rates", NULL, ARG_FLAG,
	    N_("with the rates of this second") },
	[SHOW_JSON] = { "--json", NULL, ARG_FLAG, N_("as JSON") },
	[SHOW_FORWARD] = { "forward", &type_forward_key, ARG_KEYWORD,
	    N_("only connections through it") },
	[SHOW_CONTAINER] = { "container", &type_name, ARG_KEYWORD,
	    N_("only connections to it") },
};

static int
check_show(const struct row *row UNUSED, const struct value *v, struct err *e,
    size_t *blame)
{
	const char *what = outputs[v[SHOW_WHAT].choice].word;
	bool narrows = v[SHOW_FORWARD].set || v[SHOW_CONTAINER].set;

	*blame = SHOW_RATES;
	if (v[SHOW_RATES].set && v[SHOW_JSON].set)
		return err_set(
		    e, ERR_USAGE, "--rates and --json exclude each other");
	if (v[SHOW_RATES].set && !output_has_rates(what))
		return err_set(e, ERR_USAGE, "%s has no rates", what);
	*blame = v[SHOW_FORWARD].set ? SHOW_FORWARD : SHOW_CONTAINER;
	if (narrows && listing_find(what) != &listing_connections)
		return err_set(
		    e, ERR_USAGE, "only connections can be narrowed down");
	return 0;
}

static bool
suits_show(const struct value *v, size_t arg)
{
	const char *what = outputs[v[SHOW_WHAT].choice].word;

	if (arg == SHOW_RATES)
		return output_has_rates(what) && !v[SHOW_JSON].set;
	if (arg == SHOW_JSON)
		return !v[SHOW_RATES].set;
	return listing_find(what) == &listing_connections;
}

/* Selects connections, and appends notes about them. */
static int
narrow(struct host *h, const struct value *v, struct buf *notes, struct err *e)
{
	const struct connection_scope scope = {
		.forward =
		    v[SHOW_FORWARD].set ? &v[SHOW_FORWARD].forward : NULL,
		.container =
		    v[SHOW_CONTAINER].set ? v[SHOW_CONTAINER].text : NULL,
	};

	if (connections_narrow(h, &scope, e) != 0)
		return -1;
	if (h->flows.n > 0 && !v[SHOW_JSON].set && !net_flows_counted())
		buf_add(notes,
		    _("note: bytes are not counted; sysctl "
		      "net.netfilter.nf_conntrack_acct=1 starts that, for "
		      "new connections\n"));
	return 0;
}

static int
run_show(struct host *h, const struct value *v, struct statement *st UNUSED,
    struct buf *out, struct buf *notes, struct err *e)
{
	const char *what = outputs[v[SHOW_WHAT].choice].word;
	const struct listing *l = listing_find(what);

	if (strcmp(what, "candidate") == 0 &&
	    h->candidate_error.code != ERR_NONE) {
		*e = h->candidate_error;
		return -1;
	}
	if (v[SHOW_RATES].set && host_measure(h, e) != 0)
		return -1;
	host_compare(h);
	if (l != NULL) {
		host_count(h);
		host_look_behind(h);
	}
	if (l != NULL && l->read != NULL && l->read(h, e) != 0)
		return -1;
	if (l == &listing_connections && narrow(h, v, notes, e) != 0)
		return -1;
	if (!v[SHOW_JSON].set)
		output_text(h, what, v[SHOW_RATES].set, out);
	else if (output_json(h, what, out, e) != 0)
		return -1;
	return command_saved(h, e);
}

const struct command command_show = {
	.row = { .name = "show",
	    .help = N_("print a table of what there is"),
	    ARGS(show_args),
	    .check = check_show,
	    .suits = suits_show },
	.slow = true,
	.looks = true,
	.partial = true,
	.run = run_show,
};

enum { HISTORY_JSON };

static const struct arg history_args[] = {
	[HISTORY_JSON] = { "--json", NULL, ARG_FLAG, N_("as JSON") },
};

static int
run_history(struct host *h, const struct value *v, struct statement *st UNUSED,
    struct buf *out, struct buf *notes UNUSED, struct err *e)
{
	if (!v[HISTORY_JSON].set)
		output_text(h, "history", false, out);
	else if (output_json(h, "history", out, e) != 0)
		return -1;
	return command_saved(h, e);
}

const struct command command_history = {
	.row = { .name = "history",
	    .help = N_("the confirmed configs, the newest first"),
	    ARGS(history_args) },
	.looks = true,
	.partial = true,
	.run = run_history,
};
