/* Matches and targets of xtables as bytecode. */
#include "config.h"

#include "core/kernel/xtables.h"

#include <netinet/in.h> /* first: the kernel's headers give way to it */

#include <endian.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/xt_CT.h>
#include <linux/netfilter/xt_addrtype.h>
#include <linux/netfilter/xt_conntrack.h>
#include <linux/netfilter/xt_mark.h>
#include <linux/netfilter/xt_multiport.h>
#include <linux/netfilter/xt_tcpudp.h>
#include <stddef.h>
#include <string.h>

#include "core/base/util.h"

static void
nothing(struct rule_chain *c UNUSED, const void *data UNUSED, size_t len UNUSED)
{
}

static void
condition(struct rule_chain *c, const void *data UNUSED, size_t len UNUSED)
{
	chain_add(c, OP_CONDITION);
}

static void
maybe(struct rule_chain *c, const void *data UNUSED, size_t len UNUSED)
{
	chain_add(c, OP_MAYBE);
}

/* ---- matches */

void
xtables_bits(struct rule_chain *c, enum fact_source source, unsigned at,
    const void *bits, const void *mask, size_t len, bool inverted)
{
	static const uint8_t none[OPERAND_MAX];
	struct instruction *i;
	size_t k;

	if (memcmp(mask, none, len) == 0)
		return;
	i = chain_add(c, OP_LOAD);
	i->source = source;
	i->at = (uint16_t)at;
	i->len = (uint8_t)len;
	i = chain_add(c, OP_MASK);
	i->len = (uint8_t)len;
	memcpy(i->data, mask, len);
	i = chain_add(c, OP_COMPARE);
	i->len = (uint8_t)len;
	i->compare = inverted ? NFT_CMP_NEQ : NFT_CMP_EQ;
	for (k = 0; k < len; k++)
		i->data[k] =
		    ((const uint8_t *)bits)[k] & ((const uint8_t *)mask)[k];
}

/* Its state bits are those of nftables (NF_CT_STATE_BIT). */
static void
match_conntrack(struct rule_chain *c, const void *data, size_t len)
{
	const unsigned states = XT_CONNTRACK_STATE | XT_CONNTRACK_STATE_ALIAS;
	static const uint32_t none = 0;
	struct xt_conntrack_mtinfo3 ct;
	uint32_t bits;

	if (len < sizeof(ct)) {
		condition(c, NULL, 0);
		return;
	}
	memcpy(&ct, data, sizeof(ct));
	bits = ct.state_mask;
	if ((ct.match_flags & ~states) != 0 ||
	    (bits & (XT_CONNTRACK_STATE_SNAT | XT_CONNTRACK_STATE_DNAT)) != 0) {
		condition(c, NULL, 0);
		return;
	}
	xtables_bits(c, FACT_CT, NFT_CT_STATE * OPERAND_MAX, &none, &bits,
	    sizeof(bits), (ct.invert_flags & XT_CONNTRACK_STATE) == 0);
}

static void
match_ports(
    struct rule_chain *c, unsigned at, const uint16_t range[2], bool inverted)
{
	const uint16_t lo = htobe16(range[0]), hi = htobe16(range[1]);
	struct instruction *i;

	if (range[0] == 0 && range[1] == UINT16_MAX && !inverted)
		return;
	i = chain_add(c, OP_LOAD);
	i->source = FACT_TRANSPORT;
	i->at = (uint16_t)at;
	i->len = sizeof(lo);
	i = chain_add(c, OP_RANGE);
	i->len = sizeof(lo);
	i->inverted = inverted;
	memcpy(i->data, &lo, sizeof(lo));
	memcpy(i->other, &hi, sizeof(hi));
}

#define TCP_FLAGS_AT 13

static void
match_tcp(struct rule_chain *c, const void *data, size_t len)
{
	struct xt_tcp tcp;

	if (len < sizeof(tcp)) {
		condition(c, NULL, 0);
		return;
	}
	memcpy(&tcp, data, sizeof(tcp));
	match_ports(c, 0, tcp.spts, (tcp.invflags & XT_TCP_INV_SRCPT) != 0);
	match_ports(c, 2, tcp.dpts, (tcp.invflags & XT_TCP_INV_DSTPT) != 0);
	if (tcp.option != 0)
		condition(c, NULL, 0);
	xtables_bits(c, FACT_TRANSPORT, TCP_FLAGS_AT, &tcp.flg_cmp,
	    &tcp.flg_mask, 1, (tcp.invflags & XT_TCP_INV_FLAGS) != 0);
}

