/* Common parts of displayed rows. */
#include "config.h"

#include "core/show/rows.h"

char
row_mark_char(enum row_mark mark)
{
	return " +-~"[mark];
}

void
rows_addresses(const struct host *h, int nsid, int index,
    void (*fn)(void *arg, const struct address *), void *arg)
{
	const struct snapshot *s = &h->snapshot;
	size_t i;

	for (i = 0; i < s->naddresses; i++)
		if (s->addresses[i].nsid == nsid &&
		    s->addresses[i].index == index)
			fn(arg, &s->addresses[i]);
}
