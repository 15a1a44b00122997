/* The steps of a plan on the disk: a line each,
 * KIND host|inside NAME PREFIX BEFORE AFTER. */
#include "config.h"

#include "core/plan_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/file.h"
#include "core/util.h"
#include "core/words.h"

#define PLAN_MAX (64u << 20) /* bytes; a table of 5000 forwards has 4 MiB */

enum {
	WORD_KIND,
	WORD_WHERE,
	WORD_NAME,
	WORD_PREFIX,
	WORD_BEFORE,
	WORD_AFTER,
	WORD_COUNT
};

static void
print_step(const struct step *s, struct buf *b)
{
	char text[ADDR_TEXT_MAX];

	buf_printf(b, "%s %s ", step_kinds[s->kind].name,
	    s->container != NULL ? "inside" : "host");
	words_print(b, s->name, "");
	buf_printf(b, " %s %d %d\n", prefix_text(&s->prefix, text), s->before,
	    s->after);
}

int
plan_write(const struct plan *p, const char *path, struct err *e)
{
	char *ruleset = xasprintf("%s.ruleset", path);
	const struct step *s;
	struct buf b = { 0 };
	int r = 0;

	for (s = p->v; s < p->v + p->n && r == 0; s++) {
		print_step(s, &b);
		if (s->kind == STEP_RULESET)
			r = file_replace(
			    ruleset, s->undo, strlen(s->undo), 0600, e);
	}
	if (r == 0)
		r = file_replace(path, buf_text(&b), b.len, 0600, e);
	buf_free(&b);
	free(ruleset);
	return r;
}

static struct step *
add_done(struct plan *p, enum step_number kind, const struct words *w)
{
	struct step *s = plan_add(p, kind, w->v[WORD_NAME].text);

	prefix_parse(&s->prefix, w->v[WORD_PREFIX].text);
	s->before = atoi(w->v[WORD_BEFORE].text);
	s->after = atoi(w->v[WORD_AFTER].text);
	s->done = true;
	return s;
}

/* A container with several ports gets the undo on each: where there is nothing
 * to undo it does nothing. */
static void
add_inside(struct plan *p, enum step_number kind, const struct words *w,
    const struct snapshot *snapshot)
{
	const struct container *c;
	struct step *s;
	size_t i;

	for (i = 0; i < snapshot->ncontainers; i++) {
		c = &snapshot->containers[i];
		if (c->inner == 0 || strcmp(c->name, w->v[WORD_NAME].text) != 0)
			continue;
		s = add_done(p, kind, w);
		s->container = c;
		s->index = c->inner;
	}
}

static void
add_host(struct plan *p, enum step_number kind, const struct words *w,
    const struct snapshot *snapshot)
{
	const struct link *l;
	bool linked =
	    kind != STEP_KEEP && kind != STEP_SYSCTL && kind != STEP_RULESET;

	l = linked ? snapshot_link(snapshot, w->v[WORD_NAME].text) : NULL;
	if (linked && l == NULL)
		return;
	add_done(p, kind, w)->index = l != NULL ? l->index : 0;
}

static int
read_line(struct plan *p, const char *line, const struct snapshot *snapshot,
    struct err *e)
{
	struct words w = { 0 };
	size_t kind = 0;
	int r = words_split(&w, line, e);

	if (r != 0 || w.n == 0)
		goto out;
	while (w.n == WORD_COUNT && kind < STEP_COUNT &&
	       strcmp(step_kinds[kind].name, w.v[WORD_KIND].text) != 0)
		kind++;
	if (w.n != WORD_COUNT || kind == STEP_COUNT)
		r = err_set(
		    e, ERR_FAIL, "cannot understand the step: %s", line);
	else if (strcmp(w.v[WORD_WHERE].text, "inside") == 0)
		add_inside(p, (enum step_number)kind, &w, snapshot);
	else
		add_host(p, (enum step_number)kind, &w, snapshot);
out:
	words_free(&w);
	return r;
}

/* The table that a ruleset step goes back to. */
static int
read_ruleset(struct plan *p, const char *path, struct err *e)
{
	char *file = xasprintf("%s.ruleset", path);
	struct step *s;
	int r = 0;

	for (s = p->v; s < p->v + p->n && r == 0; s++) {
		if (s->kind != STEP_RULESET)
			continue;
		s->undo = read_file(file, PLAN_MAX, NULL);
		if (s->undo == NULL)
			r = err_sys(e, ERR_FAIL, "cannot read %s", file);
	}
	free(file);
	return r;
}

int
plan_read(struct plan *p, const char *path, const struct snapshot *snapshot,
    struct err *e)
{
	char *text = read_file(path, PLAN_MAX, NULL), *rest = text, *line;
	int r = 0;

	memset(p, 0, sizeof(*p));
	if (text == NULL)
		return err_sys(e, ERR_FAIL, "cannot read %s", path);
	while (r == 0 && (line = strsep(&rest, "\n")) != NULL)
		r = read_line(p, line, snapshot, e);
	free(text);
	return r == 0 ? read_ruleset(p, path, e) : -1;
}