static void
match_udp(struct rule_chain *c, const void *data, size_t len)
{
	struct xt_udp udp;

	if (len < sizeof(udp)) {
		condition(c, NULL, 0);
		return;
	}
	memcpy(&udp, data, sizeof(udp));
	match_ports(c, 0, udp.spts, (udp.invflags & XT_UDP_INV_SRCPT) != 0);
	match_ports(c, 2, udp.dpts, (udp.invflags & XT_UDP_INV_DSTPT) != 0);
}

/* Either end of a range of ports. */
struct span {
	uint16_t v[2];
};

/* Adds a range to sorted ones, which it may touch. */
static size_t
add_span(struct span *to, size_t n, struct span one)
{
	size_t i;

	for (i = n; i > 0 && to[i - 1].v[0] > one.v[0]; i--)
		to[i] = to[i - 1];
	to[i] = one;
	return n + 1;
}

static size_t
read_spans(const struct xt_multiport_v1 *m, struct span *to)
{
	size_t n = 0, i;
	struct span one;

	for (i = 0; i < m->count && i < XT_MULTI_PORTS; i++) {
		one.v[0] = one.v[1] = m->ports[i];
		if (m->pflags[i] != 0 && i + 1 < XT_MULTI_PORTS)
			one.v[1] = m->ports[++i];
		n = add_span(to, n, one);
	}
	return n;
}

/* All of the matches of a rule have to be met: to be in one of several ranges
 * is to be between the first and the last port, and in no gap. */
static void
match_spans(struct rule_chain *c, unsigned at, const struct span *v, size_t n)
{
	uint16_t all[2] = { v[0].v[0], v[0].v[1] }, gap[2];
	size_t i;

	for (i = 1; i < n; i++) {
		gap[0] = (uint16_t)(all[1] + 1);
		gap[1] = (uint16_t)(v[i].v[0] - 1);
		if (v[i].v[0] > all[1] && gap[0] <= gap[1])
			match_ports(c, at, gap, true);
		if (v[i].v[1] > all[1])
			all[1] = v[i].v[1];
	}
	match_ports(c, at, all, false);
}

static void
match_multiport(struct rule_chain *c, const void *data, size_t len)
{
	struct span spans[XT_MULTI_PORTS];
	struct xt_multiport_v1 m;
	size_t n, i;
	unsigned at;

	if (len < sizeof(m)) {
		condition(c, NULL, 0);
		return;
	}
	memcpy(&m, data, sizeof(m));
	n = read_spans(&m, spans);
	if (n == 0 || m.flags == XT_MULTIPORT_EITHER) {
		condition(c, NULL, 0);
		return;
	}
	at = m.flags == XT_MULTIPORT_SOURCE ? 0 : 2;
	for (i = 0; i < n && m.invert != 0; i++)
		match_ports(c, at, spans[i].v, true);
	if (m.invert == 0)
		match_spans(c, at, spans, n);
}

/* Types are bits, of which one is set (xt_addrtype.c). */
static void
match_addrtype(struct rule_chain *c, const void *data, size_t len)
{
	const unsigned known =
	    XT_ADDRTYPE_INVERT_SOURCE | XT_ADDRTYPE_INVERT_DEST;
	static const uint16_t none = 0;
	struct xt_addrtype_info_v1 m;

	if (len < sizeof(m)) {
		condition(c, NULL, 0);
		return;
	}
	memcpy(&m, data, sizeof(m));
	if ((m.flags & ~known) != 0) {
		condition(c, NULL, 0);
		return;
	}
	xtables_bits(c, FACT_TYPE, TYPE_FROM, &none, &m.source,
	    sizeof(m.source), (m.flags & XT_ADDRTYPE_INVERT_SOURCE) == 0);
	xtables_bits(c, FACT_TYPE, TYPE_TO, &none, &m.dest, sizeof(m.dest),
	    (m.flags & XT_ADDRTYPE_INVERT_DEST) == 0);
}

