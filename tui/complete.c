/* Completion candidates. */
#include "config.h"

#include "tui/complete.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct reading {
	struct candidates *out;
	const char *typed;
	size_t ntyped;
};

/* Blanks in quotes do not end a word. */
size_t
complete_start(const char *line, size_t at)
{
	size_t i, start = 0;
	bool quoted = false;

	for (i = 0; i < at; i++) {
		if (line[i] == '"')
			quoted = !quoted;
		else if ((line[i] == ' ' || line[i] == '\t') && !quoted)
			start = i + 1;
	}
	return start;
}

/* The slot of that candidate in the hash table, or the free one for it: a busy
 * host has thousands. Those whose word is "" differ by their help. */
static uint32_t *
place_of(const struct candidates *c, const char *word, const char *help)
{
	const char *name = word[0] != '\0' ? word : help;
	size_t at = hash_text(HASH_START, name) & (c->places - 1);
	const struct candidate *there;

	for (; c->table[at] != 0; at = (at + 1) & (c->places - 1)) {
		there = &c->v[c->table[at] - 1];
		if (strcmp(there->word, word) == 0 &&
		    (word[0] != '\0' || strcmp(there->help, help) == 0))
			break;
	}
	return &c->table[at];
}

/* Keeps the hash table at most half full; its size is a power of two. */
static void
make_room(struct candidates *c)
{
	size_t i;

	if (c->n * 2 < c->places)
		return;
	c->places = c->places > 0 ? c->places * 2 : 64;
	free(c->table);
	c->table = xcalloc(c->places, sizeof(*c->table));
	for (i = 0; i < c->n; i++)
		*place_of(c, c->v[i].word, c->v[i].help) = (uint32_t)i + 1;
}

void
candidates_add(void *ctx, const char *word, const char *help)
{
	struct candidates *c = ctx;
	uint32_t *place;

	help = help != NULL ? help : "";
	make_room(c);
	place = place_of(c, word, help);
	if (*place != 0)
		return;
	c->v = xgrow(c->v, c->n, sizeof(*c->v));
	c->v[c->n++] = (struct candidate){ xstrdup(word), xstrdup(help) };
	*place = (uint32_t)c->n;
}

static void
add(void *ctx, const char *word, const char *help)
{
	const struct reading *r = ctx;

	if (word[0] == '\0' || strncmp(word, r->typed, r->ntyped) == 0)
		candidates_add(r->out, word, help);
}

void
candidates_read(struct candidates *c, complete_fn *fn, void *arg,
    const char *line, size_t at)
{
	size_t start = complete_start(line, at);
	struct reading r = { c, line + start, at - start };

	candidates_free(c);
	if (fn != NULL)
		fn(arg, line, at, add, &r);
}

void
candidates_free(struct candidates *c)
{
	size_t i;

	for (i = 0; i < c->n; i++) {
		free(c->v[i].word);
		free(c->v[i].help);
	}
	free(c->v);
	free(c->table);
	memset(c, 0, sizeof(*c));
}

/* The length of the common prefix, in whole characters only. */
static size_t
shared(const char *a, const char *b, size_t max)
{
	size_t n = 0;

	while (n < max && a[n] != '\0' && a[n] == b[n])
		n++;
	while (n > 0 && n < max && (a[n] & 0xc0) == 0x80)
		n--;
	return n;
}

char *
candidates_common(const struct candidates *c)
{
	const char *one = NULL;
	size_t i, n = 0, words = 0;

	for (i = 0; i < c->n; i++) {
		if (c->v[i].word[0] == '\0')
			continue;
		if (words++ == 0) {
			one = c->v[i].word;
			n = strlen(one);
		} else {
			n = shared(one, c->v[i].word, n);
		}
	}
	if (one == NULL)
		return NULL;
	return xasprintf("%.*s%s", (int)n, one, words == 1 ? " " : "");
}

void
candidate_print(const struct candidate *c, size_t w, struct buf *b)
{
	size_t used = text_width(c->word);

	buf_add(b, c->word);
	buf_fill(b, ' ', (used < w ? w - used : 0) + 2);
	buf_add(b, c->help);
}

size_t
candidates_width(const struct candidates *c)
{
	size_t i, w, max = 0;

	for (i = 0; i < c->n; i++) {
		w = text_width(c->v[i].word);
		max = w > max ? w : max;
	}
	return max;
}
