/* Guests: processes in network namespaces of their own. */
#include "config.h"

#include "guest.h"

#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define TITLE "[lxc monitor] " GUEST_LXC " web 1"

/* Its number comes back through the pipe, for it may be a grandchild. */
pid_t
guest_start(bool monitored)
{
	char number[16];
	int ends[2];
	pid_t pid;

	assert_return_code(pipe(ends), 0);
	if (fork() == 0) {
		close(ends[0]);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		snprintf(number, sizeof(number), "%d", ends[1]);
		execl("/proc/self/exe", monitored ? TITLE : "guest",
		    monitored ? "monitor" : "guest", number, NULL);
		_exit(127);
	}
	close(ends[1]);
	assert_int_equal(read(ends[0], &pid, sizeof(pid)), sizeof(pid));
	close(ends[0]);
	return pid;
}

static int
be_guest(int fd)
{
	pid_t pid = getpid();

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (unshare(CLONE_NEWNET) == -1 ||
	    write(fd, &pid, sizeof(pid)) != sizeof(pid))
		return 1;
	close(fd);
	for (;;)
		pause();
}

static int
be_monitor(int fd)
{
	if (fork() == 0)
		_exit(be_guest(fd));
	close(fd);
	wait(NULL);
	return 0;
}

void
guest_end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

void
guest_name(pid_t pid, const char *name)
{
	char from[64], to[64];

	snprintf(from, sizeof(from), "/proc/%d/ns/net", (int)pid);
	snprintf(to, sizeof(to), "/run/netns/%s", name);
	close(open(to, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	assert_return_code(mount(from, to, NULL, MS_BIND, NULL), 0);
}

void
guest_unname(const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/run/netns/%s", name);
	umount2(path, MNT_DETACH);
	unlink(path);
}

void
run_shell(const char *command)
{
	assert_int_equal(system(command), 0);
}

void
guest_run(pid_t pid, const char *command)
{
	char line[256];

	snprintf(line, sizeof(line), "nsenter -t %d --net -- ip %s", (int)pid,
	    command);
	run_shell(line);
}

bool
guest_main(int argc, char *argv[], int *status)
{
	if (argc != 3)
		return false;
	if (strcmp(argv[1], "guest") == 0)
		*status = be_guest(atoi(argv[2]));
	else if (strcmp(argv[1], "monitor") == 0)
		*status = be_monitor(atoi(argv[2]));
	else
		return false;
	return true;
}

static int
write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), r = -1;
	size_t n = strlen(text);

	if (fd == -1)
		return -1;
	if (write(fd, text, n) == (ssize_t)n)
		r = 0;
	close(fd);
	return r;
}

static int
write_map(const char *path, unsigned id)
{
	char text[32];

	snprintf(text, sizeof(text), "0 %u 1", id);
	return write_file(path, text);
}

/* An empty folder, also where LXC was never installed. */
static int
make_lxc(void)
{
	if (access(GUEST_LXC, F_OK) == 0)
		return mount("tmpfs", GUEST_LXC, "tmpfs", 0, "mode=755");
	if (mount("tmpfs", "/var/lib", "tmpfs", 0, "mode=755") == -1)
		return -1;
	return mkdir(GUEST_LXC, 0755);
}

/* NULL, or what was refused. */
static const char *
enter_private(void)
{
	unsigned uid = getuid(), gid = getgid();

	if (uid != 0) {
		if (unshare(CLONE_NEWUSER) == -1)
			return "user namespaces";
		if (write_file("/proc/self/setgroups", "deny") == -1 ||
		    write_map("/proc/self/uid_map", uid) == -1 ||
		    write_map("/proc/self/gid_map", gid) == -1)
			return "user namespaces";
	}
	if (unshare(CLONE_NEWNET | CLONE_NEWNS) == -1)
		return "network namespaces";
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1 ||
	    mount("tmpfs", "/run", "tmpfs", 0, "mode=755") == -1 ||
	    mkdir("/run/netns", 0755) == -1)
		return "private mounts";
	if (make_lxc() == -1)
		return "private mounts";
	return NULL;
}

bool
guest_skips(bool nft)
{
	const char *refused = enter_private();

	if (refused != NULL)
		printf("1..0 # SKIP kernel: no %s\n", refused);
	else if (nft && system("nft --version >/dev/null 2>&1") != 0)
		printf("1..0 # SKIP needs: nftables\n");
	else
		return false;
	return true;
}
