/* Builds the ruleset of a model. Forwards are elements of hash maps, never
 * rules, so that their number does not matter to a packet. */
#include "config.h"

#include "core/plan/ruleset_build.h"

#include <stdlib.h>
#include <string.h>

#include "core/plan/fixed.h"
#include "core/plan/model_counter.h"
#include "core/plan/model_family.h"
#include "core/plan/ruleset_parts.h"
#include "core/plan/stage.h"

#define TERMS "terms-" /* starts the names of chains */

/* What nft calls the headers of a family. */
static const char *const headers[FAMILY_COUNT] = {
	[FAMILY_IPV6] = "ip6", [FAMILY_IPV4] = "ip"
};

/* Its control messages, which no forward takes. */
static const char *const icmps[FAMILY_COUNT] = {
	[FAMILY_IPV6] = RULESET_ICMPV6, [FAMILY_IPV4] = RULESET_ICMP
};

/* Begins a rule with what tells packets of forwards. An ICMP error belongs to
 * the connection that it is about, and nobody's counter counts those. */
static void
start_translated(struct rule_list *to, enum ruleset_set set)
{
	enum ruleset_set kind = set % SET_KINDS;

	if (kind >= SET_REST && kind <= SET_LIMITED_REST)
		buf_printf(&to->text, "ct status dnat meta l4proto != %s ",
		    icmps[set / SET_KINDS]);
	else if (ruleset_sets[set].proto != NULL)
		buf_printf(&to->text, "meta l4proto %s ct status dnat ",
		    ruleset_sets[set].proto);
	else
		buf_add(&to->text,
		    "ct status dnat meta l4proto " RULESET_TCP_UDP " ");
}

static bool
has_rest_in(const struct rule_list *l, enum family family)
{
	return l->r->has_set[ruleset_in(SET_REST, family)];
}

static bool
has_rest(const struct rule_list *l)
{
	return has_rest_in(l, FAMILY_IPV6) || has_rest_in(l, FAMILY_IPV4);
}

static void
rule(struct rule_list *to, const char *text)
{
	buf_printf(&to->text, "%s\n", text);
}

static void
rules_keep_fixed(struct rule_list *to, enum family family)
{
	const struct fixed *f;
	struct buf match = { 0 };

	for (f = fixed_rows; f < fixed_rows + fixed_count; f++) {
		buf_reset(&match);
		if (f->keeps && f->family == family_numbers[family] &&
		    fixed_match(f, to->m, CHAIN_INPUT, &match))
			buf_printf(&to->text, "%sreturn\n", buf_text(&match));
	}
	buf_free(&match);
}

/* What stays with this host whatever forwards take the rest. */
static void
rules_keep(struct rule_list *to, enum family family)
{
	const struct ssh_ports *ssh = &to->m->snapshot->ssh;
	size_t i;

	buf_printf(&to->text, "meta l4proto %s return\n", icmps[family]);
	rules_keep_fixed(to, family);
	for (i = 0; i < ssh->n; i++)
		buf_printf(&to->text, "%s%u",
		    i > 0 ? ", " : "meta l4proto " RULESET_TCP " th dport { ",
		    ssh->v[i]);
	buf_add(&to->text, ssh->n > 0 ? " } return\n" : "");
	ruleset_add_keeps(to, family);
}

static void
rule_dnat(struct rule_list *to, enum ruleset_set set)
{
	if (to->r->has_set[set])
		buf_printf(&to->text, "dnat %s to %s map @%s\n",
		    headers[set / SET_KINDS], ruleset_sets[set].key,
		    ruleset_sets[set].name);
}

static void
translate(struct rule_list *to, enum family family)
{
	rule_dnat(to, ruleset_in(SET_SINGLE, family));
	rule_dnat(to, ruleset_in(SET_BLOCK, family));
	if (has_rest_in(to, family))
		rules_keep(to, family);
	rule_dnat(to, ruleset_in(SET_REST, family));
}

static void
rules_translate4(struct rule_list *to)
{
	translate(to, FAMILY_IPV4);
}

static void
rules_translate(struct rule_list *to)
{
	translate(to, FAMILY_IPV6);
}

static bool
forwards_in(const struct model *m, enum family family)
{
	size_t i = 0;

	while (i < m->nforwards && m->forwards[i].family != family)
		i++;
	return i < m->nforwards;
}

