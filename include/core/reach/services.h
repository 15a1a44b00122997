/* Services of this host that containers use on the addresses of their
 * bridge. */
#ifndef SEKI_CORE_REACH_SERVICES_H
#define SEKI_CORE_REACH_SERVICES_H

#include "core/base/util.h"
#include "core/kernel/listener.h"
#include "core/plan/judge.h"
#include "core/plan/model.h"

struct service {
	bool of[FAMILY_COUNT]; /* in which it serves */
	int proto;	       /* IPPROTO_* */
	enum packet_proto packet;
	const char *word; /* of the language; NULL ends the table */
	uint16_t port;
	const char *name;
	bool without; /* whoever asks has no address yet */
};

/* Those of one word follow each other. */
extern const struct service services[];

/* Whether it listens here for containers on that bridge. */
bool service_is_served(const struct service *, const struct snapshot *,
    const struct link *bridge, const struct listeners *, enum family);

/* Appends a warning for each bridge whose containers the model cuts off from
 * services listening here, with the statements that keep them. */
void services_warn(
    const struct model *, const struct listeners *, struct buf *);

#endif
