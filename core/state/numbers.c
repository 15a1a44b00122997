/* The last number that was given to a commit. */
#include "config.h"

#include "core/state/numbers.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/intl.h"
#include "core/base/log.h"
#include "core/base/util.h"

#define FILE_MAX 64

static char *
last_path(const struct host *h)
{
	return path_beside(h->config_path, "history/number");
}

static int
fail_end(const char *path, struct err *e)
{
	err_set(e, ERR_FAIL, "no number is left after that in %s", path);
	return err_hint(e, "write into it the highest number that any commit "
			   "has had; without the file it is that of the "
			   "history");
}

/* False where the file is there and does not say it. What it begins with is
 * better than nothing then. */
static bool
read_last(const char *path, unsigned *last)
{
	char *text = read_file(path, FILE_MAX, NULL);
	bool absent = text == NULL && errno == ENOENT;
	size_t digits = text != NULL ? strspn(text, "0123456789") : 0;
	bool whole =
	    digits > 0 && digits <= 9 && strcmp(text + digits, "\n") == 0;

	*last = whole || (digits > 0 && digits < 9)
		    ? (unsigned)strtoul(text, NULL, 10)
		    : 0;
	free(text);
	return whole || absent;
}

unsigned
numbers_last(const struct host *h)
{
	char *path = last_path(h);
	unsigned last;

	read_last(path, &last);
	free(path);
	return last;
}

int
numbers_give(const struct host *h, unsigned newest, unsigned n,
    unsigned *number, struct err *e)
{
	char *path = last_path(h), text[16];
	unsigned last;
	bool known = read_last(path, &last);
	int r = 0;

	*number = (last > newest ? last : newest) + n;
	if (*number > NUMBERS_MAX)
		r = fail_end(path, e);
	if (r == 0) {
		snprintf(text, sizeof(text), "%u\n", *number);
		r = file_replace(path, text, strlen(text), 0644, e);
	}
	if (r == 0 && !known)
		log_line(LOG_WARNING,
		    _("%s could not be read: commits go on with number %u, and "
		      "may have had it before"),
		    path, *number);
	free(path);
	return r;
}
