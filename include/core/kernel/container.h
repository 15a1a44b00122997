/* Identifies the container that owns a namespace by the traces that runtimes
 * leave in /proc. Needs no privilege. */
#ifndef SEKI_CORE_KERNEL_CONTAINER_H
#define SEKI_CORE_KERNEL_CONTAINER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define CONTAINER_ID_LEN 64 /* hex digits */

struct identity {
	const char *runtime; /* a word of struct container; NULL when unknown */
	char *name;	     /* any bytes; NULL when unknown */
	bool is_id;	     /* the name is the runtime's number, no name yet */
	bool is_infra;	     /* it only holds a pod's namespaces together */
	bool outside;	     /* what started it is no part of a container */
	char id[CONTAINER_ID_LEN + 1]; /* by which its name can be had again,
					  as it may be renamed while it runs;
					  or "" */
};

/* Identifies a process by the text of its /proc/PID/cgroup, minus the prefix
 * that our own cgroup (own) shares with it, and by the command line (words,
 * each ended by NUL) and user of its parent. Outer cgroups win over inner ones,
 * which a container can create and name at will; a parent that is not root
 * cannot speak for root's containers. Nothing the container can write is
 * trusted. */
void container_identify(const char *cgroup, const char *own, const char *parent,
    size_t len, uid_t uid, struct identity *);

/* The parent of a process that was looked at. */
struct onlooker_parent {
	pid_t pid;
	bool outside; /* it belongs to this host, no container */
	uid_t uid;    /* its user, unknown: -1 */
	char *words;  /* its command line, each ended by NUL; NULL: none yet */
	size_t len;   /* bytes */
};

/* Who looks at processes, for as long as none of them is replaced: our own
 * cgroups, and our PID namespace by its inode (0 if it cannot be read). To be
 * freed. */
struct onlooker {
	char *cgroup;
	ino_t pids;
	struct onlooker_parent parent; /* the last one */
};
void onlooker_read(struct onlooker *);
void onlooker_free(struct onlooker *);

/* The same for a live process. Its parent counts if it is in our PID namespace
 * and in no container's cgroup. IDs are resolved to names where the runtime
 * stored them, else shortened. */
void container_of_process(
    struct onlooker *, pid_t pid, pid_t parent, struct identity *);

/* The folder that can tell of a rename, owned by the caller; NULL if the name
 * is permanent. */
char *container_folder(const struct identity *);
/* Whether it has been renamed since. */
bool container_is_renamed(const struct identity *);

void identity_free(struct identity *); /* what it holds, not itself */

/* Whether the runtime manages networks of its own: it leases container
 * addresses from the bridge's prefix, reuses them, and publishes ports. */
bool container_runtime_lends(const char *runtime);

/* Orders two names of one namespace: by runtime, then chosen names before
 * generated ones, then by name. */
int identity_compare(const struct identity *, const struct identity *);

#endif
