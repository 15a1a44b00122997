/* The title line: the host, whether it is well, and the state of its candidate
 * and commit. */
#include "config.h"

#include "console/title.h"

#include <stdlib.h>
#include <unistd.h>

#include "console/feed.h"
#include "core/base/intl.h"
#include "core/lang/option.h"
#include "screens/diagnosis.h"
#include "screens/waiting.h"

#define NAMED 28 /* columns that hold the host beside a countdown, */
#define WHOLE 64 /* and more than the host and its state */

/* Columns of what stands on the left, with a margin each. */
static size_t
left_width(const struct title *t)
{
	const struct buf *const all[] = { &t->name, &t->state, &t->words };
	size_t w = 0, i;

	for (i = 0; i < NITEMS(all); i++)
		if (all[i]->len > 0)
			w += 2 + text_width(buf_text(all[i]));
	return w;
}

/* Whether what stands on the right is seen with a text of so many columns
 * more. */
static bool
has_room(const struct title *t, int w, size_t more)
{
	size_t right = text_width(buf_text(&t->right));

	return left_width(t) + (right > 0 ? 2 + right : 0) + more <= (size_t)w;
}

/* Adds a text to the right where there is still room for it. */
static void
add_right(struct title *t, int w, const char *text)
{
	if (has_room(t, w, 2 + text_width(text)))
		buf_add(&t->right, text);
}

/* Its public address of a family, and what follows it. */
static void
add_address(const struct host *h, sa_family_t family, int w, struct title *t)
{
	const struct link *uplink = snapshot_uplink(&h->snapshot, family);
	const struct address *a =
	    uplink != NULL ? snapshot_public(&h->snapshot, uplink, family)
			   : NULL;
	char text[ADDR_TEXT_MAX], *shown;

	if (a == NULL)
		return;
	shown = xasprintf("  %s", addr_text(&a->prefix, text));
	add_right(t, w, shown);
	free(shown);
}

static void
add_diagnosis(const struct diagnosis *v, struct title *t)
{
	t->state_role = ROLE_TEXT;
	if (!v->known) {
		buf_add(&t->state, "..");
		return;
	}
	t->state_role = v->fails > 0   ? ROLE_FAIL
			: v->warns > 0 ? ROLE_WARN
				       : ROLE_OK;
	if (v->fails > 0)
		buf_printf(&t->state, "%u FAIL", v->fails);
	if (v->warns > 0)
		buf_printf(
		    &t->state, "%s%u WARN", v->fails > 0 ? "  " : "", v->warns);
	if (v->fails == 0 && v->warns == 0)
		buf_add(&t->state, "ok");
}

static void
add_candidate(const struct host *h, struct title *t)
{
	if (h->candidate_error.code != ERR_NONE) {
		buf_add(&t->right, _("candidate unreadable !"));
		t->right_role = ROLE_FAIL;
		return;
	}
	if (h->changes > 0)
		buf_printf(&t->right,
		    ngettext("%u change *", "%u changes *", h->changes),
		    h->changes);
	else
		buf_add(&t->right,
		    h->dirty ? _("comments changed *") : _("no changes"));
	t->right_role = h->dirty ? ROLE_CHANGED : ROLE_TEXT;
}

/* A countdown is worth more than the name of the host, and a guard that is
 * silent more than the countdown. */
static void
make_room(struct title *t, int w, bool silent, unsigned number)
{
	if (silent ? !has_room(t, w, 0) : left_width(t) > (size_t)w + 1)
		buf_reset(&t->name);
	if (!silent || has_room(t, w, 0))
		return;
	buf_reset(&t->state);
	buf_reset(&t->right);
	buf_printf(&t->state, _("#%u: guard silent"), number);
}

static void
add_proof(struct app *app, int w, struct title *t)
{
	const struct status *s = waiting_read(app);
	bool silent = s != NULL && !s->answered;
	bool proven = s != NULL && s->proven;

	t->bar = proven ? ROLE_PROVED : ROLE_ALERT;
	if (silent)
		buf_add(&t->right,
		    w < WHOLE ? _("guard silent") : _("the guard is silent"));
	else
		buf_add(&t->right, proven ? _("proved") : _("no proof yet"));
	make_room(t, w, silent, app->host->pending.number);
	add_right(t, w, _("   c: look, confirm, revert"));
}

static void
add_pending(struct app *app, int w, struct title *t)
{
	const struct host *h = app->host;
	unsigned left = status_seconds(h);
	const char *told = pending_rules[h->pending.phase].title;

	t->state_role = ROLE_TITLE;
	t->bar = ROLE_ALERT;
	t->part = 1;
	if (told != NULL) {
		buf_printf(&t->state, _(told), h->pending.number);
		return;
	}
	buf_printf(&t->state,
	    w < NAMED	? _("#%u %u:%02u left")
	    : w < WHOLE ? _("#%u reverts in %u:%02u")
			: _("COMMIT #%u reverts in %u:%02u"),
	    h->pending.number, left / 60, left % 60);
	t->part = status_part(h);
	add_proof(app, w, t);
}

void
title_fill(void *arg, int w, struct title *t)
{
	const struct console *c = arg;
	struct app *app = arg;
	const struct host *h = app->host;
	char name[65] = "";

	gethostname(name, sizeof(name) - 1);
	if (w >= NAMED || h->pending.phase == PENDING_NONE)
		buf_add(&t->name, name);
	buf_add(&t->words, c->paused ? _("PAUSED") : "");
	if (h->read_only)
		buf_printf(
		    &t->words, "%s%s", c->paused ? "  " : "", _("read-only"));
	diagnosis_look(app);
	if (h->pending.phase != PENDING_NONE) {
		add_pending(app, w, t);
		return;
	}
	add_diagnosis(&app->diagnosis, t);
	add_candidate(h, t);
	if (w < WHOLE)
		return;
	add_address(h, AF_INET6, w, t);
	if (config_option(&h->saved, OPTION_IPV4) == OPTION_ON)
		add_address(h, AF_INET, w, t);
}

void
title_mark_tabs(void *arg, char *marks)
{
	const struct app *app = arg;
	const struct host *h = app->host;
	size_t i;

	for (i = TAB_DASHBOARD + 1; i < TAB_COUNT; i++)
		if (app->diagnosis.tabs[i])
			marks[i] = '!';
	if (marks[TAB_CHANGES] == ' ' &&
	    (h->dirty || h->pending.phase != PENDING_NONE))
		marks[TAB_CHANGES] = '*';
}
