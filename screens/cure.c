/* What mends what a check found. */
#include "config.h"

#include "screens/cure.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/show/cured.h"
#include "screens/cmdrun.h"

#define OURS "seki "

bool
cure_is_ours(const char *command)
{
	return has_prefix(command, OURS);
}

/* Whether it is a command of ours that edits the candidate. */
static bool
edits(const char *command)
{
	return cure_is_ours(command) && strcmp(command, OURS "apply") != 0;
}

void
cure_tell(const char *command, bool done, struct buf *b)
{
	if (done)
		buf_printf(b,
		    _("cure  %s\n"
		      "      cured by the candidate: c commits\n"),
		    command + strlen(OURS));
	else if (!cure_is_ours(command))
		buf_printf(b,
		    _("cure  %s\n"
		      "      y copies it: it is not seki's to change\n"),
		    command);
	else if (edits(command))
		buf_printf(b,
		    _("cure  %s\n"
		      "      Enter puts it into the candidate\n"),
		    command + strlen(OURS));
	else
		buf_printf(b,
		    _("cure  %s\n"
		      "      Enter shows what that would do\n"),
		    command);
}

/* An edit changes what the command may be of. */
void
cure_take(struct app *app, const char *command)
{
	char *line = xstrdup(command);

	if (!cure_is_ours(line))
		ui_message(app->ui, ROLE_WARN,
		    "this is not seki's to change; y copies the command");
	else if (edits(line) && !cured_by(&app->host->candidate, line))
		cmdrun_line(app, line + strlen(OURS));
	else
		ui_act(app->ui, ACT_COMMIT);
	free(line);
}
