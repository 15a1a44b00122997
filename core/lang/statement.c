/* The statements of the language. */
#include "config.h"

#include "core/lang/statement.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/lang/option.h"
#include "core/lang/type_addr.h"
#include "core/lang/type_public.h"

static const struct arg uplink_args[] = {
	[UPLINK_IFACE] = { N_("iface"), &type_iface, ARG_REQUIRED | ARG_KEY,
	    N_("the interface that leads to the Internet") },
	[UPLINK_ADDRESS] = { N_("address"), &type_addr_len, ARG_KEYWORD,
	    N_("the public address, where it has several") },
	[UPLINK_GATEWAY] = { N_("gateway"), &type_gateway, ARG_KEYWORD,
	    N_("the gateway of the default route") },
	[UPLINK_KEEP] = { N_("keep"), NULL, ARG_FLAG,
	    N_("give it that address and that default route where it lacks "
	       "them") },
};

static const struct arg bridge_args[] = {
	[BRIDGE_IFACE] = { N_("bridge"), &type_bridge, ARG_REQUIRED | ARG_KEY,
	    N_("the bridge that containers are ports of") },
	[BRIDGE_ULA] = { N_("ula"), &type_bridge_ula, ARG_KEYWORD,
	    N_("the host's private address on it, the gateway of containers") },
	[BRIDGE_MASQUERADE] = { N_("masquerade"), NULL, ARG_FLAG,
	    N_("connections outwards leave with the public address") },
	[BRIDGE_TRANSLATE] = { N_("translate"), &type_publics, ARG_KEYWORD,
	    N_("public prefixes routed to this host, mapped one to one to its "
	       "ULAs") },
	[BRIDGE_PREFIX] = { N_("prefix"), &type_bridge_prefix, ARG_KEYWORD,
	    N_("a public prefix that the provider routes to this host") },
	[BRIDGE_IPV4] = { N_("ipv4"), &type_bridge_ipv4, ARG_KEYWORD,
	    N_("the host's IPv4 address on it, the gateway of containers") },
	[BRIDGE_PROXY] = { N_("proxy"), NULL, ARG_FLAG,
	    N_("the prefix is on the uplink's link instead: this host answers "
	       "there for containers") },
	[BRIDGE_CREATE] = { N_("create"), NULL, ARG_FLAG,
	    N_("make the bridge where there is none of that name") },
};

static const struct arg container_args[] = {
	[CONTAINER_NAME] = { N_("name"), &type_name, ARG_REQUIRED | ARG_KEY,
	    N_("the container") },
	[CONTAINER_ON] = { N_("on"), &type_bridge, ARG_KEYWORD,
	    N_("the bridge, where it is a port of several") },
	[CONTAINER_ULA] = { N_("ula"), &type_container_ula, ARG_KEYWORD,
	    N_("its private address; its default route follows") },
	[CONTAINER_ADDRESS] = { N_("address"), &type_container_address,
	    ARG_KEYWORD,
	    N_("its public address, where the bridge has a prefix") },
	[CONTAINER_IPV4] = { N_("ipv4"), &type_container_ipv4, ARG_KEYWORD,
	    N_("its IPv4 address; without it what it has counts") },
};

static const struct arg forward_args[] = {
	[FORWARD_PROTO] = { N_("proto"), &type_proto, ARG_REQUIRED | ARG_KEY,
	    N_("tcp, udp or tcp,udp; any is the rest") },
	[FORWARD_PORTS] = { N_("ports"), &type_ports, ARG_KEY,
	    N_("the public ports") },
	[FORWARD_TO] = { N_("to"), &type_target, ARG_KEYWORD | ARG_REQUIRED,
	    N_("the container, with :PORT where it differs") },
	[FORWARD_ON] = { N_("on"), &type_addr, ARG_KEYWORD | ARG_KEY,
	    N_("the public address, where there are several") },
	[FORWARD_FROM] = { N_("from"), &type_prefixes, ARG_KEYWORD,
	    N_("only these may use it") },
	[FORWARD_ONLY] = { N_("only"), &type_family, ARG_KEYWORD | ARG_KEY,
	    N_("one family, where both are forwarded") },
	[FORWARD_NOTE] = { N_("note"), &type_text, ARG_KEYWORD,
	    N_("a note to yourself") },
	[FORWARD_OFF] = { N_("off"), NULL, ARG_FLAG,
	    N_("keep the statement without its effect") },
};

