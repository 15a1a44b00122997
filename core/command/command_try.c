/* What becomes of a packet, tried on this host. */
#include "config.h"

#include "core/command/command_parts.h"

#include <netinet/in.h>

#include "core/base/intl.h"
#include "core/lang/type_addr.h"
#include "core/reach/specimen.h"
#include "core/show/list_tried.h"
#include "core/show/output.h"

#define EXPLAIN_MS 10000

enum { TRY_PROTO, TRY_PORT, TRY_FROM, TRY_TO, TRY_JSON, TRY_FORWARD };
enum { TRY_TCP, TRY_UDP, TRY_ICMP };

static const struct choice protos[] = {
	[TRY_TCP] = { "tcp", N_("the first packet of a connection") },
	[TRY_UDP] = { "udp", N_("a few bytes") },
	[TRY_ICMP] = { "icmp", N_("an echo request of ICMP or ICMPv6") },
	{ NULL, NULL },
};
static const struct type type_try_proto = { .metavar = "PROTO",
	.choices = protos,
	.parse = type_choice_parse,
	.print = type_choice_print,
	.suggest = type_choice_suggest };

static const struct type type_try_port = { .metavar = "PORT",
	.desc = N_("a port, from 1 to 65535"),
	.parse = type_number_parse,
	.print = type_number_print };

static const struct arg try_args[] = {
	[TRY_PROTO] = { "protocol", &type_try_proto, 0, N_("its protocol") },
	[TRY_PORT] = { "port", &type_try_port, 0,
	    N_("the port of this host that it goes to, without to") },
	[TRY_FROM] = { "from", &type_peer, ARG_KEYWORD,
	    N_("where it comes from") },
	[TRY_TO] = { "to", &type_peer, ARG_KEYWORD, N_("where it goes") },
	[TRY_FORWARD] = { "forward", &type_forward_key, ARG_KEYWORD,
	    N_("what is not given is such as that forward is for") },
	[TRY_JSON] = { "--json", NULL, ARG_FLAG, N_("as JSON") },
};

static int
check_families(
    const struct target *from, const struct target *to, struct err *e)
{
	if (from->addr == NULL || to->addr == NULL ||
	    from->addr->family == to->addr->family)
		return 0;
	return err_set(e, ERR_USAGE,
	    "a packet comes from and goes to addresses of one family");
}

static int
check_ends(const struct row *row UNUSED, const struct value *v, struct err *e,
    size_t *blame)
{
	const struct target *from = &v[TRY_FROM].target;
	const struct target *to = &v[TRY_TO].target;
	bool icmp = v[TRY_PROTO].set && v[TRY_PROTO].choice == TRY_ICMP;

	*blame = TRY_PORT;
	if (v[TRY_PORT].set && icmp)
		return err_set(e, ERR_USAGE, "icmp has no ports");
	if (v[TRY_PORT].set &&
	    (v[TRY_PORT].number == 0 || v[TRY_PORT].number > UINT16_MAX))
		return err_set(e, ERR_USAGE, "a port is from 1 to 65535");
	if (v[TRY_PORT].set && v[TRY_TO].set)
		return err_set(e, ERR_USAGE,
		    "its port is behind the address that it goes to: "
		    "ADDR:PORT");
	*blame = TRY_TO;
	if (check_families(from, to, e) != 0)
		return -1;
	if (!icmp && v[TRY_TO].set && to->port == 0)
		return err_set(e, ERR_USAGE, "it goes to a port: ADDR:PORT");
	if (icmp && (to->port != 0 || from->port != 0))
		return err_set(e, ERR_USAGE, "icmp has no ports");
	return 0;
}

/* Where no forward says the rest. */
static int
check_try(
    const struct row *row, const struct value *v, struct err *e, size_t *blame)
{
	if (check_ends(row, v, e, blame) != 0)
		return -1;
	*blame = TRY_FORWARD;
	if (v[TRY_FORWARD].set && v[TRY_PROTO].set &&
	    v[TRY_PROTO].choice == TRY_ICMP)
		return err_set(e, ERR_USAGE, "no forward is about icmp");
	if (v[TRY_FORWARD].set ||
	    (v[TRY_PROTO].set && (v[TRY_TO].set || v[TRY_PORT].set)))
		return 0;
	*blame = v[TRY_PROTO].set ? TRY_TO : TRY_PROTO;
	err_set(e, ERR_USAGE, "a packet has a protocol, and goes somewhere");
	return err_hint(e,
	    "as in try tcp 22 from 2001:db8:9::7; or name a forward: try "
	    "forward tcp 80");
}

/* Without a source it comes from anywhere. */
static struct trial
pattern_of(const struct value *v)
{
	static const uint8_t numbers[] = { [TRY_TCP] = IPPROTO_TCP,
		[TRY_UDP] = IPPROTO_UDP,
		[TRY_ICMP] = IPPROTO_ICMP };
	const struct target *from = &v[TRY_FROM].target;
	const struct target *to = &v[TRY_TO].target;
	struct trial t = { .proto = numbers[v[TRY_PROTO].choice],
		.dport = to->port };

	if (!v[TRY_PROTO].set)
		t.proto = 0;
	if (v[TRY_TO].set)
		t.to = *to->addr;
	if (t.proto == IPPROTO_ICMP && t.to.family == AF_INET6)
		t.proto = IPPROTO_ICMPV6;
	if (!v[TRY_FROM].set)
		return t;
	t.from = *from->addr;
	t.sport = from->port;
	return t;
}

