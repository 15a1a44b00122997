/* The host of the frames. */
#include "config.h"

#include "sample.h"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "doors.h"

#define ULA "fd5a:1c2e:90b1::"
#define DMZ "fd5a:1c2e:90b2::"

enum {
	LO = 1,
	ETH0,
	LXCBR0,
	WEB1,
	DNS1,
	GIT1,
	TMP1,
	DMZ0,
	APP,
	ETH1,
	LOST,
	BARE,
	WEB1_DMZ
};
/* Namespaces. */
enum { IN_WEB1, IN_DNS1, IN_GIT1, IN_TMP1, IN_APP, IN_LOST, IN_BARE };
#define INNER 2 /* eth0 in there */

#define LINK(i, n, k, m, u)                                                    \
	{                                                                      \
		.index = i, .name = n, .kind = k, .mac = { 2, 0, 0, 0, 0, i }, \
		.has_mac = true, .up = true, .running = true, .mtu = u,        \
		.master = m, .peer_nsid = NSID_SELF, .has_conf = true,         \
		.is_port = (m) != 0, .port_state = 3 /* BR_STATE_FORWARDING */ \
	}

static struct link links[] = {
	LINK(LO, "lo", "", 0, 65536),
	LINK(ETH0, "eth0", "", 0, 1500),
	LINK(LXCBR0, "lxcbr0", "bridge", 0, 1500),
	LINK(WEB1, "veth-web1", "veth", LXCBR0, 1500),
	LINK(DNS1, "veth-dns1", "veth", LXCBR0, 1500),
	LINK(GIT1, "veth-git1", "veth", LXCBR0, 1500),
	LINK(TMP1, "veth-tmp1", "veth", LXCBR0, 1500),
	LINK(DMZ0, "dmz", "bridge", 0, 9000),
	LINK(APP, "veth-app", "veth", DMZ0, 9000),
	LINK(ETH1, "eth1", "", 0, 1400),
	LINK(LOST, "veth-lost", "veth", LXCBR0, 1500),
	LINK(BARE, "veth-bare", "veth", LXCBR0, 1500),
	LINK(WEB1_DMZ, "veth-dmz", "veth", DMZ0, 1500),
};

static const struct {
	int nsid, index;
	const char *text;
	uint8_t scope, proto;
	uint32_t flags, valid;
} places[] = {
	{ NSID_SELF, LO, "::1/128", RT_SCOPE_HOST, 1, IFA_F_PERMANENT, 0 },
	{ NSID_SELF, ETH0, "2001:db8::9/64", 0, 2, IFA_F_DEPRECATED, 900 },
	{ NSID_SELF, ETH0, "2001:db8::10/64", 0, 0, IFA_F_PERMANENT, 0 },
	{ NSID_SELF, ETH0, "2001:db8::11/64", 0, 2, IFA_F_TEMPORARY, 900 },
	{ NSID_SELF, ETH0, "fe80::ff:fe00:2/64", RT_SCOPE_LINK, 3,
	    IFA_F_PERMANENT, 0 },
	{ NSID_SELF, ETH0, "fec0::2/64", RT_SCOPE_SITE, 0,
	    IFA_F_PERMANENT | IFA_F_DADFAILED, 0 },
	{ NSID_SELF, LXCBR0, ULA "1/64", 0, NET_PROTO, IFA_F_PERMANENT, 0 },
	{ NSID_SELF, DMZ0, DMZ "1/64", 0, NET_PROTO, IFA_F_PERMANENT, 0 },
	{ IN_WEB1, INNER, ULA "3/64", 0, NET_PROTO, IFA_F_PERMANENT, 0 },
	{ IN_WEB1, INNER, "fe80::ff:fe00:304/64", RT_SCOPE_LINK, 3,
	    IFA_F_PERMANENT, 0 },
	{ IN_DNS1, INNER, ULA "4/64", 0, NET_PROTO, IFA_F_PERMANENT, 0 },
	{ IN_GIT1, INNER, ULA "5/64", 0, NET_PROTO, IFA_F_DEPRECATED, 900 },
	{ IN_TMP1, INNER, ULA "77/64", 0, 2, IFA_F_TENTATIVE, 900 },
	{ IN_APP, INNER, DMZ "8/64", 0, NET_PROTO, IFA_F_PERMANENT, 0 },
};
static struct address addresses[NITEMS(places)];

