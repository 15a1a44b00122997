/* What the kernel would do with a packet: its route, and the neighbour it is
 * sent to. */
#include "config.h"

#include "core/kernel/net_way.h"

#include <endian.h>
#include <errno.h>
#include <linux/neighbour.h>
#include <linux/netconf.h>
#include <stdlib.h>
#include <string.h>

#include "core/kernel/net_parts.h"

#define TICK_MS 10 /* of USER_HZ: in these, a minute and a second */
#define SILENT_TICKS (60 * 100)
#define RETRANS_TICKS 100

/* Routes */

/* A gateway of the other family, as IPv4 may have (RFC 5549), is in an
 * attribute of its own. */
static void
on_route(struct nlmsghdr *h, void *arg)
{
	static const struct nla_policy policy[RTA_MAX + 1] = {
		[RTA_OIF] = { .type = NLA_U32 },
		[RTA_VIA] = { .minlen = sizeof(struct rtvia) },
	};
	struct passage *p = arg;
	struct nlattr *tb[RTA_MAX + 1];

	if (h->nlmsg_type != RTM_NEWROUTE ||
	    net_parse(h, sizeof(struct rtmsg), tb, RTA_MAX, policy) != 0 ||
	    tb[RTA_OIF] == NULL)
		return;
	p->index = nla_get_s32(tb[RTA_OIF]);
	if (tb[RTA_GATEWAY] != NULL)
		net_take_address(nla_data(tb[RTA_GATEWAY]),
		    nla_len(tb[RTA_GATEWAY]), &p->gateway);
	else if (tb[RTA_VIA] != NULL)
		net_take_address(
		    ((const struct rtvia *)nla_data(tb[RTA_VIA]))->rtvia_addr,
		    nla_len(tb[RTA_VIA]) - (int)sizeof(struct rtvia),
		    &p->gateway);
	if (tb[RTA_PREFSRC] != NULL)
		net_take_address(nla_data(tb[RTA_PREFSRC]),
		    nla_len(tb[RTA_PREFSRC]), &p->source);
}

/* Errors that are answers, of a lookup that leads nowhere: none, unreachable,
 * prohibit, blackhole, throw (fib6_prop, net/ipv6/route.c; fib_props,
 * net/ipv4/fib_semantics.c); and in IPv4 those of the reverse path filter and
 * of an address that nobody may send from. */
static bool
is_verdict(int code)
{
	static const int codes[] = { ENETUNREACH, EHOSTUNREACH, EACCES, EINVAL,
		EAGAIN, EXDEV };
	size_t i;

	for (i = 0; i < NITEMS(codes); i++)
		if (codes[i] == code)
			return true;
	return false;
}

/* What rules may look at besides (since Linux 4.18). */
static void
put_ports(struct nl_msg *msg, const struct flight *f)
{
	if (f->mark != 0)
		nla_put_u32(msg, RTA_MARK, f->mark);
	if (f->proto == 0)
		return;
	nla_put_u8(msg, RTA_IP_PROTO, f->proto);
	nla_put_u16(msg, RTA_SPORT, htobe16(f->sport));
	nla_put_u16(msg, RTA_DPORT, htobe16(f->dport));
}

/* Asks the socket's namespace where it would send a packet; from NULL leaves
 * the source to the kernel, iif 0 means locally generated. */
static int
ask_flight(struct nl_sock *sk, const struct flight *f, struct passage *p)
{
	const uint8_t bits = prefix_full(f->to);
	struct rtmsg head = { .rtm_family = f->to->family,
		.rtm_dst_len = bits };
	struct nl_msg *msg;
	int code;

	if (f->from != NULL)
		head.rtm_src_len = bits;
	msg = net_message(RTM_GETROUTE, 0, &head, sizeof(head));
	nla_put(msg, RTA_DST, bits / 8, f->to->bytes);
	if (f->from != NULL)
		nla_put(msg, RTA_SRC, bits / 8, f->from->bytes);
	if (f->iif != 0)
		nla_put_u32(msg, RTA_IIF, (uint32_t)f->iif);
	put_ports(msg, f);
	code = net_ask(sk, msg, on_route, p);
	nlmsg_free(msg);
	return code;
}

static void
find_flight(struct nl_sock *sk, const struct flight *f, struct passage *p)
{
	int code;

	memset(p, 0, sizeof(*p));
	code = ask_flight(sk, f, p);
	p->refused = is_verdict(code);
	p->known = p->refused || (code == 0 && p->index != 0);
}