/* A deprecated one only if a forward names it. */
static bool
is_answered(const struct model *m, enum family family, size_t i)
{
	const struct prefix *public = &m->publics[family].v[i];
	const struct model_forward *f = m->forwards;

	if (i < m->nstable[family])
		return true;
	while (f < END_OF(m->forwards, m->nforwards) && f->on != public)
		f++;
	return f < END_OF(m->forwards, m->nforwards);
}

static void
dnat_in(struct rule_list *to, enum family family, const char *chain)
{
	const struct prefixes *publics = &to->m->publics[family];
	size_t i, n = 0;

	if (!forwards_in(to->m, family))
		return;
	buf_printf(&to->text, "%s daddr { ", headers[family]);
	for (i = 0; i < publics->n; i++) {
		if (!is_answered(to->m, family, i))
			continue;
		buf_add(&to->text, n++ > 0 ? ", " : "");
		prefix_print(&publics->v[i], &to->text);
	}
	buf_printf(&to->text, " } %sjump %s\n",
	    has_rest_in(to, family) ? "" : "meta l4proto " RULESET_TCP_UDP " ",
	    chain);
}

/* Without the word "prefix" the host part would change, too. */
static void
rule_inside(struct rule_list *to, const struct model_bridge *b)
{
	const struct prefix net = prefix_network(&b->ula);
	char text[ADDR_TEXT_MAX];

	if (b->translate.n == 0)
		return;
	buf_add(&to->text, "ip6 daddr ");
	ruleset_print_prefixes(&b->translate, &to->text);
	buf_printf(
	    &to->text, " dnat ip6 prefix to %s\n", prefix_text(&net, text));
}

static void
rules_dnat(struct rule_list *to)
{
	size_t i;

	dnat_in(to, FAMILY_IPV6, "translate");
	dnat_in(to, FAMILY_IPV4, "translate4");
	for (i = 0; i < to->m->nbridges; i++)
		rule_inside(to, &to->m->bridges[i]);
}

static void
count_in(struct rule_list *to, enum ruleset_set set, const char *verdict)
{
	const struct ruleset_set_type *s = &ruleset_sets[set];

	buf_printf(
	    &to->text, "counter name %s map @%s%s\n", s->key, s->name, verdict);
}

/* Counts by original destination. */
static void
count_by(struct rule_list *to, enum ruleset_set kind, const char *verdict)
{
	enum ruleset_set set = kind;

	for (; set < SET_COUNT; set += SET_KINDS) {
		if (!to->r->has_set[set])
			continue;
		start_translated(to, set);
		count_in(to, set, verdict);
	}
}

/* Lets in, and counts at once, what a counter is found for, but what is not for
 * everybody: most configs have nothing of that kind, and a packet met by one
 * lookup needs no second. */
static void
let_in(struct rule_list *to, enum ruleset_set kind, enum ruleset_set but)
{
	const struct ruleset_set_type *s;
	enum ruleset_set set = kind;

	for (; set < SET_COUNT; set += SET_KINDS, but += SET_KINDS) {
		if (!to->r->has_set[set])
			continue;
		start_translated(to, set);
		s = &ruleset_sets[but];
		if (to->r->has_set[but])
			buf_printf(&to->text, "%s != @%s ", s->key, s->name);
		count_in(to, set, " accept");
	}
}

/* Counts new connections after the filter: a nat chain sees only first packets,
 * and retries of those that were dropped on the way. */
static void
rules_fresh(struct rule_list *to)
{
	if (has_rest(to)) {
		rule(to, "jump fresh");
		return;
	}
	count_by(to, SET_FRESH, "");
	count_by(to, SET_FRESH_BLOCK, "");
}

static void
rules_masquerade(struct rule_list *to, const struct model_bridge *br)
{
	const struct prefix net = prefix_network(&br->ula);
	char text[ADDR_TEXT_MAX], source[ADDR_TEXT_MAX];
	const struct model_uplink *u;

	for (u = to->m->uplinks; u < END_OF(to->m->uplinks, to->m->nuplinks);
	     u++) {
		buf_printf(&to->text, "ip6 saddr %s oifname \"%s\" ",
		    prefix_text(&net, text), u->link->name);
		if (u->source.family == AF_UNSPEC)
			rule(to, "masquerade");
		else
			buf_printf(&to->text, "snat ip6 to %s\n",
			    addr_text(&u->source, source));
	}
}

