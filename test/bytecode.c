/* Rules of others, run on packets of which some bits are known. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <linux/netfilter/nf_tables.h>

#include "core/base/util.h"
#include "core/kernel/bytecode.h"

/* A packet of four bytes, whose upper bits are known to be 0. */
#define LEN 4
#define CHAINS 4
#define SETS 4
#define ROUNDS 100000 /* or as many as SEKI_TEST_ROUNDS says */

struct dice {
	uint32_t seed;
};

/* Numerical Recipes' generator: the same on every machine. */
static unsigned
chance(struct dice *d, unsigned below)
{
	d->seed = d->seed * 1664525 + 1013904223;
	return (unsigned)(((uint64_t)d->seed * below) >> 32);
}

/* ---- tables */

static struct rule_chain *
add_chain(struct tables *t, bool drops)
{
	struct rule_chain *c;

	t->chains = xgrow(t->chains, t->nchains, sizeof(*t->chains));
	c = &t->chains[t->nchains++];
	chain_begin(c, "table", "chain");
	c->drops = drops;
	return c;
}

static struct rule_set *
add_set(struct tables *t, unsigned len)
{
	struct rule_set *s;

	t->sets = xgrow(t->sets, t->nsets, sizeof(*t->sets));
	s = &t->sets[t->nsets++];
	memset(s, 0, sizeof(*s));
	s->table = xstrdup("table");
	s->name = xstrdup("set");
	s->len = (uint8_t)len;
	return s;
}

static struct set_element *
add_element(struct rule_set *s)
{
	s->v = xgrow(s->v, s->n, sizeof(*s->v));
	memset(&s->v[s->n], 0, sizeof(*s->v));
	return &s->v[s->n++];
}

static void
add_load(struct rule_chain *c, unsigned at, unsigned len, unsigned reg)
{
	struct instruction *i = chain_add(c, OP_LOAD);

	i->source = FACT_NETWORK;
	i->at = (uint16_t)at;
	i->len = (uint8_t)len;
	i->reg = (uint8_t)reg;
}

static struct instruction *
add_compare(struct rule_chain *c, unsigned compare, const char *data)
{
	struct instruction *i = chain_add(c, OP_COMPARE);

	i->compare = (uint8_t)compare;
	i->len = (uint8_t)strlen(data);
	memcpy(i->data, data, i->len);
	return i;
}

static void
add_lookup(struct tables *t, struct rule_chain *c, size_t set)
{
	struct instruction *i = chain_add(c, OP_LOOKUP);

	i->set = set;
	i->len = t->sets[set].len;
}

static void
add_verdict(struct rule_chain *c, enum fate fate, size_t to)
{
	chain_add(c, OP_VERDICT)->verdict = (struct verdict_to){ fate, to };
	chain_add(c, OP_END);
}

/* ---- packets */

static struct course
run(const struct tables *t, const uint8_t v[LEN], const uint8_t known[LEN])
{
	struct sample s = { .n = 0 };

	sample_add(&s, FACT_NETWORK, 0, v, LEN);
	memcpy(s.v[0].known, known, LEN);
	return chains_run(t, &t->chains[0], &s);
}

static const uint8_t all[LEN] = { 0xff, 0xff, 0xff, 0xff };

static void
check(const struct tables *t, const char *packet, const char *known,
    bool dropped, bool doubt)
{
	struct course c = run(t, (const uint8_t *)packet,
	    known != NULL ? (const uint8_t *)known : all);

	assert_int_equal(c.dropped, dropped);
	assert_int_equal(c.doubt, doubt);
}

/* ---- by hand */

static void
orders_bytes(void **state UNUSED)
{
	static const struct {
		unsigned compare;
		bool less, equal, more;
	} rows[] = {
		{ NFT_CMP_EQ, false, true, false },
		{ NFT_CMP_NEQ, true, false, true },
		{ NFT_CMP_LT, true, false, false },
		{ NFT_CMP_LTE, true, true, false },
		{ NFT_CMP_GT, false, false, true },
		{ NFT_CMP_GTE, false, true, true },
	};
	struct tables t = { 0 };
	struct rule_chain *c = add_chain(&t, false);
	size_t i;

	for (i = 0; i < NITEMS(rows); i++) {
		chain_empty(c);
		add_load(c, 0, 2, 0);
		add_compare(c, rows[i].compare, "\2\2");
		add_verdict(c, FATE_DROP, 0);
		check(&t, "\2\1\0\0", NULL, rows[i].less, false);
		check(&t, "\2\2\0\0", NULL, rows[i].equal, false);
		check(&t, "\3\0\0\0", NULL, rows[i].more, false);
	}
	tables_free(&t);
}

