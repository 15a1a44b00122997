/* Internals of the kernel interface: the only header that names libnl types,
 * for core/kernel/net*.c, test/net_bytecode.c, test/net_rules.c and
 * fuzz/netlink.c only. */
#ifndef SEKI_CORE_KERNEL_NET_PARTS_H
#define SEKI_CORE_KERNEL_NET_PARTS_H

#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>

#include "core/base/util.h"
#include "core/kernel/container.h"
#include "core/kernel/lxc.h"
#include "core/kernel/net.h"

/* The evidence for a namespace's identity. */
enum witness {
	WITNESS_NONE,
	WITNESS_SILENT,	 /* a process that no runtime knows */
	WITNESS_INSIDE,	 /* one that a runtime knows, started in a container */
	WITNESS_OUTSIDE, /* one that a runtime knows, started by this host */
};

#define NET_HOMES 4 /* folders in which containers come and go */

/* A network namespace behind a bridge port, and its identities. */
struct netns {
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
	size_t bound; /* answers that are taken of a dump of rules; 0: all */
	struct prefix *wanted; /* of net_want */
	size_t nwanted;
	bool has_fib; /* of net_know_fib */
	bool wants_ssh;
	uint64_t host; /* of a snapshot; 0: not known yet */
	struct nl_sock *events;
	struct nl_sock *rule_events; /* of nftables; NULL when it is refused */
	bool rules_touched;	     /* by the transaction that is being told */
	uint32_t rules_changes;	     /* that were told */
	char rules_author[64];
	struct rules rules; /* of our table, */
	uint32_t rules_at;  /* in this generation of nftables */
	bool rules_known;
	uint64_t elements;    /* digest of its sets, */
	uint32_t elements_at; /* in this generation */
	bool elements_known;
	size_t element_count;
	int home; /* our own namespace, -1 when there is no /proc */
	int legacy[FAMILY_COUNT]; /* kept open by net_legacy.c; -1: is not */
	int epoll, inotify, timer;
	int home_watches[NET_HOMES]; /* of inotify; so is the next */
	int lxc_watch;
	bool joined; /* somebody may be about to come into a namespace */
	char *lxc;   /* the folder of LXC's definitions */
	struct definitions definitions;
	bool definitions_old; /* the disk has changed since */
	struct netns *netns;  /* by nsid */
	size_t nnetns;
	unsigned overruns; /* of events */
	bool look;	   /* for whoever is not settled, at the next reading */
	bool stirred;	   /* something happened since look was last planned */
	int lacks; /* errno of what kept from looking into a container; or
			 0; each piece of a reading begins with the last's */
};

/* ---- net_talk.c: one request and its answer */

/* Errors are errno values: 0, or what the kernel or the socket said. */
typedef void net_each_fn(struct nlmsghdr *, void *arg);

/* A connected socket for requests with strict checking; NULL with errno. */
struct nl_sock *net_socket(int protocol);

/* A socket that is a member of n multicast groups (RTNLGRP_*, NFNLGRP_*), with
 * a receive buffer for bursts; NULL with errno. */
struct nl_sock *net_listen(int protocol, const int *groups, size_t n);

/* Our socket for nftables and conntrack, opened on first use; likewise. */
struct nl_sock *net_netfilter(struct net *);

/* A message with its family header; free it with nlmsg_free. */
struct nl_msg *net_message(int type, int flags, const void *head, size_t len);

/* Sends a request and waits for its one answer, which fn gets, or an error;
 * without fn for the acknowledgement. */
int net_ask(struct nl_sock *, struct nl_msg *, net_each_fn *, void *arg);
/* The same for 1 to NET_ASK_MAX requests, sent in one go. The first error is
 * returned; fn gets what the others are answered. */
#define NET_ASK_MAX 64
int net_ask_all(struct nl_sock *, struct nl_msg *const *v, size_t n,
    net_each_fn *, void *arg);
/* The same for the up to NET_BATCH_MAX messages of one transaction of nftables,
 * with its begin and maybe end; acked: the last that is neither. If no answer
 * came, *lost is set, as here: */
#define NET_BATCH_MAX 128
int net_ask_batch(struct nl_sock *, struct nl_msg *const *v, size_t n,
    size_t acked, bool *lost);
/* As net_ask, for a change. If no answer came, *lost is set: the change may or
 * may not have been made. */
int net_ask_change(struct nl_sock *, struct nl_msg *, bool *lost);

/* Sends a dump request and calls each for every answer. A dump interrupted by a
 * change (NLM_F_DUMP_INTR) is repeated a few times: restart discards what was
 * collected. */
int net_dump(struct nl_sock *, struct nl_msg *, net_each_fn *each,
    void (*restart)(void *arg), void *arg);
/* The same for at most that many answers (0: all). If there are more, *cut is
 * set and the socket, on which the kernel is still dumping, is freed and set to
 * NULL. */
