/* The self-test.
 *
 * A child makes three network namespaces (core/lab/self_wires.h) and brings the
 * host between the two others to a config, by the model, ruleset and plan of a
 * real commit. Calls from either side then find what is let through and what is
 * refused, and that the rule that decided has counted. It goes on to another
 * config, with a connection of the first still open, and back. A row of a table
 * is a call; what is refused is looked at after a call that is not, by the same
 * way. */
#include "config.h"

#include "core/lab/self_test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/intl.h"
#include "core/base/loop.h"
#include "core/base/util.h"
#include "core/kernel/net.h"
#include "core/lab/self_wires.h"
#include "core/lang/config.h"
#include "core/plan/model.h"
#include "core/plan/plan.h"
#include "core/plan/plan_run.h"
#include "core/plan/ruleset_build.h"
#include "core/plan/step_run.h"
#include "core/state/host.h"

#define PATIENCE_MS 3000 /* with a busy machine, for what takes microseconds */
#define ALL_MS 20000

#define COMMON                                                                 \
	"option ipv4 on\n"                                                     \
	"uplink " WIRES_UPLINK "\n"                                            \
	"bridge " WIRES_BRIDGE " ula " WIRES_GATEWAY "/64 masquerade\n"        \
	"forward tcp 81 to [" WIRES_TARGET "]:8081 from 2001:db8:9::/48\n"     \
	"forward udp 82 to [" WIRES_TARGET "]:8082\n"                          \
	"forward tcp 83 to " WIRES_TARGET4 ":8083\n"                           \
	"default input deny\n"                                                 \
	"default forward deny\n"                                               \
	"allow input tcp 2022\n"                                               \
	"allow forward tcp 4443 to uplink\n"

static const char first_config[] =
    COMMON "forward tcp 80 to [" WIRES_TARGET "]:8080\n";
static const char changed_config[] =
    COMMON "forward tcp 90 to [" WIRES_TARGET "]:8090\n";

/* A call, and what the rules are to do with it. Nobody listens on a port below
 * 1024: the service may not. */
struct probe {
	struct wires_call call;
	bool passes;
	const char *counter; /* of whoever decides */
	const char *lie;     /* what is said where it is otherwise */
};

#define CALL(type, from, source, to, target, port, listens)                    \
	{                                                                      \
		SOCK_##type, WIRES_##from, WIRES_##to, source, target, port,   \
		    listens                                                    \
	}
#define FORWARDS N_("a forward does not let through what comes in by its port")
#define ALLOWS N_("a policy does not let through what it allows")
#define STRAYS N_("a port that has no forward leads inside")
#define FROM N_("a forward lets through what its from does not name")
#define INPUT N_("a default of deny lets something in that nothing allows")
#define THROUGH                                                                \
	N_("a default of deny lets something through that nothing allows")

static const struct probe first_probes[] = {
	{ CALL(STREAM, OUTSIDE, WIRES_CLIENT, INSIDE, WIRES_PUBLIC, 80, 8080),
	    true, "tcp-80-new", FORWARDS },
	{ CALL(STREAM, OUTSIDE, WIRES_CLIENT, INSIDE, WIRES_PUBLIC, 81, 8081),
	    true, "tcp-81-new", FORWARDS },
	{ CALL(DGRAM, OUTSIDE, WIRES_OTHER, INSIDE, WIRES_PUBLIC, 82, 8082),
	    true, "udp-82-new", FORWARDS },
	{ CALL(STREAM, OUTSIDE, WIRES_CLIENT4, INSIDE, WIRES_PUBLIC4, 83, 8083),
	    true, "tcp-83-new4", FORWARDS },
	{ CALL(STREAM, OUTSIDE, WIRES_OTHER, HOST, WIRES_PUBLIC, 2022, 2022),
	    true, NULL, ALLOWS },
	{ CALL(STREAM, INSIDE, WIRES_TARGET, OUTSIDE, WIRES_OTHER, 4443, 4443),
	    true, NULL, ALLOWS },
	{ CALL(STREAM, OUTSIDE, WIRES_CLIENT, INSIDE, WIRES_PUBLIC, 90, 8090),
	    false, "default-input", STRAYS },
	{ CALL(STREAM, OUTSIDE, WIRES_OTHER, INSIDE, WIRES_PUBLIC, 81, 8081),
	    false, "default-forward", FROM },
	{ CALL(STREAM, OUTSIDE, WIRES_CLIENT, HOST, WIRES_PUBLIC, 2023, 2023),
	    false, "default-input", INPUT },
	{ CALL(STREAM, OUTSIDE, WIRES_CLIENT4, HOST, WIRES_PUBLIC4, 2023, 2023),
	    false, "default-input", INPUT },
	{ CALL(DGRAM, OUTSIDE, WIRES_CLIENT, INSIDE, WIRES_TARGET, 8082, 8082),
	    false, "default-forward", THROUGH },
	{ CALL(STREAM, INSIDE, WIRES_TARGET4, OUTSIDE, WIRES_CLIENT4, 4480,
	      4480),
	    false, "default-forward", THROUGH },
};

