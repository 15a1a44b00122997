/* The kernel door: sockets, events, and the snapshot put together. */
#include "config.h"

#include "core/net.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/net_internal.h"

struct net *
net_open(struct err *e)
{
	struct net *net = xcalloc(1, sizeof(*net));

	net->home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	net->talk = net_socket(NETLINK_ROUTE);
	if (net->talk == NULL) {
		err_sys(e, ERR_FAIL, "cannot talk to the kernel (rtnetlink)");
		net_free(net);
		return NULL;
	}
	return net;
}

void
net_free(struct net *net)
{
	if (net == NULL)
		return;
	nl_socket_free(net->talk);
	if (net->home != -1)
		close(net->home);
	free(net);
}
