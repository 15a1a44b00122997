/* A folder for the files of one test. */
#include "config.h"

#include "folder.h"

#include <dirent.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/file.h"
#include "core/base/util.h"

/* In memory, where nothing waits for a disk. */
int
folder_set_up(void **state)
{
	bool memory = access("/dev/shm", W_OK) == 0;
	char *path =
	    xasprintf("%s/seki-test-XXXXXX", memory ? "/dev/shm" : "/tmp");

	if (mkdtemp(path) == NULL) {
		free(path);
		return -1;
	}
	*state = path;
	return 0;
}

static int
remove_one(const char *name, const struct stat *st UNUSED, int type UNUSED,
    struct FTW *f UNUSED)
{
	return remove(name);
}

int
folder_tear_down(void **state)
{
	int r = nftw(*state, remove_one, 8, FTW_DEPTH | FTW_PHYS);

	free(*state);
	return r;
}

char *
folder_read(const char *folder, const char *name)
{
	char *path = xasprintf("%s/%s", folder, name);
	char *text = read_file(path, 1u << 20, NULL);

	free(path);
	return text;
}

void
folder_write(const char *folder, const char *name, const char *text)
{
	char *path = xasprintf("%s/%s", folder, name);
	struct err e;

	if (file_replace(path, text, strlen(text), 0600, &e) != 0)
		fail_msg("%s", e.text);
	free(path);
}

unsigned
folder_count(const char *folder, const char *name)
{
	char *path = xasprintf("%s/%s", folder, name);
	DIR *d = opendir(path);
	struct dirent *de;
	unsigned n = 0;

	while (d != NULL && (de = readdir(d)) != NULL)
		n += de->d_name[0] != '.';
	if (d != NULL)
		closedir(d);
	free(path);
	return n;
}