static struct route routes[1];

static struct container_name pod[] = { { (char *)"side car", "podman" },
	{ (char *)"web1", "podman" } };

#define CONTAINER(n, r, p, ns, b, at)                                          \
	{                                                                      \
		.name = (char *)(n), .runtime = r, .pid = p, .nsid = ns,       \
		.netns = (char *)"/proc/1/ns/net", .inode = 4000 + (ns),       \
		.bridge = b, .port = at, .inner = INNER, .inner_name = "eth0", \
		.mac = { 2, 0, 0, 0, 3, at }, .has_mac = true                  \
	}

static struct container containers[] = {
	CONTAINER("bare", "unknown", 0, IN_BARE, LXCBR0, BARE),
	CONTAINER("dns1", "lxc", 202, IN_DNS1, LXCBR0, DNS1),
	CONTAINER("git1", "lxc", 203, IN_GIT1, LXCBR0, GIT1),
	CONTAINER("lost", "lxc", 204, IN_LOST, LXCBR0, LOST),
	{ .name = (char *)"old1",
	    .runtime = "lxc",
	    .state = CONTAINER_STOPPED,
	    .nsid = NSID_SELF,
	    .bridge = LXCBR0 },
	CONTAINER("tmp1", "netns", 0, IN_TMP1, LXCBR0, TMP1),
	CONTAINER("web1", "podman", 201, IN_WEB1, LXCBR0, WEB1),
	CONTAINER("app", "docker", 205, IN_APP, DMZ0, APP),
	CONTAINER("web1", "podman", 201, IN_WEB1, DMZ0, WEB1_DMZ),
};

const char sample_calm_config[] =
    "uplink eth0\n"
    "bridge lxcbr0 ula " ULA "1/64 masquerade\n"
    "bridge dmz ula " DMZ "1/64 masquerade\n"
    "container web1 ula " ULA "3\n"
    "container dns1 ula " ULA "4\n"
    "container git1 ula " ULA "5\n"
    "container app ula " DMZ "8\n"
    "forward tcp 80,443 to web1\n"
    "forward tcp,udp 8000-8002 to app:9000\n"
    "forward udp 53 to dns1\n"
    "forward tcp 2222 to git1:22 from 2001:db8:9::/48 note \"git over ssh\"\n"
    "allow input tcp 22\n"
    "allow input tcp,udp 53 from bridge lxcbr0\n"
    "default input deny\n"
    "deny forward tcp 25 from container web1 note \"no mail\"\n"
    "allow forward tcp 80,443 to uplink\n"
    "allow forward udp 53,123 to uplink\n"
    "default forward deny\n";

const char sample_config[] =
    "# the host of the frames\n"
    "uplink eth0\n"
    "bridge lxcbr0 ula " ULA "1/64 masquerade\n"
    "bridge dmz ula " DMZ "1/64\n"
    "container web1 on lxcbr0 ula " ULA "3\n"
    "container dns1 on lxcbr0 ula " ULA "4\n"
    "container git1 on lxcbr0 ula " ULA "5\n"
    "container old1 on lxcbr0 ula " ULA "9\n"
    "container lost on lxcbr0 ula " ULA "6\n"
    "container gone on lxcbr0 ula " ULA "a\n"
    "container app on dmz ula " DMZ "8\n"
    "forward tcp 80,443 to web1\n"
    "forward udp 53 to dns1\n"
    "forward tcp 2222 to git1:22 note \"git over ssh\"\n"
    "forward tcp,udp 8000-8002 to app:9000 from 2001:db8:9::/48\n"
    "forward tcp 25 to web1 off\n"
    "forward tcp 110 to gone\n"
    "default input deny\n"
    "default forward reject\n"
    "allow input tcp 22 limit 5/minute log\n"
    "deny forward tcp 25 from container web1 note \"no mail\"\n"
    "allow forward tcp 80,443 from bridge lxcbr0 to uplink\n"
    "allow forward udp 53 to 2001:db8:53::/48 off\n"
    "option confirm 90\n";