static void
match_mark(struct rule_chain *c, const void *data, size_t len)
{
	struct xt_mark_mtinfo1 m;

	if (len < offsetof(struct xt_mark_mtinfo1, invert) + 1) {
		condition(c, NULL, 0);
		return;
	}
	memcpy(&m, data, offsetof(struct xt_mark_mtinfo1, invert) + 1);
	xtables_bits(c, FACT_META, NFT_META_MARK * OPERAND_MAX, &m.mark,
	    &m.mask, sizeof(m.mark), m.invert != 0);
}

/* ---- targets */

static void
drop(struct rule_chain *c, const void *data UNUSED, size_t len UNUSED)
{
	chain_add(c, OP_VERDICT)->verdict.fate = FATE_DROP;
}

static void
untrack(struct rule_chain *c, const void *data UNUSED, size_t len UNUSED)
{
	chain_add(c, OP_UNTRACK);
}

static void
target_ct(struct rule_chain *c, const void *data, size_t len)
{
	struct xt_ct_target_info ct;

	if (len < sizeof(ct.flags))
		return;
	memcpy(&ct.flags, data, sizeof(ct.flags));
	if ((ct.flags & XT_CT_NOTRACK) != 0)
		chain_add(c, OP_UNTRACK);
}

/* mark = (mark & ~mask) ^ value; of a connection's mark nothing is known. */
static void
set_mark(struct rule_chain *c, const void *data, size_t len)
{
	struct xt_mark_tginfo2 m = { 0 };
	struct instruction *i;
	bool known = len >= sizeof(m);

	if (known)
		memcpy(&m, data, sizeof(m));
	m.mask = ~m.mask;
	i = chain_add(c, known ? OP_LOAD : OP_LOSE);
	i->source = FACT_META;
	i->at = known ? NFT_META_MARK * OPERAND_MAX : 0;
	i->len = REGISTER_LEN;
	if (known) {
		i = chain_add(c, OP_MASK);
		i->len = REGISTER_LEN;
		memcpy(i->data, &m.mask, sizeof(m.mask));
		memcpy(i->other, &m.mark, sizeof(m.mark));
	}
	chain_add(c, OP_MARK)->len = REGISTER_LEN;
}

static void
restore_mark(struct rule_chain *c, const void *data UNUSED, size_t len UNUSED)
{
	set_mark(c, NULL, 0);
}

/* To this host. */
static void
redirect(struct rule_chain *c, const void *data UNUSED, size_t len UNUSED)
{
	chain_add(c, OP_TRANSLATE);
}

static void
translate(struct rule_chain *c, const void *data, size_t len)
{
	c->translates[FAMILY_IPV6] |= c->family != NFPROTO_IPV4;
	c->translates[FAMILY_IPV4] |= c->family != NFPROTO_IPV6;
	redirect(c, data, len);
}

struct meaning {
	const char *name;
	void (*add)(struct rule_chain *, const void *data, size_t len);
};

static const struct meaning matches[] = {
	{ "addrtype", match_addrtype },
	{ "comment", nothing },
	{ "conntrack", match_conntrack },
	{ "mark", match_mark },
	{ "multiport", match_multiport },
	{ "tcp", match_tcp },
	{ "udp", match_udp },
	{ NULL, condition },
};

/* Any other target may end the packet's way. */
static const struct meaning targets[] = {
	{ "REJECT", drop },
	{ "CT", target_ct },
	{ "NOTRACK", untrack },
	{ "LOG", nothing },
	{ "NFLOG", nothing },
	{ "MARK", set_mark },
	{ "CONNMARK", restore_mark },
	{ "SECMARK", nothing },
	{ "CONNSECMARK", nothing },
	{ "TCPMSS", nothing },
	{ "TRACE", nothing },
	{ "SET", nothing },
	{ "DNAT", translate },
	{ "REDIRECT", redirect },
	{ NULL, maybe },
};

/* Uses the first row of that name, or the last row, which stands for all
 * others. */
static void
add_meaning(struct rule_chain *c, const struct meaning *m, const char *name,
    const void *data, size_t len)
{
	while (m->name != NULL && strcmp(name, m->name) != 0)
		m++;
	m->add(c, data, data != NULL ? len : 0);
}

void
xtables_match(
    struct rule_chain *c, const char *name, const void *data, size_t len)
{
	add_meaning(c, matches, name, data, len);
}

void
xtables_target(
    struct rule_chain *c, const char *name, const void *data, size_t len)
{
	add_meaning(c, targets, name, data, len);
}
