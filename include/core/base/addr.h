/* Addresses and prefixes of both families as one plain value. */
#ifndef SEKI_CORE_BASE_ADDR_H
#define SEKI_CORE_BASE_ADDR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "core/base/util.h"

#define ADDR_TEXT_MAX 64 /* an address with /LEN, or a MAC, and its NUL */

/* An address with its prefix length. All zero (AF_UNSPEC) is "none". */
struct prefix {
	uint8_t family; /* AF_INET, AF_INET6 or AF_UNSPEC */
	uint8_t len;	/* bits: 32 or 128 for a bare address */
	uint8_t bytes[16];
};

/* Families in the order in which they are told. */
enum family { FAMILY_IPV6, FAMILY_IPV4, FAMILY_COUNT };
extern const uint8_t family_numbers[FAMILY_COUNT];   /* AF_INET6, AF_INET */
extern const char *const family_words[FAMILY_COUNT]; /* IPv6, IPv4 */
/* Of an address that is one. */
/* Stand for the Internet: the first of all global unicast addresses belongs to
 * nobody, and every default route leads to it, even one to 2000::/3 (RFC 4291,
 * 2.4) or to 0.0.0.0/1. */
extern const struct prefix addr_worlds[FAMILY_COUNT];

enum family addr_family(const struct prefix *);

/* Reads ADDR or ADDR/LEN; 0, or -1 when text is neither. */
int prefix_parse(struct prefix *, const char *text);

/* Canonical text (RFC 5952), with /LEN unless it is a bare address. */
void prefix_print(const struct prefix *, struct buf *);

/* As prefix_print, but always with /LEN, as addresses of links are written. */
void addr_len_print(const struct prefix *, struct buf *);

/* The same without /LEN, into the caller's array; returned for use in printf */
const char *addr_text(const struct prefix *, char text[static ADDR_TEXT_MAX]);
/* "192.0.2.1:80", "[2001:db8::1]:80" */
void addr_port_print(const struct prefix *, uint16_t port, struct buf *);
/* As prefix_print, into the caller's array. */
const char *prefix_text(const struct prefix *, char text[static ADDR_TEXT_MAX]);

uint8_t prefix_full(const struct prefix *); /* 32 or 128 */
bool prefix_is_bare(const struct prefix *);
bool prefix_equal(const struct prefix *, const struct prefix *);
bool addr_equal(const struct prefix *, const struct prefix *); /* less len */
int prefix_compare(const struct prefix *, const struct prefix *);
/* Whether the address of the second lies in the first. */
bool prefix_holds(const struct prefix *, const struct prefix *addr);
bool prefix_overlaps(const struct prefix *, const struct prefix *);
/* The bare address, the len forgotten. */
struct prefix prefix_addr(const struct prefix *);
/* The first address of the prefix: host bits cleared, len kept. */
struct prefix prefix_network(const struct prefix *);
/* The same behind the bits of another prefix, which is no longer. */
struct prefix prefix_moved(const struct prefix *, const struct prefix *into);

/* Whether the address is the last one of that prefix, which is everybody in it
 * (RFC 919); of IPv6 it is one like others. */
bool prefix_broadcasts(const struct prefix *, const struct prefix *addr);

/* "02:00:00:00:00:01" */
void mac_print(const uint8_t mac[6], struct buf *);
/* A MAC address as a number of 48 bits, its first byte the highest. */
uint64_t mac_number(const uint8_t mac[6]);
void mac_bytes(uint64_t number, uint8_t mac[6]);

bool addr_is_link_local(const struct prefix *); /* fe80::/10, 169.254/16 */
/* ff00::/8; 224/3, with IPv4's broadcast address */
bool addr_is_multicast(const struct prefix *);
bool addr_is_ula(const struct prefix *); /* fc00::/7, RFC 4193 */
/* 2000::/3; of IPv4 what is neither private (RFC 1918, 6598), nor a link's or a
 * host's own, nor multicast */
bool addr_is_global(const struct prefix *);

#endif
