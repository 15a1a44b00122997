/* Named nftables counters: one netlink dump, or some by their names. */
#include "config.h"

#include <netinet/in.h> /* first: the kernel's headers give way to it */

#include <endian.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "core/kernel/net_parts.h"

/* What is left of attributes. Thousands of counters have seven each, and four
 * calls of libnl for one attribute took as long as the kernel's part. */
struct walk {
	const char *at;
	size_t left;
};

/* NULL: there is no other that is whole. */
static const struct nlattr *
next(struct walk *w)
{
	const struct nlattr *a = (const void *)w->at;
	size_t n;

	if (w->left < sizeof(*a) || a->nla_len < sizeof(*a) ||
	    a->nla_len > w->left)
		return NULL;
	n = NLA_ALIGN((size_t)a->nla_len);
	n = n < w->left ? n : w->left;
	w->at += n;
	w->left -= n;
	return a;
}

static const char *
inside(const struct nlattr *a, size_t *n)
{
	*n = a->nla_len - (size_t)NLA_HDRLEN;
	return (const char *)a + NLA_HDRLEN;
}

static unsigned
type_of(const struct nlattr *a)
{
	return a->nla_type & NLA_TYPE_MASK;
}

static void
parse_number(const struct nlattr *a, uint64_t *n)
{
	size_t len;
	const char *data = inside(a, &len);

	if (len == sizeof(*n)) {
		memcpy(n, data, sizeof(*n));
		*n = be64toh(*n);
	}
}

static void
parse_data(const struct nlattr *data, struct counter *c)
{
	const struct nlattr *a;
	struct walk w;

	w.at = inside(data, &w.left);
	while ((a = next(&w)) != NULL)
		if (type_of(a) == NFTA_COUNTER_BYTES)
			parse_number(a, &c->bytes);
		else if (type_of(a) == NFTA_COUNTER_PACKETS)
			parse_number(a, &c->packets);
}

static void
parse_name(const struct nlattr *a, struct counter *c)
{
	size_t n;
	const char *data = inside(a, &n);

	if (n > 0 && data[n - 1] == '\0')
		c->name = data;
}

/* Parses one counter; the name is borrowed. */
static bool
parse(const struct nlmsghdr *h, struct counter *c)
{
	const size_t head = NLMSG_SPACE(sizeof(struct nfgenmsg));
	const struct nlattr *a;
	struct walk w;

	*c = (struct counter){ 0 };
	if (h->nlmsg_len < head)
		return false;
	w = (struct walk){ (const char *)h + head, h->nlmsg_len - head };
	while ((a = next(&w)) != NULL)
		if (type_of(a) == NFTA_OBJ_NAME)
			parse_name(a, c);
		else if (type_of(a) == NFTA_OBJ_DATA)
			parse_data(a, c);
	return c->name != NULL;
}

void
counters_free(struct counters *c)
{
	free(c->v);
	free(c->names);
	free(c->by_dump);
	free(c->was);
	*c = (struct counters){ .version = c->version + (c->n > 0) };
}

static struct nl_msg *
request(const char *table)
{
	struct nl_msg *msg = net_nft_request(NFT_MSG_GETOBJ, NFPROTO_INET);

	nla_put_string(msg, NFTA_OBJ_TABLE, table);
	nla_put_u32(msg, NFTA_OBJ_TYPE, htobe32(NFT_OBJECT_COUNTER));
	return msg;
}

static int
dump(struct net *net, const char *table, net_each_fn *each,
    void (*restart)(void *), void *arg)
{
	struct nl_msg *msg = request(table);
	int code;

	code = net_dump(net->netfilter, msg, each, restart, arg);
	nlmsg_free(msg);
	return code;
}

/* Updating known counters */

struct update {
	struct counters *c;
	uint64_t time;
	size_t at; /* in the dump */
	bool same;
};

static void
set(struct counter *c, const struct counter *now, uint64_t time)
{
	c->bytes = now->bytes;
	c->packets = now->packets;
	c->read = time;
}

static void
on_known(struct nlmsghdr *h, void *arg)
{
	struct update *u = arg;
	struct counter now, *c;

	if (!u->same || !parse(h, &now))
		return;
	c = u->at < u->c->n ? &u->c->v[u->c->by_dump[u->at++]] : NULL;
	u->same = c != NULL && strcmp(c->name, now.name) == 0;
	if (u->same)
		set(c, &now, u->time);
}

static void
restart_update(void *arg)
{
	struct update *u = arg;

	u->at = 0;
	u->same = true;
}

/* False when the kernel has others, or an error for who asks again. */
static bool
update(struct net *net, const char *table, struct counters *c)
{
	struct update u = { c, now_ms(), 0, true };

	return c->n > 0 &&
	       dump(net, table, on_known, restart_update, &u) == 0 && u.same &&
	       u.at == c->n;
}

/* Reading some by name */

