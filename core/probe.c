/* Features of the kernel: tried once, and noted until the next boot. */
#include "config.h"

#include "core/probe.h"

#include <stdlib.h>
#include <string.h>

#include "core/file.h"
#include "core/fw.h"
#include "core/util.h"

#define YES "yes\n"
#define NO "no\n"

static bool
try_fib(const char *path)
{
	struct err ignored;
	const char *answer;
	int r;

	r = fw_knows("table inet probe { chain probe { "
		     "type filter hook forward priority 0; "
		     "fib saddr oifname \"lo\" drop; }; }",
	    &ignored);
	answer = r == 0 ? NO : YES;
	if (r != -1)
		file_replace(path, answer, strlen(answer), 0644, &ignored);
	return r != 0;
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
