/* Rules of nftables, run on a packet of which some bits are known. */
#include "config.h"

#include "core/kernel/bytecode.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/util.h"

#define DEPTH_MAX 16	 /* of jumps: NFT_JUMP_STACK_SIZE */
#define RULES_MAX 100000 /* of one packet: chains can be called often */

/* Packets */

void
sample_add(struct sample *s, enum fact_source source, unsigned at,
    const void *bytes, size_t len)
{
	struct fact *f = &s->v[s->n];

	if (s->n == FACTS_MAX || len > sizeof(f->v))
		return;
	s->n++;
	*f = (struct fact){
		.source = source, .at = (uint16_t)at, .len = (uint16_t)len
	};
	memcpy(f->v, bytes, len);
	memset(f->known, 0xff, len);
}

void
sample_add_bits(struct sample *s, enum fact_source source, unsigned at,
    uint32_t value, uint32_t mask)
{
	size_t n = s->n;

	sample_add(s, source, at, &value, sizeof(value));
	if (s->n > n)
		memcpy(s->v[n].known, &mask, sizeof(mask));
}

void
sample_add_name(struct sample *s, unsigned key, const char *name)
{
	char padded[OPERAND_MAX] = "";

	memcpy(padded, name, strnlen(name, sizeof(padded)));
	sample_add(s, FACT_META, key * OPERAND_MAX, padded, sizeof(padded));
}

/* Where the fields of a header are (RFC 8200, 3; RFC 791, 3.1), in bytes. */
static const struct {
	unsigned proto, from, to, len;
} headers[FAMILY_COUNT] = {
	[FAMILY_IPV6] = { 6, 8, 24, 16 },
	[FAMILY_IPV4] = { 9, 12, 16, 4 },
};

void
sample_add_proto(struct sample *s, enum family f, uint8_t proto)
{
	sample_add(s, FACT_META, NFT_META_L4PROTO * OPERAND_MAX, &proto, 1);
	sample_add(s, FACT_NETWORK, headers[f].proto, &proto, 1);
}

void
sample_add_to(struct sample *s, const struct prefix *to)
{
	enum family f = addr_family(to);

	sample_add(s, FACT_NETWORK, headers[f].to, to->bytes, headers[f].len);
}

void
sample_add_from(struct sample *s, const struct prefix *from)
{
	enum family f = addr_family(from);

	sample_add(
	    s, FACT_NETWORK, headers[f].from, from->bytes, headers[f].len);
}

void
sample_add_to_here(struct sample *s, bool here)
{
	const uint16_t type = 1 << (here ? RTN_LOCAL : RTN_UNICAST);

	sample_add(s, FACT_TYPE, TYPE_TO, &type, sizeof(type));
}

const struct mark mark_none = { .known = { 0xff, 0xff, 0xff, 0xff } };

/* Chains */

void
chain_begin(struct rule_chain *c, const char *table, const char *name)
{
	memset(c, 0, sizeof(*c));
	c->table = xstrdup(table);
	c->name = xstrdup(name);
}

struct instruction *
chain_add(struct rule_chain *c, enum operation operation)
{
	struct instruction *i;

	c->v = xgrow(c->v, c->n, sizeof(*c->v));
	i = &c->v[c->n++];
	memset(i, 0, sizeof(*i));
	i->operation = operation;
	return i;
}

void
chain_empty(struct rule_chain *c)
{
	free(c->v);
	c->v = NULL;
	c->n = 0;
	memset(c->translates, 0, sizeof(c->translates));
}

void
rule_set_free(struct rule_set *s)
{
	free(s->table);
	free(s->name);
	free(s->v);
}

void
tables_free(struct tables *t)
{
	struct rule_chain *c;
	size_t i;

	for (c = t->chains; c < END_OF(t->chains, t->nchains); c++) {
		free(c->table);
		free(c->name);
		chain_empty(c);
	}
	for (i = 0; i < t->nsets; i++)
		rule_set_free(&t->sets[i]);
	free(t->chains);
	free(t->sets);
	memset(t, 0, sizeof(*t));
}

/* Rules */

enum answer { ANSWER_NO, ANSWER_MAYBE, ANSWER_YES };

/* Unknown bits are 0 in both arrays. */
struct registers {
	uint8_t v[REGISTERS_LEN], known[REGISTERS_LEN];
};

/* A write clobbers whole registers. */
static void
forget(struct registers *r, const struct instruction *i)
{
	size_t len = ROUND_UP((size_t)i->len, REGISTER_LEN);

	memset(r->v + i->reg, 0, len);
	memset(r->known + i->reg, 0, len);
}

