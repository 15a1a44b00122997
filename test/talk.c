/* How a guard is started and spoken to. The programs that would be run note
 * their arguments; the guard that answers takes a turn whenever it is waited
 * for, so that nothing takes time. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/file.h"
#include "core/base/limits.h"
#include "core/base/loop.h"
#include "core/base/process.h"
#include "core/base/util.h"
#include "core/commit/guard_talk.h"
#include "core/state/pending.h"
#include "core/state/unit.h"

#include "lib/folder.h"

enum refused { NOTHING, CONFINED, ALL };

/* What there is besides the one who speaks */
static struct {
	bool systemd, elsewhere, deleted; /* the last: no path is known */
	enum refused refused;		  /* by systemd */
	bool limited, dies, lacks;	  /* a guard that was forked */
	char *folder;

	const char *script; /* what is left of it; see guard_turn */
	int listening, client;
	bool stopped;
	unsigned waited; /* ms in vain */
} world;

bool __wrap_unit_has_systemd(void);
bool __wrap_process_shares_network(pid_t);
bool __wrap_process_is_stopped(pid_t);
char *__wrap_process_path(const char *folder);
int __wrap_limits_lift(struct err *);
int __wrap_execvp(const char *file, char *const *argv);
int __wrap_execv(const char *path, char *const *argv);
bool __real_loop_wait_fd(int fd, unsigned ms);
bool __wrap_loop_wait_fd(int fd, unsigned ms);

bool
__wrap_unit_has_systemd(void)
{
	return world.systemd;
}

bool
__wrap_process_shares_network(pid_t pid)
{
	return pid == 1 && !world.elsewhere;
}

bool
__wrap_process_is_stopped(pid_t pid)
{
	return pid == getpid() && world.stopped;
}

char *
__wrap_process_path(const char *folder)
{
	assert_string_equal(folder, "/proc/self");
	return world.deleted ? NULL : xstrdup("/opt/se ki");
}

int
__wrap_limits_lift(struct err *e)
{
	return world.limited ? err_set(e, ERR_FAIL, "no files") : 0;
}

/* Starting */

/* In a child: "PID NAME" and its arguments, a line each. */
static void
note(const char *name, char *const *argv)
{
	char *path = xasprintf("%s/calls", world.folder);
	struct buf b = { 0 };
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);

	buf_printf(&b, "%d %s\n", (int)getpid(), name);
	for (; *argv != NULL; argv++)
		buf_printf(&b, "%s\n", *argv);
	if (write(fd, b.s, b.len) != (ssize_t)b.len)
		_exit(1);
}

int
__wrap_execvp(const char *file, char *const *argv)
{
	bool confined = false;
	char *const *p;

	for (p = argv; *p != NULL; p++)
		confined |= has_prefix(*p, "--property=ProtectSystem=strict");
	note(confined ? "confined" : "free", argv);
	_exit(strcmp(file, "systemd-run") != 0 || world.refused == ALL ||
	      (world.refused == CONFINED && confined));
}

int
__wrap_execv(const char *path, char *const *argv)
{
	static const struct err lacks = { .text = "no library" };
	static const struct err open = { .text = "anybody may say so" };
	struct stat st = { .st_mode = 0777 };

	if (world.dies)
		_exit(0);
	note(path, argv);
	stat(getenv("NOTIFY_SOCKET"), &st);
	if ((st.st_mode & 0077) != 0)
		guard_tell_failed(&open);
	else if (world.lacks)
		guard_tell_failed(&lacks);
	else
		guard_tell_ready();
	_exit(0);
}

static struct host *
a_host(const char *folder)
{
	static struct host h;

	folder_write(folder, "run/pending/undo", "");
	memset(&world, 0, sizeof(world));
	world.folder = xstrdup(folder);
	world.listening = world.client = -1;
	h.run_path = xasprintf("%s/run", folder);
	h.config_path = xasprintf("%s/etc/seki.conf", folder);
	return &h;
}

static void
a_host_free(struct host *h)
{
	free(h->run_path);
	free(h->config_path);
	free(world.folder);
}

#define FORKED " /proc/self/exe"

