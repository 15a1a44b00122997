/* Network namespace ids, and entering other namespaces. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/net_namespace.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "core/base/intl.h"
#include "core/kernel/net_parts.h"

#define HOME_MS 1000
#define NAP_MS 5

void
net_note_lack(struct net *net, int code)
{
	static const int lacks[] = { EMFILE, ENFILE, ENOMEM, ENOBUFS, EAGAIN,
		EINTR, EIO, ETIMEDOUT };
	size_t i;

	for (i = 0; i < NITEMS(lacks); i++)
		if (code == lacks[i])
			net->lacks = code;
}

static void
on_nsid(struct nlmsghdr *h, void *arg)
{
	static const struct nla_policy policy[NETNSA_MAX + 1] = {
		[NETNSA_NSID] = { .type = NLA_U32 },
	};
	struct nlattr *tb[NETNSA_MAX + 1];
	int *nsid = arg;

	if (net_parse(h, sizeof(struct rtgenmsg), tb, NETNSA_MAX, policy) ==
		0 &&
	    tb[NETNSA_NSID] != NULL)
		*nsid = nla_get_s32(tb[NETNSA_NSID]);
}

static struct nl_msg *
nsid_question(int attribute, uint32_t value)
{
	struct rtgenmsg head = { .rtgen_family = AF_UNSPEC };
	struct nl_msg *msg = net_message(RTM_GETNSID, 0, &head, sizeof(head));

	nla_put_u32(msg, attribute, value);
	return msg;
}

static int
ask_nsid(struct net *net, int attribute, uint32_t value)
{
	struct nl_msg *msg = nsid_question(attribute, value);
	int nsid = NETNSA_NSID_NOT_ASSIGNED;

	net_note_lack(net, net_ask(net->talk, msg, on_nsid, &nsid));
	nlmsg_free(msg);
	return nsid;
}

int
net_nsid_of_pid(struct net *net, pid_t pid)
{
	return ask_nsid(net, NETNSA_PID, (uint32_t)pid);
}

struct batch {
	struct nl_msg *questions[NET_ASK_MAX];
	struct resident *v;
};

/* Answers do not tell the process, but their number that of the question. */
static void
on_one_of(struct nlmsghdr *h, void *arg)
{
	struct batch *b = arg;

	on_nsid(h,
	    &b->v[h->nlmsg_seq - nlmsg_hdr(b->questions[0])->nlmsg_seq].nsid);
}

void
net_nsids_of(struct net *net, struct resident *v, size_t n)
{
	struct batch b = { .v = v };
	size_t i, now;

	for (; n > 0; b.v += now, n -= now) {
		now = n < NET_ASK_MAX ? n : NET_ASK_MAX;
		for (i = 0; i < now; i++) {
			b.v[i].nsid = NETNSA_NSID_NOT_ASSIGNED;
			b.questions[i] =
			    nsid_question(NETNSA_PID, (uint32_t)b.v[i].pid);
		}
		net_note_lack(net,
		    net_ask_all(net->talk, b.questions, now, on_one_of, &b));
		for (i = 0; i < now; i++)
			nlmsg_free(b.questions[i]);
	}
}

int
net_nsid_of_fd(struct net *net, int fd)
{
	return ask_nsid(net, NETNSA_FD, (uint32_t)fd);
}

/* This is the only thread, and it must return: going on in the wrong namespace
 * would show and change the wrong host. The kernel may be short of memory for a
 * moment. */
static void
come_home(int home)
{
	const struct timespec nap = { .tv_nsec = NAP_MS * 1000000L };
	int tries = HOME_MS / NAP_MS;

	while (setns(home, CLONE_NEWNET) == -1) {
		if (tries-- == 0) {
			fprintf(stderr,
			    _("seki: cannot come back from the network "
			      "namespace of a container: %s\n"),
			    strerror(errno));
			exit(1);
		}
		nanosleep(&nap, NULL);
	}
}

static struct nl_sock *
socket_inside(int home, int fd, int protocol)
{
	struct nl_sock *sk;
	int saved;

	if (setns(fd, CLONE_NEWNET) == -1)
		return NULL;
	sk = net_socket(protocol);
	saved = errno;
	come_home(home);
	errno = saved;
	return sk;
}

