/* Table inet seki as data: sets and maps with their elements, chains as text,
 * counters.
 *
 * Chains are few and change with the shape of the config only; forwards,
 * policies' addresses and known containers are elements. "single" and "blocks"
 * translate a public port to a target, "tally-udp" and "tally-tcp" name the
 * counter of each direction; ranges have maps of their own, and so have
 * forwards that take the rest of an address ("rest"). A chain's first
 * rule carries a digest of the chain as its comment (the mark), which tells
 * without a listing whether the kernel has this chain.
 * core/plan/ruleset_build.c makes one of a model, core/plan/ruleset_diff.c
 * makes the transaction between two. */
#include "config.h"

#include "core/plan/ruleset.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/plan/ruleset_parts.h"

#define BLOCK_FIRST 256u /* bytes of texts */
#define HASHED(addr) addr " . inet_proto . inet_service"
#define RANGED(addr) "inet_service . " addr " . inet_proto"
#define PAIR(addr) addr " . " addr
#define ONCE_HASHED(ip)                                                        \
	"ct original " ip " daddr . meta l4proto . ct original proto-dst"
#define ONCE_RANGED(ip)                                                        \
	"ct original proto-dst . ct original " ip " daddr . meta l4proto"

/* Who answers is who the connection was translated to, whatever another table
 * made of the same address. */
#define ONCE_REST(ip) "ct original " ip " daddr . ct reply " ip " saddr"

/* An interval map costs each new connection more than a hash map, so ranges
 * have maps of their own. There the port comes first: the kernel goes from
 * field to field with all elements that match so far (nft_pipapo_lookup), and
 * the other fields are the same in most. Names here must not be keywords of
 * nft, and a set that changes its type needs another one. */
/* clang-format off */
/* Every packet is counted: with maps of its own for each protocol the key is
 * shorter, and the test of the protocol no lookup. */