static void
test_ways(void **state)
{
	static const struct {
		bool systemd, elsewhere, deleted;
		enum refused refused;
		const char *ways[4]; /* that are tried */
	} cases[] = {
		{ true, false, false, NOTHING, { " confined" } },
		{ true, false, false, CONFINED, { " confined", " free" } },
		{ true, false, false, ALL, { " confined", " free", FORKED } },
		{ true, true, false, NOTHING, { FORKED } },
		{ true, false, true, NOTHING, { FORKED } },
		{ false, false, false, NOTHING, { FORKED } },
	};
	struct host *h = a_host(*state);
	const char *const *way;
	char *calls, *rest, *line;
	struct err e;
	size_t i;

	for (i = 0; i < NITEMS(cases); i++) {
		world.systemd = cases[i].systemd;
		world.elsewhere = cases[i].elsewhere;
		world.deleted = cases[i].deleted;
		world.refused = cases[i].refused;
		assert_int_equal(guard_start(h, &e), 0);
		rest = calls = folder_read(*state, "calls");
		way = cases[i].ways;
		while ((line = next_line(&rest)) != NULL)
			if (line[0] >= '1' && line[0] <= '9')
				assert_string_equal(strchr(line, ' '), *way++);
		assert_null(*way);
		free(calls);
		folder_write(*state, "calls", "");
	}
	a_host_free(h);
}

static void
assert_line(const char *text, const char *fmt, const char *value)
{
	struct buf b = { 0 };

	buf_add(&b, "\n");
	buf_printf(&b, fmt, value);
	buf_add(&b, "\n");
	if (strstr(text, b.s) == NULL)
		fail_msg("no %s in %s", b.s, text);
	buf_free(&b);
}

/* The config is a link: both folders may be written. */
static void
test_unit(void **state)
{
	struct host *h = a_host(*state);
	struct buf end = { 0 };
	struct err e;
	char *calls, *real = xasprintf("%s/real/a", (char *)*state);

	folder_write(*state, "real/a", "");
	folder_write(*state, "etc/other", "");
	assert_int_equal(symlink(real, h->config_path), 0);
	setenv("LANG", "ja_JP.UTF-8", 1);
	unsetenv("LC_ALL");
	world.systemd = true;
	assert_int_equal(guard_start(h, &e), 0);

	calls = folder_read(*state, "calls");
	assert_line(calls, "%s", "systemd-run");
	assert_line(calls, "%s", "--service-type=notify");
	assert_line(calls, "%s", "--setenv=LANG=ja_JP.UTF-8");
	assert_null(strstr(calls, "LC_ALL"));
	assert_line(
	    calls, "--property=ReadWritePaths=\"%s/run\"", world.folder);
	assert_line(
	    calls, "--property=ReadWritePaths=\"-%s/etc\"", world.folder);
	assert_line(
	    calls, "--property=ReadWritePaths=\"-%s/real\"", world.folder);
	buf_printf(&end,
	    "\n--unit=seki-guard-%d\n/opt/se ki\n--config\n%s\nguard\n",
	    atoi(calls), h->config_path);
	assert_string_equal(calls + strlen(calls) - end.len, end.s);
	buf_free(&end);
	free(calls);
	free(real);
	a_host_free(h);
}

#define OTHERS "--property=CapabilityBoundingSet=CAP_DAC_OVERRIDE"
#define NO_TMP "\n--property=PrivateTmp=yes\n"

/* What a guard may do besides is for whoever owns the config, wherever that
 * is. */
static void
assert_confined(const struct host *h, bool others, bool no_tmp)
{
	char *calls;
	struct err e;

	folder_write(world.folder, "calls", "");
	assert_int_equal(guard_start(h, &e), 0);
	calls = folder_read(world.folder, "calls");
	assert_int_equal(strstr(calls, OTHERS) != NULL, others);
	assert_int_equal(
	    strstr(calls, "\n--property=SystemCallFilter=@chown\n") != NULL,
	    others);
	assert_int_equal(strstr(calls, NO_TMP) != NULL, no_tmp);
	free(calls);
}

