/* What the self-test found: versions, verdict and reason, a line each, in
 * RUN/self-test. */
#include "config.h"

#include "core/state/tested.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "core/base/file.h"
#include "core/base/intl.h"
#include "core/base/util.h"

#define NOTE_MAX 4096 /* bytes */

static const char *const words[] = {
	[TESTED_OK] = "ok",
	[TESTED_FAIL] = "fail",
	[TESTED_UNKNOWN] = "unknown",
};

static char *
note_path(const char *run_path)
{
	return xasprintf("%s/self-test", run_path);
}

/* An update of the kernel may keep its release, and has another version. */
static char *
versions(void)
{
	struct utsname u = { 0 };

	uname(&u);
	return xasprintf("seki %s, %s %s %s, %s", PACKAGE_VERSION, u.sysname,
	    u.release, u.machine, u.version);
}

/* Of a word; TESTED_NEVER if it is none. */
static enum tested_verdict
verdict_of(const char *word)
{
	size_t i;

	for (i = TESTED_OK; i < NITEMS(words); i++)
		if (word != NULL && strcmp(words[i], word) == 0)
			return (enum tested_verdict)i;
	return TESTED_NEVER;
}

void
tested_read(const char *run_path, struct tested *t)
{
	char *path = note_path(run_path), *now = versions();
	char *text = read_file(path, NOTE_MAX, NULL), *rest = text;
	const char *with = next_line(&rest), *why;

	*t = (struct tested){ .verdict = TESTED_NEVER };
	if (with != NULL && strcmp(with, now) == 0)
		t->verdict = verdict_of(next_line(&rest));
	why = t->verdict > TESTED_OK ? next_line(&rest) : NULL;
	snprintf(t->why, sizeof(t->why), "%s", why != NULL ? why : "");
	free(text);
	free(now);
	free(path);
}

int
tested_write(const char *run_path, const struct tested *t, struct err *e)
{
	char *path = note_path(run_path), *now = versions();
	struct buf b = { 0 };
	int r;

	buf_printf(&b, "%s\n%s\n%s\n", now, words[t->verdict], t->why);
	r = file_replace(path, buf_text(&b), b.len, 0644, e);
	buf_free(&b);
	free(now);
	free(path);
	return r;
}

int
tested_check(const char *run_path, struct err *e)
{
	struct tested t;

	tested_read(run_path, &t);
	if (t.verdict != TESTED_FAIL)
		return 0;
	err_set(e, ERR_UNSAFE,
	    "the self-test failed: on this kernel rules do not do what they "
	    "say: %s",
	    _(t.why));
	return err_hint(e,
	    "seki doctor --self-test tries again; with --force it is done all "
	    "the same");
}
