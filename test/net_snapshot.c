/* All fields of all rows of a snapshot, of a host that is made for it in
 * namespaces of our own. */
#include "config.h"

#include <linux/if_addr.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/kernel/net.h"

#include "lib/guest.h"

#define SILENCE_MS 1500 /* ms: what comes of itself takes up to a second */

/* Guests by the last digit of what belongs to them. */
enum { WEB, DB, POD, BARE, GUESTS };
static pid_t guests[GUESTS];

/* ---- as text */

static void
tell_mac(struct buf *b, bool has, const uint8_t mac[6])
{
	if (has)
		buf_printf(b, " %02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1],
		    mac[2], mac[3], mac[4], mac[5]);
}

static void
tell_prefix(struct buf *b, const char *before, const struct prefix *p)
{
	char text[ADDR_TEXT_MAX];

	if (p->family != AF_UNSPEC)
		buf_printf(b, "%s%s", before, prefix_text(p, text));
}

static void
tell_link(struct buf *b, const struct link *l)
{
	size_t i;

	buf_printf(b, "%d %s %s", l->index, l->name, l->kind);
	tell_mac(b, l->has_mac, l->mac);
	buf_printf(
	    b, "%s%s %u", l->up ? " up" : "", l->running ? " on" : "", l->mtu);
	if (l->master != 0)
		buf_printf(b, " of %d", l->master);
	if (l->peer_index != 0)
		buf_printf(b, " to %d%s", l->peer_index,
		    l->peer_nsid == NSID_SELF ? "" : " away");
	for (i = 0; l->has_conf && i < CONF_COUNT; i++)
		buf_printf(b, "%s%d", i == 0 ? " conf " : ",", l->conf[i]);
	if (l->is_port)
		buf_printf(b, " port %d", l->port_state);
	if (l->bridge_id[0] != 0)
		buf_printf(b, " id %02x%02x %02x", l->bridge_id[0],
		    l->bridge_id[1], l->bridge_id[7]);
	buf_add(b, l->stp ? " stp\n" : "\n");
}

static const char *
where(const struct snapshot *s, int nsid)
{
	size_t i;

	if (nsid == NSID_SELF)
		return "here";
	for (i = 0; i < s->ncontainers; i++)
		if (s->containers[i].nsid == nsid)
			return s->containers[i].name;
	return "nowhere";
}

/* Seconds left, of which some may be gone by now. */
static unsigned
in_tens(uint32_t seconds)
{
	return (seconds + 9) / 10 * 10;
}

static void
tell_address(struct buf *b, const struct snapshot *s, const struct address *a)
{
	buf_printf(b, "%s %d", where(s, a->nsid), a->index);
	tell_prefix(b, " ", &a->prefix);
	buf_printf(b, " scope %d flags %x", a->scope, a->flags);
	if (a->valid != UINT32_MAX)
		buf_printf(b, " for %u", in_tens(a->valid));
	if (a->preferred != UINT32_MAX)
		buf_printf(b, " preferred %u", in_tens(a->preferred));
	if (a->proto != 0)
		buf_printf(b, " proto %d", a->proto);
}

static void
tell_route(struct buf *b, const struct route *r)
{
	if (r->to.family == AF_UNSPEC)
		buf_add(b, "default");
	tell_prefix(b, "", &r->to);
	tell_prefix(b, " via ", &r->gateway);
	buf_printf(
	    b, " dev %d%s%s", r->index, r->dev[0] != '\0' ? " " : "", r->dev);
	tell_prefix(b, " src ", &r->source);
	buf_printf(b, " proto %d metric %u", r->protocol, r->metric);
	if (r->expires != 0)
		buf_printf(b, " for %u", in_tens(r->expires));
}

/* Which of several names opens it is not said. */
static bool
is_named(const struct container *c)
{
	static const char names[] = "/run/netns/";
	size_t i;

	for (i = 0; i < c->nnames; i++)
		if (strncmp(c->netns, names, strlen(names)) == 0 &&
		    strcmp(c->netns + strlen(names), c->names[i].name) == 0)
			return true;
	return false;
}