static void
test_owners(void **state)
{
	static const struct {
		const char *name;
		bool matters;
	} files[] = { { "etc", true }, { "etc/history", true },
		{ "etc/other", false }, { "real", true }, { "real/a", true } };
	bool no_tmp = !has_prefix(*state, "/tmp/");
	struct host *h = a_host(*state);
	char *path, *real = xasprintf("%s/real/a", (char *)*state);
	size_t i;

	if (geteuid() != 0)
		skip();
	world.systemd = true;
	folder_write(*state, "real/a", "");
	folder_write(*state, "etc/other", "");
	folder_write(*state, "etc/history/1", "");
	assert_int_equal(symlink(real, h->config_path), 0);
	assert_confined(h, false, no_tmp);
	for (i = 0; i < NITEMS(files); i++) {
		path = xasprintf("%s/%s", (char *)*state, files[i].name);
		assert_int_equal(chown(path, 1, 0), 0);
		assert_confined(h, files[i].matters, no_tmp);
		assert_int_equal(chown(path, 0, 1), 0);
		assert_confined(h, files[i].matters, no_tmp);
		assert_int_equal(chown(path, 0, 0), 0);
		free(path);
	}
	free(real);
	a_host_free(h);
}

static void
test_temporary(void **state)
{
	char path[] = "/var/tmp/seki-test-XXXXXX";
	struct host *h = a_host(*state);
	int fd = mkstemp(path);

	assert_int_not_equal(fd, -1);
	close(fd);
	folder_write(*state, "etc/other", "");
	assert_int_equal(symlink(path, h->config_path), 0);
	world.systemd = true;
	assert_confined(h, geteuid() != 0, false);
	unlink(path);
	a_host_free(h);
}

/* Whatever the umask: nobody else can say that the guard is there. */
static void
test_fork(void **state)
{
	static const struct {
		bool limited, dies, lacks;
		const char *error;
	} cases[] = {
		{ false, false, false, NULL },
		{ true, false, false, "the guard did not start: no files" },
		{ false, true, false, "the guard did not start" },
		{ false, false, true, "the guard did not start: no library" },
	};
	struct host *h = a_host(*state);
	mode_t old = umask(0);
	struct err e;
	size_t i;

	for (i = 0; i < NITEMS(cases); i++) {
		world.limited = cases[i].limited;
		world.dies = cases[i].dies;
		world.lacks = cases[i].lacks;
		assert_int_equal(
		    guard_start(h, &e), cases[i].error != NULL ? -1 : 0);
		if (cases[i].error != NULL)
			assert_string_equal(e.text, cases[i].error);
		assert_int_equal(folder_count(*state, "run/pending"), 1);
	}
	umask(old);
	a_host_free(h);
}

static void
test_fork_arguments(void **state)
{
	struct host *h = a_host(*state);
	struct buf end = { 0 };
	struct err e;
	char *calls;

	assert_int_equal(guard_start(h, &e), 0);
	calls = folder_read(*state, "calls");
	buf_printf(&end, "exe\nseki\n--config\n%s\nguard\n", h->config_path);
	assert_string_equal(calls + strlen(calls) - end.len, end.s);
	buf_free(&end);
	free(calls);
	a_host_free(h);
}

/* Asking */

/* One piece of the script. They end with '|'; an empty one is a pause. After
 * the last it hangs up, unless that is "...". */
static void
guard_turn(void)
{
	size_t n = strcspn(world.script, "|");

	if (world.client == -1 || strcmp(world.script, "...") == 0)
		return;
	assert_int_equal(
	    send(world.client, world.script, n, MSG_NOSIGNAL), (ssize_t)n);
	if (world.script[n] == '|') {
		world.script += n + 1;
		return;
	}
	close(world.client);
	world.client = -1;
}

/* Lets the guard accept who connected; with a leading '!' it does not read. */
static void
guard_accept(void)
{
	char line[64];

	if (world.listening == -1 || world.client != -1)
		return;
	world.client = accept(world.listening, NULL, NULL);
	if (world.client == -1)
		return;
	if (*world.script == '!')
		world.script++;
	else
		recv(world.client, line, sizeof(line), 0);
}

