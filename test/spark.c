/* Charts of the last minute move seldom: each move is written to a terminal. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/util.h"
#include "core/state/meter.h"
#include "screens/traffic.h"

#define READINGS 100
#define SCROLLS 10 /* readings */

/* Reads a counter whose rate is never twice the same in a row. */
static void
read_next(struct meters *m, unsigned i, uint64_t *bytes)
{
	*bytes += 1000 * (1 + i % 8);
	meters_begin(m, 1000 * (i + 1), true);
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

static bool
is_blank(const char *chart)
{
	return chart[strspn(chart, " ")] == '\0';
}

static void
scrolls_seldom(int w)
{
	struct meters *m = meters_new();
	struct buf chart = { 0 }, before = { 0 };
	struct traffic t = { 0 };
	unsigned i, moved = 0;
	uint64_t bytes = 0;

	for (i = 0; i < READINGS; i++) {
		read_next(m, i, &bytes);
		t.in = meters_get(m, "rx eth0");
		buf_reset(&chart);
		traffic_spark(&t, 8000, w, &chart);
		assert_int_equal(is_blank(buf_text(&chart)), i == 0);
		if (i > 0 && differing(buf_text(&before), buf_text(&chart)) > 1)
			moved++;
		buf_reset(&before);
		buf_add(&before, buf_text(&chart));
	}
	assert_in_range(moved, 1, READINGS / SCROLLS);
	buf_free(&chart);
	buf_free(&before);
	meters_free(m);
}

static void
a_chart_scrolls_seldom(void **state UNUSED)
{
	static const int widths[] = { 10, 20, 29, 59, 60, 80 };
	size_t i;

	for (i = 0; i < NITEMS(widths); i++)
		scrolls_seldom(widths[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_chart_scrolls_seldom),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
