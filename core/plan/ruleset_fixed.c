/* The fixed rows as rules. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "core/plan/fixed.h"
#include "core/plan/model_family.h"
#include "core/plan/ruleset_parts.h"

/* The kernel looks up the routes of a connection twice for it, a 25th of what
 * connecting through a forward costs. Even where all links have the same MTU it
 * is not left out: a route may have a lesser one (advertised, stated as its
 * metric, of another table, behind IPsec), a link may get one or come later,
 * and rules that were right when they were written would be wrong until
 * somebody writes them again. */
static void
fixed_clamp(
    struct rule_list *to, const struct fixed *f UNUSED, enum chain chain UNUSED)
{
	buf_add(&to->text, "tcp flags syn tcp option maxseg size set rt mtu\n");
}

/* When this host connects to its own forward, the packet is still on lo here:
 * netfilter reroutes it, but the hook goes on with the old device. */
static void
fixed_loopback(
    struct rule_list *to, const struct fixed *f UNUSED, enum chain chain)
{
	buf_add(&to->text, chain == CHAIN_INPUT
			       ? "iifname \"lo\" accept\n"
			       : "oifname \"lo\" jump untranslated\n");
}

static void
fixed_known(
    struct rule_list *to, const struct fixed *f UNUSED, enum chain chain UNUSED)
{
	buf_add(&to->text, "ct state established,related goto pass\n");
}

static void
print_mac(const struct link *l, struct buf *b)
{
	buf_printf(b, "%02x:%02x:%02x:%02x:%02x:%02x", l->mac[0], l->mac[1],
	    l->mac[2], l->mac[3], l->mac[4], l->mac[5]);
}

/* A bridge takes what is for the MAC of a network card among its ports, too.
 * Ports of machines come and go, and nobody outside is told their MAC. */
static void
bridged_apart(struct rule_list *to, const struct link *l)
{
	const struct snapshot *s = to->m->snapshot;
	const struct link *port = s->links;

	buf_printf(&to->text, "iifname \"%s\" oifname \"%s\" ether daddr != { ",
	    l->name, l->name);
	print_mac(l, &to->text);
	for (; port < END_OF(s->links, s->nlinks); port++) {
		if (port->master != l->index || port->kind[0] != '\0' ||
		    !port->has_mac || memcmp(port->mac, l->mac, 6) == 0)
			continue;
		buf_add(&to->text, ", ");
		print_mac(port, &to->text);
	}
	buf_add(&to->text, " } jump untranslated\n");
}

static void
fixed_bridged(
    struct rule_list *to, const struct fixed *f UNUSED, enum chain chain UNUSED)
{
	const struct model *m = to->m;
	const struct link *l, *first = NULL;
	struct buf pairs = { 0 };
	size_t i, n = 0;

	for (i = 0; i < m->nhost_bridges; i++) {
		l = m->host_bridges[i];
		if (fixed_tells_routed(m, l)) {
			bridged_apart(to, l);
			continue;
		}
		buf_printf(&pairs, "%s\"%s\" . \"%s\"", n++ > 0 ? ", " : "",
		    l->name, l->name);
		first = l;
	}
	if (n == 1)
		buf_printf(&to->text,
		    "iifname \"%s\" oifname \"%s\" jump untranslated\n",
		    first->name, first->name);
	else if (n > 1)
		buf_printf(&to->text,
		    "iifname . oifname { %s } jump untranslated\n",
		    buf_text(&pairs));
	buf_free(&pairs);
}

/* With iif the kernel looks for a route back over that link, which an address
 * of this host lacks once duplicate address detection has ended. */
#define NO_WAY_BACK "fib saddr . iif oif missing "

/* What one bridge is told by in one family. */
struct bridged {
	struct model_addrs own;	    /* this host's on it */
	const char *saddr, *always; /* in nft syntax */
};