bool
__wrap_loop_wait_fd(int fd, unsigned ms)
{
	if (world.script == NULL) /* it was forked */
		return !world.dies && __real_loop_wait_fd(fd, ms);
	guard_accept();
	guard_turn();
	if (__real_loop_wait_fd(fd, 0))
		return true;
	world.waited += ms;
	return false;
}

/* A guard that is going to answer like that. */
static void
guard_will(const struct host *h, const char *text)
{
	struct err e;

	world.script = text;
	world.waited = 0;
	world.listening = guard_listen(h->run_path, &e);
	if (world.listening == -1)
		fail_msg("%s", e.text);
}

static void
guard_gone(const struct host *h)
{
	if (world.client != -1)
		close(world.client);
	guard_unlisten(h->run_path);
	close(world.listening);
	world.client = world.listening = -1;
	world.stopped = false;
	world.script = "";
}

static void
assert_error(
    const struct err *e, enum err_code code, const char *text, const char *hint)
{
	assert_string_equal(e->text, text);
	assert_string_equal(e->hint, hint);
	assert_int_equal(e->code, code);
}

#define UNCLEAR "cannot parse what the guard answers"
#define NO_GUARD "no commit is pending"
#define NO_GUARD_HINT "seki show status tells what happened last"

static void
test_answers(void **state)
{
	static const struct {
		const char *said, *answer;
	} cases[] = {
		{ "ok\n", "" }, { "ok\nyes\n", "yes\n" },
		{ "ok\nerror 1\nno\n", "error 1\nno\n" },
		{ "o|k|\nye|s", "yes" }, { "||ok\n||yes", "yes" },
		{ "!ok\nyes", "yes" }, /* the connection is reset */
	};
	struct host *h = a_host(*state);
	struct err e;
	size_t i;

	for (i = 0; i < NITEMS(cases); i++) {
		struct buf answer = { 0 };

		guard_will(h, cases[i].said);
		assert_int_equal(guard_ask(h, "confirm", &answer, &e), 0);
		assert_string_equal(buf_text(&answer), cases[i].answer);
		buf_free(&answer);
		guard_gone(h);
	}
	a_host_free(h);
}

static void
test_errors(void **state)
{
	static const struct {
		const char *said;
		int r;
		enum err_code code;
		const char *text, *hint;
	} cases[] = {
		{ "error 4\nbusy\n", -1, ERR_BUSY, "busy", "" },
		{ "error 1\nfull", -1, ERR_FAIL, "full", "" },
		{ "error 3\nno 100%s|\nlog in", -1, (enum err_code)3,
		    "no 100%s", "log in" },
		{ "", GUARD_LOST, ERR_FAIL, NO_GUARD, NO_GUARD_HINT },
		{ "!", GUARD_LOST, ERR_FAIL, NO_GUARD, NO_GUARD_HINT },
		{ "ok", -1, ERR_FAIL, UNCLEAR, "" },
		{ "okay\n", -1, ERR_FAIL, UNCLEAR, "" },
		{ "error\nno\n", -1, ERR_FAIL, UNCLEAR, "" },
		{ "error 0\nno\n", -1, ERR_FAIL, UNCLEAR, "" },
		{ "error 5\nno\n", -1, ERR_FAIL, UNCLEAR, "" },
		{ "error 1", -1, ERR_FAIL, UNCLEAR, "" },
		{ "error 1\n", -1, ERR_FAIL, UNCLEAR, "" },
		{ "error 1\n\nlog in", -1, ERR_FAIL, UNCLEAR, "" },
	};
	struct host *h = a_host(*state);
	struct buf answer = { 0 };
	struct err e;
	size_t i;

	for (i = 0; i < NITEMS(cases); i++) {
		guard_will(h, cases[i].said);
		assert_int_equal(
		    guard_ask(h, "confirm", &answer, &e), cases[i].r);
		assert_error(&e, cases[i].code, cases[i].text, cases[i].hint);
		assert_int_equal(answer.len, 0);
		guard_gone(h);
	}
	a_host_free(h);
}

/* How often there was more to come, and whatever became of it. */
static int
hear_all(struct guard_question *q, struct buf *answer, unsigned *times)
{
	int r;

	for (*times = 0; (r = guard_question_more(q, answer)) == 1; ++*times)
		loop_wait_fd(guard_question_fd(q), 0);
	guard_question_end(q);
	return r;
}

