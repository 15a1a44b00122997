/* Common parts of commands. */
#include "config.h"

#include "core/command/command_parts.h"

#include "core/base/intl.h"

int
command_saved(const struct host *h, struct err *e)
{
	if (h->saved_error.code == ERR_NONE)
		return 0;
	*e = h->saved_error;
	return -1;
}

void
command_refusal(const struct err *why, struct buf *notes)
{
	buf_printf(notes,
	    _("note: as it is now, a commit would be refused: %s\n"),
	    why->text);
	if (why->hint[0] != '\0')
		buf_printf(notes, "  %s\n", why->hint);
}
