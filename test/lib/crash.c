/* Ends a program at its nth system call, or lets that call fail: ptrace(2).
 *
 *   crash [-g] [-o FILE] [-p PID] WHAT N [COMMAND...]
 *
 * Counts the calls of COMMAND, or of the process PID, and of its children. The
 * guard that it starts, and the children of that, are counted with -g, and with
 * it alone. Of a COMMAND it counts from main on, which opens /dev/null first.
 *
 * WHAT is KILL, which ends the program before that call; KILLONE, which ends
 * only the process that calls, as it may be a child; or an error that the
 * kernel has for some calls, such as EIO: then those alone are counted, and the
 * nth is not made. For kills those are counted that change something outside
 * the process: what is killed between two of them leaves the same behind.
 *
 * FILE gets "fired N CALL", or, where there are not so many, "passed WHAT N"
 * for each WHAT; with -p it is written once the process has ended or N was
 * reached, and crash itself ends as soon as it watches. Its status is that of
 * COMMAND, or 128 and a signal, or 99. */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/ptrace.h>

#define NITEMS(a) (sizeof(a) / sizeof((a)[0]))
#define BROKEN 99
#define TRACEES_MAX 256
#define OPTIONS                                                                \
	(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |    \
	    PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC)

struct call {
	const char *name;
	long number;
	unsigned whats; /* bits of enum what: when it is counted */
};

enum what { KILL, KILLONE, IO, FULL, FILES, MEMORY, SIGNAL, RIGHTS, AGAIN };

static const struct {
	const char *name;
	int code; /* 0: it is a kill */
} whats[] = {
	[KILL] = { "KILL", 0 },
	[KILLONE] = { "KILLONE", 0 },
	[IO] = { "EIO", EIO },
	[FULL] = { "ENOSPC", ENOSPC },
	[FILES] = { "EMFILE", EMFILE },
	[MEMORY] = { "ENOMEM", ENOMEM },
	[SIGNAL] = { "EINTR", EINTR },
	[RIGHTS] = { "EPERM", EPERM },
	[AGAIN] = { "EAGAIN", EAGAIN },
};

/* Their errors are as their manual pages have it. Not all architectures have
 * all calls. Of packets that a filter drops send(2) says EPERM, and of messages
 * to the kernel never. */
#define B(what) (1u << (what))
#define KILLS (B(KILL) | B(KILLONE))
static const struct call calls[] = {
	{ "accept4", SYS_accept4, B(FILES) | B(SIGNAL) | B(MEMORY) },
	{ "bind", SYS_bind, KILLS | B(FULL) | B(RIGHTS) | B(MEMORY) },
	{ "clone", SYS_clone, KILLS | B(MEMORY) | B(AGAIN) },
	{ "clone3", SYS_clone3, KILLS | B(MEMORY) | B(AGAIN) },
	{ "connect", SYS_connect, KILLS | B(RIGHTS) | B(AGAIN) | B(SIGNAL) },
	{ "exit_group", SYS_exit_group, KILLS },
	{ "fchmod", SYS_fchmod, KILLS | B(IO) | B(RIGHTS) },
	{ "fchown", SYS_fchown, KILLS | B(IO) | B(RIGHTS) },
	{ "flock", SYS_flock, B(SIGNAL) },
	{ "fsync", SYS_fsync, B(IO) | B(FULL) },
	{ "ftruncate", SYS_ftruncate, KILLS | B(IO) },
	{ "getdents64", SYS_getdents64, B(IO) },
	{ "kill", SYS_kill, KILLS | B(RIGHTS) },
	{ "mkdirat", SYS_mkdirat, KILLS | B(IO) | B(FULL) },
	{ "mmap", SYS_mmap, B(MEMORY) },
	{ "openat", SYS_openat,
	    KILLS | B(IO) | B(FULL) | B(FILES) | B(MEMORY) | B(SIGNAL) },
	{ "pidfd_open", SYS_pidfd_open, B(FILES) | B(MEMORY) },
	{ "pidfd_send_signal", SYS_pidfd_send_signal, KILLS },
	{ "pipe2", SYS_pipe2, B(FILES) },
	{ "ppoll", SYS_ppoll, B(SIGNAL) | B(MEMORY) },
	{ "read", SYS_read, B(IO) | B(SIGNAL) },
	{ "recvfrom", SYS_recvfrom, B(MEMORY) | B(SIGNAL) | B(AGAIN) },
	{ "recvmsg", SYS_recvmsg, B(MEMORY) | B(SIGNAL) | B(AGAIN) },
	{ "renameat", SYS_renameat, KILLS | B(IO) | B(FULL) },
	{ "renameat2", SYS_renameat2, KILLS | B(IO) | B(FULL) },
	{ "sendmsg", SYS_sendmsg, KILLS | B(MEMORY) | B(SIGNAL) },
	{ "sendto", SYS_sendto, KILLS | B(MEMORY) | B(SIGNAL) | B(AGAIN) },
	{ "setns", SYS_setns, B(MEMORY) | B(RIGHTS) },
	{ "signalfd4", SYS_signalfd4, B(FILES) },
	{ "socket", SYS_socket, B(FILES) | B(MEMORY) | B(RIGHTS) },
	{ "unlinkat", SYS_unlinkat, KILLS | B(IO) },
	{ "wait4", SYS_wait4, B(SIGNAL) },
	{ "write", SYS_write, KILLS | B(IO) | B(FULL) | B(SIGNAL) },
#ifdef SYS_open
	{ "fork", SYS_fork, KILLS | B(MEMORY) | B(AGAIN) },
	{ "chmod", SYS_chmod, KILLS | B(RIGHTS) },
	{ "mkdir", SYS_mkdir, KILLS | B(IO) | B(FULL) },
	{ "pipe", SYS_pipe, B(FILES) },
	{ "poll", SYS_poll, B(SIGNAL) | B(MEMORY) },
	{ "rename", SYS_rename, KILLS | B(IO) | B(FULL) },
	{ "rmdir", SYS_rmdir, KILLS | B(IO) },
	{ "unlink", SYS_unlink, KILLS | B(IO) },
	{ "vfork", SYS_vfork, KILLS | B(MEMORY) | B(AGAIN) },
#endif
};

