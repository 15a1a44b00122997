/* Common parts of the service: the next look, and its log. */
#include "config.h"

#include "core/commit/watch_parts.h"

#include <stdlib.h>

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

void
watch_notes(struct watch *w, const struct buf *notes)
{
	char *before = buf_take(&w->told), *rest = before, *line;
	char *now = xstrdup(buf_text(notes));

	while ((line = next_line(&rest)) != NULL)
		if (has_line(now, line) ||
		    !say_change(w, LOG_INFO, _("resolved: %s"), line))
			buf_printf(&w->told, "%s\n", line);
	for (rest = now; (line = next_line(&rest)) != NULL;)
		if (!has_line(buf_text(&w->told), line) &&
		    say_change(w, LOG_WARNING, "%s", line))
			buf_printf(&w->told, "%s\n", line);
	w->lacks = notes->len > 0;
	free(now);
	free(before);
}
