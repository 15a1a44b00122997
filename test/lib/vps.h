/* A host to test with: a VPS with two public addresses, a bridge, and what
 * lives behind it. */
#ifndef SEKI_TEST_VPS_H
#define SEKI_TEST_VPS_H

#include "core/kernel/snapshot.h"
#include "core/lang/config.h"
#include "core/plan/model.h"

#define ULA "fd5a:1c2e:90b1::"

/* eth0 with 2001:db8::10, ::11 and 192.0.2.1; eth1 with none; lxcbr0 with ULA 1; web1 and vm00
 * (which has ULA 9) are up behind it, "vm 01" is stopped. */
extern const struct snapshot vps;

/* A cmocka set-up: fills in the addresses of vps. */
int vps_set_up(void **state);

/* Reads the text and judges it on vps, or fails the test. Both to be freed. */
void vps_model(struct config *, struct model *, const char *text);

#endif
