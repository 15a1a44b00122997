/* Steps on the disk: what is written is read again, and what nobody wrote is
 * refused. */
#include "config.h"

#include <linux/rtnetlink.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "core/plan/plan.h"
#include "core/plan/plan_file.h"

#include "lib/folder.h"
#include "lib/machine.h"
#include "lib/prefix.h"

#define BRIDGE_TO_COME 1002

static void
fill_rules(struct step *s)
{
	s->undo = xstrdup("table inet seki {\n}\n");
	s->back = xstrdup("delete counter inet seki a\n");
	s->was = (struct table_digest){ UINT64_MAX, 1, 0x1234567890abcdef };
}

/* One of each kind, on the host and inside, with another value in each place
 * that is written. */
static void
fill(struct plan *p, const struct machine *m)
{
	const struct container *inside;
	struct step *s;
	unsigned kind;

	memset(p, 0, sizeof(*p));
	for (kind = 0; kind < STEP_COUNT; kind++) {
		inside = kind % 2 == 1 ? &m->containers[0] : NULL;
		s = plan_add(p, (enum step_number)kind,
		    inside != NULL ? "a \"name\"" : "lxcbr0");
		s->container = inside;
		s->at = link_id_of(inside, inside != NULL ? 2 : LXCBR0);
		s->mac = 0x020000000000 + kind;
		if (step_is_bridge(s) && inside == NULL)
			s->at.index = BRIDGE_TO_COME;
		s->conf = (enum conf_number)(kind % CONF_COUNT);
		s->before = (int)kind - 1;
		s->after = 100 + (int)kind;
		s->failed = kind % 3 == 1;
		s->address = (struct address){ .index = s->at.index,
			.prefix = prefix(ULA "3/64"),
			.flags = 0x100 + kind,
			.valid = UINT32_MAX - kind,
			.preferred = 800 + kind,
			.proto = (uint8_t)(NET_PROTO + kind) };
		s->route = (struct route){ .index = s->at.index,
			.to = prefix("2001:db8:66::/48"),
			.gateway = prefix("fe80::1"),
			.source = prefix(ULA "5"),
			.protocol = (uint8_t)(RTPROT_RA + kind),
			.metric = 1024 + kind,
			.unreachable = kind % 3 == 0,
			.expires = 600 + kind };
		if (inside == NULL)
			s->route.to = s->route.source = (struct prefix){ 0 };
		if (kind == STEP_RULESET)
			fill_rules(s);
	}
}

static void
assert_same_prefix(const struct prefix *a, const struct prefix *b)
{
	assert_memory_equal(a, b, sizeof(*a));
}

static void
assert_same(const struct step *a, const struct step *b)
{
	assert_int_equal(a->kind, b->kind);
	assert_string_equal(a->name, b->name);
	assert_ptr_equal(a->container, b->container);
	assert_true(link_id_equal(&a->at, &b->at));
	assert_true(a->mac == b->mac);
	assert_int_equal(a->conf, b->conf);
	assert_int_equal(a->before, b->before);
	assert_int_equal(a->after, b->after);
	assert_int_equal(a->failed, b->failed);
	assert_int_equal(a->address.index, b->address.index);
	assert_same_prefix(&a->address.prefix, &b->address.prefix);
	assert_int_equal(a->address.flags, b->address.flags);
	assert_int_equal(a->address.valid, b->address.valid);
	assert_int_equal(a->address.preferred, b->address.preferred);
	assert_int_equal(a->address.proto, b->address.proto);
	assert_same_prefix(&a->route.to, &b->route.to);
	assert_same_prefix(&a->route.source, &b->route.source);
	assert_true(route_equal(&a->route, &b->route));
	assert_int_equal(a->route.protocol, b->route.protocol);
	assert_int_equal(a->route.expires, b->route.expires);
	assert_true(table_digest_equal(&a->was, &b->was));
}

