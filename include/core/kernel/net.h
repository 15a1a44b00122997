/* The kernel door: netlink in, netlink out, plain structs on this side. */
#ifndef SEKI_CORE_KERNEL_NET_H
#define SEKI_CORE_KERNEL_NET_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/kernel/snapshot.h"

struct net;

#define NET_TABLE "seki" /* the one of nftables that is ours, family inet */

/* Opens the netlink sockets and subscribes to changes of links, addresses
 * (also inside containers where the kernel lets us), routes, namespace ids,
 * IPv6 forwarding, and of our nftables table where we may hear of it, of
 * our own network namespace. Owned by the caller. */
struct net *net_open(struct err *);
void net_free(struct net *);

/* Readable when something happened: poll it, then call net_ready, which drains
 * it and never blocks. True when the snapshot should be read again; an overrun
 * of the socket counts as a change, and so do a container of LXC that is made
 * or removed on disk, and a moment in which an unknown one may have got its
 * name. What net_read has seen is not reported again. */
int net_fd(const struct net *);
bool net_ready(struct net *);

/* Reads everything anew into *s, which the caller frees. What only a
 * privileged reader may see is left out without an error. Containers are
 * identified again only where namespaces came or went since the last call. */
int net_read(struct net *, struct snapshot *s, struct err *);

/* Addresses that are found wherever a container has them, however many others
 * it has, in the place of those named before. Copied. */
void net_want(struct net *, const struct prefix *v, size_t n);

/* What snapshots say of the kernel's lookups of routes for rules, which only
 * nftables can tell. */
void net_know_fib(struct net *, bool has);

/* Only the traffic counts of links, into a snapshot read before: a change of
 * anything else is an event. */
int net_read_traffic(struct net *, struct snapshot *s, struct err *);

/* Changes. A NULL container means our own namespace; else it is entered by its
 * netns, if that is still the one of its nsid, which takes CAP_SYS_ADMIN.
 * Adding what is there and removing what is not there succeed and set *changed
 * (may be NULL) to false.
 * What they add is marked by its proto as whose it is: NET_PROTO is seki. The
 * kernel keeps that of a route in any case, and that of an address since 5.18
 * (IFA_PROTO).
 * Addresses are added without duplicate address detection: a bridge without
 * ports would keep them tentative. */
int net_address_add(struct net *, const struct container *,
    const struct address *, bool *changed, struct err *);
int net_address_remove(struct net *, const struct container *,
    const struct address *, bool *changed, struct err *);
/* Tells the neighbours of that interface which MAC the address has now: who
 * knew it by another one would send there in vain for half a minute (an
 * unsolicited neighbour advertisement, RFC 4861, 7.2.6). Best effort. */
void net_announce(
    struct net *, const struct container *, const struct address *);
/* One with another gateway or device that has its metric is an error: remove
 * that first. */
int net_route_add(struct net *, const struct container *, const struct route *,
    bool *changed, struct err *);
int net_route_remove(struct net *, const struct container *,
    const struct route *, bool *changed, struct err *);

/* IPv6 sysctls, by the path below /proc/sys/net/ipv6/conf: "all/forwarding",
 * "eth0/accept_ra". Of our own namespace. */
int net_sysctl_get(const char *path, int *value, struct err *);
int net_sysctl_set(const char *path, int value, struct err *);

/* Named nftables counters of a table of family inet, by one netlink dump. */
struct counter {
	char *name;
	uint64_t packets, bytes;
	size_t dumped; /* its place in the kernel's list */
};
struct counters {
	struct counter *v; /* by name */
	size_t n;
	size_t *by_dump;  /* the places in v, in the kernel's order */
	unsigned version; /* goes up when some have come or gone */
};
/* Into counters that are all zero or were read before: as long as the kernel
 * has the same ones they stay where they are, and only their numbers change.
 * None, without an error, when there is no such table. */
int net_counters(
    struct net *, const char *table, struct counters *, struct err *);
void counters_free(struct counters *);
const struct counter *counters_find(const struct counters *, const char *name);

/* The number of nftables' last transaction, by whomever and in any table of
 * this namespace. */
int net_generation(struct net *, uint32_t *id, struct err *);

/* The rules of a table of family inet in a few numbers, without libnftables
 * and cheap enough for every look. marks is the sum, over the chains that have
 * rules, of hash_text(hash_text(HASH_START, NAME), COMMENT) with the comment of
 * the first rule: what was loaded, by its own word. shape is a digest of what
 * is there: chains with hook, priority and policy, and rules in order. Named
 * sets and counters are not looked at. The same text loaded again has the same
 * shape. */
struct rules {
	bool present;
	uint32_t flags; /* of the table: 1 when it is asleep (dormant) */
	uint64_t marks, shape;
};
int net_rules(struct net *, const char *table, struct rules *out, struct err *);
/* The elements of its named sets and maps as a digest that does not depend on
 * their order; of an absent table 0. Read anew only when nftables has changed,
 * in any table, since the last call: 2,000 elements take 1 ms. */
int net_elements(
    struct net *, const char *table, uint64_t *digest, struct err *);
/* "nft, process 4711": who changed our table last; "" when that was not
 * heard. Borrowed until the next net_ready or net_read. */
const char *net_rules_author(const struct net *);

#endif
