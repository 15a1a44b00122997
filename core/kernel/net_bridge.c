/* Makes bridges, and deletes those that it made. */
#include "config.h"

#include "core/kernel/net_bridge.h"

#include <errno.h>
#include <net/if.h>

#include "core/base/intl.h"
#include "core/kernel/net_parts.h"

static struct nl_msg *
link_message(int type, int flags, const struct net_bridge *b, bool up)
{
	struct ifinfomsg head = { .ifi_index = b->index,
		.ifi_flags = up ? IFF_UP : 0,
		.ifi_change = type == RTM_NEWLINK ? IFF_UP : 0 };

	return net_message(type, flags, &head, sizeof(head));
}

static struct nl_msg *
make_message(const struct net_bridge *b)
{
	struct nl_msg *msg =
	    link_message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, b, true);
	struct nlattr *info;
	uint8_t mac[6];

	mac_bytes(b->mac, mac);
	nla_put_string(msg, IFLA_IFNAME, b->name);
	nla_put(msg, IFLA_ADDRESS, sizeof(mac), mac);
	info = nla_nest_start(msg, IFLA_LINKINFO);
	nla_put_string(msg, IFLA_INFO_KIND, "bridge");
	nla_nest_end(msg, info);
	return msg;
}

struct place {
	bool there; /* just that bridge */
	bool used;  /* and it has ports */
};

static struct place
look(struct net *net, const struct net_bridge *b)
{
	struct snapshot s = { 0 };
	struct place place = { 0 };
	const struct link *l;

	net_links(net, &s);
	l = snapshot_bridge_made(&s, b->index, b->mac);
	place.there = l != NULL;
	place.used = l != NULL && link_has_ports(&s, l);
	snapshot_free(&s);
	return place;
}

int
net_bridge_make(
    struct net *net, const struct net_bridge *b, bool *changed, struct err *e)
{
	const struct net_change change = {
		.index = b->index,
		.msg = make_message(b),
		.fmt = N_("cannot make the bridge %s"),
		.what = b->name,
	};
	int r = net_change(net, &change, changed, e);

	return r == 0 || look(net, b).there ? 0 : -1;
}

int
net_bridge_remove(
    struct net *net, const struct net_bridge *b, bool *changed, struct err *e)
{
	const struct place place = look(net, b);
	struct net_change change = {
		.index = b->index,
		.already = ENODEV,
		.fmt = N_("cannot delete the bridge %s"),
		.what = b->name,
	};

	if (changed != NULL)
		*changed = false;
	if (!place.there)
		return 0;
	if (place.used) {
		err_set(e, ERR_FAIL, "%s has ports, so it stays", b->name);
		return err_hint(e, "bridge link shows them");
	}
	change.msg = link_message(RTM_DELLINK, 0, b, false);
	return net_change(net, &change, changed, e);
}

int
net_bridge_set(struct net *net, const struct net_bridge *b, bool up,
    bool *changed, struct err *e)
{
	const struct net_change change = {
		.index = b->index,
		.msg = link_message(RTM_NEWLINK, 0, b, up),
		.already = up ? 0 : ENODEV,
		.fmt = N_("cannot set %s"),
		.what = b->name,
	};

	return net_change(net, &change, changed, e);
}