int net_dump_some(struct nl_sock **, struct nl_msg *, net_each_fn *each,
    void (*restart)(void *arg), void *arg, size_t most, bool *cut);

/* A dump in slices: begin sends the request on a new socket, more takes a
 * datagram of the answer and returns -1 while there are others, or else the
 * result. NULL with the errno value in *code if it could not be sent. */
struct net_slices;
struct net_slices *net_slices_begin(
    int protocol, struct nl_msg *, net_each_fn *each, void *arg, int *code);
int net_slices_more(struct net_slices *);
void net_slices_end(struct net_slices *);

/* One or several messages; the kernel sends 32 KiB at most in one go
 * (af_netlink.c, max_recvmsg_len). */
union net_datagram {
	struct nlmsghdr first;
	char bytes[32 * 1024];
};
/* Takes a datagram of events, without waiting for it, and calls each for what
 * is in it. 0 or an errno value: EAGAIN if there is none, ENOBUFS if some were
 * lost. */
int net_hear(struct nl_sock *, net_each_fn *each, void *arg);

/* Parses the attributes after a family header of that size into tb[max + 1]; -1
 * if one is malformed. */
int net_parse(struct nlmsghdr *, size_t head, struct nlattr **tb, int max,
    const struct nla_policy *);

/* Sets an error: the sentence, which it translates, with the errno value as its
 * reason, and a hint for common causes. */
