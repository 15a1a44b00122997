/* Forwards, and how each fares. */
#ifndef SEKI_CORE_SHOW_LIST_FORWARD_H
#define SEKI_CORE_SHOW_LIST_FORWARD_H

#include "core/show/listing.h"
#include "core/show/overlay.h"
#include "core/state/host.h"
#include "core/state/light.h"

enum forward_state {
	FORWARD_ACTIVE,
	FORWARD_TURNED_OFF,
	FORWARD_DEGRADED, /* it may fail, or fails for some */
	FORWARD_BROKEN,	  /* no packet gets through */
	FORWARD_PENDING,  /* in the candidate, not committed or not confirmed */
	FORWARD_UNKNOWN,  /* only root can look inside its container */
	FORWARD_STATES
};

/* In one family. */
struct forward_fate {
	enum forward_state state;
	const char *reason; /* as in the row, but owned */
};

struct forward_row {
	const struct statement *st;
	const struct counter *in, *out, *fresh; /* NULL: not in the kernel */
	const struct series *in_rate, *out_rate, *fresh_rate;
	const char *reason; /* why it is not active; else NULL */
	enum row_mark mark;
	enum forward_state state;
	struct forward_fate *fates; /* of each family, where one has another;
				       NULL: there is none */
	struct lights lights[FAMILY_COUNT]; /* as committed */
	bool committed; /* what is pending waits to be confirmed only */
	bool borrows;	/* the reason, from one of the lights */
};

/* Builds the rows, owned by the caller, that borrow from the host until its
 * next refresh, reload, sample or edit; *n gets their number. */
struct forward_row *rows_forwards(const struct host *, size_t *n);
void rows_forwards_free(struct forward_row *, size_t n);

/* Its public address; AF_UNSPEC: every one. */
struct prefix forward_public(const struct forward_row *);
/* The address that it leads to in one family; AF_UNSPEC when that is not known,
 * or when it is not about that family. */
struct prefix forward_address_in(
    const struct host *, const struct forward_row *, enum family);

/* Whether it is meant for that family, on this host. */
bool forward_is_about(
    const struct host *, const struct forward_row *, enum family);

/* Appends the red light that tells most, and why: "listens: nothing ...".
 * False where none is red. */
bool forward_red(const struct forward_row *, struct buf *);

/* The command that mends that light; NULL: none is known. */
const char *forward_cure(const struct forward_row *);

/* Appends its public ports: "tcp 80,443". */
void forward_what(const struct forward_row *, struct buf *);

/* Appends who may come: the first prefix and how many besides, or any. Returns
 * whether only some may. */
bool forward_sources(const struct forward_row *, struct buf *);

/* A word of JSON, marked by N_(). */
const char *forward_state_name(enum forward_state);
/* The same for people, in their language: one that is not committed says
 * what a commit would do to it, for it may well carry traffic meanwhile. */
const char *forward_state_word(const struct forward_row *);

extern const struct listing listing_forwards;

#endif
