/* What is read of thousands of counters, and when, from a kernel made up. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/util.h"
#include "core/state/counting.h"

#define NAME_SIZE 40
#define MANY 10000 /* counters: all of them each 20 s */

static struct {
	uint64_t now;
	uint32_t generation;
	size_t n;
	uint64_t packets;    /* what each counter has counted */
	unsigned all, named; /* readings, and counters read by name */
	bool blind, gone;
	bool families; /* every other one is that of IPv4 beside the first */
} kernel;

uint64_t __wrap_now_ms(void);
int __wrap_net_generation(struct net *, uint32_t *, struct err *);
int __wrap_net_counters(
    struct net *, const char *, struct counters *, struct err *);
int __wrap_net_counters_at(struct net *, const char *, struct counters *,
    const size_t *, size_t, struct err *);

uint64_t
__wrap_now_ms(void)
{
	return kernel.now;
}

int
__wrap_net_generation(
    struct net *net UNUSED, uint32_t *generation, struct err *e)
{
	*generation = kernel.generation;
	return kernel.blind ? err_set(e, ERR_FAIL, "blind") : 0;
}

static void
name(char *to, size_t i)
{
	if (!kernel.families)
		snprintf(to, NAME_SIZE, "c%05zu", i);
	else
		snprintf(
		    to, NAME_SIZE, "c%05zu-in%s", i / 2, i % 2 == 0 ? "" : "4");
}

static void
count(struct counter *c)
{
	c->packets = kernel.packets;
	c->read = kernel.now;
}

int
__wrap_net_counters(struct net *net UNUSED, const char *table UNUSED,
    struct counters *c, struct err *e)
{
	size_t i;

	kernel.all++;
	if (c->n != kernel.n || kernel.blind)
		counters_free(c);
	if (kernel.blind)
		return err_set(e, ERR_FAIL, "blind");
	if (c->n == 0) {
		c->v = xcalloc(kernel.n, sizeof(*c->v));
		c->names = xcalloc(kernel.n, NAME_SIZE);
		c->n = kernel.n;
		c->version++;
	}
	for (i = 0; i < c->n; i++) {
		c->v[i].name = &c->names[i * NAME_SIZE];
		name(&c->names[i * NAME_SIZE], i);
		count(&c->v[i]);
	}
	return 0;
}

int
__wrap_net_counters_at(struct net *net UNUSED, const char *table UNUSED,
    struct counters *c, const size_t *places, size_t n, struct err *e)
{
	size_t i;

	if (kernel.gone && n > 0)
		return err_set(e, ERR_FAIL, "gone");
	for (i = 0; i < n; i++)
		count(&c->v[places[i]]);
	kernel.named += (unsigned)n;
	return 0;
}

static struct link eth0;

static void
setup(struct host *h, enum counted counted, size_t n)
{
	memset(&kernel, 0, sizeof(kernel));
	memset(h, 0, sizeof(*h));
	eth0 = (struct link){ .index = 1, .name = "eth0" };
	kernel.n = n;
	kernel.now = 1000;
	h->counted = counted;
	h->counting = counting_new();
	h->meters = meters_new();
	h->snapshot.links = &eth0;
	h->snapshot.nlinks = 1;
}

static void
teardown(struct host *h)
{
	counters_free(&h->counters);
	counting_free(h->counting);
	meters_free(h->meters);
}

/* Seconds of a console, with or without a packet in each. */
static void
pass(struct host *h, unsigned seconds, bool traffic)
{
	bool all;

	for (; seconds > 0; seconds--) {
		kernel.now += 1000;
		eth0.rx_packets += traffic;
		kernel.packets += traffic;
		all = counting_read(h);
		meters_begin(h->meters, kernel.now, all);
		counting_note(h, all);
	}
}

static void
see(struct host *h, size_t from, size_t n)
{
	const struct counter **v = xcalloc(n + 1, sizeof(*v));
	size_t i;

	for (i = 0; i < n; i++)
		v[i] = &h->counters.v[from + i];
	counting_see(h, v, n + 1); /* the last is NULL */
	free(v);
}

static void
only_what_is_seen_costs(void **state)
{
	struct host h;

	(void)state;
	setup(&h, COUNT_SEEN, MANY);
	pass(&h, 1, true);
	assert_int_equal(kernel.all, 1);
	assert_int_equal(counting_every(&h), 20);
	see(&h, 100, 10);
	assert_int_equal(kernel.named, 0); /* they were read just now */
	pass(&h, 19, true);
	assert_int_equal(kernel.all, 1);
	assert_int_equal(kernel.named, 190);
	assert_int_equal(h.counters.v[105].packets, 20);
	assert_int_equal(
	    counting_series(&h, &h.counters.v[105])->time, kernel.now);
	assert_true(series_rate(counting_series(&h, &h.counters.v[5])) < 0);
	assert_int_equal(h.counters.v[5].packets, 1);
	pass(&h, 1, true);
	assert_int_equal(kernel.all, 2);
	assert_int_equal(counting_round(&h), 2);
	assert_int_equal(h.counters.v[5].packets, 21);
	assert_true(series_rate(counting_series(&h, &h.counters.v[5])) >= 0);
	/* While nothing moves, once a minute. */
	pass(&h, 59, false);
	assert_int_equal(kernel.all, 2);
	pass(&h, 1, false);
	assert_int_equal(kernel.all, 3);
	pass(&h, 40, false);
	assert_int_equal(kernel.all, 3);
	pass(&h, 1, true);
	assert_int_equal(kernel.all, 4);
	teardown(&h);
}

