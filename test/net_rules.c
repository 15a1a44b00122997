/* What is kept of our rules while nothing has changed, and when it is read
 * again: by the kernel's generations, and by what it tells. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/kernel/net.h"
#include "core/kernel/net_parts.h"

#include "lib/guest.h"

static unsigned dumps; /* of anything, since it was last looked at */

int __real_net_dump(
    struct nl_sock *, struct nl_msg *, net_each_fn *, void (*)(void *), void *);
int __wrap_net_dump(
    struct nl_sock *, struct nl_msg *, net_each_fn *, void (*)(void *), void *);

int
__wrap_net_dump(struct nl_sock *sk, struct nl_msg *msg, net_each_fn *each,
    void (*restart)(void *), void *arg)
{
	dumps++;
	return __real_net_dump(sk, msg, each, restart, arg);
}

static void
nft(const char *commands)
{
	char *line = xasprintf("nft '%s'", commands);

	run_shell(line);
	free(line);
}

/* Reads them; whether the kernel was asked for them. */
static bool
is_read(struct net *net, struct rules *rules)
{
	struct err e;

	dumps = 0;
	must(net_rules(net, NET_TABLE, rules, &e));
	return dumps > 0;
}

static bool
elements_are_read(struct net *net, uint64_t *digest)
{
	struct err e;

	dumps = 0;
	must(net_elements(net, NET_TABLE, digest, &e));
	return dumps > 0;
}

static void
test_generations(void **state)
{
	struct net *net = *state;
	struct rules none, one, again;

	is_read(net, &none);
	assert_false(none.present);
	nft("add table inet seki; add chain inet seki c; "
	    "add rule inet seki c accept");
	assert_true(is_read(net, &one));
	assert_true(one.present);
	assert_int_not_equal(one.shape, none.shape);
	assert_false(is_read(net, &again));
	assert_true(again.present);
	assert_int_equal(again.shape, one.shape);
	/* Whatever the transaction was about. */
	nft("add table inet other");
	assert_true(is_read(net, &again));
	assert_int_equal(again.shape, one.shape);
	nft("add rule inet seki c drop");
	assert_true(is_read(net, &again));
	assert_int_not_equal(again.shape, one.shape);
	nft("delete table inet seki");
	is_read(net, &again);
	assert_false(again.present);
}

static void
test_elements(void **state)
{
	struct net *net = *state;
	uint64_t empty, one, again;

	nft("add table inet seki; "
	    "add set inet seki s { type inet_service; }");
	assert_true(elements_are_read(net, &empty));
	assert_false(elements_are_read(net, &again));
	nft("add element inet seki s { 22 }");
	assert_true(elements_are_read(net, &one));
	assert_int_not_equal(one, empty);
	assert_false(elements_are_read(net, &again));
	assert_int_equal(again, one);
}

/* The kernel counts a generation before all of it is in place: what was read
 * before it told of ours may be half of it. */
static void
test_told(void **state)
{
	struct net *net = *state;
	struct rules rules;
	uint64_t digest;

	net_ready(net);
	nft("add table inet seki; add chain inet seki c");
	assert_true(is_read(net, &rules));
	assert_true(elements_are_read(net, &digest));
	assert_false(is_read(net, &rules));
	assert_true(net_ready(net));
	assert_true(is_read(net, &rules));
	assert_true(elements_are_read(net, &digest));
	assert_false(is_read(net, &rules));
	assert_false(elements_are_read(net, &digest));
	/* What is told of others changes nothing of ours. */
	nft("add table inet other");
	assert_true(is_read(net, &rules));
	assert_true(elements_are_read(net, &digest));
	net_ready(net);
	assert_false(is_read(net, &rules));
	assert_false(elements_are_read(net, &digest));
}

static int
set_up(void **state)
{
	struct err e;
	struct net *net = net_open(&e);

	assert_non_null(net);
	must(net_watch(net, &e));
	run_shell("nft flush ruleset");
	net_ready(net);
	*state = net;
	return 0;
}

static int
tear_down(void **state)
{
	net_free(*state);
	return 0;
}

int
main(int argc, char *argv[])
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    test_generations, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    test_elements, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_told, set_up, tear_down),
	};
	int status;

	if (guest_main(argc, argv, &status))
		return status;
	if (guest_skips(true))
		return 0;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
