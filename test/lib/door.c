/* A kernel door for each test, onto a bridge and guests behind it. */
#include "config.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "core/kernel/net.h"
#include "core/kernel/net_make.h"

#include "door.h"
#include "guest.h"
#include "prefix.h"

int
add_address(struct net *net, const struct container *c, int index,
    const struct prefix *p, bool *changed, struct err *e)
{
	struct address ours = address_ours(index, p);

	return net_address_add(net, c, &ours, changed, e);
}

int
add_route(struct net *net, const struct container *c, int index,
    const struct prefix *p, bool *changed, struct err *e)
{
	struct route ours = route_ours(index, p);

	return net_route_add(net, c, &ours, changed, e);
}

int
remove_address(struct net *net, const struct container *c, int index,
    const struct prefix *p, bool *changed, struct err *e)
{
	struct address ours = address_ours(index, p);

	return net_address_remove(net, c, &ours, changed, e);
}

int
remove_route(struct net *net, const struct container *c, int index,
    const struct prefix *p, bool *changed, struct err *e)
{
	struct route ours = route_ours(index, p);

	return net_route_remove(net, c, &ours, changed, e);
}

int
door_open(void **state)
{
	struct err e;
	struct net *net = net_open(&e);

	*state = net;
	if (net != NULL && net_watch(net, &e) == 0)
		return 0;
	print_error("%s\n", e.text);
	return -1;
}

int
door_close(void **state)
{
	net_free(*state);
	return 0;
}

pid_t
door_plug(struct net *net, const char *port, pid_t pid)
{
	struct err e;

	must(net_make_veth(net, port, "eth0", pid, &e));
	must(net_link_set(net, port, true, "br0", &e));
	return pid;
}

void
read_all(struct net *net, struct snapshot *s)
{
	struct err e;

	must(net_read(net, s, &e));
}

bool
wait_for_change(struct net *net, int ms)
{
	struct pollfd p = { .fd = net_fd(net), .events = POLLIN };
	uint64_t end_at = now_ms() + (uint64_t)ms, now;

	while ((now = now_ms()) < end_at)
		if (poll(&p, 1, (int)(end_at - now)) > 0 && net_ready(net))
			return true;
	return false;
}

void
wait_until_gone(struct net *net, const char *link)
{
	uint64_t end_at = now_ms() + DOOR_TIMEOUT_MS;
	struct snapshot s;
	bool gone = false;

	while (!gone && now_ms() < end_at) {
		read_all(net, &s);
		gone = snapshot_link(&s, link) == NULL;
		snapshot_free(&s);
		if (!gone)
			wait_for_change(net, DOOR_TIMEOUT_MS);
	}
	assert_true(gone);
}

pid_t
named_guest(struct net *net, const char *name)
{
	pid_t pid = door_plug(net, "v0", guest_start(false));

	guest_name(pid, name);
	return pid;
}

void
end_named(struct net *net, pid_t pid, const char *name)
{
	guest_unname(name);
	guest_end(pid);
	wait_until_gone(net, "v0");
}

void
let_settle(struct net *net)
{
	while (wait_for_change(net, 1100))
		continue;
	assert_false(net_ready(net));
}

int
door_make_bridge(void **state UNUSED)
{
	struct net *net;
	struct err e;
	int r = -1;

	/* Looking for duplicates of addresses would take seconds. */
	run_shell("for i in all default; do "
		  "echo 0 >/proc/sys/net/ipv6/conf/$i/accept_dad; done");
	net = net_open(&e);
	if (net != NULL && net_make_bridge(net, "br0", &e) == 0 &&
	    net_link_set(net, "br0", true, NULL, &e) == 0)
		r = 0;
	if (r == -1)
		print_error("%s\n", e.text);
	net_free(net);
	return r;
}