static const struct probe changed_probes[] = {
	{ CALL(STREAM, OUTSIDE, WIRES_CLIENT, INSIDE, WIRES_PUBLIC, 90, 8090),
	    true, "tcp-90-new", FORWARDS },
	{ CALL(STREAM, OUTSIDE, WIRES_CLIENT, INSIDE, WIRES_PUBLIC, 80, 8080),
	    false, "default-input", STRAYS },
};

#define LOST N_("a connection that is established gets no further")
#define UNCOUNTED N_("what passes or is refused is not counted")
#define IDLE N_("what an established connection sends is not counted")
#define UNRESTORED N_("a revert does not bring back what was before")

/* A config in force. */
struct setting {
	struct config config;
	struct snapshot snapshot;
	struct model model;
	struct plan plan;
};

struct trial {
	const struct self_test_options *options;
	struct tested *result;
	struct wires wires;
	struct wires_line open; /* since the first stage */
	unsigned patience;	/* ms */
	struct setting first, second;
};

/* ---- rules */

static void
setting_free(struct setting *s)
{
	plan_free(&s->plan);
	model_free(&s->model);
	snapshot_free(&s->snapshot);
	config_free(&s->config);
}

/* So that there is a way back to what is in force. The rules are always
 * others. */
static int
plan_from(struct setting *to, const struct setting *from, struct net *net,
    struct err *e)
{
	struct ruleset want, have = { 0 };
	struct step *s;
	int r;

	ruleset_build(&want, &to->model);
	if (from != NULL)
		ruleset_build(&have, &from->model);
	plan_rules(&to->plan, &want, &have);
	s = &to->plan.v[to->plan.n - 1];
	r = net_generation(net, &s->generation, e);
	if (r == 0)
		r = step_read_digest(net, &s->was, e);
	plan_take_rules(&to->plan, &want, &have);
	ruleset_free(&want);
	ruleset_free(&have);
	return r;
}

/* Brings the host from one config, or none, to another. */
static int
bring(struct trial *t, struct setting *to, const struct setting *from,
    const char *text, struct err *e)
{
	static const struct journal none;
	struct net *net = t->wires.net;
	struct buf failed = { 0 };
	int r = -1;

	if (config_parse(&to->config, text, NULL, e) == 0 &&
	    net_read(net, &to->snapshot, e) == 0 &&
	    model_build(&to->model, &to->config, &to->snapshot, e) == 0) {
		plan_links(&to->plan, &to->model, &to->snapshot, &none);
		r = plan_from(to, from, net, e);
	}
	if (r == 0)
		r = plan_run(&to->plan, net, &failed, e);
	buf_free(&failed);
	return r;
}

/* ---- packets */

/* Always returns -1. */
static int
lies(struct trial *t, const char *what)
{
	t->result->verdict = TESTED_FAIL;
	snprintf(t->result->why, sizeof(t->result->why), "%s", what);
	return -1;
}

static int
read_count(
    const struct trial *t, const char *name, uint64_t *packets, struct err *e)
{
	struct counters all = { 0 };
	const struct counter *c;
	int r = net_counters(t->wires.net, NET_TABLE, &all, e);

	c = r == 0 && name != NULL ? counters_find(&all, name) : NULL;
	*packets = c != NULL ? c->packets : 0;
	counters_free(&all);
	return r;
}

