/* A private machine between a client and three containers, and single packets
 * sent by any of them. */
#define _GNU_SOURCE
#include "config.h"

#include "wires.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/util.h"

#include "checksum.h"

#define LATE_MS 60000 /* until an expected packet is given up */
#define QUIET_MS 4    /* of a wire on which nothing more comes */

const char *const link_names[] = { "eth0", "lxcbr0", "br1", "lo", "eth1" };
const char *const node_names[] = { "host", "client", "vm00", "vm01", "vm02",
	"far" };

const struct place places[PLACES] = {
	{ "2001:db8::10", "192.0.2.10", HOST, UPLINK },
	{ "2001:db8::11", "192.0.2.11", HOST, UPLINK },
	{ ONE "1", ONE4 "1", HOST, LXCBR0 },
	{ TWO "1", TWO4 "1", HOST, BR1 },
	{ "2001:db8:9::7", "198.51.100.7", CLIENT, UPLINK },
	{ "2001:db8:44::2", "203.0.113.2", CLIENT, UPLINK },
	{ ONE "3", ONE4 "3", VM00, LXCBR0 },
	{ ONE "4", ONE4 "4", VM01, LXCBR0 },
	{ TWO "3", TWO4 "3", VM02, BR1 },
	/* Second addresses, which the config does not give. */
	{ ONE "9", ONE4 "9", VM01, LXCBR0 },
	{ TWO "9", TWO4 "9", VM02, BR1 },
	{ OPEN "1", NULL, HOST, LXCBR0 },
	{ OPEN "3", NULL, VM00, LXCBR0 },
	{ OPEN "9", NULL, VM01, LXCBR0 },
	{ PROXY "3", NULL, VM00, LXCBR0 },
	{ PROXY "5", NULL, VM02, BR1 },
	{ "2001:db8:9:7::7", "198.51.103.7", FAR, ETH1 },
	{ "2001:db8:44:5::2", "203.0.115.2", CLIENT, UPLINK },
	/* Not theirs: only packets come from there. */
	{ ONE "99", ONE4 "99", VM00, LXCBR0 },
	{ ONE "4", ONE4 "4", VM00, LXCBR0 },
	{ TWO "3", TWO4 "3", VM00, LXCBR0 },
	{ ONE "3", ONE4 "3", VM02, BR1 },
	{ "2001:db8:9::7", "198.51.100.7", VM02, BR1 },
	{ ONE "3", ONE4 "3", CLIENT, UPLINK },
	{ ONE "9", ONE4 "9", CLIENT, UPLINK },
	{ OPEN "1", NULL, VM00, LXCBR0 },
	{ OPEN "3", NULL, VM02, BR1 },
	{ "fe80::99", NULL, VM00, LXCBR0 },
	{ "fe80::99", NULL, VM02, BR1 },
	{ OUTSIDE "3", NULL, VM00, LXCBR0 },
	{ ELSEWHERE "3", NULL, VM00, LXCBR0 },
	{ PROXY "9", NULL, VM00, LXCBR0 },
	{ PROXY "3", NULL, VM02, BR1 },
};

const char *const outsides[OUTSIDES] = { OUTSIDE, ELSEWHERE };

#define RAWS 4
static const int raw_protos[2][RAWS] = {
	{ IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMPV6, BARE_NUMBER },
	{ IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP, BARE_NUMBER },
};

static struct {
	int ns[NODES];
	int raw[NODES][2][RAWS]; /* by ipv4 */
} machine;

void
run(const char *format, ...)
{
	char line[512];
	va_list ap;

	va_start(ap, format);
	vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	if (system(line) != 0)
		fail_msg("failed: %s", line);
}

void
enter(enum node node)
{
	assert_return_code(setns(machine.ns[node], CLONE_NEWNET), errno);
}

static void
open_raw(enum node node)
{
	static const int families[] = { AF_INET6, AF_INET }, yes = 1;
	int fd;
	size_t i, k;

	for (i = 0; i < 2; i++)
		for (k = 0; k < RAWS; k++) {
			fd = socket(families[i],
			    SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
			    raw_protos[i][k]);
			assert_return_code(fd, errno);
			if (i == 0)
				setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO,
				    &yes, sizeof(yes));
			machine.raw[node][i][k] = fd;
		}
}

