/* Runs of policies as one rule.
 *
 * A new connection passes the rules of all policies before the one that
 * decides, which takes 100 ns for each. Policies in a row that differ only in
 * verdict, ports, addresses and protocols, and of which no two can match the
 * same packet, become one rule: a map from that to their counters, and the
 * verdict of all of them, or a map to the verdict of each. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "core/lang/type_addr.h"
#include "core/plan/ruleset_parts.h"

#define RUN_MIN 8   /* fewer cost no more as rules */
#define RUN_MAX 256 /* each is compared with all before it in its run */

/* A policy, and what those of a run may differ in. An empty list is about
 * all. */
struct box {
	const struct model_policy *p;
	enum family family; /* of its addresses */
	struct ports ports;
	struct prefixes from, to;
	const char *protos[2];
	size_t nprotos;
};

static struct prefixes
addresses(const struct who *who, const struct model_end *end)
{
	if (who->kind == WHO_CONTAINER)
		return (struct prefixes){ (struct prefix *)end->given.v,
			end->given.n };
	return end->in;
}

static struct box
box_of(const struct model_policy *p, enum family f)
{
	const struct value *v = p->st->v, *proto = &v[POLICY_PROTO];
	struct box b = { .p = p,
		.family = f,
		.ports = v[POLICY_PORTS].ports,
		.from = addresses(&v[POLICY_FROM].who, &p->from[f]),
		.to = addresses(&v[POLICY_TO].who, &p->to[f]) };

	if (!proto->set || ruleset_protos[proto->choice] == NULL)
		return b;
	if (proto->choice == PROTO_TCP_UDP) {
		b.protos[b.nprotos++] = RULESET_TCP;
		b.protos[b.nprotos++] = RULESET_UDP;
	} else {
		b.protos[b.nprotos++] = ruleset_protos[proto->choice];
	}
	return b;
}

static size_t
count_ports(const struct box *b)
{
	return b->ports.n;
}

static void
print_ports(const struct box *b, size_t i, struct buf *to)
{
	range_print(&b->ports.v[i], to);
}

static bool
ports_meet(const struct box *a, const struct box *b)
{
	return ports_overlap(&a->ports, &b->ports);
}

static void
print_address(const struct prefixes *ps, size_t i, struct buf *to)
{
	if (!prefixes_repeat(ps, i))
		prefix_print(&ps->v[i], to);
}

static bool
addresses_meet(const struct prefixes *a, const struct prefixes *b)
{
	size_t i, k;

	for (i = 0; i < a->n; i++)
		for (k = 0; k < b->n; k++)
			if (prefix_overlaps(&a->v[i], &b->v[k]))
				return true;
	return false;
}

static size_t
count_sources(const struct box *b)
{
	return b->from.n;
}

static void
print_source(const struct box *b, size_t i, struct buf *to)
{
	print_address(&b->from, i, to);
}

static bool
sources_meet(const struct box *a, const struct box *b)
{
	return addresses_meet(&a->from, &b->from);
}

static size_t
count_targets(const struct box *b)
{
	return b->to.n;
}

static void
print_target(const struct box *b, size_t i, struct buf *to)
{
	print_address(&b->to, i, to);
}

static bool
targets_meet(const struct box *a, const struct box *b)
{
	return addresses_meet(&a->to, &b->to);
}

static size_t
count_protos(const struct box *b)
{
	return b->nprotos;
}

static void
print_proto(const struct box *b, size_t i, struct buf *to)
{
	buf_add(to, b->protos[i]);
}

static bool
protos_meet(const struct box *a, const struct box *b)
{
	size_t i, k;

	for (i = 0; i < a->nprotos; i++)
		for (k = 0; k < b->nprotos; k++)
			if (strcmp(a->protos[i], b->protos[k]) == 0)
				return true;
	return false;
}

/* What varies most comes first: see ruleset_sets. */
static const struct {
	const char *key[FAMILY_COUNT]; /* as nft names it in a packet */
	size_t (*count)(const struct box *);
	/* Appends nothing for what another one includes. */
	void (*print)(const struct box *, size_t i, struct buf *);
	bool (*meet)(const struct box *, const struct box *);
} fields[] = {
	{ { "th dport", "th dport" }, count_ports, print_ports, ports_meet },
	{ { "ip6 saddr", "ip saddr" }, count_sources, print_source,
	    sources_meet },
	{ { "ip6 daddr", "ip daddr" }, count_targets, print_target,
	    targets_meet },
	{ { "meta l4proto", "meta l4proto" }, count_protos, print_proto,
	    protos_meet },
};

/* Of boxes with the same fields. */
static bool
boxes_meet(const struct box *a, const struct box *b)
{
	size_t i;

	for (i = 0; i < NITEMS(fields); i++)
		if (fields[i].count(a) > 0 && !fields[i].meet(a, b))
			return false;
	return true;
}

static void
print_key(const struct box *b, struct buf *to)
{
	struct buf key = { 0 };
	size_t i;

	for (i = 0; i < NITEMS(fields); i++)
		if (fields[i].count(b) > 0)
			ruleset_print_field(&key, fields[i].key[b->family]);
	buf_add(to, buf_text(&key));
	buf_free(&key);
}

/* The alternatives of a policy from this field on, behind what the key has, and
 * where each leads. */
static void
print_elements(const struct box *b, size_t field, struct buf *key,
    const char *value, struct buf *to)
{
	size_t i, known = key->len, start;

	while (field < NITEMS(fields) && fields[field].count(b) == 0)
		field++;
	if (field == NITEMS(fields)) {
		buf_add(to, to->len > 0 ? ", " : "");
		buf_add(to, buf_text(key));
		buf_add(to, " : ");
		buf_add(to, value);
		return;
	}
	for (i = 0; i < fields[field].count(b); i++) {
		ruleset_print_field(key, "");
		start = key->len;
		fields[field].print(b, i, key);
		if (key->len > start)
			print_elements(b, field + 1, key, value, to);
		key->len = known;
	}
}