#define TALLY(name, addr, ip, proto)                                           \
	{ "map", name, "type " addr " . inet_service . ct_dir : counter;",     \
	    "ct original " ip " daddr . ct original proto-dst . "              \
	    "ct direction", RULESET_##proto }
#define TALLY_BLOCK(name, addr, ip, proto)                                     \
	{ "map", name, "type inet_service . " addr " . ct_dir : counter; "     \
	    "flags interval;",                                                 \
	    "ct original proto-dst . ct original " ip " daddr . "              \
	    "ct direction", RULESET_##proto }
#define SETS(first, end, addr, ip)                                             \
	[(first) + SET_SINGLE] = { "map", "single" end,                        \
	    "type " HASHED(addr) " : " addr " . inet_service;",                \
	    ip " daddr . meta l4proto . th dport", NULL },                     \
	[(first) + SET_BLOCK] = { "map", "blocks" end,                         \
	    "type " RANGED(addr) " : " addr "; flags interval;",               \
	    "th dport . " ip " daddr . meta l4proto", NULL },                  \
	[(first) + SET_TALLY_UDP] = TALLY("tally-udp" end, addr, ip, UDP),     \
	[(first) + SET_TALLY_UDP_BLOCK] =                                      \
	    TALLY_BLOCK("tally-udp-blocks" end, addr, ip, UDP),                \
	[(first) + SET_TALLY_TCP] = TALLY("tally-tcp" end, addr, ip, TCP),     \
	[(first) + SET_TALLY_TCP_BLOCK] =                                      \
	    TALLY_BLOCK("tally-tcp-blocks" end, addr, ip, TCP),                \
	[(first) + SET_FRESH] = { "map", "fresh" end,                          \
	    "type " HASHED(addr) " : counter;", ONCE_HASHED(ip), NULL },       \
	[(first) + SET_FRESH_BLOCK] = { "map", "fresh-blocks" end,             \
	    "type " RANGED(addr) " : counter; flags interval;",                \
	    ONCE_RANGED(ip), NULL },                                           \
	[(first) + SET_EXCLUSIVE] = { "set", "exclusive" end,                  \
	    "type " HASHED(addr) ";", ONCE_HASHED(ip), NULL },                 \
	[(first) + SET_EXCLUSIVE_BLOCK] = { "set", "exclusive-blocks" end,     \
	    "type " RANGED(addr) "; flags interval;", ONCE_RANGED(ip), NULL }, \
	[(first) + SET_NARROW] = { "set", "sources" end,                       \
	    "type " RANGED(addr) " . " addr "; flags interval;",               \
	    ONCE_RANGED(ip) " . " ip " saddr", NULL },                         \
	[(first) + SET_LIMITED] = { "set", "targets" end,                      \
	    "type " RANGED(addr) " . " addr "; flags interval;",               \
	    ONCE_RANGED(ip) " . " ip " daddr", NULL },                         \
	[(first) + SET_REST] = { "map", "rest" end,                            \
	    "type " addr " : " addr ";", ip " daddr", NULL },                  \
	[(first) + SET_TALLY_REST] = { "map", "tally-rest" end,                \
	    "type ct_dir . " PAIR(addr) " : counter;",                         \
	    "ct direction . " ONCE_REST(ip), NULL },                           \
	[(first) + SET_FRESH_REST] = { "map", "fresh-rest" end,                \
	    "type " PAIR(addr) " : counter;", ONCE_REST(ip), NULL },           \
	[(first) + SET_OPEN_REST] = { "set", "open-rest" end,                  \
	    "type " PAIR(addr) ";", ONCE_REST(ip), NULL },                     \
	[(first) + SET_NARROW_REST] = { "set", "sources-rest" end,             \
	    "type " PAIR(addr) " . " addr "; flags interval;",                 \
	    ONCE_REST(ip) " . " ip " saddr", NULL },                           \
	[(first) + SET_LIMITED_REST] = { "set", "targets-rest" end,            \
	    "type " PAIR(addr) ";", ONCE_REST(ip), NULL },                     \
	[(first) + SET_KNOWN] = { "set", "known" end,                          \
	    "type ifname . " addr ";", "", NULL }
/* clang-format on */
const struct ruleset_set_type ruleset_sets[SET_COUNT] = {
	SETS(0, "", "ipv6_addr", "ip6"),
	SETS(SET_KINDS, "4", "ipv4_addr", "ip"),
};

enum ruleset_set
ruleset_in(enum ruleset_set kind, enum family family)
{
	return (enum ruleset_set)(kind + (unsigned)family * SET_KINDS);
}

int
ruleset_set_number(const char *name)
{
	size_t i;

	for (i = 0; i < SET_COUNT; i++)
		if (strcmp(ruleset_sets[i].name, name) == 0)
			return (int)i;
	return -1;
}

/* Each block is larger than the one before it, up to a limit. */
static void
add_block(struct elements *e, size_t least)
{
	size_t size = BLOCK_FIRST << (e->nblocks < 8 ? e->nblocks : 8);

	e->left = size > least ? size : least;
	e->room = xresize(NULL, e->left, 1);
	e->blocks = xgrow(e->blocks, e->nblocks, sizeof(*e->blocks));
	e->blocks[e->nblocks++] = e->room;
}

/* A copy that ends with the elements. */
static char *
keep(struct elements *e, const char *text)
{
	size_t n = strlen(text) + 1;
	char *copy;

	if (e->left < n)
		add_block(e, n);
	copy = memcpy(e->room, text, n);
	e->room += n;
	e->left -= n;
	return copy;
}

void
ruleset_add_element(struct elements *to, const char *key, const char *value)
{
	to->v = xgrow(to->v, to->n, sizeof(*to->v));
	to->v[to->n++] = (struct element){ keep(to, key),
		value != NULL ? keep(to, value) : NULL };
}

struct ruleset_chain *
ruleset_add_chain(struct ruleset *r, const char *name)
{
	struct ruleset_chain *c;

	r->chains = xgrow(r->chains, r->nchains, sizeof(*r->chains));
	c = &r->chains[r->nchains++];
	memset(c, 0, sizeof(*c));
	c->name = xstrdup(name);
	return c;
}

static int
compare_keys(const void *a, const void *b)
{
	return strcmp(
	    ((const struct element *)a)->key, ((const struct element *)b)->key);
}

/* The first n of them are sorted, and so are the others. */
static void
merge(struct elements *e, size_t n)
{
	size_t left = e->n - n, at = e->n;
	struct element *others = xcalloc(left, sizeof(*others));

	memcpy(others, &e->v[n], left * sizeof(*others));
	while (left > 0)
		if (n > 0 && compare_keys(&e->v[n - 1], &others[left - 1]) > 0)
			e->v[--at] = e->v[--n];
		else
			e->v[--at] = others[--left];
	free(others);
}

/* Often they come in order, but for a few at the end. */
static void
sort(struct elements *e)
{
	size_t i = 1;

	while (i < e->n && compare_keys(&e->v[i - 1], &e->v[i]) <= 0)
		i++;
	if (i >= e->n)
		return;
	qsort(&e->v[i], e->n - i, sizeof(*e->v), compare_keys);
	merge(e, i);
}

void
ruleset_sort(struct ruleset *r)
{
	size_t i;

	sort(&r->counters);
	for (i = 0; i < SET_COUNT; i++)
		sort(&r->sets[i]);
}

size_t
ruleset_element_count(const struct ruleset *r)
{
	size_t i, n = 0;

	for (i = 0; i < SET_COUNT; i++)
		n += r->sets[i].n;
	return n;
}

static void
elements_free(struct elements *e)
{
	size_t i;

	for (i = 0; i < e->nblocks; i++)
		free(e->blocks[i]);
	free(e->blocks);
	free(e->v);
}

void
ruleset_free(struct ruleset *r)
{
	size_t i;

	elements_free(&r->counters);
	elements_free(&r->others);
	for (i = 0; i < SET_COUNT; i++)
		elements_free(&r->sets[i]);
	for (i = 0; i < r->nchains; i++) {
		free(r->chains[i].name);
		free(r->chains[i].rules);
		free(r->chains[i].mark);
		free(r->chains[i].declaration);
	}
	free(r->chains);
	memset(r, 0, sizeof(*r));
}

void
ruleset_count(struct ruleset *r, const struct counters *counters)
{
	const struct counter *c;
	struct element *e;
	char text[64];

	for (e = r->counters.v; e < END_OF(r->counters.v, r->counters.n); e++) {
		c = counters_find(counters, e->key);
		if (c == NULL || e->value != NULL)
			continue;
		snprintf(text, sizeof(text),
		    "packets %" PRIu64 " bytes %" PRIu64, c->packets, c->bytes);
		e->value = keep(&r->counters, text);
	}
}

#define ODD 0x9e3779b97f4a7c15u /* 2^64 by the golden ratio */

static uint64_t
mix(uint64_t h, uint64_t word)
{
	h = (h ^ word) * ODD;
	return h ^ h >> 32;
}

/* Eight bytes at a time, and the end with how many those are: elements are
 * megabytes, and hash_text takes them byte by byte. */
static uint64_t
mix_text(uint64_t h, const char *text)
{
	size_t n = strlen(text);
	uint64_t word;

	for (; n >= sizeof(word); n -= sizeof(word), text += sizeof(word)) {
		memcpy(&word, text, sizeof(word));
		h = mix(h, word);
	}
	word = n + 1;
	memcpy((char *)&word + 1, text, n);
	return mix(h, word);
}

static uint64_t
hash_elements(uint64_t h, const struct elements *e)
{
	size_t i;

	for (i = 0; i < e->n; i++) {
		h = mix_text(h, e->v[i].key);
		h = mix_text(h, e->v[i].value != NULL ? e->v[i].value : "");
	}
	return h;
}

uint64_t
ruleset_digest(const struct ruleset *r)
{
	uint64_t h = hash_elements(HASH_START, &r->counters);
	const struct ruleset_chain *c;
	size_t i;

	for (i = 0; i < SET_COUNT; i++) {
		h = hash_text(h, r->has_set[i] ? ruleset_sets[i].name : "");
		h = hash_elements(h, &r->sets[i]);
	}
	for (c = r->chains; c < END_OF(r->chains, r->nchains); c++)
		h = hash_text(hash_text(h, c->name), c->mark);
	return h;
}

uint64_t
ruleset_marks(const struct ruleset *r)
{
	const struct ruleset_chain *c;
	uint64_t sum = 0;

	for (c = r->chains; c < END_OF(r->chains, r->nchains); c++)
		if (c->count > 0)
			sum += net_mark(c->name, c->mark);
	return sum;
}