/* Of a port alone it goes to this host itself. */
static int
go_here(
    const struct host *h, const struct value *v, struct trial *t, struct err *e)
{
	struct trial here = { .from = t->from };

	if (!v[TRY_PORT].set)
		return 0;
	if (!attempt_example(h, NULL, &here)) {
		err_set(e, ERR_FAIL, "no public address of this host is known");
		return err_hint(e, "name the one that it goes to: to "
				   "[ADDR]:PORT");
	}
	t->to = here.to;
	t->dport = (uint16_t)v[TRY_PORT].number;
	return 0;
}

/* What is not given is that of the forward. */
static int
follow(const struct host *h, const struct value *key, struct trial *t,
    struct err *e)
{
	struct statement *st = NULL;
	struct buf line = { 0 };
	size_t at = SIZE_MAX;
	int r = -1;

	buf_add(&line, "forward ");
	type_print(&type_forward_key, key, &line);
	st = statement_key_from(buf_text(&line), e);
	if (st != NULL)
		at = config_find(&h->candidate, st, e);
	if (at != SIZE_MAX && attempt_example(h, h->candidate.v[at].st, t))
		r = 0;
	else if (at != SIZE_MAX)
		err_set(
		    e, ERR_FAIL, "%s takes no such packet", buf_text(&line));
	statement_free(st);
	buf_free(&line);
	return r;
}

static int
trial_of(
    const struct host *h, const struct value *v, struct trial *t, struct err *e)
{
	*t = pattern_of(v);
	if (go_here(h, v, t, e) != 0)
		return -1;
	if (v[TRY_FORWARD].set && follow(h, &v[TRY_FORWARD], t, e) != 0)
		return -1;
	if (t->from.family == AF_UNSPEC)
		t->from = specimen_stranger(addr_family(&t->to));
	if (t->dport != 0 && t->sport == 0)
		t->sport = SPECIMEN_PORT;
	return 0;
}

static void
tell(const struct host *h, const struct attempt *a, struct buf *out)
{
	tried_verdict(h, a, out);
	buf_add(out, "\n");
	output_rows(h, &listing_tried, a->tried.v, a->tried.n, out);
	buf_add(out, "\n");
	tried_tell(h, a, out);
	buf_add(out, "\n");
	tried_means(a, out);
	buf_add(out, "\n");
}

/* What does not get through is an error, for scripts. */
static int
conclude(const struct attempt *a, struct err *e)
{
	return tried_through(a)
		   ? 0
		   : err_set(e, ERR_FAIL, "the packet does not get through");
}

static int
answer(const struct host *h, const struct attempt *a, bool json,
    struct buf *out, struct err *e)
{
	if (!json)
		tell(h, a, out);
	else if (tried_json(h, a, out, e) != 0)
		return -1;
	return conclude(a, e);
}

static int
run_try(struct host *h, const struct value *v, struct statement *st UNUSED,
    struct buf *out, struct buf *notes UNUSED, struct err *e)
{
	struct attempt a = { 0 };
	struct trial t;
	int r = trial_of(h, v, &t, e);

	if (r == 0)
		r = attempt_make(&a, h, &t, e);
	if (r == 0)
		r = answer(h, &a, v[TRY_JSON].set, out, e);
	attempt_free(&a);
	return r;
}

const struct command command_try = {
	.row = { .name = "try",
	    .help =
		N_("what becomes of a packet from outside, and who decides"),
	    ARGS(try_args),
	    .check = check_try },
	.slow = true,
	.looks = true,
	.partial = true,
	.run = run_try,
};

/* The same without a source that must be known. */
static const struct arg explain_args[] = {
	[TRY_PROTO] = { "protocol", &type_try_proto, ARG_REQUIRED,
	    N_("its protocol") },
	[TRY_PORT] = { "port", &type_try_port, 0,
	    N_("the port of this host that it goes to, without to") },
	[TRY_FROM] = { "from", &type_peer, ARG_KEYWORD,
	    N_("where it comes from") },
	[TRY_TO] = { "to", &type_peer, ARG_KEYWORD, N_("where it goes") },
	[TRY_JSON] = { "--json", NULL, ARG_FLAG, N_("as JSON") },
};

static int
check_explain(
    const struct row *row, const struct value *v, struct err *e, size_t *blame)
{
	if (check_ends(row, v, e, blame) != 0)
		return -1;
	if (v[TRY_TO].set || v[TRY_PORT].set)
		return 0;
	err_set(e, ERR_USAGE, "a packet goes somewhere");
	return err_hint(e,
	    "as in explain tcp 22 from 2001:db8:9::7, or explain tcp to "
	    "[2001:db8::10]:22");
}

static int
run_explain(struct host *h, const struct value *v, struct statement *st UNUSED,
    struct buf *out, struct buf *notes UNUSED, struct err *e)
{
	struct trial pattern = pattern_of(v);
	struct attempt a = { 0 };
	int r = go_here(h, v, &pattern, e);

	if (r == 0)
		r = attempt_await(&a, h, &pattern, EXPLAIN_MS, e);
	if (r == 0)
		r = answer(h, &a, v[TRY_JSON].set, out, e);
	attempt_free(&a);
	return r;
}

const struct command command_explain = {
	.row = { .name = "explain",
	    .help = N_("what becomes of the next packet that comes, and who "
		       "decides"),
	    ARGS(explain_args),
	    .check = check_explain },
	.slow = true,
	.looks = true,
	.partial = true,
	.run = run_explain,
};
