/* Who may answer what the kernel was asked: root of a container has sockets
 * beside ours in there, and knows or guesses the number of any. */
#include "config.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/util.h"
#include "core/kernel/net.h"

#include "lib/guest.h"

#define DESCRIPTORS 64

/* Of a netlink socket; 0 if it is none. */
static uint32_t
port_of(int fd)
{
	struct sockaddr_nl a = { 0 };
	socklen_t len = sizeof(a);

	if (getsockname(fd, (struct sockaddr *)&a, &len) == -1 ||
	    a.nl_family != AF_NETLINK)
		return 0;
	return a.nl_pid;
}

static int
send_to(int fd, uint32_t port)
{
	struct sockaddr_nl to = { .nl_family = AF_NETLINK, .nl_pid = port };
	struct nlmsghdr done = { .nlmsg_len = sizeof(done),
		.nlmsg_type = NLMSG_DONE };

	return sendto(fd, &done, sizeof(done), 0, (struct sockaddr *)&to,
		   sizeof(to)) == -1
		   ? errno
		   : 0;
}

static void
test_forged(void **state UNUSED)
{
	struct err e;
	struct net *net = net_open(&e);
	int forger = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	struct snapshot s;
	unsigned tried = 0;
	int fd;

	assert_non_null(net);
	assert_int_not_equal(forger, -1);
	for (fd = 0; fd < DESCRIPTORS; fd++) {
		if (fd == forger || port_of(fd) == 0)
			continue;
		assert_int_equal(send_to(forger, port_of(fd)), ECONNREFUSED);
		tried++;
	}
	assert_int_not_equal(tried, 0);
	assert_int_equal(net_read(net, &s, &e), 0);
	assert_int_not_equal(s.nlinks, 0);
	snapshot_free(&s);
	close(forger);
	net_free(net);
}

int
main(int argc, char *argv[])
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forged),
	};
	int status;

	if (guest_main(argc, argv, &status))
		return status;
	if (guest_skips(false))
		return 0;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
