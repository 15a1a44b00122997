/* Traces one packet through all tables, by a table of our own. */
#include "config.h"

#include "core/kernel/net_trace.h"

#include <netinet/in.h> /* first: the kernel's headers give way to it */

#include <endian.h>
#include <errno.h>
#include <limits.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/intl.h"
#include "core/base/loop.h"
#include "core/kernel/net_parts.h"

#define ERROR_HEADER 8 /* bytes of ICMP before what it quotes */
#define TRANSPORT NFT_PAYLOAD_TRANSPORT_HEADER
#define NETWORK NFT_PAYLOAD_NETWORK_HEADER
#define TCP_FLAGS 13 /* where they are */
#define QUIET_MS 100 /* a packet whose trace says no more has gone its way */

struct tracer {
	struct nl_sock *owner;	/* the table is gone with it */
	struct nl_sock *events; /* what is traced */
	char table[32];
	bool loaded;
	bool met;   /* it was seen */
	bool waits; /* for a packet of others, which is let on its way */
	int index;  /* of the link by which it comes */
	struct trial trial, last;
	uint32_t id; /* of the packet; 0: not seen yet */
};

/* Chains */

enum place { ARRIVES, ENTERS, RECEIVED, LEAVES, ANSWERS, PLACES };

/* Behind all others, but before conntrack confirms a connection (INT_MAX), and
 * before the kernel tracks answers. */
static const struct {
	const char *name;
	uint32_t hook;
	int priority;
} chains[PLACES] = {
	[ARRIVES] = { "arrives", NF_INET_INGRESS, INT_MIN },
	[ENTERS] = { "enters", NF_INET_PRE_ROUTING, INT_MIN },
	[RECEIVED] = { "received", NF_INET_LOCAL_IN, INT_MAX - 1 },
	[LEAVES] = { "leaves", NF_INET_POST_ROUTING, INT_MAX - 1 },
	[ANSWERS] = { "answers", NF_INET_LOCAL_OUT, INT_MIN },
};

struct batch {
	struct nl_msg *v[NET_BATCH_MAX];
	size_t n;
};

static void
add(struct batch *b, struct nl_msg *msg)
{
	b->v[b->n++] = msg;
}

static void
create(struct batch *b, struct nl_msg *msg)
{
	nlmsg_hdr(msg)->nlmsg_flags |= NLM_F_CREATE | NLM_F_APPEND;
	add(b, msg);
}

static struct nl_msg *
about_table(const struct tracer *t, int type)
{
	struct nl_msg *msg = net_nft_request(type, NFPROTO_INET);

	nla_put_string(msg, NFTA_TABLE_NAME, t->table);
	nla_put_u32(msg, NFTA_TABLE_FLAGS, htobe32(NFT_TABLE_F_OWNER));
	return msg;
}

static void
add_chain(
    struct batch *b, const struct tracer *t, enum place at, const char *link)
{
	struct nl_msg *msg = net_nft_request(NFT_MSG_NEWCHAIN, NFPROTO_INET);
	struct nlattr *hook;

	nla_put_string(msg, NFTA_CHAIN_TABLE, t->table);
	nla_put_string(msg, NFTA_CHAIN_NAME, chains[at].name);
	nla_put_string(msg, NFTA_CHAIN_TYPE, "filter");
	hook = nla_nest_start(msg, NFTA_CHAIN_HOOK);
	nla_put_u32(msg, NFTA_HOOK_HOOKNUM, htobe32(chains[at].hook));
	nla_put_u32(
	    msg, NFTA_HOOK_PRIORITY, htobe32((uint32_t)chains[at].priority));
	if (at == ARRIVES)
		nla_put_string(msg, NFTA_HOOK_DEV, link);
	nla_nest_end(msg, hook);
	create(b, msg);
}

