/* What the base chains of others mean for a config. */
#include "config.h"

#include "core/hook.h"

#include <string.h>

#include "core/intl.h"

void
hook_name(const struct hook *h, struct buf *b)
{
	struct buf table = { 0 }, chain = { 0 };

	buf_escape(&table, h->table, strlen(h->table));
	buf_escape(&chain, h->chain, strlen(h->chain));
	buf_printf(b, _("table %s %s, chain %s"), h->family, buf_text(&table),
	    buf_text(&chain));
	if (h->owner != NULL)
		buf_printf(b, _(" of %s"), h->owner);
	buf_free(&table);
	buf_free(&chain);
}

/* Whether the statement asks for what such a chain may drop. */
static bool
asks_for(const struct statement *st, enum hook_place place)
{
	if (st == NULL || statement_is_off(st))
		return false;
	if (place == HOOK_FORWARD)
		return st->kind == ST_FORWARD || st->kind == ST_BRIDGE;
	return st->kind == ST_ALLOW &&
	       st->v[POLICY_CHAIN].choice == CHAIN_INPUT;
}

static bool
config_asks_for(const struct config *c, enum hook_place place)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		if (asks_for(c->v[i].st, place))
			return true;
	return false;
}

bool
hook_tell(const struct hook *h, const struct config *c, struct buf *b)
{
	static const char *const drops[HOOK_COUNT][2] = {
		[HOOK_INPUT] = { N_(" drops what it has no rule for: what is "
				    "allowed in needs one there too"),
		    N_(" lets nothing in, whatever is allowed here") },
		[HOOK_FORWARD] = { N_(" drops what it has no rule for: "
				      "forwards and containers need one there "
				      "too"),
		    N_(" lets nothing pass, whatever is allowed here") },
	};

	if (!config_asks_for(c, h->place))
		return false;
	hook_name(h, b);
	buf_add(b, _(drops[h->place][h->all]));
	if (h->cure != NULL)
		buf_printf(b, " (%s)", h->cure);
	return true;
}

void
hooks_tell(const struct hooks *hooks, const struct config *c, struct buf *b)
{
	const struct hook *h;

	for (h = hooks->v; h < END_OF(hooks->v, hooks->n); h++)
		if (hook_tell(h, c, b))
			buf_add(b, "\n");
}
