/* What a packet met on its way through this host. */
#include "config.h"

#include "core/show/list_tried.h"

#include <errno.h>
#include <jansson.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/show/list_json.h"

/* What it did with the packet; because of what. */
static const struct {
	const char *json, *words, *because;
} effects[TRIED_EFFECTS] = {
	[TRIED_LEAVES] = { "leaves", N_("leaves it"), NULL },
	[TRIED_ACCEPTS] = { "accepts", N_("accepts it"), N_("accepts it: %s") },
	[TRIED_TRANSLATES] = { "translates", NULL, NULL },
	[TRIED_QUEUES] = { "queues", NULL, N_("hands it to a program: %s") },
	[TRIED_DROPS] = { "drops", NULL, N_("DROPS it: %s") },
};

static const char *const ends[TRIED_ENDS] = {
	[TRIED_RECEIVED] = "received",
	[TRIED_LEFT] = "left",
	[TRIED_DROPPED] = "dropped",
	[TRIED_QUEUED] = "queued",
	[TRIED_LOST] = "lost",
	[TRIED_UNSEEN] = "unseen",
};

/* Cells */

static const char *
place_of(const struct tried_row *r)
{
	return r->place < HOOK_COUNT ? hook_places[r->place] : "-";
}

static void
tried_hook(const struct host *h UNUSED, const void *row, struct buf *b)
{
	buf_add(b, place_of(row));
}

static void
tried_chain(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct tried_row *r = row;

	buf_printf(b, "%s ", r->family);
	buf_escape(b, r->table, strlen(r->table));
	buf_add(b, " ");
	buf_escape(b, r->chain, strlen(r->chain));
	if (r->judged && !r->own)
		buf_add(b, _(" (legacy)"));
}

static const char *
owner_of(const struct host *h, const struct tried_row *r)
{
	if (r->own)
		return "seki";
	return r->hook != NULL ? hook_owner(&h->hooks, r->hook) : NULL;
}

static void
tried_owner(const struct host *h, const void *row, struct buf *b)
{
	const char *owner = owner_of(h, row);

	buf_add(b, owner != NULL ? owner : "-");
}

static void
add_place(const struct prefix *to, uint16_t port, struct buf *b)
{
	if (port != 0)
		addr_port_print(to, port, b);
	else
		prefix_print(to, b);
}

/* What in the chain did it. */
static void
add_why(const struct tried_row *r, struct buf *b)
{
	struct buf at = { 0 };

	buf_escape(&at, r->at, strlen(r->at));
	if (r->by != NULL)
		statement_print(r->by, b);
	else if (r->fixed != NULL)
		buf_add(b, _(r->fixed));
	else if (r->judged)
		buf_printf(b, _("by chain %s"), buf_text(&at));
	else if (r->rule == 0)
		buf_add(b, _("by its policy"));
	else
		buf_printf(b, _("by the rule with handle %u in chain %s"),
		    (unsigned)r->rule, buf_text(&at));
	buf_free(&at);
}

static void
add_translation(const struct tried_row *r, struct buf *b)
{
	struct buf to = { 0 }, by = { 0 };

	add_place(&r->to, r->port, &to);
	if (r->by != NULL) {
		statement_print(r->by, &by);
		buf_printf(
		    b, _("sends it to %s: %s"), buf_text(&to), buf_text(&by));
	} else {
		buf_printf(b, _("sends it to %s"), buf_text(&to));
	}
	buf_free(&to);
	buf_free(&by);
}

static void
tried_effect(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct tried_row *r = row;
	struct buf why = { 0 };

	add_why(r, &why);
	if (r->effect == TRIED_TRANSLATES)
		add_translation(r, b);
	else if (effects[r->effect].words != NULL && r->by == NULL)
		buf_add(b, _(effects[r->effect].words));
	else
		buf_printf(b, _(effects[r->effect].because), buf_text(&why));
	buf_free(&why);
}

static char
tried_mark(const struct host *h UNUSED, const void *row)
{
	const struct tried_row *r = row;

	return r->effect >= TRIED_QUEUES ? '!' : r->own ? '*' : ' ';
}

