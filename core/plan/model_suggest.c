/* Which container may have been meant by a name that is none. */
#include "config.h"

#include "core/plan/model_suggest.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/plan/model_parts.h"

/* The names that could have been meant; the list has each container once. */
struct names {
	struct buf list;
	const char *wanted, *near;
	unsigned distance; /* of near */
	bool clear;	   /* no other is as near */
};

static void
consider(struct names *n, const char *name)
{
	unsigned distance = text_distance(n->wanted, name);

	if (n->near == NULL || distance < n->distance) {
		n->near = name;
		n->distance = distance;
		n->clear = true;
	} else if (distance == n->distance) {
		n->clear = false;
	}
}

static void
add_name(struct names *n, const char *name)
{
	consider(n, name);
	buf_add(&n->list, n->list.len > 0 ? ", " : "");
	words_print(&n->list, name, "");
}

static void
add_container(struct names *n, const struct container *c)
{
	size_t i;

	add_name(n, c->name);
	for (i = 0; i < c->nnames; i++)
		if (strcmp(c->names[i].name, c->name) != 0)
			consider(n, c->names[i].name);
}

void
model_suggest_container(const struct config *config, const struct snapshot *s,
    const char *name, struct buf *b)
{
	struct names n = { .wanted = name };
	const struct container *c;
	const struct statement *st;
	char *near;
	size_t i;

	for (c = s->containers; c < END_OF(s->containers, s->ncontainers); c++)
		if (snapshot_container(s, c->name, NULL) == c)
			add_container(&n, c);
	for (i = 0; config != NULL && i < config->n; i++) {
		st = config->v[i].st;
		if (st != NULL && st->kind == ST_CONTAINER &&
		    snapshot_container(s, st->v[CONTAINER_NAME].text, NULL) ==
			NULL)
			add_name(&n, st->v[CONTAINER_NAME].text);
	}
	if (n.clear && n.distance <= 2) {
		near = model_shown(n.near);
		buf_printf(b, _("did you mean %s? "), near);
		free(near);
	}
	buf_printf(b, _("known containers: %s"),
	    n.list.len > 0 ? n.list.s : _("none"));
	buf_free(&n.list);
}
