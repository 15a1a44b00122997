/* When the console reads its host, and what it tells of that: host and screen
 * are replaced by a log. */
#include "config.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "console/feed.h"
#include "core/base/loop.h"
#include "core/state/meter.h"
#include "tui/ui.h"

#include "lib/fast_loop.h"

/* What happens, and when. */
struct event {
	uint64_t at;
	void (*act)(void);
};

static struct {
	struct console c;
	struct host h;
	struct buf log;	 /* a line each, with its time */
	unsigned wakes;	 /* looks at what happened */
	unsigned slices; /* of a reading, before the last */
	unsigned left;	 /* of the one that goes on */
	bool stepped;	 /* in this turn */
	bool unreadable, endless;
	int events[2];
	const struct event *next;
} world;

static void
say(const char *what)
{
	buf_printf(&world.log, "%u %s\n", (unsigned)fast_loop_now(), what);
}

static void
happen(void)
{
	assert_int_equal(write(world.events[1], "x", 1), 1);
}

static void
drain(void)
{
	char bytes[16];

	while (read(world.events[0], bytes, sizeof(bytes)) > 0)
		continue;
}

/* The host */

uint64_t __wrap_now_ms(void);
int __wrap_net_fd(const struct net *);
bool __wrap_net_ready(struct net *);
int __wrap_host_reload(struct host *, struct err *);
uint64_t __wrap_host_files(const struct host *);
int __wrap_host_sample(struct host *, struct err *);
void __wrap_host_refresh_begin(struct host *);
int __wrap_host_refresh_more(struct host *, struct err *);

uint64_t
__wrap_now_ms(void)
{
	return 1000000 + fast_loop_now();
}

int
__wrap_net_fd(const struct net *net UNUSED)
{
	return world.events[0];
}

bool
__wrap_net_ready(struct net *net UNUSED)
{
	world.wakes++;
	drain();
	return true;
}

int
__wrap_host_reload(struct host *h UNUSED, struct err *e UNUSED)
{
	return 0;
}

uint64_t
__wrap_host_files(const struct host *h UNUSED)
{
	return 0;
}

int
__wrap_host_sample(struct host *h UNUSED, struct err *e UNUSED)
{
	say("sample");
	return 0;
}

/* Older events are part of it. */
void
__wrap_host_refresh_begin(struct host *h UNUSED)
{
	drain();
	say("begin");
	world.left = world.slices;
}

int
__wrap_host_refresh_more(struct host *h UNUSED, struct err *e)
{
	if (world.stepped)
		say("at once");
	world.stepped = true;
	if (world.left > 0) {
		world.left--;
		return 1;
	}
	say(world.unreadable ? "fails" : "read");
	return world.unreadable ? err_set(e, ERR_FAIL, "cannot read") : 0;
}

/* The screen */

void __wrap_ui_dirty(struct ui *);
void __wrap_ui_changed(struct ui *);
void __wrap_ui_stale(struct ui *);
size_t __wrap_ui_shown(const struct ui *);
void __wrap_ui_error(struct ui *, const struct err *);

void
__wrap_ui_dirty(struct ui *ui UNUSED)
{
}

void
__wrap_ui_changed(struct ui *ui UNUSED)
{
}

void
__wrap_ui_stale(struct ui *ui UNUSED)
{
}

size_t
__wrap_ui_shown(const struct ui *ui UNUSED)
{
	return TAB_DASHBOARD;
}

void
__wrap_ui_error(struct ui *ui UNUSED, const struct err *e)
{
	say(e->text);
}

/* The script */

static uint64_t
due(void)
{
	return world.next->at;
}

static void
go_on(void)
{
	(world.next++)->act();
}

static void
turned(void)
{
	world.stepped = false;
	if (world.endless && !world.c.app.refreshing)
		happen();
}

static void
stop(void)
{
	loop_stop(world.c.app.loop, 0);
}

static void
play(const struct event *script, const char *log)
{
	struct console *c = &world.c;

	world.next = script;
	fast_loop_begin(due, go_on, turned);
	c->app.host = c->app.writable = &world.h;
	c->app.pace = 1;
	c->app.loop = loop_new();
	feed_start(c);
	loop_run(c->app.loop);
	feed_stop(c);
	if (log != NULL)
		assert_string_equal(buf_text(&world.log), log);
}

