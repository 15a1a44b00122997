/* Inside the kernel door: the only header that names libnl types, and only
 * core/net*.c may include it. */
#ifndef SEKI_CORE_NET_INTERNAL_H
#define SEKI_CORE_NET_INTERNAL_H

#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>

#include "core/net.h"
#include "core/util.h"

struct net {
	struct nl_sock *talk; /* requests in our own namespace */
	int home;	      /* our own namespace, -1 when there is no /proc */
};

/* ---- core/net_talk.c: one request and its answer */

/* Errors are errno values: 0, or what the kernel or the socket said. */
typedef void net_each_fn(struct nlmsghdr *, void *arg);

/* A connected socket for requests, strictly checked by the kernel; NULL with
 * errno set. */
struct nl_sock *net_socket(int protocol);

/* A message with its family header; the caller frees it with nlmsg_free. */
struct nl_msg *net_message(int type, int flags, const void *head, size_t len);

/* Sends and waits for the acknowledgement; fn gets the answer, when there is
 * one, and may be NULL. */
int net_ask(struct nl_sock *, struct nl_msg *, net_each_fn *, void *arg);

/* Sends a dump request and calls each for every answer. A dump that the
 * kernel found inconsistent is asked for again, a few times: restart forgets
 * what was collected. */
int net_dump(struct nl_sock *, struct nl_msg *, net_each_fn *each,
    void (*restart)(void *arg), void *arg);

/* Attributes of a message behind a family header of that many bytes, into
 * tb[max + 1]; -1 when one is malformed. */
int net_parse(struct nlmsghdr *, size_t head, struct nlattr **tb, int max,
    const struct nla_policy *);

/* "cannot WHAT: why", and a hint where errno (the code) has a usual cause. */
int net_fail(struct err *, int code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* ---- core/net_space.c: other namespaces */

/* The nsid of the namespace that is open there; -1 when it has none. */
int net_nsid_of_fd(struct net *, int fd);

/* A socket in the namespace of the container, in our own for NULL; to be given
 * back with net_leave. Nothing keeps it for later: an open socket would keep
 * the namespace, and with it the bridge port, of a container that stopped. */
struct nl_sock *net_enter(
    struct net *, const struct container *, struct err *);
void net_leave(struct net *, struct nl_sock *);

/* Sends a change, which it frees, to where the container is. The code already
 * means that nothing was to do. Fails as "cannot WHAT eth0 of container X". */
int net_change(struct net *, const struct container *, int index,
    struct nl_msg *, int already, const char *what, bool *changed,
    struct err *);

#endif
