/* The check of connections that a commit has left behind. */
#include "config.h"

#include <stdlib.h>

#include "core/base/intl.h"
#include "core/show/connection.h"
#include "core/show/doctor_parts.h"
#include "core/state/orphan_note.h"

static unsigned
count_orphans(const struct host *h)
{
	struct connection_row *rows;
	unsigned orphans = 0;
	size_t n, i;

	rows = rows_connections(h, false, &h->flows, &n);
	for (i = 0; i < n; i++)
		orphans += rows[i].orphan_of != 0;
	free(rows);
	return orphans;
}

/* As far as somebody has read connections: there may be very many, so nobody
 * looks at them where no commit left any. */
static void
look_for_orphans(const struct examination *x)
{
	const struct host *h = x->host;
	unsigned n;

	if (h->flows.n == 0 || !orphan_notes_are_there(h->run_path))
		return;
	n = count_orphans(h);
	if (n == 0)
		return;
	doctor_add(x, DOCTOR_WARN, NULL,
	    xasprintf(ngettext("%u connection goes on that the rules would not "
			       "let through as it goes: it began before a "
			       "commit (seki show connections)",
			  "%u connections go on that the rules would not let "
			  "through as they go: they began before a commit "
			  "(seki show connections)",
			  n),
		n));
	doctor_cure(x, xstrdup("seki end orphans"));
}

static const struct doctor_check checks[] = {
	{ "orphans", DOCTOR_SEKI, look_for_orphans,
	    N_("connections of former rules") },
};
const struct doctor_checks doctor_flows = { checks, NITEMS(checks) };
