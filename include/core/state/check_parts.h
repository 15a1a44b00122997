/* Rows of checks, by what they look at, and what they share: for
 * core/state/check*.c and test/light.c only. */
#ifndef SEKI_CORE_STATE_CHECK_PARTS_H
#define SEKI_CORE_STATE_CHECK_PARTS_H

#include "core/reach/way.h"
#include "core/state/check.h"

struct check {
	const char *name; /* a word that stays the same */
	enum light light; /* that it makes red */
	enum check_verdict verdict;
	/* Whether something is wrong; appends what the sentence names. */
	bool (*fails)(const struct check_subject *, struct buf *what);
	const char *sentence; /* with a %s for that; marked by N_() */
	bool ipv6;	      /* not asked of a forward that is IPv4 alone */
	/* Appends the command that mends it, as it is typed at a shell; NULL:
	 * none is known. */
	void (*cure)(const struct check_subject *, struct buf *);
	/* In place of fails, of rows that are alike: whether it is as bad as
	 * the verdict of this one. */
	bool (*is_so)(
	    const struct check_subject *, enum check_verdict, struct buf *what);
};

/* Whether what the row is about is wrong; appends what its sentence names. */
bool check_fails(
    const struct check *, const struct check_subject *, struct buf *what);

/* A cause before its consequences. */
struct check_group {
	const struct check *v;
	size_t n;
};
extern const struct check_group check_host, check_bridge, check_container,
    check_rules, check_hooks, check_listen;

/* What a forward's packets meet in tables of others, from best to worst:
 * core/state/check_hooks.c. */
enum meeting {
	MEETS_NOTHING,
	MAY_BE_DROPPED,
	TRANSLATED,
	NEIGHBOUR_DROPPED,
	ANSWER_DROPPED,
	UNTRACKED,
	REQUEST_DROPPED
};

/* The worst for any of its ports. */
struct obstacle {
	enum check_verdict verdict; /* broken only when it is so for all */
	enum meeting meeting;
	const struct hook *hook; /* borrowed from the host, as the next */
	const struct rule_chain *at;
	struct hook_want want; /* of what meets it */
};
struct obstacle check_obstacle(const struct check_subject *);
/* The same of one hook. */
struct obstacle check_obstacle_at(
    const struct check_subject *, const struct hook *);

/* The same of rules in its container, as far as they are known. */
struct obstacle check_obstacle_inside(const struct check_subject *);

/* With which mark its first packet of that protocol and port (outer), or the
 * first answer to that, is routed here; proto 0: whatever it has. False where
 * nobody can tell. */
bool check_mark(const struct check_subject *, bool answer, uint8_t proto,
    uint16_t port, uint32_t *mark);

/* The cure of what was committed and is not there. */
void check_cure_apply(const struct check_subject *, struct buf *);

/* These append the name and return true. */
bool check_name_link(const struct link *, struct buf *what);
bool check_name_address(const struct prefix *, struct buf *what);
bool check_name_container(const struct check_subject *, struct buf *what);

/* A cure: has the link up, if it is not; NULL: none. */
void check_cure_link(const struct link *, struct buf *);

const struct snapshot *check_seen(const struct check_subject *);
/* Whether the forward names its container. */
bool check_is_named(const struct check_subject *);
/* Whether it takes PROTO_TCP or PROTO_UDP, or both. */
bool check_has_proto(const struct model_forward *, unsigned one);
/* The inner port that one of its ports leads to. */
unsigned check_port_inside(const struct model_forward *, unsigned port);
/* Whether its container can be entered. */
bool check_is_open(const struct check_subject *);
/* The target among the container's addresses; NULL if it is missing. */
const struct address *check_target_inside(const struct check_subject *);
/* Where a container that can be entered sends its answers. */
const struct passage *check_way_inside(const struct check_subject *);
/* Routes to the target and back, if it is behind a bridge; or NULL. */
const struct way *check_way(const struct check_subject *);
/* Whether duplicate address detection keeps it from being used. An optimistic
 * address is used before that has ended (RFC 4429). */
bool check_is_not_ready(const struct address *);

/* Whether the kernel has rules for the forward with that id in that family. */
bool check_has_rules(const struct host *, const char *id, enum family);

/* Judges all lights of one family, into empty ones. */
void check_lights(const struct check_subject *, struct lights *);

/* Why the model left a forward out. reason is what the model says of it, or
 * NULL: a cause of that may be in this host. */
void check_left_out(
    const struct check_subject *, const char *reason, struct buf *why);

#endif
