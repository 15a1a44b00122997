/* The bytes of a packet that is sent to see what becomes of it. */
#include "config.h"

#include "core/kernel/trial.h"

#include <endian.h>
#include <net/ethernet.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/random.h>

#define TTL 64
#define WINDOW 64240
#define WORDS_OF_TCP (sizeof(struct tcphdr) / 4)

/* What a protocol's header looks like. */
struct form {
	uint8_t proto;
	size_t header, cookie; /* how long it is, where the cookie is */
	size_t sum;	       /* where its checksum is */
	void (*write)(const struct trial *, uint8_t *header);
};

static void
write_tcp(const struct trial *t, uint8_t *header)
{
	const struct tcphdr tcp = { .source = htobe16(t->sport),
		.dest = htobe16(t->dport),
		.doff = WORDS_OF_TCP,
		.syn = 1,
		.window = htobe16(WINDOW) };

	memcpy(header, &tcp, sizeof(tcp));
}

static void
write_udp(const struct trial *t, uint8_t *header)
{
	const struct udphdr udp = { .source = htobe16(t->sport),
		.dest = htobe16(t->dport),
		.len = htobe16(sizeof(udp) + TRIAL_COOKIE) };

	memcpy(header, &udp, sizeof(udp));
}

/* The identifier tells flows of ICMP apart, as a port does. */
static void
write_icmp(const struct trial *t, uint8_t *header)
{
	const struct icmphdr icmp = { .type = ICMP_ECHO };

	memcpy(header, &icmp, sizeof(icmp));
	memcpy(header + 4, t->cookie, 2);
}

static void
write_icmpv6(const struct trial *t, uint8_t *header)
{
	const struct icmp6_hdr icmp = { .icmp6_type = ICMP6_ECHO_REQUEST };

	memcpy(header, &icmp, sizeof(icmp));
	memcpy(header + 4, t->cookie, 2);
}

static const struct form forms[] = {
	{ IPPROTO_UDP, 8, 8, 6, write_udp },
	{ IPPROTO_ICMP, 8, 8, 2, write_icmp },
	{ IPPROTO_ICMPV6, 8, 8, 2, write_icmpv6 },
	{ IPPROTO_TCP, sizeof(struct tcphdr), 4, 16, write_tcp },
};

static const struct form *
form_of(const struct trial *t)
{
	const struct form *f = forms;

	while (f->proto != t->proto && f->proto != IPPROTO_TCP)
		f++;
	return f;
}

void
trial_mint(struct trial *t)
{
	if (getrandom(t->cookie, sizeof(t->cookie), 0) != sizeof(t->cookie))
		memset(t->cookie, 0x5e, sizeof(t->cookie));
}

size_t
trial_cookie_at(const struct trial *t)
{
	return form_of(t)->cookie;
}

/* RFC 1071 */
static uint32_t
sum(const uint8_t *v, size_t len, uint32_t so_far)
{
	for (; len > 1; v += 2, len -= 2)
		so_far += (uint32_t)v[0] << 8 | v[1];
	return so_far;
}

static void
put_sum(uint8_t *at, uint32_t total)
{
	uint16_t folded;

	while (total >> 16 != 0)
		total = (total & 0xffff) + (total >> 16);
	folded = htobe16((uint16_t)~total);
	/* Zero would mean that UDP has none (RFC 768). */
	if (folded == 0)
		folded = 0xffff;
	memcpy(at, &folded, sizeof(folded));
}

static size_t
write_transport(const struct trial *t, uint8_t *at)
{
	const struct form *f = form_of(t);
	size_t len = f->header, addr = prefix_full(&t->from) / 8;
	uint32_t total = 0;

	f->write(t, at);
	memcpy(at + f->cookie, t->cookie, sizeof(t->cookie));
	if (f->cookie == f->header)
		len += sizeof(t->cookie);
	/* ICMP of IPv4 has no pseudo header. */
	if (f->proto != IPPROTO_ICMP)
		total = sum(t->from.bytes, addr, sum(t->to.bytes, addr, 0)) +
			f->proto + (uint32_t)len;
	put_sum(at + f->sum, sum(at, len, total));
	return len;
}

static size_t
write_ipv4(const struct trial *t, uint8_t *at)
{
	struct iphdr ip = { .version = 4,
		.ihl = sizeof(ip) / 4,
		.ttl = TTL,
		.protocol = t->proto,
		.frag_off = htobe16(IP_DF) };
	size_t len = sizeof(ip) + write_transport(t, at + sizeof(ip));

	ip.tot_len = htobe16((uint16_t)len);
	memcpy(&ip.saddr, t->from.bytes, sizeof(ip.saddr));
	memcpy(&ip.daddr, t->to.bytes, sizeof(ip.daddr));
	memcpy(at, &ip, sizeof(ip));
	put_sum(at + offsetof(struct iphdr, check), sum(at, sizeof(ip), 0));
	return len;
}

static size_t
write_ipv6(const struct trial *t, uint8_t *at)
{
	struct ip6_hdr ip = { .ip6_flow = htobe32(6u << 28),
		.ip6_nxt = t->proto,
		.ip6_hlim = TTL };
	size_t len = write_transport(t, at + sizeof(ip));

	ip.ip6_plen = htobe16((uint16_t)len);
	memcpy(&ip.ip6_src, t->from.bytes, sizeof(ip.ip6_src));
	memcpy(&ip.ip6_dst, t->to.bytes, sizeof(ip.ip6_dst));
	memcpy(at, &ip, sizeof(ip));
	return sizeof(ip) + len;
}

size_t
trial_write(const struct trial *t, const uint8_t mac[6],
    uint8_t frame[static TRIAL_FRAME_MAX])
{
	bool ipv4 = t->from.family == AF_INET;
	struct ether_header ether = {
		.ether_type = htobe16(ipv4 ? ETHERTYPE_IP : ETHERTYPE_IPV6)
	};
	uint8_t *ip = frame + sizeof(ether);

	memset(frame, 0, TRIAL_FRAME_MAX);
	memcpy(ether.ether_dhost, mac, sizeof(ether.ether_dhost));
	memcpy(ether.ether_shost, mac, sizeof(ether.ether_shost));
	memcpy(frame, &ether, sizeof(ether));
	return sizeof(ether) + (ipv4 ? write_ipv4(t, ip) : write_ipv6(t, ip));
}
