/* The logbook: what seki has logged.
 *
 * The journal is asked by its own program, since its files are for nobody else
 * to read; it also tells who wrote a line, so that others cannot speak for
 * seki. A host without a journal, or whose journal keeps nothing, has files of
 * syslogd, which cannot tell. */
#include "config.h"

#include "core/state/logbook.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/base/child.h"
#include "core/base/loop.h"
#include "core/base/util.h"
#include "core/state/host.h"

#define PATIENCE_MS 10000
#define PIECE 65536
#define TAIL_MAX (4 << 20) /* bytes at the end of a file */
#define JOURNAL "/run/systemd/journal/socket"

/* Where syslogds write what daemons log. */
static const char *const files[] = { "/var/log/syslog", "/var/log/daemon.log",
	"/var/log/messages", "/var/log/user.log" };

/* How a file is called once it was rotated, by logrotate and by busybox. */
static const char *const rotated[] = { "", ".1", ".0" };

struct log_reading {
	struct log_scope scope;
	struct logbook book;
	struct child child; /* the journal's program; no fd: none runs */
	struct buf in;	    /* the start of a line */
};

static void
add(struct logbook *to, const struct log_entry *entry)
{
	to->v = xgrow(to->v, to->n, sizeof(*to->v));
	to->v[to->n++] = *entry;
}

/* Files */

/* A file system may fill with zeros what a power cut kept from the disk, and
 * the newest lines are behind them. */
static void
replace_zeros(char *text, size_t n)
{
	char *zero = text;

	while ((zero = memchr(zero, '\0', n - (size_t)(zero - text))) != NULL)
		*zero++ = '\n';
}

/* The end of a file, from the start of a line; NULL with errno. */
static char *
read_tail(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	off_t from = 0;
	char *text = NULL, *start;
	struct stat st;
	ssize_t n = -1;

	if (fd == -1)
		return NULL;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		from = st.st_size > TAIL_MAX ? st.st_size - TAIL_MAX : 0;
		text = xcalloc(TAIL_MAX + 1, 1);
		n = pread(fd, text, TAIL_MAX, from);
	}
	close(fd);
	if (n == -1) {
		free(text);
		return NULL;
	}
	text[n] = '\0';
	replace_zeros(text, (size_t)n);
	start = from > 0 ? strchr(text, '\n') : NULL;
	if (start != NULL)
		memmove(text, start + 1, strlen(start + 1) + 1);
	return text;
}

/* Appends the lines of a text from its end on. */
static void
read_backwards(
    struct logbook *to, char *text, const struct log_scope *scope, int64_t now)
{
	size_t len = strlen(text);
	struct log_entry entry;
	char *end;

	while (to->n < scope->most && len > 0) {
		end = memrchr(text, '\n', len);
		if (log_lines_syslog(
			end != NULL ? end + 1 : text, now, &entry)) {
			if (entry.when < scope->since) {
				free(entry.text);
				return;
			}
			add(to, &entry);
		}
		len = end != NULL ? (size_t)(end - text) : 0;
		text[len] = '\0';
	}
}

int
logbook_read_file(struct logbook *to, const char *path,
    const struct log_scope *scope, int64_t now)
{
	int r = -1;
	size_t i;

	for (i = 0; i < NITEMS(rotated) && to->n < scope->most; i++) {
		char *of = xasprintf("%s%s", path, rotated[i]);
		char *text = read_tail(of);

		if (text != NULL) {
			read_backwards(to, text, scope, now);
			r = 0;
		}
		free(text);
		free(of);
	}
	return r;
}

static int
read_files(struct log_reading *l, bool told, struct err *e)
{
	bool read = told && geteuid() == 0;
	size_t i;

	if (host_is_lab())
		return err_set(e, ERR_FAIL, "a lab keeps no log");
	for (i = 0; i < NITEMS(files) && l->book.n == 0; i++)
		if (logbook_read_file(
			&l->book, files[i], &l->scope, time(NULL)) == 0)
			read = true;
	if (read)
		return 0;
	err_set(e, ERR_FAIL, "this host keeps no log that can be read");
	return geteuid() != 0
		   ? err_hint(e, "run as root")
		   : err_hint(e, "install a syslogd, such as rsyslog");
}

/* The journal */

static int
ask_journal(struct log_reading *l, struct err *e)
{
	char lines[32], since[32];
	const char *argv[] = { "journalctl", "--quiet", "--no-pager",
		"--output=json",
		"--output-fields=SYSLOG_IDENTIFIER,_UID,PRIORITY,MESSAGE",
		"--reverse", lines, "SYSLOG_IDENTIFIER=seki", "_UID=0",
		l->scope.since > 0 ? since : NULL, NULL };

	snprintf(lines, sizeof(lines), "--lines=%u", l->scope.most);
	snprintf(since, sizeof(since), "--since=@%" PRId64, l->scope.since);
	return child_start(&l->child, argv, e);
}

static void
take_lines(struct log_reading *l)
{
	struct buf rest = { 0 };
	char *line = l->in.s, *end;
	struct log_entry entry;

	while (line != NULL && (end = strchr(line, '\n')) != NULL) {
		*end = '\0';
		if (l->book.n < l->scope.most &&
		    log_lines_journal(line, &entry))
			add(&l->book, &entry);
		line = end + 1;
	}
	if (line != NULL)
		buf_add(&rest, line);
	buf_free(&l->in);
	l->in = rest;
}

struct log_reading *
log_reading_begin(const struct log_scope *scope, struct err *e)
{
	struct log_reading *l = xcalloc(1, sizeof(*l));

	l->scope = *scope;
	l->child.fd = -1;
	if (access(JOURNAL, F_OK) == 0 && ask_journal(l, e) != 0) {
		log_reading_end(l);
		return NULL;
	}
	return l;
}

int
log_reading_more(struct log_reading *l, struct err *e)
{
	char piece[PIECE];
	ssize_t n;
	int r;

	if (l->child.fd == -1)
		return read_files(l, false, e);
	n = read(l->child.fd, piece, sizeof(piece));
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return 1;
	if (n > 0) {
		buf_add_n(&l->in, piece, (size_t)n);
		take_lines(l);
		return 1;
	}
	r = child_end(&l->child);
	l->child.fd = -1;
	return l->book.n > 0 ? 0 : read_files(l, r == 0, e);
}

int
log_reading_fd(const struct log_reading *l)
{
	return l->child.fd;
}

const struct logbook *
log_reading_get(const struct log_reading *l)
{
	return &l->book;
}

struct logbook
log_reading_take(struct log_reading *l)
{
	struct logbook book = l->book;

	l->book = (struct logbook){ 0 };
	return book;
}

void
log_reading_end(struct log_reading *l)
{
	if (l == NULL)
		return;
	if (l->child.fd != -1)
		child_end(&l->child);
	logbook_free(&l->book);
	buf_free(&l->in);
	free(l);
}

/* At once */

int
logbook_read(struct logbook *to, const struct log_scope *scope, struct err *e)
{
	struct log_reading *l = log_reading_begin(scope, e);
	uint64_t end = now_ms() + PATIENCE_MS, now;
	int r = l != NULL ? 1 : -1;

	*to = (struct logbook){ 0 };
	while (r == 1) {
		now = now_ms();
		if (now >= end ||
		    (log_reading_fd(l) != -1 && !loop_wait_fd(log_reading_fd(l),
						    (unsigned)(end - now))))
			r = err_set(e, ERR_FAIL, "the journal does not answer");
		else
			r = log_reading_more(l, e);
	}
	if (r == 0)
		*to = log_reading_take(l);
	log_reading_end(l);
	return r;
}
