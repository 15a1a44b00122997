/* Starting, finding and asking a guard. */
#include "config.h"

#include "core/commit/guard_talk.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/intl.h"
#include "core/base/limits.h"
#include "core/base/log.h"
#include "core/base/loop.h"
#include "core/base/process.h"
#include "core/base/util.h"
#include "core/state/pending.h"
#include "core/state/unit.h"

#define START_MS 10000	/* until a guard listens, on a busy machine */
#define STATUS_MS 300	/* a screen waits for that */
#define QUEUE 8		/* that connect and are not served yet */
#define ALIVE_MS 1000	/* until a guard that is silent is looked at */
#define ANSWER_MS 30000 /* a revert of thousands of forwards takes seconds */

/* Sockets */

static int
local_address(struct sockaddr_un *a, const char *path)
{
	memset(a, 0, sizeof(*a));
	a->sun_family = AF_UNIX;
	if (strlen(path) >= sizeof(a->sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(a->sun_path, path, strlen(path) + 1);
	return 0;
}

static char *
socket_path(const char *run_path)
{
	return xasprintf("%s/guard", run_path);
}

/* In place of an older one. Only its own user may write to it, whatever the
 * umask of whoever started us. */
static int
bind_at(const char *path, int type)
{
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0), r = -1, saved;
	struct sockaddr_un a;
	mode_t old;

	if (fd != -1 && local_address(&a, path) == 0) {
		unlink(path);
		old = umask(0077);
		r = bind(fd, (struct sockaddr *)&a, sizeof(a));
		umask(old);
	}
	if (fd != -1 && r == -1) {
		saved = errno;
		close(fd);
		errno = saved;
		fd = -1;
	}
	return fd;
}

int
guard_listen(const char *run_path, struct err *e)
{
	char *path = socket_path(run_path);
	int fd = bind_at(path, SOCK_STREAM | SOCK_NONBLOCK);

	if (fd == -1 || listen(fd, QUEUE) == -1) {
		err_sys(e, ERR_FAIL, "cannot listen at %s", path);
		if (fd != -1)
			close(fd);
		fd = -1;
	}
	free(path);
	return fd;
}

void
guard_unlisten(const char *run_path)
{
	char *path = socket_path(run_path);

	unlink(path);
	free(path);
}

/* Never blocks: the queue of a stopped guard may be full (EAGAIN). */
static int
connect_to(const char *run_path)
{
	char *path = socket_path(run_path);
	struct sockaddr_un a;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int saved;

	if (fd != -1 &&
	    (local_address(&a, path) == -1 ||
		connect(fd, (struct sockaddr *)&a, sizeof(a)) == -1)) {
		saved = errno;
		close(fd);
		errno = saved;
		fd = -1;
	}
	free(path);
	return fd;
}

/* The process at the other end. */
static pid_t
peer(int fd)
{
	struct ucred who;
	socklen_t len = sizeof(who);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) == -1)
		return 0;
	return who.pid;
}

/* Bytes, 0 if the guard hung up, -1 with errno; ETIMEDOUT also as soon as it is
 * known to be stopped. */
static ssize_t
receive(int fd, void *to, size_t size, unsigned ms)
{
	unsigned slice;

	for (; !loop_wait_fd(fd, 0); ms -= slice) {
		slice = ms < ALIVE_MS ? ms : ALIVE_MS;
		if (slice > 0 && loop_wait_fd(fd, slice))
			break;
		if (ms == slice || process_is_stopped(peer(fd))) {
			errno = ETIMEDOUT;
			return -1;
		}
	}
	return recv(fd, to, size, 0);
}

/* Whether an answer may come: a client that was refused before it spoke can
 * still read why. */
static bool
say_line(int fd, const char *line)
{
	size_t len = strlen(line);

	return send(fd, line, len, MSG_NOSIGNAL) == (ssize_t)len ||
	       errno == EPIPE || errno == ECONNRESET;
}

/* The guard's process by its own note, where the socket does not tell. */
static pid_t
noted_pid(const char *run_path)
{
	struct pending p;
	struct err ignored;

	return pending_read(&p, run_path, &ignored) == 0 ? p.guard : 0;
}

