/* A config resolved against a snapshot: names have become addresses and links,
 * and whatever must be refused was refused. */
#ifndef SEKI_CORE_PLAN_MODEL_H
#define SEKI_CORE_PLAN_MODEL_H

#include "core/kernel/snapshot.h"
#include "core/lang/config.h"

/* Of one interface, in one family. */
#define MODEL_ADDRS_MAX 2
struct model_addrs {
	struct prefix v[MODEL_ADDRS_MAX];
	size_t n;
};

/* Everything borrows from the config and the snapshot it was built from. */
struct model_uplink {
	const struct statement *st; /* NULL when the default route named it */
	const struct link *link;
	struct prefix source;  /* bare, of what is masqueraded; none: it has
				 one address, which the kernel takes */
	struct prefix source4; /* of IPv4; none: the kernel takes it */
	struct prefix gives[FAMILY_COUNT]; /* what seki keeps there: addresses
						 with their lengths, */
	struct prefix gateways[FAMILY_COUNT]; /* and of default routes */
};

struct model_bridge {
	const struct statement *st;
	const struct link *link;
	struct prefix ula;    /* the host's address with the length; or none */
	struct prefix public; /* likewise, of the prefix that is routed here */
	struct prefix ipv4;   /* what it is given, else what it has, likewise */
	struct prefix proxied;	  /* in place of public: where this host answers
				  for containers, and has no address; */
	const struct link *proxy; /* on that link; NULL: none */
	bool masquerade;
	struct prefixes translate; /* what its ULA is outside; containers leave
				      under the first one; borrowed */
};

struct model_container {
	const struct statement *st;
	const struct container *container; /* NULL: not there now */
	const struct model_bridge *bridge;
	struct prefix ula;    /* bare; or none */
	struct prefix public; /* likewise, of its bridge's prefix */
	struct prefix ipv4;   /* what it is given, else what it has, likewise */
};

/* A statement is one for each family that it forwards, side by side. */
struct model_forward {
	const struct statement *st;
	char *id;		 /* starts the names of its counters */
	const struct prefix *on; /* public addresses; owned by the model */
	const struct model_container *container; /* NULL: an address */
	char *lacks; /* why it is not for its other family, too: a sentence;
			NULL: it is, or is not meant to be */
	enum family family;
	unsigned non;
	unsigned nheld;	      /* of them and of those behind them, which are
			   deprecated: connections through it go on there, new
			   ones begin on the first non alone */
	struct prefix target; /* bare */
};

/* An address that the config gives to a container or forwards to. */
struct model_known {
	const char *bridge; /* that leads there */
	struct prefix addr; /* bare */
};

/* A container as one end of a policy. A deny must hold for any address the
 * container takes, an allow for nobody who uses its address elsewhere. */
struct model_end {
	struct prefixes in;	  /* of a WHO that is prefixes; borrowed */
	struct model_addrs given; /* those that were, bare; none: this end is
				     no container, or one that has none */
	const char *bridge; /* NULL: of an allow that leads there; whatever
			       the link */
	bool unknown; /* whatever has no known address on the bridge is meant,
			 too, and the given ones on any link; else they are
			 meant only on the bridge */
};

struct model_policy {
	const struct statement *st;
	char *id;		  /* the name of its counter */
	bool holds[FAMILY_COUNT]; /* for packets of which family */
	struct model_end from[FAMILY_COUNT], to[FAMILY_COUNT];
};

/* A statement that cannot hold now. */
struct model_left {
	const struct statement *st;
	char *why; /* a sentence */
};

struct model {
	const struct snapshot *snapshot;
	uint64_t text; /* of its config */
	bool ipv4;     /* it is about IPv4, too */
	struct model_uplink *uplinks;
	size_t nuplinks;
	struct prefixes publics[FAMILY_COUNT]; /* addresses of the uplinks,
						  bare: stable ones first */
	size_t nstable[FAMILY_COUNT]; /* of them; the others are deprecated */
	struct prefix *addresses;     /* all global ones of this host, bare */
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
	size_t nrest; /* of them, that take the rest of their addresses */
	struct model_known *known; /* sorted, each once */
	size_t nknown;
	struct model_policy *policies; /* those that are on, in order */
	size_t npolicies;
	char **idle; /* counters of statements that are off, or away for now:
			they keep what was counted until these are back */
	size_t nidle;
	enum verdict defaults[CHAIN_COUNT];
	bool has_default[CHAIN_COUNT];
	const struct statement *stated[CHAIN_COUNT]; /* by; or NULL */
	char **warnings; /* sentences; nothing is refused for them */
	size_t nwarnings;
	struct model_left *left; /* out, which a warning says of each */
	size_t nleft;
	struct link **absent; /* stand for links that are not there */
	size_t nabsent;
};

/* Resolves and checks a config. Errors are placed at the statement. The caller
 * owns what m holds, even after an error; config and snapshot must outlive
 * it. */
int model_build(struct model *m, const struct config *, const struct snapshot *,
    struct err *);
/* The same for a config that was committed before, on a host where something is
 * missing now. A missing link has index 0 and only its name; a container that
 * is missing, or on another bridge, is NULL; a forward without its public
 * address, and what needs an unknown uplink, are left out with a warning.
 * Everything else is checked as usual. */
int model_build_lenient(struct model *m, const struct config *,
    const struct snapshot *, struct err *);
/* As model_build for a change of a config that was committed: a statement that
 * was part of it is left out with a warning, as by model_build_lenient, where
 * something has gone since. */
int model_build_again(struct model *m, const struct config *,
    const struct config *committed, const struct snapshot *, struct err *);
void model_free(struct model *);

/* Whether this host must forward: for a bridge, a container or a port. */
bool model_forwards(const struct model *);
/* Whether the bridge is up, or a plan sees to it. */
bool model_bridge_is_up(const struct model_bridge *);
/* Whether the model needs a ruleset at all, as every one does that forwards:
 * it is not to forward for strangers. */
bool model_wants_rules(const struct model *);

#endif
