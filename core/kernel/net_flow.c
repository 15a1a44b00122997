/* Connections as conntrack knows them. */
#include "config.h"

#include "core/kernel/net_flow.h"

#include <netinet/in.h> /* first: the kernel's headers give way to it */

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_conntrack_tcp.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/intl.h"
#include "core/kernel/net_parts.h"

#define COUNT "/proc/sys/net/netfilter/nf_conntrack_count"
#define MOST "/proc/sys/net/netfilter/nf_conntrack_max"
#define ACCOUNTING "/proc/sys/net/netfilter/nf_conntrack_acct"
#define TIMES "/proc/sys/net/netfilter/nf_conntrack_timestamp"
#define NS_PER_S 1000000000u
#define READ_MAX 256   /* datagrams of one turn */
#define STATUS_MASK 26 /* CTA_STATUS_MASK, which came with Linux 5.18 */

static void
read_addr(struct nlattr *a, uint8_t family, struct prefix *p)
{
	size_t len = family == AF_INET ? 4 : 16;

	if (a == NULL || (size_t)nla_len(a) != len)
		return;
	p->family = family;
	p->len = prefix_full(p);
	memcpy(p->bytes, nla_data(a), len);
}

static uint16_t
read_port(struct nlattr *a)
{
	return a != NULL && nla_len(a) == 2 ? ntohs(nla_get_u16(a)) : 0;
}

static void
read_icmp(
    struct nlattr *const proto[], int id, int type, int code, struct flow *f)
{
	if (proto[id] == NULL || proto[type] == NULL || proto[code] == NULL)
		return;
	f->icmp_id = ntohs(nla_get_u16(proto[id]));
	f->type = nla_get_u8(proto[type]);
	f->code = nla_get_u8(proto[code]);
}

static void
read_tuple(struct nlattr *tuple, struct flow *f, struct flow_way *way)
{
	struct nlattr *tb[CTA_TUPLE_MAX + 1], *ip[CTA_IP_MAX + 1];
	struct nlattr *proto[CTA_PROTO_MAX + 1];

	if (nla_parse_nested(tb, CTA_TUPLE_MAX, tuple, NULL) < 0 ||
	    tb[CTA_TUPLE_IP] == NULL || tb[CTA_TUPLE_PROTO] == NULL ||
	    nla_parse_nested(ip, CTA_IP_MAX, tb[CTA_TUPLE_IP], NULL) < 0 ||
	    nla_parse_nested(proto, CTA_PROTO_MAX, tb[CTA_TUPLE_PROTO], NULL) <
		0)
		return;
	read_addr(ip[CTA_IP_V4_SRC], AF_INET, &way->src);
	read_addr(ip[CTA_IP_V4_DST], AF_INET, &way->dst);
	read_addr(ip[CTA_IP_V6_SRC], AF_INET6, &way->src);
	read_addr(ip[CTA_IP_V6_DST], AF_INET6, &way->dst);
	if (proto[CTA_PROTO_NUM] != NULL)
		f->proto = nla_get_u8(proto[CTA_PROTO_NUM]);
	way->sport = read_port(proto[CTA_PROTO_SRC_PORT]);
	way->dport = read_port(proto[CTA_PROTO_DST_PORT]);
	if (way != &f->original)
		return;
	read_icmp(proto, CTA_PROTO_ICMP_ID, CTA_PROTO_ICMP_TYPE,
	    CTA_PROTO_ICMP_CODE, f);
	read_icmp(proto, CTA_PROTO_ICMPV6_ID, CTA_PROTO_ICMPV6_TYPE,
	    CTA_PROTO_ICMPV6_CODE, f);
}