/* A store pads its last register with zeros (nft_reg_store8 and the like). */
static void
pad(struct registers *r, unsigned at)
{
	for (; at % REGISTER_LEN != 0; at++) {
		r->v[at] = 0;
		r->known[at] = 0xff;
	}
}

static void
load(const struct instruction *i, const struct sample *s, struct registers *r)
{
	const struct fact *f;
	unsigned from, to, k;

	forget(r, i);
	pad(r, i->reg + i->len);
	for (f = s->v; f < END_OF(s->v, s->n); f++) {
		if (f->source != i->source)
			continue;
		from = f->at > i->at ? f->at : i->at;
		to = f->at + f->len < i->at + i->len ? f->at + f->len
						     : i->at + i->len;
		for (k = from; k < to; k++) {
			r->known[i->reg + k - i->at] = f->known[k - f->at];
			r->v[i->reg + k - i->at] =
			    f->v[k - f->at] & f->known[k - f->at];
		}
		if (f->at == i->at && f->source <= FACT_CT)
			pad(r, i->reg + f->len);
	}
}

static void
mask(const struct instruction *i, struct registers *r)
{
	unsigned k;
	uint8_t v, known;

	for (k = 0; k < i->len; k++) {
		known = r->known[i->from + k] | (uint8_t)~i->data[k];
		v = (r->v[i->from + k] & i->data[k]) ^ i->other[k];
		r->known[i->reg + k] = known;
		r->v[i->reg + k] = v & known;
	}
	pad(r, i->reg + i->len);
}

/* Compares registers, from a byte on, with data. ANSWER_YES: equal. */
static enum answer
equals(
    const struct registers *r, unsigned at, unsigned len, const uint8_t *data)
{
	enum answer answer = ANSWER_YES;
	uint8_t known;
	unsigned k;

	for (k = 0; k < len; k++) {
		known = r->known[at + k];
		if (((r->v[at + k] ^ data[k]) & known) != 0)
			return ANSWER_NO;
		if (known != 0xff)
			answer = ANSWER_MAYBE;
	}
	return answer;
}

static bool
is_known(const struct registers *r, unsigned at, unsigned len)
{
	unsigned k;

	for (k = at; k < at + len; k++)
		if (r->known[k] != 0xff)
			return false;
	return true;
}

/* Comparison is bytewise (nft_cmp_eval). */
static const struct {
	bool less, equal, more;
} orders[] = {
	[NFT_CMP_LT] = { .less = true },
	[NFT_CMP_LTE] = { .less = true, .equal = true },
	[NFT_CMP_GT] = { .more = true },
	[NFT_CMP_GTE] = { .equal = true, .more = true },
};

static enum answer
compare(const struct instruction *i, const struct registers *r)
{
	enum answer equal = equals(r, i->reg, i->len, i->data);
	int order;
	bool holds;

	if (i->compare == NFT_CMP_EQ)
		return equal;
	if (i->compare == NFT_CMP_NEQ)
		return (enum answer)(ANSWER_YES - equal);
	if (!is_known(r, i->reg, i->len))
		return ANSWER_MAYBE;
	order = memcmp(r->v + i->reg, i->data, i->len);
	holds = i->compare < NITEMS(orders) &&
		(order < 0	 ? orders[i->compare].less
		    : order == 0 ? orders[i->compare].equal
				 : orders[i->compare].more);
	return holds ? ANSWER_YES : ANSWER_NO;
}

/* The boundary of the interval that the key would be in: the greatest one not
 * above it. Where one interval ends, the next may begin. */
static enum answer
find_bound(const struct instruction *i, const struct registers *r,
    const struct rule_set *set, const struct set_element **found)
{
	const struct set_element *e;
	int order;

	if (!is_known(r, i->reg, i->len))
		return set->n > 0 ? ANSWER_MAYBE : ANSWER_NO;
	for (e = set->v; e < END_OF(set->v, set->n); e++) {
		if (memcmp(e->key, r->v + i->reg, i->len) > 0)
			continue;
		order =
		    *found == NULL ? 1 : memcmp(e->key, (*found)->key, i->len);
		if (order > 0 || (order == 0 && !e->end))
			*found = e;
	}
	return *found != NULL && !(*found)->end ? ANSWER_YES : ANSWER_NO;
}

