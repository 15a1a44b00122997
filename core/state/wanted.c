/* What to read of the kernel for the sake of a config. */
#include "config.h"

#include "core/state/wanted.h"

#include <stdlib.h>
#include <sys/socket.h>

#include "core/base/util.h"
#include "core/kernel/ssh.h"
#include "core/plan/journal.h"
#include "core/state/drift.h"
#include "core/state/orphan_note.h"

static void
add(struct prefixes *to, const struct prefix *p)
{
	if (p->family != AF_INET6)
		return;
	to->v = xgrow(to->v, to->n, sizeof(*to->v));
	to->v[to->n++] = prefix_addr(p);
}

/* Appends the addresses of a config; returns whether it needs sshd's ports. */
static bool
add_config(struct prefixes *to, const struct config *c)
{
	bool ssh = false;
	const struct statement *st;
	size_t i;

	for (i = 0; c != NULL && i < c->n; i++) {
		st = c->v[i].st;
		if (st == NULL)
			continue;
		if (st->kind == ST_CONTAINER && st->v[CONTAINER_ULA].set)
			add(to, &st->v[CONTAINER_ULA].prefix);
		if (st->kind == ST_CONTAINER && st->v[CONTAINER_ADDRESS].set)
			add(to, &st->v[CONTAINER_ADDRESS].prefix);
		if (st->kind == ST_FORWARD &&
		    st->v[FORWARD_TO].target.name == NULL)
			add(to, st->v[FORWARD_TO].target.addr);
		ssh |= statement_takes_rest(st) && !statement_is_off(st);
	}
	return ssh;
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
	bool ssh;

	ssh = add_config(&all, h->applying);
	ssh |= add_config(&all, &h->candidate);
	ssh |= add_config(&all, drift_config(h, &store, &ignored));
	add_journal(&all, h->run_path);
	net_want(h->net, all.v, all.n);
	net_want_ssh(h->net, ssh);
	config_free(&store);
	free(all.v);
}

static void
add_public(struct flow_scope *to, const struct config *c)
{
	const struct statement *st;
	size_t i;

	for (i = 0; i < c->n; i++) {
		st = c->v[i].st;
		if (st == NULL || st->kind != ST_BRIDGE ||
		    !st->v[BRIDGE_PREFIX].set)
			continue;
		to->beside =
		    xgrow(to->beside, to->nbeside, sizeof(*to->beside));
		to->beside[to->nbeside++] = st->v[BRIDGE_PREFIX].prefix;
	}
}

/* What a commit left behind that leads to no container. */
static void
add_orphans(struct flow_scope *to, const struct host *h)
{
	struct orphan_notes notes;
	size_t i;

	orphan_notes_read(&notes, h->run_path);
	to->ids = xcalloc(notes.n + 1, sizeof(*to->ids));
	for (i = 0; i < notes.n; i++)
		if (notes.v[i].beside)
			to->ids[to->nids++] = notes.v[i].id;
	orphan_notes_free(&notes);
}

struct flow_scope
wanted_flows(const struct host *h)
{
	struct flow_scope scope = { .family = AF_INET6 };
	struct config store;
	struct err ignored;
	const struct config *c = drift_config(h, &store, &ignored);

	if (c != NULL && config_option(c, OPTION_IPV4) == OPTION_ON)
		scope.family = AF_UNSPEC;
	if (c != NULL)
		add_public(&scope, c);
	add_orphans(&scope, h);
	config_free(&store);
	return scope;
}

void
wanted_learn(struct host *h, const struct config *c)
{
	struct prefixes ignored = { 0 };

	if (add_config(&ignored, c) && h->snapshot.ssh.n == 0)
		ssh_keep(&h->snapshot.ssh);
	free(ignored.v);
}
