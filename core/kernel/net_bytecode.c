/* Decodes expressions of nftables rules from netlink. */
#include "config.h"

#include "core/kernel/bytecode.h"

#include <netinet/in.h> /* first: the kernel's headers give way to it */

#include <endian.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nf_tables_compat.h>
#include <linux/netfilter/x_tables.h>
#include <string.h>

#include "core/kernel/net_parts.h"
#include "core/kernel/xtables.h"

/* Byte offset of a register; REGISTERS_LEN if it is invalid. Registers of the
 * old numbering are four times as long (nft_parse_register). */
static unsigned
place_of(const struct nlattr *a)
{
	uint32_t n = net_number(a);

	if (n >= NFT_REG_1 && n <= NFT_REG_4)
		return (n - NFT_REG_1) * NFT_REG_SIZE;
	if (n >= NFT_REG32_00 && n <= NFT_REG32_15)
		return (n - NFT_REG32_00) * NFT_REG32_SIZE;
	return REGISTERS_LEN;
}

/* Adds an instruction on len bytes of a register. If that is impossible it
 * becomes a condition, and NULL is returned. Only a set key may be long. */
static struct instruction *
add_at(struct rule_chain *c, enum operation operation, const struct nlattr *reg,
    unsigned len)
{
	unsigned at = place_of(reg);
	unsigned max = operation == OP_LOOKUP ? REGISTERS_LEN : OPERAND_MAX;
	struct instruction *i;

	if (len == 0 || len > max || at + len > REGISTERS_LEN) {
		chain_add(c, OP_CONDITION);
		return NULL;
	}
	i = chain_add(c, operation);
	i->reg = (uint8_t)at;
	i->len = (uint8_t)len;
	return i;
}

/* Copies data if it has exactly len bytes. */
static bool
copy(uint8_t *to, struct nlattr *data, unsigned len)
{
	struct nlattr *value = net_inside(data, NFTA_DATA_VALUE);

	if (value == NULL || (unsigned)nla_len(value) != len)
		return false;
	memcpy(to, nla_data(value), len);
	return true;
}

/* ---- decoders, with what NFTA_EXPR_DATA contains */

struct decoder {
	const struct tables *all;
	struct rule_chain *chain; /* it belongs to */
};

static void
nothing(struct decoder *d UNUSED, struct nlattr *data UNUSED)
{
}

static void
condition(struct decoder *d, struct nlattr *data UNUSED)
{
	chain_add(d->chain, OP_CONDITION);
}

/* An expression that may drop or accept the packet. */
static void
maybe(struct decoder *d, struct nlattr *data UNUSED)
{
	chain_add(d->chain, OP_MAYBE);
}

static void
drop(struct decoder *d, struct nlattr *data UNUSED)
{
	chain_add(d->chain, OP_VERDICT)->verdict.fate = FATE_DROP;
}

static void
untrack(struct decoder *d, struct nlattr *data UNUSED)
{
	chain_add(d->chain, OP_UNTRACK);
}

/* A payload expression that writes to the packet loads nothing. */
static void
payload(struct decoder *d, struct nlattr *data)
{
	static const uint8_t sources[] = {
		[NFT_PAYLOAD_LL_HEADER] = FACT_LINK,
		[NFT_PAYLOAD_NETWORK_HEADER] = FACT_NETWORK,
		[NFT_PAYLOAD_TRANSPORT_HEADER] = FACT_TRANSPORT,
	};
	struct nlattr *reg = net_inside(data, NFTA_PAYLOAD_DREG);
	uint32_t base = net_number(net_inside(data, NFTA_PAYLOAD_BASE));
	struct instruction *i;

	if (reg == NULL)
		return;
	i = add_at(d->chain, base < NITEMS(sources) ? OP_LOAD : OP_LOSE, reg,
	    net_number(net_inside(data, NFTA_PAYLOAD_LEN)));
	if (i == NULL || base >= NITEMS(sources))
		return;
	i->source = sources[base];
	i->at = (uint16_t)net_number(net_inside(data, NFTA_PAYLOAD_OFFSET));
}

