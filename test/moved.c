/* What is told of public addresses that have moved, what becomes of their
 * connections, and what is noted. */
#include "config.h"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/util.h"
#include "core/state/lingering.h"
#include "core/state/moved.h"

#include "lib/folder.h"
#include "lib/machine.h"

#define FILE_NAME "addresses"
#define OLD "2001:db8::10"
#define NEW "2001:db8::20"

static struct {
	struct buf ended; /* addresses */
	unsigned n;	  /* connections of them */
} kernel;

unsigned __wrap_lingering_end(struct host *, const struct prefixes *);

unsigned
__wrap_lingering_end(struct host *h UNUSED, const struct prefixes *all)
{
	char text[ADDR_TEXT_MAX];
	size_t i;

	for (i = 0; i < all->n; i++)
		buf_printf(&kernel.ended, "%s%s", i > 0 ? " " : "",
		    addr_text(&all->v[i], text));
	return kernel.n;
}

/* A host with an uplink of two addresses and a bridge. */
static void
boot(struct machine *m)
{
	machine_boot(m);
	machine_settle(m);
	m->s.addresses[0].scope = RT_SCOPE_HOST;
	machine_address(m, NSID_SELF, ETH0, OLD "/64");
	machine_address(m, NSID_SELF, ETH0, "192.0.2.1/24");
}

static struct address *
old(struct machine *m)
{
	return &m->addresses[m->s.naddresses - 2];
}

static void
as_noted(struct machine *m UNUSED)
{
}

static void
goes(struct machine *m)
{
	*old(m) = m->addresses[m->s.naddresses - 1];
	m->s.naddresses--;
}

static void
becomes(struct machine *m)
{
	assert_int_equal(prefix_parse(&old(m)->prefix, NEW "/64"), 0);
}

static void
is_deprecated(struct machine *m)
{
	old(m)->flags = IFA_F_DEPRECATED;
}

static void
is_tentative(struct machine *m)
{
	becomes(m);
	old(m)->flags = IFA_F_TENTATIVE;
}

static void
gets_another(struct machine *m)
{
	machine_address(m, NSID_SELF, ETH0, NEW "/64");
}

static void
gets_a_temporary_one(struct machine *m)
{
	gets_another(m);
	m->addresses[m->s.naddresses - 1].flags = IFA_F_TEMPORARY;
}

static void
goes_elsewhere(struct machine *m)
{
	machine_link(m, ETH1, "eth1", "", 0);
	old(m)->index = ETH1;
}

static void
container_has_it(struct machine *m)
{
	old(m)->nsid = 0;
	old(m)->index = 2;
}

#define NOTED "eth0 " OLD " stable\neth0 192.0.2.1 stable\n"
#define LOST "the rules are for " OLD ", which is gone from eth0\n"
#define YET "the rules are not for " NEW " of eth0 yet\n"

static const struct {
	void (*change)(struct machine *);
	const char *noted; /* in the file */
	const char *uplink;
	const char *told;
	const char *ended; /* whose connections */
	const char *after; /* in the file */
} cases[] = {
	{ as_noted, NOTED, "", "", "", NOTED },
	{ as_noted, "", "", "", "", NOTED },
	{ as_noted, "eth0 " OLD " stable\neth0 x\n", "", "", "", NOTED },
	{ goes, NOTED, "", LOST, OLD, "eth0 192.0.2.1 stable\n" },
	{ becomes, NOTED, "", LOST YET, OLD,
	    "eth0 " NEW " stable\neth0 192.0.2.1 stable\n" },
	{ becomes, "", "", "", "",
	    "eth0 " NEW " stable\neth0 192.0.2.1 stable\n" },
	{ is_deprecated, NOTED, "",
	    "the rules are for " OLD ", which is no public address of eth0 any "
	    "more\n",
	    "", "eth0 " OLD " deprecated\neth0 192.0.2.1 stable\n" },
	/* and back */
	{ as_noted, "eth0 " OLD " deprecated\neth0 192.0.2.1 stable\n", "",
	    "the rules are not for " OLD " of eth0 yet\n", "", NOTED },
	/* what goes on to a deprecated one ends with it */
	{ goes, "eth0 " OLD " deprecated\neth0 192.0.2.1 stable\n", "", "", OLD,
	    "eth0 192.0.2.1 stable\n" },
	{ is_tentative, NOTED, "", LOST, OLD, "eth0 192.0.2.1 stable\n" },
	{ gets_another, NOTED, "", YET, "", NOTED "eth0 " NEW " stable\n" },
	{ gets_a_temporary_one, NOTED, "", "", "", NOTED },
	{ goes_elsewhere, NOTED, "", LOST, "",
	    "eth1 " OLD " stable\neth0 192.0.2.1 stable\n" },
	{ container_has_it, NOTED, "", LOST, OLD, "eth0 192.0.2.1 stable\n" },
	/* what rules do not depend on */
	{ becomes, NOTED, " address 2001:db8::30/64", "", OLD,
	    "eth0 " NEW " stable\neth0 192.0.2.1 stable\n" },
	{ as_noted, NOTED "eth0 192.0.2.9 stable\n", "", "", "", NOTED },
	{ as_noted, NOTED "eth0 192.0.2.9 stable\n", "\noption ipv4 on",
	    "the rules are for 192.0.2.9, which is gone from eth0\n",
	    "192.0.2.9", NOTED },
	{ as_noted, NOTED "eth7 2001:db8::70 stable\n", "", "", "2001:db8::70",
	    NOTED },
};

