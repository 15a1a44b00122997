/* Conflicts between the base chains of others and what a config lets
 * through. */
#include "config.h"

#include "core/reach/hook_tell.h"

#include <netinet/in.h> /* first: the kernel's headers give way to it */

#include <endian.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_tables.h>
#include <netinet/tcp.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/lang/option.h"
#include "core/lang/type_addr.h"

/* What statements want to let through, and a hook may drop. */
enum asked { ASKED_IN = 1 << 0, ASKED_THROUGH = 1 << 1, ASKED_OUT = 1 << 2 };

static const struct {
	unsigned asked;
	const char *some, *all; /* of what it drops; NULL: as of most */
} tellings[HOOK_COUNT] = {
	[HOOK_INGRESS] = { ASKED_IN | ASKED_THROUGH, NULL, NULL },
	[HOOK_BRIDGE_PREROUTING] = { ASKED_THROUGH, NULL, NULL },
	[HOOK_BRIDGE_INPUT] = { ASKED_THROUGH, NULL, NULL },
	[HOOK_PREROUTING] = { ASKED_IN | ASKED_THROUGH, NULL, NULL },
	[HOOK_INPUT] = { ASKED_IN,
	    N_(" drops what it has no rule for: what is allowed in needs one "
	       "there too"),
	    N_(" lets nothing in, whatever is allowed here") },
	[HOOK_FORWARD] = { ASKED_THROUGH,
	    N_(" drops what it has no rule for: forwards and containers need "
	       "one there too"),
	    NULL },
	[HOOK_OUTPUT] = { ASKED_OUT, NULL, NULL },
	[HOOK_POSTROUTING] = { ASKED_THROUGH | ASKED_OUT, NULL, NULL },
	[HOOK_BRIDGE_OUTPUT] = { ASKED_THROUGH, NULL, NULL },
	[HOOK_BRIDGE_POSTROUTING] = { ASKED_THROUGH, NULL, NULL },
	[HOOK_EGRESS] = { ASKED_THROUGH | ASKED_OUT, NULL, NULL },
};

static const char *
telling(const struct hook *h, enum family f)
{
	const char *own =
	    h->all[f] ? tellings[h->place].all : tellings[h->place].some;

	if (own != NULL)
		return _(own);
	return h->all[f]
		   ? _(" lets nothing pass, whatever is allowed here")
		   : _(" drops what it has no rule for: what is allowed or "
		       "forwarded needs one there too");
}

static unsigned
asks_for(const struct statement *st)
{
	static const unsigned chains[CHAIN_COUNT] = {
		[CHAIN_INPUT] = ASKED_IN,
		[CHAIN_FORWARD] = ASKED_THROUGH,
		[CHAIN_OUTPUT] = ASKED_OUT,
	};

	if (st == NULL || statement_is_off(st))
		return 0;
	if (st->kind == ST_FORWARD || st->kind == ST_BRIDGE)
		return ASKED_THROUGH;
	return st->kind == ST_ALLOW ? chains[st->v[POLICY_CHAIN].choice] : 0;
}

/* A packet of a connection that a statement lets through, the first or a later
 * one; NULL and 0 are unknown. */
struct call {
	bool later, translated;
	const char *in, *out; /* links */
	const struct prefix *to;
	unsigned proto, port;
};

/* One hook, and the config, about one family. */
struct telling {
	const struct hooks *all;
	const struct hook *hook;
	const struct config *config;
	enum family family;
	struct hook_want *wants; /* in each, of the first that it stops */
};

static void
describe(struct sample *to, const struct call *call, enum family f)
{
	const uint32_t state =
	    1 << ((call->later ? IP_CT_ESTABLISHED : IP_CT_NEW) + 1);
	const uint8_t flags = TH_SYN;
	const uint16_t port = htobe16((uint16_t)call->port);

	memset(to, 0, sizeof(*to));
	sample_add(
	    to, FACT_CT, NFT_CT_STATE * OPERAND_MAX, &state, sizeof(state));
	if (call->in != NULL)
		sample_add_name(to, NFT_META_IIFNAME, call->in);
	if (call->out != NULL)
		sample_add_name(to, NFT_META_OIFNAME, call->out);
	if (call->to != NULL)
		sample_add_to(to, call->to);
	if (call->proto != 0)
		sample_add_proto(to, f, (uint8_t)call->proto);
	if (port != 0)
		sample_add(to, FACT_TRANSPORT, 2, &port, sizeof(port));
	if (call->proto == IPPROTO_TCP && !call->later)
		sample_add(to, FACT_TRANSPORT, 13, &flags, 1);
	if (call->translated)
		sample_add_bits(to, FACT_CT, NFT_CT_STATUS * OPERAND_MAX,
		    IPS_DST_NAT, IPS_DST_NAT);
}

