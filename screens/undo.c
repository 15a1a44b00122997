/* The edits that this console made, to be taken back one by one. */
#include "config.h"

#include "screens/undo.h"

#include <stdlib.h>
#include <string.h>

#include "core/config.h"
#include "core/util.h"

char *
undo_mark(const struct host *h)
{
	struct buf b = { 0 };

	config_print(&h->candidate, &b);
	return buf_take(&b);
}

static void
step_free(struct undo_step *s)
{
	free(s->before);
	free(s->after);
}

void
undo_keep(struct undo *u, char *mark, const struct host *h)
{
	struct undo_step step = { mark, undo_mark(h) };

	if (strcmp(step.before, step.after) == 0) {
		step_free(&step);
		return;
	}
	u->v = xgrow(u->v, u->n, sizeof(*u->v));
	u->v[u->n++] = step;
}

/* The first statement that an edit changed, and how many more there were. */
struct told {
	struct buf *b;
	unsigned n;
};

static void
tell(void *arg, const struct statement *before, const struct statement *after)
{
	struct told *t = arg;

	if (t->n++ > 0)
		return;
	buf_add(t->b, before == NULL ? "+ " : after == NULL ? "- " : "~ ");
	statement_print(after != NULL ? after : before, t->b);
}

static void
describe(const struct config *before, const struct config *after,
    struct buf *what)
{
	struct told t = { what, 0 };

	config_diff(before, after, tell, &t);
	if (t.n == 0)
		buf_add(what, "a comment");
	else if (t.n > 1)
		buf_printf(what, ", and %u more", t.n - 1);
}

int
undo_last(struct undo *u, struct host *h, struct buf *what, struct err *e)
{
	const struct undo_step *last;
	struct config before = { 0 };
	char *now;
	int r;

	if (u->n == 0)
		return err_set(e, ERR_FAIL, "there is no edit to undo");
	last = &u->v[u->n - 1];
	now = undo_mark(h);
	r = strcmp(now, last->after);
	free(now);
	if (r != 0) {
		err_set(e, ERR_FAIL, "the candidate was changed by another "
				     "seki since; nothing is undone");
		return err_hint(e, "6 shows what it is now");
	}
	r = config_parse(&before, last->before, NULL, e);
	if (r == 0)
		describe(&before, &h->candidate, what);
	if (r == 0)
		r = host_set_candidate(h, &before, e);
	config_free(&before);
	if (r == 0)
		step_free(&u->v[--u->n]);
	return r;
}

void
undo_free(struct undo *u)
{
	while (u->n > 0)
		step_free(&u->v[--u->n]);
	free(u->v);
	*u = (struct undo) { 0 };
}
