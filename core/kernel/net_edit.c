/* Small changes of our nftables table, in one transaction without
 * libnftables, which reads all counters and elements before it adds one. */
#include "config.h"

#include <netinet/in.h> /* first: the kernel's headers give way to it */

#include <endian.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdlib.h>

#include "core/kernel/net_edit.h"
#include "core/kernel/net_parts.h"

/* Of a transaction, around what it changes. */
#define BEGIN_AND_END 2
_Static_assert(NET_EDITS_MAX + BEGIN_AND_END <= NET_BATCH_MAX, "too many");

/* The kernel refuses it in any other generation (nfnetlink_rcv_batch). */
static struct nl_msg *
begin(uint32_t generation)
{
	struct nl_msg *msg = net_nft_border(NFNL_MSG_BATCH_BEGIN);

	nla_put_u32(msg, NFNL_BATCH_GENID, htobe32(generation));
	return msg;
}

static struct nl_msg *
edit_counter(const char *table, const struct net_edit *c)
{
	int type = c->adds ? NFT_MSG_NEWOBJ : NFT_MSG_DELOBJ;
	struct nl_msg *msg = net_nft_request(type, NFPROTO_INET);
	struct nlattr *nest;

	nla_put_string(msg, NFTA_OBJ_TABLE, table);
	nla_put_string(msg, NFTA_OBJ_NAME, c->name);
	nla_put_u32(msg, NFTA_OBJ_TYPE, htobe32(NFT_OBJECT_COUNTER));
	if (c->adds) {
		nest = nla_nest_start(msg, NFTA_OBJ_DATA);
		nla_nest_end_keep_empty(msg, nest);
	}
	return msg;
}

static void
put_data(struct nl_msg *msg, int attr, const struct net_bytes *b)
{
	struct nlattr *nest = nla_nest_start(msg, attr);

	nla_put(msg, NFTA_DATA_VALUE, (int)b->n, b->v);
	nla_nest_end(msg, nest);
}

static void
put_element(struct nl_msg *msg, const struct net_edit *c)
{
	struct nlattr *nest = nla_nest_start(msg, NFTA_LIST_ELEM);

	put_data(msg, NFTA_SET_ELEM_KEY, &c->key);
	if (c->data.n > 0)
		put_data(msg, NFTA_SET_ELEM_DATA, &c->data);
	if (c->name != NULL)
		nla_put_string(msg, NFTA_SET_ELEM_OBJREF, c->name);
	nla_nest_end(msg, nest);
}

static struct nl_msg *
edit_element(const char *table, const struct net_edit *c)
{
	int type = c->adds ? NFT_MSG_NEWSETELEM : NFT_MSG_DELSETELEM;
	struct nl_msg *msg = net_nft_request(type, NFPROTO_INET);
	struct nlattr *nest;

	nla_put_string(msg, NFTA_SET_ELEM_LIST_TABLE, table);
	nla_put_string(msg, NFTA_SET_ELEM_LIST_SET, c->set);
	nest = nla_nest_start(msg, NFTA_SET_ELEM_LIST_ELEMENTS);
	put_element(msg, c);
	nla_nest_end(msg, nest);
	return msg;
}

static struct nl_msg *
edit(const char *table, const struct net_edit *c)
{
	struct nl_msg *msg =
	    c->set != NULL ? edit_element(table, c) : edit_counter(table, c);

	if (c->adds)
		nlmsg_hdr(msg)->nlmsg_flags |= NLM_F_CREATE | NLM_F_EXCL;
	return msg;
}

/* The kernel judges a transaction without an end, and forgets it. */
static int
ask(struct net *net, const char *table, const struct net_edit *v, size_t n,
    uint32_t generation, bool ends, bool *lost)
{
	struct nl_msg *msgs[NET_BATCH_MAX];
	size_t nmsgs = 0, i;
	int code;

	msgs[nmsgs++] = begin(generation);
	for (i = 0; i < n; i++)
		msgs[nmsgs++] = edit(table, &v[i]);
	if (ends)
		msgs[nmsgs++] = net_nft_border(NFNL_MSG_BATCH_END);
	code = net_ask_batch(net->netfilter, msgs, nmsgs, n, lost);
	for (i = 0; i < nmsgs; i++)
		nlmsg_free(msgs[i]);
	return code;
}

int
net_edit(struct net *net, const char *table, const struct net_edit *v, size_t n,
    uint32_t generation, bool *lost, struct err *e)
{
	int code;

	*lost = false;
	if (net_nft_need(net, e) != 0)
		return -1;
	code = ask(net, table, v, n, generation, true, lost);
	return code == 0 ? 0 : net_fail(e, code, "cannot change the rules");
}

bool
net_would_edit(struct net *net, const char *table, const struct net_edit *v,
    size_t n, uint32_t generation)
{
	struct err ignored;
	bool lost;

	return net_nft_need(net, &ignored) == 0 &&
	       ask(net, table, v, n, generation, false, &lost) == 0 && !lost;
}