struct tracee {
	pid_t pid;
	bool guard;
};

struct crash {
	enum what what;
	unsigned long at, counts[NITEMS(whats)];
	bool guard;	/* what is counted */
	pid_t first;	/* the program that was started */
	pid_t leader;	/* of those that are counted; 0 before it is there */
	bool running;	/* main has been reached */
	pid_t fails;	/* whose call is failing now; or 0 */
	char fired[96]; /* the report; "" before it */
	struct tracee v[TRACEES_MAX];
	size_t n;
};

static _Noreturn void
broken(const char *what)
{
	fprintf(stderr, "crash: %s: %s\n", what, strerror(errno));
	exit(BROKEN);
}

/* Processes */

static struct tracee *
find(struct crash *c, pid_t pid)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		if (c->v[i].pid == pid)
			return &c->v[i];
	return NULL;
}

static pid_t
parent_of(pid_t pid)
{
	char path[64], line[128];
	int ppid = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	f = fopen(path, "re");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "PPid: %d", &ppid) == 1)
			break;
	if (f != NULL)
		fclose(f);
	return ppid;
}

/* A child is what its parent is. */
static struct tracee *
add(struct crash *c, pid_t pid, pid_t parent)
{
	struct tracee *t = find(c, pid), *p;

	if (t != NULL)
		return t;
	if (c->n == TRACEES_MAX)
		broken("too many processes");
	p = find(c, parent > 0 ? parent : parent_of(pid));
	c->v[c->n] = (struct tracee){ pid, p != NULL && p->guard };
	return &c->v[c->n++];
}

static void
drop(struct crash *c, pid_t pid)
{
	struct tracee *t = find(c, pid);

	if (t != NULL)
		*t = c->v[--c->n];
}

static void
on_exec(struct crash *c, struct tracee *t)
{
	char path[64], args[4096];
	size_t len;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/cmdline", (int)t->pid);
	f = fopen(path, "re");
	len = f != NULL ? fread(args, 1, sizeof(args), f) : 0;
	if (f != NULL)
		fclose(f);
	if (len > 7 && memcmp(args + len - 7, "\0guard", 7) == 0) {
		t->guard = true;
		if (c->guard)
			c->leader = t->pid;
	}
}

/* Calls */

static bool
opens_nowhere(pid_t pid, const struct __ptrace_syscall_info *call)
{
	static const char nowhere[] = "/dev/null";
	char path[sizeof(nowhere)] = "";
	struct iovec to = { path, sizeof(path) };
	struct iovec from = { (void *)(uintptr_t)call->entry.args[1],
		sizeof(path) };

	return (long)call->entry.nr == SYS_openat &&
	       process_vm_readv(pid, &to, 1, &from, 1, 0) ==
		   (ssize_t)sizeof(path) &&
	       memcmp(path, nowhere, sizeof(path)) == 0;
}

