/* Packets of all kinds of protocols, and who gets them.
 *
 *   spray throw ADDR COUNT SEED   sends so many, of random protocols and ports
 *                                 above 1023, and prints each: "6 8080", "47 0"
 *   spray from PORT ADDR PORT     sends one datagram of UDP, from that port
 *   spray catch 4|6               "ready", then prints each of that family that
 *                                 comes in by eth0, until TERM
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "checksum.h"

#define LIFE_S 600	  /* of one that somebody forgot */
#define TOKEN 0x53505259u /* by which it knows its own */
#define SIZE 48		  /* of a packet, without the header of IP */
#define BARE_FIRST 143	  /* numbers that no protocol has (IANA) */
#define BARE_LAST 252
#define SPORT 20000

/* Where the token stands, and what else makes the packet one of its kind. */
struct kind {
	uint8_t proto;
	bool ports;
	size_t token;
	int checksum; /* of the Internet, where it stands; -1: nowhere */
	void (*fill)(uint8_t *packet);
};

static void
put16(uint8_t *at, unsigned v)
{
	at[0] = (uint8_t)(v >> 8);
	at[1] = (uint8_t)v;
}

static void
put32(uint8_t *at, uint32_t v)
{
	put16(at, v >> 16);
	put16(at + 2, v & 0xffff);
}

static uint32_t
get32(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
	       (uint32_t)at[2] << 8 | at[3];
}

static void
fill_syn(uint8_t *packet)
{
	packet[12] = 5 << 4;
	packet[13] = 0x02;
	put16(packet + 14, 1024);
}

static void
fill_datagram(uint8_t *packet)
{
	put16(packet + 4, SIZE);
}

/* RFC 9260, appendix A. */
static uint32_t
crc32c(const uint8_t *v, size_t n)
{
	uint32_t crc = 0xffffffff;
	int bit;

	for (; n > 0; n--) {
		crc ^= *v++;
		for (bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (0x82f63b78 & -(crc & 1));
	}
	return ~crc;
}

/* An INIT, whose tag is the token, and a parameter that fills it up. */
static void
fill_init(uint8_t *packet)
{
	uint32_t crc;

	packet[12] = 1;
	put16(packet + 14, SIZE - 12);
	put32(packet + 20, 65536);
	put16(packet + 24, 1);
	put16(packet + 26, 1);
	put16(packet + 32, 0x8000);
	put16(packet + 34, SIZE - 32);
	crc = crc32c(packet, SIZE);
	memcpy(packet + 8, &crc, sizeof(crc));
}

static void
fill_nothing(uint8_t *packet)
{
	(void)packet;
}

static const struct kind kinds[] = {
	{ IPPROTO_TCP, true, 20, 16, fill_syn },
	{ IPPROTO_UDP, true, 8, 6, fill_datagram },
	{ IPPROTO_SCTP, true, 16, -1, fill_init },
};
static const struct kind bare = { 0, false, 0, -1, fill_nothing };

static const struct kind *
kind_of(uint8_t proto)
{
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].proto == proto)
			return &kinds[i];
	return &bare;
}

/* An address of either family. */
union end {
	struct sockaddr any;
	struct sockaddr_in6 in6;
	struct sockaddr_in in;
};

static bool
read_end(const char *text, union end *end)
{
	*end = (union end){ .in6 = { .sin6_family = AF_INET6 } };
	if (inet_pton(AF_INET6, text, &end->in6.sin6_addr) == 1)
		return true;
	*end = (union end){ .in = { .sin_family = AF_INET } };
	return inet_pton(AF_INET, text, &end->in.sin_addr) == 1;
}

/* For IPv4 the kernel does not do it (RFC 9293, 3.1; RFC 768). */
static void
seal(uint8_t *packet, const struct kind *k, int fd, const union end *to)
{
	union end from;
	socklen_t len = sizeof(from);
	uint32_t sum;
	uint16_t result;

	if (getsockname(fd, &from.any, &len) == -1)
		return;
	sum = checksum_add(k->proto + SIZE, &from.in.sin_addr, 4);
	sum = checksum_add(sum, &to->in.sin_addr, 4);
	result = checksum_end(checksum_add(sum, packet, SIZE));
	memcpy(packet + k->checksum, &result, sizeof(result));
}

static void
fail(uint8_t proto)
{
	fprintf(stderr, "spray: %u: %s\n", proto, strerror(errno));
	exit(1);
}

