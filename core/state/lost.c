/* Losses: how often netlink had no room for an event (ENOBUFS), a number in
 * RUN/lost. */
#include "config.h"

#include "core/state/lost.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/util.h"

#define NUMBER_MAX 16 /* bytes */

static char *
lost_path(const char *run_path)
{
	return xasprintf("%s/lost", run_path);
}

unsigned
lost_count(const char *run_path)
{
	char *path = lost_path(run_path);
	char *text = read_file(path, NUMBER_MAX, NULL);
	unsigned n = text != NULL ? (unsigned)strtoul(text, NULL, 10) : 0;

	free(text);
	free(path);
	return n;
}

int
lost_add(const char *run_path, unsigned more, struct err *e)
{
	char *path = lost_path(run_path), text[NUMBER_MAX];
	int r;

	snprintf(text, sizeof(text), "%u\n", lost_count(run_path) + more);
	r = file_replace(path, text, strlen(text), 0644, e);
	free(path);
	return r;
}