static const struct arg policy_args[] = {
	[POLICY_CHAIN] = { N_("chain"), &type_chain, ARG_REQUIRED | ARG_KEY,
	    N_("input (to this host), forward (through it), output (from "
	       "it)") },
	[POLICY_PROTO] = { N_("proto"), &type_policy_proto, ARG_KEY,
	    N_("tcp, udp, tcp,udp, icmpv6, icmp or any") },
	[POLICY_PORTS] = { N_("ports"), &type_ports, ARG_KEY,
	    N_("destination ports; in forward those inside, after "
	       "translation") },
	[POLICY_FROM] = { N_("from"), &type_who, ARG_KEYWORD | ARG_KEY,
	    N_("who sends") },
	[POLICY_TO] = { N_("to"), &type_who, ARG_KEYWORD | ARG_KEY,
	    N_("who receives") },
	[POLICY_ONLY] = { N_("only"), &type_family, ARG_KEYWORD | ARG_KEY,
	    N_("one family, where both are judged") },
	[POLICY_LIMIT] = { N_("limit"), &type_rate, ARG_KEYWORD,
	    N_("only so many packets match") },
	[POLICY_LOG] = { N_("log"), NULL, ARG_FLAG,
	    N_("write a line to the kernel log") },
	[POLICY_NOTE] = { N_("note"), &type_text, ARG_KEYWORD,
	    N_("a note to yourself") },
	[POLICY_OFF] = { N_("off"), NULL, ARG_FLAG,
	    N_("keep the statement without its effect") },
};

static const struct arg default_args[] = {
	[DEFAULT_CHAIN] = { N_("chain"), &type_chain, ARG_REQUIRED | ARG_KEY,
	    N_("input, forward or output") },
	[DEFAULT_VERDICT] = { N_("verdict"), &type_verdict, ARG_REQUIRED,
	    N_("what happens to all that no policy and no forward decided") },
};

static int
check_uplink(const struct row *row UNUSED, const struct value *v, struct err *e,
    size_t *blame)
{
	if (!v[UPLINK_KEEP].set || v[UPLINK_ADDRESS].set ||
	    v[UPLINK_GATEWAY].set)
		return 0;
	*blame = UPLINK_KEEP;
	err_set(e, ERR_USAGE, "keep has no effect without address or gateway");
	return err_hint(e, "address: %s", _(uplink_args[UPLINK_ADDRESS].help));
}

/* What is there for something else needs that. */
static int
check_bridge(const struct row *row UNUSED, const struct value *v, struct err *e,
    size_t *blame)
{
	if (v[BRIDGE_TRANSLATE].set && !v[BRIDGE_ULA].set) {
		*blame = BRIDGE_TRANSLATE;
		err_set(e, ERR_USAGE, "translate needs a ULA that it is for");
		return err_hint(e, "ula: %s", _(bridge_args[BRIDGE_ULA].help));
	}
	if (v[BRIDGE_PROXY].set && !v[BRIDGE_PREFIX].set) {
		*blame = BRIDGE_PROXY;
		err_set(e, ERR_USAGE, "proxy needs a prefix that it is for");
		return err_hint(
		    e, "prefix: %s", _(bridge_args[BRIDGE_PREFIX].help));
	}
	return 0;
}

static int
check_container(const struct row *row UNUSED, const struct value *v,
    struct err *e, size_t *blame)
{
	if (!v[CONTAINER_ON].set || v[CONTAINER_ULA].set ||
	    v[CONTAINER_ADDRESS].set || v[CONTAINER_IPV4].set)
		return 0;
	*blame = CONTAINER_ON;
	err_set(e, ERR_USAGE,
	    "on BRIDGE has no effect without ula, address or ipv4");
	return err_hint(e, "ula: %s", _(container_args[CONTAINER_ULA].help));
}

