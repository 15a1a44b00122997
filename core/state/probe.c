/* Kernel features, tried once and noted until the next boot. */
#include "config.h"

#include "core/state/probe.h"

#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/util.h"
#include "core/plan/fw.h"

#define YES "yes\n"
#define NO "no\n"

/* The version is right except for older kernels with a backport, and a missing
 * rule is better than a refused ruleset. */
static bool
guess_fib(void)
{
	struct utsname u;
	unsigned long major, minor;
	char *end;

	if (uname(&u) != 0)
		return false;
	major = strtoul(u.release, &end, 10);
	minor = *end == '.' ? strtoul(end + 1, NULL, 10) : 0;
	return major > 6 || (major == 6 && minor >= 10);
}

static bool
try_fib(const char *path)
{
	struct err ignored;
	const char *answer;
	int r;

	if (geteuid() != 0)
		return guess_fib();
	r = fw_knows("table inet probe { chain probe { "
		     "type filter hook forward priority 0; "
		     "fib saddr oifname \"lo\" drop; }; }",
	    &ignored);
	if (r == -1)
		return guess_fib();
	answer = r == 0 ? NO : YES;
	file_replace(path, answer, strlen(answer), 0644, &ignored);
	return r == 1;
}

bool
probe_fib(const char *run_path)
{
	char *path = xasprintf("%s/fib", run_path);
	char *noted = read_file(path, sizeof(YES), NULL);
	bool has = noted != NULL ? strcmp(noted, NO) != 0 : try_fib(path);

	free(noted);
	free(path);
	return has;
}
