/* Commands that an admin copies into a root shell: no name in one may make it
 * run something else. */
#ifndef SEKI_CORE_BASE_SHELL_H
#define SEKI_CORE_BASE_SHELL_H

#include <stdbool.h>

#include "core/base/util.h"

/* Whether it stands for itself in a command line: a link may have any name. */
bool is_shell_word(const char *);

/* Appends a command, to be run once what is there went well. Each %s in it, of
 * which there is no other conversion, is a word, or a part of one: in double
 * quotes where it need be. Appends nothing and returns false if one cannot be
 * typed so: it is empty, begins with a dash, has what such quotes do not keep
 * from a shell, or bytes that are not shown as they are. */
bool shell_add(struct buf *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Whether a shell takes a line of the language of seki as seki does. */
bool shell_takes(const char *line);

#endif
