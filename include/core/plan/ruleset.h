/* The nftables side of a model: what `table inet seki` holds, or shall hold. */
#ifndef SEKI_CORE_PLAN_RULESET_H
#define SEKI_CORE_PLAN_RULESET_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/util.h"
#include "core/kernel/net.h"

/* Our table as nft names it, and the commands that add it, delete it, and clear
 * it whether it is there or not: deleting needs a table, and there is no
 * "destroy" before nft 1.0.7. */
#define RULESET_TABLE "inet " NET_TABLE
#define RULESET_ADD "add table " RULESET_TABLE "\n"
#define RULESET_DELETE "delete table " RULESET_TABLE "\n"
#define RULESET_CLEAR RULESET_ADD RULESET_DELETE

/* An element of a set (value NULL) or of a map, as nft writes it. */
struct element {
	char *key;
	char *value;
};

/* Sorted by key once ruleset_sort was called. Their texts are thousands, and
 * come and go together. */
struct elements {
	struct element *v;
	size_t n;
	char **blocks; /* of texts, one behind the other */
	size_t nblocks;
	char *room; /* in the last block, and how many bytes */
	size_t left;
};

enum ruleset_set {
	SET_SINGLE,    /* public port -> target and port */
	SET_BLOCK,     /* ranges that keep their ports -> target */
	SET_TALLY_UDP, /* direction and public port of UDP -> counter */
	SET_TALLY_UDP_BLOCK,
	SET_TALLY_TCP, /* the same of TCP */
	SET_TALLY_TCP_BLOCK,
	SET_FRESH, /* public port -> counter of new connections */
	SET_FRESH_BLOCK,
	SET_EXCLUSIVE, /* public ports with a counter that not all may use */
	SET_EXCLUSIVE_BLOCK,
	SET_NARROW,  /* public ports and who may use them */
	SET_LIMITED, /* their ports and targets: for nobody else */
	/* The same for forwards that take the rest: public address and target,
	 * in place of ports. */
	SET_REST, /* public address -> target */
	SET_TALLY_REST,
	SET_FRESH_REST,
	SET_OPEN_REST,
	SET_NARROW_REST,
	SET_LIMITED_REST,
	SET_KNOWN, /* bridges and addresses there that are somebody's */
	SET_KINDS,
	SET_COUNT = SET_KINDS * FAMILY_COUNT, /* those of IPv4 follow */
};
/* The set of that kind with addresses of that family. */
enum ruleset_set ruleset_in(enum ruleset_set kind, enum family);

struct ruleset_set_type {
	const char *kind; /* "map" or "set" */
	const char *name;
	const char *declaration;
	const char *key;   /* of a packet, as rules look it up */
	const char *proto; /* the only one, as a number; NULL: the key has it */
};
extern const struct ruleset_set_type ruleset_sets[SET_COUNT];

struct ruleset_chain {
	char *name;
	char *rules;  /* one a line; the first carries the mark */
	char *mark;   /* a digest of declaration and rules; NULL when unknown */
	size_t count; /* rules */
	char *declaration; /* "{ type nat hook ... }"; "" for a plain chain */
};

struct ruleset {
	bool present;		  /* false: there is, or shall be, no table */
	bool built;		  /* of a model: its rules are known as text */
	struct elements counters; /* names, as keys, and maybe counts */
	bool has_set[SET_COUNT];
	struct elements sets[SET_COUNT];
	struct elements others; /* sets of no name above, with their kind */
	struct ruleset_chain *chains;
	size_t nchains;
};

/* A number that tells one that was built from another. */
uint64_t ruleset_digest(const struct ruleset *);
/* What net_rules tells as marks when the kernel has it. */
uint64_t ruleset_marks(const struct ruleset *);
/* Of all sets. */
size_t ruleset_element_count(const struct ruleset *);
void ruleset_free(struct ruleset *);
/* Gives the counters the counts of those, to be restored. */
void ruleset_count(struct ruleset *, const struct counters *);

/* For the reader of the kernel's table: adds copies; sort at the end. */
void ruleset_add_element(struct elements *, const char *key, const char *value);
struct ruleset_chain *ruleset_add_chain(struct ruleset *, const char *name);
void ruleset_sort(struct ruleset *);
/* The number of the set with that name in nft, -1 when it is none of ours. */
int ruleset_set_number(const char *name);

#endif
