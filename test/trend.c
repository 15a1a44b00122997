/* Rates of clients, from when each was seen first. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/show/trend.h"

#define CLIENTS 1001 /* one more than are followed */

static struct client_row rows[CLIENTS];

static void
be_clients(void)
{
	size_t i;

	for (i = 0; i < CLIENTS; i++) {
		rows[i] = (struct client_row){ .in_rate = -1, .out_rate = -1 };
		rows[i].addr.family = AF_INET6;
		rows[i].addr.len = 128;
		rows[i].addr.bytes[14] = (uint8_t)(i / 256);
		rows[i].addr.bytes[15] = (uint8_t)i;
	}
}

/* Whose columns begin with the seconds 2, 7, 12... */
static struct meters *
meters_begun(void)
{
	struct meters *m = meters_new();

	meters_clock(m, 1000, 1700000004000);
	meters_begin(m, 1000, true);
	return m;
}

static double
rate(const struct trends *t, size_t client, bool out)
{
	return series_rate(trends_get(t, &rows[client].addr, out));
}

static void
follows_while_it_is_there(void **state)
{
	struct meters *m = meters_begun();
	struct trends *t = trends_new(m);

	(void)state;
	be_clients();
	rows[0].in_rate = 100;
	rows[0].out_rate = 0;
	rows[1].out_rate = 3;
	trends_follow(t, &rows[0].addr);
	assert_null(trends_get(t, &rows[0].addr, false));
	trends_note(t, rows, 3, 2000);
	assert_true(rate(t, 0, false) == 100);
	assert_null(trends_get(t, &rows[1].addr, true));
	trends_follow(t, &rows[1].addr);
	rows[0].in_rate = 250;
	trends_note(t, rows, 3, 3000);
	assert_true(rate(t, 0, false) == 250 && rate(t, 0, true) == 0);
	assert_true(rate(t, 1, true) == 3 && rate(t, 1, false) <= 0);
	trends_note(t, rows + 1, 1, 4000);
	assert_null(trends_get(t, &rows[0].addr, false));
	assert_true(rate(t, 1, true) == 3);
	rows[1].out_rate = -1;
	trends_note(t, rows, 3, 5000);
	assert_null(trends_get(t, &rows[1].addr, true));
	trends_free(t);
	meters_free(m);
}

/* The column of 5 s from 2000 has 1 s of one rate and 4 s of another. */
static void
columns_are_of_the_others(void **state)
{
	struct meters *m = meters_begun();
	struct trends *t = trends_new(m);
	const struct series *s;
	uint64_t time;

	(void)state;
	be_clients();
	trends_follow(t, &rows[0].addr);
	for (time = 1000; time <= 8000; time += 1000) {
		rows[0].in_rate = 20;
		rows[0].out_rate = time <= 3000 ? 1000 : 500;
		trends_note(t, rows, 1, time);
	}
	s = trends_get(t, &rows[0].addr, true);
	meters_begin(m, 8000, true);
	assert_true(series_at(m, s, meters_column(m) - 1) == 600);
	assert_true(series_at(m, s, meters_column(m) - 2) < 0);
	assert_true(series_top(s, 0) == 1000);
	s = trends_get(t, &rows[0].addr, false);
	assert_true(series_at(m, s, meters_column(m) - 1) == 20);
	trends_free(t);
	meters_free(m);
}

static void
follows_no_more_than_a_thousand(void **state)
{
	struct meters *m = meters_begun();
	struct trends *t = trends_new(m);
	size_t i;

	(void)state;
	be_clients();
	for (i = 0; i < CLIENTS; i++) {
		rows[i].in_rate = (float)i;
		trends_follow(t, &rows[i].addr);
	}
	trends_note(t, rows, CLIENTS, 2000);
	assert_true(rate(t, CLIENTS - 2, false) == CLIENTS - 2);
	assert_null(trends_get(t, &rows[CLIENTS - 1].addr, false));
	trends_note(t, rows + 1, CLIENTS - 1, 3000);
	trends_follow(t, &rows[CLIENTS - 1].addr);
	trends_note(t, rows + 1, CLIENTS - 1, 4000);
	assert_true(rate(t, CLIENTS - 1, false) == CLIENTS - 1);
	trends_free(t);
	meters_free(m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(follows_while_it_is_there),
		cmocka_unit_test(columns_are_of_the_others),
		cmocka_unit_test(follows_no_more_than_a_thousand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
