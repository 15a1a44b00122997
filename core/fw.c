/* The firewall's door: libnftables behind plain functions. */
#include "config.h"

#include "core/fw.h"

#include <errno.h>
#include <jansson.h>
#include <nftables/libnftables.h>
#include <stdlib.h>
#include <string.h>

#include "core/intl.h"
#include "core/util.h"

#define LIST "list table inet " RULESET_TABLE
/* No table of this name is ever made, so deleting it fails; and its length is
 * that of no other word, so the error that underlines it can be told. */
#define NO_TABLE                                                               \
	"seki-never-makes-this-table-and-that-is-how-it-asks-the-kernel"

/* A context remembers what it read and what it was asked, also after an error,
 * so each job gets a new one. */
static struct nft_ctx *
open_nft(struct err *e)
{
	struct nft_ctx *nft = nft_ctx_new(NFT_CTX_DEFAULT);

	if (nft != NULL && nft_ctx_buffer_output(nft) == 0 &&
	    nft_ctx_buffer_error(nft) == 0)
		return nft;
	if (nft != NULL)
		nft_ctx_free(nft);
	err_set(e, ERR_FAIL, "libnftables does not start");
	return NULL;
}

/* nft answers in several lines: the sentence is in the first, behind the
 * place in a text that nobody outside ever sees. */
static int
fail(const char *said, const char *what, struct err *e)
{
	const char *start = strstr(said, "Error: ");
	struct buf b = { 0 };

	start = start != NULL ? start + strlen("Error: ") : said;
	buf_escape(&b, start, strcspn(start, "\n"));
	err_set(e, ERR_FAIL, "%s: %s", _(what),
	    b.len > 0 ? b.s : _("nftables gave no reason"));
	if (strstr(said, strerror(EPERM)) != NULL)
		err_hint(e, "nftables needs root (CAP_NET_ADMIN)");
	buf_free(&b);
	return -1;
}

int
fw_run(const char *commands, struct err *e)
{
	struct nft_ctx *nft = open_nft(e);
	int r;

	if (nft == NULL)
		return -1;
	r = nft_run_cmd_from_buffer(nft, commands);
	if (r != 0)
		r = fail(nft_ctx_get_error_buffer(nft),
		    N_("the kernel refused the ruleset"), e);
	nft_ctx_free(nft);
	return r;
}

/* nft quotes a wrong line of a text that came from memory, but underlines the
 * right columns. */
static bool
only_no_table_failed(const char *said)
{
	const char *error = strstr(said, "Error: ");
	const char *mark = strchr(said, '^');

	return error != NULL && strstr(error + 1, "Error: ") == NULL &&
	       mark != NULL && strspn(mark, "^") == strlen(NO_TABLE);
}

/* The dry run of libnftables never asks the kernel. A transaction that ends
 * with a command that must fail does, and the kernel takes all of it back. */
int
fw_try(const char *commands, struct err *e)
{
	char *text = xasprintf("%sdelete table inet " NO_TABLE "\n", commands);
	struct nft_ctx *nft = open_nft(e);
	const char *said;
	int r = -1;

	if (nft == NULL)
		goto out;
	nft_run_cmd_from_buffer(nft, text);
	said = nft_ctx_get_error_buffer(nft);
	r = only_no_table_failed(said)
		? 0
		: fail(said, N_("the kernel would refuse the ruleset"), e);
	nft_ctx_free(nft);
out:
	free(text);
	return r;
}

/* Our table's listing, owned by the caller; "" when there is none, NULL on an
 * error. */
static char *
list(unsigned flags, struct err *e)
{
	struct nft_ctx *nft = open_nft(e);
	const char *said;
	char *text = NULL;

	if (nft == NULL)
		return NULL;
	nft_ctx_output_set_flags(nft, flags | NFT_CTX_OUTPUT_NUMERIC_PROTO);
	if (nft_run_cmd_from_buffer(nft, LIST) == 0) {
		text = xstrdup(nft_ctx_get_output_buffer(nft));
	} else {
		said = nft_ctx_get_error_buffer(nft);
		if (strstr(said, strerror(ENOENT)) != NULL)
			text = xstrdup("");
		else
			fail(said, N_("cannot list the rules"), e);
	}
	nft_ctx_free(nft);
	return text;
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
	if (root == NULL) {
		err_set(e, ERR_FAIL,
		    "cannot read what nftables lists: %s", error.text);
		return err_hint(e,
		    "a table that was put to sleep (flags dormant) has to be "
		    "woken first: nft add table inet %s",
		    RULESET_TABLE);
	}
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
fw_read(struct ruleset *r, struct err *e)
{
	char *text;
	int result = 0;

	memset(r, 0, sizeof(*r));
	text = list(NFT_CTX_OUTPUT_JSON, e);
	if (text == NULL)
		return -1;
	if (text[0] != '\0') {
		r->present = true;
		result = read_listing(r, text, e);
		ruleset_sort(r);
	}
	free(text);
	return result;
}

char *
fw_save(struct err *e)
{
	return list(0, e);
}

/* add before delete: the delete must find a table, and there is no destroy
 * before nft 1.0.7. */
int
fw_restore(const char *saved, struct err *e)
{
	char *text = xasprintf("add table inet " RULESET_TABLE "\n"
			       "delete table inet " RULESET_TABLE "\n%s",
	    saved);
	int r = fw_run(text, e);

	free(text);
	return r;
}
