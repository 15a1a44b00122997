/* Addresses to look up in every container. */
#include "config.h"

#include "core/state/wanted.h"

#include <stdlib.h>
#include <sys/socket.h>

#include "core/base/util.h"
#include "core/plan/journal.h"
#include "core/state/drift.h"

static void
add(struct prefixes *to, const struct prefix *p)
{
	if (p->family != AF_INET6)
		return;
	to->v = xgrow(to->v, to->n, sizeof(*to->v));
	to->v[to->n++] = prefix_addr(p);
}

static void
add_config(struct prefixes *to, const struct config *c)
{
	const struct statement *st;
	size_t i;

	for (i = 0; c != NULL && i < c->n; i++) {
		st = c->v[i].st;
		if (st == NULL)
			continue;
		if (st->kind == ST_CONTAINER && st->v[CONTAINER_ULA].set)
			add(to, &st->v[CONTAINER_ULA].prefix);
		if (st->kind == ST_FORWARD &&
		    st->v[FORWARD_TO].target.name == NULL)
			add(to, &st->v[FORWARD_TO].target.addr);
	}
}

static void
add_journal(struct prefixes *to, const char *run_path)
{
	struct journal j;
	struct err ignored;
	size_t i;

	journal_load(&j, run_path, &ignored);
	for (i = 0; i < j.n; i++)
		if (j.v[i].inside)
			add(to, &j.v[i].prefix);
	journal_free(&j);
}

void
wanted_tell(const struct host *h)
{
	struct config store;
	struct prefixes all = { 0 };
	struct err ignored;

	add_config(&all, h->applying);
	add_config(&all, &h->candidate);
	add_config(&all, drift_config(h, &store, &ignored));
	add_journal(&all, h->run_path);
	net_want(h->net, all.v, all.n);
	config_free(&store);
	free(all.v);
}
