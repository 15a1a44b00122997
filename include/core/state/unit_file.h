/* Files of systemd units, as systemd.syntax(7) has them. */
#ifndef SEKI_CORE_STATE_UNIT_FILE_H
#define SEKI_CORE_STATE_UNIT_FILE_H

#include <stdbool.h>

/* What the files of a service say of when it runs seki, and how; all zero
 * before the first. */
struct unit_order {
	bool applies; /* it runs seki apply */
	bool stays;   /* or something else */
	bool late;    /* and that when addresses are there */
};

/* Takes in the next file, in the order in which systemd reads them. */
void unit_order_read(struct unit_order *, const char *text);

/* Takes the next word off a value, which is changed: without its quotes, and
 * with what its escapes stand for. NULL: there is none. */
char *unit_file_word(char **rest);

#endif
