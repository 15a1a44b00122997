/* A folder in memory, for targets that read files. */
#include "config.h"

#include "fuzz/folder.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "core/base/util.h"

static char path[] = "/dev/shm/seki-fuzz.XXXXXX";

static int
remove_one(const char *name, const struct stat *st UNUSED, int type UNUSED,
    struct FTW *f UNUSED)
{
	return remove(name);
}

static void
remove_all(void)
{
	nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

const char *
folder_path(void)
{
	static bool made;

	if (!made && (mkdtemp(path) == NULL || atexit(remove_all) != 0))
		abort();
	made = true;
	return path;
}

char *
folder_file(const char *name)
{
	return xasprintf("%s/%s", folder_path(), name);
}

void
folder_make(const char *name)
{
	char *full = folder_file(name);

	mkdir(full, 0700);
	free(full);
}

void
folder_write(const char *name, const void *data, size_t n)
{
	char *full = folder_file(name);
	FILE *f = fopen(full, "w");

	if (f == NULL || fwrite(data, 1, n, f) != n || fclose(f) != 0)
		abort();
	free(full);
}