enum guard_state
guard_look(const char *run_path, pid_t *pid)
{
	int fd = connect_to(run_path);
	enum guard_state state = GUARD_SILENT;
	char answer[64];
	ssize_t n = -1;
	bool gone;

	*pid = 0;
	if (fd == -1 && (errno == ENOENT || errno == ECONNREFUSED))
		return GUARD_DEAD;
	*pid = fd == -1 ? noted_pid(run_path) : peer(fd);
	if (fd != -1 && say_line(fd, "alive"))
		n = receive(fd, answer, sizeof(answer), ALIVE_MS);
	gone = n == 0 || errno == ECONNRESET;
	if (n > 0)
		state = GUARD_ANSWERS;
	else if (process_is_stopped(*pid))
		state = GUARD_STOPPED;
	else if (fd != -1 && gone)
		state = GUARD_DEAD;
	if (fd != -1)
		close(fd);
	return state;
}

/* Starting */

#define READY "READY=1"
#define FAILED "STATUS="

/* A single datagram, as systemd expects (sd_notify(3)). */
static int
notify(const char *path, const char *text)
{
	struct sockaddr_un a;
	int fd, r = -1;

	if (local_address(&a, path) == -1)
		return -1;
	if (a.sun_path[0] == '@')
		a.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return -1;
	if (sendto(fd, text, strlen(text), MSG_NOSIGNAL, (struct sockaddr *)&a,
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) +
			    strlen(path))) != -1)
		r = 0;
	close(fd);
	return r;
}

void
guard_tell_ready(void)
{
	const char *path = getenv("NOTIFY_SOCKET");

	if (path != NULL && notify(path, READY) == -1)
		log_line(LOG_WARNING, "%s", _("nobody waits for the guard"));
}

static void
notify_failed(const char *path, const struct err *e)
{
	char *text = xasprintf(FAILED "%s", e->text);

	notify(path, text);
	free(text);
}

void
guard_tell_failed(const struct err *e)
{
	const char *path = getenv("NOTIFY_SOCKET");

	if (path != NULL)
		notify_failed(path, e);
}

/* A transient unit survives a logout that kills the user's processes. It would
 * run in systemd's network namespace, so that must be ours. */
static bool
can_use_systemd(void)
{
	return unit_has_systemd() && process_shares_network(1);
}

/* The guard must not read or write the terminal of the committing process. */
static void
close_standard(void)
{
	int null = open("/dev/null", O_RDWR), i;

	for (i = 0; null != -1 && i <= 2; i++)
		dup2(null, i);
}

/* Before any descriptor is needed; failures are reported to the waiting
 * starter. */
static void
lift_limits(const char *waiting)
{
	struct err e;

	if (limits_lift(&e) == 0)
		return;
	notify_failed(waiting, &e);
	_exit(1);
}

/* In the child: everything of the parent is closed. */
static void
exec_guard(const struct host *h, const char *waiting)
{
	static char name[] = "seki", guard[] = "guard", config[] = "--config";
	char *const argv[] = { name, config, h->config_path, guard, NULL };

	setsid();
	loop_child();
	signal(SIGHUP, SIG_IGN);
	close_standard();
	syscall(SYS_close_range, 3, ~0u, 0); /* not in every libc */
	lift_limits(waiting);
	if (setenv("NOTIFY_SOCKET", waiting, 1) == 0 && chdir("/") == 0)
		execv("/proc/self/exe", argv);
	_exit(127);
}

/* Forks twice, so that init adopts it. */
static int
fork_guard(const struct host *h, const char *waiting)
{
	pid_t child = fork();
	int status = 1;

	if (child == -1)
		return -1;
	if (child == 0) {
		child = fork();
		if (child == 0)
			exec_guard(h, waiting);
		_exit(child == -1);
	}
	while (waitpid(child, &status, 0) == -1 && errno == EINTR)
		continue;
	return status == 0 ? 0 : -1;
}

