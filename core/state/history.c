/* The history: a file for each confirmed config, so that each is complete or
 * missing; its first line says who committed it. */
#include "config.h"

#include "core/state/history.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/util.h"
#include "core/lang/config_diff.h"
#include "core/state/numbers.h"
#include "core/state/pending.h"

#define HEAD "# confirmed: when=%" PRId64 " added=%u removed=%u changed=%u by="

/* Files */

static char *
folder_path(const struct host *h)
{
	return path_beside(h->config_path, "history");
}

static char *
entry_path(const struct host *h, unsigned number)
{
	char *folder = folder_path(h);
	char *path = xasprintf("%s/%06u.conf", folder, number);

	free(folder);
	return path;
}

/* 0 if the name is not one of an entry, as of a temporary file. */
static unsigned
number_of(const char *name)
{
	unsigned number;
	char again[32];

	if (sscanf(name, "%9u", &number) != 1)
		return 0;
	snprintf(again, sizeof(again), "%06u.conf", number);
	return strcmp(name, again) == 0 ? number : 0;
}

static int
newest_first(const void *a, const void *b)
{
	const struct history_entry *x = a, *y = b;

	return x->number < y->number ? 1 : x->number > y->number ? -1 : 0;
}

/* Lists the numbers, newest first: all of them or an error, since the next
 * number must be unused. */
static int
list_numbers(const struct host *h, struct history *to, struct err *e)
{
	char *folder = folder_path(h);
	DIR *d = opendir(folder);
	struct dirent *de;
	unsigned number;
	int r = 0;

	memset(to, 0, sizeof(*to));
	if (d == NULL && errno == ENOENT)
		goto out;
	while (d != NULL && (errno = 0, de = readdir(d)) != NULL) {
		number = number_of(de->d_name);
		if (number == 0)
			continue;
		to->v = xgrow(to->v, to->n, sizeof(*to->v));
		to->v[to->n++] = (struct history_entry){ .number = number };
	}
	if (errno != 0)
		r = err_sys(e, ERR_FAIL, "cannot read %s", folder);
	if (d != NULL)
		closedir(d);
	if (to->n > 1)
		qsort(to->v, to->n, sizeof(*to->v), newest_first);
out:
	free(folder);
	return r;
}

/* Parses the first line, which a foreign file may lack. The name in it was
 * escaped by lock_who, but not if somebody else wrote it. */
static void
read_head(const struct host *h, struct history_entry *to)
{
	char *path = entry_path(h, to->number), line[512];
	FILE *f = fopen(path, "re");
	struct buf who = { 0 };
	int at = 0;

	if (f != NULL && fgets(line, sizeof(line), f) != NULL &&
	    sscanf(line, HEAD "%n", &to->when, &to->added, &to->removed,
		&to->changed, &at) == 4 &&
	    at > 0)
		buf_escape(&who, line + at, strcspn(line + at, "\n"));
	to->who = buf_take(&who);
	if (f != NULL)
		fclose(f);
	free(path);
}

static int
fail_absent(const struct history *have, unsigned number, struct err *e)
{
	err_set(e, ERR_USAGE, "the history has no number %u", number);
	if (have->n == 0)
		return err_hint(e, "it is empty: nothing was committed yet");
	if (number > have->v[have->n - 1].number && number < have->v[0].number)
		return err_hint(e,
		    "commit #%u was not confirmed, and its "
		    "number is not used again; seki show "
		    "history",
		    number);
	return err_hint(e, "it has %u to %u; seki show history",
	    have->v[have->n - 1].number, have->v[0].number);
}

/* The text of a config, without our first line. */
static char *
read_body(const struct host *h, unsigned number, struct err *e)
{
	char *path = entry_path(h, number), *text, *end, *body = NULL;
	struct history have;

	text = read_file(path, CONFIG_MAX, NULL);
	if (text != NULL) {
		end = strchr(text, '\n');
		body = xstrdup(has_prefix(text, "# confirmed: ") && end != NULL
				   ? end + 1
				   : text);
	} else if (errno != ENOENT) {
		err_sys(e, ERR_FAIL, "cannot read %s", path);
	} else {
		if (list_numbers(h, &have, e) == 0)
			fail_absent(&have, number, e);
		history_free(&have);
	}
	free(text);
	free(path);
	return body;
}

/* Keeping */

static void
count_change(void *arg, const struct change *c)
{
	struct history_entry *to = arg;

	if (c->before == NULL)
		to->added++;
	else if (c->after == NULL)
		to->removed++;
	else
		to->changed++;
}

