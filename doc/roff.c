/* Writes a manual page in the macros of man(7). */
#include "config.h"

#include "doc/roff.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define WRAP 72 /* columns of a line of source */

/* Characters that roff would interpret, or show as another one than is typed.
 */
static void
add_char(struct buf *b, char c, bool literal)
{
	static const struct {
		char c;
		bool everywhere;
		const char *escape;
	} escapes[] = {
		{ '\\', true, "\\e" },
		{ '~', true, "\\(ti" },
		{ '^', true, "\\(ha" },
		{ '-', false, "\\-" },
		{ '\'', false, "\\(aq" },
	};
	size_t i;

	for (i = 0; i < NITEMS(escapes); i++) {
		if (escapes[i].c == c && (literal || escapes[i].everywhere)) {
			buf_add(b, escapes[i].escape);
			return;
		}
	}
	buf_add_n(b, &c, 1);
}

/* A line that starts with one of these characters would be a request. */
static void
add_line(struct buf *b, const char *line)
{
	buf_printf(
	    b, "%s%s\n", line[0] == '.' || line[0] == '\'' ? "\\&" : "", line);
}

/* Wraps at blanks, so that no line of source is long; takes the text. */
static void
add_wrapped(struct buf *b, char *text)
{
	struct buf line = { 0 };
	char *rest = text, *word;

	while ((word = strsep(&rest, " ")) != NULL) {
		if (line.len > 0 && line.len + strlen(word) > WRAP) {
			add_line(b, buf_text(&line));
			buf_reset(&line);
		}
		buf_printf(&line, "%s%s", line.len > 0 ? " " : "", word);
	}
	if (line.len > 0)
		add_line(b, buf_text(&line));
	buf_free(&line);
	free(text);
}

/* Whether roff needs a hint that it may break the line there. */
static bool
wants_break(const char *prose, const char *s)
{
	return s > prose && s[-1] != ' ' && *s != ' ' && (*s & 0xc0) != 0x80 &&
	       text_may_break(prose, (size_t)(s - prose));
}

void
roff_text(struct buf *b, const char *prose)
{
	struct buf text = { 0 };
	bool literal = false;
	const char *s;

	for (s = prose; *s != '\0'; s++) {
		if (wants_break(prose, s))
			buf_add(&text, "\\:");
		if (*s == '`') {
			literal = !literal;
			buf_add(&text, literal ? "\\fB" : "\\fP");
		} else {
			add_char(&text, *s == '\n' ? ' ' : *s, literal);
		}
	}
	add_wrapped(b, buf_take(&text));
}

/* The length of the next word of a usage line. */
static size_t
usage_word(const char *s)
{
	size_t n = 0;

	while (isalnum((unsigned char)s[n]) || s[n] == '-')
		n++;
	return n;
}

static bool
is_placeholder(const char *s, size_t n)
{
	while (n > 0 && isupper((unsigned char)s[n - 1]))
		n--;
	return n == 0;
}

static char *
usage_markup(const char *usage)
{
	struct buf b = { 0 };
	size_t n, i;

	while (*usage != '\0') {
		n = usage_word(usage);
		if (n > 0)
			buf_add(&b, is_placeholder(usage, n) ? "\\fI" : "\\fB");
		for (i = 0; i < n; i++)
			add_char(&b, usage[i], true);
		if (n > 0)
			buf_add(&b, "\\fP");
		usage += n;
		for (; *usage != '\0' && usage_word(usage) == 0; usage++)
			add_char(&b, *usage, false);
	}
	return buf_take(&b);
}

void
roff_title(struct buf *b, const char *name, const char *section,
    const char *date, const char *source, const char *volume)
{
	buf_printf(b, ".TH %s %s \"%s\" \"%s\" \"%s\"\n", name, section, date,
	    source, volume);
	buf_add(b, ".nh\n.ad l\n");
}

void
roff_section(struct buf *b, const char *title)
{
	buf_printf(b, ".SH \"%s\"\n", title);
}

void
roff_subsection(struct buf *b, const char *title)
{
	buf_printf(b, ".SS \"%s\"\n", title);
}

/* A paragraph has already begun after a title. */
static void
add_break(struct buf *b)
{
	size_t n = b->len > 0 ? b->len - 1 : 0;

	while (n > 0 && b->s[n - 1] != '\n')
		n--;
	if (b->len == 0 || !has_prefix(b->s + n, ".S"))
		buf_add(b, ".PP\n");
}

void
roff_paragraph(struct buf *b, const char *prose)
{
	add_break(b);
	roff_text(b, prose);
}

/* A tag has to be one line of source. */
static void
add_tag(struct buf *b, const char *literal)
{
	buf_add(b, ".TP\n\\fB");
	for (; *literal != '\0'; literal++)
		add_char(b, *literal, true);
	buf_add(b, "\\fP");
}

void
roff_tag(struct buf *b, const char *literal)
{
	add_tag(b, literal);
	buf_add(b, "\n");
}

void
roff_key_tag(struct buf *b, const char *keys, const char *name)
{
	add_tag(b, keys);
	buf_printf(b, " (%s)\n", name);
}

void
roff_name(struct buf *b, const char *name, const char *prose)
{
	buf_printf(b, "%s \\- ", name);
	for (; *prose != '\0'; prose++)
		add_char(b, *prose, false);
	buf_add(b, "\n");
}

void
roff_usage_tag(struct buf *b, const char *usage)
{
	char *text = usage_markup(usage);

	buf_printf(b, ".TP\n%s\n", text);
	free(text);
}

void
roff_usage(struct buf *b, const char *usage)
{
	add_break(b);
	add_wrapped(b, usage_markup(usage));
}

void
roff_code(struct buf *b, const char *lines)
{
	char *copy = xstrdup(lines), *rest = copy, *line;
	struct buf text = { 0 };

	add_break(b);
	buf_add(b, ".RS 4\n.EX\n");
	while ((line = strsep(&rest, "\n")) != NULL) {
		buf_reset(&text);
		for (; *line != '\0'; line++)
			add_char(&text, *line, true);
		add_line(b, buf_text(&text));
	}
	buf_add(b, ".EE\n.RE\n");
	buf_free(&text);
	free(copy);
}

void
roff_indent(struct buf *b)
{
	buf_add(b, ".RS\n");
}

void
roff_outdent(struct buf *b)
{
	buf_add(b, ".RE\n");
}