static void
rules_outside(struct rule_list *to, const struct model_bridge *br)
{
	const struct prefix net = prefix_network(&br->ula);
	const struct model_uplink *u = to->m->uplinks;
	char text[ADDR_TEXT_MAX], public[ADDR_TEXT_MAX];

	for (; u < END_OF(to->m->uplinks, to->m->nuplinks); u++)
		buf_printf(&to->text,
		    "ip6 saddr %s oifname \"%s\" snat ip6 prefix to %s\n",
		    prefix_text(&net, text), u->link->name,
		    prefix_text(&br->translate.v[0], public));
}

static void
rules_masquerade4(struct rule_list *to, const struct model_bridge *br)
{
	const struct prefix net = prefix_network(&br->ipv4);
	const struct model_uplink *u = to->m->uplinks;
	char text[ADDR_TEXT_MAX], source[ADDR_TEXT_MAX];

	for (; u < END_OF(to->m->uplinks, to->m->nuplinks); u++) {
		buf_printf(&to->text, "ip saddr %s oifname \"%s\" ",
		    prefix_text(&net, text), u->link->name);
		if (u->source4.family == AF_UNSPEC)
			rule(to, "masquerade");
		else
			buf_printf(&to->text, "snat ip to %s\n",
			    addr_text(&u->source4, source));
	}
}

/* A container that connects to the public address comes back to its own bridge.
 * For the reply to pass here, the source becomes the bridge's own address. */
static void
rules_of_bridge(
    struct rule_list *to, const struct model_bridge *br, enum family family)
{
	const struct prefix *own = model_bridge_addr(br, family);
	char text[ADDR_TEXT_MAX];

	if (family == FAMILY_IPV6 && own->family == AF_UNSPEC &&
	    br->proxied.family != AF_UNSPEC)
		buf_printf(&to->text,
		    "iifname \"%s\" oifname \"%s\" meta nfproto ipv6 "
		    "ct status dnat masquerade\n",
		    br->link->name, br->link->name);
	if (own->family == AF_UNSPEC)
		return;
	buf_printf(&to->text,
	    "iifname \"%s\" oifname \"%s\" ct status dnat snat %s to %s\n",
	    br->link->name, br->link->name, headers[family],
	    addr_text(own, text));
	if (br->translate.n > 0 && family == FAMILY_IPV6)
		rules_outside(to, br);
	else if (br->masquerade && family == FAMILY_IPV6 &&
		 br->ula.family != AF_UNSPEC)
		rules_masquerade(to, br);
	if (br->masquerade && family == FAMILY_IPV4)
		rules_masquerade4(to, br);
}

static void
rules_postrouting(struct rule_list *to)
{
	const struct model_bridge *br;
	enum family f;

	rules_fresh(to);
	for (br = to->m->bridges; br < END_OF(to->m->bridges, to->m->nbridges);
	     br++)
		for (f = 0; f < FAMILY_COUNT; f++)
			rules_of_bridge(to, br, f);
}

static void
add_default(struct rule_list *to, enum chain chain)
{
	static const char *const ends[] = {
		[VERDICT_ALLOW] = " goto pass",
		[VERDICT_DENY] = "",
		[VERDICT_REJECT] = " goto refuse",
	};
	char *counter = model_default_id(chain);

	buf_printf(&to->text, "counter name \"%s\"%s\n", counter,
	    ends[to->m->defaults[chain]]);
	free(counter);
}

static void
end_if(struct rule_list *to, enum ruleset_set kind, const char *verdict)
{
	const struct ruleset_set_type *s;
	enum ruleset_set set = kind;

	for (; set < SET_COUNT; set += SET_KINDS) {
		s = &ruleset_sets[set];
		if (!to->r->has_set[set])
			continue;
		start_translated(to, set);
		buf_printf(&to->text, "%s @%s %s\n", s->key, s->name, verdict);
	}
}

