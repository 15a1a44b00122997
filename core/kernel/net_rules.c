/* Our nftables table without libnftables: its events, and a summary of its
 * rules from two dumps. */
#include "config.h"

#include <netinet/in.h> /* first: the kernel's headers give way to it */

#include <endian.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "core/base/file.h"
#include "core/base/intl.h"
#include "core/kernel/net_parts.h"

#define DRAIN_MAX 4096 /* events of one turn */
#define TABLE_ATTR 1   /* every message about a part of a table names it here */
#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif

/* Events */

/* Without CAP_NET_ADMIN there are no events, and we do without. */
void
net_rules_open(struct net *net)
{
	struct epoll_event event = { .events = EPOLLIN };
	static const int group = NFNLGRP_NFTABLES;
	struct nl_sock *sk = net_listen(NETLINK_NETFILTER, &group, 1);
	int fd = sk != NULL ? nl_socket_get_fd(sk) : -1;

	event.data.fd = fd;
	if (fd != -1 && epoll_ctl(net->epoll, EPOLL_CTL_ADD, fd, &event) == 0)
		net->rule_events = sk;
	else
		nl_socket_free(sk);
}

static bool
is_ours(struct nlmsghdr *h, const char *table)
{
	const struct nfgenmsg *head = nlmsg_data(h);
	struct nlattr *name;

	if (nlmsg_datalen(h) < (int)sizeof(*head) ||
	    head->nfgen_family != NFPROTO_INET)
		return false;
	name = nlmsg_find_attr(h, sizeof(*head), TABLE_ATTR);
	return name != NULL && nla_strcmp(name, table) == 0;
}

/* The last message of a transaction names the process behind it. */
static void
note_author(struct net *net, struct nlmsghdr *h)
{
	struct nlattr *name, *pid;
	struct buf b = { 0 };

	name = nlmsg_find_attr(h, sizeof(struct nfgenmsg), NFTA_GEN_PROC_NAME);
	pid = nlmsg_find_attr(h, sizeof(struct nfgenmsg), NFTA_GEN_PROC_PID);
	net->rules_author[0] = '\0';
	if (name == NULL || pid == NULL || nla_len(pid) < 4)
		return;
	buf_escape(
	    &b, nla_data(name), strnlen(nla_data(name), (size_t)nla_len(name)));
	snprintf(net->rules_author, sizeof(net->rules_author),
	    _("%s, process %u"), buf_text(&b), net_number(pid));
	buf_free(&b);
}

struct draining {
	struct net *net;
	bool changed;
};

static void
on_rule_event(struct nlmsghdr *h, void *arg)
{
	struct draining *d = arg;
	struct net *net = d->net;

	if (h->nlmsg_type != NET_NFT(NFT_MSG_NEWGEN)) {
		if (is_ours(h, NET_TABLE))
			net->rules_touched = d->changed = true;
	} else if (net->rules_touched) {
		note_author(net, h);
		net->rules_touched = false;
		net->rules_changes++;
	}
}

/* Our table may have changed, by nobody knows whom. */
static void
note_overrun(struct draining *d)
{
	d->net->rules_author[0] = '\0';
	d->net->rules_changes++;
	d->net->overruns++;
	d->changed = true;
}

bool
net_rules_drain(struct net *net)
{
	struct draining d = { .net = net };
	int i, code;

	for (i = 0; net->rule_events != NULL && i < DRAIN_MAX; i++) {
		code = net_hear(net->rule_events, on_rule_event, &d);
		if (code == ENOBUFS)
			note_overrun(&d);
		else if (code != 0)
			break;
	}
	/* The kernel counts a generation before all of it is in place; what it
	 * tells comes at the end (nf_tables_commit). */
	if (d.changed)
		net->rules_known = net->elements_known = false;
	return d.changed;
}

uint32_t
net_rules_changes(struct net *net)
{
	net->stirred = net_rules_drain(net) || net->stirred;
	return net->rules_changes;
}

const char *
net_rules_author(const struct net *net)
{
	return net->rules_author;
}

