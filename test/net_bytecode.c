/* What is understood of the rules of others: expressions as the kernel tells
 * them, byte by byte, and all that becomes of each. */
#include "config.h"

#include <netinet/in.h> /* first: the kernel's headers give way to it */

#include <endian.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/kernel/bytecode.h"
#include "core/kernel/net_parts.h"

/* ---- attributes, written down as text: TYPE:NUMBER, TYPE='STRING',
 * TYPE=BYTES in hex, TYPE{ATTRIBUTES}, with the types of linux/netfilter/
 * nf_tables.h; NAME{...} is an expression with its data */

struct bytes {
	uint32_t v[1024]; /* aligned as attributes are */
	size_t n;
};

static void
put(struct bytes *b, const void *v, size_t n)
{
	assert_true(b->n + n <= sizeof(b->v));
	memcpy((uint8_t *)b->v + b->n, v, n);
	b->n += n;
}

static size_t
begin(struct bytes *b, unsigned type)
{
	struct nlattr a = { .nla_type = (uint16_t)type };

	put(b, &a, sizeof(a));
	return b->n - sizeof(a);
}

static void
end(struct bytes *b, size_t at)
{
	static const uint8_t none[4];
	uint16_t len = (uint16_t)(b->n - at);

	memcpy((uint8_t *)b->v + at, &len, sizeof(len));
	put(b, none, NLA_ALIGN(b->n) - b->n);
}

static const char *
put_string(struct bytes *b, const char *p, char mark)
{
	size_t n = strcspn(p, (char[]){ mark, '\0' });

	put(b, p, n);
	put(b, "", 1);
	return p + n;
}

static const char *
put_hex(struct bytes *b, const char *p)
{
	unsigned byte;
	uint8_t v;
	int n;

	for (; sscanf(p, "%2x%n", &byte, &n) == 1 && *p != ' '; p += n) {
		assert_int_equal(n, 2);
		v = (uint8_t)byte;
		put(b, &v, 1);
	}
	return p;
}

static const char *put_all(struct bytes *, const char *);

static const char *
put_expression(struct bytes *b, const char *p)
{
	size_t at = begin(b, NFTA_LIST_ELEM), inner = begin(b, NFTA_EXPR_NAME);

	p = put_string(b, p, '{');
	end(b, inner);
	inner = begin(b, NFTA_EXPR_DATA);
	p = put_all(b, p + 1);
	end(b, inner);
	end(b, at);
	return p + 1;
}

static const char *
put_attribute(struct bytes *b, const char *p)
{
	char *rest;
	size_t at = begin(b, (unsigned)strtoul(p, &rest, 10));
	uint32_t number;

	p = rest + 1;
	if (*rest == ':') {
		number = htobe32((uint32_t)strtol(p, &rest, 10));
		put(b, &number, sizeof(number));
		p = rest;
	} else if (*rest == '{') {
		p = put_all(b, p) + 1;
	} else if (*p == '\'') {
		p = put_string(b, p + 1, '\'') + 1;
	} else {
		p = put_hex(b, p);
	}
	end(b, at);
	return p;
}

static const char *
put_all(struct bytes *b, const char *p)
{
	while (*p != '\0' && *p != '}') {
		if (*p == ' ')
			p++;
		else if (*p >= '0' && *p <= '9')
			p = put_attribute(b, p);
		else
			p = put_expression(b, p);
	}
	return p;
}

/* ---- instructions as text: each field that matters and is not 0 */

static const char *const operations[] = { "load", "mask", "compare", "range",
	"lookup", "lose", "condition", "maybe", "untrack", "mark", "translate",
	"verdict", "end" };
static const char *const sources[] = { "meta", "ct", "link", "network",
	"transport" };
static const char *const fates[] = { "goes on", "accept", "drop", "return",
	"jump", "goto" };

static void
print_hex(FILE *f, const char *name, const uint8_t *v, size_t n)
{
	static const uint8_t none[OPERAND_MAX];

	if (memcmp(v, none, sizeof(none)) == 0)
		return;
	fprintf(f, " %s=", name);
	while (n-- > 0)
		fprintf(f, "%02x", *v++);
}

