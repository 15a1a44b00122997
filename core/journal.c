/* The journal of what seki put into the kernel: a line each,
 * "address|route host|inside NAME ADDR[/LEN]". */
#include "config.h"

#include "core/journal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/file.h"
#include "core/util.h"
#include "core/words.h"

#define JOURNAL_MAX (4u << 20)

static void
parse_line(struct journal *j, const struct words *w)
{
	struct made m = { 0 };

	if (w->n != 4 || prefix_parse(&m.prefix, w->v[3].text) != 0)
		return;
	m.route = strcmp(w->v[0].text, "route") == 0;
	m.inside = strcmp(w->v[1].text, "inside") == 0;
	m.name = w->v[2].text;
	journal_add(j, &m);
}

int
journal_read(struct journal *j, const char *path, struct err *e)
{
	char *text = read_file(path, JOURNAL_MAX, NULL), *rest = text, *line;
	struct words w = { 0 };
	struct err ignored;

	if (text == NULL && errno == ENOENT)
		return 0;
	if (text == NULL)
		return err_sys(e, ERR_FAIL, "cannot read %s", path);
	while ((line = strsep(&rest, "\n")) != NULL) {
		if (words_split(&w, line, &ignored) == 0)
			parse_line(j, &w);
		words_free(&w);
	}
	free(text);
	return 0;
}

int
journal_write(const struct journal *j, const char *path, struct err *e)
{
	const struct made *m;
	struct buf b = { 0 };
	int r;

	for (m = j->v; m < j->v + j->n; m++) {
		buf_printf(&b, "%s %s ", m->route ? "route" : "address",
		    m->inside ? "inside" : "host");
		words_print(&b, m->name, "");
		buf_add(&b, " ");
		prefix_print(&m->prefix, &b);
		buf_add(&b, "\n");
	}
	r = file_replace(path, buf_text(&b), b.len, 0644, e);
	buf_free(&b);
	return r;
}

void
journal_free(struct journal *j)
{
	size_t i;

	for (i = 0; i < j->n; i++)
		free(j->v[i].name);
	free(j->v);
	memset(j, 0, sizeof(*j));
}

static size_t
find(const struct journal *j, const struct made *m)
{
	size_t i;

	for (i = 0; i < j->n; i++)
		if (j->v[i].route == m->route && j->v[i].inside == m->inside &&
		    strcmp(j->v[i].name, m->name) == 0 &&
		    prefix_equal(&j->v[i].prefix, &m->prefix))
			return i;
	return SIZE_MAX;
}

bool
journal_has(const struct journal *j, const struct made *m)
{
	return find(j, m) != SIZE_MAX;
}

void
journal_add(struct journal *j, const struct made *m)
{
	if (journal_has(j, m))
		return;
	j->v = xgrow(j->v, j->n, sizeof(*j->v));
	j->v[j->n] = *m;
	j->v[j->n++].name = xstrdup(m->name);
}

void
journal_remove(struct journal *j, const struct made *m)
{
	size_t i = find(j, m);

	if (i == SIZE_MAX)
		return;
	free(j->v[i].name);
	j->v[i] = j->v[--j->n];
}
