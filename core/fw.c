/* The firewall's door: libnftables behind plain functions. */
#include "config.h"

#include "core/fw.h"

#include <jansson.h>
#include <nftables/libnftables.h>
#include <stdlib.h>
#include <string.h>

#include "core/util.h"

#define LIST "list table inet " RULESET_TABLE

struct fw {
	struct nft_ctx *nft;
};

struct fw *
fw_open(struct err *e)
{
	struct fw *fw = xcalloc(1, sizeof(*fw));

	fw->nft = nft_ctx_new(NFT_CTX_DEFAULT);
	if (fw->nft != NULL && nft_ctx_buffer_output(fw->nft) == 0 &&
	    nft_ctx_buffer_error(fw->nft) == 0)
		return fw;
	err_set(e, ERR_FAIL, "libnftables does not start");
	fw_free(fw);
	return NULL;
}

void
fw_free(struct fw *fw)
{
	if (fw != NULL && fw->nft != NULL)
		nft_ctx_free(fw->nft);
	free(fw);
}

/* nft answers in several lines: the sentence is in the first, behind the
 * place in a text that nobody outside ever sees. */
static int
fail(struct fw *fw, const char *what, struct err *e)
{
	const char *said = nft_ctx_get_error_buffer(fw->nft), *start;
	struct buf b = { 0 };

	start = strstr(said, "Error: ");
	start = start != NULL ? start + strlen("Error: ") : said;
	buf_escape(&b, start, strcspn(start, "\n"));
	err_set(e, ERR_FAIL, "%s: %s", what,
	    b.len > 0 ? b.s : "nftables gave no reason");
	if (strstr(said, "Operation not permitted") != NULL)
		err_hint(e, "nftables needs root (CAP_NET_ADMIN)");
	buf_free(&b);
	return -1;
}

int
fw_run(struct fw *fw, const char *commands, bool dry, struct err *e)
{
	int r;

	nft_ctx_output_set_flags(fw->nft, 0);
	nft_ctx_set_dry_run(fw->nft, dry);
	r = nft_run_cmd_from_buffer(fw->nft, commands);
	nft_ctx_set_dry_run(fw->nft, false);
	if (r == 0)
		return 0;
	return fail(fw, dry ? "the kernel would refuse the ruleset"
			    : "the kernel refused the ruleset", e);
}

/* Our table's listing, borrowed until the next call; "" when there is none,
 * NULL on an error. */
static const char *
list(struct fw *fw, unsigned flags, struct err *e)
{
	nft_ctx_output_set_flags(fw->nft, flags);
	if (nft_run_cmd_from_buffer(fw->nft, LIST) == 0)
		return nft_ctx_get_output_buffer(fw->nft);
	if (strstr(nft_ctx_get_error_buffer(fw->nft), "No such file") != NULL)
		return "";
	fail(fw, "cannot list the table " RULESET_TABLE, e);
	return NULL;
}

/* A part of an element as nft writes it in its own language. */
static void
print_part(const json_t *j, struct buf *b)
{
	const json_t *part;
	const char *addr;
	json_int_t lo, hi, len;
	size_t i;

	if (json_is_string(j)) {
		buf_add(b, json_string_value(j));
	} else if (json_is_integer(j)) {
		buf_printf(b, "%" JSON_INTEGER_FORMAT, json_integer_value(j));
	} else if (json_unpack((json_t *)j, "{s:[I,I]}", "range", &lo, &hi) ==
	    0) {
		buf_printf(b, "%" JSON_INTEGER_FORMAT "-%" JSON_INTEGER_FORMAT,
		    lo, hi);
	} else if (json_unpack((json_t *)j, "{s:{s:s,s:I}}", "prefix", "addr",
		       &addr, "len", &len) == 0) {
		buf_printf(b, "%s/%" JSON_INTEGER_FORMAT, addr, len);
	} else if ((part = json_object_get(j, "concat")) != NULL) {
		for (i = 0; i < json_array_size(part); i++) {
			buf_add(b, i > 0 ? " . " : "");
			print_part(json_array_get(part, i), b);
		}
	} else if ((part = json_object_get(j, "elem")) != NULL) {
		print_part(json_object_get(part, "val"), b);
	}
}

