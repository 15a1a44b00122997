/* Sets of others: one dump of a table's sets, then one of the elements of
 * each. */
#include "config.h"

#include "core/kernel/bytecode.h"

#include <netinet/in.h> /* first: the kernel's headers give way to it */

#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "core/kernel/net_parts.h"

#define ELEMENTS_MAX 4096 /* more are a list of hosts, none of services */
#define ANSWERS_MAX 32 /* an answer of 32 KiB has 190 of the largest, or more */
/* The same in a container, whose root may have made any number of them. */
#define SETS_INSIDE_MAX 32
#define ANSWERS_INSIDE_MAX 4

struct reading {
	struct tables *tables;
	const struct rule_chain *of; /* any of its table */
	size_t first;		     /* of its sets */
	struct rule_set *set;	     /* whose elements are read */
};

static bool
add_field(struct rule_set *s, struct nlattr *field)
{
	uint32_t len = net_number(net_inside(field, NFTA_SET_FIELD_LEN));

	if (s->nfields == FIELDS_MAX || len == 0 || len > REGISTERS_LEN)
		return false;
	s->fields[s->nfields++] = (uint8_t)len;
	return true;
}

/* Whether the fields fill a key. */
static bool
read_fields(struct rule_set *s, struct nlattr *desc, uint32_t key_len)
{
	struct nlattr *fields = net_inside(desc, NFTA_SET_DESC_CONCAT), *a;
	unsigned k, sum = 0;
	int left;

	if (fields == NULL)
		return true;
	nla_for_each_nested (a, fields, left) {
		if (!add_field(s, a))
			return false;
	}
	for (k = 0; k < s->nfields; k++)
		sum += ROUND_UP(s->fields[k], REGISTER_LEN);
	return sum == key_len;
}

/* Whether elements consist of keys, ranges and verdicts only. */
static bool
is_plain(const struct rule_set *s, uint32_t flags)
{
	return (flags & (NFT_SET_TIMEOUT | NFT_SET_EVAL | NFT_SET_OBJECT |
			    NFT_SET_EXPR)) == 0 &&
	       (s->verdicts || (flags & NFT_SET_MAP) == 0);
}

static void
on_set(struct nlmsghdr *h, void *arg)
{
	static const struct nla_policy policy[NFTA_SET_MAX + 1] = {
		[NFTA_SET_NAME] = { .type = NLA_STRING },
	};
	struct reading *r = arg;
	struct tables *t = r->tables;
	struct nlattr *tb[NFTA_SET_MAX + 1];
	uint32_t flags, len;
	struct rule_set *s;

	if (net_parse(h, sizeof(struct nfgenmsg), tb, NFTA_SET_MAX, policy) ||
	    tb[NFTA_SET_NAME] == NULL)
		return;
	flags = net_number(tb[NFTA_SET_FLAGS]);
	len = net_number(tb[NFTA_SET_KEY_LEN]);
	t->sets = xgrow(t->sets, t->nsets, sizeof(*t->sets));
	s = &t->sets[t->nsets++];
	memset(s, 0, sizeof(*s));
	s->family = r->of->family;
	s->table = xstrdup(r->of->table);
	s->name = xstrdup(nla_data(tb[NFTA_SET_NAME]));
	s->verdicts = (flags & NFT_SET_MAP) != 0 &&
		      net_number(tb[NFTA_SET_DATA_TYPE]) == NFT_DATA_VERDICT;
	if (is_plain(s, flags) && len <= REGISTERS_LEN &&
	    read_fields(s, tb[NFTA_SET_DESC], len))
		s->len = (uint8_t)len;
	s->kind = (flags & NFT_SET_INTERVAL) == 0 ? SET_KEYS
		  : s->nfields > 0		  ? SET_RANGES
						  : SET_BOUNDS;
}

static void
restart_sets(void *arg)
{
	struct reading *r = arg;

	while (r->tables->nsets > r->first)
		rule_set_free(&r->tables->sets[--r->tables->nsets]);
}

