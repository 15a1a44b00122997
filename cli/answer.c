/* Runs commands and prints their answers. */
#include "config.h"

#include "cli/answer.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/base/util.h"
#include "core/command/command.h"

int
answer_status(const struct err *e)
{
	return e->code != ERR_NONE ? (int)e->code : ERR_FAIL;
}

int
answer_error(const struct err *e)
{
	struct buf b = { 0 };

	err_print(e, &b);
	fflush(stdout);
	fprintf(stderr, "seki: %s", buf_text(&b));
	buf_free(&b);
	return answer_status(e);
}

/* Escapes the text: comments of a config may hold any bytes. */
static int
print_safe(const struct buf *text, FILE *to)
{
	struct buf safe = { 0 };
	int r = 0;

	buf_escape_lines(&safe, buf_text(text));
	if (fwrite(buf_text(&safe), 1, safe.len, to) != safe.len ||
	    fflush(to) != 0)
		r = -1;
	buf_free(&safe);
	return r;
}

/* A closed pipe or a full disk is an error to report; but a command that was
 * carried out succeeded. */
static int
print_answer(const struct buf *out, bool looks)
{
	if (print_safe(out, stdout) == 0)
		return 0;
	fprintf(stderr,
	    looks ? _("seki: cannot write the answer: %s\n")
		  : _("seki: it is done, but cannot write the answer: %s\n"),
	    strerror(errno));
	return looks ? ERR_FAIL : 0;
}

int
answer_words(struct host *h, struct words *w)
{
	struct buf out = { 0 }, notes = { 0 };
	struct err e = { 0 };
	int status = 0;
	int r = command_run(h, w, &out, &notes, &e);

	if (r == 0 || out.len > 0)
		status = print_answer(&out, command_looks(w));
	print_safe(&notes, stderr);
	if (r != 0)
		status = answer_error(&e);
	buf_free(&out);
	buf_free(&notes);
	return status;
}

int
answer_lines(struct host *h, const char *const *lines, size_t n)
{
	struct buf all = { 0 }, out = { 0 }, notes = { 0 };
	struct err e = { 0 }, first = { 0 };
	int status;
	size_t i;

	for (i = 0; i < n; i++) {
		buf_reset(&out);
		if (command_line(h, lines[i], &out, &notes, &e) != 0 &&
		    first.code == ERR_NONE)
			first = e;
		buf_printf(&all, "%s%s", i > 0 ? "\n" : "", buf_text(&out));
	}
	status = print_answer(&all, true);
	print_safe(&notes, stderr);
	if (first.code != ERR_NONE)
		status = answer_error(&first);
	buf_free(&all);
	buf_free(&out);
	buf_free(&notes);
	return status;
}
