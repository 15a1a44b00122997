/* Common parts of the offers. */
#include "config.h"

#include "core/setup/offers_parts.h"

#include "core/lang/auto.h"

/* A random prefix is chosen here, once. */
int
offers_add(struct offering *o, enum offer_group group, bool on,
    const char *note, const char *text)
{
	struct statement *st = statement_from(text, o->e);

	if (st != NULL && config_same(o->base, st) != NULL) {
		statement_free(st);
		return 0;
	}
	if (st != NULL && st->kind == ST_BRIDGE)
		st =
		    auto_resolve(st, o->base, &o->survey->host->snapshot, o->e);
	if (st == NULL)
		return -1;
	proposal_add(o->to, group, st, on, note);
	return 0;
}
