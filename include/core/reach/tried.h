/* What a packet met on its way through this host, and who decided. */
#ifndef SEKI_CORE_REACH_TRIED_H
#define SEKI_CORE_REACH_TRIED_H

#include "core/kernel/hook.h"
#include "core/kernel/net_trace.h"
#include "core/plan/model.h"

enum tried_effect {
	TRIED_LEAVES,	  /* it as it is */
	TRIED_ACCEPTS,	  /* seki's own, which judges */
	TRIED_TRANSLATES, /* sends it to another address or port */
	TRIED_QUEUES,	  /* hands it to a program */
	TRIED_DROPS,
	TRIED_EFFECTS
};

/* A base chain that it met, in the order of its way. */
struct tried_row {
	enum hook_place place; /* HOOK_COUNT: unknown */
	enum tried_effect effect;
	bool own;		 /* seki's, */
	bool nat;		 /* and it translates */
	const struct hook *hook; /* of others; NULL: unknown */
	bool judged; /* by reading its rules: the kernel does not trace it */
	const char *family, *table, *chain; /* its words of nft */
	const char *at;			    /* the chain in which it ended, */
	uint64_t rule;	  /* and the handle of the rule; 0: its policy */
	struct prefix to; /* where it is sent; or none */
	uint16_t port;
	const struct statement *by; /* of seki, that decides; NULL: none does */
	const char *fixed; /* no statement, but this drops it: translate; NULL:
			      nothing of that kind */
};

enum tried_end {
	TRIED_RECEIVED, /* by this host itself */
	TRIED_LEFT,	/* by a link */
	TRIED_DROPPED,	/* by the last row */
	TRIED_QUEUED,	/* likewise */
	TRIED_LOST,	/* behind the last row, and no rule did it */
	TRIED_UNSEEN,	/* before the first one */
	TRIED_ENDS
};

struct tried {
	struct tried_row *v;
	size_t n;
	enum tried_end end;
	bool refused; /* and an answer said so */
	int out;      /* the link by which it left, or was to; 0: none */
	const struct hook *doubt; /* of others, which may drop it, and nobody
				     can tell; NULL: none */
	struct prefix to;	  /* as it was at last */
	uint16_t port;
	struct trace trace; /* rows borrow from it */
};

/* Reads a trace, which it takes: of that packet, which came by the link. Hooks
 * and model are borrowed until tried_free. model NULL: unknown. */
void tried_read(struct tried *, struct trace *, const struct trial *,
    const char *link, const struct hooks *, const struct model *);

/* The same for a packet that was not sent: by the model, and by reading the
 * rules of others. hooks NULL: by seki's alone. */
void tried_judge(struct tried *, const struct trial *, const char *link,
    const struct hooks *, const struct model *);

void tried_free(struct tried *); /* empty then */

#endif
