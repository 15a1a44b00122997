/* Common parts of lists. */
#include "config.h"

#include "core/show/list.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/base/number.h"
#include "core/lang/config_diff.h"

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

	rows_addresses(h, nsid, index, pick_address, &p);
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
list_has_ula(const struct host *h, int nsid, int index, const struct value *ula)
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

/* Candidate over saved config */

static void
take_change(void *arg, const struct change *c)
{
	struct overlays *o = arg;
	const struct statement *st = change_statement(c);
	enum row_mark mark = c->before == NULL	? MARK_ADDED
			     : c->after == NULL ? MARK_REMOVED
						: MARK_CHANGED;
	size_t i;

	if (st->kind < o->first || st->kind > o->last)
		return;
	for (i = 0; c->after != NULL && i < o->n; i++) {
		if (o->v[i].st == c->after) {
			o->v[i].mark = mark;
			return;
		}
	}
	o->v = xgrow(o->v, o->n, sizeof(*o->v));
	o->v[o->n++] = (struct overlay){ st, mark };
}

/* The candidate's statements of these kinds in order, then those that are only
 * in the saved config. */
void
overlays_read(struct overlays *o, const struct host *h,
    enum statement_kind first, enum statement_kind last)
{
	const struct statement *st;
	size_t i;

	*o = (struct overlays){ .first = first, .last = last };
	for (i = 0; i < h->candidate.n; i++) {
		st = h->candidate.v[i].st;
		if (st == NULL || st->kind < first || st->kind > last)
			continue;
		o->v = xgrow(o->v, o->n, sizeof(*o->v));
		o->v[o->n++] = (struct overlay){ st, MARK_NONE };
	}
	if (h->dirty)
		config_diff(&h->saved, &h->candidate, take_change, o);
}

const struct overlay *
overlays_named(const struct overlays *o, const char *name)
{
	size_t i;

	for (i = 0; i < o->n; i++)
		if (strcmp(o->v[i].st->v[0].text, name) == 0)
			return &o->v[i];
	return NULL;
}

/* JSON */

json_t *
list_json_text(const char *s)
{
	struct buf b = { 0 };
	json_t *j;

	buf_escape(&b, s, strlen(s));
	j = json_string(buf_text(&b));
	buf_free(&b);
	return j;
}

json_t *
list_json_prefix(const struct prefix *p)
{
	char text[ADDR_TEXT_MAX];

	return p->family == AF_UNSPEC ? json_null()
				      : json_string(prefix_text(p, text));
}

json_t *
list_json_mac(bool has, const uint8_t mac[6])
{
	struct buf b = { 0 };
	json_t *text;

	if (!has)
		return json_null();
	mac_print(mac, &b);
	text = json_string(buf_text(&b));
	buf_free(&b);
	return text;
}

static void
add_address(void *arg, const struct address *a)
{
	json_array_append_new(arg, list_json_prefix(&a->prefix));
}

json_t *
list_json_addresses(const struct host *h, int nsid, int index)
{
	json_t *all = json_array();

	rows_addresses(h, nsid, index, add_address, all);
	return all;
}

json_t *
list_json_counter(const struct counter *c)
{
	return json_pack("{s:I,s:I}", "packets",
	    c != NULL ? (json_int_t)c->packets : 0, "bytes",
	    c != NULL ? (json_int_t)c->bytes : 0);
}

json_t *
list_json_statement(const struct statement *st)
{
	struct buf b = { 0 };
	json_t *j;

	if (st == NULL)
		return json_null();
	statement_print(st, &b);
	j = json_string(buf_text(&b));
	buf_free(&b);
	return j;
}

json_t *
list_json_value(const struct statement *st, size_t i)
{
	struct buf b = { 0 };
	json_t *j;

	if (!st->v[i].set)
		return json_null();
	type_print(statement_row(st)->args[i].type, &st->v[i], &b);
	j = json_string(buf_text(&b));
	buf_free(&b);
	return j;
}