/* RFC 4787 aside: the k-th port outside becomes the k-th inside, so a target
 * port needs one unbroken block and room for it below 65536. */
static int
check_shift(const struct value *v, struct err *e)
{
	const struct ports *p = &v[FORWARD_PORTS].ports;
	unsigned last = v[FORWARD_TO].target.port + ports_count(p) - 1;

	if (v[FORWARD_TO].target.port == 0)
		return 0;
	if (p->n > 1) {
		err_set(e, ERR_USAGE, "a list of ports keeps its ports");
		return err_hint(e, "leave the target's port out, or write one "
				   "forward for each port");
	}
	if (last > PORT_LAST)
		return err_set(e, ERR_USAGE,
		    "the last port of the block would be %u, beyond 65535",
		    last);
	return 0;
}

static int
check_forward(const struct row *row UNUSED, const struct value *v,
    struct err *e, size_t *blame)
{
	bool any = v[FORWARD_PROTO].choice == PROTO_ANY;

	*blame = FORWARD_PORTS;
	if (any && v[FORWARD_PORTS].set) {
		err_set(e, ERR_USAGE, "forward any takes no ports");
		return err_hint(e, "forward tcp,udp PORTS to TARGET");
	}
	if (!any && !v[FORWARD_PORTS].set) {
		err_set(e, ERR_USAGE, "incomplete: PORTS is missing");
		return err_hint(e, "PORTS: %s", _(type_ports.desc));
	}
	*blame = FORWARD_TO;
	if (any && v[FORWARD_TO].target.port != 0)
		return err_set(e, ERR_USAGE, "forward any keeps the ports");
	return any ? 0 : check_shift(v, e);
}

static int
check_policy(const struct row *row UNUSED, const struct value *v, struct err *e,
    size_t *blame)
{
	bool ported =
	    v[POLICY_PROTO].set && v[POLICY_PROTO].choice <= PROTO_TCP_UDP;
	enum chain chain = (enum chain)v[POLICY_CHAIN].choice;

	*blame = POLICY_PORTS;
	if (v[POLICY_PORTS].set && !ported)
		return err_set(
		    e, ERR_USAGE, "ports go with tcp, udp or tcp,udp only");
	*blame = POLICY_TO;
	if (chain == CHAIN_INPUT && v[POLICY_TO].set &&
	    v[POLICY_TO].who.kind > WHO_PREFIXES) {
		err_set(e, ERR_USAGE, "input is to this host itself");
		return err_hint(e, "to takes an address of this host here");
	}
	*blame = POLICY_FROM;
	if (chain == CHAIN_OUTPUT && v[POLICY_FROM].set &&
	    v[POLICY_FROM].who.kind > WHO_PREFIXES) {
		err_set(e, ERR_USAGE, "output is from this host itself");
		return err_hint(e, "from takes an address of this host here");
	}
	return 0;
}

#define ARGS(a) .args = a, .nargs = NITEMS(a)

const struct row statement_rows[ST_COUNT + 1] = {
	[ST_UPLINK] = { "uplink",
	    N_("the interface that leads to the Internet"), ARGS(uplink_args),
	    check_uplink },
	[ST_BRIDGE] = { "bridge",
	    N_("a bridge, its prefixes and its masquerade"), ARGS(bridge_args),
	    check_bridge },
	[ST_CONTAINER] = { "container", N_("a container and its addresses"),
	    ARGS(container_args), check_container },
	[ST_FORWARD] = { "forward",
	    N_("a public port that leads to a container"), ARGS(forward_args),
	    check_forward },
	[ST_ALLOW] = { "allow", N_("let matching packets through"),
	    ARGS(policy_args), check_policy },
	[ST_DENY] = { "deny", N_("drop matching packets without an answer"),
	    ARGS(policy_args), check_policy },
	[ST_REJECT] = { "reject",
	    N_("answer matching packets that it is closed"), ARGS(policy_args),
	    check_policy },
	[ST_DEFAULT] = { "default", N_("what a chain does with all the rest"),
	    ARGS(default_args), NULL },
	[ST_OPTION] = { "option", N_("a setting of seki itself"),
	    ARGS(option_args), option_check },
};

