/* The lab: a throw-away host in private namespaces. */
#include "config.h"

#include "core/lab/lab.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/base/loop.h"
#include "core/base/process.h"
#include "core/base/util.h"
#include "core/lab/lab_node.h"
#include "core/state/host.h"

#define SPACES (CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID)
#define GRACE_S 3 /* from TERM to KILL */

/* Two containers are left out, so that there is something left to do. */
static const char example[] =
    "# The example of the lab. Change what you like: it is thrown away.\n"
    "uplink eth0\n"
    "bridge lxcbr0 ula fd5a:1c2e:90b1::1/64 masquerade\n"
    "container web1 on lxcbr0 ula fd5a:1c2e:90b1::3\n"
    "container dns1 on lxcbr0 ula fd5a:1c2e:90b1::4\n"
    "container git1 on lxcbr0 ula fd5a:1c2e:90b1::5\n"
    "forward tcp 80,443 to web1\n"
    "forward udp 53 to dns1\n"
    "forward tcp 2222 to git1:22 note \"git over ssh\"\n"
    "default input deny\n"
    "default forward deny\n"
    "allow input tcp 22\n"
    "allow forward tcp 80,443 to uplink note \"updates\"\n"
    "allow forward udp 53,123 to uplink\n";

struct mount_point {
	const char *type;
	const char *path;
	unsigned long flags;
	const char *data;
	bool needed;
};

/* The lab's own processes and links; a /run without the machine's sockets and
 * named namespaces; and no stopped containers or configs of others. The first
 * two mounts are refused inside containers, and are optional. */
static const struct mount_point mount_points[] = {
	{ "proc", "/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL, false },
	{ "sysfs", "/sys", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL, false },
	{ "tmpfs", "/run", MS_NOSUID | MS_NODEV, "mode=755", true },
	{ "tmpfs", "/var/lib/lxc", MS_NOSUID | MS_NODEV, "mode=755", false },
	{ "tmpfs", "/var/lib/seki", MS_NOSUID | MS_NODEV, "mode=755", false },
	{ "tmpfs", "/etc/seki", MS_NOSUID | MS_NODEV, "mode=755", false },
};

static const char *const folders[] = {
	NET_NAMES,
	"/run/lock",
	HOST_RUN,
	LAB_FOLDER,
};

struct lab {
	const struct lab_options *options;
	char *const *argv;
	char *self; /* path of this program: a chroot is left meanwhile */
	uid_t uid;  /* outside */
	gid_t gid;
	bool user_space; /* in a user namespace of its own */
	int report[2];	 /* one struct err, when something failed */
	sigset_t mask;	 /* of the caller */
};

static int
put_file(const char *path, const char *text, struct err *e)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	size_t len = strlen(text);
	bool put = fd != -1 && write(fd, text, len) == (ssize_t)len;

	if (!put)
		err_sys(e, ERR_FAIL, "cannot write %s for the lab", path);
	if (fd != -1)
		close(fd);
	return put ? 0 : -1;
}

static int
hint_privilege(struct err *e)
{
	return err_hint(e,
	    "run it as root, or let users make namespaces: "
	    "sysctl kernel.unprivileged_userns_clone=1 on Debian, "
	    "kernel.apparmor_restrict_unprivileged_userns=0 on Ubuntu");
}

/* user_namespaces(7): a group map needs setgroups to be denied before. */
static int
become_root(const struct lab *lab, struct err *e)
{
	char *users = xasprintf("0 %u 1\n", (unsigned)lab->uid);
	char *groups = xasprintf("0 %u 1\n", (unsigned)lab->gid);
	int status = 0;

	if (put_file("/proc/self/setgroups", "deny", e) == -1 ||
	    put_file("/proc/self/uid_map", users, e) == -1 ||
	    put_file("/proc/self/gid_map", groups, e) == -1)
		status = hint_privilege(e);
	free(users);
	free(groups);
	return status;
}

/* In a chroot, root need not be a mount point. Joining our own namespace leads
 * above it, where mounts must be private, too. Then root is mounted on itself,
 * since "ip netns exec" and others expect a mount there. */
