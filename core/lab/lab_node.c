/* The nodes of the lab: what is behind the bridge and beyond the uplink.
 *
 *   web1 dns1 git1 db1 tmp1     client1  client2
 *     |    |    |    |   |          |       |
 *     +--- lxcbr0 -------+          |       |
 *           host  eth0 --------- internet --+
 */
#include "config.h"

#include "core/lab/lab_node.h"

#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/base/addr.h"
#include "core/base/loop.h"
#include "core/base/util.h"
#include "core/kernel/flow.h"
#include "core/kernel/net.h"
#include "core/kernel/net_flow.h"
#include "core/kernel/net_make.h"
#include "core/lab/lab_link.h"
#include "core/lab/lab_service.h"

#define BRIDGE "lxcbr0"
#define UPLINK "eth0"
#define ROUTER "internet"
#define GATEWAY "fe80::1" /* the router's, on every link it has */
#define START_MS 10000	  /* for a node on a very busy machine */
#define HOST_ADDRESS "2001:db8::10/64"
#define HOST_ROUTER "2001:db8::1/64" /* the router's, on the host's link */

/* They start with link-local addresses only, as on a fresh VPS. */
static const char *const containers[] = {
	"web1",
	"dns1",
	"git1",
	"db1",
	"tmp1",
};

struct client {
	const char *name;
	const char *address;
	const char *router; /* the router's, on the client's link */
};

static const struct client clients[] = {
	{ "client1", "2001:db8:9::7/64", "2001:db8:9::1/64" },
	{ "client2", "2001:db8:44::2/64", "2001:db8:44::1/64" },
};

/* Arguments of a child that becomes a node. */
struct node {
	const char *name;
	bool in_host; /* has no network namespace of its own */
	bool waits;   /* for others to make its link */
	int (*setup)(struct net *, const struct node *, struct err *);
	const struct client *client;
	const pid_t *clients; /* of the router, in the order of the table */
};

/* One set of pipes for all nodes. */
struct start {
	int go[2];   /* hangs up when all links are there */
	int done[2]; /* one struct err from each node */
	bool traffic;
};

/* Unlike after fork and unshare, the child is in its namespaces from the start,
 * so that its parent can move links there at once. */
pid_t
lab_fork(int namespaces)
{
	return (pid_t)syscall(
	    SYS_clone, (unsigned long)namespaces | SIGCHLD, 0, 0, 0, 0);
}

static int
setup_container(struct net *net, const struct node *n UNUSED, struct err *e)
{
	return lab_link_up(net, "eth0", NULL, e);
}

static int
setup_client(struct net *net, const struct node *n, struct err *e)
{
	if (lab_link_up(net, "eth0", NULL, e) == -1 ||
	    lab_add_address(net, "eth0", n->client->address, e) == -1)
		return -1;
	return lab_add_default(net, "eth0", GATEWAY, e);
}

static int
setup_router_link(
    struct net *net, const char *link, const char *address, struct err *e)
{
	if (lab_link_up(net, link, NULL, e) == -1 ||
	    lab_add_address(net, link, GATEWAY "/64", e) == -1)
		return -1;
	return lab_add_address(net, link, address, e);
}

/* The router creates the links, since both ends of a pair must be in its own
 * namespace or in that of a process. */
static int
setup_router(struct net *net, const struct node *n, struct err *e)
{
	size_t i;

	if (net_sysctl_set("conf/all/forwarding", 1, e) == -1 ||
	    net_make_veth(net, "host", UPLINK, getppid(), e) == -1 ||
	    setup_router_link(net, "host", HOST_ROUTER, e) == -1)
		return -1;
	for (i = 0; i < NITEMS(clients); i++) {
		if (net_make_veth(
			net, clients[i].name, "eth0", n->clients[i], e) == -1 ||
		    setup_router_link(
			net, clients[i].name, clients[i].router, e) == -1)
			return -1;
	}
	return 0;
}

/* Detaches nodes from the terminal, its signals and output. */
static int
leave_terminal(struct err *e)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (fd == -1)
		return err_sys(e, ERR_FAIL, "cannot open /dev/null");
	dup2(fd, STDIN_FILENO);
	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	close(fd);
	setsid();
	return 0;
}

