/* What lets packets through a chain of others, in the words of the program that
 * keeps it. */
#ifndef SEKI_CORE_REACH_OPENING_H
#define SEKI_CORE_REACH_OPENING_H

#include "core/kernel/hook.h"

/* Those packets. */
struct opening {
	const char *xtables;   /* behind -p */
	const char *nft;       /* a match */
	const char *firewalld; /* an option of firewall-cmd */
};

/* Appends the command for a chain of that family; nothing where none is
 * known. */
void opening_add(const struct hooks *, const struct hook *, enum family,
    const struct opening *, struct buf *);

#endif
