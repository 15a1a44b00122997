/* The journal: which addresses and routes are in the kernel because seki put
 * them there. Only these are ever removed. It dies with the kernel's state, so
 * it lives in /run. */
#ifndef SEKI_CORE_JOURNAL_H
#define SEKI_CORE_JOURNAL_H

#include <stdbool.h>

#include "core/addr.h"
#include "core/err.h"

struct made {
	bool route;	      /* a default route; else an address */
	bool inside;	      /* name is a container; else an interface */
	char *name;
	struct prefix prefix; /* the gateway, or the address with its length */
};

struct journal {
	struct made *v;
	size_t n;
};

/* One that does not exist is empty. */
int journal_read(struct journal *, const char *path, struct err *);
int journal_write(const struct journal *, const char *path, struct err *);
void journal_free(struct journal *);

bool journal_has(const struct journal *, const struct made *);
void journal_add(struct journal *, const struct made *); /* copies */
void journal_remove(struct journal *, const struct made *);

#endif