static int
hear(int ready, struct err *e)
{
	char text[1024];
	ssize_t n = -1;

	if (loop_wait_fd(ready, START_MS))
		n = recv(ready, text, sizeof(text) - 1, 0);
	if (n < 0)
		return err_set(e, ERR_FAIL, "the guard did not start");
	text[n] = '\0';
	if (!has_prefix(text, FAILED))
		return 0;
	return err_set(
	    e, ERR_FAIL, "the guard did not start: %s", text + strlen(FAILED));
}

static int
fork_and_wait(const struct host *h, struct err *e)
{
	char *path = pending_path(h->run_path, "ready");
	int ready = bind_at(path, SOCK_DGRAM), r = -1;

	if (ready == -1)
		err_sys(e, ERR_FAIL, "cannot listen at %s", path);
	else if (fork_guard(h, path) == -1)
		err_sys(e, ERR_FAIL, "cannot start a guard");
	else
		r = hear(ready, e);
	if (ready != -1)
		close(ready);
	unlink(path);
	free(path);
	return r;
}

/* A unit has the system's language, but this guard answers its starter. */
static size_t
pass_language(const char **argv, size_t n)
{
	static const char *const names[] = { "LANG", "LANGUAGE", "LC_ALL",
		"LC_CTYPE", "LC_MESSAGES" };
	const char *value;
	size_t i;

	for (i = 0; i < NITEMS(names); i++) {
		value = getenv(names[i]);
		if (value != NULL)
			argv[n++] =
			    xasprintf("--setenv=%s=%s", names[i], value);
	}
	return n;
}

/* The guard's log concerns the service, whose journal is selected by this
 * field: journalctl(1), --unit. What restarts whatever uses a library that was
 * replaced, as needrestart does, would have it revert. */
static const char *const unit_options[] = { "systemd-run", "--quiet",
	"--collect", "--description=Guard of a commit that is pending",
	"--service-type=notify", "--property=RefuseManualStop=yes",
	"--property=OOMScoreAdjust=-900",
	"--property=LogExtraFields=OBJECT_SYSTEMD_UNIT=seki.service" };

/* As in seki.service.in, which has the reasons. But a guard writes the config,
 * wherever it is, and may be run from a home or from /tmp. */
static const char *const confinement[] = {
	"--property=CapabilityBoundingSet=CAP_NET_ADMIN CAP_SYS_ADMIN "
	"CAP_SYS_PTRACE CAP_NET_BROADCAST CAP_NET_RAW",
	"--property=NoNewPrivileges=yes",
	"--property=UMask=0077",
	"--property=ProtectSystem=strict",
	"--property=ProtectHome=read-only",
	"--property=ProtectKernelTunables=yes",
	"--property=ReadWritePaths=/proc/sys/net",
	"--property=ProtectControlGroups=yes",
	"--property=PrivateMounts=yes",
	"--property=PrivateDevices=yes",
	"--property=ProtectClock=yes",
	"--property=ProtectHostname=yes",
	"--property=ProtectKernelLogs=yes",
	"--property=ProtectKernelModules=yes",
	"--property=LockPersonality=yes",
	"--property=MemoryDenyWriteExecute=yes",
	"--property=RestrictRealtime=yes",
	"--property=RestrictSUIDSGID=yes",
	("--property=RestrictAddressFamilies="
	 "AF_UNIX AF_NETLINK AF_INET AF_INET6"),
	"--property=RestrictNamespaces=net",
	"--property=SystemCallArchitectures=native",
	"--property=SystemCallFilter=@system-service",
	"--property=SystemCallFilter=~@privileged @resources",
	"--property=SystemCallErrorNumber=EPERM",
};

/* A config that is not root's keeps its owner. */
static const char *const for_other_owners[] = {
	"--property=CapabilityBoundingSet=CAP_DAC_OVERRIDE CAP_CHOWN "
	"CAP_FOWNER",
	"--property=SystemCallFilter=@chown",
};

static bool
is_roots(const char *path)
{
	struct stat st;

	return stat(path, &st) == -1 || (st.st_uid == 0 && st.st_gid == 0);
}

