/* Finds the mode that the words of a command line name. */
#include "config.h"

#include "cli/mode.h"

#include <string.h>
#include <unistd.h>

#include "core/command/command.h"

static bool
is_command(const char *word)
{
	size_t i = 0;

	while (commands[i] != NULL && strcmp(commands[i]->row.name, word) != 0)
		i++;
	return commands[i] != NULL;
}

int
mode_check(const struct mode *m, const struct arguments *a, struct err *e)
{
	const char *word = a->argc > 1 ? a->argv[0] : "";

	while (m->word != NULL && strcmp(m->word, word) != 0)
		m++;
	if (word[0] == '\0' || m->word == NULL || m->usage != NULL ||
	    is_command(word))
		return 0;
	err_set(e, ERR_USAGE, "%s takes no argument: %s", word, a->argv[1]);
	return err_hint(e, "seki --help lists options and commands");
}

static bool
is_asked(void)
{
	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

const struct mode *
mode_find(const struct mode *m, const struct arguments *a)
{
	const char *word = a->argc > 0 ? a->argv[0] : "";

	for (; m->word != NULL; m++)
		if (strcmp(m->word, word) == 0 &&
		    (m->usage != NULL || a->argc <= 1) &&
		    (!m->asks || is_asked()))
			return m;
	return NULL;
}