static const struct listing_column tried_columns[] = {
	{ "hook", N_("HOOK"), 0, 1, 0, tried_hook,
	    N_("where the packet met it") },
	{ "chain", N_("CHAIN"), COLUMN_WIDE, 0, 0, tried_chain,
	    N_("its family, its table and its name") },
	{ "owner", N_("OWNER"), 0, 3, 0, tried_owner,
	    N_("the program whose it is, by the names in its table") },
	{ "effect", N_("WHAT IT DID"), COLUMN_WIDE, 0, 0, tried_effect,
	    N_("what it did with the packet, and by which statement") },
};

/* JSON */

static json_t *
json_place(const struct prefix *to, uint16_t port)
{
	if (to->family == AF_UNSPEC)
		return json_null();
	return json_pack(
	    "{s:o,s:i}", "address", list_json_prefix(to), "port", (int)port);
}

static json_t *
json_decider(const struct tried_row *r)
{
	if (r->by != NULL)
		return list_json_statement(r->by);
	return r->fixed != NULL ? json_string(r->fixed) : json_null();
}

static json_t *
json_row(const struct host *h, const void *row)
{
	const struct tried_row *r = row;

	return json_pack("{s:s,s:s,s:o,s:o,s:s?,s:s,s:o,s:I,s:b,s:o,s:o}",
	    "hook", place_of(r), "family", r->family, "table",
	    list_json_text(r->table), "chain", list_json_text(r->chain),
	    "owner", owner_of(h, r), "effect", effects[r->effect].json, "at",
	    list_json_text(r->at), "rule", (json_int_t)r->rule, "judged",
	    r->judged, "to", json_place(&r->to, r->port), "by",
	    json_decider(r));
}

const struct listing listing_tried = {
	.name = "try",
	.columns = tried_columns,
	.ncolumns = NITEMS(tried_columns),
	.row_size = sizeof(struct tried_row),
	.ordered = true,
	.mark = tried_mark,
	.json = json_row,
	.shape = "{real: true|false, lack, link,\n"
		 " end: received|left|dropped|queued|lost|unseen,\n"
		 " refused, out, to: {address, port},\n"
		 " rows: [{hook, family, table, chain, owner,\n"
		 "  effect: leaves|accepts|translates|queues|drops,\n"
		 "  at, rule, judged: true|false, to, by}]}",
};

static int
add_piece(const char *text, size_t n, void *arg)
{
	buf_add_n(arg, text, n);
	return 0;
}

int
tried_json(
    const struct host *h, const struct attempt *a, struct buf *b, struct err *e)
{
	const struct tried *t = &a->tried;
	const struct link *out = snapshot_link_at(&h->snapshot, t->out);
	json_t *rows = json_array(), *j;
	size_t i;
	int r;

	for (i = 0; i < t->n; i++)
		json_array_append_new(rows, json_row(h, &t->v[i]));
	j = json_pack("{s:i,s:{s:b,s:s?,s:o,s:s,s:b,s:s?,s:o,s:o}}", "schema",
	    1, "try", "real", a->real, "lack", a->real ? NULL : a->lack.text,
	    "link", list_json_text(a->link->name), "end", ends[t->end],
	    "refused", t->refused, "out", out != NULL ? out->name : NULL, "to",
	    json_place(&t->to, t->port), "rows", rows);
	r = json_dump_callback(j, add_piece, b, JSON_COMPACT);
	json_decref(j);
	buf_add(b, "\n");
	return r == 0 ? 0
		      : err_set(e, ERR_FAIL, "cannot write the answer as JSON");
}

/* Sentences */

static const struct {
	int code;
	const char *why;
} refusals[] = {
	{ EXDEV, N_("the source may not come by that link (rp_filter)") },
	{ EHOSTUNREACH, N_("it has no route there, or does not forward") },
	{ ENETUNREACH, N_("it has no route there, or does not forward") },
	{ EINVAL, N_("the source may not come by that link (rp_filter)") },
	{ EACCES, N_("a route or a rule (ip rule) prohibits it") },
};

/* What sentences are about, as text. */
struct story {
	const struct host *h;
	const struct attempt *a;
	struct buf from, to, last_to, who, why;
};