/* Traces what matches, and drops it behind ENTERS or with that flag. */
static void
add_rule(struct batch *b, const struct tracer *t, enum place at, uint8_t proto,
    const struct net_match *m, bool drops)
{
	struct nl_msg *msg = net_nft_request(NFT_MSG_NEWRULE, NFPROTO_INET);
	struct nlattr *all;

	nla_put_string(msg, NFTA_RULE_TABLE, t->table);
	nla_put_string(msg, NFTA_RULE_CHAIN, chains[at].name);
	all = nla_nest_start(msg, NFTA_RULE_EXPRESSIONS);
	net_match_meta(msg, NFT_META_L4PROTO, &proto, sizeof(proto));
	net_match_bytes(msg, m);
	net_set_trace(msg);
	if (drops)
		net_put_drop(msg);
	nla_nest_end(msg, all);
	create(b, msg);
}

/* Rules */

static void
add_entry(struct batch *b, const struct tracer *t, enum place at)
{
	const size_t cookie = trial_cookie_at(&t->trial);

	add_rule(b, t, at, t->trial.proto,
	    &(struct net_match){
		cookie, TRIAL_COOKIE, t->trial.cookie, TRANSPORT, 0 },
	    false);
	add_rule(b, t, at, t->last.proto,
	    &(struct net_match){
		cookie, TRIAL_COOKIE, t->last.cookie, TRANSPORT, 0 },
	    true);
}

static void
add_end(struct batch *b, const struct tracer *t, enum place at)
{
	add_rule(b, t, at, t->trial.proto,
	    &(struct net_match){ trial_cookie_at(&t->trial), TRIAL_COOKIE,
		t->trial.cookie, TRANSPORT, 0 },
	    true);
}

/* A reset, or the first packet of a proxy (SYNPROXY), acknowledges the sequence
 * number; an error quotes the packet (RFC 792, RFC 4443). */
static void
add_answers(struct batch *b, const struct tracer *t)
{
	bool ipv4 = t->trial.from.family == AF_INET;
	size_t quoted = ERROR_HEADER +
			(ipv4 ? sizeof(struct iphdr) : sizeof(struct ip6_hdr));
	uint32_t next;

	add_rule(b, t, ANSWERS, ipv4 ? IPPROTO_ICMP : IPPROTO_ICMPV6,
	    &(struct net_match){ quoted + trial_cookie_at(&t->trial),
		TRIAL_COOKIE, t->trial.cookie, TRANSPORT, 0 },
	    true);
	if (t->trial.proto != IPPROTO_TCP)
		return;
	memcpy(&next, t->trial.cookie, sizeof(next));
	next = htobe32(be32toh(next) + 1);
	add_rule(b, t, ANSWERS, IPPROTO_TCP,
	    &(struct net_match){ 8, sizeof(next), &next, TRANSPORT, 0 }, true);
}

static void
match_addrs(struct nl_msg *msg, const struct trial *of)
{
	bool ipv4 = of->to.family == AF_INET;
	const uint8_t family = ipv4 ? NFPROTO_IPV4 : NFPROTO_IPV6;
	const size_t len = ipv4 ? 4 : 16, at = ipv4 ? 12 : 8;

	net_match_meta(msg, NFT_META_NFPROTO, &family, sizeof(family));
	net_match_bytes(msg,
	    &(struct net_match){ at + len, len, of->to.bytes, NETWORK, 0 });
	if (of->from.family != AF_UNSPEC)
		net_match_bytes(msg,
		    &(struct net_match){ at, len, of->from.bytes, NETWORK, 0 });
}

static void
match_ports(struct nl_msg *msg, const struct trial *of)
{
	const uint16_t from = htobe16(of->sport), to = htobe16(of->dport);
	const uint8_t syn = TH_SYN;

	if (from != 0)
		net_match_bytes(
		    msg, &(struct net_match){ 0, 2, &from, TRANSPORT, 0 });
	if (to != 0)
		net_match_bytes(
		    msg, &(struct net_match){ 2, 2, &to, TRANSPORT, 0 });
	if (of->proto == IPPROTO_TCP)
		net_match_bytes(msg, &(struct net_match){ TCP_FLAGS, 1, &syn,
					 TRANSPORT, TH_SYN | TH_ACK });
}

