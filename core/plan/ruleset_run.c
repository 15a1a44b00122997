/* Runs of policies as one rule.
 *
 * A new connection passes the rules of all policies before the one that
 * decides, which takes 100 ns for each. Policies in a row that differ only in
 * verdict, ports, addresses and protocols, and of which no two can match the
 * same packet, become one rule: a map from that to their counters, and the
 * verdict of all of them, or a map to the verdict of each.
 *
 * A policy that tells packets in several ways, as of a container or of both
 * families, has a part in a rule for each way. What is told in one way is not
 * told in another: a packet is of one family; and what is known on a bridge,
 * as all that containers there were given, is not unknown there, where the
 * policies of a run deny containers of one bridge. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "core/lang/type_addr.h"
#include "core/plan/ruleset_parts.h"

#define RUN_MIN 8   /* fewer cost no more as rules */
#define RUN_MAX 256 /* each is compared with all before it in its run */

/* A way to tell packets of a policy, and what those of a run may differ in. An
 * empty list is about all. Those of one policy are side by side. */
struct box {
	const struct model_policy *p;
	struct ruleset_way way;
	struct ports ports;
	struct prefixes from, to;
	const char *protos[2];
	size_t nprotos;
	bool idle; /* an earlier one of its run has all of its packets */
};

struct boxes {
	struct box *v;
	size_t n;
};

#define WAYS 8 /* by family, and what is unknown */

static unsigned
way_of(const struct box *b)
{
	return b->way.family * 4u + b->way.unknown[0] * 2u + b->way.unknown[1];
}

static struct prefixes
addresses(const struct who *who, const struct model_end *end)
{
	if (who->kind == WHO_CONTAINER)
		return (struct prefixes){ (struct prefix *)end->given.v,
			end->given.n };
	return end->in;
}

static void
set_protos(struct box *b, const struct value *proto)
{
	if (!proto->set || ruleset_protos[proto->choice] == NULL)
		return;
	if (proto->choice == PROTO_TCP_UDP) {
		b->protos[b->nprotos++] = RULESET_TCP;
		b->protos[b->nprotos++] = RULESET_UDP;
	} else {
		b->protos[b->nprotos++] = ruleset_protos[proto->choice];
	}
}

