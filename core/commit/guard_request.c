/* Parsing requests to a guard. */
#include "config.h"

#include "core/commit/guard_request.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/util.h"

static const struct {
	const char *word;
	enum { NUMBER_NONE, NUMBER_OPTIONAL, NUMBER_REQUIRED } number;
} rows[GUARD_WORDS] = {
	[GUARD_HOLD] = { "hold", NUMBER_NONE },
	[GUARD_APPLIED] = { "applied", NUMBER_OPTIONAL },
	[GUARD_KEEP] = { "keep", NUMBER_NONE },
	[GUARD_CANCEL] = { "cancel", NUMBER_NONE },
	[GUARD_CONFIRM] = { "confirm", NUMBER_OPTIONAL },
	[GUARD_UNPROVEN] = { "unproven", NUMBER_OPTIONAL },
	[GUARD_EXTEND] = { "extend", NUMBER_REQUIRED },
	[GUARD_REVERT] = { "revert", NUMBER_OPTIONAL },
	[GUARD_STATUS] = { "status", NUMBER_NONE },
	[GUARD_ALIVE] = { "alive", NUMBER_NONE },
};

/* strtoull would accept blanks and signs, too. */
static bool
parse_number(const char *text, size_t n, uint64_t *number)
{
	if (n == 0 || strspn(text, "0123456789") != n)
		return false;
	errno = 0;
	*number = strtoull(text, NULL, 10);
	return errno == 0;
}

int
guard_request_parse(struct guard_request *r, const char *line, struct err *e)
{
	size_t len = strcspn(line, "\n"), word = strcspn(line, " \n"), i = 0;

	*r = (struct guard_request){ 0 };
	while (i < GUARD_WORDS && (strlen(rows[i].word) != word ||
				      strncmp(rows[i].word, line, word) != 0))
		i++;
	if (i == GUARD_WORDS)
		return err_set(
		    e, ERR_USAGE, "the guard does not know this word");
	r->word = (enum guard_word)i;
	if (word == len
		? rows[i].number != NUMBER_REQUIRED
		: rows[i].number != NUMBER_NONE &&
		      parse_number(line + word + 1, len - word - 1, &r->number))
		return 0;
	return err_set(e, ERR_USAGE,
	    "the guard cannot read the number behind "
	    "this word");
}
