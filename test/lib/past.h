/* Configs of the past: commits as the history has them. All of these fail the
 * test where something else comes of it. */
#ifndef SEKI_TEST_PAST_H
#define SEKI_TEST_PAST_H

#include "core/state/host.h"

/* A host whose files are in that folder, without a kernel. */
void past_open(struct host *, const char *folder);
void past_close(struct host *);
struct config past_config(const char *text); /* owned by the caller */

/* Prepares an entry, and returns its number; settles that; and both, for an
 * entry of that number. */
unsigned past_prepare(const struct host *, const char *text);
void past_settle(const struct host *, const char *text);
void past_commit(const struct host *, const char *text, unsigned number);

/* That an entry is that text. */
void past_assert(const struct host *, unsigned number, const char *wanted);

#endif
