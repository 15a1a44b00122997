/* What DHCP servers of this host lease. */
#ifndef SEKI_CORE_KERNEL_DHCP_H
#define SEKI_CORE_KERNEL_DHCP_H

#include <stddef.h>

#include "core/base/addr.h"

/* Addresses of IPv4 from lo to hi, both bare. */
struct dhcp_range {
	struct prefix lo, hi;
};

struct dhcp_ranges {
	struct dhcp_range *v;
	size_t n;
};

/* Finds what each dnsmasq in our network namespace may lease, by its command
 * line and by the config file that this names, and what it has leased, by the
 * file of its leases. What cannot be read is left out. The caller owns what is
 * found. */
void dhcp_read(struct dhcp_ranges *);
void dhcp_free(struct dhcp_ranges *);
/* The first that holds the address; NULL if none does. */
const struct dhcp_range *dhcp_holding(
    const struct dhcp_ranges *, const struct prefix *addr);

#endif
