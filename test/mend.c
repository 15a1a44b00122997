/* What the service corrects, in which order, how often, and what it says: the
 * kernel, the log and the clock are replaced by ones of a test. */
#include "config.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/log.h"
#include "core/commit/mend.h"
#include "core/commit/watch_parts.h"
#include "core/plan/plan.h"
#include "core/plan/step_run.h"
#include "core/state/history.h"
#include "core/state/lingering.h"

#include "lib/machine.h"

#define START 1000000
#define RULES "add rule inet seki input accept\n"

static struct {
	struct buf log; /* what is done and said, a line each */
	uint64_t now;
	const char *refused; /* a name whose steps fail */
	const char *author;  /* of the rules */
	bool full;	     /* the disk */
	bool busy;	     /* another seki has the lock */
	bool unread;	     /* the kernel cannot be read */
	int lock;	     /* that is held; or 0 */
	unsigned ended;	     /* connections, when they are settled */
} world;

static const char *const severities[] = {
	[LOG_ERR] = "ERR", [LOG_WARNING] = "WARN", [LOG_INFO] = "info"
};

int __wrap_step_run(struct step *, struct net *, struct err *);
uint64_t __wrap_now_ms(void);
void __wrap_log_line(int level, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void __wrap_watch_look_in(struct watch *, unsigned ms);
void __wrap_watch_trouble(struct watch *, int level, const char *text);
const char *__wrap_net_rules_author(const struct net *);
int __wrap_drift_remember(
    struct host *, uint64_t want, uint32_t generation, struct err *);
int __wrap_drift_tell(const struct host *, const char *lines, struct err *);
int __wrap_journal_load(struct journal *, const char *run_path, struct err *);
int __wrap_journal_store(
    const struct journal *, const char *run_path, struct err *);
int __wrap_history_committed(const struct host *, struct config *);
int __wrap_lock_run(const char *run_path, struct err *);
int __wrap_host_refresh(struct host *, struct err *);
int __wrap_moved_settle(
    struct host *, const struct config *, struct buf *notes, struct err *);
struct lingering __wrap_lingering_settle(struct host *,
    const struct config *before, const struct config *now,
    const struct lingering_wish *);

int
__wrap_step_run(struct step *s, struct net *net UNUSED, struct err *e)
{
	buf_printf(
	    &world.log, "runs %s %s\n", step_kinds[s->kind].name, s->name);
	if (world.refused != NULL && strcmp(world.refused, s->name) == 0) {
		s->failed = true;
		return err_set(e, ERR_FAIL, "no");
	}
	s->done = true;
	return 0;
}

uint64_t
__wrap_now_ms(void)
{
	return START + world.now;
}

void
__wrap_log_line(int level, const char *fmt, ...)
{
	va_list ap;

	buf_printf(&world.log, "%s ", severities[level]);
	va_start(ap, fmt);
	buf_vprintf(&world.log, fmt, ap);
	va_end(ap);
	buf_add(&world.log, "\n");
}

void
__wrap_watch_look_in(struct watch *w UNUSED, unsigned ms)
{
	buf_printf(&world.log, "looks in %u\n", ms);
}

void
__wrap_watch_trouble(struct watch *w UNUSED, int level, const char *text)
{
	buf_printf(&world.log, "%s %s\n", severities[level], text);
}

const char *
__wrap_net_rules_author(const struct net *net UNUSED)
{
	return world.author != NULL ? world.author : "";
}

int
__wrap_drift_remember(struct host *h UNUSED, uint64_t want, uint32_t generation,
    struct err *e UNUSED)
{
	assert_int_equal(want, 42);
	buf_printf(&world.log, "remembers %u\n", generation);
	return 0;
}

int
__wrap_drift_tell(
    const struct host *h UNUSED, const char *lines, struct err *e UNUSED)
{
	buf_add(&world.log, lines[0] != '\0' ? "left:\n" : "");
	buf_add(&world.log, lines);
	return 0;
}

int
__wrap_journal_load(
    struct journal *j, const char *run_path UNUSED, struct err *e UNUSED)
{
	memset(j, 0, sizeof(*j));
	return 0;
}

int
__wrap_journal_store(
    const struct journal *j, const char *run_path UNUSED, struct err *e)
{
	if (world.full)
		return err_set(e, ERR_FAIL, "full");
	if (j->n > 0)
		buf_printf(&world.log, "notes %zu\n", j->n);
	return 0;
}

int
__wrap_history_committed(const struct host *h UNUSED, struct config *c UNUSED)
{
	return 0;
}

int
__wrap_lock_run(const char *run_path UNUSED, struct err *e)
{
	if (world.busy)
		return err_set(e, ERR_BUSY, "locked");
	world.lock = dup(STDIN_FILENO);
	return world.lock;
}

int
__wrap_host_refresh(struct host *h UNUSED, struct err *e)
{
	return world.unread ? err_set(e, ERR_FAIL, "refused") : 0;
}

int
__wrap_moved_settle(struct host *h UNUSED, const struct config *c UNUSED,
    struct buf *notes UNUSED, struct err *e UNUSED)
{
	buf_add(&world.log, "settles addresses\n");
	return 0;
}

struct lingering
__wrap_lingering_settle(struct host *h UNUSED,
    const struct config *before UNUSED, const struct config *now UNUSED,
    const struct lingering_wish *wish UNUSED)
{
	buf_add(&world.log, "settles connections\n");
	return (struct lingering){ .ended = world.ended };
}

/* Steps */

/* Each is one kind on one place, and removes, adds or sets the same. */
struct brief {
	enum step_number kind;
	const char *name; /* NULL: no step */
	int index;	  /* of the interface; 0 is all */
	bool inside;	  /* a container */
	int after;	  /* of a sysctl; of a ruleset whether it has rules */
	bool source;	  /* a route to send from somewhere */
};

#define BRIDGE                                                                 \
	{                                                                      \
		STEP_ADDRESS_ADD, "lxcbr0", LXCBR0, false, 0, false            \
	}
#define INSIDE                                                                 \
	{                                                                      \
		STEP_ADDRESS_ADD, "vm00", 2, true, 0, false                    \
	}
#define ROUTE                                                                  \
	{                                                                      \
		STEP_ROUTE_ADD, "vm00", 2, true, 0, false                      \
	}
#define FROM                                                                   \
	{                                                                      \
		STEP_ROUTE_ADD, "vm00", 2, true, 0, true                       \
	}
#define REMOVE                                                                 \
	{                                                                      \
		STEP_ADDRESS_REMOVE, "vm00", 2, true, 0, false                 \
	}
#define ALL(v)                                                                 \
	{                                                                      \
		STEP_SYSCTL, "all", 0, false, v, false                         \
	}
#define LINK(v)                                                                \
	{                                                                      \
		STEP_SYSCTL, "eth0", ETH0, false, v, false                     \
	}
#define KEEP                                                                   \
	{                                                                      \
		STEP_KEEP, "eth0", ETH0, false, 0, false                       \
	}
#define TABLE                                                                  \
	{                                                                      \
		STEP_RULESET, "seki", 0, false, 1, false                       \
	}
#define COUNTERS                                                               \
	{                                                                      \
		STEP_RULESET, "seki", 0, false, 0, false                       \
	}

static void
fill(struct plan *p, const struct machine *m, const struct brief *v, size_t n)
{
	struct step *s;
	size_t i;

	for (i = 0; i < n && v[i].name != NULL; i++) {
		s = plan_add(p, v[i].kind, v[i].name);
		s->at.index = v[i].index;
		s->container = v[i].inside ? m->containers : NULL;
		s->after = v[i].after;
		if (v[i].kind == STEP_ROUTE_ADD)
			prefix_parse(&s->route.gateway, ULA "1");
		else if (step_kinds[v[i].kind].adds ||
			 step_kinds[v[i].kind].removes)
			prefix_parse(&s->address.prefix, ULA "3/64");
		if (v[i].source)
			prefix_parse(&s->route.source, ULA "3");
		if (v[i].kind == STEP_RULESET)
			s->text = xstrdup(
			    v[i].after ? RULES : "add counter inet seki x\n");
		s->before = v[i].kind == STEP_RULESET;
		s->after |= s->before;
	}
}

/* A service */

struct service {
	struct machine m;
	struct host h;
	struct watch w;
};

static void
start(struct service *s)
{
	memset(s, 0, sizeof(*s));
	machine_boot(&s->m);
	s->h.snapshot = s->m.s;
	s->w.host = &s->h;
	s->w.backoff = backoff_new();
	s->w.changes = 7;
	s->w.seen.want = 42;
	s->w.seen.generation = 7;
}

static void
end(struct service *s)
{
	backoff_free(s->w.backoff);
	free(s->w.settled);
	buf_free(&world.log);
	memset(&world, 0, sizeof(world));
}

/* All places are right. */
static void
settle(struct service *s)
{
	static const struct plan nothing;

	mend_settle(&s->w, &nothing);
}

static void
look(struct service *s, const struct brief *v, size_t n, uint32_t changes,
    bool bare)
{
	struct plan p = { 0 };

	fill(&p, &s->m, v, n);
	mend_plan(&s->w, &p, bare, changes);
	plan_free(&p);
}

/* One look */

#define ADD_BRIDGE "lxcbr0: add address " ULA "3/64"
#define ADD_INSIDE "vm00: add address " ULA "3/64"
#define CHANGE "table inet seki: change it, 1 commands in one transaction"
#define SHUT "ERR forwarding stays off until the rules are in force\n"

static const struct {
	struct brief steps[3];
	const char *log;
	bool is_new;	     /* the places were never right */
	bool expected, bare; /* see struct watch, and mend_plan */
	bool edited;	     /* the rules */
	const char *author, *refused;
} looks[] = {
	{ .log = "" },
	/* drift, where all was right */
	{ .steps = { INSIDE },
	    .log = "notes 1\nruns address-add vm00\n"
		   "WARN drift corrected: " ADD_INSIDE "\n"
		   "notes 1\nlooks in 200\n" },
	{ .steps = { ROUTE },
	    .log = "runs route-add vm00\nWARN drift corrected: vm00: add "
		   "default route via " ULA "1\nlooks in 200\n" },
	{ .steps = { LINK(1) },
	    .log =
		"runs sysctl eth0\nWARN drift corrected: net/ipv6/conf/eth0/forwarding "
		"0 -> 1\nlooks in 200\n" },
	{ .steps = { ALL(1) },
	    .log =
		"runs sysctl all\nWARN drift corrected: net/ipv6/conf/all/forwarding 0 "
		"-> 1\nlooks in 200\n" },
	{ .steps = { TABLE },
	    .edited = true,
	    .log =
		"runs ruleset seki\nWARN drift corrected: " CHANGE "\n"
		"remembers 8\nsettles addresses\nsettles connections\nlooks in 200\n" },
	{ .steps = { TABLE },
	    .edited = true,
	    .author = "nft",
	    .log =
		"runs ruleset seki\nWARN drift corrected: " CHANGE
		" (changed by nft)\n"
		"remembers 8\nsettles addresses\nsettles connections\nlooks in 200\n" },
	/* and none: what has just come, what is removed, rules that depend on
	 * what came */
	{ .steps = { INSIDE },
	    .is_new = true,
	    .log = "notes 1\nruns address-add vm00\ninfo " ADD_INSIDE "\n"
		   "notes 1\nlooks in 200\n" },
	{ .steps = { LINK(1) },
	    .is_new = true,
	    .log =
		"runs sysctl eth0\ninfo net/ipv6/conf/eth0/forwarding 0 -> 1\n"
		"looks in 200\n" },
	{ .steps = { ALL(1) },
	    .is_new = true,
	    .log =
		"runs sysctl all\nWARN drift corrected: net/ipv6/conf/all/forwarding 0 "
		"-> 1\nlooks in 200\n" },
	{ .steps = { FROM },
	    .log = "runs route-add vm00\ninfo vm00: add default route via " ULA
		   "1, to send from " ULA "3\nlooks in 200\n" },
	{ .steps = { REMOVE },
	    .log = "runs address-remove vm00\ninfo vm00: remove address " ULA
		   "3/64\nlooks in 200\n" },
	{ .steps = { TABLE },
	    .author = "nft",
	    .log =
		"runs ruleset seki\ninfo " CHANGE "\n"
		"remembers 8\nsettles addresses\nsettles connections\nlooks in 200\n" },
	{ .steps = { KEEP }, .log = "runs keep eth0\nlooks in 200\n" },
	/* a start */
	{ .steps = { INSIDE },
	    .expected = true,
	    .log = "notes 1\nruns address-add vm00\ninfo applied: " ADD_INSIDE
		   "\nnotes 1\nlooks in 200\n" },
	{ .steps = { BRIDGE },
	    .expected = true,
	    .log = "notes 1\nruns address-add lxcbr0\ninfo applied: " ADD_BRIDGE
		   "\nnotes 1\nlooks in 200\n" },
	/* others may be at a bridge */
	{ .steps = { BRIDGE },
	    .log = "notes 1\nleft:\n" ADD_BRIDGE "\nlooks in 2000\n" },
	/* rules go first, and rules that are only counters say nothing */
	{ .steps = { INSIDE, ALL(1), COUNTERS },
	    .log =
		"notes 1\nruns ruleset seki\ninfo " CHANGE "\n"
		"runs address-add vm00\n"
		"WARN drift corrected: " ADD_INSIDE "\n"
		"runs sysctl all\n"
		"WARN drift corrected: net/ipv6/conf/all/forwarding 0 -> 1\n"
		"notes 1\nsettles addresses\nsettles connections\nlooks in 200\n" },
	/* nothing is opened without them */
	{ .steps = { ALL(1), LINK(1), TABLE },
	    .refused = "seki",
	    .log =
		"runs ruleset seki\nERR cannot correct drift: " CHANGE
		": no\n" SHUT SHUT "left:\n" CHANGE
		"\nnet/ipv6/conf/all/forwarding 0 -> 1\nnet/ipv6/conf/eth0/forwarding 0 -> 1\n"
		"looks in 1000\n" },
	{ .steps = { ALL(1), INSIDE },
	    .bare = true,
	    .log =
		"notes 1\n" SHUT "runs address-add vm00\n"
		"WARN drift corrected: " ADD_INSIDE "\nnotes 1\n"
		"left:\nnet/ipv6/conf/all/forwarding 0 -> 1\nlooks in 200\n" },
	{ .steps = { ALL(0) },
	    .bare = true,
	    .log =
		"runs sysctl all\nWARN drift corrected: net/ipv6/conf/all/forwarding 0 "
		"-> 0\nlooks in 200\n" },
	/* the next look is when the first of them may be tried again */
	{ .steps = { INSIDE, BRIDGE },
	    .refused = "vm00",
	    .log =
		"notes 2\nruns address-add vm00\nERR cannot correct drift: " ADD_INSIDE
		": no\nleft:\n" ADD_INSIDE "\n" ADD_BRIDGE
		"\nlooks in 1000\n" },
	/* one that fails keeps no other */
	{ .steps = { INSIDE, ALL(1) },
	    .refused = "vm00",
	    .log =
		"notes 1\nruns address-add vm00\nERR cannot correct drift: " ADD_INSIDE
		": no\nruns sysctl all\n"
		"WARN drift corrected: net/ipv6/conf/all/forwarding 0 -> 1\n"
		"left:\n" ADD_INSIDE "\nlooks in 200\nlooks in 1000\n" },
};

static void
test_one_look(void **state)
{
	struct service s;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(looks); i++) {
		start(&s);
		if (!looks[i].is_new)
			settle(&s);
		s.w.expected = looks[i].expected;
		world.author = looks[i].author;
		world.refused = looks[i].refused;
		look(&s, looks[i].steps, NITEMS(looks[i].steps),
		    looks[i].edited ? 8 : 7, looks[i].bare);
		if (strcmp(buf_text(&world.log), looks[i].log) != 0)
			fail_msg("%zu:\n%s", i, buf_text(&world.log));
		end(&s);
	}
}

