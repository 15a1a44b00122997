/* The console: joins the host, the toolkit and the screens. */
#include "config.h"

#include "console/console.h"

#include "console/actions.h"
#include "console/cmdline.h"
#include "console/feed.h"
#include "console/tabs.h"
#include "console/title.h"
#include "core/base/process.h"
#include "screens/cmdrun.h"
#include "screens/setup.h"
#include "screens/trail.h"
#include "screens/waiting.h"
#include "tui/term.h"

static int
run(struct console *c, const struct ui_spec *spec, struct err *e)
{
	struct app *app = &c->app;
	int status;

	app->ui = ui_new(app->loop, spec, e);
	if (app->ui == NULL)
		return -1;
	app->pending = app->host->pending;
	feed_start(c);
	setup_invite(app);
	status = loop_run(app->loop);
	app_forget_work(app);
	feed_stop(c);
	ui_free(app->ui);
	return status;
}

int
console_run(
    struct host *h, const struct console_options *options, struct err *e)
{
	const struct term_options term = { .ascii = options->ascii,
		.no_color = options->no_color };
	struct console c = { .app = { .host = h, .writable = h, .pace = 1 } };
	struct prompt_spec prompt;
	struct ui_spec spec = { .tabs = console_tabs,
		.actions = console_actions,
		.act = actions_act,
		.label = actions_label,
		.title = title_fill,
		.mark_tabs = title_mark_tabs,
		.prompt = &prompt,
		.arg = &c };
	int status;

	if (term_start(&term, e) != 0)
		return -1;
	process_answers();
	cmdline_init(&prompt, &c.app, options->history);
	c.app.loop = loop_new();
	c.app.trail = trail_new();
	c.app.lines = cmdrun_new();
	status = run(&c, &spec, e);
	waiting_free(&c.app); /* which may be asking */
	loop_free(c.app.loop);
	term_stop();
	trail_free(c.app.trail);
	cmdrun_free(c.app.lines);
	return status;
}
