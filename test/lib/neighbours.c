/* Neighbour discovery, as a router on the link does it and sees it.
 *
 *   neighbours solicit LINK PREFIX TAIL COUNT
 *                        asks for so many addresses of a /64, none twice, whose
 *                        last 24 bits are those: they are all of the same
 *                        multicast group (RFC 4291, 2.7.1). A second after the
 *                        last it prints how many answers came
 *   neighbours claim LINK ADDR
 *                        advertises to all that the address is its own, as
 *                        who wants what is sent there
 *   neighbours sweep PREFIX COUNT
 *                        sends a datagram of UDP to so many addresses of a /64
 *   neighbours watch LINK
 *                        "ready", then a line for each frame of IPv6 that comes
 *                        in, until TERM: "MAC TYPE SOURCE", TYPE of
 *                        ICMPv6, and "TARGET FLAGS" of an advertisement
 *   neighbours reach ADDR
 *                        pings it every 5 ms until it answers, and prints when
 *                        that was, in ms since the machine started
 *   neighbours now       prints what time it is, likewise
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip6.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define LIFE_S 120 /* of one that somebody forgot */
#define STEP_MS 5
#define QUIET_MS 1000 /* longer than the kernel lets anybody wait */

struct solicitation {
	struct nd_neighbor_solicit head;
	struct nd_opt_hdr option;
	uint8_t mac[6];
};

/* As it comes in, behind what makes the rest aligned. */
struct frame {
	uint8_t pad[2], to[6], from[6];
	uint16_t proto;
	struct ip6_hdr ip;
	struct nd_neighbor_advert na;
};

static long
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int
icmp_socket(void)
{
	int hops = 255, size = 4 << 20;
	int fd = socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMPV6);

	setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &hops, sizeof(hops));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	return fd;
}

/* Takes what waits, and returns how much of it is of that type. */
static unsigned
take(int fd, int type)
{
	uint8_t data[2048];
	unsigned taken = 0;

	while (recv(fd, data, sizeof(data), MSG_DONTWAIT) > 0)
		taken += data[0] == type;
	return taken;
}

static unsigned
take_until(int fd, int type, long end)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	unsigned taken = 0;
	long now;

	while ((now = now_ms()) < end)
		if (poll(&p, 1, (int)(end - now)) > 0)
			taken += take(fd, type);
	return taken;
}

/* The source is the link-local address, as a router's. */
static int
do_solicit(char *argv[])
{
	struct sockaddr_in6 to = { .sin6_family = AF_INET6,
		.sin6_scope_id = if_nametoindex(argv[0]) };
	struct solicitation ask = { .head.nd_ns_type = ND_NEIGHBOR_SOLICIT,
		.option = { ND_OPT_SOURCE_LINKADDR, 1 },
		.mac = { 2, 0, 0, 0, 0, 1 } };
	uint32_t i, n = (uint32_t)atoi(argv[3]), tail;
	uint8_t *target = ask.head.nd_ns_target.s6_addr;
	int fd = icmp_socket();
	unsigned answers = 0;

	if (fd == -1 || inet_pton(AF_INET6, argv[1], target) != 1)
		return 2;
	tail = (uint32_t)strtoul(argv[2], NULL, 16);
	inet_pton(AF_INET6, "ff02::1:ff00:0", &to.sin6_addr);
	for (i = 0; i < 3; i++)
		target[13 + i] = to.sin6_addr.s6_addr[13 + i] =
		    (uint8_t)(tail >> (16 - 8 * i));
	for (i = 1; i <= n; i++) {
		target[8] = 0xff;
		target[9] = (uint8_t)(i >> 16);
		target[10] = (uint8_t)(i >> 8);
		target[11] = (uint8_t)i;
		if (sendto(fd, &ask, sizeof(ask), 0, (struct sockaddr *)&to,
			sizeof(to)) == -1) {
			perror("neighbours");
			return 1;
		}
		answers += take(fd, ND_NEIGHBOR_ADVERT);
	}
	answers += take_until(fd, ND_NEIGHBOR_ADVERT, now_ms() + QUIET_MS);
	printf("%u\n", answers);
	return 0;
}

struct advertisement {
	struct nd_neighbor_advert head;
	struct nd_opt_hdr option;
	uint8_t mac[6];
};

static bool
own_mac(int fd, const char *link, uint8_t mac[6])
{
	struct ifreq r = { 0 };

	snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", link);
	if (ioctl(fd, SIOCGIFHWADDR, &r) == -1)
		return false;
	memcpy(mac, r.ifr_hwaddr.sa_data, 6);
	return true;
}

