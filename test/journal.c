/* What is ours, on the disk and by its place. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "core/base/util.h"
#include "core/plan/journal.h"

#include "lib/folder.h"
#include "lib/machine.h"

#define FILE_NAME "made"

static struct owned
owned(bool inside, const char *name, const char *text, struct link_id at)
{
	struct owned o = { .inside = inside, .name = (char *)name, .at = at };

	assert_int_equal(prefix_parse(&o.prefix, text), 0);
	return o;
}

static void
test_round_trip(void **state)
{
	const struct owned all[] = {
		owned(false, "lxcbr0", ULA "1/64", (struct link_id){ 0, 0, 3 }),
		owned(true, "vm 01 \"x\"\n", ULA "3/64",
		    (struct link_id){ UINT64_MAX, 4, 2 }),
		owned(true, "vm00", ULA "4/128", (struct link_id){ 0 }),
	};
	struct journal j = { 0 }, back;
	struct err e;
	size_t i;

	for (i = 0; i < NITEMS(all); i++)
		journal_add(&j, &all[i]);
	journal_add(&j, &all[0]);
	j.forwards4 = true;
	j.redirects4 = 1;
	assert_int_equal(journal_store(&j, *state, &e), 0);
	assert_int_equal(journal_load(&back, *state, &e), 0);
	assert_true(back.forwards4 && back.redirects4 == 1);
	assert_int_equal(back.n, NITEMS(all));
	for (i = 0; i < NITEMS(all); i++) {
		assert_string_equal(back.v[i].name, all[i].name);
		assert_int_equal(back.v[i].inside, all[i].inside);
		assert_memory_equal(
		    &back.v[i].prefix, &all[i].prefix, sizeof(struct prefix));
		assert_true(link_id_equal(&back.v[i].at, &all[i].at));
	}
	journal_free(&back);
	journal_free(&j);
}

/* Settings as they were before the first change. */
static void
test_formers(void **state)
{
	const struct former first = { 2, CONF_PROXY_DELAY, 80 };
	const struct former later = { 2, CONF_PROXY_DELAY, 0 };
	const struct former all = { 0, CONF_PROXY, 0 };
	const struct former gone = { 4711, CONF_PROXY_DELAY, 70 };
	struct journal j = { 0 }, back;
	struct machine m;
	struct err e;

	journal_add_former(&j, &gone);
	journal_add_former(&j, &first);
	journal_add_former(&j, &later);
	journal_add_former(&j, &all);
	assert_int_equal(journal_store(&j, *state, &e), 0);
	assert_int_equal(journal_load(&back, *state, &e), 0);
	assert_int_equal(back.nformers, 3);
	assert_memory_equal(back.formers, j.formers, 3 * sizeof(first));
	machine_boot(&m);
	journal_prune(&back, &m.s);
	assert_int_equal(back.nformers, 2);
	journal_remove_former(&back, 2, CONF_PROXY);
	assert_int_equal(back.nformers, 2);
	journal_remove_former(&back, 0, CONF_PROXY);
	assert_int_equal(back.nformers, 1);
	assert_memory_equal(back.formers, &first, sizeof(first));
	journal_free(&back);
	journal_free(&j);
}

/* A bridge is ours by its index and its MAC, whatever it is called. */
static void
test_made(void **state)
{
	const struct made ours = { LXCBR0, 0x0200abcdef09 };
	const struct made all[] = { { DOCKER0, 0x020000000001 }, ours,
		{ 1002, ours.mac } };
	const struct made other = { LXCBR0, 0x0200abcdef0a };
	struct journal j = { 0 }, back;
	struct machine m;
	struct err e;
	size_t i;

	for (i = 0; i < NITEMS(all); i++)
		journal_add_made(&j, &all[i]);
	journal_add_made(&j, &ours);
	assert_int_equal(journal_store(&j, *state, &e), 0);
	assert_int_equal(journal_load(&back, *state, &e), 0);
	assert_int_equal(back.nmade, NITEMS(all));
	for (i = 0; i < NITEMS(all); i++)
		assert_true(journal_has_made(&back, &all[i]));
	machine_boot(&m);
	m.links[LXCBR0 - 1].has_mac = true;
	mac_bytes(ours.mac, m.links[LXCBR0 - 1].mac);
	journal_prune(&back, &m.s);
	assert_int_equal(back.nmade, 1);
	journal_remove_made(&back, &other);
	assert_true(journal_has_made(&back, &ours));
	journal_remove_made(&back, &ours);
	assert_int_equal(back.nmade, 0);
	journal_free(&back);
	journal_free(&j);
}

/* What cannot be understood is no claim to anything; the rest holds. */
static const struct {
	const char *text;
	size_t n;
} files[] = {
	{ "", 0 },
	{ "\n\n", 0 },
	{ "address host lxcbr0 " ULA "1/64 0 0 3\n", 1 },
	{ "address host lxcbr0 " ULA "1/64 0 0 3", 1 },
	/* before places were noted, and when routes were */
	{ "address inside vm00 " ULA "3/64\n", 1 },
	{ "route inside vm00 " ULA "1\n", 0 },
	/* settings of ours that have no such name */
	{ "sysctl 2 proxy 80\nsysctl 2 proxy_delay\n", 0 },
	{ "ipv4-forwarding\n", 0 },
	{ "bridge 1002\nbridge 1002 02 03\n", 0 },
	/* cut */
	{ "address host lxcbr0 " ULA "1/64 0 0 3\naddress host lxc", 1 },
	{ "address host lxcbr0 " ULA "1/64 0 0 3\naddress host \"lxc", 1 },
	/* broken, or of somebody else */
	{ "address host lxcbr0 fd5a::g/64 0 0 3\n", 0 },
	{ "[Unit]\nDescription=a b c d e f g\n", 0 },
	{ "{ \"address\": 1 }\naddress host lxcbr0 " ULA "1/64 0 0 3\n", 1 },
	{ "address host lxcbr0 " ULA "1/64 0 0 3\n"
	  "address host lxcbr0 " ULA "1/64 0 0 3\n",
	    1 },
};