static const struct call *
call_of(long number)
{
	size_t i;

	for (i = 0; i < NITEMS(calls); i++)
		if (calls[i].number == number)
			return &calls[i];
	return NULL;
}

/* For all that it may be about; whether its time has come. */
static bool
count(struct crash *c, const struct call *call,
    const struct __ptrace_syscall_info *info)
{
	unsigned about = call->whats, i;

	if (call->number == SYS_openat &&
	    (info->entry.args[2] & (O_CREAT | O_TRUNC)) == 0)
		about &= ~(KILLS | B(FULL));
	for (i = 0; i < NITEMS(whats); i++)
		c->counts[i] += (about >> i) & 1;
	return (about & B(c->what)) != 0 && c->counts[c->what] == c->at;
}

/* What is no call is not made, and its result is ours. */
#if defined(__x86_64__)
static void
set_call(pid_t pid, bool done, int code)
{
	struct user_regs_struct r;

	if (ptrace(PTRACE_GETREGS, pid, NULL, &r) == -1)
		broken("PTRACE_GETREGS");
	if (done)
		r.rax = (unsigned long long)-code;
	else
		r.orig_rax = (unsigned long long)-1;
	if (ptrace(PTRACE_SETREGS, pid, NULL, &r) == -1)
		broken("PTRACE_SETREGS");
}
#elif defined(__aarch64__)
static void
set_call(pid_t pid, bool done, int code)
{
	struct user_regs_struct r;
	int none = -1;
	struct iovec regs = { &r, sizeof(r) }, call = { &none, sizeof(none) };

	if (!done) {
		if (ptrace(PTRACE_SETREGSET, pid, NT_ARM_SYSTEM_CALL, &call) ==
		    -1)
			broken("PTRACE_SETREGSET");
		return;
	}
	if (ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &regs) == -1)
		broken("PTRACE_GETREGSET");
	r.regs[0] = (unsigned long long)-code;
	if (ptrace(PTRACE_SETREGSET, pid, NT_PRSTATUS, &regs) == -1)
		broken("PTRACE_SETREGSET");
}
#else
static void
set_call(pid_t pid, bool done, int code)
{
	(void)pid, (void)done, (void)code;
	errno = ENOSYS;
	broken("errors");
}
#endif

static void
fire(struct crash *c, pid_t pid, const struct call *call)
{
	snprintf(c->fired, sizeof(c->fired), "fired %lu %s", c->at, call->name);
	if (c->what == KILL || c->what == KILLONE) {
		kill(c->what == KILL && c->leader > 0 ? c->leader : pid,
		    SIGKILL);
		return;
	}
	set_call(pid, false, 0);
	c->fails = pid;
}

static void
on_entry(struct crash *c, const struct tracee *t,
    const struct __ptrace_syscall_info *info)
{
	const struct call *call = call_of((long)info->entry.nr);

	if (t->guard != c->guard || c->fired[0] != '\0')
		return;
	c->running = c->running || opens_nowhere(t->pid, info);
	if (c->running && call != NULL && count(c, call, info))
		fire(c, t->pid, call);
}

static void
on_call(struct crash *c, const struct tracee *t)
{
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, t->pid, sizeof(info), &info) == -1)
		return;
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY)
		on_entry(c, t, &info);
	else if (info.op == PTRACE_SYSCALL_INFO_EXIT && c->fails == t->pid) {
		set_call(t->pid, true, whats[c->what].code);
		c->fails = 0;
	}
}

/* The loop */

static bool
is_over(const struct crash *c, bool attached)
{
	return attached && c->fired[0] != '\0' && c->fails == 0;
}

static void
go_on(const struct crash *c, pid_t pid, int signal)
{
	bool done = c->fired[0] != '\0' && c->fails == 0;

	ptrace(done ? PTRACE_CONT : PTRACE_SYSCALL, pid, NULL, signal);
}

static void
on_stop(struct crash *c, pid_t pid, int status)
{
	int signal = WSTOPSIG(status), event = status >> 16;
	unsigned long child = 0;
	struct tracee *t = add(c, pid, 0);

	switch (event) {
	case PTRACE_EVENT_FORK:
	case PTRACE_EVENT_VFORK:
	case PTRACE_EVENT_CLONE:
		ptrace(PTRACE_GETEVENTMSG, pid, NULL, &child);
		add(c, (pid_t)child, pid);
		break;
	case PTRACE_EVENT_EXEC:
		on_exec(c, t);
		break;
	case 0:
		if (signal == (SIGTRAP | 0x80))
			on_call(c, t);
		break;
	}
	go_on(c, pid, event == 0 && signal != (SIGTRAP | 0x80) ? signal : 0);
}