int net_fail(struct err *, int code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* ---- net_link.c, net_addr.c, net_route.c: one dump each. They return an
 * errno value, and append to the snapshot. */
int net_links(struct net *, struct snapshot *);
/* An interface inside a namespace; false if it cannot be read. */
bool net_link_inside(struct net *, int nsid, int index, struct link *);
/* Addresses of all our interfaces. */
int net_addresses(struct net *, struct snapshot *);
/* Addresses of a container's interface: about ADDRESSES_MAX at most, with cut
 * set if there are more, and those given to net_want. */
int net_addresses_inside(struct net *, struct container *, struct snapshot *);
void net_addresses_close(struct net *);

/* The default routes of the socket's namespace for one family and, if links are
 * given, other routes over bridges among them; owned by the caller. */
int net_routes(struct nl_sock *, const struct snapshot *links, uint8_t family,
    struct routes *);
/* Those of a container, on a socket inside. If it has more than ROUTES_MAX: at
 * most the one that leads to the Internet; and another socket, or NULL. */
int net_routes_inside(struct net *, const struct container *, struct nl_sock **,
    uint8_t family, struct routes *, bool *cut);
/* A bare address of so many bytes, of the family that has as many; none where
 * none has. */
void net_take_address(const void *bytes, int len, struct prefix *);
/* Whether a route message concerns a route that net_routes returns. */
bool net_route_matters(struct nlmsghdr *);

/* ---- net_proxy.c: appends to the snapshot; 0 or an errno value. */
int net_proxies(struct net *, struct snapshot *);

/* ---- net_way.c */

/* Asks where the socket's namespace sends its own packets for the Internet. */
void net_passage_out(struct nl_sock *, enum family, struct passage *);

/* ---- net_nft.c: common to all nftables messages */

/* The nlmsg_type of an NFT_MSG_*. */
#define NET_NFT(msg) (NFNL_SUBSYS_NFTABLES << 8 | (msg))

/* A 32-bit number in network order; 0 if the attribute is not one. */
uint32_t net_number(const struct nlattr *);
/* The attribute of that type in a nest; NULL if nest is NULL or has none. */
struct nlattr *net_inside(struct nlattr *nest, int type);
/* net_dump, but EFBIG where there are more answers than net takes. */
int net_nft_dump(struct net *, struct nl_msg *, net_each_fn *,
    void (*restart)(void *), void *arg);
/* Opens the socket of net_netfilter; 0, or -1 with a sentence. */
int net_nft_need(struct net *, struct err *);
/* The begin or the end of a transaction: NFNL_MSG_BATCH_*. */
struct nl_msg *net_nft_border(int type);
/* A request of type NFT_MSG_*; the caller frees it. */
struct nl_msg *net_nft_request(int type, uint8_t family);

/* ---- net_expression.c: writes expressions of a rule into its
 * NFTA_RULE_EXPRESSIONS. */

/* Bytes of a header, as far as the mask says. */
struct net_match {
	size_t at, len;
	const void *v;
	uint32_t base; /* NFT_PAYLOAD_* */
	uint8_t mask;  /* of a single byte; 0: all bits */
};

/* These go on with packets of which a NFT_META_* or some bytes are so. */
void net_match_meta(struct nl_msg *, uint32_t key, const void *v, size_t len);
void net_match_bytes(struct nl_msg *, const struct net_match *);
/* And this with the first one, for an hour. */
void net_match_once(struct nl_msg *);
void net_set_trace(struct nl_msg *); /* has the packet traced from here on */
void net_put_drop(struct nl_msg *);

/* ---- net_bytecode.c */

struct tables;
struct rule_chain;
struct verdict_to;

/* Appends a rule (NFTA_RULE_EXPRESSIONS) to one of the chains in all. */
void net_bytecode(
    const struct tables *all, struct rule_chain *, struct nlattr *expressions);
/* Parses a verdict (NFTA_DATA_VERDICT) of that table; false if it is of an
 * unknown kind. */
bool net_verdict(const struct tables *all, uint8_t family, const char *table,
    struct nlattr *verdict, struct verdict_to *);

/* ---- net_rule_set.c */

/* Reads the sets of a table, anonymous and named. 0 or an errno value. */
int net_rule_sets(struct net *, struct tables *, const struct rule_chain *any);

/* ---- net_event.c: events */
int net_events_open(struct net *, struct err *);
void net_events_close(struct net *);
/* Reads all pending events; true if one of them matters. */
bool net_drain(struct net *);
/* Schedules another look at namespaces without a settled identity: a runtime
 * creates the namespace first, and its name appears later. Once for each
 * event. */
void net_look_later(struct net *);
/* Watches the folders in which runtimes register containers, new folders
 * included: the kernel sends no event when a process joins a namespace. */
void net_watch_homes(struct net *);
/* Reads LXC's definitions if they changed, and watches them. */
void net_read_definitions(struct net *);

/* ---- net_rules.c: events of our nftables table */
void net_rules_open(struct net *);
bool net_rules_drain(struct net *); /* true when it was changed */
/* Continues a digest with an attribute's type and payload. */
uint64_t net_hash_attr(uint64_t h, struct nlattr *);

/* ---- net_port.c: bridge ports and LXC's definitions, in this order. The first
 * and the last return an errno value. */

/* Identifies who is behind the ports. */
int net_guests(struct net *, struct snapshot *);
/* Looks behind the first port from *link on, which becomes the one after it;
 * false if there was none. */
bool net_guest(struct net *, struct snapshot *, size_t *link);
/* Adds those that are not running. */
int net_containers(struct net *, struct snapshot *);

/* ---- net_netns.c: identities of namespaces */

/* Identifies these namespaces (sorted), caches the result and drops all others
 * from the cache. */
void net_netns_identify(struct net *, const int *nsids, size_t n);
void net_netns_forget(struct net *, int nsid);
/* Invalidates the cache. */
void net_netns_invalidate(struct net *);
/* Whether a cached name is out of date. */
bool net_netns_is_renamed(const struct net *);
void net_netns_free(struct net *);
/* Borrowed until the next net_netns_identify; NULL for any other nsid. */
const struct netns *net_netns_of(const struct net *, int nsid);

/* ---- net_enter.c: entering namespaces */

/* The nsid of a namespace, given by a process or a descriptor; -1 if it has
 * none. */
int net_nsid_of_pid(struct net *, pid_t);
/* A process and its network namespace. */
struct resident {
	pid_t pid;
	int nsid;
};
/* Fills in all namespaces, many with each system call. */
void net_nsids_of(struct net *, struct resident *v, size_t n);
int net_nsid_of_fd(struct net *, int fd);

/* A socket in the container's namespace (for NETLINK_ROUTE, NULL means ours);
 * return it with net_leave. It is never kept: an open socket would keep the
 * namespace of a stopped container, and with it the bridge port. */
struct nl_sock *net_enter(
    struct net *, const struct container *, int protocol, struct err *);
void net_leave(struct net *, struct nl_sock *);
/* A raw ICMPv6 socket in there, to be closed by the caller; -1 without
 * CAP_NET_RAW, or if the container is gone. */
int net_icmp_socket(struct net *, const struct container *);
/* Calls make in a network namespace that nobody else has, and which lasts as
 * long as what make opens in it. Its result; -1 with errno. */
int net_in_private(struct net *, int (*make)(void *arg), void *arg);
/* Records that reading a container failed with that errno (0 for none), unless
 * it means that the container is gone or not ours to see. */
void net_note_lack(struct net *, int code);

/* A change in the namespace of a container; NULL: in ours. */
struct net_change {
	const struct container *container;
	int index;	    /* of the link that it is about */
	struct nl_msg *msg; /* taken */
	int already; /* the errno that says that nothing is to do; 0: none */
	/* The error, marked by N_(), and what goes into it before the place:
	 * "cannot add ADDR to eth0 of container X". */
	const char *fmt, *what;
};
/* Makes it; *changed, unless that is NULL, says whether the kernel did, or may
 * have done. */
int net_change(
    struct net *, const struct net_change *, bool *changed, struct err *);

#endif
