/* nftables rules as bytecode of the kernel, run on a packet of which only some
 * bits are known: the verdict that is certain, and where it depends on unknown
 * bits. */
#ifndef SEKI_CORE_KERNEL_BYTECODE_H
#define SEKI_CORE_KERNEL_BYTECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/addr.h"

#define OPERAND_MAX 16	 /* bytes of one match: an address, a name of a link */
#define REGISTER_LEN 4	 /* bytes of a register (NFT_REG32_SIZE) */
#define REGISTERS_LEN 64 /* of all, which is the longest key of a set, too */
#define FIELDS_MAX (REGISTERS_LEN / REGISTER_LEN) /* of such a key */

/* Where bits come from. Offsets into META and CT are multiples of OPERAND_MAX,
 * indexed by NFT_META_* and NFT_CT_*; the others are in bytes. */
enum fact_source {
	FACT_META,
	FACT_CT,
	FACT_LINK,
	FACT_NETWORK,
	FACT_TRANSPORT,
	FACT_TYPE /* of addresses, as the routes have it: one bit, 1 << RTN_* */
};

enum { TYPE_FROM = 0, TYPE_TO = sizeof(uint16_t) }; /* where that is */

/* Some bits of a packet, and a mask of the known ones. */
struct fact {
	enum fact_source source;
	uint16_t at, len;
	uint8_t v[OPERAND_MAX], known[OPERAND_MAX];
};

/* The mark of a packet, which rules may change: some bits of it. */
struct mark {
	uint8_t v[REGISTER_LEN], known[REGISTER_LEN];
};
extern const struct mark mark_none; /* 0, as every packet begins */

#define FACTS_MAX 32
struct sample {
	struct fact v[FACTS_MAX];
	size_t n;
	struct mark mark;
};
/* Adds bits, all of them known. */
void sample_add(struct sample *, enum fact_source, unsigned at,
    const void *bytes, size_t len);
/* Adds those bits of a number in host order that the mask selects. */
void sample_add_bits(struct sample *, enum fact_source, unsigned at,
    uint32_t value, uint32_t mask);

/* Adds the name of a link, for an NFT_META_* key that is one. */
void sample_add_name(struct sample *, unsigned key, const char *name);
/* Adds what follows the header of that family: an IPPROTO_*. */
void sample_add_proto(struct sample *, enum family, uint8_t proto);
/* Adds the address that a packet goes to, or comes from. */
void sample_add_to(struct sample *, const struct prefix *);
void sample_add_from(struct sample *, const struct prefix *);
/* Adds whether that address is of this host, or behind it. */
void sample_add_to_here(struct sample *, bool here);

enum operation {
	OP_LOAD,    /* reg = len bytes of the packet */
	OP_MASK,    /* reg = (from & data) ^ other */
	OP_COMPARE, /* goes on if reg is so to data */
	OP_RANGE,   /* goes on if reg is from data to other */
	OP_LOOKUP,  /* goes on if reg is in a set, or ends as that says */
	OP_LOSE,    /* reg = something */
	/* These two leave all registers unknown: */
	OP_CONDITION, /* goes on or not, nobody can tell */
	OP_MAYBE,     /* may end the packet's way here, nobody can tell */
	OP_UNTRACK,   /* takes it out of connection tracking */
	OP_MARK,      /* its mark = reg */
	OP_TRANSLATE, /* sends it somewhere else, and ends its way here */
	OP_VERDICT,
	OP_END /* of the rule */
};

enum fate {
	FATE_GOES_ON,
	FATE_ACCEPT,
	FATE_DROP,
	FATE_RETURN,
	FATE_JUMP,
	FATE_GOTO
};

struct verdict_to {
	enum fate fate;
	size_t chain; /* where it jumps to */
};

struct instruction {
	enum operation operation;
	enum fact_source source;
	uint16_t at;
	uint8_t reg, from, len; /* bytes; reg + len fits into the registers */
	uint8_t compare;	/* NFT_CMP_* */
	bool inverted;		/* of a lookup or a range */
	struct verdict_to verdict;
	size_t set; /* that it looks in */
	uint8_t data[OPERAND_MAX], other[OPERAND_MAX];
};

struct rule_chain {
	char *table, *name;	       /* any bytes but NUL: escape to show */
	uint8_t family;		       /* NFPROTO_* */
	bool legacy;		       /* of iptables-legacy, not nftables */
	bool drops;		       /* what comes to its end: its policy */
	bool translates[FAMILY_COUNT]; /* a rule sends to another host */
	struct instruction *v;
	size_t n;
};
struct set_element {
	uint8_t key[REGISTERS_LEN];
	uint8_t key_end[REGISTERS_LEN]; /* of ranges, which hold it, too */
	bool end;			/* of an interval, which does not */
	struct verdict_to verdict;
};

/* The kind of a set's elements. */
enum set_kind {
	SET_KEYS,
	SET_BOUNDS, /* where an interval begins, or ends */
	SET_RANGES, /* a range for each field of a concatenation */
};

struct rule_set {
	char *table, *name;
	uint8_t family, len; /* bytes of a key; 0: not to be understood */
	enum set_kind kind;
	uint8_t fields[FIELDS_MAX], nfields; /* bytes of each, of SET_RANGES */
	bool verdicts;			     /* elements have one */
	struct set_element *v;
	size_t n;
};

struct tables {
	struct rule_chain *chains;
	size_t nchains;
	struct rule_set *sets;
	size_t nsets;
};
void rule_set_free(struct rule_set *); /* what it holds */
void tables_free(struct tables *);     /* empty then */

/* Both strings are copied; instructions added later belong to the chain. */
void chain_begin(struct rule_chain *, const char *table, const char *name);
struct instruction *chain_add(struct rule_chain *, enum operation);
void chain_empty(struct rule_chain *); /* of its rules */
/* Whether both are of one table. */
bool chain_is_beside(const struct rule_chain *, const struct rule_chain *);

/* Whether a rule of its table may change the mark of packets. */
bool chains_mark(const struct tables *, const struct rule_chain *base);
/* Whether a packet that enters a base chain can be dropped or untracked, there
 * or where it leads. */
bool chains_harm(const struct tables *, const struct rule_chain *base);

/* The outcome for a packet that enters a base chain. A rule whose condition
 * depends on unknown bits counts as not matching. */
struct course {
	bool dropped;
	bool doubt;	  /* one of those may have let it through before that */
	bool untracked;	  /* it is for certain, if not dropped */
	bool translated;  /* likewise, to another destination */
	struct mark mark; /* with which it goes on */
	bool open;	  /* there were such conditions */
	const struct rule_chain *at; /* where it ended; borrowed */
	/* Where it is translated for certain, and by which of the rules,
	 * from 1; NULL: nowhere. */
	const struct rule_chain *translator;
	unsigned rule;
};
struct course chains_run(const struct tables *, const struct rule_chain *base,
    const struct sample *);

#endif