static void
make_node(enum node node)
{
	assert_return_code(unshare(CLONE_NEWNET), errno);
	machine.ns[node] = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	run("ip link set lo up");
	/* What the rules let through, nothing else stops. */
	run("for i in all default; do"
	    " echo 0 >/proc/sys/net/ipv4/conf/$i/rp_filter; done");
	open_raw(node);
}

/* wire NODE LINK: a cable from the host to eth0 of the node. */
static void
wire(enum node node, const char *link, const char *bridge)
{
	enter(HOST);
	run("ip link add %s type veth peer name eth0 netns /proc/%d/fd/%d",
	    link, (int)getpid(), machine.ns[node]);
	run("ip link set %s up %s %s", link, bridge != NULL ? "master" : "",
	    bridge != NULL ? bridge : "");
	enter(node);
	run("ip link set eth0 up");
}

static const char *
dev_of(const struct place *p)
{
	return p->node == HOST ? link_names[p->link] : "eth0";
}

void
answer_for(size_t place, bool here)
{
	const struct place *p = &places[place];

	enter(HOST);
	run("ip route %s %s dev %s", here ? "replace" : "del", p->addr,
	    link_names[p->link]);
}

/* What the word proxy does to a host, but for the route: nothing of the prefix
 * is on the link of a container, and the router is answered at once. */
static void
give_proxied(const struct place *p)
{
	run("ip addr add %s/128 dev eth0 nodad", p->addr);
	enter(HOST);
	run("ip neigh add proxy %s dev eth0", p->addr);
}

static void
give_addresses(void)
{
	const struct place *p;

	for (p = places; p < places + OWNED; p++) {
		enter(p->node);
		if (strncmp(p->addr, PROXY, strlen(PROXY)) == 0)
			give_proxied(p);
		else
			run("ip addr add %s/64 dev %s nodad", p->addr,
			    dev_of(p));
		if (p->addr4 != NULL)
			run("ip addr add %s/24 dev %s", p->addr4, dev_of(p));
	}
}

static void
route(enum node node, const char *gateway, const char *gateway4)
{
	enter(node);
	run("ip route add default via %s && ip route add default via %s",
	    gateway, gateway4);
}

#define BRIDGE_MAC "02:00:00:00:00:01" /* of both */

/* A container asks nobody for the gateway's MAC: it would ask in the name of
 * what it sends first (RFC 4861, 7.2.2), and where that is forged, neither it
 * nor what waits behind it would get anywhere. */
static void
route_guest(enum node node, const char *gateway, const char *gateway4)
{
	route(node, gateway, gateway4);
	run("ip neigh add %s lladdr " BRIDGE_MAC " dev eth0", gateway);
}

/* Neighbours are found once each has checked its link-local address
 * (RFC 4862, 5.4). */
static void
wait_for_addresses(void)
{
	enum node node;

	for (node = 0; node < NODES; node++) {
		enter(node);
		run("i=0; while ip -6 addr show tentative | grep -q inet6; do"
		    " [ $((i += 1)) -lt 600 ] || exit 1; sleep 0.05; done");
	}
}

/* The client sends to one of its own addresses as if another had it. */
static void
lead_back(const struct place *p)
{
	enter(p->node);
	run("ip rule add pref 1 iif lo to %s lookup 7 &&"
	    " ip -6 rule add pref 1 iif lo to %s lookup 7 &&"
	    " ip rule add pref 2 lookup local && ip rule del pref 0 &&"
	    " ip -6 rule add pref 2 lookup local && ip -6 rule del pref 0",
	    p->addr4, p->addr);
	run("ip route add default via 192.0.2.10 table 7 &&"
	    " ip route add default via 2001:db8::10 table 7;"
	    "echo 1 >/proc/sys/net/ipv4/conf/all/accept_local");
}