static const struct door_rate link_rates[] = {
	{ "rx eth0", 125000, 200 },
	{ "tx eth0", 1250000, 1000 },
	{ "rx lxcbr0", 1000000, 800 },
	{ "tx lxcbr0", 100000, 150 },
	{ "rx veth-web1", 900000, 700 },
	{ "tx veth-web1", 75000, 90 },
	{ "rx veth-dns1", 2500, 20 },
	{ "tx veth-dns1", 1250, 25 },
	{ "rx veth-git1", 10, 1 },
	{ "tx veth-git1", 20000, 30 },
	{ "rx dmz", 200000, 160 },
	{ "tx dmz", 22500, 40 },
	{ "rx veth-app", 200000, 160 },
	{ "tx veth-app", 22500, 40 },
	{ 0 },
};

/* By name; policies have a digest of their text as one. */
static const struct door_rate counter_rates[] = {
	{ "allow-2c1d6d89cc237e8f", 240, 3 }, /* input tcp 22 */
	{ "allow-4ed4b8d5fb855105", 0, 0 },   /* udp 53, off */
	{ "allow-cd5d4a61279c11d5", 60, 1 },  /* tcp 80,443 to uplink */
	{ "default-forward", 9600, 120 },
	{ "default-input", 640, 8 },
	{ "default-output", 3000, 5 },
	{ "deny-63e442c32bdf594e", 80, 2 }, /* tcp 25 */
	{ "forged-forward", 100, 1 },
	{ "forged-input", 0, 0 },
	{ "relayed-forward", 0, 0 },
	{ "tcp-110-in", 0, 0 },
	{ "tcp-110-new", 0, 0 },
	{ "tcp-110-out", 0, 0 },
	{ "tcp-2222-in", 20000, 30 },
	{ "tcp-2222-new", 50, 1 },
	{ "tcp-2222-out", 10, 1 },
	{ "tcp-25-in", 0, 0 },
	{ "tcp-25-new", 0, 0 },
	{ "tcp-25-out", 0, 0 },
	{ "tcp-80.443-in", 75000, 90 },
	{ "tcp-80.443-new", 400, 7 },
	{ "tcp-80.443-out", 900000, 700 },
	{ "tcp.udp-8000-8002-in", 22500, 40 },
	{ "tcp.udp-8000-8002-new", 120, 2 },
	{ "tcp.udp-8000-8002-out", 200000, 160 },
	{ "udp-53-in", 1250, 25 },
	{ "udp-53-new", 600, 12 },
	{ "udp-53-out", 2500, 20 },
	{ 0 },
};

/* What the containers listen to, each of them: nothing on 22. */
static const struct {
	uint8_t proto;
	uint16_t port;
} heard[] = {
	{ IPPROTO_TCP, 80 }, { IPPROTO_TCP, 443 }, { IPPROTO_UDP, 53 },
	{ IPPROTO_TCP, 9000 }, { IPPROTO_TCP, 9001 }, { IPPROTO_TCP, 9002 },
	{ IPPROTO_UDP, 9000 }, { IPPROTO_UDP, 9001 }, { IPPROTO_UDP, 9002 },
	{ IPPROTO_TCP, 22 }, /* only in calm */
};
static struct listener listeners[NITEMS(heard)];

