/* What the running kernel can, asked in a network namespace of its own, and
 * noted: against the kernel itself. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/util.h"
#include "core/plan/fw.h"
#include "core/state/probe.h"

#include "lib/guest.h"

#define CHAIN(hook, rule)                                                      \
	"table inet t { chain c { type filter hook " hook " priority 0; " rule \
	"; }; }\n"

/* No kernel looks up where a packet that leaves came from. */
#define MISPLACED CHAIN("postrouting", "fib saddr . iif oif missing drop")

static void
test_what_a_hook_cannot(void **state UNUSED)
{
	struct err e = { 0 };

	assert_int_equal(fw_knows(CHAIN("forward", "accept"), &e), 1);
	assert_int_equal(fw_knows(MISPLACED, &e), 0);
}

static void
test_no_word_of_nft(void **state UNUSED)
{
	struct err e = { 0 };

	assert_int_equal(fw_knows("tabel inet t\n", &e), -1);
	assert_string_not_equal(e.text, "");
}

/* It would stand in a listing of our own namespace. */
static void
test_leaves_nothing(void **state UNUSED)
{
	struct err e = { 0 };

	assert_int_equal(fw_knows(CHAIN("input", "accept"), &e), 1);
	assert_int_equal(fw_run("delete table inet t\n", &e), -1);
}

static void
write_note(const char *folder, const char *text)
{
	char *path = xasprintf("%s/fib", folder);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
	free(path);
}

static void
test_asked_once(void **state UNUSED)
{
	char folder[] = "/tmp/seki-probe-XXXXXX", *path, *noted;
	bool has;

	assert_non_null(mkdtemp(folder));
	path = xasprintf("%s/fib", folder);
	has = probe_fib(folder);
	noted = read_file(path, 64, NULL);
	assert_non_null(noted);
	assert_string_equal(noted, has ? "yes\n" : "no\n");
	write_note(folder, has ? "no\n" : "yes\n");
	assert_int_equal(probe_fib(folder), !has);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(folder), 0);
	free(noted);
	free(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_a_hook_cannot),
		cmocka_unit_test(test_no_word_of_nft),
		cmocka_unit_test(test_leaves_nothing),
		cmocka_unit_test(test_asked_once),
	};

	if (guest_skips(false))
		return 0;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
