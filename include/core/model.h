/* A config resolved against a snapshot: names became addresses and links,
 * and all that must be refused was refused. */
#ifndef SEKI_CORE_MODEL_H
#define SEKI_CORE_MODEL_H

#include "core/config.h"
#include "core/snapshot.h"

/* Everything borrows from the config and the snapshot it was built from. */
struct model_uplink {
	const struct statement *st; /* NULL when the default route named it */
	const struct link *link;
	struct prefix source; /* bare, of what is masqueraded; none: it has
				 one address, which the kernel takes */
};

struct model_bridge {
	const struct statement *st;
	const struct link *link;
	struct prefix ula; /* the host's address with the length; or none */
	bool masquerade;
};

struct model_container {
	const struct statement *st;
	const struct container *container; /* NULL: not there now */
	const struct model_bridge *bridge;
	struct prefix ula; /* bare */
};

struct model_forward {
	const struct statement *st;
	char *id;		   /* starts the names of its counters */
	const struct prefix *on;   /* public addresses; owned by the model */
	size_t non;
	struct prefix target;	   /* bare */
	const struct model_container *container; /* NULL: an address */
};

struct model_policy {
	const struct statement *st;
	char *id;		   /* the name of its counter */
	struct prefix from, to;	   /* of a WHO that is a container; or none */
	const char *by; /* an allow from a container holds only for what comes
			   by its bridge; or NULL */
};

struct model {
	struct model_uplink *uplinks;
	size_t nuplinks;
	struct prefix *publics; /* addresses of the uplinks, bare */
	size_t npublics;
	struct prefix *addresses; /* all global ones of this host, bare */
	size_t naddresses;
	struct model_bridge *bridges;
	size_t nbridges;
	const struct link **host_bridges; /* all of the host, by name, also
					     those the config leaves out */
	size_t nhost_bridges;
	struct model_container *containers;
	size_t ncontainers;
	struct model_forward *forwards; /* those that are on */
	size_t nforwards;
	struct model_policy *policies; /* those that are on, in order */
	size_t npolicies;
	char **idle; /* counters of statements that are off: they keep what
			was counted until they are on again */
	size_t nidle;
	enum verdict defaults[CHAIN_COUNT];
	bool has_default[CHAIN_COUNT];
	const struct statement *stated[CHAIN_COUNT]; /* by; or NULL */
	char **warnings; /* sentences; nothing is refused for them */
	size_t nwarnings;
	struct link **absent; /* stand for links that are not there */
	size_t nabsent;
};

/* Resolves and judges. The error blames the statement. What m holds belongs
 * to the caller also after an error; config and snapshot must outlive it. */
int model_build(struct model *m, const struct config *,
    const struct snapshot *, struct err *);
/* The same of a config that was committed once, for a host where something is
 * missing now. A link that is not there has index 0 and only its name; a
 * container that is not there, or on another bridge, is NULL; a forward without
 * its public address and what needs an uplink where none is known are left out,
 * with a warning. All else is judged as ever. */
int model_build_lenient(struct model *m, const struct config *,
    const struct snapshot *, struct err *);
void model_free(struct model *);

/* Appends which container may have been meant by a name that is none, and
 * those that there are: in the snapshot, and in the config unless NULL. */
void model_suggest_container(const struct config *, const struct snapshot *,
    const char *name, struct buf *);

/* Whether it asks this host to forward: for a bridge, a container, a port. */
bool model_forwards(const struct model *);
/* Whether the model asks for a ruleset at all. */
bool model_wants_rules(const struct model *);

/* What a forward counts. */
enum meter_kind {
	METER_IN,
	METER_OUT,
	METER_NEW,
	METER_KINDS,
};

/* The name of a counter of the forward with that id, "tcp-80-in". Owned by the
 * caller. */
char *model_meter_name(const char *id, enum meter_kind);

/* The start of the names of a forward's counters, "tcp-80"; and the name of a
 * policy's counter. Made of the statement's key alone, so that they stay when
 * other statements change. Owned by the caller. */
char *model_forward_id(const struct statement *);
char *model_policy_id(const struct statement *);

#endif
