/* Rules and routes that lead nowhere, for somebody who is to remove them. */
#include "config.h"

#include <linux/fib_rules.h>
#include <string.h>

#include "core/kernel/net_blame.h"
#include "core/kernel/net_parts.h"

struct packet {
	const struct prefix *from, *to;
	const char *link; /* that it comes by; NULL: not known */
};

/* The first rule that refuses it, or the narrowest route. */
struct guilty {
	const struct packet *packet;
	bool found;
	uint32_t priority;
	struct prefix to;
	const char *word; /* the kind of a route, as ip(8) has it */
};

/* An empty prefix holds all. */
static bool
holds(struct nlattr *a, uint8_t len, const struct prefix *addr)
{
	struct prefix p = { 0 };

	if (len == 0 || a == NULL)
		return len == 0;
	net_take_address(nla_data(a), nla_len(a), &p);
	p.len = len;
	return p.family == addr->family && prefix_holds(&p, addr);
}

static bool
refuses(
    const struct fib_rule_hdr *head, struct nlattr **tb, const struct packet *p)
{
	if (head->action != FR_ACT_BLACKHOLE &&
	    head->action != FR_ACT_UNREACHABLE &&
	    head->action != FR_ACT_PROHIBIT)
		return false;
	if (tb[FRA_IIFNAME] != NULL &&
	    (p->link == NULL || nla_strcmp(tb[FRA_IIFNAME], p->link) != 0))
		return false;
	return tb[FRA_FWMARK] == NULL && tb[FRA_OIFNAME] == NULL &&
	       (head->flags & FIB_RULE_INVERT) == 0 &&
	       holds(tb[FRA_SRC], head->src_len, p->from) &&
	       holds(tb[FRA_DST], head->dst_len, p->to);
}

static void
on_rule(struct nlmsghdr *h, void *arg)
{
	static const struct nla_policy policy[FRA_MAX + 1] = {
		[FRA_PRIORITY] = { .type = NLA_U32 },
		[FRA_IIFNAME] = { .type = NLA_STRING },
	};
	const struct fib_rule_hdr *head = nlmsg_data(h);
	struct nlattr *tb[FRA_MAX + 1];
	struct guilty *g = arg;

	if (h->nlmsg_type != RTM_NEWRULE || g->found ||
	    net_parse(h, sizeof(*head), tb, FRA_MAX, policy) != 0 ||
	    tb[FRA_PRIORITY] == NULL || !refuses(head, tb, g->packet))
		return;
	g->found = true;
	g->priority = nla_get_u32(tb[FRA_PRIORITY]);
}

static const char *
word_of(unsigned type)
{
	static const struct {
		unsigned type;
		const char *word;
	} words[] = {
		{ RTN_BLACKHOLE, "blackhole" },
		{ RTN_UNREACHABLE, "unreachable" },
		{ RTN_PROHIBIT, "prohibit" },
	};
	size_t i;

	for (i = 0; i < NITEMS(words); i++)
		if (words[i].type == type)
			return words[i].word;
	return NULL;
}

static void
on_route(struct nlmsghdr *h, void *arg)
{
	const struct rtmsg *head = nlmsg_data(h);
	struct guilty *g = arg;
	struct nlattr *tb[RTA_MAX + 1];
	const char *word;

	if (h->nlmsg_type != RTM_NEWROUTE ||
	    net_parse(h, sizeof(*head), tb, RTA_MAX, NULL) != 0 ||
	    head->rtm_table != RT_TABLE_MAIN)
		return;
	word = word_of(head->rtm_type);
	if (word == NULL ||
	    !holds(tb[RTA_DST], head->rtm_dst_len, g->packet->to) ||
	    (g->found && head->rtm_dst_len < g->to.len))
		return;
	g->found = true;
	g->word = word;
	memset(&g->to, 0, sizeof(g->to));
	if (tb[RTA_DST] != NULL)
		net_take_address(
		    nla_data(tb[RTA_DST]), nla_len(tb[RTA_DST]), &g->to);
	g->to.len = head->rtm_dst_len;
}

static void
restart(void *arg)
{
	((struct guilty *)arg)->found = false;
}

static void
look(struct net *net, int type, uint8_t family, net_each_fn *each,
    struct guilty *g)
{
	struct rtmsg head = { .rtm_family = family };
	struct nl_msg *msg = net_message(type, 0, &head, sizeof(head));

	net_dump(net->talk, msg, each, restart, g);
	nlmsg_free(msg);
}

static void
on_sorting(struct nlmsghdr *h, void *arg)
{
	struct nlattr *tb[FRA_MAX + 1];

	if (h->nlmsg_type == RTM_NEWRULE &&
	    net_parse(h, sizeof(struct fib_rule_hdr), tb, FRA_MAX, NULL) == 0 &&
	    (tb[FRA_IP_PROTO] != NULL || tb[FRA_SPORT_RANGE] != NULL ||
		tb[FRA_DPORT_RANGE] != NULL))
		*(bool *)arg = true;
}

static void
forget_sorting(void *arg)
{
	*(bool *)arg = false;
}

bool
net_rules_sort(struct net *net, enum family family)
{
	struct rtmsg head = { .rtm_family = family_numbers[family] };
	struct nl_msg *msg = net_message(RTM_GETRULE, 0, &head, sizeof(head));
	bool sort = false;

	net_dump(net->talk, msg, on_sorting, forget_sorting, &sort);
	nlmsg_free(msg);
	return sort;
}

void
net_blame(struct net *net, const struct prefix *from, const struct prefix *to,
    const char *link, struct buf *b)
{
	const struct packet packet = { from, to, link };
	struct guilty rule = { .packet = &packet };
	struct guilty route = { .packet = &packet };
	char version = to->family == AF_INET ? '4' : '6';

	look(net, RTM_GETRULE, to->family, on_rule, &rule);
	if (rule.found) {
		buf_printf(b, "ip -%c rule del pref %u", version,
		    (unsigned)rule.priority);
		return;
	}
	look(net, RTM_GETROUTE, to->family, on_route, &route);
	if (!route.found)
		return;
	buf_printf(b, "ip -%c route del %s ", version, route.word);
	if (route.to.len > 0)
		prefix_print(&route.to, b);
	else
		buf_add(b, "default");
}
