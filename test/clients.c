/* Clients are summed up bit by bit, until somebody stops that. The reading of
 * connections is replaced by one that has them at once. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/show/connection.h"
#include "core/show/list_client.h"

#define CLIENTS 2500

static const struct statement forward = { .kind = ST_FORWARD };
static struct flow flows[2 * CLIENTS];
static struct connection_row rows[2 * CLIENTS];

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
	*n = NITEMS(rows);
	return rows;
}

struct connection_row *
__wrap_connection_reading_take(
    struct connection_reading *r UNUSED, size_t *n UNUSED)
{
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
		r = listing_clients.slices->more(slices, &e);
		n++;
	} while (r == 1);
	assert_int_equal(r, 0);
	return n;
}

static void
test_sums(void **state UNUSED)
{
	const struct listing_slices *s = listing_clients.slices;
	struct client_row *v;
	struct err e;
	void *slices = s->begin(NULL, &e);
	size_t n, i;

	assert_in_range(read_all(slices), 3, 100);
	v = s->take(slices, &n);
	s->end(slices);
	assert_int_equal(n, CLIENTS);
	for (i = 0; i < n; i++) {
		assert_int_equal(v[i].connections, 2);
		assert_int_equal(v[i].in.bytes, 200);
		assert_int_equal(v[i].nforwards, 1);
	}
	listing_clients.free(v, n);
}

/* As somebody does who leaves the screen. */
static void
test_stopped(void **state UNUSED)
{
	const struct listing_slices *s = listing_clients.slices;
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
	const struct listing_slices *s = listing_clients.slices;
	struct err e;
	void *slices = s->begin(NULL, &e);
	size_t n;

	read_all(slices);
	assert_non_null(s->rows(slices, &n));
	assert_int_equal(n, CLIENTS);
	s->end(slices);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sums),
		cmocka_unit_test(test_stopped),
		cmocka_unit_test(test_stopped_at_last),
	};

	return cmocka_run_group_tests(tests, make_rows, NULL);
}