/* Until the program has ended; its status. Who is still traced then goes on by
 * itself. */
static int
run(struct crash *c, bool attached)
{
	int status;
	pid_t pid;

	while (!is_over(c, attached)) {
		pid = waitpid(-1, &status, __WALL);
		if (pid == -1 && errno == EINTR)
			continue;
		if (pid == -1)
			return BROKEN;
		if (WIFSTOPPED(status)) {
			on_stop(c, pid, status);
			continue;
		}
		drop(c, pid);
		if (pid == c->first)
			return WIFEXITED(status) ? WEXITSTATUS(status)
						 : 128 + WTERMSIG(status);
	}
	return 0;
}

static void
report(const struct crash *c, const char *path)
{
	FILE *f = path != NULL ? fopen(path, "we") : NULL;
	size_t i;

	if (f == NULL)
		return;
	if (c->fired[0] != '\0')
		fprintf(f, "%s\n", c->fired);
	else
		for (i = 0; i < NITEMS(whats); i++)
			fprintf(
			    f, "passed %s %lu\n", whats[i].name, c->counts[i]);
	fclose(f);
}

/* A process that is traced from its first call on. */
static pid_t
start(char *const *argv)
{
	int go[2];
	char byte = 0;
	pid_t pid;

	if (pipe2(go, O_CLOEXEC) == -1)
		broken("pipe");
	pid = fork();
	if (pid == 0) {
		if (read(go[0], &byte, 1) == 1)
			execvp(argv[0], argv);
		_exit(127);
	}
	if (pid == -1 || ptrace(PTRACE_SEIZE, pid, NULL, OPTIONS) == -1)
		broken("PTRACE_SEIZE");
	ptrace(PTRACE_INTERRUPT, pid, NULL, NULL);
	if (write(go[1], &byte, 1) != 1)
		broken("write");
	close(go[0]);
	close(go[1]);
	return pid;
}

/* In the background; returns in the child, once it has attached. */
static void
attach(pid_t pid)
{
	int ready[2], status;
	char byte = 0;
	pid_t child;

	if (pipe2(ready, O_CLOEXEC) == -1)
		broken("pipe");
	child = fork();
	if (child == -1)
		broken("fork");
	if (child > 0) {
		close(ready[1]);
		exit(read(ready[0], &byte, 1) == 1 ? 0 : BROKEN);
	}
	if (ptrace(PTRACE_SEIZE, pid, NULL, OPTIONS) == -1 ||
	    ptrace(PTRACE_INTERRUPT, pid, NULL, NULL) == -1 ||
	    waitpid(pid, &status, __WALL) != pid)
		broken("PTRACE_SEIZE");
	ptrace(PTRACE_SYSCALL, pid, NULL, NULL);
	if (write(ready[1], &byte, 1) != 1)
		broken("write");
	if (freopen("/dev/null", "w", stdout) == NULL ||
	    freopen("/dev/null", "w", stderr) == NULL)
		exit(BROKEN);
}

static enum what
what_of(const char *name)
{
	size_t i;

	for (i = 0; i < NITEMS(whats); i++)
		if (strcmp(whats[i].name, name) == 0)
			return (enum what)i;
	errno = EINVAL;
	broken(name);
}

int
main(int argc, char *argv[])
{
	static struct crash c;
	const char *file = NULL;
	pid_t pid = 0;
	int o, status;

	while ((o = getopt(argc, argv, "+go:p:")) != -1)
		switch (o) {
		case 'g':
			c.guard = true;
			break;
		case 'o':
			file = optarg;
			break;
		case 'p':
			pid = atoi(optarg);
			break;
		default:
			return BROKEN;
		}
	if (argc - optind < (pid > 0 ? 2 : 3)) {
		errno = EINVAL;
		broken("arguments");
	}
	c.what = what_of(argv[optind]);
	c.at = strtoul(argv[optind + 1], NULL, 10);
	c.running = pid > 0;
	if (pid > 0)
		attach(pid);
	c.first = pid > 0 ? pid : start(argv + optind + 2);
	c.leader = c.guard && pid == 0 ? 0 : c.first;
	c.v[c.n++] = (struct tracee){ c.first, pid > 0 && c.guard };
	status = run(&c, pid > 0);
	report(&c, file);
	return status;
}