static void
add_box(void *arg, const struct model_policy *p, const struct ruleset_way *way)
{
	const struct value *v = p->st->v;
	struct boxes *to = arg;
	struct box *b;

	to->v = xgrow(to->v, to->n, sizeof(*to->v));
	b = &to->v[to->n++];
	*b =
	    (struct box){ .p = p, .way = *way, .ports = v[POLICY_PORTS].ports };
	if (!way->unknown[0])
		b->from = addresses(&v[POLICY_FROM].who, &p->from[way->family]);
	if (!way->unknown[1])
		b->to = addresses(&v[POLICY_TO].who, &p->to[way->family]);
	set_protos(b, &v[POLICY_PROTO]);
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
			ruleset_print_field(&key, fields[i].key[b->way.family]);
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
	ruleset_match_way(to, b->p, &b->way);
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

/* Policies side by side that can share rules. */
struct run {
	const struct rule_list *to;
	struct box *v;
	size_t n, policies;
	char *shapes[WAYS]; /* of its rules */
};

/* A limit and a log are for a rule of their own. */
static bool
is_plain(const struct model_policy *p)
{
	return !p->st->v[POLICY_LIMIT].set && !p->st->v[POLICY_LOG].set;
}

static bool
is_of_kind(const struct model_policy *a, const struct model_policy *b)
{
	return (a->from[0].unknown || a->from[1].unknown) ==
		   (b->from[0].unknown || b->from[1].unknown) &&
	       (a->to[0].unknown || a->to[1].unknown) ==
		   (b->to[0].unknown || b->to[1].unknown);
}

static bool
boxes_equal(const struct box *a, const struct box *b)
{
	struct buf key = { 0 }, all[2] = { { 0 }, { 0 } };
	bool equal;

	print_elements(a, 0, &key, "", &all[0]);
	print_elements(b, 0, &key, "", &all[1]);
	equal = strcmp(buf_text(&all[0]), buf_text(&all[1])) == 0;
	buf_free(&key);
	buf_free(&all[0]);
	buf_free(&all[1]);
	return equal;
}

/* Whether no packet needs the order of the two. What is unknown on a bridge is
 * so for all containers there that are denied: it is the first one's. */
static bool
stands_beside(const struct run *r, struct box *b)
{
	const struct box *a = r->v, *end = END_OF(r->v, r->n);

	for (; a < end; a++) {
		if (way_of(a) != way_of(b) || !boxes_meet(a, b))
			continue;
		b->idle = (b->way.unknown[0] || b->way.unknown[1]) &&
			  boxes_equal(a, b);
		return b->idle;
	}
	return true;
}

static bool
fits(struct run *r, struct box *b)
{
	char **shape = &r->shapes[way_of(b)], *own = shape_of(r->to, b);
	bool same = *shape == NULL || strcmp(*shape, own) == 0;

	b->idle = false;
	if (*shape == NULL)
		*shape = own;
	else
		free(own);
	return same && stands_beside(r, b);
}

/* How many boxes the first policy has. */
static size_t
count_ways(const struct box *v, size_t n)
{
	size_t i = 1;

	while (i < n && v[i].p == v[0].p)
		i++;
	return i;
}

static bool
joins(struct run *r, struct box *v, size_t n)
{
	size_t i;

	if (!is_plain(v->p) || !is_of_kind(v->p, r->v->p) ||
	    v->way.both != r->v->way.both)
		return false;
	for (i = 0; i < n; i++)
		if (!fits(r, &v[i]))
			return false;
	return true;
}

/* Finds how many policies, from the first on, can share rules. */
static void
find_run(struct run *r, struct box *v, size_t n)
{
	size_t some = count_ways(v, n), i;

	r->v = v;
	r->n = r->policies = 0;
	while (r->n < n && r->policies < RUN_MAX && joins(r, v + r->n, some)) {
		r->n += some;
		r->policies++;
		some = count_ways(v + r->n, n - r->n);
	}
	for (i = 0; i < WAYS; i++) {
		free(r->shapes[i]);
		r->shapes[i] = NULL;
	}
}

/* Writing them */

static bool
ends_alike(const struct run *r)
{
	size_t i;

	for (i = 1; i < r->n; i++)
		if (r->v[i].p->st->kind != r->v[0].p->st->kind)
			return false;
	return true;
}

/* The next box of that way, from place *at on, which is moved past it. */
static const struct box *
next_box(const struct run *r, unsigned way, size_t *at)
{
	const struct box *b;

	while (*at < r->n) {
		b = &r->v[(*at)++];
		if (way_of(b) == way && !b->idle)
			return b;
	}
	return NULL;
}

static void
add_counters(struct rule_list *to, const struct run *r, unsigned way)
{
	struct buf elements = { 0 }, key = { 0 }, name = { 0 };
	const struct box *b, *first = NULL;
	size_t at = 0;

	while ((b = next_box(r, way, &at)) != NULL) {
		first = first == NULL ? b : first;
		buf_reset(&name);
		buf_add(&name, "\"");
		buf_add(&name, b->p->id);
		buf_add(&name, "\"");
		print_elements(b, 0, &key, name.s, &elements);
	}
	print_start(to, first, "counter name ");
	buf_printf(&to->text, " map { %s }", buf_text(&elements));
	buf_free(&name);
	buf_free(&key);
	buf_free(&elements);
}

/* A map from them to what verdict says of each. */
static void
add_verdicts(struct rule_list *to, const struct run *r, unsigned way,
    const char *(*verdict)(const struct model_policy *))
{
	struct buf elements = { 0 }, key = { 0 };
	const struct box *b, *first = NULL;
	size_t at = 0;

	while ((b = next_box(r, way, &at)) != NULL) {
		first = first == NULL ? b : first;
		print_elements(b, 0, &key, verdict(b->p), &elements);
	}
	print_start(to, first, "");
	buf_printf(&to->text, " vmap { %s }\n", buf_text(&elements));
	buf_free(&key);
	buf_free(&elements);
}

static bool
has_fields(const struct box *b)
{
	size_t i = 0;

	while (i < NITEMS(fields) && fields[i].count(b) == 0)
		i++;
	return i < NITEMS(fields);
}

static void
add_way(struct rule_list *to, const struct run *r, unsigned way)
{
	size_t at = 0;
	const struct box *first = next_box(r, way, &at);

	if (first == NULL)
		return;
	if (!has_fields(first)) {
		ruleset_match_way(to, first->p, &first->way);
		ruleset_end_policy(first->p, &to->text);
		return;
	}
	add_counters(to, r, way);
	if (ends_alike(r)) {
		buf_printf(&to->text, " %s\n", ruleset_verdict(first->p));
		return;
	}
	buf_add(&to->text, "\n");
	add_verdicts(to, r, way, ruleset_verdict);
}

static void
add_run(struct rule_list *to, const struct run *r)
{
	unsigned way;

	for (way = 0; way < WAYS; way++)
		add_way(to, r, way);
}

static const char *
keep_verdict(const struct model_policy *p UNUSED)
{
	return "return";
}

static void
add_keep_run(struct rule_list *to, const struct run *r)
{
	add_verdicts(to, r, way_of(r->v), keep_verdict);
}

static void
add_policy(struct rule_list *to, const struct box *b)
{
	ruleset_add_policy(to, b->p);
}

static void
add_keep(struct rule_list *to, const struct box *b)
{
	ruleset_add_keep(to, b->p, b->way.family);
}

/* Writes what can share rules as a run, and all else one by one. */
static void
add_each(struct rule_list *to, const struct boxes *all,
    void (*together)(struct rule_list *, const struct run *),
    void (*alone)(struct rule_list *, const struct box *))
{
	struct run r = { .to = to };
	struct box *v = all->v, *end = END_OF(all->v, all->n);

	while (v < end) {
		find_run(&r, v, (size_t)(end - v));
		if (r.policies >= RUN_MIN) {
			together(to, &r);
			v += r.n;
		} else {
			alone(to, v);
			v += count_ways(v, (size_t)(end - v));
		}
	}
}

void
ruleset_add_policies(struct rule_list *to, enum chain chain)
{
	const struct model *m = to->m;
	const struct model_policy *p;
	struct boxes all = { 0 };

	for (p = m->policies; p < END_OF(m->policies, m->npolicies); p++)
		if (p->st->v[POLICY_CHAIN].choice == (unsigned)chain)
			ruleset_each_way(p, add_box, &all);
	add_each(to, &all, add_run, add_policy);
	free(all.v);
}

/* What an input policy allows has one way in each family. */
void
ruleset_add_keeps(struct rule_list *to, enum family family)
{
	const struct ruleset_way way = { .family = family };
	const struct model *m = to->m;
	const struct model_policy *p;
	struct boxes all = { 0 };

	for (p = m->policies; p < END_OF(m->policies, m->npolicies); p++)
		if (statement_keeps(p->st) && p->holds[family])
			add_box(&all, p, &way);
	add_each(to, &all, add_keep_run, add_keep);
	free(all.v);
}