static void
what_comes_into_view_is_of_now(void **state)
{
	struct host h;

	(void)state;
	setup(&h, COUNT_SEEN, MANY);
	pass(&h, 1, true);
	pass(&h, 5, true);
	see(&h, 7, 3);
	assert_int_equal(kernel.named, 3);
	assert_int_equal(h.counters.v[7].packets, 6);
	assert_true(series_rate(counting_series(&h, &h.counters.v[9])) >= 0);
	/* In the pause of a console time stands still. */
	kernel.now += 10000;
	kernel.packets++;
	see(&h, 20, 3);
	assert_int_equal(kernel.named, 3);
	assert_int_equal(h.counters.v[20].packets, 1);
	teardown(&h);
}

static void
a_transaction_has_all_read(void **state)
{
	struct host h;

	(void)state;
	setup(&h, COUNT_SEEN, MANY);
	pass(&h, 2, true);
	see(&h, 0, 1);
	kernel.generation++;
	kernel.n--;
	pass(&h, 1, true);
	assert_int_equal(kernel.all, 2);
	assert_int_equal(h.counters.n, MANY - 1);
	/* Places of before mean others now. */
	kernel.named = 0;
	pass(&h, 1, true);
	assert_int_equal(kernel.named, 0);
	/* One that is gone, too, whatever the reason. */
	see(&h, 0, 1);
	kernel.gone = true;
	pass(&h, 1, true);
	assert_int_equal(kernel.all, 3);
	counting_expire(&h);
	pass(&h, 1, true);
	assert_int_equal(kernel.all, 4);
	teardown(&h);
}

static void
commands_and_the_service_do_otherwise(void **state)
{
	struct host h;
	uint32_t generation;

	(void)state;
	setup(&h, COUNT_ALL, MANY);
	pass(&h, 5, false);
	assert_int_equal(kernel.all, 5);
	teardown(&h);

	setup(&h, COUNT_NONE, MANY);
	kernel.blind = true;
	pass(&h, 1, true);
	assert_true(h.blind);
	kernel.blind = false;
	pass(&h, 200, true);
	assert_false(h.blind);
	kernel.generation = 7;
	pass(&h, 1, true);
	assert_int_equal(kernel.all + kernel.named, 0);
	assert_true(counting_generation(&h, &generation) && generation == 7);
	teardown(&h);

	/* Few are read each second, and who may not read goes on trying. */
	setup(&h, COUNT_SEEN, 900);
	pass(&h, 5, false);
	assert_int_equal(kernel.all, 5);
	kernel.blind = true;
	pass(&h, 1, false);
	assert_true(h.blind);
	assert_false(counting_generation(&h, &generation));
	kernel.blind = false;
	pass(&h, 1, false);
	assert_false(h.blind);
	assert_int_equal(h.counters.n, 900);
	teardown(&h);
}

/* Both families of a forward are one number, whichever way they are read. */
static void
families_are_one(void **state)
{
	struct host h;
	const struct counter *c;

	(void)state;
	setup(&h, COUNT_SEEN, MANY);
	kernel.families = true;
	pass(&h, 2, true);
	c = &h.counters.v[100];
	assert_int_equal(counting_total(&h, c).packets, 2);
	assert_int_equal(counting_total(&h, c + 1).packets, 1);
	see(&h, 100, 1);
	pass(&h, 5, true);
	assert_int_equal(kernel.named, 2 + 5 * 2);
	assert_int_equal(counting_total(&h, c).packets, 2 * 7);
	assert_int_equal(counting_total(&h, c + 1).packets, 7);
	assert_true(series_packet_rate(counting_series(&h, c)) == 2);
	assert_true(series_packet_rate(counting_series(&h, c + 1)) == 1);
	c = &h.counters.v[MANY - 1]; /* beside which none can be */
	assert_int_equal(counting_total(&h, c).packets, c->packets);
	teardown(&h);

	setup(&h, COUNT_ALL, 10);
	kernel.families = true;
	pass(&h, 5, true);
	c = &h.counters.v[4];
	assert_true(series_packet_rate(counting_series(&h, c)) == 2);
	teardown(&h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_is_seen_costs),
		cmocka_unit_test(what_comes_into_view_is_of_now),
		cmocka_unit_test(a_transaction_has_all_read),
		cmocka_unit_test(commands_and_the_service_do_otherwise),
		cmocka_unit_test(families_are_one),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
