/* Types of values: how each is parsed, printed and explained. */
#include "config.h"

#include "core/lang/type.h"

#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/kernel/snapshot.h"
#include "core/lang/config.h"
#include "core/lang/statement.h"
#include "core/lang/type_parts.h"

#define TEXT_MAX 4096	  /* bytes */
#define NUMBER_MAX 999999 /* as many digits as the history has */

void
type_explain(const struct type *t, struct buf *b)
{
	const struct choice *c = t->choices;

	if (t->desc != NULL) {
		buf_add(b, _(t->desc));
		return;
	}
	for (; c->word != NULL; c++) {
		if (c > t->choices)
			buf_add(b, c[1].word != NULL ? ", " : _(" or "));
		buf_add(b, c->word);
	}
}

static void
hint_type(const struct type *t, struct err *e)
{
	struct buf b = { 0 };

	type_explain(t, &b);
	err_hint(e, "%s: %s", t->metavar, buf_text(&b));
	buf_free(&b);
}

const struct word *
type_take(const struct type *t, struct words *w, struct err *e)
{
	const struct word *word = words_take(w);

	if (word == NULL) {
		err_set(e, ERR_USAGE, "incomplete: %s is missing", t->metavar);
		hint_type(t, e);
		words_blame(w, NULL, e);
	}
	return word;
}

int
type_refuse(const struct type *t, const struct words *w,
    const struct word *word, struct err *e)
{
	struct buf b = { 0 };

	words_print(&b, word->text, "");
	err_set(e, ERR_USAGE, "%s does not fit here", buf_text(&b));
	hint_type(t, e);
	buf_free(&b);
	return words_blame(w, word, e);
}

long
type_digits(const char **s, long max)
{
	long n = 0;

	if (**s < '0' || **s > '9' ||
	    (**s == '0' && (*s)[1] >= '0' && (*s)[1] <= '9'))
		return -1;
	for (; **s >= '0' && **s <= '9'; (*s)++) {
		n = n * 10 + (**s - '0');
		if (n > max)
			return -1;
	}
	return n;
}

/* Words and names */

int
type_word_parse(
    const struct type *t, struct words *w, struct value *v, struct err *e)
{
	const struct word *word = type_take(t, w, e);

	if (word == NULL)
		return -1;
	v->text = xstrdup(word->text);
	return 0;
}

/* It is shown in a column, and copied with each statement. */
static int
text_parse(
    const struct type *t, struct words *w, struct value *v, struct err *e)
{
	const struct word *word = type_take(t, w, e);

	if (word == NULL)
		return -1;
	if (strlen(word->text) > TEXT_MAX) {
		err_set(e, ERR_USAGE,
		    "this text has %zu bytes, and may have %d",
		    strlen(word->text), TEXT_MAX);
		err_hint(e, "what is longer fits into comments, lines that "
			    "begin with #");
		return words_blame(w, word, e);
	}
	v->text = xstrdup(word->text);
	return 0;
}

static void
text_print(const struct type *t UNUSED, const struct value *v, struct buf *b)
{
	words_print_quoted(b, v->text);
}

void
type_word_print(
    const struct type *t UNUSED, const struct value *v, struct buf *b)
{
	words_print(b, v->text, "");
}

bool
type_word_equal(const struct value *a, const struct value *b)
{
	return strcmp(a->text, b->text) == 0;
}

void
type_word_free(struct value *v)
{
	free(v->text);
}

static int
name_parse(
    const struct type *t, struct words *w, struct value *v, struct err *e)
{
	const struct word *word = words_peek(w);

	if (word != NULL &&
	    (word->text[0] == '\0' || strchr(word->text, '/') != NULL))
		return type_refuse(t, w, word, e);
	return type_word_parse(t, w, v, e);
}

/* The kernel accepts far stranger names; these are safe in nft syntax, where a
 * quote ends a name and a star is a wildcard. */
bool
type_is_iface(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUV"
			     "WXYZ0123456789._-@+=~");

	return n > 0 && n < IFNAMSIZ && s[n] == '\0' && strcmp(s, ".") != 0 &&
	       strcmp(s, "..") != 0;
}

