/* Inside the kernel door: the only header that names libnl types, and only
 * core/net*.c may include it. */
#ifndef SEKI_CORE_KERNEL_NET_INTERNAL_H
#define SEKI_CORE_KERNEL_NET_INTERNAL_H

#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>

#include "core/base/util.h"
#include "core/kernel/container.h"
#include "core/kernel/lxc.h"
#include "core/kernel/net.h"

/* What a namespace is known by. */
enum witness {
	WITNESS_NONE,
	WITNESS_SILENT,	 /* a process that no runtime knows */
	WITNESS_INSIDE,	 /* one that a runtime knows, started in a container */
	WITNESS_OUTSIDE, /* one that a runtime knows, started by this host */
};

#define NET_HOMES 4 /* folders in which containers come and go */

/* A namespace behind a bridge port, and who lives there. */
struct space {
	int nsid;
	pid_t pid;  /* a process inside, 0 when none is known */
	char *path; /* opens it; NULL when nothing does */
	enum witness witness;
	struct identity *names; /* the best first, none twice */
	size_t nnames;
	bool known;   /* was looked for */
	bool settled; /* and nothing better can come of looking again */
};

struct net {
	struct nl_sock *talk;	   /* requests in our own namespace */
	struct nl_sock *netfilter; /* opened when it is first needed */
	struct nl_sock *peek, *peek_netfilter; /* for dumps that may be cut */
	struct prefix *wanted;		       /* of net_want */
	size_t nwanted;
	bool has_fib; /* of net_know_fib */
	struct nl_sock *events;
	struct nl_sock *rule_events; /* of nftables; NULL when it is refused */
	bool rules_touched;	     /* by the transaction that is being told */
	char rules_author[64];
	uint64_t elements;    /* digest of the sets of our table, */
	uint32_t elements_at; /* in this generation of nftables */
	bool elements_known;
	int home; /* our own namespace, -1 when there is no /proc */
	int epoll, inotify, timer;
	int home_watches[NET_HOMES]; /* of inotify; so is the next */
	int lxc_watch;
	bool joined; /* somebody may be about to come into a namespace */
	char *lxc;   /* the folder of LXC's definitions */
	struct definitions definitions;
	bool definitions_old; /* the disk has changed since */
	struct space *spaces; /* by nsid */
	size_t nspaces;
	bool look;    /* for whoever is not settled, at the next reading */
	bool stirred; /* something happened since look was last planned */
	int lacks;    /* errno of what kept this reading from looking into a
			 container; or 0 */
};

/* ---- net_talk.c: one request and its answer */

/* Errors are errno values: 0, or what the kernel or the socket said. */
typedef void net_each_fn(struct nlmsghdr *, void *arg);

/* A connected socket for requests, strictly checked by the kernel; NULL with
 * errno set. */
struct nl_sock *net_socket(int protocol);

/* The one for nftables and conntrack, opened when it is first needed; likewise.
 */
struct nl_sock *net_netfilter(struct net *);

/* A message with its family header; the caller frees it with nlmsg_free. */
struct nl_msg *net_message(int type, int flags, const void *head, size_t len);

/* Sends and waits for the acknowledgement; fn gets the answer, when there is
 * one, and may be NULL. */
int net_ask(struct nl_sock *, struct nl_msg *, net_each_fn *, void *arg);
/* Likewise for a change. When no answer came, nobody can tell whether it was
 * made: then lost is set. */
int net_ask_change(struct nl_sock *, struct nl_msg *, bool *lost);

/* Sends a dump request and calls each for every answer. A dump that the
 * kernel found inconsistent is asked for again, a few times: restart forgets
 * what was collected. */
int net_dump(struct nl_sock *, struct nl_msg *, net_each_fn *each,
    void (*restart)(void *arg), void *arg);
/* Likewise, but of at most that many answers (0: all). Where there are more cut
 * is set, and the socket, on which the kernel goes on with the dump, is freed
 * and NULL. */
int net_dump_some(struct nl_sock **, struct nl_msg *, net_each_fn *each,
    void (*restart)(void *arg), void *arg, size_t most, bool *cut);

/* Attributes of a message behind a family header of that many bytes, into
 * tb[max + 1]; -1 when one is malformed. */
int net_parse(struct nlmsghdr *, size_t head, struct nlattr **tb, int max,
    const struct nla_policy *);

/* The sentence, which it translates, with ": why" behind, and a hint where
 * errno (the code) has a usual cause. */
