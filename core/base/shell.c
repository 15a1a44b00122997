/* Commands that an admin copies into a root shell. Names in them may be of
 * others: a container calls its interfaces as it likes. */
#include "config.h"

#include "core/base/shell.h"

#include <stdarg.h>
#include <string.h>

#include "core/base/util.h"

#define PLAIN                                                                  \
	"abcdefghijklmnopqrstuvwxyz"                                           \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ"                                           \
	"0123456789-_./:"

bool
is_shell_word(const char *s)
{
	return *s != '\0' && *s != '-' && strspn(s, PLAIN) == strlen(s);
}

/* What double quotes do not keep from a shell, the last one from bash. */
static bool
is_active(const char *s)
{
	return strpbrk(s, "$`!") != NULL;
}

/* Not what a terminal shows in another way, or does. */
static bool
is_as_shown(const char *s)
{
	struct buf shown = { 0 };
	bool is;

	buf_escape(&shown, s, strlen(s));
	is = strcmp(buf_text(&shown), s) == 0;
	buf_free(&shown);
	return is;
}

/* As the language of seki has them, too. */
static void
add_quoted(struct buf *b, const char *s)
{
	buf_add(b, "\"");
	for (; *s != '\0'; s++) {
		if (*s == '"' || *s == '\\')
			buf_add(b, "\\");
		buf_add_n(b, s, 1);
	}
	buf_add(b, "\"");
}

static bool
add_word(struct buf *b, const char *s)
{
	if (is_shell_word(s)) {
		buf_add(b, s);
		return true;
	}
	if (*s == '\0' || *s == '-' || is_active(s) || !is_as_shown(s))
		return false;
	add_quoted(b, s);
	return true;
}

static bool
add_words(struct buf *b, const char *fmt, va_list words)
{
	const char *place;

	while ((place = strstr(fmt, "%s")) != NULL) {
		buf_add_n(b, fmt, (size_t)(place - fmt));
		if (!add_word(b, va_arg(words, const char *)))
			return false;
		fmt = place + 2;
	}
	buf_add(b, fmt);
	return true;
}

bool
shell_add(struct buf *b, const char *fmt, ...)
{
	struct buf command = { 0 };
	va_list words;
	bool added;

	va_start(words, fmt);
	added = add_words(&command, fmt, words);
	va_end(words);
	if (added)
		buf_printf(
		    b, "%s%s", b->len > 0 ? " && " : "", buf_text(&command));
	buf_free(&command);
	return added;
}

bool
shell_takes(const char *line)
{
	bool quoted = false;

	for (; *line != '\0'; line++)
		if (*line == '"')
			quoted = !quoted;
		else if (quoted && *line == '\\' && line[1] != '\0')
			line++;
		else if (quoted ? strchr("$`!", *line) != NULL
				: strchr(PLAIN " ,", *line) == NULL)
			return false;
	return !quoted;
}