/* The TCP state; TCP_CONNTRACK_NONE for other protocols. */
static unsigned
read_state(struct nlattr *info)
{
	struct nlattr *tb[CTA_PROTOINFO_MAX + 1];
	struct nlattr *tcp[CTA_PROTOINFO_TCP_MAX + 1];

	if (info == NULL ||
	    nla_parse_nested(tb, CTA_PROTOINFO_MAX, info, NULL) < 0 ||
	    tb[CTA_PROTOINFO_TCP] == NULL ||
	    nla_parse_nested(
		tcp, CTA_PROTOINFO_TCP_MAX, tb[CTA_PROTOINFO_TCP], NULL) < 0 ||
	    tcp[CTA_PROTOINFO_TCP_STATE] == NULL)
		return TCP_CONNTRACK_NONE;
	return nla_get_u8(tcp[CTA_PROTOINFO_TCP_STATE]);
}

static void
name_state(struct flow *f, unsigned state)
{
	static const char *const names[] = {
		[TCP_CONNTRACK_SYN_SENT] = "syn-sent",
		[TCP_CONNTRACK_SYN_RECV] = "syn-recv",
		[TCP_CONNTRACK_ESTABLISHED] = "established",
		[TCP_CONNTRACK_FIN_WAIT] = "fin-wait",
		[TCP_CONNTRACK_CLOSE_WAIT] = "close-wait",
		[TCP_CONNTRACK_LAST_ACK] = "last-ack",
		[TCP_CONNTRACK_TIME_WAIT] = "time-wait",
		[TCP_CONNTRACK_CLOSE] = "closed",
		[TCP_CONNTRACK_SYN_SENT2] = "syn-sent",
	};

	f->answered = state == TCP_CONNTRACK_ESTABLISHED;
	f->over =
	    state == TCP_CONNTRACK_TIME_WAIT || state == TCP_CONNTRACK_CLOSE;
	if (state < NITEMS(names) && names[state] != NULL)
		f->state = names[state];
	else
		f->state = f->replied ? N_("answered") : N_("unanswered");
}

static bool
read_count(struct nlattr *counters, struct flow_count *c)
{
	struct nlattr *tb[CTA_COUNTERS_MAX + 1];

	if (counters == NULL ||
	    nla_parse_nested(tb, CTA_COUNTERS_MAX, counters, NULL) < 0 ||
	    tb[CTA_COUNTERS_PACKETS] == NULL || tb[CTA_COUNTERS_BYTES] == NULL)
		return false;
	c->packets = be64toh(nla_get_u64(tb[CTA_COUNTERS_PACKETS]));
	c->bytes = be64toh(nla_get_u64(tb[CTA_COUNTERS_BYTES]));
	return true;
}

/* Seconds since the epoch; 0: the kernel did not note it. */
static int64_t
read_begin(struct nlattr *times)
{
	struct nlattr *tb[CTA_TIMESTAMP_MAX + 1];

	if (times == NULL ||
	    nla_parse_nested(tb, CTA_TIMESTAMP_MAX, times, NULL) < 0 ||
	    tb[CTA_TIMESTAMP_START] == NULL)
		return 0;
	return (
	    int64_t)(be64toh(nla_get_u64(tb[CTA_TIMESTAMP_START])) / NS_PER_S);
}

static bool
read_flow(struct nlmsghdr *h, struct flow *f)
{
	struct nlattr *tb[CTA_MAX + 1];
	uint32_t status = 0;

	memset(f, 0, sizeof(*f));
	if (net_parse(h, sizeof(struct nfgenmsg), tb, CTA_MAX, NULL) != 0 ||
	    tb[CTA_TUPLE_ORIG] == NULL || tb[CTA_ID] == NULL)
		return false;
	f->in_mean.rate = f->out_mean.rate = -1;
	f->id = ntohl(nla_get_u32(tb[CTA_ID]));
	f->fresh = (h->nlmsg_flags & NLM_F_CREATE) != 0;
	if (tb[CTA_STATUS] != NULL)
		status = ntohl(nla_get_u32(tb[CTA_STATUS]));
	f->translated = (status & IPS_DST_NAT) != 0;
	f->assured = (status & IPS_ASSURED) != 0;
	f->replied = (status & IPS_SEEN_REPLY) != 0;
	f->related = (status & IPS_EXPECTED) != 0;
	read_tuple(tb[CTA_TUPLE_ORIG], f, &f->original);
	if (tb[CTA_TUPLE_REPLY] != NULL)
		read_tuple(tb[CTA_TUPLE_REPLY], f, &f->reply);
	name_state(f, read_state(tb[CTA_PROTOINFO]));
	if (tb[CTA_TIMEOUT] != NULL)
		f->timeout = ntohl(nla_get_u32(tb[CTA_TIMEOUT]));
	if (tb[CTA_ZONE] != NULL)
		f->zone = ntohs(nla_get_u16(tb[CTA_ZONE]));
	f->began = read_begin(tb[CTA_TIMESTAMP]);
	f->counted = read_count(tb[CTA_COUNTERS_ORIG], &f->in) &&
		     read_count(tb[CTA_COUNTERS_REPLY], &f->out);
	return true;
}

