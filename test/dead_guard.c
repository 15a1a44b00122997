/* What is done about a commit whose guard is dead, by its phase on the disk.
 * Whether a guard is there, what it would do and how a commit ends is made up;
 * the files and the lock are real. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/process.h"
#include "core/base/util.h"
#include "core/commit/guard_talk.h"
#include "core/commit/revert.h"
#include "core/commit/takeover.h"
#include "core/state/history.h"
#include "core/state/lock.h"

#include "lib/folder.h"

#define NOW 1000000
#define GUARD 77
#define CONFIG "uplink eth0\n"

static struct {
	const char *folder;
	struct buf log;	   /* what is done, a word each */
	const char *fails; /* words of it */
	enum guard_state guard;
	pid_t pid;
	const char *meanwhile; /* the phase once it was looked for; or NULL */
	bool another; /* it is that of a commit with a guard of its own */
	int dying;    /* the lock of one that ends while it is awaited */
} world;

int __wrap_nanosleep(const struct timespec *, struct timespec *);

/* Nobody waits. */
int
__wrap_nanosleep(
    const struct timespec *nap UNUSED, struct timespec *left UNUSED)
{
	if (world.dying > 0)
		close(world.dying);
	world.dying = -1;
	return 0;
}

uint64_t __wrap_boot_ms(void);
enum guard_state __wrap_guard_look(const char *run_path, pid_t *pid);
int __wrap_guard_start(const struct host *, struct err *);
int __wrap_process_kill(pid_t);
int __wrap_revert_begin(const struct host *, struct pending *, struct err *);
int __wrap_revert_try(struct host *, struct buf *gone, struct err *);
void __wrap_revert_end(struct host *, const struct pending *, const char *why,
    const struct buf *gone, const struct err *failed, struct buf *notes);
int __wrap_revert_never(struct host *, struct pending *,
    const struct config *committed, struct err *);
int __wrap_host_reload(struct host *, struct err *);
int __wrap_history_settle(
    const struct host *, const struct config *saved, struct err *);

static int
does(const char *what, struct err *e)
{
	buf_printf(&world.log, "%s%s", world.log.len > 0 ? " " : "", what);
	return strstr(world.fails, what) != NULL
		   ? err_set(e, ERR_FAIL, "cannot %s", what)
		   : 0;
}

/* What nobody else may do at the same time. */
static int
does_alone(const char *what, struct err *e)
{
	struct err busy;

	assert_int_equal(lock_run(world.folder, &busy), -1);
	assert_int_equal(busy.code, ERR_BUSY);
	return does(what, e);
}

static void
write_phase(const char *phase, int64_t left)
{
	char *line = xasprintf("%s 7 %lld 1700000000 %d root\n", phase,
	    (long long)(NOW + left), world.another ? 78 : 77);

	folder_write(world.folder, "pending/state", line);
	free(line);
}

uint64_t
__wrap_boot_ms(void)
{
	return NOW;
}

enum guard_state
__wrap_guard_look(const char *run_path, pid_t *pid)
{
	struct err ignored;

	assert_string_equal(run_path, world.folder);
	does("look", &ignored);
	if (world.meanwhile != NULL && world.meanwhile[0] == '\0')
		pending_end(run_path, &ignored);
	else if (world.meanwhile != NULL)
		write_phase(world.meanwhile, 60000);
	*pid = world.pid;
	return world.guard;
}

int
__wrap_guard_start(const struct host *h UNUSED, struct err *e)
{
	return does_alone("start", e);
}

int
__wrap_process_kill(pid_t pid)
{
	struct err ignored;

	assert_int_equal(pid, GUARD);
	return does("kill", &ignored);
}

int
__wrap_revert_begin(
    const struct host *h UNUSED, struct pending *p, struct err *e)
{
	assert_int_equal(p->number, 7);
	return does_alone("begin", e);
}

int
__wrap_revert_try(struct host *h UNUSED, struct buf *gone, struct err *e)
{
	buf_add(gone, "vm00\n");
	return does_alone("undo", e);
}

void
__wrap_revert_end(struct host *h UNUSED, const struct pending *p,
    const char *why, const struct buf *gone, const struct err *failed,
    struct buf *notes)
{
	struct err ignored;

	assert_int_equal(p->number, 7);
	assert_string_equal(why, "by another seki, since its guard was killed");
	assert_string_equal(gone->s, "vm00\n");
	assert_null(failed);
	assert_null(notes);
	does_alone("reverted", &ignored);
}

int
__wrap_revert_never(struct host *h UNUSED, struct pending *p,
    const struct config *committed, struct err *e)
{
	struct buf text = { 0 };

	assert_int_equal(p->phase, PENDING_SAVING);
	config_print(committed, &text);
	assert_string_equal(buf_text(&text), CONFIG);
	buf_free(&text);
	return does_alone("save", e);
}

