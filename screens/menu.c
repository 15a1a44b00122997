/* A menu of statement kinds, which opens a form. */
#include "config.h"

#include "screens/menu.h"

#include <string.h>

#include "core/base/intl.h"
#include "core/lang/statement.h"
#include "screens/cmdform.h"
#include "tui/dialog.h"

static void
chosen(void *arg, const char *word)
{
	struct app *app = arg;
	size_t kind = 0;

	while (strcmp(statement_rows[kind].name, word) != 0)
		kind++;
	cmdform_begin(app, (enum statement_kind)kind);
}

void
menu_open(void *arg)
{
	struct app *app = arg;
	struct dialog_list list = {
		.title = _("New statement"), .chosen = chosen, .arg = app
	};
	const struct row *row;

	for (row = statement_rows; row->name != NULL; row++)
		candidates_add(&list.items, row->name, _(row->help));
	dialog_list(app->ui, &list);
}