static void
find_passage(struct nl_sock *sk, const struct prefix *from,
    const struct prefix *to, int iif, struct passage *p)
{
	find_flight(
	    sk, &(struct flight){ .from = from, .to = to, .iif = iif }, p);
}

void
net_flight(struct net *net, const struct flight *f, struct passage *p)
{
	find_flight(net->talk, f, p);
}

/* The reverse path filter of IPv4 */

static void
on_conf(struct nlmsghdr *h, void *arg)
{
	static const struct nla_policy policy[NETCONFA_MAX + 1] = {
		[NETCONFA_RP_FILTER] = { .type = NLA_U32 },
	};
	struct nlattr *tb[NETCONFA_MAX + 1];

	if (h->nlmsg_type == RTM_NEWNETCONF &&
	    net_parse(h, sizeof(struct netconfmsg), tb, NETCONFA_MAX, policy) ==
		0 &&
	    tb[NETCONFA_RP_FILTER] != NULL)
		*(int *)arg = nla_get_s32(tb[NETCONFA_RP_FILTER]);
}

static int
filter_of(struct nl_sock *sk, int index)
{
	struct netconfmsg head = { .ncm_family = AF_INET };
	struct nl_msg *msg =
	    net_message(RTM_GETNETCONF, 0, &head, sizeof(head));
	int value = 0;

	nla_put_s32(msg, NETCONFA_IFINDEX, index);
	net_ask(sk, msg, on_conf, &value);
	nlmsg_free(msg);
	return value;
}

/* The larger value is in force (IN_DEV_RPFILTER). */
static bool
is_strict(struct nl_sock *sk, int index)
{
	int own = filter_of(sk, index);
	int all = filter_of(sk, NETCONFA_IFINDEX_ALL);

	return own < 2 && all < 2 && own + all > 0;
}

/* The kernel once told by EXDEV why it refuses, but since 6.13 refuses by
 * EINVAL whatever the reason (inet_rtm_getroute() in net/ipv4/route.c). */
static bool
is_filtered(struct nl_sock *sk, const struct prefix *from, int iif)
{
	struct passage back;

	if (from->family != AF_INET || iif == 0 || !is_strict(sk, iif))
		return false;
	find_passage(sk, NULL, from, 0, &back);
	return back.known && back.index != iif;
}

void
net_passage_out(struct nl_sock *sk, enum family family, struct passage *p)
{
	find_passage(sk, NULL, &addr_worlds[family], 0, p);
}

/* Neighbours */

/* An entry, and what tells whether it answers. */
struct search {
	struct neighbour *to;
	unsigned state;
	struct nda_cacheinfo info;
};

/* A new entry counts as confirmed twice the base time ago, and its first search
 * starts with it (___neigh_create, net/core/neighbour.c). One that was last
 * confirmed at any other time before its search was looked for before, in vain:
 * what has answered is not looked for like this. */
static bool
is_second(const struct nda_cacheinfo *info, enum family family, int index)
{
	int64_t before = (int64_t)info->ndm_confirmed - info->ndm_updated;
	int ms = net_reachable_ms(family, index);

	return ms > 0 && llabs(before - 2 * (int64_t)ms / TICK_MS) > 2;
}

/* An incomplete entry was asked a second time after a second (retrans_timer).
 * Where packets keep coming, an entry that failed is soon incomplete again. */
static bool
is_silent(const struct search *s, enum family family, int index)
{
	if ((s->state & NUD_FAILED) != 0)
		return s->info.ndm_updated < SILENT_TICKS;
	return (s->state & NUD_INCOMPLETE) != 0 &&
	       (s->info.ndm_updated > RETRANS_TICKS ||
		   is_second(&s->info, family, index));
}

static void
on_neighbour(struct nlmsghdr *h, void *arg)
{
	static const struct nla_policy policy[NDA_MAX + 1] = {
		[NDA_CACHEINFO] = { .minlen = sizeof(struct nda_cacheinfo) },
	};
	const struct ndmsg *head = nlmsg_data(h);
	struct search *s = arg;
	struct neighbour *n = s->to;
	struct nlattr *tb[NDA_MAX + 1];

	if (h->nlmsg_type != RTM_NEWNEIGH ||
	    net_parse(h, sizeof(*head), tb, NDA_MAX, policy) != 0)
		return;
	if (tb[NDA_CACHEINFO] != NULL)
		memcpy(&s->info, nla_data(tb[NDA_CACHEINFO]), sizeof(s->info));
	s->state = head->ndm_state;
	n->noarp = (head->ndm_state & NUD_NOARP) != 0;
	n->fixed = (head->ndm_state & (NUD_PERMANENT | NUD_NOARP)) != 0;
	n->has_mac = tb[NDA_LLADDR] != NULL && nla_len(tb[NDA_LLADDR]) == 6;
	if (n->has_mac)
		memcpy(n->mac, nla_data(tb[NDA_LLADDR]), 6);
}

