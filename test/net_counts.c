/* Counters and connections, as the kernel tells them, and edits of counters and
 * elements, in namespaces of our own. */
#include "config.h"

#include <netinet/in.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/util.h"
#include "core/kernel/flow.h"
#include "core/kernel/net.h"
#include "core/kernel/net_edit.h"
#include "core/kernel/net_flow.h"

#include "lib/guest.h"

static bool
nft_takes(const char *text)
{
	FILE *nft = popen("nft -f - >/dev/null 2>&1", "w");

	assert_non_null(nft);
	fputs(text, nft);
	return pclose(nft) == 0;
}

static void
test_counters(void **state)
{
	struct net *net = *state;
	struct counters all = { 0 };
	const struct counter *c, *at;
	unsigned version;
	struct err e;

	must(net_counters(net, "seki_none", &all, &e));
	assert_int_equal(all.n, 0);
	assert_null(counters_find(&all, "b"));
	/* Still none is nothing new. */
	version = all.version;
	must(net_counters(net, "seki_none", &all, &e));
	assert_int_equal(all.version, version);
	assert_true(nft_takes("table inet seki {\n"
			      "counter b { packets 7 bytes 5000000000 }\n"
			      "counter a { }\nquota q { over 1 mbytes }\n}\n"
			      "table inet other { counter c { } ; }\n"));
	must(net_counters(net, "seki", &all, &e));
	assert_int_not_equal(all.version, version);
	assert_int_equal(all.n, 2);
	assert_string_equal(all.v[0].name, "a");
	c = counters_find(&all, "b");
	assert_non_null(c);
	assert_int_equal(c->packets, 7);
	assert_int_equal(c->bytes, 5000000000);
	assert_null(counters_find(&all, "q"));
	/* The same ones stay where they are, with the numbers of now. */
	at = all.v;
	version = all.version;
	assert_true(nft_takes("reset counter inet seki b\n"));
	must(net_counters(net, "seki", &all, &e));
	assert_ptr_equal(all.v, at);
	assert_int_equal(all.version, version);
	assert_int_equal(counters_find(&all, "b")->bytes, 0);
	/* Others do not, not even when there are as many. */
	assert_true(nft_takes("delete counter inet seki a\n"
			      "add counter inet seki z packets 9 bytes 9\n"));
	must(net_counters(net, "seki", &all, &e));
	assert_int_not_equal(all.version, version);
	assert_int_equal(all.n, 2);
	assert_null(counters_find(&all, "a"));
	assert_int_equal(counters_find(&all, "z")->packets, 9);
	/* What stays is told. */
	assert_int_equal(all.was[0], 2);
	assert_int_equal(all.was[1], 0);
	version = all.version;
	assert_true(nft_takes("delete counter inet seki z\n"));
	must(net_counters(net, "seki", &all, &e));
	assert_int_not_equal(all.version, version);
	assert_int_equal(all.n, 1);
	counters_free(&all);
}

/* More than one send can ask for. */
static void
add_many(unsigned n)
{
	struct buf b = { 0 };

	buf_add(&b, "table inet seki\ndelete table inet seki\n"
		    "table inet seki {\n");
	while (n-- > 0)
		buf_printf(&b, "counter c%u { packets %u bytes 1 }\n", n, n);
	buf_add(&b, "}\n");
	assert_true(nft_takes(buf_text(&b)));
	buf_free(&b);
}

static void
test_counters_by_name(void **state)
{
	struct net *net = *state;
	struct counters all = { 0 };
	size_t places[100], i;
	struct err e;

	add_many(200);
	must(net_counters(net, "seki", &all, &e));
	for (i = 0; i < NITEMS(places); i++)
		places[i] = i * 2;
	assert_true(nft_takes("reset counters table inet seki\n"));
	must(net_counters_at(net, "seki", &all, places, NITEMS(places), &e));
	for (i = 0; i < all.n; i++)
		assert_int_equal(all.v[i].packets != 0, i % 2 == 1);
	/* One that is gone fails, and what follows is not lost. */
	assert_true(nft_takes("delete counter inet seki c1\n"));
	assert_string_equal(all.v[1].name, "c1");
	assert_int_equal(
	    net_counters_at(net, "seki", &all, (size_t[]){ 1, 3 }, 2, &e), -1);
	assert_int_equal(all.v[3].packets, 0);
	must(net_counters(net, "seki", &all, &e));
	assert_int_equal(all.n, 199);
	assert_true(nft_takes("delete table inet seki\n"));
	counters_free(&all);
}

