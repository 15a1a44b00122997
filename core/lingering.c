/* Live connections once the rules have changed under them. */
#include "config.h"

#include "core/lingering.h"

#include "core/flow.h"
#include "core/intl.h"
#include "core/model.h"
#include "core/stale.h"

static unsigned
count_stale(const struct stale *s, const struct flow_list *flows)
{
	unsigned n = 0;
	size_t i;

	for (i = 0; i < flows->n; i++)
		n += !flows->v[i].over && stale_judge(s, &flows->v[i]) != NULL;
	return n;
}

unsigned
lingering_count(struct host *h, const struct config *now)
{
	struct flow_list flows = { 0 };
	struct model m = { 0 };
	struct err ignored;
	unsigned left = 0;
	struct stale s;

	if (model_build_lenient(&m, now, &h->snapshot, &ignored) == 0 &&
	    net_flows(h->net, &flows, &ignored) == 0) {
		stale_begin(&s, &m, &h->snapshot);
		left = count_stale(&s, &flows);
		stale_end(&s);
	}
	flow_list_free(&flows);
	model_free(&m);
	return left;
}

void
lingering_tell(unsigned left, struct buf *notes)
{
	if (left == 0)
		return;
	buf_printf(notes,
	    ngettext("note: %u connection goes on that these rules would not "
		     "let through\n",
		"note: %u connections go on that these rules would not let "
		"through\n",
		left),
	    left);
	buf_add(notes,
	    _("  seki show connections tells which, seki end ends one\n"));
}
