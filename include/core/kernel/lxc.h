/* Containers that LXC has defined on disk, running or not. */
#ifndef SEKI_CORE_KERNEL_LXC_H
#define SEKI_CORE_KERNEL_LXC_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>

struct definition {
	char *name;
	bool read;	       /* whether the next two are known: */
	bool is_there;	       /* it has a config, */
	char bridge[IFNAMSIZ]; /* lxc.net.0.link; "" when it is not said */
};

struct definitions {
	struct definition *v; /* by name */
	size_t n;
};

/* The folder of definitions: lxc.lxcpath of /etc/lxc/lxc.conf, else LXC's
 * default. Owned by the caller. */
char *lxc_path(void);

/* Lists what may be definitions; none, and no error, if the folder is
 * missing. */
void lxc_definitions(const char *path, struct definitions *);
/* Reads one, the first time: whether it is one. */
bool definition_read(const char *path, struct definition *);
void definitions_free(struct definitions *); /* what it holds, not itself */

/* Whether the container's monitor listens on its abstract socket, which only
 * its own network namespace sees. */
bool lxc_runs(const char *path, const char *name);

#endif
