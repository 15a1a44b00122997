/* Expressions of nftables rules, as the kernel tells them. */
#include "config.h"

#include "core/bytecode.h"

#include <netinet/in.h> /* first: the kernel's headers give way to it */

#include <endian.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nf_tables_compat.h>
#include <linux/netfilter/xt_CT.h>
#include <linux/netfilter/xt_conntrack.h>
#include <string.h>

#include "core/net_internal.h"

static uint32_t
number(const struct nlattr *a)
{
	return a != NULL && nla_len(a) == 4 ? be32toh(nla_get_u32(a)) : 0;
}

static struct nlattr *
inside(struct nlattr *nest, int type)
{
	return nest != NULL ? nla_find(nla_data(nest), nla_len(nest), type)
			    : NULL;
}

/* The place of a register in bytes; REGISTERS_LEN when it is none. Those of
 * the old numbering are four times as long (nft_parse_register). */
static unsigned
place_of(const struct nlattr *a)
{
	uint32_t n = number(a);

	if (n >= NFT_REG_1 && n <= NFT_REG_4)
		return (n - NFT_REG_1) * NFT_REG_SIZE;
	if (n >= NFT_REG32_00 && n <= NFT_REG32_15)
		return (n - NFT_REG32_00) * NFT_REG32_SIZE;
	return REGISTERS_LEN;
}

/* One that works on len bytes from a register on; one that cannot be followed
 * is a condition. NULL then. */
static struct instruction *
add_at(struct rule_chain *c, enum operation operation, const struct nlattr *reg,
    unsigned len)
{
	unsigned at = place_of(reg);
	struct instruction *i;

	if (len == 0 || len > OPERAND_MAX || at + len > REGISTERS_LEN) {
		chain_add(c, OP_CONDITION);
		return NULL;
	}
	i = chain_add(c, operation);
	i->reg = (uint8_t)at;
	i->len = (uint8_t)len;
	return i;
}

/* Whether it is there and has len bytes, which are copied. */
static bool
copy(uint8_t *to, struct nlattr *data, unsigned len)
{
	struct nlattr *value = inside(data, NFTA_DATA_VALUE);

	if (value == NULL || (unsigned)nla_len(value) != len)
		return false;
	memcpy(to, nla_data(value), len);
	return true;
}

/* ---- what they do, with what is inside their NFTA_EXPR_DATA */

struct decoder {
	struct rule_chain *chain; /* it belongs to */
	const struct rule_chain *all;
	size_t n;
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

/* May end the packet's way. */
static void
maybe(struct decoder *d, struct nlattr *data UNUSED)
{
	chain_add(d->chain, OP_MAYBE);
}

static void
drop(struct decoder *d, struct nlattr *data UNUSED)
{
	chain_add(d->chain, OP_VERDICT)->fate = FATE_DROP;
}

static void
untrack(struct decoder *d, struct nlattr *data UNUSED)
{
	chain_add(d->chain, OP_UNTRACK);
}

/* One that sets something of the packet loads nothing. */
static void
payload(struct decoder *d, struct nlattr *data)
{
	static const uint8_t sources[] = {
		[NFT_PAYLOAD_LL_HEADER] = FACT_LINK,
		[NFT_PAYLOAD_NETWORK_HEADER] = FACT_NETWORK,
		[NFT_PAYLOAD_TRANSPORT_HEADER] = FACT_TRANSPORT,
	};
	struct nlattr *reg = inside(data, NFTA_PAYLOAD_DREG);
	uint32_t base = number(inside(data, NFTA_PAYLOAD_BASE));
	struct instruction *i;

	if (reg == NULL)
		return;
	i = add_at(d->chain, base < NITEMS(sources) ? OP_LOAD : OP_LOSE, reg,
	    number(inside(data, NFTA_PAYLOAD_LEN)));
	if (i == NULL || base >= NITEMS(sources))
		return;
	i->source = sources[base];
	i->at = (uint16_t)number(inside(data, NFTA_PAYLOAD_OFFSET));
}

/* Of whatever length it is: what is not known of a sample is not known. */
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
	load_key(d, inside(data, NFTA_META_DREG), FACT_META,
	    number(inside(data, NFTA_META_KEY)));
}

