/* Reads shapes, such as {name, state: on|off, ports: [...]}, into a schema. */
#include "config.h"

#include "doc/json_schema.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "core/show/output.h"
#include "core/show/report.h"

/* Of a shape; bad once it is none. */
struct reader {
	const char *s;
	bool bad;
};

static json_t *read_value(struct reader *);

static char
peek(struct reader *r)
{
	r->s += strspn(r->s, " \n");
	return *r->s;
}

static bool
take(struct reader *r, char c)
{
	if (peek(r) != c)
		return false;
	r->s++;
	return true;
}

#define WORD "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_."

/* Owned by the caller, "" when there is none. */
static char *
read_word(struct reader *r)
{
	const char *from;
	size_t n;

	peek(r);
	from = r->s;
	n = strspn(from, WORD);
	r->s += n;
	r->bad |= n == 0;
	return xstrndup(from, n);
}

/* Words with a meaning of their own; others stand for themselves. */
static json_t *
word_value(const char *word)
{
	return strcmp(word, "null") == 0    ? json_null()
	       : strcmp(word, "true") == 0  ? json_true()
	       : strcmp(word, "false") == 0 ? json_false()
					    : json_string(word);
}

/* One word alone says no more than that there is something. */
static json_t *
read_words(struct reader *r)
{
	json_t *all = json_array();
	char *word;

	do {
		word = read_word(r);
		json_array_append_new(all, word_value(word));
		free(word);
	} while (take(r, '|') && !r->bad);
	if (json_array_size(all) > 1)
		return json_pack("{s:o}", "enum", all);
	json_decref(all);
	return json_object();
}

static void
read_member(struct reader *r, json_t *properties, json_t *required)
{
	char *name = read_word(r);

	if (strcmp(name, "...") != 0) {
		json_array_append_new(required, json_string(name));
		json_object_set_new(properties, name,
		    take(r, ':') ? read_value(r) : json_object());
	}
	free(name);
}

static json_t *
read_object(struct reader *r)
{
	json_t *properties = json_object(), *required = json_array();

	do
		read_member(r, properties, required);
	while (take(r, ',') && !r->bad);
	r->bad |= !take(r, '}');
	return json_pack("{s:s,s:o,s:o}", "type", "object", "required",
	    required, "properties", properties);
}

static json_t *
read_array(struct reader *r)
{
	json_t *items = read_value(r);

	r->bad |= !take(r, ']');
	return json_pack("{s:s,s:o}", "type", "array", "items", items);
}

static json_t *
read_value(struct reader *r)
{
	json_t *value;

	if (!take(r, '{') && !take(r, '['))
		return read_words(r);
	value = r->s[-1] == '{' ? read_object(r) : read_array(r);
	if (!take(r, '|'))
		return value;
	json_decref(read_words(r));
	return json_pack("{s:[o,{s:s}]}", "anyOf", value, "type", "null");
}

/* {"schema": 1, NAME: [...]} */
static void
add_answer(json_t *all, const char *name, const char *shape, bool *good)
{
	struct reader r = { .s = shape };
	json_t *item = read_value(&r);

	*good &= !r.bad && peek(&r) == '\0';
	json_array_append_new(all,
	    json_pack("{s:s,s:[s,s],s:{s:{s:i},s:{s:s,s:o}}}", "type", "object",
		"required", "schema", name, "properties", "schema", "const", 1,
		name, "type", "array", "items", item));
}

static int
add_piece(const char *text, size_t n, void *arg)
{
	buf_add_n(arg, text, n);
	return 0;
}

bool
json_schema_print(struct buf *b)
{
	json_t *all = json_array(), *schema;
	const struct choice *c;
	bool good = true;

	for (c = outputs; c->word != NULL; c++)
		add_answer(all, c->word, output_shape(c->word), &good);
	add_answer(all, "diff", report_diff_shape, &good);
	add_answer(all, "commit", report_commit_shape, &good);
	schema = json_pack("{s:s,s:s,s:o}", "$schema",
	    "http://json-schema.org/draft-07/schema#", "title",
	    "JSON answers by seki", "oneOf", all);
	json_dump_callback(schema, add_piece, b, JSON_INDENT(1));
	buf_add(b, "\n");
	json_decref(schema);
	return good;
}