/* Of one that should. */
static int
try_passing(
    struct trial *t, const struct probe *p, struct wires_line *l, struct err *e)
{
	if (wires_dial(&t->wires, &p->call, l, e) != 0)
		return -1;
	return wires_talk(l, t->patience) ? 0 : lies(t, p->lie);
}

/* The first of the probes that passes by the same way. */
static const struct probe *
beside(const struct probe *p, const struct probe *probes)
{
	while (!probes->passes || probes->call.from != p->call.from)
		probes++;
	return probes;
}

/* Of one that should not: what comes behind it has arrived, and it has not. */
static int
try_refused(struct trial *t, const struct probe *p, const struct probe *probes,
    struct wires_line *l, struct err *e)
{
	struct wires_line behind;
	int r = wires_dial(&t->wires, &p->call, l, e);

	if (r != 0)
		return r;
	r = try_passing(t, beside(p, probes), &behind, e);
	wires_hang_up(&behind);
	if (r == 0 && wires_arrives(l, 0))
		r = lies(t, p->lie);
	return r;
}

static int
try_probe(struct trial *t, const struct probe *p, const struct probe *probes,
    struct err *e)
{
	struct wires_line l;
	uint64_t before, after;
	int r = read_count(t, p->counter, &before, e);

	if (r != 0)
		return r;
	r = p->passes ? try_passing(t, p, &l, e)
		      : try_refused(t, p, probes, &l, e);
	wires_hang_up(&l);
	if (r == 0)
		r = read_count(t, p->counter, &after, e);
	if (r == 0 && p->counter != NULL && after == before)
		r = lies(t, UNCOUNTED);
	return r;
}

static int
try_probes(struct trial *t, const struct probe *probes, size_t n, struct err *e)
{
	size_t i;
	int r = 0;

	for (i = 0; i < n && r == 0; i++)
		r = try_probe(t, &probes[i], probes, e);
	return r;
}

/* Each direction of the connection that is open has a counter. */
static int
try_flow(struct trial *t, struct err *e)
{
	uint64_t in, out, in_before, out_before;

	if (read_count(t, "tcp-80-in", &in_before, e) != 0 ||
	    read_count(t, "tcp-80-out", &out_before, e) != 0)
		return -1;
	if (!wires_talk(&t->open, t->patience))
		return lies(t, LOST);
	if (read_count(t, "tcp-80-in", &in, e) != 0 ||
	    read_count(t, "tcp-80-out", &out, e) != 0)
		return -1;
	return in > in_before && out > out_before ? 0 : lies(t, IDLE);
}

/* ---- stages */

static int
meddle(struct trial *t, enum self_test_stage stage, struct err *e)
{
	const struct self_test_options *o = t->options;

	return o->meddle != NULL ? o->meddle(o->arg, stage, e) : 0;
}

/* What does not get through without rules proves nothing about them. */
static int
try_wires(struct trial *t, struct err *e)
{
	static const struct wires_call calls[] = {
		CALL(STREAM, OUTSIDE, WIRES_CLIENT, INSIDE, WIRES_TARGET, 8080,
		    8080),
		CALL(STREAM, INSIDE, WIRES_TARGET4, OUTSIDE, WIRES_CLIENT4,
		    4480, 4480),
	};
	struct wires_line l;
	size_t i;
	int r = 0;

	for (i = 0; i < NITEMS(calls) && r == 0; i++) {
		r = wires_dial(&t->wires, &calls[i], &l, e);
		if (r == 0 && !wires_talk(&l, t->patience))
			r = err_set(e, ERR_FAIL,
			    "packets do not get through without rules, either");
		wires_hang_up(&l);
	}
	return r;
}

static int
try_first(struct trial *t, struct err *e)
{
	if (bring(t, &t->first, NULL, first_config, e) != 0 ||
	    meddle(t, SELF_TEST_COMMITTED, e) != 0 ||
	    try_passing(t, &first_probes[0], &t->open, e) != 0 ||
	    try_flow(t, e) != 0)
		return -1;
	return try_probes(t, first_probes, NITEMS(first_probes), e);
}

