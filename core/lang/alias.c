/* The name by which a container is shown. */
#include "config.h"

#include "core/lang/alias.h"

#include <string.h>

#include "core/base/util.h"

static char *
stated(const struct container *c, const struct config *config)
{
	size_t i;

	for (i = 0; i < c->nnames; i++)
		if (config_container(config, c->names[i].name) != NULL)
			return c->names[i].name;
	return NULL;
}

/* Nearly all containers have one name, and configs may be long. */
void
alias_prefer(struct snapshot *s, const struct config *saved,
    const struct config *candidate)
{
	struct container *c = s->containers;
	char *name;

	for (; c < END_OF(s->containers, s->ncontainers); c++) {
		if (c->nnames < 2)
			continue;
		name = stated(c, saved);
		if (name == NULL)
			name = stated(c, candidate);
		c->name = name != NULL ? name : c->names[0].name;
	}
}

const struct statement *
alias_statement(
    const struct config *config, const struct container *c, const char *but)
{
	const struct statement *st = NULL;
	size_t i;

	if (strcmp(c->name, but) != 0)
		st = config_container(config, c->name);
	for (i = 0; i < c->nnames && st == NULL; i++)
		if (strcmp(c->names[i].name, but) != 0)
			st = config_container(config, c->names[i].name);
	return st;
}