int
net_in_private(struct net *net, int (*make)(void *arg), void *arg)
{
	int saved, r;

	errno = ENOSYS;
	if (net->home == -1 || unshare(CLONE_NEWNET) == -1)
		return -1;
	r = make(arg);
	saved = errno;
	come_home(net->home);
	errno = saved;
	return r;
}

/* By now the path may lead to another namespace. */
static int
open_netns(struct net *net, const struct container *c)
{
	int fd = -1;

	errno = ESRCH;
	if (c->netns != NULL && net->home != -1)
		fd = open(c->netns, O_RDONLY | O_CLOEXEC);
	if (fd != -1 && net_nsid_of_fd(net, fd) != c->nsid) {
		close(fd);
		errno = ESTALE;
		return -1;
	}
	return fd;
}

static bool
is_home(const struct container *c)
{
	return c == NULL || (c->nsid == NSID_SELF && c->inner != 0);
}

int
net_icmp_socket(struct net *net, const struct container *c)
{
	int type = SOCK_RAW | SOCK_CLOEXEC, fd, s = -1;

	if (is_home(c))
		return socket(AF_INET6, type, IPPROTO_ICMPV6);
	fd = open_netns(net, c);
	if (fd == -1)
		return -1;
	if (setns(fd, CLONE_NEWNET) == 0) {
		s = socket(AF_INET6, type, IPPROTO_ICMPV6);
		come_home(net->home);
	}
	close(fd);
	return s;
}

struct nl_sock *
net_enter(
    struct net *net, const struct container *c, int protocol, struct err *e)
{
	struct nl_sock *sk = NULL;
	struct buf name = { 0 };
	int fd;

	if (protocol == NETLINK_ROUTE && is_home(c))
		return net->talk;
	fd = open_netns(net, c);
	if (fd != -1)
		sk = socket_inside(net->home, fd, protocol);
	if (sk == NULL) {
		net_note_lack(net, errno);
		buf_escape(&name, c->name, strlen(c->name));
		net_fail(
		    e, errno, "cannot enter container \"%s\"", buf_text(&name));
		buf_free(&name);
	}
	if (fd != -1)
		close(fd);
	return sk;
}

void
net_leave(struct net *net, struct nl_sock *sk)
{
	if (sk != net->talk)
		nl_socket_free(sk);
}

static void
add_link(struct buf *b, const struct container *c, int index)
{
	char name[IF_NAMESIZE] = "";

	if (c != NULL && c->nsid != NSID_SELF && index == c->inner)
		buf_escape(b, c->inner_name, strlen(c->inner_name));
	else if ((c == NULL || c->nsid == NSID_SELF) &&
		 if_indextoname((unsigned)index, name) != NULL)
		buf_escape(b, name, strlen(name));
	else
		buf_printf(b, _("interface number %d"), index);
}

static void
add_place(struct buf *b, const struct container *c, int index)
{
	struct buf link = { 0 }, name = { 0 };

	add_link(&link, c, index);
	if (c != NULL) {
		buf_escape(&name, c->name, strlen(c->name));
		buf_printf(b, _("%s of container \"%s\""), buf_text(&link),
		    buf_text(&name));
	} else {
		buf_add(b, buf_text(&link));
	}
	buf_free(&link);
	buf_free(&name);
}

int
net_change(
    struct net *net, const struct net_change *c, bool *changed, struct err *e)
{
	struct nl_sock *sk = net_enter(net, c->container, NETLINK_ROUTE, e);
	struct buf where = { 0 };
	bool lost;
	int code, r = -1;

	if (sk == NULL)
		goto out;
	code = net_ask_change(sk, c->msg, &lost);
	net_leave(net, sk);
	if (changed != NULL)
		*changed = code == 0 || lost;
	if (code == 0 || code == c->already) {
		r = 0;
		goto out;
	}
	add_place(&where, c->container, c->index);
	net_fail(e, code, c->fmt, c->what, buf_text(&where));
out:
	buf_free(&where);
	nlmsg_free(c->msg);
	return r;
}
