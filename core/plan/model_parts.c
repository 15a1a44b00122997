/* What resolving shares. */
#include "config.h"

#include "core/plan/model_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
model_note(struct model_build *b, char *sentence)
{
	*GROW(b->m->warnings, b->m->nwarnings) = sentence;
}

/* Warn only at a commit: whoever keeps up a config was warned then. */
void
model_warn(struct model_build *b, char *sentence)
{
	if (b->lenient)
		free(sentence);
	else
		model_note(b, sentence);
}

int
model_tolerate(struct model_build *b)
{
	model_note(b, xstrdup(b->e->text));
	memset(b->e, 0, sizeof(*b->e));
	return 0;
}

int
model_blame(struct model_build *b, const struct statement *st, size_t value)
{
	statement_blame(st, value, b->e);
	if (b->config->file != NULL && st->line != 0)
		snprintf(b->e->file, sizeof(b->e->file), "%s", b->config->file);
	return -1;
}

int
model_refuse_ipv4(
    struct model_build *b, const struct statement *st, size_t value)
{
	err_set(b->e, ERR_UNSAFE,
	    "this is about IPv4, which the config leaves alone");
	err_hint(b->e, "add: option ipv4 on");
	return model_blame(b, st, value);
}

int
model_check_auto(
    struct model_build *b, const struct statement *st, size_t value)
{
	if (!st->v[value].set || st->v[value].prefix.family != AF_UNSPEC)
		return 0;
	err_set(b->e, ERR_UNSAFE, "%s auto is only for seki add and seki set",
	    statement_row(st)->args[value].name);
	err_hint(b->e, "they pick an address and write it down, so that it "
		       "never moves by itself");
	return model_blame(b, st, value);
}

char *
model_shown(const char *name)
{
	struct buf b = { 0 };

	words_print(&b, name, "");
	return buf_take(&b);
}

const struct address *
model_foreign_ipv4(
    const struct snapshot *s, int nsid, int index, const struct prefix *given)
{
	const struct address *a, *foreign = NULL;

	if (!snapshot_tells_owners(s) ||
	    snapshot_address_bare(s, nsid, index, given) != NULL)
		return NULL;
	for (a = s->addresses; a < END_OF(s->addresses, s->naddresses); a++)
		if (a->nsid == nsid && a->index == index &&
		    a->prefix.family == AF_INET && a->proto != NET_PROTO &&
		    !addr_is_link_local(&a->prefix) && foreign == NULL)
			foreign = a;
	return foreign;
}

const struct model_container *
model_find_container(const struct model *m, const char *name)
{
	size_t i;

	for (i = 0; i < m->ncontainers; i++)
		if (strcmp(m->containers[i].st->v[CONTAINER_NAME].text, name) ==
		    0)
			return &m->containers[i];
	return NULL;
}
