/* Why a value does not fit its field of a form, in words for people. */
#include "config.h"

#include "screens/misfit.h"

#include <string.h>

#include "core/base/intl.h"
#include "core/lang/statement.h"
#include "core/lang/suggest.h"
#include "core/lang/type_addr.h"
#include "tui/complete.h"

/* What exists whose name begins like the value. */
struct search {
	const char *value;
	struct candidates found;
};

static void
add_alike(void *arg, const char *word, const char *help)
{
	struct search *s = arg;

	if (has_prefix(word, s->value))
		candidates_add(&s->found, word, help);
}

/* The name that may have been meant: the whole of it, or else the first that
 * begins like it; NULL when there is none. */
static const char *
find_alike(const struct host *h, const struct type *t, struct search *search)
{
	const struct candidates *c = &search->found;
	struct suggest s = { .snapshot = &h->snapshot,
		.config = &h->candidate,
		.add = add_alike,
		.arg = search,
		.host = h };
	size_t i;

	suggest_values(t, &s);
	for (i = 0; i < c->n; i++)
		if (strcmp(c->v[i].word, search->value) == 0)
			return c->v[i].word;
	return c->n > 0 ? c->v[0].word : NULL;
}

static void
tell_who(const struct host *h, const char *value, struct buf *why)
{
	struct search containers = { .value = value };
	struct search bridges = { .value = value };
	const char *name = find_alike(h, &type_name, &containers);

	if (name != NULL) {
		buf_add(why, "\n");
		buf_printf(
		    why, _("a container is written: container %s"), name);
	} else if ((name = find_alike(h, &type_bridge, &bridges)) != NULL) {
		buf_add(why, "\n");
		buf_printf(why, _("a bridge is written: bridge %s"), name);
	}
	candidates_free(&containers.found);
	candidates_free(&bridges.found);
}

/* The address that the candidate gives a container. */
static const struct prefix *
address_of(const struct config *c, const char *name)
{
	const struct statement *st;
	size_t i;

	for (i = 0; i < c->n; i++) {
		st = c->v[i].st;
		if (st != NULL && st->kind == ST_CONTAINER &&
		    st->v[CONTAINER_ULA].set &&
		    strcmp(st->v[CONTAINER_NAME].text, name) == 0)
			return &st->v[CONTAINER_ULA].prefix;
	}
	return NULL;
}

static void
tell_address(const struct host *h, const char *value, struct buf *why)
{
	struct search containers = { .value = value };
	const char *name = find_alike(h, &type_name, &containers);
	const struct prefix *address =
	    name != NULL ? address_of(&h->candidate, name) : NULL;
	char text[ADDR_TEXT_MAX];

	if (address != NULL) {
		buf_add(why, "\n");
		buf_printf(why, _("the container %s has %s"), name,
		    addr_text(address, text));
	}
	candidates_free(&containers.found);
}

/* How what exists is written there. */
static const struct {
	const struct type *type;
	void (*tell)(const struct host *, const char *value, struct buf *);
} names[] = {
	{ &type_who, tell_who },
	{ &type_prefixes, tell_address },
};

static void
tell_name(const struct host *h, const struct type *t, const char *value,
    struct buf *why)
{
	size_t i;

	for (i = 0; i < NITEMS(names); i++)
		if (names[i].type == t)
			names[i].tell(h, value, why);
}

/* Whether the hint only explains the word that usage lines have for the type.
 */
static bool
explains(const struct err *e, const struct type *t)
{
	size_t n = strlen(t->metavar);

	return strncmp(e->hint, t->metavar, n) == 0 && e->hint[n] == ':';
}

static void
tell_error(const struct host *h, const struct type *t, const char *value,
    const struct err *e, struct buf *why)
{
	const struct type *rest = t->rest != NULL ? t->rest(value) : NULL;

	if (explains(e, t)) {
		buf_printf(why, _("%s; expected: %s"), e->text, _(t->desc));
		tell_name(h, t, value, why);
	} else if (rest != NULL && explains(e, rest)) {
		buf_printf(why, _("%s is only half of it; expected: %s"), value,
		    _(t->desc));
		tell_name(h, t, value, why);
	} else {
		buf_add(why, e->text);
		if (e->hint[0] != '\0')
			buf_printf(why, "\n%s", e->hint);
	}
}

void
misfit_tell(const struct host *h, const struct type *t, const char *value,
    struct buf *why)
{
	struct words w = { 0 };
	struct value v = { 0 };
	struct err e = { 0 };

	if (words_split(&w, value, &e) != 0 || t->parse(t, &w, &v, &e) != 0)
		tell_error(h, t, value, &e, why);
	else if (words_peek(&w) != NULL)
		buf_printf(why, _("too many words; expected: %s"), _(t->desc));
	type_free(t, &v);
	words_free(&w);
}
