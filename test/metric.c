/* Lines of metrics: what a label may hold, and families without samples. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/show/metric.h"

static const struct metric family = { "seki_things", "gauge", "Things." };

static void
labels_are_quoted(void **state)
{
	struct buf labels = { 0 };

	(void)state;
	metric_label(&labels, "a", "x \"y\" \\z");
	metric_label(&labels, "b", "");
	metric_label(&labels, "c", "\n\x1b[0m \xe5\x9d\x8a");
	assert_string_equal(buf_text(&labels),
	    "a=\"x \\\"y\\\" \\\\z\",b=\"\","
	    "c=\"\\\\x0a\\\\x1b[0m \xe5\x9d\x8a\"");
	buf_free(&labels);
}

static void
samples_have_labels_or_none(void **state)
{
	struct buf b = { 0 }, labels = { 0 };

	(void)state;
	metric_sample(&b, &family, &labels, 0);
	metric_label(&labels, "a", "x");
	metric_sample(&b, &family, &labels, UINT64_MAX);
	assert_string_equal(buf_text(&b),
	    "seki_things 0\nseki_things{a=\"x\"} 18446744073709551615\n");
	buf_free(&b);
	buf_free(&labels);
}

static void
a_family_without_samples_is_not_told_of(void **state)
{
	struct buf b = { 0 };

	(void)state;
	metric_family(&b, &family, "");
	assert_string_equal(buf_text(&b), "");
	metric_family(&b, &family, "seki_things 1\n");
	assert_string_equal(buf_text(&b),
	    "# HELP seki_things Things.\n# TYPE seki_things gauge\n"
	    "seki_things 1\n");
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(labels_are_quoted),
		cmocka_unit_test(samples_have_labels_or_none),
		cmocka_unit_test(a_family_without_samples_is_not_told_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