/* For the lower bound unknown bits count as 0, for the upper one as 1. */
static enum answer
is_in_range(const struct registers *r, unsigned at, unsigned len,
    const uint8_t *first, const uint8_t *last)
{
	uint8_t most[REGISTERS_LEN];
	unsigned k;

	for (k = 0; k < len; k++)
		most[k] = r->v[at + k] | (uint8_t)~r->known[at + k];
	if (memcmp(most, first, len) < 0 || memcmp(r->v + at, last, len) > 0)
		return ANSWER_NO;
	if (memcmp(r->v + at, first, len) >= 0 && memcmp(most, last, len) <= 0)
		return ANSWER_YES;
	return memcmp(first, last, len) == 0 ? equals(r, at, len, first)
					     : ANSWER_MAYBE;
}

/* Each field starts at a register of its own (nft_set_pipapo.c). */
static enum answer
is_in_ranges(const struct instruction *i, const struct registers *r,
    const struct rule_set *set, const struct set_element *e)
{
	enum answer answer = ANSWER_YES, one;
	unsigned k, at = 0;

	for (k = 0; k < set->nfields; k++) {
		one = is_in_range(r, i->reg + at, set->fields[k], e->key + at,
		    e->key_end + at);
		if (one < answer)
			answer = one;
		at += ROUND_UP(set->fields[k], REGISTER_LEN);
	}
	return answer;
}

/* The first of overlapping ranges wins, as in the kernel; an earlier one that
 * may match, too, leaves the result open. */
static enum answer
find_element(const struct instruction *i, const struct registers *r,
    const struct rule_set *set, const struct set_element **found)
{
	enum answer answer = ANSWER_NO, one;
	const struct set_element *e;

	for (e = set->v; e < END_OF(set->v, set->n); e++) {
		one = set->kind == SET_KEYS ? equals(r, i->reg, i->len, e->key)
					    : is_in_ranges(i, r, set, e);
		if (one == ANSWER_YES && answer == ANSWER_NO)
			*found = e;
		if (one > answer)
			answer = one;
		if (one == ANSWER_YES)
			break;
	}
	if (set->verdicts && answer == ANSWER_YES && *found == NULL)
		return ANSWER_MAYBE;
	return answer;
}

/* Chains */

struct run {
	const struct tables *tables;
	const struct sample *sample;
	struct registers registers;
	struct course course;
	const struct rule_chain *here; /* whose rule is run, and which */
	unsigned rule;
	unsigned left; /* rules */
};

/* A map's element gives the verdict, which is in doubt if the element is. */
static enum answer
look_up(
    struct run *run, const struct instruction *i, struct verdict_to *verdict)
{
	const struct rule_set *set = &run->tables->sets[i->set];
	const struct set_element *found = NULL;
	enum answer answer;

	answer = set->kind == SET_BOUNDS
		     ? find_bound(i, &run->registers, set, &found)
		     : find_element(i, &run->registers, set, &found);
	if (set->verdicts && answer == ANSWER_MAYBE)
		run->course.doubt = true;
	if (set->verdicts && answer == ANSWER_YES)
		*verdict = found->verdict;
	return i->inverted ? (enum answer)(ANSWER_YES - answer) : answer;
}

/* A rule, run up to its verdict or to the first mismatch. */
struct rule_end {
	enum answer answer;
	struct verdict_to verdict; /* FATE_GOES_ON: none */
};

static enum answer
do_load(
    struct run *run, const struct instruction *i, struct rule_end *rule UNUSED)
{
	struct registers *r = &run->registers;

	load(i, run->sample, r);
	if (i->source == FACT_META && i->at == NFT_META_MARK * OPERAND_MAX &&
	    i->len >= REGISTER_LEN) {
		memcpy(r->v + i->reg, run->course.mark.v, REGISTER_LEN);
		memcpy(r->known + i->reg, run->course.mark.known, REGISTER_LEN);
	}
	return ANSWER_YES;
}

static enum answer
do_mask(
    struct run *run, const struct instruction *i, struct rule_end *rule UNUSED)
{
	mask(i, &run->registers);
	return ANSWER_YES;
}

static enum answer
do_compare(
    struct run *run, const struct instruction *i, struct rule_end *rule UNUSED)
{
	return compare(i, &run->registers);
}

static enum answer
do_range(
    struct run *run, const struct instruction *i, struct rule_end *rule UNUSED)
{
	enum answer in =
	    is_in_range(&run->registers, i->reg, i->len, i->data, i->other);

	return i->inverted ? (enum answer)(ANSWER_YES - in) : in;
}