static void
tell_netns(struct buf *b, const struct container *c)
{
	char path[64];
	struct stat st;
	size_t i;

	for (i = 0; i < GUESTS; i++)
		if (c->pid == guests[i])
			buf_printf(b, " guest %zu", i);
	snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)c->pid);
	if (c->netns != NULL && strcmp(c->netns, path) == 0)
		buf_add(b, " by process");
	else if (c->netns != NULL && is_named(c))
		buf_add(b, " by name");
	if (c->inode != 0)
		buf_add(b, stat(path, &st) == 0 && st.st_ino == c->inode
			       ? " inode"
			       : " other inode");
}

static void
tell_passage(struct buf *b, const struct passage *p, const char *family)
{
	if (p->known)
		buf_add(b, family);
	buf_add(b, p->refused ? " refused" : "");
	if (p->known && !p->refused)
		buf_printf(b, " out by %d", p->index);
	tell_prefix(b, " via ", &p->gateway);
	tell_prefix(b, " from ", &p->source);
}

static void
tell_inside(struct buf *b, const struct container *c)
{
	buf_printf(b, "  %d %s", c->inner, c->inner_name);
	tell_mac(b, c->has_mac, c->mac);
	if (c->mtu != 1500)
		buf_printf(b, " mtu %u", c->mtu);
	buf_add(b, c->no_ipv6 ? " without IPv6" : "");
	buf_add(b, c->inner_down ? " down" : "");
	buf_add(b, c->cut ? " cut" : "");
	tell_passage(b, &c->out[FAMILY_IPV6], "");
	tell_passage(b, &c->out[FAMILY_IPV4], " IPv4");
	buf_add(b, "\n");
	if (c->has_default) {
		buf_add(b, "  ");
		tell_route(b, &c->route);
		buf_add(b, "\n");
	}
	if (c->has_other) {
		buf_add(b, "  other ");
		tell_route(b, &c->other);
		buf_add(b, "\n");
	}
	if (c->has_default4) {
		buf_add(b, "  IPv4 ");
		tell_route(b, &c->route4);
		buf_add(b, "\n");
	}
}

static void
tell_container(struct buf *b, const struct container *c)
{
	size_t i;

	buf_printf(b, "%s %s", c->name, c->runtime);
	for (i = 1; i < c->nnames; i++)
		buf_printf(b, ", %s %s", c->names[i].name, c->names[i].runtime);
	buf_printf(b, "%s%s", c->state == CONTAINER_STOPPED ? " stopped" : "",
	    c->nsid == NSID_SELF ? "" : " away");
	buf_printf(b, " on %d by %d", c->bridge, c->port);
	tell_netns(b, c);
	buf_add(b, "\n");
	if (c->inner != 0)
		tell_inside(b, c);
}

/* ---- the parts of a snapshot, each with what is expected of it */