static int
write_entry(const char *path, const struct history_entry *entry,
    const struct buf *body, struct err *e)
{
	struct buf text = { 0 };
	int r;

	buf_printf(&text, HEAD, entry->when, entry->added, entry->removed,
	    entry->changed);
	buf_add_n(&text, entry->who, strcspn(entry->who, "\n"));
	buf_add(&text, "\n");
	buf_add(&text, buf_text(body));
	r = config_write_text(text.s, text.len, path, e);
	buf_free(&text);
	return r;
}

/* An entry that cannot be removed now is removed next time. */
static void
drop_oldest(const struct host *h, const struct history *have, size_t room)
{
	struct err ignored;
	char *path;
	size_t i;

	for (i = room; i < have->n; i++) {
		path = entry_path(h, have->v[i].number);
		file_remove(path, &ignored);
		free(path);
	}
}

/* The place of an entry until its config has been saved. */
static char *
next_path(const struct host *h)
{
	char *folder = folder_path(h);
	char *path = xasprintf("%s/next", folder);

	free(folder);
	return path;
}

static int
find_newest(const struct host *h, unsigned *number, struct err *e)
{
	struct history have;
	int r = list_numbers(h, &have, e);

	*number = have.n > 0 ? have.v[0].number : 0;
	history_free(&have);
	return r;
}

static bool
is_newest(const struct host *h, const struct buf *body, unsigned number)
{
	struct err ignored;
	char *text = number > 0 ? read_body(h, number, &ignored) : NULL;
	bool same;

	same = text != NULL && strcmp(text, buf_text(body)) == 0;
	free(text);
	return same;
}

/* Whether that entry is the text that the config was read from. */
static bool
is_text(const struct host *h, unsigned number, const struct config *config)
{
	struct err ignored;
	char *body = number > 0 && config->text != 0
			 ? read_body(h, number, &ignored)
			 : NULL;
	bool is = body != NULL && hash_text(HASH_START, body) == config->text;

	free(body);
	return is;
}

/* Most often it is the saved one, and need not be parsed. */
static int
read_newest(const struct host *h, unsigned newest, struct config *c)
{
	struct err ignored;
	char *body = read_body(h, newest, &ignored);
	int r = -1;

	if (body != NULL && hash_text(HASH_START, body) == h->saved.text) {
		config_copy(c, &h->saved);
		r = 0;
	} else if (body != NULL) {
		r = config_parse(c, body, NULL, &ignored);
	}
	free(body);
	return r;
}

static bool
is_kept(const struct host *h, const struct config *config, unsigned newest)
{
	struct buf body = { 0 };
	bool kept;

	if (is_text(h, newest, config))
		return true;
	config_print(config, &body);
	kept = is_newest(h, &body, newest);
	buf_free(&body);
	return kept;
}

bool
history_keeps(const struct host *h, const struct config *config)
{
	return is_kept(h, config, history_newest(h));
}

/* One that was edited by hand gets a number before what replaces it. */
static unsigned
count_new(const struct host *h, const struct config *config, unsigned newest)
{
	if (newest == 0 || h->saved_error.code != ERR_NONE)
		return is_kept(h, config, newest) ? 0 : 1;
	return (is_kept(h, &h->saved, newest) ? 0 : 1) +
	       (config_equal(&h->saved, config) ? 0 : 1);
}

int
history_reserve(const struct host *h, const struct config *config,
    unsigned *number, bool *edited, struct err *e)
{
	unsigned n;

	*edited = false;
	if (history_settle(h, &h->saved, e) != 0 ||
	    find_newest(h, number, e) != 0)
		return -1;
	n = count_new(h, config, *number);
	*edited = n > 1;
	return n > 0 ? numbers_give(h, *number, n, number, e) : 0;
}

static int
write_after(const struct host *h, const struct config *config,
    const struct buf *body, const char *who, int64_t when, unsigned newest,
    const char *path, struct err *e)
{
	struct history_entry entry = { .when = when, .who = (char *)who };
	struct config before = { 0 };
	int r;

	if (newest > 0)
		read_newest(h, newest, &before);
	config_diff(&before, config, count_change, &entry);
	r = write_entry(path, &entry, body, e);
	config_free(&before);
	return r;
}

/* A reserved number must be the last that was given: it is the one by which
 * history_settle finds the entry. */
int
history_prepare(const struct host *h, const struct config *config,
    const char *who, int64_t when, unsigned *number, struct err *e)
{
	unsigned reserved = *number, newest;
	char *path = next_path(h);
	struct buf body = { 0 };
	int r = find_newest(h, &newest, e);

	*number = newest;
	if (r != 0 || is_text(h, newest, config))
		goto out;
	config_print(config, &body);
	if (is_newest(h, &body, newest))
		goto out;
	*number = reserved;
	if (reserved != numbers_last(h) || reserved <= newest)
		r = numbers_give(h, newest, 1, number, e);
	if (r == 0)
		r = write_after(h, config, &body, who, when, newest, path, e);
out:
	buf_free(&body);
	free(path);
	return r;
}