/* What became of connections that no rules had seen is in the log. */
static void
test_settled(void **state)
{
	static const struct brief step = TABLE;
	struct service s;

	(void)state;
	start(&s);
	settle(&s);
	world.ended = 2;
	look(&s, &step, 1, 7, false);
	assert_string_equal(buf_text(&world.log),
	    "runs ruleset seki\ninfo " CHANGE "\n"
	    "remembers 8\nsettles addresses\nsettles connections\n"
	    "info note: 2 flows of UDP were ended, so that their next packets "
	    "go by these rules\nlooks in 200\n");
	end(&s);
}

/* What the service itself wrote a moment ago is nobody's drift. */
static void
test_twice(void **state)
{
	static const struct {
		uint32_t changes;
		const char *said;
	} looks_on[] = {
		{ 7, "info " CHANGE "\n" },
		{ 8, "info " CHANGE "\n" },
		{ 10, "WARN drift corrected: " CHANGE "\n" },
		{ 11, "WARN drift corrected: " CHANGE "\n" },
	};
	static const struct brief step = TABLE;
	struct service s;
	size_t i;

	(void)state;
	start(&s);
	settle(&s);
	for (i = 0; i < NITEMS(looks_on); i++) {
		buf_reset(&world.log);
		look(&s, &step, 1, looks_on[i].changes, false);
		if (strstr(buf_text(&world.log), looks_on[i].said) == NULL)
			fail_msg("%zu:\n%s", i, buf_text(&world.log));
	}
	end(&s);
}