/* What may match is no reason to drop, but one to let through. */
static void
doubts_what_it_cannot_know(void **state UNUSED)
{
	struct tables t = { 0 };
	struct rule_chain *c = add_chain(&t, true);

	add_load(c, 0, 1, 0);
	add_compare(c, NFT_CMP_EQ, "\1");
	add_verdict(c, FATE_ACCEPT, 0);
	check(&t, "\1\0\0\0", NULL, false, false);
	check(&t, "\2\0\0\0", NULL, true, false);
	check(&t, "\0\0\0\0", "\xfe\0\0\0", true, true);
	check(&t, "\2\0\0\0", "\xfe\0\0\0", true, false);
	c->drops = false;
	c->v[2].verdict.fate = FATE_DROP;
	check(&t, "\0\0\0\0", "\xfe\0\0\0", false, false);
	tables_free(&t);
}

/* What is sent elsewhere has ended its way there. */
static void
ends_where_it_is_translated(void **state UNUSED)
{
	struct tables t = { 0 };
	struct rule_chain *c = add_chain(&t, true);

	add_load(c, 0, 1, 0);
	add_compare(c, NFT_CMP_EQ, "\1");
	chain_add(c, OP_TRANSLATE);
	chain_add(c, OP_END);
	check(&t, "\1\0\0\0", NULL, false, false);
	check(&t, "\2\0\0\0", NULL, true, false);
	check(&t, "\0\0\0\0", "\xfe\0\0\0", true, true);
	assert_true(run(&t, (const uint8_t *)"\1\0\0\0", all).translated);
	assert_false(run(&t, (const uint8_t *)"\2\0\0\0", all).translated);
	tables_free(&t);
}

/* A mark is known as far as rules that may have set it agree. */
static void
knows_the_mark(void **state UNUSED)
{
	struct tables t = { 0 };
	struct rule_chain *c = add_chain(&t, false);
	struct sample s = { .mark = mark_none };
	struct course course;
	struct instruction *i;

	add_load(c, 0, 1, 4);
	i = add_compare(c, NFT_CMP_EQ, "\1");
	i->reg = 4;
	i = chain_add(c, OP_MASK);
	i->len = 4;
	i->other[0] = 7;
	chain_add(c, OP_MARK)->len = 4;
	chain_add(c, OP_END);
	i = chain_add(c, OP_LOAD);
	i->at = NFT_META_MARK * OPERAND_MAX;
	i->len = 4;
	i = chain_add(c, OP_COMPARE);
	i->compare = NFT_CMP_EQ;
	i->len = 4;
	i->data[0] = 7;
	add_verdict(c, FATE_DROP, 0);
	course = chains_run(&t, c, &s);
	assert_false(course.dropped);
	assert_int_equal(course.mark.known[0], 0xf8);
	sample_add(&s, FACT_NETWORK, 0, "\1", 1);
	course = chains_run(&t, c, &s);
	assert_true(course.dropped);
	assert_int_equal(course.mark.v[0], 7);
	assert_int_equal(course.mark.known[0], 0xff);
	s.v[0].v[0] = 2;
	course = chains_run(&t, c, &s);
	assert_false(course.dropped);
	assert_int_equal(course.mark.v[0], 0);
	assert_true(chains_mark(&t, c));
	tables_free(&t);
}

/* An expression that is not understood writes a register that was known. */
static void
knows_no_more_what_is_lost(void **state UNUSED)
{
	struct tables t = { 0 };
	struct rule_chain *c = add_chain(&t, true);

	add_load(c, 0, 1, 0);
	chain_add(c, OP_LOSE)->len = 1;
	add_compare(c, NFT_CMP_EQ, "\1");
	add_verdict(c, FATE_ACCEPT, 0);
	check(&t, "\1\0\0\0", NULL, true, true);
	check(&t, "\2\0\0\0", NULL, true, true);
	tables_free(&t);
}

static void
comes_back_from_a_jump_but_no_goto(void **state UNUSED)
{
	struct tables t = { 0 };
	struct rule_chain *c = add_chain(&t, false);

	add_chain(&t, false);
	c = &t.chains[0];
	add_verdict(c, FATE_JUMP, 1);
	add_verdict(c, FATE_DROP, 0);
	check(&t, "\0\0\0\0", NULL, true, false);
	c->v[0].verdict.fate = FATE_GOTO;
	check(&t, "\0\0\0\0", NULL, false, false);
	tables_free(&t);
}