/* The targets of forwards. */
static const struct {
	const char *target;
	int bridge, port;
} targets[] = {
	{ ULA "3", LXCBR0, WEB1 },
	{ ULA "4", LXCBR0, DNS1 },
	{ ULA "5", LXCBR0, GIT1 },
	{ DMZ "8", DMZ0, APP },
};
static struct way ways[NITEMS(targets)];

/* Connections. */
static const struct {
	uint8_t proto;
	const char *client;
	uint16_t from, to;
	const char *target;
	uint16_t port;
	const char *state;
	uint32_t timeout;
	bool over, counted;
	struct flow_count in, out;
} calls[] = {
	{ IPPROTO_TCP, "2001:db8:9::7", 51234, 443, ULA "3", 443, "established",
	    431999, false, true, { 12, 1840 }, { 15, 88412 } },
	{ IPPROTO_TCP, "2001:db8:44::2", 40022, 2222, ULA "5", 22,
	    "established", 300, false, true, { 1200, 1234567 },
	    { 800, 64000 } },
	{ IPPROTO_UDP, "2001:db8:9::7", 5353, 53, ULA "4", 53, "unanswered", 28,
	    false, true, { 1, 61 }, { 0, 0 } },
	{ IPPROTO_UDP, "2001:db8:44::3", 1024, 53, ULA "4", 53, "answered", 170,
	    false, true, { 3, 200 }, { 3, 999 } },
	{ IPPROTO_TCP, "2001:db8:44::2", 40033, 8001, DMZ "8", 9001,
	    "established", 7200, false, true, { 5, 600 }, { 6, 12000 } },
	{ IPPROTO_TCP, "2001:db8:9::7", 51235, 993, ULA "3", 993, "established",
	    90, false, false, { 0, 0 }, { 0, 0 } },
	{ IPPROTO_TCP, "2001:db8:9::7", 51236, 80, ULA "3", 80, "time_wait",
	    100, true, true, { 9, 900 }, { 9, 9000 } },
	{ IPPROTO_TCP, "2001:db8:9::8", 60000, 80, ULA "3", 80, "syn_recv", 55,
	    false, true, { 1, 80 }, { 1, 80 } },
};
static struct flow flows[NITEMS(calls)];

static void
address(struct prefix *to, const char *text)
{
	assert_int_equal(prefix_parse(to, text), 0);
}

static void
fill_flow(struct flow *f, size_t i)
{
	*f = (struct flow){ .id = (uint32_t)i + 1,
		.answered = true,
		.assured = true,
		.translated = true,
		.proto = calls[i].proto,
		.state = calls[i].state,
		.over = calls[i].over,
		.timeout = calls[i].timeout,
		.counted = calls[i].counted,
		.in = calls[i].in,
		.out = calls[i].out };
	address(&f->original.src, calls[i].client);
	address(&f->original.dst, "2001:db8::10");
	address(&f->reply.src, calls[i].target);
	f->reply.dst = f->original.src;
	f->original.sport = f->reply.dport = calls[i].from;
	f->original.dport = calls[i].to;
	f->reply.sport = calls[i].port;
}

static void
fill_way(struct way *w, size_t i)
{
	*w = (struct way){ .in = { .known = true, .index = targets[i].bridge },
		.neighbour = { .mac = { 2, 0, 0, 0, 3,
				   (uint8_t)targets[i].port },
		    .has_mac = true },
		.out = { .known = true, .index = ETH0 },
		.gateway = { .mac = { 2, 0, 0, 0, 9, 9 }, .has_mac = true } };
	address(&w->target, targets[i].target);
	address(&w->out.gateway, "fe80::1");
}

static void
fill_tables(void)
{
	size_t i;

	for (i = 0; i < NITEMS(calls); i++)
		fill_flow(&flows[i], i);
	for (i = 0; i < NITEMS(targets); i++)
		fill_way(&ways[i], i);
	for (i = 0; i < NITEMS(heard); i++) {
		listeners[i].proto = heard[i].proto;
		listeners[i].port = heard[i].port;
		address(&listeners[i].addr, "::");
	}
}

