/* The pending commit, as its guard tells of it. */
#include "config.h"

#include "screens/waiting.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/util.h"
#include "core/commit/guard_talk.h"
#include "core/show/list_rehearsal.h"

#define ASK_MS 900    /* less than a tick, so that every tick asks */
#define SILENT_MS 300 /* until it is said that there is no answer */

struct waiting {
	struct app *app;
	struct guard_question *question; /* that is asked now; or NULL */
	struct buf answer;		 /* to the one before, */
	struct status status;		 /* and what it says, */
	bool known;			 /* if there was one */
	struct buf tried; /* how packets fared that were sent for it */
	struct pending about;
	uint64_t asked; /* as now_ms; 0: not yet */
};

static void on_silence(void *arg);

static void
stop_asking(struct waiting *w)
{
	if (w->question == NULL)
		return;
	if (guard_question_fd(w->question) != -1)
		loop_fd_remove(w->app->loop, guard_question_fd(w->question));
	loop_timer_remove(w->app->loop, on_silence, w);
	guard_question_end(w->question);
	w->question = NULL;
}

static void
forget(struct waiting *w)
{
	stop_asking(w);
	status_free(&w->status);
	memset(&w->status, 0, sizeof(w->status));
	buf_reset(&w->answer);
	buf_reset(&w->tried);
	w->known = false;
	w->asked = 0;
}

/* NULL: there was no answer. True if that is news. */
static bool
take(struct waiting *w, const char *answer)
{
	bool same =
	    w->known && w->status.answered == (answer != NULL) &&
	    (answer == NULL || strcmp(buf_text(&w->answer), answer) == 0);

	stop_asking(w);
	if (same)
		return false;
	status_free(&w->status);
	status_take(&w->status, w->app->host, answer);
	buf_reset(&w->answer);
	buf_add(&w->answer, answer != NULL ? answer : "");
	w->known = true;
	return true;
}

/* True if there was news. */
static bool
hear(struct waiting *w)
{
	struct buf answer = { 0 };
	int r = guard_question_more(w->question, &answer);
	bool news = r != 1 && take(w, r == 0 ? buf_text(&answer) : NULL);

	buf_free(&answer);
	return news;
}

static void
on_answer(void *arg)
{
	struct waiting *w = arg;

	if (hear(w))
		ui_dirty(w->app->ui);
}

static void
on_silence(void *arg)
{
	struct waiting *w = arg;

	if (take(w, NULL))
		ui_dirty(w->app->ui);
}

/* A screen does not wait for the answer: reading the rules back may take the
 * guard as long as several keys do. */
static void
ask(struct waiting *w)
{
	struct loop *loop = w->app->loop;

	buf_reset(&w->tried);
	rehearsal_told(w->app->host, &w->tried);
	w->asked = now_ms();
	w->question = guard_question_begin(w->app->host, "status");
	if (w->question == NULL) {
		take(w, NULL);
	} else if (guard_question_fd(w->question) == -1) {
		hear(w);
	} else {
		loop_fd(loop, guard_question_fd(w->question), on_answer, w);
		loop_timer(loop, SILENT_MS, on_silence, w);
	}
}

/* Another commit may have the same number, and another guard the same
 * commit. */
static bool
is_about(const struct waiting *w, const struct pending *p)
{
	return w->about.number == p->number && w->about.phase == p->phase &&
	       w->about.when == p->when && w->about.guard == p->guard;
}

static struct waiting *
look(struct app *app)
{
	const struct pending *p = &app->host->pending;
	struct waiting *w = app->waiting;

	if (w == NULL) {
		w = app->waiting = xcalloc(1, sizeof(*w));
		w->app = app;
	}
	if (!is_about(w, p)) {
		forget(w);
		w->about = *p;
	}
	if (w->question == NULL &&
	    (w->asked == 0 || now_ms() - w->asked >= ASK_MS))
		ask(w);
	return w;
}

const struct status *
waiting_read(struct app *app)
{
	const struct waiting *w = look(app);

	return w->known ? &w->status : NULL;
}

const char *
waiting_tried(struct app *app)
{
	return buf_text(&look(app)->tried);
}

void
waiting_free(struct app *app)
{
	if (app->waiting != NULL) {
		forget(app->waiting);
		buf_free(&app->waiting->answer);
		buf_free(&app->waiting->tried);
	}
	free(app->waiting);
	app->waiting = NULL;
}