/* A chain that calls itself ends, in doubt. */
static void
ends_where_chains_do_not(void **state UNUSED)
{
	struct tables t = { 0 };
	struct rule_chain *c = add_chain(&t, true);
	size_t i;

	for (i = 0; i < 10; i++)
		add_verdict(c, FATE_JUMP, 0);
	check(&t, "\0\0\0\0", NULL, true, true);
	tables_free(&t);
}

/* Where one interval ends the next may begin. */
static void
finds_intervals(void **state UNUSED)
{
	static const struct set_element bounds[] = {
		{ .key = { 1 } },
		{ .key = { 2 }, .end = true },
		{ .key = { 2 } },
		{ .key = { 3 }, .end = true },
	};
	struct tables t = { 0 };
	struct rule_set *s = add_set(&t, 1);
	struct rule_chain *c = add_chain(&t, true);
	size_t i;

	s->kind = SET_BOUNDS;
	for (i = 0; i < NITEMS(bounds); i++)
		*add_element(s) = bounds[i];
	add_load(c, 0, 1, 0);
	add_lookup(&t, c, 0);
	add_verdict(c, FATE_ACCEPT, 0);
	check(&t, "\0\0\0\0", NULL, true, false);
	check(&t, "\1\0\0\0", NULL, false, false);
	check(&t, "\2\0\0\0", NULL, false, false);
	check(&t, "\3\0\0\0", NULL, true, false);
	check(&t, "\0\0\0\0", "\xfe\0\0\0", true, true);
	c->v[1].inverted = true;
	check(&t, "\0\0\0\0", NULL, false, false);
	check(&t, "\2\0\0\0", NULL, true, false);
	check(&t, "\0\0\0\0", "\xfe\0\0\0", true, true);
	tables_free(&t);
}

/* tcp dport @open accept, with a policy of drop. */
static void
finds_concatenated_keys(void **state UNUSED)
{
	struct tables t = { 0 };
	struct rule_set *s = add_set(&t, 8);
	struct rule_chain *c = add_chain(&t, true);

	memcpy(add_element(s)->key, "\1\0\0\0\2\3\0\0", 8);
	memcpy(add_element(s)->key, "\2\0\0\0\0\0\0\0", 8);
	add_load(c, 0, 1, 0);
	add_load(c, 1, 2, 4);
	add_lookup(&t, c, 0);
	add_verdict(c, FATE_ACCEPT, 0);
	check(&t, "\1\2\3\0", NULL, false, false);
	check(&t, "\1\2\2\0", NULL, true, false);
	check(&t, "\1\2\3\0", "\xff\xff\0\0", true, true);
	check(&t, "\3\2\3\0", "\xff\xff\0\0", true, false);
	tables_free(&t);
}

static void
finds_ranges_of_fields(void **state UNUSED)
{
	struct tables t = { 0 };
	struct rule_set *s = add_set(&t, 8);
	struct rule_chain *c = add_chain(&t, true);
	struct set_element *e = add_element(s);

	s->kind = SET_RANGES;
	s->nfields = 2;
	s->fields[0] = 1;
	s->fields[1] = 2;
	memcpy(e->key, "\1\0\0\0\1\3\0\0", 8);
	memcpy(e->key_end, "\1\0\0\0\2\1\0\0", 8);
	add_load(c, 0, 1, 0);
	add_load(c, 1, 2, 4);
	add_lookup(&t, c, 0);
	add_verdict(c, FATE_ACCEPT, 0);
	check(&t, "\1\1\3\0", NULL, false, false);
	check(&t, "\1\2\0\0", NULL, false, false);
	check(&t, "\1\2\2\0", NULL, true, false);
	check(&t, "\2\2\0\0", NULL, true, false);
	check(&t, "\1\2\0\0", "\xff\xff\0\0", true, true);
	check(&t, "\2\2\0\0", "\xff\xff\0\0", true, false);
	tables_free(&t);
}

/* vmap { 1 . 2 : accept, 1 . 1-3 : drop } */
static void
finds_the_first_of_ranges(void **state UNUSED)
{
	struct tables t = { 0 };
	struct rule_set *s = add_set(&t, 8);
	struct rule_chain *c = add_chain(&t, false);
	struct set_element *e;

	s->kind = SET_RANGES;
	s->verdicts = true;
	s->nfields = 2;
	s->fields[0] = s->fields[1] = 1;
	e = add_element(s);
	memcpy(e->key, "\1\0\0\0\2\0\0\0", 8);
	memcpy(e->key_end, e->key, 8);
	e->verdict.fate = FATE_ACCEPT;
	e = add_element(s);
	memcpy(e->key, "\1\0\0\0\1\0\0\0", 8);
	memcpy(e->key_end, "\1\0\0\0\3\0\0\0", 8);
	e->verdict.fate = FATE_DROP;
	add_load(c, 0, 1, 0);
	add_load(c, 1, 1, 4);
	add_lookup(&t, c, 0);
	chain_add(c, OP_END);
	check(&t, "\1\2\0\0", NULL, false, false);
	check(&t, "\1\3\0\0", NULL, true, false);
	check(&t, "\1\2\0\0", "\xff\xfe\0\0", false, true);
	check(&t, "\1\0\0\0", "\xff\xfc\0\0", false, true);
	tables_free(&t);
}

