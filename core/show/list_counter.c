/* Counters, as the kernel names them. */
#include "config.h"

#include "core/show/list_counter.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/show/list.h"
#include "core/show/list_cell.h"
#include "core/show/list_json.h"

static void *
build(const struct host *h, size_t *n)
{
	struct counter *v = xcalloc(h->counters.n, sizeof(*v));

	*n = h->counters.n;
	if (*n > 0)
		memcpy(v, h->counters.v, *n * sizeof(*v));
	return v;
}

static const struct listing_column counter_columns[] = {
	{ "name", N_("COUNTER"), COLUMN_WIDE, 0, offsetof(struct counter, name),
	    cell_text, N_("its name in the kernel") },
	{ "packets", N_("PACKETS"), COLUMN_NUMBER, 0,
	    offsetof(struct counter, packets), cell_uint64,
	    N_("packets so far") },
	{ "bytes", N_("BYTES"), COLUMN_NUMBER, 0,
	    offsetof(struct counter, bytes), cell_uint64, N_("bytes so far") },
};

static json_t *
json_named_counter(const struct host *h UNUSED, const void *row)
{
	const struct counter *c = row;

	return json_pack("{s:o,s:I,s:I}", "name", list_json_text(c->name),
	    "packets", (json_int_t)c->packets, "bytes", (json_int_t)c->bytes);
}

const struct listing listing_counters = {
	.name = N_("counters"),
	.help = N_("the kernel's counters of table inet seki"),
	.columns = counter_columns,
	.ncolumns = NITEMS(counter_columns),
	.row_size = sizeof(struct counter),
	.build = build,
	.free = list_free,
	.json = json_named_counter,
	.shape = "{name, packets, bytes}",
};