/* A single entry can be requested since Linux 5.0. */
static void
ask_neighbour(
    struct nl_sock *sk, const struct prefix *addr, int index, struct search *s)
{
	struct ndmsg head = { .ndm_family = addr->family,
		.ndm_ifindex = index };
	struct nl_msg *msg = net_message(RTM_GETNEIGH, 0, &head, sizeof(head));

	memset(s->to, 0, sizeof(*s->to));
	nla_put(msg, NDA_DST, prefix_full(addr) / 8, addr->bytes);
	net_ask(sk, msg, on_neighbour, s);
	nlmsg_free(msg);
}

void
net_neighbour(
    struct net *net, const struct prefix *addr, int index, struct neighbour *n)
{
	struct search s = { .to = n };

	ask_neighbour(net->talk, addr, index, &s);
	n->silent = is_silent(&s, addr_family(addr), index);
}

void
net_neighbour_inside(struct net *net, const struct container *c,
    enum family family, struct neighbour *n)
{
	const struct passage *out = &c->out[family];
	struct search s = { .to = n };
	struct nl_sock *sk;
	struct err ignored;

	memset(n, 0, sizeof(*n));
	if (!out->known || out->gateway.family == AF_UNSPEC)
		return;
	sk = net_enter(net, c, NETLINK_ROUTE, &ignored);
	if (sk == NULL)
		return;
	ask_neighbour(sk, &out->gateway, out->index, &s);
	net_leave(net, sk);
}

struct fixed {
	struct fixed_neighbour *v;
	size_t n;
};

static void
on_fixed(struct nlmsghdr *h, void *arg)
{
	const struct ndmsg *head = nlmsg_data(h);
	struct fixed *to = arg;
	struct nlattr *tb[NDA_MAX + 1];
	struct fixed_neighbour one;

	if (h->nlmsg_type != RTM_NEWNEIGH ||
	    net_parse(h, sizeof(*head), tb, NDA_MAX, NULL) != 0 ||
	    (head->ndm_state & NUD_PERMANENT) == 0)
		return;
	memset(&one, 0, sizeof(one));
	one.index = head->ndm_ifindex;
	if (tb[NDA_DST] != NULL)
		net_take_address(
		    nla_data(tb[NDA_DST]), nla_len(tb[NDA_DST]), &one.addr);
	one.has_mac = tb[NDA_LLADDR] != NULL && nla_len(tb[NDA_LLADDR]) == 6;
	if (one.has_mac)
		memcpy(one.mac, nla_data(tb[NDA_LLADDR]), 6);
	to->v = xgrow(to->v, to->n, sizeof(*to->v));
	to->v[to->n++] = one;
}

static void
forget_fixed(void *arg)
{
	struct fixed *f = arg;

	f->n = 0;
}

void
net_neighbours_fixed(struct net *net, struct fixed_neighbour **v, size_t *n)
{
	struct ndmsg head = { .ndm_family = AF_UNSPEC };
	struct nl_msg *msg = net_message(RTM_GETNEIGH, 0, &head, sizeof(head));
	struct fixed all = { 0 };

	net_dump(net->talk, msg, on_fixed, forget_fixed, &all);
	nlmsg_free(msg);
	*v = all.v;
	*n = all.n;
}

void
net_way(struct net *net, const struct prefix *target, int iif, struct way *w)
{
	const struct prefix *world = &addr_worlds[addr_family(target)];

	memset(w, 0, sizeof(*w));
	w->target = *target;
	find_passage(net->talk, iif != 0 ? world : NULL, target, iif, &w->in);
	w->filtered = w->in.refused && is_filtered(net->talk, world, iif);
	if (w->in.index == 0)
		return;
	net_neighbour(net, target, w->in.index, &w->neighbour);
	find_passage(net->talk, target, world, w->in.index, &w->out);
	if (w->out.gateway.family != AF_UNSPEC)
		net_neighbour(net, &w->out.gateway, w->out.index, &w->gateway);
}

int
net_way_refusal(struct net *net, int iif, const struct prefix *from,
    const struct prefix *to)
{
	struct passage ignored = { 0 };

	return ask_flight(net->talk,
	    &(struct flight){ .from = from, .to = to, .iif = iif }, &ignored);
}
