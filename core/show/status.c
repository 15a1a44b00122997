/* Status of the host. */
#include "config.h"

#include "core/show/status.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/base/intl.h"
#include "core/commit/guard_talk.h"
#include "core/commit/revert.h"
#include "core/show/list_json.h"
#include "core/show/list_rehearsal.h"
#include "core/state/unit.h"

/* In the guard's words, and for people. */
static const struct {
	const char *said, *shown;
} states[] = {
	[EVIDENCE_WAITING] = { "waiting ", "[..]" },
	[EVIDENCE_SEEN] = { "seen ", "[ok]" },
	[EVIDENCE_AGAINST] = { "against ", "[!!]" },
};

static void
read_line(struct status *s, const char *line)
{
	struct evidence *e;
	size_t i;

	if (strcmp(line, "proven") == 0)
		s->proven = true;
	for (i = 0; i < NITEMS(states); i++) {
		if (!has_prefix(line, states[i].said))
			continue;
		s->v = xgrow(s->v, s->n, sizeof(*s->v));
		e = &s->v[s->n++];
		e->state = (enum evidence_state)i;
		snprintf(e->text, sizeof(e->text), "%s",
		    line + strlen(states[i].said));
	}
}

unsigned
status_seconds(const struct host *h)
{
	uint64_t now = boot_ms();

	return h->pending.deadline > now
		   ? (unsigned)((h->pending.deadline - now + 999) / 1000)
		   : 0;
}

double
status_part(const struct host *h)
{
	const struct pending *p = &h->pending;
	uint64_t now = boot_ms();

	if (p->begin == 0 || now <= p->begin || p->deadline <= p->begin)
		return 1;
	return now < p->deadline ? (double)(p->deadline - now) /
				       (double)(p->deadline - p->begin)
				 : 0;
}

void
status_take(struct status *s, const struct host *h, const char *answer)
{
	char *copy = answer != NULL ? xstrdup(answer) : NULL;
	char *rest = copy, *line;

	memset(s, 0, sizeof(*s));
	s->phase = h->pending.phase;
	s->number = h->pending.number;
	s->who = h->pending.who;
	s->seconds = status_seconds(h);
	s->answered = answer != NULL;
	while ((line = next_line(&rest)) != NULL)
		read_line(s, line);
	free(copy);
}

void
status_read(struct status *s, const struct host *h)
{
	struct buf answer = { 0 };
	struct err ignored;
	bool answered = h->pending.phase != PENDING_NONE &&
			guard_ask(h, "status", &answer, &ignored) == 0;

	status_take(s, h, answered ? buf_text(&answer) : NULL);
	buf_free(&answer);
}

void
status_free(struct status *s)
{
	free(s->v);
}

/* "2 changes, by root since 08:41 on 2026-11-23" */
static void
text_changes(const struct host *h, struct buf *b)
{
	time_t when = (time_t)h->edited;
	char text[64] = "";
	struct tm tm;

	buf_printf(b,
	    ngettext(
		"candidate: %u change", "candidate: %u changes", h->changes),
	    h->changes);
	if (localtime_r(&when, &tm) != NULL)
		strftime(text, sizeof(text), _("%H:%M on %Y-%m-%d"), &tm);
	if (h->edited_by[0] != '\0')
		buf_printf(b, _(", last by %s at %s"), h->edited_by, text);
	buf_add(b, "\n");
}

static void
text_candidate(const struct host *h, struct buf *b)
{
	if (h->candidate_error.code != ERR_NONE)
		buf_printf(b,
		    _("candidate: cannot be read: %s (seki discard forgets "
		      "it)\n"),
		    h->candidate_error.text);
	else if (h->changes > 0)
		text_changes(h, b);
	else
		buf_add(b, h->dirty ? _("candidate: comments changed\n")
				    : _("candidate: clean\n"));
}

static void
text_saved(const struct host *h, struct buf *b)
{
	struct buf path = { 0 };

	buf_escape(&path, h->config_path, strlen(h->config_path));
	if (h->saved_error.code != ERR_NONE)
		buf_printf(b, _("saved: %s cannot be read: %s\n"),
		    buf_text(&path), h->saved_error.text);
	else
		buf_printf(b, _("saved: %s\n"), buf_text(&path));
	buf_free(&path);
}

