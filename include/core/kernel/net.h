/* The kernel interface: netlink on one side, plain structs on this one. */
#ifndef SEKI_CORE_KERNEL_NET_H
#define SEKI_CORE_KERNEL_NET_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/kernel/snapshot.h"

struct net;

#define NET_NAMES "/run/netns" /* has the names of ip-netns(8) */
#define NET_TABLE "seki" /* the one of nftables that is ours, family inet */

/* Opens the netlink socket. Owned by the caller. */
struct net *net_open(struct err *);
void net_free(struct net *);

/* Subscribes to changes in our network namespace: links, addresses (inside
 * containers too, where the kernel permits), routes, namespace ids, IPv6
 * forwarding and, if permitted, our nftables table. To be called once, and
 * before what is watched is read. Only for those who wait for events: the
 * kernel takes milliseconds to end it. */
int net_watch(struct net *, struct err *);

/* -1 before net_watch. Readable when there are events: poll it, then call
 * net_ready, which drains it without blocking. True if the snapshot should be
 * read again: after a change or an overrun of the socket, when an LXC container
 * is created or removed on disk, or when an unidentified one may have a name by
 * now. Changes that net_read has seen are not reported again. */
int net_fd(const struct net *);
bool net_ready(struct net *);
/* How often events were lost, the sockets being full. */
unsigned net_overruns(const struct net *);

/* Reads everything into *s, which the caller frees. What needs privilege is
 * left out without an error. Containers are identified again only where
 * namespaces have come or gone since the last call. */
int net_read(struct net *, struct snapshot *s, struct err *);
/* The same bit by bit, for somebody who has other things to do: 1 as long as
 * there is more. Both structs are zero before the first call; the caller frees
 * the snapshot, whatever was returned. net_ready and net_read spoil what was
 * begun. */
struct net_progress {
	size_t parts; /* that were read */
	size_t link;  /* the first that is not */
	int lacks;    /* as in struct net, so far */
};
int net_read_more(
    struct net *, struct snapshot *s, struct net_progress *, struct err *);

/* Addresses to look up in every container, even one with too many to read;
 * replaces those set before. Copied. */
void net_want(struct net *, const struct prefix *v, size_t n);

/* Sets has_fib of later snapshots: only nftables can tell whether the kernel
 * supports route lookups (fib) in chains of any hook. */
void net_know_fib(struct net *, bool has);

/* Whether later snapshots tell sshd's ports: to look for its processes takes
 * milliseconds. */
void net_want_ssh(struct net *, bool);

/* Updates only the traffic counters of links in a snapshot; all other changes
 * are events. */
int net_read_traffic(struct net *, struct snapshot *s, struct err *);

/* Changes. A NULL container means our own namespace; otherwise its netns is
 * entered, provided it still has that nsid, which needs CAP_SYS_ADMIN. Adding
 * what exists and removing what does not succeed and set *changed (may be NULL)
 * to false. Objects carry the proto of their owner, NET_PROTO for seki; the
 * kernel stores it for routes, and since 5.18 for addresses (IFA_PROTO).
 * Addresses are added without duplicate address detection, which would never
 * end on a bridge without ports. */
int net_address_add(struct net *, const struct container *,
    const struct address *, bool *changed, struct err *);
int net_address_remove(struct net *, const struct container *,
    const struct address *, bool *changed, struct err *);
/* Sends unsolicited neighbour advertisements for the address (RFC 4861, 7.2.6):
 * neighbours with a stale MAC would go on using it for half a minute. Best
 * effort. */
void net_announce(
    struct net *, const struct container *, const struct address *);
void net_announce_proxy(struct net *, const struct proxy *);
/* A route with that metric but another gateway or device is an error: remove it
 * first. */
int net_route_add(struct net *, const struct container *, const struct route *,
    bool *changed, struct err *);
int net_route_remove(struct net *, const struct container *,
    const struct route *, bool *changed, struct err *);

/* Answers for an address on one of our links, or stops that. An entry of
 * somebody else becomes ours. */
int net_proxy_add(
    struct net *, const struct proxy *, bool *changed, struct err *);
