/* What set-up finds on a host, of which nothing is changed. */
#ifndef SEKI_CORE_SETUP_SURVEY_H
#define SEKI_CORE_SETUP_SURVEY_H

#include "core/setup/door.h"
#include "core/state/host.h"

/* A running container, and what listens in it. */
struct inside {
	const struct container *container;
	struct listeners all;
	struct doors doors;
};

struct survey {
	const struct host *host;
	struct listeners own;  /* of this host, with their programs; */
	struct listeners open; /* of them, what others than containers reach, */
	struct doors doors;    /* by port */
	struct inside *inside;
	size_t ninside;
	uint16_t ssh[SSH_PORTS_MAX]; /* the ports that logins come by */
	size_t nssh;
};

/* Looks around. Borrows from the host, until its next refresh; the caller frees
 * what it holds. What may not be read is left out. */
void survey_read(struct survey *, struct host *);
void survey_free(struct survey *);

/* The link of the best default route of a family; NULL if there is none. */
const struct link *survey_uplink(const struct survey *, enum family);
/* Whether it is a bridge that containers may be ports of, and not Docker's or
 * Podman's, which publish ports by themselves. */
bool survey_takes(const struct survey *, const struct link *);

/* Appends what was found, in lines for people. */
void survey_tell(const struct survey *, struct buf *);

#endif