static bool
ends(const struct telling *t, const struct call *call)
{
	enum hook_place place = t->hook->place;
	struct sample sample;

	describe(&sample, call, t->family);
	if (place == HOOK_INPUT || place == HOOK_FORWARD)
		sample_add_to_here(&sample, place == HOOK_INPUT);
	return hook_run(t->all, t->hook, t->family, &sample).dropped;
}

/* Whether the hook may drop the packet, or a later one of the connection: a
 * reply, or more in the same direction. */
static bool
stops(const struct telling *t, const struct call *call)
{
	const struct call answer = { .later = true,
		.translated = call->translated,
		.in = call->out,
		.out = call->in,
		.proto = call->proto };
	struct call more = *call;

	more.later = true;
	return ends(t, call) ||
	       ends(t, t->hook->place == HOOK_FORWARD ? &answer : &more);
}

/* What is to be let through there; the names live as long as the config. */
static struct hook_want *
want(const struct telling *t)
{
	return &t->wants[t->family];
}

/* The ends of a range stand for all of it. */
static bool
stops_range(
    const struct telling *t, struct call *call, unsigned lo, unsigned hi)
{
	bool stopped;

	call->port = lo;
	stopped = stops(t, call);
	call->port = hi;
	stopped = stopped || stops(t, call);
	if (stopped) {
		want(t)->protocol = call->proto == IPPROTO_UDP ? "udp" : "tcp";
		want(t)->lo = lo;
		want(t)->hi = hi;
	}
	return stopped;
}

/* first is what the first port is translated to, or 0. */
static bool
stops_ports(const struct telling *t, struct call *call, unsigned protos,
    const struct ports *ports, unsigned first)
{
	static const struct {
		unsigned choice, number;
	} protocols[] = { { PROTO_TCP, IPPROTO_TCP },
		{ PROTO_UDP, IPPROTO_UDP } };
	unsigned by = first != 0 ? first - ports->v[0].lo : 0;
	bool stopped = false;
	size_t i, k;

	for (k = 0; k < NITEMS(protocols); k++) {
		if (protos != protocols[k].choice && protos != PROTO_TCP_UDP)
			continue;
		call->proto = protocols[k].number;
		for (i = 0; i < ports->n && !stopped; i++)
			stopped = stops_range(
			    t, call, ports->v[i].lo + by, ports->v[i].hi + by);
	}
	return stopped;
}

/* The name of the only link of that kind; NULL if there are several. */
static const char *
only(const struct config *c, enum statement_kind kind)
{
	const char *name = NULL;
	size_t i;

	for (i = 0; i < c->n; i++) {
		if (c->v[i].st == NULL || c->v[i].st->kind != kind)
			continue;
		if (name != NULL)
			return NULL;
		name = c->v[i].st->v[0].text;
	}
	return name;
}

/* Its containers connect to the Internet. */
static bool
stops_bridge(const struct telling *t, const struct statement *st)
{
	struct call call = { .in = st->v[BRIDGE_IFACE].text,
		.out = only(t->config, ST_UPLINK) };

	want(t)->bridge = call.in;
	want(t)->calls = true;
	return stops(t, &call);
}

/* Fills in the container, as far as its statement says. */
static void
aim(const struct telling *t, const char *name, struct call *call)
{
	const struct statement *of = config_container(t->config, name);

	if (of != NULL && of->v[CONTAINER_ON].set)
		call->out = of->v[CONTAINER_ON].text;
	if (of != NULL && t->family == FAMILY_IPV6)
		call->to = statement_inside(of);
	else if (of != NULL && of->v[CONTAINER_IPV4].set)
		call->to = &of->v[CONTAINER_IPV4].prefix;
}

static bool
translates(const struct config *c)
{
	size_t i = 0;

	while (
	    i < c->n && (c->v[i].st == NULL || c->v[i].st->kind != ST_BRIDGE ||
			    !c->v[i].st->v[BRIDGE_TRANSLATE].set))
		i++;
	return i < c->n;
}

/* What no forward hands over comes to the public address of a container; to its
 * ULA only where that is translated. */