static int
iface_parse(
    const struct type *t, struct words *w, struct value *v, struct err *e)
{
	const struct word *word = type_take(t, w, e);

	if (word == NULL)
		return -1;
	if (!type_is_iface(word->text))
		return type_refuse(t, w, word, e);
	v->text = xstrdup(word->text);
	return 0;
}

/* Choices */

int
type_choose(const struct choice *c, const char *word)
{
	size_t n = strlen(word);
	int i, found = -1;

	for (i = 0; c[i].word != NULL; i++) {
		if (strncmp(c[i].word, word, n) != 0)
			continue;
		if (c[i].word[n] == '\0')
			return i;
		found = found == -1 ? i : -2;
	}
	return n > 0 ? found : -1;
}

int
type_choice_parse(
    const struct type *t, struct words *w, struct value *v, struct err *e)
{
	const struct word *word = type_take(t, w, e);
	int i;

	if (word == NULL)
		return -1;
	i = word_is_plain(word) ? type_choose(t->choices, word->text) : -1;
	if (i < 0)
		return type_refuse(t, w, word, e);
	v->choice = (unsigned)i;
	return 0;
}

void
type_choice_print(const struct type *t, const struct value *v, struct buf *b)
{
	buf_add(b, t->choices[v->choice].word);
}

bool
type_choice_equal(const struct value *a, const struct value *b)
{
	return a->choice == b->choice;
}

void
type_choice_suggest(const struct type *t, struct suggest *s)
{
	const struct choice *c;

	for (c = t->choices; c->word != NULL; c++)
		if (c->help != NULL)
			s->add(s->arg, c->word, _(c->help));
}

/* Numbers */

int
type_number_parse(
    const struct type *t, struct words *w, struct value *v, struct err *e)
{
	const struct word *word = type_take(t, w, e);
	const char *s;
	long n;

	if (word == NULL)
		return -1;
	s = word->text;
	n = type_digits(&s, t->most > 0 ? t->most : NUMBER_MAX);
	if (n < 1 || *s != '\0')
		return type_refuse(t, w, word, e);
	v->number = (unsigned)n;
	return 0;
}

void
type_number_print(
    const struct type *t UNUSED, const struct value *v, struct buf *b)
{
	buf_printf(b, "%u", v->number);
}

static int
rate_parse(
    const struct type *t, struct words *w, struct value *v, struct err *e)
{
	static const struct choice units[] = { { "second", "" },
		{ "minute", "" }, { NULL, NULL } };
	const struct word *word = type_take(t, w, e);
	const char *s;
	long n;
	int unit;

	if (word == NULL)
		return -1;
	s = word->text;
	n = type_digits(&s, 1000000);
	unit = *s == '/' ? type_choose(units, s + 1) : -1;
	if (n < 1 || unit < 0)
		return type_refuse(t, w, word, e);
	v->rate = (struct rate){ (unsigned)n, unit == 1 };
	return 0;
}

static void
rate_print(const struct type *t UNUSED, const struct value *v, struct buf *b)
{
	buf_printf(
	    b, "%u/%s", v->rate.n, v->rate.per_minute ? "minute" : "second");
}

static bool
rate_equal(const struct value *a, const struct value *b)
{
	return a->rate.n == b->rate.n &&
	       a->rate.per_minute == b->rate.per_minute;
}

/* Ports */

static int
range_compare(const void *a, const void *b)
{
	const struct range *x = a, *y = b;

	return (int)x->lo - (int)y->lo;
}

static int
read_range(const char **s, struct range *r)
{
	long lo = type_digits(s, PORT_LAST), hi = lo;

	if (**s == '-') {
		(*s)++;
		hi = type_digits(s, PORT_LAST);
	}
	if (lo < 1 || hi < lo)
		return -1;
	*r = (struct range){ (uint16_t)lo, (uint16_t)hi };
	return 0;
}