static void
assert_private(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void
test_round_trip(void **state)
{
	char *path = xasprintf("%s/undo", (char *)*state), *once, *twice;
	char *rules = xasprintf("%s/undo.ruleset", (char *)*state);
	struct plan p, back;
	struct buf gone = { 0 };
	struct machine m;
	struct err e;
	size_t i;

	machine_boot(&m);
	fill(&p, &m);
	assert_int_equal(plan_write(&p, path, &e), 0);
	once = folder_read(*state, "undo");
	assert_int_equal(plan_read(&back, path, &m.s, &gone, &e), 0);
	assert_string_equal(buf_text(&gone), "");
	assert_int_equal(back.n, STEP_COUNT);
	for (i = 0; i < back.n; i++) {
		assert_same(&back.v[i], &p.v[i]);
		assert_true(back.v[i].done);
	}
	assert_string_equal(back.v[STEP_RULESET].undo, p.v[STEP_RULESET].undo);
	assert_string_equal(back.v[STEP_RULESET].back, p.v[STEP_RULESET].back);
	assert_int_equal(plan_write(&back, path, &e), 0);
	twice = folder_read(*state, "undo");
	assert_private(path);
	assert_private(rules);
	assert_string_equal(once, twice);
	plan_free(&back);
	plan_free(&p);
	free(once);
	free(twice);
	free(rules);
	free(path);
}

/* A way back that another commit left is none. */
static void
test_without_way_back(void **state)
{
	char *path = xasprintf("%s/undo", (char *)*state);
	struct plan p, back;
	struct machine m;
	struct err e;
	size_t i;

	machine_boot(&m);
	fill(&p, &m);
	assert_int_equal(plan_write(&p, path, &e), 0);
	for (i = 0; i < p.n; i++) {
		free(p.v[i].back);
		p.v[i].back = NULL;
	}
	assert_int_equal(plan_write(&p, path, &e), 0);
	assert_int_equal(plan_read(&back, path, &m.s, NULL, &e), 0);
	assert_null(back.v[STEP_RULESET].back);
	plan_free(&back);
	plan_free(&p);
	free(path);
}

/* What has gone took along what was done to it, and what bears its name or its
 * number now is something else. */
static void
test_gone(void **state)
{
	char *path = xasprintf("%s/undo", (char *)*state);
	struct plan p, back;
	struct buf gone = { 0 };
	struct machine m;
	struct err e;
	size_t i;

	machine_boot(&m);
	fill(&p, &m);
	assert_int_equal(plan_write(&p, path, &e), 0);
	m.containers[0].port = DOCKER_PORT;
	assert_int_equal(plan_read(&back, path, &m.s, &gone, &e), 0);
	assert_string_equal(buf_text(&gone), "a \"name\"\n");
	assert_int_equal(back.n, STEP_COUNT - STEP_COUNT / 2);
	for (i = 0; i < back.n; i++)
		assert_null(back.v[i].container);
	plan_free(&back);
	buf_reset(&gone);
	machine_boot(&m);
	m.s.nlinks = 2;
	assert_int_equal(plan_read(&back, path, &m.s, &gone, &e), 0);
	assert_string_equal(buf_text(&gone), "lxcbr0\n");
	assert_int_equal(back.n, STEP_COUNT / 2);
	plan_free(&back);
	plan_free(&p);
	buf_free(&gone);
	free(path);
}

/* A bridge that is made is not there before, nor one that is deleted after it:
 * neither is gone, but to the first nothing was done. */
static void
test_bridges(void **state)
{
	char *path = xasprintf("%s/undo", (char *)*state);
	struct plan p = { 0 }, back;
	struct buf gone = { 0 };
	struct machine m;
	struct step *s;
	struct err e;

	machine_boot(&m);
	plan_add(&p, STEP_ADDRESS_REMOVE, "br1")->at.index = 1003;
	plan_add(&p, STEP_BRIDGE_REMOVE, "br1")->at.index = 1003;
	plan_add(&p, STEP_BRIDGE_MAKE, "br3")->at.index = 1005;
	plan_add(&p, STEP_ADDRESS_ADD, "br3")->at.index = 1005;
	s = plan_add(&p, STEP_BRIDGE_MAKE, "br0");
	s->at.index = LXCBR0;
	s->mac = 0x020000000009;
	plan_add(&p, STEP_ADDRESS_ADD, "br0")->at.index = LXCBR0;
	plan_add(&p, STEP_ADDRESS_ADD, "br2")->at.index = 1004;
	assert_int_equal(plan_write(&p, path, &e), 0);
	assert_int_equal(plan_read(&back, path, &m.s, &gone, &e), 0);
	assert_string_equal(buf_text(&gone), "br2\n");
	assert_int_equal(back.n, 5);
	assert_int_equal(back.v[2].kind, STEP_BRIDGE_MAKE);
	assert_int_equal(back.v[3].kind, STEP_BRIDGE_MAKE);
	plan_free(&back);
	/* what containers are ports of by now stays, but for its address */
	buf_reset(&gone);
	m.links[LXCBR0 - 1].has_mac = true;
	mac_bytes(s->mac, m.links[LXCBR0 - 1].mac);
	assert_int_equal(plan_read(&back, path, &m.s, &gone, &e), 0);
	assert_string_equal(buf_text(&gone), "br2\nbr0\n");
	assert_int_equal(back.n, 4);
	assert_int_equal(back.v[3].kind, STEP_ADDRESS_ADD);
	plan_free(&back);
	plan_free(&p);
	buf_free(&gone);
	free(path);
}

#define NUMBERS "0 0 3 0 0 0 256 900 800 2 3 1024 600"
#define ADDRESSES ULA "3/64 - - -"

/* A file, and what is said of it; "" where it is taken. */
static const struct {
	const char *text, *error;
} files[] = {
	{ "", "" },
	{ "\n\n", "" },
	{ "address-add host lxcbr0 " ADDRESSES " " NUMBERS " 0\n", "" },
	{ "address-add host lxcbr0 " ADDRESSES " " NUMBERS " 0", "" },
	{ "address-add host lxcbr0 " ADDRESSES " " NUMBERS " 0 1 2 3\n", "" },
	{ "address-add host lxcbr0 " ADDRESSES " " NUMBERS " 0 1 2 3 1\n", "" },
	{ "address-add host lxcbr0 " ADDRESSES " " NUMBERS " 0 1 2 3 1 1\n",
	    "" },
	{ "address-add host lxcbr0 " ADDRESSES " " NUMBERS " 0 1 2 3 1 1 2\n",
	    "" },
	/* cut */
	{ "address-add host lxcbr0 " ADDRESSES " " NUMBERS,
	    "cannot parse the step: address-add host lxcbr0 " },
	{ "address-add host lxcbr0 fd5a:1c2e",
	    "cannot parse the step: address-add host lxcbr0 fd5a:1c2e" },
	{ "a", "cannot parse the step: a" },
	{ "address-add host \"lxc", "" /* any */ },
	/* of somebody else, or of a seki to come */
	{ "[Unit]\nDescription=x\n", "cannot parse the step: [Unit]" },
	{ "address-add host lxcbr0 " ADDRESSES " " NUMBERS " 0 7\n",
	    "cannot parse the step: address-add " },
	{ "address-add host lxcbr0 " ADDRESSES " " NUMBERS " 0 1 2 3 4 5 6 7\n",
	    "cannot parse the step: address-add " },
	{ "neighbour-add host lxcbr0 " ADDRESSES " " NUMBERS " 0\n",
	    "cannot parse the step: neighbour-add " },
	{ "address-add there lxcbr0 " ADDRESSES " " NUMBERS " 0\n",
	    "cannot parse the step: address-add there " },
	{ "sysctl host lxcbr0 - - - - 0 0 3 99 0 1 0 0 0 0 0 0 0 0\n",
	    "cannot parse the step: sysctl " },
	/* broken */
	{ "address-add host lxcbr0 " ADDRESSES " " NUMBERS " no\n",
	    "cannot parse the step: address-add " },
	{ "address-add host lxcbr0 " ADDRESSES " 0x0 " NUMBERS "\n",
	    "cannot parse the step: address-add " },
	{ "address-add host lxcbr0 fd5a::g/64 - - - " NUMBERS " 0\n",
	    "cannot parse the step: address-add " },
	{ "address-add host lxcbr0 fd5a::1/129 - - - " NUMBERS " 0\n",
	    "cannot parse the step: address-add " },
	{ "ruleset host seki - - - - 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n",
	    "cannot read " },
};

static void
test_refused(void **state)
{
	char *path = xasprintf("%s/undo", (char *)*state);
	struct machine m;
	struct plan p;
	struct err e;
	size_t i;
	int r;

	machine_boot(&m);
	for (i = 0; i < NITEMS(files); i++) {
		folder_write(*state, "undo", files[i].text);
		memset(&e, 0, sizeof(e));
		r = plan_read(&p, path, &m.s, NULL, &e);
		plan_free(&p);
		if (strchr(files[i].text, '"') != NULL)
			assert_int_equal(r, -1);
		else if (r != (files[i].error[0] != '\0' ? -1 : 0))
			fail_msg("%s: %d %s", files[i].text, r, e.text);
		if (strstr(e.text, files[i].error) != e.text)
			fail_msg("%s: %s", files[i].text, e.text);
	}
	/* the rest can be undone all the same */
	folder_write(*state, "undo",
	    "a\naddress-add host lxcbr0 " ADDRESSES " " NUMBERS " 0\n");
	assert_int_equal(plan_read(&p, path, &m.s, NULL, &e), -1);
	assert_int_equal(p.n, 1);
	assert_non_null(strstr(e.text, "cannot parse the step: a"));
	plan_free(&p);
	/* rules that nobody can restore are no step that was done */
	folder_write(*state, "undo",
	    "ruleset host seki - - - - 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n"
	    "address-add host lxcbr0 " ADDRESSES " " NUMBERS " 0\n");
	assert_int_equal(plan_read(&p, path, &m.s, NULL, &e), -1);
	assert_int_equal(p.n, 2);
	assert_false(p.v[0].done);
	assert_true(p.v[1].done);
	plan_free(&p);
	free(path);
}

/* Steps without the rules that they restore are not written. */
static void
test_unwritable(void **state)
{
	char *path = xasprintf("%s/undo", (char *)*state), *undo;
	char *rules = xasprintf("%s/undo.ruleset", (char *)*state);
	struct machine m;
	struct plan p;
	struct err e;

	machine_boot(&m);
	fill(&p, &m);
	folder_write(*state, "undo.ruleset/in/the/way", "");
	assert_int_equal(plan_write(&p, path, &e), -1);
	assert_non_null(strstr(e.text, rules));
	undo = folder_read(*state, "undo");
	assert_null(undo);
	plan_free(&p);
	free(rules);
	free(path);
}

static void
test_unreadable(void **state)
{
	char *path = xasprintf("%s/none", (char *)*state);
	struct machine m;
	struct plan p;
	struct err e;

	machine_boot(&m);
	assert_int_equal(plan_read(&p, path, &m.s, NULL, &e), -1);
	assert_non_null(strstr(e.text, "/none: No such file"));
	plan_free(&p);
	free(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FOLDER_TEST(test_round_trip),
		FOLDER_TEST(test_without_way_back),
		FOLDER_TEST(test_gone),
		FOLDER_TEST(test_bridges),
		FOLDER_TEST(test_refused),
		FOLDER_TEST(test_unwritable),
		FOLDER_TEST(test_unreadable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
