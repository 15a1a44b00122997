/* What carries out a step, and takes it back: the kernel's door is replaced by
 * one that only writes down what it is asked. */
#include "config.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/kernel/net_bridge.h"
#include "core/kernel/net_edit.h"
#include "core/plan/fw.h"
#include "core/plan/plan_run.h"
#include "core/plan/step_run.h"

#include "lib/machine.h"
#include "lib/prefix.h"
#include "lib/steps.h"

/* The kernel's door */

static struct buf asked;    /* a line each */
static const char *refused; /* the beginning of a line that fails */
static unsigned refusals;   /* so far; in the place of the error */
static bool lost;	    /* no transaction is answered */

/* What the kernel has, read back. */
static struct {
	const char *table;
	struct table_digest digest; /* of its table, */
	struct table_digest next;   /* and of that after a transaction */
	bool asleep;
	int forwarding;
	bool unreadable;
} kernel = { .table = "saved" };

static int
ask(struct err *e)
{
	const char *line = strrchr(buf_text(&asked), '\n');

	line = line != NULL ? line + 1 : buf_text(&asked);
	if (refused != NULL && has_prefix(line, refused)) {
		buf_add(&asked, " fails\n");
		err_set(e, ERR_FAIL, "no");
		return err_at(e, ++refusals, 0, 0);
	}
	buf_add(&asked, "\n");
	return 0;
}

static int
ask_address(const char *what, const struct container *c,
    const struct address *a, bool *changed, struct err *e)
{
	char text[ADDR_TEXT_MAX];

	buf_printf(&asked, "%s %s %s", what, c != NULL ? c->name : "-",
	    prefix_text(&a->prefix, text));
	if (changed != NULL)
		*changed = true;
	return ask(e);
}

static int
ask_route(const char *what, const struct container *c, const struct route *r,
    bool *changed, struct err *e)
{
	char text[ADDR_TEXT_MAX];

	buf_printf(&asked, "%s %s %s", what, c != NULL ? c->name : "-",
	    prefix_text(&r->gateway, text));
	if (changed != NULL)
		*changed = true;
	return ask(e);
}

int __wrap_net_sysctl_set(const char *path, int value, struct err *e);
int __wrap_net_address_add(struct net *, const struct container *,
    const struct address *, bool *, struct err *);
int __wrap_net_address_remove(struct net *, const struct container *,
    const struct address *, bool *, struct err *);
int __wrap_net_route_add(struct net *, const struct container *,
    const struct route *, bool *, struct err *);
int __wrap_net_route_remove(struct net *, const struct container *,
    const struct route *, bool *, struct err *);
void __wrap_net_announce(
    struct net *, const struct container *, const struct address *);
int __wrap_net_proxy_add(
    struct net *, const struct proxy *, bool *, struct err *);
int __wrap_net_proxy_remove(
    struct net *, const struct proxy *, bool *, struct err *);
void __wrap_net_announce_proxy(struct net *, const struct proxy *);
int __wrap_net_bridge_make(
    struct net *, const struct net_bridge *, bool *, struct err *);
int __wrap_net_bridge_remove(
    struct net *, const struct net_bridge *, bool *, struct err *);
int __wrap_net_bridge_set(
    struct net *, const struct net_bridge *, bool, bool *, struct err *);
int __wrap_fw_run(const char *, struct err *);
int __wrap_fw_restore(const char *, struct err *);
int __wrap_net_rules(struct net *, const char *, struct rules *, struct err *);
int __wrap_net_elements(struct net *, const char *, uint64_t *, struct err *);
char *__wrap_fw_save(struct err *);
int __wrap_net_edit(struct net *, const char *, const struct net_edit *, size_t,
    uint32_t, bool *, struct err *);
int __wrap_net_counters(
    struct net *, const char *, struct counters *, struct err *);
int __wrap_net_read(struct net *, struct snapshot *, struct err *);
void __wrap_net_want(struct net *, const struct prefix *, size_t);
char *__wrap_if_indextoname(unsigned, char *);

int
__wrap_net_sysctl_set(const char *path, int value, struct err *e)
{
	buf_printf(&asked, "set %s %d", path, value);
	return ask(e);
}