/* Traces the next packet that is like the trial. */
static void
add_pattern(struct batch *b, const struct tracer *t, enum place at)
{
	struct nl_msg *msg = net_nft_request(NFT_MSG_NEWRULE, NFPROTO_INET);
	struct nlattr *all;

	nla_put_string(msg, NFTA_RULE_TABLE, t->table);
	nla_put_string(msg, NFTA_RULE_CHAIN, chains[at].name);
	all = nla_nest_start(msg, NFTA_RULE_EXPRESSIONS);
	net_match_meta(msg, NFT_META_IIF, &t->index, sizeof(t->index));
	match_addrs(msg, &t->trial);
	net_match_meta(
	    msg, NFT_META_L4PROTO, &t->trial.proto, sizeof(t->trial.proto));
	match_ports(msg, &t->trial);
	net_match_once(msg);
	net_set_trace(msg);
	nla_nest_end(msg, all);
	create(b, msg);
}

/* The last chains have no rules then: that they are met tells the end. */
static void
add_rules(struct batch *b, const struct tracer *t, enum place first)
{
	enum place at;

	for (at = first; at <= ENTERS; at++)
		(t->waits ? add_pattern : add_entry)(b, t, at);
	if (t->waits)
		return;
	add_end(b, t, RECEIVED);
	add_end(b, t, LEAVES);
	add_answers(b, t);
}

static void
add_all(struct batch *b, const struct tracer *t, const char *link)
{
	enum place first = link != NULL ? ARRIVES : ENTERS, at;

	add(b, net_nft_border(NFNL_MSG_BATCH_BEGIN));
	create(b, about_table(t, NFT_MSG_NEWTABLE));
	for (at = first; at < PLACES; at++)
		add_chain(b, t, at, link);
	add_rules(b, t, first);
	add(b, net_nft_border(NFNL_MSG_BATCH_END));
}

static int
send_batch(struct tracer *t, const struct batch *b)
{
	bool lost;
	size_t i;
	int code = net_ask_batch(t->owner, b->v, b->n, b->n - 2, &lost);

	for (i = 0; i < b->n; i++)
		nlmsg_free(b->v[i]);
	return code;
}

/* Chains at ingress came with Linux 5.10, and are a choice of its build. */
static int
load(struct tracer *t, const char *link)
{
	struct batch b = { .n = 0 };
	int code;

	add_all(&b, t, link);
	code = send_batch(t, &b);
	if (link == NULL || code != EOPNOTSUPP)
		return code;
	b.n = 0;
	add_all(&b, t, NULL);
	return send_batch(t, &b);
}

/* Takes t; it is returned, or NULL. */
static struct tracer *
start(struct tracer *t, const struct link *link, struct err *e)
{
	static const int groups[] = { NFNLGRP_NFTRACE };
	int code;

	t->index = link->index;
	snprintf(t->table, sizeof(t->table), TRACE_TABLE "-%d", (int)getpid());
	t->owner = net_socket(NETLINK_NETFILTER);
	t->events = net_listen(NETLINK_NETFILTER, groups, NITEMS(groups));
	code =
	    t->owner != NULL && t->events != NULL ? load(t, link->name) : errno;
	t->loaded = code == 0;
	if (t->loaded)
		return t;
	net_fail(e, code == EINVAL ? EOPNOTSUPP : code,
	    "cannot trace packets (nftables: a table with an owner, nftrace)");
	tracer_close(t);
	return NULL;
}

struct tracer *
tracer_open(const struct link *link, const struct trial *trial,
    const struct trial *last, struct err *e)
{
	struct tracer *t = xcalloc(1, sizeof(*t));

	t->trial = *trial;
	t->last = *last;
	return start(t, link, e);
}

struct tracer *
tracer_wait(const struct link *link, const struct trial *pattern, struct err *e)
{
	struct tracer *t = xcalloc(1, sizeof(*t));

	t->waits = true;
	t->trial = *pattern;
	return start(t, link, e);
}

void
tracer_stop(struct tracer *t)
{
	struct batch b = { .n = 0 };

	if (t == NULL || !t->loaded)
		return;
	add(&b, net_nft_border(NFNL_MSG_BATCH_BEGIN));
	add(&b, about_table(t, NFT_MSG_DELTABLE));
	add(&b, net_nft_border(NFNL_MSG_BATCH_END));
	send_batch(t, &b);
	t->loaded = false;
}

void
tracer_close(struct tracer *t)
{
	if (t == NULL)
		return;
	nl_socket_free(t->events);
	nl_socket_free(t->owner);
	free(t);
}

