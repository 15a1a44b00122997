/* The initial text of a form for a new statement. */
#include "config.h"

#include "screens/begin.h"

#include "core/lang/statement.h"
#include "core/lang/suggest.h"

/* The name that it begins with, out of the suggestions for its first value. */
enum named {
	NAMED_NOT,
	NAMED_FIRST, /* the first; there is hardly ever another */
	NAMED_FREE,  /* the first that is not in the candidate */
	NAMED_ANY,   /* the same, or else the first, to be edited */
};

static const struct {
	enum named named;
	const char *rest; /* text after the kind and the name */
} starts[ST_COUNT] = {
	[ST_UPLINK] = { NAMED_FIRST, "" },
	[ST_BRIDGE] = { NAMED_ANY, " ula auto masquerade" },
	[ST_CONTAINER] = { NAMED_FREE, " ula auto" },
	[ST_FORWARD] = { NAMED_NOT, " tcp" },
	[ST_ALLOW] = { NAMED_NOT, " input" },
	[ST_DENY] = { NAMED_NOT, " input" },
	[ST_REJECT] = { NAMED_NOT, " input" },
	[ST_DEFAULT] = { NAMED_ANY, " deny" },
	[ST_OPTION] = { NAMED_ANY, "" },
};

struct search {
	const struct host *host;
	enum statement_kind kind;
	bool free;	  /* only a name that is not in the candidate */
	struct buf *name; /* the result */
};

static bool
is_in_candidate(const struct search *s, const char *word)
{
	struct buf line = { 0 };
	struct statement *key;
	struct err ignored;
	bool is;

	buf_printf(&line, "%s %s", statement_rows[s->kind].name, word);
	key = statement_key_from(buf_text(&line), &ignored);
	is = key == NULL || config_same(&s->host->candidate, key) != NULL;
	statement_free(key);
	buf_free(&line);
	return is;
}

static void
take_first(void *arg, const char *word, const char *help UNUSED)
{
	const struct search *s = arg;

	if (s->name->len == 0 && !(s->free && is_in_candidate(s, word)))
		buf_add(s->name, word);
}

void
begin_name(const struct host *h, enum statement_kind kind, struct buf *b)
{
	const struct type *t = statement_rows[kind].args[0].type;
	enum named named = starts[kind].named;
	struct buf name = { 0 };
	struct search found = { h, kind, named != NAMED_FIRST, &name };
	struct suggest s = { .snapshot = &h->snapshot,
		.config = &h->candidate,
		.add = take_first,
		.arg = &found,
		.host = h };

	if (named != NAMED_NOT)
		suggest_values(t, &s);
	found.free = false;
	if (named == NAMED_ANY && name.len == 0)
		suggest_values(t, &s);
	buf_add(b, buf_text(&name));
	buf_free(&name);
}

void
begin_statement(const struct host *h, enum statement_kind kind, struct buf *b)
{
	struct buf name = { 0 };

	buf_add(b, statement_rows[kind].name);
	begin_name(h, kind, &name);
	if (name.len > 0)
		buf_printf(b, " %s", buf_text(&name));
	if (name.len > 0 || starts[kind].named == NAMED_NOT)
		buf_add(b, starts[kind].rest);
	buf_free(&name);
}