int
__wrap_net_address_add(struct net *net UNUSED, const struct container *c,
    const struct address *a, bool *changed, struct err *e)
{
	return ask_address("add", c, a, changed, e);
}

int
__wrap_net_address_remove(struct net *net UNUSED, const struct container *c,
    const struct address *a, bool *changed, struct err *e)
{
	return ask_address("remove", c, a, changed, e);
}

int
__wrap_net_route_add(struct net *net UNUSED, const struct container *c,
    const struct route *r, bool *changed, struct err *e)
{
	return ask_route("add route", c, r, changed, e);
}

int
__wrap_net_route_remove(struct net *net UNUSED, const struct container *c,
    const struct route *r, bool *changed, struct err *e)
{
	return ask_route("remove route", c, r, changed, e);
}

void
__wrap_net_announce(struct net *net UNUSED, const struct container *c,
    const struct address *a UNUSED)
{
	buf_printf(&asked, "announce %s\n", c != NULL ? c->name : "-");
}

static int
ask_proxy(const char *what, const struct proxy *p, bool *changed, struct err *e)
{
	char text[ADDR_TEXT_MAX];

	buf_printf(&asked, "%s %d %s %d", what, p->index,
	    addr_text(&p->addr, text), p->protocol);
	if (changed != NULL)
		*changed = true;
	return ask(e);
}

int
__wrap_net_proxy_add(
    struct net *net UNUSED, const struct proxy *p, bool *changed, struct err *e)
{
	return ask_proxy("answer", p, changed, e);
}

int
__wrap_net_proxy_remove(
    struct net *net UNUSED, const struct proxy *p, bool *changed, struct err *e)
{
	return ask_proxy("stop answering", p, changed, e);
}

void
__wrap_net_announce_proxy(struct net *net UNUSED, const struct proxy *p)
{
	char text[ADDR_TEXT_MAX];

	buf_printf(
	    &asked, "announce %d %s\n", p->index, addr_text(&p->addr, text));
}

static int
ask_bridge(
    const char *what, const struct net_bridge *b, bool *changed, struct err *e)
{
	buf_printf(
	    &asked, "%s %s %d %012" PRIx64, what, b->name, b->index, b->mac);
	if (changed != NULL)
		*changed = true;
	return ask(e);
}

int
__wrap_net_bridge_make(struct net *net UNUSED, const struct net_bridge *b,
    bool *changed, struct err *e)
{
	return ask_bridge("make", b, changed, e);
}

int
__wrap_net_bridge_remove(struct net *net UNUSED, const struct net_bridge *b,
    bool *changed, struct err *e)
{
	return ask_bridge("delete", b, changed, e);
}

int
__wrap_net_bridge_set(struct net *net UNUSED, const struct net_bridge *b,
    bool up, bool *changed, struct err *e)
{
	return ask_bridge(up ? "up" : "down", b, changed, e);
}

int
__wrap_fw_run(const char *commands, struct err *e)
{
	buf_printf(&asked, "run %.*s", (int)strcspn(commands, "\n"), commands);
	if (ask(e) != 0)
		return -1;
	kernel.digest = kernel.next;
	return lost ? FW_LOST : 0;
}

int
__wrap_net_edit(struct net *net UNUSED, const char *table UNUSED,
    const struct net_edit *v UNUSED, size_t n, uint32_t generation, bool *lose,
    struct err *e)
{
	buf_printf(&asked, "edit %zu in %u", n, generation);
	*lose = lost;
	return lost ? -1 : ask(e);
}

int
__wrap_net_rules(struct net *net UNUSED, const char *table UNUSED,
    struct rules *r, struct err *e)
{
	*r = (struct rules){ .present = true,
		.flags = kernel.asleep,
		.marks = kernel.digest.marks,
		.shape = kernel.digest.shape };
	return kernel.unreadable ? err_set(e, ERR_FAIL, "cannot read") : 0;
}

int
__wrap_net_elements(struct net *net UNUSED, const char *table UNUSED,
    uint64_t *digest, struct err *e UNUSED)
{
	*digest = kernel.digest.elements;
	return 0;
}

char *
__wrap_fw_save(struct err *e UNUSED)
{
	return xstrdup(kernel.table);
}

int
__wrap_net_counters(struct net *net UNUSED, const char *table UNUSED,
    struct counters *c, struct err *e UNUSED)
{
	static const char *const names[] = { "tcp-80-in", "tcp-81-in" };

