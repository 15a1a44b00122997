/* Common parts of nftables messages. */
#include "config.h"

#include <endian.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include "core/kernel/net_internal.h"

uint32_t
net_number(const struct nlattr *a)
{
	return a != NULL && nla_len(a) == 4 ? be32toh(nla_get_u32(a)) : 0;
}

struct nlattr *
net_inside(struct nlattr *nest, int type)
{
	return nest != NULL ? nla_find(nla_data(nest), nla_len(nest), type)
			    : NULL;
}

struct nl_msg *
net_nft_request(int type, uint8_t family)
{
	struct nfgenmsg head = { .nfgen_family = family,
		.version = NFNETLINK_V0 };

	return net_message(
	    NFNL_SUBSYS_NFTABLES << 8 | type, 0, &head, sizeof(head));
}
