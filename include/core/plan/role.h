/* What an interface is to this host, and which IPv6 settings that takes. The
 * plan sets what the table says, and the manual prints it.
 *
 * accept_redirects has no row: the kernel follows no redirect on an interface
 * that forwards (rt6_do_redirect() in net/ipv6/route.c). NetworkManager and
 * systemd-networkd, which hear advertisements themselves, set accept_ra to 0,
 * and no row touches an uplink where it is not 1. */
#ifndef SEKI_CORE_PLAN_ROLE_H
#define SEKI_CORE_PLAN_ROLE_H

#include "core/kernel/snapshot.h"
#include "core/plan/model.h"

enum link_role {
	LINK_ALL,    /* no interface: what holds for all of them */
	LINK_UPLINK, /* named by the config, or with a default route; while
			none is known, all that could be one */
	LINK_BRIDGE, /* of the config, and with nothing but containers */
	LINK_OTHER,
	LINK_NONE, /* left alone: bridges of others, and their ports */
};

struct role_conf {
	enum link_role role;
	enum conf_number conf;
	int want;
	bool only; /* in place of the value from, and of no other */
	int from;
	/* NULL: always; LINK_ALL has no link */
	bool (*applies)(
	    const struct model *, const struct snapshot *, const struct link *);
	bool lent;	 /* put back when it no longer applies */
	const char *why; /* a sentence, marked by N_() */
};

/* In the order in which they are to be set. */
extern const struct role_conf role_confs[];
extern const size_t role_nconfs;

/* Whether such a setting is put back, and the value it is given until then. */
bool role_lends(enum conf_number, int *want);

enum link_role role_of(
    const struct model *, const struct snapshot *, const struct link *);

#endif
