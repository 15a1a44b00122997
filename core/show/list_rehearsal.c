/* What packets met that were tried for a commit. */
#include "config.h"

#include "core/show/list_rehearsal.h"

#include <inttypes.h>
#include <jansson.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/intl.h"
#include "core/show/list_json.h"
#include "core/show/list_tried.h"

#define FILE_NAME "tried"
#define FILE_MAX 65536

/* Lines */

static const char *
proto_of(const struct rehearsed *r)
{
	return r->attempt.trial.proto == IPPROTO_UDP ? "udp" : "tcp";
}

/* What became of it, and what is wrong with that. */
static void
add_fate(const struct host *h, const struct rehearsed *r, struct buf *b)
{
	const struct hook *doubt = r->attempt.tried.doubt;
	struct buf who = { 0 };

	tried_fate(h, &r->attempt, b);
	if (r->state == LIGHT_FAIL && !r->passes) {
		buf_add(b, ": ");
		tried_decider(&r->attempt, b);
	}
	if (r->deaf != NULL)
		buf_printf(b, _(", but %s"), r->deaf);
	if (r->state != LIGHT_UNKNOWN)
		return;
	hook_name(&h->hooks, doubt, &who);
	buf_printf(b, _(", unless %s drops it"), buf_text(&who));
	buf_free(&who);
}

/* "forward tcp 80 (tcp from 198.51.100.1): gets to 10.0.3.3:80" */
static void
add_text(const struct host *h, const struct rehearsed *r, struct buf *b)
{
	char from[ADDR_TEXT_MAX];

	statement_key(r->st, b);
	buf_printf(b, _(" (%s from %s): "), proto_of(r),
	    addr_text(&r->attempt.trial.from, from));
	add_fate(h, r, b);
}

static void
add_line(const struct host *h, const struct rehearsed *r, struct buf *b)
{
	struct buf cure = { 0 };

	buf_printf(b, "%-4s ", light_state_words[r->state]);
	add_text(h, r, b);
	buf_add(b, "\n");
	if (r->state == LIGHT_FAIL && tried_cure(h, &r->attempt, &cure))
		buf_printf(b, "     %s\n", buf_text(&cure));
	buf_free(&cure);
}

static void
add_more(const struct rehearsal *r, struct buf *b)
{
	if (r->more > 0)
		buf_printf(b,
		    ngettext("     %zu more is not tried\n",
			"     %zu more are not tried\n", r->more),
		    r->more);
}

void
rehearsal_tell(const struct host *h, const struct rehearsal *r, struct buf *b)
{
	size_t i;

	if (r->n == 0)
		return;
	buf_add(b, _("What packets would meet:\n"));
	for (i = 0; i < r->n; i++)
		add_line(h, &r->v[i], b);
	add_more(r, b);
}

static size_t
count_fine(const struct rehearsal *r)
{
	size_t i, n = 0;

	for (i = 0; i < r->n; i++)
		n += r->v[i].state == LIGHT_OK;
	return n;
}

/* All alike: what the kernel lacks for one it lacks for all. */
static bool
were_sent(const struct rehearsal *r)
{
	return r->v[0].attempt.real;
}

static void
tell_sent(const struct host *h, const struct rehearsal *r, struct buf *b)
{
	size_t fine = count_fine(r), i;

	buf_printf(b, "%-4s ",
	    light_state_words[fine == r->n ? LIGHT_OK : LIGHT_WARN]);
	buf_printf(b,
	    were_sent(r) ? _("%zu of %zu real packets fared as they "
			     "should; counters count them\n")
			 : _("%zu of %zu packets would fare as they should: "
			     "real ones cannot be sent here\n"),
	    fine, r->n);
	for (i = 0; i < r->n; i++)
		if (r->v[i].state != LIGHT_OK)
			add_line(h, &r->v[i], b);
	add_more(r, b);
}

/* The note, of one commit */

static void
head_of(const struct host *h, struct buf *b)
{
	buf_printf(b, "%u %" PRId64 "\n", h->pending.number, h->pending.when);
}

static void
note(const struct host *h, const char *text)
{
	char *path = host_path(h, FILE_NAME);
	struct buf b = { 0 };
	struct err ignored;

	head_of(h, &b);
	buf_add(&b, text);
	file_replace(path, buf_text(&b), b.len, 0644, &ignored);
	buf_free(&b);
	free(path);
}

void
rehearsal_try(struct host *h, struct rehearsal *r, struct buf *b)
{
	struct buf told = { 0 };

	rehearsal_send(r, h);
	if (r->n > 0) {
		tell_sent(h, r, &told);
		note(h, buf_text(&told));
	}
	buf_add(b, buf_text(&told));
	buf_free(&told);
}

void
rehearsal_told(const struct host *h, struct buf *b)
{
	char *path = host_path(h, FILE_NAME);
	char *text = read_file(path, FILE_MAX, NULL);
	struct buf head = { 0 };

	head_of(h, &head);
	if (h->pending.phase == PENDING_WAITING && text != NULL &&
	    has_prefix(text, buf_text(&head)))
		buf_add(b, text + head.len);
	buf_free(&head);
	free(text);
	free(path);
}

/* JSON */

static json_t *
json_row(const struct host *h, const struct rehearsed *r)
{
	const struct trial *t = &r->attempt.trial;
	struct buf text = { 0 }, cure = { 0 };
	json_t *j;

	add_fate(h, r, &text);
	if (r->state == LIGHT_FAIL)
		tried_cure(h, &r->attempt, &cure);
	j = json_pack("{s:o,s:s,s:o,s:{s:o,s:i},s:b,s:b,s:s,s:o,s:o}",
	    "statement", list_json_statement(r->st), "protocol", proto_of(r),
	    "from", list_json_prefix(&t->from), "to", "address",
	    list_json_prefix(&t->to), "port", (int)t->dport, "real",
	    r->attempt.real, "passes", r->passes, "state",
	    light_state_names[r->state], "text",
	    list_json_text(buf_text(&text)), "cure",
	    cure.len > 0 ? list_json_text(buf_text(&cure)) : json_null());
	buf_free(&text);
	buf_free(&cure);
	return j;
}

json_t *
rehearsal_json(const struct host *h, const struct rehearsal *r)
{
	json_t *all = json_array();
	size_t i;

	for (i = 0; i < r->n; i++)
		json_array_append_new(all, json_row(h, &r->v[i]));
	return all;
}