static enum answer
do_lookup(struct run *run, const struct instruction *i, struct rule_end *rule)
{
	return look_up(run, i, &rule->verdict);
}

static enum answer
do_lose(
    struct run *run, const struct instruction *i, struct rule_end *rule UNUSED)
{
	forget(&run->registers, i);
	return ANSWER_YES;
}

static enum answer
do_condition(struct run *run, const struct instruction *i UNUSED,
    struct rule_end *rule UNUSED)
{
	memset(&run->registers, 0, sizeof(run->registers));
	return ANSWER_MAYBE;
}

static enum answer
do_maybe(struct run *run, const struct instruction *i UNUSED,
    struct rule_end *rule UNUSED)
{
	memset(&run->registers, 0, sizeof(run->registers));
	run->course.doubt = true;
	return ANSWER_YES;
}

static enum answer
do_untrack(
    struct run *run, const struct instruction *i UNUSED, struct rule_end *rule)
{
	if (rule->answer == ANSWER_YES && !run->course.doubt)
		run->course.untracked = true;
	return ANSWER_YES;
}

/* Where it has one mark or the other, what both agree on is known. */
static void
join_marks(struct mark *to, const struct mark *other)
{
	size_t k;

	for (k = 0; k < sizeof(to->v); k++) {
		to->known[k] &=
		    other->known[k] & (uint8_t) ~(to->v[k] ^ other->v[k]);
		to->v[k] &= to->known[k];
	}
}

static enum answer
do_mark(struct run *run, const struct instruction *i, struct rule_end *rule)
{
	struct mark mark;

	memcpy(mark.v, run->registers.v + i->reg, sizeof(mark.v));
	memcpy(mark.known, run->registers.known + i->reg, sizeof(mark.known));
	if (rule->answer == ANSWER_YES && !run->course.doubt)
		run->course.mark = mark;
	else
		join_marks(&run->course.mark, &mark);
	return ANSWER_YES;
}

/* As if accepted: a destination is given once (nf_nat_setup_info). */
static enum answer
do_translate(
    struct run *run, const struct instruction *i UNUSED, struct rule_end *rule)
{
	if (rule->answer == ANSWER_YES && !run->course.doubt) {
		run->course.translated = true;
		run->course.translator = run->here;
		run->course.rule = run->rule;
	}
	rule->verdict.fate = FATE_ACCEPT;
	return ANSWER_YES;
}

static enum answer
do_verdict(
    struct run *run UNUSED, const struct instruction *i, struct rule_end *rule)
{
	rule->verdict = i->verdict;
	return ANSWER_YES;
}

/* Each returns whether the rule goes on after that instruction. */
static enum answer (*const steps[])(
    struct run *, const struct instruction *, struct rule_end *) = {
	[OP_LOAD] = do_load,
	[OP_MASK] = do_mask,
	[OP_COMPARE] = do_compare,
	[OP_RANGE] = do_range,
	[OP_LOOKUP] = do_lookup,
	[OP_LOSE] = do_lose,
	[OP_CONDITION] = do_condition,
	[OP_MAYBE] = do_maybe,
	[OP_UNTRACK] = do_untrack,
	[OP_MARK] = do_mark,
	[OP_TRANSLATE] = do_translate,
	[OP_VERDICT] = do_verdict,
};

static struct rule_end
run_rule(struct run *run, const struct instruction *i)
{
	struct rule_end end = { .answer = ANSWER_YES };
	enum answer answer;

	for (; i->operation != OP_END; i++) {
		answer = steps[i->operation](run, i, &end);
		if (answer < end.answer)
			end.answer = answer;
		if (end.answer == ANSWER_NO || end.verdict.fate != FATE_GOES_ON)
			break;
	}
	return end;
}

static const struct instruction *
next_rule(const struct instruction *i)
{
	while (i->operation != OP_END)
		i++;
	return i + 1;
}

static enum fate run_chain(
    struct run *, const struct rule_chain *, unsigned depth);

/* Follows a jump or goto; FATE_GOES_ON if the chain returns. */
static enum fate
follow(struct run *run, const struct verdict_to *verdict, unsigned depth)
{
	if (depth == DEPTH_MAX || verdict->chain >= run->tables->nchains) {
		run->course.doubt = true;
		return FATE_GOES_ON;
	}
	return run_chain(run, &run->tables->chains[verdict->chain], depth + 1);
}

/* A rule that may match matters only if it would let the packet through, or
 * past what follows. */