static void
print_start(struct rule_list *to, const struct box *b, const char *statement)
{
	ruleset_match_links(to, b->p, b->family);
	if (b->ports.n > 0)
		buf_add(&to->text, "meta l4proto " RULESET_TCP_UDP " ");
	buf_add(&to->text, statement);
	print_key(b, &to->text);
}

static char *
shape_of(const struct rule_list *list, const struct box *b)
{
	struct rule_list own = { .r = list->r, .m = list->m };

	print_start(&own, b, "");
	return buf_take(&own.text);
}

/* A limit, a log and a second way to match are for a rule of their own. */
static bool
is_plain(const struct model_policy *p)
{
	return !p->st->v[POLICY_LIMIT].set && !p->st->v[POLICY_LOG].set &&
	       !ruleset_has_chain(p);
}

static bool
joins(const struct rule_list *to, const char *shape, const struct box *v,
    size_t n)
{
	char *own = is_plain(v[n].p) ? shape_of(to, &v[n]) : NULL;
	bool same = own != NULL && strcmp(own, shape) == 0;
	size_t i;

	for (i = 0; i < n && same; i++)
		same = !boxes_meet(&v[i], &v[n]);
	free(own);
	return same;
}

/* How many policies, from the first on, can share a rule. */
static size_t
run_length(const struct rule_list *to, const struct box *v, size_t n)
{
	char *shape = is_plain(v[0].p) ? shape_of(to, &v[0]) : NULL;
	size_t run = 1;

	while (shape != NULL && run < n && run < RUN_MAX &&
	       joins(to, shape, v, run))
		run++;
	free(shape);
	return run;
}

static bool
end_alike(const struct box *v, size_t n)
{
	size_t i;

	for (i = 1; i < n; i++)
		if (v[i].p->st->kind != v[0].p->st->kind)
			return false;
	return true;
}

static void
add_counters(struct rule_list *to, const struct box *v, size_t n)
{
	struct buf elements = { 0 }, key = { 0 }, name = { 0 };
	size_t i;

	for (i = 0; i < n; i++) {
		buf_reset(&name);
		buf_add(&name, "\"");
		buf_add(&name, v[i].p->id);
		buf_add(&name, "\"");
		print_elements(&v[i], 0, &key, name.s, &elements);
	}
	print_start(to, &v[0], "counter name ");
	buf_printf(&to->text, " map { %s }", buf_text(&elements));
	buf_free(&name);
	buf_free(&key);
	buf_free(&elements);
}

/* A map from them to what verdict says of each. */
static void
add_verdicts(struct rule_list *to, const struct box *v, size_t n,
    const char *(*verdict)(const struct model_policy *))
{
	struct buf elements = { 0 }, key = { 0 };
	size_t i;

	for (i = 0; i < n; i++)
		print_elements(&v[i], 0, &key, verdict(v[i].p), &elements);
	print_start(to, &v[0], "");
	buf_printf(&to->text, " vmap { %s }\n", buf_text(&elements));
	buf_free(&key);
	buf_free(&elements);
}

static void
add_run(struct rule_list *to, const struct box *v, size_t n)
{
	add_counters(to, v, n);
	if (end_alike(v, n)) {
		buf_printf(&to->text, " %s\n", ruleset_verdict(v[0].p));
		return;
	}
	buf_add(&to->text, "\n");
	add_verdicts(to, v, n, ruleset_verdict);
}

static const char *
keep_verdict(const struct model_policy *p UNUSED)
{
	return "return";
}

static void
add_keep_run(struct rule_list *to, const struct box *v, size_t n)
{
	add_verdicts(to, v, n, keep_verdict);
}

static void
add_policy(struct rule_list *to, const struct box *b)
{
	ruleset_add_policy(to, b->p);
}

static void
add_keep(struct rule_list *to, const struct box *b)
{
	ruleset_add_keep(to, b->p, b->family);
}

/* Writes what can share a rule as a run, and all else one by one. */
static void
add_each(struct rule_list *to, const struct box *v, size_t n,
    void (*together)(struct rule_list *, const struct box *, size_t),
    void (*alone)(struct rule_list *, const struct box *))
{
	size_t i, run;

	for (i = 0; i < n; i += run) {
		run = run_length(to, v + i, n - i);
		if (run >= RUN_MIN) {
			together(to, v + i, run);
		} else {
			alone(to, &v[i]);
			run = 1;
		}
	}
}

void
ruleset_add_policies(struct rule_list *to, enum chain chain)
{
	const struct model *m = to->m;
	struct box *v = xcalloc(m->npolicies, sizeof(*v));
	const struct model_policy *p;
	size_t n = 0;

	for (p = m->policies; p < END_OF(m->policies, m->npolicies); p++)
		if (p->st->v[POLICY_CHAIN].choice == (unsigned)chain)
			v[n++] = box_of(p, ruleset_first_family(p));
	add_each(to, v, n, add_run, add_policy);
	free(v);
}

void
ruleset_add_keeps(struct rule_list *to, enum family family)
{
	const struct model *m = to->m;
	struct box *v = xcalloc(m->npolicies, sizeof(*v));
	const struct model_policy *p;
	size_t n = 0;

	for (p = m->policies; p < END_OF(m->policies, m->npolicies); p++)
		if (statement_keeps(p->st) && p->holds[family])
			v[n++] = box_of(p, family);
	add_each(to, v, n, add_keep_run, add_keep);
	free(v);
}
