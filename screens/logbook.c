/* What seki has logged, the newest first. */
#include "config.h"

#include "screens/logbook.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/show/list_log.h"
#include "core/state/log_lines.h"
#include "screens/listcopy.h"
#include "screens/listview.h"
#include "tui/dialog.h"

#define LATER_MS 1000 /* until the service has logged what it did */

struct logbook_view {
	struct listview list; /* first: list functions get this struct */
	unsigned version;     /* of the host when it was read */
};

enum { ACT_WHOLE = ACT_APP + 64 };

static void
show_whole(void *self)
{
	struct listview *v = self;
	const struct log_entry *r = listview_selected(v);
	const char *level;
	struct buf when = { 0 }, b = { 0 };

	if (r == NULL)
		return;
	level = log_lines_level(r->level);
	listing_print(&listing_log.columns[0], v->app->host, r, &when);
	buf_printf(&b, "%s\n", r->text);
	if (level != NULL)
		buf_printf(&b, "\n%s\n", level);
	dialog_text(v->app->ui, buf_text(&when), buf_text(&b), false);
	buf_free(&when);
	buf_free(&b);
}

static void
read_again(void *self)
{
	listview_read_again(self, 0);
}

static void
leave(void *self)
{
	struct listview *v = self;

	ui_close(v->app->ui, v);
}

static const struct act acts[] = {
	{ ACT_WHOLE, show_whole },
	{ ACT_REFRESH, read_again },
	{ ACT_BACK, leave },
	{ 0 },
};

static const struct list_spec spec = {
	.listing = "log",
	.wide = 12,
	.empty = N_("nothing was logged yet"),
	.tab = TAB_COUNT,
	.acts = acts,
};

static int
open_list(void *self, struct ui *ui, const void *arg, struct err *e)
{
	struct logbook_view *v = self;

	if (listview_open(self, ui, arg, e) == -1)
		return -1;
	v->version = host_version(v->list.app->host);
	return 0;
}

/* Its rows borrow nothing from the host. What happens to that is logged a
 * moment later. */
static void
changed(void *self)
{
	struct logbook_view *v = self;
	unsigned version = host_version(v->list.app->host);

	if (version != v->version)
		listview_read_again(&v->list, LATER_MS);
	v->version = version;
}

static const struct action own_actions[] = {
	{ ACT_WHOLE, { K_ENTER }, "whole", N_("Whole"),
	    N_("the whole text of the row") },
	{ ACT_BACK, { K_ESC, 'q' }, "back", N_("Back"), N_("close the log") },
	{ 0 },
};

const struct view_ops screen_logbook = {
	.name = N_("Log"),
	.word = "log",
	.help = N_("What happened to this host and who did it: commits, what "
		   "was applied or ended, drift that was corrected, containers "
		   "that came and went. From the journal, or from the files of "
		   "syslog.\n"
		   "Marks: ! an error, ? a warning."),
	LISTVIEW_OPS(struct logbook_view, open_list, changed),
	.arg = &spec,
	.actions = (const struct action *const[]){ own_actions, copy_actions,
	    table_actions, NULL },
};

void
logbook_open(void *arg)
{
	struct app *app = arg;

	ui_raise(app->ui, &screen_logbook);
}
