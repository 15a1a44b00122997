/* Common parts of displayed rows. */
#ifndef SEKI_CORE_SHOW_ROWS_H
#define SEKI_CORE_SHOW_ROWS_H

#include "core/state/host.h"

/* A row compared with the saved config. */
enum row_mark {
	MARK_NONE,    /* the kernel's, or in both configs the same */
	MARK_ADDED,   /* '+' in the candidate only */
	MARK_REMOVED, /* '-' in the saved config only */
	MARK_CHANGED, /* '~' */
};

char row_mark_char(enum row_mark); /* ' ' + - ~ */

/* The addresses of an interface, one after the other in the callback. */
void rows_addresses(const struct host *, int nsid, int index,
    void (*fn)(void *arg, const struct address *), void *arg);

#endif
