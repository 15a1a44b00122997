/* What stands behind a guard's socket need not be a guard: every answer is
 * understood or an error that can be shown. */
#include "config.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/util.h"
#include "core/commit/guard_talk.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
must_be_safe(const char *text)
{
	struct buf safe = { 0 };

	buf_escape_lines(&safe, text);
	if (strcmp(buf_text(&safe), text) != 0)
		abort();
	buf_free(&safe);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct buf answer = { 0 };
	struct err e = { 0 };
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) != 0 ||
	    send(fds[0], data, n, 0) != (ssize_t)n ||
	    shutdown(fds[0], SHUT_WR) != 0)
		abort();
	if (guard_say(fds[1], "status", &answer, &e) != 0) {
		if (e.code == ERR_NONE || e.text[0] == '\0')
			abort();
		must_be_safe(e.text);
		must_be_safe(e.hint);
	}
	close(fds[0]);
	close(fds[1]);
	buf_free(&answer);
	return 0;
}
