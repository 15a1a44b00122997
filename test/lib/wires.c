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

#define LATE_MS 60000 /* until an expected packet is given up */
#define QUIET_MS 4    /* of a wire on which nothing more comes */

const char *const link_names[] = { "eth0", "lxcbr0", "br1", "lo" };
const char *const node_names[] = { "host", "client", "vm00", "vm01", "vm02" };

const struct place places[PLACES] = {
	{ "2001:db8::10", HOST, UPLINK },
	{ "2001:db8::11", HOST, UPLINK },
	{ ONE "1", HOST, LXCBR0 },
	{ TWO "1", HOST, BR1 },
	{ "2001:db8:9::7", CLIENT, UPLINK },
	{ "2001:db8:44::2", CLIENT, UPLINK },
	{ ONE "3", VM00, LXCBR0 },
	{ ONE "4", VM01, LXCBR0 },
	{ TWO "3", VM02, BR1 },
	/* Second addresses, which the config does not give. */
	{ ONE "9", VM01, LXCBR0 },
	{ TWO "9", VM02, BR1 },
	/* Not theirs: only packets come from there. */
	{ ONE "99", VM00, LXCBR0 },
	{ ONE "4", VM00, LXCBR0 },
	{ TWO "3", VM00, LXCBR0 },
	{ ONE "3", VM02, BR1 },
	{ "2001:db8:9::7", VM02, BR1 },
	{ ONE "3", CLIENT, UPLINK },
	{ ONE "9", CLIENT, UPLINK },
	{ "fe80::99", VM00, LXCBR0 },
	{ "fe80::99", VM02, BR1 },
};

static const int raw_protos[] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMPV6,
	BARE_NUMBER };
#define RAWS NITEMS(raw_protos)

static struct {
	int ns[NODES];
	int raw[NODES][RAWS];
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
	int checksum[] = { 16, 6 }, fd;
	size_t i;

	for (i = 0; i < RAWS; i++) {
		fd = socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
		    raw_protos[i]);
		assert_return_code(fd, errno);
		if (i < NITEMS(checksum))
			setsockopt(fd, IPPROTO_IPV6, IPV6_CHECKSUM,
			    &checksum[i], sizeof(checksum[i]));
		machine.raw[node][i] = fd;
	}
}

