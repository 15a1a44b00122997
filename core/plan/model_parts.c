/* What resolving shares. */
#include "config.h"

#include "core/plan/model_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/plan/model_family.h"

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

char *
model_shown(const char *name)
{
	struct buf b = { 0 };

	words_print(&b, name, "");
	return buf_take(&b);
}

static bool
is_on(const struct model_bridge *b, const struct prefix *addr)
{
	struct model_addrs own = model_bridge_addrs(b, addr_family(addr));
	size_t i = 0;

	while (i < own.n && !prefix_holds(&own.v[i], addr))
		i++;
	return i < own.n;
}

const struct model_bridge *
model_bridge_holding(const struct model *m, const struct prefix *addr)
{
	size_t i;

	for (i = 0; i < m->nbridges; i++)
		if (is_on(&m->bridges[i], addr))
			return &m->bridges[i];
	return NULL;
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
