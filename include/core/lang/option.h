/* Settings of seki itself: bounds and presets. */
#ifndef SEKI_CORE_LANG_OPTION_H
#define SEKI_CORE_LANG_OPTION_H

#include "core/lang/schema.h"

/* The order of option_specs. */
enum option_name { OPTION_CONFIRM, OPTION_IPV4, OPTION_COUNT };

/* The values of an option that is on or off. */
enum option_switch { OPTION_ON, OPTION_OFF };

struct option_spec {
	unsigned min, max;	     /* of a number of seconds; else both 0 */
	unsigned preset;	     /* a number, or an index into offers */
	const struct choice *offers; /* values to suggest; of an option that is
					no number, all there are */
};
extern const struct option_spec option_specs[OPTION_COUNT];

/* Arguments of the statement, and checks beyond their types. */
enum { OPTION_NAME, OPTION_VALUE, OPTION_ARGS };
extern const struct arg option_args[OPTION_ARGS];
int option_check(
    const struct row *, const struct value *, struct err *, size_t *blame);

/* How long a commit can be pending. */
extern const struct type type_seconds;

/* Parses the value of an option: its number, or the index of its word. 0, or -1
 * if the option cannot have it, and *value stays. */
int option_parse(
    enum option_name, const char *text, unsigned *value, struct err *);

#endif