	c->v = xcalloc(NITEMS(names), sizeof(*c->v));
	for (c->n = 0; c->n < NITEMS(names); c->n++)
		c->v[c->n] = (struct counter){
			.name = names[c->n], .packets = 3, .bytes = 240
		};
	return 0;
}

int
__wrap_net_read(struct net *net UNUSED, struct snapshot *s, struct err *e)
{
	memset(s, 0, sizeof(*s));
	s->forwarding = kernel.forwarding;
	return kernel.unreadable ? err_set(e, ERR_FAIL, "cannot read") : 0;
}

void
__wrap_net_want(
    struct net *net UNUSED, const struct prefix *v UNUSED, size_t n UNUSED)
{
}

int
__wrap_fw_restore(const char *saved, struct err *e)
{
	buf_printf(&asked, "restore %s", saved);
	return ask(e);
}

/* The only one there. */
char *
__wrap_if_indextoname(unsigned index, char *name)
{
	return index == ETH0 ? strcpy(name, "wan0") : NULL;
}

/* Running */

static void
asks(const char *lines)
{
	assert_string_equal(buf_text(&asked), lines);
	buf_reset(&asked);
}

static void
runs(struct step s, const char *run, const char *undo)
{
	struct err e;

	assert_int_equal(step_run(&s, NULL, &e), 0);
	assert_true(s.done);
	asks(run);
	assert_int_equal(step_undo(&s, NULL, &e), 0);
	asks(undo);
}

static void
test_run(void **state)
{
	const struct container c = { .name = (char[]){ "vm00" } };

	(void)state;
	runs(sysctl_step(STEP_KEEP, "default", 0, CONF_FORWARDING, 1, 1), "",
	    "set conf/default/forwarding 1\n");
	runs(sysctl_step(STEP_SYSCTL, "all", 0, CONF_FORWARDING, 0, 1),
	    "set conf/all/forwarding 1\n", "set conf/all/forwarding 0\n");
	runs(sysctl_step(STEP_SYSCTL, "eth0", ETH0, CONF_ACCEPT_RA, 1, 2),
	    "set conf/wan0/accept_ra 2\n", "set conf/wan0/accept_ra 1\n");
	runs(sysctl_step(STEP_SYSCTL, "eth1", ETH1, CONF_ACCEPT_RA, 1, 2), "",
	    "");
	runs(inside(
		 address_step(STEP_ADDRESS_ADD, "vm00", 2, ULA "3/64", 0), &c),
	    "add vm00 " ULA "3/64\nannounce vm00\n",
	    "remove vm00 " ULA "3/64\n");
	runs(address_step(STEP_ADDRESS_REMOVE, "lxcbr0", LXCBR0, ULA "1/64", 0),
	    "remove - " ULA "1/64\n", "add - " ULA "1/64\nannounce -\n");
	runs(route_step(STEP_ROUTE_ADD, "lxcbr0", LXCBR0, NULL, ULA "1"),
	    "add route - " ULA "1\n", "remove route - " ULA "1\n");
	runs(
	    inside(route_step(STEP_ROUTE_REMOVE, "vm00", 2, NULL, ULA "1"), &c),
	    "remove route vm00 " ULA "1\n", "add route vm00 " ULA "1\n");
	runs(sysctl_step(STEP_SYSCTL, "eth0", ETH0, CONF_PROXY_DELAY, 80, 0),
	    "set neigh/wan0/proxy_delay 0\n",
	    "set neigh/wan0/proxy_delay 80\n");
	runs(proxy_step(STEP_PROXY_ADD, "2001:db8::3"),
	    "answer 2 2001:db8::3 83\nannounce 2 2001:db8::3\n",
	    "stop answering 2 2001:db8::3 83\n");
	runs(proxy_step(STEP_PROXY_REMOVE, "2001:db8::3"),
	    "stop answering 2 2001:db8::3 83\n",
	    "answer 2 2001:db8::3 83\nannounce 2 2001:db8::3\n");
	runs(bridge_step(STEP_BRIDGE_MAKE, 1002, 0x020000000007),
	    "make br0 1002 020000000007\n", "delete br0 1002 020000000007\n");
	runs(bridge_step(STEP_BRIDGE_REMOVE, 1002, 0x020000000007),
	    "delete br0 1002 020000000007\n", "make br0 1002 020000000007\n");
	runs(bridge_step(STEP_BRIDGE_UP, 3, 7), "up br0 3 000000000007\n",
	    "down br0 3 000000000007\n");
	runs(rules_step(1, 1, "change", "saved"), "run change\n",
	    "restore saved\n");
}

