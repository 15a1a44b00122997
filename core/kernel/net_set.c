/* Digest of the elements of a table's named sets and maps. */
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

/* Sets that packets fill, or that time empties, and those within rules. */
#define NOT_WRITTEN (NFT_SET_ANONYMOUS | NFT_SET_TIMEOUT | NFT_SET_EVAL)

struct set {
	char name[NFT_SET_MAXNAMELEN];
};

struct sets {
	struct set *v;
	size_t n;
};

static void
on_set(struct nlmsghdr *h, void *arg)
{
	struct sets *sets = arg;
	struct nlattr *tb[NFTA_SET_MAX + 1];
	struct set *set;

	if (net_parse(h, sizeof(struct nfgenmsg), tb, NFTA_SET_MAX, NULL) ||
	    tb[NFTA_SET_NAME] == NULL)
		return;
	if ((net_number(tb[NFTA_SET_FLAGS]) & NOT_WRITTEN) != 0)
		return;
	sets->v = xgrow(sets->v, sets->n, sizeof(*sets->v));
	set = &sets->v[sets->n++];
	nla_strlcpy(set->name, tb[NFTA_SET_NAME], sizeof(set->name));
}

static void
restart_sets(void *arg)
{
	struct sets *sets = arg;

	sets->n = 0;
}

struct sum {
	const struct set *set;
	uint64_t digest;
	size_t n;
};

/* Elements come in any order, so their digests are summed. The name of an
 * element's counter is included, its value is not. */
static uint64_t
hash_element(uint64_t h, struct nlattr *element)
{
	static const int counts[] = { NFTA_SET_ELEM_KEY, NFTA_SET_ELEM_KEY_END,
		NFTA_SET_ELEM_DATA, NFTA_SET_ELEM_FLAGS, NFTA_SET_ELEM_OBJREF };
	struct nlattr *a;
	size_t i;

	for (i = 0; i < NITEMS(counts); i++) {
		a = nla_find(nla_data(element), nla_len(element), counts[i]);
		if (a != NULL)
			h = net_hash_attr(h, a);
	}
	return h;
}

static void
on_elements(struct nlmsghdr *h, void *arg)
{
	struct sum *sum = arg;
	struct nlattr *list, *element;
	int left;

	if (nlmsg_datalen(h) < (int)sizeof(struct nfgenmsg))
		return;
	list = nlmsg_find_attr(
	    h, sizeof(struct nfgenmsg), NFTA_SET_ELEM_LIST_ELEMENTS);
	if (list == NULL)
		return;
	nla_for_each_nested (element, list, left) {
		sum->digest += hash_element(
		    hash_text(HASH_START, sum->set->name), element);
		sum->n++;
	}
}

static void
restart_sum(void *arg)
{
	struct sum *sum = arg;

	sum->digest = 0;
	sum->n = 0;
}

static int
add_elements(struct net *net, const char *table, const struct set *set)
{
	struct sum sum = { .set = set };
	struct nl_msg *msg = net_nft_request(NFT_MSG_GETSETELEM, NFPROTO_INET);
	int code;

	nla_put_string(msg, NFTA_SET_ELEM_LIST_TABLE, table);
	nla_put_string(msg, NFTA_SET_ELEM_LIST_SET, set->name);
	code = net_dump(net->netfilter, msg, on_elements, restart_sum, &sum);
	nlmsg_free(msg);
	net->elements += hash_text(HASH_START, set->name) + sum.digest;
	net->element_count += sum.n;
	return code;
}

static int
read_elements(struct net *net, const char *table)
{
	struct sets sets = { 0 };
	struct nl_msg *msg = net_nft_request(NFT_MSG_GETSET, NFPROTO_INET);
	size_t i;
	int code;

	net->elements = 0;
	net->element_count = 0;
	nla_put_string(msg, NFTA_SET_TABLE, table);
	code = net_dump(net->netfilter, msg, on_set, restart_sets, &sets);
	nlmsg_free(msg);
	for (i = 0; i < sets.n && code == 0; i++)
		code = add_elements(net, table, &sets.v[i]);
	free(sets.v);
	return code;
}

/* The generation is read first: a change in between is read by the next
 * call. */
int
net_elements(
    struct net *net, const char *table, uint64_t *digest, struct err *e)
{
	uint32_t generation;
	int code;

	if (net_generation(net, &generation, e) != 0)
		return -1;
	if (!net->elements_known || net->elements_at != generation) {
		code = read_elements(net, table);
		if (code != 0 && code != ENOENT)
			return net_fail(e, code, "cannot read the rules");
		net->elements_known = true;
		net->elements_at = generation;
	}
	*digest = net->elements;
	return 0;
}

int
net_element_count(struct net *net, const char *table, size_t *n, struct err *e)
{
	uint64_t digest;
	int r = net_elements(net, table, &digest, e);

	*n = r == 0 ? net->element_count : 0;
	return r;
}
