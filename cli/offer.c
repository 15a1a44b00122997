/* What may stand at the end of a command line. */
#include "config.h"

#include "cli/offer.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/command/command.h"

/* Shells read one word a line, and show each to the terminal unescaped. */
static bool
is_printable(const char *word)
{
	struct buf safe = { 0 };
	bool same;

	buf_escape(&safe, word, strlen(word));
	same = strcmp(buf_text(&safe), word) == 0;
	buf_free(&safe);
	return same;
}

static void
offer_word(struct offer *o, const char *word, const char *help)
{
	if ((o->all || has_prefix(word, o->start)) && is_printable(word))
		candidates_add(&o->words, word, help);
}

/* Offers a word of the language, without its quotes: shells have their own. One
 * without text only tells what may be written. */
static void
offer_language(void *arg, const char *word, const char *help)
{
	struct offer *o = arg;
	struct words w = { 0 };
	struct err ignored;

	if (word[0] == '\0')
		o->files |= has_prefix(help, type_file.metavar);
	else if (words_split(&w, word, &ignored) == 0 && w.n == 1)
		offer_word(o, w.v[0].text, help);
	words_free(&w);
}

static void
offer_options(struct offer *o, bool lab)
{
	const struct option_row *row;
	char *word;

	for (row = option_rows; row->name != NULL; row++) {
		if (row->lab && !lab)
			continue;
		word = xasprintf("--%s", row->name);
		offer_word(o, word, _(row->help));
		free(word);
	}
}

static void
offer_first_words(struct offer *o)
{
	const struct mode *m;
	size_t i;

	for (i = 0; commands[i] != NULL; i++)
		offer_word(o, commands[i]->row.name, _(commands[i]->row.help));
	for (m = o->modes; m->word != NULL; m++)
		if (m->help != NULL && m->word[0] != '\0')
			offer_word(o, m->word, _(m->help));
}

/* Offers words of a command, and names that exist. */
static void
offer_next(struct offer *o, const char *config, char *const *v, size_t n)
{
	struct buf line = { 0 };
	struct err ignored;
	struct host h;
	size_t i;

	for (i = 0; i < n; i++) {
		words_print(&line, v[i], "");
		buf_add(&line, " ");
	}
	if (host_open(&h, config, &ignored) == 0)
		command_complete(&h, buf_text(&line), offer_language, o);
	host_close(&h);
	buf_free(&line);
}

/* The row of an option whose value is the next word, or NULL. */
static const struct option_row *
wants_value(const char *word)
{
	const struct option_row *row;

	for (row = option_rows; row->name != NULL; row++)
		if (row->metavar != NULL && strcmp(row->name, word + 2) == 0)
			return row;
	return NULL;
}

/* Skips options from word i on. Returns the first word that is none, past the
 * end when the cursor is at the value of one. */
static size_t
skip_options(char *const *v, size_t n, size_t i, const char **config)
{
	for (; i < n && has_prefix(v[i], "--"); i++) {
		if (strcmp(v[i], "--") == 0)
			return i + 1;
		if (has_prefix(v[i], "--config="))
			*config = strchr(v[i], '=') + 1;
		if (wants_value(v[i]) == NULL)
			continue;
		if (++i < n)
			*config = v[i];
	}
	return i;
}

void
offer_words(struct offer *o, char **v, size_t n)
{
	const char *config = NULL;
	size_t i = skip_options(v, n, 0, &config);
	bool lab = i < n && strcmp(v[i], "lab") == 0;
	struct arguments a = { 0 };

	if (lab)
		i = skip_options(v, n, i + 1, &config);
	if (i > n || strchr(o->start, '=') != NULL) {
		o->files = true;
		return;
	}
	a.argc = (int)(n - i);
	a.argv = END_OF(v, i);
	if (i == n && (lab || o->start[0] == '-'))
		offer_options(o, lab);
	else if (lab)
		o->files = true;
	else if (i == n)
		offer_first_words(o);
	else if (mode_find(o->modes, &a) == NULL ||
		 strcmp(a.argv[0], "help") == 0)
		offer_next(o, config, a.argv, n - i);
}
