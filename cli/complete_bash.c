/* seki complete: completion for bash. */
#include "config.h"

#include "cli/complete_bash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/offer.h"
#include "core/base/util.h"
#include "core/lang/words.h"

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
complete_bash(const struct arguments *a, const struct mode *modes)
{
	struct typed t = { 0 };
	struct offer o = { .modes = modes };
	int status = 0;

	if (a->argc != 4)
		return ERR_USAGE;
	cut_line(&t, a->argv[1], a->argv[2]);
	o.start = buf_text(&t.last);
	if (t.n > 0)
		offer_words(&o, t.v + 1, t.n - 1);
	if (o.words.n == 0 && o.files)
		status = FILES;
	print_offers(&t, &o.words, strcmp(a->argv[3], ONLY_LIST) == 0);
	candidates_free(&o.words);
	typed_free(&t);
	return status;
}