static void
tell_lost(const struct story *s, struct buf *b)
{
	size_t i = 0;

	while (i < NITEMS(refusals) && refusals[i].code != s->a->refusal)
		i++;
	if (s->a->refusal == 0)
		buf_printf(b,
		    _("a packet from %s to %s is lost between two hooks, and "
		      "no rule of nftables did it"),
		    buf_text(&s->from), buf_text(&s->to));
	else
		buf_printf(b,
		    _("a packet from %s to %s is dropped by the routing of "
		      "this host: %s"),
		    buf_text(&s->from), buf_text(&s->to),
		    i < NITEMS(refusals) ? _(refusals[i].why)
					 : strerror(s->a->refusal));
}

static void
tell_unseen(const struct story *s, struct buf *b)
{
	buf_printf(b,
	    _("a packet from %s to %s does not come to the first hook: a "
	      "filter of tc or a program (XDP) on the uplink takes it"),
	    buf_text(&s->from), buf_text(&s->to));
}

static void
tell_dropped(const struct story *s, struct buf *b)
{
	buf_printf(b,
	    s->a->tried.refused
		? _("a packet from %s to %s is refused by %s: %s")
		: _("a packet from %s to %s is dropped by %s: %s"),
	    buf_text(&s->from), buf_text(&s->to), buf_text(&s->who),
	    buf_text(&s->why));
}

static void
tell_queued(const struct story *s, struct buf *b)
{
	buf_printf(b,
	    _("a packet from %s to %s is handed to a program, which decides, "
	      "by %s: %s"),
	    buf_text(&s->from), buf_text(&s->to), buf_text(&s->who),
	    buf_text(&s->why));
}

static void
tell_received(const struct story *s, struct buf *b)
{
	buf_printf(b,
	    _("a packet from %s to %s comes to this host itself, at %s"),
	    buf_text(&s->from), buf_text(&s->to), buf_text(&s->last_to));
}

static void
tell_left(const struct story *s, struct buf *b)
{
	const struct link *out =
	    snapshot_link_at(&s->h->snapshot, s->a->tried.out);
	struct buf link = { 0 };

	if (out != NULL)
		buf_escape(&link, out->name, strlen(out->name));
	buf_printf(b,
	    out != NULL ? _("a packet from %s to %s leaves for %s by %s")
			: _("a packet from %s to %s leaves for %s"),
	    buf_text(&s->from), buf_text(&s->to), buf_text(&s->last_to),
	    buf_text(&link));
	buf_free(&link);
}

static void
begin_story(struct story *s, const struct host *h, const struct attempt *a)
{
	const struct tried *t = &a->tried;
	const struct tried_row *last = t->n > 0 ? &t->v[t->n - 1] : NULL;

	*s = (struct story){ .h = h, .a = a };
	add_place(&a->trial.from, 0, &s->from);
	add_place(&a->trial.to, a->trial.dport, &s->to);
	add_place(&t->to, t->port, &s->last_to);
	if (last == NULL)
		return;
	if (last->hook != NULL)
		hook_name(&h->hooks, last->hook, &s->who);
	else if (last->own)
		buf_add(&s->who, "seki");
	else
		tried_chain(h, last, &s->who);
	add_why(last, &s->why);
}

static void
end_story(struct story *s)
{
	buf_free(&s->from);
	buf_free(&s->to);
	buf_free(&s->last_to);
	buf_free(&s->who);
	buf_free(&s->why);
}

void
tried_tell(const struct host *h, const struct attempt *a, struct buf *b)
{
	static void (*const tells[TRIED_ENDS])(
	    const struct story *, struct buf *) = {
		[TRIED_RECEIVED] = tell_received,
		[TRIED_LEFT] = tell_left,
		[TRIED_DROPPED] = tell_dropped,
		[TRIED_QUEUED] = tell_queued,
		[TRIED_LOST] = tell_lost,
		[TRIED_UNSEEN] = tell_unseen,
	};
	struct story s;

	begin_story(&s, h, a);
	tells[a->tried.end](&s, b);
	end_story(&s);
}

/* In a few words: behind what they are about. The place to fill in is where it
 * went, or who did it. */