static void
on_named(struct nlmsghdr *h, void *arg)
{
	struct update *u = arg;
	struct counter now, *c;

	if (!parse(h, &now))
		return;
	c = (struct counter *)(uintptr_t)counters_find(u->c, now.name);
	if (c != NULL)
		set(c, &now, u->time);
}

static int
ask_for(struct net *net, const char *table, const size_t *places, size_t n,
    struct update *u)
{
	struct nl_msg *msgs[NET_ASK_MAX] = { NULL };
	size_t i;
	int code;

	for (i = 0; i < n; i++) {
		msgs[i] = request(table);
		nla_put_string(msgs[i], NFTA_OBJ_NAME, u->c->v[places[i]].name);
	}
	code = net_ask_all(net->netfilter, msgs, n, on_named, u);
	for (i = 0; i < n; i++)
		nlmsg_free(msgs[i]);
	return code;
}

int
net_counters_at(struct net *net, const char *table, struct counters *c,
    const size_t *places, size_t n, struct err *e)
{
	struct update u = { .c = c, .time = now_ms() };
	size_t i, some;
	int code = 0;

	if (net_nft_need(net, e) != 0)
		return -1;
	for (i = 0; i < n && code == 0; i += some) {
		some = n - i < NET_ASK_MAX ? n - i : NET_ASK_MAX;
		code = ask_for(net, table, places + i, some, &u);
	}
	return code == 0 ? 0 : net_fail(e, code, "cannot read the counters");
}

/* Reading all of them anew */

struct listing {
	struct counters c;
	struct buf names; /* each with its NUL */
};

static void
on_counter(struct nlmsghdr *h, void *arg)
{
	struct listing *l = arg;
	struct counters *c = &l->c;
	struct counter now;

	if (!parse(h, &now))
		return;
	buf_add_n(&l->names, now.name, strlen(now.name) + 1);
	c->v = xgrow(c->v, c->n, sizeof(*c->v));
	c->v[c->n] = now;
	c->v[c->n].read = now_ms();
	c->n++;
}

static void
restart(void *arg)
{
	struct listing *l = arg;

	l->c.n = 0;
	buf_reset(&l->names);
}

/* They moved while they became more. */
static void
place_names(struct listing *l)
{
	const char *name;
	size_t i;

	name = l->c.names = buf_take(&l->names);
	for (i = 0; i < l->c.n; i++, name += strlen(name) + 1)
		l->c.v[i].name = name;
}

static int
by_name(const void *a, const void *b)
{
	const struct counter *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static int
by_name_dumped(const void *a, const void *b, void *arg)
{
	const uint32_t *x = a, *y = b;
	const struct counter *v = arg;

	return strcmp(v[*x].name, v[*y].name);
}

static void
sort(struct counters *c)
{
	struct counter *v = xcalloc(c->n, sizeof(*v));
	uint32_t *dumped = xcalloc(c->n, sizeof(*dumped)), i;

	for (i = 0; i < c->n; i++)
		dumped[i] = i;
	qsort_r(dumped, c->n, sizeof(*dumped), by_name_dumped, c->v);
	c->by_dump = xcalloc(c->n, sizeof(*c->by_dump));
	for (i = 0; i < c->n; i++) {
		v[i] = c->v[dumped[i]];
		c->by_dump[dumped[i]] = i;
	}
	free(dumped);
	free(c->v);
	c->v = v;
}

/* Both are sorted. */
static void
find_again(struct counters *c, const struct counters *old)
{
	size_t i, at = 0;
	int d = 1;

	c->was = xcalloc(c->n, sizeof(*c->was));
	for (i = 0; i < c->n; i++) {
		while (at < old->n &&
		       (d = strcmp(old->v[at].name, c->v[i].name)) < 0)
			at++;
		if (at < old->n && d == 0)
			c->was[i] = (uint32_t)at + 1;
	}
}

static void
replace(struct counters *old, struct listing *l)
{
	struct counters *c = &l->c;

	place_names(l);
	sort(c);
	find_again(c, old);
	c->version = old->version + (old->n > 0 || c->n > 0);
	counters_free(old);
	*old = *c;
}

int
net_counters(
    struct net *net, const char *table, struct counters *c, struct err *e)
{
	struct listing fresh = { 0 };
	int code;

	if (net_nft_need(net, e) != 0)
		return -1;
	if (update(net, table, c))
		return 0;
	code = dump(net, table, on_counter, restart, &fresh);
	if (code == 0 || code == ENOENT) {
		replace(c, &fresh);
		return 0;
	}
	counters_free(&fresh.c);
	buf_free(&fresh.names);
	counters_free(c);
	return net_fail(e, code, "cannot read the counters");
}

const struct counter *
counters_find(const struct counters *c, const char *name)
{
	const struct counter key = { .name = name };

	if (c->n == 0)
		return NULL;
	return bsearch(&key, c->v, c->n, sizeof(*c->v), by_name);
}
