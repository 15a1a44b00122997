/* The last number that was given to a commit. None is given twice, whatever
 * became of the commit, or who waits to confirm one that was reverted would
 * confirm another's. It is in history/number beside the saved config, and on
 * the disk before anybody hears of it. Both want the commit lock. */
#ifndef SEKI_CORE_STATE_NUMBERS_H
#define SEKI_CORE_STATE_NUMBERS_H

#include "core/state/host.h"

#define NUMBERS_MAX 999999999u /* of nine digits, as names of entries have */

/* 0 if there is no file, as of a seki that did not write it. */
unsigned numbers_last(const struct host *);

/* Gives away the next n, after the newest of the history in any case; *number
 * is the last of them. After an error none is given. A file that cannot be
 * read keeps nobody from committing: it is written anew, which is logged. */
int numbers_give(const struct host *, unsigned newest, unsigned n,
    unsigned *number, struct err *);

#endif