/* Points at the part of a list that is not a range of ports. */
static int
refuse_range(const struct type *t, const struct words *w,
    const struct word *word, size_t at, struct err *e)
{
	const char *part = word->text + at;
	size_t len = strcspn(part, ",");
	const char *why = N_("%.*s is not a port");

	if (len == 0 || !word_is_plain(word))
		return type_refuse(t, w, word, e);
	if (strspn(part, "0123456789") >= len)
		why = N_("%.*s: a port is 1 to 65535");
	else if (strspn(part, "0123456789-") >= len)
		why = N_("%.*s: a range is two ports, the lower first");
	err_set(e, ERR_USAGE, why, (int)len, part);
	hint_type(t, e);
	words_blame(w, word, e);
	return err_at(e, e->line, e->col + (unsigned)at, (unsigned)len);
}

/* The list is sorted. */
static int
check_apart(const struct ports *p, const struct words *w,
    const struct word *word, struct err *e)
{
	size_t i;

	for (i = 1; i < p->n; i++) {
		if (p->v[i].lo > p->v[i - 1].hi)
			continue;
		err_set(
		    e, ERR_USAGE, "port %u is in the list twice", p->v[i].lo);
		return words_blame(w, word, e);
	}
	return 0;
}

static int
ports_parse(
    const struct type *t, struct words *w, struct value *v, struct err *e)
{
	const struct word *word = type_take(t, w, e);
	struct range ranges[PORTS_MAX];
	struct ports *p = &v->ports;
	const char *s, *part;
	size_t n = 0;

	if (word == NULL)
		return -1;
	s = word->text;
	do {
		part = s;
		if (n == PORTS_MAX)
			return type_refuse(t, w, word, e);
		if (read_range(&s, &ranges[n]) != 0 ||
		    (*s != ',' && *s != '\0'))
			return refuse_range(
			    t, w, word, (size_t)(part - word->text), e);
		n++;
	} while (*s++ == ',');
	p->n = n;
	p->v = xcalloc(n, sizeof(*p->v));
	memcpy(p->v, ranges, n * sizeof(*p->v));
	qsort(p->v, p->n, sizeof(*p->v), range_compare);
	return check_apart(p, w, word, e);
}

void
range_print(const struct range *r, struct buf *b)
{
	buf_add_number(b, r->lo);
	if (r->hi == r->lo)
		return;
	buf_add(b, "-");
	buf_add_number(b, r->hi);
}

static void
ports_print(const struct type *t UNUSED, const struct value *v, struct buf *b)
{
	const struct range *r;

	for (r = v->ports.v; r < END_OF(v->ports.v, v->ports.n); r++) {
		buf_add(b, r > v->ports.v ? "," : "");
		range_print(r, b);
	}
}

static bool
ports_equal(const struct value *a, const struct value *b)
{
	const struct ports *p = &a->ports, *q = &b->ports;
	size_t i = 0;

	while (i < p->n && i < q->n && p->v[i].lo == q->v[i].lo &&
	       p->v[i].hi == q->v[i].hi)
		i++;
	return i == p->n && i == q->n;
}

static void
ports_free(struct value *v)
{
	free(v->ports.v);
}

bool
ports_overlap(const struct ports *a, const struct ports *b)
{
	size_t i, k;

	for (i = 0; i < a->n; i++)
		for (k = 0; k < b->n; k++)
			if (a->v[i].lo <= b->v[k].hi &&
			    b->v[k].lo <= a->v[i].hi)
				return true;
	return false;
}

unsigned
ports_count(const struct ports *p)
{
	unsigned sum = 0;
	size_t i;

	for (i = 0; i < p->n; i++)
		sum += (unsigned)(p->v[i].hi - p->v[i].lo) + 1;
	return sum;
}

void
type_print(const struct type *t, const struct value *v, struct buf *b)
{
	t->print(t, v, b);
}

bool
type_equal(const struct type *t, const struct value *a, const struct value *b)
{
	if (!a->set || !b->set || t == NULL)
		return a->set == b->set;
	return t->equal(a, b);
}

void
type_free(const struct type *t, struct value *v)
{
	if (t->free != NULL)
		t->free(v);
	memset(v, 0, sizeof(*v));
}

/* The tables */

#define CHOICE                                                                 \
	.parse = type_choice_parse, .print = type_choice_print,                \
	.equal = type_choice_equal, .suggest = type_choice_suggest

