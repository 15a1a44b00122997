/* The edits of the candidate, to be taken back one by one by any seki. */
#include "config.h"

#include "core/undo.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/file.h"
#include "core/util.h"

#define UNDO_MAX (4u << 20) /* bytes of one config */

static char *
step_path(const char *run_path, unsigned number)
{
	return xasprintf("%s/undo/%06u", run_path, number);
}

/* The numbers that are there run from first to last; both 0 when there are
 * none. */
static void
find_steps(const char *run_path, unsigned *first, unsigned *last)
{
	char *folder = xasprintf("%s/undo", run_path), rest;
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
remove_step(const char *run_path, unsigned number, struct err *e)
{
	char *path = step_path(run_path, number);
	int r = file_remove(path, e);

	free(path);
	return r;
}

int
undo_push(const char *run_path, const char *text, struct err *e)
{
	unsigned first, last;
	char *path;
	int r;

	find_steps(run_path, &first, &last);
	path = step_path(run_path, last + 1);
	r = file_replace(path, text, strlen(text), 0644, e);
	if (r == 0 && last + 1 - first >= UNDO_KEPT && first > 0)
		r = remove_step(run_path, first, e);
	free(path);
	return r;
}

char *
undo_top(const char *run_path)
{
	unsigned first, last;
	char *path, *text;

	find_steps(run_path, &first, &last);
	path = step_path(run_path, last);
	text = read_file(path, UNDO_MAX, NULL);
	free(path);
	return text;
}

int
undo_pop(const char *run_path, struct err *e)
{
	unsigned first, last;

	find_steps(run_path, &first, &last);
	return remove_step(run_path, last, e);
}

void
undo_clear(const char *run_path)
{
	unsigned first, last;
	struct err ignored;

	find_steps(run_path, &first, &last);
	for (; first > 0 && first <= last; first++)
		remove_step(run_path, first, &ignored);
}
