/* Files that are replaced whole or not at all. */
#ifndef SEKI_CORE_BASE_FILE_H
#define SEKI_CORE_BASE_FILE_H

#include <stddef.h>

#include "core/base/err.h"

/* Replaces the file at path: written beside it, synced, renamed over it, the
 * folder synced. Missing folders are made. A link is followed, and a file that
 * is there keeps its owner and mode; mode is for a new one. After an error the
 * old file is whole and nothing else is left; what a killed seki left beside it
 * goes with the next call. */
int file_replace(const char *path, const char *text, size_t len, unsigned mode,
    struct err *);

/* Removes what killed sekis left half written beside the file, or, where path
 * ends in a slash, anywhere in that folder. */
void file_sweep(const char *path);

/* Renames it within its folder, which is synced. */
int file_rename(const char *from, const char *to, struct err *);

/* Removes it; one that is not there is no error. */
int file_remove(const char *path, struct err *);

/* Makes the folder of path and those above it, mode 0755. */
int file_make_folder(const char *path, struct err *);

#endif
