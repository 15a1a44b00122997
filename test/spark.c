/* Charts stand still while a minute of the clock goes on: what moves is written
 * to a terminal. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/util.h"
#include "core/state/host.h"
#include "core/state/meter.h"
#include "screens/traffic.h"

#define SECONDS 185	     /* from 12:00:07 on */
#define BEGIN 1700049600000U /* of a minute of the clock, in ms */

/* Reads a counter whose rate is never twice the same in a row. */
static void
read_next(struct meters *m, unsigned second, uint64_t *bytes)
{
	*bytes += 1000 * (1 + second % 8);
	meters_clock(m, 1000 * second, BEGIN + 1000 * second);
	meters_begin(m, 1000 * second, true);
	meters_note(m, "rx eth0", *bytes, *bytes / 100);
}

/* The number of columns in which two charts differ. */
static size_t
differing(const char *a, const char *b)
{
	size_t n = 0, la, lb;
	uint32_t ca, cb;

	assert_int_equal(text_width(a), text_width(b));
	for (; *a != '\0'; a += la, b += lb) {
		la = utf8_decode(a, strlen(a), &ca);
		lb = utf8_decode(b, strlen(b), &cb);
		n += ca != cb;
	}
	return n;
}

/* A chart gets a column at each fifth second, and moves once in so many. */
static void
stands_still(int w, unsigned seconds)
{
	struct host h = { .meters = meters_new() };
	struct buf chart = { 0 }, before = { 0 };
	struct traffic t = { 0 };
	uint64_t bytes = 0;
	unsigned i;

	for (i = 7; i < 7 + SECONDS; i++) {
		read_next(h.meters, i, &bytes);
		t.in = meters_get(h.meters, "rx eth0");
		buf_reset(&chart);
		traffic_spark(&h, &t, 8000, w, &chart);
		assert_int_equal(text_width(buf_text(&chart)), w);
		if (i > 7 && i % seconds != 0)
			assert_int_equal(
			    differing(buf_text(&before), buf_text(&chart)),
			    i % 5 == 0 && i > 10);
		buf_reset(&before);
		buf_add(&before, buf_text(&chart));
	}
	buf_free(&chart);
	buf_free(&before);
	meters_free(h.meters);
}

static void
a_chart_stands_still(void **state UNUSED)
{
	static const int widths[] = { 24, 36, 60, METER_COLUMNS };
	size_t i;

	for (i = 0; i < NITEMS(widths); i++)
		stands_still(widths[i], 60);
}

/* With no more than two columns to come. */
static void
a_narrow_one_for_less(void **state UNUSED)
{
	stands_still(12, 15);
	stands_still(23, 15);
}

static void
head_is(const struct host *h, int w, const char *wanted)
{
	struct buf b = { 0 };

	traffic_spark_head(h, 1250000, w, &b);
	assert_string_equal(buf_text(&b), wanted);
	buf_free(&b);
}

/* At three minutes and a bit. */
static void
minutes_stand_where_they_begin(void **state UNUSED)
{
	struct host h = { .meters = meters_new(), .bits = true };
	uint64_t bytes = 0;

	setenv("TZ", "UTC", 1);
	read_next(h.meters, 192, &bytes);
	head_is(&h, 24, "12:02       12:03  █=10M");
	head_is(&h, 36, "12:01       12:02       12:03  █=10M");
	head_is(&h, 12, "       █=10M");
	read_next(h.meters, 239, &bytes);
	head_is(&h, 24, "12:02       12:03  █=10M");
	read_next(h.meters, 240, &bytes);
	head_is(&h, 24, "12:03       12:04  █=10M");
	meters_free(h.meters);
}

/* The scale of charts, while a rate has no column yet. */
static void
what_flows_now_fits(void **state UNUSED)
{
	struct host h = { .meters = meters_new() };
	struct traffic t = { 0 };
	uint64_t bytes = 0;
	unsigned i;

	for (i = 0; i < 32; i++)
		read_next(h.meters, i, &bytes);
	t.in = meters_get(h.meters, "rx eth0");
	assert_in_range(traffic_peak(&h, &t, 24), 3000, 6000);
	bytes += 9000;
	read_next(h.meters, 32, &bytes);
	assert_in_range(traffic_peak(&h, &t, 24), 3000, 6000);
	bytes += 600000;
	read_next(h.meters, 33, &bytes);
	assert_in_range(traffic_peak(&h, &t, 24), 600000, 610000);
	meters_free(h.meters);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_chart_stands_still),
		cmocka_unit_test(a_narrow_one_for_less),
		cmocka_unit_test(minutes_stand_where_they_begin),
		cmocka_unit_test(what_flows_now_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