/* Dumps */

struct reading {
	struct flow_list *out;
	flow_test *wanted;
	void *arg;
};

static void
on_flow(struct nlmsghdr *h, void *arg)
{
	const struct reading *r = arg;
	struct flow_list *out = r->out;

	out->v = xgrow(out->v, out->n, sizeof(*out->v));
	if (read_flow(h, &out->v[out->n]) && r->wanted(r->arg, &out->v[out->n]))
		out->n++;
}

static void
restart(void *arg)
{
	const struct reading *r = arg;

	flow_list_free(r->out);
}

static struct nl_msg *
request(enum cntl_msg_types type, uint8_t family)
{
	struct nfgenmsg head = {
		.nfgen_family = family,
		.version = NFNETLINK_V0,
	};

	return net_message(
	    NFNL_SUBSYS_CTNETLINK << 8 | type, 0, &head, sizeof(head));
}

static int
fail(struct err *e, int code, const char *what)
{
	/* conntrack's netlink interface is a module of its own. */
	return net_fail(e, code == EINVAL ? EOPNOTSUPP : code, "%s", _(what));
}

/* Kernels with STATUS_MASK filter by status: on a gateway most flows are not
 * translated. None filters by prefix. */
static struct nl_msg *
request_scope(const struct flow_scope *scope)
{
	struct nl_msg *msg = request(IPCTNL_MSG_CT_GET, scope->family);

	if (scope->nbeside > 0 || scope->nids > 0)
		return msg;
	nla_put_u32(msg, CTA_STATUS, htonl(IPS_DST_NAT));
	nla_put_u32(msg, STATUS_MASK, htonl(IPS_DST_NAT));
	return msg;
}

static bool
read_number(const char *path, unsigned *n)
{
	char *text = read_file(path, 64, NULL), *end = text;
	bool has;

	if (text != NULL)
		*n = (unsigned)strtoul(text, &end, 10);
	has = end != text;
	free(text);
	return has;
}

/* The kernel walks through the connections of all namespaces, also for one that
 * has none. */
static bool
has_none(void)
{
	unsigned n;

	return read_number(COUNT, &n) && n == 0;
}

/* Takes ownership of the request. */
static int
read_flows(
    struct net *net, struct nl_msg *msg, struct reading *r, struct err *e)
{
	struct nl_sock *sk = net_netfilter(net);
	int code = sk != NULL ? 0 : errno;

	memset(r->out, 0, sizeof(*r->out));
	if (sk != NULL && !has_none())
		code = net_dump(sk, msg, on_flow, restart, r);
	nlmsg_free(msg);
	if (sk == NULL)
		return net_fail(e, code, "cannot talk to conntrack");
	if (code == 0)
		return 0;
	flow_list_free(r->out);
	return fail(e, code, N_("cannot read the connections"));
}

