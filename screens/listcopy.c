/* Copies what a row of a list is about. */
#include "config.h"

#include "screens/listcopy.h"

#include <string.h>

#include "core/base/intl.h"
#include "core/lang/statement.h"

const struct action copy_actions[] = {
	{ ACT_COPY, { 'y' }, "copy", NULL,
	    N_("copy its address or statement to your own clipboard") },
	{ 0 },
};

void
listcopy(struct app *app, const struct listing *l, const void *row,
    const char *column)
{
	const struct statement *st =
	    l->statement != NULL ? l->statement(row) : NULL;
	struct buf b = { 0 };

	if (column != NULL)
		listing_print(
		    &l->columns[listing_column(l, column)], app->host, row, &b);
	if (b.len == 0 || strcmp(buf_text(&b), "-") == 0) {
		buf_reset(&b);
		if (st != NULL)
			statement_print(st, &b);
		else
			listing_print(listing_main(l), app->host, row, &b);
	}
	app_copy(app, buf_text(&b));
	buf_free(&b);
}
