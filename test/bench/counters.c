/* What it takes to read our counters, in this network namespace: prints the
 * least ms of CPU for a dump that nobody parses, for all of them, and for as
 * many as a screen shows.
 *
 *	counters ROUNDS SHOWN
 */
#include "config.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "core/base/util.h"
#include "core/kernel/net.h"

#define BUFFER 65536 /* what libnl reads into, more or less */

struct reader {
	struct net *net;
	struct counters counters;
	size_t *shown;
	size_t n_shown;
	int bare;
};

struct request {
	struct nlmsghdr h;
	struct nfgenmsg family;
	struct nlattr table;
	char name[8];
};

static void
die(const char *why)
{
	fprintf(stderr, "counters: %s\n", why);
	exit(1);
}

/* True at the end of the dump. */
static bool
is_last(const char *buf, int len)
{
	const struct nlmsghdr *h = (const void *)buf;

	for (; NLMSG_OK(h, (unsigned)len); h = NLMSG_NEXT(h, len))
		if (h->nlmsg_type == NLMSG_DONE || h->nlmsg_type == NLMSG_ERROR)
			return true;
	return len != 0;
}

/* All the counters of the table, looked at for their lengths alone. */
static void
read_bare(struct reader *r)
{
	static char buf[BUFFER];
	struct request q = {
		.h = { .nlmsg_type = NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETOBJ,
		    .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
		    .nlmsg_len = sizeof(q) },
		.family = { .nfgen_family = NFPROTO_INET },
		.table = { .nla_type = NFTA_OBJ_TABLE,
		    .nla_len = NLA_HDRLEN + sizeof(NET_TABLE) },
		.name = NET_TABLE,
	};
	ssize_t len;

	if (send(r->bare, &q, sizeof(q), 0) == -1)
		die("the dump is refused");
	do {
		len = recv(r->bare, buf, sizeof(buf), 0);
		if (len <= 0)
			die("the dump ends early");
	} while (!is_last(buf, (int)len));
}

static void
read_all(struct reader *r)
{
	struct err e;

	if (net_counters(r->net, NET_TABLE, &r->counters, &e) == -1)
		die(e.text);
}

static void
read_shown(struct reader *r)
{
	struct err e;

	if (net_counters_at(r->net, NET_TABLE, &r->counters, r->shown,
		r->n_shown, &e) == -1)
		die(e.text);
}

static double
cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void (*const ways[])(struct reader *) = {
	read_bare,
	read_all,
	read_shown,
};

static void
open_reader(struct reader *r, size_t n_shown)
{
	struct err e;

	r->net = net_open(&e);
	if (r->net == NULL)
		die(e.text);
	r->bare =
	    socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
	if (r->bare == -1)
		die("there is no netlink socket");
	read_all(r);
	r->n_shown = n_shown < r->counters.n ? n_shown : r->counters.n;
	r->shown = xcalloc(r->n_shown, sizeof(*r->shown));
	for (size_t i = 0; i < r->n_shown; i++)
		r->shown[i] = i * (r->counters.n / r->n_shown);
}

static void
close_reader(struct reader *r)
{
	counters_free(&r->counters);
	net_free(r->net);
	free(r->shown);
	close(r->bare);
}

int
main(int argc, char **argv)
{
	double least[NITEMS(ways)] = { 0 }, begun, took;
	struct reader r = { 0 };

	if (argc != 3)
		die("say how many rounds, and how many are shown");
	open_reader(&r, strtoul(argv[2], NULL, 10));
	for (long round = strtol(argv[1], NULL, 10); round > 0; round--)
		for (size_t i = 0; i < NITEMS(ways); i++) {
			begun = cpu_ms();
			ways[i](&r);
			took = cpu_ms() - begun;
			if (least[i] == 0 || took < least[i])
				least[i] = took;
		}
	for (size_t i = 0; i < NITEMS(ways); i++)
		printf("%.4f ", least[i]);
	printf("%zu\n", r.counters.n);
	close_reader(&r);
	return 0;
}
