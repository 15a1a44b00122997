/* Common parts of the service: the next look, and its log. */
#include "config.h"

#include "core/commit/watch_parts.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/base/log.h"
#include "core/base/util.h"
#include "core/state/moved.h"

void
watch_look_in(struct watch *w, unsigned ms)
{
	uint64_t at = now_ms() + ms;

	if (w->next != 0 && w->next <= at)
		return;
	w->next = at;
	loop_timer(w->loop, ms, w->look, w);
}

void
watch_trouble(struct watch *w, int level, const char *text)
{
	if (backoff_note(w->backoff, text, true, now_ms()) == BACKOFF_TELL)
		log_line(level, "%s", text);
}

void
watch_follow(struct watch *w)
{
	struct buf notes = { 0 };
	struct err e;
	char *rest, *line;

	if (moved_settle(w->host, &w->config, &notes, &e) != 0)
		watch_trouble(w, LOG_ERR, e.text);
	rest = notes.s;
	while ((line = next_line(&rest)) != NULL)
		log_line(LOG_INFO, "%s", line);
	buf_free(&notes);
}

/* Whether a change of that line could be logged by now: what comes and goes is
 * logged less and less often, but its final state always is. */
static bool
say_change(struct watch *w, int level, const char *fmt, const char *line)
{
	char *text;

	if (backoff_wait(w->backoff, line, now_ms()) > 0) {
		watch_look_in(w, backoff_wait(w->backoff, line, now_ms()));
		return false;
	}
	backoff_note(w->backoff, line, true, now_ms());
	text = xasprintf(fmt, line);
	log_line(level, "%s", text);
	free(text);
	return true;
}

/* What is logged of lines that come and go. */
struct telling {
	int level;
	const char *comes, *goes;
};

/* Tells in what the lines are others than those told last, which become these,
 * but for what is to be logged later. */
static void
say_changes(
    struct watch *w, struct buf *told, const char *now, const struct telling *t)
{
	char *before = buf_take(told), *was = before, *line;
	char *copy = xstrdup(now), *is = copy;

	while ((line = next_line(&was)) != NULL)
		if (has_line(now, line) ||
		    !say_change(w, LOG_INFO, _(t->goes), line))
			buf_printf(told, "%s\n", line);
	while ((line = next_line(&is)) != NULL)
		if (!has_line(buf_text(told), line) &&
		    say_change(w, t->level, _(t->comes), line))
			buf_printf(told, "%s\n", line);
	free(copy);
	free(before);
}

void
watch_notes(struct watch *w, const struct buf *notes)
{
	static const struct telling t = { LOG_WARNING, "%s",
		N_("resolved: %s") };

	say_changes(w, &w->told, buf_text(notes), &t);
	w->lacks = notes->len > 0;
}

/* One that is just starting has no name yet. */
static bool
is_named(const struct container *c)
{
	return c->state == CONTAINER_UP && c->port != 0 &&
	       strcmp(c->runtime, "unknown") != 0;
}

static void
list_containers(const struct snapshot *s, struct buf *to)
{
	const struct container *c;
	const struct link *l;

	for (c = s->containers; c < END_OF(s->containers, s->ncontainers);
	     c++) {
		l = is_named(c) ? snapshot_link_at(s, c->bridge) : NULL;
		if (l == NULL)
			continue;
		buf_escape(to, c->name, strlen(c->name));
		buf_printf(to, " (%s) on ", c->runtime);
		buf_escape(to, l->name, strlen(l->name));
		buf_add(to, "\n");
	}
}

void
watch_containers(struct watch *w)
{
	static const struct telling t = { LOG_INFO,
		N_("container has come: %s"), N_("container has gone: %s") };
	struct buf now = { 0 };

	list_containers(&w->host->snapshot, &now);
	if (!w->met)
		buf_add(&w->containers, buf_text(&now));
	else if (strcmp(buf_text(&w->containers), buf_text(&now)) != 0)
		say_changes(w, &w->containers, buf_text(&now), &t);
	w->met = true;
	buf_free(&now);
}
