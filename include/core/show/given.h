/* What a provider gave by an uplink, and what of it fits containers. */
#ifndef SEKI_CORE_SHOW_GIVEN_H
#define SEKI_CORE_SHOW_GIVEN_H

#include "core/base/util.h"
#include "core/kernel/snapshot.h"

enum given_kind {
	GIVEN_NOTHING,
	GIVEN_ADDRESS, /* one, or several */
	GIVEN_LINK,    /* and the prefix is that of the link */
	GIVEN_ROUTED,  /* a prefix behind this host */
	GIVEN_KINDS,
};

enum given_origin { GIVEN_STATIC, GIVEN_RA, GIVEN_DHCP, GIVEN_ORIGINS };

struct given {
	enum given_kind kind;
	/* Borrowed from the snapshot; NULL where there is none. */
	const struct address *address; /* stable, best a global one */
	enum given_origin origin;      /* of it */
	const struct route *router;    /* the default route, if advertised */
	struct prefix prefix;	       /* of the link, or routed; or none */
};

/* Of IPv6. A prefix counts as routed here if a bridge of containers has an
 * address in it that is neither a ULA nor of the uplink's own prefix. */
struct given given_find(const struct snapshot *, const struct link *);

/* Words of JSON: "address", "ra". */
extern const char *const given_kinds[GIVEN_KINDS];
extern const char *const given_origins[GIVEN_ORIGINS];
/* Append for people where the address is from and how long it lasts, as in
 * "advertised, 15m", or "-"; and which way of giving addresses to containers
 * fits. */
void given_print_origin(const struct given *, struct buf *);
void given_print_fit(const struct given *, struct buf *);

#endif
