/* Selecting connections, and ending them. */
#include "config.h"

#include "core/command/command_parts.h"

#include <stdlib.h>

#include "core/base/intl.h"
#include "core/lang/type_addr.h"
#include "core/show/connection.h"

/* Forwards by their public ports */

static int
forward_parse(const struct type *t UNUSED, struct words *w, struct value *v,
    struct err *e)
{
	struct value proto = { 0 }, ports = { 0 };
	int r = type_proto.parse(&type_proto, w, &proto, e);

	if (r == 0 && proto.choice != PROTO_ANY)
		r = type_ports.parse(&type_ports, w, &ports, e);
	v->forward = (struct forward_key){ proto.choice, ports.ports };
	return r;
}

static void
forward_print(const struct type *t UNUSED, const struct value *v, struct buf *b)
{
	const struct value proto = { .choice = v->forward.proto };
	const struct value ports = { .ports = v->forward.ports };

	type_print(&type_proto, &proto, b);
	if (ports.ports.n == 0)
		return;
	buf_add(b, " ");
	type_print(&type_ports, &ports, b);
}

static void
forward_free(struct value *v)
{
	free(v->forward.ports.v);
}

static void
forward_suggest(const struct type *t UNUSED, struct suggest *s)
{
	type_proto.suggest(&type_proto, s);
}

static void
ports_suggest(const struct type *t UNUSED, struct suggest *s)
{
	struct buf word = { 0 }, help = { 0 };
	const struct statement *st;
	size_t i;

	for (i = 0; i < s->config->n; i++) {
		st = s->config->v[i].st;
		if (st == NULL || st->kind != ST_FORWARD ||
		    !st->v[FORWARD_PORTS].set)
			continue;
		buf_reset(&word);
		buf_reset(&help);
		type_print(&type_ports, &st->v[FORWARD_PORTS], &word);
		statement_print(st, &help);
		s->add(s->arg, buf_text(&word), buf_text(&help));
	}
	buf_free(&word);
	buf_free(&help);
}

static const struct type *
forward_rest(const char *first UNUSED)
{
	static const struct type ports = { .metavar = "PORTS",
		.desc = N_("public ports of forwards"),
		.suggest = ports_suggest };

	return &ports;
}

const struct type type_forward_key = { .metavar = "PROTO PORTS",
	.desc = N_("a forward by its public ports, such as tcp 80; or any"),
	.parse = forward_parse,
	.print = forward_print,
	.free = forward_free,
	.suggest = forward_suggest,
	.rest = forward_rest };

/* end */

enum { END_WHAT, END_CLIENT };

enum { WHAT_TCP, WHAT_UDP, WHAT_ORPHANS };

static const struct choice whats[] = {
	[WHAT_TCP] = { "tcp", N_("TCP") },
	[WHAT_UDP] = { "udp", N_("UDP") },
	[WHAT_ORPHANS] = { "orphans",
	    N_("all that the rules would not let through as they go") },
	{ NULL, NULL },
};
static const enum proto protos[] = {
	[WHAT_TCP] = PROTO_TCP,
	[WHAT_UDP] = PROTO_UDP,
	[WHAT_ORPHANS] = PROTO_TCP_UDP,
};
static const struct type type_end_what = { .metavar = "tcp|udp|orphans",
	.choices = whats,
	.parse = type_choice_parse,
	.print = type_choice_print,
	.suggest = type_choice_suggest };

static const struct arg end_args[] = {
	[END_WHAT] = { "what", &type_end_what, ARG_REQUIRED,
	    N_("its protocol, or all orphans") },
	[END_CLIENT] = { "client", &type_client, 0,
	    N_("the address and port it comes from") },
};

static int
check_end(const struct row *row UNUSED, const struct value *v, struct err *e,
    size_t *blame)
{
	bool all = v[END_WHAT].choice == WHAT_ORPHANS;

	*blame = all ? END_CLIENT : END_WHAT;
	if (all && v[END_CLIENT].set)
		return err_set(e, ERR_USAGE, "orphans are all ended at once");
	if (all || v[END_CLIENT].set)
		return 0;
	err_set(e, ERR_USAGE, "incomplete: the client is missing");
	return err_hint(
	    e, "an address and a port, such as [2001:db8:9::7]:51234");
}

static bool
suits_end(const struct value *v, size_t arg)
{
	return arg != END_CLIENT || v[END_WHAT].choice != WHAT_ORPHANS;
}

/* Ends those that are left in the host's flows. */
static int
end_orphans(struct host *h, struct buf *notes, struct err *e)
{
	const struct connection_scope scope = { .orphans = true };
	struct connection_row *rows;
	size_t n;
	int r;

	if (connections_narrow(h, &scope, e) != 0)
		return -1;
	rows = rows_connections(h, false, &h->flows, &n);
	r = connections_end(h, rows, n, notes, e);
	free(rows);
	if (n == 0)
		buf_add(notes, _("there are no orphans\n"));
	return r;
}

/* One client port may be in use through several forwards. */
static int
run_end(struct host *h, const struct value *v, struct statement *st UNUSED,
    struct buf *out UNUSED, struct buf *notes, struct err *e)
{
	const struct forward_key proto = { .proto =
					       protos[v[END_WHAT].choice] };
	const struct connection_scope scope = {
		.forward = &proto,
		.client = &v[END_CLIENT].target,
	};
	struct connection_row *rows;
	size_t n;
	int r;

	if (h->read_only)
		return host_refuse(h, e);
	if (host_read_flows(h, e) != 0)
		return -1;
	if (v[END_WHAT].choice == WHAT_ORPHANS)
		return end_orphans(h, notes, e);
	if (connections_narrow(h, &scope, e) != 0)
		return -1;
	rows = rows_connections(h, false, &h->flows, &n);
	r = connections_end(h, rows, n, notes, e);
	free(rows);
	if (n > 0 || command_saved(h, e) != 0)
		return n > 0 ? r : -1;
	err_set(e, ERR_FAIL, "no such connection leads to a container");
	return err_hint(e, "seki show connections lists those that do");
}

const struct command command_end = {
	.row = { .name = "end",
	    .help = N_("end the live connection of a client, or all "
		       "orphans"),
	    ARGS(end_args),
	    .check = check_end,
	    .suits = suits_end },
	.run = run_end,
};