static void
print_number(FILE *f, const char *name, size_t n)
{
	if (n != 0)
		fprintf(f, " %s=%zu", name, n);
}

static void
print_instruction(FILE *f, const struct instruction *i)
{
	fputs(operations[i->operation], f);
	if (i->operation == OP_CONDITION)
		return;
	if (i->operation == OP_LOAD)
		fprintf(f, " %s", sources[i->source]);
	else
		assert_int_equal(i->source, 0);
	print_number(f, "at", i->at);
	print_number(f, "reg", i->reg);
	if (i->operation != OP_LOSE)
		print_number(f, "from", i->from);
	print_number(f, "len", i->len);
	print_number(f, "op", i->compare);
	print_number(f, "not", i->inverted);
	if (i->verdict.fate != FATE_GOES_ON)
		fprintf(f, " %s", fates[i->verdict.fate]);
	print_number(f, "to", i->verdict.chain);
	print_number(f, "set", i->set);
	if (i->operation == OP_LOSE)
		return;
	print_hex(f, "data", i->data, i->len);
	print_hex(f, "other", i->other, i->len);
}

static char *
print(const struct rule_chain *c)
{
	char *text = NULL;
	size_t i, n;
	FILE *f = open_memstream(&text, &n);

	assert_non_null(f);
	if (c->translates[FAMILY_IPV6])
		fputs("translates: ", f);
	if (c->translates[FAMILY_IPV4])
		fputs("translates/4: ", f);
	for (i = 0; i < c->n; i++) {
		if (i > 0)
			fputs("; ", f);
		print_instruction(f, &c->v[i]);
	}
	fclose(f);
	return text;
}

/* ---- two tables of the same name, one of another, each with a set */

static char a[] = "a", b[] = "b", x[] = "x", y[] = "y", s[] = "s",
	    verdicts[] = "v", unread[] = "unread";
static struct rule_chain chains[] = {
	{ .table = a, .name = x, .family = NFPROTO_INET },
	{ .table = b, .name = y, .family = NFPROTO_INET },
	{ .table = a, .name = y, .family = NFPROTO_IPV6 },
	{ .table = a, .name = y, .family = NFPROTO_INET },
};
static struct rule_set sets[] = {
	{ .table = b, .name = s, .family = NFPROTO_INET, .len = 4 },
	{ .table = a, .name = s, .family = NFPROTO_IPV6, .len = 4 },
	{ .table = a, .name = s, .family = NFPROTO_INET, .len = 20 },
	{ .table = a, .name = unread, .family = NFPROTO_INET },
	{ .table = a,
	    .name = verdicts,
	    .family = NFPROTO_INET,
	    .len = 2,
	    .verdicts = true },
};
static const struct tables tables = { .chains = chains,
	.nchains = NITEMS(chains),
	.sets = sets,
	.nsets = NITEMS(sets) };

struct reading {
	const char *rule, *read;
};

static void
check(const struct reading *r)
{
	struct rule_chain c = { .table = a, .family = NFPROTO_INET };
	struct bytes rule = { .n = 0 };
	size_t at = begin(&rule, NFTA_RULE_EXPRESSIONS);
	char *text, *expected;

	assert_string_equal(put_all(&rule, r->rule), "");
	end(&rule, at);
	net_bytecode(&tables, &c, (struct nlattr *)rule.v);
	text = print(&c);
	expected = xasprintf("%s%send", r->read, *r->read != '\0' ? "; " : "");
	if (strcmp(text, expected) != 0)
		fail_msg(
		    "%s\n  is      %s\n  and not %s", r->rule, text, expected);
	free(text);
	free(expected);
	free(c.v);
}

#define check_all(rows)                                                        \
	do {                                                                   \
		size_t row;                                                    \
		for (row = 0; row < NITEMS(rows); row++)                       \
			check(&(rows)[row]);                                   \
	} while (0)