/* The length does not matter: bits a sample lacks are unknown. */
static void
load_key(struct decoder *d, struct nlattr *reg, enum fact_source source,
    uint32_t key)
{
	unsigned room = REGISTERS_LEN - place_of(reg);
	struct instruction *i;

	if (reg == NULL)
		return;
	i = add_at(
	    d->chain, OP_LOAD, reg, room < OPERAND_MAX ? room : OPERAND_MAX);
	if (i == NULL)
		return;
	i->source = source;
	i->at = (uint16_t)(key * OPERAND_MAX);
}

static void
meta(struct decoder *d, struct nlattr *data)
{
	struct nlattr *from = net_inside(data, NFTA_META_SREG);
	uint32_t key = net_number(net_inside(data, NFTA_META_KEY));

	load_key(d, net_inside(data, NFTA_META_DREG), FACT_META, key);
	if (from != NULL && key == NFT_META_MARK)
		add_at(d->chain, OP_MARK, from, REGISTER_LEN);
}

/* The per-direction keys of a connection are unknown. */
static void
ct(struct decoder *d, struct nlattr *data)
{
	struct nlattr *reg = net_inside(data, NFTA_CT_DREG);

	if (reg != NULL && net_inside(data, NFTA_CT_DIRECTION) != NULL)
		add_at(d->chain, OP_LOSE, reg, OPERAND_MAX);
	else
		load_key(
		    d, reg, FACT_CT, net_number(net_inside(data, NFTA_CT_KEY)));
}

static void
bitwise(struct decoder *d, struct nlattr *data)
{
	uint32_t len = net_number(net_inside(data, NFTA_BITWISE_LEN));
	unsigned from = place_of(net_inside(data, NFTA_BITWISE_SREG));
	struct instruction *i =
	    add_at(d->chain, OP_MASK, net_inside(data, NFTA_BITWISE_DREG), len);

	if (i == NULL)
		return;
	i->from = (uint8_t)from;
	if (from + len > REGISTERS_LEN ||
	    net_number(net_inside(data, NFTA_BITWISE_OP)) != NFT_BITWISE_BOOL ||
	    !copy(i->data, net_inside(data, NFTA_BITWISE_MASK), len) ||
	    !copy(i->other, net_inside(data, NFTA_BITWISE_XOR), len))
		i->operation = OP_LOSE;
}

static void
cmp(struct decoder *d, struct nlattr *data)
{
	struct nlattr *operand = net_inside(data, NFTA_CMP_DATA);
	struct nlattr *value = net_inside(operand, NFTA_DATA_VALUE);
	unsigned len = value != NULL ? (unsigned)nla_len(value) : 0;
	struct instruction *i =
	    add_at(d->chain, OP_COMPARE, net_inside(data, NFTA_CMP_SREG), len);

	if (i == NULL)
		return;
	i->compare = (uint8_t)net_number(net_inside(data, NFTA_CMP_OP));
	copy(i->data, operand, len);
}

/* "!=" of nft, and "=" since 1.1, which had two comparisons before. */
static void
range(struct decoder *d, struct nlattr *data)
{
	struct nlattr *from = net_inside(data, NFTA_RANGE_FROM_DATA);
	struct nlattr *to = net_inside(data, NFTA_RANGE_TO_DATA);
	struct nlattr *value = net_inside(from, NFTA_DATA_VALUE);
	unsigned len = value != NULL ? (unsigned)nla_len(value) : 0;
	struct instruction *i =
	    add_at(d->chain, OP_RANGE, net_inside(data, NFTA_RANGE_SREG), len);

	if (i == NULL)
		return;
	i->inverted =
	    net_number(net_inside(data, NFTA_RANGE_OP)) == NFT_RANGE_NEQ;
	if (!copy(i->data, from, len) || !copy(i->other, to, len))
		i->operation = OP_CONDITION;
}