static const char *const fates[TRIED_ENDS] = {
	[TRIED_RECEIVED] = N_("comes to this host, at %s"),
	[TRIED_LEFT] = N_("gets to %s"),
	[TRIED_DROPPED] = N_("dropped by %s"),
	[TRIED_QUEUED] = N_("handed to a program by %s"),
	[TRIED_LOST] = N_("lost in the routing of this host"),
	[TRIED_UNSEEN] = N_("taken by a filter of tc or a program (XDP)"),
};

/* Of what was read nobody knows more than the chain, which has a name. */
static bool
has_why(const struct tried *t)
{
	const struct tried_row *r = t->n > 0 ? &t->v[t->n - 1] : NULL;

	return (t->end == TRIED_DROPPED || t->end == TRIED_QUEUED) &&
	       (r->by != NULL || r->fixed != NULL || !r->judged ||
		   strcmp(r->at, r->chain) != 0);
}

bool
tried_through(const struct attempt *a)
{
	return a->tried.end == TRIED_RECEIVED || a->tried.end == TRIED_LEFT;
}

void
tried_fate(const struct host *h, const struct attempt *a, struct buf *b)
{
	const struct tried *t = &a->tried;
	bool through = tried_through(a);
	struct story s;

	begin_story(&s, h, a);
	if (through)
		buf_printf(b, _(fates[t->end]), buf_text(&s.last_to));
	else
		buf_printf(b,
		    t->refused ? _("refused by %s") : _(fates[t->end]),
		    buf_text(&s.who));
	if (has_why(t))
		buf_printf(b, ": %s", buf_text(&s.why));
	end_story(&s);
}

/* The last statement that did something; NULL: none did. */
static const struct statement *
last_statement(const struct tried *t)
{
	size_t i = t->n;

	while (i > 0 && t->v[i - 1].by == NULL)
		i--;
	return i > 0 ? t->v[i - 1].by : NULL;
}

void
tried_decider(const struct attempt *a, struct buf *b)
{
	const struct tried *t = &a->tried;

	if (last_statement(t) != NULL)
		statement_print(last_statement(t), b);
	else if (t->n > 0)
		add_why(&t->v[t->n - 1], b);
}

bool
tried_cure(const struct host *h, const struct attempt *a, struct buf *b)
{
	const struct tried *t = &a->tried;
	const struct tried_row *r = t->n > 0 ? &t->v[t->n - 1] : NULL;
	const struct link *out;
	struct hook_want want = { .lo = t->port, .hi = t->port };

	if (t->end != TRIED_DROPPED || r->hook == NULL)
		return false;
	out = snapshot_link_at(&h->snapshot, t->out);
	want.bridge = out != NULL ? out->name : NULL;
	want.protocol = a->trial.proto == IPPROTO_UDP ? "udp" : "tcp";
	hook_cure(&h->hooks, r->hook, &h->hooks.tables.chains[r->hook->chain],
	    &want, b);
	return true;
}

void
tried_verdict(const struct host *h, const struct attempt *a, struct buf *b)
{
	bool through = tried_through(a);
	struct buf by = { 0 }, cure = { 0 };

	buf_add(b, through ? "ok   " : "FAIL ");
	tried_fate(h, a, b);
	if (through && last_statement(&a->tried) != NULL)
		tried_decider(a, &by);
	if (by.len > 0)
		buf_printf(b, ": %s", buf_text(&by));
	buf_add(b, "\n");
	if (tried_cure(h, a, &cure))
		buf_printf(b, _("cure  %s\n"), buf_text(&cure));
	buf_free(&by);
	buf_free(&cure);
}

void
tried_means(const struct attempt *a, struct buf *b)
{
	const char *ours =
	    _("a real packet, let in as if by %s and stopped before the wire; "
	      "the counters that it passed count it, and nothing else of it is "
	      "left");
	struct buf link = { 0 };

	if (!a->real) {
		buf_printf(b, _("judged from seki's own rules only: %s"),
		    a->lack.text);
		return;
	}
	buf_escape(&link, a->link->name, strlen(a->link->name));
	buf_printf(b,
	    a->others ? _("a packet that came by %s, and went its way") : ours,
	    buf_text(&link));
	buf_free(&link);
}
