/* The options of the command line. */
#include "config.h"

#include "cli/arguments.h"

#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/answer.h"
#include "core/base/intl.h"
#include "core/base/util.h"

enum {
	OPT_READ_ONLY,
	OPT_ASCII,
	OPT_NO_COLOR,
	OPT_CONFIG,
	OPT_VERSION,
	OPT_HELP,
	OPT_FRESH,
	OPT_NO_TRAFFIC,
	OPT_COUNT
};

const struct option_row option_rows[OPT_COUNT + 1] = {
	[OPT_READ_ONLY] = { "read-only", NULL,
	    N_("allow no edits and no commits"), false },
	[OPT_ASCII] = { "ascii", NULL, N_("draw with ASCII characters only"),
	    false },
	[OPT_NO_COLOR] = { "no-color", NULL,
	    N_("no colours (also by NO_COLOR)"), false },
	[OPT_CONFIG] = { "config", "FILE",
	    N_("the saved config (else SEKI_CONFIG, or "
	       "/etc/seki/seki.conf)"),
	    false },
	[OPT_VERSION] = { "version", NULL, N_("print the version"), false },
	[OPT_HELP] = { "help", NULL, N_("print this help"), false },
	[OPT_FRESH] = { "fresh", NULL,
	    N_("lab: no config yet, link-local addresses only"), true },
	[OPT_NO_TRAFFIC] = { "no-traffic", NULL, N_("lab: clients stay quiet"),
	    true },
};

/* Each returns -1 to go on, else the exit status. */

static int
take_ascii(struct arguments *a)
{
	a->console.ascii = true;
	intl_stop();
	return -1;
}

static int
take_config(struct arguments *a)
{
	a->config = optarg;
	return -1;
}

static int
take_version(struct arguments *a UNUSED)
{
	return puts("seki " PACKAGE_VERSION) < 0 ? ERR_FAIL : 0;
}

static const struct {
	int (*take)(struct arguments *); /* NULL: it only sets */
	size_t flag;			 /* of the arguments, a bool */
} effects[OPT_COUNT] = {
	[OPT_READ_ONLY] = { NULL, offsetof(struct arguments, read_only) },
	[OPT_ASCII] = { take_ascii, 0 },
	[OPT_NO_COLOR] = { NULL, offsetof(struct arguments, console.no_color) },
	[OPT_CONFIG] = { take_config, 0 },
	[OPT_VERSION] = { take_version, 0 },
	[OPT_HELP] = { NULL, offsetof(struct arguments, help) },
	[OPT_FRESH] = { NULL, offsetof(struct arguments, fresh) },
	[OPT_NO_TRAFFIC] = { NULL, offsetof(struct arguments, no_traffic) },
};

static int
take_option(int option, struct arguments *a)
{
	if (effects[option].take != NULL)
		return effects[option].take(a);
	*(bool *)((char *)a + effects[option].flag) = true;
	return -1;
}

/* The row of "--NAME[=VALUE]", where NAME may be abbreviated; NULL when it is
 * unknown or ambiguous. */
static const struct option_row *
find_option(const char *word)
{
	const struct option_row *o, *found = NULL;
	size_t n = strcspn(word + 2, "=");

	for (o = option_rows; o->name != NULL; o++)
		if (strncmp(o->name, word + 2, n) == 0) {
			if (found != NULL)
				return NULL;
			found = o;
		}
	return found;
}

/* getopt's own message would print what was typed without escaping it. */
static int
refuse_option(bool bare, const char *word)
{
	const struct option_row *o = NULL;
	struct err e;

	if (optopt < OPT_COUNT && has_prefix(word, "--"))
		o = find_option(word);
	if (optopt >= OPT_COUNT)
		err_set(&e, ERR_USAGE, "unknown option -%c", optopt);
	else if (bare && o != NULL)
		err_set(&e, ERR_USAGE, "--%s needs a %s", o->name, o->metavar);
	else if (o != NULL && o->metavar == NULL && strchr(word, '=') != NULL)
		err_set(&e, ERR_USAGE, "--%s takes no value", o->name);
	else
		err_set(&e, ERR_USAGE, "unknown option %s", word);
	err_hint(&e, "seki --help lists options and commands");
	return answer_error(&e);
}

int
arguments_read(struct arguments *a, int argc, char *argv[], bool lab)
{
	struct option longs[OPT_COUNT + 1] = { 0 };
	size_t i, n = 0;
	int c, status = -1;

	for (i = 0; i < OPT_COUNT; i++)
		if (lab || !option_rows[i].lab)
			longs[n++] =
			    (struct option){ .name = option_rows[i].name,
				    .has_arg = option_rows[i].metavar != NULL,
				    .val = (int)i };
	optind = 0;
	opterr = 0;
	while (status == -1 && !a->help &&
	       (c = getopt_long(argc, argv, "+:h", longs, NULL)) != -1)
		status = c == '?' || c == ':'
			     ? refuse_option(c == ':', argv[optind - 1])
			     : take_option(c == 'h' ? OPT_HELP : c, a);
	a->argc = argc - optind;
	a->argv = argv + optind;
	return status;
}
