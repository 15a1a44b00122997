/* Links of throw-away hosts. */
#include "config.h"

#include "core/lab/lab_link.h"

#include <linux/if_bridge.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdlib.h>

#include "core/base/loop.h"
#include "core/base/util.h"
#include "core/kernel/net_make.h"

#define LINKS_MS 5000

static int
link_index(const char *name, int *index, struct err *e)
{
	*index = (int)if_nametoindex(name);
	if (*index == 0)
		return err_sys(e, ERR_FAIL, "the lab lost its link %s", name);
	return 0;
}

int
lab_link_up(
    struct net *net, const char *link, const char *master, struct err *e)
{
	char *path = xasprintf("conf/%s/accept_dad", link);
	int status = net_sysctl_set(path, 0, e);

	free(path);
	return status == 0 ? net_link_set(net, link, true, master, e) : -1;
}

int
lab_add_address(
    struct net *net, const char *link, const char *address, struct err *e)
{
	struct address a = { .valid = UINT32_MAX, .preferred = UINT32_MAX };

	if (prefix_parse(&a.prefix, address) == -1)
		return err_set(e, ERR_FAIL, "%s is no address", address);
	if (link_index(link, &a.index, e) == -1)
		return -1;
	return net_address_add(net, NULL, &a, NULL, e);
}

/* Not marked as seki's: the provider's image has configured these. */
int
lab_add_default(
    struct net *net, const char *link, const char *gateway, struct err *e)
{
	struct route route = { .protocol = RTPROT_BOOT, .metric = 1024 };

	if (link_index(link, &route.index, e) == -1)
		return -1;
	if (prefix_parse(&route.gateway, gateway) == -1)
		return err_set(e, ERR_FAIL, "%s is no address", gateway);
	return net_route_add(net, NULL, &route, NULL, e);
}

static bool
carries(const struct link *l)
{
	return !l->up ||
	       (l->running &&
		   (!l->is_port || l->port_state == BR_STATE_FORWARDING));
}

/* 1: all of them do, or else 0. */
static int
all_carry(struct net *net, struct err *e)
{
	struct snapshot s = { 0 };
	const struct link *l;
	int r = net_read(net, &s, e);

	for (l = s.links; l < END_OF(s.links, s.nlinks) && carries(l);)
		l++;
	if (r == 0)
		r = l == END_OF(s.links, s.nlinks);
	snapshot_free(&s);
	return r;
}

int
lab_await_links(struct net *net, struct err *e)
{
	uint64_t until = now_ms() + LINKS_MS, now;
	int r = all_carry(net, e);

	for (now = now_ms(); r == 0 && now < until; now = now_ms()) {
		loop_wait_fd(net_fd(net), (unsigned)(until - now));
		net_ready(net);
		r = all_carry(net, e);
	}
	if (r == 0)
		err_set(e, ERR_FAIL, "a link of the lab carries no packets");
	return r == 1 ? 0 : -1;
}