/* Done is what the kernel has, or may have: a transaction that was not answered
 * may be in force. */
static void
fails(struct step s, bool done)
{
	struct err e;

	assert_int_equal(step_run(&s, NULL, &e), -1);
	assert_int_equal(s.done, done);
	buf_reset(&asked);
}

static void
test_run_refused(void **state)
{
	(void)state;
	refused = "";
	fails(sysctl_step(STEP_SYSCTL, "all", 0, CONF_FORWARDING, 0, 1), false);
	fails(rules_step(1, 1, "change", "saved"), false);
	refused = NULL;
	lost = true;
	fails(rules_step(1, 1, "change", "saved"), true);
	lost = false;
}

/* The way back is taken once, from the table that the step left, and to the one
 * that was there; else the whole is restored. */
static void
test_way_back(void **state)
{
	static const struct table_digest was = { 1, 2, 3 }, after = { 1, 2, 4 };
	const struct {
		struct table_digest now, next;
		const char *refused, *asked;
		bool asleep;
	} ways[] = {
		{ after, was, NULL, "run back\n", false },
		{ after, after, NULL, "run back\nrestore saved\n", false },
		{ after, was, "run", "run back fails\nrestore saved\n", false },
		{ was, after, NULL, "", false },
		{ was, was, NULL, "run back\nrestore saved\n", true },
	};
	struct step s = rules_step(1, 1, "change", "saved");
	struct err e;
	size_t i;

	(void)state;
	s.back = (char *)"back";
	s.was = was;
	for (i = 0; i < NITEMS(ways); i++) {
		kernel.digest = ways[i].now;
		kernel.next = ways[i].next;
		kernel.asleep = ways[i].asleep;
		refused = ways[i].refused;
		assert_int_equal(step_undo(&s, NULL, &e), 0);
		asks(ways[i].asked);
	}
	/* nor is one that sleeps none at all */
	memset(&kernel.digest, 0, sizeof(kernel.digest));
	memset(&s.was, 0, sizeof(s.was));
	refused = NULL;
	assert_int_equal(step_undo(&s, NULL, &e), 0);
	asks("run back\nrestore saved\n");
	kernel.asleep = false;
}

/* What is restored goes on with the counts of now, where it has none. */
static void
test_restored_counts(void **state)
{
	static const char undo[] = "add table inet seki\n"
				   "add counter inet seki tcp-79-in\n"
				   "add counter inet seki tcp-80-in\n"
				   "add counter inet seki tcp-81-in packets 1 "
				   "bytes 2\n"
				   "add rule inet seki input accept";
	struct step s = rules_step(1, 1, "change", undo);
	struct err e;

	(void)state;
	assert_int_equal(step_undo(&s, NULL, &e), 0);
	asks("restore add table inet seki\n"
	     "add counter inet seki tcp-79-in\n"
	     "add counter inet seki tcp-80-in packets 3 bytes 240\n"
	     "add counter inet seki tcp-81-in packets 1 bytes 2\n"
	     "add rule inet seki input accept\n");
}

#define WHOLE "run add table inet seki"

/* A change that is refused, and nothing else, has the table made anew. */
static void
test_anew(void **state)
{
	static const struct {
		const char *refused;
		bool settled;
		const char *asked;
		int r;
		bool done;
	} ways[] = {
		{ NULL, false, "run change\n", 0, true },
		{ "run change", false, "run change fails\n" WHOLE "\n", 0,
		    true },
		{ "run", false, "run change fails\n" WHOLE " fails\n", -1,
		    false },
		{ "run change", true, "run change fails\n", -1, false },
	};
	struct step s = rules_step(1, 1, "change", "saved");
	struct ruleset want = { .present = true };
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(ways); i++) {
		refused = ways[i].refused;
		s.want = &want;
		s.settled = ways[i].settled;
		assert_int_equal(step_run(&s, NULL, &e), ways[i].r);
		assert_int_equal(s.done, ways[i].done);
		asks(ways[i].asked);
	}
	refused = NULL;
	lost = true;
	s.settled = false;
	assert_int_equal(step_run(&s, NULL, &e), -1);
	assert_true(s.done);
	asks("run change\n");
	lost = false;
}

