/* Clients are summed up bit by bit, until somebody stops that, and which of
 * their connections are shown. The reading of connections is replaced by one
 * that has them at once. */
#include "config.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/reach/stale.h"
#include "core/show/list_flow.h"

#define CLIENTS 2500

static const struct statement forward = { .kind = ST_FORWARD };
static struct flow flows[2 * CLIENTS];
static struct connection_row rows[2 * CLIENTS];
static size_t nrows = NITEMS(rows);

struct connection_reading *__wrap_connection_reading_begin(
    struct host *, bool, struct err *);
int __wrap_connection_reading_more(struct connection_reading *, struct err *);
const struct connection_row *__wrap_connection_reading_rows(
    const struct connection_reading *, size_t *);
struct connection_row *__wrap_connection_reading_take(
    struct connection_reading *, size_t *);
void __wrap_connection_reading_end(struct connection_reading *);

struct connection_reading *
__wrap_connection_reading_begin(
    struct host *h UNUSED, bool ended UNUSED, struct err *e UNUSED)
{
	return xcalloc(1, 1);
}

int
__wrap_connection_reading_more(
    struct connection_reading *r UNUSED, struct err *e UNUSED)
{
	return 0;
}

const struct connection_row *
__wrap_connection_reading_rows(
    const struct connection_reading *r UNUSED, size_t *n)
{
	*n = nrows;
	return rows;
}

struct connection_row *
__wrap_connection_reading_take(struct connection_reading *r UNUSED, size_t *n)
{
	*n = nrows;
	return NULL;
}

void
__wrap_connection_reading_end(struct connection_reading *r)
{
	free(r);
}

/* Each client has two connections, of a packet each. */
static int
make_rows(void **state UNUSED)
{
	size_t i;

	for (i = 0; i < NITEMS(rows); i++) {
		flows[i].original.src = (struct prefix){ .family = AF_INET6,
			.len = 128,
			.bytes = { [14] = (uint8_t)(i / 2 >> 8),
			    [15] = (uint8_t)(i / 2) } };
		flows[i].counted = true;
		flows[i].in = (struct flow_count){ 1, 100 };
		rows[i].flow = &flows[i];
		rows[i].forward = &forward;
	}
	return 0;
}

static unsigned
read_all(void *slices)
{
	unsigned n = 0;
	struct err e;
	int r;

	do {
		r = listing_flows.slices->more(slices, &e);
		n++;
	} while (r == 1);
	assert_int_equal(r, 0);
	return n;
}

static void
test_sums(void **state UNUSED)
{
	const struct listing_slices *s = listing_flows.slices;
	struct flow_row *v;
	struct err e;
	void *slices = s->begin(NULL, &e);
	size_t n, i;

	assert_in_range(read_all(slices), 3, 100);
	v = s->take(slices, &n);
	s->end(slices);
	assert_int_equal(n, CLIENTS + NITEMS(rows));
	assert_int_equal(v->tree->live, NITEMS(rows));
	for (i = 0; i < CLIENTS; i++) {
		assert_int_equal(v[i].line, FLOW_CLIENT);
		assert_int_equal(v[i].client->connections, 2);
		assert_int_equal(v[i].client->in.bytes, 200);
		assert_int_equal(v[i].client->forwards.n, 1);
	}
	for (i = CLIENTS; i < n; i++)
		assert_ptr_equal(flow_head(&v[i]), &v[(i - CLIENTS) / 2]);
	listing_flows.free(v, n);
}

/* As somebody does who leaves the screen. */
static void
test_stopped(void **state UNUSED)
{
	const struct listing_slices *s = listing_flows.slices;
	struct err e;
	unsigned stop, i;

	for (stop = 0; stop < 4; stop++) {
		void *slices = s->begin(NULL, &e);

		for (i = 0; i < stop; i++)
			assert_int_equal(s->more(slices, &e), 1);
		s->end(slices);
	}
}

/* While they are being sorted, before they are shown. */
static void
test_stopped_at_last(void **state UNUSED)
{
	const struct listing_slices *s = listing_flows.slices;
	struct err e;
	void *slices = s->begin(NULL, &e);
	size_t n;

	read_all(slices);
	assert_non_null(s->rows(slices, &n));
	assert_int_equal(n, CLIENTS + NITEMS(rows));
	s->end(slices);
}

/* Without any there is nothing to keep. */
static void
test_none(void **state UNUSED)
{
	const struct listing_slices *s = listing_flows.slices;
	struct err e;
	void *slices = s->begin(NULL, &e);
	size_t n;

	nrows = 0;
	read_all(slices);
	assert_null(s->take(slices, &n));
	s->end(slices);
	assert_int_equal(n, 0);
	flows_fold(NULL, 0, NULL, NULL, NULL);
}

