/* The last number that was given to a commit. */
#include "config.h"

#include "core/state/numbers.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/util.h"

#define FILE_MAX 64

static char *
last_path(const struct host *h)
{
	return path_beside(h->config_path, "history/number");
}

static int
fail_parse(const char *path, struct err *e)
{
	err_set(e, ERR_FAIL, "cannot parse %s", path);
	return err_hint(e, "write into it the highest number that any commit "
			   "has had; without the file it is that of the "
			   "history");
}

static int
read_last(const char *path, unsigned *last, struct err *e)
{
	char *text = read_file(path, FILE_MAX, NULL);
	size_t digits = text != NULL ? strspn(text, "0123456789") : 0;
	int r = 0;

	*last = 0;
	if (text == NULL && errno != ENOENT)
		r = err_sys(e, ERR_FAIL, "cannot read %s", path);
	else if (text != NULL && (digits == 0 || digits > 9 ||
				     strcmp(text + digits, "\n") != 0))
		r = fail_parse(path, e);
	else if (text != NULL)
		*last = (unsigned)strtoul(text, NULL, 10);
	free(text);
	return r;
}

int
numbers_last(const struct host *h, unsigned *last, struct err *e)
{
	char *path = last_path(h);
	int r = read_last(path, last, e);

	free(path);
	return r;
}

int
numbers_give(const struct host *h, unsigned newest, unsigned n,
    unsigned *number, struct err *e)
{
	char *path = last_path(h), text[16];
	unsigned last;
	int r = read_last(path, &last, e);

	*number = (last > newest ? last : newest) + n;
	if (r == 0 && *number > NUMBERS_MAX)
		r = fail_parse(path, e);
	if (r == 0) {
		snprintf(text, sizeof(text), "%u\n", *number);
		r = file_replace(path, text, strlen(text), 0644, e);
	}
	free(path);
	return r;
}