const struct row *
statement_row(const struct statement *st)
{
	return &statement_rows[st->kind];
}

void
statement_free(struct statement *st)
{
	if (st == NULL || st->shares-- > 0)
		return;
	schema_free(statement_row(st), st->v);
	free(st);
}

const char *
statement_source(const struct statement *st)
{
	return (const char *)&st->v[statement_row(st)->nargs];
}

/* Words for statements that others begin so. */
static const struct {
	const char *word, *hint;
} strange[] = {
	{ "policy", N_("a policy begins with what it does, allow, deny or "
		       "reject: allow input tcp 22") },
	{ "rule", N_("a policy begins with what it does, allow, deny or "
		     "reject: allow input tcp 22") },
	{ "dnat", N_("that is a forward: forward tcp 80 to web1") },
};

static void
hint_strange(const struct word *word, struct err *e)
{
	size_t i;

	for (i = 0; word != NULL && i < NITEMS(strange); i++)
		if (strcmp(word->text, strange[i].word) == 0)
			err_hint(e, "%s", _(strange[i].hint));
}

struct statement *
statement_parse(struct words *w, bool partial, struct err *e)
{
	const struct word *first = words_peek(w);
	const struct row *row =
	    schema_find(statement_rows, w, N_("statement"), e);
	struct statement *st;
	size_t size;

	if (row == NULL) {
		hint_strange(first, e);
		return NULL;
	}
	size = strlen(w->source) + 1;
	st = xcalloc(1, sizeof(*st) + row->nargs * sizeof(*st->v) + size);
	st->kind = (enum statement_kind)(row - statement_rows);
	memcpy(&st->v[row->nargs], w->source, size);
	st->line = w->line;
	st->col = w->v[w->at - 1].col;
	if (schema_parse(row, w, st->v, partial, e) == 0)
		return st;
	statement_free(st);
	return NULL;
}

static struct statement *
from_line(const char *line, bool partial, struct err *e)
{
	struct statement *st = NULL;
	struct words w = { 0 };

	if (words_split(&w, line, e) == 0)
		st = statement_parse(&w, partial, e);
	words_free(&w);
	return st;
}

struct statement *
statement_from(const char *line, struct err *e)
{
	return from_line(line, false, e);
}

struct statement *
statement_key_from(const char *line, struct err *e)
{
	return from_line(line, true, e);
}

static struct statement *
copy(const struct statement *st, bool partial)
{
	struct statement *new;
	struct buf b = { 0 };
	struct err ignored;

	statement_print(st, &b);
	new = from_line(buf_text(&b), partial, &ignored);
	if (new != NULL)
		new->line = st->line;
	buf_free(&b);
	return new;
}

struct statement *
statement_share(struct statement *st)
{
	st->shares++;
	return st;
}

struct statement *
statement_copy(const struct statement *st)
{
	return copy(st, false);
}

struct statement *
statement_copy_key(const struct statement *st)
{
	return copy(st, true);
}

void
statement_print(const struct statement *st, struct buf *b)
{
	schema_print(statement_row(st), st->v, false, b);
}

void
statement_key(const struct statement *st, struct buf *b)
{
	schema_print(statement_row(st), st->v, true, b);
}

bool
statement_is_policy(const struct statement *st)
{
	return st->kind >= ST_ALLOW && st->kind <= ST_REJECT;
}

enum verdict
statement_verdict(const struct statement *st)
{
	return (enum verdict)(VERDICT_ALLOW + (st->kind - ST_ALLOW));
}

static bool
names_outside(const struct value *who)
{
	return who->set &&
	       (who->who.kind == WHO_UPLINK || who->who.kind == WHO_PREFIXES);
}

bool
statement_relays(const struct statement *st)
{
	return st->kind == ST_ALLOW &&
	       st->v[POLICY_CHAIN].choice == CHAIN_FORWARD &&
	       names_outside(&st->v[POLICY_FROM]) &&
	       names_outside(&st->v[POLICY_TO]);
}