/* With the folder that it is in, and the history beside it. */
static bool
all_is_roots(const char *file)
{
	char *folder = path_beside(file, ""),
	     *history = path_beside(file, "history");
	bool r = is_roots(file) && is_roots(folder) && is_roots(history);

	free(history);
	free(folder);
	return r;
}

static bool
is_temporary(const char *path)
{
	return has_prefix(path, "/tmp/") || has_prefix(path, "/var/tmp/");
}

/* The folder of a file, which must exist by now, and that of a symlink's
 * target. */
static size_t
pass_folder(const char **argv, size_t n, const char *file)
{
	argv[n++] = xasprintf("--property=ReadWritePaths=\"-%.*s\"",
	    (int)(strrchr(file, '/') - file), file);
	return n;
}

static size_t
pass_confinement(
    const char **argv, size_t n, const struct host *h, const char *self)
{
	const char *config = h->config_path, *real = realpath(config, NULL);
	struct err ignored;

	if (real == NULL)
		real = config;
	file_make_folder(config, &ignored);
	memcpy(argv + n, confinement, sizeof(confinement));
	n += NITEMS(confinement);
	if (!all_is_roots(config) || !all_is_roots(real)) {
		memcpy(argv + n, for_other_owners, sizeof(for_other_owners));
		n += NITEMS(for_other_owners);
	}
	if (!is_temporary(self) && !is_temporary(h->run_path) &&
	    !is_temporary(config) && !is_temporary(real))
		argv[n++] = "--property=PrivateTmp=yes";
	argv[n++] = xasprintf("--property=ReadWritePaths=\"%s\"", h->run_path);
	n = pass_folder(argv, n, config);
	return pass_folder(argv, n, real);
}

static void
exec_systemd(const struct host *h, const char *self, bool confined)
{
	const char *argv[NITEMS(unit_options) + NITEMS(confinement) +
			 NITEMS(for_other_owners) + 16];
	size_t n = NITEMS(unit_options);

	memcpy(argv, unit_options, sizeof(unit_options));
	n = pass_language(argv, n);
	if (confined)
		n = pass_confinement(argv, n, h, self);
	argv[n++] = xasprintf("--unit=seki-guard-%d", (int)getpid());
	argv[n++] = self;
	argv[n++] = "--config";
	argv[n++] = h->config_path;
	argv[n++] = "guard";
	argv[n] = NULL;
	close_standard();
	loop_child();
	execvp(argv[0], (char *const *)argv);
	_exit(127);
}

static int
run_systemd(const struct host *h, bool confined)
{
	char *self = process_path("/proc/self");
	pid_t child = self != NULL ? fork() : -1;
	int status = 1;

	if (child == 0)
		exec_systemd(h, self, confined);
	while (
	    child != -1 && waitpid(child, &status, 0) == -1 && errno == EINTR)
		continue;
	free(self);
	return status == 0 ? 0 : -1;
}

/* An old systemd, or one in a container, may not support the confinement. */
int
guard_start(const struct host *h, struct err *e)
{
	if (can_use_systemd() &&
	    (run_systemd(h, true) == 0 || run_systemd(h, false) == 0))
		return 0;
	return fork_and_wait(h, e);
}

/* Asking */

static int
no_guard(struct err *e)
{
	err_set(e, ERR_FAIL, "no commit is pending");
	return err_hint(e, "seki show status tells what happened last");
}

/* After connect_to. A running guard may have too many clients, and only root
 * may ask. */
static int
not_connected(struct err *e)
{
	if (errno == EAGAIN)
		return err_set(e, ERR_BUSY, "the guard does not answer");
	if (errno == EACCES || errno == EPERM)
		return err_sys(e, ERR_FAIL, "cannot speak to the guard");
	return no_guard(e);
}

static int
no_answer(int fd, struct err *e)
{
	pid_t pid = peer(fd);

	if (!process_is_stopped(pid))
		return err_set(e, ERR_FAIL, "the guard does not answer");
	err_set(e, ERR_FAIL, "the guard is stopped (process %d)", (int)pid);
	return err_hint(e, "the next seki takes over");
}

