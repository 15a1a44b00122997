/* Counts to rates, their history, and the scale of a chart. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/number.h"
#include "core/state/meter.h"

/* What the clock of a made-up host is ahead of now_ms. */
#define AHEAD 1700000003000

/* Reads a count that grew by so many bytes in a second. */
static const struct series *
feed(struct meters *m, uint64_t grown)
{
	static const char name[] = "rx eth0";
	const struct series *s = meters_get(m, name);
	uint64_t bytes = (s != NULL ? s->bytes : 0) + grown,
		 time = s != NULL ? s->time + 1000 : 1000;

	meters_begin(m, time, true);
	meters_note(m, name, bytes, bytes / 100);
	return meters_get(m, name);
}

/* Column n ends with second 5 n, and each of its seconds has n bytes. */
static void
history_keeps_ten_minutes(void **state)
{
	struct meters *m = meters_new();
	const struct series *s;
	uint64_t i;

	(void)state;
	assert_int_equal(meters_column(m), 0);
	s = feed(m, 0);
	assert_int_equal(meters_column(m), 1);
	assert_true(series_rate(s) < 0 && series_packet_rate(NULL) < 0);
	assert_true(series_at(m, s, 1) < 0 && series_at(m, NULL, 1) < 0);
	for (i = 1; i < 5 * METER_COLUMNS + 15; i++)
		s = feed(m, 1 + i / 5);
	assert_int_equal(meters_column(m), METER_COLUMNS + 4);
	assert_true(series_at(m, s, METER_COLUMNS + 4) < 0);
	assert_true(series_at(m, s, METER_COLUMNS + 3) == METER_COLUMNS + 3);
	assert_true(series_at(m, s, 5) == 5);
	assert_true(series_at(m, s, 4) < 0);
	/* Columns 113 to 123, and nothing yet of the newest. */
	assert_true(series_mean(m, s) == 5 * 11 * 118 / 60.0);
	meters_free(m);
}

/* The highest rate stays for as long as a chart that begins there has it. */
static void
the_top_is_kept(void **state)
{
	struct meters *m = meters_new();
	const struct series *s;
	long at;
	int i;

	(void)state;
	assert_true(series_top(NULL, 0) == 0);
	feed(m, 0);
	feed(m, 100);
	at = meters_column(m);
	s = feed(m, 9000);
	for (i = 0; i < 60; i++)
		s = feed(m, 100);
	assert_true(series_top(s, at) == 9000);
	assert_true(series_top(s, at + 1) == 0);
	for (i = 0; i < 5 * METER_COLUMNS; i++)
		s = feed(m, 100);
	assert_true(series_top(s, at) == 100);
	meters_free(m);
}

/* Of what was read from its midst on nothing is known, but for the next. */
static void
a_column_is_whole_or_unknown(void **state)
{
	struct meters *m = meters_new();
	const struct series *s = NULL;
	int i;

	(void)state;
	meters_begin(m, 7000, true);
	for (i = 0; i < 9; i++)
		s = feed(m, 10);
	assert_true(series_at(m, s, 1) < 0);
	meters_free(m);
	m = meters_new();
	meters_begin(m, 7000, true);
	meters_note(m, "rx eth0", 0, 0);
	for (i = 0; i < 8; i++)
		s = feed(m, 10);
	assert_int_equal(meters_column(m), 4);
	assert_true(series_at(m, s, 2) < 0 && series_at(m, s, 3) == 10);
	meters_free(m);
}

static void
the_last_that_passed_is_known(void **state)
{
	struct meters *m = meters_new();
	const struct series *s;
	int i;

	(void)state;
	assert_int_equal(series_last(m, NULL), 0);
	s = feed(m, 0);
	assert_int_equal(series_last(m, s), 0);
	s = feed(m, 9);
	assert_int_equal(series_last(m, s), 1);
	for (i = 0; i < 20; i++)
		s = feed(m, 0);
	assert_int_equal(series_last(m, s), 1);
	s = feed(m, 9);
	assert_int_equal(series_last(m, s), meters_column(m));
	for (i = 0; i < 5 * METER_COLUMNS; i++)
		s = feed(m, 0);
	assert_int_equal(series_last(m, s), 0);
	meters_free(m);
}

static void
columns_begin_with_the_clock(void **state)
{
	struct meters *m = meters_new();

	(void)state;
	meters_clock(m, 1000, AHEAD + 1000);
	meters_begin(m, 1000, true);
	assert_int_equal(meters_column(m), 1);
	assert_int_equal(meters_column_clock(m, 1), AHEAD / 1000 - 3 + 0);
	meters_begin(m, 1999, true);
	assert_int_equal(meters_column(m), 1);
	meters_begin(m, 2000, true);
	assert_int_equal(meters_column(m), 2);
	assert_int_equal(meters_column_clock(m, 2), AHEAD / 1000 + 2);
	/* It is set back by an hour and two seconds: columns go on. */
	meters_clock(m, 2500, AHEAD + 2500 - 3602000);
	meters_begin(m, 2500, true);
	assert_int_equal(meters_column(m), 2);
	assert_int_equal(meters_column_clock(m, 2), AHEAD / 1000 + 2 - 3600);
	meters_free(m);
}

/* A busy host has thousands of counters that never move. */
static void
none_is_kept_of_what_never_moved(void **state)
{
	struct meters *m = meters_new();
	const struct series *s = NULL;
	uint64_t i;

	(void)state;
	for (i = 4; i <= 11; i++) {
		meters_begin(m, 1000 * i, true);
		meters_note(m, "rx eth0", 70, 1);
	}
	s = meters_get(m, "rx eth0");
	assert_null(s->moving);
	assert_true(series_at(m, s, 2) == 0 && series_at(m, s, 1) < 0);
	assert_true(series_mean(m, s) == 0);
	meters_begin(m, 15000, true);
	meters_note(m, "rx eth0", 470, 2);
	assert_true(series_at(m, s, 3) == 80 && series_at(m, s, 2) == 0);
	meters_free(m);
}