int
__wrap_host_reload(struct host *h, struct err *e)
{
	h->saved_error.code = strstr(world.fails, "parse") ? ERR_USAGE : 0;
	return does_alone("reload", e);
}

int
__wrap_history_settle(
    const struct host *h, const struct config *saved, struct err *e)
{
	assert_ptr_equal(saved, &h->saved);
	return does_alone("settle", e);
}

/* Cases */

#define BACK "begin undo reverted"

static const struct {
	const char *name;
	const char *phase; /* NULL: nothing is pending */
	int64_t left;	   /* until the deadline, ms */
	enum guard_state guard;
	pid_t pid;
	const char *fails, *log;
	int r;
	const char *error;     /* of -1 */
	const char *meanwhile; /* as in world */
} cases[] = {
	/* the phase decides */
	{ "waiting", "waiting", 1, 0, 0, "", "look start", 1, NULL, NULL },
	{ "its time is up", "waiting", 0, 0, 0, "", "look " BACK, 1, NULL,
	    NULL },
	{ "long ago", "waiting", -9000, 0, 0, "", "look " BACK, 1, NULL, NULL },
	{ "in the middle", "applying", 60000, 0, 0, "", "look " BACK, 1, NULL,
	    NULL },
	{ "of a revert", "reverting", 60000, 0, 0, "", "look " BACK, 1, NULL,
	    NULL },
	{ "of saving", "saving", 60000, 0, 0, "", "look save", 1, NULL, NULL },
	{ "after its time", "saving", -9000, 0, 0, "", "look save", 1, NULL,
	    NULL },

	/* what fails */
	{ "no new guard", "waiting", 60000, 0, 0, "start", "look start", -1,
	    "cannot start", NULL },
	{ "it cannot be saved", "saving", 60000, 0, 0, "save",
	    "look save " BACK, 1, NULL, NULL },
	{ "nor undone", "saving", 60000, 0, 0, "save undo",
	    "look save begin undo start", 1, NULL, NULL },
	{ "the disk is full", "applying", 60000, 0, 0, "begin", "look " BACK, 1,
	    NULL, NULL },
	{ "it cannot be undone", "applying", 60000, 0, 0, "undo",
	    "look begin undo start", 1, NULL, NULL },
	{ "by anybody", "applying", 60000, 0, 0, "undo start",
	    "look begin undo start", -1, "cannot undo", NULL },
	{ "the phase is unreadable", "dreaming", 60000, 0, 0, "", "", -1,
	    "cannot parse ", NULL },
	{ "becomes so", "waiting", 60000, 0, 0, "", "look", -1, "cannot parse ",
	    "dreaming" },

	/* how the guard is */
	{ "at its work", "applying", 60000, GUARD_ANSWERS, GUARD, "", "look", 0,
	    NULL, NULL },
	{ "busy", "reverting", 60000, GUARD_SILENT, GUARD, "", "look", 0, NULL,
	    NULL },
	{ "hung up", "waiting", 60000, GUARD_DEAD, GUARD, "", "look kill start",
	    1, NULL, NULL },
	{ "stopped", "waiting", 0, GUARD_STOPPED, GUARD, "", "look kill " BACK,
	    1, NULL, NULL },
	{ "stopped and immortal", "applying", 60000, GUARD_STOPPED, GUARD,
	    "kill", "look kill " BACK, 1, NULL, NULL },

	/* another was faster: what counts is read with the lock held */
	{ "it is ended", "waiting", 60000, 0, 0, "", "look reload settle", 0,
	    NULL, "" },
	{ "it is being reverted", "waiting", 60000, 0, 0, "", "look " BACK, 1,
	    NULL, "reverting" },

	{ "nothing", NULL, 0, 0, 0, "", "", 0, NULL, NULL },
};

static void
begin(const char *folder, const char *fails)
{
	world.folder = folder;
	world.fails = fails;
	world.guard = GUARD_DEAD;
	world.pid = 0;
	world.meanwhile = NULL;
	buf_free(&world.log);
}

/* The lock is free afterwards. */
static void
take_over(const char *name, const char *log, int result, const char *error)
{
	char *path = xasprintf("%s/seki.conf", world.folder);
	struct host h = { .run_path = (char *)world.folder,
		.config_path = path };
	struct err e = { 0 };
	int lock, r = takeover(&h, &e);

	if (r != result || strcmp(buf_text(&world.log), log) != 0)
		fail_msg("%s: %d, %s", name, r, buf_text(&world.log));
	if (error != NULL && !has_prefix(e.text, error))
		fail_msg("%s: %s", name, e.text);
	lock = lock_run(world.folder, &e);
	assert_int_not_equal(lock, -1);
	close(lock);
	free(path);
	buf_free(&world.log);
}