/* Several */

static void
expect(
    struct service *s, const struct brief *step, unsigned at, const char *log)
{
	world.now = at;
	buf_reset(&world.log);
	look(s, step, step != NULL ? 1 : 0, 7, false);
	if (strcmp(buf_text(&world.log), log) != 0)
		fail_msg("at %u:\n%s", at, buf_text(&world.log));
}

static void
test_failures(void **state)
{
	static const struct brief step = ALL(1);
	static const char left[] =
	    "left:\nnet/ipv6/conf/all/forwarding 0 -> 1\n";
	struct service s;
	char *log;

	(void)state;
	start(&s);
	world.refused = "all";
	log = xasprintf(
	    "runs sysctl all\nERR cannot correct drift: net/ipv6/conf/all/forwarding 0 -> 1: no\n%slooks in 1000\n",
	    left);
	expect(&s, &step, 0, log);
	free(log);
	log = xasprintf("%slooks in 600\n", left);
	expect(&s, &step, 400, log);
	free(log);
	log = xasprintf("runs sysctl all\n%slooks in 2000\n", left);
	expect(&s, &step, 1000, log);
	free(log);
	world.refused = NULL;
	expect(&s, &step, 3000,
	    "runs sysctl all\nWARN drift corrected: net/ipv6/conf/all/forwarding 0 -> 1\n"
	    "looks in 200\n");
	end(&s);
}