static void
aim_outside(const struct telling *t, const char *name, struct call *call)
{
	const struct statement *of = config_container(t->config, name);

	aim(t, name, call);
	if (t->family == FAMILY_IPV6 && of != NULL &&
	    of->v[CONTAINER_ADDRESS].set && !translates(t->config))
		call->to = &of->v[CONTAINER_ADDRESS].prefix;
}

static bool
stops_forward(const struct telling *t, const struct statement *st)
{
	const struct target *to = &st->v[FORWARD_TO].target;
	struct call call = { .in = only(t->config, ST_UPLINK),
		.out = only(t->config, ST_BRIDGE),
		.translated = true };

	if (to->name == NULL)
		call.to = to->addr;
	else
		aim(t, to->name, &call);
	want(t)->bridge = call.out;
	want(t)->rest = statement_takes_rest(st);
	return want(t)->rest
		   ? stops(t, &call)
		   : stops_ports(t, &call, st->v[FORWARD_PROTO].choice,
			 &st->v[FORWARD_PORTS].ports, to->port);
}

/* The bridge stands for connections of its containers. */
static bool
is_of_containers(const struct who *from, const struct who *to)
{
	return from->kind == WHO_CONTAINER || from->kind == WHO_BRIDGE ||
	       (from->kind == WHO_ANY && to->kind == WHO_UPLINK);
}

/* "any" as a source is behind the uplink, as a destination behind the
 * bridge. */
static void
aim_policy(const struct telling *t, const struct who *from,
    const struct who *to, struct call *call)
{
	const struct config *c = t->config;
	const char *uplink = only(c, ST_UPLINK);

	if (from->kind == WHO_ANY || from->kind == WHO_UPLINK)
		call->in = uplink;
	if (to->kind == WHO_UPLINK)
		call->out = uplink;
	else if (to->kind == WHO_BRIDGE)
		call->out = to->name;
	else if (to->kind != WHO_PREFIXES)
		call->out = only(c, ST_BRIDGE);
	if (to->kind == WHO_CONTAINER)
		aim_outside(t, to->name, call);
}

/* A policy without ports asks for more than any hook with a policy of drop lets
 * through. */
static bool
stops_allow(const struct telling *t, const struct statement *st)
{
	const struct ports *ports = &st->v[POLICY_PORTS].ports;
	const struct who *from = &st->v[POLICY_FROM].who;
	const struct who *to = &st->v[POLICY_TO].who;
	struct call call = { 0 };

	if (st->v[POLICY_CHAIN].choice == CHAIN_FORWARD) {
		if (is_of_containers(from, to))
			return false;
		aim_policy(t, from, to, &call);
		want(t)->bridge = call.out;
		want(t)->rest = ports->n == 0;
	}
	return ports->n == 0 ||
	       stops_ports(t, &call, st->v[POLICY_PROTO].choice, ports, 0);
}

static bool
has_addresses(const struct value *who, enum family f)
{
	return !who->set || who->who.kind != WHO_PREFIXES ||
	       prefixes_of(&who->who.prefixes, f).n > 0;
}

/* Whether its words are about that family. */
static bool
is_about(const struct statement *st, enum family f)
{
	const struct value *v = st->v;

	if (st->kind == ST_FORWARD)
		return statement_forwards(st, f);
	if (!statement_is_policy(st))
		return true;
	return (!v[POLICY_ONLY].set || v[POLICY_ONLY].choice == (unsigned)f) &&
	       has_addresses(&v[POLICY_FROM], f) &&
	       has_addresses(&v[POLICY_TO], f);
}

/* Whether the hook may drop something that the statement lets through. */
static bool
is_stopped(const struct telling *t, const struct statement *st)
{
	static bool (*const kinds[ST_COUNT])(
	    const struct telling *, const struct statement *) = {
		[ST_BRIDGE] = stops_bridge,
		[ST_FORWARD] = stops_forward,
		[ST_ALLOW] = stops_allow,
	};
	enum hook_place place = t->hook->place;

	if ((asks_for(st) & tellings[place].asked) == 0 ||
	    !is_about(st, t->family))
		return false;
	*want(t) = (struct hook_want){ .bridge = only(t->config, ST_BRIDGE) };
	return (place != HOOK_INPUT && place != HOOK_FORWARD) ||
	       kinds[st->kind](t, st);
}