int
set_up_wires(void **state)
{
	(void)state;
	if (unshare(CLONE_NEWNS) != 0) {
		print_message("1..0 # SKIP kernel: no private namespaces\n");
		exit(0);
	}
	mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
	make_node(HOST);
	run("mount -t sysfs sysfs /sys 2>/dev/null || :");
	run("ip link add lxcbr0 address " BRIDGE_MAC " type bridge &&"
	    " ip link set lxcbr0 up");
	run("ip link add br1 address " BRIDGE_MAC " type bridge &&"
	    " ip link set br1 up");
	make_node(CLIENT);
	make_node(VM00);
	make_node(VM01);
	make_node(VM02);
	make_node(FAR);
	wire(CLIENT, "eth0", NULL);
	wire(FAR, "eth1", NULL);
	wire(VM00, "v0", "lxcbr0");
	wire(VM01, "v1", "lxcbr0");
	wire(VM02, "v2", "br1");
	give_addresses();
	enter(CLIENT);
	run("ip addr add 2001:db8::1/64 dev eth0 nodad;"
	    "ip addr add 192.0.2.1/24 dev eth0");
	route(CLIENT, "2001:db8::10", "192.0.2.10");
	lead_back(&places[BACK_PLACE]);
	enter(HOST);
	run("ip addr add 2001:db8:9:7::1/64 dev eth1 nodad &&"
	    " ip addr add 198.51.103.1/24 dev eth1");
	route(FAR, "2001:db8:9:7::1", "198.51.103.1");
	route_guest(VM00, ONE "1", ONE4 "1");
	route_guest(VM01, ONE "1", ONE4 "1");
	route_guest(VM02, TWO "1", TWO4 "1");
	route(HOST, "2001:db8::1", "192.0.2.1");
	run("echo 1 >/proc/sys/net/ipv6/conf/all/forwarding;"
	    "echo 1 >/proc/sys/net/ipv6/conf/eth0/proxy_ndp;"
	    "echo 0 >/proc/sys/net/ipv6/neigh/eth0/proxy_delay;"
	    "echo 1 >/proc/sys/net/ipv4/ip_forward");
	/* Without ports each packet would belong to the first one. */
	run("echo 0 >/proc/sys/net/netfilter/nf_conntrack_generic_timeout");
	wait_for_addresses();
	return 0;
}

/* An address of either family. */
union end {
	struct sockaddr any;
	struct sockaddr_in6 in6;
	struct sockaddr_in in;
};

static union end
address_of(size_t place, bool ipv4)
{
	union end a = { .in6 = { .sin6_family = AF_INET6 } };

	if (ipv4) {
		a = (union end){ .in = { .sin_family = AF_INET } };
		assert_int_equal(
		    inet_pton(AF_INET, places[place].addr4, &a.in.sin_addr), 1);
		return a;
	}
	assert_int_equal(
	    inet_pton(AF_INET6, places[place].addr, &a.in6.sin6_addr), 1);
	if (IN6_IS_ADDR_LINKLOCAL(&a.in6.sin6_addr))
		a.in6.sin6_scope_id = if_nametoindex("eth0");
	return a;
}

/* What a shot is made of: its size is even. */
struct form {
	union {
		struct tcphdr syn;
		struct {
			struct udphdr head;
			uint32_t token;
		} datagram;
		struct {
			struct icmp6_hdr head; /* that of ICMP is alike */
			uint32_t token;
			uint8_t rest[48]; /* as long as an error has to be */
		} icmp;
		uint32_t bare[2];
	};
	size_t size, checksum; /* where that stands; 0: it has none */
};

/* The token is where no translation looks: the sequence number of a SYN, the
 * first bytes of what a datagram carries. */