/* Reads the answer until the guard hangs up, or, on a held connection, once. */
static int
read_answer(int fd, bool once, unsigned ms, struct buf *b, struct err *e)
{
	char chunk[4096];
	ssize_t n;

	do {
		n = receive(fd, chunk, sizeof(chunk), ms);
		if (n == -1 && errno == ETIMEDOUT)
			return no_answer(fd, e);
		if (n > 0)
			buf_add_n(b, chunk, (size_t)n);
	} while (n > 0 && !once);
	return b->len > 0 ? 0 : no_guard(e);
}

static int
understand(const char *said, struct buf *answer, struct err *e)
{
	const char *text = strchr(said, '\n'), *hint;
	unsigned code;

	text = text != NULL ? text + 1 : "";
	if (has_prefix(said, "ok\n")) {
		buf_add(answer, text);
		return 0;
	}
	if (sscanf(said, "error %u\n", &code) != 1 || code == ERR_NONE ||
	    code > ERR_BUSY || text[0] == '\0' || text[0] == '\n')
		return err_set(
		    e, ERR_FAIL, "cannot parse what the guard answers");
	hint = strchr(text, '\n');
	err_set(e, (enum err_code)code, "%.*s", (int)strcspn(text, "\n"), text);
	return hint != NULL ? err_hint(e, "%s", hint + 1) : -1;
}

/* GUARD_LOST if there was no answer; -1 if the answer was an error. */
static int
speak(int fd, const char *line, bool once, struct buf *answer, struct err *e)
{
	unsigned ms = strcmp(line, "status") == 0 ? STATUS_MS : ANSWER_MS;
	struct buf said = { 0 };
	int r = GUARD_LOST;

	if (!say_line(fd, line))
		err_sys(e, ERR_FAIL, "cannot reach the guard");
	else if (read_answer(fd, once, ms, &said, e) == 0)
		r = understand(buf_text(&said), answer, e);
	buf_free(&said);
	return r;
}

int
guard_ask(
    const struct host *h, const char *line, struct buf *answer, struct err *e)
{
	int fd = connect_to(h->run_path), r;

	if (fd == -1) {
		not_connected(e);
		return GUARD_LOST;
	}
	r = speak(fd, line, false, answer, e);
	close(fd);
	return r;
}

/* Without waiting */

struct guard_question {
	int fd;
	struct buf said;
};

struct guard_question *
guard_question_begin(const struct host *h, const char *line)
{
	struct guard_question *q;
	int fd = connect_to(h->run_path);

	if (fd == -1)
		return NULL;
	q = xcalloc(1, sizeof(*q));
	q->fd = fd;
	if (say_line(fd, line))
		return q;
	guard_question_end(q);
	return NULL;
}

int
guard_question_fd(const struct guard_question *q)
{
	return q->fd;
}

int
guard_question_more(struct guard_question *q, struct buf *answer)
{
	char chunk[4096];
	struct err ignored;
	ssize_t n = recv(q->fd, chunk, sizeof(chunk), 0);

	if (n > 0)
		buf_add_n(&q->said, chunk, (size_t)n);
	if (n > 0 || (n == -1 && (errno == EAGAIN || errno == EINTR)))
		return 1;
	return q->said.len > 0
		   ? understand(buf_text(&q->said), answer, &ignored)
		   : GUARD_LOST;
}

void
guard_question_end(struct guard_question *q)
{
	if (q == NULL)
		return;
	close(q->fd);
	buf_free(&q->said);
	free(q);
}

/* In a commit */

int
guard_hold(const struct host *h, struct err *e)
{
	struct buf answer = { 0 };
	int fd = connect_to(h->run_path);

	if (fd == -1)
		return err_sys(e, ERR_FAIL, "cannot reach the guard");
	if (speak(fd, "hold", true, &answer, e) != 0) {
		close(fd);
		fd = -1;
	}
	buf_free(&answer);
	return fd;
}

int
guard_say(int hold, const char *line, struct buf *answer, struct err *e)
{
	return speak(hold, line, true, answer, e);
}
