/* Splits a line into words with their places, for errors to point at. */
#include "config.h"

#include "core/lang/words.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"

/* A word being read, with a mark for each byte up to the last quoted one. */
struct draft {
	struct buf text;
	struct buf quoted;
};

static void
draft_add_quoted(struct draft *d, char c)
{
	buf_fill(&d->quoted, '-', d->text.len - d->quoted.len);
	buf_add_n(&d->quoted, "q", 1);
	buf_add_n(&d->text, &c, 1);
}

/* The number of bytes that need no look at what they are. */
static size_t
plain_length(const char *s)
{
	size_t n = 0;

	while (s[n] > ' ' && s[n] <= '~' && s[n] != '"')
		n++;
	return n;
}

/* Unicode blanks look like a separator, but are none. */
static const struct {
	uint32_t first, last;
	const char *name;
} other_blanks[] = {
	{ 0x00a0, 0x00a0, N_("a no-break space") },
	{ 0x1680, 0x1680, N_("an Ogham space") },
	{ 0x2000, 0x200a, N_("a typographic space") },
	{ 0x200b, 0x200b, N_("a zero-width space") },
	{ 0x2028, 0x2029, N_("a Unicode line break") },
	{ 0x202f, 0x202f, N_("a narrow no-break space") },
	{ 0x205f, 0x205f, N_("a mathematical space") },
	{ 0x3000, 0x3000, N_("an ideographic space") },
	{ 0xfeff, 0xfeff, N_("a byte order mark") },
};

/* The name of the Unicode blank at the start of text, its length and code
 * point; NULL if there is none. */
