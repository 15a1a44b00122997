/* A folder in memory, for targets that read files. */
#ifndef SEKI_FUZZ_FOLDER_H
#define SEKI_FUZZ_FOLDER_H

#include <stddef.h>

/* Makes it, once; it goes with the process. Borrowed. */
const char *folder_path(void);

/* A path in it; owned by the caller. */
char *folder_file(const char *name);

/* Makes a folder in it. */
void folder_make(const char *name);

/* Replaces a file in it. */
void folder_write(const char *name, const void *, size_t n);

#endif
