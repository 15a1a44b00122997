/* What the rules in force refuse of what was let in once. */
#include "config.h"

#include "core/show/refusal.h"

#include <stdlib.h>

#include "core/base/intl.h"
#include "core/reach/stale.h"
#include "core/state/check.h"

/* Who refuses, each once. A default without a statement refuses nothing, so
 * none stands for the lines that always hold. */
struct refusers {
	struct stale_ruling *v;
	size_t n;
};

static bool
is_new(const struct refusers *known, const struct stale_ruling *r)
{
	size_t i;

	for (i = 0; i < known->n; i++)
		if (known->v[i].by == r->by)
			return false;
	return true;
}

static void
add_refusal(const struct stale *s, const struct connection_row *r,
    struct refusers *known, struct buf *b)
{
	struct buf by = { 0 }, to = { 0 };
	struct stale_ruling ruling = { 0 };

	if (!stale_refuses(s, r->flow, &ruling) || !is_new(known, &ruling))
		return;
	known->v = xgrow(known->v, known->n, sizeof(*known->v));
	known->v[known->n++] = ruling;
	if (ruling.by != NULL)
		statement_print(ruling.by, &by);
	else
		buf_add(&by, _("a line that always holds"));
	connection_target(r, &to);
	buf_printf(b, _("WARN a new one to %s would be refused by %s\n"),
	    buf_text(&to), buf_text(&by));
	buf_free(&by);
	buf_free(&to);
}

void
flow_refusals(const struct host *h, const struct flow_row *r, struct buf *b)
{
	const struct flow_tree *t = r->tree;
	const struct flow_row *c = t->rows + t->nclients;
	struct refusers known = { 0 };
	struct checkup committed;
	struct stale s;
	size_t i;

	checkup_begin(&committed, h);
	if (!committed.known)
		goto out;
	stale_begin(&s, committed.model, &h->snapshot);
	if (r->line == FLOW_CONNECTION)
		add_refusal(&s, r->connection, &known, b);
	for (i = 0; i < t->nconnections && r->line != FLOW_CONNECTION; i++)
		if (c[i].client == r->client)
			add_refusal(&s, c[i].connection, &known, b);
	stale_end(&s);
	free(known.v);
out:
	checkup_end(&committed);
}