/* Twelve seconds, of which only the last had a reading of all. */
static void
what_is_left_out_had_the_mean_rate(void **state)
{
	struct meters *m = meters_new();
	const struct series *s = feed(m, 0);
	uint64_t i;

	(void)state;
	for (i = 2; i < 13; i++)
		meters_begin(m, 1000 * i, false);
	assert_true(series_rate(s) < 0);
	meters_begin(m, 13000, true);
	meters_note(m, "rx eth0", 12000, 120);
	assert_ptr_equal(meters_get(m, "rx eth0"), s);
	assert_true(series_rate(s) == 1000 && series_packet_rate(s) == 10);
	assert_true(series_at(m, s, 1) < 0 && series_at(m, s, 2) == 1000 &&
		    series_at(m, s, 3) < 0);
	/* Again before the next reading: the rate since. */
	meters_resume(m, 13500);
	meters_note(m, "rx eth0", 12050, 121);
	meters_begin(m, 15000, true);
	meters_note(m, "rx eth0", 13000, 130);
	assert_true(series_at(m, s, 3) == (3000 + 50 + 950) / 5);
	/* It was left out again: not smoothed. */
	for (i = 16; i < 20; i++)
		meters_begin(m, 1000 * i, false);
	meters_begin(m, 20000, true);
	meters_note(m, "rx eth0", 17000, 131);
	assert_true(series_rate(s) == 800);
	/* Longer than the history. */
	meters_begin(m, 20000 + 2 * METER_COLUMNS * METER_COLUMN_MS, true);
	meters_note(m, "rx eth0", 17000, 131);
	assert_true(series_mean(m, s) == 0);
	assert_true(series_at(m, s, meters_column(m) - 1) == 0);
	assert_true(series_at(m, s, meters_column(m) - METER_COLUMNS) < 0);
	meters_free(m);
}

/* Of three, the first goes, another comes in front, and the two that stay have
 * changed places. */
static void
what_stays_keeps_its_history(void **state)
{
	static const uint32_t was[] = { 0, 3, 2 };
	struct meters *m = meters_new();
	unsigned version;
	uint64_t i, k;

	(void)state;
	assert_null(meters_at(m, 0));
	meters_arrange(m, NULL, 3);
	assert_true(series_rate(meters_at(m, 2)) < 0);
	for (i = 0; i <= 10; i++) {
		meters_begin(m, 5000 + 1000 * i, true);
		for (k = 0; k < 3; k++)
			meters_note_at(m, k, 100 * i * k, i * k);
	}
	assert_true(series_rate(meters_at(m, 2)) == 200);
	assert_true(series_at(m, meters_at(m, 2), 3) == 200);
	version = meters_version(m);
	meters_arrange(m, was, 3);
	assert_int_not_equal(meters_version(m), version);
	assert_true(series_rate(meters_at(m, 0)) < 0);
	assert_true(series_at(m, meters_at(m, 1), 3) == 200);
	assert_true(series_rate(meters_at(m, 2)) == 100);
	assert_null(meters_at(m, 3));
	meters_note_at(m, 3, 1, 1); /* there is none */
	meters_free(m);
}

static void
noise_keeps_still_and_jumps_show(void **state)
{
	struct meters *m = meters_new();
	const struct series *s;
	double before;
	uint64_t i;

	(void)state;
	feed(m, 0);
	s = feed(m, 100000);
	assert_true(series_rate(s) == 100000);
	for (i = 0; i < 20; i++) {
		before = series_rate(s);
		s = feed(m, i % 2 == 0 ? 103000 : 97000);
		assert_true(series_rate(s) == before);
	}
	s = feed(m, 200000);
	assert_true(series_rate(s) == 200000);
	s = feed(m, 0);
	assert_true(series_rate(s) == 0 && series_packet_rate(s) == 0);
	/* What stays a little higher is told in the end. */
	feed(m, 100000);
	for (i = 0; i < 20; i++)
		s = feed(m, 120000);
	assert_true(series_rate(s) > 114000 && series_rate(s) < 120001);
	meters_free(m);
}

static void
scales_are_round(void **state)
{
	static const struct {
		uint64_t bytes;
		bool bits;
		const char *text;
		uint64_t top;
	} scales[] = {
		{ 0, true, "10 kb/s", 1250 },
		{ 1250, true, "10 kb/s", 1250 },
		{ 1251, true, "20 kb/s", 2500 },
		{ 1550000, true, "20 Mb/s", 2500000 },
		{ 1550000, false, "2 MB/s", 2000000 },
		{ 500000, false, "500 kB/s", 500000 },
		{ 500001, false, "1 MB/s", 1000000 },
	};
	struct buf b = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(scales); i++) {
		buf_reset(&b);
		assert_int_equal(
		    number_scale(&b, scales[i].bytes, scales[i].bits),
		    scales[i].top);
		assert_string_equal(buf_text(&b), scales[i].text);
	}
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(history_keeps_ten_minutes),
		cmocka_unit_test(the_top_is_kept),
		cmocka_unit_test(a_column_is_whole_or_unknown),
		cmocka_unit_test(columns_begin_with_the_clock),
		cmocka_unit_test(the_last_that_passed_is_known),
		cmocka_unit_test(none_is_kept_of_what_never_moved),
		cmocka_unit_test(what_is_left_out_had_the_mean_rate),
		cmocka_unit_test(what_stays_keeps_its_history),
		cmocka_unit_test(noise_keeps_still_and_jumps_show),
		cmocka_unit_test(scales_are_round),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
