/* The title line: the host, and the state of its candidate and commit. */
#include "config.h"

#include "console/title.h"

#include <time.h>
#include <unistd.h>

#include "console/feed.h"
#include "core/base/intl.h"
#include "core/show/status.h"
#include "tui/term.h"

#define WHOLE 64 /* columns that hold the whole title */

static const struct address *
public_address(const struct host *h, int index)
{
	const struct snapshot *s = &h->snapshot;
	size_t i;

	for (i = 0; i < s->naddresses; i++)
		if (s->addresses[i].nsid == NSID_SELF &&
		    s->addresses[i].index == index &&
		    s->addresses[i].prefix.family == AF_INET6 &&
		    addr_is_global(&s->addresses[i].prefix))
			return &s->addresses[i];
	return NULL;
}

static void
print_left(const struct host *h, bool whole, struct buf *b)
{
	const struct link *uplink = snapshot_uplink(&h->snapshot, AF_INET6);
	const struct address *a;
	char name[65] = "";

	gethostname(name, sizeof(name) - 1);
	buf_add(b, name);
	if (uplink == NULL || !whole)
		return;
	buf_printf(b, "  %s ", uplink->name);
	a = public_address(h, uplink->index);
	if (a != NULL)
		prefix_print(&a->prefix, b);
}

static enum role
print_pending(const struct host *h, struct buf *b)
{
	const char *title = pending_rules[h->pending.phase].title;
	unsigned left = status_seconds(h);

	if (title != NULL)
		buf_printf(b, _(title), h->pending.number);
	else
		buf_printf(b, _("COMMIT #%u: keep it in %u:%02u (c)"),
		    h->pending.number, left / 60, left % 60);
	return ROLE_ALERT;
}

static enum role
print_state(const struct host *h, struct buf *b)
{
	if (h->candidate_error.code != ERR_NONE) {
		buf_add(b, _("candidate: unreadable !"));
		return ROLE_FAIL;
	}
	if (h->changes > 0)
		buf_printf(b,
		    ngettext("candidate: %u change *",
			"candidate: %u changes *", h->changes),
		    h->changes);
	else
		buf_add(b, h->dirty ? _("candidate: comments changed *")
				    : _("candidate: clean"));
	return h->dirty ? ROLE_WARN : ROLE_TEXT;
}

/* Shows the time of the last change, not of now, so that a quiet host costs no
 * byte; only where there is room beside the whole title. */
static void
print_changed(
    const struct app *app, int w, const struct buf *left, struct buf *right)
{
	struct buf b = { 0 };
	char text[16];
	struct tm tm;

	if (localtime_r(&app->changed, &tm) == NULL ||
	    strftime(text, sizeof(text), "%H:%M:%S", &tm) == 0)
		return;
	buf_printf(&b, _("  changed %s"), text);
	if (text_width(buf_text(left)) + text_width(buf_text(right)) +
		text_width(buf_text(&b)) + 4 <=
	    (size_t)w)
		buf_add(right, buf_text(&b));
	buf_free(&b);
}

enum role
title_print(void *arg, struct buf *left, struct buf *right)
{
	const struct console *c = arg;
	const struct app *app = &c->app;
	enum role role;
	int h, w;

	term_size(&h, &w);
	print_left(app->host, w >= WHOLE, left);
	if (c->paused)
		buf_add(right, _("PAUSED  "));
	if (app->host->read_only)
		buf_add(right, _("read-only  "));
	if (app->host->drift > 0)
		buf_add(right, _("DRIFT  "));
	role = app->host->pending.phase != PENDING_NONE
		   ? print_pending(app->host, right)
		   : print_state(app->host, right);
	if (w >= WHOLE)
		print_changed(app, w, left, right);
	return c->paused || app->host->drift > 0 ? ROLE_ALERT : role;
}