static void
try_one(size_t i, const char *folder)
{
	struct buf told = { 0 }, notes = { 0 };
	struct config config = { 0 };
	struct machine machine;
	struct host h = { .run_path = (char *)folder };
	struct model m;
	struct err e;
	char *text, *after;

	boot(&machine);
	cases[i].change(&machine);
	h.snapshot = machine.s;
	folder_write(folder, FILE_NAME, cases[i].noted);
	text = xasprintf("uplink eth0%s\n", cases[i].uplink);
	assert_int_equal(config_parse(&config, text, NULL, &e), 0);
	assert_int_equal(model_build_lenient(&m, &config, &h.snapshot, &e), 0);
	if (moved_tell(&h, &m, &told) != (cases[i].told[0] != '\0'))
		fail_msg("%zu", i);
	buf_reset(&kernel.ended);
	kernel.n = 2;
	assert_int_equal(moved_settle(&h, &config, &notes, &e), 0);
	after = folder_read(folder, FILE_NAME);
	if (strcmp(buf_text(&told), cases[i].told) != 0 ||
	    strcmp(buf_text(&kernel.ended), cases[i].ended) != 0 ||
	    strcmp(after != NULL ? after : "", cases[i].after) != 0)
		fail_msg("%zu: %s%s\n%s", i, buf_text(&told),
		    buf_text(&kernel.ended), after);
	assert_int_equal(notes.len > 0, cases[i].ended[0] != '\0');
	free(after);
	free(text);
	model_free(&m);
	config_free(&config);
	buf_free(&told);
	buf_free(&notes);
}

static void
test_cases(void **state)
{
	size_t i;

	for (i = 0; i < NITEMS(cases); i++)
		try_one(i, *state);
	buf_free(&kernel.ended);
}

/* How many connections were ended, and that none were is not worth a word. */
static void
test_words(void **state)
{
	static const struct {
		unsigned n;
		const char *note;
	} rows[] = {
		{ 0, "" },
		{ 1, "note: 1 connection of " OLD
		     ", which is gone, was ended\n" },
		{ 2, "note: 2 connections of " OLD ", which is gone, were "
		     "ended\n" },
	};
	struct machine machine;
	struct host h = { .run_path = *state };
	const struct config none = { 0 };
	struct buf notes = { 0 };
	struct err e;
	size_t i;

	boot(&machine);
	goes(&machine);
	h.snapshot = machine.s;
	for (i = 0; i < NITEMS(rows); i++) {
		folder_write(*state, FILE_NAME, NOTED);
		kernel.n = rows[i].n;
		buf_reset(&notes);
		assert_int_equal(moved_settle(&h, &none, &notes, &e), 0);
		assert_string_equal(buf_text(&notes), rows[i].note);
	}
	buf_free(&notes);
	buf_free(&kernel.ended);
}