#define PORT "inet_proto . inet_service"
#define TABLE                                                                  \
	"table inet seki\ndelete table inet seki\n"                            \
	"table inet seki {\ncounter a { }\n"                                   \
	"map to { type " PORT " : inet_service . inet_proto; }\n"              \
	"map by { type " PORT " : counter; }\n}\n"

static uint64_t
elements_of(struct net *net, const char *more)
{
	char *text = xasprintf("%s%s", TABLE, more);
	uint64_t digest;
	struct err e;

	assert_true(nft_takes(text));
	must(net_elements(net, "seki", &digest, &e));
	free(text);
	return digest;
}

static bool
edits(struct net *net, const struct net_edit *v, size_t n, uint32_t generation)
{
	bool lost;
	struct err e;
	int r = net_edit(net, "seki", v, n, generation, &lost, &e);

	assert_false(lost);
	return r == 0;
}

static bool
would_edit(
    struct net *net, const struct net_edit *v, size_t n, uint32_t generation)
{
	return net_would_edit(net, "seki", v, n, generation);
}

/* What is edited is as nft would have made it. */
static void
test_edits(void **state)
{
	static const struct net_edit v[] = {
		{ .adds = true, .name = "b" },
		{ .adds = true,
		    .set = "to",
		    .key = { { 6, 0, 0, 0, 0, 80 }, 8 },
		    .data = { { 0, 81, 0, 0, 17 }, 8 } },
		{ .adds = true,
		    .set = "by",
		    .key = { { 6, 0, 0, 0, 0, 80 }, 8 },
		    .name = "b" },
	};
	struct net *net = *state;
	struct net_edit back[NITEMS(v)];
	struct counters all = { 0 };
	uint64_t with, without, now;
	uint32_t generation;
	struct err e;
	size_t i;

	with =
	    elements_of(net, "add counter inet seki b\n"
			     "add element inet seki to { 6 . 80 : 81 . 17 }\n"
			     "add element inet seki by { 6 . 80 : \"b\" }\n");
	without = elements_of(net, "");
	must(net_generation(net, &generation, &e));
	assert_false(edits(net, v, NITEMS(v), generation - 1));
	assert_false(edits(net, &v[1], 2, generation));
	assert_false(would_edit(net, v, NITEMS(v), generation - 1));
	assert_false(would_edit(net, &v[1], 2, generation));
	assert_true(would_edit(net, v, NITEMS(v), generation));
	must(net_elements(net, "seki", &now, &e));
	assert_true(now == without);
	assert_true(edits(net, v, NITEMS(v), generation));
	must(net_elements(net, "seki", &now, &e));
	assert_true(now == with && with != without);
	must(net_counters(net, "seki", &all, &e));
	assert_int_equal(all.n, 2);
	/* none of it is there twice, and all of it goes, from the end on */
	assert_false(edits(net, v, 1, generation + 1));
	assert_false(would_edit(net, v, 1, generation + 1));
	assert_false(edits(net, &v[1], 1, generation + 1));
	for (i = 0; i < NITEMS(v); i++) {
		back[i] = v[NITEMS(v) - 1 - i];
		back[i].adds = false;
	}
	assert_true(edits(net, back, NITEMS(back), generation + 1));
	must(net_elements(net, "seki", &now, &e));
	assert_true(now == without);
	must(net_counters(net, "seki", &all, &e));
	assert_int_equal(all.n, 1);
	assert_true(nft_takes("delete table inet seki\n"));
	counters_free(&all);
}

/* A datagram to ourselves, from a port that the kernel chose. */
static uint16_t
send_by(int family, const struct sockaddr *to, socklen_t len)
{
	struct sockaddr_in6 from; /* its port is where that of IPv4 is */
	int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	assert_return_code(connect(fd, to, len), 0);
	assert_int_equal(send(fd, "x", 1, 0), 1);
	assert_return_code(getsockname(fd, (struct sockaddr *)&from, &len), 0);
	close(fd);
	return ntohs(from.sin6_port);
}