int net_fail(struct err *, int code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* ---- net_link.c, net_addr.c, net_route.c: one dump each. They return an
 * errno value, and append to the snapshot. */
int net_links(struct net *, struct snapshot *);
/* An interface inside a namespace; false when it cannot be seen. */
bool net_link_inside(struct net *, int nsid, int index, struct link *);
/* Of every interface of ours. */
int net_addresses(struct net *, struct snapshot *);
/* Of the interface inside, whose owner may give it any number of them: not many
 * more than ADDRESSES_MAX, of which cut is told, and those of net_want. */
int net_addresses_inside(struct net *, struct container *, struct snapshot *);
void net_addresses_close(struct net *);

struct routes {
	struct route *v; /* best first; owned by the caller */
	size_t n;
};
/* The IPv6 default routes of the socket's namespace, and, where links are told,
 * what else leads through bridges among them. */
int net_routes(struct nl_sock *, const struct snapshot *links, struct routes *);
/* Whether the message is about a route that net_routes would return. */
bool net_route_matters(struct nlmsghdr *);

/* ---- net_way.c */

/* Where the socket's namespace would send a packet: from (NULL: from itself, by
 * whatever address it takes) to an address, when it comes by the link iif (0:
 * from inside). */
void net_passage(struct nl_sock *, const struct prefix *from,
    const struct prefix *to, int iif, struct passage *);
/* What it sends itself to the world. */
void net_passage_out(struct nl_sock *, struct passage *);

/* ---- net_nft.c: what all messages of nftables have */

/* Numbers of 32 bits are in the order of the network; 0 when it is none. */
uint32_t net_number(const struct nlattr *);
/* The attribute of that type in a nest, which may be NULL; or NULL. */
struct nlattr *net_inside(struct nlattr *nest, int type);
/* Of NFT_MSG_*; the caller frees it. */
struct nl_msg *net_nft_request(int type, uint8_t family);

/* ---- net_bytecode.c */

struct tables;
struct rule_chain;
struct verdict_to;

/* Appends a rule (NFTA_RULE_EXPRESSIONS) to one of the chains of all. */
void net_bytecode(
    const struct tables *all, struct rule_chain *, struct nlattr *expressions);
/* What a verdict (NFTA_DATA_VERDICT) of that table says, which may be to go on;
 * false when it is one that nobody can follow. */
bool net_verdict(const struct tables *all, uint8_t family, const char *table,
    struct nlattr *verdict, struct verdict_to *);

/* ---- net_rule_set.c */

/* Reads the sets of a table, those that rules hold and those with a name. 0 or
 * the error of the kernel. */
int net_rule_sets(struct net *, struct tables *, const struct rule_chain *any);

/* ---- net_event.c: what happens meanwhile */
int net_events_open(struct net *, struct err *);
void net_events_close(struct net *);
/* Takes in all that has happened; true when it matters. */
bool net_drain(struct net *);
/* Looks again in a moment at who is not settled: a runtime makes the namespace
 * first, and says later whose it is. Once for each time something happens. */
void net_look_later(struct net *);
/* Watches the folders in which runtimes note who runs, those that have come,
 * too: of who joins a namespace that is there, the kernel tells nothing. */
void net_watch_homes(struct net *);
/* Reads the definitions of LXC, when they changed, and watches them. */
void net_read_definitions(struct net *);

/* ---- net_rules.c: events of our nftables table */
void net_rules_open(struct net *);
bool net_rules_drain(struct net *); /* true when it was changed */
/* Goes on with a digest over the type of an attribute and what is in it. */
uint64_t net_hash_attr(uint64_t h, struct nlattr *);

/* ---- net_port.c: what is behind bridge ports, and LXC's definitions */
int net_containers(struct net *, struct snapshot *);

/* ---- net_census.c: who lives in a namespace */

/* Finds out who lives in these namespaces (sorted), remembers it for the next
 * time, and forgets the others. */
void net_census(struct net *, const int *nsids, size_t n);
void net_census_forget(struct net *, int nsid);
/* The next one looks at everybody anew. */
void net_census_doubt(struct net *);
/* Whether somebody is called otherwise by now. */
bool net_census_is_renamed(const struct net *);
void net_census_free(struct net *);
/* Borrowed until the next census; NULL when it was not asked for. */
const struct space *net_space_of(const struct net *, int nsid);

/* ---- net_space.c: other namespaces */

/* The kernel's id for a namespace, by a process or by a descriptor; -1 when it
 * has none. */
int net_nsid_of_pid(struct net *, pid_t);
int net_nsid_of_fd(struct net *, int fd);

/* A socket in the namespace of the container, for NETLINK_ROUTE also in our own
 * (NULL); to be given back with net_leave. Nothing keeps it for later: an open
 * socket would keep the namespace, and with it the bridge port, of a container
 * that stopped. */
struct nl_sock *net_enter(
    struct net *, const struct container *, int protocol, struct err *);
void net_leave(struct net *, struct nl_sock *);
/* A raw socket of ICMPv6 there, to be closed; -1 without the right to it
 * (CAP_NET_RAW), or when the container is gone. */
int net_icmp_socket(struct net *, const struct container *);
/* Notes that a look into a container failed with that errno (0 is none), unless
 * it tells of the container: that it is gone, or not ours to see. */
void net_note_lack(struct net *, int code);

/* Sends a change, which it frees, to where the container is. The code already
 * (0 for none) means that nothing was to do; changed says whether the kernel
 * made the change, or may have made it. Fails with fmt, marked by N_(), of
 * the address and of the place: "cannot add ADDR to eth0 of container X". */
int net_change(struct net *, const struct container *, int index,
    struct nl_msg *, int already, const char *fmt, const char *addr,
    bool *changed, struct err *);

#endif