static int
id_compare(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static bool
is_in_scope(void *arg, const struct flow *f)
{
	const struct flow_scope *scope = arg;
	size_t i = 0;

	if (f->translated)
		return true;
	while (i < scope->nbeside &&
	       !prefix_holds(&scope->beside[i], &f->original.dst))
		i++;
	return i < scope->nbeside ||
	       (scope->nids > 0 &&
		   bsearch(&f->id, scope->ids, scope->nids, sizeof(*scope->ids),
		       id_compare) != NULL);
}

void
flow_scope_free(struct flow_scope *scope)
{
	free(scope->beside);
	free(scope->ids);
	memset(scope, 0, sizeof(*scope));
}

int
net_flows(struct net *net, const struct flow_scope *scope,
    struct flow_list *out, struct err *e)
{
	struct flow_scope by = *scope;
	struct reading r = { .out = out, .wanted = is_in_scope, .arg = &by };

	return read_flows(net, request_scope(scope), &r, e);
}

int
net_flows_chosen(struct net *net, uint8_t family, flow_test *wanted, void *arg,
    struct flow_list *out, struct err *e)
{
	struct reading r = { .out = out, .wanted = wanted, .arg = arg };

	return read_flows(net, request(IPCTNL_MSG_CT_GET, family), &r, e);
}

struct flow_reading {
	struct reading r;
	struct flow_scope scope;
	struct flow_list flows;
	struct net_slices *slices;
};

struct flow_reading *
flow_reading_begin(struct flow_scope scope, struct err *e)
{
	struct flow_reading *f = xcalloc(1, sizeof(*f));
	struct nl_msg *msg = request_scope(&scope);
	int code;

	f->scope = scope;
	f->r = (struct reading){
		.out = &f->flows, .wanted = is_in_scope, .arg = &f->scope
	};
	f->slices =
	    net_slices_begin(NETLINK_NETFILTER, msg, on_flow, &f->r, &code);
	nlmsg_free(msg);
	if (f->slices != NULL)
		return f;
	flow_reading_end(f);
	fail(e, code, N_("cannot read the connections"));
	return NULL;
}

int
flow_reading_more(struct flow_reading *f, struct err *e)
{
	int code = net_slices_more(f->slices);

	if (code <= 0)
		return code == 0 ? 0 : 1;
	return fail(e, code, N_("cannot read the connections"));
}

struct flow_list
flow_reading_take(struct flow_reading *f)
{
	struct flow_list all = f->flows;

	memset(&f->flows, 0, sizeof(f->flows));
	return all;
}

void
flow_reading_end(struct flow_reading *f)
{
	if (f == NULL)
		return;
	net_slices_end(f->slices);
	flow_list_free(&f->flows);
	flow_scope_free(&f->scope);
	free(f);
}

bool
net_flows_room(unsigned *used, unsigned *max)
{
	return read_number(COUNT, used) && read_number(MOST, max);
}

bool
net_flows_counted(void)
{
	char *text = read_file(ACCOUNTING, 64, NULL);
	bool counted = text != NULL && text[0] == '1';

	free(text);
	return counted;
}

static int
turn(const char *path, bool on)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), saved;
	bool done = fd != -1 && write(fd, on ? "1\n" : "0\n", 2) == 2;

	saved = errno;
	if (fd != -1)
		close(fd);
	errno = saved;
	return done ? 0 : -1;
}

/* A kernel may lack timestamps. */
int
net_flows_count(bool on)
{
	turn(TIMES, on);
	return turn(ACCOUNTING, on);
}

static void
put_addrs(struct nl_msg *msg, const struct flow_way *way)
{
	bool ipv4 = way->src.family == AF_INET;
	struct nlattr *part = nla_nest_start(msg, CTA_TUPLE_IP);
	int len = prefix_full(&way->src) / 8;

	nla_put(msg, ipv4 ? CTA_IP_V4_SRC : CTA_IP_V6_SRC, len, way->src.bytes);
	nla_put(msg, ipv4 ? CTA_IP_V4_DST : CTA_IP_V6_DST, len, way->dst.bytes);
	nla_nest_end(msg, part);
}