static const struct {
	int32_t code;
	enum fate fate;
} fates[] = {
	{ NF_DROP, FATE_DROP },
	{ NF_ACCEPT, FATE_ACCEPT },
	{ NFT_RETURN, FATE_RETURN },
	{ NFT_JUMP, FATE_JUMP },
	{ NFT_GOTO, FATE_GOTO },
};

/* Index of a chain; the number of chains if it is not there. */
static size_t
chain_named(const struct tables *all, uint8_t family, const char *table,
    const struct nlattr *name)
{
	size_t i;

	for (i = 0; name != NULL && i < all->nchains; i++)
		if (all->chains[i].family == family &&
		    nla_strcmp(name, all->chains[i].name) == 0 &&
		    strcmp(all->chains[i].table, table) == 0)
			return i;
	return all->nchains;
}

bool
net_verdict(const struct tables *all, uint8_t family, const char *table,
    struct nlattr *verdict, struct verdict_to *to)
{
	int32_t code =
	    (int32_t)net_number(net_inside(verdict, NFTA_VERDICT_CODE));
	size_t k;

	*to = (struct verdict_to){ .fate = FATE_GOES_ON };
	if (code == NFT_CONTINUE)
		return true;
	for (k = 0; k < NITEMS(fates) && fates[k].code != code; k++)
		;
	if (k == NITEMS(fates))
		return false;
	to->fate = fates[k].fate;
	to->chain = chain_named(
	    all, family, table, net_inside(verdict, NFTA_VERDICT_CHAIN));
	return true;
}

static void
add_verdict(struct decoder *d, struct nlattr *verdict)
{
	struct verdict_to to;

	if (!net_verdict(
		d->all, d->chain->family, d->chain->table, verdict, &to))
		chain_add(d->chain, OP_MAYBE);
	else if (to.fate != FATE_GOES_ON)
		chain_add(d->chain, OP_VERDICT)->verdict = to;
}

/* Nothing is left of what it had. */
static void
set_register(struct decoder *d, struct nlattr *reg, struct nlattr *value)
{
	unsigned len = value != NULL ? (unsigned)nla_len(value) : 0;
	bool fits = len > 0 && len <= OPERAND_MAX;
	struct instruction *i =
	    add_at(d->chain, fits ? OP_MASK : OP_LOSE, reg, len);

	if (i == NULL || !fits)
		return;
	i->from = i->reg;
	memcpy(i->other, nla_data(value), len);
}

static void
immediate(struct decoder *d, struct nlattr *data)
{
	struct nlattr *operand = net_inside(data, NFTA_IMMEDIATE_DATA);
	struct nlattr *verdict = net_inside(operand, NFTA_DATA_VERDICT);
	struct nlattr *value = net_inside(operand, NFTA_DATA_VALUE);

	if (verdict != NULL)
		add_verdict(d, verdict);
	else
		set_register(d, net_inside(data, NFTA_IMMEDIATE_DREG), value);
}

static const struct rule_set *
set_named(const struct decoder *d, const struct nlattr *name)
{
	const struct tables *all = d->all;
	const struct rule_set *s;

	for (s = all->sets; s < END_OF(all->sets, all->nsets); s++)
		if (name != NULL && s->family == d->chain->family &&
		    nla_strcmp(name, s->name) == 0 &&
		    strcmp(s->table, d->chain->table) == 0)
			return s;
	return NULL;
}

/* The result of a lookup in an unreadable set is unknown; so is map data other
 * than verdicts. */
static void
lookup(struct decoder *d, struct nlattr *data)
{
	const struct rule_set *set =
	    set_named(d, net_inside(data, NFTA_LOOKUP_SET));
	bool gives = net_inside(data, NFTA_LOOKUP_DREG) != NULL;
	struct instruction *i;

	if (set == NULL || set->len == 0 || gives != set->verdicts) {
		chain_add(d->chain, gives ? OP_MAYBE : OP_CONDITION);
		return;
	}
	i = add_at(
	    d->chain, OP_LOOKUP, net_inside(data, NFTA_LOOKUP_SREG), set->len);
	if (i == NULL)
		return;
	i->set = (size_t)(set - d->all->sets);
	i->inverted = (net_number(net_inside(data, NFTA_LOOKUP_FLAGS)) &
			  NFT_LOOKUP_F_INV) != 0;
}