/* The config knows only the links that it names. */
static bool
is_on(const struct hook *h, const struct statement *st)
{
	return (st->kind == ST_UPLINK || st->kind == ST_BRIDGE) &&
	       hook_is_on(h, st->v[0].text);
}

static bool
concerns(const struct telling *t)
{
	const struct statement *st;
	bool on = hook_is_on(t->hook, NULL), stopped = false;
	size_t i;

	for (i = 0; i < t->config->n; i++) {
		st = t->config->v[i].st;
		if (st == NULL)
			continue;
		on = on || is_on(t->hook, st);
		stopped = stopped || is_stopped(t, st);
	}
	return on && stopped;
}

static const struct statement *
find_default(const struct config *c, enum chain chain)
{
	const struct statement *st;
	size_t i;

	for (i = 0; i < c->n; i++) {
		st = c->v[i].st;
		if (st != NULL && st->kind == ST_DEFAULT &&
		    st->v[DEFAULT_CHAIN].choice == (unsigned)chain)
			return st;
	}
	return NULL;
}

static bool
denies(const struct statement *st)
{
	return st != NULL && st->v[DEFAULT_VERDICT].choice != VERDICT_ALLOW;
}

/* Forwards of others are subject to the forward policies, as ours are. */
static const char *
telling_of_ports(const struct config *c)
{
	if (denies(find_default(c, CHAIN_FORWARD)))
		return _(" forwards ports, too: the default of forward shuts "
			 "them where no policy allows them");
	return denies(find_default(c, CHAIN_INPUT))
		   ? _(" forwards ports, too: they stay open, whatever input "
		       "denies")
		   : NULL;
}

/* What to say of it in its family; NULL: nothing. */
static const char *
words_about(const struct telling *t)
{
	const struct hook *h = t->hook;

	if (h->drops[t->family] && concerns(t))
		return telling(h, t->family);
	return h->translates[t->family] ? telling_of_ports(t->config) : NULL;
}

/* The family of which there is the most to say, and what; *alone if that is not
 * so of the other, which it sees, too. */
static const char *
find_words(struct telling *t, bool *alone)
{
	const char *words[FAMILY_COUNT] = { NULL };
	enum family *f = &t->family;
	bool both = config_option(t->config, OPTION_IPV4) == OPTION_ON;

	for (*f = 0; *f < FAMILY_COUNT; ++*f)
		if (*f == FAMILY_IPV6 || both)
			words[*f] = words_about(t);
	*f = words[FAMILY_IPV6] == NULL ||
		     (words[FAMILY_IPV4] != NULL && t->hook->all[FAMILY_IPV4])
		 ? FAMILY_IPV4
		 : FAMILY_IPV6;
	*alone = both && words[FAMILY_IPV6] != words[FAMILY_IPV4] &&
		 hook_sees(t->all, t->hook, FAMILY_IPV6) &&
		 hook_sees(t->all, t->hook, FAMILY_IPV4);
	return words[*f];
}

static void
add_cure(const struct telling *t, struct buf *b)
{
	if (t->hook->drops[t->family] && t->hook->cure != NULL)
		hook_cure(t->all, t->hook, NULL, want(t), b);
}

bool
hook_tell(const struct hooks *all, const struct hook *h, const struct config *c,
    struct buf *b)
{
	struct hook_want wants[FAMILY_COUNT] = { { 0 } };
	struct telling t = { all, h, c, FAMILY_IPV6, wants };
	struct buf cure = { 0 };
	bool alone;
	const char *words = find_words(&t, &alone);

	if (words == NULL)
		return false;
	hook_name(all, h, b);
	if (alone)
		buf_printf(b, " (%s)", _(type_family.choices[t.family].help));
	buf_add(b, words);
	add_cure(&t, &cure);
	if (cure.len > 0)
		buf_printf(b, " (%s)", cure.s);
	buf_free(&cure);
	return true;
}

void
hook_tell_cure(const struct hooks *all, const struct hook *h,
    const struct config *c, struct buf *b)
{
	struct hook_want wants[FAMILY_COUNT] = { { 0 } };
	struct telling t = { all, h, c, FAMILY_IPV6, wants };
	bool alone;

	if (find_words(&t, &alone) != NULL)
		add_cure(&t, b);
}

void
hooks_tell(const struct hooks *hooks, const struct config *c, struct buf *b)
{
	const struct hook *h;

	for (h = hooks->v; h < END_OF(hooks->v, hooks->n); h++)
		if (hook_tell(hooks, h, c, b))
			buf_add(b, "\n");
}
