/* Cells that print one member of a row. */
#include "config.h"

#include "core/show/list_cell.h"

#include <string.h>

#include "core/base/intl.h"
#include "core/base/number.h"
#include "core/show/list.h"
#include "core/state/counting.h"

static void
add_name(const char *name, struct buf *b)
{
	if (name == NULL)
		name = "-";
	buf_escape(b, name, strlen(name));
}

void
cell_text(const struct host *h UNUSED, const void *member, struct buf *b)
{
	add_name(*(const char *const *)member, b);
}

void
cell_unsigned(const struct host *h UNUSED, const void *member, struct buf *b)
{
	buf_printf(b, "%u", *(const unsigned *)member);
}

void
cell_uint64(const struct host *h UNUSED, const void *member, struct buf *b)
{
	buf_printf(b, "%ju", (uintmax_t) * (const uint64_t *)member);
}

void
cell_prefix(const struct host *h UNUSED, const void *member, struct buf *b)
{
	const struct prefix *p = member;

	if (p->family == AF_UNSPEC)
		buf_add(b, "-");
	else
		prefix_print(p, b);
}

void
cell_bytes(const struct host *h, const void *member, struct buf *b)
{
	const struct counter *c = *(const struct counter *const *)member;

	number_short(
	    b, c != NULL ? counting_total(h, c).bytes : NUMBER_UNKNOWN);
}

void
cell_packets(const struct host *h, const void *member, struct buf *b)
{
	const struct counter *c = *(const struct counter *const *)member;

	number_short(
	    b, c != NULL ? counting_total(h, c).packets : NUMBER_UNKNOWN);
}

void
cell_flow_rate(const struct host *h, float rate, struct buf *b)
{
	number_short(b,
	    rate < 0 ? NUMBER_UNKNOWN : (uint64_t)(rate * (h->bits ? 8 : 1)));
}

void
cell_rate(const struct host *h, const void *member, struct buf *b)
{
	double rate = series_rate(*(const struct series *const *)member);

	cell_flow_rate(h, (float)rate, b);
}

void
cell_packet_rate(const struct host *h UNUSED, const void *member, struct buf *b)
{
	number_decimal(
	    b, series_packet_rate(*(const struct series *const *)member));
}

void
cell_link_name(const struct host *h UNUSED, const void *member, struct buf *b)
{
	const struct link *l = *(const struct link *const *)member;

	add_name(l != NULL ? l->name : NULL, b);
}

void
cell_link_state(const struct host *h UNUSED, const void *member, struct buf *b)
{
	const struct link *l = *(const struct link *const *)member;

	if (l->index < 0)
		buf_add(b, _("absent"));
	else
		buf_add(b, !l->up	? _("off")
			   : l->running ? _("up")
					: _("no carrier"));
}

void
cell_link_v4(const struct host *h, const void *member, struct buf *b)
{
	const struct link *l = *(const struct link *const *)member;

	list_address(h, NSID_SELF, l->index, list_is_v4, b);
}