static bool
add_element(const struct reading *r, struct nlattr *element)
{
	struct nlattr *key = net_inside(element, NFTA_SET_ELEM_KEY);
	struct nlattr *key_end = net_inside(element, NFTA_SET_ELEM_KEY_END);
	struct nlattr *data = net_inside(element, NFTA_SET_ELEM_DATA);
	uint32_t flags = net_number(net_inside(element, NFTA_SET_ELEM_FLAGS));
	struct rule_set *s = r->set;
	struct set_element e = { .end = (flags & NFT_SET_ELEM_INTERVAL_END) };

	key = net_inside(key, NFTA_DATA_VALUE);
	key_end = key_end != NULL ? net_inside(key_end, NFTA_DATA_VALUE) : key;
	data = net_inside(data, NFTA_DATA_VERDICT);
	if ((flags & ~(uint32_t)NFT_SET_ELEM_INTERVAL_END) != 0 ||
	    s->n == ELEMENTS_MAX || key == NULL || nla_len(key) != s->len ||
	    key_end == NULL || nla_len(key_end) != s->len ||
	    net_inside(element, NFTA_SET_ELEM_EXPR) != NULL ||
	    net_inside(element, NFTA_SET_ELEM_EXPRESSIONS) != NULL)
		return false;
	if (s->verdicts && !e.end &&
	    !net_verdict(r->tables, s->family, s->table, data, &e.verdict))
		return false;
	memcpy(e.key, nla_data(key), s->len);
	memcpy(e.key_end, nla_data(key_end), s->len);
	s->v = xgrow(s->v, s->n, sizeof(*s->v));
	s->v[s->n++] = e;
	return true;
}

/* Marks a set as unreadable: an element has more than a key and a verdict. */
static void
give_up(struct rule_set *s)
{
	free(s->v);
	s->v = NULL;
	s->n = 0;
	s->len = 0;
}

static void
on_elements(struct nlmsghdr *h, void *arg)
{
	struct reading *r = arg;
	struct nlattr *list = nlmsg_find_attr(
	    h, sizeof(struct nfgenmsg), NFTA_SET_ELEM_LIST_ELEMENTS);
	struct nlattr *a;
	int left;

	if (list == NULL)
		return;
	nla_for_each_nested (a, list, left) {
		if (r->set->len > 0 && !add_element(r, a))
			give_up(r->set);
	}
}

static void
restart_elements(void *arg)
{
	((struct reading *)arg)->set->n = 0;
}

static int
read_elements(struct net *net, struct reading *r)
{
	struct nl_msg *msg;
	bool cut;
	int code;

	if (net->peek_netfilter == NULL && net->bound == 0)
		net->peek_netfilter = net_socket(NETLINK_NETFILTER);
	if (net->peek_netfilter == NULL)
		return net->bound > 0 ? EFBIG : errno;
	msg = net_nft_request(NFT_MSG_GETSETELEM, r->set->family);
	nla_put_string(msg, NFTA_SET_ELEM_LIST_TABLE, r->set->table);
	nla_put_string(msg, NFTA_SET_ELEM_LIST_SET, r->set->name);
	code = net_dump_some(&net->peek_netfilter, msg, on_elements,
	    restart_elements, r,
	    net->bound > 0 ? ANSWERS_INSIDE_MAX : ANSWERS_MAX, &cut);
	nlmsg_free(msg);
	return cut ? EFBIG : code;
}

/* A set whose elements cannot be read, or that is gone, is unknown; the others
 * are still useful. */
int
net_rule_sets(struct net *net, struct tables *t, const struct rule_chain *any)
{
	struct reading r = { .tables = t, .of = any, .first = t->nsets };
	struct nl_msg *msg = net_nft_request(NFT_MSG_GETSET, any->family);
	size_t i;
	int code;

	nla_put_string(msg, NFTA_SET_TABLE, any->table);
	code = net_nft_dump(net, msg, on_set, restart_sets, &r);
	nlmsg_free(msg);
	for (i = r.first; code == 0 && i < t->nsets; i++) {
		r.set = &t->sets[i];
		if (r.set->len > 0 &&
		    ((net->bound > 0 && i - r.first >= SETS_INSIDE_MAX) ||
			read_elements(net, &r) != 0))
			give_up(r.set);
	}
	return code == ENOENT ? 0 : code;
}
