/* JSON of what the lists have in common. */
#include "config.h"

#include "core/show/list_json.h"

#include <jansson.h>
#include <string.h>

#include "core/show/list.h"

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

	list_addresses(h, nsid, index, add_address, all);
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

static int
add_piece(const char *text, size_t n, void *arg)
{
	buf_add_n(arg, text, n);
	return 0;
}

int
list_json_dump(struct buf *b, json_t *j)
{
	int r = json_dump_callback(j, add_piece, b, JSON_COMPACT);

	json_decref(j);
	return r;
}

json_t *
list_json_end(const struct flow *f, const struct prefix *addr, uint16_t port)
{
	return json_pack("{s:o,s:o}", "address", list_json_prefix(addr), "port",
	    flow_has_ports(f) ? json_integer(port) : json_null());
}

json_t *
list_json_count(const struct flow *f, const struct flow_count *c)
{
	return !f->counted
		   ? json_null()
		   : json_pack("{s:I,s:I}", "packets", (json_int_t)c->packets,
			 "bytes", (json_int_t)c->bytes);
}

json_t *
list_json_begin(const struct flow *f)
{
	return f->began != 0 ? json_integer(f->began) : json_null();
}