static struct form
form_of(const struct shot *s)
{
	uint16_t sport = (uint16_t)(10000 + s->token % 50000);
	struct form f = { .size = sizeof(f.syn), .checksum = 16 };

	if (s->proto == TCP) {
		f.syn = (struct tcphdr){ .th_sport = htons(sport),
			.th_dport = htons((uint16_t)s->port),
			.th_seq = htonl(s->token),
			.th_off = 5,
			.th_flags = TH_SYN,
			.th_win = htons(1024) };
	} else if (s->proto == UDP) {
		f.size = sizeof(f.datagram);
		f.checksum = 6;
		f.datagram.head = (struct udphdr){ .uh_sport = htons(sport),
			.uh_dport = htons((uint16_t)s->port),
			.uh_ulen = htons(12) };
		f.datagram.token = htonl(s->token);
	} else if (s->proto == BARE) {
		f.size = sizeof(f.bare);
		f.checksum = 0;
		f.bare[0] = htonl(s->token);
	} else {
		f.size = sizeof(f.icmp);
		f.checksum = 2;
		f.icmp.head =
		    (struct icmp6_hdr){ .icmp6_type = (uint8_t)s->type,
			    .icmp6_id = htons(sport) };
		f.icmp.token = htonl(s->token);
	}
	return f;
}

/* For IPv4 the kernel does not do it (RFC 9293, 3.1; RFC 768; RFC 792). */
static void
seal(struct form *f, const struct shot *s, const union end *from,
    const union end *to)
{
	uint32_t sum = 0;
	uint16_t result;

	if (s->proto != ICMP && s->proto != BARE) {
		sum = checksum_add(sum, &from->in.sin_addr, 4);
		sum = checksum_add(sum, &to->in.sin_addr, 4);
		sum += (uint32_t)(s->proto == TCP ? IPPROTO_TCP : IPPROTO_UDP);
		sum += (uint32_t)f->size;
	}
	result = checksum_end(checksum_add(sum, &f->syn, f->size));
	if (f->checksum != 0)
		memcpy(
		    (uint8_t *)&f->syn + f->checksum, &result, sizeof(result));
}

/* From any address. */
static int
open_as(const struct shot *s, size_t proto, const struct form *f,
    const union end *from)
{
	static const int yes = 1;
	int offset = (int)f->checksum;
	int fd = socket(from->any.sa_family, SOCK_RAW | SOCK_CLOEXEC,
	    raw_protos[s->ipv4][proto]);

	assert_return_code(fd, errno);
	if (s->ipv4)
		setsockopt(fd, IPPROTO_IP, IP_TRANSPARENT, &yes, sizeof(yes));
	else
		setsockopt(fd, IPPROTO_IPV6, IPV6_FREEBIND, &yes, sizeof(yes));
	if (!s->ipv4 && proto < 2)
		setsockopt(
		    fd, IPPROTO_IPV6, IPV6_CHECKSUM, &offset, sizeof(offset));
	assert_return_code(bind(fd, &from->any, sizeof(*from)), errno);
	return fd;
}

static size_t
proto_of(const struct shot *s)
{
	static const int protos[RAWS] = { TCP, UDP, ICMP, BARE };
	size_t i = 0;

	while (protos[i] != s->proto)
		i++;
	return i;
}

static void
go_outside(struct in6_addr *a, unsigned outside)
{
	struct in6_addr net;

	assert_int_equal(inet_pton(AF_INET6, outsides[outside - 1], &net), 1);
	memcpy(a, &net, 8);
}

void
shoot(const struct shot *s)
{
	struct form f = form_of(s);
	size_t proto = proto_of(s);
	union end from, to;
	int fd;

	enter(places[s->from].node);
	from = address_of(s->from, s->ipv4);
	to = address_of(s->to, s->ipv4);
	if (s->outside != 0)
		go_outside(&to.in6.sin6_addr, s->outside);
	if (s->ipv4)
		seal(&f, s, &from, &to);
	fd = open_as(s, proto, &f, &from);
	/* What the output chain drops is an error of the sender. */
	if (sendto(fd, &f.syn, f.size, 0, &to.any, sizeof(to)) == -1 &&
	    errno != EPERM && errno != EACCES)
		fail_msg("sendto: %s", strerror(errno));
	close(fd);
}