static void
make_node(enum node node)
{
	assert_return_code(unshare(CLONE_NEWNET), errno);
	machine.ns[node] = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	run("ip link set lo up");
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

static void
give_addresses(void)
{
	const struct place *p;

	for (p = places; p < places + OWNED; p++) {
		enter(p->node);
		run("ip addr add %s/64 dev %s nodad", p->addr,
		    p->node == HOST ? link_names[p->link] : "eth0");
	}
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
	run("ip link add lxcbr0 type bridge; ip link set lxcbr0 up");
	run("ip link add br1 type bridge; ip link set br1 up");
	make_node(CLIENT);
	make_node(VM00);
	make_node(VM01);
	make_node(VM02);
	wire(CLIENT, "eth0", NULL);
	wire(VM00, "v0", "lxcbr0");
	wire(VM01, "v1", "lxcbr0");
	wire(VM02, "v2", "br1");
	give_addresses();
	enter(CLIENT);
	run("ip addr add 2001:db8::1/64 dev eth0 nodad");
	run("ip route add default via 2001:db8::10");
	enter(VM00);
	run("ip route add default via " ONE "1");
	enter(VM01);
	run("ip route add default via " ONE "1");
	enter(VM02);
	run("ip route add default via " TWO "1");
	enter(HOST);
	run("ip route add default via 2001:db8::1");
	run("echo 1 >/proc/sys/net/ipv6/conf/all/forwarding");
	/* Without ports each packet would belong to the first one. */
	run("echo 0 >/proc/sys/net/netfilter/nf_conntrack_generic_timeout");
	return 0;
}

static struct sockaddr_in6
address_of(size_t place)
{
	struct sockaddr_in6 a = { .sin6_family = AF_INET6 };

	assert_int_equal(
	    inet_pton(AF_INET6, places[place].addr, &a.sin6_addr), 1);
	if (IN6_IS_ADDR_LINKLOCAL(&a.sin6_addr))
		a.sin6_scope_id = if_nametoindex("eth0");
	return a;
}

/* The token is where no translation looks: the sequence number of a SYN, the
 * first bytes of what a datagram carries. */
void
shoot(const struct shot *s)
{
	struct sockaddr_in6 from, to;
	uint16_t sport = (uint16_t)(10000 + s->token % 50000);
	struct tcphdr syn = { .th_sport = htons(sport),
		.th_dport = htons((uint16_t)s->port),
		.th_seq = htonl(s->token),
		.th_off = 5,
		.th_flags = TH_SYN,
		.th_win = htons(1024) };
	struct {
		struct udphdr head;
		uint32_t token;
	} datagram = { { .uh_sport = htons(sport),
			   .uh_dport = htons((uint16_t)s->port),
			   .uh_ulen = htons(12) },
		htonl(s->token) };
	struct {
		struct icmp6_hdr head;
		uint32_t token;
		uint8_t rest[48]; /* as long as an error has to be */
	} icmp = { .head = { .icmp6_type = (uint8_t)s->type,
		       .icmp6_id = htons(sport) },
		.token = htonl(s->token) };
	const uint32_t bare[] = { htonl(s->token), 0 };
	const struct {
		const void *data;
		size_t size;
	} forms[] = { { &syn, sizeof(syn) }, { &datagram, sizeof(datagram) },
		{ &icmp, sizeof(icmp) }, { bare, sizeof(bare) } };
	size_t i = s->proto == TCP    ? 0
		   : s->proto == UDP  ? 1
		   : s->proto == ICMP ? 2
				      : 3;
	int fd;

	enter(places[s->from].node);
	from = address_of(s->from);
	to = address_of(s->to);
	fd = socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, raw_protos[i]);
	assert_return_code(fd, errno);
	setsockopt(
	    fd, IPPROTO_IPV6, IPV6_FREEBIND, (const int[]){ 1 }, sizeof(int));
	if (i < 2)
		setsockopt(fd, IPPROTO_IPV6, IPV6_CHECKSUM,
		    (const int[]){ i == 0 ? 16 : 6 }, sizeof(int));
	assert_return_code(
	    bind(fd, (struct sockaddr *)&from, sizeof(from)), errno);
	/* What the output chain drops is an error of the sender. */
	if (sendto(fd, forms[i].data, forms[i].size, 0, (struct sockaddr *)&to,
		sizeof(to)) == -1 &&
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
	} rows[] = { { 4, 20 }, { 8, 12 }, { 8, 12 }, { 0, 8 } };
	uint32_t token;

	if (size < rows[proto].least || (proto == 0 && data[13] != TH_SYN) ||
	    (proto == 2 && data[0] != ICMP6_ECHO_REQUEST &&
		data[0] != ICMP6_PACKET_TOO_BIG && data[0] != NODE_QUERY))
		return 0;
	memcpy(&token, data + rows[proto].at, sizeof(token));
	return ntohl(token);
}

static void
receive(struct shot *shots, size_t n)
{
	uint8_t data[2048];
	uint32_t token;
	size_t i, k;
	ssize_t size;

	for (i = 0; i < NODES; i++)
		for (k = 0; k < RAWS; k++)
			while ((size = recv(machine.raw[i][k], data,
				    sizeof(data), 0)) > 0) {
				token = token_in(k, data, (size_t)size);
				if (token < shots[0].token ||
				    token >= shots[0].token + n)
					continue;
				shots[token - shots[0].token].arrived = true;
				shots[token - shots[0].token].where =
				    (enum node)i;
			}
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
	struct pollfd fds[NODES * RAWS];
	size_t i;

	for (i = 0; i < NITEMS(fds); i++)
		fds[i] = (struct pollfd){ machine.raw[i / RAWS][i % RAWS],
			POLLIN, 0 };
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
