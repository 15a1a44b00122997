/* Expressions of nftables rules, written. */
#include "config.h"

#include <netinet/in.h> /* first: the kernel's headers give way to it */

#include <endian.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

#include "core/kernel/net_parts.h"

#define HOUR 3600

struct expression {
	struct nlattr *whole, *data;
};

static struct expression
begin(struct nl_msg *msg, const char *name)
{
	struct expression x = { .whole = nla_nest_start(msg, NFTA_LIST_ELEM) };

	nla_put_string(msg, NFTA_EXPR_NAME, name);
	x.data = nla_nest_start(msg, NFTA_EXPR_DATA);
	return x;
}

static void
end(struct nl_msg *msg, struct expression x)
{
	nla_nest_end(msg, x.data);
	nla_nest_end(msg, x.whole);
}

static void
put_value(struct nl_msg *msg, int attr, const void *v, size_t len)
{
	struct nlattr *nest = nla_nest_start(msg, attr);

	nla_put(msg, NFTA_DATA_VALUE, (int)len, v);
	nla_nest_end(msg, nest);
}

static void
compare(struct nl_msg *msg, const void *v, size_t len)
{
	struct expression x = begin(msg, "cmp");

	nla_put_u32(msg, NFTA_CMP_SREG, htobe32(NFT_REG_1));
	nla_put_u32(msg, NFTA_CMP_OP, htobe32(NFT_CMP_EQ));
	put_value(msg, NFTA_CMP_DATA, v, len);
	end(msg, x);
}

void
net_match_meta(struct nl_msg *msg, uint32_t key, const void *v, size_t len)
{
	struct expression x = begin(msg, "meta");

	nla_put_u32(msg, NFTA_META_DREG, htobe32(NFT_REG_1));
	nla_put_u32(msg, NFTA_META_KEY, htobe32(key));
	end(msg, x);
	compare(msg, v, len);
}

static void
mask_byte(struct nl_msg *msg, uint8_t mask)
{
	const uint8_t none = 0;
	struct expression x = begin(msg, "bitwise");

	nla_put_u32(msg, NFTA_BITWISE_SREG, htobe32(NFT_REG_1));
	nla_put_u32(msg, NFTA_BITWISE_DREG, htobe32(NFT_REG_1));
	nla_put_u32(msg, NFTA_BITWISE_LEN, htobe32(1));
	put_value(msg, NFTA_BITWISE_MASK, &mask, 1);
	put_value(msg, NFTA_BITWISE_XOR, &none, 1);
	end(msg, x);
}

void
net_match_bytes(struct nl_msg *msg, const struct net_match *m)
{
	struct expression x = begin(msg, "payload");

	nla_put_u32(msg, NFTA_PAYLOAD_DREG, htobe32(NFT_REG_1));
	nla_put_u32(msg, NFTA_PAYLOAD_BASE, htobe32(m->base));
	nla_put_u32(msg, NFTA_PAYLOAD_OFFSET, htobe32((uint32_t)m->at));
	nla_put_u32(msg, NFTA_PAYLOAD_LEN, htobe32((uint32_t)m->len));
	end(msg, x);
	if (m->mask != 0)
		mask_byte(msg, m->mask);
	compare(msg, m->v, m->len);
}

void
net_set_trace(struct nl_msg *msg)
{
	const uint8_t on = 1;
	struct expression x = begin(msg, "immediate");

	nla_put_u32(msg, NFTA_IMMEDIATE_DREG, htobe32(NFT_REG_1));
	put_value(msg, NFTA_IMMEDIATE_DATA, &on, sizeof(on));
	end(msg, x);
	x = begin(msg, "meta");
	nla_put_u32(msg, NFTA_META_SREG, htobe32(NFT_REG_1));
	nla_put_u32(msg, NFTA_META_KEY, htobe32(NFT_META_NFTRACE));
	end(msg, x);
}

void
net_put_drop(struct nl_msg *msg)
{
	struct expression x = begin(msg, "immediate");
	struct nlattr *data, *verdict;

	nla_put_u32(msg, NFTA_IMMEDIATE_DREG, htobe32(NFT_REG_VERDICT));
	data = nla_nest_start(msg, NFTA_IMMEDIATE_DATA);
	verdict = nla_nest_start(msg, NFTA_DATA_VERDICT);
	nla_put_u32(msg, NFTA_VERDICT_CODE, htobe32(NF_DROP));
	nla_nest_end(msg, verdict);
	nla_nest_end(msg, data);
	end(msg, x);
}

void
net_match_once(struct nl_msg *msg)
{
	struct expression x = begin(msg, "limit");

	nla_put_u64(msg, NFTA_LIMIT_RATE, htobe64(1));
	nla_put_u64(msg, NFTA_LIMIT_UNIT, htobe64(HOUR));
	nla_put_u32(msg, NFTA_LIMIT_BURST, htobe32(1));
	end(msg, x);
}