static struct bridged
bridged_of(const struct model_bridge *b, enum family f)
{
	static const struct bridged families[FAMILY_COUNT] = {
		[FAMILY_IPV6] = { .saddr = "ip6 saddr",
		    .always = "::, fe80::/10" },
		[FAMILY_IPV4] = { .saddr = "ip saddr",
		    .always = "0.0.0.0, 169.254.0.0/16" },
	};
	struct bridged of = families[f];

	of.own = model_bridge_addrs(b, f);
	return of;
}

static void
own_elsewhere(struct rule_list *to, const struct bridged *b, const char *in,
    const char *drop)
{
	char text[ADDR_TEXT_MAX];
	size_t i;

	for (i = 0; i < b->own.n; i++)
		buf_printf(&to->text, "%s%s %s " NO_WAY_BACK "%s", in, b->saddr,
		    addr_text(&b->own.v[i], text), drop);
}

/* Most packets come from the bridge's own prefixes (but not its addresses), and
 * are spared a lookup of the route, which allocates memory, and one in a set
 * with intervals: those prefixes are compared, each by itself. A bridge may
 * lack a route for link-local addresses, and a host without an address sends
 * from :: (RFC 4862, 5.4) or 0.0.0.0 (RFC 2131, 4.1). */
static void
from_here(struct rule_list *to, const struct bridged *b, const char *in)
{
	char text[ADDR_TEXT_MAX];
	struct prefix net;
	size_t i;

	for (i = 0; i < b->own.n; i++) {
		net = prefix_network(&b->own.v[i]);
		buf_printf(&to->text, "%s%s %s return\n", in, b->saddr,
		    prefix_text(&net, text));
	}
	buf_printf(&to->text, "%s%s { %s } return\n", in, b->saddr, b->always);
}

/* A container on two bridges may reply over either, but connects over the one
 * of its address. in: what tells packets of that bridge from others. */
static void
forged_by(struct rule_list *to, const struct model_bridge *bridge,
    const char *in, const char *drop)
{
	struct bridged of;
	enum family f;

	for (f = 0; f < FAMILY_COUNT; f++) {
		if (!model_is_about(to->m, f))
			continue;
		of = bridged_of(bridge, f);
		own_elsewhere(to, &of, in, drop);
		from_here(to, &of, in);
	}
	buf_printf(&to->text,
	    "%s" NO_WAY_BACK "ct state != { established, related } %s", in,
	    drop);
	buf_printf(&to->text, "%s" NO_WAY_BACK "fib saddr oifname != ", in);
	fixed_print_bridges(to->m, &to->text);
	buf_add(&to->text, drop);
}

static void
add_forged(struct rule_list *to, const char *counter)
{
	const struct model *m = to->m;
	char *drop = xasprintf("counter name \"%s\" drop\n", counter), *in;
	size_t i;

	for (i = 0; i < m->nbridges; i++) {
		in = m->nbridges == 1 ? xstrdup("")
				      : xasprintf("iifname \"%s\" ",
					    m->bridges[i].link->name);
		forged_by(to, &m->bridges[i], in, drop);
		free(in);
	}
	free(drop);
}

/* What is forged has no policy. */
static void
add_relayed(struct rule_list *to, const char *counter)
{
	char *drop = xasprintf("counter name \"%s\" drop\n", counter);

	buf_add(&to->text, "ct status dnat return\n");
	if (to->m->snapshot->has_fib && ruleset_has_relays(to->m)) {
		buf_printf(&to->text, "fib saddr type local %s", drop);
		if (to->m->nbridges > 0) {
			buf_add(&to->text, "fib saddr oifname ");
			fixed_print_bridges(to->m, &to->text);
			buf_add(&to->text, drop);
		}
	}
	ruleset_add_relays(to);
	buf_add(&to->text, drop);
	free(drop);
}

void
ruleset_add_counted(
    struct rule_list *to, const struct fixed *f, const char *counter)
{
	static void (*const kinds[])(struct rule_list *, const char *) = {
		[FIXED_FORGED] = add_forged,
		[FIXED_RELAYED] = add_relayed,
	};

	kinds[f->kind](to, counter);
}