static void
test_fight(void **state)
{
	static const struct brief step = ALL(1);
	struct service s;
	unsigned i;

	(void)state;
	start(&s);
	for (i = 0; i < 5; i++)
		expect(&s, &step, i * 200,
		    "runs sysctl all\n"
		    "WARN drift corrected: net/ipv6/conf/all/forwarding 0 -> 1\n"
		    "looks in 200\n");
	expect(&s, &step, 1000,
	    "runs sysctl all\nWARN something keeps undoing this; backing off: "
	    "net/ipv6/conf/all/forwarding 0 -> 1\nlooks in 200\n");
	expect(&s, &step, 1200,
	    "left:\nnet/ipv6/conf/all/forwarding 0 -> 1\nlooks in 800\n");
	end(&s);
}

static void
test_bridge(void **state)
{
	static const struct brief step = BRIDGE;
	struct service s;

	(void)state;
	start(&s);
	settle(&s);
	expect(&s, &step, 0, "notes 1\nleft:\n" ADD_BRIDGE "\nlooks in 2000\n");
	expect(
	    &s, &step, 1500, "notes 1\nleft:\n" ADD_BRIDGE "\nlooks in 500\n");
	expect(&s, &step, 2000,
	    "notes 1\nruns address-add lxcbr0\n"
	    "WARN drift corrected: " ADD_BRIDGE "\nnotes 1\nlooks in 200\n");
	/* Nor does the next restart find it back at once. */
	expect(
	    &s, &step, 2500, "notes 1\nleft:\n" ADD_BRIDGE "\nlooks in 2000\n");
	end(&s);
}