static int
private_chroot(void)
{
	char *cwd = getcwd(NULL, 0);
	int root = open("/", O_PATH | O_CLOEXEC);
	int space = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
	int status = -1;

	if (cwd != NULL && root != -1 && space != -1 &&
	    setns(space, CLONE_NEWNS) == 0 &&
	    mount("", "/", "", MS_REC | MS_PRIVATE, NULL) == 0 &&
	    fchdir(root) == 0 && chroot(".") == 0 &&
	    mount("/", "/run", "", MS_BIND | MS_REC, NULL) == 0 &&
	    chroot("/run") == 0)
		status = chdir(cwd);
	close(space);
	close(root);
	free(cwd);
	return status;
}

static int
mount_all(struct err *e)
{
	const struct mount_point *m;
	size_t i;

	if (mount("", "/", "", MS_REC | MS_PRIVATE, NULL) == -1 &&
	    (errno != EINVAL || private_chroot() == -1)) {
		err_sys(e, ERR_FAIL, "cannot make the lab's mounts private");
		return hint_privilege(e);
	}
	for (i = 0; i < NITEMS(mount_points); i++) {
		m = &mount_points[i];
		if (mount(m->type, m->path, m->type, m->flags, m->data) == -1 &&
		    m->needed)
			return err_sys(
			    e, ERR_FAIL, "cannot mount the lab's %s", m->path);
	}
	for (i = 0; i < NITEMS(folders); i++)
		if (mkdir(folders[i], 0755) == -1)
			return err_sys(e, ERR_FAIL, "cannot make the lab's %s",
			    folders[i]);
	return 0;
}

/* Makes "seki" in the lab this program, installed or not. */
static void
put_self_on_path(const struct lab *lab)
{
	const char *old = getenv("PATH");
	char *path;

	if (lab->self == NULL)
		return;
	path = xasprintf("%.*s:%s", (int)(strrchr(lab->self, '/') - lab->self),
	    lab->self, old != NULL ? old : "/usr/sbin:/usr/bin:/sbin:/bin");
	setenv("PATH", path, 1);
	free(path);
}

static int
build(const struct lab *lab, struct err *e)
{
	const struct lab_options *o = lab->options;

	if ((lab->user_space && become_root(lab, e) == -1) ||
	    mount_all(e) == -1 || lab_nodes_start(!o->no_traffic, e) == -1)
		return -1;
	setenv("SEKI_LAB", "1", 1);
	setenv("SEKI_CONFIG", LAB_CONFIG, 1);
	unsetenv("XDG_STATE_HOME"); /* of the machine */
	put_self_on_path(lab);
	if (!o->fresh && put_file(LAB_CONFIG, example, e) == -1)
		return -1;
	return o->prepare != NULL ? o->prepare(o->arg, e) : 0;
}

static void
report(const struct lab *lab, const struct err *e)
{
	if (write(lab->report[1], e, sizeof(*e)) != sizeof(*e))
		_exit(1); /* nobody reads it any more */
}

static void
run_command(const struct lab *lab)
{
	struct err e;

	signal(SIGINT, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	loop_child();
	execvp(lab->argv[0], lab->argv);
	err_sys(&e, ERR_FAIL, "cannot run \"%s\" in the lab", lab->argv[0]);
	report(lab, &e);
	_exit(127);
}

static int
exit_status(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status)
				   : WEXITSTATUS(status);
}

/* As PID 1 it has to reap orphans, too. */
static int
wait_command(pid_t command, const sigset_t *signals)
{
	int signo, status;
	pid_t pid;

	for (;;) {
		signo = sigwaitinfo(signals, NULL);
		if (signo == SIGTERM || signo == SIGHUP)
			kill(command, signo);
		while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
			if (pid == command)
				return exit_status(status);
	}
}

static bool
parent_gone(const struct lab *lab)
{
	struct pollfd pfd = { .fd = lab->report[1] };

	return poll(&pfd, 1, 0) == 1;
}

