/* Files of a container's root, whose owner may be hostile. */
#ifndef SEKI_CORE_KERNEL_ROOTFS_H
#define SEKI_CORE_KERNEL_ROOTFS_H

#include <stddef.h>
#include <sys/types.h>

/* The text of a file, path without its first slash, in the root of a process;
 * owned by the caller. NULL with errno: ENOENT if it has none. Only a regular
 * file of at most max bytes is opened, links lead nowhere else, and nothing is
 * crossed that may keep the caller waiting: mounts (EXDEV), and file systems
 * that a program of the container may answer for (EPERM). */
char *rootfs_read(pid_t, const char *path, size_t max);

#endif
