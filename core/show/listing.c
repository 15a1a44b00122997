/* The lists of seki show, of its JSON and of the screens. */
#include "config.h"

#include "core/show/listing.h"

#include <string.h>

#include "core/base/intl.h"
#include "core/show/list_bridge.h"
#include "core/show/list_change.h"
#include "core/show/list_check.h"
#include "core/show/list_client.h"
#include "core/show/list_connection.h"
#include "core/show/list_container.h"
#include "core/show/list_counter.h"
#include "core/show/list_flow.h"
#include "core/show/list_forward.h"
#include "core/show/list_history.h"
#include "core/show/list_light.h"
#include "core/show/list_link.h"
#include "core/show/list_log.h"
#include "core/show/list_neighbour.h"
#include "core/show/list_orphan.h"
#include "core/show/list_policy.h"
#include "core/show/list_statement.h"
#include "core/show/list_uplink.h"

const struct listing *const listings[] = {
	&listing_uplinks,
	&listing_bridges,
	&listing_links,
	&listing_containers,
	&listing_forwards,
	&listing_lights,
	&listing_policies,
	&listing_counters,
	&listing_connections,
	&listing_clients,
	&listing_flows,
	&listing_orphans,
	&listing_neighbours,
	&listing_checks,
	&listing_changes,
	&listing_history,
	&listing_log,
	&listing_statements,
	NULL,
};

const struct listing *
listing_find(const char *name)
{
	const struct listing *const *l;

	for (l = listings; *l != NULL; l++)
		if (strcmp((*l)->name, name) == 0)
			return *l;
	return NULL;
}

size_t
listing_column(const struct listing *l, const char *name)
{
	size_t i;

	for (i = 0; name != NULL && i < l->ncolumns; i++)
		if (strcmp(l->columns[i].name, name) == 0)
			return i;
	return 0;
}

const struct listing_column *
listing_main(const struct listing *l)
{
	const struct listing_column *c = l->columns;

	while (c->rank > 0 && c + 1 < END_OF(l->columns, l->ncolumns))
		c++;
	return c;
}

const void *
listing_row(const struct listing *l, const void *rows, size_t i)
{
	return (const char *)rows + i * l->row_size;
}

void
listing_print_head(
    const struct listing_column *c, const struct host *h, struct buf *b)
{
	buf_add(b, _(c->head));
	if ((c->flags & COLUMN_RATE) != 0)
		buf_add(b, h == NULL || h->bits ? " b/s" : " B/s");
	if ((c->flags & COLUMN_BYTES) != 0)
		buf_add(b, " B");
	if ((c->flags & COLUMN_EACH) != 0)
		buf_add(b, " /s");
}

void
listing_print(const struct listing_column *c, const struct host *h,
    const void *row, struct buf *b)
{
	c->print(h, (const char *)row + c->offset, b);
}