/* What is traced */

static void
read_packet(struct trace_step *s, struct nlattr **tb, bool ports)
{
	const uint8_t *ip = nla_data(tb[NFTA_TRACE_NETWORK_HEADER]);
	const uint8_t *to = nla_data(tb[NFTA_TRACE_TRANSPORT_HEADER]);
	int len = nla_len(tb[NFTA_TRACE_NETWORK_HEADER]);
	bool ipv4 = len >= (int)sizeof(struct iphdr) && ip[0] >> 4 == 4;
	size_t at = ipv4 ? 12 : 8, size = ipv4 ? 4 : 16;

	if (!ipv4 && (len < (int)sizeof(struct ip6_hdr) || ip[0] >> 4 != 6))
		return;
	s->from.family = s->to.family = ipv4 ? AF_INET : AF_INET6;
	s->from.len = s->to.len = (uint8_t)(size * 8);
	memcpy(s->from.bytes, ip + at, size);
	memcpy(s->to.bytes, ip + at + size, size);
	if (!ports)
		return;
	s->sport = (uint16_t)(to[0] << 8 | to[1]);
	s->dport = (uint16_t)(to[2] << 8 | to[3]);
}

static int
read_verdict(struct nlattr **tb)
{
	if (tb[NFTA_TRACE_POLICY] != NULL)
		return (int)net_number(tb[NFTA_TRACE_POLICY]);
	return (int)net_number(
	    net_inside(tb[NFTA_TRACE_VERDICT], NFTA_VERDICT_CODE));
}

static const enum trace_kind kinds[] = {
	[NFT_TRACETYPE_POLICY] = TRACE_POLICY,
	[NFT_TRACETYPE_RETURN] = TRACE_RETURN,
	[NFT_TRACETYPE_RULE] = TRACE_RULE,
};

static void
read_step(struct trace_step *s, const struct nfgenmsg *head, struct nlattr **tb,
    bool ports)
{
	uint32_t type = net_number(tb[NFTA_TRACE_TYPE]);

	*s = (struct trace_step){ .family = head->nfgen_family,
		.kind = type < NITEMS(kinds) ? kinds[type] : TRACE_RULE,
		.table = xstrdup(nla_data(tb[NFTA_TRACE_TABLE])),
		.chain = xstrdup(nla_data(tb[NFTA_TRACE_CHAIN])),
		.verdict = read_verdict(tb),
		.out = (int)net_number(tb[NFTA_TRACE_OIF]) };
	if (tb[NFTA_TRACE_RULE_HANDLE] != NULL)
		s->rule = be64toh(nla_get_u64(tb[NFTA_TRACE_RULE_HANDLE]));
	s->first = tb[NFTA_TRACE_NETWORK_HEADER] != NULL &&
		   tb[NFTA_TRACE_TRANSPORT_HEADER] != NULL &&
		   nla_len(tb[NFTA_TRACE_TRANSPORT_HEADER]) >= 4;
	if (s->first)
		read_packet(s, tb, ports);
}

static bool
has_ports(const struct trial *t)
{
	return t->proto == IPPROTO_TCP || t->proto == IPPROTO_UDP;
}

static bool
has_cookie(const struct nlattr *header, const struct trial *t)
{
	size_t at = trial_cookie_at(t);

	return header != NULL && nla_len(header) >= (int)(at + TRIAL_COOKIE) &&
	       memcmp((const uint8_t *)nla_data(header) + at, t->cookie,
		   TRIAL_COOKIE) == 0;
}

/* Takes the bytes by which a packet of others is known from now on. */
static void
meet(struct tracer *t, const struct nlattr *header, uint32_t id,
    const struct trace_step *s)
{
	size_t at = trial_cookie_at(&t->trial);

	t->id = id;
	t->met = true;
	t->trial.from = s->from;
	t->trial.to = s->to;
	t->trial.sport = s->sport;
	t->trial.dport = s->dport;
	if (nla_len(header) >= (int)(at + TRIAL_COOKIE))
		memcpy(t->trial.cookie, (const uint8_t *)nla_data(header) + at,
		    TRIAL_COOKIE);
}