/* The token of what came; 0 when it is none of ours. */
static uint32_t
token_in(size_t proto, const uint8_t *data, size_t size)
{
	static const struct {
		size_t at, least;
	} rows[RAWS] = { { 4, 20 }, { 8, 12 }, { 8, 12 }, { 0, 8 } };
	static const uint8_t types[] = { ICMP6_ECHO_REQUEST,
		ICMP6_PACKET_TOO_BIG, NODE_QUERY, ICMP_ECHO, ICMP_DEST_UNREACH,
		TIMESTAMP };
	uint32_t token;

	if (size < rows[proto].least || (proto == 0 && data[13] != TH_SYN) ||
	    (proto == 2 && memchr(types, data[0], sizeof(types)) == NULL))
		return 0;
	memcpy(&token, data + rows[proto].at, sizeof(token));
	return ntohl(token);
}

/* What came: behind the headers, and to which address. */
struct packet {
	uint8_t data[2048];
	const uint8_t *at;
	size_t size;
	char to[INET6_ADDRSTRLEN];
};

/* A raw socket of IPv4 hears the header, too. */
static void
open_header(struct packet *p)
{
	size_t skip = (p->data[0] & 0xfu) * 4;

	inet_ntop(AF_INET, p->data + offsetof(struct iphdr, daddr), p->to,
	    sizeof(p->to));
	skip = skip < p->size ? skip : p->size;
	p->at += skip;
	p->size -= skip;
}

/* One of IPv6 tells it beside. */
static void
open_control(struct packet *p, struct msghdr *m)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(m);
	struct in6_pktinfo info;

	assert_non_null(c);
	assert_int_equal(c->cmsg_type, IPV6_PKTINFO);
	memcpy(&info, CMSG_DATA(c), sizeof(info));
	inet_ntop(AF_INET6, &info.ipi6_addr, p->to, sizeof(p->to));
}

static bool
take(int fd, bool ipv4, struct packet *p)
{
	uint8_t control[CMSG_SPACE(sizeof(struct in6_pktinfo))];
	struct iovec part = { p->data, sizeof(p->data) };
	struct msghdr m = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control) };
	ssize_t size = recvmsg(fd, &m, 0);

	if (size <= 0)
		return false;
	p->at = p->data;
	p->size = (size_t)size;
	if (ipv4)
		open_header(p);
	else
		open_control(p, &m);
	return true;
}

static void
note(uint32_t token, enum node where, const struct packet *p,
    struct shot *shots, size_t n)
{
	struct shot *s;

	if (token < shots[0].token || token >= shots[0].token + n)
		return;
	s = &shots[token - shots[0].token];
	s->arrived = true;
	s->where = where;
	memcpy(s->at, p->to, sizeof(s->at));
}

static void
drain(enum node node, bool ipv4, size_t proto, struct shot *shots, size_t n)
{
	struct packet p;

	while (take(machine.raw[node][ipv4][proto], ipv4, &p))
		note(token_in(proto, p.at, p.size), node, &p, shots, n);
}

static void
receive(struct shot *shots, size_t n)
{
	size_t i, k;

	for (i = 0; i < NODES; i++)
		for (k = 0; k < 2 * RAWS; k++)
			drain((enum node)i, k / RAWS == 1, k % RAWS, shots, n);
}

static bool
all_there(const struct shot *shots, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (shots[i].arrives && !shots[i].arrived)
			return false;
	return true;
}

static bool
wait_readable(int ms)
{
	struct pollfd fds[NODES * 2 * RAWS];
	size_t i;

	for (i = 0; i < NITEMS(fds); i++)
		fds[i] = (struct pollfd){
			machine.raw[i / (2 * RAWS)][i / RAWS % 2][i % RAWS],
			POLLIN, 0
		};
	return poll(fds, NITEMS(fds), ms) > 0;
}

void
collect(struct shot *shots, size_t n)
{
	uint64_t until = now_ms() + LATE_MS;

	while (!all_there(shots, n) && now_ms() < until) {
		wait_readable(50);
		receive(shots, n);
	}
	while (wait_readable(QUIET_MS))
		receive(shots, n);
}