/* Each container routes by its bridge, but for git1. */
static void
fill_container(struct container *c)
{
	c->has_default = c->nsid != IN_GIT1 && c->state == CONTAINER_UP;
	c->route = (struct route){ .index = INNER,
		.dev = "eth0",
		.protocol = NET_PROTO,
		.metric = 512 };
	address(&c->route.gateway, c->bridge == DMZ0 ? DMZ "1" : ULA "1");
	c->out[FAMILY_IPV6] = (struct passage){
		.known = true, .index = INNER, .gateway = c->route.gateway
	};
	if (c->nsid == IN_WEB1) {
		c->names = pod;
		c->nnames = NITEMS(pod);
	}
	c->cut = c->nsid == IN_APP;
	c->no_ipv6 = c->nsid == IN_BARE;
}

void
sample_begin(void)
{
	size_t i;

	fill_tables();
	links[LO - 1].has_mac = false;
	links[ETH1 - 1].up = links[ETH1 - 1].running = false;
	links[TMP1 - 1].running = false;
	links[DMZ0 - 1].running = true;
	links[LXCBR0 - 1].bridge_id[0] = links[DMZ0 - 1].bridge_id[0] = 0x80;
	links[DMZ0 - 1].stp = true;
	for (i = 0; i < NITEMS(containers); i++)
		fill_container(&containers[i]);
	for (i = 0; i < NITEMS(places); i++) {
		addresses[i] = (struct address){ .nsid = places[i].nsid,
			.index = places[i].index,
			.scope = places[i].scope,
			.flags = places[i].flags,
			.proto = places[i].proto };
		addresses[i].valid = addresses[i].preferred =
		    places[i].valid > 0 ? places[i].valid : UINT32_MAX;
		address(&addresses[i].prefix, places[i].text);
	}
	routes[0] = (struct route){ .index = ETH0,
		.dev = "eth0",
		.protocol = RTPROT_STATIC,
		.metric = 1024 };
	address(&routes[0].gateway, "fe80::1");
	doors = (struct doors){
		.snapshot = { .links = links,
		    .nlinks = NITEMS(links),
		    .addresses = addresses,
		    .naddresses = NITEMS(addresses),
		    .routes = routes,
		    .nroutes = 1,
		    .containers = containers,
		    .ncontainers = NITEMS(containers),
		    .has_ipv6 = true,
		    .has_fib = true,
		    .forwarding = 1 },
		.links = link_rates,
		.counters = counter_rates,
		.flows = flows,
		.nflows = NITEMS(flows),
		.listeners = listeners,
		.nlisteners = NITEMS(listeners) - 1,
		.ways = ways,
		.nways = NITEMS(ways),
	};
}

/* On the first bridge, then on the second. */
void
sample_calm(void)
{
	static const int well[] = { DNS1, GIT1, WEB1, APP };
	static struct container calm[NITEMS(well)];
	size_t i, k;

	for (i = 0; i < NITEMS(well); i++) {
		for (k = 0; containers[k].port != well[i];)
			k++;
		calm[i] = containers[k];
		calm[i].runtime = "lxc";
		calm[i].has_default = true;
		calm[i].cut = false;
		calm[i].names = NULL;
		calm[i].nnames = 0;
	}
	doors.snapshot.containers = calm;
	doors.snapshot.ncontainers = NITEMS(calm);
	doors.nlisteners = NITEMS(listeners);
	doors.waves = true;
}

void
sample_uncount(void)
{
	size_t i;

	for (i = 0; i < NITEMS(flows); i++) {
		flows[i].counted = false;
		flows[i].in = flows[i].out = (struct flow_count){ 0 };
	}
}

void
sample_unplug(void)
{
	links[DMZ0 - 1].running = false;
}