static void
put_icmp(struct nl_msg *msg, const struct flow *f)
{
	bool ipv4 = f->proto == IPPROTO_ICMP;

	nla_put_u16(msg, ipv4 ? CTA_PROTO_ICMP_ID : CTA_PROTO_ICMPV6_ID,
	    htons(f->icmp_id));
	nla_put_u8(
	    msg, ipv4 ? CTA_PROTO_ICMP_TYPE : CTA_PROTO_ICMPV6_TYPE, f->type);
	nla_put_u8(
	    msg, ipv4 ? CTA_PROTO_ICMP_CODE : CTA_PROTO_ICMPV6_CODE, f->code);
}

static void
put_tuple(struct nl_msg *msg, const struct flow *f)
{
	const struct flow_way *way = &f->original;
	struct nlattr *tuple = nla_nest_start(msg, CTA_TUPLE_ORIG), *part;

	put_addrs(msg, way);
	part = nla_nest_start(msg, CTA_TUPLE_PROTO);
	nla_put_u8(msg, CTA_PROTO_NUM, f->proto);
	if (flow_is_icmp(f)) {
		put_icmp(msg, f);
	} else {
		nla_put_u16(msg, CTA_PROTO_SRC_PORT, htons(way->sport));
		nla_put_u16(msg, CTA_PROTO_DST_PORT, htons(way->dport));
	}
	nla_nest_end(msg, part);
	nla_nest_end(msg, tuple);
}

int
net_flow_delete(
    struct net *net, const struct flow *f, bool *changed, struct err *e)
{
	struct nl_sock *sk = net_netfilter(net);
	struct nl_msg *msg;
	int code;

	if (sk == NULL)
		return net_fail(e, errno, "cannot talk to conntrack");
	msg = request(IPCTNL_MSG_CT_DELETE, f->original.src.family);
	/* A request without a tuple would delete all flows. */
	put_tuple(msg, f);
	nla_put_u32(msg, CTA_ID, htonl(f->id));
	if (f->zone != 0)
		nla_put_u16(msg, CTA_ZONE, htons(f->zone));
	code = net_ask(sk, msg, NULL, NULL);
	nlmsg_free(msg);
	if (changed != NULL)
		*changed = code == 0;
	return code == 0 || code == ENOENT
		   ? 0
		   : fail(e, code, N_("cannot end a connection"));
}

/* Events */

struct flows {
	struct nl_sock *events;
};

struct flows *
flows_open(struct err *e)
{
	static const int groups[] = { NFNLGRP_CONNTRACK_NEW,
		NFNLGRP_CONNTRACK_UPDATE };
	struct flows *f = xcalloc(1, sizeof(*f));

	f->events = net_listen(NETLINK_NETFILTER, groups, NITEMS(groups));
	if (f->events != NULL)
		return f;
	err_sys(e, ERR_FAIL, "cannot listen to new connections");
	flows_close(f);
	return NULL;
}

void
flows_close(struct flows *f)
{
	if (f != NULL && f->events != NULL)
		nl_socket_free(f->events);
	free(f);
}

int
flows_fd(const struct flows *f)
{
	return nl_socket_get_fd(f->events);
}

struct flow_listener {
	void (*fn)(void *arg, const struct flow *);
	void *arg;
};

static void
on_flow_event(struct nlmsghdr *h, void *arg)
{
	const struct flow_listener *l = arg;
	struct flow flow;

	if (read_flow(h, &flow))
		l->fn(l->arg, &flow);
}

/* Lost events are harmless: more will come. When connections pour in, the loop
 * still has its turn. */
void
flows_read(
    struct flows *f, void (*fn)(void *arg, const struct flow *), void *arg)
{
	struct flow_listener l = { fn, arg };
	int turns, code = 0;

	for (turns = 0; turns < READ_MAX && (code == 0 || code == ENOBUFS);
	     turns++)
		code = net_hear(f->events, on_flow_event, &l);
}