static uint16_t
send_to(uint16_t port)
{
	const struct sockaddr_in6 to = { .sin6_family = AF_INET6,
		.sin6_addr = IN6ADDR_LOOPBACK_INIT,
		.sin6_port = htons(port) };

	return send_by(AF_INET6, (const struct sockaddr *)&to, sizeof(to));
}

static uint16_t
send_to4(uint16_t port)
{
	const struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons(port) };

	return send_by(AF_INET, (const struct sockaddr *)&to, sizeof(to));
}

static const struct flow *
flow_from(const struct flow_list *l, uint16_t port)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (l->v[i].original.sport == port)
			return &l->v[i];
	return NULL;
}

static bool
is_from(void *arg, const struct flow *f)
{
	const uint16_t *from = arg;

	return f->original.sport == *from;
}

static const struct flow_scope six_only = { .family = AF_INET6 };
static const struct flow_scope both = { .family = AF_UNSPEC };

static void
same_in_slices(struct flow_scope scope, const struct flow_list *all)
{
	struct err e;
	struct flow_reading *r = flow_reading_begin(scope, &e);
	struct flow_list flows;
	size_t i;
	int code;

	assert_non_null(r);
	while ((code = flow_reading_more(r, &e)) == 1)
		continue;
	assert_int_equal(code, 0);
	flows = flow_reading_take(r);
	flow_reading_end(r);
	assert_int_equal(flows.n, all->n);
	for (i = 0; i < all->n; i++)
		assert_non_null(flow_from(&flows, all->v[i].original.sport));
	flow_list_free(&flows);
}

/* Beside those that are translated, those to some prefixes. */
static void
test_beside(struct net *net, uint16_t translated, uint16_t plain)
{
	static const char *const others[] = { "2001:db8::/32", "::/64" };
	struct flow_scope scope = { .family = AF_INET6 };
	struct flow_list all;
	struct err e;
	size_t i;

	for (i = 0; i < NITEMS(others); i++) {
		scope.beside = xcalloc(2, sizeof(*scope.beside));
		scope.nbeside = i + 1;
		assert_int_equal(prefix_parse(&scope.beside[0], others[0]), 0);
		assert_int_equal(prefix_parse(&scope.beside[i], others[i]), 0);
		must(net_flows(net, &scope, &all, &e));
		assert_non_null(flow_from(&all, translated));
		assert_int_equal(flow_from(&all, plain) != NULL, i == 1);
		same_in_slices(scope, &all);
		flow_list_free(&all);
	}
}

static void
test_flows(void **state)
{
	struct net *net = *state;
	struct flow_list all;
	const struct flow *f;
	uint16_t one, other, plain;
	bool changed;
	struct err e;

	assert_true(nft_takes("table ip6 flows {\nchain out {\n"
			      "type nat hook output priority -100;\n"
			      "udp dport 7000 dnat to [::1]:7001\n}\n}\n"));
	run_shell("ip link set lo up");
	one = send_to(7000);
	other = send_to(7000);
	plain = send_to(7002);
	must(net_flows(net, &six_only, &all, &e));
	assert_int_equal(all.n, 2);
	assert_non_null(flow_from(&all, other));
	assert_null(flow_from(&all, plain));
	f = flow_from(&all, one);
	assert_int_equal(f->proto, IPPROTO_UDP);
	assert_int_equal(f->original.dport, 7000);
	assert_int_equal(f->reply.sport, 7001);
	assert_int_equal(f->reply.dport, one);
	assert_true(prefix_is_bare(&f->original.dst));
	assert_string_equal(f->state, "unanswered");
	assert_true(f->timeout > 0 && !f->over && !f->counted);
	same_in_slices(six_only, &all);
	must(net_flow_delete(net, f, &changed, &e));
	assert_true(changed);
	must(net_flow_delete(net, f, &changed, &e));
	assert_false(changed);
	flow_list_free(&all);
	must(net_flows(net, &six_only, &all, &e));
	assert_int_equal(all.n, 1);
	assert_non_null(flow_from(&all, other));
	flow_list_free(&all);
	must(net_flows_chosen(net, AF_INET6, is_from, &plain, &all, &e));
	assert_int_equal(all.n, 1);
	assert_int_equal(all.v[0].original.dport, 7002);
	assert_false(all.v[0].translated);
	flow_list_free(&all);
	must(net_flows_chosen(net, AF_INET6, is_from, &other, &all, &e));
	assert_int_equal(all.n, 1);
	assert_int_equal(all.v[0].original.dport, 7000);
	assert_true(all.v[0].translated);
	flow_list_free(&all);
	test_beside(net, other, plain);
	run_shell("ip link set lo down");
	run_shell("nft delete table ip6 flows");
}

