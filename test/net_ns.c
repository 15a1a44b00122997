/* The kernel door against real bridges, veths and namespaces: the program
 * enters namespaces of its own, makes them there, and reads them back. */
#include "config.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/kernel/net.h"
#include "core/kernel/net_bridge.h"
#include "core/kernel/net_make.h"

#include "lib/door.h"
#include "lib/guest.h"
#include "lib/prefix.h"

/* Of guest_start(true), whose parent is an LXC monitor. */
static void
end_monitored(struct net *net, pid_t pid)
{
	kill(pid, SIGKILL);
	wait(NULL);
	wait_until_gone(net, "v0");
}

static void
test_links(void **state)
{
	struct net *net = *state;
	const struct link *br, *port;
	struct snapshot s;
	pid_t pid;

	pid = door_plug(net, "v0", guest_start(false));
	read_all(net, &s);
	br = snapshot_link(&s, "br0");
	port = snapshot_link(&s, "v0");
	assert_non_null(br);
	assert_non_null(port);
	assert_true(link_is_bridge(br));
	assert_true(br->up && br->has_mac && !br->stp);
	assert_int_equal(br->bridge_id[0] << 8 | br->bridge_id[1], 0x8000);
	assert_memory_equal(br->bridge_id + 2, br->mac, 6);
	assert_string_equal(port->kind, "veth");
	assert_int_equal(port->master, br->index);
	assert_true(port->peer_index > 0 && port->peer_nsid >= 0);
	assert_int_equal(port->mtu, 1500);
	assert_ptr_equal(snapshot_link_at(&s, port->index), port);
	assert_null(snapshot_link(&s, "v1"));
	snapshot_free(&s);
	guest_end(pid);
	wait_until_gone(net, "v0");
}

/* Its name may be meant for the terminal. */
static void
test_taken(void **state)
{
	struct net *net = *state;
	struct err e;

	must(net_make_bridge(net, "br\033", &e));
	assert_int_equal(net_make_bridge(net, "br\033", &e), -1);
	assert_non_null(strstr(e.text, "cannot make the bridge br\\x1b: "));
	assert_non_null(strstr(e.hint, "another one is in its place"));
	assert_int_equal(net_link_set(net, "br9", true, NULL, &e), -1);
	assert_non_null(strstr(e.text, "br9: "));
	run_shell("ip link del \"$(printf 'br\\033')\"");
}

/* Only that very bridge is deleted, and only without ports. */
static void
test_made(void **state)
{
	struct net *net = *state;
	struct net_bridge b = { "br7", 1007, 0x02abcdef0123 }, other = b;
	const struct link *l;
	struct snapshot s;
	bool changed;
	struct err e;

	must(net_bridge_make(net, &b, &changed, &e));
	assert_true(changed);
	must(net_make_veth(net, "v1", "v1-peer", 0, &e));
	must(net_link_set(net, "v1", true, "br7", &e));
	must(net_bridge_make(net, &b, &changed, &e));
	assert_false(changed);
	read_all(net, &s);
	assert_true(s.host != 0);
	l = snapshot_bridge_made(&s, b.index, b.mac);
	assert_non_null(l);
	assert_true(l->up && link_has_ports(&s, l));
	assert_null(snapshot_bridge_made(&s, b.index, b.mac + 1));
	snapshot_free(&s);
	other.mac++;
	assert_int_equal(net_bridge_make(net, &other, &changed, &e), -1);
	assert_non_null(strstr(e.text, "cannot make the bridge br7: "));
	must(net_bridge_remove(net, &other, &changed, &e));
	assert_false(changed);
	assert_int_equal(net_bridge_remove(net, &b, &changed, &e), -1);
	assert_string_equal(e.text, "br7 has ports, so it stays");
	must(net_bridge_set(net, &b, false, NULL, &e));
	must(net_link_set(net, "v1", true, "", &e));
	must(net_bridge_remove(net, &b, &changed, &e));
	assert_true(changed);
	must(net_bridge_set(net, &b, false, NULL, &e));
	assert_int_equal(net_bridge_set(net, &b, true, NULL, &e), -1);
	run_shell("ip link del v1");
}

