/* Named nftables counters: one netlink dump. */
#include "config.h"

#include <netinet/in.h> /* first: the kernel's headers give way to it */

#include <endian.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "core/net_internal.h"

/* A number of a counter, 0 when it is missing. */
static uint64_t
number(struct nlattr *data, int type)
{
	struct nlattr *a = nla_find(nla_data(data), nla_len(data), type);
	uint64_t n = 0;

	if (a != NULL && nla_len(a) == (int)sizeof(n))
		memcpy(&n, nla_data(a), sizeof(n));
	return be64toh(n);
}

static void
on_counter(struct nlmsghdr *h, void *arg)
{
	struct nlattr *name, *data;
	struct counters *out = arg;
	struct counter *c;

	name = nlmsg_find_attr(h, sizeof(struct nfgenmsg), NFTA_OBJ_NAME);
	data = nlmsg_find_attr(h, sizeof(struct nfgenmsg), NFTA_OBJ_DATA);
	if (name == NULL || data == NULL)
		return;
	out->v = xgrow(out->v, out->n, sizeof(*out->v));
	c = &out->v[out->n++];
	c->name = xstrndup(nla_data(name), (size_t)nla_len(name));
	c->bytes = number(data, NFTA_COUNTER_BYTES);
	c->packets = number(data, NFTA_COUNTER_PACKETS);
}

void
counters_free(struct counters *c)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		free(c->v[i].name);
	free(c->v);
	memset(c, 0, sizeof(*c));
}

static void
restart(void *arg)
{
	counters_free(arg);
}

static int
by_name(const void *a, const void *b)
{
	const struct counter *x = a, *y = b;

	return strcmp(x->name, y->name);
}

int
net_counters(struct net *net, const char *table, struct counters *out,
    struct err *e)
{
	struct nfgenmsg head = {
		.nfgen_family = NFPROTO_INET,
		.version = NFNETLINK_V0,
	};
	int type = NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETOBJ, code;
	struct nl_msg *msg;

	memset(out, 0, sizeof(*out));
	if (net_netfilter(net) == NULL)
		return net_fail(e, errno, "cannot talk to nftables");
	msg = net_message(type, 0, &head, sizeof(head));
	nla_put_string(msg, NFTA_OBJ_TABLE, table);
	nla_put_u32(msg, NFTA_OBJ_TYPE, htobe32(NFT_OBJECT_COUNTER));
	code = net_dump(net->netfilter, msg, on_counter, restart, out);
	nlmsg_free(msg);
	if (code != 0 && code != ENOENT) {
		counters_free(out);
		return net_fail(e, code, "cannot read the counters");
	}
	if (out->n > 0)
		qsort(out->v, out->n, sizeof(*out->v), by_name);
	return 0;
}

const struct counter *
counters_find(const struct counters *c, const char *name)
{
	const struct counter key = { .name = (char *)(uintptr_t)name };

	if (c->n == 0)
		return NULL;
	return bsearch(&key, c->v, c->n, sizeof(*c->v), by_name);
}