#define DRIFTED                                                                \
	"notes 1\nruns address-add vm00\nWARN drift corrected: " ADD_INSIDE    \
	"\nnotes 1\nlooks in 200\n"
#define COME                                                                   \
	"notes 1\nruns address-add vm00\ninfo " ADD_INSIDE                     \
	"\nnotes 1\nlooks in 200\n"
#define REFUSED                                                                 \
	"notes 1\nruns address-add vm00\nERR cannot correct drift: " ADD_INSIDE \
	": no\nleft:\n" ADD_INSIDE "\nlooks in 1000\n"

/* What was right once is right until it goes. */
static void
test_places(void **state)
{
	static const struct brief step = INSIDE;
	struct service s;

	(void)state;
	start(&s);
	world.refused = "vm00";
	expect(&s, &step, 0, REFUSED);
	world.refused = NULL;
	expect(&s, &step, 5000, COME);
	expect(&s, &step, 6000, DRIFTED);
	world.refused = "vm00";
	expect(&s, &step, 7000,
	    "notes 1\nruns address-add vm00\nleft:\n" ADD_INSIDE
	    "\nlooks in 2000\n");
	world.refused = NULL;
	expect(&s, &step, 10000, DRIFTED);
	/* started again, it has another port */
	s.m.containers[0].port++;
	expect(&s, &step, 20000, COME);
	expect(&s, &step, 30000, DRIFTED);
	end(&s);
}

