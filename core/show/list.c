/* Common parts of lists. */
#include "config.h"

#include "core/show/list.h"

#include <stdlib.h>
#include <string.h>

void
list_addresses(const struct host *h, int nsid, int index,
    void (*fn)(void *arg, const struct address *), void *arg)
{
	const struct snapshot *s = &h->snapshot;
	size_t i;

	for (i = 0; i < s->naddresses; i++)
		if (s->addresses[i].nsid == nsid &&
		    s->addresses[i].index == index)
			fn(arg, &s->addresses[i]);
}

/* The first address that a filter accepts, and the number of others. */
struct pick {
	bool (*takes)(const struct prefix *);
	struct buf *b;
	unsigned n;
};

static void
pick_address(void *arg, const struct address *a)
{
	struct pick *p = arg;

	if (p->takes(&a->prefix) && p->n++ == 0)
		prefix_print(&a->prefix, p->b);
}

void
list_address(const struct host *h, int nsid, int index,
    bool (*takes)(const struct prefix *), struct buf *b)
{
	struct pick p = { takes, b, 0 };

	list_addresses(h, nsid, index, pick_address, &p);
	if (p.n == 0)
		buf_add(b, "-");
	else if (p.n > 1)
		buf_printf(b, " +%u", p.n - 1);
}

void
list_unstated(const struct host *h, int nsid, int index, struct buf *b)
{
	struct buf found = { 0 };

	list_address(h, nsid, index, addr_is_ula, &found);
	if (strcmp(buf_text(&found), "-") == 0)
		buf_add(b, "-");
	else
		buf_printf(b, "(%s)", buf_text(&found));
	buf_free(&found);
}

bool
list_is_wide(const struct prefix *p)
{
	return p->family == AF_INET6 && !addr_is_link_local(p);
}

bool
list_is_v4(const struct prefix *p)
{
	return p->family == AF_INET;
}

void
list_free(void *rows, size_t n UNUSED)
{
	free(rows);
}

bool
list_has(const struct host *h, int nsid, int index, const struct value *ula)
{
	const struct snapshot *s = &h->snapshot;
	size_t i;

	for (i = 0; ula->set && i < s->naddresses; i++)
		if (s->addresses[i].nsid == nsid &&
		    s->addresses[i].index == index &&
		    addr_equal(&s->addresses[i].prefix, &ula->prefix))
			return true;
	return false;
}
