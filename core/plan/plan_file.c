/* A plan's steps on disk: a line each, KIND host|inside NAME ADDRESS TO GATEWAY
 * NUMBER... */
#include "config.h"

#include "core/plan/plan_file.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/util.h"
#include "core/lang/words.h"

#define PLAN_MAX (64u << 20) /* bytes; a table of 5000 forwards has 4 MiB */

enum {
	WORD_KIND,
	WORD_WHERE,
	WORD_NAME,
	WORD_ADDRESS,
	WORD_TO,
	WORD_GATEWAY,
	WORD_SOURCE,
	WORD_NUMBERS
};

/* The numbers of a step, a word each. */
#define NUMBER(member)                                                         \
	{                                                                      \
		offsetof(struct step, member),                                 \
		    sizeof(((struct step *)0)->member)                         \
	}
static const struct {
	size_t at, size;
} numbers[] = {
	NUMBER(at.netns),
	NUMBER(at.port),
	NUMBER(at.index),
	NUMBER(conf),
	NUMBER(before),
	NUMBER(after),
	NUMBER(address.flags),
	NUMBER(address.valid),
	NUMBER(address.preferred),
	NUMBER(address.proto),
	NUMBER(route.protocol),
	NUMBER(route.metric),
	NUMBER(route.expires),
	NUMBER(failed),
	NUMBER(was.marks),
	NUMBER(was.shape),
	NUMBER(was.elements),
	NUMBER(redirects),
	NUMBER(route.unreachable),
	NUMBER(mac),
};
#define WORD_COUNT (WORD_NUMBERS + NITEMS(numbers))
/* Of an older seki: it made no bridges, knew no unreachable routes either, kept
 * no redirects, or did not even tell tables by their digests. */
static const size_t older[] = { WORD_COUNT - 1, WORD_COUNT - 2, WORD_COUNT - 3,
	WORD_COUNT - 6 };

static uint64_t
get_number(const struct step *s, size_t i)
{
	const char *p = (const char *)s + numbers[i].at;
	uint64_t wide;
	uint32_t narrow;

	switch (numbers[i].size) {
	case sizeof(wide):
		memcpy(&wide, p, sizeof(wide));
		return wide;
	case sizeof(narrow):
		memcpy(&narrow, p, sizeof(narrow));
		return narrow;
	default:
		return *(const uint8_t *)p;
	}
}

static void
set_number(struct step *s, size_t i, uint64_t wide)
{
	char *p = (char *)s + numbers[i].at;
	uint32_t narrow = (uint32_t)wide;

	switch (numbers[i].size) {
	case sizeof(wide):
		memcpy(p, &wide, sizeof(wide));
		break;
	case sizeof(narrow):
		memcpy(p, &narrow, sizeof(narrow));
		break;
	default:
		*(uint8_t *)p = (uint8_t)wide;
	}
}

static void
print_step(const struct step *s, struct buf *b)
{
	const struct prefix *prefixes[] = { &s->address.prefix, &s->route.to,
		&s->route.gateway, &s->route.source };
	char text[ADDR_TEXT_MAX];
	size_t i;

	buf_printf(b, "%s %s ", step_kinds[s->kind].name,
	    s->container != NULL ? "inside" : "host");
	words_print(b, s->name, "");
	for (i = 0; i < NITEMS(prefixes); i++)
		buf_printf(b, " %s", prefix_text(prefixes[i], text));
	for (i = 0; i < NITEMS(numbers); i++)
		buf_printf(b, " %" PRIu64, get_number(s, i));
	buf_add(b, "\n");
}

static int
write_text(
    const char *path, const char *suffix, const char *text, struct err *e)
{
	char *file = xasprintf("%s.%s", path, suffix);
	int r = text != NULL ? file_replace(file, text, strlen(text), 0600, e)
			     : file_remove(file, e);

	free(file);
	return r;
}

int
plan_write(const struct plan *p, const char *path, struct err *e)
{
	const struct step *s;
	struct buf b = { 0 };
	int r = 0;

	for (s = p->v; s < END_OF(p->v, p->n) && r == 0; s++) {
		print_step(s, &b);
		if (s->kind == STEP_RULESET)
			r = write_text(path, "ruleset", s->undo, e);
		if (s->kind == STEP_RULESET && r == 0)
			r = write_text(path, "back", s->back, e);
	}
	if (r == 0)
		r = file_replace(path, buf_text(&b), b.len, 0600, e);
	buf_free(&b);
	return r;
}

static bool
parse_prefix(struct prefix *p, const char *text)
{
	if (strcmp(text, "-") != 0)
		return prefix_parse(p, text) == 0;
	memset(p, 0, sizeof(*p));
	return true;
}

static bool
parse_number(struct step *s, size_t i, const char *text)
{
	set_number(s, i, strtoull(text, NULL, 10));
	return text[0] != '\0' && text[strspn(text, "0123456789")] == '\0';
}

static bool
parse_step(struct step *s, const struct words *w)
{
	bool whole =
	    parse_prefix(&s->address.prefix, w->v[WORD_ADDRESS].text) &&
	    parse_prefix(&s->route.to, w->v[WORD_TO].text) &&
	    parse_prefix(&s->route.gateway, w->v[WORD_GATEWAY].text) &&
	    parse_prefix(&s->route.source, w->v[WORD_SOURCE].text);
	size_t i;

	for (i = 0; i < w->n - WORD_NUMBERS && whole; i++)
		whole = parse_number(s, i, w->v[WORD_NUMBERS + i].text);
	s->address.index = s->route.index = s->at.index;
	s->done = true;
	return whole;
}

