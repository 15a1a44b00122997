/* A host with containers, read bit by bit: it is what it is when read at once,
 * whatever else is asked in between. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/util.h"
#include "core/kernel/net.h"
#include "core/kernel/net_make.h"
#include "core/kernel/net_sock.h"
#include "core/kernel/snapshot_digest.h"

#include "lib/guest.h"

#define GUESTS 3
#define BEFORE 5 /* readers before the look behind each port */

static pid_t guests[GUESTS];

/* Links that were just made are coming up: what is read at once and what is read
 * bit by bit would differ. */
static void
come_to_rest(struct net *net)
{
	uint64_t last = 0, now = 1;
	struct snapshot s;
	struct err e;
	int tries;

	for (tries = 0; now != last && tries < 50; tries++) {
		last = now;
		usleep(200000);
		must(net_read(net, &s, &e));
		now = snapshot_digest(&s);
		snapshot_free(&s);
	}
}

static int
set_up(void **state)
{
	struct err e;
	struct net *net = net_open(&e);
	char port[16];
	size_t i;

	assert_non_null(net);
	/* Looking for duplicates of addresses would take seconds. */
	run_shell("for i in all default; do "
		  "echo 0 >/proc/sys/net/ipv6/conf/$i/accept_dad; done");
	run_shell("ip link add br0 type bridge && ip link set br0 up");
	for (i = 0; i < GUESTS; i++) {
		guests[i] = guest_start(false);
		snprintf(port, sizeof(port), "v%zu", i);
		must(net_make_veth(net, port, "eth0", guests[i], &e));
		must(net_link_set(net, port, true, "br0", &e));
	}
	come_to_rest(net);
	*state = net;
	return 0;
}

static int
tear_down(void **state)
{
	size_t i;

	for (i = 0; i < GUESTS; i++)
		guest_end(guests[i]);
	net_free(*state);
	return 0;
}

/* No file can be opened beside those that are. */
static void
forbid_files(bool forbid)
{
	static struct rlimit usual;
	struct rlimit none;

	if (usual.rlim_cur == 0)
		assert_return_code(getrlimit(RLIMIT_NOFILE, &usual), 0);
	none = (struct rlimit){ 3, usual.rlim_max };
	assert_return_code(
	    setrlimit(RLIMIT_NOFILE, forbid ? &none : &usual), 0);
}

static void
test_slices(void **state)
{
	struct net *net = *state;
	struct net_progress at = { 0 };
	struct snapshot whole, s = { 0 };
	unsigned n = 0;
	struct err e;
	int r;

	must(net_read(net, &whole, &e));
	assert_int_equal(whole.ncontainers, GUESTS);
	while ((r = net_read_more(net, &s, &at, &e)) == 1) {
		n++;
		assert_int_equal(s.ncontainers, n > BEFORE ? n - BEFORE : 0);
	}
	assert_int_equal(r, 0);
	assert_int_equal(n, BEFORE + GUESTS);
	assert_int_equal(snapshot_digest(&s), snapshot_digest(&whole));
	snapshot_free(&s);
	snapshot_free(&whole);
}

/* Somebody else looks into a container, and fails for lack of a file. */
static void
look_in_vain(struct net *net, const struct container *c)
{
	struct listeners l;
	struct err e;

	forbid_files(true);
	assert_int_equal(net_listeners(net, c, &l, &e), -1);
	forbid_files(false);
}

static void
test_others_lack(void **state)
{
	struct net *net = *state;
	struct net_progress at = { 0 };
	struct snapshot whole, s = { 0 };
	struct err e;
	int r;

	must(net_read(net, &whole, &e));
	while ((r = net_read_more(net, &s, &at, &e)) == 1)
		look_in_vain(net, &whole.containers[0]);
	must(r);
	assert_int_equal(s.ncontainers, GUESTS);
	snapshot_free(&s);
	snapshot_free(&whole);
}

/* A lack in one piece fails the whole, as a container would look empty; and the
 * next reading begins anew. */
static void
test_lack(void **state)
{
	struct net *net = *state;
	struct net_progress at = { 0 };
	struct snapshot s = { 0 };
	struct err e;
	unsigned n = 0;
	int r;

	do {
		forbid_files(n == BEFORE + 1);
		r = net_read_more(net, &s, &at, &e);
		forbid_files(false);
		n++;
	} while (r == 1);
	assert_int_equal(r, -1);
	assert_int_equal(n, BEFORE + GUESTS + 1);
	assert_non_null(strstr(e.text, "cannot look into the containers"));
	snapshot_free(&s);
	must(net_read(net, &s, &e));
	snapshot_free(&s);
}

int
main(int argc, char *argv[])
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_slices),
		cmocka_unit_test(test_others_lack),
		cmocka_unit_test(test_lack),
	};
	int status;

	if (guest_main(argc, argv, &status))
		return status;
	if (guest_skips(false))
		return 0;
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