/* Nobody can be seen but the port: it lends its name. */
static void
test_unknown(void **state)
{
	struct net *net = *state;
	const struct container *c;
	struct snapshot s;
	struct err e;
	pid_t pid;

	pid = door_plug(net, "v0", guest_start(false));
	must(net_make_veth(net, "v1", "v1-peer", 0, &e));
	must(net_link_set(net, "v1", true, "br0", &e));
	read_all(net, &s);
	c = snapshot_container(&s, "v0", "br0");
	assert_non_null(c);
	assert_string_equal(c->runtime, "unknown");
	assert_int_equal(c->pid, pid);
	assert_string_equal(c->inner_name, "eth0");
	assert_true(c->has_mac);
	c = snapshot_container(&s, "v1", NULL);
	assert_non_null(c);
	assert_string_equal(c->runtime, "unknown");
	assert_int_equal(c->nsid, NSID_SELF);
	assert_string_equal(c->inner_name, "v1-peer");
	assert_null(snapshot_container(&s, "v1", "br1"));
	snapshot_free(&s);

	/* A name that comes later is seen, and takes the place. */
	guest_name(pid, "seki_late");
	assert_true(wait_for_change(net, DOOR_TIMEOUT_MS));
	read_all(net, &s);
	assert_non_null(snapshot_container(&s, "seki_late", "br0"));
	assert_null(snapshot_container(&s, "v0", "br0"));
	snapshot_free(&s);
	run_shell("ip link del v1");
	end_named(net, pid, "seki_late");
}

static void
test_named(void **state)
{
	struct net *net = *state;
	const struct container *c;
	struct snapshot s;
	pid_t pid;

	/* Neither a plain file nor a name for nothing confuses. */
	close(open("/run/netns/seki_file", O_CREAT | O_WRONLY, 0600));
	mkfifo("/run/netns/seki_fifo", 0600);
	pid = named_guest(net, "a \x1b[31m");
	read_all(net, &s);
	assert_int_equal(s.ncontainers, 1);
	c = &s.containers[0];
	assert_string_equal(c->name, "a \x1b[31m");
	assert_string_equal(c->runtime, "netns");
	assert_int_equal(c->state, CONTAINER_UP);
	assert_int_equal(c->bridge, snapshot_link(&s, "br0")->index);
	assert_int_equal(c->port, snapshot_link(&s, "v0")->index);
	assert_false(c->has_default);
	snapshot_free(&s);
	unlink("/run/netns/seki_file");
	unlink("/run/netns/seki_fifo");
	end_named(net, pid, "a \x1b[31m");
}

static void
test_monitor(void **state)
{
	struct net *net = *state;
	const struct container *c;
	struct snapshot s;
	pid_t pid;

	pid = door_plug(net, "v0", guest_start(true));
	read_all(net, &s);
	c = snapshot_container(&s, "web 1", "br0");
	assert_non_null(c);
	assert_string_equal(c->runtime, "lxc");
	assert_int_equal(c->pid, pid);
	snapshot_free(&s);
	end_monitored(net, pid);
}

/* Where nobody listens it is for an sshd that is about to start. */
static void
test_ssh(void **state)
{
	struct net *net = *state;
	struct snapshot s;

	read_all(net, &s);
	assert_int_equal(s.ssh.n, 0);
	snapshot_free(&s);
	net_want_ssh(net, true);
	read_all(net, &s);
	assert_int_equal(s.ssh.n, 1);
	assert_int_equal(s.ssh.v[0], 22);
	assert_true(s.ssh.assumed);
	snapshot_free(&s);
}

static void
change(pid_t pid, const char *command, bool inside)
{
	if (inside)
		guest_run(pid, command);
	else
		run_shell(command);
}

static void
test_events(void **state)
{
	struct net *net = *state;
	struct prefix a = prefix("fd00:2::1/64");
	struct container *c;
	struct snapshot s;
	struct err e;
	pid_t pid = door_plug(net, "v0", guest_start(true));

	read_all(net, &s);
	c = &s.containers[0];
	guest_run(pid, "link set eth0 up addrgenmode none");
	let_settle(net);
	guest_run(pid, "neigh add fd00:2::9 lladdr 2:0:0:0:0:9 dev eth0");
	guest_run(pid, "-6 route add fd00:9::/64 dev eth0");
	assert_false(wait_for_change(net, 200));
	must(add_address(net, c, c->inner, &a, NULL, &e));
	assert_true(wait_for_change(net, DOOR_TIMEOUT_MS));
	/* The kernel tells of it again when it may be used, from a work queue
	 * that a loaded machine lets wait. */
	while (wait_for_change(net, 500))
		continue;
	assert_false(net_ready(net));
	/* What is in a snapshot is not reported again. */
	must(remove_address(net, c, c->inner, &a, NULL, &e));
	snapshot_free(&s);
	read_all(net, &s);
	assert_false(net_ready(net));
	snapshot_free(&s);
	end_monitored(net, pid);
}