static void
test_cases(void **state)
{
	struct err e;
	size_t i;

	for (i = 0; i < NITEMS(cases); i++) {
		begin(*state, cases[i].fails);
		world.guard = cases[i].guard;
		world.pid = cases[i].pid;
		world.meanwhile = cases[i].meanwhile;
		pending_end(*state, &e);
		if (cases[i].phase != NULL) {
			folder_write(*state, "pending/config", CONFIG);
			write_phase(cases[i].phase, cases[i].left);
		}
		take_over(
		    cases[i].name, cases[i].log, cases[i].r, cases[i].error);
	}
}

/* A config that cannot be read, or read in part, is not saved. */
static void
test_config(void **state)
{
	static const char *const configs[] = { NULL, "uplink eth0\nupl" };
	struct err e;
	size_t i;

	for (i = 0; i < NITEMS(configs); i++) {
		begin(*state, "");
		pending_end(*state, &e);
		if (configs[i] != NULL)
			folder_write(*state, "pending/config", configs[i]);
		write_phase("saving", 60000);
		take_over("a config", "look " BACK, 1, NULL);
	}
}

/* After a power cut nothing is pending, but an entry of the history may be
 * unfinished. */
static void
test_power_cut(void **state)
{
	static const struct {
		const char *fails, *log;
		int r;
		const char *error;
	} cuts[] = {
		{ "", "reload settle", 0, NULL },
		{ "settle", "reload settle", -1, "cannot settle" },
		{ "reload", "reload", -1, "cannot reload" },
		/* there is nothing to compare it to */
		{ "parse", "reload", 0, NULL },
	};
	size_t i;

	folder_write(*state, "history/next", CONFIG);
	for (i = 0; i < NITEMS(cuts); i++) {
		begin(*state, cuts[i].fails);
		take_over(cuts[i].fails, cuts[i].log, cuts[i].r, cuts[i].error);
	}
}

/* Somebody else is at it. */
/* While the lock was waited for, another commit has begun. */
static void
test_another(void **state)
{
	begin(*state, "");
	write_phase("waiting", 60000);
	world.meanwhile = "waiting";
	world.another = true;
	take_over("another commit", "look", 0, NULL);
	world.another = false;
}

static void
test_locked(void **state)
{
	struct host h = { .run_path = *state, .config_path = *state };
	struct err e;
	int lock = lock_run(*state, &e);
	char *path = xasprintf("%s/lock", (char *)*state);

	begin(*state, "");
	write_phase("applying", 60000);
	assert_int_equal(takeover(&h, &e), 0);
	assert_string_equal(buf_text(&world.log), "look");
	close(lock);

	/* what a killed one still runs is waited for */
	buf_free(&world.log);
	world.dying = lock_run(*state, &e);
	assert_int_not_equal(world.dying, -1);
	write_phase("reverting", 60000);
	assert_int_equal(takeover(&h, &e), 1);

	/* nobody is, but there is no lock either */
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("nowhere", path), 0);
	assert_int_equal(takeover(&h, &e), -1);
	assert_true(has_prefix(e.text, "cannot open "));
	buf_free(&world.log);
	free(path);
}

/* What killed processes have left unfinished goes; what others are at, and all
 * that only looks like it, stays. */
static void
test_sweep(void **state)
{
	static const struct {
		const char *name;
		bool dead; /* the PID in it */
		bool stays;
	} files[] = {
		{ "candidate.conf.%d.new", true, false },
		{ "undo/1.%d.new", true, false },
		{ "redo/1.%d.new", true, false },
		{ "pending/state.%d.new", true, false },
		{ "seki.conf.%d.new", true, false },
		{ "history/next.%d.new", true, false },
		{ "candidate.conf.%d.new", false, true },
		{ "pending/state.%d.new", false, true },
		{ "pending/state.%d.old", true, true },
	};
	char name[64], *text;
	size_t i;

	for (i = 0; i < NITEMS(files); i++) {
		snprintf(name, sizeof(name), files[i].name,
		    files[i].dead ? 1 << 30 : (int)getpid());
		folder_write(*state, name, "half of i");
	}
	begin(*state, "");
	take_over("a sweep", "", 0, NULL);
	for (i = 0; i < NITEMS(files); i++) {
		snprintf(name, sizeof(name), files[i].name,
		    files[i].dead ? 1 << 30 : (int)getpid());
		text = folder_read(*state, name);
		if ((text != NULL) != files[i].stays)
			fail_msg("%s", name);
		free(text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FOLDER_TEST(test_cases),
		FOLDER_TEST(test_config),
		FOLDER_TEST(test_power_cut),
		FOLDER_TEST(test_another),
		FOLDER_TEST(test_locked),
		FOLDER_TEST(test_sweep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