/* What is small is edited; libnftables is asked if that was refused, and not if
 * nobody knows whether it was. */
static void
test_edit(void **state)
{
	struct step s = rules_step(1, 1, "change", "saved");
	struct ruleset want = { .present = true }, have = { .present = true };
	struct err e;

	(void)state;
	ruleset_add_element(&want.counters, "a", NULL);
	s.want = &want;
	s.have = &have;
	s.generation = 7;
	assert_int_equal(step_run(&s, NULL, &e), 0);
	assert_true(s.done);
	asks("edit 1 in 7\n");
	refused = "edit";
	assert_int_equal(step_run(&s, NULL, &e), 0);
	assert_true(s.done);
	asks("edit 1 in 7 fails\nrun change\n");
	refused = NULL;
	lost = true;
	assert_int_equal(step_run(&s, NULL, &e), -1);
	assert_true(s.done);
	asks("edit 1 in 7");
	lost = false;
	ruleset_free(&want);
}

/* Three steps on the host with one in a container between them. */
static void
make_plan(struct plan *p, const struct container *c)
{
	struct step *s;

	memset(p, 0, sizeof(*p));
	plan_add(p, STEP_SYSCTL, "all")->after = 1;
	s = plan_add(p, STEP_ADDRESS_ADD, "vm00");
	s->container = c;
	s->address.prefix = prefix(ULA "3/64");
	s = plan_add(p, STEP_ADDRESS_ADD, "lxcbr0");
	s->address.prefix = prefix(ULA "1/64");
	s = plan_add(p, STEP_RULESET, "seki");
	s->text = xstrdup("change");
	s->undo = xstrdup("saved");
}

#define DONE                                                                   \
	"set conf/all/forwarding 1\nadd vm00 " ULA "3/64\nannounce vm00\n"     \
	"add - " ULA "1/64\nannounce -\nrun change\n"

static void
test_plan_run(void **state)
{
	const struct container c = { .name = (char[]){ "vm00" } };
	struct plan p;
	struct buf failed = { 0 };
	struct err e;

	(void)state;
	make_plan(&p, &c);
	assert_int_equal(plan_run(&p, NULL, &failed, &e), 0);
	asks(DONE);
	assert_false(plan_is_undone(&p));
	/* the newest first */
	assert_int_equal(plan_undo(&p, NULL, &e), 0);
	asks("restore saved\nremove - " ULA "1/64\nremove vm00 " ULA
	     "3/64\nset conf/all/forwarding 0\n");
	assert_true(plan_is_undone(&p));
	assert_int_equal(plan_undo(&p, NULL, &e), 0);
	asks("");
	plan_free(&p);
	buf_free(&failed);
}

/* What is said of a plan whose last step is refused on the host. */
static void
fails_at_last(const char *word, bool undone)
{
	const struct container c = { .name = (char[]){ "vm00" } };
	struct buf failed = { 0 };
	struct plan p;
	struct err e;

	make_plan(&p, &c);
	assert_int_equal(plan_run(&p, NULL, &failed, &e), -1);
	asks("set conf/all/forwarding 1\nadd vm00 " ULA "3/64\nannounce vm00\n"
	     "add - " ULA "1/64\nannounce -\nrun change fails\n"
	     "remove - " ULA "1/64\nremove vm00 " ULA "3/64\n"
	     "set conf/all/forwarding 0\n");
	assert_non_null(strstr(e.hint, word));
	assert_int_equal(plan_is_undone(&p), undone);
	assert_int_equal(failed.len, 0);
	plan_free(&p);
}