/* Requests */

static void
on_generation(struct nlmsghdr *h, void *arg)
{
	*(uint32_t *)arg = net_number(
	    nlmsg_find_attr(h, sizeof(struct nfgenmsg), NFTA_GEN_ID));
}

int
net_generation(struct net *net, uint32_t *id, struct err *e)
{
	struct nl_msg *msg;
	int code;

	if (net_nft_need(net, e) != 0)
		return -1;
	msg = net_nft_request(NFT_MSG_GETGEN, NFPROTO_UNSPEC);
	code = net_ask(net->netfilter, msg, on_generation, id);
	nlmsg_free(msg);
	return code == 0 ? 0
			 : net_fail(e, code,
			       "cannot read the generation of nftables");
}

uint64_t
net_identity(struct net *net)
{
	char *boot = read_record("/proc/sys/kernel/random/boot_id", 64);
	struct nl_sock *sk = net_netfilter(net);
	uint64_t cookie = 0, id = 0;
	socklen_t len = sizeof(cookie);

	if (boot != NULL && sk != NULL &&
	    getsockopt(nl_socket_get_fd(sk), SOL_SOCKET, SO_NETNS_COOKIE,
		&cookie, &len) == 0)
		id = hash_bytes(
		    hash_text(HASH_START, boot), &cookie, sizeof(cookie));
	free(boot);
	return id;
}

/* Summary */

struct reading {
	const char *table;
	char chain[NFT_CHAIN_MAXNAMELEN]; /* of the last rule */
	unsigned at;			  /* its number in the chain */
	uint32_t flags;			  /* of the table */
	uint64_t marks, shape;
};

uint64_t
net_hash_attr(uint64_t h, struct nlattr *a)
{
	int type = nla_type(a);

	h = hash_bytes(h, &type, sizeof(type));
	return hash_bytes(h, nla_data(a), (size_t)nla_len(a));
}

/* The kernel numbers anonymous sets in order of creation, so the same rules
 * loaded again may have other numbers. */
static uint64_t
hash_argument(uint64_t h, struct nlattr *a)
{
	static const char *const unnamed[] = { "__set", "__map" };
	size_t i, n = strlen(unnamed[0]);

	for (i = 0; i < NITEMS(unnamed); i++)
		if (nla_len(a) > (int)n &&
		    memcmp(nla_data(a), unnamed[i], n) == 0)
			return hash_text(h, unnamed[i]);
	return net_hash_attr(h, a);
}

static uint64_t
hash_expressions(uint64_t h, struct nlattr *all)
{
	struct nlattr *one, *name, *data, *a;
	int left, rest;

	nla_for_each_nested (one, all, left) {
		name = nla_find(nla_data(one), nla_len(one), NFTA_EXPR_NAME);
		data = nla_find(nla_data(one), nla_len(one), NFTA_EXPR_DATA);
		if (name != NULL)
			h = net_hash_attr(h, name);
		if (data == NULL)
			continue;
		nla_for_each_nested (a, data, rest)
			h = hash_argument(h, a);
	}
	return h;
}

/* Chains are dumped in order of creation, so their digests are summed. Handles
 * and use counts change by themselves and are left out. */
static void
on_chain(struct nlmsghdr *h, void *arg)
{
	static const int counts[] = { NFTA_CHAIN_NAME, NFTA_CHAIN_HOOK,
		NFTA_CHAIN_POLICY, NFTA_CHAIN_TYPE };
	struct reading *r = arg;
	uint64_t digest = HASH_START;
	struct nlattr *a;
	size_t i;

	if (!is_ours(h, r->table))
		return;
	for (i = 0; i < NITEMS(counts); i++) {
		a = nlmsg_find_attr(h, sizeof(struct nfgenmsg), counts[i]);
		if (a != NULL)
			digest = net_hash_attr(digest, a);
	}
	r->shape += digest;
}

uint64_t
net_mark(const char *chain, const char *mark)
{
	return hash_text(hash_text(HASH_START, chain), mark);
}

