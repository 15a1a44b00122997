/* The output of --help: usage, options, commands and statements. */
#include "config.h"

#include "cli/help.h"

#include <stdio.h>
#include <stdlib.h>

#include "cli/arguments.h"
#include "core/base/intl.h"
#include "core/base/util.h"
#include "core/command/command.h"

/* Prints usage padded to a column, and its help: on a line of its own where
 * there is no room beside it. */
static void
print_entry(const char *usage, size_t column, const char *help, struct buf *b)
{
	size_t w = text_width(usage);

	buf_add(b, usage);
	if (w >= column) {
		buf_add(b, "\n");
		w = 0;
	}
	buf_fill(b, ' ', column - w);
	buf_printf(b, "%s\n", help);
}

static void
print_modes(const struct mode *m, struct buf *b)
{
	char *usage;

	buf_printf(b, "%s\n", _("Usage"));
	print_entry("  seki [OPTION...] COMMAND", 30, _("one command"), b);
	for (; m->word != NULL; m++) {
		if (m->help == NULL)
			continue;
		usage = xasprintf("  seki [OPTION...]%s%s%s%s",
		    m->word[0] != '\0' ? " " : "", m->word,
		    m->usage != NULL ? " " : "",
		    m->usage != NULL ? m->usage : "");
		print_entry(usage, 30, _(m->help), b);
		free(usage);
	}
}

static void
print_options(struct buf *b)
{
	const struct option_row *o;
	char *usage;

	buf_printf(b, "\n%s\n", _("Options"));
	for (o = option_rows; o->name != NULL; o++) {
		usage = xasprintf("  --%s%s%s", o->name,
		    o->metavar != NULL ? " " : "",
		    o->metavar != NULL ? o->metavar : "");
		print_entry(usage, 18, _(o->help), b);
		free(usage);
	}
}

int
help_print(const struct mode *modes)
{
	struct buf b = { 0 };

	print_modes(modes, &b);
	print_options(&b);
	buf_add(&b, "\n");
	command_help("", &b);
	fputs(buf_text(&b), stdout);
	buf_free(&b);
	return fflush(stdout) == 0 ? 0 : ERR_FAIL;
}