/* Nor is anything said to have been done that was not. */
static void
test_plan_refused(void **state)
{
	struct buf failed = { 0 };
	struct plan p = { 0 };
	struct step *s;
	struct err e;

	(void)state;
	s = plan_add(&p, STEP_RULESET, "seki");
	s->text = xstrdup("change");
	s->undo = xstrdup("saved");
	refused = "run";
	assert_int_equal(plan_run(&p, NULL, &failed, &e), -1);
	asks("run change fails\n");
	assert_string_equal(e.text, "no");
	assert_string_equal(e.hint, "nothing changed");
	assert_true(plan_is_undone(&p));
	refused = NULL;
	plan_free(&p);
}

/* A failure on the host undoes all that was done before it; and only what the
 * kernel confirms is told as undone. */
static void
test_plan_fail(void **state)
{
	(void)state;
	refused = "run";
	fails_at_last(
	    "what was done before it was undone: nothing changed", true);
	kernel.table = "another";
	fails_at_last("failed: table inet seki is not what it was", false);
	kernel.table = "saved";
	kernel.forwarding = 1;
	fails_at_last("all/forwarding is 1 and was 0", false);
	kernel.forwarding = 0;
	kernel.unreadable = true;
	fails_at_last("failed: cannot read", false);
	kernel.unreadable = false;
	refused = NULL;
}

/* What fails in a container is told, and nothing else is kept from being
 * done. */
static void
test_plan_try(void **state)
{
	const struct container c = { .name = (char[]){ "vm00" } };
	struct plan p;
	struct buf failed = { 0 };
	struct err e;

	(void)state;
	make_plan(&p, &c);
	refused = "add vm00";
	assert_int_equal(plan_run(&p, NULL, &failed, &e), 0);
	asks("set conf/all/forwarding 1\nadd vm00 " ULA "3/64 fails\n"
	     "add - " ULA "1/64\nannounce -\nrun change\n");
	assert_string_equal(
	    buf_text(&failed), "vm00: add address " ULA "3/64: no\n");
	assert_true(p.v[1].failed);
	plan_free(&p);
	buf_reset(&failed);
	make_plan(&p, &c);
	refused = "add -";
	assert_int_equal(plan_try(&p, NULL, &failed, &e), -1);
	assert_string_equal(e.text, "no");
	assert_string_equal(
	    buf_text(&failed), "lxcbr0: add address " ULA "1/64: no\n");
	buf_reset(&asked);
	/* and an undo that fails keeps no other from being done */
	refused = "restore";
	assert_int_equal(plan_undo(&p, NULL, &e), -1);
	assert_non_null(
	    strstr(buf_text(&asked), "set conf/all/forwarding 0\n"));
	assert_false(plan_is_undone(&p));
	buf_reset(&asked);
	plan_free(&p);
	/* the first of two failures is told */
	make_plan(&p, &c);
	refused = NULL;
	assert_int_equal(plan_run(&p, NULL, &failed, &e), 0);
	buf_reset(&asked);
	refused = "re";
	refusals = 0;
	assert_int_equal(plan_undo(&p, NULL, &e), -1);
	assert_non_null(strstr(buf_text(&asked), "remove vm00 "));
	assert_int_equal(e.line, 1);
	refused = NULL;
	buf_reset(&asked);
	plan_free(&p);
	buf_free(&failed);
}

/* The reason why nothing could be done is the first. */
static void
test_first_failure(void **state)
{
	const struct container c = { .name = (char[]){ "vm00" } };
	struct buf failed = { 0 };
	struct plan p;
	struct err e;

	(void)state;
	make_plan(&p, &c);
	refused = "add ";
	refusals = 0;
	assert_int_equal(plan_try(&p, NULL, &failed, &e), -1);
	assert_int_equal(count_lines(buf_text(&failed)), 2);
	assert_int_equal(e.line, 1);
	refused = NULL;
	buf_reset(&asked);
	plan_free(&p);
	buf_free(&failed);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_run),
		cmocka_unit_test(test_run_refused),
		cmocka_unit_test(test_way_back),
		cmocka_unit_test(test_restored_counts),
		cmocka_unit_test(test_anew),
		cmocka_unit_test(test_edit),
		cmocka_unit_test(test_plan_run),
		cmocka_unit_test(test_plan_fail),
		cmocka_unit_test(test_plan_refused),
		cmocka_unit_test(test_plan_try),
		cmocka_unit_test(test_first_failure),
	};
	int r = cmocka_run_group_tests(tests, NULL, NULL);

	buf_free(&asked);
	return r;
}