/* Those of one family, or of both; each ended by itself. */
static void
test_families(void **state)
{
	struct net *net = *state;
	struct flow_list all;
	struct flow two[2];
	uint16_t six, four;
	char text[ADDR_TEXT_MAX];
	bool changed;
	struct err e;

	assert_true(nft_takes("table inet flows {\nchain out {\n"
			      "type nat hook output priority -100;\n"
			      "udp dport 7000 dnat ip to 127.0.0.1:7001\n"
			      "udp dport 7000 dnat ip6 to [::1]:7001\n"
			      "}\n}\n"));
	run_shell("ip link set lo up");
	six = send_to(7000);
	four = send_to4(7000);
	must(net_flows(net, &six_only, &all, &e));
	assert_non_null(flow_from(&all, six));
	assert_null(flow_from(&all, four));
	flow_list_free(&all);
	must(net_flows_chosen(net, AF_INET6, is_from, &four, &all, &e));
	assert_int_equal(all.n, 0);
	flow_list_free(&all);
	must(net_flows_chosen(net, AF_UNSPEC, is_from, &four, &all, &e));
	assert_int_equal(all.n, 1);
	flow_list_free(&all);
	must(net_flows(net, &both, &all, &e));
	same_in_slices(both, &all);
	two[0] = *flow_from(&all, four);
	two[1] = *flow_from(&all, six);
	flow_list_free(&all);
	assert_string_equal(addr_text(&two[0].original.dst, text), "127.0.0.1");
	assert_true(prefix_is_bare(&two[0].reply.src));
	must(net_flow_delete(net, &two[0], &changed, &e));
	assert_true(changed);
	must(net_flow_delete(net, &two[0], &changed, &e));
	assert_false(changed);
	must(net_flow_delete(net, &two[1], &changed, &e));
	assert_true(changed);
	run_shell("ip link set lo down");
	run_shell("nft delete table inet flows");
}

/* Whatever is written by whomever makes another generation, which begins anew
 * in each namespace; to look, and to reset a counter, does not. */
static void
test_generation(void **state)
{
	struct net *net = *state, *other;
	uint32_t first, second, same;
	uint64_t here = net_identity(net);
	struct err e;

	must(net_generation(net, &first, &e));
	assert_true(nft_takes("table ip elsewhere { counter x { } ; }\n"));
	must(net_generation(net, &second, &e));
	assert_int_not_equal(first, second);
	assert_true(nft_takes("list ruleset\nreset counters\n"));
	assert_false(nft_takes("add table ip never\nadd rule ip no no drop\n"));
	must(net_generation(net, &same, &e));
	assert_int_equal(second, same);
	run_shell("nft delete table ip elsewhere");
	if (here == 0) /* an older kernel */
		return;
	other = net_open(&e);
	assert_non_null(other);
	assert_int_equal(net_identity(other), here);
	net_free(other);
	assert_int_equal(unshare(CLONE_NEWNET), 0);
	other = net_open(&e);
	assert_non_null(other);
	assert_int_not_equal(net_identity(other), here);
	net_free(other);
}

static int
open_door(void **state)
{
	struct err e;

	*state = net_open(&e);
	return *state != NULL ? 0 : -1;
}

static int
close_door(void **state)
{
	net_free(*state);
	return 0;
}

/* Ids whose slots are the same are told apart; what was not counted before has
 * no rate, and the mean of what was not there begins with 0. */
