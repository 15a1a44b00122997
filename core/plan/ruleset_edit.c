/* Small differences between rulesets as the kernel takes them. */
#include "config.h"

#include "core/plan/ruleset_edit.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/plan/ruleset_diff.h"

#define TYPES_MAX 128 /* bytes */
#define REGISTER 4    /* bytes */

/* Fields of keys, and of what they lead to */

static bool
put_address(const char *text, uint8_t *to, size_t size UNUSED)
{
	return inet_pton(AF_INET6, text, to) == 1;
}

static bool
put_ipv4(const char *text, uint8_t *to, size_t size UNUSED)
{
	return inet_pton(AF_INET, text, to) == 1;
}

/* In quotes. */
static bool
put_link(const char *text, uint8_t *to, size_t size)
{
	size_t n = strlen(text);

	if (n < 2 || n - 2 >= size || text[0] != '"' || text[n - 1] != '"')
		return false;
	memcpy(to, text + 1, n - 2);
	return true;
}

static bool
put_number(const char *text, uint8_t *to, size_t size)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);
	size_t i;

	for (i = size; i > 0; i--, n >>= 8)
		to[i - 1] = (uint8_t)n;
	return n == 0 && end != text && *end == '\0';
}

/* enum ip_conntrack_dir */
static bool
put_direction(const char *text, uint8_t *to, size_t size UNUSED)
{
	*to = strcmp(text, "reply") == 0;
	return *to == 1 || strcmp(text, "original") == 0;
}

static const struct {
	const char *type;
	size_t size;
	bool (*put)(const char *text, uint8_t *to, size_t size);
} fields[] = {
	{ "ipv6_addr", 16, put_address },
	{ "ipv4_addr", 4, put_ipv4 },
	{ "ifname", IFNAMSIZ, put_link },
	{ "inet_proto", 1, put_number },
	{ "inet_service", 2, put_number },
	{ "ct_dir", 1, put_direction },
};

static bool
put_field(const char *type, const char *text, struct net_bytes *b)
{
	size_t i = 0, size;

	while (i < NITEMS(fields) && strcmp(fields[i].type, type) != 0)
		i++;
	if (i == NITEMS(fields))
		return false;
	size = fields[i].size;
	if (b->n + ROUND_UP(size, REGISTER) > sizeof(b->v) ||
	    !fields[i].put(text, b->v + b->n, size))
		return false;
	b->n += ROUND_UP(size, REGISTER);
	return true;
}

/* Cuts off the first of "A . B". */
static char *
next_field(char **rest)
{
	char *field = *rest, *dot;

	if (field == NULL)
		return NULL;
	dot = strstr(field, " . ");
	if (dot != NULL)
		*dot = '\0';
	*rest = dot != NULL ? dot + strlen(" . ") : NULL;
	return field;
}

static bool
put_fields(const char *types, const char *texts, struct net_bytes *b)
{
	char *of_types = xstrdup(types), *of_texts = xstrdup(texts);
	char *t = of_types, *x = of_texts, *type, *text;
	bool fits;

	do {
		type = next_field(&t);
		text = next_field(&x);
		fits = type != NULL && text != NULL && put_field(type, text, b);
	} while (fits && (t != NULL || x != NULL));
	free(of_types);
	free(of_texts);
	return fits;
}

/* Changes */

struct edits {
	struct net_edit *v;
	size_t n;
	bool small; /* so far */
};

static struct net_edit *
add(struct edits *to, bool adds, const char *set, const char *name)
{
	to->small = to->small && to->n < NET_EDITS_MAX;
	if (!to->small)
		return NULL;
	to->v[to->n] =
	    (struct net_edit){ .adds = adds, .set = set, .name = name };
	return &to->v[to->n++];
}

static void
add_counters(struct edits *to, const struct ruleset *from,
    const struct ruleset *lacking, bool adds)
{
	struct missing m = { .from = &from->counters,
		.to = &lacking->counters,
		.keys_alone = true };
	const struct element *e;

	while (to->small && (e = ruleset_missing(&m)) != NULL)
		add(to, adds, NULL, e->key);
}

/* Types as they are declared: "type A . B : C; flags interval;". The elements
 * of intervals have two ends. */
static bool
read_types(const char *declaration, char key[TYPES_MAX], char value[TYPES_MAX])
{
	value[0] = '\0';
	if (strstr(declaration, "flags") != NULL ||
	    sscanf(declaration, "type %127[^:;]: %127[^;]", key, value) < 1)
		return false;
	cut_suffix(key, " ");
	return true;
}

static bool
put_element(struct net_edit *c, const struct element *e, const char *key,
    const char *value)
{
	if (!put_fields(key, e->key, &c->key))
		return false;
	if (!c->adds || value[0] == '\0')
		return true;
	if (strcmp(value, "counter") != 0)
		return put_fields(value, e->value, &c->data);
	c->name = e->value;
	return true;
}

static void
add_elements(struct edits *to, const struct ruleset *from,
    const struct ruleset *lacking, size_t set, bool adds)
{
	struct missing m = { .from = &from->sets[set],
		.to = &lacking->sets[set] };
	char key[TYPES_MAX], value[TYPES_MAX];
	const struct element *e;
	struct net_edit *c;

	while (to->small && (e = ruleset_missing(&m)) != NULL) {
		c = add(to, adds, ruleset_sets[set].name, NULL);
		to->small =
		    c != NULL &&
		    read_types(ruleset_sets[set].declaration, key, value) &&
		    put_element(c, e, key, value);
	}
}

size_t
ruleset_edits(const struct ruleset *want, const struct ruleset *have,
    struct net_edit v[NET_EDITS_MAX])
{
	struct edits c = { .v = v, .small = ruleset_same_shape(want, have) };
	size_t i;

	add_counters(&c, want, have, true);
	for (i = 0; i < SET_COUNT; i++) {
		add_elements(&c, have, want, i, false);
		add_elements(&c, want, have, i, true);
	}
	add_counters(&c, have, want, false);
	return c.small ? c.n : 0;
}