static int
do_claim(const char *link, const char *addr)
{
	struct sockaddr_in6 to = { .sin6_family = AF_INET6,
		.sin6_scope_id = if_nametoindex(link) };
	struct advertisement a = { .head.nd_na_type = ND_NEIGHBOR_ADVERT,
		.option = { ND_OPT_TARGET_LINKADDR, 1 } };
	int fd = icmp_socket();

	if (fd == -1 || !own_mac(fd, link, a.mac) ||
	    inet_pton(AF_INET6, addr, &a.head.nd_na_target) != 1)
		return 2;
	a.head.nd_na_flags_reserved = ND_NA_FLAG_OVERRIDE;
	inet_pton(AF_INET6, "ff02::1", &to.sin6_addr);
	return sendto(fd, &a, sizeof(a), 0, (struct sockaddr *)&to,
		   sizeof(to)) == -1;
}

static int
do_sweep(const char *prefix, const char *count)
{
	struct sockaddr_in6 to = { .sin6_family = AF_INET6,
		.sin6_port = htons(9) };
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int i, n = atoi(count);

	if (fd == -1 || inet_pton(AF_INET6, prefix, &to.sin6_addr) != 1)
		return 2;
	for (i = 0; i < n; i++) {
		to.sin6_addr.s6_addr[12] = 0xbb;
		to.sin6_addr.s6_addr[14] = (uint8_t)(i >> 8);
		to.sin6_addr.s6_addr[15] = (uint8_t)i;
		sendto(fd, "", 1, 0, (struct sockaddr *)&to, sizeof(to));
	}
	return 0;
}

static void
tell_advertisement(const struct nd_neighbor_advert *na)
{
	char target[INET6_ADDRSTRLEN];
	uint32_t flags = na->nd_na_flags_reserved;

	inet_ntop(AF_INET6, &na->nd_na_target, target, sizeof(target));
	printf(" %s %s%s%s", target, flags & ND_NA_FLAG_ROUTER ? "R" : "",
	    flags & ND_NA_FLAG_SOLICITED ? "S" : "",
	    flags & ND_NA_FLAG_OVERRIDE ? "O" : "");
}

static void
tell(const struct frame *f)
{
	char source[INET6_ADDRSTRLEN];
	int i, type = f->ip.ip6_nxt == IPPROTO_ICMPV6 ? f->na.nd_na_type : 0;

	for (i = 0; i < 6; i++)
		printf("%s%02x", i > 0 ? ":" : "", f->from[i]);
	inet_ntop(AF_INET6, &f->ip.ip6_src, source, sizeof(source));
	printf(" %d %s", type, source);
	if (type == ND_NEIGHBOR_ADVERT)
		tell_advertisement(&f->na);
	puts("");
	fflush(stdout);
}

static int
do_watch(const char *link)
{
	struct sockaddr_ll at = { .sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_IPV6),
		.sll_ifindex = (int)if_nametoindex(link) };
	struct sockaddr_ll from;
	socklen_t len = sizeof(from);
	struct frame f;
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	ssize_t n;

	if (fd == -1 || bind(fd, (struct sockaddr *)&at, sizeof(at)) == -1) {
		perror("neighbours");
		return 1;
	}
	puts("ready");
	fflush(stdout);
	while ((n = recvfrom(fd, f.to, sizeof(f) - offsetof(struct frame, to),
		    0, (struct sockaddr *)&from, &len)) > 0)
		if (from.sll_pkttype != PACKET_OUTGOING &&
		    n >= (ssize_t)(ETH_HLEN + sizeof(f.ip)))
			tell(&f);
	return 1;
}

static int
do_reach(const char *text)
{
	struct sockaddr_in6 to = { .sin6_family = AF_INET6 };
	struct icmp6_hdr ask = { .icmp6_type = ICMP6_ECHO_REQUEST };
	int fd = icmp_socket();
	unsigned answers = 0;

	if (fd == -1 || inet_pton(AF_INET6, text, &to.sin6_addr) != 1)
		return 2;
	while (answers == 0) {
		sendto(fd, &ask, sizeof(ask), 0, (struct sockaddr *)&to,
		    sizeof(to));
		answers = take_until(fd, ICMP6_ECHO_REPLY, now_ms() + STEP_MS);
	}
	printf("%ld\n", now_ms());
	return 0;
}

int
main(int argc, char *argv[])
{
	alarm(LIFE_S);
	if (argc == 6 && strcmp(argv[1], "solicit") == 0)
		return do_solicit(argv + 2);
	if (argc == 4 && strcmp(argv[1], "claim") == 0)
		return do_claim(argv[2], argv[3]);
	if (argc == 4 && strcmp(argv[1], "sweep") == 0)
		return do_sweep(argv[2], argv[3]);
	if (argc == 3 && strcmp(argv[1], "watch") == 0)
		return do_watch(argv[2]);
	if (argc == 3 && strcmp(argv[1], "reach") == 0)
		return do_reach(argv[2]);
	if (argc == 2 && strcmp(argv[1], "now") == 0)
		return printf("%ld\n", now_ms()) < 0;
	fputs("usage: neighbours solicit LINK PREFIX TAIL COUNT | "
	      "claim LINK ADDR | sweep PREFIX COUNT | watch LINK | "
	      "reach ADDR | now\n",
	    stderr);
	return 2;
}