/* 1 register, 2 header, 3 offset, 4 bytes, 5 register it writes. */
static void
test_payload(void **state UNUSED)
{
	static const struct reading rows[] = {
		{ "payload{1:1 2:0 3:6 4:6}", "load link at=6 len=6" },
		{ "payload{1:1 2:1 3:8 4:16}", "load network at=8 len=16" },
		{ "payload{1:1 2:2 3:2 4:2}", "load transport at=2 len=2" },
		{ "payload{1:1 2:3 3:2 4:2}", "lose len=2" },
		{ "payload{2:1 3:8 4:16 5:1}", "" },
	};

	check_all(rows);
}

/* Four old registers of 16 bytes, which are 16 of 4. */
static void
test_registers(void **state UNUSED)
{
	static const struct reading rows[] = {
		{ "payload{1:0 2:2 4:2}", "condition" },
		{ "payload{1:2 2:2 4:2}", "load transport reg=16 len=2" },
		{ "payload{1:4 2:2 4:2}", "load transport reg=48 len=2" },
		{ "payload{1:5 2:2 4:2}", "condition" },
		{ "payload{1:7 2:2 4:2}", "condition" },
		{ "payload{1:8 2:2 4:2}", "load transport len=2" },
		{ "payload{1:9 2:2 4:2}", "load transport reg=4 len=2" },
		{ "payload{1:23 2:2 4:4}", "load transport reg=60 len=4" },
		{ "payload{1:23 2:2 4:5}", "condition" },
		{ "payload{1:24 2:2 4:1}", "condition" },
		{ "payload{1=0001 2:2 4:1}", "condition" },
		{ "payload{1:1 2:2 4:0}", "condition" },
		{ "payload{1:1 2:2 4:17}", "condition" },
	};

	check_all(rows);
}

/* meta: 1 register, 2 key; ct has 3, the direction, too. */
static void
test_keys(void **state UNUSED)
{
	static const struct reading rows[] = {
		{ "meta{1:1 2:0}", "load meta len=16" },
		{ "meta{1:1 2:6}", "load meta at=96 len=16" },
		{ "meta{1:22 2:6}", "load meta at=96 reg=56 len=8" },
		{ "meta{1:24 2:6}", "condition" },
		{ "meta{2:3 3:1}", "mark len=4" },
		{ "meta{2:2 3:1}", "" },
		{ "ct{1:1 2:0}", "load ct len=16" },
		{ "ct{1:2 2:1}", "load ct at=16 reg=16 len=16" },
		{ "ct{1:2 2:1 3=00}", "lose reg=16 len=16" },
		{ "ct{2:3 4:1}", "" },
	};

	check_all(rows);
}

/* 1 from, 2 to, 3 bytes, 4 mask, 5 xor, 6 operation. */
static void
test_bitwise(void **state UNUSED)
{
	static const struct reading rows[] = {
		{ "bitwise{1:2 2:1 3:2 4{1=0fff} 5{1=0001}}",
		    "mask from=16 len=2 data=0fff other=0001" },
		{ "bitwise{1:1 2:2 3:2 4{1=0fff} 5{1=0001} 6:0}",
		    "mask reg=16 len=2 data=0fff other=0001" },
		{ "bitwise{1:2 2:1 3:2 4{1=0fff} 5{1=0001} 6:1}",
		    "lose len=2" },
		{ "bitwise{1:2 2:1 3:2 4{1=0fff} 5{1=000001}}", "lose len=2" },
		{ "bitwise{1:2 2:1 3:2 4{1=0f} 5{1=0001}}", "lose len=2" },
		{ "bitwise{1:2 2:1 3:2 5{1=0001}}", "lose len=2" },
		{ "bitwise{1:23 2:1 3:4 4{1=0fff0fff} 5{1=00000001}}",
		    "mask from=60 len=4 data=0fff0fff other=00000001" },
		{ "bitwise{1:23 2:1 3:5 4{1=0fff0fff01} 5{1=0000000000}}",
		    "lose len=5" },
		{ "bitwise{1:1 2:0 3:2 4{1=0fff} 5{1=0001}}", "condition" },
	};

	check_all(rows);
}

