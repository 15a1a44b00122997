/* Whether a cure is already in the candidate. */
#include "config.h"

#include "core/show/cured.h"

#include <string.h>

#include "core/base/util.h"

/* What follows the verb of an edit; NULL: it is none. */
static const char *
statement_of(const char *command)
{
	static const char *const verbs[] = { "seki add ", "seki set " };
	size_t i;

	for (i = 0; i < NITEMS(verbs); i++)
		if (has_prefix(command, verbs[i]))
			return command + strlen(verbs[i]);
	return NULL;
}

/* The word auto has become an address in a config. */
static bool
has_value(const struct type *type, const struct value *wanted,
    const struct value *has)
{
	struct buf b = { 0 };
	bool is_auto;

	if (!wanted->set || type_equal(type, wanted, has))
		return true;
	if (!has->set || type == NULL)
		return false;
	type_print(type, wanted, &b);
	is_auto = strcmp(buf_text(&b), "auto") == 0;
	buf_free(&b);
	return is_auto;
}

static bool
has_values(const struct statement *wanted, const struct statement *has)
{
	const struct row *row = statement_row(wanted);
	size_t i;

	for (i = 0; i < row->nargs; i++)
		if (!has_value(row->args[i].type, &wanted->v[i], &has->v[i]))
			return false;
	return true;
}

bool
cured_by(const struct config *c, const char *command)
{
	const char *line = statement_of(command);
	const struct statement *has;
	struct statement *wanted;
	struct err ignored;
	bool is;

	wanted = line != NULL ? statement_from(line, &ignored) : NULL;
	if (wanted == NULL)
		return false;
	has = config_same(c, wanted);
	is = has != NULL && has_values(wanted, has);
	statement_free(wanted);
	return is;
}
