/* The steps of a plan: one kind of change to the kernel, and its undo. */
#ifndef SEKI_CORE_PLAN_STEP_H
#define SEKI_CORE_PLAN_STEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/util.h"
#include "core/kernel/net.h"
#include "core/plan/ruleset.h"

enum step_number {
	STEP_KEEP, /* a sysctl that another one writes as well: undone only */
	STEP_SYSCTL,
	STEP_IPV4_FORWARDING,
	STEP_ROUTE_REMOVE,
	STEP_ADDRESS_REMOVE,
	STEP_ADDRESS_ADD,
	STEP_ROUTE_ADD,
	STEP_PROXY_REMOVE,
	STEP_PROXY_ADD,
	STEP_BRIDGE_MAKE,
	STEP_BRIDGE_UP,
	STEP_BRIDGE_REMOVE,
	STEP_RULESET,
	STEP_COUNT,
};

/* What the kernel's table is told by without a listing (net_rules,
 * net_elements). */
struct table_digest {
	uint64_t marks, shape, elements;
};

struct step {
	enum step_number kind;
	const struct container *container; /* NULL: the host */
	char *name;		/* interface or container; "all" of a sysctl */
	struct link_id at;	/* what that was when it was planned */
	struct address address; /* also one that is answered for */
	struct route route;
	uint64_t mac;	       /* of a bridge that seki makes (mac_number) */
	enum conf_number conf; /* a sysctl: which, */
	int before, after;     /* and its values; of a ruleset: whether there is
				  a table; of what is added: whether it was
				  there, and another step removes it first */
	int redirects;	       /* of IPv4 forwarding: whether all links accept
				  redirects while it is off */
	char *text;	       /* of a ruleset: the transaction, */
	char *undo;	       /* and the saved table, for fw_restore; */
	char *back;	       /* the transaction that leads to it from text,
				  which is tried before; NULL: none; */
	struct table_digest was; /* and then its digest */
	struct ruleset *want;	 /* what text leads to; NULL: not kept; */
	struct ruleset *have;	 /* and from; NULL: not known */
	uint32_t generation;	 /* of nftables, when that was found */
	bool settled;		 /* nothing but text is tried */
	bool done;		 /* carried out, and it changed something */
	bool failed;		 /* tried in vain */
};

/* Our table as it is now: what its step needs to compare itself. */
struct table {
	char *text; /* fw_save; NULL where the step has a way back: */
	struct table_digest digest;
};

struct step_kind {
	const char *name; /* in a file of steps */
	/* Whether the kernel is as it was before the step, as the snapshot and
	 * our table (only a ruleset looks at it) say. What has gone is no
	 * difference. */
	int (*compare)(const struct step *, const struct snapshot *now,
	    const struct table *, struct err *);
	void (*print)(const struct step *, struct buf *);
	bool adds, removes; /* an address, a route or an entry */
};

bool table_digest_equal(
    const struct table_digest *, const struct table_digest *);

extern const struct step_kind step_kinds[STEP_COUNT];

/* Of a ruleset: another transaction, that starts with no table, for when text
 * is refused. Owned by the caller; NULL: there is none. */
char *step_anew(const struct step *);
/* Whether what text leads from is known, so that there is a way back to it. */
bool step_is_known(const struct step *);
/* Whether a bridge comes or goes by it, at step.at. */
bool step_is_bridge(const struct step *);
/* Prints undo and back, which only a step that may be undone needs, unless they
 * are there already. */
void step_complete(struct step *);

struct plan {
	struct step *v;
	size_t n;
	bool unsure; /* undone, but the kernel did not say so */
};

/* A new step at the end, to be filled in. */
struct step *plan_add(struct plan *, enum step_number, const char *name);
/* Forgets one of them, or the last one. */
void plan_remove(struct plan *, size_t i);
void plan_drop(struct plan *);
void plan_free(struct plan *);

#endif