static const char *
other_blank(const char *text, size_t *len, uint32_t *cp)
{
	size_t i;

	*len = utf8_decode(text, strnlen(text, 4), cp);
	for (i = 0; *len > 1 && i < NITEMS(other_blanks); i++)
		if (*cp >= other_blanks[i].first && *cp <= other_blanks[i].last)
			return other_blanks[i].name;
	return NULL;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static void
words_add(struct words *w, struct draft *d, size_t start, size_t end)
{
	if (d->quoted.len > 0)
		buf_fill(&d->quoted, '-', d->text.len - d->quoted.len);
	w->v = xgrow(w->v, w->n, sizeof(*w->v));
	w->v[w->n++] = (struct word){
		.text = buf_take(&d->text),
		.quoted = d->quoted.len > 0 ? buf_take(&d->quoted) : NULL,
		.col = (unsigned)start + 1,
		.len = (unsigned)(end - start),
	};
}

static int
blame_at(const struct words *w, size_t at, size_t len, struct err *e)
{
	snprintf(e->source, sizeof(e->source), "%s", w->source);
	return err_at(e, w->line, (unsigned)at + 1, (unsigned)len);
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Reads an escape whose backslash is at s[*i]; moves *i past it. */
static int
read_escape(struct words *w, struct draft *d, size_t *i, struct err *e)
{
	const char *s = w->source + *i;
	int hi, lo;

	if (s[1] == '"' || s[1] == '\\') {
		draft_add_quoted(d, s[1]);
		*i += 2;
		return 0;
	}
	hi = s[1] == 'x' ? hex_digit(s[2]) : -1;
	lo = hi >= 0 ? hex_digit(s[3]) : -1;
	if (lo < 0 || (hi == 0 && lo == 0)) {
		err_set(e, ERR_USAGE, "bad escape in a quoted word");
		err_hint(e,
		    "in quotes write \\\\ for \\, \\\" for \" and \\x1b "
		    "for the byte 1b");
		return blame_at(w, *i, 2, e);
	}
	draft_add_quoted(d, (char)(hi * 16 + lo));
	*i += 4;
	return 0;
}

/* Reads the quoted part that starts at source[*i]. */
static int
read_quotes(struct words *w, struct draft *d, size_t *i, struct err *e)
{
	size_t start = (*i)++;

	while (w->source[*i] != '"') {
		if (w->source[*i] == '\0') {
			err_set(e, ERR_USAGE, "this quote is never closed");
			return blame_at(w, start, 1, e);
		}
		if (w->source[*i] == '\\') {
			if (read_escape(w, d, i, e) != 0)
				return -1;
			continue;
		}
		draft_add_quoted(d, w->source[(*i)++]);
	}
	(*i)++;
	return 0;
}

static int
refuse_blank(const struct words *w, size_t at, struct err *e)
{
	size_t len;
	uint32_t cp;
	const char *name = other_blank(w->source + at, &len, &cp);

	if (name == NULL)
		return 0;
	err_set(e, ERR_USAGE,
	    "%s (U+%04X) is no separator: only plain "
	    "blanks separate words",
	    _(name), (unsigned)cp);
	err_hint(e, "put a plain blank in its place, or quotes around the word "
		    "that it belongs to");
	return blame_at(w, at, len, e);
}

static int
read_word(struct words *w, size_t *i, struct err *e)
{
	struct draft d = { 0 };
	size_t start = *i, n;
	int r = 0;

	while (w->source[*i] != '\0' && !is_blank(w->source[*i]) && r == 0) {
		n = plain_length(w->source + *i);
		if (n == 0 && w->source[*i] != '"') {
			r = refuse_blank(w, *i, e);
			n = 1;
		}
		if (n == 0)
			r = read_quotes(w, &d, i, e);
		else if (r == 0)
			buf_add_n(&d.text, w->source + *i, n);
		*i += r == 0 ? n : 0;
	}
	if (r == 0)
		words_add(w, &d, start, *i);
	buf_free(&d.text);
	buf_free(&d.quoted);
	return r;
}

int
words_split(struct words *w, const char *line, struct err *e)
{
	size_t i = 0;

	w->source = xstrdup(line);
	for (;;) {
		while (is_blank(w->source[i]))
			i++;
		if (w->source[i] == '\0')
			return 0;
		if (w->source[i] == '#') {
			w->comment = xstrdup(w->source + i);
			return 0;
		}
		if (read_word(w, &i, e) != 0)
			return -1;
	}
}

int
words_split_given(struct words *w, const char *text, struct err *e)
{
	size_t n = strlen(text);
	char *given;
	int r;

	while (n > 0 && text[n - 1] != ' ' && text[n - 1] != '\t')
		n--;
	given = xstrndup(text, n);
	r = words_split(w, given, e);
	free(given);
	return r;
}

void
words_from_argv(struct words *w, int argc, char *const argv[])
{
	struct buf line = { 0 };
	struct draft d = { 0 };
	size_t start;
	int i;

	for (i = 0; i < argc; i++) {
		if (i > 0)
			buf_add(&line, " ");
		start = line.len;
		words_print(&line, argv[i], "");
		buf_add(&d.text, argv[i]);
		words_add(w, &d, start, line.len);
	}
	w->source = buf_take(&line);
}

void
words_free(struct words *w)
{
	size_t i;

	for (i = 0; i < w->n; i++) {
		free(w->v[i].text);
		free(w->v[i].quoted);
	}
	free(w->v);
	free(w->source);
	free(w->comment);
	memset(w, 0, sizeof(*w));
}

const struct word *
words_peek(const struct words *w)
{
	return w->at < w->n ? &w->v[w->at] : NULL;
}

const struct word *
words_take(struct words *w)
{
	return w->at < w->n ? &w->v[w->at++] : NULL;
}

bool
word_is_plain(const struct word *word)
{
	return word->quoted == NULL && word->text[0] != '\0';
}

bool
word_is_plain_at(const struct word *word, size_t i)
{
	return word->quoted == NULL || word->quoted[i] == '-';
}

int
words_blame(const struct words *w, const struct word *word, struct err *e)
{
	size_t end;

	if (word != NULL)
		return blame_at(w, word->col - 1, word->len, e);
	end = w->comment != NULL ? strlen(w->source) - strlen(w->comment)
				 : strlen(w->source);
	while (end > 0 && is_blank(w->source[end - 1]))
		end--;
	return blame_at(w, end > 0 ? end + 1 : 0, 1, e);
}

static bool
has_other_blank(const char *text)
{
	size_t len;
	uint32_t cp;

	for (; *text != '\0'; text++)
		if (other_blank(text, &len, &cp) != NULL)
			return true;
	return false;
}

static bool
wants_quotes(const char *text, const char *also)
{
	struct buf safe = { 0 };
	bool wants;

	buf_escape(&safe, text, strlen(text));
	wants = text[0] == '\0' || strcmp(buf_text(&safe), text) != 0 ||
		strpbrk(text, " \"#") != NULL || strpbrk(text, also) != NULL ||
		has_other_blank(text);
	buf_free(&safe);
	return wants;
}

void
words_print_quoted(struct buf *b, const char *text)
{
	size_t n;

	buf_add(b, "\"");
	while (*text != '\0') {
		n = strcspn(text, "\"\\");
		buf_escape(b, text, n);
		text += n;
		if (*text != '\0')
			buf_printf(b, "\\%c", *text++);
	}
	buf_add(b, "\"");
}

void
words_print(struct buf *b, const char *text, const char *also)
{
	if (wants_quotes(text, also))
		words_print_quoted(b, text);
	else
		buf_add(b, text);
}

void
words_each(char *text, void (*fn)(void *arg, const struct words *), void *arg)
{
	struct words w = { 0 };
	struct err ignored;
	char *line;

	while ((line = next_line(&text)) != NULL) {
		if (words_split(&w, line, &ignored) == 0)
			fn(arg, &w);
		words_free(&w);
	}
}