static void
test_files(void **state)
{
	struct journal j;
	struct err e;
	size_t i;

	for (i = 0; i < NITEMS(files); i++) {
		folder_write(*state, FILE_NAME, files[i].text);
		assert_int_equal(journal_load(&j, *state, &e), 0);
		if (j.n != files[i].n || j.forwards4)
			fail_msg("%s: %zu", files[i].text, j.n);
		assert_int_equal(j.nformers + j.nmade, 0);
		journal_free(&j);
	}
}

static void
test_none(void **state)
{
	struct journal j;
	struct err e;

	assert_int_equal(journal_load(&j, *state, &e), 0);
	assert_int_equal(j.n, 0);
	journal_free(&j);
}

/* A folder in its place. */
static void
test_unreadable(void **state)
{
	struct journal j;
	struct err e;

	folder_write(*state, FILE_NAME "/file", "");
	assert_int_equal(journal_load(&j, *state, &e), -1);
	assert_non_null(strstr(e.text, "cannot read "));
	assert_non_null(strstr(e.text, "/made: Is a directory"));
	assert_int_equal(journal_store(&j, *state, &e), -1);
	assert_non_null(strstr(e.text, "/made is not a file"));
	journal_free(&j);
}

/* By its place, whatever it is called, where both are known; else by name. */
static void
test_ownership(void **state)
{
	const struct link_id here = { 4711, 4, 2 }, there = { 4712, 4, 2 };
	const struct link_id nowhere = { 0 };
	const struct owned known = owned(true, "vm00", ULA "3/64", here);
	const struct owned old = owned(true, "vm00", ULA "5/64", nowhere);
	const struct {
		bool inside;
		const char *name, *text;
		struct link_id at;
		bool is;
	} cases[] = {
		{ true, "vm00", ULA "3/64", here, true },
		{ true, "renamed", ULA "3/64", here, true },
		{ true, "vm00", ULA "3/64", there, false },
		{ true, "vm00", ULA "3/64", nowhere, true },
		{ true, "vm01", ULA "3/64", nowhere, false },
		{ true, "vm00", ULA "3/60", here, false },
		{ true, "vm00", ULA "4/64", here, false },
		{ false, "vm00", ULA "3/64", here, false },
		{ true, "vm00", ULA "5/64", here, true },
		{ true, "vm01", ULA "5/64", here, false },
	};
	struct journal j = { 0 };
	struct owned o;
	size_t i;

	(void)state;
	journal_add(&j, &known);
	journal_add(&j, &old);
	for (i = 0; i < NITEMS(cases); i++) {
		o = owned(
		    cases[i].inside, cases[i].name, cases[i].text, cases[i].at);
		if (journal_has(&j, &o) != cases[i].is)
			fail_msg("case %zu", i);
	}
	journal_remove(&j, &old);
	assert_int_equal(j.n, 1);
	assert_true(journal_has(&j, &known));
	journal_remove(&j, &old);
	assert_int_equal(j.n, 1);
	journal_free(&j);
}

/* What is there, what somebody took away, and what cannot be seen. */
static void
test_prune(void **state)
{
	const struct link_id bridge = { .index = LXCBR0 },
			     vm = { 4711, PORT, 2 };
	const struct link_id other = { 4712, PORT, 2 }, nowhere = { 0 };
	const struct {
		bool inside;
		const char *text;
		struct link_id at;
		bool stays;
	} cases[] = {
		{ false, ULA "1/64", bridge, true },
		{ false, ULA "2/64", bridge, false },
		{ false, ULA "1/60", bridge, false },
		{ true, ULA "3/64", vm, true },
		{ true, ULA "4/64", vm, false },
		{ true, ULA "5/64", other, true },
		{ false, ULA "6/64", nowhere, true },
	};
	struct journal j = { 0 };
	struct owned o;
	struct machine m;
	size_t i;

	(void)state;
	machine_boot(&m);
	machine_settle(&m);
	for (i = 0; i < NITEMS(cases); i++) {
		o = owned(cases[i].inside, "x", cases[i].text, cases[i].at);
		journal_add(&j, &o);
	}
	journal_prune(&j, &m.s);
	for (i = 0; i < NITEMS(cases); i++) {
		o = owned(cases[i].inside, "x", cases[i].text, cases[i].at);
		if (journal_has(&j, &o) != cases[i].stays)
			fail_msg("%s", cases[i].text);
	}
	journal_free(&j);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FOLDER_TEST(test_round_trip),
		FOLDER_TEST(test_formers),
		FOLDER_TEST(test_made),
		FOLDER_TEST(test_files),
		FOLDER_TEST(test_none),
		FOLDER_TEST(test_unreadable),
		cmocka_unit_test(test_ownership),
		cmocka_unit_test(test_prune),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
