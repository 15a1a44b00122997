/* Undo and redo of candidate edits, by any seki. */
#include "config.h"

#include "core/state/undo.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/file.h"
#include "core/base/util.h"
#include "core/lang/config.h"

static const char *const folders[] = {
	[UNDO_EDITS] = "undo",
	[UNDO_TAKEN_BACK] = "redo",
};

static char *
step_path(const char *run_path, enum undo_stack stack, unsigned number)
{
	return xasprintf("%s/%s/%06u", run_path, folders[stack], number);
}

/* Existing numbers run from first to last; both 0 if there are none. */
static void
find_steps(const char *run_path, enum undo_stack stack, unsigned *first,
    unsigned *last)
{
	char *folder = xasprintf("%s/%s", run_path, folders[stack]), rest;
	DIR *d = opendir(folder);
	struct dirent *de;
	unsigned number;

	*first = *last = 0;
	while (d != NULL && (de = readdir(d)) != NULL) {
		if (sscanf(de->d_name, "%9u%c", &number, &rest) != 1)
			continue;
		*first = *first == 0 || number < *first ? number : *first;
		*last = number > *last ? number : *last;
	}
	if (d != NULL)
		closedir(d);
	free(folder);
}

static int
remove_step(
    const char *run_path, enum undo_stack stack, unsigned number, struct err *e)
{
	char *path = step_path(run_path, stack, number);
	int r = file_remove(path, e);

	free(path);
	return r;
}

int
undo_push(const char *run_path, enum undo_stack stack, const char *text,
    struct err *e)
{
	unsigned first, last;
	char *path;
	int r;

	find_steps(run_path, stack, &first, &last);
	path = step_path(run_path, stack, last + 1);
	r = file_replace(path, text, strlen(text), 0644, e);
	if (r == 0 && last + 1 - first >= UNDO_KEPT && first > 0)
		r = remove_step(run_path, stack, first, e);
	free(path);
	return r;
}

char *
undo_top(const char *run_path, enum undo_stack stack)
{
	unsigned first, last;
	char *path, *text;

	find_steps(run_path, stack, &first, &last);
	path = step_path(run_path, stack, last);
	text = read_file(path, CONFIG_MAX, NULL);
	free(path);
	return text;
}

int
undo_pop(const char *run_path, enum undo_stack stack, struct err *e)
{
	unsigned first, last;

	find_steps(run_path, stack, &first, &last);
	return remove_step(run_path, stack, last, e);
}

void
undo_clear(const char *run_path, enum undo_stack stack)
{
	unsigned first, last;
	struct err ignored;

	find_steps(run_path, stack, &first, &last);
	for (; first > 0 && first <= last; first++)
		remove_step(run_path, stack, first, &ignored);
}

bool
undo_is_older(const char *run_path, enum undo_stack stack, const char *path)
{
	unsigned first, last;
	struct stat step, file;
	char *top;
	bool older;

	find_steps(run_path, stack, &first, &last);
	top = step_path(run_path, stack, last);
	older = stat(top, &step) == 0 && stat(path, &file) == 0 &&
		(step.st_mtim.tv_sec != file.st_mtim.tv_sec
			? step.st_mtim.tv_sec < file.st_mtim.tv_sec
			: step.st_mtim.tv_nsec < file.st_mtim.tv_nsec);
	free(top);
	return older;
}