/* It has its address each time, however often it starts. */
static void
test_starts(void **state)
{
	static const struct brief step = INSIDE;
	struct service s;
	unsigned i;

	(void)state;
	start(&s);
	for (i = 0; i < 20; i++) {
		s.m.containers[0].port++;
		expect(&s, &step, i * 200, COME);
	}
	end(&s);
}

/* An interface that is down has not arrived. */
static void
test_down(void **state)
{
	static const struct brief step = INSIDE;
	struct service s;

	(void)state;
	start(&s);
	s.m.containers[0].inner_down = true;
	expect(&s, NULL, 0, "");
	s.m.containers[0].inner_down = false;
	expect(&s, &step, 1000, COME);
	expect(&s, &step, 2000, DRIFTED);
	end(&s);
}

/* A start lasts until all is done. */
static void
test_expected(void **state)
{
	static const struct brief step = INSIDE, both[] = { INSIDE, ALL(1) };
	struct service s;

	(void)state;
	start(&s);
	s.w.expected = true;
	expect(&s, NULL, 0, "");
	assert_true(s.w.expected);
	world.refused = "vm00";
	expect(&s, &step, 0, REFUSED);
	assert_true(s.w.expected);
	look(&s, both, NITEMS(both), 7, false);
	assert_true(s.w.expected);
	world.refused = NULL;
	expect(&s, &step, 5000,
	    "notes 1\nruns address-add vm00\ninfo applied: " ADD_INSIDE
	    "\nnotes 1\nlooks in 200\n");
	assert_false(s.w.expected);
	end(&s);
}

static void
test_journal(void **state)
{
	static const struct brief step = INSIDE;
	struct service s;

	(void)state;
	start(&s);
	settle(&s);
	world.full = true;
	expect(&s, &step, 0,
	    "ERR full\nruns address-add vm00\n"
	    "WARN drift corrected: " ADD_INSIDE "\nERR full\nlooks in 200\n");
	assert_false(s.w.noted);
	world.full = false;
	expect(&s, &step, 1000, DRIFTED);
	assert_true(s.w.noted);
	end(&s);
}

/* Only what could be written, of a kernel that could be read, is noted; and the
 * lock is given back. */
static void
test_note_again(void **state)
{
	static const struct {
		bool busy, unread, full, noted;
		const char *log;
	} cases[] = {
		{ false, false, false, true, "" },
		{ true, false, false, false, "" },
		{ false, true, false, false, "" },
		{ false, false, true, false, "ERR full\n" },
	};
	struct service s;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(cases); i++) {
		start(&s);
		buf_reset(&world.log);
		world.busy = cases[i].busy;
		world.unread = cases[i].unread;
		world.full = cases[i].full;
		mend_note_again(&s.w);
		assert_int_equal(s.w.noted, cases[i].noted);
		assert_string_equal(buf_text(&world.log), cases[i].log);
		assert_true(cases[i].busy || fcntl(world.lock, F_GETFD) == -1);
		end(&s);
	}
	buf_free(&world.log);
	memset(&world, 0, sizeof(world));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_look),
		cmocka_unit_test(test_settled),
		cmocka_unit_test(test_twice),
		cmocka_unit_test(test_failures),
		cmocka_unit_test(test_fight),
		cmocka_unit_test(test_bridge),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_starts),
		cmocka_unit_test(test_down),
		cmocka_unit_test(test_expected),
		cmocka_unit_test(test_journal),
		cmocka_unit_test(test_note_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
