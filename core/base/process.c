/* Other processes: which there are, their state, programs and sockets; and
 * killing them. */
#include "config.h"

#include "core/base/process.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/sched.h>
#include <linux/sched/types.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/base/loop.h"
#include "core/base/util.h"

#define TEXT_MAX_BYTES 65536
#define DEATH_MS 1000
#define DESCRIPTORS_MAX 1024
#define TURN_NS 100000 /* the shortest that the kernel gives (syscalls.c) */

static char *
read_of(pid_t pid, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	return read_record(path, TEXT_MAX_BYTES);
}

/* What follows that many blanks; "" if there are fewer. */
static const char *
behind_blanks(const char *s, unsigned n)
{
	for (; n > 0; n--) {
		s = strchr(s, ' ');
		if (s == NULL)
			return "";
		s++;
	}
	return s;
}

/* The fields follow the name, which may contain blanks and parentheses. Field 3
 * is the state, 4 the parent, and 22 the start in clock ticks. Not scanf: that
 * takes as long as all else together. */
struct process_stat
process_stat(const char *folder)
{
	char *path = xasprintf("%s/stat", folder);
	char *text = read_record(path, TEXT_MAX_BYTES);
	const char *end = text != NULL ? strrchr(text, ')') : NULL;
	struct process_stat s = { 0 };

	if (end != NULL) {
		s.state = behind_blanks(end, 1)[0];
		s.parent = atoi(behind_blanks(end, 2));
		s.began = strtoull(behind_blanks(end, 20), NULL, 10) * 1000 /
			  (uint64_t)sysconf(_SC_CLK_TCK);
	}
	free(text);
	free(path);
	return s;
}

static struct process_stat
stat_of(pid_t pid)
{
	char folder[32];

	snprintf(folder, sizeof(folder), "/proc/%d", (int)pid);
	return process_stat(folder);
}

pid_t
process_parent(pid_t pid)
{
	return stat_of(pid).parent;
}

/* Prefix of a line in /proc/PID/cgroup, the mount point, and the file there
 * that tells of a frozen cgroup or ancestor: cgroup-v2.rst, which systemd's
 * hybrid layout has elsewhere, and cgroup-v1/freezer-subsystem.rst. */
static const struct {
	const char *line, *mount, *file, *frozen;
} freezers[] = {
	{ "0::/", "/sys/fs/cgroup", "cgroup.events", "frozen 1" },
	{ "0::/", "/sys/fs/cgroup/unified", "cgroup.events", "frozen 1" },
	{ ":freezer:/", "/sys/fs/cgroup/freezer", "freezer.state", "FROZEN" },
};

static bool
is_frozen_by(size_t i, const char *cgroups)
{
	const char *own = strstr(cgroups, freezers[i].line);
	char *path, *text;
	bool frozen;

	if (own == NULL)
		return false;
	own += strlen(freezers[i].line) - 1;
	path = xasprintf("%s%.*s/%s", freezers[i].mount,
	    (int)strcspn(own, "\n"), own, freezers[i].file);
	text = read_file(path, TEXT_MAX_BYTES, NULL);
	frozen = text != NULL && strstr(text, freezers[i].frozen) != NULL;
	free(text);
	free(path);
	return frozen;
}

static bool
is_frozen(pid_t pid)
{
	char *cgroups = read_of(pid, "cgroup");
	bool frozen = false;
	size_t i;

	for (i = 0; i < NITEMS(freezers) && cgroups != NULL && !frozen; i++)
		frozen = is_frozen_by(i, cgroups);
	free(cgroups);
	return frozen;
}

bool
process_is_stopped(pid_t pid)
{
	return pid > 0 && (stat_of(pid).state == 'T' || is_frozen(pid));
}

static bool
shares(pid_t pid, const char *kind)
{
	char own[64], path[64];
	struct stat ours, its;

	snprintf(own, sizeof(own), "/proc/self/ns/%s", kind);
	snprintf(path, sizeof(path), "/proc/%d/ns/%s", (int)pid, kind);
	return stat(own, &ours) == 0 && stat(path, &its) == 0 &&
	       ours.st_ino == its.st_ino && ours.st_dev == its.st_dev;
}

bool
process_shares_network(pid_t pid)
{
	return shares(pid, "net");
}