static void
tell_links(const struct snapshot *s, struct buf *b)
{
	size_t i;

	for (i = 0; i < s->nlinks; i++)
		if (strcmp(s->links[i].name, "lo") != 0)
			tell_link(b, &s->links[i]);
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The kernel tells them in an order of its own. */
static void
tell_addresses(const struct snapshot *s, struct buf *b)
{
	char *lines[64];
	struct buf line;
	size_t i;

	assert_true(s->naddresses < NITEMS(lines));
	for (i = 0; i < s->naddresses; i++) {
		line = (struct buf){ 0 };
		tell_address(&line, s, &s->addresses[i]);
		lines[i] = xstrdup(buf_text(&line));
		buf_free(&line);
	}
	qsort(lines, s->naddresses, sizeof(*lines), by_text);
	for (i = 0; i < s->naddresses; i++) {
		buf_printf(b, "%s\n", lines[i]);
		free(lines[i]);
	}
}

static void
tell_routes(const struct snapshot *s, struct buf *b)
{
	size_t i;

	for (i = 0; i < s->nroutes; i++) {
		tell_route(b, &s->routes[i]);
		buf_add(b, "\n");
	}
	for (i = 0; i < s->nunreachable; i++) {
		buf_add(b, "unreachable ");
		tell_route(b, &s->unreachable[i]);
		buf_add(b, "\n");
	}
	for (i = 0; i < s->ninward; i++) {
		buf_add(b, "inward ");
		tell_route(b, &s->inward[i]);
		buf_add(b, "\n");
	}
}

static void
tell_proxies(const struct snapshot *s, struct buf *b)
{
	size_t i;

	for (i = 0; i < s->nproxies; i++) {
		buf_printf(b, "%d", s->proxies[i].index);
		tell_prefix(b, " ", &s->proxies[i].addr);
		buf_printf(b, " proto %d\n", s->proxies[i].protocol);
	}
}

static void
tell_containers(const struct snapshot *s, struct buf *b)
{
	size_t i;

	for (i = 0; i < s->ncontainers; i++)
		tell_container(b, &s->containers[i]);
}

static const struct part {
	void (*tell)(const struct snapshot *, struct buf *);
	const char *text;
} parts[] = {
	{ tell_links,
	    "10 br0 bridge 02:00:00:00:00:10 up on 1400 conf 1,2,0,0,0,80 "
	    "id 7000 10\n"
	    "11 br1 bridge 02:00:00:00:00:11 1500 conf 0,1,1,0,0,0 id 8000 11 "
	    "stp\n"
	    "12 wire ifb 02:00:00:00:00:12 up on 1500 of 10 conf 0,1,1,1,0,0 "
	    "port 3\n"
	    "13 uplink ifb 02:00:00:00:00:13 up on 1500 conf 0,1,1,0,0,80\n"
	    "20 v0 veth 02:00:00:00:00:20 up on 1500 of 10 to 30 away "
	    "conf 0,1,1,0,0,0 port 3\n"
	    "21 v1 veth 02:00:00:00:00:21 up on 1500 of 10 to 31 away "
	    "conf 0,1,1,0,0,0 port 3\n"
	    "22 v2 veth 02:00:00:00:00:22 up 1500 of 10 to 32 away "
	    "conf 0,1,1,0,0,0 port 0\n"
	    "23 v3 veth 02:00:00:00:00:23 up on 1500 of 10 to 33 away "
	    "conf 0,1,1,0,0,0 port 3\n"
	    "24 v4 veth 02:00:00:00:00:24 up on 1500 of 10 to 34 "
	    "conf 0,1,1,0,0,0 port 3\n"
	    "34 p4 veth 02:00:00:00:00:34 up on 1500 to 24 conf 0,1,1,0,0,0\n" },
	{ tell_addresses, "db 41 fd00:10::41/64 scope 0 flags 82\n"
			  "here 10 192.0.2.1/24 scope 253 flags 80\n"
			  "here 10 fd00:10::1/64 scope 0 flags 82\n"
			  "here 13 2001:db8::13/64 scope 0 flags 202 for 1000 "
			  "preferred 500\n"
			  "here 13 2001:db8::14/64 scope 0 flags 82 proto 83\n"
			  "here 13 fe80::13/64 scope 253 flags 82\n"
			  "web 1 30 192.0.2.30/24 scope 0 flags 80\n"
			  "web 1 30 fd00:10::30/64 scope 0 flags 82\n" },
	{ tell_routes,
	    "default via fe80::1 dev 13 uplink src 2001:db8::13 "
	    "proto 4 metric 100 for 1000\n"
	    "default via fe80::2 dev 10 br0 proto 3 metric 300\n"
	    "default via fe80::3 dev 13 uplink proto 3 metric 300\n"
	    "default dev 10 br0 proto 3 metric 400\n"
	    "unreachable 2001:db8:a::/48 dev 1 lo proto 83 metric 4294967295\n"
	    "inward 2001:db8:7::/48 via fd00:10::41 dev 10 br0 proto 3 "
	    "metric 1024\n"
	    "inward fd00:10::/64 dev 10 br0 proto 2 metric 256\n" },
	{ tell_proxies, "10 2001:db8::7 proto 0\n"
			"13 2001:db8::7 proto 83\n"
			"13 2001:db8::77 proto 4\n" },
	{ tell_containers,
	    "away lxc stopped on 0 by 0\n"
	    "a netns, b netns away on 10 by 22 guest 2 by name inode\n"
	    "  32 eth0 02:00:00:00:00:32 down refused\n"
	    "db netns away on 10 by 21 guest 1 by name inode\n"
	    "  41 lan0 02:00:00:00:00:41 out by 41 via fd00:10::1 "
	    "from fd00:10::41\n"
	    "  default via fd00:10::1 dev 41 lan0 proto 83 metric 512\n"
	    "off lxc stopped on 10 by 0\n"
	    "v3 unknown away on 10 by 23 guest 3 by process inode\n"
	    "  33 eth0 02:00:00:00:00:33 mtu 1279 without IPv6 refused\n"
	    "v4 unknown on 10 by 24\n"
	    "  34 p4 02:00:00:00:00:34\n"
	    "web 1 lxc away on 10 by 20 guest 0 by process inode\n"
	    "  30 eth0 02:00:00:00:00:30 out by 30 via fe80::1 "
	    "from fd00:10::30 IPv4 out by 30 via 192.0.2.1 "
	    "from 192.0.2.30\n"
	    "  default via fe80::1 dev 30 eth0 proto 3 metric 10\n"
	    "  other default via fe80::2 dev 30 proto 4 metric 30\n"
	    "  IPv4 default via 192.0.2.1 dev 30 eth0 proto 16 metric 7\n" },
};

/* ---- the host */

static void
run(const char *fmt, ...)
{
	va_list ap;
	char line[256];

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	run_shell(line);
}

static void
make_guest(int i)
{
	guests[i] = guest_start(i == WEB);
	run("ip link add v%d index 2%d address 02:00:00:00:00:2%d type veth "
	    "peer name eth0 index 3%d address 02:00:00:00:00:3%d netns %d",
	    i, i, i, i, i, (int)guests[i]);
	guest_run(guests[i], "link set eth0 addrgenmode none");
	run("ip link set v%d master br0 up", i);
}

static void
make_links(void)
{
	static const char *const commands[] = {
		"for i in all default; do "
		"echo 0 >/proc/sys/net/ipv6/conf/$i/accept_dad; done",
		"echo 1 >/proc/sys/net/ipv6/conf/default/addr_gen_mode",
		"ip link add br0 index 10 address 02:00:00:00:00:10 "
		"type bridge priority 28672",
		"ip link add br1 index 11 address 02:00:00:00:00:11 "
		"type bridge stp_state 1",
		"ip link add wire index 12 address 02:00:00:00:00:12 type ifb",
		"ip link add uplink index 13 address 02:00:00:00:00:13 "
		"type ifb",
		"ip link set uplink up",
		"ip link set br0 up mtu 1400",
		"ip link set wire master br0 up",
		"ip link add v4 index 24 address 02:00:00:00:00:24 type veth "
		"peer name p4 index 34 address 02:00:00:00:00:34",
		"ip link set v4 master br0 up",
		"ip link set p4 up",
		"cd /proc/sys/net/ipv6/conf && echo 1 >br0/forwarding && "
		"echo 2 >br0/accept_ra && echo 0 >br0/autoconf && "
		"echo 1 >wire/disable_ipv6",
	};
	size_t i;

	for (i = 0; i < NITEMS(commands); i++)
		run_shell(commands[i]);
	for (i = 0; i < GUESTS; i++)
		make_guest((int)i);
}

static void
fill_guests(void)
{
	static const struct {
		int guest;
		const char *command;
	} commands[] = {
		{ WEB, "link set eth0 up" },
		{ WEB, "addr add fd00:10::30/64 dev eth0 nodad" },
		{ WEB, "addr add 192.0.2.30/24 dev eth0" },
		{ WEB, "route add default via 192.0.2.1 dev eth0 proto dhcp "
		       "metric 7" },
		{ WEB, "route add default via 192.0.2.2 dev eth0 metric 8" },
		{ WEB, "-6 route add default via fe80::1 dev eth0 proto boot "
		       "metric 10" },
		{ WEB, "-6 route add default via fe80::9 dev eth0 proto boot "
		       "metric 20" },
		{ WEB, "-6 route add default via fe80::2 dev eth0 "
		       "proto static metric 30" },
		{ DB, "link add lan0 index 41 address 02:00:00:00:00:41 "
		      "type bridge" },
		{ DB, "link set lan0 up addrgenmode none" },
		{ DB, "link set eth0 up master lan0" },
		{ DB, "addr add fd00:10::41/64 dev lan0 nodad" },
		{ DB, "-6 route add default via fd00:10::1 dev lan0 proto 83 "
		      "metric 512" },
		{ BARE, "link set eth0 up mtu 1279" },
	};
	size_t i;

	for (i = 0; i < NITEMS(commands); i++)
		guest_run(guests[commands[i].guest], commands[i].command);
	guest_name(guests[DB], "db");
	guest_name(guests[POD], "b");
	guest_name(guests[POD], "a");
}

static void
make_routes(void)
{
	static const char *const commands[] = {
		"ip addr add 192.0.2.1/24 dev br0 scope link",
		"ip addr add fd00:10::1/64 dev br0 nodad",
		"ip addr add fe80::13/64 dev uplink nodad",
		"ip addr add 2001:db8::13/64 dev uplink nodad noprefixroute "
		"valid_lft 1000 preferred_lft 500",
		"ip -6 route add default via fe80::1 dev uplink proto static "
		"metric 100 src 2001:db8::13 expires 1000",
		"ip -6 route add default proto boot metric 300 "
		"nexthop via fe80::3 dev uplink nexthop via fe80::2 dev br0",
		"ip -6 route add default dev br0 proto boot metric 400",
		"ip -6 route add 2001:db8:7::/48 via fd00:10::41 proto boot",
		/* None of these is known: */
		"ip -6 route add 2001:db8:8::/48 dev uplink",
		"ip -6 route add unreachable 2001:db8:9::/48",
		"ip -6 route add unreachable 2001:db8:a::/48 proto 83 "
		"metric 4294967295",
		"ip -6 route add default via fe80::7 dev br0 table 7",
		"ip -6 neigh add proxy 2001:db8::77 dev uplink proto static",
		"ip -6 neigh add proxy 2001:db8::7 dev uplink proto 83",
		"ip -6 neigh add proxy 2001:db8::7 dev br0",
		/* Nor is a neighbour, or a proxy of IPv4: */
		"ip -6 neigh add 2001:db8::78 dev uplink lladdr "
		"02:00:00:00:00:78",
		"ip neigh add proxy 192.0.2.7 dev uplink",
	};
	struct prefix p;
	struct address ours;
	struct net *net;
	struct err e;
	size_t i;

	for (i = 0; i < NITEMS(commands); i++)
		run_shell(commands[i]);
	net = net_open(&e);
	assert_int_equal(prefix_parse(&p, "2001:db8::14/64"), 0);
	ours = address_ours(13, &p);
	if (net == NULL || net_address_add(net, NULL, &ours, NULL, &e) == -1)
		fail_msg("%s", e.text);
	net_free(net);
}

static void
define(const char *name, const char *bridge)
{
	run("mkdir " GUEST_LXC "/%s && "
	    "echo lxc.net.0.link = %s >" GUEST_LXC "/%s/config",
	    name, bridge, name);
}

static int
make_host(void **state UNUSED)
{
	make_links();
	fill_guests();
	make_routes();
	define("off", "br0");
	define("away", "br9");
	return 0;
}

static int
end_guests(void **state UNUSED)
{
	size_t i;

	for (i = 0; i < GUESTS; i++)
		kill(guests[i], SIGKILL);
	while (wait(NULL) != -1)
		continue;
	return 0;
}

/* ---- tests */

static bool
is_as_expected(struct net *net, const struct part *part, char **text)
{
	struct buf b = { 0 };
	struct snapshot s;
	struct err e;

	if (net_read(net, &s, &e) == -1)
		fail_msg("%s", e.text);
	part->tell(&s, &b);
	snapshot_free(&s);
	free(*text);
	*text = xstrdup(buf_text(&b));
	buf_free(&b);
	return strcmp(*text, part->text) == 0;
}

static bool
wait_for_change(struct net *net)
{
	struct pollfd p = { .fd = net_fd(net), .events = POLLIN };

	while (poll(&p, 1, SILENCE_MS) > 0)
		if (net_ready(net))
			return true;
	return false;
}

/* Links come up in their own time, and the kernel tells. */
static void
check(const struct part *part)
{
	char *text = NULL;
	struct err e;
	struct net *net = net_open(&e);

	if (net == NULL || net_watch(net, &e) == -1)
		fail_msg("%s", e.text);
	while (!is_as_expected(net, part, &text) && wait_for_change(net))
		continue;
	assert_string_equal(text, part->text);
	net_free(net);
	free(text);
}

#define part_test(name, row)                                                   \
	static void name(void **state UNUSED)                                  \
	{                                                                      \
		check(&parts[row]);                                            \
	}

part_test(test_links, 0) part_test(test_addresses, 1) part_test(test_routes, 2)
    part_test(test_proxies, 3) part_test(test_containers, 4)

	int main(int argc, char *argv[])
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_links),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_routes),
		cmocka_unit_test(test_proxies),
		cmocka_unit_test(test_containers),
	};
	int status;

	if (guest_main(argc, argv, &status))
		return status;
	if (guest_skips(false))
		return 0;
	return cmocka_run_group_tests(tests, make_host, end_guests);
}
