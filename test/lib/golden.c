/* The frames in test/golden/, read. */
#include "config.h"

#include "golden.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/file.h"
#include "core/base/util.h"

#define FILE_MAX (1u << 20)
#define CURSOR "-- cursor "

char *
golden_top(void)
{
	const char *given = getenv("top_srcdir");
	char *found = realpath(given != NULL ? given : ".", NULL);
	char *folder = xasprintf("%s/test/golden", found != NULL ? found : "");

	if (access(folder, F_OK) == -1) {
		fprintf(stderr,
		    "there is no %s: top_srcdir is to name the source\n",
		    folder);
		free(found);
		found = NULL;
	}
	free(folder);
	return found;
}

/* A line that may be empty. */
static char *
cut_line(char **rest)
{
	return *rest != NULL ? strsep(rest, "\n") : NULL;
}

/* "14 bbb", of row 14. */
static void
read_look(struct golden *g, const char *line)
{
	char *end;
	long y = strtol(line, &end, 10);

	assert_true(end != line && y >= 0 && y < GOLDEN_ROWS && *end == ' ');
	g->looks[y] = end + 1;
}

static void
read_frame(struct golden *g, char *text)
{
	size_t i;
	char *line;

	for (i = 0; i < GOLDEN_ROWS; i++)
		g->looks[i] = "";
	g->h = 0;
	g->name = cut_line(&text);
	while ((line = cut_line(&text)) != NULL && !has_prefix(line, CURSOR)) {
		assert_true(g->h < GOLDEN_ROWS);
		g->rows[g->h++] = line;
	}
	assert_non_null(line);
	assert_int_equal(
	    sscanf(line + strlen(CURSOR), "%d %d", &g->y, &g->x), 2);
	while ((line = cut_line(&text)) != NULL)
		if (line[0] != '\0')
			read_look(g, line);
}

static void
read_frames(const char *path, const char *file,
    void (*fn)(void *arg, const struct golden *), void *arg)
{
	char *text = read_file(path, FILE_MAX, NULL), *one, *next;
	struct golden g = { .file = file };

	assert_non_null(text);
	for (one = text; one != NULL; one = next) {
		next = strstr(one, "\n== ");
		if (next != NULL)
			*next++ = '\0';
		read_frame(&g, one + strlen("== "));
		fn(arg, &g);
	}
	free(text);
}

void
golden_read(
    const char *top, void (*fn)(void *arg, const struct golden *), void *arg)
{
	char *folder = xasprintf("%s/test/golden", top), *path;
	DIR *d = opendir(folder);
	struct dirent *de;

	assert_non_null(d);
	while ((de = readdir(d)) != NULL) {
		if (de->d_name[0] == '.')
			continue;
		path = xasprintf("%s/%s", folder, de->d_name);
		read_frames(path, de->d_name, fn, arg);
		free(path);
	}
	closedir(d);
	free(folder);
}