/* Whoever is root in a user namespace has all capabilities there. */
bool
process_rules_network(pid_t pid)
{
	static const char label[] = "\nCapEff:";
	char *status = read_of(pid, "status");
	const char *at = status != NULL ? strstr(status, label) : NULL;
	unsigned long long caps =
	    at != NULL ? strtoull(at + strlen(label), NULL, 16) : 0;

	free(status);
	return (caps >> CAP_NET_ADMIN & 1) != 0 && shares(pid, "net") &&
	       shares(pid, "user");
}

int
process_kill(pid_t pid)
{
	int fd = (int)syscall(SYS_pidfd_open, pid, 0), r;

	if (fd == -1)
		return errno == ESRCH ? 0 : -1;
	r = (int)syscall(SYS_pidfd_send_signal, fd, SIGKILL, NULL, 0);
	if (r == 0)
		loop_wait_fd(fd, DEATH_MS);
	else if (errno == ESRCH)
		r = 0;
	close(fd);
	return r;
}

static char *
link_text(const char *folder, const char *name)
{
	char *path = xasprintf("%s/%s", folder, name), text[PATH_MAX];
	ssize_t n = readlink(path, text, sizeof(text) - 1);

	free(path);
	return n > 0 ? xstrndup(text, (size_t)n) : NULL;
}

char *
process_path(const char *folder)
{
	char *exe = link_text(folder, "exe");

	if (exe != NULL)
		cut_suffix(exe, " (deleted)");
	return exe;
}

char *
process_program(const char *folder)
{
	char *exe = process_path(folder), *name;

	if (exe == NULL)
		return NULL;
	name = xstrdup(strrchr(exe, '/') != NULL ? strrchr(exe, '/') + 1 : exe);
	free(exe);
	return name;
}

static bool
is_as_trusted(const char *path, const char *program)
{
	struct stat it, own;

	return lstat(path, &it) == 0 && stat(program, &own) == 0 &&
	       !S_ISLNK(it.st_mode) && (it.st_mode & S_IWOTH) == 0 &&
	       it.st_uid == own.st_uid;
}

char *
process_beside(const char *name)
{
	char *self = process_path("/proc/self"), *path;

	if (self == NULL)
		return NULL;
	path =
	    xasprintf("%.*s/%s", (int)(strrchr(self, '/') - self), self, name);
	if (!is_as_trusted(path, self)) {
		free(path);
		path = NULL;
	}
	free(self);
	return path;
}

int
process_each(const char *proc,
    bool (*each)(void *arg, const char *folder, pid_t), void *arg)
{
	DIR *d = opendir(proc);
	const struct dirent *de;
	struct buf folder = { 0 };
	bool goes_on = true;
	int code = d != NULL ? 0 : errno;

	while (d != NULL && goes_on) {
		errno = 0;
		de = readdir(d);
		if (de == NULL) {
			code = errno;
			break;
		}
		if (!isdigit((unsigned char)de->d_name[0]))
			continue;
		buf_reset(&folder);
		buf_printf(&folder, "%s/%s", proc, de->d_name);
		goes_on = each(arg, buf_text(&folder), atoi(de->d_name));
	}
	if (d != NULL)
		closedir(d);
	buf_free(&folder);
	errno = code;
	return code == 0 ? 0 : -1;
}

bool
process_is_trusted(const char *folder)
{
	struct stat st;

	return stat(folder, &st) == 0 &&
	       (st.st_uid == 0 || st.st_uid == geteuid());
}

void
process_sockets(
    const char *folder, void (*each)(void *arg, unsigned long inode), void *arg)
{
	char *fds = xasprintf("%s/fd", folder), *text;
	DIR *d = opendir(fds);
	const struct dirent *de;
	unsigned long inode;
	int i;

	for (i = 0; d != NULL && i < DESCRIPTORS_MAX; i++) {
		de = readdir(d);
		if (de == NULL)
			break;
		text = link_text(fds, de->d_name);
		if (text != NULL && sscanf(text, "socket:[%lu]", &inode) == 1)
			each(arg, inode);
		free(text);
	}
	if (d != NULL)
		closedir(d);
	free(fds);
}

/* The kernel wakes up whoever has the earlier deadline, and short turns have
 * early ones (sched(7), EEVDF). All else stays as it was read. */
void
process_answers(void)
{
	struct sched_attr attr = { .size = sizeof(attr) };

	if (syscall(SYS_sched_getattr, 0, &attr, sizeof(attr), 0) == -1 ||
	    attr.sched_policy != SCHED_NORMAL)
		return;
	attr.sched_flags |= SCHED_FLAG_RESET_ON_FORK;
	attr.sched_runtime = TURN_NS;
	syscall(SYS_sched_setattr, 0, &attr, 0);
}
