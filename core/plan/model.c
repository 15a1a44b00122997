/* A config resolved against a snapshot. */
#include "config.h"

#include "core/plan/model.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/lang/config_diff.h"
#include "core/lang/option.h"
#include "core/plan/model_counter.h"
#include "core/plan/model_family.h"
#include "core/plan/model_parts.h"

/* Defaults, options */

static int
build_default(struct model_build *b, const struct statement *st)
{
	unsigned chain = st->v[DEFAULT_CHAIN].choice;

	b->m->defaults[chain] = (enum verdict)st->v[DEFAULT_VERDICT].choice;
	b->m->has_default[chain] = true;
	b->m->stated[chain] = st;
	return 0;
}

static int
build_option(struct model_build *b, const struct statement *st)
{
	if (st->v[OPTION_NAME].choice == OPTION_IPV4)
		b->m->ipv4 = statement_option(st) == OPTION_ON;
	return 0;
}

static void
after_forwards(struct model_build *b)
{
	model_find_sources(b);
	model_find_known(b);
}

static void
after_policies(struct model_build *b)
{
	model_warn_policies(b);
	model_warn_public(b);
}

/* Kinds that others refer to are built first. */
static const struct {
	enum statement_kind first, last;
	int (*build)(struct model_build *, const struct statement *);
	void (*after)(struct model_build *);
} passes[] = {
	{ ST_OPTION, ST_OPTION, build_option, NULL },
	{ ST_UPLINK, ST_UPLINK, model_build_uplink, model_find_uplink },
	{ ST_BRIDGE, ST_BRIDGE, model_build_bridge, model_find_bridges },
	{ ST_CONTAINER, ST_CONTAINER, model_build_container, NULL },
	{ ST_FORWARD, ST_FORWARD, model_build_forward, after_forwards },
	{ ST_DEFAULT, ST_DEFAULT, build_default, NULL },
	{ ST_ALLOW, ST_REJECT, model_build_policy, after_policies },
};

static bool
was_committed(const struct model_build *b, const struct statement *st)
{
	const struct config *c = b->committed;
	size_t i;

	for (i = 0; c != NULL && i < c->n; i++)
		if (c->v[i].st != NULL && statement_equal(c->v[i].st, st))
			return true;
	return false;
}

/* A statement whose object is missing is left out if that is tolerated. */
static int
build_statement(struct model_build *b, const struct statement *st,
    int (*how)(struct model_build *, const struct statement *))
{
	struct buf line = { 0 };

	if (how(b, st) == 0)
		return 0;
	if (!b->away || !(b->lenient || was_committed(b, st)))
		return -1;
	statement_print(st, &line);
	model_note(
	    b, xasprintf(_("left out for now: %s: %s"), line.s, b->e->text));
	buf_free(&line);
	*GROW(b->m->left, b->m->nleft) =
	    (struct model_left){ st, xstrdup(b->e->text) };
	b->away = false;
	memset(b->e, 0, sizeof(*b->e));
	return 0;
}

/* Whether something of it can only be IPv6. */
static bool
wants_ipv6(const struct model *m)
{
	size_t i;

	for (i = 0; i < m->nforwards; i++)
		if (m->forwards[i].family == FAMILY_IPV6)
			return true;
	for (i = 0; i < m->nbridges; i++)
		if (model_bridge_addrs(&m->bridges[i], FAMILY_IPV6).n > 0)
			return true;
	return !m->ipv4 && model_forwards(m);
}

static int
check_ipv6(struct model_build *b)
{
	if (b->snapshot->has_ipv6 || !wants_ipv6(b->m))
		return 0;
	err_set(b->e, ERR_FAIL, "this host has no IPv6 to forward");
	err_hint(b->e, "it may be switched off in the kernel, or /proc/sys may "
		       "not be mounted");
	return b->lenient ? model_tolerate(b) : -1;
}

/* Warns if the rules lack the row against forged sources. */
static void
warn_of_forgers(struct model_build *b)
{
	if (b->m->nbridges > 0 && !b->snapshot->has_fib &&
	    model_wants_rules(b->m))
		model_warn(b,
		    xstrdup(_("containers can send under the addresses of "
			      "others: this kernel looks up no routes for "
			      "rules (Linux 6.10 does, and 6.6.33 and 6.1.93 "
			      "on)")));
}

static int
build_all(struct model_build *b)
{
	const struct config *config = b->config;
	const struct statement *st;
	size_t i, p;

	memset(b->m, 0, sizeof(*b->m));
	b->m->snapshot = b->snapshot;
	b->m->text = config->text;
	if (config_check_twice(b->config, b->e) != 0)
		return -1;
	for (p = 0; p < NITEMS(passes); p++) {
		for (i = 0; i < config->n; i++) {
			st = config->v[i].st;
			if (st != NULL && st->kind >= passes[p].first &&
			    st->kind <= passes[p].last &&
			    build_statement(b, st, passes[p].build) != 0)
				return -1;
		}
		if (passes[p].after != NULL)
			passes[p].after(b);
	}
	warn_of_forgers(b);
	return check_ipv6(b);
}

static int
build(struct model_build *b)
{
	int r = build_all(b);
	size_t i;

	for (i = 0; i < NITEMS(b->taken); i++)
		free(b->taken[i]);
	return r;
}

int
model_build(struct model *m, const struct config *config,
    const struct snapshot *snapshot, struct err *e)
{
	struct model_build b = { m, config, snapshot, e, .lenient = false };

	return build(&b);
}

int
model_build_lenient(struct model *m, const struct config *config,
    const struct snapshot *snapshot, struct err *e)
{
	struct model_build b = { m, config, snapshot, e, .lenient = true };

	return build(&b);
}

int
model_build_again(struct model *m, const struct config *config,
    const struct config *committed, const struct snapshot *snapshot,
    struct err *e)
{
	struct model_build b = { m, config, snapshot, e,
		.committed = committed };

	return build(&b);
}

void
model_free(struct model *m)
{
	size_t i;

	for (i = 0; i < m->nforwards; i++) {
		free(m->forwards[i].id);
		free(m->forwards[i].lacks);
	}
	for (i = 0; i < m->npolicies; i++)
		free(m->policies[i].id);
	for (i = 0; i < m->nidle; i++)
		free(m->idle[i]);
	for (i = 0; i < m->nwarnings; i++)
		free(m->warnings[i]);
	for (i = 0; i < m->nleft; i++)
		free(m->left[i].why);
	for (i = 0; i < m->nabsent; i++)
		free(m->absent[i]);
	free(m->left);
	free(m->absent);
	free(m->uplinks);
	for (i = 0; i < FAMILY_COUNT; i++)
		free(m->publics[i].v);
	free(m->addresses);
	free(m->bridges);
	free(m->host_bridges);
	free(m->containers);
	free(m->forwards);
	free(m->known);
	free(m->policies);
	free(m->idle);
	free(m->warnings);
	memset(m, 0, sizeof(*m));
}

bool
model_forwards(const struct model *m)
{
	return m->nforwards > 0 || m->ncontainers > 0 || m->nbridges > 0;
}

bool
model_bridge_is_up(const struct model_bridge *b)
{
	return b->link->up || b->st->v[BRIDGE_CREATE].set;
}

bool
model_wants_rules(const struct model *m)
{
	return model_forwards(m) || m->npolicies > 0 || m->nidle > 0 ||
	       m->has_default[CHAIN_INPUT] || m->has_default[CHAIN_FORWARD] ||
	       m->has_default[CHAIN_OUTPUT];
}
