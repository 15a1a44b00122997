/* Common parts of nftables messages. */
#include "config.h"

#include <endian.h>
#include <errno.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include "core/kernel/net_parts.h"

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

int
net_nft_dump(struct net *net, struct nl_msg *msg, net_each_fn *each,
    void (*restart)(void *), void *arg)
{
	bool cut;
	int code = net_dump_some(
	    &net->netfilter, msg, each, restart, arg, net->bound, &cut);

	return cut ? EFBIG : code;
}

int
net_nft_need(struct net *net, struct err *e)
{
	if (net_netfilter(net) == NULL)
		return net_fail(e, errno, "cannot talk to nftables");
	return 0;
}

struct nl_msg *
net_nft_border(int type)
{
	struct nfgenmsg head = { .version = NFNETLINK_V0,
		.res_id = htobe16(NFNL_SUBSYS_NFTABLES) };

	return net_message(type, 0, &head, sizeof(head));
}

struct nl_msg *
net_nft_request(int type, uint8_t family)
{
	struct nfgenmsg head = { .nfgen_family = family,
		.version = NFNETLINK_V0 };

	return net_message(NET_NFT(type), 0, &head, sizeof(head));
}
