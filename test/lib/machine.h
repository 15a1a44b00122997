/* What the kernel of a made-up machine has, to plan from: unlike vps it can be
 * changed, and has settings of IPv6. */
#ifndef SEKI_TEST_MACHINE_H
#define SEKI_TEST_MACHINE_H

#include "core/kernel/snapshot.h"
#include "core/plan/journal.h"

#define ULA "fd5a:1c2e:90b1::"
#define MACHINE_MAX 8

enum { LO = 1, ETH0, LXCBR0, PORT, DOCKER0, DOCKER_PORT, ETH1 };

struct machine {
	struct snapshot s; /* borrows from the rest */
	struct link links[MACHINE_MAX];
	struct address addresses[MACHINE_MAX];
	struct route routes[MACHINE_MAX], inward[MACHINE_MAX];
	struct route unreachable[MACHINE_MAX];
	struct container containers[2];
	struct journal journal;
};

/* eth0, lxcbr0 with vm00 behind it, docker0 with something, as a kernel has
 * them that has just booted. */
void machine_boot(struct machine *);

/* All that a config would do there which gives lxcbr0 ULA 1 and vm00 ULA 3, and
 * names eth0 as uplink, is done already. */
void machine_settle(struct machine *);

/* Each adds one, to be changed. */
void machine_link(struct machine *, int index, const char *name,
    const char *kind, int master);
struct address *machine_address(
    struct machine *, int nsid, int index, const char *text);
struct route *machine_default(struct machine *, int index, uint8_t protocol);
void machine_inward(
    struct machine *, int index, uint8_t protocol, const char *to);
/* One of seki's. */
void machine_unreachable(struct machine *, const char *to);
/* Another container in the same namespace, behind docker0. */
struct container *machine_container(struct machine *, const char *name);

#endif