/* ---- which are shown */

static enum flow_fold
fold(const void *arg, const struct prefix *client UNUSED)
{
	return *(const enum flow_fold *)arg;
}

/* The rows below the client, in the order of the source: "x" is shown, "-"
 * found only; then the number of those that the last row stands for, with "!"
 * if something passes in them. */
static void
assert_shown(struct flow_row *v, size_t n, enum flow_fold how,
    const struct flow_order *by, const char *wanted)
{
	struct buf b = { 0 };
	const struct flow_row *r;

	flows_fold(v, n, fold, &how, by);
	for (r = v + 1; r < v + n; r++)
		if (r->line == FLOW_CONNECTION)
			buf_add(&b, r->shown ? "x" : r->behind ? "-" : ".");
		else if (r->shown)
			buf_printf(&b, " %u%s", r->rest, r->busy ? "!" : "");
	assert_string_equal(buf_text(&b), wanted);
	buf_free(&b);
}

/* One client with some of the connections; rates: a digit for each, "?" for one
 * that is not known, "!" for one that is left behind. Letters
 * have ended; each has carried less than the one before it. */
static struct flow_row *
make_client(const char *rates, void **slices, size_t *n)
{
	static const struct stale_reason gone = { .word = "gone" };
	const struct listing_slices *s = listing_flows.slices;
	struct err e;
	size_t i;

	for (i = 0; rates[i] != '\0'; i++) {
		flows[i].original.src = flows[0].original.src;
		flows[i].original.sport = (uint16_t)(1000 + i * 7 % 10);
		flows[i].proto = IPPROTO_TCP;
		flows[i].over = rates[i] >= 'A' && rates[i] <= 'Z';
		flows[i].out.bytes = 5000 - i;
		flows[i].timeout = (uint32_t)i;
		flows[i].out_mean.rate = rates[i] == '?' ? -1
					 : flows[i].over
					     ? (float)(rates[i] - 'A')
					 : rates[i] > '0' && rates[i] <= '9'
					     ? (float)(rates[i] - '0')
					     : 0;
		rows[i].stale = rates[i] == '!' ? &gone : NULL;
	}
	nrows = i;
	*slices = s->begin(NULL, &e);
	read_all(*slices);
	return (struct flow_row *)s->rows(*slices, n);
}

static const struct listing_column *
column(const char *name)
{
	const struct listing_column *c = listing_flows.columns;

	while (strcmp(c->name, name) != 0)
		c++;
	return c;
}

static void
test_folds(void **state UNUSED)
{
	static const struct {
		const char *rates, *none, *few, *all;
	} cases[] = {
		{ "01", "..", "xx", "xx" },
		{ "000000000", ".........", "xxxxxxxxx", "xxxxxxxxx" },
		{ "0000000000", "..........", "xxxxxxxx-- 2", "xxxxxxxxxx" },
		{ "1234567891", "..........", "-xxxxxxxx- 2!", "xxxxxxxxxx" },
		{ "0090807000", "..........", "xxxxxxxx-- 2", "xxxxxxxxxx" },
		{ "0000000090", "..........", "xxxxxxx-x- 2", "xxxxxxxxxx" },
		/* What has ended is one of them, and has no rate. */
		{ "11111111JA", "..........", "xxxxxxxx-- 2", "xxxxxxxxxx" },
		{ "AA00000000", "..........", "--xxxxxxxx 2", "xxxxxxxxxx" },
		{ "JA00000000", "..........", "--xxxxxxxx 2", "xxxxxxxxxx" },
		{ "JJJJJJJJJ0", "..........", "xxxxxxx--x 2", "xxxxxxxxxx" },
		{ "JJ????????", "..........", "--xxxxxxxx 2", "xxxxxxxxxx" },
		{ "??00000000", "..........", "--xxxxxxxx 2", "xxxxxxxxxx" },
		{ "??????????", "..........", "xxxxxxxx-- 2", "xxxxxxxxxx" },
		{ "!000000000", "x.........", "xxxxxxxxx- 1", "xxxxxxxxxx" },
	};
	struct flow_order by = { .column = column("out-rate"), .down = true };
	void *slices;
	struct flow_row *v;
	size_t i, n;

	for (i = 0; i < NITEMS(cases); i++) {
		v = make_client(cases[i].rates, &slices, &n);
		assert_shown(v, n, FLOW_NONE, &by, cases[i].none);
		assert_shown(v, n, FLOW_FEW, &by, cases[i].few);
		assert_shown(v, n, FLOW_ALL, &by, cases[i].all);
		assert_shown(v, n, FLOW_NONE, &by, cases[i].none);
		listing_flows.slices->end(slices);
	}
}