/* Of one direction of a connection nothing is known. */
static void
ct(struct decoder *d, struct nlattr *data)
{
	struct nlattr *reg = inside(data, NFTA_CT_DREG);

	if (reg != NULL && inside(data, NFTA_CT_DIRECTION) != NULL)
		add_at(d->chain, OP_LOSE, reg, OPERAND_MAX);
	else
		load_key(d, reg, FACT_CT, number(inside(data, NFTA_CT_KEY)));
}

static void
bitwise(struct decoder *d, struct nlattr *data)
{
	uint32_t len = number(inside(data, NFTA_BITWISE_LEN));
	unsigned from = place_of(inside(data, NFTA_BITWISE_SREG));
	struct instruction *i =
	    add_at(d->chain, OP_MASK, inside(data, NFTA_BITWISE_DREG), len);

	if (i == NULL)
		return;
	i->from = (uint8_t)from;
	if (from + len > REGISTERS_LEN ||
	    number(inside(data, NFTA_BITWISE_OP)) != NFT_BITWISE_BOOL ||
	    !copy(i->data, inside(data, NFTA_BITWISE_MASK), len) ||
	    !copy(i->other, inside(data, NFTA_BITWISE_XOR), len))
		i->operation = OP_LOSE;
}

static void
cmp(struct decoder *d, struct nlattr *data)
{
	struct nlattr *operand = inside(data, NFTA_CMP_DATA);
	struct nlattr *value = inside(operand, NFTA_DATA_VALUE);
	unsigned len = value != NULL ? (unsigned)nla_len(value) : 0;
	struct instruction *i =
	    add_at(d->chain, OP_COMPARE, inside(data, NFTA_CMP_SREG), len);

	if (i == NULL)
		return;
	i->compare = (uint8_t)number(inside(data, NFTA_CMP_OP));
	copy(i->data, operand, len);
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

/* Its place in all; behind them when it is not there. */
static size_t
chain_named(const struct decoder *d, const struct nlattr *name)
{
	size_t i;

	for (i = 0; i < d->n; i++)
		if (d->all[i].family == d->chain->family &&
		    nla_strcmp(name, d->all[i].name) == 0 &&
		    strcmp(d->all[i].table, d->chain->table) == 0)
			break;
	return i;
}

static void
add_verdict(struct decoder *d, struct nlattr *verdict)
{
	int32_t code = (int32_t)number(inside(verdict, NFTA_VERDICT_CODE));
	struct nlattr *to = inside(verdict, NFTA_VERDICT_CHAIN);
	struct instruction *i;
	size_t k;

	for (k = 0; k < NITEMS(fates) && fates[k].code != code; k++)
		;
	if (code == NFT_CONTINUE)
		return;
	if (k == NITEMS(fates)) {
		chain_add(d->chain, OP_MAYBE);
		return;
	}
	i = chain_add(d->chain, OP_VERDICT);
	i->fate = fates[k].fate;
	i->chain = to != NULL ? chain_named(d, to) : 0;
}

static void
immediate(struct decoder *d, struct nlattr *data)
{
	struct nlattr *operand = inside(data, NFTA_IMMEDIATE_DATA);
	struct nlattr *verdict = inside(operand, NFTA_DATA_VERDICT);
	struct nlattr *value = inside(operand, NFTA_DATA_VALUE);

	if (verdict != NULL)
		add_verdict(d, verdict);
	else
		add_at(d->chain, OP_LOSE, inside(data, NFTA_IMMEDIATE_DREG),
		    value != NULL ? (unsigned)nla_len(value) : 0);
}

/* For now: of what it finds nothing is known. */
static void
lookup(struct decoder *d, struct nlattr *data)
{
	if (inside(data, NFTA_LOOKUP_DREG) != NULL)
		maybe(d, NULL);
	else
		condition(d, NULL);
}

/* Another one of these is nothing that ends a packet's way. */
static void
objref(struct decoder *d, struct nlattr *data)
{
	if (number(inside(data, NFTA_OBJREF_IMM_TYPE)) != NFT_OBJECT_COUNTER)
		chain_add(d->chain, OP_CONDITION);
}

/* ---- those of ip6tables */

static void
reject(struct decoder *d, struct nlattr *info UNUSED)
{
	drop(d, NULL);
}

static void
xt_ct(struct decoder *d, struct nlattr *info)
{
	struct xt_ct_target_info ct;

	if (info == NULL || nla_len(info) < (int)sizeof(ct.flags))
		return;
	memcpy(&ct.flags, nla_data(info), sizeof(ct.flags));
	if ((ct.flags & XT_CT_NOTRACK) != 0)
		untrack(d, NULL);
}

/* Its bits of a state are those of nftables (NF_CT_STATE_BIT). */
static void
xt_conntrack(struct decoder *d, struct nlattr *info)
{
	struct xt_conntrack_mtinfo3 ct;
	const unsigned states = XT_CONNTRACK_STATE | XT_CONNTRACK_STATE_ALIAS;
	struct instruction *i;
	uint32_t mask;

	if (info == NULL || nla_len(info) < (int)sizeof(ct)) {
		condition(d, NULL);
		return;
	}
	memcpy(&ct, nla_data(info), sizeof(ct));
	mask = ct.state_mask;
	if ((ct.match_flags & ~states) != 0 ||
	    (mask & (XT_CONNTRACK_STATE_SNAT | XT_CONNTRACK_STATE_DNAT)) != 0) {
		condition(d, NULL);
		return;
	}
	i = chain_add(d->chain, OP_LOAD);
	i->source = FACT_CT;
	i->at = NFT_CT_STATE * OPERAND_MAX;
	i->len = sizeof(mask);
	i = chain_add(d->chain, OP_MASK);
	i->len = sizeof(mask);
	memcpy(i->data, &mask, sizeof(mask));
	i = chain_add(d->chain, OP_COMPARE);
	i->len = sizeof(mask);
	i->compare = (ct.invert_flags & XT_CONNTRACK_STATE) != 0 ? NFT_CMP_EQ
								 : NFT_CMP_NEQ;
}

struct meaning {
	const char *name;
	void (*add)(struct decoder *, struct nlattr *data);
};

/* Of the first of that name, or what stands for all others, at the end. */
static void
add_meaning(struct decoder *d, const struct meaning *m, struct nlattr *name,
    struct nlattr *data)
{
	while (
	    m->name != NULL && (name == NULL || nla_strcmp(name, m->name) != 0))
		m++;
	m->add(d, data);
}

/* With their info. Another may end the packet's way. */
static const struct meaning targets[] = {
	{ "REJECT", reject },
	{ "CT", xt_ct },
	{ "NOTRACK", untrack },
	{ "LOG", nothing },
	{ "NFLOG", nothing },
	{ "MARK", nothing },
	{ "CONNMARK", nothing },
	{ "SECMARK", nothing },
	{ "CONNSECMARK", nothing },
	{ "TCPMSS", nothing },
	{ "TRACE", nothing },
	{ "SET", nothing },
	{ NULL, maybe },
};

static const struct meaning matches[] = {
	{ "comment", nothing },
	{ "conntrack", xt_conntrack },
	{ NULL, condition },
};

static void
target(struct decoder *d, struct nlattr *data)
{
	add_meaning(d, targets, inside(data, NFTA_TARGET_NAME),
	    inside(data, NFTA_TARGET_INFO));
}

static void
match(struct decoder *d, struct nlattr *data)
{
	add_meaning(d, matches, inside(data, NFTA_MATCH_NAME),
	    inside(data, NFTA_MATCH_INFO));
}

/* With their data. Another one may do anything: queue, fwd, tproxy, nat. */
static const struct meaning expressions[] = {
	{ "counter", nothing },
	{ "log", nothing },
	{ "payload", payload },
	{ "meta", meta },
	{ "ct", ct },
	{ "bitwise", bitwise },
	{ "cmp", cmp },
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
	{ "range", condition },
	{ "byteorder", condition },
	{ "fib", condition },
	{ "flow_offload", nothing },
	{ NULL, maybe },
};

void
net_bytecode(struct rule_chain *c, const struct rule_chain *all, size_t n,
    struct nlattr *rule)
{
	struct decoder d = { c, all, n };
	struct nlattr *a;
	int left;

	nla_for_each_nested(a, rule, left)
	{
		add_meaning(&d, expressions, inside(a, NFTA_EXPR_NAME),
		    inside(a, NFTA_EXPR_DATA));
	}
	chain_add(c, OP_END);
}
