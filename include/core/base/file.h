/* Atomic replacement of files. */
#ifndef SEKI_CORE_BASE_FILE_H
#define SEKI_CORE_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"

/* Replaces the file at path atomically: writes a temporary file beside it,
 * syncs it, renames it, and syncs the folder. Creates missing folders, follows
 * a symlink, and keeps owner and mode of an existing file; mode is for a new
 * one. After an error the old file is intact and no temporary file is left; one
 * left by a killed seki is removed by the next call. */
int file_replace(const char *path, const char *text, size_t len, unsigned mode,
    struct err *);

/* Removes temporary files that killed sekis left beside the file, or, if path
 * ends in a slash, anywhere in that folder. */
void file_sweep(const char *path);

/* Makes sure that what others wrote to it is on the disk. */
int file_sync(const char *path, struct err *);

/* Renames within one folder, and syncs the folder. */
int file_rename(const char *from, const char *to, struct err *);

/* Removes a file; a missing one is no error. */
int file_remove(const char *path, struct err *);

/* Makes the parent folders of path, mode 0755. */
int file_make_folder(const char *path, struct err *);

/* Whether there is anything that the pattern of glob(7) matches. */
bool file_exists(const char *pattern);

/* When it was written, in seconds since the epoch; 0: nobody can tell. */
int64_t file_time(const char *path);

/* The path of that name in the folder of another path, owned by the caller. */
char *path_beside(const char *path, const char *name);

#endif
