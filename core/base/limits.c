/* What a process inherits from whoever started it, and must not depend on. */
#include "config.h"

#include "core/base/limits.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/util.h"

#define OOM_SCORE "-900" /* as systemd gives the guard's unit */

static const struct {
	int resource;
	rlim_t want, need;
	const char *option; /* of ulimit */
} limits[] = {
	{ RLIMIT_NOFILE, 4096, 128, "-n" },
	{ RLIMIT_FSIZE, RLIM_INFINITY, 64u << 20, "-f" },
	{ RLIMIT_CPU, RLIM_INFINITY, 600, "-t" },
	{ RLIMIT_AS, RLIM_INFINITY, 256u << 20, "-v" },
	{ RLIMIT_DATA, RLIM_INFINITY, 256u << 20, "-d" },
	{ RLIMIT_NPROC, RLIM_INFINITY, 16, "-u" },
};

/* Root may raise the hard limit too, unless it lacks CAP_SYS_RESOURCE. */
static int
lift(size_t i, struct err *e)
{
	struct rlimit have, more;

	if (getrlimit(limits[i].resource, &have) == -1)
		return 0;
	more.rlim_max =
	    have.rlim_max > limits[i].want ? have.rlim_max : limits[i].want;
	more.rlim_cur = limits[i].want;
	if (setrlimit(limits[i].resource, &more) == 0)
		return 0;
	more.rlim_cur = more.rlim_max = have.rlim_max;
	setrlimit(limits[i].resource, &more);
	if (have.rlim_max >= limits[i].need)
		return 0;
	err_set(e, ERR_FAIL, "a revert could not be done with ulimit %s %ju",
	    limits[i].option, (uintmax_t)have.rlim_max);
	return err_hint(e, "raise it and try again");
}

/* Without the privilege to lower it, the score stays. */
static void
lower_oom_score(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd == -1)
		return;
	dprintf(fd, "%s", OOM_SCORE);
	close(fd);
}

int
limits_lift(struct err *e)
{
	size_t i;

	umask(022);
	setpriority(PRIO_PROCESS, 0, 0);
	lower_oom_score();
	for (i = 0; i < NITEMS(limits); i++)
		if (lift(i, e) != 0)
			return -1;
	return 0;
}