/* What comes from elsewhere is not compared with each bridge. */
static void
fixed_forged(struct rule_list *to, const struct fixed *f, enum chain chain)
{
	char *name = fixed_counter(f, chain);

	if (to->m->nbridges > 0) {
		buf_add(&to->text, "iifname ");
		fixed_print_bridges(to->m, &to->text);
		buf_printf(&to->text, "jump %s\n", name);
	}
	free(name);
}

static void
fixed_stray(
    struct rule_list *to, const struct fixed *f UNUSED, enum chain chain UNUSED)
{
	const struct model_bridge *b = to->m->bridges;

	for (; b < END_OF(to->m->bridges, to->m->nbridges); b++) {
		if (b->translate.n == 0)
			continue;
		buf_add(&to->text, "ip6 daddr ");
		ruleset_print_prefixes(&b->translate, &to->text);
		buf_add(&to->text, " drop\n");
	}
}

static void
refuse_back(struct rule_list *to, const struct prefix *behind)
{
	const struct prefix net = prefix_network(behind);
	const struct model_uplink *u = to->m->uplinks;
	char text[ADDR_TEXT_MAX];

	for (; u < END_OF(to->m->uplinks, to->m->nuplinks); u++)
		buf_printf(&to->text,
		    "ip6 daddr %s oifname \"%s\" reject with icmpv6 type "
		    "no-route\n",
		    prefix_text(&net, text), u->link->name);
}

static void
fixed_back(
    struct rule_list *to, const struct fixed *f UNUSED, enum chain chain UNUSED)
{
	const struct model_bridge *b = to->m->bridges;

	for (; b < END_OF(to->m->bridges, to->m->nbridges); b++) {
		if (b->public.family != AF_UNSPEC)
			refuse_back(to, &b->public);
		if (b->translate.n > 0)
			refuse_back(to, &b->ula);
	}
}

static void
fixed_relayed(struct rule_list *to, const struct fixed *f, enum chain chain)
{
	char *name = fixed_counter(f, chain);

	if (fixed_holds(f, chain, to->m)) {
		buf_add(&to->text, "iifname ");
		fixed_print_outer(to->m, &to->text);
		buf_add(&to->text, "oifname ");
		fixed_print_outer(to->m, &to->text);
		buf_printf(&to->text, "jump %s\n", name);
	}
	free(name);
}

static void
fixed_packet(struct rule_list *to, const struct fixed *f, enum chain chain)
{
	struct buf match = { 0 };

	if (fixed_match(f, to->m, chain, &match))
		buf_printf(&to->text, "%saccept\n", buf_text(&match));
	buf_free(&match);
}

/* Invalid packets are dropped after these: an ICMPv6 error about a connection
 * that conntrack has forgotten is invalid, too, and must get through. */
void
ruleset_add_fixed(struct rule_list *to, enum chain chain)
{
	static void (*const kinds[])(
	    struct rule_list *, const struct fixed *, enum chain) = {
		[FIXED_CLAMP] = fixed_clamp,
		[FIXED_LOOPBACK] = fixed_loopback,
		[FIXED_KNOWN] = fixed_known,
		[FIXED_BRIDGED] = fixed_bridged,
		[FIXED_FORGED] = fixed_forged,
		[FIXED_STRAY] = fixed_stray,
		[FIXED_BACK] = fixed_back,
		[FIXED_RELAYED] = fixed_relayed,
		[FIXED_PACKET] = fixed_packet,
	};
	const struct fixed_scope scope = fixed_scope(to->m);
	size_t i;

	/* A policy of drop must not cut off what statements are not about. */
	if (!to->m->ipv4)
		buf_add(&to->text, "meta nfproto ipv4 accept\n");
	for (i = 0; i < fixed_count; i++)
		if (fixed_in(&fixed_rows[i], chain, &scope))
			kinds[fixed_rows[i].kind](to, &fixed_rows[i], chain);
	buf_add(&to->text, "ct state invalid drop\n");
}