static void
test_rates(void **state)
{
	struct flow was[] = {
		{ .id = 5,
		    .counted = true,
		    .in = { 1, 100 },
		    .in_mean = { .rate = -1 },
		    .out_mean = { .rate = -1 } },
		{ .id = 5 + (1u << 20),
		    .counted = true,
		    .in = { 1, 7 },
		    .in_mean = { .rate = -1 } },
		{ .id = 6 },
	};
	const struct flow_list before = { was, NITEMS(was) };
	struct flow now[] = {
		{ .id = 5 + (1u << 20), .counted = true, .in = { 2, 1007 } },
		{ .id = 5,
		    .counted = true,
		    .in = { 2, 350 },
		    .out = { 9, 40 } },
		{ .id = 6, .counted = true, .in = { 2, 350 } },
		{ .id = 9, .counted = true, .in = { 2, 350 } },
		{ .id = 5 },
	};
	static const float in[] = { 500, 125, -1, 43.75F, -1 };
	struct flow_index x;
	size_t i;

	(void)state;
	flow_index_build(&x, &before);
	for (i = 0; i < NITEMS(now); i++) {
		flow_rate(&now[i], &x, 2000, FLOW_MEAN_MS);
		assert_true(now[i].in_mean.rate == in[i]);
	}
	assert_true(now[1].out_mean.rate == 20);
	flow_rate(&now[0], &x, 0, FLOW_MEAN_MS);
	assert_true(now[0].in_mean.rate == -1);
	was[0].in_mean.rate = 77;
	flow_rate(&now[1], &x, FLOW_LEAST_MS - 1, 0);
	assert_true(now[1].in_mean.rate == 77);
	flow_rate(&now[3], &x, FLOW_LEAST_MS - 1, 0);
	assert_true(now[3].in_mean.rate == -1);
	flow_index_free(&x);
	flow_index_build(&x, &(struct flow_list){ 0 });
	flow_rate(&now[1], &x, 2000, FLOW_MEAN_MS);
	assert_true(now[1].in_mean.rate == 43.75F);
	flow_index_free(&x);
}

/* A page of 60 kB each four seconds is shown as about 15 kB a second, and not
 * as 60 kB and 0 in turns; a while after the last one, as nothing. */
static void
test_means(void **state UNUSED)
{
	struct flow was, now = { .id = 7, .counted = true };
	const struct flow_list before = { &was, 1 };
	struct flow_index x;
	unsigned i;

	for (i = 0; i < 75; i++) {
		was = now;
		now.in.bytes += i < 60 && i % 4 == 0 ? 60000 : 0;
		flow_index_build(&x, &before);
		flow_rate(&now, &x, 1000, FLOW_MEAN_MS);
		flow_index_free(&x);
		if (i >= 40 && i < 60)
			assert_in_range(now.in_mean.rate, 10000, 22000);
		if (i < 70)
			assert_true(now.in_mean.rate > 0);
	}
	assert_true(now.in_mean.rate == 0);
}

/* Somebody who looks for the first time is told what is true at once: of a flow
 * that goes on, and of one in each second that brings as much. */
static void
test_first_means(void **state UNUSED)
{
	struct flow was[4] = { { .id = 1, .counted = true } }, now[4];
	struct flow_list before = { was, 1 };
	struct flow_index x;
	float sum;
	unsigned i, k;

	for (i = 0; i < 3; i++) {
		memcpy(now, was, sizeof(now));
		now[0].in.bytes += 7000;
		now[i + 1] = (struct flow){
			.id = i + 2, .counted = true, .in = { 1, 1000 }
		};
		flow_index_build(&x, &before);
		for (sum = 0, k = 0; k < i + 2; k++) {
			flow_rate(&now[k], &x, 1000, i * 1000);
			sum += now[k].in_mean.rate;
		}
		flow_index_free(&x);
		assert_true(now[0].in_mean.rate == 7000);
		assert_in_range(sum, 7999, 8001);
		memcpy(was, now, sizeof(was));
		before.n = i + 2;
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counters),
		cmocka_unit_test(test_counters_by_name),
		cmocka_unit_test(test_edits),
		cmocka_unit_test(test_flows),
		cmocka_unit_test(test_rates),
		cmocka_unit_test(test_means),
		cmocka_unit_test(test_first_means),
		cmocka_unit_test(test_families),
		/* goes to another namespace, and stays there */
		cmocka_unit_test(test_generation),
	};

	if (guest_skips(true))
		return 0;
	return cmocka_run_group_tests(tests, open_door, close_door);
}
