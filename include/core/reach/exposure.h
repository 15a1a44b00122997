/* What the Internet can reach: ports of this host and forwards that accept new
 * connections from an uplink, as far as seki's rules decide. Whether anything
 * listens is not considered. */
#ifndef SEKI_CORE_REACH_EXPOSURE_H
#define SEKI_CORE_REACH_EXPOSURE_H

#include "core/base/util.h"
#include "core/plan/model.h"

/* Appends what can newly, no longer and still be reached, each under its
 * heading, a line each; a group without lines has no heading:
 *
 *	The Internet can newly reach:
 *	+ tcp 8443 on 2001:db8::10 -> web1:443, from anywhere (new)
 *	It can still reach:
 *	= tcp 22 on this host, from 2001:db8:9::/48
 *
 * Differences are exact: a port opened to fewer is still reached by these and
 * no longer by the others. before NULL: it is not known, and all of after is
 * told as it is. */
void exposure_diff(
    const struct model *before, const struct model *after, struct buf *);

#endif