/* A rule's comment is in user data, which only nft interprets: type (0 is the
 * comment), length, and text with its NUL. */
static const char *
comment_of(struct nlattr *data)
{
	const unsigned char *p;
	int left;

	if (data == NULL)
		return "";
	p = nla_data(data);
	left = nla_len(data);
	while (left >= 2 && left - 2 >= p[1]) {
		if (p[0] == 0 && p[1] > 0 && p[1 + p[1]] == '\0')
			return (const char *)p + 2;
		left -= 2 + p[1];
		p += 2 + p[1];
	}
	return "";
}

static void
on_rule(struct nlmsghdr *h, void *arg)
{
	struct reading *r = arg;
	struct nlattr *tb[NFTA_RULE_MAX + 1];
	const char *mark;
	char place[NFT_CHAIN_MAXNAMELEN + 16];

	if (!is_ours(h, r->table) ||
	    net_parse(h, sizeof(struct nfgenmsg), tb, NFTA_RULE_MAX, NULL) ||
	    tb[NFTA_RULE_CHAIN] == NULL)
		return;
	if (nla_strcmp(tb[NFTA_RULE_CHAIN], r->chain) != 0) {
		nla_strlcpy(r->chain, tb[NFTA_RULE_CHAIN], sizeof(r->chain));
		r->at = 0;
		mark = comment_of(tb[NFTA_RULE_USERDATA]);
		r->marks += net_mark(r->chain, mark);
	}
	snprintf(place, sizeof(place), "%s %u", r->chain, r->at++);
	if (tb[NFTA_RULE_EXPRESSIONS] != NULL)
		r->shape += hash_expressions(
		    hash_text(HASH_START, place), tb[NFTA_RULE_EXPRESSIONS]);
}

static void
on_table(struct nlmsghdr *h, void *arg)
{
	struct reading *r = arg;

	r->flags = net_number(
	    nlmsg_find_attr(h, sizeof(struct nfgenmsg), NFTA_TABLE_FLAGS));
}

static void
restart(void *arg)
{
	struct reading *r = arg;

	r->chain[0] = '\0';
	r->marks = r->shape = 0;
}

static int
dump(struct net *net, int type, struct reading *sum, net_each_fn *each)
{
	struct reading r = { .table = sum->table };
	struct nl_msg *msg = net_nft_request(type, NFPROTO_INET);
	int code;

	if (type == NFT_MSG_GETRULE)
		nla_put_string(msg, NFTA_RULE_TABLE, r.table);
	code = net_dump(net->netfilter, msg, each, restart, &r);
	nlmsg_free(msg);
	sum->marks += r.marks;
	sum->shape += r.shape;
	return code;
}

static int
read_rules(struct net *net, const char *table, struct rules *out)
{
	struct reading r = { .table = table };
	struct nl_msg *msg;
	int code;

	msg = net_nft_request(NFT_MSG_GETTABLE, NFPROTO_INET);
	nla_put_string(msg, NFTA_TABLE_NAME, table);
	code = net_ask(net->netfilter, msg, on_table, &r);
	nlmsg_free(msg);
	if (code == 0)
		code = dump(net, NFT_MSG_GETCHAIN, &r, on_chain);
	if (code == 0)
		code = dump(net, NFT_MSG_GETRULE, &r, on_rule);
	*out = (struct rules){
		.present = code == 0,
		.flags = r.flags,
		.marks = r.marks,
		.shape = r.shape,
	};
	return code;
}

/* The generation is read first: a change in between is found by the next
 * call. */
int
net_rules(struct net *net, const char *table, struct rules *out, struct err *e)
{
	uint32_t generation;
	int code;

	memset(out, 0, sizeof(*out));
	if (net_generation(net, &generation, e) != 0)
		return -1;
	if (!net->rules_known || net->rules_at != generation) {
		code = read_rules(net, table, &net->rules);
		net->rules_known = code == 0 || code == ENOENT;
		if (!net->rules_known)
			return net_fail(e, code, "cannot read the rules");
		net->rules_at = generation;
	}
	*out = net->rules;
	return 0;
}