static void
read_set(struct ruleset *r, const json_t *set)
{
	const char *name = json_string_value(json_object_get(set, "name"));
	const json_t *elems = json_object_get(set, "elem"), *elem;
	int number = name != NULL ? ruleset_set_number(name) : -1;
	struct buf key = { 0 }, value = { 0 };
	bool pair;
	size_t i;

	if (number < 0)
		return;
	r->has_set[number] = true;
	for (i = 0; i < json_array_size(elems); i++) {
		elem = json_array_get(elems, i);
		pair = json_is_array(elem);
		buf_reset(&key);
		buf_reset(&value);
		print_part(pair ? json_array_get(elem, 0) : elem, &key);
		print_part(pair ? json_array_get(elem, 1) : NULL, &value);
		ruleset_add_element(&r->sets[number], buf_text(&key),
		    pair ? buf_text(&value) : NULL);
	}
	buf_free(&key);
	buf_free(&value);
}

static void
read_counter(struct ruleset *r, const json_t *c)
{
	const char *name = json_string_value(json_object_get(c, "name"));

	if (name != NULL)
		ruleset_add_element(&r->counters, name, NULL);
}

static void
read_chain(struct ruleset *r, const json_t *c)
{
	const char *name = json_string_value(json_object_get(c, "name"));

	if (name != NULL)
		ruleset_add_chain(r, name);
}

/* The first rule of a chain carries its mark. Chains are listed first. */
static void
read_rule(struct ruleset *r, const json_t *rule)
{
	const char *name = json_string_value(json_object_get(rule, "chain"));
	const char *mark = json_string_value(json_object_get(rule, "comment"));
	struct ruleset_chain *c;

	for (c = r->chains; c < r->chains + r->nchains; c++) {
		if (name == NULL || strcmp(c->name, name) != 0)
			continue;
		if (c->count++ == 0 && mark != NULL)
			c->mark = xstrdup(mark);
	}
}

static const struct {
	const char *name;
	void (*read)(struct ruleset *, const json_t *);
} kinds[] = {
	{ "counter", read_counter },
	{ "map", read_set },
	{ "set", read_set },
	{ "chain", read_chain },
	{ "rule", read_rule },
};

static int
read_listing(struct ruleset *r, const char *text, struct err *e)
{
	json_t *root, *all, *object;
	json_error_t error;
	size_t i, k;

	root = json_loads(text, 0, &error);
	if (root == NULL)
		return err_set(e, ERR_FAIL,
		    "cannot read what nftables lists: %s", error.text);
	all = json_object_get(root, "nftables");
	for (i = 0; i < json_array_size(all); i++) {
		for (k = 0; k < NITEMS(kinds); k++) {
			object = json_object_get(
			    json_array_get(all, i), kinds[k].name);
			if (object != NULL)
				kinds[k].read(r, object);
		}
	}
	json_decref(root);
	return 0;
}

int
fw_read(struct fw *fw, struct ruleset *r, struct err *e)
{
	const char *text;

	memset(r, 0, sizeof(*r));
	text = list(fw, NFT_CTX_OUTPUT_JSON | NFT_CTX_OUTPUT_NUMERIC_PROTO, e);
	if (text == NULL)
		return -1;
	if (text[0] == '\0')
		return 0;
	r->present = true;
	if (read_listing(r, text, e) != 0)
		return -1;
	ruleset_sort(r);
	return 0;
}

char *
fw_save(struct fw *fw, struct err *e)
{
	const char *text = list(fw, NFT_CTX_OUTPUT_NUMERIC_PROTO, e);

	return text != NULL ? xstrdup(text) : NULL;
}

/* add before delete: the delete must find a table, and there is no destroy
 * before nft 1.0.7. */
int
fw_restore(struct fw *fw, const char *saved, struct err *e)
{
	char *text = xasprintf("add table inet " RULESET_TABLE "\n"
			       "delete table inet " RULESET_TABLE "\n%s", saved);
	int r = fw_run(fw, text, false, e);

	free(text);
	return r;
}