/* Those that the table has first, by whatever it is sorted. */
static void
test_sorted(void **state UNUSED)
{
	static const struct {
		const char *column;
		bool down;
		const char *few;
	} cases[] = {
		{ "out-rate", true, "xxxxxxxx-- 2!" },
		{ "out-rate", false, "--xxxxxxxx 2!" },
		{ "in-rate", true, "xxxxxxxx-- 2!" },
		{ "out", true, "xxxxxxxx-- 2!" },
		{ "out", false, "--xxxxxxxx 2!" },
		{ "in", true, "xxxxxxxx-- 2!" },
		{ "connections", true, "--xxxxxxxx 2!" },
		{ "connections", false, "xxxxxxxx-- 2!" },
		{ "client", false, "xxxx-xx-xx 2!" },
		{ "client", true, "-xx-xxxxxx 2!" },
	};
	struct flow_order by;
	void *slices;
	size_t i, n;
	struct flow_row *v = make_client("9876543211", &slices, &n);

	for (i = 0; i < NITEMS(cases); i++) {
		by.column = column(cases[i].column);
		by.down = cases[i].down;
		assert_shown(v, n, FLOW_FEW, &by, cases[i].few);
	}
	listing_flows.slices->end(slices);
}

/* What is found of a client is what its sums are of, until there is nothing or
 * another filter. */
static void
test_found(void **state UNUSED)
{
	void *slices;
	size_t n, i;
	struct flow_row *v = make_client("12345", &slices, &n);

	assert_ptr_equal(flow_sums(v), v->client);
	flow_match(v, false);
	assert_ptr_equal(flow_sums(v), v->client);
	for (i = 1; i < n; i++)
		flow_match(&v[i], i % 2 == 0);
	assert_true(flow_is_part(v));
	assert_int_equal(flow_sums(v)->connections, 2);
	assert_int_equal(flow_sums(&v[1])->out.bytes, 2 * 5000 - 1 - 3);
	assert_true(flow_sums(v)->out_rate == 6);
	assert_int_equal(flow_sums(v)->forwards.n, 1);
	assert_true(v[2].found);
	assert_false(v[1].found);
	for (i = 0; i < n; i++)
		flow_match(&v[i], true);
	assert_false(flow_is_part(v));
	assert_int_equal(flow_sums(v)->connections, 5);
	flow_match(v, true);
	assert_ptr_equal(flow_sums(v), v->client);
	listing_flows.slices->end(slices);
}

/* One that lives stands for its client, whatever precedes it. */
static void
test_stands_for(void **state UNUSED)
{
	static const struct {
		const char *rates;
		size_t first;
	} cases[] = { { "000", 0 }, { "AA0", 2 }, { "A00", 1 }, { "AAA", 0 } };
	struct flow_row *v;
	void *slices;
	size_t i, n;

	for (i = 0; i < 3; i++)
		rows[i].routed = true;
	for (i = 0; i < NITEMS(cases); i++) {
		v = make_client(cases[i].rates, &slices, &n);
		assert_ptr_equal(v->connection, &rows[cases[i].first]);
		listing_flows.slices->end(slices);
	}
	rows[0].routed = false;
	v = make_client("000", &slices, &n);
	assert_ptr_equal(v->connection, &rows[1]);
	listing_flows.slices->end(slices);
}

/* The oldest is one that lives. */
static void
test_began(void **state UNUSED)
{
	void *slices;
	size_t i, n;
	struct flow_row *v;

	for (i = 0; i < 3; i++)
		flows[i].began = (int64_t)(100 + i);
	v = make_client("A00", &slices, &n);
	assert_int_equal(v->client->began, 101);
	listing_flows.slices->end(slices);
	v = make_client("AAA", &slices, &n);
	assert_int_equal(v->client->began, 0);
	listing_flows.slices->end(slices);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sums),
		cmocka_unit_test(test_stopped),
		cmocka_unit_test(test_stopped_at_last),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_folds),
		cmocka_unit_test(test_sorted),
		cmocka_unit_test(test_found),
		cmocka_unit_test(test_stands_for),
		cmocka_unit_test(test_began),
	};

	return cmocka_run_group_tests(tests, make_rows, NULL);
}
