/* Addresses and prefixes of both families as one plain value. */
#include "config.h"

#include "core/base/addr.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#define GROUPS 8 /* of an IPv6 address */

const uint8_t family_numbers[FAMILY_COUNT] = {
	[FAMILY_IPV6] = AF_INET6, [FAMILY_IPV4] = AF_INET
};
const char *const family_words[FAMILY_COUNT] = {
	[FAMILY_IPV6] = "IPv6", [FAMILY_IPV4] = "IPv4"
};

const struct prefix addr_worlds[FAMILY_COUNT] = {
	[FAMILY_IPV6] = { .family = AF_INET6, .len = 128, .bytes = { 0x20 } },
	[FAMILY_IPV4] = { .family = AF_INET, .len = 32, .bytes = { 1 } },
};

enum family
addr_family(const struct prefix *p)
{
	return p->family == AF_INET ? FAMILY_IPV4 : FAMILY_IPV6;
}

uint8_t
prefix_full(const struct prefix *p)
{
	return p->family == AF_INET ? 32 : 128;
}

static int
parse_len(const char *s, unsigned max, uint8_t *len)
{
	unsigned n = 0;

	if (*s == '\0' || strlen(s) > 3 || (s[0] == '0' && s[1] != '\0'))
		return -1;
	for (; *s != '\0'; s++) {
		if (*s < '0' || *s > '9')
			return -1;
		n = n * 10 + (unsigned)(*s - '0');
	}
	if (n > max)
		return -1;
	*len = (uint8_t)n;
	return 0;
}

int
prefix_parse(struct prefix *p, const char *text)
{
	char addr[INET6_ADDRSTRLEN];
	const char *slash = strchr(text, '/');
	size_t n = slash != NULL ? (size_t)(slash - text) : strlen(text);

	memset(p, 0, sizeof(*p));
	if (n >= sizeof(addr))
		return -1;
	memcpy(addr, text, n);
	addr[n] = '\0';
	p->family = strchr(addr, ':') != NULL ? AF_INET6 : AF_INET;
	if (inet_pton(p->family, addr, p->bytes) != 1)
		return -1;
	p->len = prefix_full(p);
	return slash != NULL ? parse_len(slash + 1, p->len, &p->len) : 0;
}

/* The first of the longest runs of zeros; *len is 0 if none has two groups. */
static size_t
longest_zeros(const uint16_t groups[static GROUPS], size_t *len)
{
	size_t i, run = 0, best = 0;

	*len = 0;
	for (i = 0; i < GROUPS; i++) {
		run = groups[i] == 0 ? run + 1 : 0;
		if (run > *len) {
			*len = run;
			best = i + 1 - run;
		}
	}
	*len = *len < 2 ? 0 : *len;
	return best;
}

static char *
put_group(char *to, unsigned group)
{
	static const char digits[] = "0123456789abcdef";
	int shift = 12;

	while (shift > 0 && group >> shift == 0)
		shift -= 4;
	for (; shift >= 0; shift -= 4)
		*to++ = digits[group >> shift & 0xf];
	return to;
}

/* As RFC 5952 has it. inet_ntop(3) prints each group by sprintf(3), which took
 * a fifth of a command on 20,000 statements. */
static void
print_groups(const uint8_t bytes[static 16], char *to)
{
	uint16_t groups[GROUPS];
	size_t i, zeros, len;

	for (i = 0; i < GROUPS; i++)
		groups[i] = (uint16_t)(bytes[2 * i] << 8 | bytes[2 * i + 1]);
	zeros = longest_zeros(groups, &len);
	for (i = 0; i < GROUPS; i++) {
		if (len > 0 && i == zeros) {
			*to++ = ':';
			i += len - 1;
			if (i + 1 == GROUPS)
				*to++ = ':';
			continue;
		}
		if (i > 0)
			*to++ = ':';
		to = put_group(to, groups[i]);
	}
	*to = '\0';
}

/* Those that inet_ntop prints with an IPv4 address at their end. */
static bool
embeds_ipv4(const struct prefix *p)
{
	static const uint8_t zeros[10];

	return memcmp(p->bytes, zeros, sizeof(zeros)) == 0;
}

const char *
addr_text(const struct prefix *p, char text[static ADDR_TEXT_MAX])
{
	if (p->family == AF_INET6 && !embeds_ipv4(p))
		print_groups(p->bytes, text);
	else if (inet_ntop(p->family, p->bytes, text, ADDR_TEXT_MAX) == NULL)
		snprintf(text, ADDR_TEXT_MAX, "-");
	return text;
}

void
addr_port_print(const struct prefix *p, uint16_t port, struct buf *b)
{
	char text[ADDR_TEXT_MAX];

	buf_printf(b, p->family == AF_INET ? "%s:%u" : "[%s]:%u",
	    addr_text(p, text), port);
}

static bool
has_length(const struct prefix *p)
{
	return p->family != AF_UNSPEC && !prefix_is_bare(p);
}

/* Configs of a host have thousands, and printf is slow. */
static void
add_length(char *to, unsigned len)
{
	*to++ = '/';
	if (len >= 100)
		*to++ = (char)('0' + len / 100);
	if (len >= 10)
		*to++ = (char)('0' + len / 10 % 10);
	*to++ = (char)('0' + len % 10);
	*to = '\0';
}

