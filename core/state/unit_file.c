/* Reads files of systemd units. */
#include "config.h"

#include "core/state/unit_file.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/util.h"

#define BLANKS " \t\r"

/* ---- lines */

static bool
is_comment(const char *line)
{
	line += strspn(line, BLANKS);
	return *line == '#' || *line == ';';
}

/* Cuts off a backslash at the end. */
static bool
goes_on(char *line)
{
	size_t len = strlen(line);

	if (len == 0 || line[len - 1] != '\\')
		return false;
	line[len - 1] = '\0';
	return true;
}

/* Cuts off the next line, which may be empty; NULL at the end. */
static char *
cut_line(char **rest)
{
	char *line = *rest;

	if (line == NULL || *line == '\0')
		return NULL;
	line = strsep(rest, "\n");
	return line;
}

/* One that ends in a backslash goes on in the next, comments between them left
 * out. False at the end. */
static bool
read_line(char **rest, struct buf *to)
{
	char *line;
	bool more = false;

	buf_reset(to);
	while ((line = cut_line(rest)) != NULL) {
		if (is_comment(line))
			continue;
		more = goes_on(line);
		buf_add(to, line);
		if (!more)
			return true;
		buf_add(to, " ");
	}
	return more;
}

/* ---- words */

/* As C has them; what is not among them stands for itself. */
static char
escaped(char c)
{
	static const char letters[] = "abfnrtvs";
	static const char bytes[] = "\a\b\f\n\r\t\v ";
	const char *at = c != '\0' ? strchr(letters, c) : NULL;

	return at != NULL ? bytes[at - letters] : c;
}

char *
unit_file_word(char **rest)
{
	char *from = *rest + strspn(*rest, BLANKS), *word = from, *to = from;
	char quote = '\0';

	if (*from == '\0')
		return NULL;
	for (; *from != '\0'; from++) {
		if (quote == '\0' && strchr(BLANKS, *from) != NULL)
			break;
		if (quote == '\0' && (*from == '"' || *from == '\''))
			quote = *from;
		else if (*from == quote)
			quote = '\0';
		else if (*from == '\\' && from[1] != '\0')
			*to++ = escaped(*++from);
		else
			*to++ = *from;
	}
	*rest = *from != '\0' ? from + 1 : from;
	*to = '\0';
	return word;
}

/* ---- settings */

/* Of a path, which may have what systemd takes for an order of its own. */
static bool
is_seki(const char *word)
{
	const char *name = strrchr(word, '/');

	name = name != NULL ? name + 1 : word + strspn(word, "@-:+!");
	return strcmp(name, "seki") == 0;
}

/* A shell may run it, which has it in one word. */
static bool
runs_apply(char *command)
{
	bool ours = false, applies = false;
	char *word;

	while ((word = unit_file_word(&command)) != NULL) {
		applies = applies || (ours && strcmp(word, "apply") == 0) ||
			  strstr(word, "seki apply") != NULL;
		ours = ours || is_seki(word);
	}
	return applies;
}

static void
on_start(char *command, struct unit_order *o)
{
	if (*command == '\0')
		o->applies = o->stays = false;
	else if (runs_apply(command))
		o->applies = true;
	else
		o->stays = true;
}

/* No empty one takes back what others said. */
static void
on_after(char *units, struct unit_order *o)
{
	static const char *const late[] = { "network-online.target",
		"network.target", "networking.service",
		"NetworkManager-wait-online.service",
		"systemd-networkd-wait-online.service" };
	char *word;
	size_t i;

	while ((word = unit_file_word(&units)) != NULL)
		for (i = 0; i < NITEMS(late); i++)
			o->late = o->late || strcmp(word, late[i]) == 0;
}

static void
on_setting(
    const char *section, const char *key, char *value, struct unit_order *o)
{
	static const struct {
		const char *section, *key;
		void (*fn)(char *, struct unit_order *);
	} rows[] = {
		{ "[Service]", "ExecStart", on_start },
		{ "[Unit]", "After", on_after },
	};
	size_t i;

	for (i = 0; i < NITEMS(rows); i++)
		if (strcmp(rows[i].section, section) == 0 &&
		    strcmp(rows[i].key, key) == 0)
			rows[i].fn(value, o);
}

static char *
trim(char *text)
{
	size_t n;

	text += strspn(text, BLANKS);
	for (n = strlen(text); n > 0 && strchr(BLANKS, text[n - 1]) != NULL;
	     n--)
		text[n - 1] = '\0';
	return text;
}

void
unit_order_read(struct unit_order *o, const char *text)
{
	char *copy = xstrdup(text), *rest = copy, *line, *equals;
	struct buf all = { 0 }, section = { 0 };

	while (read_line(&rest, &all)) {
		if (all.len == 0)
			continue;
		line = trim(all.s);
		equals = strchr(line, '=');
		if (*line == '[') {
			buf_reset(&section);
			buf_add(&section, line);
		} else if (equals != NULL) {
			*equals = '\0';
			on_setting(buf_text(&section), trim(line),
			    trim(equals + 1), o);
		}
	}
	buf_free(&section);
	buf_free(&all);
	free(copy);
}