static bool
is_in(const struct trace_step *s, enum place at)
{
	return strcmp(s->chain, chains[at].name) == 0;
}

/* Our own table of a packet of others: it is there for all of its way. */
static void
follow(const struct tracer *t, struct trace *out, uint32_t id,
    const struct trace_step *s)
{
	if (id != t->id)
		return;
	out->seen = true;
	out->received |= is_in(s, RECEIVED);
	out->left |= is_in(s, LEAVES);
	if (s->first && s->out != 0)
		out->out = s->out;
	out->over = out->received || out->left;
}

/* What our own table says. */
static void
note(const struct tracer *t, struct trace *out, uint32_t id,
    const struct trace_step *s)
{
	bool is_it = id == t->id;

	out->seen |= is_it;
	out->refused |= is_in(s, ANSWERS);
	if (s->verdict != NF_DROP)
		return;
	if (!is_it && (is_in(s, ARRIVES) || is_in(s, ENTERS)))
		out->over = true;
	if (!is_it)
		return;
	out->received |= is_in(s, RECEIVED);
	out->left |= is_in(s, LEAVES);
	if (out->left)
		out->out = s->out;
}

static void
free_step(struct trace_step *s)
{
	free(s->table);
	free(s->chain);
}

/* The kernel makes ids of what may change on the way, or be the same in the
 * next packet. */
static void
recognise(struct tracer *t, const struct nlattr *header, uint32_t id,
    const struct trace_step *s)
{
	if (t->waits && !t->met) {
		/* Packets that others trace come to the ends of chains. */
		if (s->first && s->rule != 0 && strcmp(s->table, t->table) == 0)
			meet(t, header, id, s);
		return;
	}
	if (has_cookie(header, &t->trial))
		t->id = id;
	else if (!t->waits && has_cookie(header, &t->last))
		t->id = 0;
}

struct hearing {
	struct tracer *tracer;
	struct trace *out;
};

static void
on_trace(struct nlmsghdr *h, void *arg)
{
	const struct hearing *hearing = arg;
	struct tracer *t = hearing->tracer;
	struct trace *out = hearing->out;
	struct nlattr *tb[NFTA_TRACE_MAX + 1];
	struct trace_step s;
	uint32_t id;

	if (h->nlmsg_type != NET_NFT(NFT_MSG_TRACE) ||
	    net_parse(h, sizeof(struct nfgenmsg), tb, NFTA_TRACE_MAX, NULL) ||
	    tb[NFTA_TRACE_TABLE] == NULL || tb[NFTA_TRACE_CHAIN] == NULL)
		return;
	id = net_number(tb[NFTA_TRACE_ID]);
	read_step(&s, nlmsg_data(h), tb, has_ports(&t->trial));
	recognise(t, tb[NFTA_TRACE_TRANSPORT_HEADER], id, &s);
	if (strcmp(s.table, t->table) == 0)
		(t->waits ? follow : note)(t, out, id, &s);
	if (id != t->id || strcmp(s.table, t->table) == 0) {
		free_step(&s);
		return;
	}
	out->v = xgrow(out->v, out->n, sizeof(*out->v));
	out->v[out->n++] = s;
}

int
tracer_read(struct tracer *t, unsigned ms, struct trace *out, struct err *e)
{
	struct hearing hearing = { t, out };
	int fd = nl_socket_get_fd(t->events);
	uint64_t now = now_ms(), until = now + ms;
	int code = 0;

	memset(out, 0, sizeof(*out));
	while (!out->over && now < until && code == 0) {
		if (loop_wait_fd_until(fd, until))
			code = net_hear(t->events, on_trace, &hearing);
		if (code == EAGAIN)
			code = 0;
		now = now_ms();
		if (t->waits && out->seen && until > now + QUIET_MS)
			until = now + QUIET_MS;
	}
	if (code == 0)
		return 0;
	trace_free(out);
	return net_fail(e, code, "cannot read what nftables traces");
}

void
tracer_met(const struct tracer *t, struct trial *out)
{
	*out = t->trial;
}

void
trace_free(struct trace *t)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		free_step(&t->v[i]);
	free(t->v);
	memset(t, 0, sizeof(*t));
}