int net_proxy_remove(
    struct net *, const struct proxy *, bool *changed, struct err *);

/* IPv6 sysctls of our own namespace, by their path below
 * /proc/sys/net/ipv6: "conf/all/forwarding", "neigh/eth0/proxy_delay". */
int net_sysctl_get(const char *path, int *value, struct err *);
int net_sysctl_set(const char *path, int value, struct err *);
/* net.ipv4.ip_forward, and net.ipv4.conf.all.accept_redirects, which the kernel
 * sets with it (inet_forward_change() in net/ipv4/devinet.c). */
int net_ipv4_forwarding_get(int *on, int *redirects, struct err *);
int net_ipv4_forwarding_set(int on, int redirects, struct err *);

/* For how long, in milliseconds, a neighbour on that link counts as reachable
 * about; 0 if unknown. */
int net_reachable_ms(enum family, int index);

/* Whether frames between ports of a bridge traverse the hooks of that family
 * (br_netfilter, net.bridge.bridge-nf-call-ip6tables). */
bool net_bridged(enum family);
/* Ends that for both, where it can be. */
void net_bridged_end(void);

/* Named nftables counters of a table of family inet. */
struct counter {
	const char *name;
	uint64_t packets, bytes;
	uint64_t read; /* when it was, now_ms */
};
struct counters {
	struct counter *v; /* by name */
	size_t n;
	char *names;	   /* all of them, in the kernel's order */
	uint32_t *by_dump; /* the places in v, in the kernel's order */
	uint32_t *was;	   /* by place: 1 + the one it had before the version
			      went up, 0 when it is new; NULL: all are */
	unsigned version;  /* goes up when some have come or gone */
};
/* Reads into counters that are zero or were read before: while the kernel has
 * the same set of counters, entries keep their place and only values change.
 * Empty, and no error, if there is no such table. */
int net_counters(
    struct net *, const char *table, struct counters *, struct err *);
/* Reads only those n, by name: a dump of all takes the kernel longer than their
 * number says, 60 ms for 20,000. places are in c->v. -1 without changing any
 * other when one of them is gone, and net_counters is to be called. */
int net_counters_at(struct net *, const char *table, struct counters *c,
    const size_t *places, size_t n, struct err *);
void counters_free(struct counters *);
const struct counter *counters_find(const struct counters *, const char *name);

/* The generation id of nftables: it grows with every transaction in this
 * namespace, by anybody and in any table. */
int net_generation(struct net *, uint32_t *id, struct err *);
/* Tells this network namespace, of this boot, from all others whose generations
 * somebody may have noted. 0 when the kernel does not (before Linux 5.14). */
uint64_t net_identity(struct net *);

/* Summary of the rules of our table, read without libnftables, and again only
 * when the generation has changed. marks is the sum, over the chains with
 * rules, of net_mark with the comment of the first rule: what the loader said
 * it loaded. shape is a digest of what is there: chains with hook, priority and
 * policy, and rules in order, but not named sets and counters. Loading the same
 * text again gives the same shape. */
struct rules {
	bool present;
	uint32_t flags; /* of the table: 1 when it is asleep (dormant) */
	uint64_t marks, shape;
};
int net_rules(struct net *, const char *table, struct rules *out, struct err *);
/* What a chain whose first rule has that comment adds to marks. */
uint64_t net_mark(const char *chain, const char *comment);
/* Digest of the elements of the table's named sets and maps, independent of
 * their order; 0 for a missing table. Read again only when the generation has
 * changed: 2,000 elements take 1 ms. */
int net_elements(
    struct net *, const char *table, uint64_t *digest, struct err *);
/* How many those are; read along with them. */
int net_element_count(struct net *, const char *table, size_t *n, struct err *);
/* How many transactions have changed our table since this was opened, whoever
 * wrote them, as far as the kernel has told. */
uint32_t net_rules_changes(struct net *);
/* The process that changed our table last: "nft, process 4711"; "" if unknown.
 * Borrowed until the next net_ready or net_read. */
const char *net_rules_author(const struct net *);

#endif
