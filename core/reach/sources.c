/* Sources on the Internet, as pieces and as text. */
#include "config.h"

#include "core/reach/sources.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"

static bool
is_on_internet(const struct prefix *p)
{
	static const struct prefix loopback = {
		.family = AF_INET6, .len = 128, .bytes = { [15] = 1 }
	};
	bool ula = addr_is_ula(p) && p->len >= 7;
	bool link_local = addr_is_link_local(p) && p->len >= 10;
	bool multicast = p->bytes[0] == 0xff && p->len >= 8;

	if (p->family == AF_INET)
		return addr_is_global(p);
	return p->family == AF_INET6 && !ula && !link_local && !multicast &&
	       !prefix_equal(p, &loopback);
}

void
sources_add(struct sources *s, const struct prefix *p)
{
	if (p->family != s->family || !is_on_internet(p))
		return;
	s->v = xgrow(s->v, s->n, sizeof(*s->v));
	s->v[s->n++] = *p;
}

static int
compare(const void *a, const void *b)
{
	return prefix_compare(a, b);
}

void
sources_sort(struct sources *s)
{
	const struct prefix anywhere = { .family = s->family };
	size_t i, n = 1;

	sources_add(s, &anywhere);
	qsort(s->v, s->n, sizeof(*s->v), compare);
	for (i = 1; i < s->n; i++)
		if (!prefix_equal(&s->v[i], &s->v[n - 1]))
			s->v[n++] = s->v[i];
	s->n = n;
}

void
sources_free(struct sources *s)
{
	free(s->v);
	memset(s, 0, sizeof(*s));
}

/* The narrowest prefix that contains prefix i; i itself for the first. */
static size_t
parent(const struct sources *s, size_t i)
{
	size_t k = i;

	while (k > 0)
		if (prefix_holds(&s->v[--k], &s->v[i]))
			return k;
	return i;
}

/* Appends the excluded prefixes within prefix at, where everything around them
 * is included. */
static void
print_exceptions(
    const struct sources *s, const bool *in, size_t at, struct buf *b)
{
	size_t i, up;

	for (i = at + 1; i < s->n && prefix_holds(&s->v[at], &s->v[i]); i++) {
		for (up = parent(s, i); up != at && in[up];)
			up = parent(s, up);
		if (in[i] || up != at)
			continue;
		buf_add(b, b->len > 0 ? ", " : "");
		prefix_print(&s->v[i], b);
	}
}

void
sources_print(const struct sources *s, const bool *in, struct buf *b)
{
	struct buf all = { 0 }, but = { 0 };
	const char *join = "";
	size_t i;

	for (i = 0; i < s->n; i++) {
		if (!in[i] || (i > 0 && in[parent(s, i)]))
			continue;
		buf_reset(&all);
		buf_reset(&but);
		if (i == 0)
			buf_add(&all, _("anywhere"));
		else
			prefix_print(&s->v[i], &all);
		print_exceptions(s, in, i, &but);
		buf_add(b, join);
		if (but.len > 0)
			buf_printf(b, _("%s but %s"), all.s, but.s);
		else
			buf_add(b, all.s);
		join = but.len > 0 ? _(", and from ") : ", ";
	}
	buf_free(&all);
	buf_free(&but);
}
