/* What the kernel tells of links by sysfs alone. */
#ifndef SEKI_CORE_KERNEL_SYSFS_H
#define SEKI_CORE_KERNEL_SYSFS_H

#include "core/kernel/snapshot.h"

/* Whose a link's MAC is. */
enum mac_owner {
	MAC_UNKNOWN,   /* there is no /sys, or it shows the links of another
			network namespace, that of whoever mounted it */
	MAC_OF_KERNEL, /* a bridge's is the lowest of its ports', for example */
	MAC_SET	       /* somebody's, and stays */
};
enum mac_owner sysfs_mac_owner(const struct link *);

#endif
