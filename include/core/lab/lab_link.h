/* Links of throw-away hosts, in the calling process's network namespace. */
#ifndef SEKI_CORE_LAB_LAB_LINK_H
#define SEKI_CORE_LAB_LAB_LINK_H

#include "core/base/err.h"
#include "core/kernel/net.h"

/* All return 0 or -1 with the error set. Links are given by name. */

/* Brings the link up, as a port of the master unless that is NULL, without
 * duplicate address detection, which would take a second. */
int lab_link_up(
    struct net *, const char *link, const char *master, struct err *);
/* Gives it "ADDRESS/LENGTH". */
int lab_add_address(
    struct net *, const char *link, const char *address, struct err *);
/* A default route over it. */
int lab_add_default(
    struct net *, const char *link, const char *gateway, struct err *);

/* Waits until each link that is up carries packets. The kernel does what that
 * takes after it has set them up, and tells those who called net_watch before
 * that. */
int lab_await_links(struct net *, struct err *);

#endif
