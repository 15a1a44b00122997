/* One netlink request and its answer: what all of core/kernel/net*.c uses. */
#include "config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>

#include "core/base/intl.h"
#include "core/kernel/net_parts.h"

#define DUMP_TRIES 8
#define MAX_ERRNO 4095	 /* as the kernel has it (linux/err.h) */
#define ANSWER_SECONDS 5 /* nothing in the kernel takes that long */
/* Bytes for events of a hundred containers, or a commit of 10000 forwards, at
 * once. */
#define EVENT_BUFFER (4 * 1024 * 1024)
#define TALK_BUFFER (256 * 1024) /* bytes of answers that wait */
/* A request names a few objects. libnl clears all of it, and for a page of each
 * that costs more than the rest. */
#define REQUEST_MAX 1024

struct talk {
	uint32_t seq;  /* of the first request, */
	uint32_t more; /* how many came with it */
	bool done;
	bool single;	  /* the first answer is the end */
	bool interrupted; /* the dump was inconsistent */
	bool cut;	  /* there was more than most */
	size_t most;	  /* answers that are taken; 0: all */
	size_t taken;
	int code; /* errno */
	net_each_fn *each;
	void *arg;
};

/* Usual causes of an errno value, as advice. */
static const struct {
	int code;
	const char *hint;
} hints[] = {
	{ EPERM, N_("this needs root (CAP_NET_ADMIN, and CAP_SYS_ADMIN to look "
		    "into containers)") },
	{ EACCES, N_("IPv6 may be switched off on that interface: look at its "
		     "disable_ipv6 under /proc/sys/net/ipv6/conf") },
	{ ENODEV, N_("the interface is gone; look again") },
	{ EHOSTUNREACH,
	    N_("the gateway must lie in the prefix of an address of "
	       "that interface, or be link-local; add one first") },
	{ ENETUNREACH, N_("the gateway must lie in the prefix of an address of "
			  "that interface, or be link-local; add one first") },
	{ ENETDOWN, N_("the interface is down; set it up first") },
	{ EEXIST, N_("another one is in its place; remove that first") },
	{ ESRCH, N_("it does not run, or has no interface on a bridge") },
	{ ESTALE, N_("it has been restarted meanwhile; look again") },
	{ EOPNOTSUPP, N_("this kernel lacks what is needed for that") },
	{ EAFNOSUPPORT, N_("this kernel runs without IPv6") },
};

/* libnl returns NULL when out of memory; xresize knows how to exit. */
static void *
must(void *p)
{
	return p != NULL ? p : xresize(NULL, SIZE_MAX, SIZE_MAX);
}

/* Who is connected to the kernel hears nobody else, as root of a container that
 * has the socket in its namespace (netlink_getsockbyportid() in
 * net/netlink/af_netlink.c). Without strict checking the kernel silently
 * ignores filters of a dump, and answers for the wrong namespace. Since Linux
 * 4.20. */
static int
prepare(int fd)
{
	const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	int on = 1;

	if (connect(fd, (const struct sockaddr *)&kernel, sizeof(kernel)) == -1)
		return -1;
	return setsockopt(
	    fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
}

struct nl_sock *
net_socket(int protocol)
{
	struct timeval timeout = { .tv_sec = ANSWER_SECONDS };
	struct nl_sock *sk = must(nl_socket_alloc());
	int fd, saved, size = TALK_BUFFER;

	if (nl_connect(sk, protocol) < 0 ||
	    prepare(nl_socket_get_fd(sk)) == -1) {
		saved = errno;
		nl_socket_free(sk);
		errno = saved;
		return NULL;
	}
	fd = nl_socket_get_fd(sk);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	nl_socket_disable_auto_ack(sk);
	return sk;
}

/* More than rmem_max needs CAP_NET_ADMIN. */
static void
widen(int fd)
{
	int size = EVENT_BUFFER;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) ==
	    -1)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
}

struct nl_sock *
net_listen(int protocol, const int *groups, size_t n)
{
	struct nl_sock *sk = must(nl_socket_alloc());
	int fd, saved, r = nl_connect(sk, protocol) < 0 ? -1 : 0;
	size_t i;

	fd = nl_socket_get_fd(sk);
	if (r == 0)
		widen(fd);
	for (i = 0; i < n && r == 0; i++)
		r = setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP,
		    &groups[i], sizeof(groups[i]));
	if (r == 0)
		return sk;
	saved = errno;
	nl_socket_free(sk);
	errno = saved;
	return NULL;
}

struct nl_sock *
net_netfilter(struct net *net)
{
	if (net->netfilter == NULL)
		net->netfilter = net_socket(NETLINK_NETFILTER);
	return net->netfilter;
}

struct nl_msg *
net_message(int type, int flags, const void *head, size_t len)
{
	struct nl_msg *msg = must(nlmsg_alloc_size(REQUEST_MAX));
	struct nlmsghdr *h = nlmsg_hdr(msg);

	h->nlmsg_type = (uint16_t)type;
	h->nlmsg_flags = (uint16_t)flags;
	memcpy(must(nlmsg_reserve(msg, len, NLMSG_ALIGNTO)), head, len);
	return msg;
}