/* What is there already goes, without anything else that would be told. */
static void
test_removals(void **state)
{
	static const struct {
		const char *come, *go;
		bool inside;
	} cases[] = {
		{ "addr add fd00:2::1/64 dev eth0 nodad noprefixroute",
		    "addr del fd00:2::1/64 dev eth0", true },
		{ "addr add 192.0.2.1/32 dev eth0 noprefixroute",
		    "addr del 192.0.2.1/32 dev eth0", true },
		{ "-6 route add default via fe80::1 dev eth0",
		    "-6 route del default via fe80::1 dev eth0", true },
		{ "ip link add seki_x type veth peer name seki_y",
		    "ip link del seki_x", false },
	};
	struct net *net = *state;
	struct snapshot s;
	pid_t pid = named_guest(net, "seki_r");
	size_t i;

	guest_run(pid, "link set eth0 up addrgenmode none");
	for (i = 0; i < NITEMS(cases); i++)
		change(pid, cases[i].come, cases[i].inside);
	let_settle(net);
	for (i = 0; i < NITEMS(cases); i++) {
		read_all(net, &s);
		assert_false(net_ready(net));
		change(pid, cases[i].go, cases[i].inside);
		if (!wait_for_change(net, 1000))
			fail_msg("not told: %s", cases[i].go);
		snapshot_free(&s);
	}
	end_named(net, pid, "seki_r");
}

/* A second namespace that gets the number of a first one is not taken for it,
 * though nobody asked net_ready meanwhile. */
static void
test_recycled(void **state)
{
	struct net *net = *state;
	void *other;
	struct snapshot s;
	pid_t pid = named_guest(net, "seki_1");
	int nsid;

	read_all(net, &s);
	assert_string_equal(s.containers[0].name, "seki_1");
	nsid = s.containers[0].nsid;
	snapshot_free(&s);
	assert_int_equal(door_open(&other), 0);
	end_named(other, pid, "seki_1");
	/* The number is free a little later than the port is gone. */
	wait_for_change(other, 300);
	pid = named_guest(other, "seki_2");
	net_free(other);
	read_all(net, &s);
	assert_int_equal(s.ncontainers, 1);
	assert_int_equal(s.containers[0].nsid, nsid);
	assert_string_equal(s.containers[0].name, "seki_2");
	snapshot_free(&s);
	end_named(net, pid, "seki_2");
}

/* Who does not watch is told of nothing, and finds it all the same. */
static void
test_unwatched(void **state)
{
	struct net *net;
	struct snapshot s;
	struct err e;
	pid_t pid = named_guest(*state, "seki_1");

	net = net_open(&e);
	assert_non_null(net);
	assert_int_equal(net_fd(net), -1);
	read_all(net, &s);
	assert_string_equal(s.containers[0].name, "seki_1");
	snapshot_free(&s);
	guest_unname("seki_1");
	guest_name(pid, "seki_2");
	read_all(net, &s);
	assert_string_equal(s.containers[0].name, "seki_2");
	snapshot_free(&s);
	net_free(net);
	end_named(*state, pid, "seki_2");
}

/* Neither the snapshot nor its reader may keep a namespace alive. */
static void
test_gone(void **state)
{
	struct net *net = *state;
	struct prefix a = prefix("fd00:1::3/64");
	struct snapshot s;
	struct err e;
	pid_t pid = named_guest(net, "seki_g");

	read_all(net, &s);
	end_named(net, pid, "seki_g");
	assert_int_equal(add_address(net, &s.containers[0],
			     s.containers[0].inner, &a, NULL, &e),
	    -1);
	assert_non_null(strstr(e.text, "container \"seki_g\""));
	snapshot_free(&s);
}

static void
test_stopped(void **state)
{
	struct net *net = *state;
	const struct container *c;
	struct snapshot s;
	FILE *f;

	read_all(net, &s);
	assert_int_equal(s.ncontainers, 0);
	snapshot_free(&s);
	assert_return_code(mkdir(GUEST_LXC "/off", 0700), 0);
	assert_true(wait_for_change(net, DOOR_TIMEOUT_MS));
	read_all(net, &s);
	assert_int_equal(s.ncontainers, 0);
	snapshot_free(&s);
	f = fopen(GUEST_LXC "/off/config", "w");
	assert_non_null(f);
	fputs("lxc.net.0.link = br0\n", f);
	fclose(f);
	assert_true(wait_for_change(net, DOOR_TIMEOUT_MS));
	read_all(net, &s);
	c = snapshot_container(&s, "off", "br0");
	assert_non_null(c);
	assert_int_equal(c->state, CONTAINER_STOPPED);
	assert_string_equal(c->runtime, "lxc");
	assert_int_equal(c->port, 0);
	snapshot_free(&s);
	unlink(GUEST_LXC "/off/config");
	rmdir(GUEST_LXC "/off");
	assert_true(wait_for_change(net, DOOR_TIMEOUT_MS));
	read_all(net, &s);
	assert_int_equal(s.ncontainers, 0);
	snapshot_free(&s);
}