static int
open_to(const union end *to, const struct kind *k, uint8_t proto)
{
	int fd = socket(to->any.sa_family, SOCK_RAW | SOCK_CLOEXEC, proto);

	if (fd == -1 || connect(fd, &to->any, sizeof(*to)) == -1 ||
	    (k->checksum != -1 && to->any.sa_family == AF_INET6 &&
		setsockopt(fd, IPPROTO_IPV6, IPV6_CHECKSUM, &k->checksum,
		    sizeof(k->checksum)) == -1))
		fail(proto);
	return fd;
}

static void
throw_one(const union end *to, uint8_t proto, unsigned port, unsigned sport)
{
	const struct kind *k = kind_of(proto);
	uint8_t packet[SIZE] = { 0 };
	int fd = open_to(to, k, proto);

	if (k->ports) {
		put16(packet, sport);
		put16(packet + 2, port);
	}
	put32(packet + k->token, TOKEN);
	k->fill(packet);
	if (k->checksum != -1 && to->any.sa_family == AF_INET)
		seal(packet, k, fd, to);
	if (send(fd, packet, sizeof(packet), 0) != SIZE)
		fail(proto);
	close(fd);
	printf("%u %u\n", proto, k->ports ? port : 0);
}

static int
do_from(char *argv[])
{
	union end to;

	if (!read_end(argv[1], &to))
		return 2;
	throw_one(
	    &to, IPPROTO_UDP, (unsigned)atoi(argv[2]), (unsigned)atoi(argv[0]));
	return 0;
}

/* No bare protocol comes twice: it would be the same connection. */
static int
do_throw(char *argv[])
{
	union end to;
	unsigned i, count = (unsigned)atoi(argv[1]), bares = 0, kind;

	srandom((unsigned)atoi(argv[2]));
	if (!read_end(argv[0], &to))
		return 2;
	for (i = 0; i < count; i++) {
		kind = (unsigned)random() % 4;
		if (kind == 3 && BARE_FIRST + bares <= BARE_LAST)
			throw_one(&to, (uint8_t)(BARE_FIRST + bares++), 0, 0);
		else
			throw_one(&to, kinds[kind % 3].proto,
			    1024 + (unsigned)random() % 64512, SPORT + i);
	}
	return 0;
}

/* data begins with the header of IP. */
static void
tell(const uint8_t *data, size_t size, bool ipv4)
{
	const size_t head = ipv4 ? (data[0] & 0xfu) * 4 : 40;
	const uint8_t *packet = data + head;
	const struct kind *k;
	uint8_t proto;

	if (size < head + SIZE)
		return;
	proto = data[ipv4 ? 9 : 6];
	k = kind_of(proto);
	if (get32(packet + k->token) != TOKEN)
		return;
	printf("%u %u\n", proto,
	    k->ports ? (unsigned)packet[2] << 8 | packet[3] : 0);
	fflush(stdout);
}

static int
do_catch(bool ipv4)
{
	struct sockaddr_ll at = { .sll_family = AF_PACKET,
		.sll_protocol = htons(ipv4 ? ETH_P_IP : ETH_P_IPV6),
		.sll_ifindex = (int)if_nametoindex("eth0") };
	struct sockaddr_ll from;
	socklen_t len = sizeof(from);
	uint8_t data[2048];
	int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ssize_t n;

	if (fd == -1 || bind(fd, (struct sockaddr *)&at, sizeof(at)) == -1) {
		perror("spray");
		return 1;
	}
	alarm(LIFE_S);
	puts("ready");
	fflush(stdout);
	while ((n = recvfrom(fd, data, sizeof(data), 0,
		    (struct sockaddr *)&from, &len)) > 0)
		if (from.sll_pkttype != PACKET_OUTGOING)
			tell(data, (size_t)n, ipv4);
	return 1;
}

int
main(int argc, char *argv[])
{
	if (argc == 5 && strcmp(argv[1], "throw") == 0)
		return do_throw(argv + 2);
	if (argc == 5 && strcmp(argv[1], "from") == 0)
		return do_from(argv + 2);
	if (argc == 3 && strcmp(argv[1], "catch") == 0)
		return do_catch(strcmp(argv[2], "4") == 0);
	fputs("usage: spray throw ADDR COUNT SEED | from PORT ADDR PORT | "
	      "catch 4|6\n",
	    stderr);
	return 2;
}
