/* Notes on what the kernel made of our rules, RUN/ruleset.
 *
 * Whether rules were edited is told by two digests of what the kernel has
 * (net_rules): of the marks, which say what text was loaded, and of the rules
 * themselves. The second follows from the first, so a pair that was noted once
 * stays true whoever loads what meanwhile, and a note that is missing is only
 * one that cannot help.
 *
 * The newest also tells when it was true of the table: nothing of it has
 * changed while nftables is in the same generation, in the same namespace of
 * the same boot, and then nobody needs to look. */
#ifndef SEKI_CORE_STATE_RULE_NOTES_H
#define SEKI_CORE_STATE_RULE_NOTES_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/kernel/net.h"

struct rule_note {
	uint64_t marks, shape; /* as of struct rules */
	uint64_t want;	       /* what was wanted then; 0 is not known */
	uint64_t elements;     /* and what it came to */
	uint64_t identity;     /* where, as of net_identity, */
	uint64_t generation;   /* and when, as of net_generation */
};

enum rule_memory {
	RULES_UNKNOWN,
	RULES_AS_NOTED,
	RULES_OTHER,  /* another text was loaded since */
	RULES_EDITED, /* the same text, and it had another shape then */
};

enum rule_memory rule_notes_recall(
    const char *run_path, const struct rules *now);

/* What there was when that was wanted; false when nobody noted. */
bool rule_notes_find(const char *run_path, uint64_t want, struct rule_note *);

/* The newest, if it is of that generation and place; never if identity is 0. */
bool rule_notes_now(const char *run_path, uint64_t identity,
    uint32_t generation, struct rule_note *);

/* Notes one more, in the place of one with its marks for the same; the oldest
 * of eight goes. */
int rule_notes_add(
    const char *run_path, const struct rule_note *, struct err *);

#endif