/* A container that is gone took its addresses along, and one that has its name
 * now is another one. */
static bool
find_container(struct step *s, const struct snapshot *snapshot)
{
	s->container = snapshot_container_at(snapshot, &s->at);
	return s->container != NULL;
}

static bool
has_step(const struct plan *p, enum step_number kind, int index)
{
	const struct step *s;

	for (s = p->v; s < END_OF(p->v, p->n); s++)
		if (s->kind == kind && s->at.index == index)
			return true;
	return false;
}

/* A bridge that another step deleted is made again before this one is
 * undone. */
static bool
is_gone(
    const struct plan *p, const struct step *s, const struct snapshot *snapshot)
{
	return s->container == NULL && s->at.index != 0 && !step_is_bridge(s) &&
	       snapshot_link_at(snapshot, s->at.index) == NULL &&
	       !has_step(p, STEP_BRIDGE_REMOVE, s->at.index);
}

/* A bridge stays that containers are ports of by now. */
static bool
is_used(const struct step *s, const struct snapshot *snapshot)
{
	const struct link *l =
	    snapshot_bridge_made(snapshot, s->at.index, s->mac);

	return s->kind == STEP_BRIDGE_MAKE && l != NULL &&
	       link_has_ports(snapshot, l);
}

static void
note_gone(const struct step *s, struct buf *gone)
{
	struct buf name = { 0 };

	if (gone == NULL)
		return;
	buf_escape(&name, s->name, strlen(s->name));
	if (!has_line(buf_text(gone), buf_text(&name)))
		buf_printf(gone, "%s\n", buf_text(&name));
	buf_free(&name);
}

static enum step_number
find_kind(const char *name)
{
	unsigned kind = 0;

	while (kind < STEP_COUNT && strcmp(step_kinds[kind].name, name) != 0)
		kind++;
	return (enum step_number)kind;
}

/* Adds the step of a line; false if it is invalid. */
static bool
add_step(struct plan *p, const struct words *w, const struct snapshot *snapshot,
    struct buf *gone)
{
	const char *where = w->v[WORD_WHERE].text;
	bool inside = strcmp(where, "inside") == 0;
	enum step_number kind = find_kind(w->v[WORD_KIND].text);
	struct step *s;

	if (kind == STEP_COUNT || (!inside && strcmp(where, "host") != 0))
		return false;
	s = plan_add(p, kind, w->v[WORD_NAME].text);
	if (!parse_step(s, w) || s->conf >= CONF_COUNT) {
		plan_drop(p);
		return false;
	}
	if (inside && !find_container(s, snapshot)) {
		note_gone(s, gone);
		plan_drop(p);
	}
	return true;
}

static bool
is_whole(const struct words *w)
{
	size_t i = 0;

	while (i < NITEMS(older) && w->n != older[i])
		i++;
	return i < NITEMS(older) || w->n == WORD_COUNT;
}

static int
read_line(struct plan *p, const char *line, const struct snapshot *snapshot,
    struct buf *gone, struct err *e)
{
	struct words w = { 0 };
	int r = words_split(&w, line, e);

	if (r == 0 && w.n != 0 &&
	    (!is_whole(&w) || !add_step(p, &w, snapshot, gone)))
		r = err_set(e, ERR_FAIL, "cannot parse the step: %s", line);
	words_free(&w);
	return r;
}

/* Once all are known. One that is yet to be made, or is deleted again, is not
 * gone. */
static void
leave_out(struct plan *p, const struct snapshot *snapshot, struct buf *gone)
{
	const struct step *s;
	size_t i;

	for (i = p->n; i > 0; i--) {
		s = &p->v[i - 1];
		if (!is_gone(p, s, snapshot) && !is_used(s, snapshot))
			continue;
		if (step_is_bridge(s) ||
		    !has_step(p, STEP_BRIDGE_MAKE, s->at.index))
			note_gone(s, gone);
		plan_remove(p, i - 1);
	}
}

/* Reads the table that a ruleset step restores, and the way back to it. */
static int
read_ruleset(struct plan *p, const char *path, struct err *e)
{
	char *file = xasprintf("%s.ruleset", path);
	char *back = xasprintf("%s.back", path);
	struct step *s;
	int r = 0;

	for (s = p->v; s < END_OF(p->v, p->n) && r == 0; s++) {
		if (s->kind != STEP_RULESET)
			continue;
		s->back = read_file(back, PLAN_MAX, NULL);
		s->undo = read_file(file, PLAN_MAX, NULL);
		s->done = s->undo != NULL;
		if (s->undo == NULL)
			r = err_sys(e, ERR_FAIL, "cannot read %s", file);
	}
	free(back);
	free(file);
	return r;
}

int
plan_read(struct plan *p, const char *path, const struct snapshot *snapshot,
    struct buf *gone, struct err *e)
{
	char *text = read_file(path, PLAN_MAX, NULL), *rest = text, *line;
	struct err ignored;
	int r = 0;

	memset(p, 0, sizeof(*p));
	if (text == NULL)
		return err_sys(e, ERR_FAIL, "cannot read %s", path);
	while ((line = strsep(&rest, "\n")) != NULL)
		if (read_line(p, line, snapshot, gone, r == 0 ? e : &ignored) !=
		    0)
			r = -1;
	free(text);
	leave_out(p, snapshot, gone);
	if (read_ruleset(p, path, r == 0 ? e : &ignored) != 0)
		r = -1;
	return r;
}
