/* The transaction from one ruleset to another. */
#include "config.h"

#include "core/plan/ruleset_diff.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define ADD_COUNTER "add counter " RULESET_TABLE " "

/* The element with that key. *at is where to look, for keys in their order,
 * which takes all of them one walk. */
static const struct element *
find_next(const struct elements *in, size_t *at, const char *key)
{
	int order = 1;

	while (*at < in->n && (order = strcmp(key, in->v[*at].key)) > 0)
		(*at)++;
	return *at < in->n && order == 0 ? &in->v[*at] : NULL;
}

static bool
same_value(const struct element *a, const struct element *b)
{
	if (a->value == NULL || b->value == NULL)
		return a->value == b->value;
	return strcmp(a->value, b->value) == 0;
}

/* Of a map: an address, or the name of a counter. */
static void
print_value(const char *value, struct buf *b)
{
	bool is_address = strpbrk(value, " :") != NULL ||
			  value[strspn(value, "0123456789.")] == '\0';
	const char *quote = is_address ? "" : "\"";

	buf_add(b, " : ");
	buf_add(b, quote);
	buf_add(b, value);
	buf_add(b, quote);
}

const struct element *
ruleset_missing(struct missing *m)
{
	const struct element *e, *other;

	while (m->next < m->from->n) {
		e = &m->from->v[m->next++];
		other = find_next(m->to, &m->at, e->key);
		if (other == NULL || (!m->keys_alone && !same_value(e, other)))
			return e;
	}
	return NULL;
}

/* From the elements of from that to lacks, or has with another value. */
static void
change_elements(const struct elements *from, const struct elements *to,
    const char *verb, size_t set, struct buf *b)
{
	struct missing m = { .from = from, .to = to };
	const struct element *e = ruleset_missing(&m);
	const char *before = " { ";

	if (e == NULL)
		return;
	buf_add(b, verb);
	buf_add(b, " element " RULESET_TABLE " ");
	buf_add(b, ruleset_sets[set].name);
	for (; e != NULL; e = ruleset_missing(&m), before = ", ") {
		buf_add(b, before);
		buf_add(b, e->key);
		if (verb[0] == 'a' && e->value != NULL)
			print_value(e->value, b);
	}
	buf_add(b, " }\n");
}

static void
print_counter(const struct element *e, const char *verb, struct buf *b)
{
	buf_add(b, verb);
	buf_add(b, " counter " RULESET_TABLE " ");
	buf_add(b, e->key);
	if (verb[0] == 'a' && e->value != NULL) {
		buf_add(b, " ");
		buf_add(b, e->value);
	}
	buf_add(b, "\n");
}

static void
change_counters(const struct elements *from, const struct elements *to,
    const char *verb, struct buf *b)
{
	struct missing m = { .from = from, .to = to, .keys_alone = true };
	const struct element *e;

	while ((e = ruleset_missing(&m)) != NULL)
		print_counter(e, verb, b);
}

static const struct ruleset_chain *
find_chain(const struct ruleset *r, const char *name)
{
	size_t i;

	for (i = 0; i < r->nchains; i++)
		if (strcmp(r->chains[i].name, name) == 0)
			return &r->chains[i];
	return NULL;
}

static bool
chain_same(const struct ruleset_chain *want, const struct ruleset_chain *have)
{
	if (have == NULL || want->count != have->count)
		return false;
	return want->count == 0 ||
	       (have->mark != NULL && strcmp(want->mark, have->mark) == 0);
}

bool
ruleset_same_shape(const struct ruleset *want, const struct ruleset *have)
{
	size_t i;

	if (want->present != have->present || have->others.n > 0 ||
	    want->nchains != have->nchains)
		return false;
	for (i = 0; i < SET_COUNT; i++)
		if (want->has_set[i] != have->has_set[i])
			return false;
	for (i = 0; i < want->nchains; i++)
		if (!chain_same(&want->chains[i],
			find_chain(have, want->chains[i].name)))
			return false;
	return true;
}

static void
print_rules(const struct ruleset_chain *c, struct buf *b)
{
	const char *s = c->rules, *end;

	for (; *s != '\0'; s = end + 1) {
		end = strchr(s, '\n');
		buf_printf(b, "add rule " RULESET_TABLE " %s %.*s", c->name,
		    (int)(end - s), s);
		if (s == c->rules)
			buf_printf(b, " comment \"%s\"", c->mark);
		buf_add(b, "\n");
	}
}