static int
set_up(void **state UNUSED)
{
	memset(&world, 0, sizeof(world));
	world.h.meters = meters_new();
	return pipe2(world.events, O_NONBLOCK | O_CLOEXEC);
}

static int
tear_down(void **state UNUSED)
{
	meters_free(world.h.meters);
	buf_free(&world.log);
	close(world.events[0]);
	close(world.events[1]);
	return 0;
}

/* Tests */

/* A burst is read once, and wakes nobody after its first event. */
static void
test_burst(void **state UNUSED)
{
	static const struct event script[] = { { 300, happen }, { 310, happen },
		{ 340, happen }, { 900, stop } };

	play(script, "250 sample\n350 begin\n350 read\n");
	assert_int_equal(world.wakes, 1);
}

/* Events without end are looked at five times a second, whether something is
 * read then or not. */
static void
test_endless(void **state UNUSED)
{
	static const struct event script[] = { { 0, happen }, { 1200, stop } };

	world.endless = true;
	play(script, NULL);
	assert_int_equal(world.wakes, 7);
	assert_non_null(strstr(world.log.s, "\n1050 begin\n1050 read\n"));
}

static void
pause_it(void)
{
	world.c.paused = true;
}

static void
test_paused(void **state UNUSED)
{
	static const struct event script[] = { { 0, pause_it }, { 0, happen },
		{ 1200, stop } };

	world.endless = true;
	play(script, "");
	assert_int_equal(world.wakes, 7);
}

static void
press_r(void)
{
	feed_refresh(&world.c);
	say("refreshed");
}

/* Whoever asks for it does not wait for the slices to come round; and nothing
 * is left of them. */
static void
test_at_once(void **state UNUSED)
{
	static const struct event script[] = { { 400, press_r },
		{ 900, stop } };

	world.slices = 1;
	play(script, "250 sample\n400 begin\n400 at once\n400 read\n"
		     "400 refreshed\n");
}

static void
begin(void)
{
	app_refresh(&world.c.app);
}

/* A sample waits for what is being read, and no key has to. */
static void
test_meanwhile(void **state UNUSED)
{
	static const struct event script[] = { { 1250, begin },
		{ 1900, stop } };

	world.slices = 3;
	play(script, "250 sample\n1250 begin\n1250 read\n1250 sample\n");
}

static void
begin_commit(void)
{
	world.c.app.committing = true;
}

static void
end_commit(void)
{
	world.c.app.committing = false;
	app_refresh(&world.c.app);
}

/* A commit of the console's own is read once, when it has ended. */
static void
test_own_commit(void **state UNUSED)
{
	static const struct event script[] = { { 300, begin_commit },
		{ 310, happen }, { 400, happen }, { 700, end_commit },
		{ 900, stop } };

	play(script, "250 sample\n700 begin\n700 read\n");
}

static void
begin_job(void)
{
	static char job, answer;

	world.c.app.job = (struct job *)(void *)&job;
	world.c.app.answer = (struct answer *)(void *)&answer;
	world.unreadable = true;
	happen();
}

static void
end_job(void)
{
	world.c.app.job = NULL;
	world.c.app.answer = NULL;
}

static void
mend(void)
{
	world.unreadable = false;
}

/* What cannot be read is told once, and not while a job has something to
 * tell; it is read again until it can be. */
static void
test_unreadable(void **state UNUSED)
{
	static const struct event script[] = { { 300, begin_job },
		{ 1300, end_job }, { 3300, mend }, { 5300, stop } };

	world.slices = 2;
	play(script, "250 sample\n350 begin\n350 fails\n"
		     "1250 sample\n1250 begin\n1250 fails\n"
		     "2250 sample\n2250 begin\n2250 fails\n2250 cannot read\n"
		     "3250 sample\n3250 begin\n3250 fails\n"
		     "4250 sample\n4250 begin\n4250 read\n5250 sample\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_burst, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    test_endless, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_paused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    test_at_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    test_meanwhile, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    test_own_commit, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    test_unreadable, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
