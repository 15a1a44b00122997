/* The containers that LXC has defined on disk, running or not. */
#ifndef SEKI_CORE_KERNEL_LXC_H
#define SEKI_CORE_KERNEL_LXC_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>

struct definition {
	char *name;
	char bridge[IFNAMSIZ]; /* lxc.net.0.link; "" when it is not said */
};

struct definitions {
	struct definition *v; /* by name */
	size_t n;
};

/* The folder that holds them: lxc.lxcpath of /etc/lxc/lxc.conf, else the
 * default of LXC. Owned by the caller. */
char *lxc_path(void);

/* None, without an error, when there is no such folder. */
void lxc_definitions(const char *path, struct definitions *);
void definitions_free(struct definitions *); /* what it holds, not itself */

/* Whether a monitor for that container listens; it is seen only from the
 * network namespace that it runs in. */
bool lxc_runs(const char *path, const char *name);

#endif