static void
indent(const char *s, struct buf *b)
{
	const char *end;

	for (; (end = strchr(s, '\n')) != NULL; s = end + 1)
		buf_printf(b, "  %.*s\n", (int)(end - s), s);
}

/* How packets fared that were sent for it. */
static void
text_tried(const struct host *h, struct buf *b)
{
	struct buf told = { 0 };

	rehearsal_told(h, &told);
	indent(buf_text(&told), b);
	buf_free(&told);
}

static void
text_pending(const struct host *h, const struct status *s, struct buf *b)
{
	size_t i;

	if (s->phase == PENDING_NONE) {
		buf_add(b, _("commit: none pending\n"));
		return;
	}
	if (pending_rules[s->phase].status != NULL)
		buf_printf(
		    b, _(pending_rules[s->phase].status), s->number, s->who);
	else
		buf_printf(b,
		    _("commit: #%u by %s is pending, reverts by itself in %u "
		      "s\n"),
		    s->number, s->who, s->seconds);
	for (i = 0; i < s->n; i++)
		buf_printf(
		    b, "  %s %s\n", states[s->v[i].state].shown, s->v[i].text);
	text_tried(h, b);
	if (s->phase == PENDING_WAITING)
		buf_add(b,
		    s->proven
			? _("  confirm it: seki confirm   revert it: seki "
			    "revert\n")
			: _("  confirm it: seki confirm (after a new login, or "
			    "--unproven)   revert it: seki revert\n"));
}

static void
text_drift(const struct host *h, struct buf *b)
{
	if (h->drift == 0)
		return;
	buf_printf(b,
	    ngettext("drift: %u thing is not as committed\n",
		"drift: %u things are not as committed\n", h->drift),
	    h->drift);
	indent(h->drift_text, b);
}

void
status_text(const struct host *h, struct buf *b)
{
	struct status s;
	char *last = revert_last(h->run_path);

	status_read(&s, h);
	text_candidate(h, b);
	text_saved(h, b);
	text_pending(h, &s, b);
	text_drift(h, b);
	if (unit_look()->warning != NULL)
		buf_printf(b, _("service: %s\n"), _(unit_look()->warning));
	if (last[0] != '\0')
		buf_printf(b, _("last: %s\n"), last);
	status_free(&s);
	free(last);
}

static json_t *
json_evidence(const struct status *s)
{
	static const char *const names[] = { "waiting", "seen", "against" };
	json_t *all = json_array();
	size_t i;

	for (i = 0; i < s->n; i++)
		json_array_append_new(
		    all, json_pack("{s:s,s:o}", "state", names[s->v[i].state],
			     "text", list_json_text(s->v[i].text)));
	return all;
}

static json_t *
json_drift(const struct host *h)
{
	const char *s = h->drift_text, *end;
	json_t *all = json_array();
	char *line;

	for (; (end = strchr(s, '\n')) != NULL; s = end + 1) {
		line = xstrndup(s, (size_t)(end - s));
		json_array_append_new(all, list_json_text(line));
		free(line);
	}
	return all;
}

json_t *
status_json(const struct host *h)
{
	char *last = revert_last(h->run_path);
	struct status s;
	json_t *all;

	status_read(&s, h);
	all = json_pack("[{s:s,s:i,s:o,s:s,s:o,s:o,s:o,s:b,s:o,s:o,s:o,s:s?}]",
	    "candidate",
	    h->candidate_error.code != ERR_NONE ? "broken"
	    : h->dirty				? "changed"
						: "clean",
	    "changes", (int)h->changes, "edited_by",
	    list_json_text(h->edited_by), "commit", pending_rules[s.phase].json,
	    "number", s.number != 0 ? json_integer(s.number) : json_null(),
	    "who", s.number != 0 ? list_json_text(s.who) : json_null(),
	    "seconds", s.number != 0 ? json_integer(s.seconds) : json_null(),
	    "proven", s.proven, "evidence", json_evidence(&s), "last",
	    list_json_text(last), "drift", json_drift(h), "service",
	    unit_look()->word);
	status_free(&s);
	free(last);
	return all;
}
