/* All that a commit asks for, made up: what fails is named, and what is done is
 * written down. The program is linked with WORLD of Makefile.am. */
#ifndef SEKI_TEST_WORLD_H
#define SEKI_TEST_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/util.h"
#include "core/commit/revert.h"
#include "core/state/pending.h"

#define NOW 1000000
#define PLANNED 42 /* the digest of the rules that were planned */

struct world {
	struct buf log;	   /* what is done, a word each */
	const char *fails; /* words of it */
	int lock;
	struct pending written, now; /* on the disk: by the commit; then */
	enum outcome outcome;
	unsigned steps;	   /* planned, as below */
	unsigned sessions; /* of the admin */
	unsigned earlier;  /* number of a commit that is pending */
	bool dead;	   /* a guard, whose commit is taken over */
	bool unmasked;	   /* Ctrl-Z stops it while steps are carried out */
	bool remembered;   /* the rules are noted as right */
	bool moved;	   /* the host, under the commit */
	uint64_t read;	   /* the digest of the rules that are read back */
};
extern struct world world;

/* Whether Ctrl-Z, or the terminal, would stop this process. */
bool is_stoppable(void);

enum { ADDRESS = 1, RULES = 2, INSIDE = 4, KNOWN = 8 };

#endif