/* Which addresses rules are for: any while that is not known. */
static void
test_holds(void **state)
{
	struct host h = { .run_path = *state };
	struct prefix addr;
	struct moved m;

	assert_int_equal(prefix_parse(&addr, NEW), 0);
	moved_read(&m, &h);
	assert_true(moved_holds(&m, &addr, false));
	moved_free(&m);
	folder_write(*state, FILE_NAME, NOTED "eth0 2001:db8::30 deprecated\n");
	moved_read(&m, &h);
	assert_false(moved_holds(&m, &addr, true));
	assert_int_equal(prefix_parse(&addr, OLD), 0);
	assert_true(moved_holds(&m, &addr, false));
	assert_int_equal(prefix_parse(&addr, "2001:db8::30"), 0);
	assert_false(moved_holds(&m, &addr, false));
	assert_true(moved_holds(&m, &addr, true));
	moved_free(&m);
}

#define BEHIND                                                                 \
	"option ipv4 on\nbridge lxcbr0 ula " ULA                               \
	"1/64 ipv4 10.0.3.1/24\ncontainer vm00 "
#define FOUR "10.0.3.3"
#define OTHER "10.0.3.77"
#define INSIDE_YET "the rules are not for " OTHER " of vm00 yet\n"

/* What a container has that no config states: the rules lead to that, until
 * somebody brings them up to date. */
static const struct {
	const char *noted, *has[2], *stated, *told;
} insides[] = {
	{ "vm00 " FOUR " inside\n", { FOUR "/24" }, "", "" },
	{ "vm00 " FOUR " inside\n", { OTHER "/24" }, "", INSIDE_YET },
	/* as it has that still, too */
	{ "vm00 " FOUR " inside\n", { OTHER "/24", FOUR "/24" }, "", "" },
	{ "vm00 " FOUR " inside\n", { NULL }, "", "" },
	/* nobody knows */
	{ "", { OTHER "/24" }, "", "" },
	{ "eth0 " FOUR " stable\n", { OTHER "/24" }, "", "" },
	{ "vm01 " FOUR " inside\n", { OTHER "/24" }, "", "" },
	{ "vm00 " FOUR " inside\n", { OTHER "/24" }, " ipv4 10.0.3.9", "" },
};

static void
try_inside(size_t i, const char *folder)
{
	struct host h = { .run_path = (char *)folder };
	struct buf told = { 0 }, notes = { 0 };
	struct config config = { 0 };
	struct machine machine;
	struct model m;
	struct err e;
	char *text, *after;
	size_t k;

	boot(&machine);
	machine_address(&machine, NSID_SELF, LXCBR0, "10.0.3.1/24");
	for (k = 0; k < 2 && insides[i].has[k] != NULL; k++)
		machine_address(&machine, 0, 2, insides[i].has[k]);
	h.snapshot = machine.s;
	folder_write(folder, FILE_NAME, insides[i].noted);
	text = xasprintf(BEHIND "ula " ULA "3%s\n", insides[i].stated);
	if (config_parse(&config, text, NULL, &e) != 0 ||
	    model_build_lenient(&m, &config, &h.snapshot, &e) != 0)
		fail_msg("%zu: %s", i, e.text);
	assert_int_equal(
	    moved_tell_inside(&h, &m, &told), insides[i].told[0] != '\0');
	assert_string_equal(buf_text(&told), insides[i].told);
	assert_int_equal(moved_settle(&h, &config, &notes, &e), 0);
	assert_false(moved_tell_inside(&h, &m, &told));
	after = folder_read(folder, FILE_NAME);
	assert_int_equal(strstr(after, "vm00 " OTHER " inside\n") != NULL,
	    insides[i].has[0] != NULL &&
		strncmp(insides[i].has[0], OTHER, 9) == 0);
	free(after);
	free(text);
	model_free(&m);
	config_free(&config);
	buf_free(&told);
	buf_free(&notes);
	buf_free(&kernel.ended);
}

static void
test_inside(void **state)
{
	size_t i;

	for (i = 0; i < NITEMS(insides); i++)
		try_inside(i, *state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FOLDER_TEST(test_cases),
		FOLDER_TEST(test_words),
		FOLDER_TEST(test_holds),
		FOLDER_TEST(test_inside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
