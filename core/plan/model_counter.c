/* Names of counters. */
#include "config.h"

#include "core/plan/model_counter.h"

#include <string.h>

#include "core/base/util.h"
#include "core/lang/type_addr.h"

char *
model_forward_id(const struct statement *st)
{
	struct buf b = { 0 };
	size_t i;

	type_print(&type_proto, &st->v[FORWARD_PROTO], &b);
	if (st->v[FORWARD_PORTS].set) {
		buf_add(&b, "-");
		type_print(&type_ports, &st->v[FORWARD_PORTS], &b);
	}
	if (st->v[FORWARD_ON].set) {
		buf_add(&b, "-on-");
		type_print(&type_addr, &st->v[FORWARD_ON], &b);
	}
	if (st->v[FORWARD_ONLY].set) {
		buf_add(&b, "-");
		type_print(&type_family, &st->v[FORWARD_ONLY], &b);
	}
	for (i = 0; i < b.len; i++)
		if (b.s[i] == ',' || b.s[i] == ':')
			b.s[i] = '.';
	return buf_take(&b);
}

#define OF_IPV4 "4" /* ends names; those of IPv6 are as old as seki */

char *
model_meter_name(const char *id, enum meter_kind kind, enum family family)
{
	static const char *const suffixes[] = {
		[METER_IN] = "in", [METER_OUT] = "out", [METER_NEW] = "new"
	};
	struct buf b = { 0 };

	buf_add(&b, id);
	buf_add(&b, "-");
	buf_add(&b, suffixes[kind]);
	buf_add(&b, family == FAMILY_IPV4 ? OF_IPV4 : "");
	return buf_take(&b);
}

/* In the order of names it is the next one. */
const struct counter *
model_meter_ipv4(const struct counters *all, const struct counter *c)
{
	size_t n = strlen(c->name);

	return c + 1 < END_OF(all->v, all->n) &&
		       strncmp(c[1].name, c->name, n) == 0 &&
		       strcmp(c[1].name + n, OF_IPV4) == 0
		   ? c + 1
		   : NULL;
}

/* Keys of policies may contain names that are not safe in nft syntax. */
char *
model_policy_id(const struct statement *st)
{
	struct buf b = { 0 };
	uint64_t hash;

	statement_key(st, &b);
	hash = hash_text(HASH_START, b.s);
	buf_reset(&b);
	buf_add(&b, statement_row(st)->name);
	buf_add(&b, "-");
	buf_add_hash(&b, hash);
	return buf_take(&b);
}

char *
model_default_id(enum chain chain)
{
	return xasprintf("default-%s", type_chain.choices[chain].word);
}