bool
statement_is_about_all(const struct statement *st)
{
	const struct value *v = st->v;

	return (!v[POLICY_PROTO].set || v[POLICY_PROTO].choice == PROTO_ANY) &&
	       !v[POLICY_PORTS].set && who_is_anybody(&v[POLICY_FROM]) &&
	       who_is_anybody(&v[POLICY_TO]);
}

unsigned
statement_option(const struct statement *st)
{
	enum option_name name = (enum option_name)st->v[OPTION_NAME].choice;
	unsigned value = option_specs[name].preset;
	struct err ignored;

	option_parse(name, st->v[OPTION_VALUE].text, &value, &ignored);
	return value;
}

bool
statement_is_off(const struct statement *st)
{
	if (st->kind == ST_FORWARD)
		return st->v[FORWARD_OFF].set;
	return statement_is_policy(st) && st->v[POLICY_OFF].set;
}

bool
statement_takes_rest(const struct statement *st)
{
	return st->kind == ST_FORWARD &&
	       st->v[FORWARD_PROTO].choice == PROTO_ANY;
}

bool
statement_forwards(const struct statement *st, enum family family)
{
	const struct value *v = st->v;
	const struct target *to = &v[FORWARD_TO].target;

	if (v[FORWARD_ONLY].set && v[FORWARD_ONLY].choice != (unsigned)family)
		return false;
	if (v[FORWARD_ON].set && addr_family(&v[FORWARD_ON].prefix) != family)
		return false;
	if (to->name == NULL && addr_family(to->addr) != family)
		return false;
	return !v[FORWARD_FROM].set ||
	       prefixes_of(&v[FORWARD_FROM].prefixes, family).n > 0;
}

const struct prefix *
statement_stated(const struct statement *st, size_t value, enum family family)
{
	struct prefixes of = prefixes_of(&st->v[value].prefixes, family);

	return of.n > 0 ? of.v : NULL;
}

bool
statement_keeps(const struct statement *st)
{
	return st->kind == ST_ALLOW &&
	       st->v[POLICY_CHAIN].choice == CHAIN_INPUT;
}

const struct prefix *
statement_inside(const struct statement *st)
{
	static const size_t values[] = { CONTAINER_ULA, CONTAINER_ADDRESS };
	size_t i;

	for (i = 0; i < NITEMS(values); i++)
		if (st->v[values[i]].set)
			return &st->v[values[i]].prefix;
	return NULL;
}

unsigned
statement_differences(const struct statement *a, const struct statement *b)
{
	const struct row *row = statement_row(a);
	unsigned mask = 0;
	size_t i;

	if (a->kind != b->kind)
		return UINT_MAX;
	for (i = 0; i < row->nargs; i++)
		if (!type_equal(row->args[i].type, &a->v[i], &b->v[i]))
			mask |= 1u << i;
	return mask;
}

bool
statement_same(const struct statement *a, const struct statement *b)
{
	const struct row *row = statement_row(a);
	unsigned mask = statement_differences(a, b);
	size_t i;

	if (a->kind != b->kind)
		return false;
	for (i = 0; i < row->nargs; i++)
		if ((row->args[i].flags & ARG_KEY) != 0 && mask >> i & 1)
			return false;
	return true;
}

bool
statement_equal(const struct statement *a, const struct statement *b)
{
	return statement_differences(a, b) == 0;
}

bool
statement_matches(const struct statement *key, const struct statement *st)
{
	const struct row *row = statement_row(key);
	size_t i;

	if (key->kind != st->kind)
		return false;
	for (i = 0; i < row->nargs; i++)
		if (key->v[i].set &&
		    !type_equal(row->args[i].type, &key->v[i], &st->v[i]))
			return false;
	return true;
}

int
statement_blame(const struct statement *st, size_t i, struct err *e)
{
	const struct row *row = statement_row(st);
	bool has = i < row->nargs && st->v[i].set;

	snprintf(e->source, sizeof(e->source), "%s", statement_source(st));
	return err_at(e, st->line, has ? st->v[i].col : st->col,
	    has ? st->v[i].len : (unsigned)strlen(row->name));
}