static int
name_netns(const char *name, struct err *e)
{
	char *path = xasprintf("%s/%s", NET_NAMES, name);
	int fd, status = -1;

	fd = open(path, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
	if (fd != -1) {
		close(fd);
		status = mount("/proc/self/ns/net", path, "", MS_BIND, NULL);
	}
	if (status == -1)
		err_sys(e, ERR_FAIL, "cannot name the lab's node \"%s\"", name);
	free(path);
	return status;
}

static int
node_setup(const struct node *n, struct err *e)
{
	struct net *net = NULL;
	int status = -1;

	if (name_netns(n->name, e) == -1)
		return -1;
	net = net_open(e);
	if (net == NULL)
		return -1;
	if (net_link_set(net, "lo", true, NULL, e) == 0)
		status = n->setup(net, n, e);
	net_free(net);
	return status;
}

/* Reports an err (ERR_NONE for success), then serves until PID 1 ends, with
 * which the kernel kills it. */
static void
node_main(const struct node *n, const struct start *s)
{
	struct lab_service *service = NULL;
	struct err e = { 0 };
	char byte;

	prctl(PR_SET_NAME, n->name);
	close(s->go[1]);
	close(s->done[0]);
	if (n->waits && read(s->go[0], &byte, 1) != 0)
		_exit(1);
	if (leave_terminal(&e) == 0 && (n->in_host || node_setup(n, &e) == 0))
		service = lab_service_open(n->name, s->traffic, &e);
	if (write(s->done[1], &e, sizeof(e)) != sizeof(e) || service == NULL)
		_exit(1);
	close(s->go[0]);
	close(s->done[1]);
	lab_service_run(service);
	_exit(1);
}

static pid_t
node_start(const struct start *s, const struct node *n, struct err *e)
{
	pid_t pid = lab_fork(n->in_host ? 0 : CLONE_NEWNET);

	if (pid == 0)
		node_main(n, s);
	if (pid == -1)
		return err_sys(
		    e, ERR_FAIL, "cannot start the lab's node \"%s\"", n->name);
	return pid;
}

/* Waits until n nodes have reported. */
static int
nodes_wait(const struct start *s, size_t n, struct err *e)
{
	struct err report;

	for (; n > 0; n--) {
		if (!loop_wait_fd(s->done[0], START_MS) ||
		    read(s->done[0], &report, sizeof(report)) != sizeof(report))
			return err_set(
			    e, ERR_FAIL, "a node of the lab does not start");
		if (report.code != ERR_NONE) {
			*e = report;
			return -1;
		}
	}
	return 0;
}

static int
start_outside(const struct start *s, struct err *e)
{
	struct node router = { .name = ROUTER, .setup = setup_router };
	struct node client = { .waits = true, .setup = setup_client };
	pid_t pids[NITEMS(clients)];
	size_t i;

	for (i = 0; i < NITEMS(clients); i++) {
		client.name = clients[i].name;
		client.client = &clients[i];
		pids[i] = node_start(s, &client, e);
		if (pids[i] == -1)
			return -1;
	}
	router.clients = pids;
	if (node_start(s, &router, e) == -1)
		return -1;
	return nodes_wait(s, 1, e);
}

static int
start_container(
    struct net *net, const struct start *s, const char *name, struct err *e)
{
	struct node n = {
		.name = name, .waits = true, .setup = setup_container
	};
	char port[IFNAMSIZ];
	pid_t pid = node_start(s, &n, e);

	snprintf(port, sizeof(port), "veth-%s", name);
	if (pid == -1 || net_make_veth(net, port, "eth0", pid, e) == -1)
		return -1;
	return lab_link_up(net, port, BRIDGE, e);
}

/* Turns byte counters on if possible, for the lab to show. */
static int
setup_host(struct net *net, struct err *e)
{
	net_flows_count(true);
	net_bridged_end();
	if (net_link_set(net, "lo", true, NULL, e) == -1 ||
	    lab_link_up(net, UPLINK, NULL, e) == -1 ||
	    lab_add_address(net, UPLINK, HOST_ADDRESS, e) == -1)
		return -1;
	return lab_add_default(net, UPLINK, GATEWAY, e);
}

static int
start_all(struct net *net, struct start *s, struct err *e)
{
	struct node host = { .name = "host", .in_host = true };
	size_t i;

	if (start_outside(s, e) == -1 || setup_host(net, e) == -1 ||
	    node_start(s, &host, e) == -1 ||
	    net_make_bridge(net, BRIDGE, e) == -1 ||
	    lab_link_up(net, BRIDGE, NULL, e) == -1)
		return -1;
	for (i = 0; i < NITEMS(containers); i++)
		if (start_container(net, s, containers[i], e) == -1)
			return -1;
	close(s->go[1]);
	s->go[1] = -1;
	return nodes_wait(s, 1 + NITEMS(clients) + NITEMS(containers), e);
}

static void
close_pipe(const int ends[2])
{
	size_t i;

	for (i = 0; i < 2; i++)
		if (ends[i] != -1)
			close(ends[i]);
}

int
lab_nodes_start(bool traffic, struct err *e)
{
	struct start s = { { -1, -1 }, { -1, -1 }, traffic };
	struct net *net = NULL;
	int status = -1;

	if (pipe2(s.go, O_CLOEXEC) == -1 || pipe2(s.done, O_CLOEXEC) == -1) {
		err_sys(e, ERR_FAIL, "cannot make a pipe");
		goto out;
	}
	net = net_open(e);
	if (net != NULL)
		status = start_all(net, &s, e);
out:
	net_free(net);
	close_pipe(s.go);
	close_pipe(s.done);
	return status;
}
