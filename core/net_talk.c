/* One netlink request and its answer: the loop under all of core/net*.c. */
#include "config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "core/net_internal.h"

#define DUMP_TRIES 8
#define ANSWER_SECONDS 5	 /* nothing in the kernel takes that long */
#define DUMP_CHUNK (32 * 1024)	 /* the most that the kernel hands out at once */
#define TALK_BUFFER (256 * 1024) /* bytes of the socket's queue */

struct talk {
	uint32_t seq;
	bool done;
	int error; /* errno */
	net_each_fn *each;
	void *arg;
};

/* What usually lies behind an error number, as something to do. */
static const struct {
	int code;
	const char *hint;
} hints[] = {
	{ EPERM, "this takes root (CAP_NET_ADMIN, and CAP_SYS_ADMIN to look "
		 "into containers)" },
	{ EACCES, "IPv6 may be switched off on that interface: look at its "
		  "disable_ipv6 under /proc/sys/net/ipv6/conf" },
	{ ENODEV, "the interface is gone; look again" },
	{ EHOSTUNREACH, "the gateway must lie in the prefix of an address of "
			"that interface, or be link-local; add one first" },
	{ ENETUNREACH, "the gateway must lie in the prefix of an address of "
		       "that interface, or be link-local; add one first" },
	{ ENETDOWN, "the interface is down; set it up first" },
	{ EOPNOTSUPP, "this kernel lacks what is needed for that" },
	{ EAFNOSUPPORT, "this kernel runs without IPv6" },
};

/* libnl returns NULL for want of memory; xrealloc knows how to end. */
static void *
must(void *p)
{
	return p != NULL ? p : xrealloc(NULL, SIZE_MAX, SIZE_MAX);
}

struct nl_sock *
net_socket(int protocol)
{
	struct timeval patience = { .tv_sec = ANSWER_SECONDS };
	struct nl_sock *sk = must(nl_socket_alloc());
	int fd, saved, on = 1;

	/* Without strict checks the kernel would silently ignore what a dump
	 * asks for, and answer for the wrong namespace. Since Linux 4.20. */
	if (nl_connect(sk, protocol) < 0 ||
	    setsockopt(nl_socket_get_fd(sk), SOL_NETLINK,
		NETLINK_GET_STRICT_CHK, &on, sizeof(on)) == -1) {
		saved = errno;
		nl_socket_free(sk);
		errno = saved;
		return NULL;
	}
	fd = nl_socket_get_fd(sk);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	nl_socket_set_buffer_size(sk, TALK_BUFFER, TALK_BUFFER);
	nl_socket_set_msg_buf_size(sk, DUMP_CHUNK);
	nl_socket_disable_msg_peek(sk);
	nl_socket_disable_auto_ack(sk);
	return sk;
}

struct nl_msg *
net_message(int type, int flags, const void *head, size_t len)
{
	struct nl_msg *msg = must(nlmsg_alloc_simple(type, flags));

	memcpy(must(nlmsg_reserve(msg, len, NLMSG_ALIGNTO)), head, len);
	return msg;
}

static int
on_valid(struct nl_msg *msg, void *arg)
{
	struct talk *t = arg;

	if (t->each != NULL)
		t->each(nlmsg_hdr(msg), t->arg);
	return NL_OK;
}

static int
on_ack(struct nl_msg *msg UNUSED, void *arg)
{
	struct talk *t = arg;

	t->done = true;
	return NL_STOP;
}

/* A dump that fails on its way says so in the int of NLMSG_DONE. */
static int
on_finish(struct nl_msg *msg, void *arg)
{
	const struct nlmsghdr *h = nlmsg_hdr(msg);
	struct talk *t = arg;
	int code;

	if (nlmsg_datalen(h) >= (int)sizeof(code)) {
		memcpy(&code, nlmsg_data(h), sizeof(code));
		if (code < 0)
			t->error = -code;
	}
	t->done = true;
	return NL_OK;
}

static int
on_error(struct sockaddr_nl *from UNUSED, struct nlmsgerr *e, void *arg)
{
	struct talk *t = arg;

	if (e->msg.nlmsg_seq != t->seq)
		return NL_SKIP;
	t->error = -e->error;
	t->done = true;
	return NL_STOP;
}

/* What is left of a request that was given up is passed over. */
static int
on_sequence(struct nl_msg *msg, void *arg)
{
	const struct talk *t = arg;

	return nlmsg_hdr(msg)->nlmsg_seq == t->seq ? NL_OK : NL_SKIP;
}

static struct nl_cb *
callbacks(struct talk *t)
{
	struct nl_cb *cb = must(nl_cb_alloc(NL_CB_DEFAULT));

	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, on_valid, t);
	nl_cb_set(cb, NL_CB_ACK, NL_CB_CUSTOM, on_ack, t);
	nl_cb_set(cb, NL_CB_FINISH, NL_CB_CUSTOM, on_finish, t);
	nl_cb_set(cb, NL_CB_SEQ_CHECK, NL_CB_CUSTOM, on_sequence, t);
	nl_cb_err(cb, NL_CB_CUSTOM, on_error, t);
	return cb;
}

/* 0, an errno, or EINTR for a dump that was inconsistent. */
static int
talk(struct nl_sock *sk, struct nl_msg *msg, struct talk *t)
{
	struct nl_cb *cb = callbacks(t);
	int n = 0;

	nlmsg_hdr(msg)->nlmsg_seq = NL_AUTO_SEQ;
	nl_complete_msg(sk, msg);
	t->seq = nlmsg_hdr(msg)->nlmsg_seq;
	errno = 0;
	if (nl_send(sk, msg) < 0)
		t->error = errno != 0 ? errno : EIO;
	while (t->error == 0 && !t->done && n >= 0)
		n = nl_recvmsgs(sk, cb);
	nl_cb_put(cb);
	if (t->error != 0)
		return t->error;
	if (n == -NLE_DUMP_INTR)
		return EINTR;
	if (n == -NLE_AGAIN)
		return ETIMEDOUT;
	return t->done ? 0 : EIO;
}

int
net_ask(struct nl_sock *sk, struct nl_msg *msg, net_each_fn *fn, void *arg)
{
	struct talk t = { .each = fn, .arg = arg };

	nlmsg_hdr(msg)->nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
	return talk(sk, msg, &t);
}

int
net_dump(struct nl_sock *sk, struct nl_msg *msg, net_each_fn *each,
    void (*restart)(void *), void *arg)
{
	int tries, code = EINTR;

	nlmsg_hdr(msg)->nlmsg_flags |= NLM_F_REQUEST | NLM_F_DUMP;
	for (tries = 0; tries < DUMP_TRIES && code == EINTR; tries++) {
		struct talk t = { .each = each, .arg = arg };

		if (tries > 0)
			restart(arg);
		code = talk(sk, msg, &t);
	}
	return code;
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
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	err_set(e, ERR_FAIL, "cannot %s: %s", what, strerror(code));
	for (i = 0; i < NITEMS(hints); i++)
		if (hints[i].code == code)
			return err_hint(e, "%s", hints[i].hint);
	return -1;
}