/* What a default that refuses would do, before others' terms accept it. */
static void
refuse_early(struct rule_list *to, enum chain chain)
{
	char *counter = model_default_id(chain);
	char *refusal = xasprintf("counter name \"%s\" %s", counter,
	    to->m->defaults[chain] == VERDICT_REJECT ? "goto refuse" : "drop");

	end_if(to, SET_LIMITED, refusal);
	free(refusal);
	free(counter);
}

/* Each forward's own terms: its sources are accepted, and all others are
 * dropped, which a default of deny does by itself. They do not let this host
 * send. The rest is known by its address and target alone: what another forward
 * refuses must not come to its terms. */
static void
terms(struct rule_list *to, enum chain chain)
{
	bool allow = to->m->defaults[chain] == VERDICT_ALLOW;

	if (allow || chain != CHAIN_OUTPUT) {
		end_if(to, SET_NARROW, "goto pass");
		let_in(to, SET_TALLY_UDP, SET_EXCLUSIVE);
		let_in(to, SET_TALLY_UDP_BLOCK, SET_EXCLUSIVE_BLOCK);
		let_in(to, SET_TALLY_TCP, SET_EXCLUSIVE);
		let_in(to, SET_TALLY_TCP_BLOCK, SET_EXCLUSIVE_BLOCK);
		if (!allow && has_rest(to))
			refuse_early(to, chain);
	}
	if (allow)
		end_if(to, SET_LIMITED, "drop");
	if (allow || chain != CHAIN_OUTPUT) {
		end_if(to, SET_OPEN_REST, "goto pass");
		end_if(to, SET_NARROW_REST, "goto pass");
	}
	if (allow)
		end_if(to, SET_LIMITED_REST, "drop");
}

static void
terms_forward(struct rule_list *to)
{
	terms(to, CHAIN_FORWARD);
}

static void
terms_input(struct rule_list *to)
{
	terms(to, CHAIN_INPUT);
}

static void
terms_output(struct rule_list *to)
{
	terms(to, CHAIN_OUTPUT);
}

/* They change with the first forward, and with the first that names sources:
 * that must not have thousands of policies written again. */
static void
add_terms(struct rule_list *to, enum chain chain)
{
	buf_printf(&to->text, "ct status dnat jump " TERMS "%s\n",
	    type_chain.choices[chain].word);
}

static void
rules_untranslated(struct rule_list *to)
{
	rule(to, "ct status dnat return");
	rule(to, "accept");
}

/* Counts only what gets through. UDP precedes TCP, whose packets the kernel
 * merges on their way in (GRO): there are fewer. */
static void
rules_pass(struct rule_list *to)
{
	count_by(to, SET_TALLY_UDP, " accept");
	count_by(to, SET_TALLY_UDP_BLOCK, " accept");
	count_by(to, SET_TALLY_TCP, " accept");
	count_by(to, SET_TALLY_TCP_BLOCK, " accept");
	count_by(to, SET_TALLY_REST, " accept");
	rule(to, "accept");
}

#define RESET "reject with tcp reset"

static void
rules_refuse(struct rule_list *to)
{
	rule(to, "meta l4proto " RULESET_TCP " " RESET);
	rule(to, to->m->ipv4 ? "reject with icmpx type port-unreachable"
			     : "reject with icmpv6 type port-unreachable");
}

static void
rules_filter(struct rule_list *to, enum chain chain)
{
	static void (*const stages[STAGE_COUNT])(
	    struct rule_list *, enum chain) = {
		[STAGE_FIXED] = ruleset_add_fixed,
		[STAGE_POLICIES] = ruleset_add_policies,
		[STAGE_TERMS] = add_terms,
		[STAGE_DEFAULT] = add_default,
	};
	size_t i;

	for (i = 0; i < STAGE_COUNT; i++)
		stages[stage_order[i]](to, chain);
}

static void
rules_forward(struct rule_list *to)
{
	rules_filter(to, CHAIN_FORWARD);
}

static void
rules_input(struct rule_list *to)
{
	rules_filter(to, CHAIN_INPUT);
}

static void
rules_output(struct rule_list *to)
{
	rules_filter(to, CHAIN_OUTPUT);
}

/* Targets of a jump precede the chains that jump. nat chains stay even if they
 * are empty: without any, live translated flows are reset. Ours come before
 * Docker's, at -100 and 100: of two chains at one priority, the kernel asks
 * first which was made last (nf_hook_entries_grow). */