/* Skips what is left of an abandoned request. Errors, acknowledgements and the
 * end of a dump all start with the negative code. */
static void
take(struct talk *t, struct nlmsghdr *h)
{
	int code = 0;

	if (h->nlmsg_seq - t->seq > t->more)
		return;
	if ((h->nlmsg_flags & NLM_F_DUMP_INTR) != 0)
		t->interrupted = true;
	if (h->nlmsg_type == NLMSG_ERROR || h->nlmsg_type == NLMSG_DONE) {
		if (NLMSG_PAYLOAD(h, 0) >= sizeof(code))
			memcpy(&code, NLMSG_DATA(h), sizeof(code));
		if (t->code == 0)
			t->code =
			    code <= 0 && code >= -MAX_ERRNO ? -code : EPROTO;
		t->done = h->nlmsg_seq == t->seq + t->more;
	} else if (t->most != 0 && t->taken == t->most) {
		t->done = t->cut = true;
	} else if (h->nlmsg_type >= NLMSG_MIN_TYPE && t->each != NULL) {
		t->taken++;
		t->each(h, t->arg);
		t->done = t->single;
	}
}

/* nl_recvmsgs would copy every message to the heap: half the time of a dump of
 * counters. */
static int
hear(struct nl_sock *sk, struct talk *t)
{
	union net_datagram buf;
	struct nlmsghdr *h;
	ssize_t n;
	int left;

	do
		n = recv(nl_socket_get_fd(sk), &buf, sizeof(buf), MSG_TRUNC);
	while (n == -1 && errno == EINTR);
	if (n == -1)
		return errno == EAGAIN ? ETIMEDOUT : errno;
	if (n > (ssize_t)sizeof(buf))
		return EMSGSIZE;
	left = (int)n;
	for (h = &buf.first; !t->cut && left > 0 && NLMSG_OK(h, (uint32_t)left);
	     h = NLMSG_NEXT(h, left))
		take(t, h);
	return 0;
}

/* 0, an errno value, or EINTR for an inconsistent dump. */
static int
listen_to(struct nl_sock *sk, struct talk *t)
{
	int code = 0;

	while (!t->done && code == 0)
		code = hear(sk, t);
	if (code == 0)
		code = t->code;
	return code == 0 && t->interrupted ? EINTR : code;
}

static int
ask(struct nl_sock *sk, struct nl_msg *msg, struct talk *t)
{
	struct nlmsghdr *h = nlmsg_hdr(msg);

	h->nlmsg_seq = NL_AUTO_SEQ;
	nl_complete_msg(sk, msg);
	t->seq = h->nlmsg_seq;
	errno = EIO; /* for an error of libnl's own */
	return nl_sendto(sk, h, h->nlmsg_len) < 0 ? errno : 0;
}

static int
talk(struct nl_sock *sk, struct nl_msg *msg, struct talk *t)
{
	int code = ask(sk, msg, t);

	return code == 0 ? listen_to(sk, t) : code;
}

int
net_ask(struct nl_sock *sk, struct nl_msg *msg, net_each_fn *fn, void *arg)
{
	struct talk t = { .each = fn, .arg = arg, .single = fn != NULL };

	nlmsg_hdr(msg)->nlmsg_flags |= NLM_F_REQUEST;
	nlmsg_hdr(msg)->nlmsg_flags |= fn == NULL ? NLM_F_ACK : 0;
	return talk(sk, msg, &t);
}

/* The first has the number t->seq then; that of acked is acknowledged. */
static int
send_all(struct nl_sock *sk, struct nl_msg *const *v, size_t n, size_t acked,
    struct talk *t)
{
	struct iovec parts[NET_BATCH_MAX];
	struct msghdr all = { .msg_iov = parts, .msg_iovlen = n };
	struct nlmsghdr *h = NULL;
	size_t i;

	for (i = 0; i < n; i++) {
		h = nlmsg_hdr(v[i]);
		h->nlmsg_flags |= NLM_F_REQUEST;
		h->nlmsg_flags |= i == acked ? NLM_F_ACK : 0;
		h->nlmsg_seq = NL_AUTO_SEQ;
		nl_complete_msg(sk, v[i]);
		parts[i] = (struct iovec){ h, h->nlmsg_len };
	}
	t->seq = nlmsg_hdr(v[0])->nlmsg_seq;
	t->more = (uint32_t)acked;
	return sendmsg(nl_socket_get_fd(sk), &all, 0) == -1 ? errno : 0;
}

/* The kernel answers in order, so the end of the last one is that of all. */
int
net_ask_all(struct nl_sock *sk, struct nl_msg *const *v, size_t n,
    net_each_fn *fn, void *arg)
{
	struct talk t = { .each = fn, .arg = arg };
	int code = send_all(sk, v, n, n - 1, &t);

	return code == 0 ? listen_to(sk, &t) : code;
}

