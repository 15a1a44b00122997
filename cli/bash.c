/* seki complete: completion for bash. */
#include "config.h"

#include "cli/bash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/mode.h"
#include "core/base/intl.h"
#include "core/base/util.h"
#include "core/command/command.h"
#include "tui/complete.h"

#define FILES 1 /* exit status: complete file names */
/* COMP_TYPE of the second Tab, which inserts nothing. */
#define ONLY_LIST "63"

/* The line, split into words as bash does. */
struct typed {
	char **v; /* complete words */
	size_t n;
	struct buf last; /* the word at the cursor */
	size_t cut;	 /* bytes of it that bash keeps */
	char quote;	 /* open at the cursor, or 0 */
};

static void
end_word(struct typed *t)
{
	t->v = xgrow(t->v, t->n, sizeof(*t->v));
	t->v[t->n++] = buf_take(&t->last);
	t->last = (struct buf){ 0 };
	t->cut = 0;
}

static void
open_quote(struct typed *t, char quote)
{
	t->quote = quote;
	t->cut = t->last.len;
}

/* The length of the sequence at s that stands for one literal character; 0 when
 * it is special. */
static size_t
literal_at(const struct typed *t, const char *s)
{
	if (*s != '\\' || s[1] == '\0' || t->quote == '\'' ||
	    (t->quote == '"' && strchr("\"\\$`", s[1]) == NULL))
		return t->quote != 0 && *s != t->quote ? 1 : 0;
	return 2;
}

static void
cut_line(struct typed *t, const char *s, const char *breaks)
{
	bool in_word = false;
	size_t n;

	for (; *s != '\0'; s++) {
		n = literal_at(t, s);
		if (n > 0) {
			s += n - 1;
			buf_add_n(&t->last, s, 1);
		} else if (*s == t->quote) {
			t->quote = 0;
		} else if (*s == '"' || *s == '\'') {
			open_quote(t, *s);
		} else if (*s == ' ' || *s == '\t') {
			if (in_word)
				end_word(t);
			in_word = false;
			continue;
		} else {
			buf_add_n(&t->last, s, 1);
			if (strchr(breaks, *s) != NULL)
				t->cut = t->last.len;
		}
		in_word = true;
	}
}

static void
typed_free(struct typed *t)
{
	while (t->n > 0)
		free(t->v[--t->n]);
	free(t->v);
	buf_free(&t->last);
}

/* Candidates */

struct offer {
	const char *start; /* prefix of the candidates */
	struct candidates words;
	bool files; /* also offer file names */
	const struct mode *modes;
};

/* Bash reads one word a line, and shows each to the terminal unescaped. */
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
	if (has_prefix(word, o->start) && is_printable(word))
		candidates_add(&o->words, word, help);
}

/* Offers a word of the language, without its quotes: bash has its own. One
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
skip_options(const struct typed *t, size_t i, const char **config)
{
	for (; i < t->n && has_prefix(t->v[i], "--"); i++) {
		if (strcmp(t->v[i], "--") == 0)
			return i + 1;
		if (has_prefix(t->v[i], "--config="))
			*config = strchr(t->v[i], '=') + 1;
		if (wants_value(t->v[i]) == NULL)
			continue;
		if (++i < t->n)
			*config = t->v[i];
	}
	return i;
}

static void
offer(const struct typed *t, struct offer *o)
{
	const char *config = NULL;
	size_t i = skip_options(t, 1, &config);
	bool lab = i < t->n && strcmp(t->v[i], "lab") == 0;
	struct arguments a = { 0 };

	if (lab)
		i = skip_options(t, i + 1, &config);
	if (i > t->n || strchr(o->start, '=') != NULL) {
		o->files = true;
		return;
	}
	a.argc = (int)(t->n - i);
	a.argv = END_OF(t->v, i);
	if (i == t->n && (lab || o->start[0] == '-'))
		offer_options(o, lab);
	else if (lab)
		o->files = true;
	else if (i == t->n)
		offer_first_words(o);
	else if (mode_find(o->modes, &a) == NULL ||
		 strcmp(a.argv[0], "help") == 0)
		offer_next(o, config, a.argv, t->n - i);
}

/* Output for bash */

/* Inside single quotes only a single quote is special. */
static void
print_quoted(const char *text, char quote, struct buf *b)
{
	const char *special = quote == '\''  ? "'"
			      : quote == '"' ? "\"\\$`"
					     : " \t\"'\\$`&|;()<>*?[]{}#!~";

	for (; *text != '\0'; text++) {
		if (strchr(special, *text) != NULL)
			buf_add(b, quote == '\'' ? "'\\'" : "\\");
		buf_add_n(b, text, 1);
	}
}

static void
print_offers(const struct typed *t, const struct candidates *c, bool only_list)
{
	size_t w = candidates_width(c), i;
	struct buf b = { 0 }, safe = { 0 };

	for (i = 0; i < c->n; i++) {
		if (only_list)
			candidate_print(&c->v[i], w, &b);
		else
			print_quoted(c->v[i].word + t->cut, t->quote, &b);
		buf_add(&b, "\n");
	}
	buf_escape_lines(&safe, buf_text(&b));
	fputs(buf_text(&safe), stdout);
	buf_free(&safe);
	buf_free(&b);
}

int
bash_complete(const struct arguments *a, const struct mode *modes)
{
	struct typed t = { 0 };
	struct offer o = { .modes = modes };
	int status = 0;

	if (a->argc != 4)
		return ERR_USAGE;
	cut_line(&t, a->argv[1], a->argv[2]);
	o.start = buf_text(&t.last);
	offer(&t, &o);
	if (o.words.n == 0 && o.files)
		status = FILES;
	print_offers(&t, &o.words, strcmp(a->argv[3], ONLY_LIST) == 0);
	candidates_free(&o.words);
	typed_free(&t);
	return status;
}