static void
suppose(struct run *run, const struct verdict_to *verdict, unsigned depth)
{
	struct course before = run->course;
	struct mark mark;
	enum fate fate = verdict->fate;
	bool doubt;

	if (fate == FATE_JUMP || fate == FATE_GOTO)
		fate = follow(run, verdict, depth);
	doubt = run->course.doubt || fate == FATE_ACCEPT ||
		verdict->fate == FATE_RETURN ||
		(verdict->fate == FATE_GOTO && fate == FATE_GOES_ON);
	mark = run->course.mark;
	run->course = before;
	run->course.doubt = doubt;
	join_marks(&run->course.mark, &mark);
}

static enum fate
run_chain(struct run *run, const struct rule_chain *c, unsigned depth)
{
	const struct instruction *i = c->v, *end = END_OF(c->v, c->n);
	struct rule_end rule;
	enum fate fate;
	unsigned number = 0;

	for (; i < end && run->left > 0; i = next_rule(i)) {
		run->left--;
		run->here = c;
		run->rule = ++number;
		rule = run_rule(run, i);
		fate = rule.verdict.fate;
		if (fate == FATE_GOES_ON || rule.answer == ANSWER_NO)
			continue;
		if (rule.answer == ANSWER_MAYBE) {
			suppose(run, &rule.verdict, depth);
			run->course.open = true;
			continue;
		}
		if (fate == FATE_RETURN)
			return FATE_GOES_ON;
		if (fate == FATE_ACCEPT || fate == FATE_DROP) {
			run->course.at = c;
			return fate;
		}
		fate = follow(run, &rule.verdict, depth);
		if (fate != FATE_GOES_ON || rule.verdict.fate == FATE_GOTO)
			return fate;
	}
	return FATE_GOES_ON;
}

bool
chain_is_beside(const struct rule_chain *a, const struct rule_chain *b)
{
	return a->family == b->family && a->legacy == b->legacy &&
	       strcmp(a->table, b->table) == 0;
}

/* Through all chains that a base chain leads to. */
struct tour {
	const struct tables *tables;
	bool *seen; /* of each chain */
};

static bool chain_harms(struct tour *, const struct rule_chain *);

/* A chain may have come after the others were read, and do anything. */
static bool
verdict_harms(struct tour *t, const struct verdict_to *to)
{
	if (to->fate != FATE_JUMP && to->fate != FATE_GOTO)
		return to->fate == FATE_DROP;
	return to->chain >= t->tables->nchains ||
	       chain_harms(t, &t->tables->chains[to->chain]);
}

static bool
set_harms(struct tour *t, const struct rule_set *s)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (verdict_harms(t, &s->v[i].verdict))
			return true;
	return s->verdicts && s->len == 0;
}

static bool
chain_harms(struct tour *t, const struct rule_chain *c)
{
	const struct instruction *i = c->v, *end = END_OF(i, c->n);
	bool *seen = &t->seen[c - t->tables->chains];

	if (*seen)
		return false;
	*seen = true;
	for (; i < end; i++)
		if (i->operation == OP_UNTRACK ||
		    (i->operation == OP_VERDICT &&
			verdict_harms(t, &i->verdict)) ||
		    (i->operation == OP_LOOKUP &&
			set_harms(t, &t->tables->sets[i->set])))
			return true;
	return c->drops;
}

bool
chains_harm(const struct tables *tables, const struct rule_chain *base)
{
	struct tour tour = { tables, xcalloc(tables->nchains, sizeof(bool)) };
	bool harms = chain_harms(&tour, base);

	free(tour.seen);
	return harms;
}

bool
chains_mark(const struct tables *all, const struct rule_chain *base)
{
	const struct rule_chain *c;
	size_t i;

	for (c = all->chains; c < END_OF(all->chains, all->nchains); c++) {
		if (!chain_is_beside(c, base))
			continue;
		for (i = 0; i < c->n; i++)
			if (c->v[i].operation == OP_MARK)
				return true;
	}
	return false;
}

struct course
chains_run(const struct tables *tables, const struct rule_chain *base,
    const struct sample *sample)
{
	struct run run = { .tables = tables,
		.sample = sample,
		.course.mark = sample->mark,
		.left = RULES_MAX };
	enum fate fate = run_chain(&run, base, 0);

	if (fate == FATE_GOES_ON)
		run.course.at = base;
	run.course.dropped =
	    fate == FATE_DROP || (fate == FATE_GOES_ON && base->drops);
	run.course.doubt = run.course.doubt || run.left == 0;
	return run.course;
}