/* The rest of a register is 0, also of what is told without its length. */
static void
fills_registers_up(void **state UNUSED)
{
	struct sample s = { .n = 0 };
	struct tables t = { 0 };
	struct rule_set *set = add_set(&t, 4);
	struct rule_chain *c = add_chain(&t, true);

	add_element(set)->key[0] = 6;
	add_load(c, NFT_META_L4PROTO * OPERAND_MAX, OPERAND_MAX, 0);
	c->v[0].source = FACT_META;
	add_lookup(&t, c, 0);
	add_verdict(c, FATE_ACCEPT, 0);
	sample_add(&s, FACT_META, NFT_META_L4PROTO * OPERAND_MAX, "\x6", 1);
	assert_false(chains_run(&t, c, &s).dropped);
	s.v[0].v[0] = 17;
	assert_true(chains_run(&t, c, &s).dropped);
	assert_false(chains_run(&t, c, &s).doubt);
	tables_free(&t);
}

/* ---- by chance: what is said of a packet holds for all that it may be */

static void
fill(struct dice *d, uint8_t *v, unsigned from, unsigned n)
{
	for (; n > 0; n--)
		v[from++] = (uint8_t)chance(d, 4);
}

static struct verdict_to
some_verdict(struct dice *d, size_t chain)
{
	struct verdict_to to = { .fate =
				     (enum fate)(FATE_ACCEPT + chance(d, 5)),
		.chain = chain + 1 };

	if (to.fate >= FATE_JUMP && to.chain >= CHAINS)
		to.fate = FATE_RETURN;
	return to;
}

/* 0: keys, 1: an interval, 2: ranges of two fields, 3: a map of verdicts. */
static void
make_set(struct dice *d, struct tables *t, unsigned kind)
{
	struct rule_set *s = add_set(t, kind == 2 ? 8 : kind == 1 ? 2 : 1);
	unsigned n = 2 * chance(d, 3);
	struct set_element *e;
	unsigned i, k;

	s->kind = kind == 1 ? SET_BOUNDS : kind == 2 ? SET_RANGES : SET_KEYS;
	s->verdicts = kind == 3;
	if (kind == 2) {
		s->nfields = 2;
		s->fields[0] = 1;
		s->fields[1] = 2;
	}
	for (i = 0; i < n; i++) {
		e = add_element(s);
		fill(d, e->key, 0, kind == 2 ? 1 : s->len);
		if (kind == 1)
			e->key[0] = (uint8_t)i;
		e->end = kind == 1 && i % 2 == 1;
		if (kind == 3)
			e->verdict = some_verdict(d, CHAINS);
		if (kind != 2)
			continue;
		fill(d, e->key, 4, 2);
		memcpy(e->key_end, e->key, s->len);
		for (k = 4; k < 6; k++)
			e->key_end[k] += (uint8_t)chance(d, 2);
	}
}

static void
make_match(struct dice *d, struct tables *t, struct rule_chain *c)
{
	unsigned len = 1 + chance(d, 2), set = chance(d, SETS + 2);
	struct instruction *i;

	add_load(c, chance(d, 3), set == 1 ? 2 : set < SETS ? 1 : len, 0);
	if (set == 2)
		add_load(c, chance(d, 3), 2, 4);
	if (set < SETS) {
		add_lookup(t, c, set);
		c->v[c->n - 1].inverted = set < 3 && chance(d, 3) == 0;
		return;
	}
	if (chance(d, 3) == 0) {
		i = chain_add(c, OP_MASK);
		i->len = (uint8_t)len;
		fill(d, i->data, 0, len);
		fill(d, i->other, 0, len);
	}
	i = chain_add(c, chance(d, 3) == 0 ? OP_RANGE : OP_COMPARE);
	i->compare = (uint8_t)chance(d, NFT_CMP_GTE + 1);
	i->inverted = chance(d, 3) == 0;
	i->len = (uint8_t)len;
	fill(d, i->data, 0, len);
	fill(d, i->other, 0, len);
}

