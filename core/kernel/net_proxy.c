/* Proxy neighbour entries: addresses that this host answers for on a link. */
#include "config.h"

#include <errno.h>
#include <linux/neighbour.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/kernel/net_parts.h"

static void
on_entry(struct nlmsghdr *h, void *arg)
{
	static const struct nla_policy policy[NDA_MAX + 1] = {
		[NDA_DST] = { .minlen = 16, .maxlen = 16 },
		[NDA_PROTOCOL] = { .type = NLA_U8 },
	};
	const struct ndmsg *head = nlmsg_data(h);
	struct snapshot *s = arg;
	struct nlattr *tb[NDA_MAX + 1];
	struct proxy *p;

	if (h->nlmsg_type != RTM_NEWNEIGH ||
	    net_parse(h, sizeof(*head), tb, NDA_MAX, policy) != 0 ||
	    head->ndm_family != AF_INET6 ||
	    (head->ndm_flags & NTF_PROXY) == 0 || tb[NDA_DST] == NULL)
		return;
	s->proxies = xgrow(s->proxies, s->nproxies, sizeof(*s->proxies));
	p = &s->proxies[s->nproxies++];
	memset(p, 0, sizeof(*p));
	p->index = head->ndm_ifindex;
	p->addr.family = AF_INET6;
	p->addr.len = 128;
	memcpy(p->addr.bytes, nla_data(tb[NDA_DST]), 16);
	if (tb[NDA_PROTOCOL] != NULL)
		p->protocol = nla_get_u8(tb[NDA_PROTOCOL]);
}

static void
restart(void *arg)
{
	struct snapshot *s = arg;

	s->nproxies = 0;
}

/* The kernel's order is that of its hashes, which differ with each boot. */
static int
by_link_and_address(const void *a, const void *b)
{
	const struct proxy *x = a, *y = b;

	if (x->index != y->index)
		return x->index < y->index ? -1 : 1;
	return memcmp(x->addr.bytes, y->addr.bytes, sizeof(x->addr.bytes));
}

int
net_proxies(struct net *net, struct snapshot *s)
{
	struct ndmsg head = { .ndm_family = AF_INET6, .ndm_flags = NTF_PROXY };
	struct nl_msg *msg = net_message(RTM_GETNEIGH, 0, &head, sizeof(head));
	int code = net_dump(net->talk, msg, on_entry, restart, s);

	nlmsg_free(msg);
	if (s->nproxies > 0)
		qsort(s->proxies, s->nproxies, sizeof(*s->proxies),
		    by_link_and_address);
	return code;
}

static struct nl_msg *
entry_message(int type, int flags, const struct proxy *p)
{
	struct ndmsg head = { .ndm_family = AF_INET6,
		.ndm_ifindex = p->index,
		.ndm_flags = NTF_PROXY };
	struct nl_msg *msg = net_message(type, flags, &head, sizeof(head));

	nla_put(msg, NDA_DST, 16, p->addr.bytes);
	return msg;
}

int
net_proxy_add(
    struct net *net, const struct proxy *p, bool *changed, struct err *e)
{
	char text[ADDR_TEXT_MAX];
	const struct net_change change = {
		.index = p->index,
		.msg = entry_message(RTM_NEWNEIGH, NLM_F_CREATE, p),
		.fmt = N_("cannot answer for %s on %s"),
		.what = addr_text(&p->addr, text),
	};

	nla_put_u8(change.msg, NDA_PROTOCOL, p->protocol);
	return net_change(net, &change, changed, e);
}

int
net_proxy_remove(
    struct net *net, const struct proxy *p, bool *changed, struct err *e)
{
	char text[ADDR_TEXT_MAX];
	const struct net_change change = {
		.index = p->index,
		.msg = entry_message(RTM_DELNEIGH, 0, p),
		.already = ENOENT,
		.fmt = N_("cannot stop answering for %s on %s"),
		.what = addr_text(&p->addr, text),
	};

	return net_change(net, &change, changed, e);
}