/* An object reference other than these never ends a packet's way. */
static void
objref(struct decoder *d, struct nlattr *data)
{
	if (net_number(net_inside(data, NFTA_OBJREF_IMM_TYPE)) !=
	    NFT_OBJECT_COUNTER)
		chain_add(d->chain, OP_CONDITION);
}

/* ---- matches and targets of ip6tables and iptables */

/* To this host. */
static void
redirect(struct decoder *d, struct nlattr *data UNUSED)
{
	chain_add(d->chain, OP_TRANSLATE);
}

/* A table of family inet may hold rules for either. */
static void
nat(struct decoder *d, struct nlattr *data)
{
	uint32_t family = net_number(net_inside(data, NFTA_NAT_FAMILY));
	bool *translates = d->chain->translates;

	if (net_number(net_inside(data, NFTA_NAT_TYPE)) != NFT_NAT_DNAT) {
		maybe(d, data);
		return;
	}
	translates[FAMILY_IPV6] |= family == NFPROTO_IPV6;
	translates[FAMILY_IPV4] |= family == NFPROTO_IPV4;
	redirect(d, data);
}

struct meaning {
	const char *name;
	void (*add)(struct decoder *, struct nlattr *data);
};

/* Uses the first row of that name, or the last row, which stands for all
 * others. */
static void
add_meaning(struct decoder *d, const struct meaning *m, struct nlattr *name,
    struct nlattr *data)
{
	while (
	    m->name != NULL && (name == NULL || nla_strcmp(name, m->name) != 0))
		m++;
	m->add(d, data);
}

/* Hands a match or a target over; the attributes of both have these numbers. */
static void
hand_over(struct decoder *d, struct nlattr *data,
    void (*to)(struct rule_chain *, const char *, const void *, size_t))
{
	struct nlattr *name = net_inside(data, NFTA_TARGET_NAME);
	struct nlattr *info = net_inside(data, NFTA_TARGET_INFO);
	char text[XT_EXTENSION_MAXNAMELEN] = "";

	if (name != NULL)
		nla_strlcpy(text, name, sizeof(text));
	to(d->chain, text, info != NULL ? nla_data(info) : NULL,
	    info != NULL ? (size_t)nla_len(info) : 0);
}

static void
target(struct decoder *d, struct nlattr *data)
{
	hand_over(d, data, xtables_target);
}

static void
match(struct decoder *d, struct nlattr *data)
{
	hand_over(d, data, xtables_match);
}

/* Any other expression may do anything: queue, fwd. */
static const struct meaning expressions[] = {
	{ "counter", nothing },
	{ "log", nothing },
	{ "payload", payload },
	{ "meta", meta },
	{ "ct", ct },
	{ "bitwise", bitwise },
	{ "cmp", cmp },
	{ "range", range },
	{ "immediate", immediate },
	{ "reject", drop },
	{ "notrack", untrack },
	{ "objref", objref },
	{ "target", target },
	{ "match", match },
	{ "lookup", lookup },
	{ "limit", condition },
	{ "quota", condition },
	{ "connlimit", condition },
	{ "byteorder", condition },
	{ "fib", condition },
	{ "flow_offload", nothing },
	{ "nat", nat },
	{ "redir", redirect },
	{ NULL, maybe },
};

void
net_bytecode(
    const struct tables *all, struct rule_chain *c, struct nlattr *rule)
{
	struct decoder d = { all, c };
	struct nlattr *a;
	int left;

	nla_for_each_nested (a, rule, left) {
		add_meaning(&d, expressions, net_inside(a, NFTA_EXPR_NAME),
		    net_inside(a, NFTA_EXPR_DATA));
	}
	chain_add(c, OP_END);
}