static void
make_tables(struct dice *d, struct tables *t)
{
	struct verdict_to to;
	size_t i;
	unsigned k, n, m;

	for (k = 0; k < SETS; k++)
		make_set(d, t, k);
	for (i = 0; i < CHAINS; i++)
		add_chain(t, chance(d, 2) != 0);
	for (i = 0; i < CHAINS; i++)
		for (n = chance(d, 4); n > 0; n--) {
			for (m = chance(d, 3); m > 0; m--)
				make_match(d, t, &t->chains[i]);
			if (chance(d, 8) == 0)
				chain_add(&t->chains[i], OP_UNTRACK);
			if (chance(d, 12) == 0)
				chain_add(&t->chains[i], OP_TRANSLATE);
			to = some_verdict(d, i);
			add_verdict(&t->chains[i], to.fate, to.chain);
		}
}

/* The next packet of the same known bits; false behind the last. */
static bool
next(uint8_t v[LEN], const uint8_t known[LEN])
{
	unsigned k, open, bits;

	for (k = 0; k < LEN; k++) {
		open = (uint8_t)~known[k];
		bits = ((v[k] & open) - open) & open;
		v[k] = (uint8_t)((v[k] & known[k]) | bits);
		if (bits != 0)
			return true;
	}
	return false;
}

static void
speaks_for_all_packets(void **state UNUSED)
{
	const char *want = getenv("SEKI_TEST_ROUNDS");
	unsigned certain = 0, doubtful = 0, round, k;
	unsigned rounds = want != NULL ? (unsigned)atoi(want) : ROUNDS;
	uint8_t v[LEN], known[LEN];
	struct dice d = { 1 };
	struct course said, is;

	for (round = 0; round < rounds; round++) {
		struct tables t = { 0 };

		make_tables(&d, &t);
		for (k = 0; k < LEN; k++) {
			known[k] = (uint8_t)(0xfc | chance(&d, 4));
			v[k] = (uint8_t)chance(&d, 4) & known[k];
		}
		said = run(&t, v, known);
		certain += said.dropped && !said.doubt;
		doubtful += said.dropped && said.doubt;
		do {
			is = run(&t, v, all);
			assert_false(is.doubt);
			if (said.dropped && !said.doubt)
				assert_true(is.dropped);
			if (said.untracked)
				assert_true(is.untracked || is.dropped);
			if (!said.open && !said.doubt)
				assert_int_equal(is.dropped, said.dropped);
			if (said.translated)
				assert_true(is.translated || is.dropped);
		} while (next(v, known));
		tables_free(&t);
	}
	assert_true(certain > rounds / 10);
	assert_true(doubtful > rounds / 100);
}

/* A chain that came after the list of chains was read may do anything. */
static void
harms_where_it_leads(void **state)
{
	struct rule_set *s;
	struct tables t = { 0 };
	size_t i;

	(void)state;
	s = add_set(&t, 1);
	s->verdicts = true;
	for (i = 0; i < 3; i++)
		add_chain(&t, false);
	add_verdict(&t.chains[0], FATE_JUMP, 1);
	add_verdict(&t.chains[1], FATE_GOTO, 0);
	add_verdict(&t.chains[2], FATE_DROP, 0);
	assert_false(chains_harm(&t, &t.chains[0]));
	add_lookup(&t, &t.chains[1], 0);
	assert_false(chains_harm(&t, &t.chains[0]));
	add_element(s)->verdict = (struct verdict_to){ FATE_GOTO, 2 };
	assert_true(chains_harm(&t, &t.chains[0]));
	s->v[0].verdict.chain = t.nchains;
	assert_true(chains_harm(&t, &t.chains[0]));
	s->v[0].verdict.chain = 1;
	assert_false(chains_harm(&t, &t.chains[0]));
	add_verdict(&t.chains[0], FATE_JUMP, t.nchains);
	assert_true(chains_harm(&t, &t.chains[0]));
	tables_free(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(orders_bytes),
		cmocka_unit_test(doubts_what_it_cannot_know),
		cmocka_unit_test(ends_where_it_is_translated),
		cmocka_unit_test(knows_no_more_what_is_lost),
		cmocka_unit_test(knows_the_mark),
		cmocka_unit_test(comes_back_from_a_jump_but_no_goto),
		cmocka_unit_test(ends_where_chains_do_not),
		cmocka_unit_test(harms_where_it_leads),
		cmocka_unit_test(finds_intervals),
		cmocka_unit_test(finds_concatenated_keys),
		cmocka_unit_test(finds_ranges_of_fields),
		cmocka_unit_test(finds_the_first_of_ranges),
		cmocka_unit_test(fills_registers_up),
		cmocka_unit_test(speaks_for_all_packets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