/* Rules are deleted before, and added after, what they refer to. */
static void
clear_chains(
    const struct ruleset *want, const struct ruleset *have, struct buf *b)
{
	const struct ruleset_chain *c, *old;

	for (c = want->chains; c < END_OF(want->chains, want->nchains); c++) {
		old = find_chain(have, c->name);
		if (chain_same(c, old))
			continue;
		buf_printf(b, "add chain " RULESET_TABLE " %s %s\n", c->name,
		    c->declaration);
		if (old != NULL)
			buf_printf(
			    b, "flush chain " RULESET_TABLE " %s\n", c->name);
	}
	for (c = have->chains; c < END_OF(have->chains, have->nchains); c++)
		if (find_chain(want, c->name) == NULL)
			buf_printf(
			    b, "flush chain " RULESET_TABLE " %s\n", c->name);
	for (c = have->chains; c < END_OF(have->chains, have->nchains); c++)
		if (find_chain(want, c->name) == NULL)
			buf_printf(
			    b, "delete chain " RULESET_TABLE " %s\n", c->name);
}

/* Sets of a seki that had other ones. Nothing refers to them any more. */
static void
delete_others(const struct ruleset *have, struct buf *b)
{
	const struct element *e;

	for (e = have->others.v; e < END_OF(have->others.v, have->others.n);
	     e++)
		buf_printf(
		    b, "delete %s " RULESET_TABLE " %s\n", e->value, e->key);
}

static void
change_sets(
    const struct ruleset *want, const struct ruleset *have, struct buf *b)
{
	size_t i;

	for (i = 0; i < SET_COUNT; i++) {
		if (want->has_set[i] && !have->has_set[i])
			buf_printf(b, "add %s " RULESET_TABLE " %s { %s }\n",
			    ruleset_sets[i].kind, ruleset_sets[i].name,
			    ruleset_sets[i].declaration);
		if (have->has_set[i])
			change_elements(
			    &have->sets[i], &want->sets[i], "delete", i, b);
		if (have->has_set[i] && !want->has_set[i])
			buf_printf(b, "delete %s " RULESET_TABLE " %s\n",
			    ruleset_sets[i].kind, ruleset_sets[i].name);
		change_elements(&want->sets[i], &have->sets[i], "add", i, b);
	}
}

void
ruleset_transaction(
    const struct ruleset *want, const struct ruleset *have, struct buf *b)
{
	size_t i;

	if (!want->present) {
		if (have->present)
			buf_add(b, RULESET_DELETE);
		return;
	}
	if (!have->present)
		buf_add(b, RULESET_ADD);
	change_counters(&want->counters, &have->counters, "add", b);
	clear_chains(want, have, b);
	delete_others(have, b);
	change_sets(want, have, b);
	for (i = 0; i < want->nchains; i++)
		if (!chain_same(&want->chains[i],
			find_chain(have, want->chains[i].name)))
			print_rules(&want->chains[i], b);
	change_counters(&have->counters, &want->counters, "delete", b);
}

void
ruleset_lost(const struct ruleset *have, const struct ruleset *want,
    struct counters *lost)
{
	struct missing m = { .from = &have->counters,
		.to = &want->counters,
		.keys_alone = true };
	const struct element *e;

	memset(lost, 0, sizeof(*lost));
	while ((e = ruleset_missing(&m)) != NULL) {
		lost->v = xgrow(lost->v, lost->n, sizeof(*lost->v));
		lost->v[lost->n++] = (struct counter){ .name = e->key };
	}
}

/* The counter that the line adds, if it does no more; or NULL. */
static const struct counter *
added(const char *line, const struct counters *now)
{
	const char *name = line + strlen(ADD_COUNTER);
	size_t n;
	const struct counter *c;
	char *copy;

	if (!has_prefix(line, ADD_COUNTER))
		return NULL;
	n = strcspn(name, " \n");
	if (name[n] != '\n')
		return NULL;
	copy = xstrndup(name, n);
	c = counters_find(now, copy);
	free(copy);
	return c;
}

void
ruleset_recount(
    const char *transaction, const struct counters *now, struct buf *b)
{
	const struct counter *c;
	size_t n;

	for (; *transaction != '\0'; transaction += n) {
		c = added(transaction, now);
		n = strcspn(transaction, "\n");
		buf_add_n(b, transaction, n);
		if (c != NULL)
			buf_printf(b, " packets %" PRIu64 " bytes %" PRIu64,
			    c->packets, c->bytes);
		if (transaction[n] == '\n')
			buf_add_n(b, &transaction[n++], 1);
	}
}

void
ruleset_transaction_anew(const struct ruleset *want, struct buf *b)
{
	static const struct ruleset nothing;

	buf_add(b, RULESET_CLEAR);
	ruleset_transaction(want, &nothing, b);
}