static int
try_changed(struct trial *t, struct err *e)
{
	if (bring(t, &t->second, &t->first, changed_config, e) != 0 ||
	    meddle(t, SELF_TEST_CHANGED, e) != 0 ||
	    try_probes(t, changed_probes, NITEMS(changed_probes), e) != 0)
		return -1;
	return wires_talk(&t->open, t->patience) ? 0 : lies(t, LOST);
}

/* What an undo says of itself is for commits: here packets tell. */
static int
try_reverted(struct trial *t, struct err *e)
{
	struct err ignored;

	plan_undo(&t->second.plan, t->wires.net, &ignored);
	if (meddle(t, SELF_TEST_REVERTED, e) != 0)
		return -1;
	if (try_probes(t, first_probes, NITEMS(first_probes), e) == 0 &&
	    try_flow(t, e) == 0)
		return 0;
	return t->result->verdict == TESTED_FAIL ? lies(t, UNRESTORED) : -1;
}

/* ---- in the child */

static void
try_all(const struct self_test_options *options, struct tested *result)
{
	struct trial t = { .options = options, .result = result };
	struct err e = { 0 };

	t.open = (struct wires_line){ SOCK_STREAM, -1, -1, -1 };
	t.patience =
	    options->patience_ms > 0 ? options->patience_ms : PATIENCE_MS;
	*result = (struct tested){ .verdict = TESTED_UNKNOWN };
	if (wires_make(&t.wires, &e) == 0) {
		net_know_fib(t.wires.net, options->has_fib);
		if (try_wires(&t, &e) == 0 && try_first(&t, &e) == 0 &&
		    try_changed(&t, &e) == 0 && try_reverted(&t, &e) == 0)
			result->verdict = TESTED_OK;
	}
	if (result->verdict == TESTED_UNKNOWN)
		snprintf(result->why, sizeof(result->why), "%s", e.text);
	wires_hang_up(&t.open);
	setting_free(&t.second);
	setting_free(&t.first);
	wires_free(&t.wires);
}

/* All that it makes lives in namespaces that end with it, and the kernel ends
 * it with its parent. */
static _Noreturn void
work(const struct self_test_options *options, pid_t parent, int fd)
{
	struct tested result;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	loop_child();
	try_all(options, &result);
	if (write(fd, &result, sizeof(result)) != sizeof(result))
		_exit(1);
	_exit(0);
}

/* ---- in the parent */

static void
unknown(struct tested *result, const struct err *e)
{
	*result = (struct tested){ .verdict = TESTED_UNKNOWN };
	snprintf(result->why, sizeof(result->why), "%s", e->text);
}

/* Less than a page comes in one piece, or not at all. */
static void
await(pid_t child, int fd, struct tested *result)
{
	struct err e;
	bool ended = loop_wait_fd(fd, ALL_MS);

	if (!ended) {
		err_set(&e, ERR_FAIL, "the self-test has not come to an end");
		unknown(result, &e);
	} else if (read(fd, result, sizeof(*result)) != sizeof(*result)) {
		err_set(&e, ERR_FAIL, "the process that did it has died");
		unknown(result, &e);
	}
	kill(child, SIGKILL);
	while (waitpid(child, NULL, 0) == -1 && errno == EINTR)
		continue;
}

void
self_test_run(const struct self_test_options *options, struct tested *result)
{
	pid_t parent = getpid(), child;
	struct err e;
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) == -1) {
		err_sys(&e, ERR_FAIL, "cannot make a pipe");
		unknown(result, &e);
		return;
	}
	child = fork();
	if (child == 0)
		work(options, parent, fds[1]);
	close(fds[1]);
	if (child == -1) {
		err_sys(&e, ERR_FAIL, "cannot start a process");
		unknown(result, &e);
	} else {
		await(child, fds[0], result);
	}
	close(fds[0]);
}

int
self_test_note(const struct host *h, struct tested *result, struct err *e)
{
	const struct self_test_options options = { .has_fib =
						       h->snapshot.has_fib };

	self_test_run(&options, result);
	return h->read_only ? host_refuse(h, e)
			    : tested_write(h->run_path, result, e);
}
