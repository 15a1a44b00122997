/* A vps that can be changed, and changes of it. */
#ifndef SEKI_TEST_VPS_COPY_H
#define SEKI_TEST_VPS_COPY_H

#include "core/base/util.h"
#include "core/plan/model.h"

#include "vps.h"

/* Statements of it. */
#define UPLINK "uplink eth0\n"
#define BRIDGE "bridge lxcbr0 ula " ULA "1/64\n"
#define MAPPED "bridge lxcbr0 ula " ULA "1/64 translate "
#define WEB "container web1 ula " ULA "3\n"
#define ROUTE "2001:db8:1:2::"
#define ROUTED "bridge lxcbr0 prefix " ROUTE "/64\n"
#define ALL UPLINK BRIDGE WEB
#define ON "option ipv4 on\n"
#define BRIDGE4 "bridge lxcbr0 ipv4 10.0.3.1/24\n"
#define FAMILIES                                                               \
	"option ipv4 on\n" UPLINK BRIDGE "container vm00 ula " ULA "9\n"

struct vps_copy {
	struct snapshot s;
	struct link links[8];
	struct address addresses[12];
	struct container containers[4];
	struct route route, route4; /* its only ones */
};

/* Makes it what vps is, after vps_set_up. */
void vps_copy(struct vps_copy *);

/* Adds one of this host, on the link of that index. */
void add_address(
    struct vps_copy *, int index, const char *text, unsigned flags);

/* What becomes of it, for tables. */
void as_it_is(struct vps_copy *);
void with_a_bridge(struct vps_copy *);
void with_one_deprecated(struct vps_copy *);
/* The kernel tells who gave an address, and web1 leases one. */
void with_dhcp(struct vps_copy *);
/* The same, and seki gave it. */
void with_one_of_ours(struct vps_copy *);

/* Its two public addresses of IPv6 get these flags. */
void become(struct vps_copy *, unsigned first, unsigned second);

/* Adds what is told of the config, a line each. */
void list_notes(const struct model *, struct buf *);

#endif
