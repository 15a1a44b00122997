/* Carried counters: a line with the namespace and boot that they were of, as
 * net_identity tells, then "NAME PACKETS BYTES", by name. */
#include "config.h"

#include "core/state/carried.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/util.h"

#define NAME "counters"
#define FOLDER "/var/lib/seki"
#define FILE_MAX (64u << 20)

/* Owned by the caller. */
static char *
carried_path(const struct host *h)
{
	return strcmp(h->config_path, HOST_CONFIG) == 0
		   ? xstrdup(FOLDER "/" NAME)
		   : path_beside(h->config_path, NAME);
}

/* The file's text without its first line, owned by the caller; NULL if it was
 * not written, or not by us. */
static char *
read_carried(const char *path, uint64_t *identity)
{
	char *text = read_file(path, FILE_MAX, NULL), *end = NULL;

	if (text != NULL)
		*identity = strtoull(text, &end, 16);
	if (end == NULL || end == text || *end != '\n' || *identity == 0) {
		free(text);
		return NULL;
	}
	memmove(text, end + 1, strlen(end));
	return text;
}

/* Cuts the line after its name. */
static bool
parse_line(char *line, struct counter *c)
{
	char *blank = strchr(line, ' ');

	if (blank == NULL ||
	    sscanf(blank, " %" SCNu64 " %" SCNu64, &c->packets, &c->bytes) != 2)
		return false;
	*blank = '\0';
	c->name = line;
	return true;
}

/* Takes text. They are found by name, so the order matters. */
static void
parse_counters(struct counters *to, char *text)
{
	char *rest = text, *line;
	struct counter c = { 0 };

	to->names = text;
	while ((line = next_line(&rest)) != NULL) {
		if (!parse_line(line, &c) ||
		    (to->n > 0 && strcmp(to->v[to->n - 1].name, c.name) >= 0))
			continue;
		to->v = xgrow(to->v, to->n, sizeof(*to->v));
		to->v[to->n++] = c;
	}
}

static void
print_counters(const struct counters *all, uint64_t identity, struct buf *b)
{
	const struct counter *c;

	buf_printf(b, "%016" PRIx64 "\n", identity);
	for (c = all->v; c < END_OF(all->v, all->n); c++)
		if (c->packets > 0)
			buf_printf(b, "%s %" PRIu64 " %" PRIu64 "\n", c->name,
			    c->packets, c->bytes);
}

int
carried_save(const struct host *h, struct err *e)
{
	uint64_t identity = net_identity(h->net);
	struct counters now = { 0 };
	struct buf b = { 0 };
	char *path = carried_path(h);
	int r = net_counters(h->net, NET_TABLE, &now, e);

	if (r == 0 && identity != 0) {
		print_counters(&now, identity, &b);
		r = file_replace(path, buf_text(&b), b.len, 0644, e);
	}
	counters_free(&now);
	buf_free(&b);
	free(path);
	return r;
}

void
carried_count(const struct host *h, struct ruleset *want)
{
	char *path = carried_path(h);
	uint64_t identity = 0;
	char *text = read_carried(path, &identity);
	struct counters before = { 0 };

	if (text != NULL && identity != net_identity(h->net)) {
		parse_counters(&before, text);
		ruleset_count(want, &before);
		counters_free(&before);
	} else {
		free(text);
	}
	free(path);
}

static void
forget(const struct host *h, bool of_now)
{
	char *path = carried_path(h), *text = NULL;
	uint64_t identity = 0;
	struct err ignored;

	if (access(path, F_OK) == 0)
		text = read_carried(path, &identity);
	if (text != NULL && (identity == net_identity(h->net)) == of_now)
		file_remove(path, &ignored);
	free(text);
	free(path);
}

void
carried_taken(const struct host *h)
{
	forget(h, false);
}

void
carried_void(const struct host *h)
{
	forget(h, true);
}
