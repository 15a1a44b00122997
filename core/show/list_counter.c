/* Counters, as the kernel names them. */
#include "config.h"

#include "core/show/list.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"

static void *
build(const struct host *h, size_t *n)
{
	struct counter *v = xcalloc(h->counters.n, sizeof(*v));

	*n = h->counters.n;
	if (*n > 0)
		memcpy(v, h->counters.v, *n * sizeof(*v));
	return v;
}

CELL(counter_name)
{
	const struct counter *r = row;

	list_escaped(r->name, b);
}

CELL(counter_packets)
{
	const struct counter *r = row;

	buf_printf(b, "%ju", (uintmax_t)r->packets);
}

CELL(counter_bytes)
{
	const struct counter *r = row;

	buf_printf(b, "%ju", (uintmax_t)r->bytes);
}

NUMBER(counter_packets_number)
{
	const struct counter *r = row;

	return r->packets;
}

NUMBER(counter_bytes_number)
{
	const struct counter *r = row;

	return r->bytes;
}

CELL(counter_key)
{
	const struct counter *r = row;

	buf_add(b, r->name);
}

static const struct listing_column counter_columns[] = {
	{ "name", N_("COUNTER"), COLUMN_WIDE, 0, counter_name, NULL,
	    N_("its name in the kernel") },
	{ "packets", N_("PACKETS"), COLUMN_RIGHT, 0, counter_packets,
	    counter_packets_number, N_("packets so far") },
	{ "bytes", N_("BYTES"), COLUMN_RIGHT, 0, counter_bytes,
	    counter_bytes_number, N_("bytes so far") },
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
	.key = counter_key,
	.json = json_named_counter,
	.shape = "{name, packets, bytes}",
};