/* PID 1 of the lab. The kernel kills it when its parent dies, and all others
 * with it. */
static void
lab_main(const struct lab *lab)
{
	struct err e;
	sigset_t signals;
	pid_t command;

	close(lab->report[0]);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (parent_gone(lab))
		_exit(1);
	sigprocmask(SIG_SETMASK, &lab->mask, NULL);
	if (build(lab, &e) == -1) {
		report(lab, &e);
		_exit(1);
	}
	sigemptyset(&signals);
	sigaddset(&signals, SIGCHLD);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	command = lab_fork(0);
	if (command == 0)
		run_command(lab);
	_exit(wait_command(command, &signals));
}

/* Uses a user namespace only if it must: less is permitted in one. */
static pid_t
start(struct lab *lab, struct err *e)
{
	pid_t pid = lab_fork(SPACES);

	if (pid == -1 && errno == EPERM) {
		lab->user_space = true;
		pid = lab_fork(SPACES | CLONE_NEWUSER);
	}
	if (pid == 0)
		lab_main(lab);
	if (pid == -1) {
		err_sys(e, ERR_FAIL, "cannot make private namespaces");
		hint_privilege(e);
	}
	return pid;
}

/* Waits for the lab and returns its exit status. After a TERM without effect it
 * is killed. */
static int
wait_lab(pid_t pid, const sigset_t *signals)
{
	static const struct timespec grace = { .tv_sec = GRACE_S };
	int signo, status, last = 0;

	while (waitpid(pid, &status, WNOHANG) == 0) {
		signo = sigtimedwait(signals, NULL, last != 0 ? &grace : NULL);
		if (signo == -1 && errno == EAGAIN)
			kill(pid, SIGKILL);
		if (signo != SIGTERM && signo != SIGHUP)
			continue;
		last = signo;
		kill(pid, signo);
	}
	return WIFSIGNALED(status) && last != 0 ? 128 + last
						: exit_status(status);
}

/* A shell in the lab has put itself in the foreground, and cannot restore us:
 * our process group has no number in there. */
static void
take_terminal(pid_t front)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC);
	sigset_t ttou;

	if (fd == -1)
		return;
	if (front == getpgrp()) {
		sigemptyset(&ttou);
		sigaddset(&ttou, SIGTTOU);
		sigprocmask(SIG_BLOCK, &ttou, NULL);
		tcsetpgrp(fd, front);
	}
	close(fd);
}

static pid_t
foreground(void)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC);
	pid_t pgrp = -1;

	if (fd != -1) {
		pgrp = tcgetpgrp(fd);
		close(fd);
	}
	return pgrp;
}

int
lab_run(const struct lab_options *options, char *const argv[], struct err *e)
{
	struct lab lab = { .options = options,
		.argv = argv,
		.self = process_path("/proc/self"),
		.uid = geteuid(),
		.gid = getegid() };
	struct sigaction ignore = { .sa_handler = SIG_IGN }, on_int, on_quit;
	pid_t front = foreground(), pid;
	sigset_t signals;
	int status = -1;

	if (pipe2(lab.report, O_CLOEXEC) == -1) {
		err_sys(e, ERR_FAIL, "cannot make a pipe");
		goto out;
	}
	sigemptyset(&signals);
	sigaddset(&signals, SIGCHLD);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	sigprocmask(SIG_BLOCK, &signals, &lab.mask);
	sigaction(SIGINT, &ignore, &on_int);
	sigaction(SIGQUIT, &ignore, &on_quit);
	pid = start(&lab, e);
	close(lab.report[1]);
	if (pid != -1) {
		status = wait_lab(pid, &signals);
		take_terminal(front);
		if (read(lab.report[0], e, sizeof(*e)) == sizeof(*e))
			status = -1;
	}
	close(lab.report[0]);
	sigaction(SIGINT, &on_int, NULL);
	sigaction(SIGQUIT, &on_quit, NULL);
	sigprocmask(SIG_SETMASK, &lab.mask, NULL);
out:
	free(lab.self);
	return status;
}
