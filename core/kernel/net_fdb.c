/* What a bridge knows of the MACs behind its ports. */
#include "config.h"

#include "core/kernel/net_fdb.h"

#include <linux/neighbour.h>
#include <string.h>

#include "core/kernel/net_parts.h"

struct search {
	int port;
	const uint8_t *mac;
	enum station found;
};

/* A MAC that a locked port only noted gets nothing through (MAB). */
#define NOTED_ONLY (1 << 1) /* NTF_EXT_LOCKED, which older headers lack */
#define FLAGS 15	    /* NDA_FLAGS_EXT, likewise */

/* The bridge's own MACs are permanent, and nobody may send from these. */
static enum station
station_of(const struct ndmsg *head, struct nlattr **tb)
{
	bool given = (head->ndm_state & NUD_NOARP) != 0;

	if ((head->ndm_state & NUD_PERMANENT) != 0 ||
	    (tb[FLAGS] != NULL && (nla_get_u32(tb[FLAGS]) & NOTED_ONLY) != 0))
		return STATION_STRANGE;
	return given ? STATION_GIVEN : STATION_LEARNT;
}

static void
on_entry(struct nlmsghdr *h, void *arg)
{
	static const struct nla_policy policy[FLAGS + 1] = {
		[NDA_LLADDR] = { .minlen = 6, .maxlen = 6 },
		[FLAGS] = { .type = NLA_U32 },
	};
	const struct ndmsg *head = nlmsg_data(h);
	struct nlattr *tb[FLAGS + 1];
	struct search *s = arg;
	enum station station;

	if (h->nlmsg_type != RTM_NEWNEIGH ||
	    net_parse(h, sizeof(*head), tb, FLAGS, policy) != 0 ||
	    head->ndm_ifindex != s->port || tb[NDA_LLADDR] == NULL ||
	    memcmp(nla_data(tb[NDA_LLADDR]), s->mac, 6) != 0)
		return;
	station = station_of(head, tb);
	if (station > s->found)
		s->found = station;
}

static void
restart(void *arg)
{
	((struct search *)arg)->found = STATION_STRANGE;
}

/* A single entry is only told for a VLAN of which one knows. */
enum station
net_station(struct net *net, int port, const uint8_t mac[6])
{
	struct search s = { port, mac, STATION_STRANGE };
	struct ndmsg head = { .ndm_family = AF_BRIDGE };
	struct nl_msg *msg = net_message(RTM_GETNEIGH, 0, &head, sizeof(head));

	net_dump(net->talk, msg, on_entry, restart, &s);
	nlmsg_free(msg);
	return s.found;
}