static const struct choice families[] = {
	[FAMILY_IPV6] = { "ipv6", N_("IPv6 only") },
	[FAMILY_IPV4] = { "ipv4", N_("IPv4 only") },
	{ NULL, NULL },
};
static const struct choice protos[] = {
	[PROTO_TCP] = { "tcp", N_("TCP") },
	[PROTO_UDP] = { "udp", N_("UDP") },
	[PROTO_TCP_UDP] = { "tcp,udp", N_("both") },
	[PROTO_ANY] = { "any", N_("the rest, whatever the protocol") },
	{ NULL, NULL },
};
static const struct choice policy_protos[] = {
	[PROTO_TCP] = { "tcp", N_("TCP") },
	[PROTO_UDP] = { "udp", N_("UDP") },
	[PROTO_TCP_UDP] = { "tcp,udp", N_("both") },
	[PROTO_ANY] = { "any", N_("every protocol") },
	[PROTO_ICMPV6] = { "icmpv6", N_("ICMPv6 beyond the fixed rules") },
	[PROTO_ICMP] = { "icmp", N_("ICMPv4 beyond the fixed rules") },
	{ NULL, NULL },
};
static const struct choice chains[] = {
	[CHAIN_INPUT] = { "input", N_("to this host") },
	[CHAIN_FORWARD] = { "forward", N_("through this host") },
	[CHAIN_OUTPUT] = { "output", N_("from this host") },
	{ NULL, NULL },
};
static const struct choice verdicts[] = {
	[VERDICT_ALLOW] = { "allow", N_("let through") },
	[VERDICT_DENY] = { "deny", N_("drop without an answer") },
	[VERDICT_REJECT] = { "reject", N_("answer that it is closed") },
	{ NULL, NULL },
};

const struct type type_iface = { .metavar = "IFACE",
	.desc = N_("the name of an interface, such as eth0"),
	.parse = iface_parse,
	.print = type_word_print,
	.equal = type_word_equal,
	.free = type_word_free };
const struct type type_bridge = { .metavar = "BRIDGE",
	.desc = N_("the name of a bridge, such as lxcbr0"),
	.parse = iface_parse,
	.print = type_word_print,
	.equal = type_word_equal,
	.free = type_word_free };
const struct type type_name = { .metavar = "NAME",
	.desc = N_("the name of a container, such as web1; in quotes if it has "
		   "blanks"),
	.parse = name_parse,
	.print = type_word_print,
	.equal = type_word_equal,
	.free = type_word_free };
const struct type type_text = { .metavar = "\"TEXT\"",
	.desc = N_("words in quotes"),
	.parse = text_parse,
	.print = text_print,
	.equal = type_word_equal,
	.free = type_word_free };
const struct type type_file = { .metavar = "FILE",
	.desc = N_("the path of a file"),
	.parse = type_word_parse,
	.print = type_word_print,
	.equal = type_word_equal,
	.free = type_word_free };
const struct type type_proto = { .metavar = "PROTO",
	.desc = N_("tcp, udp or tcp,udp; any is the rest"),
	.choices = protos,
	CHOICE };
const struct type type_policy_proto = { .metavar = "PROTO",
	.desc = N_("tcp, udp, tcp,udp, icmpv6, icmp or any"),
	.choices = policy_protos,
	CHOICE };
const struct type type_family = { .metavar = "ipv4|ipv6",
	.desc = N_("ipv4 or ipv6"),
	.choices = families,
	CHOICE };
const struct type type_chain = { .metavar = "CHAIN",
	.desc =
	    N_("input (to this host), forward (through it), output (from it)"),
	.choices = chains,
	CHOICE };
const struct type type_verdict = { .metavar = "allow|deny|reject",
	.desc = N_("allow, deny (drop) or reject (answer)"),
	.choices = verdicts,
	CHOICE };
const struct type type_ports = { .metavar = "PORTS",
	.desc =
	    N_("80, 80,443, 8000-8010 or a mix of up to 15, each 1 to 65535"),
	.parse = ports_parse,
	.print = ports_print,
	.equal = ports_equal,
	.free = ports_free };
const struct type type_rate = { .metavar = "N/second|N/minute",
	.desc = N_("a number with /second or /minute, such as 5/minute"),
	.parse = rate_parse,
	.print = rate_print,
	.equal = rate_equal };