/* 1 register, 2 operation, 3 operand; a range has 3 from, 4 to. */
static void
test_compare(void **state UNUSED)
{
	static const struct reading rows[] = {
		{ "cmp{1:1 2:0 3{1=0016}}", "compare len=2 data=0016" },
		{ "cmp{1:2 2:5 3{1=06}}", "compare reg=16 len=1 op=5 data=06" },
		{ "cmp{1:1 2:1}", "condition" },
		{ "cmp{1:1 2:1 3{2=06}}", "condition" },
		{ "range{1:1 2:0 3{1=0016} 4{1=0050}}",
		    "range len=2 data=0016 other=0050" },
		{ "range{1:2 2:1 3{1=16} 4{1=50}}",
		    "range reg=16 len=1 not=1 data=16 other=50" },
		{ "range{1:1 2:0 3{1=0016} 4{1=50}}", "condition" },
		{ "range{1:1 2:0 4{1=50}}", "condition" },
	};

	check_all(rows);
}

/* 1 register, 2 operand, which may have 2 a verdict, of 1 code, 2 chain. */
static void
test_verdicts(void **state UNUSED)
{
	static const struct reading rows[] = {
		{ "immediate{1:0 2{2{1:0}}}", "verdict drop to=4" },
		{ "immediate{1:0 2{2{1:1}}}", "verdict accept to=4" },
		{ "immediate{1:0 2{2{1:-1}}}", "" },
		{ "immediate{1:0 2{2{1:-2}}}", "maybe" },
		{ "immediate{1:0 2{2{1:3}}}", "maybe" },
		{ "immediate{1:0 2{2{1:-5}}}", "verdict return to=4" },
		{ "immediate{1:0 2{2{1:-3 2='y'}}}", "verdict jump to=3" },
		{ "immediate{1:0 2{2{1:-4 2='x'}}}", "verdict goto" },
		{ "immediate{1:0 2{2{1:-4 2='z'}}}", "verdict goto to=4" },
		{ "immediate{1:2 2{1=00000001}}",
		    "mask reg=16 from=16 len=4 other=00000001" },
		{ "immediate{1:2}", "condition" },
	};

	check_all(rows);
}

/* 1 set, 2 register, 3 register for what a map gives, 5 flags. */
static void
test_lookup(void **state UNUSED)
{
	static const struct reading rows[] = {
		{ "lookup{1='s' 2:1}", "lookup len=20 set=2" },
		{ "lookup{1='s' 2:2 5:0}", "lookup reg=16 len=20 set=2" },
		{ "lookup{1='s' 2:1 5:1}", "lookup len=20 not=1 set=2" },
		{ "lookup{1='s' 2:1 5:2}", "lookup len=20 set=2" },
		{ "lookup{1='s' 2:4}", "condition" },
		{ "lookup{1='s' 2:1 3:0}", "maybe" },
		{ "lookup{1='v' 2:1 3:0}", "lookup len=2 set=4" },
		{ "lookup{1='v' 2:1}", "condition" },
		{ "lookup{1='unread' 2:1}", "condition" },
		{ "lookup{1='none' 2:1}", "condition" },
		{ "lookup{1='none' 2:1 3:0}", "maybe" },
		{ "lookup{2:1}", "condition" },
	};

	check_all(rows);
}

static void
test_others(void **state UNUSED)
{
	static const struct reading rows[] = {
		{ "", "" },
		{ "counter{}", "" },
		{ "log{}", "" },
		{ "flow_offload{}", "" },
		{ "limit{}", "condition" },
		{ "quota{}", "condition" },
		{ "connlimit{}", "condition" },
		{ "byteorder{}", "condition" },
		{ "fib{}", "condition" },
		{ "reject{}", "verdict drop" },
		{ "notrack{}", "untrack" },
		{ "queue{}", "maybe" },
		{ "redir{}", "translate" },
		{ "objref{1:1}", "" },
		{ "objref{1:2}", "condition" },
		{ "objref{}", "condition" },
		{ "nat{1:1 2:10}", "translates: translate" },
		{ "nat{1:1 2:2}", "translates/4: translate" },
		{ "nat{1:1 2:1}", "translate" },
		{ "nat{1:0 2:2}", "maybe" },
		{ "nat{1:0 2:10}", "maybe" },
		{ "counter{} limit{} log{} reject{}",
		    "condition; verdict drop" },
	};

	check_all(rows);
}