/* The end of a transaction is not acknowledged before Linux 6.10, but what is
 * in it is, all of it once it is over; one error is enough. */
int
net_ask_batch(struct nl_sock *sk, struct nl_msg *const *v, size_t n,
    size_t acked, bool *lost)
{
	struct talk t = { 0 };
	int code = send_all(sk, v, n, acked, &t);
	bool sent = code == 0;

	while (code == 0 && !t.done && t.code == 0)
		code = hear(sk, &t);
	*lost = sent && !t.done && t.code == 0;
	return code != 0 ? code : t.code;
}

int
net_ask_change(struct nl_sock *sk, struct nl_msg *msg, bool *lost)
{
	struct talk t = { 0 };
	int code;

	nlmsg_hdr(msg)->nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
	code = talk(sk, msg, &t);
	*lost = !t.done;
	return code;
}

/* The kernel refuses a new dump on the socket until the rest of an abandoned
 * one has been read (EBUSY of netlink_dump_start). */
static void
drain(struct nl_sock *sk)
{
	char some[16];
	ssize_t n;

	do
		n = recv(nl_socket_get_fd(sk), some, sizeof(some),
		    MSG_DONTWAIT | MSG_TRUNC);
	while (n > 0 || (n == -1 && (errno == EINTR || errno == ENOBUFS)));
}

int
net_dump(struct nl_sock *sk, struct nl_msg *msg, net_each_fn *each,
    void (*restart)(void *), void *arg)
{
	bool cut;

	return net_dump_some(&sk, msg, each, restart, arg, 0, &cut);
}

int
net_dump_some(struct nl_sock **sk, struct nl_msg *msg, net_each_fn *each,
    void (*restart)(void *), void *arg, size_t most, bool *cut)
{
	int tries, code = EINTR;

	*cut = false;
	nlmsg_hdr(msg)->nlmsg_flags |= NLM_F_REQUEST | NLM_F_DUMP;
	for (tries = 0;
	     tries < DUMP_TRIES && !*cut && (code == EINTR || code == EBUSY);
	     tries++) {
		struct talk t = { .each = each, .arg = arg, .most = most };

		if (code == EBUSY)
			drain(*sk);
		if (tries > 0)
			restart(arg);
		code = talk(*sk, msg, &t);
		*cut = t.cut;
	}
	if (*cut) {
		nl_socket_free(*sk);
		*sk = NULL;
	}
	return code;
}

struct net_slices {
	struct nl_sock *sk;
	struct talk t;
};

/* A socket of its own leaves the others free for requests. */
struct net_slices *
net_slices_begin(
    int protocol, struct nl_msg *msg, net_each_fn *each, void *arg, int *code)
{
	struct net_slices *s = xcalloc(1, sizeof(*s));

	s->t = (struct talk){ .each = each, .arg = arg };
	s->sk = net_socket(protocol);
	nlmsg_hdr(msg)->nlmsg_flags |= NLM_F_REQUEST | NLM_F_DUMP;
	*code = s->sk != NULL ? ask(s->sk, msg, &s->t) : errno;
	if (*code == 0)
		return s;
	net_slices_end(s);
	return NULL;
}

/* The kernel continues the dump when some of it is received, so this does not
 * wait. */
int
net_slices_more(struct net_slices *s)
{
	int code = hear(s->sk, &s->t);

	if (code == 0)
		code = s->t.code;
	if (code == 0 && s->t.done && s->t.interrupted)
		code = EINTR;
	return code != 0 || s->t.done ? code : -1;
}

void
net_slices_end(struct net_slices *s)
{
	if (s != NULL && s->sk != NULL)
		nl_socket_free(s->sk);
	free(s);
}

int
net_hear(struct nl_sock *sk, net_each_fn *each, void *arg)
{
	union net_datagram buf;
	struct nlmsghdr *h;
	ssize_t n;
	int left;

	n = recv(nl_socket_get_fd(sk), &buf, sizeof(buf), MSG_DONTWAIT);
	if (n == -1)
		return errno == EINTR ? 0 : errno;
	left = (int)n;
	for (h = &buf.first; nlmsg_ok(h, left); h = nlmsg_next(h, &left))
		each(h, arg);
	return 0;
}

int
net_parse(struct nlmsghdr *h, size_t head, struct nlattr **tb, int max,
    const struct nla_policy *policy)
{
	return nlmsg_parse(h, (int)head, tb, max, policy) < 0 ? -1 : 0;
}

int
net_fail(struct err *e, int code, const char *fmt, ...)
{
	char what[sizeof(e->text) / 2];
	va_list ap;
	size_t i;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), _(fmt), ap);
	va_end(ap);
	utf8_trim(what);
	err_set(e, ERR_FAIL, "%s: %s", what, strerror(code));
	for (i = 0; i < NITEMS(hints); i++)
		if (hints[i].code == code)
			return err_hint(e, "%s", _(hints[i].hint));
	return -1;
}