static const struct {
	const char *name, *type;
	enum chain policy; /* CHAIN_COUNT: none */
	void (*rules)(struct rule_list *);
	enum family family; /* IPv4: only where that is forwarded */
} chains[] = {
	{ "translate", "", CHAIN_COUNT, rules_translate, FAMILY_IPV6 },
	{ "translate4", "", CHAIN_COUNT, rules_translate4, FAMILY_IPV4 },
	{ "untranslated", "", CHAIN_COUNT, rules_untranslated, FAMILY_IPV6 },
	{ "pass", "", CHAIN_COUNT, rules_pass, FAMILY_IPV6 },
	{ "refuse", "", CHAIN_COUNT, rules_refuse, FAMILY_IPV6 },
	{ TERMS "forward", "", CHAIN_COUNT, terms_forward, FAMILY_IPV6 },
	{ TERMS "input", "", CHAIN_COUNT, terms_input, FAMILY_IPV6 },
	{ TERMS "output", "", CHAIN_COUNT, terms_output, FAMILY_IPV6 },
	{ "prerouting-dnat", "type nat hook prerouting priority -101;",
	    CHAIN_COUNT, rules_dnat, FAMILY_IPV6 },
	{ "output-dnat", "type nat hook output priority -101;", CHAIN_COUNT,
	    rules_dnat, FAMILY_IPV6 },
	{ "input-nat", "type nat hook input priority 100;", CHAIN_COUNT,
	    rules_fresh, FAMILY_IPV6 },
	{ "postrouting-snat", "type nat hook postrouting priority 99;",
	    CHAIN_COUNT, rules_postrouting, FAMILY_IPV6 },
	{ "forward", "type filter hook forward priority 0;", CHAIN_FORWARD,
	    rules_forward, FAMILY_IPV6 },
	{ "input", "type filter hook input priority 0;", CHAIN_INPUT,
	    rules_input, FAMILY_IPV6 },
	{ "output", "type filter hook output priority 0;", CHAIN_OUTPUT,
	    rules_output, FAMILY_IPV6 },
};

static char *
digest(const char *a, const char *b)
{
	struct buf mark = { 0 };

	buf_add(&mark, "seki ");
	buf_add_hash(&mark, hash_text(hash_text(HASH_START, a), b));
	return buf_take(&mark);
}

/* Takes ownership of declaration and rules. */
static void
add_chain(struct ruleset *r, const char *name, char *declaration, char *rules)
{
	struct ruleset_chain *c = ruleset_add_chain(r, name);

	c->declaration = declaration;
	c->rules = rules;
	c->count = count_lines(rules);
	c->mark = digest(declaration, rules);
}

static void
build_policy_chain(struct ruleset *r, const struct model_policy *p)
{
	struct buf text = { 0 };

	ruleset_end_policy(p, &text);
	add_chain(r, p->id, xstrdup(""), buf_take(&text));
}

static void
build_chain(struct ruleset *r, const struct model *m, size_t i)
{
	struct rule_list to = { .r = r, .m = m };
	enum chain judged = chains[i].policy;
	bool drops =
	    judged != CHAIN_COUNT && m->defaults[judged] != VERDICT_ALLOW;
	size_t k;

	chains[i].rules(&to);
	for (k = 0; k < to.njumps; k++)
		build_policy_chain(r, to.jumps[k]);
	free(to.jumps);
	add_chain(r, chains[i].name,
	    chains[i].type[0] == '\0'
		? xstrdup("")
		: xasprintf("{ %s policy %s; }", chains[i].type,
		      drops ? "drop" : "accept"),
	    buf_take(&to.text));
}

/* The rest is known by its address alone, which other forwards share. */
static void
build_fresh_chain(struct ruleset *r, const struct model *m)
{
	struct rule_list to = { .r = r, .m = m };

	if (!has_rest(&to))
		return;
	count_by(&to, SET_FRESH, " return");
	count_by(&to, SET_FRESH_BLOCK, " return");
	count_by(&to, SET_FRESH_REST, "");
	add_chain(r, "fresh", xstrdup(""), buf_take(&to.text));
}

/* The target of an advertisement is behind eight octets (RFC 4861, 4.4). To nft
 * before 1.0.7 that is only a number, which later ones do not take for an
 * address: the map makes it one. */
