/* Choice of addresses by gai.conf. */
#include "config.h"

#include "core/reach/gai.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/util.h"

enum table { LABEL, PRECEDENCE, SCOPE4, TABLES };

#define ROWS_MAX 64	/* of a table; others are left out */
#define GLOBAL_SCOPE 14 /* RFC 4291, 2.7 */
#define NO_VALUE -1	/* of a destination that has none in its table */

struct row {
	struct prefix of;
	int value;
};

struct tables {
	struct row v[TABLES][ROWS_MAX];
	size_t n[TABLES];
};

static const char *const names[TABLES] = {
	[LABEL] = "label", [PRECEDENCE] = "precedence", [SCOPE4] = "scopev4"
};

/* Those of glibc (sysdeps/posix/getaddrinfo.c), which has RFC 3484's with a
 * label for ULAs. Where a file has some of a table, the others of that are not
 * there, but for that of all. */
static const struct preset {
	enum table table;
	const char *of;
	int value;
	bool always;
} presets[] = {
	{ LABEL, "::1/128", 0, false },
	{ LABEL, "2002::/16", 2, false },
	{ LABEL, "::/96", 3, false },
	{ LABEL, "::ffff:0:0/96", 4, false },
	{ LABEL, "fec0::/10", 5, false },
	{ LABEL, "fc00::/7", 6, false },
	{ LABEL, "2001::/32", 7, false },
	{ LABEL, "::/0", 1, true },
	{ PRECEDENCE, "::1/128", 50, false },
	{ PRECEDENCE, "2002::/16", 30, false },
	{ PRECEDENCE, "::/96", 20, false },
	{ PRECEDENCE, "::ffff:0:0/96", 10, false },
	{ PRECEDENCE, "::/0", 40, true },
	{ SCOPE4, "::ffff:169.254.0.0/112", 2, false },
	{ SCOPE4, "::ffff:127.0.0.0/104", 2, false },
	{ SCOPE4, "::/0", GLOBAL_SCOPE, true },
};

/* Both families in one. */
static struct prefix
mapped(const struct prefix *p)
{
	struct prefix to = { .family = AF_INET6,
		.bytes = { [10] = 0xff, 0xff } };

	if (p->family != AF_INET)
		return *p;
	to.len = (uint8_t)(p->len + 96);
	memcpy(to.bytes + 12, p->bytes, 4);
	return to;
}

static void
add_row(struct tables *t, enum table at, const char *of, int value)
{
	struct prefix p;

	if (prefix_parse(&p, of) == 0 && t->n[at] < ROWS_MAX)
		t->v[at][t->n[at]++] = (struct row){ mapped(&p), value };
}

static void
take_line(struct tables *t, char *line)
{
	char *words[3] = { NULL }, *word;
	size_t n = 0, i;

	line[strcspn(line, "#")] = '\0';
	while (n < NITEMS(words) && (word = strsep(&line, " \t\r")) != NULL)
		if (*word != '\0')
			words[n++] = word;
	for (i = 0; n == NITEMS(words) && i < TABLES; i++)
		if (strcmp(words[0], names[i]) == 0)
			add_row(t, (enum table)i, words[1], atoi(words[2]));
}

static void
read_conf(struct tables *t, const char *conf)
{
	char *copy = xstrdup(conf), *rest = copy, *line;

	while ((line = next_line(&rest)) != NULL)
		take_line(t, line);
	free(copy);
}

static void
fill(struct tables *t, const char *conf)
{
	bool own[TABLES];
	size_t i;

	memset(t, 0, sizeof(*t));
	read_conf(t, conf);
	for (i = 0; i < TABLES; i++)
		own[i] = t->n[i] > 0;
	for (i = 0; i < NITEMS(presets); i++)
		if (presets[i].always || !own[presets[i].table])
			add_row(t, presets[i].table, presets[i].of,
			    presets[i].value);
}

/* That of the longest prefix; of the first among equals. */
static int
value_of(const struct tables *t, enum table at, const struct prefix *addr)
{
	const struct prefix whole = mapped(addr);
	const struct row *r = t->v[at], *best = NULL;

	for (; r < END_OF(t->v[at], t->n[at]); r++)
		if (prefix_holds(&r->of, &whole) &&
		    (best == NULL || r->of.len > best->of.len))
			best = r;
	return best != NULL ? best->value : NO_VALUE;
}

static bool
is_alike(const struct tables *t, enum table at, const struct prefix *a,
    const struct prefix *b)
{
	return value_of(t, at, a) == value_of(t, at, b);
}

/* Rules 2, 5 and 6; the others do not tell these apart, and the last one leaves
 * them as the name server has them. */
bool
gai_prefers_ipv4(const char *conf, const struct prefix *source6,
    const struct prefix *source4)
{
	const struct prefix to6 = {
		.family = AF_INET6, .len = 128, .bytes = { 0x20, 0x01, 0x48 }
	};
	const struct prefix to4 = {
		.family = AF_INET, .len = 32, .bytes = { 8, 8, 8, 8 }
	};
	struct tables t;
	bool by6, by4;

	fill(&t, conf);
	if (!is_alike(&t, SCOPE4, source4, &to4))
		return false;
	by6 = is_alike(&t, LABEL, source6, &to6);
	by4 = is_alike(&t, LABEL, source4, &to4);
	if (by6 != by4)
		return by4;
	return value_of(&t, PRECEDENCE, &to4) > value_of(&t, PRECEDENCE, &to6);
}

bool
gai_has_labels(const char *conf)
{
	struct tables t;

	memset(&t, 0, sizeof(t));
	read_conf(&t, conf);
	return t.n[LABEL] > 0;
}