/* Who does not wait hears the same. */
static void
test_without_waiting(void **state)
{
	static const struct {
		const char *said;
		int r;
		const char *answer;
		unsigned times;
	} cases[] = {
		{ "ok\n", 0, "", 2 },
		{ "o|k|\nye|s", 0, "yes", 5 },
		{ "||ok\n||yes", 0, "yes", 6 },
		{ "error 4\nbusy\n", -1, "", 2 },
		{ "okay\n", -1, "", 2 },
		{ "", GUARD_LOST, "", 1 },
	};
	struct host *h = a_host(*state);
	struct guard_question *q;
	unsigned times;
	size_t i;

	assert_null(guard_question_begin(h, "status"));
	for (i = 0; i < NITEMS(cases); i++) {
		struct buf answer = { 0 };

		guard_will(h, cases[i].said);
		q = guard_question_begin(h, "status");
		assert_non_null(q);
		assert_int_equal(hear_all(q, &answer, &times), cases[i].r);
		assert_int_equal(times, cases[i].times);
		assert_string_equal(buf_text(&answer), cases[i].answer);
		buf_free(&answer);
		guard_gone(h);
	}
	a_host_free(h);
}

/* A screen that asks for the status does not wait for half a minute. */
static void
test_silence(void **state)
{
	static const struct {
		const char *line;
		bool stopped;
		unsigned waits;
	} cases[] = {
		{ "status", false, 300 },
		{ "confirm", false, 30000 },
		{ "confirm", true, 1000 },
	};
	struct host *h = a_host(*state);
	struct buf answer = { 0 };
	struct err e;
	char *stopped =
	    xasprintf("the guard is stopped (process %d)", (int)getpid());
	size_t i;

	for (i = 0; i < NITEMS(cases); i++) {
		guard_will(h, "...");
		world.stopped = cases[i].stopped;
		assert_int_equal(
		    guard_ask(h, cases[i].line, &answer, &e), GUARD_LOST);
		assert_int_equal(world.waited, cases[i].waits);
		if (cases[i].stopped)
			assert_error(
			    &e, ERR_FAIL, stopped, "the next seki takes over");
		else
			assert_error(
			    &e, ERR_FAIL, "the guard does not answer", "");
		guard_gone(h);
	}
	free(stopped);
	a_host_free(h);
}

static void
test_long_answer(void **state)
{
	struct host *h = a_host(*state);
	struct buf said = { 0 }, answer = { 0 };
	struct err e;

	buf_add(&said, "ok\n");
	while (said.len < 50000)
		buf_printf(&said, "%zu\n", said.len);
	guard_will(h, said.s);
	assert_int_equal(guard_ask(h, "status", &answer, &e), 0);
	assert_string_equal(answer.s, said.s + 3);
	guard_gone(h);
	buf_free(&said);
	buf_free(&answer);
	a_host_free(h);
}