static void
print_target(const struct prefix *addr, struct buf *b)
{
	char text[ADDR_TEXT_MAX];
	size_t i;

	buf_add(b, "0x");
	for (i = 0; i < 16; i++)
		buf_printf(b, "%02x", addr->bytes[i]);
	buf_printf(b, " : %s", addr_text(addr, text));
}

static void
rule_answers(struct rule_list *to, const struct model_bridge *b)
{
	const struct model *m = to->m;
	const struct model_container *c;
	size_t n = 0;

	for (c = m->containers; c < END_OF(m->containers, m->ncontainers);
	     c++) {
		if (c->bridge != b || c->public.family == AF_UNSPEC)
			continue;
		if (n++ == 0)
			buf_printf(&to->text,
			    "oifname \"%s\" icmpv6 type nd-neighbor-advert "
			    "ip6 saddr set @th,64,128 map { ",
			    b->proxy->name);
		else
			buf_add(&to->text, ", ");
		print_target(&c->public, &to->text);
	}
	if (n > 0)
		rule(to, " }");
}

/* The kernel sends answers for others from an address of this host, often the
 * link-local one (ndisc_send_na() in net/ipv6/ndisc.c), and some providers drop
 * what does not come from the address that it is about. */
static void
build_answers_chain(struct ruleset *r, const struct model *m)
{
	struct rule_list to = { .r = r, .m = m };
	const struct model_bridge *b;

	for (b = m->bridges; b < END_OF(m->bridges, m->nbridges); b++)
		if (b->proxy != NULL)
			rule_answers(&to, b);
	if (to.text.len > 0)
		add_chain(r, "answers",
		    xstrdup("{ type filter hook output priority -150; policy "
			    "accept; }"),
		    buf_take(&to.text));
}

/* The row jumps to a chain with the name of its counter. */
static void
build_counted_chain(struct ruleset *r, const struct model *m,
    const struct fixed *f, enum chain chain)
{
	struct rule_list to = { .r = r, .m = m };
	char *name = fixed_counter(f, chain);

	if (name != NULL) {
		ruleset_add_counted(&to, f, name);
		add_chain(r, name, xstrdup(""), buf_take(&to.text));
	}
	free(name);
}

static void
build_counted_chains(struct ruleset *r, const struct model *m)
{
	const struct fixed *f;
	enum chain chain;

	for (f = fixed_rows; f < fixed_rows + fixed_count; f++)
		for (chain = 0; chain < CHAIN_COUNT; chain++)
			if (fixed_holds(f, chain, m))
				build_counted_chain(r, m, f, chain);
}

/* Counters of policies are added with them. */
static void
add_counter(struct ruleset *r, char *name)
{
	if (name != NULL)
		ruleset_add_element(&r->counters, name, NULL);
	free(name);
}

static void
add_counters(struct ruleset *r, const struct model *m)
{
	const struct fixed *f;
	enum chain chain;

	for (chain = 0; chain < CHAIN_COUNT; chain++) {
		add_counter(r, model_default_id(chain));
		for (f = fixed_rows; f < fixed_rows + fixed_count; f++)
			if (fixed_holds(f, chain, m))
				add_counter(r, fixed_counter(f, chain));
	}
}

void
ruleset_build(struct ruleset *r, const struct model *m)
{
	size_t i;

	memset(r, 0, sizeof(*r));
	r->present = model_wants_rules(m);
	if (!r->present)
		return;
	r->built = true;
	for (i = 0; i < m->nforwards; i++)
		ruleset_add_forward(r, &m->forwards[i]);
	for (i = 0; i < m->npolicies; i++)
		ruleset_add_element(&r->counters, m->policies[i].id, NULL);
	ruleset_add_known(r, m);
	build_fresh_chain(r, m);
	build_answers_chain(r, m);
	build_counted_chains(r, m);
	for (i = 0; i < m->nidle; i++)
		ruleset_add_element(&r->counters, m->idle[i], NULL);
	add_counters(r, m);
	for (i = 0; i < NITEMS(chains); i++)
		if (chains[i].family == FAMILY_IPV6 ||
		    forwards_in(m, chains[i].family))
			build_chain(r, m, i);
	ruleset_sort(r);
}
