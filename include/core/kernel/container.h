/* Who lives in a namespace: the traces that container runtimes leave in /proc.
 * Takes no privilege. */
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

/* Judges a process by the text of its /proc/PID/cgroup, less what is in our own
 * (own, the same text of us) too, and by the command line (words, each ended
 * by NUL) and user of its parent. Outer cgroups win over inner ones, which a
 * container may make and call as it likes; a parent that is not root cannot
 * speak for root's containers. Nothing that the container itself can write is
 * looked at. */
void container_identify(const char *cgroup, const char *own, const char *parent,
    size_t len, uid_t uid, struct identity *);

/* The same of a live process, whose parent counts when it is in our PID
 * namespace and in the cgroup of no container; numbers are turned into names
 * where the runtime wrote them down, else shortened. */
void container_of_process(pid_t pid, pid_t parent, struct identity *);

/* The folder whose files tell the name anew, owned by the caller; NULL when the
 * name stays what it is. */
char *container_folder(const struct identity *);
/* Whether it is called otherwise by now. */
bool container_is_renamed(const struct identity *);

void identity_free(struct identity *); /* what it holds, not itself */

/* Whether that runtime runs networks of its own: it lends a container an
 * address out of the bridge's prefix, which the next one gets when it stops,
 * and leads public ports to it. */
bool container_runtime_lends(const char *runtime);

/* Which of two names of one namespace goes first: by runtime, then by whether
 * somebody chose it, then by name. */
int identity_compare(const struct identity *, const struct identity *);

#endif