/* A client that is refused before it spoke still reads why. */
static void
test_refused(void **state)
{
	static const char said[] = "error 4\nbusy\n";
	struct buf answer = { 0 };
	struct err e;
	int pair[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_int_equal(write(pair[1], said, strlen(said)), strlen(said));
	close(pair[1]);
	assert_int_equal(guard_say(pair[0], "hold", &answer, &e), -1);
	assert_error(&e, ERR_BUSY, "busy", "");
	close(pair[0]);
}

/* A held connection is answered without a hang-up. */
static void
test_hold(void **state)
{
	struct host *h = a_host(*state);
	struct buf answer = { 0 };
	struct err e;
	int hold;

	guard_will(h, "ok\n|ok\nsaved|...");
	hold = guard_hold(h, &e);
	assert_true(hold >= 0);
	assert_int_equal(guard_say(hold, "keep", &answer, &e), 0);
	assert_string_equal(answer.s, "saved");
	close(hold);
	guard_gone(h);
	buf_free(&answer);

	guard_will(h, "error 4\nbusy");
	assert_int_equal(guard_hold(h, &e), -1);
	assert_error(&e, ERR_BUSY, "busy", "");
	guard_gone(h);
	a_host_free(h);
}

/* Nobody, and one that was killed. */
static void
test_not_connected(void **state)
{
	struct host *h = a_host(*state);
	struct buf answer = { 0 };
	struct err e;
	pid_t pid;

	assert_int_equal(guard_ask(h, "revert", &answer, &e), GUARD_LOST);
	assert_error(&e, ERR_FAIL, NO_GUARD, NO_GUARD_HINT);
	guard_will(h, "...");
	close(world.listening);
	assert_int_equal(guard_ask(h, "revert", &answer, &e), GUARD_LOST);
	assert_error(&e, ERR_FAIL, NO_GUARD, NO_GUARD_HINT);
	assert_int_equal(guard_look(h->run_path, &pid), GUARD_DEAD);
	assert_int_equal(pid, 0);
	a_host_free(h);
}

/* More wait than it accepts: its own note tells who it is. */
static void
test_full_queue(void **state)
{
	struct host *h = a_host(*state);
	struct pending p = { .phase = PENDING_WAITING, .guard = getpid() };
	struct buf answer = { 0 };
	struct err e = { 0 };
	pid_t pid;
	int n;

	assert_int_equal(pending_write(&p, h->run_path, &e), 0);
	guard_will(h, "...");
	world.client = world.listening; /* it accepts nobody */
	for (n = 0; n < 100 && e.code != ERR_BUSY; n++)
		assert_int_equal(
		    guard_ask(h, "status", &answer, &e), GUARD_LOST);
	assert_error(&e, ERR_BUSY, "the guard does not answer", "");
	assert_int_equal(guard_look(h->run_path, &pid), GUARD_SILENT);
	assert_int_equal(pid, getpid());
	world.stopped = true;
	assert_int_equal(guard_look(h->run_path, &pid), GUARD_STOPPED);
	world.client = -1;
	guard_gone(h);
	a_host_free(h);
}

static void
test_look(void **state)
{
	static const struct {
		const char *script;
		bool stopped;
		enum guard_state is;
	} cases[] = {
		{ "ok\n", false, GUARD_ANSWERS },
		{ "|ok\n", true, GUARD_ANSWERS },
		{ "...", false, GUARD_SILENT },
		{ "...", true, GUARD_STOPPED },
		{ "", false, GUARD_DEAD },
		{ "!", false, GUARD_DEAD },
	};
	struct host *h = a_host(*state);
	pid_t pid;
	size_t i;

	for (i = 0; i < NITEMS(cases); i++) {
		guard_will(h, cases[i].script);
		world.stopped = cases[i].stopped;
		assert_int_equal(guard_look(h->run_path, &pid), cases[i].is);
		assert_int_equal(pid, getpid());
		assert_true(world.waited <= 2000);
		guard_gone(h);
	}
	assert_int_equal(guard_look(h->run_path, &pid), GUARD_DEAD);
	assert_int_equal(pid, 0);
	a_host_free(h);
}

/* Only its own user may connect. */
static void
test_listen(void **state)
{
	struct host *h = a_host(*state);
	char *path = xasprintf("%s/guard", h->run_path);
	struct stat st;

	guard_will(h, "");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0077, 0);
	close(world.listening);
	assert_int_equal(access(path, F_OK), 0);
	guard_will(h, ""); /* in its place */
	guard_gone(h);
	assert_int_equal(access(path, F_OK), -1);
	free(path);
	a_host_free(h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FOLDER_TEST(test_ways),
		FOLDER_TEST(test_unit),
		FOLDER_TEST(test_owners),
		FOLDER_TEST(test_temporary),
		FOLDER_TEST(test_fork),
		FOLDER_TEST(test_fork_arguments),
		FOLDER_TEST(test_answers),
		FOLDER_TEST(test_errors),
		FOLDER_TEST(test_without_waiting),
		FOLDER_TEST(test_silence),
		FOLDER_TEST(test_long_answer),
		cmocka_unit_test(test_refused),
		FOLDER_TEST(test_hold),
		FOLDER_TEST(test_not_connected),
		FOLDER_TEST(test_full_queue),
		FOLDER_TEST(test_look),
		FOLDER_TEST(test_listen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