static void
test_traffic(void **state)
{
	struct net *net = *state;
	const struct link *port;
	struct snapshot s;
	struct err e;
	uint64_t before, end_at = now_ms() + DOOR_TIMEOUT_MS;
	pid_t pid = named_guest(net, "seki_t");

	read_all(net, &s);
	port = snapshot_link(&s, "v0");
	assert_true(port->up);
	before = port->rx_packets;
	/* An interface that comes up joins multicast groups, and says so. */
	guest_run(pid, "link set eth0 up");
	while (port->rx_packets == before && now_ms() < end_at) {
		wait_for_change(net, 50);
		must(net_read_traffic(net, &s, &e));
	}
	assert_true(port->rx_packets > before);
	assert_true(port->rx_bytes >= port->rx_packets * 14);
	/* Its state is an event: after a second, net/core/link_watch.c. */
	guest_run(pid, "link set eth0 down");
	while (port->running && now_ms() < end_at) {
		if (!wait_for_change(net, 50))
			continue;
		snapshot_free(&s);
		read_all(net, &s);
		port = snapshot_link(&s, "v0");
	}
	assert_false(port->running);
	snapshot_free(&s);
	/* It is read without that second. */
	guest_run(pid, "link set eth0 up");
	read_all(net, &s);
	assert_true(snapshot_link(&s, "v0")->running);
	snapshot_free(&s);
	end_named(net, pid, "seki_t");
}

static void
test_sysctl(void **state)
{
	struct snapshot s;
	struct err e;
	int value;

	must(net_sysctl_set("conf/br0/accept_ra", 2, &e));
	must(net_sysctl_get("conf/br0/accept_ra", &value, &e));
	assert_int_equal(value, 2);
	must(net_sysctl_set("conf/br0/autoconf", 0, &e));
	read_all(*state, &s);
	assert_true(s.has_ipv6);
	assert_true(snapshot_link(&s, "br0")->has_conf);
	assert_int_equal(snapshot_link(&s, "br0")->conf[CONF_ACCEPT_RA], 2);
	assert_int_equal(snapshot_link(&s, "br0")->conf[CONF_AUTOCONF], 0);
	snapshot_free(&s);
	must(net_sysctl_set("conf/br0/autoconf", 1, &e));
	must(net_sysctl_get("conf/br0/autoconf", &value, &e));
	assert_int_equal(net_sysctl_get("../../ipv4/x", &value, &e), -1);
	assert_int_equal(net_sysctl_set("conf/no\x1bne/accept_ra", 1, &e), -1);
	assert_non_null(strstr(e.text, "no\\x1bne"));
}

static size_t
open_files(void)
{
	size_t n = 0;
	int fd;

	for (fd = 0; fd < 1024; fd++)
		n += fcntl(fd, F_GETFD) != -1;
	return n;
}

static void
test_descriptors(void **state)
{
	struct net *net = *state, *other;
	struct snapshot s;
	struct err e;
	size_t before;
	pid_t pid = named_guest(net, "seki_d");
	int i;

	read_all(net, &s);
	snapshot_free(&s);
	before = open_files();
	for (i = 0; i < 10; i++) {
		other = net_open(&e);
		assert_non_null(other);
		read_all(other, &s);
		snapshot_free(&s);
		net_free(other);
		read_all(net, &s);
		snapshot_free(&s);
	}
	assert_int_equal(open_files(), before);
	end_named(net, pid, "seki_d");
}

int
main(int argc, char *argv[])
{
	const struct CMUnitTest tests[] = {
		door_test(test_links),
		door_test(test_taken),
		door_test(test_made),
		door_test(test_unknown),
		door_test(test_named),
		door_test(test_monitor),
		door_test(test_ssh),
		door_test(test_events),
		door_test(test_removals),
		door_test(test_recycled),
		door_test(test_unwatched),
		door_test(test_gone),
		door_test(test_stopped),
		door_test(test_traffic),
		door_test(test_sysctl),
		door_test(test_descriptors),
	};
	int status;

	if (guest_main(argc, argv, &status))
		return status;
	if (guest_skips(false))
		return 0;
	return cmocka_run_group_tests(tests, door_make_bridge, NULL);
}