/* 1 name, 3 what the extension has. */
static void
test_targets(void **state UNUSED)
{
	static const struct reading rows[] = {
		{ "target{1='REJECT' 3=00}", "verdict drop" },
		{ "target{1='CT' 3=0100}", "untrack" },
		{ "target{1='CT' 3=0200}", "" },
		{ "target{1='CT' 3=01}", "" },
		{ "target{1='CT'}", "" },
		{ "target{1='NOTRACK'}", "untrack" },
		{ "target{1='LOG'}", "" },
		{ "target{1='NFLOG'}", "" },
		{ "target{1='MARK' 3=0700000000ff0000}",
		    "load meta at=48 len=4; mask len=4 data=ff00ffff "
		    "other=07000000; mark len=4" },
		{ "target{1='MARK'}", "lose len=4; mark len=4" },
		{ "target{1='CONNMARK'}", "lose len=4; mark len=4" },
		{ "match{1='mark' 3=070000000700000000}",
		    "load meta at=48 len=4; mask len=4 data=07000000; "
		    "compare len=4 data=07000000" },
		{ "match{1='mark' 3=07000000070000}", "condition" },
		{ "target{1='SECMARK'}", "" },
		{ "target{1='CONNSECMARK'}", "" },
		{ "target{1='TCPMSS'}", "" },
		{ "target{1='TRACE'}", "" },
		{ "target{1='SET'}", "" },
		{ "target{1='DNAT'}", "translates: translates/4: translate" },
		{ "target{1='REDIRECT'}", "translate" },
		{ "target{1='TPROXY'}", "maybe" },
		{ "target{}", "maybe" },
		{ "match{1='comment'}", "" },
		{ "match{1='tcp'}", "condition" },
		{ "match{}", "condition" },
	};

	check_all(rows);
}

/* xt_conntrack_mtinfo3: 120 bytes of addresses, then ports and times, and what
 * is compared and inverted, in the order of bytes of this machine. */
static void
conntrack_is(unsigned match, unsigned invert, unsigned states, size_t len,
    const char *read)
{
	uint16_t flags[3] = { (uint16_t)match, (uint16_t)invert,
		(uint16_t)states };
	char rule[512] = "match{1='conntrack' 3=";
	uint8_t v[164] = { 0 };
	size_t i, n = strlen(rule);

	memcpy(v + 146, flags, sizeof(flags));
	for (i = 0; i < len; i++, n += 2)
		snprintf(rule + n, sizeof(rule) - n, "%02x", v[i]);
	snprintf(rule + n, sizeof(rule) - n, "}");
	check(&(struct reading){ rule, read });
}

/* "-m conntrack --ctstate ESTABLISHED" is a comparison like that of nft. */
static void
test_conntrack(void **state UNUSED)
{
	enum { STATE = 1, ALIAS = 0x2000, PROTO = 2, SNAT = 0x40, DNAT = 0x80 };
	uint32_t bits = 0x0e;
	const uint8_t *v = (const uint8_t *)&bits;
	char *read, *inverse;

	read = xasprintf("load ct len=4; mask len=4 data=%02x%02x%02x%02x; "
			 "compare len=4 op=1",
	    v[0], v[1], v[2], v[3]);
	inverse = xstrdup(read);
	*strstr(inverse, " op=1") = '\0';
	conntrack_is(STATE, 0, bits, 164, read);
	conntrack_is(STATE | ALIAS, 0, bits, 164, read);
	conntrack_is(STATE, PROTO, bits, 164, read);
	conntrack_is(STATE, STATE, bits, 164, inverse);
	conntrack_is(STATE | PROTO, 0, bits, 164, "condition");
	conntrack_is(STATE, 0, bits | SNAT, 164, "condition");
	conntrack_is(STATE, 0, bits | DNAT, 164, "condition");
	conntrack_is(STATE, 0, bits, 163, "condition");
	check(&(struct reading){ "match{1='conntrack'}", "condition" });
	free(read);
	free(inverse);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_payload),
		cmocka_unit_test(test_registers),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_bitwise),
		cmocka_unit_test(test_compare),
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_lookup),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_targets),
		cmocka_unit_test(test_conntrack),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