const char *
prefix_text(const struct prefix *p, char text[static ADDR_TEXT_MAX])
{
	addr_text(p, text);
	if (has_length(p))
		add_length(text + strlen(text), p->len);
	return text;
}

void
prefix_print(const struct prefix *p, struct buf *b)
{
	char text[ADDR_TEXT_MAX];

	buf_add(b, prefix_text(p, text));
}

void
addr_len_print(const struct prefix *p, struct buf *b)
{
	char text[ADDR_TEXT_MAX];

	buf_printf(b, "%s/%u", addr_text(p, text), p->len);
}

bool
prefix_is_bare(const struct prefix *p)
{
	return p->len == prefix_full(p);
}

bool
prefix_equal(const struct prefix *a, const struct prefix *b)
{
	return prefix_compare(a, b) == 0;
}

bool
addr_equal(const struct prefix *a, const struct prefix *b)
{
	return a->family == b->family &&
	       memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

int
prefix_compare(const struct prefix *a, const struct prefix *b)
{
	int d;

	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	d = memcmp(a->bytes, b->bytes, sizeof(a->bytes));
	return d != 0 ? d : (int)a->len - (int)b->len;
}

bool
prefix_holds(const struct prefix *p, const struct prefix *addr)
{
	unsigned whole = p->len / 8, rest = p->len % 8;

	if (p->family != addr->family || addr->len < p->len ||
	    memcmp(p->bytes, addr->bytes, whole) != 0)
		return false;
	return rest == 0 ||
	       ((p->bytes[whole] ^ addr->bytes[whole]) >> (8 - rest)) == 0;
}

bool
prefix_overlaps(const struct prefix *a, const struct prefix *b)
{
	return prefix_holds(a, b) || prefix_holds(b, a);
}

struct prefix
prefix_addr(const struct prefix *p)
{
	struct prefix addr = *p;

	addr.len = prefix_full(p);
	return addr;
}

struct prefix
prefix_network(const struct prefix *p)
{
	struct prefix net = *p;
	unsigned i, bit;

	for (i = 0; i < sizeof(net.bytes); i++) {
		bit = i * 8;
		if (bit >= p->len)
			net.bytes[i] = 0;
		else if (p->len - bit < 8)
			net.bytes[i] &= (uint8_t)(0xff00u >> (p->len - bit));
	}
	return net;
}

struct prefix
prefix_moved(const struct prefix *p, const struct prefix *into)
{
	struct prefix moved = *p, mask = *into;
	size_t i;

	memset(mask.bytes, 0xff, sizeof(mask.bytes));
	mask = prefix_network(&mask);
	for (i = 0; i < sizeof(moved.bytes); i++)
		moved.bytes[i] = (uint8_t)((into->bytes[i] & mask.bytes[i]) |
					   (p->bytes[i] & ~mask.bytes[i]));
	return moved;
}

bool
prefix_broadcasts(const struct prefix *p, const struct prefix *addr)
{
	struct prefix last = prefix_network(p);
	unsigned bit;

	for (bit = p->len; bit < prefix_full(p); bit++)
		last.bytes[bit / 8] |= (uint8_t)(0x80u >> bit % 8);
	return p->family == AF_INET && addr_equal(&last, addr);
}

bool
addr_is_link_local(const struct prefix *p)
{
	if (p->family == AF_INET)
		return p->bytes[0] == 169 && p->bytes[1] == 254;
	return p->family == AF_INET6 && p->bytes[0] == 0xfe &&
	       (p->bytes[1] & 0xc0) == 0x80;
}

bool
addr_is_multicast(const struct prefix *p)
{
	return p->family == AF_INET ? p->bytes[0] >= 224 : p->bytes[0] == 0xff;
}

bool
addr_is_ula(const struct prefix *p)
{
	return p->family == AF_INET6 && (p->bytes[0] & 0xfe) == 0xfc;
}

static bool
is_private(const struct prefix *p)
{
	static const struct prefix blocks[] = {
		{ AF_INET, 8, { 0 } },
		{ AF_INET, 8, { 10 } },
		{ AF_INET, 10, { 100, 64 } },
		{ AF_INET, 8, { 127 } },
		{ AF_INET, 16, { 169, 254 } },
		{ AF_INET, 12, { 172, 16 } },
		{ AF_INET, 16, { 192, 168 } },
		{ AF_INET, 3, { 224 } },
	};
	size_t i = 0;

	while (i < NITEMS(blocks) && !prefix_holds(&blocks[i], p))
		i++;
	return i < NITEMS(blocks);
}

bool
addr_is_global(const struct prefix *p)
{
	if (p->family == AF_INET)
		return !is_private(p);
	return p->family == AF_INET6 && (p->bytes[0] & 0xe0) == 0x20;
}

void
mac_print(const uint8_t mac[6], struct buf *b)
{
	size_t i;

	for (i = 0; i < 6; i++)
		buf_printf(b, "%s%02x", i > 0 ? ":" : "", mac[i]);
}

uint64_t
mac_number(const uint8_t mac[6])
{
	uint64_t number = 0;
	size_t i;

	for (i = 0; i < 6; i++)
		number = number << 8 | mac[i];
	return number;
}

void
mac_bytes(uint64_t number, uint8_t mac[6])
{
	size_t i;

	for (i = 6; i > 0; i--, number >>= 8)
		mac[i - 1] = (uint8_t)number;
}
