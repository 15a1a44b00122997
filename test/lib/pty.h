/* A real terminal for tests: what runs in it, what it writes, how it ends. For
 * cmocka: what goes wrong fails the test. */
#ifndef SEKI_TEST_PTY_H
#define SEKI_TEST_PTY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <termios.h>

#include "core/base/util.h"

struct session {
	int fd;		/* of the terminal's own end; -1 once it went away */
	pid_t pid;	/* of what runs in it */
	struct buf out; /* all that was written */
	size_t seen;	/* up to where await has looked */
	struct termios before;
};

/* How a session is begun. Variables are "NAME=value", or "NAME" to have it
 * not set. */
struct setup {
	const char *env[4];
	const char *arg[3];
	const char *command; /* of sh, in place of $SEKI */
	bool nohup;	     /* SIGHUP is ignored */
	bool shell;	     /* as a job of a shell, which can stop and go on */
};

/* Runs $SEKI in a terminal of 80x24. */
void session_start(struct session *, const struct setup *);
/* Frees it, and closes the terminal. */
void session_free(struct session *);

/* Takes what is written, waiting at most that long; false when nothing came.
 */
bool take(struct session *, int ms);
/* Where a text stands in what was written, from there on; NULL: nowhere. */
const char *find(const struct session *, size_t from, const char *text);
/* Prints the end of what was written. */
void show(const struct session *);

/* Waits until a text is written behind what was awaited last. */
void await(struct session *, const char *text);

void type(struct session *, const char *text);
void type_bytes(struct session *, const char *, size_t n);
void nap(unsigned ms);

/* The status as of wait. */
int wait_end(struct session *);

#endif