int
history_keep(const struct host *h, const struct config *config, const char *who,
    unsigned number, struct err *e)
{
	struct buf body = { 0 };
	unsigned newest;
	char *path;
	int r = find_newest(h, &newest, e);

	config_print(config, &body);
	if (r != 0 || is_newest(h, &body, newest))
		goto out;
	if (number <= newest)
		r = numbers_give(h, newest, 1, &number, e);
	path = entry_path(h, number);
	if (r == 0)
		r = write_after(h, config, &body, who, 0, newest, path, e);
	free(path);
out:
	buf_free(&body);
	return r;
}

/* Compares only the text after the first line: 1 if it is. What cannot be read
 * is left for the next seki. */
static int
is_of(const char *path, const struct config *config, struct err *e)
{
	char *text = read_file(path, CONFIG_MAX, NULL), *body;
	struct buf now = { 0 };
	bool same;

	if (text == NULL && errno != EFBIG)
		return err_sys(e, ERR_FAIL, "cannot read %s", path);
	body = text != NULL ? strchr(text, '\n') : NULL;
	config_print(config, &now);
	same = body != NULL && strcmp(body + 1, buf_text(&now)) == 0;
	buf_free(&now);
	free(text);
	return same;
}

static int
keep_next(const struct host *h, const char *path, struct err *e)
{
	struct history have = { 0 };
	unsigned last = numbers_last(h), after;
	char *entry;
	int r = list_numbers(h, &have, e);

	if (r == 0) {
		after = have.n > 0 ? have.v[0].number + 1 : 1;
		entry = entry_path(h, last > after ? last : after);
		r = file_rename(path, entry, e);
		free(entry);
	}
	if (r == 0)
		drop_oldest(h, &have, HISTORY_KEPT - 1);
	history_free(&have);
	return r;
}

void
history_sweep(const struct host *h)
{
	char *folder = folder_path(h);
	char *path = xasprintf("%s/", folder);

	file_sweep(path);
	free(path);
	free(folder);
}

bool
history_is_settled(const struct host *h)
{
	char *path = next_path(h);
	bool settled = access(path, F_OK) == -1;

	free(path);
	return settled;
}

int
history_settle(const struct host *h, const struct config *saved, struct err *e)
{
	char *path;
	int r;

	if (history_is_settled(h))
		return 0;
	path = next_path(h);
	r = is_of(path, saved, e);
	if (r != -1)
		r = r == 1 ? keep_next(h, path, e) : file_remove(path, e);
	free(path);
	return r;
}

/* Looking */

unsigned
history_newest(const struct host *h)
{
	struct err ignored;
	unsigned number;

	find_newest(h, &number, &ignored);
	return number;
}

bool
history_has(const struct host *h, const struct config *config, unsigned *number)
{
	*number = history_newest(h);
	return is_text(h, *number, config);
}

int
history_load(const struct host *h, struct history *to, struct err *e)
{
	size_t i;

	int r = list_numbers(h, to, e);

	for (i = 0; i < to->n; i++)
		read_head(h, &to->v[i]);
	if (to->n > 0)
		to->v[0].in_force = h->pending.phase == PENDING_NONE;
	return r;
}

void
history_free(struct history *h)
{
	size_t i;

	for (i = 0; i < h->n; i++)
		free(h->v[i].who);
	free(h->v);
	memset(h, 0, sizeof(*h));
}

int
history_read(
    const struct host *h, unsigned number, struct config *c, struct err *e)
{
	char *path = entry_path(h, number);
	char *text = read_body(h, number, e);
	int r = -1;

	memset(c, 0, sizeof(*c));
	if (text != NULL)
		r = config_parse(c, text, path, e);
	free(text);
	free(path);
	return r;
}

int
history_committed(const struct host *h, struct config *c)
{
	char *path = pending_path(h->run_path, "config");
	unsigned newest = history_newest(h);
	struct err ignored;
	int r = 0;

	memset(c, 0, sizeof(*c));
	if (h->pending.phase != PENDING_NONE)
		r = config_read_like(c, path, false, &h->saved, &ignored);
	else if (newest > 0)
		r = read_newest(h, newest, c);
	else
		config_copy(c, &h->saved);
	free(path);
	return r;
}

/* To read what was committed takes longer than to resolve most configs. */
int
history_resolve(const struct host *h, struct model *m, const struct config *c,
    struct err *e)
{
	struct config committed = { 0 };
	struct err again;
	int r = model_build(m, c, &h->snapshot, e);

	if (r != 0 && history_committed(h, &committed) == 0) {
		model_free(m);
		r = model_build_again(m, c, &committed, &h->snapshot, &again);
		*e = again;
	}
	config_free(&committed);
	return r;
}
